# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .visit_common import MONDAY, VisitCommon

CHECKS = (
    "visit_planned",
    "visit_prepared",
    "visit_done",
    "visit_analysed",
    "visit_reported",
    "repeat_prepared",
    "repeat_done",
)


@tagged("post_install", "-at_install")
class TestVisitChecks(VisitCommon):
    """Named checks and events of visits: A3.1, A3.2, A4.1, A4.5, A5.1, A5.2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._deal(partner_id=cls.buyer.id)

    def _lack(self, check, leads=None):
        leads = (leads or self.lead).sudo()
        lacks = getattr(self.env["regulation.check"], f"_check_{check}")(leads, None)
        if leads != self.lead:
            return lacks
        found = lacks.get(self.lead.id)
        return found and found.text

    def test_deal_without_visits_fails_everything(self):
        for check in CHECKS:
            with self.subTest(check=check):
                self.assertIn("plan", self._lack(check))

    def test_visit_planned(self):
        visit = self._visit(
            lead_id=self.lead.id,
            location=False,
            participant_ids=[Command.create({"partner_id": self.seller.partner_id.id})],
        )
        visit.location = False
        lack = self._lack("visit_planned")
        for text in ("participant of the client", "place", "goal"):
            self.assertIn(text, lack)
        visit.write(
            {
                "location": "Ghent",
                "goal": "Sell a truck of bricks",
                "participant_ids": [Command.create({"partner_id": self.buyer.id})],
            }
        )
        self.assertFalse(self._lack("visit_planned"))
        visit.write({"state": "cancelled", "reason_id": self.reason.id})
        self.assertTrue(self._lack("visit_planned"))

    def test_from_preparation_to_report(self):
        visit = self._visit(lead_id=self.lead.id, days=-1)
        self.assertIn("of 10 items", self._lack("visit_prepared"))
        self._prepare(visit)
        self.assertFalse(self._lack("visit_prepared"))
        self.assertIn("has not been held", self._lack("visit_done"))
        self._hold(visit)
        self.assertFalse(self._lack("visit_done"))
        self.assertIn("Outcome", self._lack("visit_analysed"))
        self.assertIn("is not reported", self._lack("visit_reported"))
        self._wizard(visit, goal_result="no").action_report()
        self.assertFalse(self._lack("visit_analysed"))
        self.assertFalse(self._lack("visit_reported"))

    def test_repeat_visit(self):
        first = self._prepare(self._visit(lead_id=self.lead.id, days=-3))
        promise = Command.create({"subject": "Send", "date_due": "2026-03-06"})
        with freeze_time(fields.Datetime.now() - timedelta(days=2)):
            self._wizard(first, agreement_ids=[promise]).action_report()
        self.assertIn("plan one", self._lack("repeat_prepared"))
        self.assertIn("plan one", self._lack("repeat_done"))
        second = self._visit(lead_id=self.lead.id, days=1)
        self.assertIn("of 10 items", self._lack("repeat_prepared"))
        self._prepare(second)
        self.assertIn("we still owe the client: Send", self._lack("repeat_prepared"))
        first.agreement_ids._complete(first.agreement_ids.date_due, "Letter 12")
        self.assertFalse(self._lack("repeat_prepared"))
        self.assertIn("has not been held", self._lack("repeat_done"))
        self._hold(second)
        self.assertIn("no outcome", self._lack("repeat_done"))
        self._wizard(second).action_report()
        self.assertFalse(self._lack("repeat_done"))

    def test_no_repeat_visit_after_an_order(self):
        visit = self._visit(lead_id=self.lead.id, days=-1)
        self._wizard(visit, outcome="order").action_report()
        self.assertFalse(self._lack("repeat_prepared"))
        self.assertFalse(self._lack("repeat_done"))

    def test_queries_do_not_grow_with_deals(self):
        deals = self.env["crm.lead"].sudo()
        for number in range(20):
            deal = self._deal(partner_id=self.buyer.id)
            visit = self._visit(lead_id=deal.id, days=-number - 1)
            if number % 2:
                self._hold(visit)
                self._agreement(visit)
                self._visit(lead_id=deal.id, days=number + 1)
            deals |= deal.sudo()
        for check in CHECKS:
            with self.subTest(check=check):
                self.assertQueriesDoNotGrow(
                    lambda some, check=check: self._lack(check, some), deals[:2], deals
                )
        for event in ("meeting_start", "meeting_end"):
            method = getattr(self.env["regulation.event"], f"_start_{event}")
            with self.assertQueryCount(2):
                method(deals, None)

    def test_events(self):
        Event = self.env["regulation.event"]
        self.assertFalse(Event._start_meeting_start(self.lead, None))
        visit = self._visit(lead_id=self.lead.id)
        self.assertEqual(
            Event._start_meeting_start(self.lead, None),
            {self.lead.id: visit.date_planned},
        )
        self.assertFalse(Event._start_meeting_end(self.lead, None))
        self._hold(visit)
        self.assertEqual(
            Event._start_meeting_end(self.lead, None), {self.lead.id: visit.date_end}
        )
        later = self._visit(lead_id=self.lead.id, days=5)
        self.assertEqual(
            Event._start_meeting_start(self.lead, None),
            {self.lead.id: later.date_planned},
        )

    @freeze_time(MONDAY)
    def test_engine_settles_the_steps(self):
        vals = self._prepare_edition()
        stage = vals["stage_ids"][0][2]
        stage["step_ids"] = [
            Command.create(self._step("S1.1", self.role_sm, check="visit_planned")),
            Command.create(
                self._step(
                    "S1.2",
                    self.role_sm,
                    check="visit_prepared",
                    start_event="meeting_start",
                    deadline=-1,
                )
            ),
            Command.create(
                self._step(
                    "S1.3",
                    self.role_sm,
                    check="visit_reported",
                    start_event="meeting_end",
                    deadline=1,
                )
            ),
            Command.create(
                self._step(
                    "S1.4",
                    self.role_sm,
                    subject="event",
                    start_event="meeting_end",
                    deadline=1,
                )
            ),
        ]
        self._approve(self.env["regulation.regulation"].create(vals))
        lead = self._deal(partner_id=self.buyer.id)
        duties = {code: self._duty(lead, code) for code in ("S1.1", "S1.2", "S1.3")}
        self.assertEqual(duties["S1.1"].state, "open")
        self.assertFalse(duties["S1.2"].due_on)
        visit = self._visit(lead_id=lead.id, goal="Sell a truck of bricks")
        self.assertEqual(duties["S1.1"].state, "done")
        self.assertEqual(duties["S1.2"].due_on, visit.prepare_due)
        visit.event_id.start = fields.Datetime.now() + timedelta(days=3)
        self.assertEqual(
            duties["S1.2"].due_on, visit.prepare_due, "follows the calendar"
        )
        self._prepare(visit)
        self.assertEqual(duties["S1.2"].state, "done")
        self._hold(visit)
        self.assertEqual(duties["S1.3"].due_on, visit.report_due)
        fired = self.env["regulation.duty"].search(
            [("step_id.code", "=", "S1.4"), ("lead_id", "=", lead.id)]
        )
        self.assertEqual(len(fired), 1)
        self._wizard(visit).action_report()
        self.assertEqual(duties["S1.3"].state, "done")
