# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""A regulation as a workbook: what its sheets hold, how they are read and written.

`SHEETS` is the form: one sheet each for stages, passport cells and steps; `dress`
gives it the words of its reader. `regulation_sheet_reader.read` turns the bytes of a
workbook into a `Reading`: rows, and problems with sheet, row and column;
`regulation_sheet_writer.write` makes a workbook that `read` reads back.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date

from openpyxl.utils import get_column_letter

MAX_ROWS = 2000  # of a sheet
MAX_TEXT = 32767  # what a cell holds, says Excel

SPACE = re.compile(r"[\s\u00a0\u2007\u200b\u202f\u2060\ufeff]+")
_BLANKS = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u2007\u200b\u202f\u2060\u3000\ufeff"
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")  # control characters in a workbook
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|[\ud800-\udfff]")
#: Cyrillic letters that nobody can tell from the Latin ones in «A1»
_LOOKALIKE = str.maketrans("авекмнорстухё‐‑–—−", "abekmhopctyxe-----")


# ------------------------------------------------------------
# THE FORM
# ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value: what is stored, what is written, what is understood too.

    :param note: what it means, shown beside it in the list of allowed values
    """

    value: object
    label: str
    code: str = ""
    names: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Kinds: code, text, line, stage (code of a row of the first sheet), choice and
    many (of `options`), number, date, domain.
    """

    name: str
    kind: str
    required: bool = False
    width: int = 18
    label: str = ""
    names: tuple[str, ...] = ()
    help: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. No two of its rows have the same `key`."""

    name: str
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    label: str = ""
    names: tuple[str, ...] = ()

    def column(self, name):
        return next(column for column in self.columns if column.name == name)


SHEETS = (
    Sheet(
        "stages",
        (
            Column("code", "code", required=True, width=10),
            Column("name", "line", required=True, width=40),
            Column("condition", "text", width=70),
        ),
        key=("code",),
    ),
    Sheet(
        "indicators",
        (
            Column("stage_id", "stage", required=True, width=10),
            Column("side", "choice", required=True, width=14),
            Column("aspect", "choice", required=True, width=16),
            Column("name", "text", required=True, width=90),
        ),
        key=("stage_id", "side", "aspect"),
    ),
    Sheet(
        "steps",
        (
            Column("stage_id", "stage", required=True, width=10),
            Column("code", "code", required=True, width=10),
            Column("name", "line", required=True, width=34),
            Column("subject", "choice", width=12),
            Column("period", "choice", width=12),
            Column("requirement", "text", width=50),
            Column("why", "text", width=50),
            Column("role_id", "choice", width=26),
            Column("receiver_role_id", "choice", width=26),
            Column("document", "line", width=26),
            Column("deadline", "number", width=11),
            Column("deadline_unit", "choice", width=18),
            Column("start_event", "choice", width=28),
            Column("proof", "line", width=32),
            Column("proof_kind", "choice", width=26),
            Column("quantity", "line", width=34),
            Column("quality", "line", width=34),
            Column("check", "choice", width=28),
            Column("check_field_ids", "many", width=36),
            Column("check_domain", "domain", width=36),
            Column("check_value", "number", width=11),
            Column("zero_allowed", "choice", width=13),
            Column("gate", "choice", width=20),
            Column("gate_from", "date", width=14),
        ),
        key=("code",),
    ),
    # for people; its content is not read
    Sheet("help"),
)


def dress(sheets, labels, columns):
    """The form in somebody's words.

    :param labels: ``{sheet name: (label, other names)}``
    :param columns: ``{(sheet name, column name): {attribute of Column: value}}``
    """
    return tuple(
        replace(
            sheet,
            label=labels[sheet.name][0],
            names=tuple(labels[sheet.name][1]),
            columns=tuple(
                replace(column, **columns[sheet.name, column.name])
                for column in sheet.columns
            ),
        )
        for sheet in sheets
    )


# ------------------------------------------------------------
# WHAT COMES OUT
# ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the workbook that is not understood, and where it stands.

    :param kind: what is wrong; the words for it are the caller's
    :param allowed: what could stand there instead
    """

    kind: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    allowed: tuple[str, ...] = ()
    order: tuple[int, ...] = ()


@dataclass(slots=True)
class Row:
    """One row: its number in the sheet, and the values of the columns that are there.

    A blank cell is None; a cell that could not be read is left out.
    """

    number: int
    values: dict = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """A sheet of the form as it was found in the workbook."""

    sheet: Sheet
    title: str
    index: int
    header: int = 0  # row of the headings
    columns: dict = field(default_factory=dict)  # name → (position, heading)
    named: set = field(default_factory=set)  # positions that have a heading
    rows: list = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A workbook that was read: sheets by name, and all problems in order."""

    sheets: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)

    def rows(self, name):
        return self.sheets[name].rows if name in self.sheets else []

    def add(self, kind, found=None, row=0, column=None, value="", allowed=()):
        """Note a problem; `column` is the name of one, or its position."""
        position, heading = 0, ""
        if isinstance(column, int):
            position = column
        elif column and found:
            position, heading = found.columns.get(column, (0, column))
        letter = get_column_letter(position) if position else ""
        self.problems.append(
            Problem(
                kind,
                found.title if found else "",
                row,
                f"{heading} ({letter})" if heading and letter else heading or letter,
                _shorten(value),
                tuple(allowed),
                (found.index if found else -1, row, position),
            )
        )


# ------------------------------------------------------------
# TEXT
# ------------------------------------------------------------


def clean(text):
    """A text as it is stored: no blanks around it, plain line breaks.

    >>> clean("\\u00a0 Первый  звонок\\r\\n\\u200b")
    'Первый  звонок'
    """
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip(_BLANKS)


def fold(text):
    """A text as it is compared: however it was typed, it is the same word.

    >>> fold(" А1\\u00a0 ") == fold("a1")  # a Cyrillic and a Latin A
    True
    """
    text = unicodedata.normalize("NFKC", str(text)).lower()
    return SPACE.sub(" ", text).strip().translate(_LOOKALIKE)


def fold_heading(text):
    return fold(str(text).strip(" *:\n\t\u00a0"))


def as_text(column, value):
    """A value as it stands in a cell."""
    if column.kind == "choice":
        return next((o.label for o in column.options if o.value == value), str(value))
    if column.kind == "many":
        labels = {option.value: option.label for option in column.options}
        return ", ".join(labels.get(item, str(item)) for item in value)
    return clean(str(value))


def _shorten(value, size=80):
    text = value.strftime("%Y-%m-%d") if isinstance(value, date) else str(value)
    text = SPACE.sub(" ", text).strip()
    return text if len(text) <= size else text[: size - 1] + "…"
