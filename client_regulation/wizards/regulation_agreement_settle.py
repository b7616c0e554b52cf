# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError


class RegulationAgreementSettle(models.TransientModel):
    """Close an agreement with a proof, move it or cancel it with a reason. (1.3.8)"""

    _name = "regulation.agreement.settle"
    _description = "Close or Move an Agreement"

    agreement_id = fields.Many2one(
        "regulation.agreement", required=True, readonly=True, ondelete="cascade"
    )
    action = fields.Selection(
        [("done", "Done"), ("move", "Reschedule"), ("cancel", "Cancel")],
        required=True,
        readonly=True,
        default="done",
    )
    subject = fields.Char(related="agreement_id.subject")
    partner_id = fields.Many2one(related="agreement_id.partner_id")
    side = fields.Selection(related="agreement_id.side")
    date_due = fields.Date(related="agreement_id.date_due")

    # done
    date_done = fields.Date(
        "Done On", compute="_compute_date_done", store=True, readonly=False
    )
    proof_note = fields.Text(
        "Proof", help="The number of the letter, what the client said."
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    # moved
    date_new = fields.Date("New Date")
    contact_id = fields.Many2one(
        "res.partner",
        "Who Agreed",
        help="The person of the client who agreed to the new date. Empty: nobody was "
        "asked, and punctuality is measured by the old one.",
    )
    reason = fields.Char()
    cancelled_by = fields.Selection([("us", "We"), ("client", "The Client")])

    @api.depends("agreement_id")
    def _compute_date_done(self):
        for wizard in self:
            wizard.date_done = self.env["regulation.time"]._get_today(
                (wizard.agreement_id.company_id or self.env.company).id
            )

    def action_apply(self):
        self.ensure_one()
        agreement = self.agreement_id
        if self.action == "done":
            agreement._complete(self.date_done, self.proof_note, self.attachment_ids)
        elif self.action == "move":
            if not self.date_new:
                raise UserError(
                    self.env._(
                        "“%(agreement)s”: to what day is it moved?",
                        agreement=agreement.subject,
                    )
                )
            agreement._move(self.date_new, self.reason, self.contact_id)
        else:
            agreement._cancel(self.cancelled_by, self.reason)
        return {"type": "ir.actions.act_window_close"}
