# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging of contacts: the cards of both become one."""

    _name = "base.partner.merge.automatic.wizard"
    _inherit = [
        "regulation.client.merge.mixin",
        "regulation.visit.merge.mixin",
        "regulation.analysis.merge.mixin",
        "base.partner.merge.automatic.wizard",
    ]
