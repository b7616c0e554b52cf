# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationAbcApprove(models.TransientModel):
    """Before the director approves a run: what will change. (Reg. 2.2)"""

    _name = "regulation.abc.approve"
    _description = "Approve an ABC Run"

    run_id = fields.Many2one("regulation.abc.run", required=True, ondelete="cascade")
    is_leading = fields.Boolean(related="run_id.profile_id.is_leading")
    changed_count = fields.Integer(related="run_id.changed_count")
    client_count = fields.Integer(related="run_id.client_count")
    up_count = fields.Integer(related="run_id.up_count")
    down_count = fields.Integer(related="run_id.down_count")
    new_count = fields.Integer(related="run_id.new_count")
    lost_count = fields.Integer(related="run_id.lost_count")

    def action_approve(self):
        self.ensure_one()
        return self.run_id.action_approve()
