# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationVisit(models.Model):
    """A meeting with a client: prepared, held, analysed. (Reg. 1.3.4–1.3.9, 1.4)"""

    _name = "regulation.visit"
    _description = "Visit"
    _inherit = [
        "regulation.visit.summary.mixin",
        "regulation.fact",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_planned desc, id desc"
    _fact_events = ("meeting_start", "meeting_end", "consent_to_meet")

    number = fields.Char(readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict",
        tracking=True,
    )  # fmt: skip
    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="set null", tracking=True
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, tracking=True,
        default=lambda self: self.env.user,
    )  # fmt: skip
    team_id = fields.Many2one("crm.team", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("prepared", "Prepared"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("missed", "Missed"),
        ],
        required=True,
        default="planned",
        copy=False,
        index=True,
        tracking=True,
    )
    outcome = fields.Selection(
        [
            ("order", "Order"),
            ("advance", "Advance"),
            ("continuation", "Continuation"),
            ("no_sale", "No Sale"),
        ],
        copy=False,
        tracking=True,
    )
    date_planned = fields.Datetime("Planned For", required=True, index=True)
    date_start = fields.Datetime("Started", copy=False)
    date_end = fields.Datetime("Ended", copy=False)
    date_reported = fields.Datetime("Reported On", copy=False, readonly=True)
    previous_id = fields.Many2one(
        "regulation.visit", "Previous Visit", index="btree_not_null", copy=False
    )
    no_objections = fields.Boolean(
        copy=False, help="Asked and heard none: not the same as an empty list."
    )
    summary_sent_on = fields.Datetime(copy=False, readonly=True)
    objection_ids = fields.One2many("regulation.objection", "visit_id", "Objections")
    agreement_ids = fields.One2many("regulation.agreement", "visit_id", "Agreements")
