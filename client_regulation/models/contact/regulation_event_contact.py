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
        starts = {}
        for lead, visits in self.env["regulation.check"]._get_deal_visits(leads):
            to_come = visits.filtered(lambda visit: visit.state in OPEN)
            dates = to_come.mapped("date_planned")
            held = (visits - to_come).mapped("date_planned")
            if dates or held:
                starts[lead.id] = min(dates) if dates else max(held)
        return starts

    @api.model
    def _start_meeting_end(self, leads, entered_on):
        """The end of the last visit held."""
        ends = {}
        for lead, visits in self.env["regulation.check"]._get_deal_visits(leads):
            held = visits.filtered(lambda visit: visit.state == "done")
            if held:
                dates = [end for end in held.mapped("date_end") if end]
                ends[lead.id] = max(dates, default=False)
        return ends
