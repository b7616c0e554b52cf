# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationSegment(models.Model):
    """A group of clients with the same need. (Reg. 1.2.4, 1.3.1)"""

    _name = "regulation.segment"
    _description = "Client Segment"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: shared by all companies."
    )
    need = fields.Text(
        "Typical Need",
        translate=True,
        help="What clients of this segment usually need; the first touch speaks of it.",
    )
