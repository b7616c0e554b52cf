# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .client_common import ClientCommon

ITEMS = "odoo.addons.client_regulation.models.client.regulation_card_item"


@tagged("post_install", "-at_install")
class TestCardCompleteness(ClientCommon):
    """Completeness in per cent, by weighted items; placeholders do not count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Item = cls.env["regulation.card.item"]
        cls.Item.search([]).active = False
        cls.need, cls.timing, cls.people = cls.Item.create(
            [
                {"name": "Need", "weight": 3, "field_id": cls._item("client_needs")},
                {"name": "When", "weight": 1, "field_id": cls._item("client_timing")},
                {
                    "name": "Who decides",
                    "weight": 4,
                    "rule": "decision_maker",
                    "client_kind": "company",
                    "block": "contacts",
                },
            ]
        )

    @classmethod
    def _item(cls, name):
        return cls._field("res.partner", name)

    def test_weights(self):
        client = self.client.with_user(self.seller)
        self.assertEqual(client.card_completeness, 0)
        client.client_needs = "Slate"
        self.assertEqual(client.card_completeness, 37.5)
        client.client_timing = "-"
        self.assertEqual(client.card_completeness, 37.5)
        client.client_timing = "in March"
        self.assertEqual(client.card_completeness, 50)
        self.anna.with_user(self.seller).decision_role = "decides"
        self.assertEqual(client.card_completeness, 100)
        self.assertFalse(client.card_missing)
        self.anna.unlink()
        self.assertEqual(client.card_completeness, 50)

    def test_a_new_client_has_its_completeness_at_once(self):
        client = (
            self.env["res.partner"]
            .with_user(self.seller)
            .create({"name": "New", "is_company": True, "client_needs": "Slate"})
        )
        self.assertEqual(client.card_completeness, 37.5)

    def test_rounded_down(self):
        self.people.unlink()
        self.timing.weight = 6
        self.client.client_timing = "in March"
        self.assertEqual(self.client.card_completeness, 66.66)

    def test_a_new_person_who_decides(self):
        self.env["res.partner"].with_user(self.seller).create(
            {
                "name": "Boris",
                "parent_id": self.client.id,
                "decision_role": "decides",
            }
        )
        self.assertEqual(self.client.card_completeness, 50)

    def test_a_person_moves_to_another_company(self):
        self.anna.decision_role = "decides"
        other = self.env["res.partner"].create({"name": "Z", "is_company": True})
        self.anna.parent_id = other
        self.assertEqual(self.client.card_completeness, 0)
        self.assertEqual(other.card_completeness, 50)

    def test_private_person(self):
        person = self.env["res.partner"].create(
            {"name": "Carl", "client_needs": "A roof"}
        )
        self.assertEqual(person.card_completeness, 75)

    def test_what_is_missing_is_listed(self):
        client = self.client.with_user(self.seller)
        client.client_needs = "Slate"
        self.assertNotIn("Need<", client.card_missing)
        self.assertIn("When", client.card_missing)
        self.assertIn("Who decides", client.card_missing)
        self.assertIn("for='client_timing_0'", client.card_missing)

    def test_a_change_of_items_recomputes(self):
        self.client.client_needs = "Slate"
        self.people.weight = 8
        self.assertEqual(self.client.card_completeness, 25)
        self.people.active = False
        self.assertEqual(self.client.card_completeness, 75)
        self.timing.unlink()
        self.assertEqual(self.client.card_completeness, 100)

    def test_a_large_base_is_recomputed_by_the_scheduled_action(self):
        self.client.client_needs = "Slate"
        self.env.flush_all()
        with patch(f"{ITEMS}.AT_ONCE", 0):
            self.people.weight = 8
        self.env.invalidate_all()
        self.assertEqual(self.client.card_completeness, 37.5)
        with self.enter_registry_test_mode():
            self._ref("ir_cron_client_cards").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.client.card_completeness, 25)

    def test_item_of_another_company(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self.client.client_needs = "Slate"
        self.people.company_id = company
        self.assertEqual(self.client.card_completeness, 75)
        self.client.company_id = company
        self.assertEqual(self.client.card_completeness, 37.5)

    def test_items_are_the_owners(self):
        with self.assertRaises(AccessError):
            self.need.with_user(self.head).weight = 9
        self.need.with_user(self.owner).weight = 9

    @mute_logger("odoo.sql_db")
    def test_items_that_make_no_sense(self):
        Item = self.Item.with_user(self.owner)
        for vals in (
            {"name": "Both", "field_id": self._item("city"), "rule": "scored"},
            {"name": "None"},
            {"name": "Light", "field_id": self._item("city"), "weight": 0},
            {"name": "Foreign", "field_id": self._field("crm.lead", "name")},
            {"name": "Unstored", "field_id": self._item("touch_count")},
        ):
            with self.subTest(vals), self.assertRaises(Exception):  # noqa: B017
                with self.env.cr.savepoint():
                    Item.create(vals)
        with self.assertRefused("stored fields", exception=ValidationError):
            Item.create({"name": "Text", "field_id": self._item("child_ids")})

    def test_many_clients_cost_as_many_queries_as_one(self):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {i}", "is_company": True} for i in range(20)]
        )
        self.env.flush_all()
        counts = []
        for some in (clients[:1], clients[1:2], clients[2:]):
            some.card_key = 1
            self.env.flush_all()
            some._mark_card()
            self.env.invalidate_all(flush=False)
            before = self.env.cr.sql_log_count
            some.flush_recordset(["card_completeness", "card_key"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])
