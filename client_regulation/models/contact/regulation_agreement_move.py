# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.filled import is_placeholder


class RegulationAgreementMove(models.Model):
    """A date that was moved: from when to when, who agreed and why. (D.6)

    Written by the button «Reschedule» alone: nobody has the right to write a row.
    """

    _name = "regulation.agreement.move"
    _description = "Move of an Agreement"
    _order = "id desc"
    _rec_name = "reason"

    agreement_id = fields.Many2one(
        "regulation.agreement", required=True, index=True, ondelete="cascade"
    )
    new_agreement_id = fields.Many2one(
        "regulation.agreement", "Carried On As", required=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    first_id = fields.Many2one(
        "regulation.agreement", "First Promised As", required=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    date_old = fields.Date("Old Date", required=True)
    date_new = fields.Date("New Date", required=True)
    contact_id = fields.Many2one(
        "res.partner", "Agreed With", index="btree_not_null", ondelete="restrict",
        help="Who at the client agreed to the new date; empty: nobody was asked.",
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Moved By", required=True, default=lambda self: self.env.user
    )
    date = fields.Datetime("Moved On", required=True, default=fields.Datetime.now)
    reason = fields.Char(required=True)

    @api.constrains("reason")
    def _check_reason(self):
        for move in self:
            if is_placeholder(move.reason):
                raise ValidationError(
                    self.env._(
                        "“%(agreement)s”: why is the date moved? Write the reason.",
                        agreement=move.agreement_id.subject,
                    )
                )
