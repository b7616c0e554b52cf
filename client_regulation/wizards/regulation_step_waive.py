# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.filled import is_placeholder


class RegulationStepWaive(models.TransientModel):
    """Release steps of a deal by name, with a reason, into the register."""

    _name = "regulation.step.waive"
    _description = "Waive Steps"

    lead_id = fields.Many2one("crm.lead", "Deal", compute="_compute_lead_id")
    duty_ids = fields.Many2many(
        "regulation.duty", string="Steps", domain="[('state', '=', 'open')]"
    )
    reason_id = fields.Many2one(
        "regulation.deviation.reason",
        "Reason",
        required=True,
        domain="[('kind', 'in', ('waived', 'any'))]",
    )
    note = fields.Text(help="What the register should say a year from now.")

    @api.depends("duty_ids")
    def _compute_lead_id(self):
        for wizard in self:
            wizard.lead_id = wizard.duty_ids.lead_id[:1]

    def action_waive(self):
        self.ensure_one()
        if not self.duty_ids:
            raise UserError(self.env._("Choose at least one open step to waive."))
        if is_placeholder(self.note):
            raise UserError(
                self.env._("Say in the note why the step is waived for this deal.")
            )
        self.duty_ids._waive(self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
