# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class SaleOrder(models.Model):
    """A quotation as an offer: the door; the room is `models/deal/`."""

    _name = "sale.order"
    _inherit = [
        "regulation.offer.mixin",
        "regulation.offer.discount.mixin",
        "sale.order",
    ]
