# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tests import Form, tagged

from .client_common import ClientCommon

STEPS = (
    ("C.1", "client_listed", 0),
    ("C.2", "client_scored", 50),
    ("C.3", "client_structured", 0),
    ("C.4", "first_touch", 0),
    ("C.5", "card_completeness", 70),
    ("C.6", "decision_maker", 0),
    ("C.7", "client_facts", 0),
)


@tagged("post_install", "-at_install")
class TestClientChecks(ClientCommon):
    """Steps A1.2–A2.3 and A4.2 check themselves, and are settled by the facts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.edition = cls._edition(*STEPS)
        cls.lead = cls._deal(partner_id=cls.client.id)
        cls.bare = cls.client.with_user(cls.seller)

    def _lack(self, check, lead=None):
        plan = self.edition._get_plan(self.edition.id)
        step = next(step for step in plan.steps if step.check == check)
        lead = lead or self.lead
        missing = self.env["regulation.check"]._evaluate(lead, step)
        return missing.get(lead.id)

    def _is_done(self, code, lead=None):
        self.env.flush_all()
        return bool(self._duty(lead or self.lead, code).sudo().done_on)

    def assertLacks(self, check, *texts):
        lack = self._lack(check)
        self.assertTrue(lack, f"{check} does not fail")
        for text in texts:
            self.assertIn(text, lack.text)
        self.assertTrue(lack.url)

    def test_no_client(self):
        lead = self._deal(name="Nobody yet")
        for _code, check, _value in STEPS:
            with self.subTest(check=check):
                self.assertIn("choose the client", self._lack(check, lead).text)

    def test_client_listed(self):
        self.assertLacks("client_listed", "City", "tax number or web site")
        self.bare.write({"city": "Ghent", "website": "slate.example.com"})
        self.assertFalse(self._lack("client_listed"))
        self.assertTrue(self._is_done("C.1"))
        twin = self.env["res.partner"].create(
            {
                "name": "Slate twin",
                "is_company": True,
                "website": "www.slate.example.com",
            }
        )
        self.assertLacks("client_listed", "more than once", "Slate twin")
        twin.active = False
        self.assertFalse(self._lack("client_listed"))

    def test_client_scored_is_done_with_the_last_mark(self):
        self.assertLacks("client_scored", "mark all criteria")
        self._mark(self.client, "43523")
        self.assertFalse(self._is_done("C.2"))
        last = self.client.potential_mark_ids.sorted("sequence")[-1]
        last.with_user(self.seller).write({"mark": "4", "note": "tender lost by them"})
        self.assertFalse(self._lack("client_scored"))
        self.assertTrue(self._is_done("C.2"))
        last.with_user(self.seller).mark = False
        self.assertFalse(self._is_done("C.2"))

    def test_client_scored_below_the_pass_mark(self):
        self._mark(self.client, "222222")
        self.assertLacks("client_scored", "40", "50")
        self.assertFalse(self._is_done("C.2"))

    def test_new_weights_settle_the_step(self):
        self._mark(self.client, "222225")
        self.assertFalse(self._is_done("C.2"))
        with Form(self.scale.with_user(self.owner)) as form:
            with form.criterion_ids.edit(0) as line:
                line.weight = 10
            with form.criterion_ids.edit(5) as line:
                line.weight = 30
        self.assertEqual(self.client.potential_score, 58)
        self.assertTrue(self._is_done("C.2"))

    def test_client_structured(self):
        self.assertLacks("client_structured", "Segment", "Region", "Class")
        self.bare.write(
            {
                "client_segment_id": self._ref("segment_trade").id,
                "client_region_id": self._ref("region_home").id,
            }
        )
        self.assertFalse(self._is_done("C.3"))
        self._mark(self.client)
        self.assertFalse(self._lack("client_structured"))
        self.assertTrue(self._is_done("C.3"))
        self.lead.sudo().user_id = False
        self.assertLacks("client_structured", "salesperson")
        self.bare.user_id = self.seller
        self.assertFalse(self._lack("client_structured"))

    def test_first_touch(self):
        self.assertLacks("first_touch", "Reason for the Contact", "personal data")
        self.bare.first_touch_reason = "-"
        self.assertLacks("first_touch", "Reason for the Contact")
        self.bare.write(
            {
                "first_touch_reason": "Their depot needs a roof",
                "consent_basis": "interest",
                "consent_date": "2026-01-10",
            }
        )
        self.assertFalse(self._lack("first_touch"))
        self.assertTrue(self._is_done("C.4"))
        self.env["mail.blacklist"]._add(self.client.email)
        self.env.invalidate_all()
        self.assertLacks("first_touch", "stop list")

    def test_stop_list_can_be_searched(self):
        other = self.client.copy({"name": "Free", "email": "free@slate.example.com"})
        self.env["mail.blacklist"]._add(self.client.email)
        both = [("id", "in", (self.client | other).ids)]
        Partner = self.env["res.partner"].with_user(self.seller)
        for value, found in ((True, self.client), (False, other)):
            domain = [("is_stop_listed", "=", value), *both]
            self.assertEqual(Partner.search(domain), found)
        domain = [("is_stop_listed", "in", [True, False]), *both]
        self.assertEqual(Partner.search(domain), self.client | other)

    def test_first_touch_basis_of_the_person(self):
        self.lead.partner_id = self.anna
        self.client.first_touch_reason = "Their depot needs a roof"
        self.assertLacks("first_touch", "personal data")
        self.anna.with_user(self.seller).write(
            {"consent_basis": "consent", "consent_date": "2026-01-10"}
        )
        self.assertFalse(self._lack("first_touch"))
        self.assertTrue(self._is_done("C.4"))

    def test_first_touch_is_done_when_the_basis_is_chosen(self):
        self.bare.first_touch_reason = "Their depot needs a roof"
        self.assertFalse(self._is_done("C.4"))
        self.bare.consent_basis = "interest"
        self.assertFalse(self._lack("first_touch"))
        self.assertTrue(self._is_done("C.4"))

    def test_card_completeness_is_done_when_the_card_is_filled(self):
        self.assertLacks("card_completeness", "instead of 70 %")
        self.assertFalse(self._is_done("C.5"))
        self._fill(self.bare)
        self.assertLess(self.client.card_completeness, 100)
        self.anna.with_user(self.seller).write(
            {"decision_role": "decides", "phone": "+32 470 12 34 56"}
        )
        self._mark(self.client)
        self.assertEqual(self.client.card_completeness, 100)
        self.assertFalse(self._lack("card_completeness"))
        self.assertTrue(self._is_done("C.5"))
        # the last thing written may be of a person or a mark
        self.assertTrue(self._is_done("C.2"))
        self.assertTrue(self._is_done("C.6"))

    def test_card_completeness_settled_by_a_person(self):
        Item = self.env["regulation.card.item"]
        Item.search([]).active = False
        Item.create({"name": "Decides", "rule": "decision_maker"})
        self.assertFalse(self._is_done("C.5"))
        self.anna.with_user(self.seller).decision_role = "decides"
        self.assertTrue(self._is_done("C.5"))

    def test_card_completeness_settled_by_a_mark(self):
        Item = self.env["regulation.card.item"]
        Item.search([]).active = False
        Item.create({"name": "Scored", "rule": "scored"})
        self._mark(self.client)
        self.assertTrue(self._is_done("C.5"))

    def test_decision_maker(self):
        self.assertLacks("decision_maker", "Decides")
        self.anna.with_user(self.seller).decision_role = "influences"
        self.assertFalse(self._is_done("C.6"))
        self.anna.with_user(self.seller).decision_role = "decides"
        self.assertFalse(self._lack("decision_maker"))
        self.assertTrue(self._is_done("C.6"))
        self.anna.with_user(self.seller).active = False
        self.assertFalse(self._is_done("C.6"))

    def test_decision_maker_comes_and_goes(self):
        boss = (
            self.env["res.partner"]
            .with_user(self.seller)
            .create(
                {
                    "name": "Boss",
                    "parent_id": self.client.id,
                    "decision_role": "decides",
                }
            )
        )
        self.assertTrue(self._is_done("C.6"))
        boss.sudo().unlink()
        self.assertFalse(self._is_done("C.6"))

    def test_decision_maker_of_a_private_person(self):
        person = self.env["res.partner"].create({"name": "Carl"})
        lead = self._deal(partner_id=person.id)
        self.assertFalse(self._lack("decision_maker", lead))

    def test_client_facts(self):
        self.assertLacks("client_facts", "Need", "Budget", "Competitors")
        self.bare._learn_facts(
            {
                "client_needs": "Slate",
                "client_budget": 1000,
                "client_timing": "in March",
                "decision_procedure": "The director alone",
                "competitor_ids": self._ref("competitor_none").ids,
                "yearly_purchases": 5000,
            },
            contact=self.anna,
        )
        self.assertFalse(self._lack("client_facts"))
        self.assertTrue(self._is_done("C.7"))

    def test_passed_facts_may_not_be_emptied(self):
        self._fill(self.bare)
        self.anna.write({"decision_role": "decides", "phone": "+32 470 12 34 56"})
        self._mark(self.client)
        self.lead.stage_id = self.col_offer
        with self.assertRefused("C.7"):
            self.bare.client_needs = False
        self.bare.client_needs = "Slate and gutters"

    def test_selection_offers_the_checks(self):
        offered = dict(self.env["regulation.check"]._get_selection())
        for _code, check, _value in STEPS:
            self.assertIn(check, offered)

    def test_twenty_deals_cost_as_many_queries_as_one(self):
        leads = self.lead
        for i in range(19):
            client = self.env["res.partner"].create(
                {
                    "name": f"Client {i}",
                    "is_company": True,
                    "email": f"office@client{i}.example.com",
                    "website": f"client{i}.example.com",
                    "city": "Ghent",
                }
            )
            leads |= self._deal(partner_id=client.id, name=f"Deal {i}")
        self.assertChecksDoNotGrow(leads[1:], {check for _code, check, _value in STEPS})
