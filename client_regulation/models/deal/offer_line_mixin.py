# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.sql import column_exists, create_column

#: what a discount is made of
PRICE_FIELDS = frozenset({
    "discount", "price_unit", "product_id", "product_uom_id", "product_uom_qty",
})  # fmt: skip
#: lines whose price another app sets: a carrier's rate, the reward of a promotion
FOREIGN_PRICES = ("is_downpayment", "is_expense", "is_delivery", "is_reward_line")


class RegulationOfferLineMixin(models.AbstractModel):
    """A line of an offer and how far its price is below the list. (Reg. 1.4.3, F08)

    Odoo's own memory of the list price is the typed price itself as soon as a price
    comes with the line, so the line keeps one of its own: read when product, quantity
    or price list are entered, and not again when the list has risen meanwhile.

    What the client already has in hand is not discounted further without the
    approval: asked at every change of a line of a sent or confirmed quotation.
    """

    _name = "regulation.offer.line.mixin"
    _description = "Line of an Offer"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    regulation_list_price = fields.Float(
        "List Price", compute="_compute_regulation_list_price", store=True,
        precompute=True, min_display_digits="Product Price",
        help="Price of the price list when product, quantity or price list were "
        "entered; kept only where somebody's discount is limited.",
    )  # fmt: skip

    def _auto_init(self):
        # the lines of before have none: the list of today says nothing about them,
        # and a database with a million lines is not to compute it for all
        if self._auto and not column_exists(
            self.env.cr, self._table, "regulation_list_price"
        ):
            create_column(self.env.cr, self._table, "regulation_list_price", "float8")
        return super()._auto_init()

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends(
        "product_id", "product_uom_id", "product_uom_qty", "linked_line_id",
        "order_id.pricelist_id",
    )  # fmt: skip
    def _compute_regulation_list_price(self):
        for line in self:
            if line.qty_invoiced > 0:
                # Odoo keeps the price of what has been invoiced; so does this
                line.regulation_list_price = line.regulation_list_price
            else:
                line.regulation_list_price = line._read_list_price()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):  # noqa: A002
        # a default in the context must not prove anything
        values = super().default_get(fields)
        values.pop("regulation_list_price", None)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_list_price(vals)
        order_ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        before = self.env["sale.order"].browse(order_ids)._get_given_discounts()
        lines = super().create(vals_list)
        lines.order_id._check_raised_discount(before)
        return lines

    def write(self, vals):
        self._check_list_price(vals)
        if not PRICE_FIELDS & vals.keys():
            return super().write(vals)
        before = self.order_id._get_given_discounts()
        result = super().write(vals)
        self.order_id._check_raised_discount(before)
        return result

    def _check_list_price(self, vals):
        if "regulation_list_price" in vals and not self.env.su:
            raise AccessError(
                self.env._(
                    "The list price of a line is read from the price list and cannot "
                    "be written. Write the unit price or the discount."
                )
            )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _enter_list_price(self):
        self.env.add_to_compute(self._fields["regulation_list_price"], self)

    def _read_list_price(self):
        """What Odoo would ask for a unit, in the currency of the order; 0 where
        nobody's discount is limited or no price list says anything."""
        self.ensure_one()
        order = self.order_id
        if not (order and self.product_id and self.product_uom_id):
            return 0.0
        if self.display_type or not order._is_discount_limited():
            return 0.0
        # an item of a combo is made before the combo it belongs to is known; Odoo
        # stumbles over the question until then
        orphan = self.combo_item_id and not self.linked_line_id
        if self._has_foreign_price() or orphan or self._is_discount_by_odoo():
            return 0.0
        line = self.with_company(order.company_id)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(order.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            line._get_display_price(),
            product_taxes=taxes,
            fiscal_position=order.fiscal_position_id,
        )

    def _get_list_price(self):
        """The list price this line is measured by; 0: it cannot be."""
        self.ensure_one()
        if self.regulation_list_price:
            return self.regulation_list_price
        listed = 0.0
        if self.state == "draft":
            # written before discounts were limited, and still to be offered
            listed = self._read_list_price()
        return listed or max(self.technical_price_unit, 0.0)

    def _has_foreign_price(self):
        return any(name in self._fields and self[name] for name in FOREIGN_PRICES)

    def _is_discount_by_odoo(self):
        self.ensure_one()
        return bool(self._is_global_discount() or self._is_discount_line())

    def _is_cut(self):
        """A line that is itself a discount on the order: made by Odoo's wizard, or
        typed with a price below zero, unless that is what the product costs."""
        self.ensure_one()
        return self._is_discount_by_odoo() or bool(
            self.price_unit < 0 < self.product_uom_qty
            and not self._has_foreign_price()
            and self._get_list_price() >= 0
        )

    def _get_share_left(self, listed):
        """Which share of the list price is left: 0.8 for a discount of 20 %."""
        self.ensure_one()
        left = 1 - (self.discount or 0.0) / 100
        if listed > self.price_unit >= 0:
            currency = self.currency_id or self.company_id.currency_id
            if currency.compare_amounts(self.price_unit, listed) < 0:
                left *= self.price_unit / listed  # lowered by hand
        return left
