# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationCheckDeal(models.AbstractModel):
    """Checks on offers and contracts; mixed into `regulation.check`."""

    _name = "regulation.check.deal"
    _description = "Checks of the Room «deal»"

    @api.model
    def _get_named_checks(self):
        return super()._get_named_checks() | {}

    @api.model
    def _get_check_sources(self):
        return super()._get_check_sources() | {}
