# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dataclasses import dataclass

from odoo import api, fields, models

#: what the card says of a client; a change leaves a fact
FACT_FIELDS = (
    "client_source_id", "client_segment_id", "client_region_id", "client_size",
    "yearly_purchases", "competitor_ids", "client_needs", "client_budget",
    "client_timing", "decision_procedure", "client_terms", "first_touch_reason",
    "value_hypothesis", "consent_basis", "consent_date", "consent_source",
)  # fmt: skip

#: what a visit must bring: step A4.2
KEY_FACTS = (
    "client_needs", "client_budget", "client_timing", "decision_procedure",
    "competitor_ids", "yearly_purchases",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactOrigin:
    """Where facts that are being written come from.

    Travels in the context; what a client of the server sends there is JSON and
    never an object of this class.
    """

    source: str = ""
    contact_id: int = 0
    visit_id: int = 0
    names: frozenset = frozenset()  # facts confirmed, changed or not


class RegulationCardFact(models.Model):
    """Who learned what of a client, when and from whom. (Reg. 1.3.3, 1.3.6)

    Append-only: the card shows the last value, these rows how it came about.
    """

    _name = "regulation.card.fact"
    _description = "Fact of the Client Card"
    _order = "date desc, id desc"
    _rec_name = "field_name"

    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="partner_id.company_id", store=True, index="btree_not_null"
    )
    field_name = fields.Selection(
        selection="_get_fact_fields", string="Fact", required=True, index=True
    )
    value = fields.Text()
    former_value = fields.Text("Before")
    date = fields.Datetime(
        "Learned On", required=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users", "Written By", required=True, default=lambda self: self.env.user
    )
    source = fields.Char()
    contact_id = fields.Many2one(
        "res.partner", "From Whom", index="btree_not_null", ondelete="set null"
    )
    visit_id = fields.Many2one(
        "regulation.visit", "Visit", index="btree_not_null", ondelete="set null"
    )

    @api.model
    def _get_fact_fields(self):
        fields_ = self.env["res.partner"]._fields
        return [
            (name, fields_[name]._description_string(self.env))
            for name in FACT_FIELDS
            if name in fields_
        ]
