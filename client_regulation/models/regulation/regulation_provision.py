# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationProvision(models.Model):
    """A block of the general provisions. (Reg. 1.1, 2.1, 3.1)"""

    _name = "regulation.provision"
    _description = "General Provision"
    _inherit = ["regulation.content"]
    _order = "regulation_id, sequence, id"

    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True, help="Short name that stays the same over editions."
    )
    name = fields.Char("Heading", required=True, translate=True)
    body = fields.Html("Text", translate=True)
    mandatory = fields.Boolean(
        default=True, help="An edition cannot be approved while this block is empty."
    )

    _code_unique = models.Constraint(
        "UNIQUE (regulation_id, code)", "An edition has each provision once."
    )
