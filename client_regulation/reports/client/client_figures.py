# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from ...tools.periods import period_of

QUARTERS = 8
MONTHS = 24
#: posted documents of a client: an order is an invoice, a credit note lessens it
SALES = ("out_invoice", "out_refund")


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

    def _get_sales_domain(self, clients, since):
        return Domain(
            [
                ("commercial_partner_id", "in", clients.ids),
                ("company_id", "=", self.env.company.id),
                ("move_type", "in", SALES),
                ("state", "=", "posted"),
                ("invoice_date", ">=", since),
                ("invoice_date", "<=", self._get_today()),
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
