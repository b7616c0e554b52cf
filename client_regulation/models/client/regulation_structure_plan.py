# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

#: of which day the actual numbers are
BASES = [("today", "Today"), ("end", "End of the Period"), ("none", "No Data")]


class RegulationStructurePlan(models.Model):
    """Which clients the company wants in a period: how many of which segment, region
    and class of potential. (Reg. 1.2.4)

    The actual of a period that is not over is the base of today, that of a former one
    what was counted at its end (see `regulation.structure.count`).
    """

    _name = "regulation.structure.plan"
    _description = "Structure Plan"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date("From", required=True, index=True, tracking=True)
    date_to = fields.Date(
        "Up To",
        required=True,
        index=True,
        tracking=True,
        help="The first day after the period.",
    )
    line_ids = fields.One2many(
        "regulation.structure.plan.line", "plan_id", "Lines", copy=True
    )
    planned_total = fields.Integer("Plan", compute="_compute_planned_total")
    actual_total = fields.Integer("Actual", compute="_compute_actual_total")
    basis = fields.Selection(
        BASES,
        "Actual As Of",
        compute="_compute_basis",
        help="A period that is not over shows the base of today; a former one the base "
        "that was counted at its end. What was not counted then has no data.",
    )
    counted_on = fields.Date(
        compute="_compute_basis", help="The day on which the base was like this."
    )
    may_count = fields.Boolean(compute="_compute_may_count")

    _period = models.Constraint(
        "CHECK (date_to > date_from)",
        "A structure plan is for a period: “up to” is the first day after it.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("line_ids.planned")
    def _compute_planned_total(self):
        for plan in self:
            plan.planned_total = sum(plan.line_ids.mapped("planned"))

    @api.depends("line_ids.actual")
    def _compute_actual_total(self):
        for plan in self:
            plan.actual_total = sum(plan.line_ids.mapped("actual"))

    @api.depends("company_id", "date_to")
    def _compute_basis(self):
        # sudo: of which day the numbers are is told to whoever may read the plan
        counted = {
            (company, end): day
            for company, end, day in self.env["regulation.structure.count"]
            .sudo()
            ._read_group(
                self._get_counts_domain(),
                ["company_id", "period_end:day"],
                ["counted_on:max"],
            )
        }
        for plan in self:
            today = self._get_today(plan.company_id)
            day = counted.get((plan.company_id._origin, plan.date_to), False)
            if not plan.date_to or plan.date_to > today:
                plan.basis, plan.counted_on = "today", today
            else:
                plan.basis, plan.counted_on = "end" if day else "none", day

    @api.depends("company_id", "date_from", "date_to")
    def _compute_may_count(self):
        for plan in self:
            today = self._get_today(plan.company_id)
            plan.may_count = bool(
                plan.date_from
                and plan.date_to
                and plan.date_from <= today < plan.date_to
            )

    def _get_counts_domain(self):
        return Domain("company_id", "in", self.company_id.ids) & Domain(
            "period_end", "in", [plan.date_to for plan in self if plan.date_to]
        )

    @api.model
    def _get_today(self, company):
        return self.env["regulation.time"]._get_today(
            company._origin.id or self.env.company.id
        )

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("company_id", "date_from", "date_to")
    def _check_overlap(self):
        for plan in self:
            other = self.search(
                [
                    ("id", "!=", plan.id),
                    ("company_id", "=", plan.company_id.id),
                    ("date_from", "<", plan.date_to),
                    ("date_to", ">", plan.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(plan)s” overlaps the plan “%(other)s” (%(start)s up to "
                        "%(end)s) of the same company. Choose another period, or "
                        "change that plan.",
                        plan=plan.name,
                        other=other.name,
                        start=other.date_from,
                        end=other.date_to,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_count(self):
        """Keep the base of today as that of the end of the period, until the next
        count."""
        self.ensure_one()
        self.check_access("write")
        if not self.may_count:
            raise UserError(
                self.env._(
                    "“%(plan)s” (%(start)s up to %(end)s) does not run today, and the "
                    "base of another day cannot be counted any more. Count while the "
                    "period runs, or let the scheduled action do it every night.",
                    plan=self.name,
                    start=format_date(self.env, self.date_from),
                    end=format_date(self.env, self.date_to),
                )
            )
        # sudo: the head has the base counted, nobody writes the numbers
        self.env["regulation.structure.count"].sudo()._count(self.company_id)

    def action_open_structure(self):
        """Plan and actual of this plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_structure_report_action"
        )
        action["domain"] = [("plan_id", "=", self.id)]
        # of which day the actual is stands above the numbers, «no data» too
        action["context"] = {"pivot_row_groupby": ["basis", "segment_id"]}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_actuals(self):
        """The base by kind, as the basis of each plan has it: ``{plan: [(segment id,
        region id, class, clients)]}``."""
        # sudo: how many clients there are is told to whoever may read the plan
        Count = self.env["regulation.structure.count"].sudo()
        counted = {}
        for company, end, segment, region, potential_class, clients in (
            Count._read_group(
                self.filtered(lambda plan: plan.basis == "end")._get_counts_domain(),
                ["company_id", "period_end:day", "segment_id", "region_id",
                 "potential_class"],
                ["clients:sum"],
            )
        ):  # fmt: skip
            counted.setdefault((company, end), []).append(
                (segment.id, region.id, potential_class, clients)
            )
        actuals = {}
        for company, plans in self.grouped("company_id").items():
            today = []
            if any(plan.basis == "today" for plan in plans):
                today = Count._get_base(company._origin)
            for plan in plans:
                kinds = counted.get((company._origin, plan.date_to), [])
                actuals[plan] = today if plan.basis == "today" else kinds
        return actuals


class RegulationStructurePlanLine(models.Model):
    """How many clients of one kind; an empty cell means any. (Reg. 1.2.4)"""

    _name = "regulation.structure.plan.line"
    _description = "Line of a Structure Plan"
    _order = "plan_id, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "regulation.structure.plan",
        "Structure Plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    segment_id = fields.Many2one(
        "regulation.segment",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    region_id = fields.Many2one(
        "regulation.region",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    potential_class = fields.Selection(
        [("a", "P-A"), ("b", "P-B"), ("c", "P-C")], "Class"
    )
    planned = fields.Integer("Plan", required=True)
    basis = fields.Selection(related="plan_id.basis")
    actual = fields.Integer(compute="_compute_actual")
    deviation = fields.Integer("Difference", compute="_compute_actual")

    _planned = models.Constraint(
        "CHECK (planned >= 0)", "The planned number of clients cannot be negative."
    )

    @api.depends(
        "segment_id", "region_id", "potential_class", "planned", "company_id",
        "plan_id.date_to", "plan_id.company_id",
    )  # fmt: skip
    def _compute_actual(self):
        actuals = self.plan_id._get_actuals()
        for line in self:
            line.actual = sum(
                clients
                for segment, region, potential_class, clients in actuals.get(
                    line.plan_id, ()
                )
                if line.segment_id._origin.id in (False, segment)
                and line.region_id._origin.id in (False, region)
                and line.potential_class in (False, potential_class)
            )
            # what is not known differs from nothing
            no_data = line.plan_id.basis == "none"
            line.deviation = 0 if no_data else line.actual - line.planned
