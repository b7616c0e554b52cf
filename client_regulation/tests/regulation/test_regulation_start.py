# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.fields import Command
from odoo.tests import tagged

from ..common import RegulationCommon


@tagged("post_install", "-at_install")
class TestRegulationStart(RegulationCommon):
    """Start in a living company: nothing changes before the approval. (P3)"""

    def _start(self, **vals):
        return (
            self.env["regulation.start"]
            .with_user(self.owner)
            .create({"team_ids": [Command.set(self.team.ids)], **vals})
        )

    def test_map_to_columns_that_are_there(self):
        draft = self._draft(scope_ids=False)
        draft.stage_ids.write({"crm_stage_id": False})
        ready = self._deal(name="Ready", expected_revenue=5, partner_id=self.partner.id)
        bare = self._deal(name="Bare")
        wizard = self._start(source_id=draft.id)
        wizard.action_next()
        self.assertEqual(
            wizard.stage_line_ids.crm_stage_id.ids,
            [self.col_qualify.id, self.col_offer.id, self.col_won.id],
        )
        wizard.stage_line_ids[2].crm_stage_id = self.col_close
        wizard.action_next()
        self.assertEqual(wizard.state, "gates")
        line = wizard.step_line_ids.filtered(lambda x: x.step_id.code == "S1.1")
        line.gate = "inform"
        wizard.action_next()
        self.assertEqual(wizard.state, "dry_run")
        self.assertEqual(wizard.deal_count, 2)
        stopped = wizard.result_line_ids.filtered(lambda x: x.gate == "block")
        self.assertEqual(
            {(x.lead_id.name, x.step_id.code, x.user_id) for x in stopped},
            {("Bare", "S1.2", self.seller)},
        )
        self.assertEqual(wizard.stopped_count, 1)
        # nothing has changed for anybody yet
        self.assertFalse(ready.regulation_id | bare.regulation_id)
        bare.stage_id = self.col_offer
        bare.stage_id = self.col_qualify
        wizard.action_approve()
        (ready + bare).invalidate_recordset()
        self.assertEqual((ready + bare).regulation_id, draft)
        self.assertEqual(
            set((ready + bare).passage_ids.mapped("origin")), {"activation"}
        )
        self.assertEqual(draft.scope_ids.team_id, self.team)

    def test_columns_are_made_for_the_team(self):
        template = self.env.ref("client_regulation.regulation_acquisition")
        wizard = self._start(source_id=template.id, mapping="create")
        wizard.action_next()
        wizard.action_next()
        columns = wizard.regulation_id.stage_ids.crm_stage_id
        self.assertEqual(len(columns), 8)
        self.assertEqual(columns.team_ids, self.team)
        self.assertEqual(columns.mapped("is_won"), [False] * 7 + [True])
        self.assertFalse(template.stage_ids.crm_stage_id, "the template stays as it is")
        # a new deal of the team begins in the first of them, and the empty columns
        # are there to be dragged into
        for role in wizard.regulation_id.step_ids.role_id:
            self.env["regulation.role.assignment"].create(
                {
                    "role_id": role.id,
                    "user_id": self.owner.id,
                    "date_from": "2020-01-01",
                }
            )
        self._approve(wizard.regulation_id)
        deal = self._deal()
        self.assertEqual(deal.stage_id, columns[0])
        self.assertEqual(deal.passage_ids.stage_id.code, "A1")
        Lead = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .with_context(read_group_expand=True)
        )
        groups = Lead.formatted_read_group(
            [("user_id", "=", self.seller.id)], ["stage_id"], ["__count"]
        )
        shown = [group["stage_id"][0] for group in groups if group["stage_id"]]
        self.assertLessEqual(set(columns.ids), set(shown))

    def test_gates_begin_on_a_date(self):
        wizard = self._start(
            source_id=self._draft(scope_ids=False).id,
            begin_gate="warn",
            gate_from="2999-01-01",
        )
        wizard.action_next()
        wizard.action_next()
        wizard.action_next()
        steps = wizard.regulation_id.step_ids.filtered(lambda s: s.subject == "deal")
        self.assertEqual(set(steps.mapped("gate")), {"warn"})
        self.assertEqual(wizard.stopped_count, 0)

    def test_deal_found_in_the_middle_owes_no_invented_history(self):
        deal = self._deal()
        deal.stage_id = self.col_offer
        self._approve(self._draft())
        deal.invalidate_recordset()
        passage = deal.passage_ids
        self.assertEqual((passage.stage_id.code, passage.origin), ("S2", "activation"))
        self.assertFalse(passage.left_on)
        self._complete_stage(deal)
        deal.stage_id = self.col_close
        self._complete_stage(deal)
        deal.action_set_won()
        self.assertEqual(deal.won_status, "won")

    def test_mapping_changed_in_force_seats_deals_anew(self):
        edition = self._approve(self._draft())
        deal = self._deal()
        stage = edition.stage_ids.filtered(lambda s: s.code == "S3")
        stage.with_user(self.owner).crm_stage_id = self.col_parking
        deal.stage_id = self.col_close  # nobody's column now
        self.assertEqual(deal.passage_ids.stage_id.code, "S1")
        stage.with_user(self.owner).crm_stage_id = self.col_close
        deal.invalidate_recordset()
        now = deal.passage_ids.filtered(lambda p: not p.left_on)
        self.assertEqual((now.stage_id.code, now.origin), ("S3", "activation"))

    def test_deal_found_in_an_unmapped_column(self):
        deal = self._deal()
        deal.stage_id = self.col_parking
        self._approve(self._draft())
        deal.invalidate_recordset()
        self.assertFalse(deal.passage_ids)
        deal.stage_id = self.col_offer
        passage = deal.passage_ids
        self.assertEqual((passage.stage_id.code, passage.origin), ("S2", "activation"))
        fresh = self._deal(stage_id=self.col_parking.id)
        self._make_newer(fresh)
        with self.assertRefused("S1.1"):
            fresh.stage_id = self.col_offer
