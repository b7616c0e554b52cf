# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL


class RegulationStructureCount(models.Model):
    """How many clients of one kind a company had at the end of a period. (Reg. 1.2.4)

    The base of today is counted when it is asked about; that of a period which is over
    stands here. The scheduled action of the client status counts every night what
    runs, so that the last night of a period stays, and nothing is counted afterwards.
    A period that was counted has at least the row of the clients without segment,
    region and class, be it of none: no row at all means no data.
    """

    _name = "regulation.structure.count"
    _description = "Count of the Base"
    _order = "period_end desc, segment_id, region_id, potential_class, id"
    _rec_name = "period_end"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    period_end = fields.Date(
        required=True,
        index=True,
        readonly=True,
        help="The first day after the period.",
    )
    counted_on = fields.Date(
        required=True, readonly=True, help="The day on which the base was like this."
    )
    segment_id = fields.Many2one(
        "regulation.segment",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    region_id = fields.Many2one(
        "regulation.region",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    potential_class = fields.Selection(
        [("a", "P-A"), ("b", "P-B"), ("c", "P-C")], "Class", readonly=True
    )
    clients = fields.Integer(required=True, readonly=True)

    _kind = models.UniqueIndex(
        "(company_id, period_end, COALESCE(segment_id, 0), COALESCE(region_id, 0), "
        "COALESCE(potential_class, ''))",
        "The base is counted once for the end of a period.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_base_query(self):
        """The base of today: company (none: all), segment, region, class, clients."""
        return SQL(
            """
            SELECT company_id, client_segment_id AS segment_id,
                   client_region_id AS region_id, potential_class,
                   COUNT(*)::int AS clients
              FROM res_partner
             WHERE active AND is_company AND client_status IS NOT NULL
          GROUP BY company_id, client_segment_id, client_region_id, potential_class
            """
        )

    @api.model
    def _get_base(self, company):
        """The base of a company today: ``[(segment id, region id, class, clients)]``;
        no segment, region or class is False."""
        self.env["res.partner"].flush_model(
            [
                "active", "is_company", "client_status", "company_id",
                "client_segment_id", "client_region_id", "potential_class",
            ]
        )  # fmt: skip
        return [
            (segment or False, region or False, potential_class or False, clients)
            for company_id, segment, region, potential_class, clients in (
                self.env.execute_query(self._get_base_query())
            )
            if company_id in (None, company.id)
        ]

    @api.model
    def _get_running_ends(self, companies):
        """Ends of the periods to be counted today: ``[(company id, end, today)]``.

        Those of the plans that run, and of the calendar month: a plan may be made
        when its period is over. What ends today is counted once, as the day begins.
        """
        todays = {
            company.id: self.env["regulation.time"]._get_today(company.id)
            for company in companies
        }
        first = min(todays.values(), default=fields.Date.today())
        ends = set()
        for company_id, today in todays.items():
            month = today.replace(day=1)
            ends |= {(company_id, month), (company_id, month + relativedelta(months=1))}
        # sudo: what is counted does not depend on who has it counted
        for plan in (
            self.env["regulation.structure.plan"]
            .sudo()
            .search([("company_id", "in", companies.ids), ("date_to", ">=", first)])
        ):
            if plan.date_from <= todays[plan.company_id.id]:
                ends.add((plan.company_id.id, plan.date_to))
        final = {
            (count.company_id.id, count.period_end)
            for count in self.sudo().search(
                [
                    ("company_id", "in", companies.ids),
                    ("period_end", "in", list(set(todays.values()))),
                    ("segment_id", "=", False),
                    ("region_id", "=", False),
                    ("potential_class", "=", False),
                ]
            )
            if count.counted_on >= count.period_end
        }
        return [
            (company_id, end, todays[company_id])
            for company_id, end in sorted(ends - final)
            if end >= todays[company_id]
        ]

    @api.model
    def _count(self, companies):
        """Count the base for the periods of the companies that end today or later."""
        targets = self._get_running_ends(companies)
        if not targets:
            return
        values = SQL(", ").join(
            SQL("(%s, %s::date, %s::date)", *target) for target in targets
        )
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                DELETE FROM regulation_structure_count c
                      USING (VALUES %s) t (company_id, period_end, today)
                      WHERE c.company_id = t.company_id
                        AND c.period_end = t.period_end
                """,
                values,
            )
        )
        self.env.execute_query(
            SQL(
                """
                INSERT INTO regulation_structure_count (
                    company_id, period_end, counted_on, segment_id, region_id,
                    potential_class, clients, create_uid, create_date, write_uid,
                    write_date
                )
                SELECT t.company_id, t.period_end, t.today, b.segment_id, b.region_id,
                       b.potential_class, SUM(b.clients), %(uid)s, now() AT TIME ZONE
                       'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (VALUES %(targets)s) t (company_id, period_end, today)
                  JOIN (
                        (%(base)s)
                     UNION ALL
                        SELECT NULL, NULL, NULL, NULL, 0
                       ) b
                    ON b.company_id = t.company_id OR b.company_id IS NULL
              GROUP BY t.company_id, t.period_end, t.today, b.segment_id, b.region_id,
                       b.potential_class
                """,
                uid=self.env.uid,
                targets=values,
                base=self._get_base_query(),
            )
        )
        self.invalidate_model(flush=False)
        self.env["regulation.structure.plan"].invalidate_model(flush=False)
        self.env["regulation.structure.plan.line"].invalidate_model(flush=False)
