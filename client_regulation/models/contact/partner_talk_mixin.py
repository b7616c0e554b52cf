# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .regulation_talk_host import SALES


class RegulationPartnerTalkMixin(models.AbstractModel):
    """Calls with a client and how they keep their promises; mixed into
    `res.partner`. A contact shows what its company has. (Reg. 1.3.1, 1.3.8)"""

    _name = "regulation.partner.talk.mixin"
    _description = "Talks with a Client"
    _inherit = ["regulation.talk.host"]

    do_not_call_since = fields.Date(
        "No Calls Since",
        tracking=True,
        copy=False,
        help="The consent to calls was withdrawn: who logs a call out after that is "
        "asked for the ground.",
    )
    client_reliability = fields.Float(
        "Reliability, %",
        compute="_compute_client_reliability",
        digits=(16, 0),
        groups=SALES,
        help="Share of the client's promises of the last 12 months that were kept in "
        "time, of those that came due.",
    )
    client_reliability_count = fields.Integer(
        "Promises Counted", compute="_compute_client_reliability", groups=SALES
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("commercial_partner_id")
    def _compute_talk_counts(self):
        return super()._compute_talk_counts()

    def _count_talks(self, Model, condition):
        clients = self.commercial_partner_id._origin
        groups = Model._read_group(
            [("partner_id.commercial_partner_id", "in", clients.ids), *condition],
            ["partner_id"],
            ["__count"],
        )
        counts = dict.fromkeys(clients.ids, 0)
        for partner, count in groups:
            counts[partner.commercial_partner_id.id] += count
        return counts

    def _get_talk_owner(self):
        return self.commercial_partner_id._origin

    def _get_talk_scope(self):
        client = self.commercial_partner_id
        return [("partner_id.commercial_partner_id", "=", client.id)], {
            "default_partner_id": client.id
        }

    @api.depends("commercial_partner_id")
    def _compute_client_reliability(self):
        clients = self.commercial_partner_id._origin
        groups = (
            self.env["regulation.agreement.analysis"]._read_group(
                self._get_reliability_domain(clients),
                ["commercial_partner_id"],
                ["is_counted:sum", "is_kept:sum"],
            )
            if clients and self.env["regulation.agreement"]._has_rows()
            else ()
        )
        figures = {client.id: (counted, kept) for client, counted, kept in groups}
        for partner in self:
            counted, kept = figures.get(
                partner.commercial_partner_id._origin.id, (0, 0)
            )
            partner.client_reliability_count = counted
            partner.client_reliability = 100.0 * kept / counted if counted else 0.0

    @api.model
    def _get_reliability_domain(self, clients):
        today = fields.Date.context_today(self)
        return [
            ("commercial_partner_id", "in", clients.ids),
            ("side", "=", "client"),
            ("is_counted", "=", 1),
            ("date_counted", ">", today - relativedelta(months=12)),
        ]

    def _get_speaker(self, client):
        """Who of these people is taken to have spoken for a client: the only one of
        the client's, else the first of them who decides."""
        people = self.filtered(
            lambda person: (
                person.commercial_partner_id == client.commercial_partner_id
            )
        )
        if len(people) > 1:
            people = people.filtered(lambda person: person.decision_role == "decides")
        return people[:1]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_log_call(self):
        """A short form for the call that has just ended, on the client's only open
        deal if there is one."""
        self.ensure_one()
        client = self.commercial_partner_id
        leads = self.env["crm.lead"].search(
            [
                ("partner_id", "child_of", client.id),
                ("type", "=", "opportunity"),
                ("user_id", "in", [self.env.uid, False]),
                ("won_status", "=", "pending"),
            ],
            limit=2,
        )
        return self.env["regulation.call"]._get_log_action(
            client,
            leads if len(leads) == 1 else None,
            self if self != client else None,
        )

    def action_open_reliability(self):
        """The promises behind the figure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_agreement_analysis_action"
        )
        action["domain"] = self._get_reliability_domain(self.commercial_partner_id)
        action["context"] = {}
        return action
