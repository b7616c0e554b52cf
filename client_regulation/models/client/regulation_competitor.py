# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import re

from odoo import api, fields, models


class RegulationCompetitor(models.Model):
    """Whom else a client buys from; «own production» is one too. (Reg. 1.3.6)"""

    _name = "regulation.competitor"
    _description = "Competitor"
    _inherit = ["regulation.catalogue.mixin"]

    website = fields.Char()
    note = fields.Text("Strengths and Weaknesses")

    @api.model
    def _find_in_text(self, text, company):
        """Competitors of a company's catalogue that a text names, between commas,
        semicolons or line breaks; who is not in the catalogue stays in the text."""
        names = {part.strip().lower() for part in re.split(r"[,;\n]", text or "")}
        return self.search([("company_id", "in", (False, company.id))]).filtered(
            lambda competitor: competitor.name.strip().lower() in names
        )
