# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .regulation_objection import CLIENT_CLASSES, NATURES, OUTCOMES

#: below this number of cases a rate says nothing
FEW_CASES = 10


class RegulationObjectionAnalysis(models.Model):
    """What clients object to, and what works against it: one row an objection.

    The rate is that of indicator ACQ-11: resolved among those with a final outcome;
    what is postponed, conditional or still without an outcome is not in it.
    (Reg. 1.3.7, report R-4)
    """

    _name = "regulation.objection.analysis"
    _description = "Objections Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "type_id"
    _depends = {
        "regulation.objection": [
            "partner_id", "lead_id", "visit_id", "type_id", "technique_id", "stage_id",
            "client_class", "user_id", "team_id", "company_id", "date", "outcome",
            "nature", "amount", "date_resolved", "handling_score", "competitor_id",
        ],
    }  # fmt: skip

    objection_id = fields.Many2one("regulation.objection", readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    visit_id = fields.Many2one("regulation.visit", readonly=True)
    type_id = fields.Many2one("regulation.objection.type", "Category", readonly=True)
    technique_id = fields.Many2one("regulation.objection.technique", readonly=True)
    stage_id = fields.Many2one("regulation.stage", "Stage of the Deal", readonly=True)
    client_class = fields.Selection(CLIENT_CLASSES, readonly=True)
    competitor_id = fields.Many2one("regulation.competitor", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Datetime(readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    nature = fields.Selection(NATURES, readonly=True)
    case_count = fields.Integer("Cases", readonly=True)
    is_final = fields.Integer("With a Final Outcome", readonly=True)
    is_resolved = fields.Integer("Resolved", readonly=True)
    resolution_rate = fields.Float(
        "Resolution Rate, %", readonly=True, aggregator="avg",
        help="Resolved among those with a final outcome.",
    )  # fmt: skip
    excuse_rate = fields.Float("Excuses, %", readonly=True, aggregator="avg")
    days_to_resolve = fields.Float(readonly=True, aggregator="avg")
    handling_score = fields.Integer("Handling", readonly=True, aggregator="avg")
    amount = fields.Monetary(
        "Amount at Risk", currency_field="currency_id", readonly=True
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT o.id, o.id AS objection_id, o.partner_id, o.lead_id, o.visit_id,
                   o.type_id, o.technique_id, o.stage_id, o.client_class, o.user_id,
                   o.team_id, o.company_id, company.currency_id, o.date, o.outcome,
                   o.nature, o.amount, o.handling_score, o.competitor_id,
                   1 AS case_count,
                   (o.outcome IN ('resolved', 'unresolved'))::int AS is_final,
                   (o.outcome = 'resolved')::int AS is_resolved,
                   CASE o.outcome WHEN 'resolved' THEN 100.0
                                  WHEN 'unresolved' THEN 0.0 END AS resolution_rate,
                   CASE WHEN o.nature = 'excuse' THEN 100.0
                        WHEN o.nature IS NOT NULL THEN 0.0 END AS excuse_rate,
                   EXTRACT(EPOCH FROM o.date_resolved - o.date) / 86400.0
                       AS days_to_resolve
              FROM regulation_objection o
              JOIN res_company company ON company.id = o.company_id
            """
        )

    def action_open_objection(self):
        self.ensure_one()
        return self.objection_id.get_formview_action()


class RegulationObjectionTechniqueAnalysis(models.Model):
    """How well a technique does with a category, over the whole company.

    No client and no person is in it: everybody who sells learns from all cases.
    """

    _name = "regulation.objection.technique.analysis"
    _description = "Techniques by Category"
    _auto = False
    _order = "type_id, technique_id"
    _rec_name = "technique_id"
    _depends = {
        "regulation.objection": [
            "type_id", "technique_id", "company_id", "outcome", "date",
            "date_resolved", "handling_score",
        ],
    }  # fmt: skip

    type_id = fields.Many2one("regulation.objection.type", "Category", readonly=True)
    technique_id = fields.Many2one("regulation.objection.technique", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    is_recommended = fields.Boolean("Recommended", compute="_compute_is_recommended")
    case_count = fields.Integer("Cases", readonly=True, aggregator="sum")
    final_count = fields.Integer(
        "With a Final Outcome", readonly=True, aggregator="sum"
    )
    resolved_count = fields.Integer("Resolved", readonly=True, aggregator="sum")
    resolution_rate = fields.Float(
        "Resolution Rate, %", readonly=True, aggregator=None,
        help="Resolved among those with a final outcome; grey where there are too few "
        "cases to conclude from.",
    )  # fmt: skip
    median_days = fields.Float("Median Days to Resolve", readonly=True, aggregator=None)
    handling_score = fields.Float("Handling", readonly=True, aggregator=None)
    has_few_cases = fields.Boolean(
        compute="_compute_has_few_cases", search="_search_has_few_cases"
    )

    @api.depends("final_count")
    def _compute_has_few_cases(self):
        for row in self:
            row.has_few_cases = row.final_count < FEW_CASES

    def _search_has_few_cases(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        if True in value:
            domain |= Domain("final_count", "<", FEW_CASES)
        if False in value:
            domain |= Domain("final_count", ">=", FEW_CASES)
        return domain

    @api.depends("type_id", "technique_id")
    def _compute_is_recommended(self):
        for row in self:
            row.is_recommended = row.technique_id in row.type_id.technique_ids

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(o.id) AS id, o.type_id, o.technique_id, o.company_id,
                   count(*) AS case_count,
                   count(*) FILTER (WHERE o.outcome IN ('resolved', 'unresolved'))
                       AS final_count,
                   count(*) FILTER (WHERE o.outcome = 'resolved') AS resolved_count,
                   100.0 * count(*) FILTER (WHERE o.outcome = 'resolved')
                       / NULLIF(count(*) FILTER (
                             WHERE o.outcome IN ('resolved', 'unresolved')), 0)
                       AS resolution_rate,
                   percentile_cont(0.5) WITHIN GROUP (
                       ORDER BY EXTRACT(EPOCH FROM o.date_resolved - o.date) / 86400.0
                   ) AS median_days,
                   avg(o.handling_score) AS handling_score
              FROM regulation_objection o
             WHERE o.technique_id IS NOT NULL
             GROUP BY o.company_id, o.type_id, o.technique_id
            """
        )

    def action_open_objections(self):
        """The cases behind the figures, as far as one may see them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_objection_action"
        )
        action["domain"] = [
            ("type_id", "=", self.type_id.id),
            ("technique_id", "=", self.technique_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {}
        return action
