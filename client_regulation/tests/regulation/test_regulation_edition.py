# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import RegulationCommon


@tagged("post_install", "-at_install")
class TestRegulationEdition(RegulationCommon):
    """Editions: template → draft → in force → superseded or repealed. (Reg. 1)"""

    def test_copy_of_template_is_a_draft_of_the_company(self):
        template = self.env.ref("client_regulation.regulation_acquisition")
        action = template.with_user(self.owner).action_copy_as_draft()
        draft = self.env["regulation.regulation"].browse(action["res_id"])
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.company_id, self.company)
        self.assertEqual(len(draft.stage_ids), 8)
        self.assertEqual(len(draft.step_ids), len(template.step_ids))
        self.assertEqual(len(draft.stage_ids.indicator_ids), 48)
        self.assertFalse(draft.get_external_id()[draft.id])

    def test_shipped_content_is_complete(self):
        stages = {"acquisition": 8, "servicing": 6, "base_analysis": 6}
        for process, count in stages.items():
            template = self.env.ref(f"client_regulation.regulation_{process}")
            self.assertEqual(len(template.stage_ids), count)
            gaps = [
                *template._get_provision_gaps(),
                *template._get_stage_gaps(),
                *template._get_step_gaps(),
            ]
            self.assertFalse(gaps)
        subjects = {
            step.code: step.subject for step in self.env["regulation.step"].search([])
        }
        self.assertEqual(subjects["A4.6"], "period")
        self.assertEqual(subjects["A8.3"], "period")
        self.assertEqual(subjects["B3.3"], "event")
        self.assertEqual(subjects["A2.1"], "deal")

    def test_template_is_not_edited_by_people(self):
        template = self.env.ref("client_regulation.regulation_acquisition")
        with self.assertRefused("Copy it as a draft", exception=UserError):
            template.with_user(self.owner).name = "Mine"
        with self.assertRefused("Copy it as a draft", exception=UserError):
            template.step_ids[0].with_user(self.owner).gate = "inform"
        with self.assertRaises(UserError):
            template.with_user(self.owner).unlink()

    def test_approval_lists_every_gap(self):
        draft = self._draft()
        stage = draft.stage_ids[0]
        stage.exit_quality = False
        stage.step_ids[0].proof = False
        stage.step_ids[1].role_id = False
        stage.step_ids[2].start_event = False
        draft.provision_ids.body = "<p><br></p>"
        self.role_leg.assignment_ids.unlink()
        with self.assertRaises(UserError) as refusal:
            draft.with_user(self.owner).action_approve()
        message = str(refusal.exception)
        for text in (
            "“Purpose” is empty",
            "S1 Qualify",
            "exit – quality",
            "S1.1 Step S1.1 lacks a proof",
            "S1.2 Step S1.2 lacks a responsible role",
            "S1.3 Step S1.3 lacks a deadline",
            "Role T-LEG",
        ):
            self.assertIn(text, message)
        self.assertEqual(draft.state, "draft")
        self.assertIn("T-LEG", draft.gap_text)

    def test_approval_stamps_who_and_when(self):
        edition = self._approve(self._draft())
        self.assertEqual(edition.state, "in_force")
        self.assertEqual(edition.approved_by_id, self.owner)
        self.assertTrue(edition.approved_on)
        self.assertTrue(edition.date_from)
        self.assertTrue(edition.scope_ids.in_force)

    def test_only_the_owner_approves(self):
        draft = self._draft()
        for user in (self.seller, self.head, self.lawyer):
            with self.assertRaises(AccessError):
                draft.with_user(user).action_approve()

    def test_approval_in_the_future_is_refused(self):
        draft = self._draft(date_from="2999-01-01")
        with self.assertRefused("in the future", exception=UserError):
            draft.with_user(self.owner).action_approve()

    def test_state_is_not_written_by_hand(self):
        draft = self._draft()
        for vals in (
            {"state": "in_force"},
            {"approved_by_id": self.owner.id},
            {"approved_on": "2026-01-01 00:00:00"},
        ):
            with self.assertRaises(AccessError):
                draft.with_user(self.owner).write(vals)
            with self.assertRaises(AccessError):
                draft.sudo().write(vals)
        with self.assertRaises(AccessError):
            self._draft(state="in_force")
        with self.assertRaises(AccessError):
            draft.scope_ids.sudo().write({"in_force": True})

    def test_in_force_is_read_only_for_everybody(self):
        edition = self._approve(self._draft())
        stage, step = edition.stage_ids[0], edition.step_ids[0]
        for env_user in (self.owner, self.env.ref("base.user_root")):
            su = env_user == self.env.ref("base.user_root")
            attempts = (
                (edition, {"name": "Else"}),
                (edition.provision_ids, {"body": "<p>Else</p>"}),
                (stage, {"condition": "Else"}),
                (stage, {"exit_time": "Else"}),
                (stage.indicator_ids[0], {"name": "Else"}),
                (step, {"requirement": "Else"}),
                (step, {"gate": "inform", "requirement": "Else"}),
                (edition, {"stage_ids": [Command.delete(stage.id)]}),
                (edition.scope_ids, {"team_id": self.free_team.id}),
            )
            for record, vals in attempts:
                with self.subTest(model=record._name, vals=vals, su=su):
                    with self.assertRaises(UserError):
                        record.with_user(env_user).sudo(su).write(vals)
            with self.assertRaises(UserError):
                step.with_user(env_user).sudo(su).unlink()
            with self.assertRaises(UserError):
                edition.with_user(env_user).sudo(su).unlink()
        with self.assertRaises(UserError):
            self.env["regulation.step"].create(
                {**self._step("S9", self.role_sm), "stage_id": stage.id}
            )
        with self.assertRaises(UserError):
            step.with_user(self.owner).update_field_translations(
                "requirement", {"en_US": "Else"}
            )

    def test_gate_changes_in_force_are_logged(self):
        edition = self._approve(self._draft())
        step = edition.step_ids.filtered(lambda s: s.code == "S1.1")
        step.with_user(self.owner).gate = "warn"
        self.assertEqual(step.gate, "warn")
        bodies = " ".join(edition.message_ids.mapped("body"))
        self.assertIn("S1.1", bodies)
        self.assertIn("Warn and record", bodies)
        with self.assertRaises(AccessError):
            step.with_user(self.head).gate = "inform"

    def test_new_edition_supersedes_and_lists_differences(self):
        first = self._approve(self._draft())
        action = first.with_user(self.owner).action_new_edition()
        second = self.env["regulation.regulation"].browse(action["res_id"])
        self.assertEqual(second.previous_id, first)
        self.assertEqual(second.edition, first.edition + 1)
        self.assertEqual(second.scope_ids.team_id, self.team)
        self.assertFalse(second.change_summary)
        step = second.step_ids.filtered(lambda s: s.code == "S1.1")
        step.with_user(self.owner).write({"deadline": 5, "gate": "inform"})
        second.step_ids.filtered(lambda s: s.code == "S2.3").unlink()
        second.stage_ids[2].write(
            {"step_ids": [Command.create(self._step("S3.9", self.role_sm))]}
        )
        changes = {
            (change["kind"], change["what"], change["code"])
            for change in second._get_changes()
        }
        self.assertEqual(
            changes,
            {
                ("changed", "norm", "S1.1"),
                ("changed", "gate", "S1.1"),
                ("removed", "step", "S2.3"),
                ("added", "step", "S3.9"),
            },
        )
        self._approve(second)
        self.assertEqual(first.state, "superseded")
        self.assertEqual(first.date_to, second.date_from)
        self.assertFalse(first.scope_ids.in_force)

    def test_edition_for_another_team_leaves_the_first_in_force(self):
        first = self._approve(
            self._draft(
                scope_ids=[
                    Command.create({"team_id": self.team.id}),
                    Command.create({"team_id": self.free_team.id}),
                ]
            )
        )
        second = self._draft(scope_ids=[Command.create({"team_id": self.free_team.id})])
        self._approve(second)
        self.assertEqual(first.state, "in_force")
        self.assertEqual(first.scope_ids.filtered("in_force").team_id, self.team)
        Scope = self.env["regulation.scope"]
        self.assertEqual(Scope._find_in_force(self.company.id, self.team.id), first.id)
        self.assertEqual(
            Scope._find_in_force(self.company.id, self.free_team.id), second.id
        )

    def test_database_guarantees_one_edition_in_force(self):
        self._approve(self._draft())
        rival = self._draft()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute(
                "UPDATE regulation_scope SET in_force = TRUE WHERE regulation_id = %s",
                [rival.id],
            )

    def test_repeal_frees_the_deals(self):
        edition = self._approve(self._draft())
        deal = self._deal()
        self.assertEqual(deal.regulation_id, edition)
        with self.assertRaises(AccessError):
            edition.with_user(self.head).action_repeal()
        edition.with_user(self.owner).action_repeal()
        deal.invalidate_recordset()
        self.assertEqual(edition.state, "repealed")
        self.assertFalse(deal.regulation_id)
        self.assertFalse(deal.passage_ids.filtered(lambda p: not p.left_on))
        deal.stage_id = self.col_close  # nothing stops it any more
        with self.assertRaises(UserError):
            edition.step_ids[0].with_user(self.owner).gate = "inform"

    def test_scope_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Second"})
        team = self.env["crm.team"].create({"name": "T2", "company_id": company.id})
        with self.assertRaises(UserError):
            self._draft(scope_ids=[Command.create({"team_id": team.id})])

    def test_step_is_validated(self):
        draft = self._draft()
        step = draft.step_ids[0]
        with self.assertRefused("whole number", exception=ValidationError):
            step.deadline = 1.5
        step.write({"deadline": 1.5, "deadline_unit": "wh"})
        with self.assertRefused("cannot be read", exception=ValidationError):
            step.write({"check": "domain", "check_domain": "[('nonsense', '=', 1)]"})
        with self.assertRefused("yes/no", exception=ValidationError):
            step.check_field_ids = [Command.link(self._field("crm.lead", "active"))]

    def test_passport_is_edited_as_a_matrix(self):
        draft = self._draft()
        with Form(draft.stage_ids[0].with_user(self.owner)) as form:
            form.exit_time = "within 3 days"
            form.entry_quality = ""
        cells = {
            (cell.side, cell.aspect): cell.name
            for cell in draft.stage_ids[0].indicator_ids
        }
        self.assertEqual(cells["exit", "time"], "within 3 days")
        self.assertNotIn(("entry", "quality"), cells)

    def test_acknowledgement_is_asked_and_given_in_person(self):
        edition = self._approve(self._draft())
        rows = edition.acknowledgement_ids
        self.assertEqual(rows.user_id, self.seller | self.lawyer)
        row = rows.filtered(lambda r: r.user_id == self.lawyer)
        self.assertEqual(row.activity_ids.user_id, self.lawyer)
        with self.assertRaises(AccessError):
            row.with_user(self.owner).action_acknowledge()
        row.with_user(self.lawyer).action_acknowledge()
        self.assertTrue(row.acknowledged_on)
        self.assertFalse(row.activity_ids)
        self.assertEqual(
            (edition.acknowledged_count, edition.acknowledgement_count), (1, 2)
        )
        # by closing the activity
        row = rows - row
        row.activity_ids.with_user(self.seller).action_feedback()
        self.assertTrue(row.acknowledged_on)
