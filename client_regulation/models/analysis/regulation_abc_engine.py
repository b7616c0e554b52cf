# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta
from fractions import Fraction

from odoo import api, models
from odoo.tools import SQL

#: a run of so many clients tells the database of them at once
ANALYZED_FROM = 5000


class RegulationAbcEngine(models.AbstractModel):
    """Classifies the clients of a run inside of the database. (Reg. 3.3; C.1–C.8)

    What `tools.abc`, `tools.xyz` and `tools.rfm` do with dicts is done here with one
    statement for all clients, so that a million of them cost the server no memory:
    the borders are exact integers from Python, the comparisons run in SQL. A test
    compares both on random bases.

    All happens in the transaction of the caller: either a whole run is seen or none.
    """

    _name = "regulation.abc.engine"
    _inherit = [
        "regulation.abc.values",
        "regulation.abc.ranking",
        "regulation.abc.grading",
    ]
    _description = "ABC Engine"

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
        self._settle_excluded(run, method)
        self._insert_lines(run, method, base)
        self._insert_lost(run, method)
        if base.count >= ANALYZED_FROM:
            # what comes next would be planned as if the run had no lines
            self.env.cr.execute(SQL("ANALYZE regulation_abc_line"))
        values = self._get_figures(run, method, base)
        self._drop_values()
        return values

    @api.model
    def _set_aside(self, run, method, unit):
        """Take the excluded out of the values; they keep a line that says why."""
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
                       round(g.v / %(unit)s, %(digits)s), 'excluded', g.reason,
                       %(card)s IS NOT NULL
                  FROM gone g JOIN res_partner p ON p.id = g.partner_id
                """,
                excluded=self._get_excluded(method),
                run=run.id,
                date_to=method.date_to,
                card=self._get_card_sql(method, "abc_class"),
                unit=self._numeric(unit),
                digits=method.decimals if method.measure != "score" else 2,
            )
        )

    @api.model
    def _insert_lines(self, run, method, base):
        previous = run.previous_run_id.id or 0
        classes = self._get_class_sql(method, base)
        assigned = self._get_assigned_sql(run, method, base)
        net = method.base == "net"
        ranked = SQL("TRUE") if net else SQL("r.v > 0")
        total = self._numeric(base.total(method.base))
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
                   LEFT JOIN (SELECT partner_id, MIN(assigned_class) AS held,
                                     MIN(COALESCE(manual_class, assigned_class))
                                     AS class
                                FROM regulation_abc_line
                               WHERE run_id = %(previous)s
                            GROUP BY partner_id) former
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
                    method.company_id
                ),
                history=self._join_history(run, method),
            )
        )

    @api.model
    def _get_rows(self, run, method):
        """Clients in their order, with what is before and up to them."""
        order = SQL("v.v DESC")
        frame, rank = SQL("RANGE UNBOUNDED PRECEDING"), SQL("rank()")
        if method.ties == "ordered":
            order = SQL("v.v DESC, v.partner_id")
            frame, rank = SQL("ROWS UNBOUNDED PRECEDING"), SQL("row_number()")
        return SQL(
            """
            SELECT v.*, p.name, p.user_id,
                   SUM(v.v) OVER (ORDER BY %(order)s %(frame)s) AS upto,
                   %(rank)s OVER (ORDER BY %(order)s) AS rank,
                   COUNT(*) OVER (ORDER BY %(order)s %(frame)s) AS heads,
                   %(marks)s
                   %(card_class)s AS card_class, %(card_xyz)s AS card_xyz,
                   %(card_segment)s AS card_segment,
                   %(known)s AS known
              FROM abc_values v JOIN res_partner p ON p.id = v.partner_id
            """,
            order=order,
            frame=frame,
            rank=rank,
            marks=self._get_rank_marks_sql(method),
            card_class=self._get_card_sql(method, "abc_class"),
            card_xyz=self._get_card_sql(method, "xyz_class"),
            card_segment=self._get_card_sql(method, "rfm_segment"),
            known=self._get_known_sql(method),
        )

    @api.model
    def _get_card_sql(self, method, name):
        """What cards say now; «*» where the companies of the run do not agree, or the
        members of a holding."""
        column = SQL.identifier(name)
        values = [
            SQL("p.%s ->> %s", column, str(company_id))
            for company_id in method.company_ids
        ]
        agree = [SQL("%s IS NOT DISTINCT FROM %s", values[0], v) for v in values[1:]]
        if method.client_key == "holding":
            agree.append(
                SQL(
                    "NOT EXISTS (SELECT FROM res_partner m WHERE m.holding_id = p.id"
                    " AND (%s))",
                    SQL(" OR ").join(
                        SQL(
                            "m.%s ->> %s IS DISTINCT FROM %s",
                            column, str(company_id), value,
                        )
                        for company_id, value in zip(
                            method.company_ids, values, strict=True
                        )
                    ),
                )
            )  # fmt: skip
        if not agree:
            return SQL("(%s)", values[0])
        return SQL(
            "(CASE WHEN %s THEN %s ELSE '*' END)", SQL(" AND ").join(agree), values[0]
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

    @api.model
    def _insert_lost(self, run, method):
        """Clients that had a class and have no documents now: class «–». (C.9)

        With them those who were below zero and have kept the class of their card
        until this run (C.4). Who was merged since is one client.
        """
        if not run.previous_run_id:
            return
        manual = self.env["regulation.abc.override"]._get_query(method.company_id)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO regulation_abc_line (
                       run_id, date_to, partner_id, partner_name, user_id, value,
                       previous_class, manual_class, flags, movement, is_changed)
                SELECT %(run)s, %(date_to)s, l.partner_id, l.partner_name,
                       COALESCE(p.user_id, l.user_id), 0, l.former, manual.class,
                       concat_ws(' ', 'lost', CASE WHEN manual.class IS NOT NULL
                                                   THEN 'manual' END),
                       %(movement)s, TRUE
                  FROM (SELECT DISTINCT ON (COALESCE(partner_id, -id)) *,
                               COALESCE(manual_class, assigned_class) AS former
                          FROM regulation_abc_line
                         WHERE run_id = %(previous)s
                           AND (COALESCE(manual_class, assigned_class) IS NOT NULL
                                OR value < 0 AND flags <> 'excluded')
                      ORDER BY COALESCE(partner_id, -id), former) l
             LEFT JOIN res_partner p ON p.id = l.partner_id
             LEFT JOIN (%(manual)s) manual ON manual.partner_id = l.partner_id
                 WHERE (l.former IS NOT NULL OR %(card)s IS NOT NULL)
                   AND NOT EXISTS (SELECT FROM regulation_abc_line n
                                    WHERE n.run_id = %(run)s
                                      AND n.partner_id = l.partner_id)
                """,
                run=run.id,
                date_to=method.date_to,
                previous=run.previous_run_id.id,
                manual=manual,
                movement=self._get_outsider_movement(SQL("l.former")),
                card=self._get_card_sql(method, "abc_class"),
            )
        )

    @api.model
    def _settle_excluded(self, run, method):
        """Who is left out has no class any more, unless one is set by hand."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_abc_line l
                   SET previous_class = v.former, manual_class = v.manual,
                       movement = v.movement, is_changed = v.changed
                  FROM (SELECT l.id, former.class AS former, manual.class AS manual,
                               %(movement)s AS movement,
                               %(card)s IS DISTINCT FROM manual.class AS changed
                          FROM regulation_abc_line l
                          JOIN res_partner p ON p.id = l.partner_id
                     LEFT JOIN (%(manual)s) manual
                            ON manual.partner_id = l.partner_id
                     LEFT JOIN (SELECT partner_id,
                                       MIN(COALESCE(manual_class, assigned_class))
                                       AS class
                                  FROM regulation_abc_line
                                 WHERE run_id = %(previous)s GROUP BY 1) former
                            ON former.partner_id = l.partner_id
                         WHERE l.run_id = %(run)s AND l.flags = 'excluded') v
                 WHERE v.id = l.id
                """,
                run=run.id,
                previous=run.previous_run_id.id or 0,
                movement=self._get_outsider_movement(SQL("former.class")),
                card=self._get_card_sql(method, "abc_class"),
                manual=self.env["regulation.abc.override"]._get_query(
                    method.company_id
                ),
            )
        )

    @api.model
    def _get_outsider_movement(self, former):
        """Movement of a client who is not in the base: only a hand can give a class."""
        return SQL(
            "CASE WHEN %(former)s IS NULL THEN NULL"
            " WHEN manual.class IS NULL THEN 'lost'"
            " WHEN manual.class < %(former)s THEN 'up'"
            " WHEN manual.class > %(former)s THEN 'down' ELSE 'same' END",
            former=former,
        )

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
