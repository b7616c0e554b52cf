# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ResPartner(models.Model):
    """The client of a deal: facts of a passed step may not be emptied later."""

    _name = "res.partner"
    _inherit = [
        "regulation.client.card.mixin",
        "regulation.client.completeness.mixin",
        "regulation.client.score.mixin",
        "regulation.client.touch.mixin",
        "regulation.client.status.mixin",
        "regulation.client.duplicate.mixin",
        "regulation.deal.partner.mixin",
        "regulation.partner.talk.mixin",
        "regulation.res.partner.visit.mixin",
        "regulation.partner.analysis.mixin",
        "regulation.partner.key.mixin",
        "res.partner",
    ]

    client_abc_class = fields.Selection(
        related="commercial_partner_id.abc_class", string="Client's Class"
    )

    def write(self, vals):
        names = frozenset(vals)
        result = super().write(vals)
        if self and self.env["regulation.regulation"]._is_engine_running():
            self.env["regulation.engine"]._facts_changed(self, "res.partner", names)
        return result

    def unlink(self):
        # the database empties the client of deals without any write of theirs
        leads = self.env["crm.lead"]
        if self and self.env["regulation.regulation"]._is_engine_running():
            leads = leads.sudo().search(
                [("partner_id", "in", self.ids), ("regulation_id", "!=", False)]
            )
        result = super().unlink()
        if leads:
            self.env["regulation.engine"]._facts_changed(
                leads, "crm.lead", frozenset({"partner_id"})
            )
        return result
