# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: status changes written between two commits of the scheduled action
BATCH = 500

STATUSES = [
    ("prospect", "Prospect"),
    ("new", "New"),
    ("active", "Active"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
]


class ClientStatusMixin(models.AbstractModel):
    """Where a client stands in the base, by its sales. (Reg. 1.2.4, glossary A.5)

    A sale is a posted customer invoice that was not reversed, or a confirmed order.

    * prospect — no sale at all;
    * new — the first sale is not older than the «new» days of the company (90);
    * active — the last sale is not older than its «active» months (12);
    * dormant — the last sale is not older than these and the «dormant» months
      together (24);
    * lost — the last sale is older.

    A client of several companies has its best status. Suppliers who never bought and
    our own companies have none. Kept by a scheduled action.
    """

    _name = "regulation.client.status.mixin"
    _description = "Status of the Client"

    client_status = fields.Selection(
        STATUSES,
        compute="_compute_client_status",
        store=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        groups="base.group_user",
        help="By posted invoices and confirmed orders; computed every night.",
    )

    # the night does the rest
    @api.depends("is_company")
    def _compute_client_status(self):
        for partner in self:
            status = partner._origin.client_status
            if not status and partner.is_company and not partner.supplier_rank:
                status = "prospect"
            partner.client_status = status

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_client_status(self):
        """Write the status of those whose status is another today, and count the base
        for the periods that run. (Reg. 1.2.4)"""
        cron = self.env["ir.cron"]
        self.env.flush_all()
        # who has none yet gets one without a trace in the chatter: nothing changed
        self.env.execute_query(
            SQL(
                """
                WITH target AS (%s)
                UPDATE res_partner p
                   SET client_status = t.status
                  FROM target t
                 WHERE t.id = p.id AND t.former IS NULL
             RETURNING p.id
                """,
                self._get_status_query(),
            )
        )
        self.env.invalidate_all(flush=False)
        # before the batches, which may run out of time: whom the base counts does not
        # depend on which status they have
        self.env["regulation.structure.count"]._count(
            self.env["res.company"].search([("active", "=", True)])
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT id, status FROM (%s) t ORDER BY status, id",
                self._get_status_query(),
            )
        )
        cron._commit_progress(remaining=len(rows))
        by_status = {}
        for partner_id, status in rows:
            by_status.setdefault(status or False, []).append(partner_id)
        for status, ids in by_status.items():
            for start in range(0, len(ids), BATCH):
                batch = self.browse(ids[start : start + BATCH])
                batch.write({"client_status": status})
                self.env.flush_all()
                self.env.invalidate_all()
                if not cron._commit_progress(len(batch)):
                    return

    @api.model
    def _get_status_query(self):
        """Clients whose status is not what it should be today: id, status, former."""
        time = self.env["regulation.time"]
        limits = []
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            today = time._get_today(company.id)
            active = today - relativedelta(months=company.client_active_months)
            limits.append(
                SQL(
                    "(%s, %s, %s::date, %s::date, %s::date)",
                    company.id,
                    company.partner_id.tz or "UTC",
                    today - timedelta(days=company.client_new_days),
                    active,
                    active - relativedelta(months=company.client_dormant_months),
                )
            )
        return SQL(
            """
            WITH limits (company_id, tz, new_from, active_from, dormant_from) AS (
                VALUES %(limits)s
            ), sale AS (
                SELECT commercial_partner_id AS id, company_id,
                       COALESCE(invoice_date, date) AS day
                  FROM account_move
                 WHERE state = 'posted'
                   AND move_type IN ('out_invoice', 'out_receipt')
                   AND COALESCE(payment_state, '') <> 'reversed'
                   AND commercial_partner_id IS NOT NULL
             UNION ALL
                SELECT p.commercial_partner_id, o.company_id,
                       (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE l.tz)::date
                  FROM sale_order o
                  JOIN res_partner p ON p.id = o.partner_id
                  JOIN limits l ON l.company_id = o.company_id
                 WHERE o.state = 'sale'
            ), span AS (
                SELECT id, company_id, MIN(day) AS first, MAX(day) AS last
                  FROM sale
              GROUP BY id, company_id
            ), standing AS (
                SELECT s.id,
                       MIN(CASE WHEN s.first > l.new_from THEN 2
                                WHEN s.last > l.active_from THEN 1
                                WHEN s.last > l.dormant_from THEN 3
                                ELSE 4
                            END) AS rank
                  FROM span s
                  JOIN limits l ON l.company_id = s.company_id
              GROUP BY s.id
            ), target AS (
                SELECT p.id, p.client_status AS former,
                       CASE WHEN g.rank IS NOT NULL
                            THEN (ARRAY['active', 'new', 'dormant', 'lost'])[g.rank]
                            WHEN p.id IN (SELECT partner_id FROM res_company)
                            THEN NULL
                            WHEN EXISTS (SELECT 1 FROM crm_lead d
                                          WHERE d.partner_id = p.id)
                            THEN 'prospect'
                            WHEN p.is_company
                             AND (COALESCE(p.supplier_rank, 0) = 0
                                  OR COALESCE(p.customer_rank, 0) > 0)
                            THEN 'prospect'
                        END AS status
                  FROM res_partner p
             LEFT JOIN standing g ON g.id = p.id
                 WHERE p.commercial_partner_id = p.id
            )
            SELECT id, status, former FROM target WHERE status IS DISTINCT FROM former
            """,
            limits=SQL(", ").join(limits),
        )
