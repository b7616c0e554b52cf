# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The workbook of a regulation, written so that `regulation_sheet.read` reads it."""

import io
import math

import xlsxwriter
from openpyxl.utils import get_column_letter

from .regulation_sheet import MAX_ROWS, as_text

LINE_HEIGHT = 15
HELP_WIDTHS = (24, 28, 26, 80)
LIST_WIDTH = 30


def write(sheets, rows, words):
    """A workbook of the form.

    :param sheets: `SHEETS`, dressed with labels, helps and options
    :param rows: ``{sheet name: [{column name: value}]}``
    :param words: texts of the help sheet: title, intro (list of lines), sheet,
        column, required, meaning, allowed, pick (an allowed value from the list)
    :return: bytes of an .xlsx file
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    formats = _make_formats(book)
    pages = {sheet.name: book.add_worksheet(sheet.label) for sheet in sheets}
    ranges = {}
    for sheet in sheets:
        if not sheet.columns:
            ranges = _write_help(pages[sheet.name], sheet, sheets, words, formats)
    for sheet in sheets:
        if sheet.columns:
            _write_sheet(pages[sheet.name], sheet, rows.get(sheet.name, ()), formats)
            _write_dropdowns(pages[sheet.name], sheet, ranges, sheets[0], words)
    book.close()
    return target.getvalue()


def _make_formats(book):
    cell = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#D9D9D9"}
    head = {
        "bold": True, "valign": "vcenter", "text_wrap": True, "border": 1,
        "border_color": "#FFFFFF", "font_color": "#FFFFFF",
    }  # fmt: skip
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "note": book.add_format({"valign": "top"}),
        "head": book.add_format(head | {"bg_color": "#5B6B7B"}),
        "required": book.add_format(head | {"bg_color": "#1F3A5F"}),
        # «@»: Excel takes the code 1.2 for a date and 1.10 for 1.1
        "text": book.add_format(cell | {"num_format": "@"}),
        "number": book.add_format(cell | {"num_format": "General"}),
        "date": book.add_format(cell | {"num_format": "yyyy-mm-dd"}),
    }


def _format_of(column):
    return column.kind if column.kind in ("number", "date") else "text"


def _write_sheet(page, sheet, rows, formats):
    for position, column in enumerate(sheet.columns):
        page.set_column(position, position, column.width, formats[_format_of(column)])
        page.write_string(
            0, position, f"{column.label} *" if column.required else column.label,
            formats["required" if column.required else "head"],
        )  # fmt: skip
    page.set_row(0, 32)
    page.freeze_panes(1, sum(column.name in ("stage_id", "code", "name")
                             for column in sheet.columns[:3]) or 1)  # fmt: skip
    page.autofilter(0, 0, max(len(rows), 1), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for number, row in enumerate(rows, start=1):
        page.set_row(
            number,
            _get_height(
                (as_text(column, row.get(column.name) or ""), column.width)
                for column in sheet.columns
                if column.kind in ("line", "text")
            ),
        )
        for position, column in enumerate(sheet.columns):
            value = row.get(column.name)
            if value is None or value is False or value == "":
                continue
            layout = formats[_format_of(column)]
            if column.kind == "number":
                page.write_number(number, position, value, layout)
            elif column.kind == "date":
                page.write_datetime(number, position, value, layout)
            else:
                page.write_string(number, position, as_text(column, value), layout)


def _get_height(texts):
    """Height of a row for wrapped texts: not every program finds it by itself.

    :param texts: pairs of a text and the width of its column
    """
    lines = [
        sum(max(math.ceil(len(part) / width), 1) for part in text.split("\n"))
        for text, width in texts
    ]
    return LINE_HEIGHT * min(max(lines, default=1), 20)


def _write_dropdowns(page, sheet, ranges, stages, words):
    for position, column in enumerate(sheet.columns):
        if column.kind == "stage":
            source = f"={_quote(stages.label)}!$A$2:$A${MAX_ROWS + 1}"
        elif column.kind == "choice":
            source = ranges.get((sheet.name, column.name))
        else:
            continue
        if source:
            page.data_validation(
                1, position, MAX_ROWS, position,
                {
                    "validate": "list",
                    "source": source,
                    # other languages and codes are understood too: warn, do not stop
                    "error_type": "warning",
                    "error_message": words["pick"][:255],
                },
            )  # fmt: skip


def _quote(title):
    doubled = title.replace("'", "''")
    return f"'{doubled}'"


def _write_help(page, sheet, sheets, words, formats):
    """Explain the columns; list the allowed values, to which the dropdowns point."""
    page.set_column(0, 40, LIST_WIDTH)
    for position, width in enumerate(HELP_WIDTHS):
        page.set_column(position, position, width)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, words["title"], formats["title"])
    line = 1
    for text in words["intro"]:
        page.write_string(line, 0, text, formats["note"])
        line += 1
    line += 1
    for position, word in enumerate(("sheet", "column", "required", "meaning")):
        page.write_string(line, position, words[word], formats["head"])
    for other in sheets:
        for column in other.columns:
            line += 1
            page.set_row(line, _get_height([(column.help, HELP_WIDTHS[3])]))
            for position, text in enumerate((
                other.label, column.label, words["yes"] if column.required else "",
                column.help,
            )):  # fmt: skip
                page.write_string(line, position, text, formats["text"])
    line += 2
    page.write_string(line, 0, words["allowed"], formats["title"])
    return _write_lists(page, sheet, sheets, line + 1, formats)


def _write_lists(page, sheet, sheets, line, formats):
    """One column of allowed values for each column that has them, side by side."""
    ranges, position, written = {}, 0, {}
    for other in sheets:
        for column in other.columns:
            if not column.options:
                continue
            if column.options in written:  # both roles: one list
                ranges[other.name, column.name] = ranges[written[column.options]]
                continue
            written[column.options] = (other.name, column.name)
            page.write_string(line, position, column.label, formats["head"])
            for number, option in enumerate(column.options, start=1):
                page.write_string(
                    line + number, position, option.label, formats["text"]
                )
                if column.kind == "many":
                    page.write_string(
                        line + number, position + 1, option.note, formats["text"]
                    )
            letter = get_column_letter(position + 1)
            ranges[other.name, column.name] = (
                f"={_quote(sheet.label)}!${letter}${line + 2}"
                f":${letter}${line + 1 + len(column.options)}"
            )
            position += 2 if column.kind == "many" else 1
    return ranges
