# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from contextlib import contextmanager
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import clean_context

from .regulation_visit_life import OPEN

#: fields of a visit that its meeting shows too
PUSHED = frozenset({
    "date_planned", "duration", "name", "location", "agenda", "participant_ids",
    "user_id", "lead_id", "state", "event_id",
})  # fmt: skip

#: in the cache of the transaction: visits whose meeting is being rebuilt
BUSY = "client_regulation.visits_at_work"


class RegulationVisitMeeting(models.AbstractModel):
    """A visit has a meeting in the calendar, and each follows the other.

    Both sides compare before they write, so the second to be told finds nothing to
    do. Only a visit that is still to come follows: what was held is a fact. The
    other direction is in `regulation_calendar_event_mixin.py`. (Reg. 1.3.4)
    """

    _name = "regulation.visit.meeting"
    _description = "Meeting of a Visit"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits._make_meetings()
        return visits

    def write(self, vals):
        result = super().write(vals)
        names = PUSHED & vals.keys()
        if names:
            self._push_meeting(names)
        return result

    def unlink(self):
        # safe: the meeting belongs to the visit, which the user may delete
        events = self.sudo().event_id
        result = super().unlink()
        self._get_calendar(events.filtered("active")).write({"active": False})
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _default_date_planned(self):
        """Ten o'clock of the next working day, where the user is."""
        now = fields.Datetime.now()
        clock_of = self.env["regulation.time"]
        company_id = self.env.company.id
        due = clock_of._get_due(company_id, now, 1, "wd")
        day = clock_of._get_clock(company_id, now, due).local_date(due)
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local = zone.localize(datetime.combine(day, time(10)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_calendar(self, events):
        """Meetings to be written: neither the defaults of a visit's form nor the record
        it was opened from are meant for them. The last key is Odoo's: do not write
        phone numbers of attendees into the description."""
        context = {
            key: value
            for key, value in clean_context(self.env.context).items()
            if not key.startswith("active_")
        }
        context["skip_contact_description"] = True
        return events.with_env(events.env(context=context))

    def _make_meetings(self):
        """Put visits to come that have no meeting yet into the calendar."""
        visits = self.filtered(lambda visit: visit.state in OPEN and not visit.event_id)
        if not visits:
            return
        events = self._get_calendar(self.env["calendar.event"]).create(
            [visit._prepare_meeting_vals() for visit in visits]
        )
        for visit, event in zip(visits, events, strict=True):
            visit.event_id = event

    def _prepare_meeting_vals(self):
        """The meeting of a visit. Goal and preparation are not for the client's eyes:
        of the texts only the agenda goes into the invitation."""
        return {
            "name": self.name,
            "start": self.date_planned,
            "stop": self._get_end(),
            "allday": False,
            "location": self.location,
            "description": self.agenda,
            "user_id": self.user_id.id,
            "opportunity_id": self.lead_id.id,
            "partner_ids": [Command.set(self.participant_ids.partner_id.ids)],
            "res_model_id": False,
            "res_id": False,
        }

    def _get_end(self):
        return self.date_planned + timedelta(minutes=round(self.duration * 60))

    def _push_meeting(self, names):
        """Bring the meetings up to what has changed in their visits.

        :param names: fields of the visit that were written
        """
        busy = self._get_busy()
        for visit in self.filtered(lambda visit: visit.id not in busy):
            # safe: the meeting belongs to the visit, which the user may write
            event = visit.sudo().event_id
            if not event:
                if names & {"state", "date_planned"}:
                    visit._make_meetings()
                continue
            vals = visit._get_meeting_changes(event, names)
            if vals:
                self._get_calendar(event).write(vals)

    def _get_meeting_changes(self, event, names):
        if self.state not in OPEN:
            gone = self.state in ("cancelled", "missed") and event.active
            return {"active": False} if gone else {}
        vals = {} if event.active else {"active": True}
        if names & {"date_planned", "duration", "event_id"} and (
            event.start != self.date_planned or event.stop != self._get_end()
        ):
            vals |= {
                "start": self.date_planned,
                "stop": self._get_end(),
                "allday": False,
            }
        wanted = self._prepare_meeting_vals()
        for mine, theirs in (
            ("name", "name"),
            ("location", "location"),
            ("agenda", "description"),
        ):
            if mine in names and (event[theirs] or "") != (self[mine] or ""):
                vals[theirs] = wanted[theirs]
        for mine, theirs in (("user_id", "user_id"), ("lead_id", "opportunity_id")):
            if mine in names and event[theirs] != self[mine]:
                vals[theirs] = wanted[theirs]
        if "participant_ids" in names and (
            set(event.with_context(active_test=False).partner_ids.ids)
            != set(self.participant_ids.partner_id.ids)
        ):
            vals["partner_ids"] = wanted["partner_ids"]
        return vals

    def _pull_meeting(self, names):
        """Bring visits up to what has changed in their meetings.

        :param names: fields of the meeting that were written
        """
        busy = self._get_busy()
        for visit in self.filtered(lambda visit: visit.id not in busy):
            event = visit.event_id
            if visit.state in OPEN:
                if not event.active:
                    visit._meeting_removed()
                    continue
                vals = visit._get_visit_changes(names)
                if vals:
                    with visit._at_work():
                        visit.write(vals)
            elif "active" in names and event.active and visit._is_removed():
                visit.write({"state": "planned"})

    def _is_removed(self):
        """Whether the calendar has cancelled it, so that the calendar may revive it."""
        return self.state == "cancelled" and self.reason_id.code == "calendar"

    def _get_visit_changes(self, names):
        event, vals = self.event_id, {}
        if names & {"start", "stop", "duration", "allday", "start_date", "stop_date"}:
            if event.start != self.date_planned:
                vals["date_planned"] = event.start
            if event.stop - event.start != self._get_end() - self.date_planned:
                minutes = max(round((event.stop - event.start).total_seconds() / 60), 1)
                vals["duration"] = minutes / 60
        for name in ("name", "location"):
            if name in names and (event[name] or "") != (self[name] or ""):
                vals[name] = event[name]
        if names & {"partner_ids", "attendee_ids"}:
            # an archived person stays invited, though the calendar does not show them;
            # after a write not even the cache does
            event.invalidate_recordset(["partner_ids"])
            wanted = event.with_context(active_test=False).partner_ids
            people = self.participant_ids
            commands = [
                Command.create({"partner_id": partner.id})
                for partner in wanted - people.partner_id
            ] + [
                Command.delete(person.id)
                for person in people
                if person.partner_id not in wanted
            ]
            if commands:
                vals["participant_ids"] = commands
        return vals

    def _meeting_removed(self, deleted=False):
        """The meetings of these visits were taken out of the calendar."""
        visits = self.filtered(lambda visit: visit.state in OPEN)
        if not visits:
            return
        vals = {"event_id": False} if deleted else {}
        reason = self.env["regulation.visit.reason"]._get_calendar_reason()
        visits.write(vals | {"state": "cancelled", "reason_id": reason.id})
        for visit in visits:
            visit.message_post(
                body=self.env._(
                    "%(person)s removed the meeting from the calendar; the visit is "
                    "cancelled.",
                    person=self.env.user.name,
                )
            )

    # -- what is at work must not be told of its own doing ----------------------

    @api.model
    def _get_busy(self):
        return self.env.cr.cache.setdefault(BUSY, set())

    @contextmanager
    def _at_work(self):
        """The meetings of these visits are told nothing until the block is over."""
        busy = self._get_busy()
        mine = set(self.ids) - busy
        busy |= mine
        try:
            yield
        finally:
            busy -= mine
