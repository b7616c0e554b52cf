# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

#: the 5-point list of a good call, R1.3.2
QUALITY = (
    "quality_greeting",
    "quality_reason",
    "quality_question",
    "quality_benefit",
    "quality_next_step",
)
DIRECTIONS = [("out", "Outgoing"), ("in", "Incoming")]
NEXT = frozenset({"next_activity_type_id", "next_date", "next_summary", "user_id"})


class RegulationCall(models.Model):
    """A telephone conversation, or an attempt at one. (Reg. 1.3.1, 1.3.2)

    Who, with what result, what comes next: three taps from the deal or the client.
    The next action is an activity of Odoo on the deal, or on the client without
    one; logging the call closes the activity that had called for it.
    """

    _name = "regulation.call"
    _description = "Call"
    _inherit = ["regulation.talk", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _fact_events = ("first_conversation", "consent_to_meet")

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    contact_id = fields.Many2one(
        "res.partner", "Spoken With", index="btree_not_null", ondelete="set null",
        compute="_compute_contact_id", store=True, readonly=False, precompute=True,
        check_company=True,
    )  # fmt: skip
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    direction = fields.Selection(
        DIRECTIONS,
        required=True,
        default="out",
        tracking=True,
    )
    duration = fields.Integer("Minutes", help="How long the conversation lasted.")
    phone = fields.Char(
        compute="_compute_phone", store=True, readonly=False, precompute=True
    )
    attempt = fields.Integer(
        compute="_compute_attempt",
        help="Which call out to this client it is, counted from the first.",
    )
    result_id = fields.Many2one(
        "regulation.call.result", "Result", required=True, index=True,
        ondelete="restrict", tracking=True, check_company=True,
    )  # fmt: skip
    reached = fields.Boolean(related="result_id.reached", store=True)
    consent_to_meet = fields.Boolean(
        "Consent to Meet", related="result_id.consent_to_meet", store=True
    )
    needs_next_action = fields.Boolean(related="result_id.needs_next_action")
    decision_maker_reached = fields.Boolean(
        compute="_compute_decision_maker_reached",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    decision_path = fields.Char(
        "Way to the Decision Maker",
        help="Who decides, and how we get to them, when it was not them we spoke with.",
    )
    note = fields.Text("What Was Said")

    # quality
    quality_greeting = fields.Boolean("Greeted and introduced myself")
    quality_reason = fields.Boolean("Named the reason of the call")
    quality_question = fields.Boolean("Asked about the client's need")
    quality_benefit = fields.Boolean("Named a benefit for the client")
    quality_next_step = fields.Boolean("Agreed on the next step")
    quality = fields.Integer(
        compute="_compute_quality", store=True, aggregator="avg",
        help="How many of the five points of a good call were met.",
    )  # fmt: skip

    # next action
    next_activity_type_id = fields.Many2one(
        "mail.activity.type", "Next Action", ondelete="set null",
        compute="_compute_next_action", store=True, readonly=False, precompute=True,
        domain="[('res_model', 'in', [False, 'crm.lead'])]",
    )  # fmt: skip
    next_date = fields.Date(
        "Next Action On", compute="_compute_next_action", store=True, readonly=False,
        precompute=True,
    )  # fmt: skip
    next_summary = fields.Char("What to Do")
    next_activity_id = fields.Many2one(
        "mail.activity", "Planned Activity", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip

    # stop list
    is_stop_listed = fields.Boolean(
        "In the Stop List",
        compute="_compute_is_stop_listed",
        store=True,
        precompute=True,
        copy=False,
        help="As it was when the call was logged.",
    )
    stop_confirmed = fields.Boolean(
        "Called in Spite of the Stop List",
        copy=False,
        tracking=True,
        help="There is a ground for this call, as the client's own request.",
    )

    objection_ids = fields.One2many("regulation.objection", "call_id", "Objections")
    agreement_ids = fields.One2many("regulation.agreement", "call_id", "Agreements")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id", "date", "result_id")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for call in self:
            parts = (
                call.date
                and fields.Datetime.context_timestamp(call, call.date).strftime(
                    "%Y-%m-%d"
                ),
                call.partner_id.name,
                call.result_id.name,
            )
            call.display_name = " · ".join(filter(None, parts))

    @api.depends("partner_id")
    def _compute_contact_id(self):
        for call in self:
            partner, contact = call.partner_id, call.contact_id
            if partner and not partner.is_company:
                call.contact_id = partner
            elif contact.commercial_partner_id != partner.commercial_partner_id:
                call.contact_id = False
            else:
                call.contact_id = contact

    @api.depends("contact_id", "partner_id", "lead_id")
    def _compute_phone(self):
        for call in self:
            call.phone = (
                call.contact_id.phone
                or call.partner_id.phone
                or call.lead_id.phone
                or call.phone
            )

    @api.depends("partner_id", "direction", "date")
    def _compute_attempt(self):
        self.attempt = 0
        stored = self.filtered("id")
        if not stored:
            return
        self.env["regulation.call"].flush_model(
            ["partner_id", "company_id", "direction", "date"]
        )
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT call.id, attempt.number
                  FROM regulation_call call
                  JOIN res_partner partner ON partner.id = call.partner_id
            CROSS JOIN LATERAL (
                        SELECT count(*) AS number
                          FROM regulation_call other
                          JOIN res_partner client ON client.id = other.partner_id
                         WHERE client.commercial_partner_id
                               = partner.commercial_partner_id
                           AND other.company_id = call.company_id
                           AND other.direction = 'out'
                           AND (other.date, other.id) <= (call.date, call.id)
                       ) attempt
                 WHERE call.id IN %s AND call.direction = 'out'
                """,
                tuple(stored.ids),
            )
        )
        numbers = dict(rows)
        for call in stored:
            call.attempt = numbers.get(call.id, 0)

    @api.depends("contact_id", "result_id")
    def _compute_decision_maker_reached(self):
        knows_roles = "decision_role" in self.env["res.partner"]._fields
        for call in self:
            decides = knows_roles and call.contact_id.decision_role == "decides"
            call.decision_maker_reached = call.result_id.reached and (
                call.decision_maker_reached or decides
            )

    @api.depends(*QUALITY)
    def _compute_quality(self):
        for call in self:
            call.quality = sum(call[name] for name in QUALITY)

    @api.depends("result_id")
    def _compute_next_action(self):
        for call in self:
            result = call.result_id
            if not result.needs_next_action:
                call.next_activity_type_id = call.next_date = False
                continue
            call.next_activity_type_id = (
                result.next_activity_type_id or call.next_activity_type_id
            )
            call.next_date = call._get_working_day(result.next_days)

    @api.depends("phone", "partner_id", "contact_id", "direction")
    def _compute_is_stop_listed(self):
        numbers = {call: call._get_stop_number() for call in self}
        # salespeople cannot read the stop list; they are told about this number only
        listed = set(
            self.env["phone.blacklist"]
            .sudo()
            .search([("number", "in", list(filter(None, numbers.values())))])
            .mapped("number")
        )
        for call, number in numbers.items():
            withdrawn = call.contact_id.do_not_call_since or (
                not call.contact_id and call.partner_id.do_not_call_since
            )
            call.is_stop_listed = call.direction == "out" and (
                number in listed or bool(withdrawn)
            )

    def _get_stop_number(self):
        if self.direction != "out" or not self.phone:
            return False
        partner = self.contact_id or self.partner_id
        return partner._phone_format(
            number=self.phone, country=partner.country_id or self.company_id.country_id
        )

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("result_id", "next_activity_type_id", "next_date")
    def _check_next_action(self):
        for call in self:
            if call.result_id.needs_next_action and not (
                call.next_activity_type_id and call.next_date
            ):
                raise ValidationError(
                    self.env._(
                        "The call to “%(client)s” ended with “%(result)s”, and nothing "
                        "is planned after it. Choose the next action and its day, or "
                        "a result that ends the talk, as a refusal.",
                        client=call.partner_id.display_name,
                        result=call.result_id.name,
                    )
                )

    @api.constrains(
        "is_stop_listed", "stop_confirmed", "phone", "contact_id", "partner_id",
        "direction",
    )  # fmt: skip
    def _check_stop_list(self):
        for call in self:
            if call.is_stop_listed and not call.stop_confirmed:
                raise ValidationError(
                    self.env._(
                        "“%(client)s” is in the stop list: the number %(phone)s is "
                        "blocked or the consent to calls was withdrawn. If you had a "
                        "ground to call, tick “Called in Spite of the Stop List”.",
                        client=(call.contact_id or call.partner_id).display_name,
                        phone=call.phone or "—",
                    )
                )

    @api.constrains("duration")
    def _check_duration(self):
        for call in self:
            if call.duration < 0:
                raise ValidationError(
                    self.env._(
                        "The call to “%(client)s” cannot last less than nothing: "
                        "correct the minutes.",
                        client=call.partner_id.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls._finish_planned_calls()
        calls._plan_next_action()
        calls._fire_events()
        return calls

    def write(self, vals):
        before = {call.id: (call.reached, call.consent_to_meet) for call in self}
        result = super().write(vals)
        if vals.keys() & (NEXT | {"result_id", "lead_id"}):
            self._plan_next_action()
        if "result_id" in vals:
            self._fire_events(before)
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_log_again(self):
        """Log one more call to the same client."""
        self.ensure_one()
        return self._get_log_action(self.partner_id, self.lead_id, self.contact_id)

    @api.model
    def _get_log_action(self, partner, lead=None, contact=None):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Call"),
            "res_model": "regulation.call",
            "views": [
                (self.env.ref("client_regulation.regulation_call_view_form_log").id,
                 "form"),
            ],
            "target": "new",
            "context": {
                "default_partner_id": partner.id,
                "default_lead_id": lead.id if lead else False,
                "default_contact_id": contact.id if contact else False,
            },
        }  # fmt: skip

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_activity_record(self):
        """Where the next action is planned: the deal, or the client without one."""
        return self.lead_id or self.partner_id

    def _plan_next_action(self):
        for call in self:
            activity = call.next_activity_id.with_context(active_test=False)
            wanted = call.next_activity_type_id and call.next_date
            if activity.active and not wanted:
                activity.unlink()
            if not wanted or (activity and not activity.active):
                continue
            values = {
                "activity_type_id": call.next_activity_type_id.id,
                "date_deadline": call.next_date,
                "summary": call.next_summary or False,
                "user_id": (call.user_id or self.env.user).id,
            }
            record = call._get_activity_record()
            if activity and (activity.res_model, activity.res_id) == (
                record._name,
                record.id,
            ):
                activity.write(values)
            elif call.next_date >= self.env["regulation.time"]._get_today(
                call.company_id.id
            ):
                # history that is imported plans nothing in the past
                activity.unlink()
                call.next_activity_id = record.activity_schedule(
                    automated=False, **values
                )

    def _finish_planned_calls(self):
        """The activity that asked for this call is done, with the call's result: one
        that was due, or one that an earlier call had planned."""
        now = fields.Datetime.now()
        for call in self:
            if call.direction != "out" or (now - call.date).days > 1:
                continue  # history that is imported closes nothing
            record = call._get_activity_record()
            planned = record.activity_ids.filtered(
                lambda activity, call=call: (
                    activity.activity_type_id.category == "phonecall"
                    and activity.user_id == call.user_id
                )
            )
            if not planned:
                continue
            earlier = self.search(
                [("next_activity_id", "in", planned.ids), ("date", "<=", call.date)]
            ).next_activity_id
            due = planned.filtered(
                lambda activity, call=call: activity.date_deadline <= call.date.date()
            )
            (earlier | due).action_feedback(feedback=call.result_id.name)

    def _fire_events(self, before=None):
        """Open the duties of event steps, once, when the call first tells of it."""
        if not self._is_fact_watched():
            return
        Event = self.env["regulation.event"]
        for call in self:
            was_reached, had_consent = (before or {}).get(call.id, (False, False))
            for code, is_so, was_so in (
                ("first_conversation", call.reached, was_reached),
                ("consent_to_meet", call.consent_to_meet, had_consent),
            ):
                if is_so and not was_so and call._is_first(code):
                    Event._fire(
                        code,
                        call.company_id,
                        partner=call.partner_id,
                        lead=call.lead_id or None,
                        at=call.date,
                    )

    def _is_first(self, code):
        """Whether no earlier call with this deal, or this client, told the same."""
        field = "reached" if code == "first_conversation" else code
        same = (
            [("lead_id", "=", self.lead_id.id)]
            if self.lead_id
            else [("partner_id", "=", self.partner_id.id), ("lead_id", "=", False)]
        )
        # as sudo: a colleague's conversation with the client is one as well
        return not self.sudo().search_count(
            [*same, (field, "=", True), ("id", "!=", self.id),
             ("company_id", "=", self.company_id.id)],
            limit=1,
        )  # fmt: skip
