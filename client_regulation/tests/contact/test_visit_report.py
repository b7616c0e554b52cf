# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import io
import warnings

import openpyxl

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .visit_common import VisitCommon

REPORT = "client_regulation.regulation_visit_report_document"


@tagged("post_install", "-at_install")
class TestVisitReport(VisitCommon):
    """R-3: one form before and after the visit, and the register."""

    def _html(self, visit):
        Report = self.env["ir.actions.report"].with_user(self.seller)
        return Report._render_qweb_html(REPORT, visit.ids)[0].decode()

    def test_before_and_after(self):
        visit = self._prepare(self._visit(days=-1, name="Пробный заказ"))
        page = self._html(visit)
        for text in (
            "Visit Preparation Sheet",
            visit.number,
            "Brick Works",
            "A trial order of 500 bricks",
            "Goal is measurable",
            "Compared with what?",
            "8. Next step",
        ):
            self.assertIn(text, page)
        promise = Command.create({"subject": "Send samples", "date_due": "2026-03-06"})
        self._wizard(visit, agreement_ids=[promise]).action_report()
        page = self._html(visit)
        for text in ("Visit Report", "Send samples", "Call Anna on Monday", "—"):
            self.assertIn(text, page)

    def test_register(self):
        visit = self._visit(days=-1)
        objection = {"type_id": self.price.id, "wording": "Too dear"}
        self._wizard(
            visit, objection_ids=[Command.create(objection)], talk_share=60
        ).action_report()
        provider = self.env[f"report.{REPORT}"].with_user(self.seller)
        data = provider._get_xlsx(visit | self._visit())
        with warnings.catch_warnings():  # openpyxl does not know our footer
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data))
        self.assertEqual(
            book.sheetnames, ["Visits", "Objections", "Agreements", "Parameters"]
        )
        rows = list(book["Visits"].values)
        head = rows[0]
        self.assertEqual(len(rows), 4, "head, two visits, total")
        first = dict(zip(head, rows[1], strict=True))
        self.assertEqual(first["Outcome"], "Continuation")
        self.assertEqual(first["Client's Share of Talk, %"], 60)
        self.assertEqual(first["Client"], "Brick Works")
        self.assertEqual(first["Objections"], 1)
        self.assertEqual(list(book["Objections"].values)[1][4], "Too dear")
        with self.assertRaises(AccessError):
            provider.with_user(self.other)._get_xlsx(visit.with_user(self.other))
