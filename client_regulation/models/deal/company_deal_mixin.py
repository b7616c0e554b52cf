# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationDealCompanyMixin(models.AbstractModel):
    """Settings of offers, contracts and hand-over that a company chooses once."""

    _name = "regulation.deal.company.mixin"
    _description = "Settings of Offers and Contracts"

    regulation_discount_percent = fields.Float(
        "Discount Authority",
        default=100.0,
        help="Discount a salesperson may give without asking, in percent; 100 asks "
        "nobody. People and roles may have authority of their own.",
    )
    regulation_offer_days = fields.Float(
        "Offer Sent Within", default=2.0, help="Working days after the request."
    )
    regulation_feedback_days = fields.Float(
        "Answer Within", default=3.0, help="Working days after the offer was sent."
    )
    regulation_approval_days = fields.Float(
        "Contract Approved Within", default=2.0, help="Working days for each approver."
    )
    regulation_renewal_days = fields.Integer(
        "Renewal Reminder", default=30, help="Days before the end of a contract."
    )
    regulation_max_credit_limit = fields.Monetary(
        "Highest Credit Limit",
        help="Above it a contract needs the sales director; 0 asks for nothing.",
    )
    regulation_max_payment_days = fields.Integer(
        "Longest Payment Term",
        help="In days; above it a contract needs the sales director; 0 asks for "
        "nothing.",
    )
    regulation_handover_salesperson = fields.Boolean(
        "New Salesperson at Hand-over",
        default=True,
        help="Who accepts the hand-over becomes the salesperson of the client.",
    )
    currency_id = fields.Many2one("res.currency")
