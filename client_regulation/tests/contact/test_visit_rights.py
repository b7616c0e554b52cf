# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..common import GROUP
from .visit_common import VisitCommon

LINES = ("participant_ids", "checklist_ids", "question_ids", "expected_ids")
MODELS = (
    "regulation.visit",
    "regulation.visit.participant",
    "regulation.visit.check",
    "regulation.visit.answer",
    "regulation.visit.expected",
    "regulation.visit.plan",
    "regulation.visit.plan.line",
)


@tagged("post_install", "-at_install")
class TestVisitRights(VisitCommon):
    """Each rule has an owner who sees and a stranger who does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._deal()
        cls.visit = cls._prepare(cls._visit(lead_id=cls.lead.id), press=False)
        cls.plan = cls.env["regulation.visit.plan"].with_user(cls.seller).create({})
        cls.plan.action_freeze()

    def _sees(self, user, records):
        return bool(records.with_user(user).search([("id", "in", records.ids)]))

    def test_visits_and_their_lines(self):
        for records in (self.visit, *(self.visit[name] for name in LINES)):
            with self.subTest(model=records._name):
                for user in (self.seller, self.head, self.owner):
                    self.assertTrue(self._sees(user, records), user.login)
                for stranger in (self.other, self.chief):
                    self.assertFalse(self._sees(stranger, records), stranger.login)
                    with self.assertRaises(AccessError):
                        records[0].with_user(stranger).read(["display_name"])

    def test_visits_of_own_deals(self):
        visit = self._visit(self.other, lead_id=False)
        self.assertFalse(self._sees(self.seller, visit))
        visit.sudo().lead_id = self.lead
        self.assertTrue(self._sees(self.seller, visit))
        self.lead.sudo().user_id = False
        self.assertTrue(self._sees(self.chief, visit), "nobody's deal yet")

    def test_plans(self):
        for user in (self.seller, self.head, self.owner):
            self.assertTrue(self._sees(user, self.plan), user.login)
        for stranger in (self.other, self.chief):
            self.assertFalse(self._sees(stranger, self.plan), stranger.login)
        self.visit.sudo().date_planned = "2026-03-03 09:00:00"
        plan = self.plan.create({"date_from": "2026-03-02"})
        plan.action_freeze()
        self.assertTrue(self._sees(self.head, plan.line_ids))
        self.assertFalse(self._sees(self.other, plan.line_ids))

    def test_outsiders(self):
        portal = new_test_user(self.env, "visit_portal", groups="base.group_portal")
        for user in (portal, self.clerk, self.env.ref("base.public_user")):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_catalogues(self):
        for model, vals in (
            ("regulation.visit.reason", {"name": "Snow"}),
            ("regulation.visit.question", {"name": "Why?"}),
            ("regulation.visit.checkitem", {"name": "Shoes are clean"}),
        ):
            with self.subTest(model=model):
                Catalogue = self.env[model]
                self.assertTrue(Catalogue.with_user(self.seller).search([]))
                Catalogue.with_user(self.owner).create(vals)
                for user in (self.seller, self.head):
                    with self.assertRaises(AccessError):
                        Catalogue.with_user(user).create(vals)

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "visit_elsewhere",
            groups=f"sales_team.group_sale_manager,{GROUP % 'owner'}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for records in (
            self.visit,
            self.plan,
            *(self.visit[name] for name in LINES),
        ):
            with self.subTest(model=records._name):
                self.assertFalse(self._sees(user, records))
        own = self.env["regulation.visit.reason"].create(
            {"name": "Ours", "company_id": company.id}
        )
        self.assertTrue(self._sees(user, own))
        self.assertFalse(self._sees(self.seller, own))
