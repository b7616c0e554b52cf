# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.tools import format_date

from ....tools.svg_chart import UNITS, bar_chart, shorten
from ....tools.workbook import Column
from ..client_figures import MONTHS, QUARTERS, Year
from .block import Block


class RegulationDossierFigures(models.AbstractModel):
    """What the client buys and owes: figures, quarters, months. (R-2)"""

    _name = "regulation.dossier.figures"
    _description = "Client Card: Figures"
    _inherit = ["regulation.dossier.section"]

    def _get_figures(self, clients):
        figures = self.env["regulation.client.figures"]
        debts = figures._get_debts(clients)
        years = figures._get_years(clients)
        days = figures._get_outstanding_days(clients)
        margins = self._get_year_margins(clients)
        return self._make_facts(
            "figures",
            self.env._(
                "Figures, %(currency)s", currency=self.env.company.currency_id.name
            ),
            clients,
            [
                Column("revenue", self.env._("Revenue of 12 Months"), "money", 18),
                *self._get_margin_columns(),
                Column("receivable", self.env._("Receivable"), "money"),
                Column("overdue", self.env._("Overdue"), "money"),
                Column("dso", self.env._("Days Sales Outstanding"), "number", 18),
            ],
            lambda client: {
                "revenue": years.get(client.id, Year()).revenue,
                "receivable": debts[client.id][0],
                "overdue": debts[client.id][1],
                "dso": days.get(client.id),
                **margins[client.id],
            },
            note=self._get_figures_note(),
        )

    def _get_margin_columns(self):
        if not self.env["regulation.client.figures"]._has_margin():
            return [Column("margin", self.env._("Margin"), width=26)]
        return [
            Column("margin", self.env._("Margin"), "money"),
            Column("margin_share", self.env._("Margin, % of Orders"), "percent", 14),
        ]

    def _get_year_margins(self, clients):
        """The margin of the last twelve months as the block tells it, by client."""
        figures = self.env["regulation.client.figures"]
        if not figures._has_margin():
            # what nobody can know is not zero
            text = self.env._("sale_margin not installed")
            return {client.id: {"margin": text} for client in clients}
        margins = figures._get_margins(clients, figures._get_year_span()[0])
        rows = {}
        for client in clients:
            orders = margins.get(client.id, {}).values()
            margin, untaxed = (sum(cell[i] for cell in orders) for i in (0, 1))
            rows[client.id] = {
                "margin": margin if orders else None,
                "margin_share": margin / untaxed if untaxed else None,
            }
        return rows

    def _get_figures_note(self):
        figures = self.env["regulation.client.figures"]
        texts = [
            self.env._(
                "Posted customer invoices less credit notes, without tax; what is owed "
                "with tax. Company: %(company)s, cut-off: %(day)s.",
                company=self.env.company.name,
                day=format_date(self.env, figures._get_today()),
            ),
            self.env._(
                "Days sales outstanding: receivable / invoiced with tax in 12 months × "
                "days of these."
            ),
        ]
        if figures._has_margin():
            texts.append(self.env._("Margin: of the orders confirmed in 12 months."))
        return " ".join(texts)

    def _get_quarters(self, clients):
        figures = self.env["regulation.client.figures"]
        sales = figures._get_sales(clients, "quarter", QUARTERS)
        days = figures._get_periods("quarter", QUARTERS)
        margins = figures._get_margins(clients, days[0], "quarter")
        rows = {}
        for client in clients:
            sold, earned = sales.get(client.id, {}), margins.get(client.id, {})
            rows[client.id] = [
                self._get_quarter_row(day, *sold.get(day, (0.0, 0, 0.0)))
                | {"margin": earned.get(day, (None,))[0]}
                for day in (days if sold or earned else ())
            ]
        columns = [
            Column("quarter", self.env._("Quarter"), width=14),
            Column("revenue", self.env._("Revenue"), "money", total=True),
            Column("orders", self.env._("Orders"), "integer", 10, total=True),
            Column("average", self.env._("Average Order"), "money"),
        ]
        if figures._has_margin():
            # no total: where no order is known, it would be a zero
            columns.insert(2, Column("margin", self.env._("Margin"), "money"))
        return self._make_tables(
            "quarters",
            self.env._("By Quarter"),
            clients,
            columns,
            rows,
            note=self.env._("An order is a posted customer invoice."),
        )

    def _get_quarter_row(self, day, revenue, orders, amount):
        return {
            "quarter": format_date(self.env, day, date_format="QQQ y"),
            "revenue": revenue,
            "orders": orders,
            "average": amount / orders if orders else None,
        }

    def _get_months(self, clients):
        figures = self.env["regulation.client.figures"]
        sales = figures._get_sales(clients, "month", MONTHS)
        days = figures._get_periods("month", MONTHS)
        blocks = {}
        title = self.env._("Revenue by Month")
        for client in clients:
            of_client = sales.get(client.id, {})
            rows = [
                {"month": day, "revenue": of_client.get(day, (0.0,))[0]}
                for day in (days if of_client else ())
            ]
            blocks[client.id] = Block(
                "months",
                title,
                [
                    Column("month", self.env._("Month"), "date", 12),
                    Column("revenue", self.env._("Revenue"), "money", total=True),
                ],
                rows,
                layout="months",
                chart=self._draw_months(title, rows) if rows else "",
            )
        return blocks

    def _draw_months(self, title, rows):
        mark = (
            self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point
        )
        # one term: words of one letter are not exported for translation
        signs = self.env._("bn|m|k").replace("_", "\u00a0").split("|")
        units = tuple(
            (unit, sign) for (unit, _sign), sign in zip(UNITS, signs, strict=False)
        )
        return bar_chart(
            [
                (
                    format_date(self.env, row["month"], date_format="LLL").strip(".")
                    + "\n"
                    + str(row["month"].year),
                    row["revenue"],
                )
                for row in rows
            ],
            title=title,
            describe=lambda value: shorten(value, units, mark or "."),
        )
