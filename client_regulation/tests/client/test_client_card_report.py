# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import io
import re
from datetime import timedelta

import openpyxl
from dateutil.relativedelta import relativedelta
from lxml import html as lxml_html
from markupsafe import escape

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.misc import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..contact.common_talk import TalkCommon

#: wkhtmltopdf's remarks on the libraries of the machine
PRINTER = "odoo.addons.base.models.ir_actions_report"
REPORT = "client_regulation.client_card"
CARD = "report.client_regulation.client_card"
REGISTER = "report.client_regulation.client_register"


class CardCommon(TalkCommon):
    """A client of whom everything is known, and its card as people print it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_books()
        cls.empty = cls.env["res.partner"].create(
            {"name": "Nothing Known", "is_company": True}
        )

    @classmethod
    def _create_books(cls):
        """What an invoice needs, whether the company has a chart or not."""
        receivable, income = cls.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": kind, "reconcile": owed}
                for name, code, kind, owed in (
                    ("Owed to us", "CARDREC", "asset_receivable", True),
                    ("Sold by us", "CARDINC", "income", False),
                )
            ]
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Sales of the test",
                "code": "CARDT",
                "type": "sale",
                "default_account_id": income.id,
            }
        )
        cls.client.property_account_receivable_id = receivable
        cls.bank = cls.env["account.account"].create(
            {"name": "Our bank", "code": "CARDBNK", "account_type": "asset_current"}
        )
        cls.misc = cls.env["account.journal"].create(
            {"name": "Payments of the test", "code": "CARDP", "type": "general"}
        )

    def _fill(self):
        """Let everything that R-2 tells of happen to the client."""
        segment = self.env["regulation.segment"].create({"name": "Builders"})
        self.client.with_user(self.seller)._learn_facts(
            {
                "client_segment_id": segment.id,
                "client_size": "medium",
                "client_needs": "Bricks for five houses",
                "yearly_purchases": 1234567.89,
                "decision_procedure": "The director signs alone",
            },
            source="interview",
        )
        self.director.write({"decision_role": "decides", "attitude": "1"})
        for index in range(12):
            self._call(
                contact_id=self.director.id,
                date=fields.Datetime.now() - timedelta(days=index + 1),
            )
        self._visit()
        self.env["regulation.agreement"].with_user(self.seller).create(
            {
                "lead_id": self.lead.id,
                "subject": "Send the samples",
                "side": "us",
                "date_due": self.today + timedelta(days=5),
            }
        )
        self.env["regulation.objection"].with_user(self.seller).create(
            {
                "lead_id": self.lead.id,
                "type_id": self.env["regulation.objection.type"].search([], limit=1).id,
                "wording": "Too dear for us",
                "outcome": "unresolved",
            }
        )
        self.contract = self.env["regulation.contract"].create(
            {
                "partner_id": self.client.id,
                "lead_id": self.lead.id,
                "number": "K-77/5",
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "credit_limit": 50000,
                "discount": 2.5,
                "delivery_terms": "By our lorry",
                "user_id": self.seller.id,
            }
        )
        self._score()
        for months, amount in ((0, 1000.5), (1, 2000.25), (13, 300), (5, -150)):
            self._bill(months, amount)

    def _score(self):
        self.client.action_prepare_potential_marks()
        self.client.potential_mark_ids.write({"mark": "4", "note": "interview"})

    def _bill(self, months, amount):
        day = self.today - relativedelta(months=months)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice" if amount > 0 else "out_refund",
                "partner_id": self.client.id,
                "journal_id": self.journal.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    (0, 0, {"name": "Bricks", "price_unit": abs(amount),
                            "tax_ids": [(6, 0, [])]})
                ],
            }
        )  # fmt: skip
        move.action_post()
        return move

    def _tree(self, partners, user=None, lang="en_US"):
        Report = self.env["ir.actions.report"].with_user(user or self.seller)
        content = Report.with_context(lang=lang)._render_qweb_html(REPORT, partners.ids)
        return lxml_html.fromstring(content[0])

    def _paper(self, partners, **options):
        """``{block: {key: [texts]}}`` as printed."""
        found = {}
        for block in self._tree(partners, **options).xpath("//*[@data-block]"):
            cells = found.setdefault(block.get("data-block"), {})
            for cell in block.xpath(".//*[@data-key]"):
                text = " ".join(cell.text_content().replace("\u00a0", " ").split())
                cells.setdefault(cell.get("data-key"), []).append(text)
        return found

    def _book(self, partners, report=CARD, user=None):
        content = self.env[report].with_user(user or self.seller)._get_xlsx(partners)
        return openpyxl.load_workbook(io.BytesIO(content))

    def _blocks(self, partners, user=None):
        Dossier = self.env["regulation.client.dossier"].with_user(user or self.seller)
        blocks = Dossier._get_blocks(partners.with_user(user or self.seller))
        return {
            client: {block.key: block for block in of_client}
            for client, of_client in blocks.items()
        }


def amount_of(text):
    """The number in a printed sum."""
    digits = re.sub(r"[^\d.\-]", "", text.replace("−", "-").replace("‑", "-"))
    return float(digits)


@tagged("post_install", "-at_install")
class TestClientCardReport(CardCommon):
    """The client card on paper and as a workbook. (Reg. R-2)"""

    # ------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------

    def test_the_card_reads_the_rooms(self):
        self._fill()
        paper = self._paper(self.client)
        self.assertEqual(paper["identification"]["client_segment_id"], ["Builders"])
        self.assertEqual(paper["identification"]["client_size"], ["Medium"])
        self.assertEqual(paper["needs"]["client_needs"], ["Bricks for five houses"])
        self.assertEqual(amount_of(paper["needs"]["yearly_purchases"][0]), 1234567.89)
        self.assertEqual(paper["needs"]["yearly_purchases_source"], ["interview"])
        self.assertEqual(paper["contacts"]["name"], ["Mr Stone"])
        self.assertNotEqual(paper["contacts"]["decision_role"], ["—"])
        self.assertNotEqual(paper["contacts"]["last_contact_on"], ["—"])
        self.assertEqual(paper["contracts"]["number"], ["K-77/5"])
        self.assertEqual(paper["contracts"]["state"], ["Draft"])
        self.assertEqual(paper["contracts"]["date_to"], ["12/31/2026"])
        self.assertEqual(amount_of(paper["contracts"]["credit_limit"][0]), 50000)
        self.assertEqual(paper["contracts"]["terms"], ["By our lorry"])
        self.assertEqual(paper["agreements"]["subject"], ["Send the samples"])
        self.assertEqual(paper["objections"]["wording"], ["Too dear for us"])
        self.assertEqual(len(paper["history"]["kind"]), 10)
        self.assertEqual(paper["history"]["kind"].count("Visit"), 1)

    def test_potential_and_its_history(self):
        self._fill()
        paper = self._paper(self.client)
        self.assertEqual(amount_of(paper["class"]["potential_score"][0]), 80)
        self.assertEqual(len(paper["potential"]["score"]), 1)
        self.assertEqual(paper["potential"]["potential_class"],
                         paper["class"]["potential_class"])  # fmt: skip
        blank = self._paper(self.empty)
        self.assertEqual(blank["class"]["potential_score"], ["—"])

    def test_completeness_is_that_of_the_card(self):
        self._fill()
        self.env.flush_all()
        row = self._blocks(self.client)[self.client.id]["completeness"].rows[0]
        self.assertAlmostEqual(row["share"] * 100, self.client.card_completeness, 2)
        for name in row["missing"].split("; "):
            self.assertIn(escape(name), self.client.card_missing)

    def test_figures_are_those_of_the_books(self):
        self._fill()
        blocks = self._blocks(self.client)[self.client.id]
        figures = blocks["figures"].rows[0]
        self.assertAlmostEqual(figures["revenue"], 1000.5 + 2000.25 - 150)
        self.assertAlmostEqual(figures["receivable"], 1000.5 + 2000.25 + 300 - 150)
        months = blocks["months"].rows
        self.assertEqual(len(months), 24)
        self.assertAlmostEqual(sum(row["revenue"] for row in months), 3150.75)
        quarters = blocks["quarters"].rows
        self.assertAlmostEqual(sum(row["revenue"] for row in quarters), 3150.75)
        self.assertEqual(sum(row["orders"] for row in quarters), 3)

    def test_share_of_what_the_client_buys(self):
        self._fill()
        needs = self._blocks(self.client)[self.client.id]["needs"].rows[0]
        self.assertAlmostEqual(needs["our_share"], 2850.75 / 1234567.89)
        self.assertNotIn("share_remark", needs)
        blank = self._blocks(self.empty)[self.empty.id]["needs"].rows[0]
        self.assertIsNone(blank["our_share"])
        self.assertEqual(self._paper(self.empty)["needs"]["our_share"], ["—"])
        # more than all is shown as it is, and remarked
        self.client.yearly_purchases = 1000
        paper = self._paper(self.client)["needs"]
        self.assertEqual(paper["our_share"], ["285 %"])
        self.assertIn("ask again", paper["share_remark"][0])

    def test_share_in_the_currency_and_on_the_day_of_the_estimate(self):
        self._bill(0, 500)
        foreign = self.env["res.currency"].create({"name": "XQQ", "symbol": "Q"})
        own = self.company.currency_id
        for day, rate in ((400, 4), (10, 100)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": foreign.id,
                    "company_id": self.company.id,
                    "name": self.today - timedelta(days=day),
                    "rate": rate * own.rate,
                }
            )
        self.client.write(
            {
                "yearly_purchases": 8000,
                "yearly_purchases_currency_id": foreign.id,
                "yearly_purchases_date": self.today - timedelta(days=100),
            }
        )
        needs = self._blocks(self.client)[self.client.id]["needs"].rows[0]
        self.assertAlmostEqual(needs["our_share"], 0.25)

    def test_days_sales_outstanding(self):
        Figures = self.env["regulation.client.figures"].with_user(self.seller)
        client = self.client.with_user(self.seller)
        self.assertEqual(Figures._get_outstanding_days(client), {})
        self.assertEqual(self._paper(self.client)["figures"]["dso"], ["—"])
        invoice = self._bill(1, 1000)
        start, end = Figures._get_year_span()
        days = (end - start).days + 1
        self.assertIn(days, (365, 366))
        self.assertAlmostEqual(Figures._get_outstanding_days(client)[client.id], days)
        self._pay(invoice, 750)
        self.assertAlmostEqual(
            Figures._get_outstanding_days(client)[client.id], days / 4
        )
        self._pay(invoice, 250)
        self.assertEqual(Figures._get_outstanding_days(client)[client.id], 0)
        # an invoice that is older is still owed, but not of the period
        self._bill(14, 500)
        self.assertAlmostEqual(
            Figures._get_outstanding_days(client)[client.id], days / 2
        )
        self._bill(0, -1000)
        self.assertEqual(Figures._get_outstanding_days(client), {})

    def _pay(self, invoice, amount):
        """Money on the bank, matched with the invoice."""
        owed = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        move = self.env["account.move"].create(
            {
                "journal_id": self.misc.id,
                "line_ids": [
                    (0, 0, {"account_id": owed.account_id.id, "credit": amount,
                            "partner_id": self.client.id, "name": "Paid"}),
                    (0, 0, {"account_id": self.bank.id, "debit": amount,
                            "name": "Paid"}),
                ],
            }
        )  # fmt: skip
        move.action_post()
        (owed | move.line_ids.filtered("credit")).reconcile()

    def _sell(self, price, cost, day, confirm=True):
        product = self.env["product.product"].create(
            {"name": "Brick", "type": "service", "standard_price": cost}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.director.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "price_unit": price,
                            "tax_ids": [(6, 0, [])]})
                ],
            }
        )  # fmt: skip
        if confirm:
            order.action_confirm()
            order.date_order = fields.Datetime.to_datetime(day) + timedelta(hours=12)
        return order

    def test_margin(self):
        """Of confirmed orders; without sale_margin it is unknown, not zero."""
        self._bill(0, 100)
        for price, cost, days, confirm in (
            (100, 60, 5, True), (50, 60, 40, True), (900, 0, 400, True),
            (900, 0, 1, False),
        ):  # fmt: skip
            self._sell(price, cost, self.today - timedelta(days=days), confirm)
        blocks = self._blocks(self.client)[self.client.id]
        paper = self._paper(self.client)
        row = blocks["figures"].rows[0]
        if not self.env["regulation.client.figures"]._has_margin():
            self.assertEqual(row["margin"], "sale_margin not installed")
            self.assertEqual(paper["figures"]["margin"], ["sale_margin not installed"])
            book = self._book(self.client)
            page = next(p for p in book.worksheets if p.title.startswith("Figures"))
            heads, values = page.values
            self.assertEqual(values[heads.index("Margin")], "sale_margin not installed")
            self.assertNotIn("margin", paper["quarters"])
            return
        self.assertAlmostEqual(row["margin"], 30)
        self.assertAlmostEqual(row["margin_share"], 30 / 150)
        self.assertEqual(amount_of(paper["figures"]["margin"][0]), 30)
        quarters = [quarter["margin"] or 0 for quarter in blocks["quarters"].rows]
        self.assertAlmostEqual(sum(quarters), 930)
        self.assertEqual(self._paper(self.empty)["figures"]["margin"], ["—"])

    def test_card_and_register_tell_the_same_year(self):
        self._fill()
        self._bill(23, 70)
        self._bill(25, 9000)
        figures = self._blocks(self.client)[self.client.id]["figures"].rows[0]
        page = self._book(self.client, REGISTER).worksheets[0]
        heads, values = list(page.values)[:2]
        told = dict(zip(heads, values, strict=True))
        currency = self.company.currency_id.name
        self.assertAlmostEqual(
            told[f"Revenue of 12 Months, {currency}"], figures["revenue"]
        )
        self.assertAlmostEqual(told[f"12 Months Before, {currency}"], 370)
        self.assertAlmostEqual(told["Days Sales Outstanding"], figures["dso"])

    def test_draft_invoices_and_other_clients_do_not_count(self):
        self._bill(0, 10).button_draft()
        figures = self._blocks(self.client)[self.client.id]["figures"].rows[0]
        self.assertEqual((figures["revenue"], figures["receivable"]), (0, 0))

    def test_card_of_a_person_is_that_of_the_company(self):
        paper = self._paper(self.director)
        self.assertEqual(paper["identification"]["name"], ["Stone House"])

    # ------------------------------------------------------------
    # PAPER AND WORKBOOK
    # ------------------------------------------------------------

    def test_numbers_on_paper_are_those_of_the_workbook(self):
        self._fill()
        paper = self._paper(self.client)
        book = self._book(self.client)
        blocks = self._blocks(self.client)[self.client.id]
        self.assertEqual(len(book.worksheets), len(blocks) + 1)
        compared = 0
        for page, block in zip(book.worksheets, blocks.values(), strict=False):
            rows = list(page.values)
            for place, column in enumerate(block.columns, start=1):
                if column.kind not in ("money", "integer", "number", "percent"):
                    continue
                sheet = [row[place] for row in rows[1 : len(block.rows) + 1]]
                texts = paper[block.key].get(column.key, [])
                self.assertEqual(len(texts), len(sheet), (block.key, column.key))
                for text, number in zip(texts, sheet, strict=True):
                    with self.subTest(block=block.key, column=column.key):
                        if number is None:
                            self.assertEqual(text, "—")
                            continue
                        if column.kind == "percent":
                            number = round(number * 100)
                        # the grid of the months is in whole units
                        delta = {"months": 0.51, "number": 0.051}.get(
                            block.key, 0.051 if column.kind == "number" else 0.006
                        )
                        self.assertAlmostEqual(amount_of(text), number, delta=delta)
                        compared += 1
        self.assertGreater(compared, 50)

    def test_one_sheet_a_block_for_many_clients(self):
        self._fill()
        book = self._book(self.client | self.empty)
        page = book["Identification"]
        self.assertEqual(
            [row[0] for row in list(page.values)[1:]], ["Stone House", "Nothing Known"]
        )
        self.assertIn("Parameters", book.sheetnames)

    def test_register(self):
        self._fill()
        clients = self.client | self.empty
        rows = list(self._book(clients, REGISTER).worksheets[0].values)
        heads = rows[0]
        full, blank = rows[1:3]
        self.assertEqual((full[0], blank[0]), ("Stone House", "Nothing Known"))
        self.assertEqual(full[heads.index("Segment")], "Builders")
        self.assertAlmostEqual(full[heads.index("Potential Score")], 80)
        self.assertIsNone(blank[heads.index("Potential Score")])
        revenue = next(i for i, head in enumerate(heads) if "Revenue" in head)
        self.assertAlmostEqual(full[revenue], 1000.5 + 2000.25 - 150)
        self.assertEqual(full[heads.index("Open Agreements")], 1)

    def test_register_does_not_ask_more_for_more_clients(self):
        self._fill()

        def clients(number):
            return self.env["res.partner"].create(
                [{"name": f"R{i}", "is_company": True} for i in range(number)]
            )

        def count(partners):
            partners = partners.with_user(self.seller)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.env[REGISTER].with_user(self.seller)._get_sheets(partners)
            return self.cr.sql_log_count - start

        few, many = clients(2), clients(20)
        count(few)
        self.assertLessEqual(count(many), count(few) + 1)

    # ------------------------------------------------------------
    # EMPTY, LONG, FOREIGN
    # ------------------------------------------------------------

    def test_client_without_any_data(self):
        paper = self._paper(self.empty)
        self.assertEqual(paper["identification"]["vat"], ["—"])
        text = self._tree(self.empty).text_content()
        self.assertNotIn("False", text)
        self.assertNotIn("None", text)
        self._book(self.empty)

    @mute_logger(PRINTER)
    def test_printed_from_the_menu_as_pdf(self):
        self._fill()
        Report = self.env["ir.actions.report"].with_user(self.seller)
        for client, lang in ((self.client, "en_US"), (self.empty, "en_US")):
            # else wkhtmltopdf waits for a page that waits for this very test
            with self.allow_pdf_render():
                content, kind = Report.with_context(
                    lang=lang, force_report_rendering=True
                )._render_qweb_pdf(REPORT, client.ids)
            self.assertEqual(kind, "pdf")
            reader = PdfFileReader(io.BytesIO(content))
            self.assertLessEqual(len(reader.pages), 3)
            text = "".join(page.extract_text() for page in reader.pages)
            self.assertIn(client.name, text)

    @mute_logger(PRINTER)
    def test_pdf_has_the_numbers_of_the_workbook(self):
        self._fill()
        Report = self.env["ir.actions.report"].with_user(self.seller)
        with self.allow_pdf_render():
            content, _kind = Report.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(REPORT, self.client.ids)
        pages = PdfFileReader(io.BytesIO(content)).pages
        text = "".join(page.extract_text() for page in pages)
        text = re.sub(r"[^\d.,\-]", "", text)
        blocks = self._blocks(self.client)[self.client.id]
        by_title = {page.title: page for page in self._book(self.client).worksheets}
        for key in ("figures", "quarters", "contracts"):
            block = blocks[key]
            rows = list(by_title[block.title[:31]].values)
            for place, column in enumerate(block.columns, start=1):
                if column.kind != "money":
                    continue
                for row in rows[1 : len(block.rows) + 1]:
                    if row[place] is not None:
                        self.assertIn(f"{row[place]:,.2f}", text, (key, column.key))

    def test_in_russian(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self._fill()
        self.client.name = "ООО «Каменный дом»"
        tree = self._tree(self.client, lang="ru_RU")
        self.assertIn("ООО «Каменный дом»", tree.text_content())

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_reader_sees_no_more_than_their_own(self):
        self._fill()
        paper = self._paper(self.client, user=self.other)
        for block in ("agreements", "objections", "history", "contracts"):
            self.assertFalse(paper[block], block)
        paper = self._paper(self.client, user=self.head)
        self.assertTrue(paper["agreements"])

    def test_offered_to_who_sells(self):
        Actions = self.env["ir.actions.actions"]
        for user, offered in ((self.seller, True), (self.clerk, False)):
            bindings = Actions.with_user(user).get_bindings("res.partner")
            names = {action["name"] for action in bindings.get("report", ())}
            wanted = {"Client Card", "Client Card (XLSX)", "Client Register (XLSX)"}
            self.assertEqual(wanted <= names, offered, names)

    def test_server_actions_give_the_workbooks(self):
        for name in ("action_client_card_xlsx", "action_client_register_xlsx"):
            action = self.env.ref(f"client_regulation.{name}").with_user(self.seller)
            result = action.with_context(
                active_model="res.partner", active_ids=self.client.ids
            ).run()
            self.assertIn(f"ids={self.client.id}", result["url"])
        with self.assertRaises(UserError):
            self.env[CARD]._get_xlsx_action(self.env["res.partner"])

    def test_portal_users_print_nothing(self):
        portal = self.env["res.users"].create(
            {"name": "P", "login": "reg_portal",
             "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.env[CARD].with_user(portal)._get_xlsx(self.client.with_user(portal))
