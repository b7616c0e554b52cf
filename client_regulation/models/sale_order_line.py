# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class SaleOrderLine(models.Model):
    """A line of an offer: the door; the room is `models/deal/`."""

    _name = "sale.order.line"
    _inherit = ["regulation.offer.line.mixin", "sale.order.line"]
