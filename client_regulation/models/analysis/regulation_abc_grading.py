# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...tools import rfm
from ...tools.exact import fraction
from ...tools.xyz import MIN_PERIODS
from .regulation_abc_measure import WITHOUT_DOCUMENTS


class RegulationAbcGrading(models.AbstractModel):
    """How evenly, when and how often clients buy, as SQL. (C.5, C.6)

    The exact twin of `tools.xyz` and `tools.rfm`.
    """

    _name = "regulation.abc.grading"
    _description = "Grading of Clients"

    @api.model
    def _get_xyz_sql(self, method):
        """The exact twin of `tools.xyz.grade`: squares are compared, in integers."""
        if not method.with_xyz or method.measure in WITHOUT_DOCUMENTS:
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
        if not method.with_xyz or method.measure in WITHOUT_DOCUMENTS:
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
        return method.with_rfm and method.measure not in WITHOUT_DOCUMENTS

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
