# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from odoo import api, models
from odoo.tools import SQL

from ...tools import rfm
from ...tools.abc import DEFAULT_BOUNDS
from ...tools.exact import fraction, round_half_up
from ...tools.xyz import MIN_PERIODS

#: parts of the ABC curve that a run keeps
CURVE_POINTS = 100
#: the largest clients whose share a run keeps
TOPS = (1, 3, 5, 10)


@dataclass(slots=True)
class Base:
    """What the values of a run add up to: integers of minor units.

    :param unit: so many of them make one of the currency, or one point of a score
    """

    unit: int
    count: int = 0
    positive: int = 0
    net: int = 0
    squares: int = 0
    weighted: int = 0  # Σ i·x_i, x rising
    curve: tuple = ()
    tops: dict = None

    def total(self, base):
        return self.net if base == "net" else self.positive


class RegulationAbcEngine(models.AbstractModel):
    """Classifies the clients of a run inside of the database. (Reg. 3.3; C.1–C.8)

    What `tools.abc`, `tools.xyz` and `tools.rfm` do with dicts is done here with one
    statement for all clients, so that a million of them cost the server no memory:
    the borders are exact integers from Python, the comparisons run in SQL. A test
    compares both on random bases.

    All happens in the transaction of the caller: either a whole run is seen or none.
    """

    _name = "regulation.abc.engine"
    _description = "ABC Engine"

    # ------------------------------------------------------------
    # A RUN
    # ------------------------------------------------------------

    @api.model
    def _calculate(self, run, method):
        """Fill a run with its lines and figures.

        :param run: an empty regulation.abc.run
        :param method: `Method`
        :return: values for the run
        """
        self.env.flush_all()
        self._drop_values()
        unit = self._load_values(method)
        self._set_aside(run, method, unit)
        base = self._measure_base(method, unit)
        total = base.total(method.base)
        if not base.count or total <= 0:
            self.env.cr.execute(
                SQL("DELETE FROM regulation_abc_line WHERE run_id = %s", run.id)
            )
            self._drop_values()
            return {"state": "no_data"}
        self._insert_lines(run, method, base)
        self._insert_lost(run, method)
        values = self._get_figures(run, method, base)
        self._drop_values()
        return values

    @api.model
    def _drop_values(self):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS abc_values, abc_raw"))

    # ------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------

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
        joined = SQL()
        if method.client_key == "holding":
            key = SQL("COALESCE(c.holding_id, c.id)")
            joined = SQL(" JOIN res_partner c ON c.id = p.commercial_partner_id")
        self.env.cr.execute(
            SQL(
                "UPDATE abc_raw r SET partner_id = %s FROM res_partner p %s"
                " WHERE p.id = r.partner_id AND p.id <> %s",
                key,
                joined,
                key,
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
                       %s AS periods, SUM(v) AS s, SUM(v::numeric * v) AS q
                  FROM %s r GROUP BY 1
                """,
                periods,
                raw,
            )
        # refunds before the first sale of the window belong to no sub-period of it
        return SQL(
            """
            WITH r AS (SELECT * FROM %(raw)s), whole AS (
                SELECT partner_id, SUM(v) AS v, SUM(documents)::int AS documents,
                       MIN(first_on) AS first_on, MAX(last_on) AS last_on,
                       MIN(idx) FILTER (WHERE v > 0) AS first_idx,
                       SUM(v::numeric * v) AS q
                  FROM r GROUP BY 1
            ), early AS (
                SELECT r.partner_id, SUM(r.v) AS s, SUM(r.v::numeric * r.v) AS q
                  FROM r JOIN whole w ON w.partner_id = r.partner_id
                 WHERE r.v <= 0 AND r.idx < w.first_idx
              GROUP BY 1
            )
            SELECT w.partner_id, w.v::bigint AS v, w.documents, w.first_on, w.last_on,
                   COALESCE(%(periods)s + 1 - w.first_idx, 0) AS periods,
                   w.v - COALESCE(e.s, 0) AS s, w.q - COALESCE(e.q, 0) AS q
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
        return Fraction(denominator, 100)  # of a hundred points

    # ------------------------------------------------------------
    # WHO IS NOT IN THE BASE
    # ------------------------------------------------------------

    @api.model
    def _set_aside(self, run, method, unit):
        """Take the excluded out of the values; they keep a line that says why."""
        excluded = self.env["regulation.abc.exclusion"]._get_excluded_query(run)
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM abc_values v USING (%(excluded)s) e
                     WHERE e.partner_id = v.partner_id
                 RETURNING v.partner_id, v.v, e.reason
                )
                INSERT INTO regulation_abc_line (
                       run_id, date_to, partner_id, partner_name, user_id, value,
                       flags, exclusion_reason, is_changed)
                SELECT %(run)s, %(date_to)s, p.id, p.name, p.user_id,
                       round(g.v / %(unit)s, %(digits)s), 'excluded', g.reason, FALSE
                  FROM gone g JOIN res_partner p ON p.id = g.partner_id
                """,
                excluded=excluded,
                run=run.id,
                date_to=method.date_to,
                unit=self._numeric(unit),
                digits=method.decimals if method.measure != "score" else 2,
            )
        )

    @api.model
    def _measure_base(self, method, unit):
        """Sums of the base, for the borders and for the concentration."""
        base = Base(unit)
        [(count, positive, net, squares)] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FILTER (WHERE v > 0), SUM(v) FILTER (WHERE v > 0),
                       SUM(v), SUM(v::numeric * v) FILTER (WHERE v > 0)
                  FROM abc_values
                """
            )
        )
        base.count = count
        base.positive, base.net = int(positive or 0), int(net or 0)
        base.squares = int(squares or 0)
        if not count:
            return base
        parts = min(CURVE_POINTS, count)
        heads = {count * part // parts for part in range(1, parts + 1)}
        [(weighted, points)] = self.env.execute_query(
            SQL(
                """
                SELECT SUM((%(count)s + 1 - n) * v::numeric),
                       array_agg(ARRAY[n::numeric, cumulated] ORDER BY n)
                       FILTER (WHERE n = ANY(%(heads)s))
                  FROM (SELECT v, row_number() OVER w AS n, SUM(v) OVER w AS cumulated
                          FROM abc_values WHERE v > 0
                        WINDOW w AS (ORDER BY v DESC ROWS UNBOUNDED PRECEDING)) r
                """,
                count=count,
                heads=sorted(heads | {top for top in TOPS if top <= count}),
            )
        )
        base.weighted = int(weighted)
        cumulated = {int(n): int(value) for n, value in points}
        base.curve = tuple((n, cumulated[n]) for n in sorted(heads))
        base.tops = {top: cumulated.get(top, base.positive) for top in TOPS}
        return base

    # ------------------------------------------------------------
    # LINES
    # ------------------------------------------------------------

    @api.model
    def _insert_lines(self, run, method, base):
        previous = run.previous_run_id.id or 0
        classes = self._get_class_sql(method, base)
        assigned = self._get_assigned_sql(run, method, base)
        net = method.base == "net"
        ranked = SQL("TRUE") if net else SQL("r.v > 0")
        total = Decimal(base.total(method.base))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO regulation_abc_line (
                       run_id, date_to, partner_id, partner_name, user_id, value, share,
                       cumulative_share, rank, computed_class, assigned_class,
                       previous_class, manual_class, xyz_class, variation,
                       recency_days, frequency, rfm_score, segment, flags, movement,
                       annual_value, is_changed)
                SELECT %(run)s, %(date_to)s, l.partner_id, l.name, l.user_id, l.value,
                       l.share, l.cumulative, l.rank, l.computed, l.assigned,
                       l.former, l.manual, l.xyz, l.variation, l.recency, l.documents,
                       l.rfm, l.segment, l.flags,
                       CASE WHEN NOT %(has_previous)s THEN NULL
                            WHEN l.final IS NULL AND l.former IS NULL THEN NULL
                            WHEN l.final IS NULL THEN 'lost'
                            WHEN l.former IS NULL AND l.known THEN 'reactivated'
                            WHEN l.former IS NULL THEN 'new'
                            WHEN l.final < l.former THEN 'up'
                            WHEN l.final > l.former THEN 'down'
                            ELSE 'same' END,
                       l.annual,
                       NOT l.negative AND (
                           l.card_class IS DISTINCT FROM l.final
                           OR l.card_xyz IS DISTINCT FROM l.xyz
                           OR l.card_segment IS DISTINCT FROM l.segment)
                  FROM (
                    SELECT c.*, COALESCE(c.manual, c.assigned) AS final FROM (
                      SELECT r.partner_id, r.name, r.user_id,
                             round(r.v / %(unit)s, %(digits)s) AS value,
                             CASE WHEN %(ranked)s
                                  THEN round(100.0 * r.v / %(total)s, 6) END AS share,
                             CASE WHEN %(ranked)s
                                  THEN round(100 * r.upto / %(total)s, 6)
                             END AS cumulative,
                             CASE WHEN %(ranked)s THEN r.rank END AS rank,
                             %(computed)s AS computed, %(assigned)s AS assigned,
                             former.class AS former, manual.class AS manual,
                             %(xyz)s AS xyz, %(variation)s AS variation,
                             %(date_to)s::date - r.last_on AS recency,
                             NULLIF(r.documents, 0) AS documents,
                             %(rfm)s AS rfm, %(segment)s AS segment,
                             r.v < 0 AS negative,
                             r.card_class, r.card_xyz, r.card_segment, r.known,
                             NULLIF(concat_ws(' ',
                                 CASE WHEN r.v < 0 THEN 'negative'
                                      WHEN r.v = 0 THEN 'zero' END,
                                 CASE WHEN %(is_new)s THEN 'new' END,
                                 CASE WHEN manual.class IS NOT NULL THEN 'manual' END
                             ), '') AS flags,
                             CASE WHEN %(is_new)s
                                   AND %(date_to)s::date - r.first_on >= 30
                                  THEN round(r.v * 365 / %(unit)s
                                             / (%(date_to)s::date - r.first_on),
                                             %(digits)s) END AS annual
                        FROM (%(rows)s) r
                   LEFT JOIN (SELECT partner_id,
                                     COALESCE(manual_class, assigned_class) AS class
                                FROM regulation_abc_line
                               WHERE run_id = %(previous)s) former
                          ON former.partner_id = r.partner_id
                   LEFT JOIN (%(manual)s) manual
                          ON manual.partner_id = r.partner_id
                             %(history)s
                    ) c
                  ) l
                """,
                run=run.id,
                date_to=method.date_to,
                has_previous=bool(previous),
                unit=self._numeric(base.unit),
                digits=method.decimals if method.measure != "score" else 2,
                ranked=ranked,
                total=total,
                is_new=SQL(
                    "(r.first_on > %s AND NOT r.known)",
                    method.date_to - timedelta(days=method.new_days),
                ),
                computed=classes,
                assigned=assigned,
                xyz=self._get_xyz_sql(method),
                variation=self._get_variation_sql(method),
                rfm=self._get_rfm_sql(method, base)[0],
                segment=self._get_rfm_sql(method, base)[1],
                rows=self._get_rows(run, method),
                previous=previous,
                manual=self.env["regulation.abc.override"]._get_query(
                    method.company_id, method.date_to
                ),
                history=self._join_history(run, method),
            )
        )

    @api.model
    def _numeric(self, number):
        """A fraction as SQL, without loss."""
        number = Fraction(number)
        if number.denominator == 1:
            return SQL("%s::numeric", Decimal(number.numerator))
        return SQL(
            "(%s::numeric / %s)", Decimal(number.numerator), Decimal(number.denominator)
        )

    @api.model
    def _get_rows(self, run, method):
        """Clients in their order, with what is before and up to them."""
        order = SQL("v.v DESC")
        frame, rank = SQL("RANGE UNBOUNDED PRECEDING"), SQL("rank()")
        if method.ties == "ordered":
            order = SQL("v.v DESC, v.partner_id")
            frame, rank = SQL("ROWS UNBOUNDED PRECEDING"), SQL("row_number()")
        company = str(method.company_id)
        return SQL(
            """
            SELECT v.*, p.name, p.user_id,
                   SUM(v.v) OVER (ORDER BY %(order)s %(frame)s) AS upto,
                   %(rank)s OVER (ORDER BY %(order)s) AS rank,
                   COUNT(*) OVER (ORDER BY %(order)s %(frame)s) AS heads,
                   %(marks)s
                   p.abc_class ->> %(company)s AS card_class,
                   p.xyz_class ->> %(company)s AS card_xyz,
                   p.rfm_segment ->> %(company)s AS card_segment,
                   %(known)s AS known
              FROM abc_values v JOIN res_partner p ON p.id = v.partner_id
            """,
            order=order,
            frame=frame,
            rank=rank,
            marks=self._get_rank_marks_sql(method),
            company=company,
            known=self._get_known_sql(method),
        )

    @api.model
    def _get_known_sql(self, method):
        """Whether a client had bought before the period."""
        if method.measure in ("ltv", "potential"):
            return SQL("FALSE")
        documents = self.env["regulation.abc.measure"]._get_documents(
            method, "invoiced" if method.measure == "score" else None, before=True
        )
        key, joined = SQL("d.partner_id"), SQL()
        if method.client_key == "holding":
            key = SQL("COALESCE(c.holding_id, c.id)")
            joined = SQL(" JOIN res_partner c ON c.id = d.partner_id")
        return SQL(
            "(v.partner_id IN (SELECT %s FROM (%s) d %s WHERE d.is_sale))",
            key,
            documents,
            joined,
        )

    # -- the class -----------------------------------------------------------------

    @api.model
    def _get_class_sql(self, method, base, points=0):
        """The class that a row computes to, with both bounds shifted by points.

        The exact twin of `tools.abc.Classification`.
        """
        parameters = method.parameters
        if parameters.method == "tangent":
            limits = self._get_tangent_means(base)
            beyond = [
                SQL("r.v * %s::numeric < %s::numeric", Decimal(count), Decimal(value))
                for count, value in limits
            ]
        elif parameters.method == "fixed":
            beyond = [
                SQL(
                    "r.v * %s::numeric < %s::numeric",
                    Decimal(bound.denominator),
                    Decimal(bound.numerator),
                )
                for bound in parameters.bounds
            ]
        else:
            beyond = []
            for bound in parameters.bounds:
                shifted = bound + fraction("points", points)
                if parameters.method == "count_share":
                    limit = Fraction(round_half_up(shifted * base.count / 100))
                    before, upto = SQL("(r.rank - 1)"), SQL("r.heads")
                else:
                    limit = shifted * base.total(method.base) / 100
                    before = SQL("(r.upto - r.v * (r.heads - r.rank + 1))")
                    upto = SQL("r.upto")
                beyond.append(
                    self._get_beyond_sql(parameters.rule, before, upto, limit)
                )
        return SQL(
            "CASE WHEN r.v <= 0 THEN NULL WHEN NOT (%s) THEN 'A'"
            " WHEN NOT (%s) THEN 'B' ELSE 'C' END",
            *beyond,
        )

    @api.model
    def _get_beyond_sql(self, rule, before, upto, limit):
        scale, bound = Decimal(limit.denominator), Decimal(limit.numerator)
        if rule == "up":
            return SQL("%s * %s::numeric >= %s::numeric", before, scale, bound)
        if rule == "down":
            return SQL("%s * %s::numeric > %s::numeric", upto, scale, bound)
        return SQL(
            "(%s + %s) * %s::numeric > %s::numeric", before, upto, scale, 2 * bound
        )

    @api.model
    def _get_tangent_means(self, base):
        """Count and sum whose mean is the border of A, then that of B."""
        [(count, value)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COALESCE(SUM(v), 0) FROM abc_values"
                " WHERE v > 0 AND v * %s::numeric < %s::numeric",
                Decimal(base.count),
                Decimal(base.positive),
            )
        )
        return (base.count, base.positive), (count, int(value))

    @api.model
    def _get_assigned_sql(self, run, method, base):
        """The computed class, held still where hysteresis says so. (C.8)"""
        computed = self._get_class_sql(method, base)
        if not run.previous_run_id or method.hysteresis == "off":
            return computed
        if method.hysteresis == "buffer":
            if method.method not in DEFAULT_BOUNDS or not method.buffer:
                return computed
            held = SQL(
                "LEAST(GREATEST(former.class, %s), %s)",
                self._get_class_sql(method, base, method.buffer),
                self._get_class_sql(method, base, -method.buffer),
            )
        else:
            earlier = self._get_earlier_runs(run, method)
            if len(earlier) < method.confirm_runs - 1:
                held = SQL("former.class")
            else:
                held = SQL(
                    "CASE WHEN %s THEN %s ELSE former.class END",
                    SQL(" AND ").join(
                        SQL(
                            "%s.class IS NOT DISTINCT FROM %s",
                            SQL.identifier(f"earlier_{number}"),
                            computed,
                        )
                        for number in range(len(earlier))
                    )
                    or SQL("TRUE"),
                    computed,
                )
        return SQL(
            "CASE WHEN r.v <= 0 THEN NULL WHEN former.class IS NULL THEN %s"
            " ELSE %s END",
            computed,
            held,
        )

    @api.model
    def _get_earlier_runs(self, run, method):
        """The approved runs whose computed classes must agree, the latest first."""
        return run._get_former_runs(method.confirm_runs - 1)

    @api.model
    def _join_history(self, run, method):
        if method.hysteresis != "confirm" or not run.previous_run_id:
            return SQL()
        joins = [
            SQL(
                " LEFT JOIN (SELECT partner_id, computed_class AS class"
                " FROM regulation_abc_line WHERE run_id = %s) %s"
                " ON %s.partner_id = r.partner_id",
                earlier.id,
                SQL.identifier(f"earlier_{number}"),
                SQL.identifier(f"earlier_{number}"),
            )
            for number, earlier in enumerate(self._get_earlier_runs(run, method))
        ]
        return SQL(" ").join(joins)

    # -- XYZ -----------------------------------------------------------------------

    @api.model
    def _get_xyz_sql(self, method):
        """The exact twin of `tools.xyz.grade`: squares are compared, in integers."""
        if not method.with_xyz or method.measure in ("potential", "score"):
            return SQL("NULL")
        deviated, mean = self._get_deviation_sql(method)
        limits = []
        for bound in method.xyz_bounds:
            exact = fraction("bound", bound)
            limits.append(
                SQL(
                    "%s * %s::numeric > %s * %s::numeric",
                    deviated,
                    Decimal((100 * exact.denominator) ** 2),
                    mean,
                    Decimal(exact.numerator**2),
                )
            )
        return SQL(
            "CASE WHEN r.periods < %s OR r.s <= 0 THEN NULL WHEN NOT (%s) THEN 'X'"
            " WHEN NOT (%s) THEN 'Y' ELSE 'Z' END",
            MIN_PERIODS,
            *limits,
        )

    @api.model
    def _get_variation_sql(self, method):
        """Coefficient of variation in per cent, to be shown."""
        if not method.with_xyz or method.measure in ("potential", "score"):
            return SQL("NULL::float8")
        deviated, mean = self._get_deviation_sql(method)
        return SQL(
            "CASE WHEN r.periods < %s OR r.s <= 0 THEN NULL"
            " ELSE 100 * sqrt((%s)::float8 / (%s)::float8) END",
            MIN_PERIODS,
            deviated,
            mean,
        )

    @api.model
    def _get_deviation_sql(self, method):
        deviated, mean = SQL("(r.periods * r.q - r.s * r.s)"), SQL("(r.s * r.s)")
        if method.xyz_deviation == "sample":
            deviated = SQL("(%s * r.periods)", deviated)
            mean = SQL("(%s * (r.periods - 1))", mean)
        return deviated, mean

    # -- RFM -----------------------------------------------------------------------

    @api.model
    def _get_rank_marks_sql(self, method):
        """Marks by rank need windows of their own."""
        if not self._has_rfm(method) or method.rfm_mode != "rank":
            return SQL()
        sold = SQL("PARTITION BY (v.documents > 0)")
        marks = [
            SQL(
                "1 + (%(marks)s * (rank() OVER (%(sold)s ORDER BY %(order)s) - 1)"
                " / COUNT(*) OVER (%(sold)s))::int AS %(name)s,",
                marks=rfm.MARKS,
                sold=sold,
                order=order,
                name=SQL.identifier(f"mark_{name}"),
            )
            for name, order in (
                ("r", SQL("v.last_on")),
                ("f", SQL("v.documents")),
                ("m", SQL("v.v")),
            )
        ]
        return SQL(" ").join(marks)

    @api.model
    def _has_rfm(self, method):
        return method.with_rfm and method.measure not in ("potential", "score")

    @api.model
    def _get_rfm_sql(self, method, base):
        """Score as «545» and the code of the segment. (C.6)"""
        if not self._has_rfm(method):
            return SQL("NULL"), SQL("NULL")
        if method.rfm_mode == "rank":
            marks = [SQL("r.mark_r"), SQL("r.mark_f"), SQL("r.mark_m")]
        else:
            marks = self._get_quantile_marks(method, base)
        score = SQL("CASE WHEN r.documents > 0 THEN concat(%s, %s, %s) END", *marks)
        cases = [
            SQL(
                "WHEN %s BETWEEN %s AND %s AND %s BETWEEN %s AND %s"
                " AND %s BETWEEN %s AND %s THEN %s",
                marks[0], *segment.recency, marks[1], *segment.frequency,
                marks[2], *segment.monetary, segment.code,
            )
            for segment in rfm.SEGMENTS
        ]  # fmt: skip
        segment = SQL(
            "CASE WHEN COALESCE(r.documents, 0) = 0 THEN NULL %s ELSE %s END",
            SQL(" ").join(cases),
            rfm.OTHERS,
        )
        return score, segment

    @api.model
    def _get_quantile_marks(self, method, base):
        """Marks by quantiles of type 7 plus a unit, as `tools.rfm` reckons them."""
        marks = []
        for column, unit, is_reversed in (
            (SQL("(%s::date - v.last_on)", method.date_to), 1, True),
            (SQL("v.documents"), 1, False),
            (SQL("v.v"), int(base.unit), False),
        ):
            starts = self._get_quantile_starts(column, unit)
            plain = SQL(str(column.code).replace("v.", "r."), *column.params)
            reached = SQL(" + ").join(
                SQL("(%s >= %s::numeric)::int", plain, Decimal(start))
                for start in starts
            )
            if is_reversed:
                marks.append(SQL("(%s - (%s))", rfm.MARKS, reached))
            else:
                marks.append(SQL("(1 + %s)", reached))
        return marks

    @api.model
    def _get_quantile_starts(self, column, unit):
        """The order statistics that the quantiles lie between, from the database."""
        [(count,)] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM abc_values WHERE documents > 0")
        )
        last, wanted = count - 1, {}
        for part in range(1, rfm.MARKS):
            at, rest = divmod(last * part, rfm.MARKS)
            wanted[part] = (at, min(at + 1, last), rest)
        positions = sorted(
            {n for low, high, _rest in wanted.values() for n in (low, high)}
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT n, x FROM (SELECT %(column)s AS x,"
                " row_number() OVER (ORDER BY %(column)s) - 1 AS n"
                " FROM abc_values v WHERE v.documents > 0) o"
                " WHERE n = ANY(%(positions)s)",
                column=column,
                positions=positions,
            )
        )
        at = {int(n): int(x) for n, x in rows}
        return [
            at[low] - (-rest * (at[high] - at[low]) // rfm.MARKS) + unit
            for low, high, rest in wanted.values()
            if low in at
        ]

    # -- who is gone ---------------------------------------------------------------

    @api.model
    def _insert_lost(self, run, method):
        """Clients that had a class and have no documents now: class «–». (C.9)"""
        if not run.previous_run_id:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO regulation_abc_line (
                       run_id, date_to, partner_id, partner_name, user_id, value,
                       previous_class, flags, movement, is_changed)
                SELECT %(run)s, %(date_to)s, l.partner_id, l.partner_name,
                       COALESCE(p.user_id, l.user_id), 0,
                       COALESCE(l.manual_class, l.assigned_class), 'lost', 'lost', TRUE
                  FROM regulation_abc_line l
             LEFT JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.run_id = %(previous)s
                   AND COALESCE(l.manual_class, l.assigned_class) IS NOT NULL
                   AND NOT EXISTS (SELECT FROM regulation_abc_line n
                                    WHERE n.run_id = %(run)s
                                      AND n.partner_id = l.partner_id)
                """,
                run=run.id,
                date_to=method.date_to,
                previous=run.previous_run_id.id,
            )
        )

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    @api.model
    def _get_figures(self, run, method, base):
        """Concentration, curve and class summary of a run."""
        total = base.total(method.base)
        gini = None
        if base.count > 1:
            gini = Fraction(2 * base.weighted, base.count * base.positive) - Fraction(
                base.count + 1, base.count
            )
        hhi = Fraction(base.squares, base.positive**2)
        accounting = self.env["regulation.abc.measure"]._get_accounting_revenue(method)
        shares = {
            f"cr{top}": float(Fraction(100 * value, base.positive))
            for top, value in base.tops.items()
        }
        return {
            "state": "calculated",
            "total": self._amount(method, base, total),
            "net_total": self._amount(method, base, base.net),
            "client_count": base.count,
            "has_gini": gini is not None,
            "gini": float(gini or 0),
            "hhi": float(hhi),
            "effective_clients": float(1 / hhi),
            **shares,
            "accounting_revenue": float(accounting),
            "curve": [
                [n / base.count, float(Fraction(value, base.positive))]
                for n, value in ((0, 0), *base.curve)
            ],
        }

    @api.model
    def _amount(self, method, base, value):
        digits = method.decimals if method.measure != "score" else 2
        return float(round(Fraction(value) / base.unit, digits))
