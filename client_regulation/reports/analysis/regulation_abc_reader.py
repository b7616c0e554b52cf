# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from itertools import count

from odoo import api, models
from odoo.tools import SQL

from ...models.analysis.regulation_abc_run import FINAL

#: so many lines are in memory at a time
PAGE = 2000

#: those who are left out are in no list but their own
COUNTED = SQL("COALESCE(l.flags, '') <> 'excluded'")
#: what became of a line since the run before, by the class it has now
CHANGE = SQL(
    """CASE WHEN l.flags = 'excluded' THEN NULL
            WHEN %(final)s IS NULL AND l.previous_class IS NULL THEN NULL
            WHEN %(final)s IS NULL THEN 'lost'
            WHEN l.previous_class IS NULL AND l.movement = 'reactivated'
            THEN 'reactivated'
            WHEN l.previous_class IS NULL THEN 'new'
            WHEN %(final)s < l.previous_class THEN 'up'
            WHEN %(final)s > l.previous_class THEN 'down'
            ELSE 'same' END""",
    final=FINAL,
)
MOVES = ("up", "down", "new", "reactivated", "lost")
#: the lines of each list
KINDS = {
    "base": SQL("%s AND l.value >= 0 AND %s IS NOT NULL", COUNTED, FINAL),
    "without": SQL(
        "%s AND (l.value < 0 OR (l.value = 0 AND %s IS NULL AND l.flags ~ 'zero'))",
        COUNTED,
        FINAL,
    ),
    "excluded": SQL("l.flags = 'excluded'"),
    "moved": SQL("%s IN %s", CHANGE, MOVES),
    "manual": SQL("%s AND l.manual_class IS NOT NULL", COUNTED),
    **{move: SQL("%s = %s", CHANGE, move) for move in MOVES},
}
#: the order of each list, exact to the line: printed twice it is the same
ORDERS = {
    "without": SQL("l.value, l.partner_name, l.id"),
    "excluded": SQL("l.value DESC, l.partner_name, l.id"),
    "moved": SQL(
        "array_position(%s::text[], %s), l.rank NULLS LAST,"
        " former.value DESC NULLS LAST, l.partner_name, l.id",
        list(MOVES),
        CHANGE,
    ),
}
ORDER = SQL("l.rank NULLS LAST, former.value DESC NULLS LAST, l.partner_name, l.id")

NAMES = (
    "id", "partner_id", "name", "user_id", "rank", "value", "share", "cumulative",
    "final", "computed", "assigned", "manual", "previous", "change", "xyz",
    "variation", "recency", "frequency", "rfm", "segment", "flags", "reason", "annual",
    "before", "set_by", "set_because", "set_until",
)  # fmt: skip


