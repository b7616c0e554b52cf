# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields, models


class RegulationLeadHold(models.TransientModel):
    """Put deals on hold with a reason and a date."""

    _name = "regulation.lead.hold"
    _description = "Put Deals on Hold"

    lead_ids = fields.Many2many("crm.lead", string="Deals", required=True)
    until = fields.Date(
        "On Hold Until",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=14),
    )
    reason_id = fields.Many2one(
        "regulation.deviation.reason",
        "Reason",
        required=True,
        domain="[('kind', 'in', ('hold', 'any'))]",
    )

    def action_hold(self):
        self.ensure_one()
        self.lead_ids._regulation_hold(self.until, self.reason_id)
        return {"type": "ir.actions.act_window_close"}
