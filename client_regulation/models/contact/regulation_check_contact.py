# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationCheckContact(models.AbstractModel):
    """Checks on visits; mixed into `regulation.check`."""

    _name = "regulation.check.contact"
    _description = "Checks of the Room «contact»"

    @api.model
    def _get_named_checks(self):
        return super()._get_named_checks() | {}

    @api.model
    def _get_check_sources(self):
        return super()._get_check_sources() | {}
