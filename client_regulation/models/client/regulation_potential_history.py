# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationPotentialHistory(models.Model):
    """How the potential of a client changed, and why. Append-only. (Reg. 1.2.3)"""

    _name = "regulation.potential.history"
    _description = "History of the Potential"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="partner_id.company_id", store=True, index="btree_not_null"
    )
    date = fields.Datetime(required=True, index=True, default=fields.Datetime.now)
    has_score = fields.Boolean("Scored")
    score = fields.Float(digits=(6, 2), aggregator="avg")
    potential_class = fields.Selection(
        [("a", "P-A"), ("b", "P-B"), ("c", "P-C")], "Class"
    )
    user_id = fields.Many2one("res.users", "By")
    reason = fields.Selection(
        [
            ("marks", "New Marks"),
            ("weights", "New Weights"),
            ("merge", "Contacts Merged"),
            ("company", "Client Moved to Another Company"),
        ],
        required=True,
    )
