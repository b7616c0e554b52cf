# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationEventTalk(models.AbstractModel):
    """Events that calls tell of; mixed into `regulation.event`. (Reg. 1.3.2, 1.3.3)"""

    _name = "regulation.event.talk"
    _description = "Events of Calls"

    @api.model
    def _start_first_conversation(self, leads, entered_on):
        """The first time somebody of the client was spoken with, by phone or in person.

        A conversation before the deal came into the stage counts from there.
        """
        starts = self._get_firsts(leads, "reached")
        for lead, visits in self.env["regulation.check"]._get_deal_visits(leads):
            for visit in visits.filtered(lambda visit: visit.state == "done"):
                at = visit.date_start or visit.date_planned
                self._keep_first(starts, lead.id, at)
        return {lead_id: max(at, entered_on) for lead_id, at in starts.items()}

    @api.model
    def _start_consent_to_meet(self, leads, entered_on):
        """When the client agreed to meet; who has a visit planned has agreed."""
        starts = self._get_firsts(leads, "consent_to_meet")
        for lead, visits in self.env["regulation.check"]._get_deal_visits(leads):
            for visit in visits:
                self._keep_first(starts, lead.id, visit.create_date)
        return {lead_id: max(at, entered_on) for lead_id, at in starts.items()}

    def _get_firsts(self, leads, flag):
        """The first call of each deal that says so: ``{lead_id: date}``."""
        calls = self.env["regulation.check"]._get_deal_calls(leads)
        firsts = {lead_id: own.filtered(flag)[-1:] for lead_id, own in calls.items()}
        return {lead_id: call.date for lead_id, call in firsts.items() if call}

    def _keep_first(self, starts, lead_id, at):
        if at and (lead_id not in starts or at < starts[lead_id]):
            starts[lead_id] = at.replace(microsecond=0)
