# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class RegulationEvent(models.AbstractModel):
    """The events of all rooms."""

    _name = "regulation.event"
    _inherit = [
        "regulation.event.contact",
        "regulation.event.talk",
        "regulation.event.deal",
        "regulation.event",
    ]
