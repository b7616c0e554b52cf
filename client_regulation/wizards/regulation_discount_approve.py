# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.filled import is_placeholder


class RegulationDiscountApprove(models.TransientModel):
    """The head of sales allows a discount beyond the seller's authority. (F08)"""

    _name = "regulation.discount.approve"
    _description = "Approve a Discount"

    order_id = fields.Many2one(
        "sale.order", "Quotation", required=True, ondelete="cascade"
    )
    seller_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Client")
    authority = fields.Float(related="order_id.discount_authority")
    asked = fields.Float(related="order_id.offer_discount")
    percent = fields.Float("Approve up to, %", required=True, digits=(16, 2))
    note = fields.Text("Comment")

    def action_approve(self):
        self.ensure_one()
        if not 0 < self.percent <= 100:
            raise UserError(self.env._("Approve a discount between 0 and 100 %."))
        self.order_id._decide_discount(self.percent, self.note)
        return {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        self.ensure_one()
        if is_placeholder(self.note):
            raise UserError(
                self.env._(
                    "Tell the salesperson in the comment why, and what to offer."
                )
            )
        self.order_id._decide_discount(self.asked, self.note, approved=False)
        return {"type": "ir.actions.act_window_close"}
