# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common_talk import TalkCommon

CHECKS = (
    "call_result",
    "objections_logged",
    "agreement_fixed",
    "no_open_promise",
    "no_hard_objection",
)


@tagged("post_install", "-at_install")
class TestTalkChecks(TalkCommon):
    """Steps A2.2, A4.3, A4.4, A5.1 check themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        edition = cls._prepare_edition()
        steps = [
            cls._step(f"T.{i}", cls.role_sm, check=check, check_value=2)
            for i, check in enumerate(CHECKS, 1)
        ]
        steps += [
            cls._step("T.6", cls.role_sm, start_event="first_conversation"),
            cls._step("T.7", cls.role_sm, start_event="consent_to_meet"),
        ]
        edition["stage_ids"][0] = Command.create(
            cls._stage("S1", "Qualify", cls.col_qualify, steps)
        )
        cls.edition = cls._approve(cls.env["regulation.regulation"].create(edition))
        cls.lead = cls._deal(partner_id=cls.client.id, name="Under regulation")

    def _lack(self, check, lead=None):
        step = next(s for s in self.edition._get_plan(self.edition.id).steps
                    if s.check == check)  # fmt: skip
        lead = lead or self.lead
        missing = self.env["regulation.check"]._evaluate(lead, step)
        return missing.get(lead.id)

    def _is_done(self, code):
        return bool(self._duty(self.lead, code).sudo().done_on)

    def test_call_result(self):
        self.assertIn("log the call", self._lack("call_result").text)
        self._call("no_answer")
        self.assertIn("nobody reached", self._lack("call_result").text)
        call = self._call("callback")
        self.assertIn("who decides", self._lack("call_result").text)
        self.assertFalse(self._is_done("T.1"))
        call.decision_path = "Mr Stone decides, through his assistant"
        self.assertFalse(self._lack("call_result"))
        self.assertTrue(self._is_done("T.1"))
        self._call("refusal", date=fields.Datetime.now() + timedelta(minutes=5))
        self.assertIn("Refusal", self._lack("call_result").text)

    def test_call_result_by_decision_maker(self):
        self._call("meeting", decision_maker_reached=True)
        self.assertFalse(self._lack("call_result"))

    def test_objections_logged(self):
        self.assertIn("no visit", self._lack("objections_logged").text)
        visit = self._visit()
        self.assertIn("log the objections", self._lack("objections_logged").text)
        visit.no_objections = True
        self.assertFalse(self._lack("objections_logged"))
        self.assertTrue(self._is_done("T.2"))
        objection = self._objection(visit_id=visit.id, outcome="unresolved")
        self.assertIn("technique", self._lack("objections_logged").text)
        objection.technique_id = self._technique()
        self.assertFalse(self._lack("objections_logged"))

    def test_agreement_fixed(self):
        self.assertIn("no visit", self._lack("agreement_fixed").text)
        visit = self._visit()
        lack = self._lack("agreement_fixed").text
        self.assertIn("what was agreed", lack)
        self.assertIn("send the summary", lack)
        self._agreement(visit_id=visit.id)
        self.assertNotIn("what was agreed", self._lack("agreement_fixed").text)
        visit.action_send_summary()
        self.assertFalse(self._lack("agreement_fixed"))
        self.assertTrue(self._is_done("T.3"))

    def test_no_open_promise(self):
        self.assertFalse(self._lack("no_open_promise"))
        visit = self._visit()
        promise = self._agreement(visit_id=visit.id)
        self._agreement(visit_id=visit.id, side="client", contact_id=self.director.id)
        self.assertIn("Send the price list", self._lack("no_open_promise").text)
        new = promise._move(promise.date_due + timedelta(days=2), "asked", None)
        self.assertTrue(self._lack("no_open_promise"))
        new._complete(self.today, "letter 15")
        self.assertFalse(self._lack("no_open_promise"))

    def test_no_hard_objection(self):
        light = self._ref("regulation_objection_type_o06")
        self._objection(type_id=light.id, outcome="unresolved")
        self.assertFalse(self._lack("no_hard_objection"))
        heavy = self._objection(outcome="postponed")
        self.assertIn("bricks cost more", self._lack("no_hard_objection").text)
        heavy.write({"outcome": "resolved", "technique_id": self._technique().id})
        self.assertFalse(self._lack("no_hard_objection"))

    def test_events(self):
        for code in ("T.6", "T.7"):
            self.assertFalse(self._duty(self.lead, code).sudo().due_on)
        self._call("callback")
        self.assertTrue(self._duty(self.lead, "T.6").sudo().due_on)
        self.assertFalse(self._duty(self.lead, "T.7").sudo().due_on)
        self._call("meeting")
        self.assertTrue(self._duty(self.lead, "T.7").sudo().due_on)

    def test_twenty_deals_cost_as_many_queries_as_one(self):
        leads = self.lead
        for i in range(19):
            leads |= self._deal(partner_id=self.client.id, name=f"Deal {i}")
        for lead in leads:
            call = self._call(lead_id=lead.id)
            visit = self._visit(lead_id=lead.id)
            self._agreement(lead_id=lead.id, visit_id=visit.id)
            self._objection(lead_id=lead.id, visit_id=visit.id, outcome="unresolved")
            self._objection(lead_id=lead.id, call_id=call.id)
        self.assertChecksDoNotGrow(
            leads, CHECKS, ("first_conversation", "consent_to_meet")
        )
