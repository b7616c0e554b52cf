# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL

from .regulation_abc_run import FINAL


class RegulationKeyProposal(models.AbstractModel):
    """Proposes key clients out of an approved run, in one statement. (C3.1)"""

    _name = "regulation.key.proposal"
    _description = "Proposal of Key Clients"

    @api.model
    def _get_profile(self, company):
        return self.env["regulation.abc.override"]._get_profile(company)

    @api.model
    def _get_limits(self, companies):
        """Key clients that a manager may have, by company."""
        limits = {}
        for company in companies:
            profile = self._get_profile(company)
            limits[company] = profile.key_limit or 7
        return limits

    @api.model
    def _propose(self, run):
        """Propose who meets a criterion; look again at who is proposed or approved.

        What was declined before is proposed again: each list is decided anew.
        """
        Key = self.env["regulation.key.client"]
        Key.flush_model()
        self.env["res.partner"].flush_model()
        found = self._get_found_query(run)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO regulation_key_client AS own (
                       partner_id, partner_name, company_id, run_id, criteria, share,
                       potential_score, class_runs, user_id, state, risk_level,
                       create_uid, create_date, write_uid, write_date)
                SELECT f.partner_id, f.partner_name, %(company)s, %(run)s, f.criteria,
                       f.share, f.score, f.class_runs, f.user_id,
                       'candidate', 'no_data',
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (%(found)s) f
           ON CONFLICT (company_id, partner_id)
                 WHERE state IN ('candidate', 'approved')
             DO UPDATE SET run_id = EXCLUDED.run_id, criteria = EXCLUDED.criteria,
                           share = EXCLUDED.share,
                           potential_score = EXCLUDED.potential_score,
                           class_runs = EXCLUDED.class_runs,
                           is_reconsider = FALSE,
                           user_id = COALESCE(own.user_id, EXCLUDED.user_id),
                           write_date = EXCLUDED.write_date
                """,
                company=run.company_id.id,
                run=run.id,
                uid=self.env.uid,
                found=found,
            )
        )
        # who was not touched meets nothing any more
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_key_client k
                   SET run_id = %(run)s, criteria = NULL, class_runs = 0,
                       share = COALESCE(l.share, 0),
                       potential_score = COALESCE(p.potential_score, 0),
                       is_reconsider = k.state = 'approved'
                  FROM regulation_key_client o
             LEFT JOIN regulation_abc_line l
                    ON l.run_id = %(run)s AND l.partner_id = o.partner_id
             LEFT JOIN res_partner p ON p.id = o.partner_id
                 WHERE o.id = k.id AND k.company_id = %(company)s
                   AND k.state IN ('candidate', 'approved')
                   AND k.run_id IS DISTINCT FROM %(run)s
             RETURNING k.id, k.is_reconsider
                """,
                run=run.id,
                company=run.company_id.id,
            )
        )
        flagged = [row[0] for row in self.env.cr.fetchall() if row[1]]
        Key.invalidate_model(flush=False)
        for key in Key.sudo().browse(flagged):  # safe: a note of the approval itself
            key.message_post(
                body=self.env._(
                    "Meets no criterion of a key client any more (%(run)s): "
                    "reconsider it.",
                    run=run.name,
                )
            )

    @api.model
    def _get_found_query(self, run):
        """Lines of a run that meet a criterion, found by indexes: as many as there are.

        The share is met by few of the first ranks; a base of net values may add up to
        more than 100 per cent, and is looked through.
        """
        profile = run.profile_id
        runs = run + run._get_former_runs(profile.key_runs - 1)
        share = profile.key_share
        ranks = SQL()
        if share > 0 and profile.base == "positive":
            ranks = SQL(" AND l.rank <= %s", int(100 / share) + 1)
        met = [
            SQL(
                "SELECT l.id, 'class_a' AS code, 1 AS place FROM regulation_abc_line l"
                " WHERE l.run_id = %s AND %s = 'A' AND %s",
                run.id,
                FINAL,
                self._get_constancy(runs, profile.key_runs),
            )
        ]
        if share > 0:
            met.append(
                SQL(
                    "SELECT l.id, 'share', 2 FROM regulation_abc_line l"
                    " WHERE l.run_id = %s AND l.share >= %s AND %s IS NOT NULL %s",
                    run.id,
                    share,
                    FINAL,
                    ranks,
                )
            )
        if profile.key_score > 0:
            met.append(
                SQL(
                    "SELECT l.id, 'score', 3 FROM res_partner p"
                    "  JOIN regulation_abc_line l"
                    "    ON l.partner_id = p.id AND l.run_id = %s"
                    " WHERE p.has_potential_score AND p.potential_score >= %s"
                    "   AND %s IS NOT NULL",
                    run.id,
                    profile.key_score,
                    FINAL,
                )
            )
        return SQL(
            """
            SELECT l.partner_id, l.partner_name, m.criteria, l.share,
                   COALESCE(p.potential_score, 0) AS score,
                   COALESCE(p.user_id, l.user_id) AS user_id,
                   CASE WHEN m.criteria LIKE '%%class_a%%' THEN %(runs)s ELSE 0 END
                       AS class_runs
              FROM (SELECT c.id, string_agg(c.code, ' ' ORDER BY c.place) AS criteria
                      FROM (%(met)s) c GROUP BY c.id) m
              JOIN regulation_abc_line l ON l.id = m.id
              JOIN res_partner p ON p.id = l.partner_id
            """,
            runs=profile.key_runs,
            met=SQL(" UNION ALL ").join(met),
        )

    @api.model
    def _get_constancy(self, runs, wanted):
        """Whether a line is of class A in the former runs of `runs` too."""
        if len(runs) < wanted:
            return SQL("FALSE")
        return SQL(" AND ").join(
            [
                SQL("TRUE"),
                *(
                    SQL(
                        "EXISTS (SELECT FROM regulation_abc_line f"
                        " WHERE f.run_id = %s AND f.partner_id = l.partner_id"
                        " AND COALESCE(f.manual_class, f.assigned_class) = 'A')",
                        former.id,
                    )
                    for former in runs[1:]
                ),
            ]
        )
