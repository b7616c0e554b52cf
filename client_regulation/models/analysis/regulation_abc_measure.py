# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

MEASURES = [
    ("invoiced", "Invoiced, untaxed"),
    ("ordered", "Ordered, untaxed"),
    ("paid", "Paid"),
    ("margin", "Margin of orders"),
    ("order_count", "Number of orders"),
    ("ltv", "Life-time value"),
    ("potential", "Potential of the card"),
    ("score", "Weighted score"),
]

#: measures that are no sum of documents: nothing can be said of their rhythm
WITHOUT_DOCUMENTS = ("potential", "score")

#: measures that are not money
WITHOUT_CURRENCY = ("order_count", "score")


class RegulationAbcMeasure(models.AbstractModel):
    """What clients are worth: the documents behind each measure, as SQL. (Reg. C.1)

    ``_documents_<measure>(method)`` gives a SELECT of ``partner_id, day, amount,
    is_sale`` for the documents of the method's companies up to its last day, in its
    currency; credit notes are negative at their own date and are no sale.
    """

    _name = "regulation.abc.measure"
    _description = "Measures of Client Value"

    @api.model
    def _get_documents(self, method, measure=None, before=False):
        """Documents of a measure within the period of a method, or before it.

        :param method: `Method` (regulation_abc_method)
        :param before: those before the period, whose dates alone matter
        """
        measure = measure or method.measure
        first, last = method.date_from, method.date_to
        if before:
            first, last = None, method.date_from - timedelta(days=1)
        elif measure == "ltv":
            first = None
        source = getattr(self, f"_documents_{measure}", None)
        return source(method, first, last) if source else None

    # -- invoices ----------------------------------------------------------------

    @api.model
    def _documents_invoiced(self, method, first, last):
        """Posted customer invoices, receipts and credit notes at their own date."""
        return SQL(
            """
            SELECT %(partner)s AS partner_id, m.invoice_date AS day,
                   %(amount)s AS amount, m.move_type <> 'out_refund' AS is_sale
              FROM account_move m %(rates)s
             WHERE m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND m.company_id IN %(companies)s
               AND m.commercial_partner_id IS NOT NULL
               AND m.invoice_date <= %(last)s %(first)s
            """,
            partner=SQL(
                "m.partner_id"
                if method.client_key == "contact"
                else "m.commercial_partner_id"
            ),
            amount=self._convert(method, SQL("m.amount_untaxed_signed")),
            rates=self._join_rates(method, SQL("m.company_id"), SQL("m.invoice_date")),
            companies=method.company_ids,
            last=last,
            first=SQL(" AND m.invoice_date >= %s", first) if first else SQL(),
        )

    @api.model
    def _documents_ltv(self, method, first, last):
        return self._documents_invoiced(method, None, last)

    # -- orders ------------------------------------------------------------------

    @api.model
    def _documents_ordered(self, method, first, last):
        return self._get_orders(
            method, first, last, SQL("o.amount_untaxed / %s", self._order_rate())
        )

    @api.model
    def _documents_margin(self, method, first, last):
        """Needs `sale_margin`, which brings the column; profiles refuse it without."""
        return self._get_orders(
            method, first, last, SQL("o.margin / %s", self._order_rate())
        )

    @api.model
    def _documents_order_count(self, method, first, last):
        return self._get_orders(method, first, last, None)

    @api.model
    def _order_rate(self):
        return SQL("COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric")

    @api.model
    def _get_orders(self, method, first, last, amount):
        """Confirmed orders by the day of the company, amounts in its currency.

        :param amount: SQL of the amount, None to count the orders
        """
        day = SQL("(o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", method.tz)
        own = SQL("round(%s, %s)", amount, method.decimals) if amount else None
        return SQL(
            """
            SELECT %(partner)s AS partner_id, %(day)s AS day,
                   %(amount)s AS amount, TRUE AS is_sale
              FROM sale_order o
              JOIN res_partner op ON op.id = o.partner_id %(rates)s
             WHERE o.state = 'sale' AND o.company_id IN %(companies)s
               AND o.date_order < %(stop)s %(start)s
            """,
            partner=SQL(
                "o.partner_id"
                if method.client_key == "contact"
                else "op.commercial_partner_id"
            ),
            day=day,
            amount=self._convert(method, own) if amount else SQL("1"),
            rates=self._join_rates(method, SQL("o.company_id"), day)
            if amount
            else SQL(),
            companies=method.company_ids,
            stop=self._get_midnight(method, last + timedelta(days=1)),
            start=SQL(" AND o.date_order >= %s", self._get_midnight(method, first))
            if first
            else SQL(),
        )

    @api.model
    def _get_midnight(self, method, day):
        """When a day of the company begins, naive UTC."""
        local = datetime.combine(day, time.min, ZoneInfo(method.tz))
        return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    # -- payments ----------------------------------------------------------------

    @api.model
    def _documents_paid(self, method, first, last):
        """Payments of customers; what was paid back is taken off."""
        return SQL(
            """
            SELECT %(partner)s AS partner_id, p.date AS day,
                   %(amount)s AS amount, p.payment_type = 'inbound' AS is_sale
              FROM account_payment p
              JOIN res_partner op ON op.id = p.partner_id %(rates)s
             WHERE p.partner_type = 'customer' AND p.state IN ('in_process', 'paid')
               AND p.company_id IN %(companies)s AND p.date <= %(last)s %(first)s
            """,
            partner=SQL(
                "p.partner_id"
                if method.client_key == "contact"
                else "op.commercial_partner_id"
            ),
            amount=self._convert(method, SQL("p.amount_company_currency_signed")),
            rates=self._join_rates(method, SQL("p.company_id"), SQL("p.date")),
            companies=method.company_ids,
            last=last,
            first=SQL(" AND p.date >= %s", first) if first else SQL(),
        )

    # -- the card ------------------------------------------------------------------

    @api.model
    def _documents_potential(self, method, first, last):
        """Yearly purchases of the card, in the currency of the method."""
        Currency = self.env["res.currency"]
        company = self.env["res.company"].browse(method.company_id)
        target = Currency.browse(method.currency_id or company.currency_id.id)
        used = self.env.execute_query(
            SQL(
                "SELECT DISTINCT yearly_purchases_currency_id FROM res_partner"
                " WHERE yearly_purchases > 0"
                " AND yearly_purchases_currency_id IS NOT NULL"
            )
        )
        rates = [
            SQL(
                "WHEN %s THEN %s::numeric",
                currency_id,
                repr(
                    Currency._get_conversion_rate(
                        Currency.browse(currency_id), target, company, last
                    )
                ),
            )
            for (currency_id,) in used
        ]
        rate = SQL("1")
        if rates:
            rate = SQL(
                "(CASE c.yearly_purchases_currency_id %s ELSE 1 END)",
                SQL(" ").join(rates),
            )
        return SQL(
            """
            SELECT c.id AS partner_id, %(last)s::date AS day,
                   round(c.yearly_purchases * %(rate)s, %(decimals)s) AS amount,
                   FALSE AS is_sale
              FROM res_partner c
             WHERE c.yearly_purchases > 0 AND c.active
               AND c.commercial_partner_id = c.id
               AND (c.company_id IS NULL OR c.company_id IN %(companies)s)
            """,
            last=last,
            rate=rate,
            decimals=method.decimals,
            companies=method.company_ids,
        )

    # -- currencies --------------------------------------------------------------

    @api.model
    def _convert(self, method, amount):
        """An amount of a company's currency in the currency of the method."""
        if not method.rates:
            return amount
        return SQL("round(%s * COALESCE(rate.value, 1), %s)", amount, method.decimals)

    @api.model
    def _join_rates(self, method, company, day):
        """The rate that held on a day, for the companies with another currency."""
        if not method.rates:
            return SQL()
        rows = SQL(", ").join(
            SQL("(%s, %s::date, %s::date, %s::numeric)", *row) for row in method.rates
        )
        return SQL(
            " LEFT JOIN (VALUES %s) AS rate (company_id, first, stop, value)"
            " ON rate.company_id = %s AND %s >= rate.first AND %s < rate.stop",
            rows,
            company,
            day,
            day,
        )

    # -- accounting --------------------------------------------------------------

    @api.model
    def _get_accounting_revenue(self, method):
        """What the books say the companies earned in the period, by accounting date:
        the balance of the income accounts, to check the analysed value against."""
        [(revenue,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(-SUM(%(amount)s), 0)
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id %(rates)s
                 WHERE l.parent_state = 'posted' AND a.account_type = 'income'
                   AND l.company_id IN %(companies)s
                   AND l.date BETWEEN %(first)s AND %(last)s
                """,
                amount=self._convert(method, SQL("l.balance")),
                rates=self._join_rates(method, SQL("l.company_id"), SQL("l.date")),
                companies=method.company_ids,
                first=method.date_from,
                last=method.date_to,
            )
        )
        return revenue
