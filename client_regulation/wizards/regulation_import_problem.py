# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""What is wrong with a spreadsheet, in words."""

from markupsafe import Markup

from ..tools.regulation_sheet import MAX_ROWS
from ..tools.regulation_sheet_reader import MAX_BYTES

MAX_SHOWN = 100
MAX_LISTED = 20


def describe(env, problem):
    """What is wrong and what to do about it, in the user's language."""
    allowed = ", ".join(problem.allowed[:MAX_LISTED])
    if len(problem.allowed) > MAX_LISTED:
        allowed += " …"
    texts = (
        _get_file_texts(env)
        | _get_sheet_texts(env, allowed)
        | _get_cell_texts(env, allowed)
    )
    return texts[problem.kind]


def _get_file_texts(env):
    """Of a file that is no workbook of a regulation."""
    return {
        "empty_file": env._("The file is empty: it has no bytes at all."),
        "not_xlsx": env._(
            "This is not an Excel workbook (.xlsx). Open it in your spreadsheet "
            "program and save it as .xlsx."
        ),
        "old_format": env._(
            "This is an old Excel workbook (.xls). Open it in your spreadsheet "
            "program and save it as .xlsx."
        ),
        "password": env._(
            "The workbook is protected with a password. Save it without one."
        ),
        "corrupt": env._(
            "The workbook is damaged and cannot be opened. Open it in your "
            "spreadsheet program, save it anew and try again."
        ),
        "too_big": env._(
            "The workbook is too big: up to %(size)s MB are read. Pictures and other "
            "sheets do not belong here.",
            size=MAX_BYTES // 2**20,
        ),
        "empty_workbook": env._(
            "The workbook is empty. Download the sample to see what belongs in it."
        ),
    }


def _get_sheet_texts(env, allowed):
    """Of a sheet or a column."""
    return {
        "unknown_sheet": env._(
            "There is no such sheet in a regulation: %(allowed)s. Rename it, hide it "
            "or remove it.",
            allowed=allowed,
        ),
        "double_sheet": env._("There are two sheets for the same thing."),
        "missing_sheet": env._(
            "The sheet “%(allowed)s” is missing. It may have no rows, but it must be "
            "there.",
            allowed=allowed,
        ),
        "merged": env._(
            "These cells are merged. Unmerge them and fill in each row by itself."
        ),
        "too_many_rows": env._(
            "Too many rows: up to %(rows)s of a sheet are read.", rows=MAX_ROWS
        ),
        "no_rows": env._("There are no stages in the sheet."),
        "unknown_column": env._(
            "There is no such column here: %(allowed)s. Rename it or remove it.",
            allowed=allowed,
        ),
        "double_column": env._("There are two columns for the same thing."),
        "missing_column": env._(
            "The column “%(allowed)s” is missing.", allowed=allowed
        ),
        "no_heading": env._(
            "The column has no heading, so it is not known what this is."
        ),
    }


def _get_cell_texts(env, allowed):
    """Of a cell; `allowed` is what could stand there instead."""
    return {
        "empty": env._("This must be filled in."),
        "double_row": env._(
            "Row %(allowed)s says the same; it can be there once.", allowed=allowed
        ),
        "unknown_stage": env._(
            "There is no stage with this code. There are: %(allowed)s.", allowed=allowed
        ),
        "unknown_choice": env._(
            "Not one of the allowed values: %(allowed)s.", allowed=allowed
        ),
        "unknown_field": env._(
            "“%(allowed)s” is not a field of the deal or of its client that can be "
            "checked. The sheet “Help” of the sample lists them.",
            allowed=allowed,
        ),
        "ambiguous": env._("This name means several things. Write the code instead."),
        "not_number": env._("Not a number. Write it as 2, -1 or 1.5."),
        "number_too_big": env._(
            "The number is too big: up to %(allowed)s.", allowed=allowed
        ),
        "not_whole": env._(
            "A deadline in days is a whole number. Use working hours for parts of a "
            "day."
        ),
        "not_date": env._("Not a date. Write it as 2026-03-31 or 31.03.2026."),
        "no_period": env._("Only a step with the subject “Period” has one."),
        "not_domain": env._(
            "The condition cannot be read. Write it as [('expected_revenue', '>', 0)]."
        ),
        "cell_error": env._("A formula in this cell gives an error."),
        "unsaved_formula": env._(
            "The result of this formula is not in the file. Open it in your "
            "spreadsheet program and save it, or write the value."
        ),
        "code_is_date": env._(
            "The spreadsheet program has turned the code into a date. Format the "
            "column as text and write it again."
        ),
    }


def render(env, problems, file_name):
    """All problems as a table: where, what stands there, what is wrong."""
    heads = (
        env._("Sheet"),
        env._("Row"),
        env._("Column"),
        env._("In the file"),
        env._("What is wrong"),
    )
    rows = [
        (
            problem.sheet,
            problem.row or "",
            problem.column,
            problem.value,
            describe(env, problem),
        )
        for problem in problems[:MAX_SHOWN]
    ]
    table = Markup(
        "<table class='table table-sm'><thead><tr>%s</tr></thead>"
        "<tbody>%s</tbody></table>"
    ) % (
        Markup("").join(Markup("<th>%s</th>") % head for head in heads),
        Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(Markup("<td>%s</td>") % cell for cell in row)
            for row in rows
        ),
    )
    if len(problems) > MAX_SHOWN:
        table += Markup("<p>%s</p>") % env._(
            "… and %(count)s more.", count=len(problems) - MAX_SHOWN
        )
    head = env._(
        "“%(file)s” was not imported; nothing has changed. Problems: %(count)s.",
        file=file_name,
        count=len(problems),
    )
    return Markup('<div class="alert alert-danger" role="alert">%s</div>%s') % (
        head,
        table,
    )
