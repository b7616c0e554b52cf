# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegulationStructurePlan(models.Model):
    """Which clients the company wants in a period: how many of which segment, region
    and class of potential. (Reg. 1.2.4)"""

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
    planned_total = fields.Integer("Plan", compute="_compute_totals")
    actual_total = fields.Integer("Actual", compute="_compute_totals")

    _period = models.Constraint(
        "CHECK (date_to > date_from)",
        "A structure plan is for a period: “up to” is the first day after it.",
    )

    @api.depends("line_ids.planned")
    def _compute_totals(self):
        for plan in self:
            plan.planned_total = sum(plan.line_ids.mapped("planned"))
            plan.actual_total = sum(plan.line_ids.mapped("actual"))

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

    def action_open_structure(self):
        """Plan and actual of this plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_structure_report_action"
        )
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {}
        return action


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
    actual = fields.Integer(compute="_compute_actual")
    deviation = fields.Integer("Difference", compute="_compute_actual")

    _planned = models.Constraint(
        "CHECK (planned >= 0)", "The planned number of clients cannot be negative."
    )

    @api.depends("segment_id", "region_id", "potential_class", "planned", "company_id")
    def _compute_actual(self):
        # sudo: how many clients there are is told to whoever may read the plan
        Partner = self.env["res.partner"].sudo().with_context(active_test=True)
        for company, lines in self.grouped("company_id").items():
            groups = Partner._read_group(
                [
                    *Partner._get_client_domain(),
                    ("client_status", "!=", False),
                    ("company_id", "in", (False, company.id)),
                ],
                ["client_segment_id", "client_region_id", "potential_class"],
                ["__count"],
            )
            for line in lines:
                line.actual = sum(
                    count
                    for segment, region, potential_class, count in groups
                    if (not line.segment_id or segment.id == line.segment_id._origin.id)
                    and (not line.region_id or region.id == line.region_id._origin.id)
                    and line.potential_class in (False, potential_class)
                )
                line.deviation = line.actual - line.planned
