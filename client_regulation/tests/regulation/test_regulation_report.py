# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import hashlib
import io
import re
from unittest.mock import patch

from lxml import html as lxml_html

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.misc import file_path, mute_logger
from odoo.tools.pdf import PdfFileReader
from odoo.tools.translate import translation_file_reader

from ...models.regulation.regulation_printout import REPORT
from ...reports.regulation.process_scheme import MAX_HEIGHT, draw, wrap
from ..common import RegulationCommon

PRINTOUT = "odoo.addons.client_regulation.models.regulation.regulation_printout"
RENDER = "odoo.addons.base.models.ir_actions_report.IrActionsReport._render_qweb_pdf"


class ReportCommon(RegulationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.template = cls.env.ref("client_regulation.regulation_acquisition")
        cls.Report = cls.env["ir.actions.report"]

    def _html(self, regulation, lang="en_US", user=None):
        """The printed words of an edition, and nothing but them."""
        Report = self.Report.with_user(user or self.owner).with_context(lang=lang)
        tree = lxml_html.fromstring(Report._render_qweb_html(REPORT, regulation.ids)[0])
        for node in tree.xpath("//style | //script"):
            node.getparent().remove(node)
        return " ".join(tree.text_content().replace("\u00a0", " ").split())

    def _print(self, regulation, lang="en_US", user=None):
        Report = self.Report.with_user(user or self.owner).with_context(lang=lang)
        return Report._render_qweb_pdf(REPORT, regulation.ids)


@tagged("post_install", "-at_install")
class TestRegulationReport(ReportCommon):
    """The regulation as a document. (Reg. R-1)"""

    # ------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------

    def test_everything_is_printed_in_both_languages(self):
        for lang in ("en_US", "ru_RU"):
            template = self.template.with_context(lang=lang)
            text = self._html(template, lang)
            with self.subTest(lang=lang):
                self.assertIn(template.name, text)
                for provision in template.provision_ids:
                    self.assertIn(provision.name, text)
                for stage in template.stage_ids:
                    self.assertIn(f"{stage.code}. {stage.name}", text)
                    self.assertIn(stage.condition, text)
                    for cell in stage.indicator_ids:
                        self.assertIn(" ".join(cell.name.split()), text)
                for step in template.step_ids:
                    self.assertIn(f"{step.code} {step.name}", text)
                    for name in ("requirement", "why", "quantity", "quality", "proof"):
                        self.assertIn(" ".join((step[name] or "").split()), text)
                    self.assertIn(step._get_deadline_text(), text)
                    self.assertIn(step.role_id.name, text)

    def test_provisions_and_stages_are_numbered(self):
        text = self._html(self._draft())
        for heading in (
            "1. General provisions",
            "1.1. Purpose",
            "2. Stage S1. Qualify",
            "4. Stage S3. Close",
            "Annex 1. Process scheme",
            "Annex 6. Acknowledgement sheet",
        ):
            # in the contents and above the text itself
            self.assertEqual(text.count(heading), 2, heading)

    def test_gate_and_rhythm_are_said_in_words(self):
        edition = self._draft()
        steps = edition.step_ids.grouped("code")
        steps["S1.1"].gate_from = "2030-05-01"
        document = self.env[f"report.{REPORT}"]
        words = {code: document._get_gate_text(step) for code, step in steps.items()}
        self.assertEqual(words["S1.1"], "blocks the transition from 05/01/2030")
        self.assertEqual(words["S1.2"], "blocks the transition")
        self.assertEqual(words["S1.3"], "warns, is recorded")
        self.assertEqual(words["S2.3"], "informs")
        self.assertEqual(words["S3.2"], "every month")

    def test_information_flow_names_both_sides(self):
        template = self.env.ref("client_regulation.regulation_servicing")
        values = self.env[f"report.{REPORT}"]._get_report_values(template.ids)
        rows = {row["code"]: row for row in values["documents"][0]["flow"]["rows"]}
        steps = template.step_ids.filtered("document")
        self.assertEqual(set(rows), set(steps.mapped("code")))
        for step in steps:
            self.assertEqual(rows[step.code]["sender"], step.role_id.name)

    def test_roles_show_who_fills_them(self):
        edition = self._draft()
        assignment = self.role_leg.assignment_ids
        assignment.write({"date_to": "2030-01-01", "substitute_id": self.clerk.id})
        values = self.env[f"report.{REPORT}"]._get_report_values(edition.ids)
        [document] = values["documents"]
        rows = [
            row
            for row in document["roles"]["rows"]
            if row["role"] == self.role_leg.name
        ]
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0]["person"], self.lawyer.name)
        self.assertEqual(rows[0]["substitute"], self.clerk.name)
        self.assertEqual(rows[0]["dates"], "01/01/2020 – 12/31/2029")
        [seller] = [
            row for row in document["roles"]["rows"] if row["role"] == self.role_sm.name
        ]
        self.assertEqual(
            seller["person"], f"The deal's salesperson: {self.seller.name}"
        )
        visas = {row["role"]: row["person"] for row in document["visas"]["rows"]}
        self.assertEqual(visas[self.role_leg.name], self.lawyer.name)

    def test_marks_of_what_does_not_bind(self):
        self.assertIn("TEMPLATE", self._html(self.template))
        draft = self._draft()
        text = self._html(draft)
        self.assertIn("DRAFT", text)
        self.assertNotIn("APPROVED", text)
        self._approve(draft)
        text = self._html(draft)
        self.assertNotIn("DRAFT", text)
        self.assertIn("APPROVED", text)
        draft.with_user(self.owner).action_repeal()
        self.assertIn("REPEALED", self._html(draft))

    def test_stamp_names_who_approved_and_when(self):
        self.owner.partner_id.function = "Managing director"
        edition = self._approve(self._draft())
        [document] = self.env[f"report.{REPORT}"]._get_report_values(edition.ids)[
            "documents"
        ]
        self.assertEqual(document["stamp"]["position"], "Managing director")
        self.assertIn(self.owner.name, document["stamp"]["signature"])
        self.assertTrue(document["stamp"]["date"])

    def test_change_register(self):
        edition = self._approve(self._draft())
        edition.with_user(self.owner).action_new_edition()
        second = edition.next_ids
        second.change_note = "Lawyers asked for more time"
        second.step_ids.filtered(lambda step: step.code == "S2.2").deadline = 7
        text = self._html(second)
        self.assertIn("Lawyers asked for more time", text)
        self.assertIn("First edition", text)
        self.assertIn("S2.2 Step S2.2", text.split("Annex 4. Change register")[-1])
        self.assertIn("There is no previous edition.", self._html(edition))

    def test_acknowledgement_sheet(self):
        edition = self._approve(self._draft())
        own = edition.acknowledgement_ids.filtered(
            lambda row: row.user_id == self.lawyer
        )
        own.with_user(self.lawyer).action_acknowledge()
        [document] = self.env[f"report.{REPORT}"]._get_report_values(edition.ids)[
            "documents"
        ]
        rows = {row["person"]: row for row in document["acknowledgements"]["rows"]}
        self.assertTrue(rows[self.lawyer.name]["date"])
        self.assertFalse(rows[self.seller.name]["date"])
        self.assertIn(self.role_leg.name, rows[self.lawyer.name]["position"])
        free = [
            row for row in document["acknowledgements"]["rows"] if not row["person"]
        ]
        self.assertEqual(len(free), 5)

    def test_empty_sections_say_so(self):
        bare = self.env["regulation.regulation"].create(
            {"name": "Bare", "process": "servicing"}
        )
        text = self._html(bare)
        for line in (
            "The edition has no general provisions.",
            "The edition has no stages.",
            "No step names a role.",
            "No step hands a document over.",
            "There is no previous edition.",
            "Nobody has been named to acknowledge it yet.",
        ):
            self.assertIn(line, text)

    def test_pictures_of_the_text_are_in_the_file(self):
        secret = self.env["ir.attachment"].create({"name": "secret", "raw": b"secret"})
        public = self.env["ir.attachment"].create(
            {"name": "scheme.png", "raw": b"picture", "public": True}
        )
        document = self.env(user=self.lawyer)[f"report.{REPORT}"]
        text = document._inline_images(
            f'<p><img src="/web/image/{public.id}-1/x.png?unique=1"/>'
            f'<img src="/web/image/{secret.id}"/></p>'
        )
        self.assertIn("base64,cGljdHVyZQ==", text)
        self.assertIn(f'/web/image/{secret.id}"', text)
        self.assertNotIn(f'src="/web/image/{secret.id}"', text)

    # ------------------------------------------------------------
    # LANGUAGE
    # ------------------------------------------------------------

    def test_russian_leaves_no_english_of_the_template(self):
        terms = self._get_russian_terms()
        views = self.env["ir.ui.view"].search(
            [("key", "like", "client_regulation.regulation_report_")]
        )
        field = views._fields["arch_db"]
        for view in views.with_context(lang=None):
            for term in field.get_trans_terms(view.arch_db):
                self.assertTrue(terms.get(term), f"{view.key}: {term!r}")

    def test_russian_prints_no_english_heading(self):
        self._get_russian_terms()
        text = self._html(self.template, "ru_RU")
        self.assertIn("Общие положения", text)
        # words of the template's own; the texts of the edition come from its data
        for word in ("Annex", "Stage ", "Deadline", "Responsible", "Page ", "TEMPLATE"):
            self.assertNotIn(word, text)

    def _get_russian_terms(self):
        """The module's Russian, loaded; skips while there is no ru.po."""
        try:
            path = file_path("client_regulation/i18n/ru.po")
        except FileNotFoundError:
            self.skipTest("There is no i18n/ru.po yet.")
        self.env["ir.module.module"]._load_module_terms(
            ["client_regulation"], ["ru_RU"], overwrite=True
        )
        with open(path, "rb") as file:
            return {
                row["src"]: row["value"]
                for row in translation_file_reader(file, fileformat="po")
            }

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_participant_prints_and_stranger_does_not(self):
        edition = self._approve(self._draft())
        content, _kind = self._print(edition, user=self.lawyer)
        self.assertTrue(content)
        for rendering in (self._print, self._html):
            with self.assertRaises(AccessError):
                rendering(edition, user=self.clerk)

    # ------------------------------------------------------------
    # THE SIGNED FILE
    # ------------------------------------------------------------

    def test_approval_stores_a_file_in_every_language(self):
        edition = self._draft()
        self.assertFalse(edition.printout_ids)
        self._approve(edition)
        codes = {code for code, _name in self.env["res.lang"].get_installed()}
        self.assertEqual(set(edition.printout_ids.mapped("lang")), codes)
        self.assertLessEqual({"en_US", "ru_RU"}, codes)
        self.assertFalse(edition.is_printout_missing)
        for printout in edition.printout_ids:
            content = printout.attachment_id.raw
            self.assertEqual(printout.sha256, hashlib.sha256(content).hexdigest())
            # under test Odoo prints HTML
            self.assertIn(b"S3.2", content)
            self.assertTrue(printout.attachment_id.name.endswith(".html"))
            self.assertNotEqual(printout.attachment_id.mimetype, "application/pdf")

    def test_print_gives_back_the_signed_bytes(self):
        """A gate changed after the approval does not reach the signed file."""
        edition = self._approve(self._draft())
        signed, _kind = self._print(edition)
        printout = edition.printout_ids.filtered(lambda file: file.lang == "en_US")
        self.assertEqual(signed, printout.attachment_id.raw)
        step = edition.step_ids.filtered(lambda step: step.code == "S1.1")
        step.with_user(self.owner).gate = "inform"
        self.assertEqual(self._print(edition)[0], signed)
        self.assertEqual(self._print(edition, user=self.seller)[0], signed)
        self.assertNotEqual(self._print(edition, lang="ru_RU")[0], signed)
        self.assertIn("S1.1", str(edition.message_ids.mapped("body")))
        edition.with_user(self.owner).action_repeal()
        self.assertEqual(self._print(edition)[0], signed)

    def test_language_of_the_user_when_nothing_else_is_said(self):
        edition = self._approve(self._draft())
        self.owner.lang = "ru_RU"
        russian = edition.printout_ids.filtered(lambda file: file.lang == "ru_RU")
        Report = self.Report.with_user(self.owner).with_context(lang=None)
        content, _kind = Report._render_qweb_pdf(REPORT, edition.ids)
        self.assertEqual(content, russian.attachment_id.raw)

    def test_changed_file_is_not_printed(self):
        edition = self._approve(self._draft())
        printout = edition.printout_ids.filtered(lambda file: file.lang == "en_US")
        printout.attachment_id.raw = b"%PDF-something else"
        with self.assertRaisesRegex(UserError, "changed outside"):
            self._print(edition)

    def test_signed_file_cannot_be_replaced(self):
        edition = self._approve(self._draft())
        printout = edition.printout_ids[0]
        with self.assertRaises(UserError):
            printout.sudo().sha256 = "0"
        with self.assertRaises(UserError):
            printout.sudo().unlink()
        for user in (self.owner, self.seller):
            with self.assertRaises(AccessError):
                printout.attachment_id.with_user(user).raw = b"forged"
            with self.assertRaises(AccessError):
                self.env["regulation.printout"].with_user(user).create(
                    {
                        "regulation_id": edition.id,
                        "lang": "de_DE",
                        "attachment_id": printout.attachment_id.id,
                        "sha256": "0",
                    }
                )

    @mute_logger(PRINTOUT)
    def test_approval_stands_when_printing_fails(self):
        for failure in (
            {"side_effect": UserError("wkhtmltopdf is missing")},
            {"side_effect": OSError("broken")},
            {"return_value": (b"", "pdf")},
        ):
            edition = self._draft(name=f"Edition {failure}")
            with patch(RENDER, **failure):
                self._approve(edition)
            self.assertEqual(edition.state, "in_force")
            self.assertFalse(edition.printout_ids)
            self.assertTrue(edition.is_printout_missing)
            self.assertIn(
                "could not be printed", str(edition.message_ids.mapped("body"))
            )

    @mute_logger(PRINTOUT)
    def test_missing_files_are_printed_later(self):
        edition = self._draft()
        with patch(RENDER, side_effect=UserError("no printer")):
            self._approve(edition)
        with self.assertRaises(AccessError):
            edition.with_user(self.seller).action_sign_missing()
        edition.with_user(self.owner).action_sign_missing()
        edition.invalidate_recordset()
        self.assertFalse(edition.is_printout_missing)
        kept = edition.printout_ids
        edition.with_user(self.owner).action_sign_missing()
        self.assertEqual(edition.printout_ids, kept)

    def test_only_what_is_in_force_is_signed(self):
        with self.assertRaises(UserError):
            self._draft().with_user(self.owner).action_sign_missing()

    def test_other_reports_print_as_ever(self):
        layout = self.env.ref("web.minimal_layout")
        other = self.env.ref("client_regulation.action_report_client_card")
        self.assertEqual(other._get_layout(), layout)
        self.assertEqual(self.Report._get_layout(), layout)


