# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class PartnerKeyMixin(models.AbstractModel):
    """What the list of key clients says of a client; mixed into `res.partner`."""

    _name = "regulation.partner.key.mixin"
    _description = "Key Client Data of a Partner"

    regulation_key_state = fields.Selection(
        selection="_get_key_states",
        string="Key Client List",
        compute="_compute_regulation_key",
        groups="client_regulation.client_regulation_group_salesperson",
    )
    regulation_key_risk = fields.Selection(
        selection="_get_key_risks",
        string="Risk of the Key Client",
        compute="_compute_regulation_key",
        groups="client_regulation.client_regulation_group_salesperson",
    )

    # who is proposed for its score is found without reading all cards
    _key_score_idx = models.Index("(potential_score) WHERE has_potential_score")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.model
    def _get_key_states(self):
        return (
            self.env["regulation.key.client"]
            ._fields["state"]
            ._description_selection(self.env)
        )

    @api.model
    def _get_key_risks(self):
        return self.env["regulation.key.client"]._fields[
            "risk_level"
        ]._description_selection(self.env)  # fmt: skip

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_regulation_key(self):
        keys = self.env["regulation.key.client"].search(
            [
                ("partner_id", "in", self.commercial_partner_id._origin.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("candidate", "approved")),
            ]
        )
        by_client = {key.partner_id: key for key in keys}
        for partner in self:
            key = by_client.get(partner.commercial_partner_id._origin)
            partner.regulation_key_state = key.state if key else False
            partner.regulation_key_risk = key.risk_level if key else False

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_key_client(self):
        """The key client record of the client, or its history."""
        self.ensure_one()
        client = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_key_client_action"
        )
        keys = self.env["regulation.key.client"].search(
            [("partner_id", "=", client.id)], limit=2
        )
        action.update(domain=[("partner_id", "=", client.id)], context={})
        if len(keys) == 1:
            action.update(res_id=keys.id, views=[(False, "form")])
        return action
