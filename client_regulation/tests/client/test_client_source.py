# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .client_common import ClientCommon


@tagged("post_install", "-at_install")
class TestClientSource(ClientCommon):
    """Sources with owner, legal basis and cost, approved by a head of sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = (
            cls.env["utm.source"]
            .with_user(cls.head)
            .create(
                {
                    "name": "Roof Fair",
                    "source_type": "exhibition",
                    "legal_basis": "cards given at the stand",
                    "source_owner_id": cls.seller.id,
                    "cost_ids": [
                        Command.create(
                            {
                                "date_from": "2026-01-01",
                                "date_to": "2026-04-01",
                                "amount": 900,
                            }
                        )
                    ],
                }
            )
        )

    def test_approve_and_withdraw(self):
        source = self.source
        self.assertFalse(source.is_approved)
        source.action_approve_source()
        self.assertTrue(source.is_approved)
        self.assertEqual(source.approved_by_id, self.head)
        self.assertIn(source, source.search([("is_approved", "=", True)]))
        source.action_withdraw_source()
        self.assertFalse(source.is_approved)
        self.assertIn(source, source.search([("is_approved", "=", False)]))

    def test_only_a_head_approves(self):
        source = self.source.with_user(self.seller)
        with self.assertRefused("head of sales", exception=AccessError):
            source.action_approve_source()
        with self.assertRefused("head of sales", exception=AccessError):
            source.action_withdraw_source()
        with self.assertRefused("cannot be written", exception=AccessError):
            self.source.approved_on = fields.Datetime.now()
        with self.assertRefused("cannot be written", exception=AccessError):
            self.source.create({"name": "X", "approved_by_id": self.head.id})

    def test_what_an_approval_asks_for(self):
        bare = self.source.create({"name": "Bare"})
        with self.assertRefused("owner", "type", "legal basis", "cost"):
            bare.action_approve_source()
        self.source.legal_basis = "-"
        with self.assertRefused("legal basis"):
            self.source.action_approve_source()
        self.source.legal_basis = "register"
        self.source.valid_until = fields.Date.today() - timedelta(days=1)
        with self.assertRefused("not over"):
            self.source.action_approve_source()

    def test_other_facts_need_another_approval(self):
        self.source.action_approve_source()
        self.source.legal_basis = "cards given at the stand"
        self.assertTrue(self.source.is_approved)
        self.source.legal_basis = "bought"
        self.assertFalse(self.source.is_approved)

    def test_approval_ends(self):
        self.source.action_approve_source()
        self.env.cr.execute(
            "UPDATE utm_source SET valid_until = CURRENT_DATE - 9 WHERE id = %s",
            [self.source.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.source.is_approved)
        self.assertNotIn(self.source, self.source.search([("is_approved", "=", True)]))

    def test_periods_of_costs(self):
        with Form(self.source) as form:
            with form.cost_ids.new() as cost:
                cost.date_from = "2026-04-01"
                cost.date_to = "2026-07-01"
                cost.amount = 0
        self.assertEqual(len(self.source.cost_ids), 2)
        Cost = self.env["regulation.source.cost"].with_user(self.head)
        with self.assertRefused("already has a cost", exception=ValidationError):
            Cost.create(
                {
                    "source_id": self.source.id,
                    "date_from": "2026-03-31",
                    "date_to": "2026-04-02",
                    "amount": 1,
                }
            )

    @mute_logger("odoo.sql_db")
    def test_costs_that_make_no_sense(self):
        for vals in (
            {"date_to": "2026-01-01"},
            {"amount": -1},
        ):
            with self.subTest(vals), self.assertRaises(Exception):  # noqa: B017
                with self.env.cr.savepoint():
                    self.source.cost_ids.write(vals)

    def test_rights_on_costs(self):
        cost = self.source.cost_ids
        cost.with_user(self.seller).read(["amount"])
        with self.assertRaises(AccessError):
            cost.with_user(self.seller).amount = 1
        with self.assertRaises(AccessError):
            cost.with_user(self.clerk).read(["amount"])
        sister = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "reg_sister",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=sister.id,
            company_ids=[Command.set(sister.ids)],
        )
        self.assertFalse(cost.with_user(stranger).search([("id", "=", cost.id)]))

    @mute_logger("odoo.sql_db")
    def test_source_of_a_client_stays(self):
        self.client.client_source_id = self.source
        with self.assertRaises(Exception):  # noqa: B017 - the database refuses
            with self.env.cr.savepoint():
                self.source.sudo().unlink()
