# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Tables as an .xlsx workbook: columns are declared, numbers stay numbers."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

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
    "link": "@",
}
NUMBERS = ("integer", "number", "money", "percent")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    :param key: name of the value in the rows, which are dicts
    :param kind: text, integer, number, money, percent (0.5 is 50 %), date,
        datetime (naive, in the reader's time zone), url, or link: an address in a
        formula, of which a sheet may have as many as it has rows
    :param total: put a sum below
    :param digits: decimals of number, money and percent
    """

    key: str
    label: str
    kind: str = "text"
    width: int = 16
    total: bool = False
    digits: int | None = None

    @property
    def form(self):
        """Its number format."""
        if self.digits is None or self.kind not in ("number", "money", "percent"):
            return FORMATS[self.kind]
        decimals = f".{'0' * self.digits}" if self.digits else ""
        return f"0{decimals}%" if self.kind == "percent" else f"#,##0{decimals}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of another kind than its column, in a table of indicators."""

    value: float
    kind: str = "number"
    digits: int | None = None

    @property
    def column(self):
        return Column("", "", self.kind, digits=self.digits)


@dataclass(slots=True)
class Block:
    """A table that shares its sheet with others: its title, words, head and rows.

    :param rows: dicts; may be a generator, which is read once
    :param key: name of the table for the code, unique in its report
    """

    title: str
    columns: list[Column]
    rows: Iterable = ()
    note: str = ""
    key: str = ""


@dataclass(slots=True)
class Curve:
    """A native chart of curves over the columns of the sheet's last block.

    :param x: key of the column along the axis below
    :param lines: keys of the columns that are drawn
    """

    title: str
    x: str
    lines: list[str]
    x_label: str = ""
    y_label: str = ""


@dataclass(slots=True)
class Sheet:
    """One sheet: a table, or several blocks below each other; a value that is None or
    missing stays an empty cell, not zero.

    :param header: words at the head of each printed page
    """

    title: str
    columns: list[Column] = field(default_factory=list)
    rows: Iterable = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    curve: Curve | None = None
    header: str = ""


class _Styles:
    """Cell formats of a workbook, each made once."""

    def __init__(self, book, total_label, empty_label):
        self.book = book
        self.total_label, self.empty_label = total_label, empty_label
        self._made = {}
        self.head = book.add_format(
            {
                "bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF",
                "text_wrap": True, "valign": "vcenter", "border": 1,
                "border_color": "#FFFFFF",
            }
        )  # fmt: skip
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.note = book.add_format({"italic": True})

    def get(self, column, is_sum=False):
        key = (column.kind == "text", column.form, is_sum)
        if key not in self._made:
            layout = {"num_format": column.form}
            if is_sum:
                layout |= {"bold": True, "top": 1}
            else:
                layout |= {"valign": "top", "text_wrap": column.kind == "text"}
            self._made[key] = self.book.add_format(layout)
        return self._made[key]


def write(sheets, total_label="", creator="", empty_label="", constant_memory=False):
    """A workbook of sheets with a frozen head, filters and A4 print set-up.

    :param sheets: iterable of `Sheet`
    :param total_label: what stands before the sums
    :param empty_label: what stands in a block without rows
    :param constant_memory: keep one row at a time: what is written goes to the disk
    :return: bytes of an .xlsx file
    """
    target = io.BytesIO()
    mode = {"constant_memory": True} if constant_memory else {"in_memory": True}
    book = xlsxwriter.Workbook(target, mode)
    book.set_properties({"author": creator})
    styles = _Styles(book, total_label, empty_label)
    taken = set()
    for sheet in sheets:
        page = book.add_worksheet(_make_title(sheet.title, taken))
        _set_up(page, sheet)
        if sheet.blocks:
            _write_blocks(page, sheet, styles)
        else:
            _write_sheet(page, sheet, styles)
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


def _set_up(page, sheet):
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")
    if sheet.header:
        page.set_header("&L" + sheet.header.replace("&", "&&")[:240])


def _write_sheet(page, sheet, styles):
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    _set_widths(page, [sheet])
    last = _write_table(page, 0, sheet, styles)
    if sheet.columns:
        page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)


