# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools.misc import format_date

from .regulation_visit_plan_line import FACTS

WEEK = timedelta(days=7)
#: salespeople whose plans are frozen in one transaction of the scheduled action
BATCH = 200


class RegulationVisitPlan(models.Model):
    """The visits a salesperson undertakes to hold in a week. (Flow F03, 1.3.10)

    While it is a draft it shows the visits of the calendar. Freezing copies them into
    lines that stay: a visit that is moved, cancelled or deleted later remains in the
    plan it came from. Who did not freeze the plan on Friday has it frozen at the start
    of the week by the scheduled action.
    """

    _name = "regulation.visit.plan"
    _description = "Weekly Plan of Visits"
    _inherit = ["mail.thread"]
    _order = "date_from desc, user_id"
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    user_id = fields.Many2one(
        "res.users", "Salesperson", required=True, index=True, check_company=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
    )  # fmt: skip
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", compute="_compute_team_id",
        store=True, precompute=True,
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        "Week From", required=True, index=True,
        default=lambda self: self._get_monday(self.env.company.id) + WEEK,
    )  # fmt: skip
    date_to = fields.Date("Week Until", compute="_compute_date_to", store=True)
    state = fields.Selection(
        [("draft", "Draft"), ("frozen", "Frozen")], required=True, default="draft",
        copy=False, index=True, tracking=True, readonly=True,
    )  # fmt: skip
    frozen_on = fields.Datetime(readonly=True, copy=False, tracking=True)
    frozen_by_id = fields.Many2one(
        "res.users", "Frozen By", readonly=True, copy=False, index="btree_not_null",
        help="The system, when the salesperson has not done so before the week began.",
    )  # fmt: skip
    line_ids = fields.One2many(
        "regulation.visit.plan.line", "plan_id", "Lines", readonly=True, copy=False
    )
    visit_ids = fields.Many2many(
        "regulation.visit", string="Visits of the Week", compute="_compute_visit_ids"
    )
    planned_count = fields.Integer("Visits Planned", compute="_compute_counts")
    held_count = fields.Integer("Visits Held", compute="_compute_counts")
    moved_count = fields.Integer("Visits Moved", compute="_compute_counts")
    missed_count = fields.Integer("Visits Missed", compute="_compute_counts")
    cancelled_count = fields.Integer("Visits Cancelled", compute="_compute_counts")
    open_count = fields.Integer("Visits to Come", compute="_compute_counts")
    unplanned_count = fields.Integer("Held Without a Plan", compute="_compute_counts")
    held_rate = fields.Float("Plan Fulfilled", compute="_compute_counts")

    _unique_week = models.UniqueIndex(
        "(user_id, date_from, company_id)",
        "This salesperson has a plan for that week already: open it in the list.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("user_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "%(person)s, week from %(date)s",
                person=plan.user_id.name or "",
                date=format_date(self.env, plan.date_from),
            )

    @api.depends("user_id")
    def _compute_team_id(self):
        for plan in self:
            plan.team_id = plan.user_id.sale_team_id

    @api.depends("date_from")
    def _compute_date_to(self):
        for plan in self:
            plan.date_to = plan.date_from and plan.date_from + WEEK - timedelta(days=1)

    @api.depends("user_id", "company_id", "date_from", "state")
    def _compute_visit_ids(self):
        for plan in self:
            plan.visit_ids = plan.state == "draft" and self.env[
                "regulation.visit"
            ].search(plan._get_visit_domain(), order="date_planned")

    @api.depends("line_ids.fact", "line_ids.is_unplanned", "visit_ids")
    def _compute_counts(self):
        groups = self.env["regulation.visit.plan.line"]._read_group(
            [("plan_id", "in", self.ids)],
            ["plan_id", "is_unplanned", "fact"],
            ["__count"],
        )
        counts = {}
        for plan, is_unplanned, fact, count in groups:
            key = "unplanned" if is_unplanned else fact
            counts.setdefault(plan.id, dict.fromkeys([*FACTS, "unplanned"], 0))
            counts[plan.id][key] += count
        for plan in self:
            found = counts.get(plan.id) or dict.fromkeys([*FACTS, "unplanned"], 0)
            frozen = plan.state == "frozen"
            planned = (
                sum(found[fact] for fact in FACTS) if frozen else len(plan.visit_ids)
            )
            plan.planned_count = planned
            plan.held_count = found["held"]
            plan.moved_count = found["moved"]
            plan.missed_count = found["missed"]
            plan.cancelled_count = found["cancelled"] + found["deleted"]
            plan.open_count = found["open"]
            plan.unplanned_count = found["unplanned"]
            plan.held_rate = found["held"] / planned if frozen and planned else 0.0

    @api.constrains("date_from")
    def _check_monday(self):
        for plan in self:
            if plan.date_from.weekday():
                raise ValidationError(
                    self.env._(
                        "A plan covers a week from Monday; %(date)s is another day.",
                        date=format_date(self.env, plan.date_from),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept(vals)
        frozen = self.filtered(lambda plan: plan.state == "frozen")
        if frozen and {"user_id", "date_from", "company_id"} & vals.keys():
            raise UserError(
                self.env._(
                    "%(plan)s is frozen and stays as it is. Plan the next week "
                    "instead.",
                    plan=frozen[0].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        frozen = self.filtered(lambda plan: plan.state == "frozen")
        if frozen:
            raise UserError(
                self.env._(
                    "%(plan)s is frozen: what was planned is compared with what was "
                    "done, so it cannot be deleted.",
                    plan=frozen[0].display_name,
                )
            )

    def _check_kept(self, vals):
        if {"state", "frozen_on", "frozen_by_id", "line_ids"} & vals.keys() and (
            not self.env.su
        ):
            raise AccessError(
                self.env._(
                    "A weekly plan is frozen by its button and keeps its lines itself."
                )
            )

    @api.model
    def default_get(self, fields):  # noqa: A002
        # a default in the context must not freeze anything
        kept = {"state", "frozen_on", "frozen_by_id", "line_ids"}
        values = super().default_get(fields)
        return {
            name: value
            for name, value in values.items()
            if name not in kept or (name, value) == ("state", "draft")
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_freeze(self):
        """Undertake the visits of the week; from now on they are the plan."""
        for plan in self:
            plan.check_access("write")
            plan._freeze()

    @api.model
    def action_open_next(self):
        """My plan for the next week, made if there is none yet."""
        monday = self._get_monday(self.env.company.id) + WEEK
        own = {
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            "date_from": monday,
        }
        plan = self.search([(name, "=", value) for name, value in own.items()])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My Plan for Next Week"),
            "res_model": self._name,
            "res_id": (plan or self.create(own)).id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_monday(self, company_id):
        """Monday of the week it is for a company."""
        today = self.env["regulation.time"]._get_today(company_id)
        return today - timedelta(days=today.weekday())

    def _get_bounds(self):
        """First instants of this week and of the next, naive UTC."""
        noon = datetime.combine(self.date_from, datetime.min.time())
        clock = self.env["regulation.time"]._get_clock(
            self.company_id.id, noon, noon + WEEK
        )
        return clock.day_start(self.date_from), clock.day_start(self.date_from + WEEK)

    def _get_visit_domain(self):
        start, stop = self._get_bounds()
        return [
            ("user_id", "=", self.user_id.id),
            ("company_id", "=", self.company_id.id),
            ("date_planned", ">=", start),
            ("date_planned", "<", stop),
            ("state", "not in", ("cancelled", "missed")),
        ]

    def _freeze(self, known_before=None):
        """Copy the visits of the week into the plan.

        :param datetime known_before: leave out visits that were planned later
        """
        self.ensure_one()
        if self.state == "frozen":
            return
        domain = self._get_visit_domain()
        if known_before:
            domain.append(("create_date", "<", known_before))
        # safe: the person's own visits; lines are written by the program alone
        visits = self.env["regulation.visit"].sudo().search(domain)
        self.sudo().write(
            {
                "state": "frozen",
                "frozen_on": fields.Datetime.now(),
                "frozen_by_id": self.env.uid,
                "line_ids": [
                    Command.create(self._prepare_line_vals(visit)) for visit in visits
                ],
            }
        )

    @api.model
    def _prepare_line_vals(self, visit):
        return {
            "visit_id": visit.id,
            "client_name": visit.partner_id.name,
            "name": visit.name,
            "date_planned": visit.date_planned,
            **(visit._get_client_snapshot() or {"client_class": visit.client_class}),
        }

    @api.model
    def _note_held(self, visits):
        """Visits that were held in a week whose plan does not have them."""
        # safe: the program keeps the plans of all salespeople
        visits = visits.sudo()
        plans = self.sudo().search(
            [
                ("user_id", "in", visits.user_id.ids),
                ("company_id", "in", visits.company_id.ids),
                ("state", "=", "frozen"),
                ("date_from", ">=", min(visits.mapped("date_start")).date() - WEEK),
            ]
        )
        for plan in plans:
            start, stop = plan._get_bounds()
            there = plan.line_ids.visit_id
            plan.line_ids = [
                Command.create(self._prepare_line_vals(visit) | {"is_unplanned": True})
                for visit in visits - there
                if visit.user_id == plan.user_id
                and visit.company_id == plan.company_id
                and start <= visit.date_start < stop
            ]

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_freeze_plans(self):
        """Freeze what was not frozen when the week began. Safe to repeat."""
        Cron = self.env["ir.cron"]
        owed = self._get_unfrozen()
        Cron._commit_progress(remaining=len(owed))
        for company, user, monday in owed[:BATCH]:
            own = {
                "user_id": user.id,
                "company_id": company.id,
                "date_from": monday,
            }
            plan = self.search([(name, "=", value) for name, value in own.items()])
            plan = plan or self.create(own)
            plan._freeze(known_before=plan._get_bounds()[0])
            if not Cron._commit_progress(1):
                return

    @api.model
    def _get_unfrozen(self):
        """Who has visits in the running week and no frozen plan:
        ``[(company, user, monday)]``."""
        Visit, owed = self.env["regulation.visit"], []
        mondays = {
            company: self._get_monday(company.id)
            for (company,) in Visit._read_group([], ["company_id"])
        }
        frozen = {
            (plan.company_id, plan.user_id, plan.date_from)
            for plan in self.search(
                [
                    ("state", "=", "frozen"),
                    ("date_from", "in", list(set(mondays.values()))),
                ]
            )
        }
        for company, monday in mondays.items():
            week = self.new({"company_id": company.id, "date_from": monday})
            start, stop = week._get_bounds()
            groups = Visit._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "!=", False),
                    ("date_planned", ">=", start),
                    ("date_planned", "<", stop),
                    ("create_date", "<", start),
                    ("state", "not in", ("cancelled", "missed")),
                ],
                ["user_id"],
            )
            owed += [
                (company, user, monday)
                for (user,) in groups
                if (company, user, monday) not in frozen
            ]
        return owed
