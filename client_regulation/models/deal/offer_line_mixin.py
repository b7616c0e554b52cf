# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

#: what a discount is made of
PRICE_FIELDS = frozenset({"discount", "price_unit", "product_id", "product_uom_qty"})


class RegulationOfferLineMixin(models.AbstractModel):
    """What the client already has in hand is not discounted further without the
    approval: asked at every change of a line of a sent or confirmed quotation."""

    _name = "regulation.offer.line.mixin"
    _description = "Line of an Offer"

    @api.model_create_multi
    def create(self, vals_list):
        order_ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        before = self.env["sale.order"].browse(order_ids)._get_given_discounts()
        lines = super().create(vals_list)
        lines.order_id._check_raised_discount(before)
        return lines

    def write(self, vals):
        if not PRICE_FIELDS & vals.keys():
            return super().write(vals)
        before = self.order_id._get_given_discounts()
        result = super().write(vals)
        self.order_id._check_raised_discount(before)
        return result
