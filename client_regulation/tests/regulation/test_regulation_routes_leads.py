# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .test_regulation_routes import RegulationRoutesCommon


@tagged("post_install", "-at_install")
class TestRegulationRoutesLeads(RegulationRoutesCommon):
    """Merging, converting and assigning end where the gate stands. (P3)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.owner  # sales manager; not the head of any team
        # deals of the demo data or of other modules are none of our business
        cls.env["crm.lead"].search([("team_id", "=", False)]).action_archive()
        cls.env["crm.team"].search(
            [("id", "not in", (cls.team | cls.free_team).ids)]
        ).action_archive()

    def _lead(self, **vals):
        """A raw lead of nobody."""
        return self.env["crm.lead"].create(
            {
                "name": "Raw lead",
                "type": "lead",
                "user_id": False,
                "team_id": False,
                "email_from": "raw@lead.example.com",
                "stage_id": self.col_qualify.id,
                **vals,
            }
        )

    # -- merge -----------------------------------------------------------------

    def test_merge_keeps_the_books_of_both(self):
        head, tail = self._deal(name="Stays"), self._deal(name="Goes")
        self._complete_stage(head)
        head.stage_id = self.col_offer
        self._complete_stage(tail)
        tail.stage_id = self.col_offer
        self._duty(tail, "S2.1")._complete("said on the phone")
        tail.stage_id = self.col_qualify
        passages = head.passage_ids | tail.passage_ids
        duties = head.sudo().regulation_duty_ids | tail.sudo().regulation_duty_ids
        rows = tail.sudo().regulation_deviation_ids
        self.assertTrue(rows)
        merged = (head | tail).merge_opportunity()
        self.assertEqual(merged, head)
        self.assertFalse(tail.exists())
        self.assertAt(head, self.col_offer, "S2")
        self.assertEqual(head.passage_ids, passages)
        self.assertEqual(head.sudo().regulation_duty_ids, duties)
        self.assertEqual(head.sudo().regulation_deviation_ids, rows)
        self.assertEqual(rows.lead_name, "Goes")
        foreign = head.passage_ids.filtered("merged_from")
        self.assertEqual(len(foreign), 3)
        self.assertEqual(set(foreign.mapped("merged_from")), {"Goes"})
        # what was proven for one deal does not prove the other
        self.assertEqual(self._duty(head, "S2.1").state, "open")
        with self.assertRefused("S2.1", "S2.2"):
            head.stage_id = self.col_close
        self._complete_stage(head)
        head.stage_id = self.col_close
        self.assertAt(head, self.col_close, "S3")

    def test_merge_keeps_the_books_of_a_deal_that_left(self):
        head, tail = self._deal(), self._deal(name="Left long ago")
        self._complete_stage(head)
        head.stage_id = self.col_offer
        tail.with_user(self.head).sudo().team_id = self.free_team
        row, stay = tail.sudo().regulation_deviation_ids, tail.passage_ids
        (head | tail).with_user(self.manager).merge_opportunity()
        self.assertFalse(tail.exists())
        self.assertEqual(stay.sudo().lead_id, head)
        self.assertEqual(row.lead_id, head)
        self.assertEqual((row.kind, row.lead_name), ("left", "Left long ago"))

    def test_merge_out_of_the_regulated_teams(self):
        """The deal that remains is the one furthest on, be it regulated or not."""
        deal = self._deal(name="Regulated")
        free = self._deal(name="Free", user=self.other, team_id=self.free_team.id)
        free.stage_id = self.col_close
        both = deal | free
        for user in (self.seller, self.chief):
            with self.assertRefused("Regulated", exception=AccessError):
                both.with_user(user).sudo().merge_opportunity()
        self.assertTrue(deal.exists())
        both.with_user(self.head).sudo().merge_opportunity()
        self.assertFalse(deal.exists())
        self.assertFalse(free.regulation_id)
        self.assertEqual(free.passage_ids.mapped("merged_from"), ["Regulated"])
        row = free.sudo().regulation_deviation_ids
        self.assertEqual(
            (row.kind, row.lead_name, row.approved_by_id),
            ("left", "Regulated", self.head),
        )

    def test_merge_into_a_regulated_team(self):
        deal = self._deal(name="Regulated")
        free = self._deal(name="Free", team_id=self.free_team.id)
        free.stage_id = self.col_close
        with self.assertRefused("Free", "S1.1", "S2.1"):
            (deal | free).merge_opportunity(team_id=self.team.id)
        free.stage_id = self.col_qualify
        merged = (deal | free).merge_opportunity(team_id=self.team.id)
        self.assertAt(merged, self.col_qualify, "S1")

    # -- conversion ------------------------------------------------------------

    def _convert(self, leads, model="crm.lead2opportunity.partner", **vals):
        Wizard = (
            self.env[model]
            .with_user(self.seller)
            .with_context(
                active_model="crm.lead", active_id=leads[:1].id, active_ids=leads.ids
            )
        )
        return Wizard.create(
            {
                "name": "convert",
                "action": "exist",
                "partner_id": self.partner.id,
                "user_id": self.seller.id,
                "team_id": self.team.id,
                **vals,
            }
        )

    def test_conversion(self):
        lead = self._lead(team_id=self.team.id, stage_id=self.col_offer.id)
        self.assertFalse(lead.regulation_id)
        with self.assertRefused("Raw lead", "S1.1", "S1.2"):
            self._convert(lead).action_apply()
        self.assertEqual(lead.type, "lead")
        lead.stage_id = self.col_qualify
        self._convert(lead).action_apply()
        self.assertEqual(lead.type, "opportunity")
        self.assertAt(lead, self.col_qualify, "S1")
        self.assertEqual(lead.regulation_id, self.edition)
        self.assertEqual(self._duty(lead, "S1.1").user_id, self.seller)

    def test_conversion_with_merge(self):
        deal = self._deal(email_from="raw@lead.example.com")
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        lead = self._lead(user_id=self.seller.id, team_id=self.team.id)
        wizard = self._convert(
            lead, name="merge", duplicated_lead_ids=[Command.set((deal | lead).ids)]
        )
        wizard.action_apply()
        self.assertFalse(lead.exists())
        self.assertAt(deal, self.col_offer, "S2")

    def test_conversion_in_mass(self):
        good = self._lead(name="Good", team_id=self.team.id)
        late = self._lead(
            name="Late",
            team_id=self.team.id,
            stage_id=self.col_offer.id,
            email_from="late@lead.example.com",
        )

        def convert():
            self._convert(
                good | late,
                "crm.lead2opportunity.partner.mass",
                user_ids=[Command.set(self.seller.ids)],
                force_assignment=True,
            ).action_mass_convert()

        with self.assertRefused("Late", "S1.1") as refusal:
            convert()
        self.assertNotIn("Good", str(refusal.exception))
        self.assertEqual((good | late).mapped("type"), ["lead", "lead"])
        late.stage_id = self.col_qualify
        convert()
        for lead in good | late:
            self.assertAt(lead, self.col_qualify, "S1")
            self.assertEqual(lead.user_id, self.seller)

    # -- assignment ------------------------------------------------------------

    def _prepare_assignment(self):
        """Leads without team or person; two that stand too far on for the gate."""
        self.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        self.team.assignment_domain = "[('email_from', 'like', '@assign.example.com')]"
        self.free_team.assignment_optout = True
        self.team.crm_team_member_ids.assignment_max = 300
        self.free_team.crm_team_member_ids.assignment_max = 0

        def lead(name, **vals):
            return self._lead(
                name=name, email_from=f"{name.lower()}@assign.example.com", **vals
            )

        late = {"stage_id": self.col_close.id}
        fresh = lead("First") | lead("Second") | lead("Third")
        deal = lead("Running", type="opportunity", **late)
        raw = lead("Raw", team_id=self.team.id, **late)
        self.env.flush_all()
        return fresh, deal, raw

    def assertAssigned(self, fresh, deal, raw):
        self.env.invalidate_all()
        for lead in fresh:
            self.assertEqual((lead.team_id, lead.user_id), (self.team, self.seller))
            self.assertEqual(lead.type, "opportunity")
            self.assertAt(lead, self.col_qualify, "S1")
        # what the gate stopped is where it was, and stops nobody else
        self.assertFalse(deal.team_id or deal.user_id or deal.regulation_id)
        self.assertAt(deal, self.col_close)
        self.assertFalse(raw.user_id or raw.regulation_id)
        self.assertEqual(raw.type, "lead")

    def test_assignment_by_hand(self):
        fresh, deal, raw = self._prepare_assignment()
        action = self.team.with_user(self.manager).action_assign_leads()
        self.assertAssigned(fresh, deal, raw)
        message = action["params"]["message"]
        self.assertIn("2 were left where they are", message)
        self.assertIn("Running", message)
        self.assertIn("Raw", message)
        self.assertIn("3 leads allocated", message)
        deal.stage_id = self.col_qualify
        raw.stage_id = self.col_qualify
        self.team.with_user(self.manager).action_assign_leads()
        for lead in deal | raw:
            self.assertEqual(lead.user_id, self.seller)
            self.assertAt(lead, self.col_qualify, "S1")

    def test_assignment_job(self):
        fresh, deal, raw = self._prepare_assignment()
        cron = self.env.ref("crm.ir_cron_crm_lead_assign")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertAssigned(fresh, deal, raw)

    def test_assignment_job_merges_duplicates(self):
        """A duplicate that stands further on, outside the teams, is not dragged in."""
        fresh, deal, raw = self._prepare_assignment()
        twin = self._lead(
            name="First twin",
            type="opportunity",
            stage_id=self.col_close.id,
            email_from="first@assign.example.com",
            create_date=fields.Datetime.now(),
        )
        self.env["crm.team"]._cron_assign_leads(force_quota=True)
        self.assertAssigned(fresh[1:], deal, raw)
        self.assertTrue(twin.exists() and fresh[0].exists())
        self.assertFalse(twin.regulation_id)
