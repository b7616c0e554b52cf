# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from .regulation_talk_host import SALES

#: what goes along when deals are merged; a visit before what was said in it
MODELS = (
    "regulation.visit",
    "regulation.call",
    "regulation.objection",
    "regulation.agreement",
)


class RegulationLeadTalkMixin(models.AbstractModel):
    """Calls, objections and agreements of a deal; mixed into `crm.lead`. (Reg. 1.3)"""

    _name = "regulation.lead.talk.mixin"
    _description = "Talks of a Deal"
    _inherit = ["regulation.talk.host"]
    _talk_action_suffix = "_lead"

    call_ids = fields.One2many("regulation.call", "lead_id", "Calls", groups=SALES)

    @api.depends("call_ids")
    def _compute_talk_counts(self):
        return super()._compute_talk_counts()

    def _count_talks(self, Model, condition):
        groups = Model._read_group(
            [("lead_id", "in", self._origin.ids), *condition], ["lead_id"], ["__count"]
        )
        return {lead.id: count for lead, count in groups}

    def _get_talk_owner(self):
        return self._origin

    def _get_talk_scope(self):
        return [("lead_id", "=", self.id)], {
            "default_lead_id": self.id,
            "default_partner_id": self.partner_id.id,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_log_call(self):
        """A short form for the call that has just ended."""
        self.ensure_one()
        return self.env["regulation.call"]._get_log_action(self.partner_id, self)

    # ------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        """What was said and done about a deal goes with it when deals are merged."""
        result = super()._merge_dependences(opportunities)
        for model in MODELS:
            if not self.env[model]._has_rows():
                continue
            # as sudo: a colleague's calls on the merged deal must not get lost
            records = (
                self.env[model]
                .sudo()
                .search([("lead_id", "in", (opportunities - self).ids)])
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
