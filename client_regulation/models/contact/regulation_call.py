# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationCall(models.Model):
    """A telephone conversation, or an attempt at one. (Reg. 1.3.1, 1.3.2)"""

    _name = "regulation.call"
    _description = "Call"
    _inherit = ["regulation.fact", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _fact_events = ("first_conversation", "consent_to_meet")

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
    contact_id = fields.Many2one(
        "res.partner", "Spoken With", index="btree_not_null", ondelete="set null"
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    objection_ids = fields.One2many("regulation.objection", "call_id", "Objections")
    agreement_ids = fields.One2many("regulation.agreement", "call_id", "Agreements")
