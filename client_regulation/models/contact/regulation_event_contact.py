# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from .regulation_visit_life import OPEN


class RegulationEventContact(models.AbstractModel):
    """Start and end of meetings; mixed into `regulation.event`. (A3.2–A5.2)

    Their codes and labels are in `regulation.event` itself.
    """

    _name = "regulation.event.contact"
    _description = "Events of the Room «contact»"

    @api.model
    def _start_meeting_start(self, leads, entered_on):
        """The planned start of the next visit, else of the last one held."""
        Visit = self.env["regulation.visit"].sudo()  # safe: deadlines of the engine
        mine = [("lead_id", "in", leads.ids)]
        held = Visit._read_group(
            [*mine, ("state", "=", "done")], ["lead_id"], ["date_planned:max"]
        )
        to_come = Visit._read_group(
            [*mine, ("state", "in", OPEN)], ["lead_id"], ["date_planned:min"]
        )
        return {lead.id: start for lead, start in (*held, *to_come)}

    @api.model
    def _start_meeting_end(self, leads, entered_on):
        """The end of the last visit held."""
        Visit = self.env["regulation.visit"].sudo()  # safe: as above
        groups = Visit._read_group(
            [("lead_id", "in", leads.ids), ("state", "=", "done")],
            ["lead_id"],
            ["date_end:max"],
        )
        return {lead.id: end for lead, end in groups}
