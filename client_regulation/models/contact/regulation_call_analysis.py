# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL

from .regulation_call import DIRECTIONS


class RegulationCallAnalysis(models.Model):
    """How many calls were made, who was reached and what came of it: one row a call.

    The quality is that of conversations: a call that nobody answered has none.
    (Reg. 1.3.2)
    """

    _name = "regulation.call.analysis"
    _description = "Calls Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "regulation.call": [
            "partner_id", "contact_id", "lead_id", "result_id", "user_id", "team_id",
            "company_id", "date", "direction", "duration", "reached",
            "consent_to_meet", "decision_maker_reached", "quality",
        ],
    }  # fmt: skip

    call_id = fields.Many2one("regulation.call", readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    result_id = fields.Many2one("regulation.call.result", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    direction = fields.Selection(DIRECTIONS, readonly=True)
    call_count = fields.Integer("Calls", readonly=True)
    client_count = fields.Integer(
        "Clients Called", readonly=True, aggregator="count_distinct"
    )
    reached_count = fields.Integer("Conversations", readonly=True)
    consent_count = fields.Integer("Consents to Meet", readonly=True)
    reach_rate = fields.Float("Reached, %", readonly=True, aggregator="avg")
    decision_maker_rate = fields.Float(
        "Decision Maker Reached, %", readonly=True, aggregator="avg"
    )
    consent_rate = fields.Float(
        "Consent to Meet, %", readonly=True, aggregator="avg",
        help="Of all calls, not of conversations.",
    )  # fmt: skip
    quality = fields.Float("Quality of 5", readonly=True, aggregator="avg")
    duration = fields.Integer("Minutes", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT c.id, c.id AS call_id, c.partner_id, c.lead_id, c.result_id,
                   c.user_id, c.team_id, c.company_id, c.date, c.direction,
                   c.duration, 1 AS call_count,
                   client.commercial_partner_id AS client_count,
                   c.reached::int AS reached_count,
                   c.consent_to_meet::int AS consent_count,
                   100.0 * c.reached::int AS reach_rate,
                   100.0 * c.decision_maker_reached::int AS decision_maker_rate,
                   100.0 * c.consent_to_meet::int AS consent_rate,
                   CASE WHEN c.reached THEN c.quality END AS quality
              FROM regulation_call c
              JOIN res_partner client ON client.id = c.partner_id
            """
        )

    def action_open_call(self):
        self.ensure_one()
        return self.call_id.get_formview_action()
