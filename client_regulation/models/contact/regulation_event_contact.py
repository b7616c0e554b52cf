# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationEventContact(models.AbstractModel):
    """Events of visits; mixed into `regulation.event`."""

    _name = "regulation.event.contact"
    _description = "Events of the Room «contact»"

    @api.model
    def _get_events(self):
        return super()._get_events() | {}
