# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tests import HttpCase, tagged

from ..common import RegulationCommon


class RegulationTours(RegulationCommon, HttpCase):
    """What people do with the regulation, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # an empty column that only some teams have is not shown in the pipeline
        cls.columns.team_ids = False
        # a name that no reason of the catalogue shares
        cls.reason_waive.name = "The client is in a hurry"
        cls.lead = cls.env["crm.lead"]

    @classmethod
    def _start(cls):
        """The small edition in force, and a deal in its first column."""
        edition = cls._draft()
        steps = {step.code: step for step in edition.step_ids}
        steps["S1.1"].proof_kind = "note"
        steps["S1.3"].gate = "block"
        cls._approve(edition)
        cls.lead = cls._deal(partner_id=cls.partner.id, stage_id=cls.col_qualify.id)

    def _fresh(self, record):
        record.invalidate_recordset()
        return record.sudo()


@tagged("post_install", "-at_install")
class TestRegulationTours(RegulationTours):
    def test_owner_approves_a_copy(self):
        """Reg. 1: refused with every gap at once, approved when they are filled."""
        template = self.env.ref("client_regulation.regulation_acquisition")
        vacant = ("LEG", "SEC")
        roles = self.env["regulation.role"].search([])
        roles.assignment_ids.unlink()
        self.env["regulation.role.assignment"].create(
            [
                {
                    "role_id": role.id,
                    "user_id": self.seller.id,
                    "date_from": "2020-01-01",
                }
                for role in template.step_ids.role_id
                | template.step_ids.receiver_role_id
                if role.code not in vacant
            ]
        )
        purpose = template.provision_ids.filtered(lambda row: row.code == "purpose")
        purpose.body = False

        self.start_tour("/odoo", "client_regulation_owner", login="reg_owner")

        edition = self.env["regulation.regulation"].search(
            [("name", "=", "Our way to clients")]
        )
        self.assertEqual(edition.state, "in_force")
        self.assertEqual(edition.approved_by_id, self.owner)
        self.assertIn(
            "how we win clients",
            edition.provision_ids.filtered(lambda row: row.code == "purpose").body,
        )
        self.assertTrue(edition.scope_ids.in_force)
        self.assertTrue(edition.printout_ids)
        self.assertEqual(template.state, "template")

    def test_salesperson_meets_the_gate(self):
        """Promise P3: refused, completed in the form, let through."""
        self._start()

        self.start_tour("/odoo", "client_regulation_salesperson", login="reg_seller")

        lead = self._fresh(self.lead)
        self.assertEqual(lead.stage_id, self.col_offer)
        first, second = lead.passage_ids.sorted("id")
        self.assertTrue(first.left_on)
        self.assertTrue(first.on_time)
        self.assertEqual(first.duty_ids.mapped("state"), ["done"] * len(first.duty_ids))
        noted = first.duty_ids.filtered(lambda duty: duty.step_id.code == "S1.1")
        self.assertIn("Mr Brick", noted.proof_note)
        self.assertEqual(noted.done_by_id, self.seller)
        self.assertFalse(second.left_on)
        self.assertFalse(lead.regulation_deviation_ids)

    def test_head_waives_a_step(self):
        """Promise P3: by name, with a reason, into the register."""
        self._start()

        self.start_tour(
            f"/odoo/crm/{self.lead.id}", "client_regulation_head", login="reg_head"
        )

        row = self.env["regulation.deviation"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(row.kind, "waived")
        self.assertEqual(row.step_id.code, "S1.1")
        self.assertEqual(row.reason_id, self.reason_waive)
        self.assertEqual(row.note, "They moved the meeting to tomorrow")
        self.assertEqual(row.approved_by_id, self.head)
        self.assertEqual(row.user_id, self.seller)
        self.assertEqual(row.duty_id.state, "waived")


@tagged("post_install", "-at_install")
class TestRegulationToursPhone(RegulationTours):
    browser_size = "390x844"
    touch_enabled = True

    def test_lawyer_completes_on_the_phone(self):
        """Reg. 2.6: who is not in Sales has «My Duties», two taps at most."""
        self._start()
        self._complete_stage(self.lead)
        self.lead.stage_id = self.col_offer
        self.assertFalse(self.lawyer.has_group("sales_team.group_sale_salesman"))

        self.start_tour(
            "/odoo/my-duties", "client_regulation_participant", login="reg_lawyer"
        )

        duty = self._fresh(self._duty(self.lead, "S2.2"))
        self.assertEqual(duty.state, "done")
        self.assertEqual(duty.done_by_id, self.lawyer)
