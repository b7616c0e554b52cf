# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ...models.analysis.regulation_abc_line import SEGMENTS
from ...tools.workbook import Block, Cell, Column
from .regulation_abc_facts import GRADES, LETTERS
from .regulation_abc_lists import LINE, Section
from .regulation_abc_reader import MOVES

KEY = "regulation.key.client"
#: no class, no grade, no former class: as it is printed
NONE = "–"


class RegulationAbcFindings(models.AbstractModel):
    """What the classes show: XYZ, RFM, migration, concentration, who stands apart.
    (R-7, C.4–C.9)"""

    _name = "regulation.abc.findings"
    _description = "Findings of an ABC Report"
    _inherit = ["regulation.abc.lists"]

    # ------------------------------------------------------------
    # XYZ AND RFM
    # ------------------------------------------------------------

    def _section_xyz(self, run):
        section = Section("xyz", self.env._("ABC × XYZ"))
        counts, values = [], []
        if not (run.parameters or {}).get("with_xyz"):
            section.notes.append(self.env._("XYZ was not calculated in this run."))
        elif self._has_data(run):
            grid = self._get_grid(run)
            counts = [self._grid_row(grid, letter, 0) for letter in LETTERS]
            values = [self._grid_row(grid, letter, 1) for letter in LETTERS]
            section.notes.append(
                self.env._(
                    "“%(none)s”: fewer than 3 sub-periods, or nothing to divide by.",
                    none=NONE,
                )
            )
        names = [*GRADES, NONE, "total"]
        labels = [*GRADES, NONE, self.env._("Total")]
        first = Column("class", self.env._("Class"), width=16)
        section.blocks = [
            Block(
                self.env._("Clients"),
                [first, *(
                    Column(name, label, "integer", 16, True)
                    for name, label in zip(names, labels, strict=True)
                )],
                counts,
                key="xyz_counts",
            ),
            Block(
                self.env._("Value"),
                [first, *(
                    self._value_column(run, name, label, total=True)
                    for name, label in zip(names, labels, strict=True)
                )],
                values,
                key="xyz_values",
            ),
        ]  # fmt: skip
        return section

    def _grid_row(self, grid, letter, index):
        cells = {grade or NONE: grid[letter, grade][index] for grade in (*GRADES, None)}
        return {"class": letter, **cells, "total": sum(cells.values())}

    def _section_rfm(self, run):
        section = Section("rfm", self.env._("RFM segments"))
        rows = []
        if not (run.parameters or {}).get("with_rfm"):
            section.notes.append(self.env._("RFM was not calculated in this run."))
        elif self._has_data(run):
            rows = self._get_segment_rows(run)
        section.blocks = [
            Block(
                self.env._("Segments"),
                [
                    Column("segment", self._get_label("segment", LINE), width=30),
                    Column("count", self.env._("Clients"), "integer", 12, True),
                    *(Column(x, x, "integer", 8, True) for x in LETTERS),
                    self._value_column(run, "value", self.env._("Value"), total=True),
                    self._share_column("share", self.env._("Value, %"), True),
                    Column("recency", self.env._("Days Since Last Sale, on Average"),
                           "number", 16, digits=1),
                    Column("frequency", self.env._("Documents, on Average"),
                           "number", 16, digits=1),
                ],
                rows,
                key="segments",
            )
        ]  # fmt: skip
        return section

    def _get_segment_rows(self, run):
        order = [key for key, _label in SEGMENTS]
        words = self._get_words("segment")
        names = ("count", *LETTERS, "value", "recency", "frequency")
        rows = []
        found = self.env["regulation.abc.reader"]._get_segments(run)
        for segment, *figures in sorted(
            found, key=lambda row: order.index(row[0]) if row[0] in order else 99
        ):
            row = dict(zip(names, figures, strict=True))
            row["segment"] = words.get(segment) or NONE
            row["share"] = self._divide(row["value"], run.total)
            rows.append(row)
        return rows

    # ------------------------------------------------------------
    # MIGRATION
    # ------------------------------------------------------------

    def _section_migration(self, run, paper):
        section = Section("migration", self.env._("Migration between classes"))
        migration = self._get_migration(run) if self._has_data(run) else None
        section.blocks = [
            self._block_matrix(migration),
            self._block_indicators(migration),
        ]
        if not run.previous_run_id:
            if self._has_data(run):
                section.notes.append(
                    self.env._(
                        "The first run of its profile: there is nothing to compare it "
                        "with."
                    )
                )
                if paper:
                    section.blocks = []
                    return section
        else:
            section.notes.append(
                self.env._(
                    "Compared with %(period)s.",
                    period=self._period(run.previous_run_id),
                )
            )
            if not run.is_comparable:
                section.notes.append(self.env._("Method changed, not comparable."))
        columns = [
            Column("name", self.env._("Client"), width=34),
            Column("user", self.env._("Salesperson"), width=20),
            Column("previous", self._get_label("previous_class", LINE), width=10),
            Column("final", self.env._("Class"), width=10),
            self._value_column(run, "before", self.env._("Value Before")),
            self._value_column(run, "value", self.env._("Value")),
            Column("change", self.env._("Change"), width=14),
        ]
        if paper:
            words = self._get_words("movement")
            section.blocks += [
                self._block_list(run, move, words[move], columns[:-1], paper)
                for move in MOVES
            ]
        else:
            section.blocks.append(
                self._block_list(
                    run, "moved", self.env._("Who moved"), columns, paper
                )
            )  # fmt: skip
        return section

    def _block_matrix(self, migration):
        names = [*LETTERS, None]
        rows = []
        for old in names if migration else ():
            cells = {new or NONE: migration.matrix.get((old, new), 0) for new in names}
            rows.append(
                {"previous": old or NONE, **cells, "total": sum(cells.values())}
            )
        return Block(
            self.env._("From class (rows) to class (columns)"),
            [
                Column("previous", self.env._("From ↓ To →"), width=16),
                *(Column(new or NONE, new or NONE, "integer", 10, True)
                  for new in names),
                Column("total", self.env._("Total"), "integer", 10, True),
            ],
            rows,
            self.env._(
                "Row “%(none)s”: new and reactivated clients; column “%(none)s”: lost "
                "ones.",
                none=NONE,
            )
            if migration
            else "",
            "matrix",
        )  # fmt: skip

    def _block_indicators(self, migration):
        rows = []
        if migration:
            figures = [
                ("up", self.env._("Up"), len(migration.up)),
                ("down", self.env._("Down"), len(migration.down)),
                ("same", self.env._("Same"), len(migration.same)),
                ("both", self.env._("With a class in both runs"), migration.both),
                ("new", self.env._("New and reactivated"), len(migration.new)),
                ("lost", self.env._("Lost"), len(migration.lost)),
            ]
            rows = [
                {"ref": ref, "item": item, "value": Cell(value, "integer")}
                for ref, item, value in figures
            ]
            for ref, item, share in (
                ("index", self.env._("Index: up less down, of both"), migration.index),
                ("stability", self.env._("Stability: same, of both"),
                 migration.stability),
            ):  # fmt: skip
                value = None if share is None else Cell(float(share), "percent", 2)
                rows.append({"ref": ref, "item": item, "value": value})
        return Block(
            self.env._("Movement"), self._item_columns(), rows, key="indicators"
        )

    # ------------------------------------------------------------
    # CONCENTRATION
    # ------------------------------------------------------------

    def _section_concentration(self, run):
        section = Section("concentration", self.env._("Concentration"))
        rows = []
        if self._has_data(run):
            rows = self._get_concentration_rows(run)
            section.notes += self._get_warnings(run)
        section.blocks = [
            Block(
                self.env._("Concentration"),
                self._item_columns(),
                rows,
                key="concentration",
            )
        ]
        return section

    def _get_concentration_rows(self, run):
        gini = Cell(run.gini, "number", 4) if run.has_gini else None
        rows = [
            ("gini", self.env._("Gini coefficient"), gini),
            ("hhi", self.env._("HHI, sum of squared shares"),
             Cell(run.hhi, "number", 5)),
            ("effective", self.env._("Effective number of clients"),
             Cell(run.effective_clients, "number", 2)),
        ]  # fmt: skip
        rows += [
            (
                name,
                self._get_label(name, run._name),
                Cell(run[name] / 100, "percent", 2),
            )
            for name in ("cr1", "cr3", "cr5", "cr10")
        ]
        return [{"ref": ref, "item": item, "value": cell} for ref, item, cell in rows]

    def _get_warnings(self, run):
        """What the figures mean: dependence, and classes that mean nothing."""
        share = self._percent(run.cr1)
        warnings = {
            "mono_client": self.env._(
                "Warning, mono-client: the largest client makes %(share)s of the value "
                "(50 %% or more).",
                share=share,
            ),
            "dependence": self.env._(
                "Warning, dependence: the largest client makes %(share)s of the value "
                "(more than 20 %%).",
                share=share,
            ),
            "key": self.env._(
                "Key client: the largest one makes %(share)s of the value (10 %% or "
                "more).",
                share=share,
            ),
        }
        found = []
        if dependence := self._get_dependence(run):
            found.append(warnings[dependence])
        if self._is_flat(run):
            found.append(
                self.env._(
                    "No concentration, ABC is not meaningful (Gini below 0.1)."
                )
            )  # fmt: skip
        return found

    # ------------------------------------------------------------
    # WHO STANDS APART
    # ------------------------------------------------------------

    def _section_without(self, run, paper):
        title = self.env._("Clients without a positive value")
        columns = [
            *self._client_columns(run),
            Column("previous", self._get_label("previous_class", LINE), width=10),
            Column("why", self.env._("Reason"), width=44),
        ]
        block = self._block_list(run, "without", title, columns, paper)
        block.rows = self._add_reasons(block.rows)
        return Section("without", title, [block])

    def _add_reasons(self, rows):
        below = self.env._("Credit notes are larger than sales.")
        zero = self.env._("Sales and credit notes are equal.")
        for row in rows:
            row["why"] = below if row["value"] < 0 else zero
            yield row

    def _section_excluded(self, run, paper):
        title = self.env._("Clients left out")
        columns = [
            *self._client_columns(run),
            Column("reason", self.env._("Reason"), width=44),
        ]
        block = self._block_list(run, "excluded", title, columns, paper)
        return Section("excluded", title, [block])

    def _section_manual(self, run, paper):
        title = self.env._("Classes set by hand")
        columns = [
            Column("name", self.env._("Client"), width=34),
            self._value_column(run, "value", self.env._("Value")),
            Column("manual", self.env._("By Hand"), width=10),
            Column("assigned", self.env._("Computed"), width=10),
            Column("author", self.env._("Set By"), width=20),
            Column("set_because", self.env._("Reason"), width=44),
            Column("set_until", self.env._("Until"), "date", 14),
        ]
        block = self._block_list(run, "manual", title, columns, paper)
        return Section("manual", title, [block])

    # ------------------------------------------------------------
    # KEY CLIENTS
    # ------------------------------------------------------------

    def _section_key(self, run):
        title = self.env._("Key clients")
        columns = [
            Column("name", self.env._("Client"), width=34),
            Column("criteria", self.env._("Criteria"), width=44),
            Column("state", self.env._("State"), width=16),
            Column("manager", self.env._("Manager"), width=22),
            self._share_column("share", self.env._("Share")),
            Column("risk", self.env._("Risk"), width=16),
        ]
        rows = self._get_key_rows(run) if self._has_data(run) else []
        note = self.env._("The list as it is on the day of printing.") if rows else ""
        block = Block(title, columns, rows, note, "key")
        return Section("key", title, [block])

    @api.model
    def _get_key_rows(self, run):
        """The list of key clients and candidates as it is today, in its own order."""
        # the list is built by another room: without it there are none
        if KEY not in self.env or not self.env[KEY].has_access("read"):
            return []
        keys = self.env[KEY].search(
            [
                ("company_id", "=", run.company_id.id),
                ("state", "in", ("approved", "candidate")),
            ]
        )
        return [
            {
                "name": key.partner_name,
                "criteria": key.criteria_text,
                "state": self._get_option("state", key.state, KEY),
                # safe: the name of the client's manager
                "manager": key.user_id.sudo().name,
                "share": key.share / 100,
                "risk": self._get_option("risk_level", key.risk_level, KEY),
            }
            for key in keys
        ]
