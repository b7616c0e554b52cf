# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from .regulation_visit import CLASSES, STATUSES

FACTS = ("open", "held", "moved", "missed", "cancelled", "deleted")


class RegulationVisitPlanLine(models.Model):
    """A visit as it was planned, and what became of it."""

    _name = "regulation.visit.plan.line"
    _description = "Line of a Weekly Plan"
    _order = "date_planned, id"
    _rec_name = "name"

    plan_id = fields.Many2one(
        "regulation.visit.plan", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="plan_id.user_id", store=True, index=True)
    team_id = fields.Many2one(
        related="plan_id.team_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    date_from = fields.Date(related="plan_id.date_from", store=True, index=True)
    visit_id = fields.Many2one(
        "regulation.visit", index="btree_not_null", ondelete="set null"
    )
    name = fields.Char("Subject")
    client_name = fields.Char("Client", required=True)
    client_class = fields.Selection(CLASSES, "Class")
    client_status = fields.Selection(STATUSES)
    date_planned = fields.Datetime("Planned For", required=True)
    is_unplanned = fields.Boolean("Held Without a Plan")
    fact = fields.Selection(
        [
            ("open", "To Come"),
            ("held", "Held"),
            ("moved", "Moved to Another Week"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
            ("deleted", "Deleted"),
        ],
        compute="_compute_fact",
        store=True,
        index=True,
    )
    date_fact = fields.Datetime("Actual Date", compute="_compute_fact", store=True)
    reason_id = fields.Many2one(related="visit_id.reason_id", store=True)
    outcome = fields.Selection(related="visit_id.outcome", store=True)

    @api.depends("visit_id.state", "visit_id.date_planned", "visit_id.date_start")
    def _compute_fact(self):
        bounds = {plan: plan._get_bounds() for plan in self.plan_id}
        for line in self:
            visit, (start, stop) = line.visit_id, bounds[line.plan_id]
            when = visit.state == "done" and visit.date_start or visit.date_planned
            line.date_fact = when
            if not visit:
                line.fact = "deleted"
            elif visit.state in ("missed", "cancelled"):
                line.fact = visit.state
            elif not start <= when < stop:
                line.fact = "moved"
            else:
                line.fact = "held" if visit.state == "done" else "open"