class RegulationAbcReader(models.AbstractModel):
    """Lines of a run for the report, one after the other. (R-7)

    Read by SQL through a cursor of the database, `PAGE` at a time: a run of a million
    clients is printed in the memory of a small one, and no line becomes a record.
    Who may read a run may read all its lines; the report asks before.
    """

    _name = "regulation.abc.reader"
    _description = "Lines of an ABC Run for Reports"

    @api.model
    def _read(self, run, kind, limit=None, where=None):
        """Yield lines as dicts of plain values.

        :param kind: one of `KINDS`
        :param limit: the first ones only
        :param SQL where: further condition
        """
        if kind in ("moved", *MOVES) and not run.previous_run_id:
            return
        self.env.flush_all()
        by_hand = self._join_overrides(run) if kind == "manual" else ()
        query = SQL(
            """
            SELECT l.id, l.partner_id, l.partner_name, l.user_id, l.rank,
                   l.value::float, l.share::float, l.cumulative_share::float,
                   %(final)s, l.computed_class, l.assigned_class, l.manual_class,
                   l.previous_class, %(change)s, l.xyz_class, l.variation::float,
                   l.recency_days, l.frequency, l.rfm_score, l.segment, l.flags,
                   l.exclusion_reason, l.annual_value::float, former.value::float,
                   %(manual)s
              FROM regulation_abc_line l
         LEFT JOIN (SELECT partner_id, SUM(value) AS value FROM regulation_abc_line
                     WHERE run_id = %(previous)s AND partner_id IS NOT NULL
                  GROUP BY partner_id) former
                ON former.partner_id = l.partner_id
                   %(joined)s
             WHERE l.run_id = %(run)s AND %(kind)s AND %(where)s
          ORDER BY %(order)s %(limit)s
            """,
            final=FINAL,
            change=CHANGE if run.previous_run_id else SQL("NULL"),
            manual=SQL("NULL, NULL, NULL") if not by_hand else by_hand[0],
            joined=SQL() if not by_hand else by_hand[1],
            run=run.id,
            previous=run.previous_run_id.id or 0,
            kind=KINDS[kind],
            where=where or SQL("TRUE"),
            order=ORDERS.get(kind, ORDER),
            limit=SQL("LIMIT %s", limit) if limit is not None else SQL(),
        )
        users = self._get_users(run, kind == "manual")
        for row in self._fetch(query):
            line = dict(zip(NAMES, row, strict=True))
            line["user"] = users.get(line["user_id"], "")
            line["author"] = users.get(line["set_by"], "")
            yield line

    _cursors = count()

    @api.model
    def _fetch(self, query):
        """Rows of a query, a page at a time; the cursor ends with the transaction."""
        name = SQL.identifier(f"regulation_abc_reader_{next(self._cursors)}")
        self.env.cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", name, query))
        while rows := self.env.execute_query(SQL("FETCH %s FROM %s", PAGE, name)):
            yield from rows
        self.env.cr.execute(SQL("CLOSE %s", name))

    @api.model
    def _join_overrides(self, run):
        """Columns and join of who set a class by hand, as it was at the approval."""
        known = SQL("TRUE")
        if run.approved_on:
            # the approval is known to the second
            known = SQL("date_trunc('second', o.create_date) <= %s", run.approved_on)
        return SQL("o.user_id, o.reason, o.date_to"), SQL(
            """
            LEFT JOIN LATERAL (
                SELECT o.user_id, o.reason, o.date_to
                  FROM regulation_abc_override o
                 WHERE o.partner_id = l.partner_id AND o.company_id = %s
                   AND o.abc_class = l.manual_class AND %s
              ORDER BY o.id DESC LIMIT 1) o ON TRUE
            """,
            run.company_id.id,
            known,
        )

    @api.model
    def _get_users(self, run, with_authors):
        authors = SQL(
            " UNION SELECT user_id FROM regulation_abc_override WHERE company_id = %s",
            run.company_id.id,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id FROM regulation_abc_line"
                " WHERE run_id = %s AND user_id IS NOT NULL GROUP BY 1 %s",
                run.id,
                authors if with_authors else SQL(),
            )
        )
        # safe: the names of who looks after the clients of the run, or set a class
        users = self.env["res.users"].sudo().browse([user_id for (user_id,) in rows])
        return {user.id: user.name for user in users}

    @api.model
    def _count(self, run, kind):
        """How many lines a list has, by their final class: ``{class: count}``."""
        if kind in ("moved", *MOVES) and not run.previous_run_id:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, COUNT(*) FROM regulation_abc_line l"
                " WHERE l.run_id = %s AND %s GROUP BY 1",
                FINAL,
                run.id,
                KINDS[kind],
            )
        )
        return dict(rows)

    @api.model
    def _get_computed(self, run):
        """Count and value of the classes as computed: ``{class: (count, value)}``."""
        rows = self.env.execute_query(
            SQL(
                "SELECT l.computed_class, COUNT(*), SUM(l.value)::float"
                "  FROM regulation_abc_line l WHERE l.run_id = %s"
                "   AND l.computed_class IS NOT NULL GROUP BY 1",
                run.id,
            )
        )
        return {letter: (number, value) for letter, number, value in rows}

    @api.model
    def _get_segments(self, run):
        """RFM segments of the base: segment, count by class, value, mean recency."""
        return self.env.execute_query(
            SQL(
                """
                SELECT l.segment, COUNT(*),
                       COUNT(*) FILTER (WHERE %(final)s = 'A'),
                       COUNT(*) FILTER (WHERE %(final)s = 'B'),
                       COUNT(*) FILTER (WHERE %(final)s = 'C'),
                       SUM(l.value)::float, AVG(l.recency_days)::float,
                       AVG(l.frequency)::float
                  FROM regulation_abc_line l
                 WHERE l.run_id = %(run)s AND %(base)s
              GROUP BY 1
                """,
                final=FINAL,
                run=run.id,
                base=KINDS["base"],
            )
        )

    @api.model
    def _get_top_share(self, run, percent=20):
        """Share of value of so many per cent of the clients, between two clients in
        proportion; None without values. The twin of `Concentration.top_percent`."""
        whole, rest = divmod(run.client_count * percent, 100)
        [(below, edge, total)] = self.env.execute_query(
            SQL(
                """
                SELECT SUM(v) FILTER (WHERE n <= %(whole)s),
                       SUM(v) FILTER (WHERE n = %(whole)s + 1), SUM(v)
                  FROM (SELECT l.value AS v,
                               row_number() OVER (ORDER BY l.value DESC) AS n
                          FROM regulation_abc_line l
                         WHERE l.run_id = %(run)s AND l.value > 0
                           AND COALESCE(l.flags, '') <> 'excluded') r
                """,
                whole=whole,
                run=run.id,
            )
        )
        if not total:
            return None
        return float(((below or 0) + (edge or 0) * rest / 100) / total)

    @api.model
    def _of_classes(self, letters):
        """The condition that a line is of one of some classes."""
        return SQL("%s IN %s", FINAL, tuple(letters) or ("",))
