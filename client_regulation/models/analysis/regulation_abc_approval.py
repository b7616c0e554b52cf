# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: fields of the card that a run writes, and what they get from a line
CARD = (
    ("abc_class", SQL("COALESCE(l.manual_class, l.assigned_class)")),
    ("xyz_class", SQL("l.xyz_class")),
    ("rfm_segment", SQL("l.segment")),
)


class RegulationAbcApproval(models.AbstractModel):
    """The sales director's act: a run is approved and classes go to the cards.

    Costs in proportion to the cards that change: the run has marked them. (C3.2)
    """

    _name = "regulation.abc.approval"
    _description = "Approval of an ABC Run"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_approve(self):
        """Approve a calculated run.

        :raise AccessError: for who is no sales director
        :raise UserError: there is nothing to approve, or the ground has moved
        """
        for run in self:
            run._check_may_approve()
            run.check_access("read")
            run._hold_others()
            run._check_approvable()
            run.sudo()._approve(self.env.user)  # safe: asked above; nobody else writes
        return True

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _hold_others(self):
        """Of two who approve runs of a profile at once the second looks again: its
        transaction fails on the row and is repeated."""
        self.env.cr.execute(
            SQL(
                "UPDATE regulation_abc_profile SET id = id WHERE id = %s",
                self.sudo().profile_id.id,  # safe: only its number
            )
        )

    def _check_approvable(self):
        self.ensure_one()
        if self.state != "calculated":
            label = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(run)s” is %(state)s: only calculated runs are approved.",
                    run=self.name,
                    state=label[self.state].lower(),
                )
            )
        if self.is_outdated:
            raise UserError(
                self.env._(
                    "Clients of “%(run)s” have been merged since it was calculated. "
                    "Calculate it again.",
                    run=self.name,
                )
            )
        last = self.profile_id._get_last_run().sudo()
        if last and last.date_to >= self.date_to:
            raise UserError(
                self.env._(
                    "“%(last)s” is approved already and ends on the same day or later "
                    "than “%(run)s”. Cancel this run, or calculate a later period.",
                    last=last.name,
                    run=self.name,
                )
            )
        if last != self.sudo().previous_run_id:
            raise UserError(
                self.env._(
                    "“%(run)s” was compared with another run than “%(last)s”, which "
                    "has been approved since. Calculate it again.",
                    run=self.name,
                    last=last.name,
                )
            )

    def _approve(self, user):
        self.ensure_one()
        now = fields.Datetime.now()
        leading = self.profile_id.is_leading
        has_rival = leading and self._has_rival()
        if has_rival:
            self._mark_changes()
        self.write({"state": "approved", "approved_by_id": user.id, "approved_on": now})
        if leading:
            if has_rival or self._follows_another():
                self._clear_strangers()
            self._write_cards()
            self.env["regulation.abc.override"]._note_computed(self)
        self._after_approval()

    def _after_approval(self):
        """What follows from an approved run; rooms add to it."""
        if not self.profile_id.is_leading:
            return
        self.env["regulation.key.proposal"]._propose(self)
        self.env["regulation.class.fall"]._demand(self)
        if self.env["regulation.regulation"]._is_engine_running():
            self.env["regulation.event"]._fire(
                "abc_run_approved", self.company_id, at=self.approved_on
            )

    def _get_card_companies(self):
        """Companies whose cards the run writes."""
        self.ensure_one()
        return self.env["res.company"].browse(self.parameters["company_ids"])

    def _has_rival(self):
        """Whether another run wrote cards since this one looked at them."""
        self.ensure_one()
        return bool(
            self.search_count(
                [
                    ("id", "!=", self.id),
                    ("state", "=", "approved"),
                    ("approved_on", ">=", self.create_date),
                ],
                limit=1,
            )
        )

    def _follows_another(self):
        """Whether another profile may have written cards after the run that this one
        was compared with."""
        if not self.previous_run_id:
            return True
        domain = [
            ("profile_id", "!=", self.profile_id.id),
            ("state", "=", "approved"),
            ("approved_on", ">=", self.previous_run_id.approved_on),
        ]
        return bool(self.search_count(domain, limit=1))

    def _mark_changes(self):
        """Look again at which cards differ from the lines."""
        companies = self._get_card_companies().ids
        member = SQL("p.id = l.partner_id")
        if self.parameters["client_key"] == "holding":
            member = SQL("(p.id = l.partner_id OR p.holding_id = l.partner_id)")
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_abc_line l
                   SET is_changed = v.changed
                  FROM (SELECT l.id, bool_or(%(differs)s) AS changed
                          FROM regulation_abc_line l
                          JOIN res_partner p ON %(member)s
                         WHERE l.run_id = %(run)s AND (
                               l.value >= 0 OR l.flags = 'excluded')
                      GROUP BY l.id) v
                 WHERE v.id = l.id AND l.is_changed IS DISTINCT FROM v.changed
                """,
                run=self.id,
                member=member,
                differs=SQL(" OR ").join(
                    SQL(
                        "p.%s ->> %s IS DISTINCT FROM %s",
                        SQL.identifier(name),
                        str(company_id),
                        value,
                    )
                    for name, value in CARD
                    for company_id in companies
                ),
            )
        )
        self.env["regulation.abc.line"].invalidate_model(["is_changed"], flush=False)

    def _write_cards(self):
        """Write class, XYZ and segment to the cards that change; one statement."""
        companies = [str(company_id) for company_id in self._get_card_companies().ids]
        self.env["res.partner"].flush_model()
        member = SQL("p.id = l.partner_id")
        if self.parameters["client_key"] == "holding":
            member = SQL("(p.id = l.partner_id OR p.holding_id = l.partner_id)")
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p SET %(assignments)s
                  FROM regulation_abc_line l
                 WHERE l.run_id = %(run)s AND l.is_changed AND %(member)s
                """,
                assignments=SQL(", ").join(
                    SQL(
                        "%s = %s",
                        SQL.identifier(name),
                        self._get_card_sql(
                            SQL("p.%s", SQL.identifier(name)), value, companies
                        ),
                    )  # fmt: skip
                    for name, value in CARD
                ),
                run=self.id,
                member=member,
            )
        )
        self._keep_overrides()
        self.env["res.partner"].invalidate_model(
            [name for name, _value in CARD], flush=False
        )

    def _keep_overrides(self):
        """Classes set by hand stay where a run writes the cards of others than its own
        clients: those of a further company, of members of a holding."""
        companies = self._get_card_companies()
        if len(companies) == 1 and self.parameters["client_key"] != "holding":
            return
        for company in companies:
            key = str(company.id)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE res_partner p SET abc_class = %(value)s
                      FROM (%(manual)s) o
                     WHERE o.partner_id = p.id
                       AND p.abc_class ->> %(key)s IS DISTINCT FROM o.class
                    """,
                    value=self._get_card_sql(SQL("p.abc_class"), SQL("o.class"), [key]),
                    manual=self.env["regulation.abc.override"]._get_query(company.id),
                    key=key,
                )
            )

    def _clear_strangers(self):
        """Take the classes off the cards of clients that the run does not know: those
        of a former leading profile. A class set by hand stays."""
        for company in self._get_card_companies():
            manual = self.env["regulation.abc.override"]._get_query(company.id)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE res_partner p SET %(assignments)s
                      FROM (SELECT id FROM res_partner
                             WHERE abc_class ? %(key)s OR xyz_class ? %(key)s
                                OR rfm_segment ? %(key)s
                            EXCEPT
                            SELECT partner_id FROM regulation_abc_line
                             WHERE run_id = %(run)s
                            EXCEPT
                            SELECT h.id FROM res_partner h
                              JOIN regulation_abc_line l ON l.partner_id = h.holding_id
                             WHERE l.run_id = %(run)s AND %(is_holding)s
                            EXCEPT
                            SELECT m.partner_id FROM (%(manual)s) m) gone
                     WHERE p.id = gone.id
                    """,
                    assignments=SQL(", ").join(
                        SQL(
                            "%(name)s = NULLIF(p.%(name)s - %(key)s, '{}'::jsonb)",
                            name=SQL.identifier(name),
                            key=str(company.id),
                        )
                        for name, _value in CARD
                    ),
                    key=str(company.id),
                    run=self.id,
                    is_holding=self.parameters["client_key"] == "holding",
                    manual=manual,
                )
            )
        self.env["res.partner"].invalidate_model(
            [name for name, _value in CARD], flush=False
        )

    @api.model
    def _get_card_sql(self, column, value, companies):
        """A company-dependent column with the value of some companies replaced."""
        pairs = SQL(", ").join(SQL("%s, %s", key, value) for key in companies)
        return SQL(
            "CASE WHEN %(value)s IS NULL"
            " THEN NULLIF(COALESCE(%(column)s, '{}'::jsonb) - %(keys)s, '{}'::jsonb)"
            " ELSE COALESCE(%(column)s, '{}'::jsonb) || jsonb_build_object(%(pairs)s)"
            " END",
            value=value,
            column=column,
            keys=companies,
            pairs=pairs,
        )
