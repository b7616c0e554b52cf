# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationRegion(models.Model):
    """A sales region: how the company cuts its market, not a state of a country.
    (Reg. 1.2.4)"""

    _name = "regulation.region"
    _description = "Client Region"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: shared by all companies."
    )
