# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL


class RegulationAgreementAnalysis(models.Model):
    """How we and the clients keep what was promised: one row a promise.

    A promise that was moved is counted once, in the row that carries on, by the day
    that counts. Who cancels an own promise has not kept it; what the other side
    cancelled is left out. What is not due yet has no rate. (Indicator SRV-14)
    """

    _name = "regulation.agreement.analysis"
    _description = "Agreements Analysis"
    _auto = False
    _order = "date_counted desc, id desc"
    _rec_name = "subject"
    _depends = {
        "regulation.agreement": [
            "subject", "side", "partner_id", "contact_id", "lead_id", "visit_id",
            "user_id", "team_id", "company_id", "state", "date_due", "date_counted",
            "date_done", "cancelled_by", "first_id",
        ],
    }  # fmt: skip

    agreement_id = fields.Many2one("regulation.agreement", readonly=True)
    subject = fields.Char(readonly=True)
    side = fields.Selection(
        [("us", "We"), ("client", "The Client")], "Whose Promise", readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Client Company", readonly=True
    )
    contact_id = fields.Many2one("res.partner", "Client's Person", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    visit_id = fields.Many2one("regulation.visit", readonly=True)
    user_id = fields.Many2one("res.users", "Our Person", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("done", "Done"),
            ("late", "Done Late"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
    )
    date_counted = fields.Date("Due That Counts", readonly=True)
    date_done = fields.Date("Done On", readonly=True)
    is_counted = fields.Integer("Came Due", readonly=True)
    is_kept = fields.Integer("Kept in Time", readonly=True)
    kept_rate = fields.Float(
        "Kept in Time, %", readonly=True, aggregator="avg",
        help="Of the promises that came due.",
    )  # fmt: skip
    days_late = fields.Integer(readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, id AS agreement_id, subject, side, partner_id,
                   commercial_partner_id, contact_id, lead_id, visit_id, user_id,
                   team_id, company_id, state, date_counted, date_done,
                   counted::int AS is_counted,
                   (counted AND kept)::int AS is_kept,
                   CASE WHEN counted AND kept THEN 100.0
                        WHEN counted THEN 0.0 END AS kept_rate,
                   CASE WHEN counted AND state != 'cancelled'
                        THEN GREATEST(COALESCE(date_done, %(today)s) - date_counted, 0)
                   END AS days_late
              FROM (SELECT a.*, client.commercial_partner_id,
                           a.state IN ('done', 'late')
                           OR (a.state = 'open' AND a.date_counted < %(today)s)
                           OR (a.state = 'cancelled' AND a.cancelled_by = a.side)
                               AS counted,
                           COALESCE(a.date_done <= a.date_counted, FALSE) AS kept
                      FROM regulation_agreement a
                      JOIN res_partner client ON client.id = a.partner_id
                     WHERE a.state != 'moved'
                   ) promise
            """,
            today=fields.Date.context_today(self),
        )

    def action_open_agreement(self):
        self.ensure_one()
        return self.agreement_id.get_formview_action()
