# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationEventDeal(models.AbstractModel):
    """Events on offers and contracts; mixed into `regulation.event`."""

    _name = "regulation.event.deal"
    _description = "Events of the Room «deal»"

    @api.model
    def _get_events(self):
        return super()._get_events() | {}
