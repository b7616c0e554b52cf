# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dataclasses import dataclass, field

from odoo import api, models

from ...tools.workbook import Block, Column

#: lines of a list on paper, but for the table of all clients
PAPER_LIST = 300

LINE = "regulation.abc.line"


@dataclass(slots=True)
class Section:
    """A part of the report: its tables, what is said of them, and a chart."""

    key: str
    title: str
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    chart: str = ""


class RegulationAbcLists(models.AbstractModel):
    """Lines of a run as rows and columns, for paper and for the workbook. (R-7)"""

    _name = "regulation.abc.lists"
    _description = "Lists of an ABC Report"
    _inherit = ["regulation.abc.words", "regulation.abc.facts"]

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    @api.model
    def _value_column(self, run, key, label, width=16, total=False):
        """A column of the measure: money, points of a score or a number of orders."""
        digits = (run.parameters or {}).get("decimals", 2)
        if run.currency_id:
            label = f"{label}, {run.currency_id.name}"
        elif run.measure == "score":
            digits = 2
        return Column(key, label, "money", width, total, digits)

    @api.model
    def _share_column(self, key, label, total=False, width=12):
        return Column(key, label, "percent", width, total, 2)

    @api.model
    def _client_columns(self, run):
        return [
            Column("name", self.env._("Client"), width=34),
            Column("user", self.env._("Salesperson"), width=20),
            self._value_column(run, "value", self.env._("Value"), total=True),
        ]

    @api.model
    def _item_columns(self):
        return [
            Column("item", self.env._("Item"), width=34),
            Column("value", self.env._("Value"), width=20),
        ]

    # ------------------------------------------------------------
    # CLIENTS
    # ------------------------------------------------------------

    @api.model
    def _get_line_columns(self, run, paper):
        own = self._get_label
        columns = [
            Column("rank", own("rank", LINE), "integer", 7),
            *self._client_columns(run),
            self._share_column("share", self.env._("Share"), True, 11),
            self._share_column("cumulative", self.env._("Cumulative"), width=14),
            Column("final", self.env._("Class"), width=7),
            Column("previous", own("previous_class", LINE), width=9),
            Column("change", self.env._("Change"), width=11),
            Column("xyz", own("xyz_class", LINE), width=7),
            Column("variation", self.env._("Variation"), "percent", 11, digits=1),
            Column("rfm", own("rfm_score", LINE), width=7),
            Column("segment", own("segment", LINE), width=18),
            Column("flags", self.env._("Flags"), width=14),
        ]
        if paper:
            return columns
        return [
            *columns,
            Column("computed", own("computed_class", LINE), width=10),
            Column("manual", own("manual_class", LINE), width=10),
            Column("recency", own("recency_days", LINE), "integer", 12),
            Column("frequency", own("frequency", LINE), "integer", 12),
            self._value_column(run, "annual", own("annual_value", LINE)),
            Column("link", self.env._("Link"), "link", 40),
        ]

    @api.model
    def _get_rows(self, run, kind, limit=None, where=None):
        """Lines as rows of words and shares; a generator."""
        changes = self._get_words("movement")
        segments = self._get_words("segment")
        flags = self._get_flags()
        base = run.get_base_url()
        reader = self.env["regulation.abc.reader"]
        for line in reader._read(run, kind, limit, where):
            line["change"] = changes.get(line["change"])
            line["segment"] = segments.get(line["segment"])
            line["flags"] = ", ".join(
                flags.get(flag, flag) for flag in (line["flags"] or "").split()
            )
            for name in ("share", "cumulative", "variation"):
                if line[name] is not None:
                    line[name] /= 100
            line["link"] = f"{base}/odoo/{LINE}/{line['id']}"
            yield line

    @api.model
    def _get_words(self, name):
        field = self.env[LINE]._fields[name]
        return dict(field._description_selection(self.env))

    def _get_flags(self):
        return {
            "new": self.env._("new"),
            "manual": self.env._("set by hand"),
            "negative": self.env._("below zero"),
            "zero": self.env._("zero"),
            "lost": self.env._("lost"),
            "excluded": self.env._("left out"),
        }

    @api.model
    def _without_sums(self, columns):
        return [
            Column(c.key, c.label, c.kind, c.width, False, c.digits) for c in columns
        ]

    @api.model
    def _block_list(self, run, kind, title, columns, paper, note=""):
        """A list of lines: whole in the workbook, its first ones on paper."""
        limit = PAPER_LIST if paper else None
        if not self._has_data(run):
            return Block(title, columns, key=kind)
        if paper:
            counts = self.env["regulation.abc.reader"]._count(run, kind)
            number = sum(counts.values())
            if number > PAPER_LIST:
                note = "\n".join(
                    filter(
                        None,
                        (
                            note,
                            self.env._(
                                "Printed: the first %(printed)s of %(all)s. The "
                                "others are in the workbook only.",
                                printed=PAPER_LIST,
                                all=number,
                            ),
                        ),
                    )
                )
                columns = self._without_sums(columns)
        return Block(title, columns, self._get_rows(run, kind, limit), note, kind)
