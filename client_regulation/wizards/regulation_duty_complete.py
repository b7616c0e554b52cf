# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationDutyComplete(models.TransientModel):
    """Ask for the proof of a manual step: a note and, where asked, a file."""

    _name = "regulation.duty.complete"
    _description = "Complete a Step"

    duty_id = fields.Many2one(
        "regulation.duty", required=True, ondelete="cascade", readonly=True
    )
    step_id = fields.Many2one(related="duty_id.step_id")
    requirement = fields.Text(related="duty_id.requirement")
    why = fields.Text(related="duty_id.why")
    proof = fields.Char(related="duty_id.proof")
    proof_kind = fields.Selection(related="duty_id.proof_kind")
    note = fields.Text("What was done")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    def action_complete(self):
        self.ensure_one()
        self.duty_id._complete(self.note, self.attachment_ids)
        return {"type": "ir.actions.act_window_close"}
