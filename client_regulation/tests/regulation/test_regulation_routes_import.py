# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import csv
import io

from odoo.tests import tagged

from .test_regulation_routes import RegulationRoutesCommon

COLUMNS = ["name", "type", "team_id", "stage_id", "partner_id", "expected_revenue"]
OPTIONS = {"has_headers": True, "separator": ",", "quoting": '"', "float_decimal": "."}


@tagged("post_install", "-at_install")
class TestRegulationRoutesImport(RegulationRoutesCommon):
    """Importing a file meets the gate; the message names the row. (P3)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_facts()

    def _row(self, number, column=None, revenue=5000):
        column = column or (self.col_offer if number % 2 else self.col_qualify)
        return [
            f"Deal {number:04}",
            "Opportunity",
            self.team.name,
            column.name,
            self.partner.name,
            revenue,
        ]

    def _import(self, rows, columns=None, **kwargs):
        columns = columns or COLUMNS
        file = io.StringIO()
        csv.writer(file).writerows([columns, *rows])
        wizard = (
            self.env["base_import.import"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "file": file.getvalue().encode(),
                    "file_name": "deals.csv",
                    "file_type": "text/csv",
                }
            )
        )
        return wizard.execute_import(columns, columns, dict(OPTIONS), **kwargs)

    def _imported(self):
        return self.env["crm.lead"].search([("name", "=like", "Deal 0%")], order="name")

    def test_clean_file_of_a_thousand(self):
        rows = [self._row(number) for number in range(1000)]
        result = self._import(rows)
        self.assertEqual(result["messages"], [])
        self.assertEqual(len(result["ids"]), 1000)
        deals = self._imported()
        self.assertEqual(deals.ids, result["ids"])
        self.assertEqual(deals.regulation_id, self.edition)
        self.assertEqual(deals.user_id, self.seller)
        stays = deals.passage_ids
        self.assertEqual(len(stays), 1000)
        for code, parity in (("S1", 0), ("S2", 1)):
            own = stays.filtered(lambda stay, code=code: stay.stage_id.code == code)
            self.assertEqual(own.lead_id, deals[parity::2])
            self.assertEqual(len(own.duty_ids), 1500)
        self.assertEqual(set(stays.mapped("origin")), {"entered"})

    def test_mixed_file_of_a_thousand(self):
        bad = {7, 8, 123, 500, 999}  # 8 and 500 stand in the first column
        rows = [
            self._row(number, revenue=0 if number in bad else 5000)
            for number in range(1000)
        ]
        before = self.env["crm.lead"].search_count([])
        result = self._import(rows)
        self.assertFalse(result["ids"])
        self.assertEqual(self.env["crm.lead"].search_count([]), before)
        messages = result["messages"]
        self.assertEqual({message["type"] for message in messages}, {"error"})
        self.assertEqual(
            [(m["rows"]["from"], m["rows"]["to"]) for m in messages],
            [(7, 7), (123, 123), (999, 999)],
        )
        for message in messages:
            number = message["rows"]["from"]
            self.assertIn(f"Deal {number:04}", message["message"])
            self.assertIn("S1.2", message["message"])
            self.assertIn("Expected Revenue", message["message"])
            self.assertEqual(message["message"].count("Deal 0"), 1)

    def test_first_row_is_not_blamed_for_the_last(self):
        rows = [self._row(1), self._row(3), self._row(5, revenue=0)]
        for dryrun in (True, False):
            result = self._import(rows, dryrun=dryrun)
            self.assertEqual([m["rows"]["from"] for m in result["messages"]], [2])
            self.assertFalse(self._imported())
        result = self._import([self._row(5, revenue=0)])
        self.assertEqual(len(result["messages"]), 1)

    def test_import_of_changes(self):
        """Rows with an external id change deals that are there."""
        deals = self._deal(name="One") | self._deal(name="Two", **self._facts())
        for deal in deals:
            self.env["ir.model.data"].create(
                {
                    "module": "__import__",
                    "name": f"deal_{deal.name}",
                    "model": "crm.lead",
                    "res_id": deal.id,
                }
            )
        columns = ["id", "stage_id"]
        rows = [[f"__import__.deal_{n}", self.col_offer.name] for n in ("Two", "One")]
        result = self._import(rows, columns)
        self.assertEqual([m["rows"]["from"] for m in result["messages"]], [1])
        self.assertIn("S1.2", result["messages"][0]["message"])
        for deal in deals:
            self.assertAt(deal, self.col_qualify, "S1")
        deals[0].write(self._facts())
        result = self._import(rows, columns)
        self.assertEqual(result["messages"], [])
        for deal in deals:
            self.assertAt(deal, self.col_offer, "S2")

    def test_import_of_what_the_engine_keeps(self):
        deal = self._deal()
        self.env["ir.model.data"].create(
            {
                "module": "__import__",
                "name": "deal",
                "model": "crm.lead",
                "res_id": deal.id,
            }
        )
        for column, value in (
            ("regulation_progress", "100"),
            ("regulation_state", "On track"),
            ("regulation_id/.id", str(self.edition.id)),
        ):
            result = self._import([["__import__.deal", value]], ["id", column])
            self.assertEqual(len(result["messages"]), 1)
            self.assertIn("kept by the regulation", result["messages"][0]["message"])
        duty = self._duty(deal, "S1.1")
        Duty = self.env["regulation.duty"].with_user(self.seller)
        result = Duty.load([".id", "state"], [[str(duty.id), "Done"]])
        self.assertIn("kept by the regulation", result["messages"][0]["message"])
        self.assertEqual(duty.state, "open")
