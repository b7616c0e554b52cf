# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from itertools import chain, islice

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...tools.workbook import Block, Cell, Curve, Sheet

#: what is printed where there is nothing to print
EMPTY = "—"
#: lines of a sheet; Excel has room for a few more
SHEET_LINES = 1_000_000
#: kinds of columns that are aligned to the right
NUMBERS = ("integer", "number", "money", "percent")


class RegulationAbcReport(models.AbstractModel):
    """R-7: the analysis of the client base, printed and as a workbook.

    Both read the sections of `regulation.abc.tables`; here they get their form. In
    the language of who prints: an internal document of the head of sales and the
    director.
    """

    _name = "report.client_regulation.regulation_abc_run_document"
    _description = "ABC and Base Analysis"
    _inherit = ["regulation.xlsx.report"]
    _report_model = "regulation.abc.run"
    _constant_memory = True

    @api.model
    def _in_language(self):
        """In the language of who reads it."""
        return self.with_context(
            lang=self.env.context.get("lang") or self.env.user.lang
        )

    @api.model
    def _check_may_print(self, runs):
        """Who may read a run reads the whole base: heads of sales and above.

        :raise AccessError: for salespeople, and for runs of other companies
        """
        runs.check_access("read")
        self.env["regulation.abc.line"].check_access("read")

    # ------------------------------------------------------------
    # PAPER
    # ------------------------------------------------------------

    @api.model
    def _get_report_values(self, docids, data=None):
        report = self._in_language()
        runs = report.env["regulation.abc.run"].browse(docids)
        report._check_may_print(runs)
        return {
            "doc_ids": docids,
            "doc_model": runs._name,
            "docs": runs,
            "documents": [report._prepare_run(run) for run in runs],
            "lang": report.env.lang,
        }

    @api.model
    def _prepare_run(self, run):
        tables = self.env["regulation.abc.tables"]
        sections = tables._get_sections(run)
        return {
            "run": run,
            "head": self._get_head(run),
            "sections": [
                {
                    "key": section.key,
                    "number": number,
                    "title": section.title,
                    "notes": section.notes,
                    # safe: made by us of escaped texts, see tools/svg_curve.py
                    "chart": Markup(section.chart),
                    "tables": [self._print_block(block) for block in section.blocks],
                }
                for number, section in enumerate(sections, start=1)
            ],
            "has_data": tables._has_data(run),
            "signatures": self._get_signatures(run),
        }

    @api.model
    def _get_head(self, run):
        """What stands on every page."""
        words = self.env["regulation.abc.words"]
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        cut = fields.Datetime.context_timestamp(self, run.create_date)
        state = words._get_option("state", run.state, run._name)
        return {
            "company": run.company_id.name,
            "currency": run.currency_id.name or self.env._("not in money"),
            "title": self.env._("ABC and base analysis"),
            "period": words._period(run),
            "method": words._get_method_line(run),
            "profile": (run.parameters or {}).get("profile_name")
            or run.profile_id.name,
            "state": state,
            "is_draft": run.state != "approved",
            "cut": self.env._(
                "Data as of %(day)s", day=f"{format_date(self.env, cut)} {cut:%H:%M}"
            ),
            "printed": self.env._(
                "Printed on %(date)s by %(person)s",
                date=f"{format_date(self.env, now)} {now:%H:%M}",
                person=self.env.user.name,
            ),
        }

    @api.model
    def _get_signatures(self, run):
        # safe: the names of colleagues
        approved = run.approved_on
        return [
            (self.env._("Calculated by"), run.user_id.sudo().name or "", ""),
            (self.env._("Head of sales"), "", ""),
            (
                self.env._("Approved by the sales director"),
                run.approved_by_id.sudo().name or "",
                approved and format_date(self.env, approved) or "",
            ),
        ]

    @api.model
    def _print_block(self, block):
        """A table as texts: heads with their widths, rows, sums."""
        whole = sum(column.width for column in block.columns) or 1
        sums = dict.fromkeys((c.key for c in block.columns if c.total), 0)
        rows = []
        for row in block.rows:
            rows.append(
                [
                    (
                        column.key,
                        self._print_cell(column, row.get(column.key)),
                        self._get_side(column, row.get(column.key)),
                    )
                    for column in block.columns
                ]
            )
            for key in sums:
                sums[key] += row.get(key) or 0
        return {
            "key": block.key,
            "title": block.title,
            "notes": [line for line in block.note.split("\n") if line],
            "heads": [
                {
                    "label": column.label,
                    "width": f"width: {100 * column.width / whole:.2f}%",
                    "side": self._get_side(column, None),
                }
                for column in block.columns
            ],
            "rows": rows,
            "width": f"width: {min(100, whole * 0.75):.0f}%",
            "is_short": len(rows) <= 14,
            "sums": [
                (column.key, self._print_cell(column, sums[column.key]), "amount")
                if column.total
                else (column.key, "", None)
                for column in block.columns
            ]
            if rows and sums
            else [],
        }

    @api.model
    def _get_side(self, column, value):
        is_number = isinstance(value, Cell) or column.kind in NUMBERS
        return "amount" if is_number else None

    @api.model
    def _print_cell(self, column, value):
        if isinstance(value, Cell):
            column, value = value.column, value.value
        if value is None or value is False or value == "":
            return EMPTY
        if column.kind in NUMBERS:
            return self._print_number(column, value)
        if column.kind == "date":
            return format_date(self.env, value)
        return str(value)

    @api.model
    def _print_number(self, column, value):
        digits = {"integer": 0, "percent": 1}.get(column.kind, 2)
        if column.digits is not None and column.kind != "integer":
            digits = column.digits
        is_share = column.kind == "percent"
        number = formatLang(
            self.env,
            value * 100 if is_share else value,
            digits=digits,
            rounding_method="HALF-UP",  # as the workbook does
        )
        return f"{number} %" if is_share else number

    # ------------------------------------------------------------
    # WORKBOOK
    # ------------------------------------------------------------

    @api.model
    def _get_xlsx_name(self, records):
        report = self._in_language()
        if len(records) != 1:
            return report.env._("ABC and base analysis")
        return report.env._(
            "ABC analysis - %(company)s - %(start)s - %(stop)s",
            company=records.company_id.name,
            start=records.date_from,
            stop=records.date_to,
        )

    @api.model
    def _get_xlsx(self, records):
        report = self._in_language()
        records = records.with_env(report.env)
        report._check_may_print(records)
        return super(RegulationAbcReport, report)._get_xlsx(records)

    @api.model
    def _get_sheets(self, records):
        report = self._in_language()
        for run in records.with_env(report.env):
            yield from report._get_run_sheets(run)

    @api.model
    def _get_run_sheets(self, run):
        """Sheets of a run, each made when it is written."""
        sections = {
            section.key: section
            for section in self.env["regulation.abc.tables"]._get_sections(
                run, paper=False
            )
        }
        head = self._get_head(run)
        header = (
            f"{head['company']}, {head['currency']}. {head['title']} {head['period']}"
        )
        for title, keys in (
            (self.env._("Parameters"), ["parameters"]),
            (self.env._("Summary"), ["summary", "concentration", "manual"]),
            (self.env._("ABC"), ["lines"]),
            (self.env._("XYZ"), ["xyz"]),
            (self.env._("RFM"), ["rfm"]),
            (self.env._("Migration"), ["migration"]),
            (self.env._("Key"), ["key"]),
            (self.env._("Negative"), ["without"]),
            (self.env._("Excluded"), ["excluded"]),
            (self.env._("Charts"), ["curve"]),
        ):
            blocks = list(
                chain.from_iterable(
                    self._note_blocks(sections[key], header, head) for key in keys
                )
            )
            if keys == ["lines"]:
                yield from self._split_lines(run, title, blocks[0], header)
                continue
            curve = None
            if keys == ["curve"] and run.curve:
                curve = self._get_curve(sections["curve"])
            yield Sheet(title, blocks=blocks, curve=curve, header=header)

    @api.model
    def _note_blocks(self, section, header, head):
        """Blocks of a section, under its notes; parameters under the title."""
        notes = list(section.notes)
        if section.key == "parameters":
            notes = [header, head["method"], head["cut"], head["printed"]]
        first, *others = section.blocks
        note = "\n".join(filter(None, (*notes, first.note)))
        return [
            Block(first.title, first.columns, first.rows, note, first.key),
            *others,
        ]

    @api.model
    def _split_lines(self, run, title, block, header):
        """The table of clients on as many sheets as it needs."""
        counts = self.env["regulation.abc.reader"]._count(run, "base")
        rows = iter(block.rows)
        for _start in range(0, max(sum(counts.values()), 1), SHEET_LINES):
            part = Block(block.title, block.columns, islice(rows, SHEET_LINES),
                         block.note, block.key)  # fmt: skip
            yield Sheet(title, blocks=[part], header=header)

    @api.model
    def _get_curve(self, section):
        return Curve(
            "\n".join([section.title, *section.notes]),
            "x",
            ["y", "even"],
            self.env._("Share of clients, the largest first"),
            self.env._("Share of value"),
        )
