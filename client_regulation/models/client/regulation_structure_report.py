# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL

from .regulation_structure_plan import BASES


class RegulationStructureReport(models.Model):
    """The structure of the base: plan and actual. (Reg. 1.2.4: «plan share vs fact
    share»)

    A row for each line of a plan and one for each kind of clients there is. The actual
    of a period that is not over is the base of today, that of a former one what was
    counted at its end; what was not counted then is unknown, not zero.
    """

    _name = "regulation.structure.report"
    _description = "Structure of the Base"
    _auto = False
    _order = "plan_id desc, segment_id, region_id, potential_class"
    _rec_name = "segment_id"
    _depends = {
        "regulation.structure.plan": ["company_id", "date_from", "date_to"],
        "regulation.structure.plan.line": [
            "plan_id", "segment_id", "region_id", "potential_class", "planned",
        ],
        "regulation.structure.count": [
            "company_id", "period_end", "segment_id", "region_id", "potential_class",
            "clients",
        ],
        "res.partner": [
            "active", "is_company", "company_id", "client_status", "client_segment_id",
            "client_region_id", "potential_class",
        ],
    }  # fmt: skip

    plan_id = fields.Many2one(
        "regulation.structure.plan", "Structure Plan", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("Up To", readonly=True)
    segment_id = fields.Many2one("regulation.segment", readonly=True)
    region_id = fields.Many2one("regulation.region", readonly=True)
    potential_class = fields.Selection(
        [("a", "P-A"), ("b", "P-B"), ("c", "P-C")], "Class", readonly=True
    )
    basis = fields.Selection(
        BASES,
        "Actual As Of",
        readonly=True,
        help="A period that is not over shows the base of today; a former one the base "
        "that was counted at its end. What was not counted then has no data.",
    )
    planned = fields.Integer("Plan", readonly=True)
    actual = fields.Integer(readonly=True)
    deviation = fields.Integer("Difference", readonly=True)

    @property
    def _table_query(self):
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        time = self.env["regulation.time"]
        todays = SQL(", ").join(
            SQL("(%s, %s::date)", company.id, time._get_today(company.id))
            for company in companies
        )
        return SQL(
            """
            WITH plan AS (
                SELECT p.id AS plan_id, p.company_id, p.date_from, p.date_to,
                       CASE WHEN p.date_to > t.today THEN 'today'
                            WHEN EXISTS (SELECT 1
                                           FROM regulation_structure_count c
                                          WHERE c.company_id = p.company_id
                                            AND c.period_end = p.date_to)
                            THEN 'end'
                            ELSE 'none'
                        END AS basis
                  FROM regulation_structure_plan p
                  JOIN (VALUES %(todays)s) t (company_id, today)
                    ON t.company_id = p.company_id
            ), kind AS (
                SELECT p.plan_id, l.segment_id, l.region_id, l.potential_class,
                       l.planned, CASE WHEN p.basis <> 'none' THEN 0 END AS actual
                  FROM plan p
                  JOIN regulation_structure_plan_line l ON l.plan_id = p.plan_id
             UNION ALL
                SELECT p.plan_id, b.segment_id, b.region_id, b.potential_class,
                       0, b.clients
                  FROM plan p
                  JOIN (%(base)s) b
                    ON b.company_id = p.company_id OR b.company_id IS NULL
                 WHERE p.basis = 'today'
             UNION ALL
                SELECT p.plan_id, c.segment_id, c.region_id, c.potential_class,
                       0, c.clients
                  FROM plan p
                  JOIN regulation_structure_count c
                    ON c.company_id = p.company_id AND c.period_end = p.date_to
                 WHERE p.basis = 'end' AND c.clients > 0
            )
            SELECT row_number() OVER (
                       ORDER BY plan_id, k.segment_id, k.region_id, k.potential_class
                   ) AS id,
                   plan_id, p.company_id, p.date_from, p.date_to, p.basis,
                   k.segment_id, k.region_id, k.potential_class,
                   SUM(k.planned)::int AS planned, SUM(k.actual)::int AS actual,
                   (SUM(k.actual) - SUM(k.planned))::int AS deviation
              FROM kind k
              JOIN plan p USING (plan_id)
          GROUP BY plan_id, p.company_id, p.date_from, p.date_to, p.basis,
                   k.segment_id, k.region_id, k.potential_class
            """,
            todays=todays,
            base=self.env["regulation.structure.count"]._get_base_query(),
        )
