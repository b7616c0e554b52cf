# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationSegment(models.Model):
    """A group of clients with the same need. (Reg. 1.2.4, 1.3.1)"""

    _name = "regulation.segment"
    _description = "Client Segment"
    _inherit = ["regulation.catalogue.mixin"]

    need = fields.Text(
        "Typical Need",
        translate=True,
        help="What clients of this segment usually need; the first touch speaks of it.",
    )
