# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ResCompany(models.Model):
    """Settings of the regulation that a company chooses once."""

    _name = "res.company"
    _inherit = [
        "regulation.client.company.mixin",
        "regulation.deal.company.mixin",
        "res.company",
    ]

    regulation_soon_hours = fields.Float(
        "Due Soon",
        default=8.0,
        help="Working hours before a deadline from which a duty counts as due soon and "
        "its owner is reminded.",
    )

    regulation_load_limit = fields.Integer(
        "Open Target Clients of a Salesperson",
        default=80,
        help="How many open target clients one salesperson may be given; 0 = any "
        "number. (Reg. 1.2.4)",
    )

    _regulation_load_limit_positive = models.Constraint(
        "CHECK (regulation_load_limit IS NULL OR regulation_load_limit >= 0)",
        "The number of target clients cannot be negative.",
    )
    _regulation_soon_hours_positive = models.Constraint(
        "CHECK (regulation_soon_hours IS NULL OR regulation_soon_hours >= 0)",
        "The time before a deadline cannot be negative.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {
            "regulation_soon_hours",
            "resource_calendar_id",
            "partner_id",
        } & vals.keys():
            self.env.registry.clear_cache()  # the clocks of the deadlines
        return result
