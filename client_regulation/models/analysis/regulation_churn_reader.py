# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import churn

#: how far back purchases are looked at for rhythm and last purchase
RHYTHM_DAYS = 730
#: C10 and C12: civil days
RECENT_DAYS = 90
#: category of objections in which the client names a competitor; so does an
#: objection of any category that names one of the list
COMPETITOR_CODES = ("O11",)


class RegulationChurnReader(models.AbstractModel):
    """Reads what the signals of churn are made of, for many clients at once. (D.4)

    The number of queries is the same for one client and for a thousand; arithmetic is
    in `tools/churn.py`. Everything is read as of the last day of a month, except
    for people who left and the class, which are as they are now.
    """

    _name = "regulation.churn.reader"
    _description = "Facts behind the Signals of Churn"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _read_signals(self, company, ids, month, bases):
        """All signals of clients for a month.

        :param ids: ids of clients
        :param date month: first day of the month
        :param bases: what `_read_bases` says of the same month
        :return: ``{client_id: {code: tools.churn.Signal}}``
        """
        self.env.flush_all()
        stop = month + relativedelta(months=1, days=-1)
        days = self._read_days(company, ids, stop)
        classes = self._read_classes(company, ids)
        revenue = self._read_revenue(company, ids, month, stop)
        baskets = self._read_baskets(company, ids, month, stop)
        moves = self._read_moves(company, ids)
        people = self._read_people(ids)
        delays = self._read_delays(company, ids, month, stop)
        talks = self._read_talks(company, ids, stop)
        not_bound = churn.Signal("not_bound")
        return {
            client_id: {
                **dict.fromkeys(churn.NOT_BOUND, not_bound),
                "C01": churn.silence_of_rhythm(days[client_id], stop),
                "C02": churn.silence_of_base(
                    days[client_id], stop, bases.get(classes.get(client_id))
                ),
                "C03": churn.revenue_drop(*revenue[client_id]),
                "C04": churn.basket_narrowing(*baskets[client_id]),
                "C05": churn.class_down(*moves[client_id]),
                "C10": churn.decision_maker_left(*people[client_id]),
                "C11": churn.payment_delay(*delays[client_id]),
                "C12": churn.competitor_named(*talks[client_id]),
            }
            for client_id in ids
        }

    @api.model
    def _read_bases(self, company, month):
        """How often which interval between purchases occurs in each class.

        :return: ``{class: {days: count}}``
        """
        self.env.flush_all()
        stop = month + relativedelta(months=1, days=-1)
        member = SQL(
            "SELECT p.id AS partner_id, p.commercial_partner_id AS client_id"
            "  FROM res_partner p JOIN res_partner c ON c.id = p.commercial_partner_id"
            " WHERE c.abc_class ->> %s IS NOT NULL",
            str(company.id),
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.abc_class ->> %(company)s, t.interval, COUNT(*)
                  FROM (SELECT d.client_id, d.day - LAG(d.day) OVER (
                                   PARTITION BY d.client_id ORDER BY d.day) AS interval
                          FROM (%(days)s) d) t
                  JOIN res_partner c ON c.id = t.client_id
                 WHERE t.interval IS NOT NULL
              GROUP BY 1, 2
                """,
                company=str(company.id),
                days=self._get_days_query(company, member, stop),
            )
        )
        bases = defaultdict(dict)
        for letter, interval, count in rows:
            bases[letter][interval] = count
        return bases

    @api.model
    def _read_figures(self, company, ids, month):
        """What happened with clients in a month: sheet fields by client."""
        stop = month + relativedelta(months=1, days=-1)
        figures = {client_id: {} for client_id in ids}
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS (%(member)s)
                SELECT 'purchases', m.client_id, SUM(v.amount_untaxed_signed),
                       COUNT(*) FILTER (WHERE v.move_type <> 'out_refund')
                  FROM member m JOIN account_move v ON v.partner_id = m.partner_id
                 WHERE v.state = 'posted' AND v.company_id = %(company)s
                   AND v.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND v.invoice_date BETWEEN %(first)s AND %(stop)s
              GROUP BY m.client_id
             UNION ALL
                SELECT 'payments', m.client_id, SUM(a.amount_company_currency_signed),
                       COUNT(*)
                  FROM member m JOIN account_payment a ON a.partner_id = m.partner_id
                 WHERE a.partner_type = 'customer' AND a.state IN ('in_process', 'paid')
                   AND a.company_id = %(company)s
                   AND a.date BETWEEN %(first)s AND %(stop)s
              GROUP BY m.client_id
             UNION ALL
                SELECT 'visits', m.client_id, 0, COUNT(*)
                  FROM member m JOIN regulation_visit v ON v.partner_id = m.partner_id
                 WHERE v.state = 'done' AND v.company_id = %(company)s
                   AND COALESCE(v.date_start, v.date_planned) >= %(begin)s
                   AND COALESCE(v.date_start, v.date_planned) < %(end)s
              GROUP BY m.client_id
                """,
                member=self._get_member_query(ids),
                company=company.id,
                first=month,
                stop=stop,
                begin=self._get_midnight(company, month),
                end=self._get_midnight(company, stop + timedelta(days=1)),
            )
        )
        for kind, client_id, amount, count in rows:
            figures[client_id] |= {
                "purchases": {"purchases": amount, "purchase_count": count},
                "payments": {"payments": amount},
                "visits": {"visit_count": count},
            }[kind]
        return figures

    # ------------------------------------------------------------
    # PURCHASES
    # ------------------------------------------------------------

    @api.model
    def _read_days(self, company, ids, stop):
        """Days on which clients bought."""
        rows = self.env.execute_query(
            SQL(
                "SELECT d.client_id, array_agg(d.day) FROM (%s) d GROUP BY d.client_id",
                self._get_days_query(company, self._get_member_query(ids), stop),
            )
        )
        return defaultdict(list, rows)

    @api.model
    def _get_days_query(self, company, member, stop):
        """``client_id, day`` of purchases: of the confirmed orders of a client, or of
        the invoices where it is sold to without orders."""
        first = stop - timedelta(days=RHYTHM_DAYS)
        return SQL(
            """
            WITH member AS (%(member)s), sale AS (
                SELECT m.client_id, TRUE AS ordered,
                       (o.date_order AT TIME ZONE 'UTC'
                                     AT TIME ZONE %(tz)s)::date AS day
                  FROM member m JOIN sale_order o ON o.partner_id = m.partner_id
                 WHERE o.state = 'sale' AND o.company_id = %(company)s
                   AND o.date_order >= %(begin)s AND o.date_order < %(end)s
             UNION
                SELECT m.client_id, FALSE, v.invoice_date
                  FROM member m JOIN account_move v ON v.partner_id = m.partner_id
                 WHERE v.state = 'posted' AND v.company_id = %(company)s
                   AND v.move_type IN ('out_invoice', 'out_receipt')
                   AND COALESCE(v.payment_state, '') <> 'reversed'
                   AND v.invoice_date BETWEEN %(first)s AND %(stop)s
            )
            SELECT s.client_id, s.day
              FROM (SELECT sale.*,
                           bool_or(ordered) OVER (PARTITION BY client_id) AS by_orders
                      FROM sale) s
             WHERE s.ordered = s.by_orders
            """,
            member=member,
            tz=self._get_clock(company).tz.key,
            company=company.id,
            begin=self._get_midnight(company, first),
            end=self._get_midnight(company, stop + timedelta(days=1)),
            first=first,
            stop=stop,
        )

    @api.model
    def _read_revenue(self, company, ids, month, stop):
        """Invoiced, untaxed: three months up to now and a year ago, in mills."""
        first = month - relativedelta(months=2)
        then, until = (
            first - relativedelta(years=1),
            stop + timedelta(days=1) - relativedelta(years=1, days=1),
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS (%(member)s)
                SELECT m.client_id,
                       round(COALESCE(SUM(v.amount_untaxed_signed) FILTER (
                           WHERE v.invoice_date >= %(first)s), 0) * 1000)::bigint,
                       round(COALESCE(SUM(v.amount_untaxed_signed) FILTER (
                           WHERE v.invoice_date <= %(until)s), 0) * 1000)::bigint
                  FROM member m JOIN account_move v ON v.partner_id = m.partner_id
                 WHERE v.state = 'posted' AND v.company_id = %(company)s
                   AND v.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND (v.invoice_date BETWEEN %(first)s AND %(stop)s
                        OR v.invoice_date BETWEEN %(then)s AND %(until)s)
              GROUP BY m.client_id
                """,
                member=self._get_member_query(ids),
                company=company.id,
                first=first,
                stop=stop,
                then=then,
                until=until,
            )
        )
        return defaultdict(lambda: (0, 0), {row[0]: row[1:] for row in rows})

    @api.model
    def _read_baskets(self, company, ids, month, stop):
        """Categories of products bought in the last half year and the one before."""
        half = month - relativedelta(months=5)
        first = month - relativedelta(months=11)
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS (%(member)s), bought AS (
                    SELECT m.client_id, l.product_id, v.invoice_date >= %(half)s AS late
                      FROM member m JOIN account_move v ON v.partner_id = m.partner_id
                      JOIN account_move_line l ON l.move_id = v.id
                     WHERE v.state = 'posted' AND v.company_id = %(company)s
                       AND v.move_type IN ('out_invoice', 'out_receipt')
                       AND v.invoice_date BETWEEN %(first)s AND %(stop)s
                       AND l.display_type = 'product' AND l.product_id IS NOT NULL
                 UNION
                    SELECT m.client_id, l.product_id, o.date_order >= %(half_at)s
                      FROM member m JOIN sale_order o ON o.partner_id = m.partner_id
                      JOIN sale_order_line l ON l.order_id = o.id
                     WHERE o.state = 'sale' AND o.company_id = %(company)s
                       AND o.date_order >= %(begin)s AND o.date_order < %(end)s
                       AND l.product_id IS NOT NULL
                )
                SELECT b.client_id,
                       COUNT(DISTINCT t.categ_id) FILTER (WHERE b.late),
                       COUNT(DISTINCT t.categ_id) FILTER (WHERE NOT b.late)
                  FROM bought b JOIN product_product p ON p.id = b.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
              GROUP BY b.client_id
                """,
                member=self._get_member_query(ids),
                company=company.id,
                half=half,
                first=first,
                stop=stop,
                half_at=self._get_midnight(company, half),
                begin=self._get_midnight(company, first),
                end=self._get_midnight(company, stop + timedelta(days=1)),
            )
        )
        return defaultdict(lambda: (0, 0), {row[0]: row[1:] for row in rows})

    @api.model
    def _read_delays(self, company, ids, month, stop):
        """Average days past due of the instalments that were open in this month and in
        the month before, None where none was due.

        An instalment counts in the months in which it was due and open, up to the
        day it was paid or the month's end.
        """
        before = month - timedelta(days=1)
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS (%(member)s), due AS (
                    SELECT m.client_id, l.date_maturity AS day,
                           CASE WHEN l.reconciled THEN r.settled END AS settled
                      FROM member m JOIN account_move v ON v.partner_id = m.partner_id
                      JOIN account_move_line l ON l.move_id = v.id
                      LEFT JOIN LATERAL (
                           SELECT MAX(max_date) AS settled
                             FROM account_partial_reconcile
                            WHERE debit_move_id = l.id) r ON TRUE
                     WHERE v.state = 'posted' AND v.company_id = %(company)s
                       AND v.move_type IN ('out_invoice', 'out_receipt')
                       AND l.display_type = 'payment_term' AND l.balance > 0
                       AND l.date_maturity <= %(stop)s
                )
                SELECT client_id, %(now)s, %(then)s FROM due GROUP BY client_id
                """,
                member=self._get_member_query(ids),
                company=company.id,
                stop=stop,
                now=self._get_delay_sums(month, stop),
                then=self._get_delay_sums(before.replace(day=1), before),
            )
        )
        return defaultdict(
            lambda: (None, None),
            {
                row[0]: tuple(
                    Fraction(total, count) if count else None
                    for total, count in (row[1], row[2])
                )
                for row in rows
            },
        )

    @api.model
    def _get_delay_sums(self, first, stop):
        return SQL(
            "ARRAY[SUM(GREATEST(LEAST(%(stop)s::date, settled) - day, 0))"
            " FILTER (WHERE %(open)s), COUNT(*) FILTER (WHERE %(open)s)]",
            stop=stop,
            open=SQL(
                "day <= %s AND (settled IS NULL OR settled >= %s)", stop, first
            ),
        )  # fmt: skip

    # ------------------------------------------------------------
    # CLASSES, PEOPLE, TALKS
    # ------------------------------------------------------------

    @api.model
    def _read_classes(self, company, ids):
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, abc_class ->> %s FROM res_partner WHERE id = ANY(%s)",
                    str(company.id),
                    list(ids),
                )
            )
        )

    @api.model
    def _read_moves(self, company, ids):
        """Class before and in the last approved run of the leading profile; of who
        belongs to a holding, those of the holding."""
        profile = self.env["regulation.abc.override"]._get_profile(company)
        run = profile._get_last_run().sudo() if profile else profile.run_ids
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, MIN(l.previous_class),
                       MIN(COALESCE(l.manual_class, l.assigned_class))
                  FROM res_partner p
                  JOIN regulation_abc_line l ON l.partner_id = %s
                 WHERE p.id = ANY(%s) AND l.run_id = %s
              GROUP BY p.id
                """,
                SQL("COALESCE(p.holding_id, p.id)")
                if profile.client_key == "holding"
                else SQL("p.id"),
                list(ids),
                run.id or 0,
            )
        )
        return defaultdict(lambda: (None, None), {row[0]: row[1:] for row in rows})

    @api.model
    def _read_people(self, ids):
        """How many who decide have left, and how many are there.

        Archived lately, or archived and nobody else decides; or a role that ended
        lately. The chatter keeps the role in the words of who changed it.
        """
        Partner = self.env["res.partner"]
        since = fields.Datetime.now() - timedelta(days=RECENT_DAYS)
        field = self.env["ir.model.fields"]._get("res.partner", "decision_role")
        words = [
            dict(
                Partner.with_context(lang=code)
                ._fields["decision_role"]
                ._description_selection(Partner.with_context(lang=code).env)
            )["decides"]
            for code, _name in self.env["res.lang"].get_installed()
        ]
        rows = self.env.execute_query(
            SQL(
                """
                WITH person AS (
                    SELECT p.id, p.commercial_partner_id AS client_id, p.active,
                           COALESCE(p.decision_role, '') = 'decides' AS decides,
                           p.write_date >= %(since)s AS late
                      FROM res_partner p
                     WHERE p.commercial_partner_id = ANY(%(ids)s)
                       AND p.id <> p.commercial_partner_id
                ), ended AS (
                    SELECT DISTINCT m.res_id AS id
                      FROM mail_message m
                      JOIN mail_tracking_value t ON t.mail_message_id = m.id
                     WHERE m.model = 'res.partner' AND m.date >= %(since)s
                       AND m.res_id IN (SELECT id FROM person)
                       AND t.field_id = %(field)s AND t.old_value_char = ANY(%(words)s)
                ), told AS (
                    SELECT n.*, COUNT(*) FILTER (WHERE n.decides AND n.active)
                                OVER (PARTITION BY n.client_id) AS staying,
                           EXISTS (SELECT FROM ended e WHERE e.id = n.id) AS ended
                      FROM person n
                )
                SELECT client_id,
                       COUNT(*) FILTER (WHERE decides AND NOT active
                                              AND (late OR staying = 0)
                                           OR NOT decides AND ended),
                       MAX(staying)
                  FROM told GROUP BY client_id
                """,
                ids=list(ids),
                since=since,
                field=field.id,
                words=words,
            )
        )
        return defaultdict(lambda: (0, 0), {row[0]: row[1:] for row in rows})

    @api.model
    def _read_talks(self, company, ids, stop):
        """Objections about a competitor, and talks at all, of the last 90 days."""
        period = {
            "begin": self._get_midnight(company, stop - timedelta(days=RECENT_DAYS)),
            "end": self._get_midnight(company, stop + timedelta(days=1)),
            "company": company.id,
        }
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS (%(member)s), talk AS (
                    SELECT m.client_id, (t.code IN %(codes)s
                                         OR o.competitor_id IS NOT NULL)::int AS named
                      FROM member m
                      JOIN regulation_objection o ON o.partner_id = m.partner_id
                      JOIN regulation_objection_type t ON t.id = o.type_id
                     WHERE o.company_id = %(company)s
                       AND o.date >= %(begin)s AND o.date < %(end)s
                 UNION ALL
                    SELECT m.client_id, 0
                      FROM member m
                      JOIN regulation_call c ON c.partner_id = m.partner_id
                     WHERE c.company_id = %(company)s
                       AND c.date >= %(begin)s AND c.date < %(end)s
                 UNION ALL
                    SELECT m.client_id, 0
                      FROM member m
                      JOIN regulation_visit v ON v.partner_id = m.partner_id
                     WHERE v.company_id = %(company)s AND v.state = 'done'
                       AND COALESCE(v.date_start, v.date_planned) >= %(begin)s
                       AND COALESCE(v.date_start, v.date_planned) < %(end)s
                )
                SELECT client_id, SUM(named), COUNT(*) FROM talk GROUP BY client_id
                """,
                member=self._get_member_query(ids),
                codes=COMPETITOR_CODES,
                **period,
            )
        )
        return defaultdict(lambda: (0, 0), {row[0]: row[1:] for row in rows})

    # ------------------------------------------------------------
    # COMMON
    # ------------------------------------------------------------

    @api.model
    def _get_member_query(self, ids):
        """``partner_id, client_id``: clients with their contacts and addresses."""
        return SQL(
            "SELECT p.id AS partner_id, p.commercial_partner_id AS client_id"
            "  FROM res_partner p WHERE p.commercial_partner_id = ANY(%s)",
            list(ids),
        )

    @api.model
    def _get_clock(self, company):
        now = fields.Datetime.now()
        return self.env["regulation.time"]._get_clock(company.id, now)

    @api.model
    def _get_midnight(self, company, day):
        return self._get_clock(company).day_start(day)
