# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ClientCompanyMixin(models.AbstractModel):
    """When a client counts as new, active, dormant or lost for a company."""

    _name = "regulation.client.company.mixin"
    _description = "Client Settings of a Company"

    client_new_days = fields.Integer(
        "New Client",
        default=90,
        required=True,
        help="For how many days after the first sale a client is new.",
    )
    client_active_months = fields.Integer(
        "Active Client",
        default=12,
        required=True,
        help="For how many months after the last sale a client is active.",
    )
    client_dormant_months = fields.Integer(
        "Dormant Client",
        default=12,
        required=True,
        help="For how many months after that a client is dormant; then it is lost.",
    )

    _client_status_periods = models.Constraint(
        "CHECK (client_new_days > 0 AND client_active_months > 0"
        " AND client_dormant_months > 0)",
        "The periods of the client status are one day or month at least.",
    )
