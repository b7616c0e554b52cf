# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import RegulationCommon

# a Monday; the calendar of the company is set to Brussels, 40 hours
MONDAY = "2026-03-02 09:00:00"


@tagged("post_install", "-at_install")
class TestRegulationDuty(RegulationCommon):
    """Duties: proof, deadlines, activities, hold, hand-over. (P3, 2.5)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Forty hours",
                "tz": "Europe/Brussels",
                "company_id": cls.company.id,
            }
        )
        with freeze_time(MONDAY):
            cls.edition = cls._approve(cls._draft())

    def _run(self, xmlid):
        with self.enter_registry_test_mode():
            self.env.ref(f"client_regulation.{xmlid}").method_direct_trigger()

    # -- deadlines -------------------------------------------------------------

    @freeze_time(MONDAY)
    def test_due_date_by_the_calendar_of_the_company(self):
        deal = self._deal()
        # Monday + 2 working days: end of work on Wednesday, 17:00 in Brussels
        self.assertEqual(
            self._duty(deal, "S1.1").due_on, datetime(2026, 3, 4, 16, 0, 0)
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-03-03 00:00:00",
                "date_to": "2026-03-03 22:00:00",
            }
        )
        later = self._deal()
        self.assertEqual(
            self._duty(later, "S1.1").due_on, datetime(2026, 3, 5, 16, 0, 0)
        )

    @freeze_time(MONDAY)
    def test_calendar_without_working_hours_stops_nobody(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        deal = self._deal()
        self.assertEqual(
            self._duty(deal, "S1.1").due_on, datetime(2026, 3, 4, 22, 59, 59)
        )

    def test_working_hours_of_a_stay(self):
        with freeze_time("2026-03-06 15:00:00"):  # Friday 16:00 in Brussels
            deal = self._deal()
            self._complete_stage(deal)
        with freeze_time("2026-03-09 08:00:00"):  # Monday 9:00
            deal.stage_id = self.col_offer
        passage = deal.passage_ids.sorted("id")[0]
        self.assertAlmostEqual(passage.working_hours, 2.0)

    # -- proof -----------------------------------------------------------------

    def test_note_is_asked_and_placeholders_do_not_count(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        duty = self._duty(deal, "S2.1")
        action = duty.action_done()
        self.assertEqual(action["res_model"], "regulation.duty.complete")
        wizard = (
            self.env["regulation.duty.complete"]
            .with_user(self.seller)
            .create({"duty_id": duty.id})
        )
        for placeholder in (False, " ", "-", "xxx", "n/a", "тест"):
            wizard.note = placeholder
            with self.assertRefused("S2.1", "asks for a note"):
                wizard.action_complete()
        wizard.note = "Sent by e-mail to Mr Brick"
        wizard.action_complete()
        self.assertEqual(duty.state, "done")
        self.assertEqual(duty.done_by_id, self.seller)
        self.assertEqual(duty.verdict, "on_time")
        self.assertEqual(duty.compliance, 100)

    def test_file_is_asked(self):
        deal = self._deal()
        for column in (self.col_offer, self.col_close):
            self._complete_stage(deal)
            deal.stage_id = column
        duty = self._duty(deal, "S3.1")
        with self.assertRefused("asks for a file"):
            duty._complete("signed by both")
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.seller)
            .create({"name": "contract.pdf", "raw": b"%PDF"})
        )
        duty._complete("signed by both", attachment)
        self.assertEqual(duty.sudo().attachment_ids, attachment)
        self.assertEqual(attachment.sudo().res_model, "regulation.duty")

    def test_self_checking_step_is_not_ticked_by_hand(self):
        deal = self._deal()
        with self.assertRefused("Expected Revenue"):
            self._duty(deal, "S1.2").action_done()

    def test_who_may_complete(self):
        deal = self._deal()
        duty = self._duty(deal, "S1.1")
        for user in (self.other, self.lawyer, self.clerk, self.chief):
            with self.assertRaises(AccessError):
                duty.with_user(user)._complete()
        duty.with_user(self.head)._complete()
        self.assertEqual(duty.done_by_id, self.head)

    def test_wrong_tick_is_taken_back(self):
        deal = self._deal()
        duty = self._duty(deal, "S1.1")
        duty.action_done()
        with self.assertRaises(AccessError):
            duty.with_user(self.other).action_undo()
        duty.action_undo()
        self.assertEqual(duty.state, "open")
        self.assertFalse(duty.verdict)
        self.env.cr.execute(
            "SELECT compliance FROM regulation_duty WHERE id = %s", [duty.id]
        )
        self.assertIsNone(self.env.cr.fetchone()[0], "no data is not zero")
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        with self.assertRaises(AccessError):
            duty.action_undo()  # the stage is left
        duty.with_user(self.head).action_undo()
        self.assertEqual(duty.state, "open")

    # -- activities ------------------------------------------------------------

    def test_activity_and_duty_close_each_other(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        duty = self._duty(deal, "S2.2").sudo()
        activity = duty.activity_ids
        self.assertEqual(activity.user_id, self.lawyer)
        duty.with_user(self.lawyer).action_done()
        self.assertFalse(activity.active)
        duty.with_user(self.lawyer).action_undo()
        duty._schedule_activities()
        duty.activity_ids.with_user(self.lawyer).action_feedback(feedback="read it")
        self.assertEqual(duty.state, "done")
        self.assertEqual(duty.done_by_id, self.lawyer)

    def test_activity_closed_without_proof_leaves_the_duty_open(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        duty = self._duty(deal, "S2.1").sudo()
        duty._schedule_activities()
        duty.activity_ids.with_user(self.seller).action_feedback()
        self.assertEqual(duty.state, "open")

    def test_salesperson_changes_and_duties_go_along(self):
        deal = self._deal()
        self.team.crm_team_member_ids = [Command.create({"user_id": self.other.id})]
        deal.sudo().user_id = self.other
        duties = deal.sudo().regulation_duty_ids
        self.assertEqual(duties.user_id, self.other)
        self.assertEqual(deal.sudo().passage_ids.user_id, self.other)

    def test_substitute_stands_in(self):
        assignment = self.role_leg.assignment_ids
        assignment.write(
            {
                "substitute_id": self.clerk.id,
                "absent_from": "2020-01-01",
                "absent_to": "2999-01-01",
            }
        )
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        self.assertEqual(self._duty(deal, "S2.2").sudo().user_id, self.clerk)
        self.assertTrue(
            self.clerk.has_group(
                "client_regulation.client_regulation_group_participant"
            )
        )

    def test_hand_over_in_bulk(self):
        deals = self._deal() + self._deal()
        wizard = (
            self.env["regulation.duty.handover"]
            .with_user(self.head)
            .create({"from_user_id": self.seller.id, "to_user_id": self.head.id})
        )
        duties = wizard.duty_ids.filtered("lead_id")
        self.assertEqual(len(duties), 6)
        wizard.duty_ids = duties
        wizard.with_deals = True
        wizard.action_hand_over()
        self.assertEqual(duties.user_id, self.head)
        self.assertEqual(deals.sudo().user_id, self.head)
        # the head of another team does not even see them
        with self.assertRaises(AccessError):
            self.env["regulation.duty.handover"].with_user(self.chief).create(
                {
                    "from_user_id": self.head.id,
                    "to_user_id": self.chief.id,
                    "duty_ids": [Command.set(duties.ids)],
                }
            )

    # -- hold ------------------------------------------------------------------

    def test_hold_stops_the_clocks(self):
        with freeze_time(MONDAY):
            deal = self._deal()
            due = self._duty(deal, "S1.1").due_on
            wizard = (
                self.env["regulation.lead.hold"]
                .with_user(self.seller)
                .create(
                    {
                        "lead_ids": deal.ids,
                        "until": "2026-03-09",
                        "reason_id": self.reason_hold.id,
                    }
                )
            )
            wizard.action_hold()
            self.assertEqual(deal.regulation_state, "on_hold")
            self.assertEqual(
                fields.Date.to_string(deal.regulation_hold_until), "2026-03-09"
            )
        with freeze_time("2026-03-06 12:00:00"):
            self._run("ir_cron_watch_duties")
            self.assertFalse(self._duty(deal, "S1.1").verdict, "not late while on hold")
        with freeze_time("2026-03-10 09:00:00"):
            self._run("ir_cron_watch_duties")
            deal.invalidate_recordset()
            self.assertFalse(deal.regulation_hold_until)
            # held from Monday 10:00 to Tuesday of the next week 10:00
            self.assertEqual(
                self._duty(deal, "S1.1").due_on, fields.Datetime.add(due, days=8)
            )
            self.assertAlmostEqual(deal.passage_ids.held_hours, 48.0)
            with self.assertRefused("in the future"):
                deal._regulation_hold(
                    fields.Date.to_date("2026-03-10"), self.reason_hold
                )

    # -- scheduled actions -----------------------------------------------------

    def test_period_duties_open_once(self):
        step = self.edition.step_ids.filtered(lambda s: s.code == "S3.2")
        with freeze_time("2026-04-01 06:00:00"):
            self._run("ir_cron_open_duties")
            self._run("ir_cron_open_duties")
            duties = self.env["regulation.duty"].search([("step_id", "=", step.id)])
        april = duties.filtered(
            lambda d: d.date_from == fields.Date.to_date("2026-04-01")
        )
        self.assertEqual(len(april), 1)
        self.assertEqual(april.user_id, self.seller)
        self.assertEqual(april.activity_ids.user_id, self.seller)
        # 3 working days after the end of April: Tuesday, 5 May
        self.assertEqual(april.due_on, datetime(2026, 5, 5, 15, 0, 0))
        april.with_user(self.seller).action_done()
        self.assertEqual(april.state, "done")

    def test_reminder_and_escalation_once(self):
        with freeze_time(MONDAY):
            deal = self._deal()
        duty = self._duty(deal, "S1.1").sudo()

        def messages(user):
            return self.env["mail.message"].search_count(
                [
                    ("model", "=", "regulation.duty"),
                    ("message_type", "=", "user_notification"),
                    ("partner_ids", "in", user.partner_id.ids),
                ]
            )

        with freeze_time("2026-03-04 10:00:00"):
            self._run("ir_cron_watch_duties")
            self._run("ir_cron_watch_duties")
            self.assertEqual(messages(self.seller), 1)
            self.assertEqual(messages(self.head), 0)
            deal.invalidate_recordset()
            self.assertEqual(deal.regulation_state, "due_soon")
        for day in ("2026-03-05 10:00:00", "2026-03-06 10:00:00"):
            with freeze_time(day):
                self._run("ir_cron_watch_duties")
        self.assertEqual(messages(self.seller), 1)
        self.assertEqual(messages(self.head), 1)
        deal.invalidate_recordset()
        duty.invalidate_recordset()
        self.assertEqual(deal.regulation_state, "overdue")
        self.assertEqual((duty.verdict, duty.compliance), ("late", 0))
        self.assertEqual(duty.state, "open")

    def test_fact_that_appears_by_itself_is_settled_at_night(self):
        deal = self._deal(expected_revenue=10)
        self.env.cr.execute(
            "UPDATE crm_lead SET partner_id = %s WHERE id = %s",
            [self.partner.id, deal.id],
        )
        self.env.invalidate_all()
        self._run("ir_cron_watch_duties")
        self.assertEqual(self._duty(deal, "S1.2").state, "done")

    # -- information flow ------------------------------------------------------

    def test_receiver_confirms(self):
        """Reg. 2.5: a line of the flow is finished when the receiver confirms."""
        servicing = self._draft(process="servicing", scope_ids=False)
        step = servicing.step_ids.filtered(lambda s: s.code == "S3.1")
        step.write(
            {
                "subject": "event",
                "start_event": "claim_received",
                "role_id": self.role_leg.id,
                "receiver_role_id": self._role("T-REC", "assignment", self.clerk).id,
                "document": "Answer to the claim",
                "proof_kind": "tick",
            }
        )
        self._approve(servicing)
        duty = self.env["regulation.event"]._fire(
            "claim_received", self.company, partner=self.partner
        )
        self.assertEqual((duty.user_id, duty.receiver_id), (self.lawyer, self.clerk))
        with self.assertRaises(UserError):
            duty.with_user(self.clerk).action_confirm()  # not sent yet
        duty.with_user(self.lawyer).action_done()
        self.assertEqual(duty.state, "open")
        self.assertTrue(duty.done_on)
        with self.assertRaises(AccessError):
            duty.with_user(self.lawyer).action_confirm()
        duty.with_user(self.clerk).action_confirm()
        self.assertEqual(duty.state, "done")
        self.assertTrue(duty.confirmed_on)

    def test_event_steps_of_other_companies_are_not_fired(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        duties = self.env["regulation.event"]._fire("claim_received", company)
        self.assertFalse(duties)
