# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL


class RegulationAbcExclusion(models.Model):
    """Who is left out of the runs of a profile, and why. (C.4)

    The «retail customer» that stands for everybody, a partner, or all with a tag.
    """

    _name = "regulation.abc.exclusion"
    _description = "Exclusion from ABC Runs"
    _order = "id"
    _rec_name = "reason"

    profile_id = fields.Many2one(
        "regulation.abc.profile", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one("res.partner", "Client", ondelete="cascade")
    category_id = fields.Many2one("res.partner.category", "Tag", ondelete="cascade")
    reason = fields.Char(required=True)

    _subject_given = models.Constraint(
        "CHECK((partner_id IS NULL) <> (category_id IS NULL))",
        "Name either a client or a tag.",
    )

    @api.model
    def _get_excluded_query(self, profile, client_key):
        """Partners that a profile leaves out: ``partner_id, reason``, one row each."""
        texts = self.with_context(lang=profile.env.lang).env
        parts = [
            SQL(
                "SELECT %s AS partner_id, e.reason, 1 AS prio"
                "  FROM regulation_abc_exclusion e"
                "  JOIN res_partner p ON p.id = e.partner_id"
                " WHERE e.profile_id = %s",
                SQL("p.id" if client_key == "contact" else "p.commercial_partner_id"),
                profile.id,
            ),
            SQL(
                "SELECT t.partner_id, e.reason, 2 FROM regulation_abc_exclusion e"
                "  JOIN res_partner_res_partner_category_rel t"
                "    ON t.category_id = e.category_id"
                " WHERE e.profile_id = %s",
                profile.id,
            ),
        ]
        if profile.exclude_companies:
            parts.append(
                SQL(
                    "SELECT c.partner_id, %s, 3 FROM res_company c",
                    texts._("Company of our own"),
                )
            )
        if profile.exclude_employees:
            reason = texts._("Employee")
            parts += [
                SQL(
                    "SELECT p.commercial_partner_id, %s, 4 FROM res_users u"
                    "  JOIN res_partner p ON p.id = u.partner_id"
                    " WHERE NOT u.share AND p.commercial_partner_id = p.id",
                    reason,
                ),
                SQL(
                    "SELECT h.work_contact_id, %s, 4 FROM hr_employee h"
                    " WHERE h.work_contact_id IS NOT NULL",
                    reason,
                ),
            ]
        found = SQL(" UNION ALL ").join(parts)
        if client_key == "contact":  # with a client go its contacts
            found = SQL(
                "WITH x AS (%s) SELECT * FROM x UNION ALL"
                " SELECT p.id, x.reason, x.prio FROM res_partner p"
                "  JOIN x ON x.partner_id = p.commercial_partner_id",
                found,
            )
        return SQL(
            "SELECT DISTINCT ON (partner_id) partner_id, reason FROM (%s) x"
            " WHERE partner_id IS NOT NULL ORDER BY partner_id, prio, reason",
            found,
        )
