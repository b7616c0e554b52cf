# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .visit_common import MONDAY, VisitCommon


@tagged("post_install", "-at_install")
class TestVisit(VisitCommon):
    """The life of a visit: preparation, holding, report. (1.3.4–1.3.9, 1.4)"""

    # -- planning ----------------------------------------------------------------

    def test_planned_in_two_taps(self):
        deal = self._deal(partner_id=self.buyer.id)
        action = deal.action_plan_visit()
        form = Form(
            self.env["regulation.visit"]
            .with_user(self.seller)
            .with_context(**action["context"]),
            view=action["views"][0][0],
        )
        visit = form.save()
        self.assertEqual(visit.partner_id, self.partner)
        self.assertEqual(visit.lead_id, deal)
        self.assertEqual(visit.team_id, self.team)
        self.assertEqual(
            visit.participant_ids.partner_id, self.seller.partner_id | self.buyer
        )
        self.assertEqual(visit.participant_ids.mapped("side"), ["us", "client"])
        self.assertEqual(visit.location, "Ghent, Kiln 1")
        self.assertEqual(visit.stage_id, self.col_qualify)
        self.assertTrue(visit.number)
        self.assertEqual(len(visit.checklist_ids), 10)
        self.assertEqual(deal.regulation_visit_count, 1)
        self.assertEqual(deal.regulation_next_visit, visit.date_planned)
        self.assertEqual(self.partner.with_user(self.seller).regulation_visit_count, 1)

    @freeze_time("2026-03-06 15:00:00")  # a Friday
    def test_default_date_is_the_next_working_day(self):
        visits = self.env["regulation.visit"].with_user(self.seller)
        self.assertEqual(visits._default_date_planned(), datetime(2026, 3, 9, 9))

    # -- preparation ---------------------------------------------------------------

    def test_prepared_needs_everything(self):
        visit = self._visit()
        with self.assertRefused("the goal", "SPIN", exception=ValidationError):
            visit.action_prepare()
        self._prepare(visit)
        self.assertEqual(visit.state, "prepared")
        self.assertTrue(visit.prepared_on)

    def test_items_tick_themselves(self):
        visit = self._visit()
        item = visit.checklist_ids.filtered(lambda line: line.rule == "questions")
        self.assertEqual(item.state, "todo")
        with self.assertRefused("settles itself", exception=ValidationError):
            item.state = "done"
        visit.action_add_questions()
        self.assertEqual(len(visit.question_ids), 5)
        self.assertEqual(item.state, "done")
        visit.question_ids[0].unlink()
        self.assertEqual(item.state, "todo")
        with self.assertRefused("give the reason", exception=ValidationError):
            item.state = "na"
        item.write({"state": "na", "note": "Only to sign the contract"})
        visit.action_add_questions()
        self.assertEqual(item.state, "na", "what the person said stays")

    def test_objections_count_with_their_answers(self):
        visit = self._visit()
        item = visit.checklist_ids.filtered(lambda line: line.rule == "objections")
        visit.expected_ids = [
            Command.create({"type_id": self.price.id, "answer": "Compared with what?"}),
            Command.create({"type_id": self.price.id, "answer": "Let us see"}),
            Command.create({"type_id": self.price.id}),
        ]
        self.assertEqual(item.state, "todo")
        visit.expected_ids[2].answer = "It pays back in a month"
        self.assertEqual(item.state, "done")

    @freeze_time(MONDAY)
    def test_prepared_in_time_is_a_working_day_before(self):
        early = self._prepare(self._visit(days=1))
        self.assertTrue(early.prepared_in_time)
        late = self._prepare(self._visit(days=0.2))
        self.assertFalse(late.prepared_in_time)

    # -- holding -------------------------------------------------------------------

    def test_done_needs_times_and_the_client(self):
        visit = self._visit()
        with self.assertRefused(
            "when it started", "who of the client", exception=ValidationError
        ):
            visit.state = "done"
        people = visit.participant_ids.filtered(lambda line: line.side == "client")
        people.attended = True
        with self.assertRefused("before it started", exception=ValidationError):
            visit.write(
                {
                    "state": "done",
                    "date_start": "2026-03-02 10:00:00",
                    "date_end": "2026-03-02 09:00:00",
                }
            )
        self._hold(visit)
        self.assertEqual(visit.state, "done")
        with self.assertRefused("cannot be deleted"):
            visit.unlink()
        with self.assertRefused("cannot become"):
            visit.state = "planned"

    def test_cancelled_needs_a_reason(self):
        visit = self._visit()
        with self.assertRefused("give the reason", exception=ValidationError):
            visit.state = "cancelled"
        wizard = self.env["regulation.visit.close"].with_user(self.seller)
        wizard = wizard.create(
            {
                "visit_id": visit.id,
                "kind": "missed",
                "reason_id": self.other_reason.id,
            }
        )
        with self.assertRefused("add a note", exception=ValidationError):
            wizard.action_close()
        wizard.reason_note = "The bridge was closed"
        wizard.action_close()
        self.assertEqual(visit.state, "missed")
        self.assertFalse(visit.event_id.active)
        visit.action_replan()
        self.assertEqual(visit.state, "planned")
        self.assertFalse(visit.reason_id)
        self.assertTrue(visit.event_id.active)

    # -- report --------------------------------------------------------------------

    def test_report_in_one_save(self):
        visit = self._visit(days=-1)
        wizard = self._wizard(
            visit,
            outcome="advance",
            agreement_ids=[
                Command.create(
                    {"side": "client", "subject": "Show us", "date_due": "2026-03-06"}
                )
            ],
            objection_ids=[
                Command.create({"type_id": self.price.id, "wording": "Too dear"})
            ],
        )
        self.assertEqual(len(wizard.person_ids), 2)
        wizard.action_report()
        self.assertEqual(visit.state, "done")
        self.assertTrue(visit.date_reported)
        self.assertEqual(visit.reported_by_id, self.seller)
        self.assertEqual(visit.agreement_ids.partner_id, self.partner)
        self.assertEqual(visit.objection_ids.wording, "Too dear")
        self.assertEqual(visit.is_success, 1.0)

    def test_advance_is_what_the_client_does(self):
        visit = self._visit(days=-1)
        ours = Command.create({"subject": "Send", "date_due": "2026-03-06"})
        with self.assertRefused("The Client", exception=ValidationError):
            self._wizard(visit, outcome="advance", agreement_ids=[ours]).action_report()

    def _advance(self, *promises):
        """A visit of the seller that ended in an advance."""
        visit = self._visit(days=-1)
        lines = [
            Command.create(
                {"side": side, "subject": subject, "date_due": "2099-03-06",
                 "contact_id": self.buyer.id}
            )
            for side, subject in promises
        ]  # fmt: skip
        self._wizard(visit, outcome="advance", agreement_ids=lines).action_report()
        return visit

    def _cancel(self, agreement):
        agreement._cancel("client", "They bought elsewhere")

    def test_last_promise_of_an_advance_stays(self):
        visit = self._advance(("client", "Show us the kiln"), ("us", "Send samples"))
        promise, ours = visit.agreement_ids.sorted("side")
        elsewhere = self._visit()
        for undo in (
            lambda: promise.write({"side": "us"}),
            lambda: self._cancel(promise),
            lambda: promise.write({"visit_id": False}),
            lambda: promise.write({"visit_id": elsewhere.id}),
            promise.unlink,
            lambda: promise.with_user(self.head).unlink(),
            lambda: promise.sudo().unlink(),
            lambda: visit.write(
                {"agreement_ids": [Command.update(promise.id, {"side": "us"})]}
            ),
            lambda: visit.write({"agreement_ids": [Command.delete(promise.id)]}),
        ):
            with self.assertRefused(
                "Show us the kiln", visit.display_name, "change the outcome",
                exception=ValidationError,
            ):  # fmt: skip
                undo()
        self.assertEqual((promise.side, promise.state), ("client", "open"))
        # what proves nothing, and what changes nothing, is free
        self._cancel(ours)
        promise.subject = "Show us the kiln on Friday"
        promise._complete(fields.Date.today(), "They showed it")
        self.assertEqual(promise.state, "done")
        promise.action_reopen()
        self.assertEqual(promise.state, "open")

    def test_another_promise_stands_for_the_advance(self):
        visit = self._advance(("client", "Show us"), ("client", "Sign by Friday"))
        first, second = visit.agreement_ids
        self._cancel(first)
        self.assertEqual(first.state, "cancelled")
        with self.assertRefused("Sign by Friday", exception=ValidationError):
            self._cancel(second)
        # a moved promise is carried on by the new one, and only by that
        new = second._move(datetime(2099, 4, 1).date(), "They asked for it")
        self.assertEqual(second.state, "moved")
        with self.assertRefused("Sign by Friday", exception=ValidationError):
            self._cancel(new)

    def test_the_outcome_first_then_the_promise(self):
        visit = self._advance(("client", "Show us"))
        visit.outcome = "continuation"
        self._cancel(visit.agreement_ids)
        self.assertEqual(visit.agreement_ids.state, "cancelled")
        with self.assertRefused("The Client", exception=ValidationError):
            visit.outcome = "advance"
        # both at once, as the form sends it
        other = self._advance(("client", "Show us"))
        update = Command.update(other.agreement_ids.id, {"side": "us"})
        other.write({"agreement_ids": [update], "outcome": "continuation"})
        self.assertEqual(other.agreement_ids.side, "us")

    def test_report_must_be_complete(self):
        visit = self._visit(days=-1)
        with self.assertRefused(
            "Goal Reached", "Outcome", "Next Step", exception=ValidationError
        ):
            self._wizard(
                visit, outcome=False, goal_result=False, next_step="-"
            ).action_report()
        self._wizard(visit, outcome=False, goal_result=False).action_hold()
        self.assertEqual(visit.state, "done")
        self.assertFalse(visit.date_reported)
        self.assertEqual(visit.next_action, "report")

    def test_second_reporter_is_told(self):
        visit = self._visit(days=-1)
        second = self._wizard(visit, self.owner, lesson="Mine")
        self._wizard(visit).action_report()
        with self.assertRefused("was reported by Seller"):
            second.action_report()
        self.assertEqual(second.lesson, "Mine", "what was typed is there")

    def test_report_under_somebody_elses_lock(self):
        visit = self._visit(days=-1)
        wizard = self._wizard(visit)
        Visit = type(self.env["regulation.visit"])
        nothing = self.env["regulation.visit"]
        with patch.object(Visit, "try_lock_for_update", lambda self, **kw: nothing):
            with self.assertRefused("is being saved by somebody else"):
                wizard.action_report()

    def test_report_is_amended_by_its_author_and_the_head(self):
        deal = self._deal()
        visit = self._visit(days=-1, lead_id=deal.id)
        self._wizard(visit).action_report()
        visit.lesson = "Ask for the budget first"
        visit.with_user(self.head).lesson = "Ask about the budget earlier"
        colleague = visit.with_user(self.other)
        visit.sudo().user_id = self.other
        with self.assertRefused("was reported by"):
            colleague.lesson = "Nothing"
        with self.assertRefused("was reported by"):
            colleague.participant_ids[:1].unlink()
        self.assertFalse(colleague.can_amend)
        self.assertTrue(visit.can_amend)

    def test_program_fields_are_not_written(self):
        visit = self._visit()
        for name, value in (
            ("date_reported", "2026-03-02 10:00:00"),
            ("prepared_on", "2026-03-02 10:00:00"),
            ("reported_on_time", True),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                visit.write({name: value})
            with self.subTest(field=name), self.assertRaises(AccessError):
                self._visit(**{name: value})
        visits = self.env["regulation.visit"].with_user(self.seller)
        sly = visits.with_context(default_date_reported="2026-03-02 10:00:00").create(
            {"partner_id": self.partner.id, "date_planned": "2026-03-02 10:00:00"}
        )
        self.assertFalse(sly.date_reported)

    def test_report_in_time(self):
        for when, in_time in (
            ("2026-03-09 15:00:00", True),  # Monday after the Friday
            ("2026-03-10 08:00:00", False),
        ):
            with freeze_time("2026-03-06 13:00:00"):  # a Friday
                visit = self._hold(self._visit())
            self.assertEqual(visit.report_due, datetime(2026, 3, 9, 16))
            with freeze_time(when):
                self._wizard(visit).action_report()
            self.assertEqual(visit.reported_on_time, in_time, when)

    def test_facts_go_to_the_client_card(self):
        visit = self._visit(days=-1)
        rival = self.env["regulation.competitor"].create({"name": "Other Kiln"})
        visit.write(
            {
                "learned_need": "Fewer stops",
                "learned_from_id": self.buyer.id,
                "learned_competitors": "other kiln, somebody",
            }
        )
        told = []
        Partner = type(self.env["res.partner"])

        def learn(partner, values, **kwargs):
            told.append((partner, values, kwargs))

        with patch.object(Partner, "_learn_facts", learn, create=True):
            self._wizard(visit).action_report()
        if "client_needs" in Partner._fields:
            self.assertEqual(told[0][0], self.partner)
            self.assertEqual(told[0][1]["client_needs"], "Fewer stops")
            self.assertEqual(told[0][1]["competitor_ids"], [Command.link(rival.id)])
            self.assertEqual(told[0][2]["contact"], self.buyer)
            self.assertEqual(told[0][2]["visit"], visit)
        else:
            self.assertFalse(told, "no such fields on the card yet")

    # -- repeat visits ---------------------------------------------------------------

    def test_repeat_visit_carries_over(self):
        deal = self._deal(partner_id=self.buyer.id)
        first = self._prepare(self._visit(days=-1, lead_id=deal.id))
        self._wizard(
            first,
            agreement_ids=[
                Command.create({"subject": "Send samples", "date_due": "2026-03-06"})
            ],
            objection_ids=[
                Command.create({"type_id": self.price.id, "wording": "Too dear"})
            ],
        ).action_report()
        self.assertEqual(first.next_action, "repeat")
        action = first.action_plan_repeat()
        repeat = Form(
            self.env["regulation.visit"]
            .with_user(self.seller)
            .with_context(**action["context"])
        ).save()
        self.assertEqual(repeat.previous_id, first)
        self.assertEqual((repeat.visit_no, repeat.is_repeat), (2, True))
        self.assertFalse(repeat.goal)
        self.assertEqual(repeat.fallback_goal, first.fallback_goal)
        self.assertEqual(
            repeat.participant_ids.partner_id, first.participant_ids.partner_id
        )
        self.assertEqual(repeat.expected_ids.wording, "Too dear")
        self.assertEqual(repeat.open_agreement_ids.subject, "Send samples")
        self.assertEqual(repeat.open_objection_ids.wording, "Too dear")
        self.assertFalse(first.next_action)
        with freeze_time("2026-03-05 10:00:00"):
            promise = repeat.open_agreement_ids.with_user(self.seller)
            promise._complete(fields.Date.to_date("2026-03-05"), "Letter 12")
        repeat.open_objection_ids.with_user(self.seller).write(
            {
                "outcome": "resolved",
                "technique_id": self.env["regulation.objection.technique"]
                .search([], limit=1)
                .id,
            }
        )
        repeat.invalidate_recordset()
        self.assertFalse(repeat.open_agreement_ids | first.open_agreement_ids)
        self.assertFalse(repeat.open_objection_ids)
        self.assertEqual(first.agreement_ids.state, "done")

    def test_visits_are_numbered_in_their_deal(self):
        deal = self._deal()
        visits = [self._visit(days=day, lead_id=deal.id) for day in range(1, 6)]
        self.assertEqual([visit.visit_no for visit in visits], [1, 2, 3, 4, 5])
        self.assertEqual([visit.is_over_limit for visit in visits][3:], [False, True])
        visits[0].write({"state": "cancelled", "reason_id": self.reason.id})
        self.assertEqual([visit.visit_no for visit in visits[1:]], [1, 2, 3, 4])

    def test_visits_go_with_merged_deals(self):
        kept, gone = self._deal(), self._deal()
        visit = self._visit(lead_id=gone.id)
        kept.with_user(self.owner)._merge_dependences(gone.with_user(self.owner))
        self.assertEqual(visit.lead_id, kept)

    def test_reasons_of_the_program_stay(self):
        reason = self.env["regulation.visit.reason"]._get_calendar_reason()
        with self.assertRaises(UserError):
            reason.with_user(self.owner).unlink()
