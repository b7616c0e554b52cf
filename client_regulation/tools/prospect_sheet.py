# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Reads a list of potential clients: a sheet of a workbook, or a .csv file.

Lists come from registers, exhibitions and purchased bases, in English or in Russian:
headings are understood in both, in any order, and what is not understood is named,
not dropped. `read` never raises for what it is given.
"""

import csv
import io
import re
from dataclasses import dataclass, field

from .regulation_sheet import clean, fold_heading
from .regulation_sheet_reader import Unreadable, _filled_cells, _open, _to_text

MAX_ROWS = 10_000
MAX_BYTES = 10 * 2**20
HEADING_ROWS = 10  # a list may begin with a title

#: column → headings it is known by, besides its label in the installed languages
COLUMNS = {
    "name": (
        "company name", "company", "client", "customer", "organisation",
        "organization", "name", "название", "название компании", "компания",
        "наименование", "наименование организации", "организация", "клиент",
    ),
    "vat": (
        "tax number", "tax id", "vat", "vat number", "tin", "инн", "инн/кпп",
        "налоговый номер",
    ),
    "website": ("web site", "website", "site", "web", "url", "сайт", "веб-сайт"),
    "email": ("e-mail", "email", "mail", "эл. почта", "электронная почта", "почта"),
    "phone": ("phone", "telephone", "phone number", "tel", "телефон", "тел", "тел."),
    "street": ("street", "address", "улица", "адрес"),
    "city": ("city", "town", "город", "населённый пункт", "населенный пункт"),
    "country": ("country", "страна"),
    "region": ("region", "state", "province", "регион", "область", "край"),
    "segment": ("segment", "сегмент"),
    "industry": ("industry", "отрасль", "вид деятельности"),
    "size": ("size", "company size", "размер", "размер компании"),
    "contact_name": (
        "contact person", "contact", "contact name", "контактное лицо", "контакт",
        "фио", "ф.и.о.",
    ),
    "function": ("position", "job position", "job title", "должность"),
    "contact_phone": ("contact phone", "телефон контакта", "телефон контактного лица"),
    "contact_email": (
        "contact e-mail", "contact email", "эл. почта контакта",
        "электронная почта контакта", "e-mail контакта", "почта контакта",
    ),
    "source": ("source", "источник", "источник информации"),
    "yearly_purchases": (
        "yearly purchases", "annual purchases", "purchases per year", "potential",
        "закупки в год", "годовые закупки", "объём закупок в год",
        "объем закупок в год",
    ),
    "salesperson": ("salesperson", "manager", "менеджер", "ответственный", "продавец"),
    "comment": ("comment", "note", "notes", "комментарий", "примечание"),
}  # fmt: skip

_AMOUNT = re.compile(r"\d+(\.\d+)?")
_EXPONENT = re.compile(r"\d[eE][+\-]?\d")
_CURRENCY = re.compile(r"[^\d.,+\-]")


@dataclass(slots=True)
class Row:
    """One row: its number in the file, texts by column, cells with an error."""

    number: int
    values: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A list that was read.

    :param problem: kind of what made the file unreadable, or nothing
    :param ignored: headings of columns that are not known
    """

    rows: list = field(default_factory=list)
    ignored: list = field(default_factory=list)
    problem: str = ""


def read(content, file_name="", names=None):
    """Read a list of potential clients.

    :param bytes content: an .xlsx or a .csv file
    :param names: more headings, ``{column: labels}``
    :rtype: Reading
    """
    reading = Reading()
    try:
        if content[:2] == b"PK" or not file_name.lower().endswith((".csv", ".txt")):
            cells = _read_workbook(content)
        else:
            cells = _read_csv(content)
    except Unreadable as error:
        reading.problem = str(error)
        return reading
    known = {
        fold_heading(heading): column
        for column, headings in COLUMNS.items()
        for heading in (*headings, *(names or {}).get(column, ()))
    }
    _read_rows(reading, cells, known)
    return reading


def _read_workbook(content):
    """Cells of the first sheet that is shown: ``{(row, column): (text, is_error)}``."""
    book, formulas = _open(content)
    page = next(
        (page for page in book.worksheets if page.sheet_state == "visible"), None
    )
    if page is None:
        raise Unreadable("empty_workbook")
    filled = _filled_cells(page, formulas.get(page.title, {}))
    return {
        position: (clean(_to_text(value)), is_error or is_unsaved)
        for position, (value, is_error, is_unsaved) in filled.items()
    }


def _read_csv(content):
    if not content:
        raise Unreadable("empty_file")
    if len(content) > MAX_BYTES:
        raise Unreadable("too_big")
    text = _decode(content)
    if "\0" in text:
        raise Unreadable("not_csv")
    head = text.lstrip("\ufeff\n").split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    cells = {}
    try:
        for number, line in enumerate(
            csv.reader(io.StringIO(text), delimiter=delimiter), start=1
        ):
            for position, value in enumerate(line, start=1):
                if value := clean(value):
                    cells[number, position] = (value, False)
    except csv.Error as error:
        raise Unreadable("not_csv") from error
    return cells


def _decode(content):
    """Text of a .csv: Excel writes it in the code page of the computer."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", "replace")
    # Western letters are rare among Latin ones, Cyrillic ones come in words
    return text if re.search("[а-яё]{3}", text.lower()) else content.decode(
        "cp1252", "replace"
    )  # fmt: skip


def _read_rows(reading, cells, known):
    if not cells:
        reading.problem = "empty_workbook"
        return
    numbers = sorted({row for row, _position in cells})
    headings = dict.fromkeys(numbers[:HEADING_ROWS], 0)
    for (row, _position), (value, _error) in cells.items():
        if row in headings:
            headings[row] += fold_heading(value) in known
    header = max(headings, key=headings.get)
    columns, taken = {}, set()
    for (row, position), (value, _error) in sorted(cells.items()):
        if row == header:
            column = known.get(fold_heading(value))
            if column is None or column in taken:
                reading.ignored.append(value)
            else:
                taken.add(column)
                columns[position] = column
    if "name" not in taken:
        reading.problem = "no_name_column"
        return
    rows = {}
    for (number, position), (value, is_error) in cells.items():
        if number > header and position in columns:
            row = rows.setdefault(number, Row(number))
            row.values[columns[position]] = value
            if is_error:
                row.errors.append(columns[position])
    reading.rows = [rows[number] for number in sorted(rows)]
    if not reading.rows:
        reading.problem = "no_rows"
    elif len(reading.rows) > MAX_ROWS:
        reading.rows, reading.problem = [], "too_many_rows"


def parse_amount(text):
    """An amount as people write it.

    >>> parse_amount("1 234 567,89 ₽")
    1234567.89
    >>> parse_amount("$1,200,000")
    1200000.0
    """
    if _EXPONENT.search(text):  # without its letter it would be another number
        raise ValueError(text)
    digits = _CURRENCY.sub("", re.sub(r"\.(?=\D*$)", "", text)).strip("+")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        group, mark = (",", ".") if point > comma else (".", ",")
        digits = digits.replace(group, "").replace(mark, ".")
    else:
        mark = "," if comma >= 0 else "."
        parts = digits.split(mark)
        if len(parts) > 2 or (len(parts) == 2 and len(parts[1]) == 3):
            digits = "".join(parts)  # thousands
        else:
            digits = ".".join(parts)
    if not _AMOUNT.fullmatch(digits) or len(digits) > 15:
        raise ValueError(text)
    return float(digits)