def _write_blocks(page, sheet, styles):
    """Blocks below each other; the last one, which is the longest, has filters."""
    _set_widths(page, sheet.blocks)
    row = 0
    for block in sheet.blocks:
        page.write_string(row, 0, block.title, styles.title)
        row += 1
        for line in filter(None, block.note.split("\n")):
            page.write_string(row, 0, line, styles.note)
            row += 1
        if not block.columns:
            row += 1
            continue
        head = row
        last = _write_table(page, head, block, styles)
        if block is sheet.blocks[-1] and last > head:
            page.autofilter(head, 0, last, len(block.columns) - 1)
            if sheet.curve:
                _draw_curve(page, sheet, head, last, styles.book)
            elif head < 12:
                page.freeze_panes(head + 1, 0)
        if last == head:
            last += 1
            page.write_string(last, 0, styles.empty_label, styles.note)
        row = last + 3  # under the sums, and a blank line


def _set_widths(page, tables):
    widths = {}
    for table in tables:
        for position, column in enumerate(table.columns):
            widths[position] = max(widths.get(position, 0), column.width)
    for position, width in widths.items():
        page.set_column(position, position, width)


def _write_table(page, head, table, styles):
    """Head, rows and sums, row by row.

    :return: the last row with data, which is `head` if there is none
    """
    columns = table.columns
    page.set_row(head, 32)
    for position, column in enumerate(columns):
        page.write_string(head, position, column.label, styles.head)
    layouts = [styles.get(column) for column in columns]
    sums = dict.fromkeys((c.key for c in columns if c.total), 0)
    last = head
    for row in table.rows:
        last += 1
        for position, column in enumerate(columns):
            value = row.get(column.key)
            if isinstance(value, Cell):
                layout = styles.get(value.column)
                _write_cell(page, last, position, value.kind, value.value, layout)
            elif value is not None and value is not False and value != "":
                _write_cell(page, last, position, column.kind, value, layouts[position])
        for key in sums:
            sums[key] += row.get(key) or 0
    if last > head and sums:
        _write_sums(page, head, last, columns, sums, styles)
    return last


def _write_sums(page, head, last, columns, sums, styles):
    for position, column in enumerate(columns):
        if column.total:
            letter = xl_col_to_name(position)
            page.write_formula(
                last + 1, position, f"=SUM({letter}{head + 2}:{letter}{last + 1})",
                styles.get(column, True), sums[column.key],
            )  # fmt: skip
        elif not position:
            text = Column("", "")
            page.write_string(
                last + 1, 0, styles.total_label, styles.get(text, True)
            )  # fmt: skip


def _write_cell(page, row, position, kind, value, layout):
    if kind in NUMBERS:
        page.write_number(row, position, value, layout)
    elif kind in ("date", "datetime"):
        if not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        page.write_datetime(row, position, value, layout)
    elif kind == "url":
        page.write_url(row, position, value, string=value)
    elif kind == "link":
        address = value.replace('"', '""')
        page.write_formula(row, position, f'=HYPERLINK("{address}")', layout, value)
    else:
        page.write_string(row, position, str(value), layout)


def _draw_curve(page, sheet, head, last, book):
    """The chart beside the table, lines that differ without colours."""
    columns = [column.key for column in sheet.blocks[-1].columns]
    labels = {column.key: column.label for column in sheet.blocks[-1].columns}
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    x = columns.index(sheet.curve.x)
    dashes = ("solid", "dash", "square_dot", "long_dash_dot")
    for number, key in enumerate(sheet.curve.lines):
        y = columns.index(key)
        chart.add_series(
            {
                "name": labels[key],
                "categories": [page.name, head + 1, x, last, x],
                "values": [page.name, head + 1, y, last, y],
                "line": {
                    "color": "#000000", "width": 2 if not number else 1,
                    "dash_type": dashes[number % len(dashes)],
                },
            }
        )  # fmt: skip
    axis = {"min": 0, "max": 1, "num_format": "0%", "major_unit": 0.2}
    chart.set_x_axis(
        {**axis, "name": sheet.curve.x_label, "major_gridlines": {"visible": True}}
    )
    chart.set_y_axis({**axis, "name": sheet.curve.y_label})
    chart.set_title({"name": sheet.curve.title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 760, "height": 460})
    page.insert_chart(1, len(columns) + 1, chart)