@tagged("post_install", "-at_install")
class TestRegulationReportPaper(ReportCommon):
    """What wkhtmltopdf is given, and what it gives back. (Reg. R-1)"""

    def test_nothing_is_fetched(self):
        """The approval is not committed and no other worker may be there."""
        report = self.env.ref("client_regulation.action_report_regulation")
        html = self.Report._render_qweb_html(REPORT, self.template.ids)[0]
        bodies, ids, header, footer, _args = report._prepare_html(
            html, report_model="regulation.regulation"
        )
        self.assertEqual(ids, self.template.ids)
        for part in (*bodies, header, footer):
            self.assertNotIn("<link", part)
            self.assertFalse(re.search(r'(src|href)="(?!#|data:)', part))
            self.assertFalse(re.search(r"url\((?!data:)", part))
        self.assertIn('class="topage"', footer)

    def test_pdf_has_pages_headings_and_their_numbers(self):
        if self.Report.get_wkhtmltopdf_state() != "ok":
            self.skipTest("wkhtmltopdf is not there.")
        edition = self._draft()
        Report = self.Report.with_context(force_report_rendering=True, lang="en_US")
        content, kind = Report._render_qweb_pdf(REPORT, edition.ids)
        self.assertEqual(kind, "pdf")
        outline = Report._read_outline(io.BytesIO(content))
        headings = [heading for heading, _page in outline]
        self.assertIn("1. General provisions", headings)
        self.assertIn("Annex 6. Acknowledgement sheet", headings)
        document = self.env[f"report.{REPORT}"].with_context(lang="en_US")
        printed = document._prepare_document(edition.sudo(), outline)
        last = len(PdfFileReader(io.BytesIO(content)).pages)
        self.assertEqual(printed["headings"][-1]["page"], str(last))
        self.assertTrue(all(heading["page"] for heading in printed["headings"]))

    def test_signed_pdf_is_stored_as_pdf(self):
        edition = self._draft()
        pdf = b"%PDF-1.4 signed"
        with patch(RENDER, return_value=(pdf, "pdf")):
            self._approve(edition)
        for printout in edition.printout_ids:
            self.assertEqual(printout.attachment_id.mimetype, "application/pdf")
            self.assertTrue(printout.attachment_id.name.endswith(".pdf"))
        self.assertEqual(self._print(edition), (pdf, "pdf"))

    def test_scheme_wraps_and_goes_on_over_pages(self):
        stage = {
            "code": "A1",
            "name": "Поддержание лояльности и передача на обслуживание " * 2,
            "exit_time": "обратная связь ≤10 рабочих дней после поставки",
            "condition": "договор подписан <обеими> сторонами",
        }
        pictures = draw([stage] * 20, "Срок")
        self.assertGreater(len(pictures), 1)
        for picture in pictures:
            height = int(re.search(r'height="(\d+)"', picture).group(1))
            self.assertLessEqual(height, MAX_HEIGHT + 10)
            self.assertIn("&lt;обеими&gt;", picture)
        self.assertEqual(sum(picture.count(">A1<") for picture in pictures), 20)

    def test_long_words_are_broken(self):
        lines = wrap("а" * 100, 100, 12)
        self.assertGreater(len(lines), 5)
        self.assertEqual("".join(lines), "а" * 100)
        self.assertEqual(wrap("", 100, 12), [])
