# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import base64
import io
from datetime import date
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from ..common import RegulationCommon

PROCESSES = ("acquisition", "servicing", "base_analysis")
STAGE_FIELDS = ("code", "sequence", "name", "condition")
CELL_FIELDS = ("side", "aspect", "name")
STEP_FIELDS = (
    "code", "sequence", "name", "subject", "period", "requirement", "why", "role_id",
    "receiver_role_id", "document", "deadline", "deadline_unit", "start_event", "proof",
    "proof_kind", "quantity", "quality", "check", "check_field_ids", "check_domain",
    "check_value", "zero_allowed", "gate", "gate_from",
)  # fmt: skip


class RegulationImportCase(RegulationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "ru_RU"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.owner.lang = "en_US"

    def wizard(self, user=None, **vals):
        user = user or self.owner
        model = self.env["regulation.import"].with_user(user)
        return model.with_context(lang=user.lang).create({"name": "Our own", **vals})

    def sample(self, process="acquisition", user=None):
        wizard = self.wizard(user, process=process)
        wizard.action_download_sample()
        return base64.b64decode(wizard.download)

    def export(self, edition, user=None):
        wizard = self.wizard(user, edition_id=edition.id)
        wizard.action_download()
        return base64.b64decode(wizard.download)

    def bring_in(self, content, user=None, **vals):
        """Import a file; return the wizard and the edition, if there is one."""
        wizard = self.wizard(
            user, file=base64.b64encode(content), file_name="our.xlsx", **vals
        )
        action = wizard.action_import()
        edition = self.env["regulation.regulation"]
        if action["res_model"] == edition._name:
            edition = edition.browse(action["res_id"])
        return wizard, edition

    def assertBroughtIn(self, content, **vals):
        wizard, edition = self.bring_in(content, **vals)
        self.assertFalse(wizard.problem_html)
        self.assertEqual(edition.state, "draft")
        return edition

    def assertNotBroughtIn(self, content, *texts, count=None, **vals):
        """The file is refused with these texts, kept, and nothing is written."""
        editions = self.env["regulation.regulation"].search_count([])
        steps = self.env["regulation.step"].search_count([])
        wizard, edition = self.bring_in(content, **vals)
        self.assertFalse(edition)
        for text in texts:
            self.assertIn(text, wizard.problem_html)
        if count is not None:
            self.assertEqual(wizard.problem_count, count, wizard.problem_html)
        self.assertEqual(base64.b64decode(wizard.file), content)
        self.assertEqual(self.env["regulation.regulation"].search_count([]), editions)
        self.assertEqual(self.env["regulation.step"].search_count([]), steps)
        return wizard

    def edit(self, content, *changes, drop=()):
        """A copy of a workbook with some cells changed: (sheet, cell, value)."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet, cell, value in changes:
            book[sheet][cell] = value
        for sheet, column in drop:
            book[sheet].delete_cols(openpyxl.utils.column_index_from_string(column))
        return self.save(book)

    def save(self, book):
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    def snapshot(self, edition, lang="en_US"):
        """Everything a workbook says of an edition."""

        def values(record, names):
            return [
                record[name].ids if name.endswith("_ids") else record[name]
                for name in names
            ]

        return [
            (
                values(stage, STAGE_FIELDS),
                sorted(values(cell, CELL_FIELDS) for cell in stage.indicator_ids),
                [values(step, STEP_FIELDS) for step in stage.step_ids.sorted()],
            )
            for stage in edition.with_context(lang=lang).stage_ids.sorted()
        ]

    def numbered(self, edition):
        """The steps numbered as the order of the rows numbers them."""
        for stage in edition.stage_ids:
            for index, step in enumerate(stage.step_ids.sorted(), start=1):
                step.sequence = index * 10
        return edition

    def template(self, process="acquisition"):
        return self.env.ref(f"client_regulation.regulation_{process}")


@tagged("post_install", "-at_install")
class TestRegulationImport(RegulationImportCase):
    """A company's own regulation from a spreadsheet. (Reg. 1, 2, 3)"""

    # ------------------------------------------------------------
    # ROUND TRIP
    # ------------------------------------------------------------

    def test_sample_of_every_template_comes_back_identical(self):
        for process in PROCESSES:
            with self.subTest(process=process):
                template = self.template(process)
                draft = self.assertBroughtIn(
                    self.sample(process), process=process, name=" Our own "
                )
                self.assertEqual(self.snapshot(draft), self.snapshot(template))
                self.assertEqual(
                    self.snapshot(draft, "ru_RU"), self.snapshot(template, "ru_RU")
                )
                self.assertEqual(draft.name, "Our own")
                self.assertEqual(draft.process, process)
                self.assertEqual(draft.company_id, self.company)
                self.assertEqual(draft.owner_id, self.owner)
                # a sheet has no general provisions: they come from the template
                self.assertEqual(
                    draft.provision_ids.mapped("body"),
                    template.provision_ids.mapped("body"),
                )
                self.assertFalse(any(draft.stage_ids.get_external_id().values()))

    def test_sample_in_russian(self):
        """The sheet speaks the user's language; any language is understood."""
        for xmlid, text in (
            ("field_regulation_step__gate", "Шлагбаум"),
            ("field_regulation_step__requirement", "Что сделать"),
        ):
            self.env.ref(f"client_regulation.{xmlid}").update_field_translations(
                "field_description", {"ru_RU": text}
            )
        for value, text in (("block", "Не пускать"), ("inform", "Сказать")):
            self.env.ref(
                f"client_regulation.selection__regulation_step__gate__{value}"
            ).update_field_translations("name", {"ru_RU": text})
        self.env.registry.clear_cache()
        template = self.template()
        template.step_ids[0].with_context(lang="ru_RU").requirement = "Найти списки"
        self.owner.lang = "ru_RU"
        content = self.sample()
        steps = openpyxl.load_workbook(io.BytesIO(content)).worksheets[2]
        heads = [cell.value for cell in steps[1]]
        self.assertIn("Шлагбаум", heads)
        self.assertIn("Что сделать", heads)
        rows = {cell.value for row in steps.iter_rows(min_row=2) for cell in row}
        self.assertLessEqual({"Не пускать", "Сказать", "Найти списки"}, rows)

        draft = self.assertBroughtIn(content)
        for lang in ("en_US", "ru_RU"):
            self.assertEqual(self.snapshot(draft, lang), self.snapshot(template, lang))
        # the same file in the hands of somebody who works in English
        self.owner.lang = "en_US"
        draft = self.assertBroughtIn(content)
        self.assertEqual(
            self.snapshot(draft, "en_US"), self.snapshot(template, "ru_RU")
        )

    def test_russian_file_where_russian_is_not_installed(self):
        """A colleague's file is understood: the module ships the words itself."""
        self.owner.lang = "ru_RU"
        content = self.sample()
        self.owner.lang = "en_US"
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertIn("Шаги", book.sheetnames)
        for cell in book["Шаги"]["H"][1:]:
            cell.value = "SM"  # names of roles are data, not labels of the module
        spreadsheet = type(self.env["regulation.spreadsheet"])
        with patch.object(spreadsheet, "_get_langs", lambda self: ["en_US"]):
            draft = self.assertBroughtIn(self.save(book))
        self.assertEqual(len(draft.step_ids), len(self.template().step_ids))
        self.assertEqual(
            draft.step_ids.sorted().mapped("gate"),
            self.template().step_ids.sorted().mapped("gate"),
        )

    def test_any_edition_comes_back_identical(self):
        """Into the draft it came from: not a row is touched."""
        draft = self.numbered(self._draft())
        step = draft.step_ids.filtered(lambda s: s.code == "S2.1")
        step.write(
            {
                "check": "domain",
                "check_domain": "[('expected_revenue', '>', 0)]",
                "deadline": -1.5,
                "deadline_unit": "wh",
                "requirement": "=1+1 <b>\n- two\xa0%",
                "receiver_role_id": self.role_leg.id,
                "zero_allowed": True,
                "gate_from": "2026-03-31",
            }
        )
        draft.step_ids[0].write(
            {"role_id": False, "deadline_unit": False, "start_event": False}
        )
        draft.stage_ids[1].exit_quality = False
        before = self.snapshot(draft)
        ids = (draft.stage_ids.ids, draft.step_ids.ids, draft.scope_ids.ids)
        content = self.export(draft)
        self.assertBroughtIn(
            content, mode="replace", regulation_id=draft.id, confirm_replace=True
        )
        self.assertEqual(self.snapshot(draft), before)
        self.assertEqual(
            (draft.stage_ids.ids, draft.step_ids.ids, draft.scope_ids.ids), ids
        )
        self.assertEqual(draft.stage_ids.crm_stage_id, self.columns[:3])
        # and into a new one; the template's own stages are gone
        self.assertEqual(self.snapshot(self.assertBroughtIn(content)), before)

    def test_edition_in_force_can_be_taken_out(self):
        edition = self._approve(self.numbered(self._draft()))
        draft = self.assertBroughtIn(self.export(edition))
        self.assertEqual(self.snapshot(draft), self.snapshot(edition))

    def test_without_a_template(self):
        """A file brings its stages in where no template is left to start from."""
        content = self.sample("servicing")
        self.template("servicing").sudo()._write_lifecycle({"active": False})
        draft = self.assertBroughtIn(content, process="servicing")
        self.assertTrue(draft.active)
        self.assertEqual(len(draft.stage_ids), 6)
        self.env.cr.execute(
            "UPDATE regulation_regulation SET process = 'acquisition' WHERE id = %s",
            [self.template("servicing").id],
        )
        self.env.invalidate_all()
        draft = self.assertBroughtIn(content, process="servicing")
        self.assertEqual(draft.process, "servicing")
        self.assertEqual(len(draft.step_ids), 16)
        self.assertFalse(draft.provision_ids)

    # ------------------------------------------------------------
    # INTO A NEW DRAFT
    # ------------------------------------------------------------

    def test_changed_text_replaces_all_translations_of_the_template(self):
        template = self.template()
        template.stage_ids[0].with_context(lang="ru_RU").name = "Отбор"
        template.stage_ids[1].with_context(lang="ru_RU").name = "Контакт"
        content = self.edit(self.sample(), ("Stages", "B2", "Our selection"))
        stages = self.assertBroughtIn(content).stage_ids.with_context(lang="ru_RU")
        self.assertEqual(stages[0].name, "Our selection")
        self.assertEqual(stages[1].name, "Контакт")

    def test_smallest_file(self):
        """Only what must be there; the rest is as in a new record, not as in the
        template, though the codes are the same."""
        book = openpyxl.Workbook()
        book.active.title = "stages"
        book.active.append(["code", "name"])
        book.active.append(["A1", "Stage one"])
        book.create_sheet("indicators").append(["stage_id", "side", "aspect", "name"])
        steps = book.create_sheet("steps")
        steps.append(["stage_id", "code", "name", "subject", "start_event"])
        steps.append(["A1", "A1.3", "Step", None, None])
        steps.append(["A1", "A1.1", "Each quarter", "period", "quarter_end"])
        draft = self.assertBroughtIn(self.save(book))
        self.assertEqual(draft.stage_ids.mapped("code"), ["A1"])
        self.assertFalse(draft.stage_ids.condition)
        self.assertFalse(draft.stage_ids.indicator_ids)
        step, quarterly = draft.step_ids.sorted()
        self.assertEqual((step.code, quarterly.code), ("A1.3", "A1.1"))
        self.assertFalse(step.role_id or step.proof or step.why or step.start_event)
        self.assertEqual(
            (step.subject, step.check, step.gate, step.proof_kind, step.deadline_unit),
            ("deal", "manual", "block", "note", "wd"),
        )
        self.assertEqual(quarterly.period, "quarter")
        # what is missing for the approval is listed there, not here
        self.assertIn("lacks a responsible role", draft.gap_text)

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Branch"})
        self.owner.company_ids |= company
        Role = self.env["regulation.role"]
        Role.create([
            {"code": "T-LOCAL", "name": "Local", "company_id": company.id},
            {"code": "T-HERE", "name": "Here", "company_id": self.company.id},
        ])  # fmt: skip
        sample = self.sample()
        content = self.edit(sample, ("Steps", "H2", "Local"))
        self.assertNotBroughtIn(content, "Local", "Not one of the allowed", count=1)
        model = self.env["regulation.import"].with_user(self.owner)
        wizard = model.with_company(company).create(
            {"name": "Branch", "file": base64.b64encode(content), "file_name": "b.xlsx"}
        )
        action = wizard.action_import()
        draft = self.env["regulation.regulation"].browse(action["res_id"])
        self.assertEqual(draft.company_id, company)
        self.assertEqual(draft.step_ids.sorted()[0].role_id.code, "T-LOCAL")

    def test_roles_by_code_and_name(self):
        role = self._role("T-ANY")
        role.with_context(lang="ru_RU").name = "Любой"
        self._role("T-TWIN1").name = "Twin"
        self._role("T-TWIN2").name = "Twin"
        old = self._role("T-OLD")
        old.active = False
        content = self.edit(
            self.sample(),
            ("Steps", "H2", "t-any"),
            ("Steps", "H3", " любой\u00a0"),
            ("Steps", "H4", "T-TWIN2"),
            ("Steps", "H5", "Role T-OLD"),
            ("Steps", "H6", None),
        )
        steps = self.assertBroughtIn(content).step_ids.sorted()
        self.assertEqual(
            steps[:5].mapped(lambda step: step.role_id.code),
            ["T-ANY", "T-ANY", "T-TWIN2", "T-OLD", False],
        )
        self.assertNotBroughtIn(
            self.edit(content, ("Steps", "H4", "Twin")), "means several things", count=1
        )
        # taken out again, a name that two roles have is written as the code
        edition = self.assertBroughtIn(content)
        page = openpyxl.load_workbook(io.BytesIO(self.export(edition)))["Steps"]
        self.assertEqual(
            [page[f"H{row}"].value for row in range(2, 7)],
            ["Role T-ANY", "Role T-ANY", "T-TWIN2", "Role T-OLD", None],
        )

    def test_checks(self):
        content = self.edit(
            self.sample(),
            ("Steps", "R2", "Fields are filled"),
            ("Steps", "S2", "crm.lead.expected_revenue; partner_id.vat, phone"),
            ("Steps", "R3", "domain"),
            ("Steps", "T3", "[('partner_id.vat', '!=', False)]"),
            ("Steps", "K4", "-2,5"),
            ("Steps", "L4", "wh"),
            ("Steps", "X5", "31.03.2026"),
            ("Steps", "V5", "yes"),
        )
        steps = self.assertBroughtIn(content).step_ids.sorted()
        self.assertEqual(steps[0].check, "fields")
        self.assertEqual(
            sorted((f.model, f.name) for f in steps[0].check_field_ids),
            [
                ("crm.lead", "expected_revenue"),
                ("crm.lead", "phone"),
                ("res.partner", "vat"),
            ],
        )
        self.assertEqual(steps[1].check_domain, "[('partner_id.vat', '!=', False)]")
        self.assertEqual((steps[2].deadline, steps[2].deadline_unit), (-2.5, "wh"))
        self.assertEqual(steps[3].gate_from, date(2026, 3, 31))
        self.assertTrue(steps[3].zero_allowed)

    # ------------------------------------------------------------
    # INTO A DRAFT THAT IS THERE
    # ------------------------------------------------------------

    def replace(self, draft, content):
        return self.assertBroughtIn(
            content, mode="replace", regulation_id=draft.id, confirm_replace=True
        )

    def test_replace(self):
        draft = self._draft()
        draft.step_ids[0].with_context(lang="ru_RU").why = "Потому что"
        steps = {step.code: step for step in draft.step_ids}
        book = openpyxl.load_workbook(io.BytesIO(self.export(draft)))
        page = book["Steps"]
        self.assertEqual(page["B4"].value, "S1.3")
        page["A4"] = "S2"  # moves to another stage
        page["C3"] = "Filled in"  # is renamed
        page.delete_rows(9)  # S3.2 goes
        page.append(["S4", "S4.1", "New", *[None] * 21])
        stages = book["Stages"]
        stages["A4"], stages["B4"] = "S4", "In place of S3"
        page["A8"], page["B8"] = "S4", "S3.1"  # survives its stage
        for row in book["Indicators"].iter_rows(min_row=2, max_col=1):
            if row[0].value == "S3":
                row[0].value = "S4"
        self.replace(draft, self.save(book))
        draft.invalidate_recordset()
        self.assertEqual(draft.stage_ids.mapped("code"), ["S1", "S2", "S4"])
        self.assertEqual(
            [(step.stage_id.code, step.code) for step in draft.step_ids.sorted()],
            [("S1", "S1.1"), ("S1", "S1.2"), ("S2", "S1.3"), ("S2", "S2.1"),
             ("S2", "S2.2"), ("S2", "S2.3"), ("S4", "S3.1"), ("S4", "S4.1")],
        )  # fmt: skip
        for code in ("S1.1", "S1.2", "S1.3", "S2.1", "S3.1"):
            self.assertIn(steps[code], draft.step_ids)
        self.assertFalse(steps["S3.2"].exists())
        self.assertEqual(steps["S1.2"].name, "Filled in")
        self.assertEqual(steps["S1.1"].with_context(lang="ru_RU").why, "Потому что")
        self.assertEqual(len(draft.stage_ids[2].indicator_ids), 6)
        self.assertEqual(draft.stage_ids.crm_stage_id, self.columns[:2])
        self.assertEqual(draft.scope_ids.team_id, self.team)
        self.assertEqual(len(draft.provision_ids), 1)
        self.assertIn("our.xlsx", draft.message_ids[0].body)

    def test_columns_that_are_not_there_leave_the_draft_alone(self):
        draft = self.numbered(self._draft())
        draft.step_ids[0].write({"subject": "period", "period": "quarter"})
        before = self.snapshot(draft)
        book = openpyxl.load_workbook(io.BytesIO(self.export(draft)))
        page = book["Steps"]
        keep = ("Stage *", "Code *", "Step *", "Subject", "Gate")
        for index in range(page.max_column, 0, -1):
            if page.cell(1, index).value not in keep:
                page.delete_cols(index)
        page["E3"] = "Inform"
        self.replace(draft, self.save(book))
        draft.invalidate_recordset()
        step = draft.step_ids.filtered(lambda s: s.code == "S1.2")
        self.assertEqual(step.gate, "inform")
        step.gate = "block"
        self.assertEqual(self.snapshot(draft), before)

    def test_replacing_is_asked_for(self):
        draft = self._draft()
        content = self.export(draft)
        with self.assertRefused("3 stages and 8 steps", "Replace Its Stages"):
            self.bring_in(content, mode="replace", regulation_id=draft.id)
        with self.assertRefused("Choose the draft"):
            self.bring_in(content, mode="replace")
        edition = self._approve(draft)
        with self.assertRefused("is not a draft"):
            self.bring_in(
                content, mode="replace", regulation_id=edition.id, confirm_replace=True
            )
        with self.assertRefused("is not a draft"):
            self.bring_in(
                content,
                mode="replace",
                regulation_id=self.template().id,
                confirm_replace=True,
            )

    # ------------------------------------------------------------
    # WHAT IS WRONG
    # ------------------------------------------------------------

    def test_every_problem_names_its_place(self):
        content = self.edit(
            self.sample(),
            ("Stages", "A3", "A1"),
            ("Indicators", "C5", "Size"),
            ("Steps", "A2", "A99"),
            ("Steps", "C3", "  "),
            ("Steps", "H4", "The boss"),
            ("Steps", "K5", "1,5"),
            ("Steps", "M6", "some day"),
            ("Steps", "S7", "crm.lead.shoe_size"),
            ("Steps", "T8", "[('shoe_size', '=', 42)]"),
            ("Steps", "W9", "<script>alert(1)</script>"),
            ("Steps", "X10", "soon"),
        )
        wizard = self.assertNotBroughtIn(content, "our.xlsx")
        html = wizard.problem_html
        for sheet, row, column, text in (
            ("Stages", 3, "Code (A)", "Row 2 says the same"),
            ("Indicators", 5, "Aspect (C)", "Time, Quantity, Quality"),
            ("Steps", 2, "Stage (A)", "There is no stage with this code"),
            ("Steps", 3, "Step (C)", "This must be filled in"),
            ("Steps", 4, "Responsible Role (H)", "Sales manager"),
            ("Steps", 5, "Deadline (K)", "a whole number"),
            ("Steps", 6, "Start Event (M)", "entry into the stage"),
            ("Steps", 7, "Fields to Fill (S)", "crm.lead.shoe_size"),
            ("Steps", 8, "Condition (T)", "cannot be read"),
            ("Steps", 9, "Gate (W)", "Inform, Warn and record, Block"),
            ("Steps", 10, "Gate From (X)", "31.03.2026"),
        ):
            place = f"<td>{sheet}</td><td>{row}</td><td>{column}</td>"
            self.assertIn(place, html)
            self.assertIn(text, html.split(place)[1].split("</tr>")[0])
        self.assertNotIn("<script>", html)
        self.assertIn("&lt;script&gt;", html)

    def test_hundred_problems_are_enough(self):
        book = openpyxl.load_workbook(io.BytesIO(self.sample()))
        for number in range(150):
            book["Steps"].append(["Z", f"Z.{number}", "Lost"])
        wizard = self.assertNotBroughtIn(self.save(book), "50 more", count=150)
        self.assertEqual(wizard.problem_html.count("<tr>"), 101)

    def test_files_that_are_no_workbook(self):
        for content, text in (
            (b"code;name\n1;2", "not an Excel workbook"),
            (self.sample()[:900], "damaged"),
            (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "old Excel workbook"),
            (self.save(openpyxl.Workbook()), "The workbook is empty"),
        ):
            self.assertNotBroughtIn(content, text, count=1)
        with self.assertRefused("Choose the spreadsheet first"):
            self.wizard().action_import()

    def test_problems_in_the_language_of_the_user(self):
        self.owner.lang = "ru_RU"
        wizard = self.assertNotBroughtIn(b"nothing", count=1)
        self.assertTrue(wizard.problem_html)

    def test_every_kind_of_problem_has_words(self):
        """Whatever the reader may say, the wizard has a text for it."""
        import inspect
        import re

        from ...tools import regulation_sheet_reader as reader
        from ...tools.regulation_sheet import Problem
        from ...wizards.regulation_import_problem import describe

        source = inspect.getsource(reader)
        kinds = set(
            re.findall(r'(?:Unreadable|BadValue|reading\.add)\(\s*"(\w+)"', source)
        )
        kinds |= {"password", "old_format", "unknown_field"}
        self.assertGreater(len(kinds), 25)
        for kind in kinds:
            text = describe(self.env, Problem(kind, allowed=("one", "two")))
            self.assertNotIn("%", text)

    def test_a_file_that_was_put_right(self):
        """The same wizard takes the next file."""
        good = self.sample()
        wizard = self.assertNotBroughtIn(
            self.edit(good, ("Steps", "W9", "stop")), count=1
        )
        wizard.file = base64.b64encode(good)
        action = wizard.action_import()
        self.assertEqual(action["res_model"], "regulation.regulation")
        self.assertFalse(wizard.problem_html)

    # ------------------------------------------------------------
    # THE WIZARD
    # ------------------------------------------------------------

    def test_form(self):
        content = base64.b64encode(self.sample("servicing"))
        form = Form(self.env["regulation.import"].with_user(self.owner))
        self.assertEqual(form.mode, "new")
        form.process = "servicing"
        form.name = "From the form"
        form.file = content
        action = form.save().action_import()
        draft = self.env["regulation.regulation"].browse(action["res_id"])
        self.assertEqual((draft.name, len(draft.stage_ids)), ("From the form", 6))

    def test_names_are_asked_for(self):
        content = self.sample()
        with self.assertRefused("a name"):
            self.bring_in(content, name="  ")
        with self.assertRefused("Choose the edition"):
            self.wizard().action_download()

    def test_too_long_for_a_cell(self):
        draft = self._draft()
        draft.step_ids[0].requirement = "x" * 32_768
        with self.assertRefused("S1.1", "Requirement", "32767"):
            self.export(draft)

    def test_only_the_owner(self):
        content = self.sample()
        for user in (self.seller, self.head, self.lawyer):
            with self.assertRaises(AccessError):
                self.bring_in(content, user=user)
        wizard = self.wizard(file=base64.b64encode(content))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.with_user(self.head).action_import()
        with self.assertRaises(AccessError):
            wizard.with_user(self.seller).read(["file"])
        self.assertBroughtIn(content)

    def test_owner_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        draft = self._draft(company_id=company.id, scope_ids=[Command.create({})])
        content = self.sample()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.bring_in(
                content, mode="replace", regulation_id=draft.id, confirm_replace=True
            )


@tagged("post_install", "-at_install")
class TestRegulationImportDownload(RegulationImportCase, HttpCase):
    """The file reaches the browser of who asked for it, and nobody else's."""

    def test_download(self):
        wizard = self.wizard(process="servicing")
        url = wizard.action_download_sample()["url"]
        self.assertNotEqual(self.url_open(url).content[:2], b"PK")
        self.authenticate("reg_seller", "reg_seller")
        self.assertNotEqual(self.url_open(url).content[:2], b"PK")
        self.authenticate("reg_owner", "reg_owner")
        response = self.url_open(url)
        self.assertIn(
            "Servicing clients (sample).xlsx", response.headers["content-disposition"]
        )
        sheets = openpyxl.load_workbook(io.BytesIO(response.content)).sheetnames
        self.assertEqual(sheets, ["Stages", "Indicators", "Steps", "Help"])
