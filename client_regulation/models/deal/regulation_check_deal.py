# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from operator import itemgetter

from odoo import api, models
from odoo.tools import format_date

from ...tools.filled import is_placeholder
from ...tools.plan import Lack

_DISTANCE = itemgetter(0)

#: what checks and events read of an offer; the whole row costs many times more
OFFER_FIELDS = [
    "opportunity_id", "name", "state", "date_order", "validity_date", "user_id",
    "company_id", "offer_requested_on", "offer_first_sent_on", "offer_feedback",
    "offer_feedback_on", "discount_approved_percent",
]  # fmt: skip


class RegulationCheckDeal(models.AbstractModel):
    """Checks on offers, contracts and the closing of deals."""

    _name = "regulation.check.deal"
    _description = "Checks of the Room «deal»"

    @api.model
    def _get_named_checks(self):
        return super()._get_named_checks() | {
            "offer_sent": self.env._("Offer is sent"),
            "offer_feedback": self.env._("Client's answer to the offer is noted"),
            "contract_approved": self.env._("Contract is approved"),
            "counterparty_checked": self.env._("Counterparty is checked"),
            "contract_signed": self.env._("Contract is signed"),
            "handed_over": self.env._("Client is handed over"),
            "won_lost_analysed": self.env._("Won/lost sheet is written"),
        }

    @api.model
    def _get_check_sources(self):
        contract = {"state", "active", "lead_id", "partner_id", "approval_round"}
        order = {"state", "opportunity_id"}
        return super()._get_check_sources() | {
            "offer_sent": {
                "sale.order": order | {"validity_date", "discount_approved_percent"}
            },
            "offer_feedback": {
                "sale.order": order | {"offer_feedback", "offer_first_sent_on"}
            },
            "contract_approved": {
                "regulation.contract": contract,
                "regulation.contract.approval": {"verdict", "is_void"},
            },
            "counterparty_checked": {
                "regulation.contract": contract,
                "regulation.contract.approval": {"verdict", "check_result"},
            },
            "contract_signed": {"regulation.contract": contract},
            "handed_over": {
                "regulation.handover": {"state", "lead_id", "survey_planned_on"}
            },
            "won_lost_analysed": {
                "regulation.deal.review": {"lead_id", "result", "lesson"},
                "crm.lead": {"won_status", "active", "stage_id"},
            },
        }

    @api.model
    def _get_settled_checks(self):
        return super()._get_settled_checks() | {
            "offer_feedback", "contract_approved", "counterparty_checked",
            "contract_signed", "handed_over", "won_lost_analysed",
        }  # fmt: skip

    # -- offers (A6) -------------------------------------------------------------

    @api.model
    def _check_offer_sent(self, leads, step):
        orders = self._get_offers(leads)
        sent = self.env["sale.order"].sudo().concat(*orders.values())
        # for all at once: the offers of one deal would compute alone
        sent.filtered(lambda o: o.state == "sent").mapped("discount_state")
        missing = {}
        for lead in leads:
            own = orders.get(lead, self.env["sale.order"]).filtered(
                lambda o: o.state != "cancel"
            )
            lacks = [self._get_offer_lack(order) for order in own]
            if None in lacks:
                continue
            # the quotation that has come farthest tells best what is left to do
            missing[lead.id] = min(lacks, key=_DISTANCE)[1] if lacks else Lack(
                self.env._("there is no quotation: press “New Quotation” on the deal"),
                self._get_url(lead),
            )  # fmt: skip
        return missing

    @api.model
    def _get_offer_lack(self, order):
        """None for an offer in order, else how far it is from that and why."""
        url = self._get_url(order)
        if order.state == "sale":
            return None
        if order.state == "draft":
            text = self.env._(
                "quotation %(offer)s is not sent: open it and send it",
                offer=order.name,
            )
            return 3, Lack(text, url)
        if not order.validity_date:
            text = self.env._(
                "quotation %(offer)s has no expiration date", offer=order.name
            )
            return 1, Lack(text, url)
        if order.discount_state == "needed":
            text = self.env._(
                "the discount of quotation %(offer)s is not approved by the head of "
                "sales",
                offer=order.name,
            )
            return 2, Lack(text, url)
        return None

    @api.model
    def _check_offer_feedback(self, leads, step):
        orders = self._get_offers(leads)
        missing = {}
        for lead in leads:
            own = orders.get(lead, self.env["sale.order"]).filtered(
                lambda o: (
                    o.state in ("sent", "sale", "cancel")
                    and (o.offer_first_sent_on or o.state == "sale")
                )
            )
            latest = own.sorted(lambda o: (o.offer_first_sent_on or o.date_order, o.id))
            latest = latest[-1:]
            if not latest:
                text = self.env._("no offer has been sent yet")
                missing[lead.id] = Lack(text, self._get_url(lead))
            elif not latest.offer_feedback:
                text = self.env._(
                    "note the client's answer to %(offer)s: button “Client's Answer” "
                    "of the quotation",
                    offer=latest.name,
                )
                missing[lead.id] = Lack(text, self._get_url(latest))
        return missing

    @api.model
    def _get_offers(self, leads):
        """Offers of deals, in one search: ``{lead: orders}``."""
        return self._read_once("offers", leads, lambda: self._fetch_offers(leads))

    @api.model
    def _fetch_offers(self, leads):
        Order = self.env["sale.order"].sudo()  # safe: checks run for the engine
        orders = Order.search_fetch([("opportunity_id", "in", leads.ids)], OFFER_FIELDS)
        return orders.grouped("opportunity_id")

    # -- contracts (A7) ------------------------------------------------------------

    @api.model
    def _check_contract_approved(self, leads, step):
        contracts = self._get_contracts(leads)
        missing = {}
        for lead in leads:
            own = contracts[lead.id]
            if own.filtered(lambda c: c.state == "signed" or c.is_ready):
                continue
            missing[lead.id] = self._get_contract_lack(lead, own)
        return missing

    @api.model
    def _get_contract_lack(self, lead, contracts):
        contract = contracts.sorted(lambda c: (c.state == "approval", c.id))[-1:]
        if not contract:
            return Lack(
                self.env._("there is no contract: press “New Contract” on the deal"),
                self._get_url(lead),
            )
        if contract.state == "draft":
            text = self.env._(
                "contract %(contract)s is a draft: press “Request Approval”",
                contract=contract.number,
            )
        else:
            waiting = contract._get_round_lines().filtered("is_open")
            text = self.env._(
                "contract %(contract)s waits for %(people)s",
                contract=contract.number,
                people=", ".join(line._get_label() for line in waiting),
            )
        return Lack(text, self._get_url(contract))

    @api.model
    def _check_counterparty_checked(self, leads, step):
        contracts = self._get_contracts(leads)
        missing = {}
        for lead in leads:
            own = contracts[lead.id]
            if own.filtered(lambda c: c.check_result in ("ok", "limited")):
                continue
            if not own:
                missing[lead.id] = self._get_contract_lack(lead, own)
                continue
            contract = own.sorted("id")[-1:]
            line = contract._get_round_lines().filtered("is_check")
            text = (
                self.env._(
                    "the counterparty is being checked by %(person)s",
                    person=line._get_label(),
                )
                if line.is_open
                else self.env._(
                    "the counterparty is not checked: request the approval of contract "
                    "%(contract)s",
                    contract=contract.number,
                )
            )
            missing[lead.id] = Lack(text, self._get_url(contract))
        return missing

    @api.model
    def _check_contract_signed(self, leads, step):
        contracts = self._get_contracts(leads)
        missing = {}
        for lead in leads:
            own = contracts[lead.id]
            if own.filtered(lambda c: c.state == "signed"):
                continue
            ready = own.filtered("is_ready")[-1:]
            missing[lead.id] = (
                Lack(
                    self.env._(
                        "contract %(contract)s is approved and waits for the "
                        "signature: attach the signed copy and press “Sign”",
                        contract=ready.number,
                    ),
                    self._get_url(ready),
                )
                if ready
                else self._get_contract_lack(lead, own)
            )
        return missing

    @api.model
    def _get_contracts(self, leads):
        """Contracts that count for deals: their own that have not ended, and the
        client's signed ones of the same company. (A7: 1 client = 1 framework contract)

        :return: ``{lead_id: contracts}``, in one search
        """
        return self._read_once("contracts", leads, lambda: self._fetch_contracts(leads))

    @api.model
    def _fetch_contracts(self, leads):
        clients = leads.partner_id.commercial_partner_id
        contracts = self.env["regulation.contract"].sudo().search(
            [
                ("state", "!=", "ended"),
                "|",
                ("lead_id", "in", leads.ids),
                "&",
                ("state", "=", "signed"),
                ("partner_id", "in", clients.ids),
            ]
        )  # fmt: skip
        # read for all at once: sets put together below do not fetch for each other
        lines = contracts.filtered(lambda c: c.state == "approval").approval_ids
        lines.role_id.mapped("name")
        lines.user_id.mapped("name")
        contracts.mapped("is_ready")
        by_lead = contracts.grouped("lead_id")
        by_client = contracts.filtered(lambda c: c.state == "signed").grouped(
            "partner_id"
        )
        found = {}
        for lead in leads:
            company = lead.company_id or lead.team_id.company_id
            framework = by_client.get(
                lead.partner_id.commercial_partner_id, contracts.browse()
            )
            company = company or lead.regulation_id.company_id
            found[lead.id] = by_lead.get(lead, contracts.browse()) | framework.filtered(
                lambda c, own=company: not own or c.company_id == own
            )
        return found

    # -- hand-over and analysis (A8) ---------------------------------------------

    @api.model
    def _check_handed_over(self, leads, step):
        acts = self._get_by_lead("regulation.handover", leads)
        missing = {}
        for lead in leads:
            own = acts.get(lead, self.env["regulation.handover"])
            if own.filtered(lambda a: a.state == "accepted" and a.survey_planned_on):
                continue
            act = own.sorted(lambda a: (a.state == "handed", a.id))[-1:]
            if not act:
                text = self.env._(
                    "there is no hand-over act: press “Hand Over” on the deal"
                )
                missing[lead.id] = Lack(text, self._get_url(lead))
                continue
            if act.state == "handed":
                text = self.env._(
                    "%(person)s has not accepted the hand-over of %(day)s yet",
                    person=act.to_user_id.name,
                    day=format_date(self.env, act.handed_on),
                )
            else:
                text = self.env._(
                    "finish the hand-over act: %(gaps)s",
                    gaps=", ".join(act._get_gaps()) or self.env._("press “Hand Over”"),
                )
            missing[lead.id] = Lack(text, self._get_url(act))
        return missing

    @api.model
    def _check_won_lost_analysed(self, leads, step):
        reviews = self._get_by_lead("regulation.deal.review", leads)
        missing = {}
        for lead in leads:
            own = reviews.get(lead, self.env["regulation.deal.review"]).filtered(
                lambda r, lead=lead: (
                    lead.won_status not in ("won", "lost")
                    or r.result == lead.won_status
                )
            )
            if any(not is_placeholder(review.lesson) for review in own):
                continue
            text = self.env._(
                "there is no won/lost sheet: press “Won/Lost Sheet” on the deal"
            )
            missing[lead.id] = Lack(text, self._get_url(lead))
        return missing

    @api.model
    def _get_by_lead(self, model, leads):
        return self._read_once(
            model,
            leads,
            lambda: (
                self.env[model]
                .sudo()
                .search([("lead_id", "in", leads.ids)])
                .grouped("lead_id")
            ),
        )
