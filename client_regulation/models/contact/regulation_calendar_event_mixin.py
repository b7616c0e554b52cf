# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from .regulation_visit_life import OPEN

#: fields of a meeting that its visit shows too
PULLED = frozenset({
    "start", "stop", "duration", "allday", "start_date", "stop_date", "name",
    "location", "partner_ids", "attendee_ids", "active",
})  # fmt: skip

#: so near to its place an occurrence is the same one: summer time moves it by an hour
SAME = timedelta(hours=12)
#: so far another day of the week may be, when the rule itself has changed
NEAR = timedelta(days=3, hours=12)


class RegulationCalendarEventMixin(models.AbstractModel):
    """A meeting that belongs to a visit takes the visit along. (Reg. 1.3.4)

    Meetings never create visits. Where Odoo throws the occurrences of a recurrence
    away to build new ones, each visit goes over to the one that took its place.
    """

    _name = "regulation.calendar.event.mixin"
    _description = "Meeting of a Visit: Calendar"

    regulation_visit_ids = fields.One2many("regulation.visit", "event_id", "Visits")

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        names = PULLED & vals.keys()
        moved = self._get_rebuilt_visits(vals)
        if moved:
            return self._write_rebuilding(vals, names, moved)
        result = super().write(vals)
        if names:
            self._get_regulation_visits()._pull_meeting(names)
        return result

    def unlink(self):
        visits = self._get_regulation_visits()
        busy = visits._get_busy()
        gone = visits.filtered(lambda visit: visit.id not in busy)
        gone._meeting_removed(deleted=True)
        return super().unlink()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_visit(self):
        """The visit of this meeting; without one, the form to plan it. It is made when
        the user saves it: meetings never create visits by themselves."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Visit"),
            "res_model": "regulation.visit",
            "view_mode": "form",
        }
        if self.regulation_visit_ids:
            return action | {"res_id": self.regulation_visit_ids[:1].id}
        lead = self.opportunity_id
        client = lead.partner_id.commercial_partner_id
        if not client:
            people = self.partner_ids.filtered(lambda partner: not partner.user_ids)
            client = people[:1].commercial_partner_id
        minutes = max(round((self.stop - self.start).total_seconds() / 60), 1)
        return action | {
            "context": {
                "default_event_id": self.id,
                "default_name": self.name,
                "default_lead_id": lead.id,
                "default_partner_id": client.id,
                "default_date_planned": self.start,
                "default_duration": minutes / 60,
                "default_location": self.location,
                "default_participant_ids": [
                    Command.create({"partner_id": partner.id})
                    for partner in self.partner_ids
                ],
            }
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_regulation_visits(self):
        """The visits of these meetings, as sudo: who may move a meeting moves the visit
        with it, also a colleague who sees the calendar alone."""
        Visit = self.env["regulation.visit"].sudo()
        return Visit.search([("event_id", "in", self.ids)], order="date_planned, id")

    # -- recurrences -----------------------------------------------------------

    def _get_rebuilt_visits(self, vals):
        """Visits whose meetings this write may throw away to build them anew."""
        several = vals.get("recurrence_update") in ("all_events", "future_events")
        if not several and not (self._get_recurrent_fields() | {"recurrency"}) & set(
            vals
        ):
            return self.env["regulation.visit"]
        Visit = self.env["regulation.visit"].sudo()  # safe: as above
        visits = Visit.search(
            [
                "|",
                ("event_id", "in", self.ids),
                ("event_id.recurrence_id", "in", self.recurrence_id.ids),
            ],
            order="date_planned, id",
        )
        busy = visits._get_busy()
        return visits.filtered(lambda visit: visit.id not in busy and visit._counts())

    def _write_rebuilding(self, vals, names, visits):
        recurrences = self.recurrence_id
        events = self.with_context(active_test=False).search(
            [("recurrence_id", "in", recurrences.ids)]
        )
        # `vals` loses keys on its way down
        shift = self._get_shift(vals)
        old = {event.id: event.start for event in events | visits.event_id}
        linked = {visit: visit.event_id.id for visit in visits}
        # all that this transaction sees above it was born in it
        newest = recurrences.sudo().search([], order="id desc", limit=1).id
        with visits._at_work():
            result = super().write(vals)
        occurrences = self.search(
            [
                "|",
                ("recurrence_id", ">", newest or 0),
                "|",
                ("recurrence_id", "in", recurrences.exists().ids),
                ("id", "in", list(old)),
            ],
            order="start, id",
        )
        for visit, event in self._match_occurrences(linked, occurrences, old, shift):
            self._follow_occurrence(visit, event, names)
        return result

    def _get_shift(self, vals):
        """How far a write moves the meeting it is about."""
        start = fields.Datetime.to_datetime(vals.get("start") or vals.get("start_date"))
        if not start or len(self) != 1:
            return timedelta()
        if not vals.get("start"):
            start = start.replace(hour=self.start.hour, minute=self.start.minute)
        return start - self.start

    @api.model
    def _match_occurrences(self, linked, occurrences, old, shift):
        """The occurrence that each visit has now: ``[(visit, event or none)]``.

        :param dict linked: ``{visit: id of its meeting before}``
        :param occurrences: the meetings there are now
        :param dict old: ``{id: start}`` of the meetings before
        :param shift: how far the meetings were moved
        """
        there = {event.id: event for event in occurrences}
        free = [event for event in occurrences if event.id not in linked.values()]
        # an occurrence in the place of an old one follows it, and no other
        places = [start + shift for start in old.values()]
        strange = [
            event
            for event in free
            if all(abs(event.start - place) > SAME for place in places)
        ]
        found = []
        for visit, event_id in linked.items():
            event = there.get(event_id)
            if not event:
                is_open = visit.state in OPEN
                place = old[event_id] + (shift if is_open else timedelta())
                event = self._get_nearest(free, place, SAME if is_open else timedelta())
                if not event and is_open:
                    event = self._get_nearest(strange, place, NEAR)
            for pool in (free, strange):
                if event in pool:
                    pool.remove(event)
            found.append((visit, event or self.browse()))
        return found

    @api.model
    def _get_nearest(self, events, place, within):
        near = [event for event in events if abs(event.start - place) <= within]
        return min(near, key=lambda event: abs(event.start - place), default=None)

    @api.model
    def _follow_occurrence(self, visit, event, names):
        """Link a visit with its present occurrence, or tell them apart."""
        if not event:
            if visit.state in OPEN:
                visit._meeting_removed(deleted=True)
            elif visit.state == "done":
                visit.write({"event_id": False})
            return
        if visit.state not in OPEN:
            if visit.event_id != event:
                visit.write({"event_id": event.id})
            return
        is_new = visit.event_id != event
        # the meeting tells when it takes place; what was not changed there stays as
        # it is in the visit, which may differ from the other occurrences
        with visit._at_work():
            vals = {"event_id": event.id} if is_new else {}
            if vals:
                visit.write(vals)
            changes = visit._get_visit_changes(names | {"start", "stop"})
            if changes:
                visit.write(changes)
        if is_new:
            visit._push_meeting(
                {"name", "location", "agenda", "participant_ids", "lead_id"}
            )
