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
