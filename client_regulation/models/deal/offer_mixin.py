# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools.filled import is_placeholder
from ..regulation.regulation_duty_result import OWNER_GROUP

#: kept by the addon: the KPI «offers in time» and the approval rest on them
KEPT_FIELDS = frozenset({
    "offer_first_sent_on", "offer_version", "discount_approved_percent",
    "discount_approved_by_id", "discount_approved_on", "discount_approval_note",
})  # fmt: skip

#: a write on these may change what steps and deadlines read
FACT_FIELDS = frozenset({
    "state", "opportunity_id", "validity_date", "date_order", "offer_requested_on",
    "offer_first_sent_on", "offer_feedback", "offer_feedback_on", "user_id",
    "discount_approved_percent", "active",
})  # fmt: skip

IN_TIME = [("on_time", "In time"), ("late", "Late")]


class RegulationOfferMixin(models.AbstractModel):
    """The quotation as an offer: asked for, sent, answered. (Reg. 1.4.3, A6)

    Mixed into `sale.order`. The first sending is stamped wherever the state becomes
    «sent»: the composer, «Mark as Sent», a scheduled message, an import. Printing
    and the preview of the portal send nothing.
    """

    _name = "regulation.offer.mixin"
    _description = "Quotation as an Offer"
    _inherit = ["regulation.fact"]
    _fact_events = ("offer_request", "offer_sent", "offer_accepted", "first_order")

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    offer_version = fields.Integer(
        copy=False, readonly=True,
        help="Number of this quotation among those of the deal.",
    )  # fmt: skip
    offer_requested_on = fields.Datetime(
        copy=False, help="When the client asked for it."
    )
    offer_due = fields.Datetime(
        "Send Until", compute="_compute_offer_due", store=True, precompute=True
    )
    offer_first_sent_on = fields.Datetime(
        "First Sent On", copy=False, readonly=True, index="btree_not_null"
    )
    offer_sent_in_time = fields.Selection(
        IN_TIME, "Sent", compute="_compute_offer_sent_in_time", store=True,
        help="Empty while not sent, or when nobody noted the request.",
    )  # fmt: skip
    offer_feedback = fields.Selection(
        [
            ("accepted", "Accepted"),
            ("changes", "Changes Wanted"),
            ("refused", "Refused"),
        ],
        "Client's Answer",
        copy=False,
        index="btree_not_null",
    )
    offer_feedback_note = fields.Text(
        "Reason",
        copy=False,
        help="In the client's words; a refusal needs a reason one can act on.",
    )
    offer_feedback_on = fields.Datetime("Answered On", copy=False)
    offer_feedback_by_id = fields.Many2one(
        "res.users", "Answer Noted By", copy=False, readonly=True
    )
    offer_feedback_contact_id = fields.Many2one(
        "res.partner", "Answered By", copy=False, index="btree_not_null"
    )
    offer_feedback_due = fields.Datetime(
        "Answer Due", compute="_compute_offer_feedback_due", store=True
    )
    offer_feedback_in_time = fields.Selection(
        IN_TIME, "Answer", compute="_compute_offer_feedback_in_time", store=True
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("offer_requested_on", "company_id")
    def _compute_offer_due(self):
        time = self.env["regulation.time"]
        for order in self:
            company = order.company_id
            order.offer_due = bool(order.offer_requested_on) and time._get_due(
                company.id,
                order.offer_requested_on,
                company.sudo().regulation_offer_days,
                "wd",
            )

    @api.depends("offer_first_sent_on", "company_id")
    def _compute_offer_feedback_due(self):
        time = self.env["regulation.time"]
        for order in self:
            company = order.company_id
            order.offer_feedback_due = bool(
                order.offer_first_sent_on
            ) and time._get_due(
                company.id,
                order.offer_first_sent_on,
                company.sudo().regulation_feedback_days,
                "wd",
            )

    @api.depends("offer_first_sent_on", "offer_due")
    def _compute_offer_sent_in_time(self):
        for order in self:
            order.offer_sent_in_time = self._get_in_time(
                order.offer_first_sent_on, order.offer_due
            )

    @api.depends("offer_feedback_on", "offer_feedback_due")
    def _compute_offer_feedback_in_time(self):
        for order in self:
            order.offer_feedback_in_time = self._get_in_time(
                order.offer_feedback_on, order.offer_feedback_due
            )

    @api.model
    def _get_in_time(self, when, due):
        if not when or not due:
            return False
        return "on_time" if when <= due else "late"

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("offer_feedback", "offer_feedback_note")
    def _check_offer_feedback(self):
        for order in self:
            if order.offer_feedback == "refused" and is_placeholder(
                order.offer_feedback_note
            ):
                raise ValidationError(
                    self.env._(
                        "The client refused “%(offer)s”: write the reason in a way one "
                        "can act on, like “delivery takes four weeks, the competitor "
                        "needs one”.",
                        offer=order.name,
                    )
                )
            if order.offer_feedback and not (
                order.offer_first_sent_on or order.state == "sale"
            ):
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” has not been sent yet, so the client cannot have "
                        "answered it. Send it, or mark it as sent, first.",
                        offer=order.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):  # noqa: A002
        # a default in the context must not approve or date anything
        values = super().default_get(fields)
        return {name: values[name] for name in values.keys() - KEPT_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept_offer_fields(vals)
            if vals.get("offer_feedback"):
                vals.update(self._prepare_feedback(vals))
        orders = super().create(vals_list)
        orders._number_offers()
        orders.filtered(lambda o: not o.offer_requested_on)._take_offer_request()
        orders._offer_moved(dict.fromkeys(orders.ids, "draft"))
        return orders

    def write(self, vals):
        self._check_kept_offer_fields(vals)
        if "offer_feedback" in vals:
            vals = {**vals, **self._prepare_feedback(vals)}
        moving = {"state", "offer_feedback", "opportunity_id"} & vals.keys()
        before = {order.id: order.state for order in self} if moving else {}
        unanswered = self.filtered(lambda o: not o.offer_feedback) if moving else self
        if vals.get("state") in ("sent", "sale"):
            self.filtered(lambda o: o.state == "draft")._keep_list_prices()
        result = super().write(vals)
        if "opportunity_id" in vals:
            self._number_offers()
        if "state" in vals:
            self._offer_moved(before)
        if vals.get("offer_feedback"):
            self._offer_answered(unanswered)
        return result

    def _check_kept_offer_fields(self, vals):
        if self.env.su or not (KEPT_FIELDS & vals.keys()):
            return
        if self.env.user.has_group(OWNER_GROUP):
            return  # brings in history
        raise AccessError(
            self.env._(
                "When an offer was first sent, its version and the approval of its "
                "discount are kept by the regulation. Send the quotation, or ask the "
                "head of sales for the approval."
            )
        )

    @api.model
    def _prepare_feedback(self, vals):
        if not vals["offer_feedback"]:
            return {"offer_feedback_on": False, "offer_feedback_by_id": False}
        return {
            "offer_feedback_on": vals.get("offer_feedback_on") or fields.Datetime.now(),
            "offer_feedback_by_id": self.env.uid,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_quotation_send(self):
        # told before the letter is written, not after
        self.filtered(lambda o: o.state == "draft")._check_offer_discount()
        action = super().action_quotation_send()
        if len(self) > 1:  # Odoo marks only a single quotation as sent
            action["context"] = {
                **action.get("context", {}),
                "regulation_quotations_sent": True,
            }
        return action

    def action_offer_feedback(self):
        """Note what the client said: a short form."""
        self.ensure_one()
        view = self.env.ref("client_regulation.sale_order_view_form_feedback")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Client's Answer"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_fact_leads(self):
        return self.sudo().opportunity_id

    def _note_facts(self, names, leads):
        # an order is written often, by many apps
        if names is None or names & FACT_FIELDS:
            return super()._note_facts(names, leads)
        return None

    def _message_mail_after_hook(self, mails):
        # several quotations sent at once: Odoo leaves them drafts
        result = super()._message_mail_after_hook(mails)
        if self.env.context.get("regulation_quotations_sent"):
            self.filtered(lambda o: o.state == "draft").write({"state": "sent"})
        return result

    def _number_offers(self):
        """Number the quotations of a deal: 1 request = 1 offer, versions numbered."""
        orders = self.sudo().filtered("opportunity_id")
        if not orders:
            return
        highest = dict(
            self.sudo()._read_group(
                [
                    ("opportunity_id", "in", orders.opportunity_id.ids),
                    ("id", "not in", orders.ids),
                ],
                ["opportunity_id"],
                ["offer_version:max"],
            )
        )
        for order in orders.sorted("id"):
            lead = order.opportunity_id
            highest[lead] = (highest.get(lead) or 0) + 1
            order.offer_version = highest[lead]

    def _take_offer_request(self):
        """The client's request, noted on the deal, goes to its next quotation."""
        orders = self.sudo().filtered("opportunity_id.offer_requested_on")
        if not orders:
            return
        open_requests = orders.opportunity_id._get_open_offer_requests()
        for order in orders:
            if order.opportunity_id.id in open_requests:
                order.offer_requested_on = open_requests[order.opportunity_id.id]

    def _offer_moved(self, before):
        """Quotations came into a state: stamp the first sending, tell the engine."""
        sent = self.filtered(lambda o: o.state == "sent" and before.get(o.id) != "sent")
        confirmed = self.filtered(
            lambda o: o.state == "sale" and before.get(o.id) != "sale"
        )
        # who accepts what was sent accepts an offer that was within authority
        (
            sent + confirmed.filtered(lambda o: before.get(o.id) != "sent")
        )._check_offer_discount()
        sent.filtered(lambda o: not o.offer_first_sent_on)._offer_first_sent()
        if confirmed:
            confirmed._offer_confirmed()

    def _offer_first_sent(self):
        now = fields.Datetime.now()
        # safe: the stamp of what this person has just done
        self.sudo().write({"offer_first_sent_on": now})
        for order in self.sudo().filtered("opportunity_id"):
            order._fire_offer_event("offer_sent", now)
            if not order.opportunity_id._is_under_regulation():
                order._schedule_feedback_activity()

    def _schedule_feedback_activity(self):
        self.ensure_one()
        seller = self.user_id or self.env.user
        due = fields.Datetime.context_timestamp(
            self.with_context(tz=seller.tz or "UTC"), self.offer_feedback_due
        )
        self.activity_schedule(
            "client_regulation.mail_activity_type_offer_feedback",
            date_deadline=due.date(),
            user_id=seller.id,
        )

    def _offer_confirmed(self):
        """An order is the client's «yes», whoever noted it. (A6, A8)"""
        orders = self.sudo().filtered("opportunity_id")
        for order in orders:
            others = order.opportunity_id.order_ids - order
            if not others.filtered(lambda o: o.state == "sale") and not (
                order._has_fired("first_order")
            ):
                order._fire_offer_event("first_order", order.date_order)
        orders.filtered(lambda o: o.offer_feedback != "accepted").write(
            {"offer_feedback": "accepted"}
        )

    def _offer_answered(self, unanswered):
        """The client's answer is there. (Reg. 1.4.3: feedback ≤ 3 working days)"""
        self.sudo().activity_feedback(
            ["client_regulation.mail_activity_type_offer_feedback"],
            feedback=self[:1].offer_feedback_note or None,
        )
        for order in self.sudo().filtered("opportunity_id"):
            lead = order.opportunity_id
            if order.offer_feedback == "changes":
                # the client asks for another offer: its days count from now
                if order.id in unanswered.ids:
                    lead.offer_requested_on = order.offer_feedback_on
            elif order.offer_feedback == "accepted":
                others = lead.order_ids - order
                if not others.filtered(lambda o: o.offer_feedback == "accepted") and (
                    not order._has_fired("offer_accepted")
                ):
                    order._fire_offer_event("offer_accepted", order.offer_feedback_on)

    def _has_fired(self, code):
        """Whether the deal has duties of an event that comes but once: an order may
        be cancelled and confirmed again, an answer be corrected."""
        self.ensure_one()
        return bool(
            self.env["regulation.duty"]
            .sudo()
            .search_count(
                [
                    ("lead_id", "=", self.opportunity_id.id),
                    ("step_id.subject", "=", "event"),
                    ("step_id.start_event", "=", code),
                ],
                limit=1,
            )
        )

    def _fire_offer_event(self, code, at):
        self.ensure_one()
        if self.env["regulation.regulation"]._is_engine_running():
            self.env["regulation.event"]._fire(
                code,
                self.company_id,
                partner=self.partner_id.commercial_partner_id,
                lead=self.opportunity_id,
                at=at,
            )
