# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import io
import zipfile
from datetime import date, datetime

import openpyxl
import xlsxwriter

from odoo.tests import BaseCase

from ...tools.regulation_sheet import MAX_ROWS, SHEETS, Option, clean, dress, fold
from ...tools.regulation_sheet_reader import ENCRYPTED, MAX_BYTES, OLE, read
from ...tools.regulation_sheet_writer import write
from .properties import examples, given, st

LABELS = {
    "stages": ("Stages", ["Этапы"]),
    "indicators": ("Indicators", ["Показатели"]),
    "steps": ("Steps", ["Шаги"]),
    "help": ("Help", ["Справка"]),
}
HEADINGS = {
    ("stages", "code"): ("Code", "Код"),
    ("stages", "name"): ("Name", "Название"),
    ("steps", "gate"): ("Gate", "Шлагбаум"),
}
OPTIONS = {
    "side": (Option("entry", "Entry", "entry"), Option("exit", "Exit", "exit")),
    "aspect": (
        Option("time", "Time", "time"),
        Option("quantity", "Quantity", "quantity"),
        Option("quality", "Quality", "quality"),
    ),
    "subject": (
        Option("deal", "Deal", "deal"),
        Option("period", "Period", "period"),
        Option("event", "Event", "event"),
    ),
    "period": (Option("week", "Week", "week"), Option("month", "Month", "month")),
    "role_id": (
        Option(1, "Sales manager", "SM", ("Менеджер",)),
        Option(2, "Lawyer", "LEG", ("Юрист",)),
        Option(3, "Twin", "T1"),
        Option(4, "Twin", "T2"),
    ),
    "deadline_unit": (
        Option("wh", "working hours", "wh"),
        Option("wd", "working days", "wd"),
        Option("cd", "calendar days", "cd"),
    ),
    "check_field_ids": (
        Option(10, "crm.lead.name", "crm.lead.name", ("name",)),
        Option(11, "res.partner.vat", "res.partner.vat", ("vat",)),
    ),
    "zero_allowed": (
        Option(True, "Yes", names=("да", "true")),
        Option(False, "No", names=("false",)),
    ),
    "gate": (
        Option("inform", "Inform", "inform"),
        Option("block", "Block", "block", ("Запретить",)),
    ),
}
WORDS = {
    "title": "A regulation", "intro": ["One", "Two"], "sheet": "Sheet",
    "column": "Column", "required": "Required", "meaning": "Meaning", "yes": "Yes",
    "allowed": "Allowed", "pick": "Pick one",
}  # fmt: skip


def make_form():
    columns = {}
    for sheet in SHEETS:
        for column in sheet.columns:
            labels = HEADINGS.get((sheet.name, column.name), (column.name.title(),))
            columns[sheet.name, column.name] = {
                "label": labels[0],
                "names": labels,
                "help": "Help",
                "options": OPTIONS.get(column.name, ()),
            }
    return dress(SHEETS, LABELS, columns)


FORM = make_form()
STAGES = (("Code", "Name"), ("A1", "First"), ("A2", "Second"))
INDICATORS = (("stage_id", "side", "aspect", "name"),)
STEPS = (("stage_id", "code", "name"), ("A1", "A1.1", "Call"))


def book(stages=STAGES, indicators=INDICATORS, steps=STEPS, **others):
    """The bytes of a workbook with these rows; None leaves a sheet out."""
    target = openpyxl.Workbook()
    target.remove(target.active)
    sheets = {"Stages": stages, "Indicators": indicators, "Steps": steps, **others}
    for title, rows in sheets.items():
        if rows is not None:
            page = target.create_sheet(title)
            for row in rows:
                page.append(row)
    return save(target)


def save(target):
    content = io.BytesIO()
    target.save(content)
    return content.getvalue()


def steps(*headings, rows):
    """A workbook whose steps have these further columns."""
    return book(
        steps=[
            ["stage_id", "code", "name", *headings],
            *(["A1", f"A1.{n}", f"Step {n}", *row] for n, row in enumerate(rows, 1)),
        ]
    )


class SheetCase(BaseCase):
    def problems(self, content):
        return [
            (p.kind, p.sheet, p.row, p.column, p.value)
            for p in read(content, FORM).problems
        ]

    def assertKinds(self, content, *kinds):
        self.assertEqual([p.kind for p in read(content, FORM).problems], list(kinds))

    def values(self, name, *cells):
        """What a column of the steps makes of these cells; kinds for problems."""
        reading = read(steps(name, rows=[[cell] for cell in cells]), FORM)
        kinds = {p.row: p.kind for p in reading.problems}
        return [
            kinds.get(row.number, row.values.get(name)) for row in reading.rows("steps")
        ]


