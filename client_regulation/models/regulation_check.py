# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class RegulationCheck(models.AbstractModel):
    """The named checks of all rooms."""

    _name = "regulation.check"
    _inherit = [
        "regulation.check.client",
        "regulation.check.contact",
        "regulation.check.talk",
        "regulation.check.deal",
        "regulation.check",
    ]
