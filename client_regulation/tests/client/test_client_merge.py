# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.fields import Command
from odoo.tests import tagged

from .client_common import ClientCommon


@tagged("post_install", "-at_install")
class TestClientMerge(ClientCommon):
    """Contacts that are merged: nothing known of any of them is lost."""

    def _merge(self, *clients):
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(self.env.ref("base.user_admin"))
            .create({})
        )
        ids = [client.id for client in clients]
        wizard._merge(ids, clients[0])
        self.env.invalidate_all()

    def test_everything_is_kept(self):
        other = self.env["res.partner"].create(
            {
                "name": "Slate Roofs Ltd",
                "is_company": True,
                "company_id": self.company.id,
                "client_needs": "Slate",
                "yearly_purchases": 7000,
                "yearly_purchases_source": "their report",
                "client_budget": 300,
                "client_segment_id": self._ref("segment_trade").id,
                "competitor_ids": [
                    Command.link(self._ref("competitor_none").id),
                    Command.link(self._ref("competitor_own_production").id),
                ],
                "child_ids": [
                    Command.create({"name": "Boss", "decision_role": "decides"})
                ],
            }
        )
        self.client.competitor_ids = self._ref("competitor_none")
        self.client.client_timing = "in March"
        self._mark(other)
        self._merge(self.client, other)
        client = self.client
        self.assertFalse(other.exists())
        self.assertEqual(client.client_needs, "Slate")
        self.assertEqual(client.client_timing, "in March")
        self.assertEqual(client.yearly_purchases, 7000)
        self.assertEqual(client.yearly_purchases_source, "their report")
        self.assertEqual(client.client_budget, 300)
        self.assertEqual(client.client_segment_id, self._ref("segment_trade"))
        self.assertEqual(len(client.competitor_ids), 2)
        self.assertEqual(client.potential_score, 74)
        self.assertIn("client_needs", client.card_fact_ids.mapped("field_name"))
        self.assertIn("client_timing", client.card_fact_ids.mapped("field_name"))
        self.assertIn("Boss", client.child_ids.mapped("name"))
        self.assertTrue(client.potential_history_ids)
        before = client.card_completeness
        client._mark_card()
        self.assertEqual(client.card_completeness, before)

    def test_the_newest_mark_counts(self):
        other = self.env["res.partner"].create(
            {
                "name": "Slate Roofs Ltd",
                "is_company": True,
                "company_id": self.company.id,
            }
        )
        self._mark(self.client, "222222")
        self.client.potential_mark_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE regulation_potential_mark SET date = date - INTERVAL '9 days'"
            " WHERE partner_id = %s",
            [self.client.id],
        )
        self.env.invalidate_all()
        self._mark(other)
        self._merge(self.client, other)
        marks = self.env["regulation.potential.mark"].with_context(active_test=False)
        self.assertEqual(len(self.client.potential_mark_ids), 6)
        self.assertEqual(marks.search_count([("partner_id", "=", self.client.id)]), 12)
        self.assertEqual(self.client.potential_score, 74)

    def test_an_empty_mark_does_not_hide_a_given_one(self):
        other = self.env["res.partner"].create(
            {
                "name": "Slate Roofs Ltd",
                "is_company": True,
                "company_id": self.company.id,
            }
        )
        self._mark(self.client)
        other.with_user(self.seller).action_prepare_potential_marks()
        self._merge(self.client, other)
        self.assertEqual(self.client.potential_score, 74)

    def test_amounts_come_in_the_currency_of_the_card(self):
        usd, eur = self.env.ref("base.USD"), self.env.ref("base.EUR")
        (usd | eur).active = True
        foreign = usd if self.company.currency_id == eur else eur
        own = self.company.currency_id
        self.env["res.currency.rate"].search([]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 2, "name": "2020-01-01"}
        )
        self.client.client_budget = 10
        other = self.env["res.partner"].create(
            {
                "name": "Slate Roofs Ltd",
                "is_company": True,
                "company_id": self.company.id,
                "yearly_purchases": 100,
                "yearly_purchases_currency_id": foreign.id,
            }
        )
        self._merge(self.client, other)
        self.assertEqual(self.client.yearly_purchases_currency_id, own)
        self.assertEqual(self.client.yearly_purchases, 50)
        self.assertEqual(self.client.client_budget, 10)
