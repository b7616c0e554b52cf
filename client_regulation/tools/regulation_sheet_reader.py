# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Reads a workbook by the form of `regulation_sheet`; says all that is wrong with it.

Whatever people do to a spreadsheet is met with a problem that names the place, not
with an exception: `read` never raises for what it is given.
"""

import ast
import io
import math
import re
import warnings
import zipfile
from datetime import date, datetime

import openpyxl

from .regulation_sheet import (
    MAX_ROWS,
    SPACE,
    Found,
    Reading,
    Row,
    as_text,
    clean,
    fold,
    fold_heading,
)

MAX_BYTES = 10 * 2**20
MAX_UNPACKED = 80 * 2**20  # a workbook is a zip: a small file may hold gigabytes
MAX_NUMBER = 9999

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # xls, and xlsx behind a password
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_LIST = re.compile(r"[,;\n]")
_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})"), (3, 2, 1)),
)


class Unreadable(ValueError):
    """The bytes are no workbook that can be read; the argument is the kind."""


class BadValue(ValueError):
    """A cell says something that its column does not allow: kind, allowed."""

    def __init__(self, kind, allowed=()):
        super().__init__(kind)
        self.kind, self.allowed = kind, tuple(allowed)


# ------------------------------------------------------------
# THE WORKBOOK
# ------------------------------------------------------------


def read(content, sheets):
    """Read a workbook by a form.

    :param bytes content: an .xlsx file
    :param sheets: `SHEETS`, dressed with labels and options
    :rtype: Reading
    """
    reading = Reading()
    try:
        book, formulas = _open(content)
    except Unreadable as error:
        reading.add(str(error))
        return reading
    cells = {
        page.title: _filled_cells(page, formulas.get(page.title, {}))
        for page in book.worksheets
    }
    if not any(cells.values()):
        reading.add("empty_workbook")
        return reading
    pages = _find_sheets(reading, book, cells, sheets)
    stage_codes = None
    for found, page in pages:
        if not found.sheet.columns:
            continue
        reading.sheets[found.sheet.name] = found
        _read_sheet(reading, found, page, cells[page.title])
        if found.sheet.name == "stages":
            codes = [row.values["code"] for row in found.rows if row.values.get("code")]
            # of two that look the same, which is a problem, the first
            stage_codes = {fold(code): code for code in reversed(codes)}
    if stage_codes:  # else that is what is wrong, and is said already
        _resolve_stages(reading, stage_codes)
    for found in reading.sheets.values():
        _check_doubles(reading, found)
    reading.problems.sort(key=lambda problem: problem.order)
    return reading


def _open(content):
    """The workbook with its values, and its formulas by sheet and position."""
    _refuse_foreign(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it leaves out
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            twin = None
            if _has_formulas(content):
                twin = openpyxl.load_workbook(io.BytesIO(content))
    except Exception as error:  # whatever a broken file makes the library raise
        raise Unreadable("corrupt") from error
    formulas = {}
    for page in twin.worksheets if twin else ():
        formulas[page.title] = {
            position: cell.value
            for position, cell in page._cells.items()
            if cell.data_type == "f"
        }
    return book, formulas


def _refuse_foreign(content):
    if not content:
        raise Unreadable("empty_file")
    if len(content) > MAX_BYTES:
        raise Unreadable("too_big")
    if content.startswith(OLE):
        raise Unreadable("password" if ENCRYPTED in content else "old_format")
    if not content.startswith(b"PK"):
        raise Unreadable("not_xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except Exception as error:  # a truncated or damaged archive, in many ways
        raise Unreadable("corrupt") from error
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable("too_big")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("password")
    names = [entry.filename for entry in entries]
    if (
        "[Content_Types].xml" not in names  # OpenDocument, or any other zip
        or not any(name.startswith("xl/") for name in names)  # a text document
        or "xl/workbook.bin" in names  # .xlsb
    ):
        raise Unreadable("not_xlsx")


def _has_formulas(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(
            re.search(rb"<(\w+:)?f[\s>/]", archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/")
        )


def _filled_cells(page, formulas):
    """Cells that hold something: ``{(row, column): (value, is_error, is_unsaved)}``.

    The private dictionary is the only way that does not make a cell for every
    place up to the last formatted one, of which Excel may have a million.
    """
    filled = {}
    for position, cell in page._cells.items():
        value = cell.value
        if isinstance(value, str):
            value = clean(value)
        if value is not None and value != "":
            filled[position] = (value, cell.data_type == "e", False)
        elif position in formulas and cell.data_type != "str":
            # Excel saves «str» where a formula gives an empty text
            filled[position] = (str(formulas[position]), False, True)
    return filled


def _find_sheets(reading, book, cells, sheets):
    known = {
        fold_heading(name): sheet
        for sheet in sheets
        for name in (sheet.name, sheet.label, *sheet.names)
        if name
    }
    labels = [sheet.label or sheet.name for sheet in sheets]
    pages, seen = [], set()
    for index, page in enumerate(book.worksheets):
        sheet = known.get(fold_heading(page.title))
        found = Found(sheet, page.title, index)
        if sheet is None:
            if cells[page.title] and page.sheet_state == "visible":
                reading.add("unknown_sheet", found, allowed=labels)
        elif sheet.name in seen:
            reading.add("double_sheet", found)
        else:
            seen.add(sheet.name)
            pages.append((found, page))
    for sheet in sheets:
        if sheet.columns and sheet.name not in seen:
            reading.add("missing_sheet", allowed=[sheet.label or sheet.name])
    order = {sheet.name: index for index, sheet in enumerate(sheets)}
    return sorted(pages, key=lambda pair: order[pair[0].sheet.name])


def _read_sheet(reading, found, page, cells):
    """Fill the rows of a sheet, or note why not."""
    _read_headings(reading, found, cells)
    merged = [
        area
        for area in page.merged_cells.ranges
        if area.max_row >= found.header and (area.min_row, area.min_col) in cells
    ]
    for area in merged:
        reading.add("merged", found, area.min_row, area.min_col, value=area.coord)
    positions = {position for position, _heading in found.columns.values()}
    numbers = sorted(
        {row for row, column in cells if row > found.header and column in positions}
    )
    if len(numbers) > MAX_ROWS:
        reading.add("too_many_rows", found, value=len(numbers))
        return
    if not numbers and found.sheet.name == "stages":
        reading.add("no_rows", found)
    indexes = {column.name: _index(column.options) for column in found.sheet.columns}
    for number in numbers:
        row = Row(number)
        found.rows.append(row)
        for column in found.sheet.columns:
            if column.name in found.columns:
                _read_cell(reading, found, row, column, cells, merged, indexes)
        if found.sheet.name == "steps":
            _check_step(reading, found, row)


def _read_headings(reading, found, cells):
    """Find the row of the headings: the one of the first ten that names most."""
    known = {
        fold_heading(name): column
        for column in found.sheet.columns
        for name in (*column.names, column.label, column.name)
        if name
    }
    numbers = sorted({row for row, _position in cells})[:10]
    matches = dict.fromkeys(numbers, 0)
    for (row, _position), (value, *_state) in cells.items():
        if row in matches:
            matches[row] += fold_heading(value) in known
    found.header = max(numbers, key=matches.get, default=0)
    labels = [column.label or column.name for column in found.sheet.columns]
    for (row, position), (value, *_state) in sorted(cells.items()):
        if row == found.header:
            column = known.get(fold_heading(value))
            found.named.add(position)
            if column is None:
                reading.add("unknown_column", found, row, position, value, labels)
            elif column.name in found.columns:
                reading.add("double_column", found, row, position, value)
            else:
                found.columns[column.name] = (position, str(value).strip(" *"))
        elif row > found.header and position not in found.named:
            found.named.add(position)  # said once
            reading.add("no_heading", found, row, position, value)
    for column in found.sheet.columns:
        if column.required and column.name not in found.columns:
            label = column.label or column.name
            reading.add("missing_column", found, found.header, allowed=[label])


def _read_cell(reading, found, row, column, cells, merged, indexes):
    position = (row.number, found.columns[column.name][0])
    if position not in cells:
        row.values[column.name] = None
        if column.required and not _is_inside(position, merged):
            reading.add("empty", found, row.number, column.name)
        return
    value, is_error, is_unsaved = cells[position]
    try:
        if is_error:
            raise BadValue("cell_error")
        if is_unsaved:
            raise BadValue("unsaved_formula")
        row.values[column.name] = _convert(column, value, indexes[column.name])
    except BadValue as bad:
        reading.add(bad.kind, found, row.number, column.name, value, bad.allowed)


def _is_inside(position, areas):
    row, column = position
    return any(
        area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col
        for area in areas
    )


def _index(options):
    """Options by every word that means them; None where a word means two.

    Codes go first: they are never ambiguous with a label.
    """
    index = {}
    for option in options:
        if option.code:
            index.setdefault(fold(option.code), option)
    codes = set(index)
    for option in options:
        for name in (option.label, *option.names):
            word = fold(name)
            if word and word not in codes:
                known = index.setdefault(word, option)
                if known is not None and known.value != option.value:
                    index[word] = None
    return index


def _check_step(reading, found, row):
    """What the columns of a step say together."""
    values = row.values
    deadline, unit = values.get("deadline"), values.get("deadline_unit")
    if deadline and unit in ("wd", "cd") and deadline % 1:
        reading.add("not_whole", found, row.number, "deadline", deadline)
    if values.get("period") and values.get("subject") in ("deal", "event"):
        reading.add("no_period", found, row.number, "period", values["period"])


def _resolve_stages(reading, codes):
    """Stage codes as the sheet of stages writes them."""
    for found in reading.sheets.values():
        names = [
            column.name for column in found.sheet.columns if column.kind == "stage"
        ]
        for row in found.rows:
            for name in names:
                code = row.values.get(name)
                if not code:
                    continue
                if fold(code) in codes:
                    row.values[name] = codes[fold(code)]
                else:
                    known = list(codes.values())[::-1]
                    reading.add("unknown_stage", found, row.number, name, code, known)


def _check_doubles(reading, found):
    first = {}
    columns = [found.sheet.column(name) for name in found.sheet.key]
    for row in found.rows:
        words = [
            as_text(c, row.values[c.name]) for c in columns if row.values.get(c.name)
        ]
        if len(words) < len(columns):
            continue
        number = first.setdefault(tuple(map(fold, words)), row.number)
        if number != row.number:
            reading.add(
                "double_row",
                found,
                row.number,
                columns[-1].name,
                ", ".join(words),
                [str(number)],
            )


# -- cells ---------------------------------------------------------------------


def _convert(column, value, index):
    if column.kind in ("choice", "many"):
        return _to_choice(column, value, index)
    return {
        "code": _to_code,
        "stage": _to_code,
        "line": _to_line,
        "text": _to_text,
        "number": _to_number,
        "date": _to_date,
        "domain": _to_domain,
    }[column.kind](value)


def _to_text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def _to_line(value):
    return re.sub(r"\s*\n\s*", " ", _to_text(value))


def _to_code(value):
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        # Excel takes «1.2» for the first of February
        raise BadValue("code_is_date")
    return SPACE.sub(" ", _to_text(value))


def _to_number(value):
    if isinstance(value, str):
        text = SPACE.sub("", value).replace("−", "-").replace("–", "-")
        if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)", text):
            raise BadValue("not_number")
        value = float(text.replace(",", "."))
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise BadValue("not_number")
    if not math.isfinite(value) or abs(value) > MAX_NUMBER:
        raise BadValue("number_too_big", (str(MAX_NUMBER),))
    return float(value)


def _to_date(value):
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str):
        value = _parse_date(value)
    if not isinstance(value, date) or not 1900 <= value.year <= 2999:
        raise BadValue("not_date")
    return value


def _parse_date(text):
    for pattern, parts in _DATES:
        match = pattern.fullmatch(text)
        if match:
            try:
                return date(*(int(match[part]) for part in parts))
            except ValueError:  # the 31st of February
                return None
    return None


def _to_choice(column, value, index):
    words = _to_text(value)
    # a label may hold a comma itself: the whole cell is tried first
    parts = [words] if column.kind == "choice" or fold(words) in index else [
        part for part in map(clean, _LIST.split(words)) if part
    ]  # fmt: skip
    chosen = []
    for part in parts:
        if fold(part) not in index:
            if column.kind == "many":
                raise BadValue("unknown_field", (part,))
            raise BadValue(
                "unknown_choice", [option.label for option in column.options]
            )
        option = index[fold(part)]
        if option is None:
            raise BadValue("ambiguous")
        chosen.append(option.value)
    if column.kind == "choice":
        return chosen[0]
    return list(dict.fromkeys(chosen))


def _to_domain(value):
    text = _to_text(value)
    try:
        parsed = ast.literal_eval(text)
    except Exception as error:  # literal_eval raises what it likes
        raise BadValue("not_domain") from error
    if not isinstance(parsed, list):
        raise BadValue("not_domain")
    return text
