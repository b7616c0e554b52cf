# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..common import GROUP, RegulationCommon

MODELS = (
    "regulation.regulation",
    "regulation.scope",
    "regulation.provision",
    "regulation.stage",
    "regulation.indicator",
    "regulation.step",
    "regulation.role",
    "regulation.role.assignment",
    "regulation.acknowledgement",
    "regulation.printout",
    "regulation.passage",
    "regulation.duty",
    "regulation.deviation",
    "regulation.deviation.reason",
)


@tagged("post_install", "-at_install")
class TestRegulationRights(RegulationCommon):
    """Each rule has a stranger who fails and an owner who passes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.edition = cls._approve(cls._draft())
        cls.deal = cls._deal()
        cls._complete_stage(cls.deal)
        cls.deal.stage_id = cls.col_offer
        cls.deal.stage_id = cls.col_qualify  # a row in the register
        cls.deviation = cls.env["regulation.deviation"].search(
            [("lead_id", "=", cls.deal.id)]
        )

    def _sees(self, user, records):
        return bool(records.with_user(user).search([("id", "in", records.ids)]))

    def test_portal_and_public_see_nothing(self):
        portal = new_test_user(self.env, "reg_portal", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_employee_without_a_role_sees_nothing(self):
        for model in MODELS:
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.clerk).search([])

    def test_duties(self):
        duties = self.env["regulation.duty"].search(
            [("lead_id", "=", self.deal.id), ("user_id", "=", self.seller.id)]
        )
        lawyers = self.env["regulation.duty"].search(
            [("lead_id", "=", self.deal.id), ("user_id", "=", self.lawyer.id)]
        )
        self.assertTrue(self._sees(self.seller, duties))
        self.assertTrue(self._sees(self.seller, lawyers), "of their own deal")
        self.assertTrue(self._sees(self.lawyer, lawyers))
        self.assertFalse(self._sees(self.lawyer, duties))
        self.assertTrue(self._sees(self.head, duties))
        self.assertTrue(self._sees(self.owner, duties))
        for stranger in (self.other, self.chief):
            self.assertFalse(self._sees(stranger, duties))
            self.assertFalse(self._sees(stranger, lawyers))
        for user in (self.seller, self.head, self.owner):
            with self.assertRaises(AccessError):
                duties[0].with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["regulation.duty"].with_user(user).create(
                    {"step_id": duties[0].step_id.id, "company_id": self.company.id}
                )

    def test_passages(self):
        passages = self.deal.sudo().passage_ids
        for user in (self.seller, self.head, self.owner):
            self.assertTrue(self._sees(user, passages))
        for stranger in (self.other, self.chief):
            self.assertFalse(self._sees(stranger, passages))
        self.assertTrue(self._sees(self.lawyer, passages), "with a duty of theirs")
        lonely = passages.filtered(lambda p: p.stage_id.code == "S1")
        self.assertFalse(self._sees(self.lawyer, lonely))

    def test_register(self):
        self.assertTrue(self.deviation)
        for user in (self.seller, self.head, self.owner):
            self.assertTrue(self._sees(user, self.deviation))
        for stranger in (self.other, self.chief):
            self.assertFalse(self._sees(stranger, self.deviation))
        with self.assertRaises(AccessError):
            self.deviation.with_user(self.lawyer).search([])
        for user in (self.seller, self.head, self.owner):
            with self.assertRaises(AccessError):
                self.env["regulation.deviation"].with_user(user).create(
                    {"kind": "waived", "company_id": self.company.id}
                )
        with self.assertRaises(AccessError):
            self.deviation.with_user(self.head).action_anonymise()

    def test_acknowledgements(self):
        rows = self.edition.acknowledgement_ids
        mine = rows.filtered(lambda row: row.user_id == self.lawyer)
        self.assertTrue(self._sees(self.lawyer, mine))
        self.assertFalse(self._sees(self.lawyer, rows - mine))
        self.assertTrue(self._sees(self.head, rows - mine))

    def test_content_is_written_by_the_owner_alone(self):
        draft = self._draft()
        for user in (self.seller, self.head, self.lawyer):
            for record, vals in (
                (draft, {"number": "7"}),
                (draft.provision_ids, {"name": "x"}),
                (draft.stage_ids[0], {"name": "x"}),
                (draft.stage_ids[0].indicator_ids[0], {"name": "x"}),
                (draft.step_ids[0], {"name": "x"}),
                (draft.scope_ids, {"team_id": False}),
                (self.role_sm, {"name": "x"}),
                (self.reason_waive, {"name": "x"}),
            ):
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write(vals)
        draft.with_user(self.owner).number = "7"
        draft.step_ids[0].with_user(self.owner).name = "Better"
        # the head of sales appoints people, but does not invent roles
        self.env["regulation.role.assignment"].with_user(self.head).create(
            {"role_id": self.role_leg.id, "user_id": self.clerk.id}
        )
        with self.assertRaises(AccessError):
            self.env["regulation.role"].with_user(self.head).create(
                {"code": "X", "name": "X"}
            )

    def test_wizards_are_for_who_may(self):
        values = {
            "regulation.step.waive": {"reason_id": self.reason_waive.id},
            "regulation.duty.handover": {
                "from_user_id": self.seller.id,
                "to_user_id": self.head.id,
            },
            "regulation.edition.switch": {"regulation_id": self.edition.id},
            "regulation.start": {"source_id": self._draft().id},
        }
        for model, vals in values.items():
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.seller).create(vals)

    def test_companies_are_apart(self):
        company = self.env["res.company"].create({"name": "Second"})
        stranger = new_test_user(
            self.env,
            "reg_second",
            groups=f"sales_team.group_sale_manager,{GROUP % 'owner'}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        role = self._role("T-COMPANY")
        role.company_id = self.company
        assignment = self.role_leg.assignment_ids
        reason = self.reason_waive.copy({"company_id": self.company.id})
        for records in (
            self.edition,
            self.edition.scope_ids,
            self.edition.provision_ids,
            self.edition.stage_ids,
            self.edition.stage_ids.indicator_ids,
            self.edition.step_ids,
            self.edition.acknowledgement_ids,
            self.edition.printout_ids,
            role,
            assignment,
            reason,
            self.deal.sudo().passage_ids,
            self.deal.sudo().regulation_duty_ids,
            self.deviation,
        ):
            with self.subTest(model=records._name):
                self.assertTrue(records, "nothing to see proves nothing")
                self.assertTrue(self._sees(self.owner, records))
                self.assertFalse(self._sees(stranger, records))
        template = self.env.ref("client_regulation.regulation_acquisition")
        self.assertTrue(self._sees(stranger, template), "templates are for all")

    def test_groups_fit_into_the_chain_of_crm(self):
        self.assertTrue(self.seller.has_group(GROUP % "salesperson"))
        self.assertFalse(self.seller.has_group(GROUP % "head"))
        self.assertTrue(self.head.has_group(GROUP % "salesperson"))
        self.assertTrue(self.owner.has_group(GROUP % "head"))
        self.assertTrue(self.lawyer.has_group(GROUP % "participant"))
        self.assertFalse(self.lawyer.has_group(GROUP % "salesperson"))
        self.assertFalse(self.clerk.has_group(GROUP % "participant"))