class TestSheetFile(SheetCase):
    """Whatever is handed over as a workbook gets an answer, never a traceback."""

    def test_not_a_workbook(self):
        good = book()
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr(
                "mimetype", "application/vnd.oasis.opendocument.spreadsheet"
            )
        for content, kind in (
            (b"", "empty_file"),
            (b"code;name\nA1;First", "not_xlsx"),
            (b"\x89PNG\r\n", "not_xlsx"),
            (inner.getvalue(), "not_xlsx"),
            (OLE + b"\0" * 600, "old_format"),
            (OLE + b"\0" * 600 + ENCRYPTED, "password"),
            (good[:200], "corrupt"),
            (good[: len(good) // 2], "corrupt"),
            (b"PK\x03\x04 and nothing more", "corrupt"),
            (b"x" * (MAX_BYTES + 1), "too_big"),
        ):
            with self.subTest(kind=kind, start=content[:12]):
                self.assertKinds(content, kind)

    def test_damaged_inside(self):
        source = zipfile.ZipFile(io.BytesIO(book()))
        for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w") as archive:
                for entry in source.namelist():
                    content = source.read(entry)
                    archive.writestr(entry, content[:40] if entry == name else content)
            self.assertKinds(target.getvalue(), "corrupt")

    def test_a_bomb_is_not_unpacked(self):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<x/>")
            archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 90 * 2**20)
        self.assertLess(len(target.getvalue()), 2**20)
        self.assertKinds(target.getvalue(), "too_big")

    def test_empty_workbook(self):
        self.assertKinds(save(openpyxl.Workbook()), "empty_workbook")
        self.assertKinds(book([["  "]], [], [["\u00a0"]]), "empty_workbook")

    @given(st.binary(max_size=300))
    @examples
    def test_any_bytes_have_an_answer(self, content):
        for start in (b"", b"PK\x03\x04", OLE):
            self.assertEqual(len(read(start + content, FORM).problems), 1)


class TestSheetPlaces(SheetCase):
    """Sheets, columns and rows that are not what the form says."""

    def test_a_good_workbook(self):
        reading = read(book(), FORM)
        self.assertFalse(reading.problems)
        self.assertEqual(
            [row.values for row in reading.rows("stages")],
            [{"code": "A1", "name": "First"}, {"code": "A2", "name": "Second"}],
        )
        self.assertEqual([row.number for row in reading.rows("stages")], [2, 3])
        self.assertEqual(
            reading.rows("steps")[0].values,
            {"stage_id": "A1", "code": "A1.1", "name": "Call"},
        )

    def test_names_in_any_language_and_dress(self):
        sheets = {
            " ЭТАПЫ ": [
                ["Регламент отдела"],
                [" КОД\u00a0*", "название:"],
                ["A1", "Раз"],
            ],
            "iNdicators": INDICATORS,
            "Шаги": [
                ["STAGE_ID", "code", "name", "шлагбаум"],
                ["а1", "1", "Шаг", "ЗАПРЕТИТЬ "],
            ],
            "Справка": [["what", "ever"]],
        }
        content = book(None, None, None, **sheets)
        reading = read(content, FORM)
        self.assertFalse(reading.problems)
        # the Cyrillic «а1» is the stage with the Latin code
        self.assertEqual(
            reading.rows("steps")[0].values,
            {"stage_id": "A1", "code": "1", "name": "Шаг", "gate": "block"},
        )

    def test_sheets(self):
        content = book(steps=None, Notes=[["buy milk"]], Этапы=STAGES)
        self.assertEqual(
            [problem[:2] for problem in self.problems(content)],
            [
                ("missing_sheet", ""),
                ("unknown_sheet", "Notes"),
                ("double_sheet", "Этапы"),
            ],
        )
        # blank ones and hidden ones are nobody's business
        target = openpyxl.load_workbook(io.BytesIO(book(Sheet1=[], Lists=[["x"]])))
        target["Lists"].sheet_state = "hidden"
        self.assertKinds(save(target))

    def test_columns(self):
        content = book(
            [["Code", "Colour", "Код", None], ["A1", "red", "A1", "what is this"]]
        )
        self.assertEqual(
            self.problems(content),
            [
                ("missing_column", "Stages", 1, "", ""),
                ("unknown_column", "Stages", 1, "B", "Colour"),
                ("double_column", "Stages", 1, "C", "Код"),
                ("no_heading", "Stages", 2, "D", "what is this"),
            ],
        )

    def test_no_stages(self):
        self.assertKinds(book(STAGES[:1]), "no_rows")
        self.assertKinds(book([]), "missing_column", "missing_column", "no_rows")

    def test_blank_rows_and_cells_are_skipped(self):
        reading = read(
            book([[], *STAGES, [None, "  "], [], ["A3", "Third"], ["\u00a0", ""]]), FORM
        )
        self.assertFalse(reading.problems)
        self.assertEqual([r.number for r in reading.rows("stages")], [3, 4, 7])

    def test_formatted_rows_to_the_end_of_the_sheet(self):
        target = openpyxl.load_workbook(io.BytesIO(book()))
        target["Stages"].cell(row=1_048_576, column=16_384).font = openpyxl.styles.Font(
            bold=True
        )
        self.assertKinds(save(target))

    def test_too_many_rows(self):
        rows = [[f"A{n}", "Name"] for n in range(MAX_ROWS + 1)]
        self.assertKinds(book([STAGES[0], *rows[:-1]], steps=STEPS))
        self.assertEqual(
            self.problems(book([STAGES[0], *rows])),
            [("too_many_rows", "Stages", 0, "", str(MAX_ROWS + 1))],
        )

    def test_merged_cells(self):
        target = openpyxl.load_workbook(
            io.BytesIO(book(steps=[*STEPS, [None, "A1.2", "Two"], [None, "A1.3", "3"]]))
        )
        target["Steps"].merge_cells("A2:A4")
        target["Steps"].merge_cells("F9:H12")  # nothing in it: nobody's business
        self.assertEqual(
            self.problems(save(target)), [("merged", "Steps", 2, "A", "A2:A4")]
        )

    def test_doubles(self):
        content = book(
            [*STAGES, ["а1 ", "Cyrillic"]],
            [*INDICATORS, ["A1", "Entry", "Time", "x"], ["A1", "entry", "time", "y"]],
            [*STEPS, ["A2", "A1.1", "Again"]],
        )
        reading = read(content, FORM)
        self.assertEqual(
            [(p.kind, p.sheet, p.row, p.column, p.allowed) for p in reading.problems],
            [
                ("double_row", "Stages", 4, "Code (A)", ("2",)),
                ("double_row", "Indicators", 3, "aspect (C)", ("2",)),
                ("double_row", "Steps", 3, "code (B)", ("2",)),
            ],
        )
        self.assertEqual(reading.problems[1].value, "A1, Entry, Time")

    def test_unknown_stages(self):
        content = book(
            indicators=[*INDICATORS, ["A7", "Exit", "Time", "x"]],
            steps=[*STEPS, ["A9", "A9.1", "Lost"]],
        )
        problems = read(content, FORM).problems
        self.assertEqual([p.kind for p in problems], ["unknown_stage"] * 2)
        self.assertEqual(problems[1].value, "A9")
        self.assertEqual(problems[1].allowed, ("A1", "A2"))

    def test_all_problems_at_once_and_in_order(self):
        content = steps(
            "gate", "deadline", rows=[["stop", "soon"], ["Block", 1], [1, 2]]
        )
        self.assertEqual(
            self.problems(content),
            [
                ("unknown_choice", "Steps", 2, "gate (D)", "stop"),
                ("not_number", "Steps", 2, "deadline (E)", "soon"),
                ("unknown_choice", "Steps", 4, "gate (D)", "1"),
            ],
        )


class TestSheetCells(SheetCase):
    """What stands in a cell, and what it means."""

    def test_text(self):
        self.assertEqual(
            self.values(
                "requirement", "  two\u00a0\nlines ", "≤2\u00a0%", 5, 1.5, True,
                datetime(2026, 3, 1), datetime(2026, 3, 1, 9, 30), "a_x000D_\nb", None,
            ),
            ["two\u00a0\nlines", "≤2\u00a0%", "5", "1.5", "TRUE",
             "2026-03-01", "2026-03-01 09:30", "a\nb", None],
        )  # fmt: skip
        self.assertEqual(self.values("proof", "one\n two"), ["one two"])

    def test_required(self):
        content = book(
            steps=[STEPS[0], ["A1", "A1.1", "\u00a0 "], ["A1", None, "Name"]]
        )
        self.assertEqual(
            self.problems(content),
            [
                ("empty", "Steps", 2, "name (C)", ""),
                ("empty", "Steps", 3, "code (B)", ""),
            ],
        )

    def test_codes(self):
        stages = [[1, "One"], [1.5, "Half"], [datetime(2026, 2, 1), "Date"]]
        content = book([STAGES[0], *stages], steps=[STEPS[0], ["1", 1.1, "x"]])
        reading = read(content, FORM)
        self.assertEqual([p.kind for p in reading.problems], ["code_is_date"])
        self.assertEqual(reading.rows("steps")[0].values["code"], "1.1")
        self.assertEqual(
            [row.values.get("code") for row in reading.rows("stages")],
            ["1", "1.5", None],
        )

    def test_numbers(self):
        self.assertEqual(
            self.values(
                "check_value",
                1, 1.5, "1,5", " 1.5 ", "-3", "−3", "1 000", "+2", "0", None,
            ),
            [1, 1.5, 1.5, 1.5, -3, -3, 1000, 2, 0, None],
        )  # fmt: skip
        self.assertEqual(
            self.values("check_value", "1,5,0", "5 days", "1e3", "inf", "½", True,
                        datetime(2026, 5, 1), "1.000,5"),
            ["not_number"] * 8,
        )  # fmt: skip
        self.assertEqual(
            self.values("check_value", 1e9, -1e9, "99999"), ["number_too_big"] * 3
        )

    def test_whole_days(self):
        content = steps(
            "deadline", "deadline_unit",
            rows=[[1.5, "wh"], ["1,5", "working days"], [-0.5, "cd"], [2, "wd"], [1.5]],
        )  # fmt: skip
        self.assertEqual(
            self.problems(content),
            [
                ("not_whole", "Steps", 3, "deadline (D)", "1.5"),
                ("not_whole", "Steps", 4, "deadline (D)", "-0.5"),
            ],
        )

    def test_dates(self):
        day = date(2026, 3, 31)
        self.assertEqual(
            self.values("gate_from", day, datetime(2026, 3, 31, 12), "2026-03-31",
                        "31.03.2026", " 31.3.2026 ", None),
            [day, day, day, day, day, None],
        )  # fmt: skip
        self.assertEqual(
            self.values("gate_from", "03/31/2026", "31.02.2026", "tomorrow", 46112,
                        "31.03.26", "0001-01-01"),
            ["not_date"] * 6,
        )  # fmt: skip

    def test_choices(self):
        self.assertEqual(
            self.values(
                "gate", "Block", "block", " BLOCK", "запретить", "Inform", None
            ),
            ["block", "block", "block", "block", "inform", None],
        )
        self.assertEqual(
            self.values("role_id", "Sales  manager", "sm", "Юрист", "leg", "T2"),
            [1, 1, 2, 2, 4],
        )
        self.assertEqual(
            self.values("role_id", "Twin", "Boss"), ["ambiguous", "unknown_choice"]
        )
        self.assertEqual(
            self.values("zero_allowed", True, "yes", "ДА", "No", False),
            [True] * 3 + [False] * 2,
        )
        problem = read(steps("gate", rows=[["stop"]]), FORM).problems[0]
        self.assertEqual(problem.allowed, ("Inform", "Block"))

    def test_fields(self):
        self.assertEqual(
            self.values("check_field_ids", "crm.lead.name", "name; vat",
                        "res.partner.vat,\ncrm.lead.name,", "vat, vat"),
            [[10], [10, 11], [11, 10], [11]],
        )  # fmt: skip
        problem = read(steps("check_field_ids", rows=[["name, shoe"]]), FORM).problems[
            0
        ]
        self.assertEqual((problem.kind, problem.allowed), ("unknown_field", ("shoe",)))

    def test_conditions(self):
        self.assertEqual(
            self.values("check_domain", "[('name', '!=', False)]", "[]"),
            ["[('name', '!=', False)]", "[]"],
        )
        self.assertEqual(
            self.values("check_domain", "[('name'", "__import__('os')", "name",
                        "('a',)", "[" * 500, 5),
            ["not_domain"] * 6,
        )  # fmt: skip

    def test_period_only_for_period_steps(self):
        content = steps(
            "subject", "period",
            rows=[["Period", "Month"], ["Deal", "Month"], [None, "Month"], ["Event"]],
        )  # fmt: skip
        self.assertEqual(
            self.problems(content), [("no_period", "Steps", 3, "period (E)", "month")]
        )

    def test_formulas(self):
        """Values count; a formula without a saved value is said, not skipped."""
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as saved:
            pages = {
                name: saved.add_worksheet(name) for name in ("Stages", "Indicators")
            }
            for row, cells in enumerate(STAGES):
                pages["Stages"].write_row(row, 0, cells)
            pages["Stages"].write_formula(1, 0, '="A"&1', None, "A1")
            pages["Indicators"].write_row(0, 0, INDICATORS[0])
            page = saved.add_worksheet("Steps")
            page.write_row(0, 0, [*STEPS[0], "requirement"])
            page.write_row(1, 0, ["A1", "A1.1", "Call"])
            page.write_formula(1, 3, "=NA()", None, "#N/A")
        self.assertEqual(
            self.problems(target.getvalue()),
            [("cell_error", "Steps", 2, "requirement (D)", "#N/A")],
        )
        unsaved = book(steps=[STEPS[0], ["A1", "A1.1", '="Ca"&"ll"']])
        self.assertEqual(
            self.problems(unsaved),
            [("unsaved_formula", "Steps", 2, "name (C)", '="Ca"&"ll"')],
        )

    def test_long_blanks_take_no_time(self):
        text = "a" + " " * 32_000 + "b"
        self.assertEqual(clean(text), text)
        self.assertEqual(fold(text), fold("a b"))


class TestSheetWriter(SheetCase):
    """What is written is read back."""

    ROWS = {
        "stages": [
            {"code": "A1", "name": "First", "condition": "two\nlines"},
            {"code": "1.10", "name": "=1+1", "condition": False},
        ],
        "indicators": [
            {"stage_id": "A1", "side": "entry", "aspect": "time", "name": "≤2\u00a0%"}
        ],
        "steps": [
            {
                "stage_id": "1.10", "code": "1.2", "name": "Call", "subject": "period",
                "period": "month", "requirement": "- a\n- b", "role_id": 4,
                "deadline": -1.5, "deadline_unit": "wh", "check_field_ids": [11, 10],
                "gate": "block",
                "check_domain": "[('name', '!=', False)]", "zero_allowed": True,
                "gate_from": date(2026, 3, 31), "check_value": 0.0,
            },
        ],
    }  # fmt: skip

    def test_round_trip(self):
        reading = read(write(FORM, self.ROWS, WORDS), FORM)
        # a role whose name is not unique is written by the caller as its code
        self.assertEqual([p.kind for p in reading.problems], ["ambiguous"])
        self.ROWS["steps"][0]["role_id"] = 2
        reading = read(write(FORM, self.ROWS, WORDS), FORM)
        self.assertFalse(reading.problems)
        for name, rows in self.ROWS.items():
            for row, expected in zip(reading.rows(name), rows, strict=True):
                for column, value in row.values.items():
                    wanted = expected.get(column)
                    self.assertEqual(value, None if wanted is False else wanted, column)

    def test_what_people_see(self):
        target = openpyxl.load_workbook(io.BytesIO(write(FORM, self.ROWS, WORDS)))
        self.assertEqual(target.sheetnames, ["Stages", "Indicators", "Steps", "Help"])
        page = target["Steps"]
        self.assertEqual(page.freeze_panes, "D2")
        self.assertEqual(page["A1"].value, "Stage_Id *")
        self.assertEqual(page["B2"].number_format, "@")
        lists = {
            str(rule.sqref): rule.formula1
            for rule in page.data_validations.dataValidation
        }
        self.assertEqual(
            lists[f"A2:A{MAX_ROWS + 1}"], f"'Stages'!$A$2:$A${MAX_ROWS + 1}"
        )
        sheet, cells = lists[f"D2:D{MAX_ROWS + 1}"].split("!")
        values = [
            row[0].value for row in target[sheet.strip("'")][cells.replace("$", "")]
        ]
        self.assertEqual(values, ["Deal", "Period", "Event"])

    def test_an_empty_form(self):
        content = write(FORM, {}, WORDS)
        self.assertKinds(content, "no_rows")

    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
    @examples
    def test_any_text_comes_back(self, text):
        rows = {"stages": [{"code": "A", "name": "x", "condition": text}]}
        if "_x00" in text or "x005F_" in text:
            return  # the escapes of the format itself
        reading = read(write(FORM, rows, WORDS), FORM)
        self.assertFalse(reading.problems)
        self.assertEqual(
            reading.rows("stages")[0].values["condition"], clean(text) or None
        )
