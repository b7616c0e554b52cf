# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationKeyDecision(models.TransientModel):
    """The reason of a decision about key clients. (C3.2: exclusions explained)"""

    _name = "regulation.key.decision"
    _description = "Decision about Key Clients"

    key_client_ids = fields.Many2many(
        "regulation.key.client", string="Clients", required=True
    )
    decision = fields.Selection(
        [
            ("approved", "Approve with a Reason"),
            ("declined", "Decline"),
            ("ended", "Take off the List"),
        ],
        required=True,
        readonly=True,
        default="declined",
    )
    note = fields.Text("Reason", required=True)

    def action_decide(self):
        """Take the decision with its reason."""
        self.ensure_one()
        action = {
            "approved": self.key_client_ids.action_approve,
            "declined": self.key_client_ids.action_decline,
            "ended": self.key_client_ids.action_end,
        }[self.decision]
        action(self.note)
        return {"type": "ir.actions.act_window_close"}
