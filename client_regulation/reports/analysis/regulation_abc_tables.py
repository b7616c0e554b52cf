# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import format_date

from ...tools.svg_curve import Mark, curve_chart
from ...tools.workbook import Block, Column
from .regulation_abc_facts import LETTERS, READING
from .regulation_abc_lists import Section

#: on paper the table of clients is whole up to so many
PAPER_LINES = 2000
#: parts of the curve on paper
PAPER_POINTS = 10
#: of more lines, classes A and B are printed, at most so many of them
PAPER_MOST = 5000


class RegulationAbcTables(models.AbstractModel):
    """The sections of R-7, which paper and workbook both read. (R-7)

    Rows are raw numbers; what differs is how many lines a list has: on paper those
    that can be read there, and the words how many are in the workbook only.
    """

    _name = "regulation.abc.tables"
    _description = "Tables of an ABC Report"
    _inherit = ["regulation.abc.findings"]

    @api.model
    def _get_sections(self, run, paper=True):
        """All sections of a run; of a run without data those that have something."""
        sections = [self._section_parameters(run)]
        if not self._has_data(run) and paper:
            return sections
        return [
            *sections,
            self._section_summary(run),
            self._section_curve(run, paper),
            self._section_lines(run, paper),
            self._section_xyz(run),
            self._section_rfm(run),
            self._section_migration(run, paper),
            self._section_concentration(run),
            self._section_without(run, paper),
            self._section_excluded(run, paper),
            self._section_manual(run, paper),
            self._section_key(run),
        ]

    # ------------------------------------------------------------
    # PARAMETERS
    # ------------------------------------------------------------

    def _section_parameters(self, run):
        rows = [
            {"item": self.env._("Company"), "value": run.company_id.name},
            *(
                {"item": label, "value": text, "names": names}
                for names, label, text in self._get_parameters(run)
            ),
            *self._get_state_rows(run),
        ]
        blocks = [
            Block(
                self.env._("Parameters"),
                [
                    Column("item", self.env._("Parameter"), width=34),
                    Column("value", self.env._("Words"), width=90),
                ],
                rows,
                key="parameters",
            )
        ]
        if rates := self._get_rates(run):
            blocks.append(self._block_rates(rates))
        if self._has_data(run):
            blocks.append(self._block_check(run))
        return Section("parameters", self.env._("Parameters and data check"), blocks)

    def _get_state_rows(self, run):
        former = run.previous_run_id
        comparable = "—"
        if former:
            comparable = self._yes(run.is_comparable)
        day = run.approved_on
        return [
            {
                "item": self._get_label("state", run._name),
                "value": self._get_option("state", run.state, run._name),
            },
            {
                "item": self._get_label("user_id", run._name),
                "value": run.user_id.sudo().name,  # safe: the name of a colleague
            },
            {
                "item": self.env._("Approved By"),
                "value": ", ".join(
                    filter(
                        None,
                        (
                            run.approved_by_id.sudo().name,  # safe: as above
                            day and format_date(self.env, day),
                        ),
                    )
                )
                or "—",
            },
            {
                "item": self._get_label("previous_run_id", run._name),
                "value": former and self._period(former) or "—",
            },
            {
                "item": self._get_label("is_comparable", run._name),
                "value": comparable,
            },
        ]

    def _block_rates(self, rates):
        return Block(
            self.env._("Exchange rates used"),
            [
                Column("company", self.env._("Company"), width=34),
                Column("first", self.env._("From"), "date"),
                Column("stop", self.env._("Before"), "date"),
                Column("rate", self.env._("Rate"), "number", digits=6),
            ],
            rates,
            key="rates",
        )

    def _block_check(self, run):
        facts = [
            ("total", self.env._("Value of the base"), run.total),
            ("net_total", self.env._("Value of all clients, net"), run.net_total),
            ("excluded", self.env._("Value left out"), run.excluded_total),
            (
                "analysed",
                self.env._("Analysed: all clients and those left out"),
                run.net_total + run.excluded_total,
            ),
        ]
        if run.currency_id:
            facts += [
                (
                    "accounting",
                    self.env._("Income in the books of the period"),
                    run.accounting_revenue,
                ),
                (
                    "difference",
                    self.env._("Difference: analysed − books"),
                    run.analysed_difference,
                ),
            ]
        value = self._value_column(run, "value", self.env._("Value"), 20)
        return Block(
            self.env._("Data check"),
            [Column("item", self.env._("Item"), width=34), value],
            [{"ref": ref, "item": item, "value": fact} for ref, item, fact in facts],
            "\n".join(
                filter(None, (self._explain_difference(run), self._explain_left(run)))
            ),
            "check",
        )

    def _explain_left(self, run):
        if not run.excluded_count:
            return self.env._("Nobody is left out.")
        return self.env._(
            "Clients left out by the rules of the profile: %(count)s; they and the "
            "reasons are listed in “%(section)s”.",
            count=run.excluded_count,
            section=self.env._("Clients left out"),
        )

    # ------------------------------------------------------------
    # CLASSES
    # ------------------------------------------------------------

    def _section_summary(self, run):
        rows = self._get_classes(run) if self._has_data(run) else []
        block = Block(
            self.env._("Classes"),
            [
                Column("class", self.env._("Class"), width=34),
                Column("count", self.env._("Clients"), "integer", 20, True),
                self._share_column("client_share", self.env._("Clients, %"), True),
                self._value_column(run, "value", self.env._("Value"), total=True),
                self._share_column("value_share", self.env._("Value, %"), True),
                self._value_column(run, "average", self.env._("Average")),
                self._value_column(run, "smallest", self.env._("Smallest")),
                self._value_column(run, "largest", self.env._("Largest")),
                Column("computed", self.env._("Clients as Computed"), "integer", 14,
                       True),
            ],
            rows,
            self.env._(
                "Classes as assigned, with those kept at the bounds and set by hand; "
                "the last column counts them as computed from the values alone."
            )
            if rows
            else "",
            "classes",
        )  # fmt: skip
        return Section("summary", self.env._("Class summary"), [block])

    # ------------------------------------------------------------
    # CURVE
    # ------------------------------------------------------------

    def _section_curve(self, run, paper=True):
        section = Section("curve", self.env._("ABC curve"))
        points = run.curve if self._has_data(run) else []
        borders = self._get_borders(run) if points else []
        section.blocks = [
            Block(
                self.env._("Borders of the classes as computed"),
                [
                    Column("border", self.env._("Border"), width=16),
                    Column("clients", self.env._("Clients up to It"), "integer"),
                    self._share_column("x", self.env._("Clients, %")),
                    self._share_column("y", self.env._("Value, %")),
                ],
                borders,
                key="borders",
            ),
            self._block_points(points, paper),
        ]
        if not points:
            return section
        top = self.env["regulation.abc.reader"]._get_top_share(run, READING)
        if top is not None:
            reading = self.env._(
                "%(percent)s %% of the clients make %(share)s of the value.",
                percent=READING,
                share=self._percent(100 * top),
            )
            section.notes.append(reading)
        if paper:
            section.chart = self._draw_curve(points, borders, top)
        return section

    def _block_points(self, points, paper):
        kept, last = points, len(points) - 1
        if paper and last > PAPER_POINTS:
            kept = [
                points[round(last * part / PAPER_POINTS)]
                for part in range(PAPER_POINTS + 1)
            ]
        return Block(
            self.env._("Points of the curve"),
            [
                self._share_column("x", self.env._("Clients, %"), width=16),
                self._share_column("y", self.env._("Value, %"), width=16),
                self._share_column("even", self.env._("All Equal, %"), width=16),
            ],
            [{"x": x, "y": y, "even": x} for x, y in kept],
            key="points",
        )

    def _draw_curve(self, points, borders, top):
        marks, areas, start = [], [], 0.0
        for border, letter in zip(borders, LETTERS, strict=False):
            if border["x"] is None or border["x"] >= 1:
                continue
            marks.append(
                Mark(
                    border["x"],
                    border["y"],
                    self.env._(
                        "%(border)s: %(clients)s of clients, %(value)s of value",
                        border=border["border"],
                        clients=self._percent(100 * border["x"]),
                        value=self._percent(100 * border["y"]),
                    ),
                )
            )
            areas.append((start, border["x"], letter))
            start = border["x"]
        last = max(
            (r for r in borders if r["clients"]), key=lambda r: r["x"], default=None
        )
        if last and start < 1:
            after = LETTERS[len([b for b in borders if b["x"] < 1])]
            areas.append((start, 1.0, after))
        if top is not None:
            marks.append(
                Mark(
                    READING / 100,
                    top,
                    self.env._(
                        "%(clients)s of clients: %(value)s of value",
                        clients=self._percent(READING),
                        value=self._percent(100 * top),
                    ),
                    is_border=False,
                )
            )
        return curve_chart(
            points,
            marks,
            areas,
            self.env._("Share of clients, the largest first"),
            self.env._("Share of value"),
            self.env._("ABC curve"),
        )

    # ------------------------------------------------------------
    # CLIENTS
    # ------------------------------------------------------------

    def _section_lines(self, run, paper):
        title = self.env._("Clients by value")
        columns = self._get_line_columns(run, paper)
        if not self._has_data(run):
            return Section("lines", title, [Block(title, columns, key="lines")])
        if not paper:
            rows = self._get_rows(run, "base")
            return Section("lines", title, [Block(title, columns, rows, key="lines")])
        counts = self.env["regulation.abc.reader"]._count(run, "base")
        printed = self._get_printed(counts)
        if sum(printed.values()) < sum(counts.values()):
            # a sum below a part of the lines would be read as that of all
            columns = self._without_sums(columns)
        classes = [letter for letter, count in printed.items() if count]
        rows = self._get_rows(
            run,
            "base",
            sum(printed.values()),
            self.env["regulation.abc.reader"]._of_classes(classes),
        )
        block = Block(title, columns, rows, self._tell_missing(counts, printed))
        block.key = "lines"
        return Section("lines", title, [block])

    @api.model
    def _get_printed(self, counts):
        """How many lines of each class are on paper.

        Up to `PAPER_LINES` all of them; of more, classes A and B, whose clients are
        managed one by one, and of these at most `PAPER_MOST`.
        """
        if sum(counts.values()) <= PAPER_LINES:
            return {letter: counts.get(letter, 0) for letter in LETTERS}
        room, printed = PAPER_MOST, dict.fromkeys(LETTERS, 0)
        for letter in ("A", "B"):
            printed[letter] = min(room, counts.get(letter, 0))
            room -= printed[letter]
        return printed

    def _tell_missing(self, counts, printed):
        both = counts.get("A", 0) + counts.get("B", 0)
        missing = [
            self.env._(
                "%(count)s of class %(letter)s",
                count=counts[letter] - printed[letter],
                letter=letter,
            )
            for letter in LETTERS
            if counts.get(letter, 0) > printed[letter]
        ]
        if not missing:
            return ""
        if both > PAPER_MOST:
            return self.env._(
                "Printed: the first %(printed)s of %(all)s clients. The others are in "
                "the workbook only.",
                printed=sum(printed.values()),
                all=sum(counts.values()),
            )
        return self.env._(
            "Printed: %(printed)s of %(all)s clients. In the workbook only: %(rest)s.",
            printed=sum(printed.values()),
            all=sum(counts.values()),
            rest=", ".join(missing),
        )
