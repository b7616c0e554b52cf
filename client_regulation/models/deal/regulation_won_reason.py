# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationWonReason(models.Model):
    """Why deals are won: the counterpart of crm's lost reasons. (Reg. 1.4.7)"""

    _name = "regulation.won.reason"
    _description = "Won Reason"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
