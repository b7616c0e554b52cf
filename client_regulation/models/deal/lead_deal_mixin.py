# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class RegulationDealLeadMixin(models.AbstractModel):
    """The end of a deal: offers, contracts, hand-over, analysis. (Reg. 1.4.3–1.4.7)

    Mixed into `crm.lead`.
    """

    _name = "regulation.deal.lead.mixin"
    _description = "Offers and Contracts of a Deal"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    offer_requested_on = fields.Datetime(
        copy=False,
        help="When the client last asked for an offer; goes to the next quotation.",
    )
    deal_contract_ids = fields.Many2many(
        "regulation.contract", string="Contracts", compute="_compute_deal_papers"
    )
    deal_review_ids = fields.Many2many(
        "regulation.deal.review", string="Won/Lost Sheets",
        compute="_compute_deal_papers",
    )  # fmt: skip
    deal_handover_ids = fields.Many2many(
        "regulation.handover", string="Hand-over Acts", compute="_compute_deal_papers"
    )
    deal_contract_count = fields.Integer(
        "Number of Contracts", compute="_compute_deal_counts"
    )
    deal_review_count = fields.Integer(
        "Number of Won/Lost Sheets", compute="_compute_deal_counts"
    )
    deal_handover_count = fields.Integer(
        "Number of Hand-over Acts", compute="_compute_deal_counts"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    def _compute_deal_papers(self):
        for name, model in self._get_paper_models().items():
            papers = self.env[model]
            if papers._has_rows():
                papers = papers.search([("lead_id", "in", self.ids)])
            by_lead = papers.grouped("lead_id")
            for lead in self:
                lead[f"deal_{name}_ids"] = by_lead.get(lead._origin, papers.browse())

    def _compute_deal_counts(self):
        for name, model in self._get_paper_models().items():
            Paper = self.env[model]
            mine = [("lead_id", "in", self.ids)]
            counts = (
                dict(Paper._read_group(mine, ["lead_id"], ["__count"]))
                if Paper._has_rows()
                else {}
            )
            for lead in self:
                lead[f"deal_{name}_count"] = counts.get(lead._origin, 0)

    @api.model
    def _get_paper_models(self):
        return {
            "contract": "regulation.contract",
            "review": "regulation.deal.review",
            "handover": "regulation.handover",
        }

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads.filtered("offer_requested_on")._offer_requested()
        return leads

    def write(self, vals):
        if "offer_requested_on" not in vals:
            return super().write(vals)
        before = {lead.id: lead.offer_requested_on for lead in self}
        result = super().write(vals)
        self.filtered(
            lambda lead: (
                lead.offer_requested_on
                and lead.offer_requested_on != before.get(lead.id)
            )
        )._offer_requested()
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # safe: who merges deals has the right to them, as crm says
        for model in self._get_paper_models().values():
            if not self.env[model]._has_rows():
                continue
            self.env[model].sudo().with_context(active_test=False).search(
                [("lead_id", "in", opportunities.ids)]
            ).write({"lead_id": self.id})
        requests = opportunities.filtered("offer_requested_on")
        if requests and not self.offer_requested_on:
            # past our own `write`: the request has been told of when it came
            super().write(
                {"offer_requested_on": max(requests.mapped("offer_requested_on"))}
            )
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_offer_requested(self):
        """The client asked for an offer: its clock starts. (A6, F07)"""
        self.check_access("write")
        waiting = self._get_open_offer_requests()
        fresh = self.filtered(lambda lead: lead.id not in waiting)
        fresh.write({"offer_requested_on": fields.Datetime.now()})
        for lead in fresh:
            lead._message_log(body=self.env._("The client asked for an offer."))
        if fresh:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The request is noted already; its offer has not been sent yet."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_open_contracts(self):
        return self._get_paper_action("regulation_contract_action", "contract")

    def action_open_handovers(self):
        return self._get_paper_action("regulation_handover_action", "handover")

    def action_open_reviews(self):
        return self._get_paper_action("regulation_deal_review_action", "review")

    def action_new_contract(self):
        return self._get_paper_form("contract", self.env._("Contract"), "current")

    def action_new_review(self):
        """The won/lost sheet: one button, a short form."""
        return self._get_paper_form("review", self.env._("Won/Lost Sheet"), "new")

    def action_new_handover(self):
        return self._get_paper_form("handover", self.env._("Hand-over Act"), "new")

    def _get_paper_action(self, xmlid, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"client_regulation.{xmlid}"
        )
        records = self[f"deal_{name}_ids"]
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {"default_lead_id": self.id}
        if len(records) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = records.id
        return action

    def _get_paper_form(self, name, label, target):
        """The form of a new paper of the deal."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": label,
            "res_model": self._get_paper_models()[name],
            "views": [(False, "form")],
            "target": target,
            "context": {"default_lead_id": self.id},
        }
        if target == "new":
            view = f"client_regulation.regulation_{_VIEWS[name]}_view_form_short"
            action["views"] = [(self.env.ref(view).id, "form")]
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_under_regulation(self):
        return bool(self.sudo().regulation_id)

    def _get_open_offer_requests(self):
        """Requests that no quotation has answered yet: ``{lead_id: datetime}``."""
        asked = self.sudo().filtered("offer_requested_on")
        if not asked:
            return {}
        sent = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [("opportunity_id", "in", asked.ids)],
                ["opportunity_id"],
                ["offer_first_sent_on:max"],
            )
        )
        return {
            lead.id: lead.offer_requested_on
            for lead in asked
            if not sent.get(lead) or sent[lead] < lead.offer_requested_on
        }

    def _offer_requested(self):
        """Hand a fresh request to the quotation that is waiting, tell the engine."""
        leads = self.sudo()
        drafts = leads.order_ids.filtered(
            lambda order: order.state == "draft" and not order.offer_requested_on
        )
        drafts._take_offer_request()
        if not self.env["regulation.regulation"]._is_engine_running():
            return
        self.env["regulation.engine"]._event_happened(leads, ("offer_request",))
        Event = self.env["regulation.event"]
        for lead in leads:
            company = lead.company_id or lead.team_id.company_id or self.env.company
            Event._fire(
                "offer_request",
                company,
                partner=lead.partner_id.commercial_partner_id,
                lead=lead,
                at=lead.offer_requested_on,
            )


_VIEWS = {"review": "deal_review", "handover": "handover"}
