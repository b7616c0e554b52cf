# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_talk import TalkCommon

BUSINESS = ("regulation.call", "regulation.objection", "regulation.agreement")
READ_ONLY = (
    "regulation.agreement.move",
    "regulation.agreement.analysis",
    "regulation.call.analysis",
    "regulation.objection.analysis",
    "regulation.objection.technique.analysis",
)
CATALOGUES = (
    "regulation.call.result",
    "regulation.objection.type",
    "regulation.objection.technique",
)


@tagged("post_install", "-at_install")
class TestTalkRights(TalkCommon):
    """Each rule has a stranger who fails and an owner who passes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls._call()
        cls.objection = cls._objection(technique_id=cls._technique().id)
        cls.agreement = cls._agreement()
        cls.agreement._move(cls.agreement.date_due.replace(year=2099), "asked", None)
        cls.move = cls.env["regulation.agreement.move"].search(
            [("agreement_id", "=", cls.agreement.id)]
        )

    def _sees(self, user, records):
        return bool(
            records.browse().with_user(user).search([("id", "in", records.ids)])
        )

    def _get_watched(self):
        new = self.env["regulation.agreement"].search(
            [("moved_from_id", "=", self.agreement.id)]
        )
        return (
            self.call,
            self.objection,
            self.agreement,
            self.move,
            self.env["regulation.objection.analysis"].browse(self.objection.id),
            self.env["regulation.agreement.analysis"].browse(new.id),
            self.env["regulation.call.analysis"].browse(self.call.id),
        )

    def test_own_team_and_all(self):
        for records in self._get_watched():
            for user, sees in (
                (self.seller, True),
                (self.other, False),
                (self.head, True),
                (self.chief, False),
                (self.owner, True),
            ):
                with self.subTest(model=records._name, user=user.login):
                    self.assertEqual(self._sees(user, records), sees)

    def test_of_own_deal_and_of_a_deal_of_nobody(self):
        self.lead.sudo().user_id = self.other
        for records in self._get_watched():
            with self.subTest(model=records._name):
                self.assertTrue(self._sees(self.other, records))
        self.lead.sudo().user_id = False
        for records in self._get_watched():
            with self.subTest(model=records._name):
                self.assertTrue(self._sees(self.other, records))

    def test_strangers(self):
        portal = new_test_user(self.env, "talk_portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (portal, public, self.clerk, self.lawyer):
            for model in (*BUSINESS, *READ_ONLY):
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])
        for user in (portal, public, self.clerk):
            for model in CATALOGUES:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_catalogues_are_the_owners(self):
        for model in CATALOGUES:
            record = self.env[model].search([], limit=1)
            record.with_user(self.seller).name  # noqa: B018
            with self.subTest(model=model), self.assertRaises(AccessError):
                record.with_user(self.head).name = "Changed"
            record.with_user(self.owner).name = "Changed"

    def test_read_only(self):
        for model in READ_ONLY:
            Model = self.env[model].with_user(self.owner)
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(Model.has_access(operation))

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.owner.company_ids = [Command.link(company.id)]
        everything = (
            *self._get_watched(),
            self.env["regulation.objection.technique.analysis"].search(
                [("company_id", "=", self.company.id)], limit=1
            ),
        )
        for records in everything:
            Model = self.env[records._name].with_user(self.owner)
            domain = [("id", "in", records.ids)]
            with self.subTest(model=records._name):
                self.assertTrue(
                    Model.with_context(allowed_company_ids=self.company.ids).search(
                        domain
                    )
                )
                self.assertFalse(
                    Model.with_context(allowed_company_ids=company.ids).search(domain)
                )
        for model in CATALOGUES:
            shared = self.env[model].search([("company_id", "=", False)], limit=1)
            own = shared.copy({"company_id": self.company.id})
            Model = (
                self.env[model]
                .with_user(self.owner)
                .with_context(allowed_company_ids=company.ids)
            )
            with self.subTest(model=model):
                self.assertTrue(Model.search([("id", "=", shared.id)]))
                self.assertFalse(Model.search([("id", "=", own.id)]))
