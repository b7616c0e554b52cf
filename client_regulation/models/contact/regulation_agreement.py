# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationAgreement(models.Model):
    """Who promised what until when: ours and the client's. (Reg. 1.3.8)"""

    _name = "regulation.agreement"
    _description = "Agreement"
    _inherit = ["regulation.fact", "mail.thread", "mail.activity.mixin"]
    _order = "date_due, id"
    _rec_name = "subject"

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
    visit_id = fields.Many2one(
        "regulation.visit", index="btree_not_null", ondelete="restrict"
    )
    call_id = fields.Many2one(
        "regulation.call", index="btree_not_null", ondelete="restrict"
    )
    side = fields.Selection(
        [("us", "We"), ("client", "The Client")], required=True, default="us"
    )
    subject = fields.Char(required=True)
    contact_id = fields.Many2one(
        "res.partner", "Client's Person", index="btree_not_null", ondelete="set null"
    )
    date_due = fields.Date("Due", required=True, index=True, tracking=True)
    date_done = fields.Date("Done On", copy=False, tracking=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("done", "Done"),
            ("late", "Done Late"),
            ("moved", "Moved"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
