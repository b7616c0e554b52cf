# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings › CRM › Regulation."""

    _inherit = "res.config.settings"

    regulation_soon_hours = fields.Float(
        related="company_id.regulation_soon_hours", readonly=False
    )
    regulation_load_limit = fields.Integer(
        related="company_id.regulation_load_limit", readonly=False
    )
    client_new_days = fields.Integer(
        related="company_id.client_new_days", readonly=False
    )
    client_active_months = fields.Integer(
        related="company_id.client_active_months", readonly=False
    )
    client_dormant_months = fields.Integer(
        related="company_id.client_dormant_months", readonly=False
    )
    regulation_discount_percent = fields.Float(
        related="company_id.regulation_discount_percent", readonly=False
    )
    regulation_offer_days = fields.Float(
        related="company_id.regulation_offer_days", readonly=False
    )
    regulation_feedback_days = fields.Float(
        related="company_id.regulation_feedback_days", readonly=False
    )
    regulation_approval_days = fields.Float(
        related="company_id.regulation_approval_days", readonly=False
    )
    regulation_renewal_days = fields.Integer(
        related="company_id.regulation_renewal_days", readonly=False
    )
    regulation_max_credit_limit = fields.Monetary(
        related="company_id.regulation_max_credit_limit", readonly=False
    )
    regulation_max_payment_days = fields.Integer(
        related="company_id.regulation_max_payment_days", readonly=False
    )
    regulation_handover_salesperson = fields.Boolean(
        related="company_id.regulation_handover_salesperson", readonly=False
    )
