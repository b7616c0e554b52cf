# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from decimal import Decimal
from fractions import Fraction

from odoo import api, models
from odoo.tools import SQL

from ...tools.exact import fraction


class RegulationAbcValues(models.AbstractModel):
    """What clients are worth in a run, in the temporary table `abc_values`. (C.1)

    A row for each client key: v, the value in minor units; documents, first_on and
    last_on of its sales; periods, s and q, the number, sum and squared sum of the
    sub-periods that XYZ looks at.
    """

    _name = "regulation.abc.values"
    _description = "Values of Clients"

    @api.model
    def _load_values(self, method):
        """Fill the temporary table `abc_values`, a row for each client key.

        v: value in minor units; documents, first_on, last_on: sales of the period;
        periods, s, q: number, sum and squared sum of its sub-periods.

        :return: how many of v make one unit
        """
        if method.measure == "score":
            return self._load_scores(method)
        unit = 10**method.decimals
        self._load_measure(method, method.measure, "abc_values", unit)
        self.env.cr.execute(SQL("ANALYZE abc_values"))
        return unit

    @api.model
    def _load_measure(self, method, measure, table, unit):
        documents = self.env["regulation.abc.measure"]._get_documents(method, measure)
        with_xyz = method.with_xyz and method.measure == measure
        starts = self.env["regulation.abc.method"]._get_period_starts(method)
        idx = SQL("0")
        if with_xyz and measure != "potential":
            idx = SQL("width_bucket(day, %s::date[])", starts)
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE abc_raw ON COMMIT DROP AS
                SELECT partner_id, %(idx)s AS idx,
                       round(SUM(amount) * %(unit)s)::bigint AS v,
                       COUNT(*) FILTER (WHERE is_sale)::int AS documents,
                       MIN(day) FILTER (WHERE is_sale) AS first_on,
                       MAX(day) FILTER (WHERE is_sale) AS last_on
                  FROM (%(documents)s) d
              GROUP BY 1, 2
                """,
                idx=idx,
                unit=unit,
                documents=documents,
            )
        )
        raw = self._map_keys(method)
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s",
                SQL.identifier(table),
                self._summarize(method, raw, len(starts) if with_xyz else 0),
            )
        )
        self.env.cr.execute(SQL("DROP TABLE abc_raw"))

    @api.model
    def _map_keys(self, method):
        """Let those count for their commercial entity or holding who are none
        themselves: a contact may have been put under a company later.

        :return: SQL of what to read instead of `abc_raw`
        """
        if method.client_key == "contact":
            return SQL("abc_raw")
        key = SQL("p.commercial_partner_id")
        joined, apart = SQL(), SQL()
        if method.client_key == "holding":
            key = SQL("COALESCE(c.holding_id, c.id)")
            joined = SQL(" JOIN res_partner c ON c.id = p.commercial_partner_id")
            # who is left out does not count for the holding either
            apart = SQL(
                " AND c.id NOT IN (SELECT e.partner_id FROM (%s) e)",
                self._get_excluded(method),
            )
        self.env.cr.execute(
            SQL(
                "UPDATE abc_raw r SET partner_id = %s FROM res_partner p %s"
                " WHERE p.id = r.partner_id AND p.id <> %s %s",
                key,
                joined,
                key,
                apart,
            )
        )
        if not self.env.cr.rowcount:
            return SQL("abc_raw")
        return SQL(
            "(SELECT partner_id, idx, SUM(v)::bigint AS v,"
            " SUM(documents)::int AS documents, MIN(first_on) AS first_on,"
            " MAX(last_on) AS last_on FROM abc_raw GROUP BY 1, 2)"
        )

    @api.model
    def _get_excluded(self, method):
        profile = self.env["regulation.abc.profile"].browse(method.profile_id)
        return self.env["regulation.abc.exclusion"]._get_excluded_query(
            profile, method.client_key
        )

    @api.model
    def _summarize(self, method, raw, periods):
        """One row a client of one row for each of its sub-periods.

        :param periods: how many there are in the window, 0 where nobody asks
        """
        if not periods:
            return SQL(
                """
                SELECT partner_id, SUM(v)::bigint AS v,
                       SUM(documents)::int AS documents,
                       MIN(first_on) AS first_on, MAX(last_on) AS last_on,
                       0 AS periods, 0::numeric AS s, 0::numeric AS q
                  FROM %s r GROUP BY 1
                """,
                raw,
            )
        if method.xyz_fill == "window":
            return SQL(
                """
                SELECT partner_id, SUM(v)::bigint AS v,
                       SUM(documents)::int AS documents,
                       MIN(first_on) AS first_on, MAX(last_on) AS last_on,
                       %s AS periods,
                       COALESCE(SUM(v) FILTER (WHERE idx > 0), 0) AS s,
                       COALESCE(SUM(v::numeric * v) FILTER (WHERE idx > 0), 0) AS q
                  FROM %s r GROUP BY 1
                """,
                periods,
                raw,
            )
        # refunds before the first sale of the window belong to no sub-period of it,
        # nor does what a life-time value counts before the window (0)
        return SQL(
            """
            WITH r AS (SELECT * FROM %(raw)s), whole AS (
                SELECT partner_id, SUM(v) AS v, SUM(documents)::int AS documents,
                       MIN(first_on) AS first_on, MAX(last_on) AS last_on,
                       MIN(idx) FILTER (WHERE v > 0 AND idx > 0) AS first_idx,
                       COALESCE(SUM(v) FILTER (WHERE idx > 0), 0) AS s,
                       COALESCE(SUM(v::numeric * v) FILTER (WHERE idx > 0), 0) AS q
                  FROM r GROUP BY 1
            ), early AS (
                SELECT r.partner_id, SUM(r.v) AS s, SUM(r.v::numeric * r.v) AS q
                  FROM r JOIN whole w ON w.partner_id = r.partner_id
                 WHERE r.v <= 0 AND r.idx > 0 AND r.idx < w.first_idx
              GROUP BY 1
            )
            SELECT w.partner_id, w.v::bigint AS v, w.documents, w.first_on, w.last_on,
                   COALESCE(%(periods)s + 1 - w.first_idx, 0) AS periods,
                   w.s - COALESCE(e.s, 0) AS s, w.q - COALESCE(e.q, 0) AS q
              FROM whole w LEFT JOIN early e ON e.partner_id = w.partner_id
            """,
            raw=raw,
            periods=periods,
        )

    @api.model
    def _load_scores(self, method):
        """Σ weight × value / largest value, exact: fractions brought to one
        denominator. (C.3 «weighted score»)"""
        weights = {m: fraction("weight", weight) for m, weight in method.criteria}
        parts, largest = [], {}
        for number, measure in enumerate(weights):
            table = f"abc_part_{number}"
            self._load_measure(method, measure, table, 10**6)
            [(top,)] = self.env.execute_query(
                SQL("SELECT MAX(v) FROM %s WHERE v > 0", SQL.identifier(table))
            )
            largest[measure] = top
            parts.append((measure, table))
        denominator = 1
        for measure, weight in weights.items():
            denominator *= (largest[measure] or 1) * weight.denominator
        unions = [
            SQL(
                "SELECT partner_id, v * %s::numeric AS v, documents, first_on, last_on"
                " FROM %s",
                Decimal(int(weights[measure] * denominator / largest[measure]))
                if largest[measure]
                else Decimal(0),
                SQL.identifier(table),
            )
            for measure, table in parts
        ]
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE abc_values ON COMMIT DROP AS
                SELECT partner_id, SUM(v) AS v, MAX(documents) AS documents,
                       MIN(first_on) AS first_on, MAX(last_on) AS last_on,
                       0 AS periods, 0::numeric AS s, 0::numeric AS q
                  FROM (%s) u GROUP BY 1
                """,
                SQL(" UNION ALL ").join(unions),
            )
        )
        for _measure, table in parts:
            self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(table)))
        self.env.cr.execute(SQL("ANALYZE abc_values"))
        return denominator  # weights are per cent: the best by all has 100 points

    @api.model
    def _drop_values(self):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS abc_values, abc_raw"))

    @api.model
    def _numeric(self, number):
        """A fraction as SQL, without loss."""
        number = Fraction(number)
        if number.denominator == 1:
            return SQL("%s::numeric", Decimal(number.numerator))
        return SQL(
            "(%s::numeric / %s)", Decimal(number.numerator), Decimal(number.denominator)
        )
