# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationCatalogueMixin(models.AbstractModel):
    """An entry of a catalogue by which clients are described: of one company, or
    shared by all. (Reg. 1.2.4, 1.3.6)"""

    _name = "regulation.catalogue.mixin"
    _description = "Entry of a Client Catalogue"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: shared by all companies."
    )
