# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""One block of the client card, for paper and workbook alike."""

from dataclasses import dataclass, field

from ....tools.workbook import Column


@dataclass(slots=True)
class Block:
    """One block of the card: a row of facts, or a table.

    :param rows: dicts by key of the columns; facts have one row
    :param layout: facts or table; «sheet» is in the workbook alone
    :param chart: an <svg> element, drawn from the rows
    """

    key: str
    title: str
    columns: list[Column]
    rows: list[dict] = field(default_factory=list)
    layout: str = "table"
    note: str = ""
    chart: str = ""
