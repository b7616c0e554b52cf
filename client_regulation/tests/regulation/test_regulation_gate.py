# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import RegulationCommon


@tagged("post_install", "-at_install")
class TestRegulationGate(RegulationCommon):
    """The gate: forward needs the exit steps of every stage left behind. (P3)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.edition = cls._approve(cls._draft())

    def _codes(self, deal, column):
        blockers = deal._get_gate_blockers(column)[deal.id]
        steps = self.env["regulation.step"].browse([b.step_id for b in blockers])
        return [
            (step.code, blocker.gate)
            for step, blocker in zip(steps, blockers, strict=True)
        ]

    def test_deal_is_pinned_and_gets_its_duties(self):
        deal = self._deal()
        self.assertEqual(deal.regulation_id, self.edition)
        passage = deal.passage_ids
        self.assertEqual(passage.stage_id.code, "S1")
        self.assertEqual(passage.user_id, self.seller)
        self.assertEqual(passage.origin, "entered")
        self.assertFalse(passage.left_on)
        duties = deal.regulation_duty_ids
        self.assertEqual(duties.step_id.mapped("code"), ["S1.1", "S1.2", "S1.3"])
        self.assertEqual(duties.user_id, self.seller)
        self.assertTrue(all(duty.due_on for duty in duties))
        self.assertEqual(deal.regulation_state, "on_track")
        self.assertEqual(deal.regulation_progress, 0)

    def test_deals_of_other_teams_and_leads_are_free(self):
        free = self._deal(user=self.other, team_id=self.free_team.id)
        self.assertFalse(free.regulation_id)
        free.stage_id = self.col_close
        lead = self._deal(type="lead")
        self.assertFalse(lead.regulation_id)
        self.assertFalse(lead.passage_ids)

    def test_refusal_names_every_unmet_step(self):
        deal = self._deal()
        self.assertEqual(
            self._codes(deal, self.col_offer),
            [("S1.1", "block"), ("S1.2", "block"), ("S1.3", "warn")],
        )
        with self.assertRaises(ValidationError) as refusal:
            deal.stage_id = self.col_offer
        message = str(refusal.exception)
        for text in (
            "Bricks for the school",
            "S1.1",
            "S1.2",
            "Expected Revenue",
            "proof",
        ):
            self.assertIn(text, message)
        self.assertNotIn("S1.3", message)  # it only warns
        self.assertEqual(deal.stage_id, self.col_qualify)

    def test_completed_stage_lets_the_deal_on(self):
        deal = self._deal()
        self._complete_stage(deal)
        self.assertEqual(deal.regulation_progress, 100)
        self.assertFalse(self._codes(deal, self.col_offer))
        deal.stage_id = self.col_offer
        first, second = deal.passage_ids.sorted("id")
        self.assertTrue(first.left_on)
        self.assertTrue(first.on_time)
        self.assertEqual(first.compliance, 100)
        self.assertEqual(second.stage_id.code, "S2")
        self.assertEqual(second.origin, "forward")
        self.assertEqual(deal.regulation_progress, 0)
        # the lawyer's step is announced to the lawyer, not the seller's own
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", "regulation.duty"),
                ("res_id", "in", second.duty_ids.ids),
            ]
        )
        self.assertEqual(activities.user_id, self.lawyer)

    def test_facts_may_come_with_the_same_write(self):
        deal = self._deal()
        self._duty(deal, "S1.1").action_done()
        deal.write(
            {
                "expected_revenue": 100,
                "partner_id": self.partner.id,
                "stage_id": self.col_offer.id,
            }
        )
        first = deal.passage_ids.sorted("id")[0]
        fields_duty = first.duty_ids.filtered(lambda d: d.step_id.code == "S1.2")
        self.assertEqual(fields_duty.state, "done")

    def test_warning_lets_through_and_records(self):
        deal = self._deal(expected_revenue=100, partner_id=self.partner.id)
        self._duty(deal, "S1.1").action_done()
        deal.stage_id = self.col_offer
        deviation = deal.sudo().regulation_deviation_ids
        self.assertEqual(deviation.kind, "warned")
        self.assertEqual(deviation.step_id.code, "S1.3")
        self.assertEqual(deviation.user_id, self.seller)
        passage = deal.passage_ids.sorted("id")[0]
        duty = passage.duty_ids.filtered(lambda d: d.step_id.code == "S1.3")
        self.assertEqual((duty.state, duty.verdict), ("cancelled", "missed"))

    def test_gate_before_its_date_only_informs(self):
        deal = self._deal()
        self.edition.step_ids.filtered(lambda s: s.code in ("S1.1", "S1.2")).with_user(
            self.owner
        ).gate_from = "2999-01-01"
        self.assertEqual(
            self._codes(deal, self.col_offer),
            [("S1.1", "inform"), ("S1.2", "inform"), ("S1.3", "warn")],
        )
        deal.stage_id = self.col_offer
        self.assertEqual(deal.stage_id, self.col_offer)

    def test_skipping_a_stage_is_skipping_its_steps(self):
        deal = self._deal()
        self._complete_stage(deal)
        self.assertEqual(
            self._codes(deal, self.col_close),
            [("S2.1", "block"), ("S2.2", "block"), ("S2.3", "inform")],
        )
        with self.assertRefused("has not gone through", exception=ValidationError):
            deal.stage_id = self.col_close
        self.edition.step_ids.with_user(self.owner).write({"gate": "inform"})
        deal.stage_id = self.col_close
        self.assertEqual(
            deal.sudo().regulation_deviation_ids.mapped("kind"), ["skipped"]
        )
        self.assertEqual(deal.sudo().regulation_deviation_ids.stage_id.code, "S2")

    def test_moving_back_is_allowed_and_ticks_do_not_count_again(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        deal.stage_id = self.col_qualify
        self.assertEqual(deal.sudo().regulation_deviation_ids.kind, "returned")
        # facts count again, ticks do not
        self.assertEqual(
            self._codes(deal, self.col_offer), [("S1.1", "block"), ("S1.3", "warn")]
        )
        self.assertEqual(len(deal.passage_ids), 3)

    def test_unmapped_column_is_no_way_round(self):
        deal = self._deal()
        deal.stage_id = self.col_parking
        self.assertEqual(len(deal.passage_ids), 1)
        self.assertFalse(deal.passage_ids.left_on)
        with self.assertRaises(ValidationError):
            deal.stage_id = self.col_close
        deal.stage_id = self.col_qualify
        self.assertEqual(len(deal.passage_ids), 1)

    def test_won_needs_every_stage(self):
        deal = self._deal()
        with self.assertRaises(ValidationError) as refusal:
            deal.action_set_won()
        for code in ("S1.1", "S1.2", "S2.1", "S2.2", "S3.1"):
            self.assertIn(code, str(refusal.exception))
        for column in (self.col_offer, self.col_close):
            self._complete_stage(deal)
            deal.stage_id = column
        self._complete_stage(deal)
        deal.action_set_won()
        self.assertEqual(deal.won_status, "won")
        self.assertFalse(deal.passage_ids.filtered(lambda p: not p.left_on))

    def test_emptying_a_required_field_later_is_refused(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        with self.assertRefused("S1.2", exception=ValidationError):
            deal.expected_revenue = 0
        with self.assertRefused("S1.2", exception=ValidationError):
            deal.sudo().partner_id = False
        deal.expected_revenue = 7000

    def test_emptying_in_the_stage_reopens_the_duty(self):
        deal = self._deal(expected_revenue=100, partner_id=self.partner.id)
        duty = self._duty(deal, "S1.2")
        self.assertEqual(duty.state, "done")
        deal.expected_revenue = 0
        self.assertEqual(duty.state, "open")
        self.assertFalse(duty.done_on)
        deal.expected_revenue = 5
        self.assertEqual(duty.state, "done")

    def test_waiver_by_who_may_into_the_register(self):
        deal = self._deal(expected_revenue=100, partner_id=self.partner.id)
        duty = self._duty(deal, "S1.1")
        for user in (self.seller, self.chief, self.lawyer):
            with self.assertRaises(AccessError):
                duty.with_user(user)._waive(self.reason_waive, "because")
        wizard = (
            self.env["regulation.step.waive"]
            .with_user(self.head)
            .create({"duty_ids": duty.ids, "reason_id": self.reason_waive.id})
        )
        with self.assertRaises(UserError):
            wizard.action_waive()  # no note
        wizard.note = "The client signs on Monday"
        wizard.action_waive()
        self.assertEqual(duty.state, "waived")
        row = deal.sudo().regulation_deviation_ids
        self.assertEqual(
            (row.kind, row.reason_id, row.approved_by_id, row.user_id),
            ("waived", self.reason_waive, self.head, self.seller),
        )
        deal.stage_id = self.col_offer
        self.assertEqual(deal.stage_id, self.col_offer)

    def test_owner_waives_everywhere(self):
        deal = self._deal()
        self._duty(deal, "S1.1").with_user(self.owner)._waive(
            self.reason_waive, "decided by the director"
        )
        self.assertEqual(self._duty(deal, "S1.1").state, "waived")

    def test_lost_needs_its_reason(self):
        deal = self._deal()
        with self.assertRefused("reason", exception=ValidationError):
            deal.action_set_lost()
        self.assertTrue(deal.active)
        deal.action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(deal.won_status, "lost")
        self.assertTrue(deal.passage_ids.left_on)
        self.assertEqual(set(deal.regulation_duty_ids.mapped("state")), {"cancelled"})
        deal.action_restore()
        self.assertEqual(len(deal.passage_ids), 2)
        self.assertEqual(deal.passage_ids.sorted("id")[-1].origin, "restored")

    def test_leaving_the_regulated_teams(self):
        deal = self._deal()
        with self.assertRefused("regulated teams", exception=AccessError):
            deal.team_id = self.free_team
        with self.assertRaises(AccessError):
            deal.with_user(self.chief).sudo().team_id = self.free_team
        deal.with_user(self.head).sudo().team_id = self.free_team
        self.assertFalse(deal.regulation_id)
        self.assertEqual(deal.sudo().regulation_deviation_ids.kind, "left")
        self.assertTrue(deal.passage_ids.left_on)

    def test_engine_fields_are_refused(self):
        deal = self._deal()
        for vals in (
            {"regulation_id": False},
            {"regulation_progress": 100},
            {"regulation_state": "on_track"},
            {"regulation_hold_until": "2999-01-01"},
        ):
            for user, su in (
                (self.seller, False),
                (self.owner, False),
                (self.owner, True),
            ):
                with self.assertRaises(AccessError):
                    deal.with_user(user).sudo(su).write(vals)
        duty = self._duty(deal, "S1.1")
        for user in (self.seller, self.head, self.owner):
            with self.assertRaises(AccessError):
                duty.with_user(user).write({"state": "done"})
            with self.assertRaises(AccessError):
                deal.passage_ids.with_user(user).write({"left_on": False})
        with self.assertRaises(AccessError):
            self._deal(regulation_id=self.edition.id)

    def test_register_is_kept_as_written(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        deal.stage_id = self.col_qualify
        row = deal.sudo().regulation_deviation_ids
        for user, su in ((self.owner, False), (self.owner, True)):
            with self.assertRaises(UserError):
                row.with_user(user).sudo(su).note = "changed"
            with self.assertRaises(UserError):
                row.with_user(user).sudo(su).unlink()
        deal.sudo().unlink()
        self.assertTrue(row.exists())
        self.assertEqual(row.lead_name, "Bricks for the school")
        row.with_user(self.owner).action_anonymise()
        self.assertFalse(row.lead_name)

    def test_new_edition_does_not_change_running_deals(self):
        deal = self._deal()
        action = self.edition.with_user(self.owner).action_new_edition()
        second = self.env["regulation.regulation"].browse(action["res_id"])
        self._approve(second)
        self.assertEqual(deal.regulation_id, self.edition)
        with self.assertRaises(ValidationError):
            deal.stage_id = self.col_offer
        fresh = self._deal()
        self.assertEqual(fresh.regulation_id, second)
        self._duty(deal, "S1.1").action_done()
        wizard = (
            self.env["regulation.edition.switch"]
            .with_user(self.owner)
            .create({"regulation_id": second.id, "lead_ids": deal.ids})
        )
        self.assertEqual(wizard.line_ids.step_ids.mapped("code"), ["S1.2", "S1.3"])
        wizard.action_switch()
        self.assertEqual(deal.regulation_id, second)
        self.assertEqual(self._duty(deal, "S1.1").state, "done")
