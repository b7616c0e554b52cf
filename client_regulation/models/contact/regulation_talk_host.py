# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

SALES = "client_regulation.client_regulation_group_salesperson"

#: figure of the host, what it counts, which of them
COUNTED = (
    ("regulation_call_count", "regulation.call", []),
    (
        "regulation_objection_count",
        "regulation.objection",
        [("outcome", "not in", ["resolved", "conditional"])],
    ),
    ("regulation_agreement_count", "regulation.agreement", [("state", "=", "open")]),
)


class RegulationTalkHost(models.AbstractModel):
    """What a deal and a client have in common: calls, objections, agreements.
    (Reg. 1.3)"""

    _name = "regulation.talk.host"
    _description = "Has Talks"

    #: what the names of the actions that show them end with
    _talk_action_suffix = ""

    regulation_call_count = fields.Integer(
        "Number of Calls", compute="_compute_talk_counts", groups=SALES
    )
    regulation_objection_count = fields.Integer(
        "Unresolved Objections", compute="_compute_talk_counts", groups=SALES
    )
    regulation_agreement_count = fields.Integer(
        "Open Agreements", compute="_compute_talk_counts", groups=SALES
    )

    def _compute_talk_counts(self):
        for name, model, condition in COUNTED:
            Model = self.env[model]
            counts = self._count_talks(Model, condition) if Model._has_rows() else {}
            for record in self:
                record[name] = counts.get(record._get_talk_owner().id, 0)

    def _count_talks(self, Model, condition):
        """How many there are: ``{id of their owner: number}``."""
        raise NotImplementedError

    def _get_talk_owner(self):
        """The saved record that the talks are counted for."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_calls(self):
        return self._get_talk_action("regulation_call_action")

    def action_open_objections(self):
        return self._get_talk_action("regulation_objection_action")

    def action_open_agreements(self):
        return self._get_talk_action("regulation_agreement_action")

    def _get_talk_action(self, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"client_regulation.{name}{self._talk_action_suffix}"
        )
        action["domain"], action["context"] = self._get_talk_scope()
        return action

    def _get_talk_scope(self):
        """Domain of the talks and context for new ones."""
        raise NotImplementedError
