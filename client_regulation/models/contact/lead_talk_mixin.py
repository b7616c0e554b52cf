# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

SALES = "client_regulation.client_regulation_group_salesperson"
MODELS = ("regulation.call", "regulation.objection", "regulation.agreement")


class RegulationLeadTalkMixin(models.AbstractModel):
    """Calls, objections and agreements of a deal; mixed into `crm.lead`. (Reg. 1.3)"""

    _name = "regulation.lead.talk.mixin"
    _description = "Talks of a Deal"

    call_ids = fields.One2many("regulation.call", "lead_id", "Calls", groups=SALES)
    regulation_call_count = fields.Integer(
        "Number of Calls", compute="_compute_talk_counts", groups=SALES
    )
    regulation_objection_count = fields.Integer(
        "Unresolved Objections", compute="_compute_talk_counts", groups=SALES
    )
    regulation_agreement_count = fields.Integer(
        "Open Agreements", compute="_compute_talk_counts", groups=SALES
    )

    @api.depends("call_ids")
    def _compute_talk_counts(self):
        for name, model, condition in (
            ("regulation_call_count", "regulation.call", []),
            (
                "regulation_objection_count",
                "regulation.objection",
                [("outcome", "not in", ["resolved", "conditional"])],
            ),
            (
                "regulation_agreement_count",
                "regulation.agreement",
                [("state", "=", "open")],
            ),
        ):
            groups = (
                self.env[model]._read_group(
                    [("lead_id", "in", self._origin.ids), *condition],
                    ["lead_id"],
                    ["__count"],
                )
                if self.env["regulation.talk"]._has_talks()
                else ()
            )
            counts = {lead.id: count for lead, count in groups}
            for lead in self:
                lead[name] = counts.get(lead._origin.id, 0)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_log_call(self):
        """A short form for the call that has just ended."""
        self.ensure_one()
        return self.env["regulation.call"]._get_log_action(self.partner_id, self)

    def action_open_calls(self):
        return self._get_talk_action("regulation_call_action_lead")

    def action_open_objections(self):
        return self._get_talk_action("regulation_objection_action_lead")

    def action_open_agreements(self):
        return self._get_talk_action("regulation_agreement_action_lead")

    def _get_talk_action(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"client_regulation.{xmlid}"
        )
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {
            "default_lead_id": self.id,
            "default_partner_id": self.partner_id.id,
        }
        return action

    # ------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        """What was said about a deal goes with it when deals are merged."""
        result = super()._merge_dependences(opportunities)
        if not self.env["regulation.talk"]._has_talks():
            return result
        for model in MODELS:
            # as sudo: a colleague's calls on the merged deal must not get lost
            records = (
                self.env[model].sudo().search([("lead_id", "in", opportunities.ids)])
            )
            for record in records:
                record.write(
                    {
                        "lead_id": self.id,
                        # these stay what they were
                        "partner_id": record.partner_id.id,
                        "team_id": record.team_id.id,
                        "company_id": record.company_id.id,
                    }
                )
        return result
