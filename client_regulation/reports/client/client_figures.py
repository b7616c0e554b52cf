# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.periods import period_of

QUARTERS = 8
MONTHS = 24
#: posted documents of a client: an order is an invoice, a credit note lessens it
SALES = ("out_invoice", "out_refund")


@dataclass(slots=True)
class Year:
    """Sales of twelve months to one client, in the currency of the company.

    :param revenue: posted invoices less credit notes, without tax
    :param billed: the same with tax
    :param orders: number of invoices
    """

    revenue: float = 0.0
    billed: float = 0.0
    orders: int = 0


class RegulationClientFigures(models.AbstractModel):
    """What clients buy and owe, from the books of the company. (R-2: figures)

    Who answers for a client must know its turnover and debt, but need not see the
    books: the sums are read as sudo, and only for clients that the reader may read.
    No document, line or journal leaves this model. In the currency of the company,
    for any number of clients in a constant number of queries.
    """

    _name = "regulation.client.figures"
    _description = "Figures of Clients"

    @api.model
    def _get_today(self):
        return self.env["regulation.time"]._get_today(self.env.company.id)

    @api.model
    def _get_periods(self, period, count):
        """First days of the last periods, the present one last."""
        step = relativedelta(months=3 if period == "quarter" else 1)
        start = period_of(self._get_today(), period)[0]
        return [start - step * back for back in range(count - 1, -1, -1)]

    @api.model
    def _get_year_span(self, back=0):
        """Twelve months to the day, the first and the last day; ``back`` years ago."""
        last = self._get_today() - relativedelta(years=back)
        return last - relativedelta(years=1) + relativedelta(days=1), last

    def _get_sales_domain(self, clients, since, until=None):
        return Domain(
            [
                ("commercial_partner_id", "in", clients.ids),
                ("company_id", "=", self.env.company.id),
                ("move_type", "in", SALES),
                ("state", "=", "posted"),
                ("invoice_date", ">=", since),
                ("invoice_date", "<=", until or self._get_today()),
            ]
        )

    @api.model
    def _get_sales(self, clients, period, count):
        """Turnover without tax by period: ``{client_id: {first day: (revenue, orders,
        sum of the orders)}}``; a period without documents is not there."""
        clients.check_access("read")
        since = self._get_periods(period, count)[0]
        sales = defaultdict(lambda: defaultdict(lambda: [0.0, 0, 0.0]))
        # sudo: see the docstring of the model
        for client, day, move_type, amount, orders in (
            self.env["account.move"]
            .sudo()
            ._read_group(
                self._get_sales_domain(clients, since),
                ["commercial_partner_id", f"invoice_date:{period}", "move_type"],
                ["amount_untaxed_signed:sum", "__count"],
            )
        ):
            cell = sales[client.id][day]
            cell[0] += amount
            if move_type == "out_invoice":
                cell[1] += orders
                cell[2] += amount
        return {
            client: {day: tuple(cell) for day, cell in days.items()}
            for client, days in sales.items()
        }

    @api.model
    def _get_years(self, clients, back=0):
        """Sales of the last twelve months, or of those ``back`` years before:
        ``{client_id: Year}``; a client without documents is not there."""
        clients.check_access("read")
        years = defaultdict(Year)
        # sudo: see the docstring of the model
        for client, move_type, revenue, billed, orders in (
            self.env["account.move"]
            .sudo()
            ._read_group(
                self._get_sales_domain(clients, *self._get_year_span(back)),
                ["commercial_partner_id", "move_type"],
                ["amount_untaxed_signed:sum", "amount_total_signed:sum", "__count"],
            )
        ):
            year = years[client.id]
            year.revenue += revenue
            year.billed += billed
            if move_type == "out_invoice":
                year.orders += orders
        return dict(years)

    @api.model
    def _get_outstanding_days(self, clients):
        """Days sales outstanding of each client: ``{client_id: days}``. (KPI SRV-08)

        Receivable balance of today / invoiced with tax in the last twelve months ×
        days of these. The balance is what is left of posted receivable items, so
        payments lessen it, those not yet matched to an invoice too. Who was invoiced
        nothing, or less than was credited, is not there.
        """
        start, end = self._get_year_span()
        debts = self._get_debts(clients)
        return {
            client: debts[client][0] / year.billed * ((end - start).days + 1)
            for client, year in self._get_years(clients).items()
            if year.billed > 0
        }

    @api.model
    def _get_shares(self, clients):
        """Our share of what clients buy in our categories: ``{client_id: 0.25}``.

        Invoiced without tax in the last twelve months / yearly purchases of the card,
        which are converted at the day of the estimate. A client without an estimate
        is not there; more than 1 says that the estimate is wrong. (KPI BASE-11)
        """
        company = self.env.company
        years = self._get_years(clients)
        shares = {}
        for client in clients:
            if not client.yearly_purchases:
                continue
            currency = client.yearly_purchases_currency_id or company.currency_id
            estimate = currency._convert(
                client.yearly_purchases,
                company.currency_id,
                company,
                client.yearly_purchases_date or self._get_today(),
                round=False,
            )
            if estimate:
                shares[client.id] = years.get(client.id, Year()).revenue / estimate
        return shares

    # ------------------------------------------------------------
    # MARGIN
    # ------------------------------------------------------------

    @api.model
    def _has_margin(self):
        """Whether orders know their margin: the module sale_margin is installed."""
        return "margin" in self.env["sale.order"]._fields

    @api.model
    def _get_margins(self, clients, since, period="year"):
        """Margin of the orders confirmed since a day: ``{client_id: {first day of the
        period: (margin, untaxed amount of the orders)}}``. (KPI SRV-16)"""
        clients.check_access("read")
        margins = defaultdict(dict)
        if not clients or not self._has_margin():
            return margins
        self.env["sale.order"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        company = self.env.company
        rows = self.env.execute_query(
            SQL(
                """
                SELECT client, date_trunc(%(period)s, day)::date,
                       SUM(margin / rate), SUM(untaxed / rate)
                  FROM (
                        SELECT p.commercial_partner_id AS client,
                               (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)
                               ::date AS day,
                               COALESCE(o.margin, 0) AS margin,
                               o.amount_untaxed AS untaxed,
                               COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate
                          FROM sale_order o
                          JOIN res_partner p ON p.id = o.partner_id
                         WHERE p.commercial_partner_id IN %(clients)s
                           AND o.company_id = %(company)s
                           AND o.state = 'sale'
                       ) o
                 WHERE day BETWEEN %(since)s AND %(today)s
              GROUP BY 1, 2
                """,
                period=period,
                tz=self._get_timezone(),
                clients=tuple(clients.ids),
                company=company.id,
                since=since,
                today=self._get_today(),
            )
        )
        for client, day, margin, untaxed in rows:
            margins[client][day] = (float(margin), float(untaxed))
        return margins

    def _get_timezone(self):
        time = self.env["regulation.time"]
        return time._get_clock(self.env.company.id, fields.Datetime.now()).tz.key

    @api.model
    def _get_debts(self, clients):
        """What clients owe today: ``{client_id: (receivable, overdue)}``."""
        clients.check_access("read")
        debts = {client: [0.0, 0.0] for client in clients.ids}
        domain = Domain(
            [
                ("partner_id.commercial_partner_id", "in", clients.ids),
                ("company_id", "=", self.env.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ]
        )
        # sudo: see the docstring of the model
        lines = self.env["account.move.line"].sudo()
        late = Domain("date_maturity", "<", self._get_today())
        for index, part in enumerate((domain, domain & late)):
            for client, amount in lines._read_group(
                part, ["partner_id.commercial_partner_id"], ["amount_residual:sum"]
            ):
                debts[client.id][index] = amount
        return {client: tuple(sums) for client, sums in debts.items()}
