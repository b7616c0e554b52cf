# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationObjection(models.Model):
    """What a client had against us, in their words, and what came of it.
    (Reg. 1.3.7, D.5)"""

    _name = "regulation.objection"
    _description = "Objection"
    _inherit = ["regulation.fact", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "wording"

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
    type_id = fields.Many2one(
        "regulation.objection.type", "Category", required=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    technique_id = fields.Many2one(
        "regulation.objection.technique", index="btree_not_null", ondelete="restrict"
    )
    wording = fields.Text(required=True, help="In the client's own words.")
    nature = fields.Selection(
        [
            ("true", "True"),
            ("excuse", "Excuse"),
            ("condition", "Condition"),
            ("doubt", "Doubt"),
        ]
    )
    outcome = fields.Selection(
        [
            ("resolved", "Resolved"),
            ("conditional", "Conditionally Resolved"),
            ("postponed", "Postponed"),
            ("unresolved", "Unresolved"),
        ],
        tracking=True,
    )
    amount = fields.Monetary("Amount at Risk", currency_field="currency_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)


class RegulationObjectionType(models.Model):
    """A category of objections with the reply script that goes with it."""

    _name = "regulation.objection.type"
    _description = "Objection Category"
    _order = "sequence, code, id"

    code = fields.Char()
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Integer(
        default=1, help="How heavy it is; the gate may ask for none above a weight."
    )


class RegulationObjectionTechnique(models.Model):
    """A way to handle an objection."""

    _name = "regulation.objection.technique"
    _description = "Objection Handling Technique"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
