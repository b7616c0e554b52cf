# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationDealPartnerMixin(models.AbstractModel):
    """Contracts of a client. (Reg. 1.4.4)"""

    _name = "regulation.deal.partner.mixin"
    _description = "Contracts of a Client"

    deal_contract_count = fields.Integer(
        "Number of Contracts", compute="_compute_deal_contract_count"
    )

    def _compute_deal_contract_count(self):
        Contract = self.env["regulation.contract"]
        counts = {}
        if Contract.has_access("read"):
            counts = dict(
                Contract._read_group(
                    [("partner_id", "in", self.commercial_partner_id.ids)],
                    ["partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.deal_contract_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_contracts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_contract_action"
        )
        client = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", client.id)]
        action["context"] = {"default_partner_id": client.id}
        return action
