# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL


class RegulationStructureReport(models.Model):
    """The structure of the base: plan and actual. (Reg. 1.2.4: «plan share vs fact
    share»)

    A row for each line of a plan and one for each kind of clients there is; the
    actual is the base of today.
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
    planned = fields.Integer("Plan", readonly=True)
    actual = fields.Integer(readonly=True)
    deviation = fields.Integer("Difference", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (
                       ORDER BY plan_id, segment_id, region_id, potential_class
                   ) AS id,
                   plan_id, company_id, date_from, date_to,
                   segment_id, region_id, potential_class,
                   SUM(planned)::int AS planned, SUM(actual)::int AS actual,
                   (SUM(actual) - SUM(planned))::int AS deviation
              FROM (
                    SELECT p.id AS plan_id, p.company_id, p.date_from, p.date_to,
                           l.segment_id, l.region_id, l.potential_class,
                           l.planned, 0 AS actual
                      FROM regulation_structure_plan_line l
                      JOIN regulation_structure_plan p ON p.id = l.plan_id
                 UNION ALL
                    SELECT p.id, p.company_id, p.date_from, p.date_to,
                           c.segment_id, c.region_id, c.potential_class,
                           0, c.clients
                      FROM regulation_structure_plan p
                      JOIN (
                            SELECT company_id, client_segment_id AS segment_id,
                                   client_region_id AS region_id, potential_class,
                                   COUNT(*) AS clients
                              FROM res_partner
                             WHERE active AND is_company AND client_status IS NOT NULL
                          GROUP BY 1, 2, 3, 4
                           ) c
                        ON c.company_id = p.company_id OR c.company_id IS NULL
                   ) rows
          GROUP BY plan_id, company_id, date_from, date_to,
                   segment_id, region_id, potential_class
            """
        )
