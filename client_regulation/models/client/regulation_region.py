# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class RegulationRegion(models.Model):
    """A sales region: how the company cuts its market, not a state of a country.
    (Reg. 1.2.4)"""

    _name = "regulation.region"
    _description = "Client Region"
    _inherit = ["regulation.catalogue.mixin"]
