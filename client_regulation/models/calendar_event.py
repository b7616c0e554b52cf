# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class CalendarEvent(models.Model):
    """The meeting of a visit: the door; the room is `models/contact/`."""

    _name = "calendar.event"
    _inherit = [
        "regulation.calendar.event.mixin",
        "regulation.calendar.analysis.mixin",
        "calendar.event",
    ]
