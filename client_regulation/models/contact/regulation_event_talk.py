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
        starts = self._get_firsts("regulation.call", leads, "date", "reached")
        visits = self.env["regulation.visit"]._read_group(
            [("lead_id", "in", leads.ids), ("state", "=", "done")],
            ["lead_id"],
            ["date_start:min", "date_planned:min"],
        )
        for lead, start, planned in visits:
            self._keep_first(starts, lead.id, start or planned)
        return {lead_id: max(at, entered_on) for lead_id, at in starts.items()}

    @api.model
    def _start_consent_to_meet(self, leads, entered_on):
        """When the client agreed to meet; who has a visit planned has agreed."""
        starts = self._get_firsts("regulation.call", leads, "date", "consent_to_meet")
        visits = self.env["regulation.visit"]._read_group(
            [("lead_id", "in", leads.ids), ("state", "!=", "cancelled")],
            ["lead_id"],
            ["create_date:min"],
        )
        for lead, created in visits:
            self._keep_first(starts, lead.id, created)
        return {lead_id: max(at, entered_on) for lead_id, at in starts.items()}

    def _get_firsts(self, model, leads, date, flag):
        groups = self.env[model]._read_group(
            [("lead_id", "in", leads.ids), (flag, "=", True)],
            ["lead_id"],
            [f"{date}:min"],
        )
        return {lead.id: at for lead, at in groups}

    def _keep_first(self, starts, lead_id, at):
        if at and (lead_id not in starts or at < starts[lead_id]):
            starts[lead_id] = at.replace(microsecond=0)
