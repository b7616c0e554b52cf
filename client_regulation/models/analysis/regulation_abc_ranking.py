# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from odoo import api, models
from odoo.tools import SQL

from ...tools.abc import DEFAULT_BOUNDS
from ...tools.exact import fraction, round_half_up

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


class RegulationAbcRanking(models.AbstractModel):
    """Where the ranking of clients is cut into classes, as SQL. (C.2, C.3, C.8)

    The exact twin of `tools.abc` and `tools.migration.assign`: borders are reckoned
    with fractions here, rows are compared with them in the database.
    """

    _name = "regulation.abc.ranking"
    _description = "Ranking of Clients"

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
                    Decimal(floor.denominator),
                    Decimal(floor.numerator),
                )
                for floor in (fraction("bound", b) * base.unit for b in method.bounds)
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
        """The computed class, held still where hysteresis says so. (C.8)

        What holds is the class that the last run assigned: one set by hand is beside
        the reckoning, which goes on as if it were not there.
        """
        computed = self._get_class_sql(method, base)
        if not run.previous_run_id or method.hysteresis == "off":
            return computed
        if method.hysteresis == "buffer":
            if method.method not in DEFAULT_BOUNDS or not method.buffer:
                return computed
            held = SQL(
                "LEAST(GREATEST(former.held, %s), %s)",
                self._get_class_sql(method, base, method.buffer),
                self._get_class_sql(method, base, -method.buffer),
            )
        else:
            earlier = self._get_earlier_runs(run, method)
            if len(earlier) < method.confirm_runs - 1:
                held = SQL("former.held")
            else:
                held = SQL(
                    "CASE WHEN %s THEN %s ELSE former.held END",
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
            "CASE WHEN r.v <= 0 THEN NULL WHEN former.held IS NULL THEN %s ELSE %s END",
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
                " LEFT JOIN (SELECT partner_id, MIN(computed_class) AS class"
                " FROM regulation_abc_line WHERE run_id = %s GROUP BY 1) %s"
                " ON %s.partner_id = r.partner_id",
                earlier.id,
                SQL.identifier(f"earlier_{number}"),
                SQL.identifier(f"earlier_{number}"),
            )
            for number, earlier in enumerate(self._get_earlier_runs(run, method))
        ]
        return SQL(" ").join(joins)
