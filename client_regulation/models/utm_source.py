# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class UtmSource(models.Model):
    """An information source: the door; the room is `models/client/`."""

    _name = "utm.source"
    _inherit = ["regulation.source.mixin", "utm.source"]
