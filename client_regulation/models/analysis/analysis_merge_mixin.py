# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL

from .partner_analysis_mixin import ANALYSIS_FIELDS

#: registers with one row a client: table, what a row is for, which rows, who goes first
REGISTERS = (
    (
        "regulation_churn_signal",
        SQL("company_id, month, code"),
        SQL("TRUE"),
        SQL("TRUE"),
    ),
    ("regulation_class_fall", SQL("run_id"), SQL("TRUE"), SQL("TRUE")),
    (
        "regulation_key_client",
        SQL("company_id"),
        SQL("state IN ('candidate', 'approved')"),
        SQL("state <> 'approved'"),
    ),
)


class AnalysisMergeMixin(models.AbstractModel):
    """Clients that are merged: lines of runs keep name and class, the card that stays
    takes what it does not say itself from the others. (C.4 «merged partner»)"""

    _name = "regulation.analysis.merge.mixin"
    _description = "Merging of Analysed Clients"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._detach_twins(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _detach_twins(self, src_partners, dst_partner):
        """Two clients have a row each where one client has one: the row that goes
        stays under the name it was written with, without a client."""
        self.env.flush_all()
        for table, subject, condition, order in REGISTERS:
            ended = SQL()
            if table == "regulation_key_client":
                note = self.env._("Merged into “%(client)s”.", client=dst_partner.name)
                ended = SQL(", state = 'ended', decision_note = %s", note)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s t SET partner_id = NULL %(ended)s
                      FROM (SELECT id, row_number() OVER (
                                       PARTITION BY %(subject)s
                                       ORDER BY %(order)s, partner_id <> %(target)s, id
                                   ) AS n
                              FROM %(table)s
                             WHERE partner_id IN %(all)s AND %(condition)s) r
                     WHERE r.id = t.id AND r.n > 1
                    """,
                    table=SQL.identifier(table),
                    ended=ended,
                    subject=subject,
                    order=order,
                    condition=condition,
                    target=dst_partner.id,
                    all=(*src_partners.ids, dst_partner.id),
                )
            )
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_abc_run SET is_outdated = TRUE
                 WHERE state = 'calculated' AND id IN (
                       SELECT run_id FROM regulation_abc_line
                        WHERE partner_id IN %s
                     GROUP BY run_id HAVING COUNT(*) > 1)
                """,
                (*src_partners.ids, dst_partner.id),
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        # in the database: the host writes the card as anybody does, which is refused
        # where it would change a class
        (src_partners | dst_partner).flush_recordset()
        for name in sorted(ANALYSIS_FIELDS):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE res_partner d
                       SET %(name)s = s.kept || COALESCE(d.%(name)s, '{}'::jsonb)
                      FROM (SELECT jsonb_object_agg(e.key, e.value ORDER BY p.id DESC)
                                   AS kept
                              FROM res_partner p, jsonb_each(p.%(name)s) e
                             WHERE p.id IN %(sources)s
                               AND e.value NOT IN ('null'::jsonb, 'false'::jsonb)) s
                     WHERE d.id = %(target)s AND s.kept IS NOT NULL
                    """,
                    name=SQL.identifier(name),
                    sources=tuple(src_partners.ids),
                    target=dst_partner.id,
                )
            )
        # a head is no member, of itself least of all
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner SET holding_id = NULL
                 WHERE id IN %(all)s AND holding_id IS NOT NULL
                   AND (holding_id IN %(all)s OR EXISTS (
                        SELECT FROM res_partner m
                         WHERE m.holding_id IN %(all)s AND m.id NOT IN %(all)s))
                """,
                all=(*src_partners.ids, dst_partner.id),
            )
        )
        (src_partners | dst_partner).invalidate_recordset(
            [*ANALYSIS_FIELDS, "holding_id"], flush=False
        )
        return super()._update_values(src_partners, dst_partner)
