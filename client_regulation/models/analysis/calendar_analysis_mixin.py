# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from .regulation_abc_line import CLASSES


class CalendarAnalysisMixin(models.AbstractModel):
    """The class of the client whom a meeting is for, seen in the calendar."""

    _name = "regulation.calendar.analysis.mixin"
    _description = "Analysis of the Client of a Meeting"

    client_abc_class = fields.Selection(
        CLASSES,
        "Client's Class",
        compute="_compute_client_abc_class",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("regulation_visit_ids.client_abc_class")
    @api.depends_context("company")
    def _compute_client_abc_class(self):
        # safe: a letter, of the client of a visit that the reader sees as a meeting
        for event in self:
            event.client_abc_class = event.regulation_visit_ids[:1].client_abc_class
