# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Tables as an .xlsx workbook: columns are declared, numbers stay numbers."""

import io
from dataclasses import dataclass, field
from datetime import datetime

import xlsxwriter

#: number format of each kind of column
FORMATS = {
    "text": "@",
    "integer": "#,##0",
    "number": "#,##0.00",
    "money": "#,##0.00",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "url": "@",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    :param key: name of the value in the rows, which are dicts
    :param kind: text, integer, number, money, percent (0.5 is 50 %), date,
        datetime (naive, in the reader's time zone) or url
    :param total: put a sum below
    """

    key: str
    label: str
    kind: str = "text"
    width: int = 16
    total: bool = False


@dataclass(slots=True)
class Sheet:
    """One sheet; a value that is None or missing stays an empty cell, not zero."""

    title: str
    columns: list[Column]
    rows: list[dict] = field(default_factory=list)


def write(sheets, total_label="", creator=""):
    """A workbook of sheets with a frozen head, filters and A4 print set-up.

    :param sheets: list of `Sheet`
    :param total_label: what stands before the sums
    :return: bytes of an .xlsx file
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"author": creator})
    head = book.add_format(
        {
            "bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF",
            "text_wrap": True, "valign": "vcenter", "border": 1,
            "border_color": "#FFFFFF",
        }
    )  # fmt: skip
    cells = {
        kind: book.add_format(
            {"num_format": form, "valign": "top", "text_wrap": kind == "text"}
        )
        for kind, form in FORMATS.items()
    }
    sums = {
        kind: book.add_format({"num_format": form, "bold": True, "top": 1})
        for kind, form in FORMATS.items()
    }
    taken = set()
    for sheet in sheets:
        page = book.add_worksheet(_make_title(sheet.title, taken))
        _write_sheet(page, sheet, head, cells, sums, total_label)
    book.close()
    return target.getvalue()


def _make_title(title, taken):
    """Excel allows 31 characters, not all of them, and no title twice."""
    clean = "".join(" " if sign in "[]:*?/\\" else sign for sign in title)
    clean = clean.strip("' ")[:31] or "-"
    number, found = 2, clean
    while found.lower() in taken:
        suffix = f" {number}"
        found, number = clean[: 31 - len(suffix)] + suffix, number + 1
    taken.add(found.lower())
    return found


def _write_sheet(page, sheet, head, cells, sums, total_label):
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_row(0, 32)
    page.set_footer("&C&P / &N")
    for position, column in enumerate(sheet.columns):
        page.set_column(position, position, column.width)
        page.write_string(0, position, column.label, head)
    for number, row in enumerate(sheet.rows, start=1):
        for position, column in enumerate(sheet.columns):
            value = row.get(column.key)
            if value is not None and value is not False and value != "":
                _write_cell(page, number, position, column.kind, value, cells)
    last = len(sheet.rows)
    if sheet.columns:
        page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)
    if last and any(column.total for column in sheet.columns):
        for position, column in enumerate(sheet.columns):
            if column.total:
                letter = xlsxwriter.utility.xl_col_to_name(position)
                value = sum(row.get(column.key) or 0 for row in sheet.rows)
                page.write_formula(
                    last + 1, position, f"=SUM({letter}2:{letter}{last + 1})",
                    sums[column.kind], value,
                )  # fmt: skip
            elif not position:
                page.write_string(last + 1, 0, total_label, sums["text"])


def _write_cell(page, row, position, kind, value, cells):
    layout = cells[kind]
    if kind in ("integer", "number", "money", "percent"):
        page.write_number(row, position, value, layout)
    elif kind in ("date", "datetime"):
        if not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        page.write_datetime(row, position, value, layout)
    elif kind == "url":
        page.write_url(row, position, value, string=value)
    else:
        page.write_string(row, position, str(value), layout)
