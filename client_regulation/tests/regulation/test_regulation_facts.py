# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.exceptions import RedirectWarning
from odoo.fields import Command
from odoo.tests import tagged

from ..common import RegulationCommon


@tagged("post_install", "-at_install")
class TestRegulationFacts(RegulationCommon):
    """Facts of other rooms settle steps and set their deadlines. (Promise P3)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.is_company = True
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Ann", "parent_id": cls.partner.id, "email": "ann@example.com"}
        )
        edition = cls._draft()
        steps = {step.code: step for step in edition.step_ids}
        steps["S1.1"].write(
            {"check": "visit_done", "start_event": "meeting_start", "deadline": 0}
        )
        steps["S1.2"].write({"check": "client_structured", "check_field_ids": False})
        cls._approve(edition)
        cls.segment = cls.env["regulation.segment"].create({"name": "Builders"})
        cls.region = cls.env["regulation.region"].create({"name": "North"})
        cls.lead = cls._deal(partner_id=cls.partner.id, stage_id=cls.col_qualify.id)

    def _plan(self, **vals):
        at = fields.Datetime.now().replace(microsecond=0) + timedelta(days=2)
        return (
            self.env["regulation.visit"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.partner.id,
                    "lead_id": self.lead.id,
                    "date_planned": at,
                    "participant_ids": [
                        Command.create({"partner_id": self.buyer.id}),
                        Command.create({"partner_id": self.seller.partner_id.id}),
                    ],
                    **vals,
                }
            )
        )

    def _hold(self, visit):
        now = fields.Datetime.now().replace(microsecond=0)
        visit.participant_ids.attended = True
        visit.write(
            {
                "state": "done",
                "date_start": now - timedelta(hours=1),
                "date_end": now,
            }
        )

    def test_a_fact_settles_its_step_at_once(self):
        duty = self._duty(self.lead, "S1.1")
        self.assertEqual(duty.state, "open")
        visit = self._plan()
        self.assertEqual(duty.state, "open")
        self._hold(visit)
        self.assertEqual(duty.state, "done")
        self.assertTrue(duty.done_on)

    def test_a_fact_that_goes_opens_its_step_again(self):
        visit = self._plan()
        self._hold(visit)
        duty = self._duty(self.lead, "S1.1")
        self.assertTrue(duty.done_on)
        other = self._deal(partner_id=self.partner.id)
        visit.lead_id = other
        self.assertFalse(duty.done_on)

    def test_a_deadline_comes_and_moves_with_its_event(self):
        duty = self._duty(self.lead, "S1.1")
        self.assertFalse(duty.due_on, "nobody has planned a meeting")
        visit = self._plan()
        self.assertTrue(duty.due_on)
        before = duty.due_on
        visit.date_planned += timedelta(days=7)
        self.assertGreater(duty.due_on, before + timedelta(days=5))
        self.assertEqual(duty.start_on, visit.date_planned)

    def test_facts_of_the_client_reach_the_deals_of_its_people(self):
        self.lead.partner_id = self.buyer
        duty = self._duty(self.lead, "S1.2")
        self.assertFalse(duty.done_on)
        Mark = self.env["regulation.potential.mark"].with_user(self.seller)
        criteria = self.env.ref(
            "client_regulation.potential_scale_default"
        ).criterion_ids
        Mark.create(
            [
                {
                    "partner_id": self.partner.id,
                    "criterion_id": criterion.id,
                    "mark": "3",
                }
                for criterion in criteria
            ]
        )
        self.partner.write(
            {
                "client_segment_id": self.segment.id,
                "client_region_id": self.region.id,
            }
        )
        self.env.flush_all()
        self.assertTrue(duty.done_on)

    def test_a_win_asks_the_facts_of_stages_left_again(self):
        draft = self._draft()
        step = draft.step_ids.filtered(lambda step: step.code == "S1.1")
        step.check = "visit_done"
        self._approve(draft)
        lead = self._deal(partner_id=self.partner.id, stage_id=self.col_qualify.id)
        visit = self._plan(lead_id=lead.id)
        self._hold(visit)
        for column in (self.col_offer, self.col_close):
            self._complete_stage(lead)
            lead.stage_id = column
        self._complete_stage(lead)
        other = self._deal(partner_id=self.partner.id, name="Another deal")
        visit.sudo().lead_id = other  # its stage is left: nothing opens again
        with self.assertRefused("S1.1"):
            lead.stage_id = self.col_won
        visit.sudo().lead_id = lead
        lead.stage_id = self.col_won
        self.assertEqual(lead.won_status, "won")

    def test_who_presses_done_too_early_is_led_to_the_fact(self):
        visit = self._plan()
        duty = self._duty(self.lead, "S1.1")
        with self.assertRaises(RedirectWarning) as refusal:
            duty.with_user(self.seller).action_done()
        text, action, _label = refusal.exception.args[:3]
        self.assertIn("S1.1", text)
        self.assertEqual(action["url"], f"/odoo/regulation.visit/{visit.id}")

    def test_what_is_missing_is_a_link(self):
        blockers = self.lead._get_gate_blockers(self.col_offer)[self.lead.id]
        by_step = {
            self.env["regulation.step"].browse(b.step_id).code: b for b in blockers
        }
        self.assertIn(
            "action-client_regulation.regulation_visit_action_lead",
            by_step["S1.1"].url,
        )
        self.assertEqual(by_step["S1.2"].url, f"/odoo/res.partner/{self.partner.id}")
        self.assertIn(
            f"<a href='/odoo/res.partner/{self.partner.id}'>",
            self.lead.regulation_missing,
        )

    def test_the_gate_asks_the_facts_not_the_ticks(self):
        with self.assertRefused("S1.1", "S1.2"):
            self.lead.stage_id = self.col_offer

    def test_what_is_there_already_is_born_done_and_troubles_nobody(self):
        draft = self._draft()
        step = draft.step_ids.filtered(lambda step: step.code == "S2.2")
        step.check = "visit_done"  # of the lawyer, who gets activities
        self._approve(draft)
        lead = self._deal(partner_id=self.partner.id, stage_id=self.col_qualify.id)
        self._hold(self._plan(lead_id=lead.id))
        self._complete_stage(lead)
        lead.stage_id = self.col_offer
        duty = self._duty(lead, "S2.2").sudo()
        self.assertEqual(duty.user_id, self.lawyer)
        self.assertEqual(duty.state, "done")
        self.assertEqual((duty.verdict, duty.compliance), ("on_time", 100))
        self.assertFalse(duty.needs_activity)
        self.assertFalse(duty.activity_ids)

    def test_a_fact_gone_unseen_is_found_at_night(self):
        visit = self._plan()
        self._hold(visit)
        duty = self._duty(self.lead, "S1.1")
        self.assertEqual(duty.state, "done")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE regulation_visit SET state = 'planned' WHERE id = %s", [visit.id]
        )
        self.env.invalidate_all()
        self.env["regulation.watch"].sudo()._settle_facts()
        self.assertEqual(duty.state, "open")
        self.assertFalse(duty.done_on)
        with self.assertRefused("S1.1", "S1.2"):
            self.lead.stage_id = self.col_offer

    def test_without_regulation_facts_cost_no_query(self):
        """Reg.: without an edition in force the addon is not in the way."""
        self.env["regulation.regulation"].search(
            [("state", "=", "in_force")]
        ).with_user(self.owner).action_repeal()
        visit = self._plan()
        self.assertTrue(visit.number)
        self.assertFalse(visit._is_fact_watched())
