# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date

from .regulation_abc_line import CLASSES
from .regulation_abc_run import HEAD_GROUP

#: so many periods of the profile a class set by hand may live
PERIODS = 2


class RegulationAbcOverride(models.Model):
    """A class set by hand: by whom, why and until when. (C.4 «manual override»)

    The computed class is kept beside it. At most two periods; then the computed one
    is back.
    """

    _name = "regulation.abc.override"
    _description = "Class Set by Hand"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    abc_class = fields.Selection(CLASSES, "Class", required=True)
    computed_class = fields.Selection(CLASSES, readonly=True)
    reason = fields.Text(required=True)
    user_id = fields.Many2one(
        "res.users", "Set By", readonly=True, default=lambda self: self.env.user
    )
    date_from = fields.Date(
        "From", readonly=True, default=fields.Date.context_today, required=True
    )
    date_to = fields.Date("Until", required=True)
    ended_on = fields.Date(readonly=True, copy=False)
    shown_class = fields.Selection(
        CLASSES,
        "Class of the Run",
        compute="_compute_shown_class",
        help="What the last approved run says of the client.",
    )
    differs = fields.Boolean(compute="_compute_differs", search="_search_differs")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id", "abc_class", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for override in self:
            override.display_name = self.env._(
                "%(client)s: %(class)s until %(day)s",
                client=override.partner_id.display_name,
                day=format_date(self.env, override.date_to),
                **{"class": override.abc_class},
            )

    @api.depends("computed_class", "partner_id", "company_id")
    def _compute_shown_class(self):
        """Beside the class set by hand, and in the dialog before it is set."""
        for override in self:
            override.shown_class = override.computed_class
            if not override._origin and override.partner_id and override.company_id:
                override.shown_class = override._get_computed()

    @api.depends("abc_class", "computed_class")
    def _compute_differs(self):
        for override in self:
            override.differs = override.abc_class != override.computed_class

    @api.model
    def _search_differs(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        query = SQL(
            "(SELECT id FROM regulation_abc_override"
            " WHERE abc_class IS DISTINCT FROM computed_class)"
        )
        return [("id", "in", query)]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "date_to" in fields and not values.get("date_to"):
            company = self.env["res.company"].browse(
                values.get("company_id") or self.env.company.id
            )
            values["date_to"] = self._get_limit(company)
        return values

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("date_from", "date_to", "company_id")
    def _check_expiry(self):
        for override in self:
            limit = self._get_limit(override.company_id, override.date_from)
            if not override.date_from <= override.date_to <= limit:
                raise ValidationError(
                    self.env._(
                        "The class of “%(client)s” set by hand ends on %(stop)s. It "
                        "may live for two periods of the ABC profile: give a day from "
                        "%(start)s to %(limit)s.",
                        client=override.partner_id.display_name,
                        stop=format_date(self.env, override.date_to),
                        start=format_date(self.env, override.date_from),
                        limit=format_date(self.env, limit),
                    )
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for override in self:
            partner = override.partner_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "“%(contact)s” is a contact of “%(client)s”: only the client "
                        "carries a class. Set it there.",
                        contact=partner.name,
                        client=partner.commercial_partner_id.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_override()
        vals_list = [self._get_own_values(vals) for vals in vals_list]
        for vals in vals_list:
            if not str(vals.get("reason") or "").strip(" -–—.?\n\t"):
                raise UserError(
                    self.env._(
                        "Give the reason for which the class is set by hand: it is "
                        "printed in the report."
                    )
                )
        overrides = super().create(vals_list)
        for override in overrides:
            earlier = override._get_active(override.partner_id, override.company_id)
            # safe: who may set one may end the one before it, and knows its line
            (earlier - override).sudo().ended_on = override.date_from
            override.sudo().computed_class = override._get_computed()
            override._apply(override.abc_class)
        return overrides

    def write(self, vals):
        if not self.env.su or set(vals) - {"computed_class", "ended_on"}:
            raise UserError(
                self.env._(
                    "A class set by hand is a record of its day and stays as it is. "
                    "End it, or set another one."
                )
            )
        return super().write(vals)

    def _get_own_values(self, vals):
        """Who sets a class does it today and in their own name."""
        if self.env.su:
            return vals
        company_id = vals.get("company_id") or self.env.company.id
        return {
            **vals,
            "company_id": company_id,
            "user_id": self.env.uid,
            "date_from": self.env["regulation.time"]._get_today(company_id),
            "computed_class": False,
            "ended_on": False,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_end(self):
        """Back to the computed class."""
        self._check_may_override()
        self._end()
        return True

    @api.model
    def _get_wizard_action(self, partner, company):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Class by Hand"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": partner.commercial_partner_id.id,
                "default_company_id": company.id,
            },
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _check_may_override(self):
        if not (self.env.su or self.env.user.has_group(HEAD_GROUP)):
            raise AccessError(
                self.env._(
                    "The class of a client is set by hand by the head of sales or the "
                    "sales director. Ask one of them, with your reason."
                )
            )

    @api.model
    def _get_active(self, partners, company):
        """Overrides that hold today."""
        today = self.env["regulation.time"]._get_today(company.id)
        return self.search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("ended_on", "=", False),
                ("date_to", ">=", today),
            ]
        )

    @api.model
    def _get_query(self, company_id):
        """Classes set by hand that hold now: ``partner_id, class``."""
        today = self.env["regulation.time"]._get_today(company_id)
        self.flush_model()
        return SQL(
            "SELECT DISTINCT ON (partner_id) partner_id, abc_class AS class"
            "  FROM regulation_abc_override"
            " WHERE company_id = %s AND ended_on IS NULL AND date_to >= %s"
            " ORDER BY partner_id, id DESC",
            company_id,
            today,
        )

    @api.model
    def _get_limit(self, company, start=None):
        """The last day that a class set by hand may live."""
        profile = self._get_profile(company)
        months = 1 if profile.rhythm == "month" else 3
        start = start or self.env["regulation.time"]._get_today(company.id)
        return start + relativedelta(months=months * PERIODS)

    @api.model
    def _get_profile(self, company):
        """The leading profile of a company, or the one that consolidates it."""
        # safe: which profile leads is no secret
        Profile = self.env["regulation.abc.profile"].sudo()
        leading = [("is_leading", "=", True)]
        return Profile.search(
            [*leading, ("company_id", "=", company.id)], limit=1
        ) or Profile.search([*leading, ("company_ids", "in", company.ids)], limit=1)

    def _get_line(self):
        """The line of the client in the last approved run of the leading profile."""
        self.ensure_one()
        profile = self._get_profile(self.company_id)
        if not profile:
            return self.env["regulation.abc.line"]
        client = self.partner_id
        if profile.client_key == "holding":
            client = client.sudo().holding_id or client  # safe: only which it is
        run = profile._get_last_run().sudo()
        return self.env["regulation.abc.line"].sudo().search(
            [("run_id", "=", run.id), ("partner_id", "=", client.id)], limit=1
        )  # fmt: skip

    def _get_computed(self):
        self.ensure_one()
        return self._get_line().assigned_class

    def _apply(self, letter):
        """Give the client a class, and to the runs that wait for approval."""
        self.ensure_one()
        self.env["res.partner"]._set_regulation_class(
            self.partner_id, self.company_id, letter
        )
        lines = self.env["regulation.abc.line"].sudo().search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("run_id.company_id", "=", self.company_id.id),
                ("run_id.state", "=", "calculated"),
            ]
        )  # fmt: skip
        lines._set_by_hand(letter if not self.ended_on else False)
        lines.run_id._settle_figures()
        self.partner_id.message_post(
            body=self.env._(
                "Class %(class)s set by hand until %(day)s: %(reason)s",
                **{"class": self.abc_class},
                day=format_date(self.env, self.date_to),
                reason=self.reason,
            )
            if not self.ended_on
            else self.env._(
                "The class set by hand has ended; the computed class is %(class)s.",
                **{"class": letter or "—"},
            )
        )

    def _end(self):
        for override in self.filtered(lambda o: not o.ended_on):
            override.sudo().ended_on = self.env["regulation.time"]._get_today(
                override.company_id.id
            )
            # another may have been set since this one ran out
            if not override._get_active(override.partner_id, override.company_id):
                override.sudo()._apply(override._get_computed())

    @api.model
    def _note_computed(self, run):
        """Keep the computed class beside those set by hand. (After an approval)"""
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_abc_override o
                   SET computed_class = l.assigned_class
                  FROM regulation_abc_line l
                 WHERE l.run_id = %s AND l.partner_id = o.partner_id
                   AND o.company_id = %s AND o.ended_on IS NULL
                   AND l.manual_class IS NOT NULL
                """,
                run.id,
                run.company_id.id,
            )
        )
        self.invalidate_model(["computed_class"], flush=False)

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_end(self):
        """End what has expired; the computed class is back."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = self.env["regulation.time"]._get_today(company.id)
            expired = self.search(
                [
                    ("company_id", "=", company.id),
                    ("ended_on", "=", False),
                    ("date_to", "<", today),
                ]
            )
            expired._end()
            self.env["ir.cron"]._commit_progress(len(expired))
