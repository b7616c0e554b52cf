# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import abc
from .regulation_abc_measure import MEASURES, WITHOUT_CURRENCY

METHODS = [
    ("cumulative", "Cumulative share"),
    ("fixed", "Fixed values"),
    ("count_share", "Share of the number of clients"),
    ("tangent", "Tangent"),
]
RULES = [("up", "To the higher class"), ("down", "To the lower class"),
         ("nearest", "To the nearer bound")]  # fmt: skip
TIES = [("together", "Equal values together"), ("ordered", "One after the other")]
BASES = [("positive", "Positive values"), ("net", "All values, net")]
HYSTERESIS = [("off", "Off"), ("buffer", "Buffer at the bounds"),
              ("confirm", "Confirmed by several runs")]  # fmt: skip
RHYTHMS = [
    ("month", "Every month"),
    ("quarter", "Every quarter"),
    ("manual", "By hand"),
]
CLIENT_KEYS = [("commercial_partner", "Commercial entity"), ("holding", "Holding"),
               ("contact", "Contact")]  # fmt: skip


class RegulationAbcProfile(models.Model):
    """How the clients of a company are classified: all parameters of a run.

    Several profiles may live side by side; the leading one sets the class that a
    partner carries. (Reg. 2.2, 3.3; C.1)
    """

    _name = "regulation.abc.profile"
    _description = "ABC Profile"
    _inherit = [
        "regulation.abc.profile.guard",
        "regulation.abc.schedule",
        "mail.thread",
    ]
    _order = "is_leading desc, sequence, id"
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    company_ids = fields.Many2many(
        "res.company",
        "regulation_abc_profile_company_rel",
        string="Consolidated Companies",
        help="Further companies whose sales count too. An approved run writes the "
        "classes for all of them.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Values of companies with another currency are converted into this one.",
    )
    rate_rule = fields.Selection(
        [("document", "Rate of the document's date"),
         ("period_end", "Rate of the period's end")],
        "Exchange Rate",
        required=True,
        default="document",
    )  # fmt: skip
    is_leading = fields.Boolean(
        "Leading Profile",
        tracking=True,
        help="Approved runs of this profile set the class on the client cards. A "
        "company has one leading profile.",
    )
    measure = fields.Selection(
        MEASURES,
        "Measure of Value",
        required=True,
        default="invoiced",
        tracking=True,
        help="Invoices and credit notes count at their own date, without tax.",
    )
    criterion_ids = fields.One2many(
        "regulation.abc.criterion", "profile_id", "Criteria of the Score", copy=True
    )
    months = fields.Integer(
        "Period, Months", required=True, default=12, help="A year removes seasons."
    )
    rhythm = fields.Selection(
        RHYTHMS, "How Often", required=True, default="quarter", tracking=True
    )
    next_run_on = fields.Date(
        help="The scheduled action calculates on this day or later."
    )
    client_key = fields.Selection(
        CLIENT_KEYS,
        "Client",
        required=True,
        default="commercial_partner",
        help="Contacts and addresses count for their commercial entity, and these for "
        "their holding if you say so.",
    )
    method = fields.Selection(
        METHODS, required=True, default="cumulative", tracking=True
    )
    bound_a = fields.Float("Bound of A", default=80.0, tracking=True)
    bound_b = fields.Float("Bound of B", default=95.0, tracking=True)
    boundary_rule = fields.Selection(
        RULES,
        "Who Crosses a Bound",
        required=True,
        default="up",
        help="«To the higher class»: class A is the smallest set of top clients that "
        "reaches the bound, and is never empty.",
    )
    ties = fields.Selection(TIES, "Equal Values", required=True, default="together")
    base = fields.Selection(BASES, "Shares Are Of", required=True, default="positive")
    hysteresis = fields.Selection(
        HYSTERESIS,
        required=True,
        default="buffer",
        help="Keeps classes from flapping from run to run.",
    )
    buffer = fields.Float(
        default=2.5, help="Percentage points around a bound in which a class stays."
    )
    confirm_runs = fields.Integer(
        "Runs to Confirm", default=2, help="So many runs in a row must say the same."
    )
    with_xyz = fields.Boolean("XYZ: How Evenly They Buy", default=True)
    xyz_period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")],
        "XYZ Sub-Period",
        required=True,
        default="month",
    )
    xyz_bound_x = fields.Float("Bound of X, %", default=10.0)
    xyz_bound_y = fields.Float("Bound of Y, %", default=25.0)
    xyz_deviation = fields.Selection(
        [("population", "Of the population"), ("sample", "Of a sample")],
        "Standard Deviation",
        required=True,
        default="population",
    )
    xyz_fill = fields.Selection(
        [("first_sale", "From the first sale"), ("window", "The whole period")],
        "Periods Without Sales",
        required=True,
        default="first_sale",
        help="From where sub-periods without sales count as zero.",
    )
    with_rfm = fields.Boolean("RFM: When, How Often, How Much", default=True)
    rfm_mode = fields.Selection(
        [("quantile", "Quantiles"), ("rank", "Ranks")],
        "RFM Marks",
        required=True,
        default="quantile",
        help="Ranks suit bases of few clients.",
    )
    new_days = fields.Integer(
        "New Client, Days", default=90, help="From the first sale to the period's end."
    )
    auto_approve = fields.Boolean(
        "Approve by Itself",
        tracking=True,
        help="A calculated run is approved at once, in the name of who set this.",
    )
    auto_approve_user_id = fields.Many2one("res.users", readonly=True, copy=False)
    exclude_companies = fields.Boolean("Leave Out Own Companies", default=True)
    exclude_employees = fields.Boolean("Leave Out Employees", default=True)
    exclusion_ids = fields.One2many(
        "regulation.abc.exclusion", "profile_id", "Further Exclusions", copy=True
    )
    key_share = fields.Float("Key Client From, %", default=10.0)
    key_score = fields.Float("Key Client From Potential Score", default=70.0)
    key_runs = fields.Integer("Runs in Class A", default=2)
    key_limit = fields.Integer("Key Clients per Manager", default=7)
    run_ids = fields.One2many("regulation.abc.run", "profile_id", "Runs")
    run_count = fields.Integer(compute="_compute_run_count")
    last_run_id = fields.Many2one(
        "regulation.abc.run", "Last Approved Run", compute="_compute_last_run_id"
    )

    _leading_unique = models.UniqueIndex(
        "(company_id) WHERE is_leading AND active",
        "A company has only one leading profile: archive the other, or take its mark.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("run_ids")
    def _compute_run_count(self):
        counts = dict(
            self.env["regulation.abc.run"]._read_group(
                [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
            )
        )
        for profile in self:
            profile.run_count = counts.get(profile, 0)

    @api.depends("run_ids.state")
    def _compute_last_run_id(self):
        for profile in self:
            profile.last_run_id = profile._get_last_run()

    @api.onchange("method")
    def _onchange_method(self):
        if self.method in abc.DEFAULT_BOUNDS:
            self.bound_a, self.bound_b = abc.DEFAULT_BOUNDS[self.method]
        elif self.method == "fixed" and self.bound_a <= self.bound_b:
            self.bound_a, self.bound_b = 0.0, 0.0

    @api.depends("company_id.currency_id")
    def _compute_currency_id(self):
        for profile in self:
            profile.currency_id = profile.company_id.currency_id

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # runs are approved in the name of who says so, and of nobody else
        profiles = super().create(
            [{**vals, "auto_approve_user_id": self.env.uid} for vals in vals_list]
        )
        profiles._check_auto_approve()
        for profile in profiles.filtered(lambda p: not p.next_run_on):
            profile._plan_next_run()
        return profiles

    def write(self, vals):
        if {"auto_approve", "auto_approve_user_id"} & vals.keys():
            vals = {**vals, "auto_approve_user_id": self.env.uid}
        result = super().write(vals)
        if vals.get("auto_approve"):
            self._check_auto_approve()
        if "rhythm" in vals and "next_run_on" not in vals:
            for profile in self:
                profile._plan_next_run()
        return result

    def copy_data(self, default=None):
        return [
            {
                **vals,
                "name": self.env._("%(name)s (copy)", name=profile.name),
                "is_leading": False,
            }
            for profile, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for profile in self:
            if profile.sudo().run_ids:
                raise UserError(
                    self.env._(
                        "“%(profile)s” has runs and stays as their record. Archive it.",
                        profile=profile.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_run(self):
        """Calculate by hand, up to the end of the last month."""
        self.ensure_one()
        self.env["regulation.abc.run"]._check_may_calculate()
        return self._run().get_formview_action()

    def action_ask_period(self):
        """Calculate a period of one's own."""
        self.ensure_one()
        self.env["regulation.abc.run"]._check_may_calculate()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calculate a Period"),
            "res_model": "regulation.abc.calculate",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_profile_id": self.id},
        }

    def action_view_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_abc_run_action"
        )
        return {
            **action,
            "domain": [("profile_id", "=", self.id)],
            "context": {"search_default_profile_id": self.id},
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _run(self, date_from=None, date_to=None):
        """Calculate a run over a period; both days are included.

        :param date date_from: by default the last `months` whole months
        :return: regulation.abc.run, calculated or without data
        :raise ValidationError: the period is reversed
        """
        self.ensure_one()
        date_from, date_to = self._get_period(date_from, date_to)
        method = self.env["regulation.abc.method"]._freeze(
            self.sudo(), date_from, date_to
        )
        # safe: who may calculate was asked by the door; the engine alone writes runs
        run = self.env["regulation.abc.run"].sudo()._begin(self.sudo(), method)
        run.write(self.env["regulation.abc.engine"].sudo()._calculate(run, method))
        self.env["regulation.abc.line"].invalidate_model(flush=False)
        run._settle_figures()
        if self.sudo().auto_approve and run.state == "calculated":
            self.sudo()._approve_by_itself(run)
        return run.sudo(self.env.su).with_env(self.env)

    def _approve_by_itself(self, run):
        """Approve a run in the name of the director who has ordered it so.

        Where that is refused the run stays and says why: the director may have left,
        a later run may be approved.
        """
        director = self.auto_approve_user_id
        try:
            with self.env.cr.savepoint():
                run.with_user(director).with_context(
                    allowed_company_ids=run.company_id.ids
                ).action_approve()
        except UserError as error:
            run.message_post(
                body=self.env._(
                    "Not approved by itself in the name of %(director)s: %(reason)s",
                    director=director.name,
                    reason=str(error),
                )
            )

    def _get_period(self, date_from, date_to):
        date_from, date_to = (
            fields.Date.to_date(date_from),
            fields.Date.to_date(date_to),
        )
        if not date_to:
            today = self.env["regulation.time"]._get_today(self.company_id.id)
            _first, date_to = self.env["regulation.abc.method"]._get_last_period(
                today, self.months, self.rhythm
            )
        if not date_from:
            date_from = date_to + relativedelta(days=1) - relativedelta(
                months=self.months
            )  # fmt: skip
        if date_from > date_to:
            raise ValidationError(
                self.env._(
                    "“%(profile)s”: the period ends on %(stop)s, before it begins on "
                    "%(start)s. Put the days the other way round.",
                    profile=self.name,
                    start=date_from,
                    stop=date_to,
                )
            )
        return date_from, date_to

    def _get_bounds(self):
        self.ensure_one()
        return () if self.method == "tangent" else (self.bound_a, self.bound_b)

    def _get_value_currency(self):
        self.ensure_one()
        if self.measure in WITHOUT_CURRENCY:
            return self.env["res.currency"]
        return self.currency_id

    def _needs_history(self):
        """Whether documents before the period are asked for their amounts."""
        measures = {self.measure, *self.criterion_ids.mapped("measure")}
        return "ltv" in measures

    def _get_last_run(self, before=None):
        """The last approved run, that ended before a day if one is given."""
        self.ensure_one()
        domain = [("profile_id", "=", self.id), ("state", "=", "approved")]
        if before:
            domain.append(("date_to", "<", before))
        # safe: only which one it is; its form asks for the rights
        Run = self.env["regulation.abc.run"].sudo()
        found = Run.search(domain, order="date_to desc, id desc", limit=1)
        return found.sudo(self.env.su)
