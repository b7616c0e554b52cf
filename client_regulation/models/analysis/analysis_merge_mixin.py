# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL

from .partner_analysis_mixin import ANALYSIS_FIELDS


class AnalysisMergeMixin(models.AbstractModel):
    """Clients that are merged: lines of runs keep name and class, the card that stays
    takes what it does not say itself from the others. (C.4 «merged partner»)"""

    _name = "regulation.analysis.merge.mixin"
    _description = "Merging of Analysed Clients"

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
