# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .client_common import ClientCommon


@tagged("post_install", "-at_install")
class TestClientCard(ClientCommon):
    """Facts of the client card: who learned what, when and from whom."""

    def _facts(self, name=None):
        facts = self.client.card_fact_ids
        return facts.filtered(lambda f: not name or f.field_name == name)

    def test_a_change_leaves_a_fact(self):
        client = self.client.with_user(self.seller)
        client.client_needs = "Slate that does not crack"
        client.client_needs = "Slate and gutters"
        new, old = self._facts("client_needs").sorted("id", reverse=True)
        self.assertEqual(old.value, "Slate that does not crack")
        self.assertFalse(old.former_value)
        self.assertEqual(new.value, "Slate and gutters")
        self.assertEqual(new.former_value, "Slate that does not crack")
        self.assertEqual(new.user_id, self.seller)
        self.assertTrue(new.source)
        client.client_needs = "Slate and gutters"
        self.assertEqual(len(self._facts("client_needs")), 2)

    def test_facts_of_a_new_client(self):
        client = (
            self.env["res.partner"]
            .with_user(self.seller)
            .create({"name": "New", "is_company": True, "client_size": "small"})
        )
        self.assertEqual(client.card_fact_ids.value, "Small")

    # ------------------------------------------------------------
    # BASIS OF THE PERSONAL DATA
    # ------------------------------------------------------------

    def test_basis_is_of_today_unless_told(self):
        today = self.env["regulation.time"]._get_today(self.company.id)
        anna = self.anna.with_user(self.seller)
        anna.write({"consent_basis": "consent"})
        self.assertEqual(anna.consent_date, today)
        facts = anna.card_fact_ids.mapped("field_name")
        self.assertEqual(sorted(facts), ["consent_basis", "consent_date"])
        # a date that is there stays, whatever basis is chosen
        anna.consent_date = "2026-01-10"
        anna.consent_basis = "contract"
        self.assertEqual(anna.consent_date, fields.Date.to_date("2026-01-10"))
        # and is not given back to who takes it away
        anna.write({"consent_basis": False, "consent_date": False})
        self.assertFalse(anna.consent_date)
        anna.write({"consent_basis": "public", "consent_date": "2026-02-01"})
        self.assertEqual(anna.consent_date, fields.Date.to_date("2026-02-01"))

    def test_basis_of_new_people(self):
        today = self.env["regulation.time"]._get_today(self.company.id)
        Partner = self.env["res.partner"].with_user(self.seller)
        people = Partner.create(
            [
                {"name": "A", "parent_id": self.client.id, "consent_basis": "public"},
                {"name": "B", "parent_id": self.client.id},
                {"name": "C", "consent_basis": "public", "consent_date": "2026-01-10"},
                {"name": "D", "consent_basis": "public", "consent_date": False},
            ]
        )
        self.assertEqual(
            people.mapped("consent_date"),
            [today, False, fields.Date.to_date("2026-01-10"), today],
        )

    def test_basis_in_the_form(self):
        today = self.env["regulation.time"]._get_today(self.company.id)
        with Form(self.client.with_user(self.seller)) as form:
            form.consent_basis = "interest"
            self.assertEqual(str(form.consent_date), str(today))
            form.consent_date = "2026-01-10"
            form.consent_basis = "contract"
            self.assertEqual(str(form.consent_date), "2026-01-10")
        self.assertEqual(self.client.consent_basis, "contract")

    def test_basis_is_of_the_day_of_the_company(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        with freeze_time("2026-03-01 20:00:00"):
            self.anna.with_user(self.seller).consent_basis = "consent"
        self.assertEqual(self.anna.consent_date, fields.Date.to_date("2026-03-02"))

    def test_learn_facts(self):
        client = self.client.with_user(self.seller)
        self.anna.with_user(self.seller)._learn_facts(
            {
                "yearly_purchases": 90000,
                "competitor_ids": [Command.link(self._ref("competitor_none").id)],
            },
            source="visit 12",
            contact=self.anna,
        )
        self.assertEqual(client.yearly_purchases, 90000)
        self.assertEqual(client.yearly_purchases_source, "visit 12")
        self.assertTrue(client.yearly_purchases_date)
        self.assertEqual(client.yearly_purchases_currency_id, self.company.currency_id)
        fact = self._facts("yearly_purchases")
        self.assertEqual(fact.source, "visit 12")
        self.assertEqual(fact.contact_id, self.anna)
        self.assertIn("90,000", fact.value)
        self.assertEqual(self._facts("competitor_ids").value, "Buys from nobody yet")
        # what is only confirmed is kept as well
        client._learn_facts({"yearly_purchases": 90000}, source="call")
        self.assertEqual(len(self._facts("yearly_purchases")), 2)

    def test_competitors_in_a_text(self):
        ours, theirs = self.env["res.company"].create([{"name": "A"}, {"name": "B"}])
        Competitor = self.env["regulation.competitor"]
        acme, _foreign = Competitor.create(
            [{"name": "Acme"}, {"name": "Tiles", "company_id": theirs.id}]
        )
        found = Competitor._find_in_text("Nobody we know; ACME,\nTiles", ours)
        self.assertEqual(found, acme)
        self.assertFalse(Competitor._find_in_text("they buy from Acme", ours))
        self.assertFalse(Competitor._find_in_text(False, ours))

    def test_the_context_of_a_request_is_no_origin(self):
        origin = {"source": "forged", "contact_id": self.anna.id}
        self.client.with_user(self.seller).with_context(
            regulation_fact_origin=origin
        ).client_timing = "in March"
        self.assertNotEqual(self._facts("client_timing").source, "forged")

    def test_facts_are_append_only(self):
        self.client.with_user(self.seller).client_timing = "in March"
        for user in (self.seller, self.head, self.owner):
            fact = self._facts().with_user(user)
            with self.assertRaises(AccessError):
                fact.write({"value": "in April"})
            with self.assertRaises(AccessError):
                fact.unlink()
            with self.assertRaises(AccessError):
                fact.create(
                    {"partner_id": self.client.id, "field_name": "client_timing"}
                )

    def test_figures_cannot_be_written(self):
        client = self.client.with_user(self.owner)
        for vals in (
            {"card_completeness": 100},
            {"potential_score": 90},
            {"potential_class": "a"},
            {"client_status": "active"},
        ):
            with self.assertRefused("computed", exception=AccessError):
                client.write(vals)
            with self.assertRefused("computed", exception=AccessError):
                client.create({"name": "X", **vals})
        created = client.with_context(default_client_status="active").create(
            {"name": "Y", "is_company": True}
        )
        self.assertEqual(created.client_status, "prospect")

    def test_amounts_are_not_negative(self):
        with self.assertRefused("negative", exception=ValidationError):
            self.client.with_user(self.seller).client_budget = -1

    def test_portal_does_not_see_the_card(self):
        portal = new_test_user(self.env, "reg_portal", groups="base.group_portal")
        self.client.message_subscribe(portal.partner_id.ids)
        portal.partner_id.parent_id = self.client
        with self.assertRaises(AccessError):
            self.client.with_user(portal).read(["client_needs"])
        with self.assertRaises(AccessError):
            self.client.card_fact_ids.with_user(portal).search([])

    def test_facts_of_another_company_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "reg_sister",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.client.with_user(self.seller).client_timing = "in March"
        self._mark(self.client)
        domain = [("partner_id", "=", self.client.id)]
        for model in (
            "regulation.card.fact",
            "regulation.potential.mark",
            "regulation.potential.history",
        ):
            with self.subTest(model=model):
                records = self.env[model]
                self.assertTrue(records.with_user(self.seller).search(domain))
                self.assertFalse(records.with_user(stranger).search(domain))

    def test_catalogues_are_the_owners(self):
        for model in (
            "regulation.segment",
            "regulation.region",
            "regulation.competitor",
        ):
            with self.subTest(model=model):
                records = self.env[model]
                self.assertTrue(records.with_user(self.clerk).search([]))
                entry = records.with_user(self.owner).create({"name": "Ours"})
                with self.assertRaises(AccessError):
                    entry.with_user(self.head).name = "Mine"
                with self.assertRaises(AccessError):
                    records.with_user(self.seller).create({"name": "Mine"})

    def test_catalogues_are_kept_alike(self):
        for model in ("segment", "region", "competitor"):
            Model = self.env[f"regulation.{model}"]
            with self.subTest(model=model):
                self.assertEqual(Model._order, "sequence, name, id")
                self.assertTrue(Model._check_company_auto)
                first = Model.create({"name": "Zebra", "sequence": 1})
                last = Model.create({"name": "Aardvark"})
                self.assertTrue(last.active)
                self.assertFalse(last.company_id)
                found = Model.search([("id", "in", (first | last).ids)])
                self.assertEqual(found.ids, [first.id, last.id])

    @mute_logger("odoo.sql_db")
    def test_used_segment_stays(self):
        segment = self.env["regulation.segment"].create({"name": "Roofers"})
        self.client.client_segment_id = segment
        with self.assertRaises(Exception):  # noqa: B017 - the database refuses
            with self.env.cr.savepoint():
                segment.unlink()

    def test_card_in_the_form(self):
        with Form(self.client.with_user(self.seller)) as form:
            form.client_needs = "Slate"
            form.client_segment_id = self._ref("segment_trade")
            form.yearly_purchases = 1000
        self.assertTrue(self.client.yearly_purchases_date)
        self.assertEqual(self.client.card_fact_count, 3)
        action = self.client.action_open_card_facts()
        self.assertEqual(
            self.env["regulation.card.fact"].search_count(action["domain"]), 3
        )

    def test_first_touch_figures(self):
        client = self.client.with_user(self.seller)
        self.assertEqual(client.touch_count, 0)
        lead = self._deal(partner_id=client.id)
        call = (
            self.env["regulation.call"]
            .with_user(self.seller)
            .create(
                {
                    "lead_id": lead.id,
                    "contact_id": self.anna.id,
                    "result_id": self._ref("regulation_call_result_callback").id,
                }
            )
        )
        client.invalidate_recordset()
        self.assertEqual(client.touch_count, 1)
        self.assertEqual(client.last_contact_on, call.date)
        self.assertEqual(self.anna.last_contact_on, call.date)

    def test_stop_list(self):
        self.assertFalse(self.client.is_stop_listed)
        self.env["mail.blacklist"]._add(self.client.email)
        self.client.invalidate_recordset()
        client = self.client.with_user(self.seller)
        self.assertTrue(client.is_stop_listed)
        listed = client.search([("is_stop_listed", "=", True)])
        self.assertIn(client, listed)
        self.assertNotIn(client, client.search([("is_stop_listed", "=", False)]))
