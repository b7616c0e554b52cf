# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common_talk import TalkCommon


@tagged("post_install", "-at_install")
class TestObjection(TalkCommon):
    """The log of objections and what it teaches. (Reg. 1.3.7, D.5)"""

    def test_catalogue(self):
        """14 categories with their scripts and techniques, in both languages."""
        types = self.env["regulation.objection.type"].search([("code", "=like", "O%")])
        self.assertEqual(len(types), 14)
        for kind in types:
            self.assertTrue(kind.example and kind.script and kind.technique_ids)
        self.assertEqual(
            self.env["regulation.objection.technique"].search_count([]), 12
        )

    def test_category_shows_script_at_once(self):
        form = Form(self.env["regulation.objection"].with_user(self.seller))
        form.type_id = self._ref("regulation_objection_type_o01")
        self.assertIn("Compared with what?", form.script)
        self.assertIn(self._technique("division"), form.recommended_technique_ids[:])

    def test_wording_says_something(self):
        for wording in ("-", "n/a", "  ...  "):
            with self.assertRefused("own words", exception=ValidationError):
                self._objection(wording=wording)

    def test_resolved_needs_a_technique(self):
        for outcome in ("resolved", "conditional"):
            with self.assertRefused("technique", exception=ValidationError):
                self._objection(outcome=outcome)
        objection = self._objection(outcome="unresolved")
        with self.assertRefused("technique", exception=ValidationError):
            objection.outcome = "resolved"
        objection.write({"outcome": "resolved", "technique_id": self._technique().id})
        self.assertTrue(objection.date_resolved)

    def test_six_ticks(self):
        objection = self._objection(handled_listened=True, handled_answered=True)
        self.assertEqual(objection.handling_score, 2)

    def test_unresolved_is_followed_up(self):
        objection = self._objection(outcome="postponed")
        limit = objection._get_working_day(5)
        self.assertEqual(objection.follow_up_date, limit)
        activity = objection.follow_up_activity_id
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, limit)
        with self.assertRefused("5 working days", exception=ValidationError):
            objection.follow_up_date = limit + timedelta(days=1)
        objection.write({"outcome": "resolved", "technique_id": self._technique().id})
        self.assertFalse(activity.active)
        self.assertFalse(objection.follow_up_date)

    def test_days_to_resolve(self):
        now = fields.Datetime.now()
        objection = self._objection(outcome="unresolved", date=now - timedelta(days=4))
        self.assertFalse(objection.date_resolved)
        objection.write({
            "outcome": "resolved",
            "technique_id": self._technique().id,
            "date_resolved": now,
        })  # fmt: skip
        self.assertAlmostEqual(objection.days_to_resolve, 4.0, 2)
        with self.assertRefused("before it was raised", exception=ValidationError):
            objection.date_resolved = now - timedelta(days=9)

    def test_snapshot(self):
        """The stage of the deal and the amount as they were."""
        edition = self._approve(self._draft())
        deal = self._deal(partner_id=self.client.id, expected_revenue=700)
        objection = self._objection(lead_id=deal.id)
        self.assertEqual(objection.stage_id, edition.stage_ids[0])
        self.assertEqual(objection.amount, 700)
        self.assertEqual(objection.team_id, self.team)
        deal.expected_revenue = 900
        self.assertEqual(objection.amount, 700)

    def test_class_of_that_day_in_every_language(self):
        """What one writes in Russian, another reads in English. (Reg. D.5)"""
        self.env["res.lang"]._activate_lang("ru_RU")
        self.client.sudo().potential_class = "b"
        Objection = self.env["regulation.objection"].with_user(self.seller)
        objection = Objection.with_context(lang="ru_RU").create(
            {
                "lead_id": self.lead.id,
                "type_id": self._ref("regulation_objection_type_o01").id,
                "wording": "Ваш кирпич дороже",
            }
        )
        self.assertEqual(objection.client_class, "P-B")
        self.client.sudo().potential_class = "a"
        self.assertEqual(objection.client_class, "P-B")
        Analysis = self.env["regulation.objection.analysis"].with_user(self.seller)
        row = Analysis.search([("objection_id", "=", objection.id)])
        self.assertEqual(row.client_class, "P-B")

    def test_competitor_is_one_of_the_catalogue(self):
        kiln = self.env["regulation.competitor"].create({"name": "Other Kiln"})
        with Form(self.env["regulation.objection"].with_user(self.seller)) as form:
            form.type_id = self._ref("regulation_objection_type_o11")
            form.wording = "The other kiln is cheaper"
            form.lead_id = self.lead
            form.competitor_id = kiln
        objection = form.save()
        Analysis = self.env["regulation.objection.analysis"].with_user(self.seller)
        row = Analysis.search([("competitor_id", "=", kiln.id)])
        self.assertEqual(row.objection_id, objection)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = kiln.copy({"company_id": company.id})
        with self.assertRaises(UserError):
            objection.sudo().competitor_id = foreign

    def test_analysis(self):
        technique = self._technique().id
        now = fields.Datetime.now()
        self._objection(
            outcome="resolved", technique_id=technique, amount=10,
            date=now - timedelta(days=2), date_resolved=now, nature="excuse",
        )  # fmt: skip
        self._objection(outcome="unresolved", technique_id=technique, amount=20)
        self._objection(outcome="postponed", technique_id=technique, amount=40)
        self._objection(amount=80)
        Analysis = self.env["regulation.objection.analysis"].with_user(self.seller)
        [(count, resolved, rate, days, amount)] = Analysis._read_group(
            [("lead_id", "=", self.lead.id)],
            [],
            ["__count", "is_resolved:sum", "resolution_rate:avg",
             "days_to_resolve:avg", "amount:sum"],
        )  # fmt: skip
        self.assertEqual((count, resolved, amount), (4, 1, 150))
        self.assertEqual(rate, 50.0)  # of the two with a final outcome
        self.assertAlmostEqual(days, 2.0, 2)

    def test_no_final_outcome_is_no_rate(self):
        """No data is not zero. (ACQ-11)"""
        self._objection(outcome="postponed")
        [(rate,)] = self.env["regulation.objection.analysis"]._read_group(
            [("lead_id", "=", self.lead.id)], [], ["resolution_rate:avg"]
        )
        self.assertIs(rate, None if rate is None else False)

    def test_technique_by_category(self):
        technique = self._technique("boomerang")
        for outcome in ["resolved"] * 8 + ["unresolved"]:
            self._objection(outcome=outcome, technique_id=technique.id)
        # everybody who sells learns from all cases
        Row = self.env["regulation.objection.technique.analysis"].with_user(self.other)
        domain = [
            ("technique_id", "=", technique.id),
            ("company_id", "=", self.company.id),
            ("type_id", "=", self._ref("regulation_objection_type_o01").id),
        ]
        row = Row.search(domain)
        self.assertEqual((row.case_count, row.final_count, row.resolved_count),
                         (9, 9, 8))  # fmt: skip
        self.assertTrue(row.has_few_cases)
        self.assertFalse(row.is_recommended)
        self.assertFalse(Row.search([*domain, ("has_few_cases", "=", False)]))
        self._objection(outcome="resolved", technique_id=technique.id)
        row.invalidate_recordset()
        row = Row.search([*domain, ("has_few_cases", "=", False)])
        self.assertEqual(row.resolution_rate, 90.0)
