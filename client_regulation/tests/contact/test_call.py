# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common_talk import TalkCommon


@tagged("post_install", "-at_install")
class TestCall(TalkCommon):
    """The call log. (Reg. 1.3.1, 1.3.2)"""

    def _form(self, action, user=None):
        return Form(
            self.env[action["res_model"]]
            .with_user(user or self.seller)
            .with_context(**action["context"]),
            view="client_regulation.regulation_call_view_form_log",
        )

    def test_three_taps_from_the_deal(self):
        """Open, result, save: everything else is filled in. (Reg. 1.3.2)"""
        form = self._form(self.lead.action_log_call())
        form.result_id = self._result("callback")
        call = form.save()
        self.assertEqual(call.partner_id, self.client)
        self.assertEqual(call.user_id, self.seller)
        self.assertEqual(call.team_id, self.team)
        self.assertEqual(call.phone, self.client.phone)
        self.assertTrue(call.reached)
        activity = call.next_activity_id
        self.assertEqual((activity.res_model, activity.res_id),
                         ("crm.lead", self.lead.id))  # fmt: skip
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, call.next_date)
        self.assertGreater(call.next_date, self.today)

    def test_from_the_client(self):
        """The only open deal of the client is taken; else the client alone."""
        form = self._form(self.director.with_user(self.seller).action_log_call())
        form.result_id = self._result("callback")
        call = form.save()
        self.assertEqual(call.lead_id, self.lead)
        self.assertEqual(call.contact_id, self.director)
        self.assertEqual(call.partner_id, self.client)
        self._deal(partner_id=self.client.id)
        action = self.client.with_user(self.seller).action_log_call()
        self.assertFalse(action["context"]["default_lead_id"])
        form = self._form(action)
        form.result_id = self._result("callback")
        self.assertEqual(form.save().next_activity_id.res_model, "res.partner")

    def test_next_action_is_required(self):
        with self.assertRefused("Stone House", "next action",
                                exception=ValidationError):  # fmt: skip
            self._call("callback", next_activity_type_id=False, next_date=False)
        for code in ("refusal", "wrong_number"):
            call = self._call(code)
            self.assertFalse(call.next_activity_id)

    def test_next_action_follows_the_call(self):
        call = self._call("callback", next_summary="Ask for the volume")
        activity = call.next_activity_id
        self.assertEqual(activity.summary, "Ask for the volume")
        call.next_date = self.today + timedelta(days=9)
        self.assertEqual(activity.date_deadline, call.next_date)
        call.result_id = self._result("refusal")
        self.assertFalse(activity.exists())
        self.assertFalse(call.next_date)

    def test_logging_closes_the_planned_call(self):
        """The activity that asked for the call is done, with the call's result."""
        first = self._call("no_answer")  # for tomorrow; they pick up today
        activity = first.next_activity_id
        self.assertTrue(activity.active)
        second = self._call("meeting")
        self.assertFalse(activity.active)
        self.assertEqual(activity.feedback, "Meeting agreed")
        self.assertTrue(second.next_activity_id.active)

    def test_history_plans_nothing(self):
        old = fields.Datetime.now() - timedelta(days=60)
        call = self._call(
            "callback", date=old, next_date=old.date() + timedelta(days=2)
        )
        self.assertFalse(call.next_activity_id)

    def test_attempts_are_counted_for_the_client(self):
        now = fields.Datetime.now()
        first = self._call("no_answer", date=now - timedelta(days=2))
        incoming = self._call("callback", direction="in")
        third = self._call("no_answer", partner_id=self.director.id, lead_id=False)
        self.assertEqual((first | incoming | third).mapped("attempt"), [1, 0, 2])
        second = self._call("no_answer", date=now - timedelta(days=1))
        third.invalidate_recordset(["attempt"])
        self.assertEqual((second.attempt, third.attempt), (2, 3))

    def test_quality_of_five(self):
        call = self._call(quality_greeting=True, quality_reason=True)
        self.assertEqual(call.quality, 2)
        call.write({"quality_question": True, "quality_reason": False})
        self.assertEqual(call.quality, 2)

    def test_minutes_are_not_negative(self):
        with self.assertRefused("Stone House", exception=ValidationError):
            self._call(duration=-1)

    def test_analysis(self):
        """A call that nobody answered has no quality; it is in the rates."""
        self._call("no_answer")
        self._call("meeting", decision_maker_reached=True, quality_greeting=True,
                   quality_reason=True)  # fmt: skip
        [row] = self.env["regulation.call.analysis"]._read_group(
            [("lead_id", "=", self.lead.id)],
            [],
            ["call_count:sum", "reach_rate:avg", "decision_maker_rate:avg",
             "consent_rate:avg", "quality:avg"],
        )  # fmt: skip
        self.assertEqual(row, (2, 50.0, 50.0, 50.0, 2.0))

    # -- stop list -------------------------------------------------------------

    def test_blocked_number_asks_for_the_ground(self):
        self.env["phone.blacklist"].create({"number": self.client.phone})
        form = self._form(self.lead.action_log_call())
        self.assertTrue(form.is_stop_listed)
        form.result_id = self._result("callback")
        with self.assertRefused("Stone House", "Stop List"):
            form.save()
        form.stop_confirmed = True
        call = form.save()
        self.assertTrue(call.is_stop_listed)

    def test_withdrawn_consent_asks_for_the_ground(self):
        self.director.do_not_call_since = self.today
        with self.assertRefused("Mr Stone", exception=ValidationError):
            self._call(contact_id=self.director.id)
        # others of the client, and calls that come in, are no matter
        self.assertFalse(self._call().is_stop_listed)
        self.assertFalse(
            self._call(contact_id=self.director.id, direction="in").is_stop_listed
        )

    def test_stop_list_is_kept_as_it_was(self):
        call = self._call()
        self.env["phone.blacklist"].create({"number": self.client.phone})
        call.note = "said something"
        self.assertFalse(call.is_stop_listed)

    # -- merge, archive, deletion ------------------------------------------------

    def test_partner_merge_and_archive_lose_nothing(self):
        call = self._call(contact_id=self.director.id)
        agreement = self._agreement(side="client", contact_id=self.director.id)
        target = self.env["res.partner"].create(
            {"name": "Stone House AG", "is_company": True}
        )
        self.env["base.partner.merge.automatic.wizard"].with_context(
            active_model="res.partner"
        ).create({})._merge((self.client | target).ids, target)
        self.env.invalidate_all()
        self.assertEqual((call.partner_id, agreement.partner_id), (target, target))
        self.assertEqual(target.with_user(self.seller).regulation_call_count, 1)
        self.lead.sudo().action_archive()
        target.action_archive()
        self.assertTrue(call.exists())
        self.assertEqual(call.partner_id, target)

    def test_deal_merge_carries_the_calls(self):
        other = self._deal(partner_id=self.partner.id, name="Second deal")
        call = self._call(lead_id=other.id)
        (self.lead | other).sudo()._merge_opportunity()
        self.assertTrue((self.lead | other).exists() == call.lead_id)
        self.assertEqual(call.partner_id, self.partner)

    def test_deletion(self):
        self._call().unlink()  # own, of the same day
        call = self._call()
        self._age(call, 2)
        with self.assertRefused("ask your head of sales"):
            call.unlink()
        call.with_user(self.head).unlink()

    def test_of_a_held_visit_nobody_deletes(self):
        visit = self._visit()
        agreement = self._agreement(visit_id=visit.id)
        for user in (self.seller, self.head, self.owner):
            with self.assertRefused("visit that was held", exception=UserError):
                agreement.with_user(user).unlink()

    def test_counts_on_lists_cost_the_same(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Client {i}", "is_company": True} for i in range(20)]
        )
        self._call(lead_id=False, partner_id=partners[3].id)
        self.env.flush_all()
        own = partners.with_user(self.seller)
        own[:1].mapped("regulation_call_count")
        self.env.invalidate_all()
        with self.assertQueryCount(9):
            own.mapped("regulation_call_count")
        self.assertEqual(own[3].regulation_call_count, 1)
