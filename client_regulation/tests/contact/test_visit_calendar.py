# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitCalendar(VisitCommon):
    """A visit and its meeting follow each other, recurrences included. (1.3.4)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start = datetime(2030, 3, 6, 9, 0)  # a Wednesday
        cls.visit = cls._visit(
            date_planned=cls.start, name="Trial", location="Ghent", agenda="<p>A</p>"
        )
        cls.event = cls.visit.event_id.with_user(cls.seller)

    def _series(self, visits=(), **vals):
        """Five Wednesdays, with visits to some of them."""
        event = (
            self.env["calendar.event"]
            .with_user(self.seller)
            .create(
                {
                    "name": "Every week",
                    "start": self.start,
                    "stop": self.start + timedelta(hours=1),
                    "partner_ids": [
                        Command.set([self.seller.partner_id.id, self.buyer.id])
                    ],
                    "recurrency": True,
                    "rrule_type": "weekly",
                    "wed": True,
                    "interval": 1,
                    "end_type": "count",
                    "count": 5,
                    "event_tz": "UTC",
                    **vals,
                }
            )
        )
        events = event.recurrence_id.calendar_event_ids.sorted("start")
        made = [
            self._visit(
                event_id=events[number].id,
                date_planned=events[number].start,
                name="Every week",
                goal=f"Goal {number}",
            )
            for number in visits
        ]
        return events, made

    # -- one meeting -------------------------------------------------------------

    def test_visit_makes_its_meeting(self):
        self.assertEqual(self.event.start, self.start)
        self.assertEqual(self.event.stop, self.start + timedelta(hours=1))
        self.assertEqual(self.event.partner_ids, self.seller.partner_id | self.buyer)
        self.assertEqual(self.event.location, "Ghent")
        self.assertEqual(self.event.description, "<p>A</p>")
        self.assertEqual(self.event.user_id, self.seller)
        self.assertFalse(self.event.res_model)
        deal = self._deal()
        visit = self._visit(lead_id=deal.id)
        self.assertEqual(visit.event_id.opportunity_id, deal)

    def test_goal_is_not_told_to_the_client(self):
        self.visit.goal = "Sell them everything"
        self.assertNotIn("everything", self.event.description)

    def test_visit_moves_its_meeting(self):
        self.visit.write(
            {
                "date_planned": "2030-03-07 10:00:00",
                "duration": 1.5,
                "name": "Demo",
                "location": "Bruges",
                "participant_ids": [Command.create({"partner_id": self.director.id})],
            }
        )
        self.assertEqual(self.event.start, datetime(2030, 3, 7, 10))
        self.assertEqual(self.event.stop, datetime(2030, 3, 7, 11, 30))
        self.assertEqual(self.event.name, "Demo")
        self.assertEqual(self.event.location, "Bruges")
        self.assertIn(self.director, self.event.partner_ids)
        self.visit.participant_ids.filtered(
            lambda line: line.partner_id == self.director
        ).unlink()
        self.assertNotIn(self.director, self.event.partner_ids)

    def test_meeting_moves_its_visit(self):
        self.event.write(
            {
                "start": "2030-03-08 12:00:00",
                "stop": "2030-03-08 12:45:00",
                "name": "Lunch",
                "location": "Antwerp",
                "partner_ids": [
                    Command.set([self.seller.partner_id.id, self.director.id])
                ],
            }
        )
        self.assertEqual(self.visit.date_planned, datetime(2030, 3, 8, 12))
        self.assertEqual(self.visit.duration, 0.75)
        self.assertEqual(self.visit.name, "Lunch")
        self.assertEqual(self.visit.location, "Antwerp")
        self.assertEqual(
            self.visit.participant_ids.partner_id,
            self.seller.partner_id | self.director,
        )
        self.assertEqual(self.event.partner_ids, self.seller.partner_id | self.director)

    def test_colleague_with_the_calendar_alone_moves_it(self):
        self.event.with_user(self.clerk).write({"start": "2030-03-08 12:00:00"})
        self.assertEqual(self.visit.date_planned, datetime(2030, 3, 8, 12))

    def test_deleted_meeting_cancels_the_visit(self):
        self.event.with_user(self.clerk).unlink()
        self.assertEqual(self.visit.state, "cancelled")
        self.assertEqual(self.visit.reason_id.code, "calendar")
        self.assertFalse(self.visit.event_id)
        self.assertIn("Clerk", self.visit.message_ids[0].body)

    def test_archived_meeting_cancels_the_visit_and_back(self):
        self.event.active = False
        self.assertEqual(self.visit.state, "cancelled")
        self.event.active = True
        self.assertEqual(self.visit.state, "planned")

    def test_held_visit_stays_without_its_meeting(self):
        self._hold(self.visit)
        self.event.unlink()
        self.assertEqual(self.visit.state, "done")
        self.assertFalse(self.visit.event_id)

    def test_held_visit_is_not_moved(self):
        self._hold(self.visit)
        self.event.start = "2030-03-08 12:00:00"
        self.assertEqual(self.visit.date_planned, self.start)

    def test_cancelled_visit_leaves_the_calendar(self):
        self.visit.write({"state": "cancelled", "reason_id": self.reason.id})
        self.assertFalse(self.event.active)
        self.visit.action_replan()
        self.assertTrue(self.event.active)

    def test_deleted_visit_leaves_the_calendar(self):
        self.visit.unlink()
        self.assertFalse(self.event.active)

    def test_meetings_create_no_visits(self):
        deal = self._deal()
        before = self.env["regulation.visit"].search_count([])
        self.env["calendar.event"].with_user(self.seller).create(
            {
                "name": "Just a talk",
                "start": self.start,
                "stop": self.start + timedelta(hours=1),
                "opportunity_id": deal.id,
            }
        )
        self.assertEqual(self.env["regulation.visit"].search_count([]), before)
        self.assertTrue(deal.action_schedule_meeting()["context"])
        action = deal.calendar_event_ids.action_open_visit()
        visit = (
            self.env["regulation.visit"]
            .with_user(self.seller)
            .with_context(**action["context"])
            .create({"partner_id": self.partner.id})
        )
        self.assertEqual(visit.event_id, deal.calendar_event_ids)
        self.assertEqual(visit.date_planned, self.start)
        self.assertEqual(visit.event_id.action_open_visit()["res_id"], visit.id)

    # -- recurrences --------------------------------------------------------------

    def test_one_occurrence_is_moved(self):
        events, (second, third) = self._series((1, 2))
        events[1].write(
            {
                "start": self.start + timedelta(days=8),
                "stop": self.start + timedelta(days=8, hours=1),
                "recurrence_update": "self_only",
            }
        )
        self.assertEqual(second.date_planned, self.start + timedelta(days=8))
        self.assertEqual(third.date_planned, self.start + timedelta(days=14))

    def test_all_occurrences_are_moved(self):
        events, visits = self._series((0, 2, 4))
        later = timedelta(hours=3)
        events[0].write(
            {
                "start": self.start + later,
                "stop": self.start + later + timedelta(hours=2),
                "recurrence_update": "all_events",
            }
        )
        for visit, week in zip(visits, (0, 2, 4), strict=True):
            place = self.start + later + timedelta(weeks=week)
            self.assertEqual(visit.state, "planned")
            self.assertEqual(visit.date_planned, place)
            self.assertEqual(visit.duration, 2)
            self.assertTrue(visit.event_id.active)
            self.assertEqual(visit.event_id.start, place)
            self.assertEqual(visit.goal, f"Goal {week}")

    def test_all_occurrences_are_moved_from_the_middle(self):
        events, visits = self._series((0, 3))
        events[2].write(
            {
                "start": events[2].start + timedelta(days=1),
                "stop": events[2].stop + timedelta(days=1),
                "recurrence_update": "all_events",
            }
        )
        self.assertEqual(visits[0].date_planned, self.start + timedelta(days=1))
        self.assertEqual(visits[1].date_planned, self.start + timedelta(days=22))
        self.assertEqual(set(v.state for v in visits), {"planned"})

    def test_this_and_following_are_moved(self):
        events, (first, third, fourth) = self._series((0, 2, 3))
        later = timedelta(hours=2)
        events[2].write(
            {
                "start": events[2].start + later,
                "stop": events[2].stop + later,
                "recurrence_update": "future_events",
            }
        )
        self.assertEqual(first.date_planned, self.start)
        self.assertEqual(third.date_planned, self.start + timedelta(days=14) + later)
        self.assertEqual(fourth.date_planned, self.start + timedelta(days=21) + later)
        for visit in (first, third, fourth):
            self.assertEqual(visit.state, "planned")
            self.assertTrue(visit.event_id.active)
            self.assertEqual(visit.event_id.start, visit.date_planned)

    def test_all_occurrences_are_renamed(self):
        events, visits = self._series((0, 2))
        events[1].write({"name": "Planning", "recurrence_update": "all_events"})
        self.assertEqual([visit.name for visit in visits], ["Planning"] * 2)

    def test_another_day_of_the_week(self):
        events, visits = self._series((0, 1))
        events[0].write({"wed": False, "thu": True, "recurrence_update": "all_events"})
        for visit, week in zip(visits, (0, 1), strict=True):
            self.assertEqual(visit.state, "planned")
            self.assertEqual(
                visit.date_planned, self.start + timedelta(weeks=week, days=1)
            )
            self.assertEqual(visit.event_id.start, visit.date_planned)
            self.assertTrue(visit.event_id.active)

    def test_shortened_series_cancels_what_fell_out(self):
        events, (first, last) = self._series((0, 4))
        events[0].write({"count": 3, "recurrence_update": "all_events"})
        self.assertEqual(first.state, "planned")
        self.assertEqual(first.event_id.start, self.start)
        self.assertEqual(last.state, "cancelled")
        self.assertEqual(last.reason_id.code, "calendar")

    def test_held_visits_of_a_rebuilt_series_stay(self):
        events, (held, other) = self._series((0, 1))
        self._hold(held)
        events[0].write(
            {
                "start": self.start + timedelta(hours=5),
                "stop": self.start + timedelta(hours=6),
                "recurrence_update": "all_events",
            }
        )
        self.assertEqual(held.state, "done")
        self.assertEqual(held.date_planned, self.start)
        self.assertEqual(other.date_planned, self.start + timedelta(days=7, hours=5))

    def test_series_ends(self):
        events, (first, fourth) = self._series((0, 3))
        events[2].write({"recurrency": False, "recurrence_update": "future_events"})
        self.assertEqual(first.state, "planned")
        self.assertEqual(fourth.state, "cancelled")

    def test_deleted_series(self):
        events, visits = self._series((0, 3))
        self._hold(visits[0])
        events[0].action_mass_deletion("all_events")
        self.assertEqual(visits[0].state, "done")
        self.assertFalse(visits[0].event_id)
        self.assertEqual(visits[1].state, "cancelled")

    def test_meeting_of_a_visit_becomes_a_series(self):
        self.event.write(
            {
                "recurrency": True,
                "rrule_type": "weekly",
                "wed": True,
                "end_type": "count",
                "count": 3,
                "event_tz": "UTC",
            }
        )
        self.assertEqual(self.visit.state, "planned")
        self.assertEqual(self.visit.event_id.start, self.start)
        self.assertEqual(len(self.visit.event_id.recurrence_id.calendar_event_ids), 3)
        self.assertEqual(
            self.env["regulation.visit"].search_count(
                [("event_id.recurrence_id", "=", self.visit.event_id.recurrence_id.id)]
            ),
            1,
        )

    def test_no_query_for_meetings_without_visits(self):
        event = self.env["calendar.event"].create(
            {
                "name": "x",
                "start": self.start,
                "stop": fields.Datetime.to_datetime("2030-03-06 10:00:00"),
            }
        )
        self.env.flush_all()
        with self.assertQueryCount(0):
            event.regulation_visit_ids.browse()._pull_meeting(frozenset())
