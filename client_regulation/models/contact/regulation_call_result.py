# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationCallResult(models.Model):
    """What a call may end with: a catalogue of the owner. (Reg. 1.3.2)"""

    _name = "regulation.call.result"
    _description = "Call Result"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    reached = fields.Boolean(help="Somebody of the client was spoken with.")
    consent_to_meet = fields.Boolean(
        "Consent to Meet",
        help="The client agreed to meet: the deadline for planning the visit starts.",
    )
    needs_next_action = fields.Boolean(
        "Needs a Next Action",
        default=True,
        help="A call with this result is saved only with a next action and its day.",
    )
    next_activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Next Action",
        domain="[('res_model', '=', False)]",
        ondelete="set null",
        help="Proposed when this result is chosen.",
    )
    next_days = fields.Integer(
        "In Working Days",
        default=1,
        help="In how many working days the next action is proposed.",
    )
