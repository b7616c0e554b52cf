# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

#: marks of the six criteria, in turn; the first gives 74.0, class P-B
MARKS = ("435234", "544435", "334333", "553445")
COMPETITORS = ("competitor_none", "competitor_own_production")
SEGMENTS = ("segment_production", "segment_trade", "segment_services")
REGIONS = ("region_home", "region_neighbours", "region_country")
OBJECTIONS = (
    ("o01", "Your boxes cost more than what we buy now", "isolate"),
    ("o03", "We have a supplier and are used to them", "comparison"),
    ("o05", "Will the film stand the frost?", "proof"),
    ("o09", "We only work with thirty days to pay", "concession"),
)
PEOPLE = ("Martha Keller", "Peter Lindt", "Olga Brandt", "Simon Hale")


class RegulationFactsDemo(models.AbstractModel):
    """The facts behind the steps of the demo story, by the check that reads them.

    Each method does what the people of a deal would have done, at a time given, so
    that the step checks itself. Idempotent: what is there is not made again.
    """

    _name = "regulation.facts.demo"
    _description = "Facts of the Demo Story"

    @api.model
    def _prove(self, lead, check, at):
        """Make the facts that a named check asks for.

        :param lead: a deal, as its salesperson
        :param datetime at: when it happened, naive UTC
        """
        lead = lead.with_context(
            tracking_disable=True, no_mail_to_attendees=True, dont_notify=True
        )
        at = at.replace(microsecond=0)
        getattr(self, f"_prove_{check}")(lead, at)
        lead.env.flush_all()

    def _pick(self, lead, values):
        return values[lead.partner_id.commercial_partner_id.id % len(values)]

    def _ref(self, name):
        return self.env.ref(f"client_regulation.{name}")

    # ------------------------------------------------------------
    # CLIENT (A1, A2.3, A4.2)
    # ------------------------------------------------------------

    def _get_client(self, lead):
        return lead.partner_id.commercial_partner_id

    def _get_person(self, lead):
        client = self._get_client(lead)
        person = client.child_ids.filtered(lambda p: p.decision_role == "decides")[:1]
        if not person:
            name = self._pick(lead, PEOPLE)
            person = client.with_context(tracking_disable=True).child_ids.create(
                {
                    "name": name,
                    "parent_id": client.id,
                    "function": "Head of Purchasing",
                    "email": f"{name.split()[0].lower()}@{client.email.split('@')[1]}",
                    "phone": client.phone,
                    "decision_role": "decides",
                    "attitude": "1",
                }
            )
        return person

    def _prove_client_listed(self, lead, at):
        client = self._get_client(lead)
        client.write(
            {
                "website": client.website
                or "https://" + (client.email or "@example.com").split("@")[1],
                "vat": client.vat or False,
                "street": client.street or f"{10 + client.id % 80} Mill Road",
                "company_registry": client.company_registry or f"R-{10000 + client.id}",
            }
        )

    def _prove_client_scored(self, lead, at):
        client = self._get_client(lead)
        if client.has_potential_score:
            return
        criteria = self._ref("potential_scale_default").sudo().criterion_ids
        Mark = self.env(user=lead.env.user)["regulation.potential.mark"]
        known = Mark.search([("partner_id", "=", client.id)]).criterion_id
        Mark.create(
            [
                {
                    "partner_id": client.id,
                    "criterion_id": criterion.id,
                    "mark": mark,
                    "note": "Annual report and a talk with their buyer",
                }
                for criterion, mark in zip(
                    criteria, self._pick(lead, MARKS), strict=True
                )
                if criterion not in known
            ]
        )

    def _prove_client_structured(self, lead, at):
        self._prove_client_scored(lead, at)
        self._get_client(lead).write(
            {
                "client_segment_id": self._ref(self._pick(lead, SEGMENTS)).id,
                "client_region_id": self._ref(self._pick(lead, REGIONS)).id,
                "client_size": "medium",
                "user_id": lead.user_id.id,
            }
        )

    def _prove_first_touch(self, lead, at):
        self._get_client(lead).write(
            {
                "first_touch_reason": "They open a second packing line in spring",
                "value_hypothesis": "A tenth less damage in transit, two days' supply",
                "consent_basis": "interest",
                "consent_date": at.date(),
            }
        )

    def _prove_card_completeness(self, lead, at):
        self._get_person(lead)
        self._prove_client_structured(lead, at)
        self._prove_first_touch(lead, at)
        self._prove_client_facts(lead, at)

    def _prove_client_facts(self, lead, at):
        client = self._get_client(lead)
        if client.client_needs:
            return
        client._learn_facts(
            {
                "client_needs": "Boxes and film for two lines, moisture-proof",
                "client_budget": 60000 + client.id % 7 * 5000,
                "client_timing": "Decides before the season, by the end of the quarter",
                "decision_procedure": "Purchasing proposes, the plant manager signs",
                "competitor_ids": [
                    Command.set(self._ref(self._pick(lead, COMPETITORS)).ids)
                ],
                "yearly_purchases": 180000 + client.id % 9 * 20000,
                "yearly_purchases_source": "Said by the head of purchasing",
                "client_terms": "Delivery free to the plant, 30 days",
            },
            source="Conversation",
            contact=self._get_person(lead),
        )

    # ------------------------------------------------------------
    # CALLS AND VISITS (A2.2, A3–A5)
    # ------------------------------------------------------------

    def _prove_call_result(self, lead, at):
        if lead.env["regulation.call"].search_count([("lead_id", "=", lead.id)]):
            return
        call = lead.env["regulation.call"].create(
            {
                "partner_id": lead.partner_id.id,
                "contact_id": self._get_person(lead).id,
                "lead_id": lead.id,
                "user_id": lead.user_id.id,
                "team_id": lead.team_id.id,
                "date": at,
                "duration": 7,
                "result_id": self._ref("regulation_call_result_meeting").id,
                "decision_maker_reached": True,
                "quality_greeting": True,
                "quality_reason": True,
                "quality_question": True,
                "quality_next_step": True,
                "note": "Open to compare our terms; likes a second source",
                "next_activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "next_date": fields.Date.context_today(self) + timedelta(days=2),
                "next_summary": "Confirm the meeting",
            }
        )
        call.next_activity_id.sudo().action_done()

    def _get_visits(self, lead):
        return lead.env["regulation.visit"].search(
            [("lead_id", "=", lead.id), ("state", "not in", ("cancelled", "missed"))],
            order="date_planned, id",
        )

    def _prove_visit_planned(self, lead, at):
        if not self._get_visits(lead):
            self._plan_visit(lead, at)

    def _plan_visit(self, lead, at, **vals):
        return lead.env["regulation.visit"].create(
            {
                "partner_id": lead.partner_id.id,
                "lead_id": lead.id,
                "user_id": lead.user_id.id,
                "date_planned": at + timedelta(days=1),
                "participant_ids": [
                    Command.create({"partner_id": lead.user_id.partner_id.id}),
                    Command.create({"partner_id": self._get_person(lead).id}),
                ],
                **vals,
            }
        )

    def _prove_visit_prepared(self, lead, at):
        self._prove_visit_planned(lead, at)
        visit = self._get_visits(lead)[-1:]
        if visit.state == "planned":
            self._prepare_visit(visit, at)

    def _prepare_visit(self, visit, at):
        kind = self._ref("regulation_objection_type_o01")
        visit.write(
            {
                "goal": "A trial order of 500 boxes agreed by the end of the month",
                "fallback_goal": "A visit to the plant with their technologist",
                "agenda": "Their lines, our samples, the next step",
                "value_hypothesis": "A tenth less damage; proven at two bakeries",
                "confirmed_on": at,
                "expected_ids": [
                    Command.create({"type_id": kind.id, "answer": answer})
                    for answer in (
                        "Compared with what? Let us count the damage in",
                        "If we agree on the term, which volume do you confirm?",
                        "Start with one pallet and the test protocol",
                    )
                ],
            }
        )
        visit.action_add_questions()
        for line in visit.checklist_ids.filtered(lambda line: line.rule == "manual"):
            line.state = "done"
        visit.action_prepare()

    def _prove_visit_done(self, lead, at):
        self._prove_visit_prepared(lead, at - timedelta(days=1))
        visits = self._get_visits(lead)
        if not visits.filtered(lambda visit: visit.state == "done"):
            self._hold_visit(visits[-1:], at, "advance")

    def _hold_visit(self, visit, at, outcome):
        visit.participant_ids.attended = True
        code, wording, technique = self._pick(visit.lead_id, OBJECTIONS)
        own = {
            "partner_id": visit.partner_id.id,
            "lead_id": visit.lead_id.id,
            "user_id": visit.user_id.id,
        }
        visit.write({"date_planned": at})
        visit._report(
            {
                "date_start": at,
                "date_end": at + timedelta(hours=1),
                "outcome": outcome,
                "goal_result": "yes" if outcome == "advance" else "partly",
                "interest": "4",
                "talk_share": 55,
                "lesson": "Show the samples before the price list",
                "next_step": "Samples to their technologist, then the repeat visit",
                "objection_ids": [
                    Command.create(
                        own
                        | {
                            "type_id": self._ref(f"regulation_objection_type_{code}").id,
                            "wording": wording,
                            "nature": "doubt",
                            "technique_id": self._ref(
                                f"regulation_objection_technique_{technique}"
                            ).id,
                            "outcome": "resolved",
                            "amount": visit.lead_id.expected_revenue,
                            "date": at,
                        }
                    )
                ],
                "agreement_ids": [
                    Command.create(
                        own
                        | {
                            "side": side,
                            "subject": subject,
                            "contact_id": side == "client"
                            and self._get_person(visit.lead_id).id,
                            "date_due": (at + timedelta(days=days)).date(),
                        }
                    )
                    for side, subject, days in (
                        ("us", "Send three samples with the test protocol", 3),
                        ("client", "Name the volumes for the next quarter", 7),
                    )
                ],
            }
        )
        visit.sudo().summary_sent_on = at + timedelta(hours=3)

    def _prove_objections_logged(self, lead, at):
        self._prove_visit_done(lead, at)

    def _prove_agreement_fixed(self, lead, at):
        self._prove_visit_done(lead, at)

    def _prove_visit_analysed(self, lead, at):
        self._prove_visit_done(lead, at)

    def _prove_repeat_prepared(self, lead, at):
        for promise in lead.env["regulation.agreement"].search(
            [("lead_id", "=", lead.id), ("state", "=", "open")]
        ):
            promise._complete(
                min(promise.date_due, fields.Date.context_today(self)), "Letter sent"
            )
        visits = self._get_visits(lead)
        if len(visits) < 2:
            visit = self._plan_visit(lead, at, previous_id=visits[-1:].id)
            self._prepare_visit(visit, at)

    def _prove_repeat_done(self, lead, at):
        self._prove_repeat_prepared(lead, at - timedelta(days=1))
        last = self._get_visits(lead)[-1:]
        if last.state != "done":
            self._hold_visit(last, at, "order")
        if not lead.offer_requested_on:
            lead.action_offer_requested()

    # ------------------------------------------------------------
    # OFFER AND CONTRACT (A6, A7)
    # ------------------------------------------------------------

    def _get_order(self, lead):
        return lead.env["sale.order"].search(
            [("opportunity_id", "=", lead.id)], limit=1
        )

    def _prove_offer_sent(self, lead, at):
        order = self._get_order(lead)
        if not order:
            order = lead.env["sale.order"].create(
                {
                    "partner_id": lead.partner_id.id,
                    "opportunity_id": lead.id,
                    "user_id": lead.user_id.id,
                    "team_id": lead.team_id.id,
                    "validity_date": fields.Date.context_today(self)
                    + timedelta(days=30),
                    "order_line": [
                        Command.create(
                            {
                                "name": lead.name,
                                "product_id": self._get_product().id,
                                "product_uom_qty": 100,
                                "price_unit": lead.expected_revenue / 100,
                            }
                        )
                    ],
                }
            )
        if order.state == "draft":
            order.action_quotation_sent()

    def _get_product(self):
        Product = self.env["product.product"].sudo()
        product = Product.search([("default_code", "=", "DEMO-PACK")], limit=1)
        return product or Product.create(
            {"name": "Packaging set", "default_code": "DEMO-PACK", "list_price": 100}
        )

    def _prove_offer_feedback(self, lead, at):
        self._prove_offer_sent(lead, at)
        order = self._get_order(lead)
        if not order.offer_feedback:
            order.write(
                {
                    "offer_feedback": "accepted",
                    "offer_feedback_note": "Price accepted, terms go to the contract",
                }
            )

    def _get_contract(self, lead):
        Contract = lead.env["regulation.contract"]
        contract = Contract.search([("lead_id", "=", lead.id)], limit=1)
        if not contract:
            contract = Contract.create(
                {
                    "partner_id": self._get_client(lead).id,
                    "lead_id": lead.id,
                    "order_id": self._get_order(lead).id,
                    "user_id": lead.user_id.id,
                    "team_id": lead.team_id.id,
                    "payment_term_id": self.env.ref(
                        "account.account_payment_term_15days"
                    ).id,
                    "discount": 2.0,
                    "minimum_volume": lead.expected_revenue,
                    "date_from": fields.Date.context_today(self),
                    "date_to": fields.Date.context_today(self) + timedelta(days=365),
                    "our_signatory_id": self.env.ref("base.user_admin").id,
                    "our_basis": "Charter",
                    "client_signatory_id": self._get_person(lead).id,
                    "client_basis": "Power of attorney 17 of 12 January",
                }
            )
            contract.action_request_approval()
        return contract

    def _decide(self, lead, is_check):
        contract = self._get_contract(lead)
        lines = contract.sudo().approval_ids.filtered(
            lambda line: line.is_open and line.is_check == is_check
        )
        for line in lines:
            if line.is_check:
                line.write(
                    {
                        "check_result": "ok",
                        "risk_level": "low",
                        "has_registry_extract": True,
                        "has_authority": True,
                        "has_solvency": True,
                    }
                )
            line.with_user(line.user_id).action_approve()

    def _prove_contract_approved(self, lead, at):
        self._decide(lead, is_check=False)
        self._decide(lead, is_check=True)

    def _prove_counterparty_checked(self, lead, at):
        self._decide(lead, is_check=True)

    def _prove_contract_signed(self, lead, at):
        self._prove_contract_approved(lead, at)
        contract = self._get_contract(lead)
        if contract.state == "signed":
            return
        contract.write(
            {
                "date_signed": min(at.date(), fields.Date.context_today(self)),
                "attachment_ids": [
                    Command.create(
                        {"name": f"{contract.number}.pdf", "raw": b"%PDF-1.4 signed"}
                    )
                ],
            }
        )
        contract.action_sign()

    # ------------------------------------------------------------
    # AFTER THE DEAL (A8)
    # ------------------------------------------------------------

    def _prove_handed_over(self, lead, at):
        Act = lead.env["regulation.handover"]
        act = Act.search([("lead_id", "=", lead.id)], limit=1)
        if not act:
            act = Act.create(
                {
                    "partner_id": self._get_client(lead).id,
                    "lead_id": lead.id,
                    "from_user_id": lead.user_id.id,
                    "to_user_id": lead.team_id.user_id.id,
                    "promises": "Boxes of the second lot a week earlier than usual",
                    "welcome_sent_on": at.date(),
                    "survey_planned_on": fields.Date.context_today(self)
                    + timedelta(days=10),
                }
            )
            act.action_hand_over()
        if act.state == "handed":
            act.with_user(act.to_user_id).action_accept()

    def _prove_won_lost_analysed(self, lead, at):
        Review = lead.env["regulation.deal.review"]
        if Review.search_count([("lead_id", "=", lead.id)]):
            return
        Review.create(
            {
                "lead_id": lead.id,
                "result": "won",
                "won_reason_id": self._ref("won_reason_proof").id,
                "decided_by": "The trial lot: no damage in four weeks",
                "lesson": "Offer a trial lot at the first meeting",
            }
        )
