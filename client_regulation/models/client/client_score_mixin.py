# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

SCORE_FIELDS = ("potential_score", "has_potential_score", "potential_class")


class ClientScoreMixin(models.AbstractModel):
    """The potential of a client: the sum of weight × mark / 5. (Reg. 1.2.3)

    The database computes it exactly, for one client or for all, in one statement
    that writes only what changes and keeps the history.
    """

    _name = "regulation.client.score.mixin"
    _description = "Potential of the Client"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    potential_mark_ids = fields.One2many(
        "regulation.potential.mark", "partner_id", "Marks", groups="base.group_user"
    )
    potential_score = fields.Float(
        digits=(6, 2),
        compute="_compute_potential_score",
        store=True,
        copy=False,
        aggregator="avg",
        groups="base.group_user",
        help="From 0 to 100; there is none until all criteria are marked.",
    )
    has_potential_score = fields.Boolean(
        "Potential Scored",
        compute="_compute_potential_score",
        store=True,
        copy=False,
        groups="base.group_user",
    )
    potential_class = fields.Selection(
        [("a", "P-A"), ("b", "P-B"), ("c", "P-C")],
        compute="_compute_potential_score",
        store=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    potential_history_ids = fields.One2many(
        "regulation.potential.history",
        "partner_id",
        "History of the Potential",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    # who has just been created has no marks; `_refresh_potential` does the rest
    def _compute_potential_score(self):
        self.potential_score = 0
        self.has_potential_score = False
        self.potential_class = False

    def _read_group_select(self, aggregate_spec, query):
        # no score is not a score of 0
        if aggregate_spec == "potential_score:avg":
            return SQL(
                "AVG(%s) FILTER (WHERE %s)",
                self._field_to_sql(self._table, "potential_score", query),
                self._field_to_sql(self._table, "has_potential_score", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals and self:
            # another company may have another scoring sheet
            self._refresh_potential(self.ids, "company")
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_prepare_potential_marks(self):
        """Put the criteria of the scoring sheet on the cards, to be marked."""
        sheets = (
            self.env["regulation.potential.scale"]
            .sudo()
            .search([("company_id", "in", [*self.company_id.ids, False])])
        )
        by_company = {sheet.company_id.id: sheet for sheet in sheets}
        marked = {
            (mark.partner_id.id, mark.criterion_id.id)
            for mark in self.env["regulation.potential.mark"].search(
                [("partner_id", "in", self.ids)]
            )
        }
        vals_list = []
        for client in self:
            sheet = by_company.get(client.company_id.id) or by_company.get(False)
            if not sheet:
                raise UserError(
                    self.env._(
                        "There is no scoring sheet for “%(client)s”. The owner of the "
                        "regulation makes one under Configuration › Scoring Sheets.",
                        client=client.display_name,
                    )
                )
            vals_list += [
                {"partner_id": client.id, "criterion_id": criterion.id}
                for criterion in sheet.criterion_ids
                if criterion.weight and (client.id, criterion.id) not in marked
            ]
        self.env["regulation.potential.mark"].create(vals_list)
        return True

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _refresh_potential(self, ids, reason):
        """Score clients anew, write what changed, keep it in the history.

        :param ids: ids of clients, or None for all that have marks or a score
        :param str reason: of `regulation.potential.history`
        """
        if ids is not None and not ids:
            return
        for model in ("scale", "criterion", "mark", "history"):
            self.env[f"regulation.potential.{model}"].flush_model()
        self.flush_model([*SCORE_FIELDS, "company_id"])
        changed = [
            row[0]
            for row in self.env.execute_query(self._get_potential_query(ids, reason))
        ]
        self.invalidate_model(list(SCORE_FIELDS) + ["potential_history_ids"])
        if not changed:
            return
        if ids is None:
            # the cards that count the score wait for the scheduled action
            self.env.execute_query(
                SQL(
                    "UPDATE res_partner SET card_key = 0 WHERE id IN %s RETURNING id",
                    tuple(changed),
                )
            )
            self.invalidate_model(["card_key"])
            self.env.ref("client_regulation.ir_cron_client_cards")._trigger()
        # sudo: figures follow the marks, whoever gives them
        clients = self.sudo().browse(changed)
        if ids is not None:
            clients._mark_card()
        if self.env["regulation.regulation"]._is_engine_running():
            leads = self.env["crm.lead"].sudo()
            leads = leads.search(
                [
                    ("regulation_id", "!=", False),
                    ("partner_id.commercial_partner_id", "in", changed),
                ]
            )
            self.env["regulation.engine"]._facts_changed(
                clients, "res.partner", frozenset({"potential_score"}), leads
            )

    @api.model
    def _get_potential_query(self, ids, reason):
        scope = (
            SQL("p.id IN %s", tuple(ids))
            if ids is not None
            else SQL(
                "(p.has_potential_score"
                " OR p.id IN (SELECT partner_id FROM regulation_potential_mark))"
            )
        )
        return SQL(
            """
            WITH figures AS (
                SELECT p.id, s.bound_a, s.bound_b,
                       CASE WHEN COUNT(c.id) > 0 AND COUNT(c.id) = COUNT(m.mark)
                            THEN ROUND(SUM(c.weight * m.mark::int) / 5, 2)
                        END AS score
                  FROM res_partner p
             LEFT JOIN LATERAL (
                       SELECT id, bound_a, bound_b
                         FROM regulation_potential_scale
                        WHERE active
                          AND (company_id = p.company_id OR company_id IS NULL)
                     ORDER BY company_id NULLS LAST
                        LIMIT 1
                       ) s ON TRUE
             LEFT JOIN regulation_potential_criterion c
                    ON c.scale_id = s.id AND c.active AND c.weight > 0
             LEFT JOIN LATERAL (
                       SELECT k.mark
                         FROM regulation_potential_mark k
                        WHERE k.partner_id = p.id
                          AND k.criterion_id = c.id
                          AND k.active
                          AND k.mark IS NOT NULL
                     ORDER BY k.date DESC, k.id DESC
                        LIMIT 1
                       ) m ON TRUE
                 WHERE %(scope)s
              GROUP BY p.id, s.bound_a, s.bound_b
            ), target AS (
                SELECT id, COALESCE(score, 0) AS score, score IS NOT NULL AS scored,
                       CASE WHEN score >= bound_a THEN 'a'
                            WHEN score >= bound_b THEN 'b'
                            WHEN score IS NOT NULL THEN 'c'
                        END AS class
                  FROM figures
            ), changed AS (
                UPDATE res_partner p
                   SET potential_score = t.score,
                       has_potential_score = t.scored,
                       potential_class = t.class
                  FROM target t
                 WHERE t.id = p.id
                   AND (COALESCE(p.potential_score, 0),
                        COALESCE(p.has_potential_score, FALSE),
                        COALESCE(p.potential_class, ''))
                    IS DISTINCT FROM (t.score, t.scored, COALESCE(t.class, ''))
             RETURNING p.id, p.company_id, t.score, t.scored, t.class
            )
            INSERT INTO regulation_potential_history (
                        partner_id, company_id, date, has_score, score,
                        potential_class, user_id, reason,
                        create_uid, create_date, write_uid, write_date)
                 SELECT id, company_id, %(now)s, scored, score, class, %(uid)s,
                        %(reason)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                   FROM changed
              RETURNING partner_id
            """,
            scope=scope,
            now=fields.Datetime.now(),
            uid=self.env.uid,
            reason=reason,
        )
