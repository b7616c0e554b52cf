# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class LeadAnalysisMixin(models.AbstractModel):
    """The class of the client on the deal: whom to call first. (Reg. 2.2)"""

    _name = "regulation.lead.analysis.mixin"
    _description = "Analysis of the Client of a Deal"

    client_abc_class = fields.Selection(
        related="partner_id.commercial_partner_id.abc_class", string="ABC Class"
    )
    client_is_key = fields.Boolean(
        related="partner_id.commercial_partner_id.is_key_client", string="Key Client"
    )
