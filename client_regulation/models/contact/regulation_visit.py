# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

OUTCOMES = [
    ("order", "Order"),
    ("advance", "Advance"),
    ("continuation", "Continuation"),
    ("no_sale", "No Sale"),
]
RESULTS = [("yes", "Yes"), ("partly", "Partly"), ("no", "No")]
CLASSES = [("a", "P-A"), ("b", "P-B"), ("c", "P-C")]
STATUSES = [
    ("prospect", "Prospect"),
    ("new", "New"),
    ("active", "Active"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
]
INTEREST = [
    ("0", "Not Rated"),
    ("1", "Very Low"),
    ("2", "Low"),
    ("3", "Medium"),
    ("4", "High"),
    ("5", "Very High"),
]


class RegulationVisit(models.Model):
    """A meeting with a client: prepared, held, analysed. (Reg. 1.3.4–1.3.9, 1.4)

    Its rules and states are in `regulation_visit_life.py`, its buttons in
    `regulation_visit_actions.py`, what follows from its data in
    `regulation_visit_figures.py`, the meeting in the calendar that belongs to it in
    `regulation_visit_meeting.py`.
    """

    _name = "regulation.visit"
    _description = "Visit"
    _inherit = [
        "regulation.visit.summary.mixin",
        "regulation.visit.life",
        "regulation.visit.actions",
        "regulation.visit.meeting",
        "regulation.visit.figures",
        "regulation.fact",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_planned desc, id desc"
    _check_company_auto = True
    _fact_events = ("meeting_start", "meeting_end", "consent_to_meet")

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    number = fields.Char(readonly=True, copy=False, index="trigram")
    name = fields.Char(
        "Subject", required=True, tracking=True, precompute=True,
        compute="_compute_name", store=True, readonly=False,
    )  # fmt: skip
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict",
        tracking=True, compute="_compute_partner_id", store=True, readonly=False,
        precompute=True, check_company=True,
    )  # fmt: skip
    client_abc_class = fields.Selection(
        related="partner_id.commercial_partner_id.abc_class", string="ABC Class"
    )
    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="set null", tracking=True,
        check_company=True,
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, tracking=True, check_company=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
    )  # fmt: skip
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", compute="_compute_team_id",
        store=True, readonly=False, precompute=True, check_company=True,
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, index=True, compute="_compute_company_id",
        store=True, readonly=False, precompute=True,
    )  # fmt: skip
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("prepared", "Prepared"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("missed", "Missed"),
        ],
        required=True,
        default="planned",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    stage_id = fields.Many2one(
        "crm.stage", "Stage at Planning", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    client_class = fields.Selection(
        CLASSES, "Class at Planning", readonly=True, copy=False
    )
    client_status = fields.Selection(
        STATUSES, "Client Status at Planning", readonly=True, copy=False
    )

    # when and where
    date_planned = fields.Datetime(
        "Planned For", required=True, index=True, tracking=True,
        default=lambda self: self._default_date_planned(),
    )  # fmt: skip
    duration = fields.Float(default=1.0, tracking=True)
    date_planned_end = fields.Datetime(
        "Planned Until", compute="_compute_date_planned_end", store=True
    )
    location = fields.Char(
        compute="_compute_location", store=True, readonly=False, precompute=True,
        help="Address or link where you meet.",
    )  # fmt: skip
    event_id = fields.Many2one(
        "calendar.event", "Meeting", copy=False, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    confirmed_on = fields.Datetime("Confirmed by the Client", copy=False, tracking=True)
    participant_ids = fields.One2many(
        "regulation.visit.participant", "visit_id", "Participants",
        compute="_compute_participant_ids", store=True, readonly=False,
    )  # fmt: skip

    # preparation
    goal = fields.Text(
        tracking=True, copy=False,
        help="What the client will have done or decided at the end, so that anybody "
        "can tell whether it was reached.",
    )  # fmt: skip
    fallback_goal = fields.Text(help="What to bring home if the goal is out of reach.")
    agenda = fields.Html(
        help="Goes into the meeting: the client reads it with the invitation."
    )
    value_hypothesis = fields.Text(help="What the client gains, and how we prove it.")
    materials = fields.Text("Materials and Samples")
    checklist_done = fields.Integer(
        "Checklist Items Settled", compute="_compute_checklist_done"
    )
    checklist_count = fields.Integer(
        "Checklist Items", compute="_compute_checklist_done"
    )
    question_ids = fields.One2many(
        "regulation.visit.answer", "visit_id", "Questions", copy=False
    )
    expected_ids = fields.One2many(
        "regulation.visit.expected", "visit_id", "Expected Objections", copy=False
    )
    # after the lists that its items look at, as Odoo creates lines in this order
    checklist_ids = fields.One2many(
        "regulation.visit.check", "visit_id", "Preparation Checklist",
        compute="_compute_checklist_ids", store=True, readonly=False, copy=False,
    )  # fmt: skip
    prepared_on = fields.Datetime(readonly=True, copy=False)
    prepare_due = fields.Datetime(
        "Prepare Until", compute="_compute_prepare_due", store=True
    )
    prepared_in_time = fields.Boolean(
        compute="_compute_prepared_in_time", store=True,
        help="Prepared at least one working day before the meeting.",
    )  # fmt: skip

    # the meeting itself
    date_start = fields.Datetime("Started At", copy=False, tracking=True)
    date_end = fields.Datetime("Ended At", copy=False, tracking=True, index=True)
    course = fields.Text("Course of the Meeting", copy=False)
    objection_ids = fields.One2many("regulation.objection", "visit_id", "Objections")
    no_objections = fields.Boolean(
        copy=False, help="Asked and heard none: not the same as an empty list."
    )
    agreement_ids = fields.One2many("regulation.agreement", "visit_id", "Agreements")
    summary_sent_on = fields.Datetime(copy=False, readonly=True)

    # what was learned: goes to the client card with the report
    learned_need = fields.Text("Need", copy=False)
    learned_budget = fields.Monetary("Client's Budget", copy=False)
    learned_timing = fields.Char("Timing", copy=False)
    learned_procedure = fields.Text("Decision Procedure", copy=False)
    learned_competitors = fields.Char("Competitors", copy=False)
    learned_volume = fields.Monetary("Yearly Purchases", copy=False)
    learned_from_id = fields.Many2one(
        "res.partner", "Learned From", copy=False, index="btree_not_null",
        ondelete="set null", help="The person at the client who told us.",
    )  # fmt: skip

    # analysis and report
    goal_result = fields.Selection(
        RESULTS, "Goal Reached", copy=False, tracking=True, index="btree_not_null"
    )
    outcome = fields.Selection(
        OUTCOMES,
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="Order: the client buys. Advance: the client does something that moves "
        "the deal. Continuation: nothing agreed. No sale: the client refuses.",
    )
    interest = fields.Selection(
        INTEREST, "Client's Interest", default="0", copy=False, tracking=True
    )
    talk_share = fields.Integer(
        "Client's Share of Talk, %", copy=False, aggregator="avg", tracking=True
    )
    strengths = fields.Text("What Went Well", copy=False)
    mistakes = fields.Text("What Went Wrong", copy=False)
    lesson = fields.Text("Lesson Learned", copy=False, tracking=True)
    next_step = fields.Char(copy=False, tracking=True)
    next_step_date = fields.Date(
        copy=False, tracking=True, compute="_compute_next_step_date", store=True,
        readonly=False, precompute=True,
    )  # fmt: skip
    report_due = fields.Datetime(
        "Report Until", compute="_compute_report_due", store=True, index=True
    )
    date_reported = fields.Datetime("Reported On", copy=False, readonly=True)
    reported_by_id = fields.Many2one(
        "res.users", "Reported By", copy=False, readonly=True, index="btree_not_null"
    )
    reported_on_time = fields.Boolean(
        compute="_compute_reported_on_time", store=True,
        help="Reported within one working day after the meeting.",
    )  # fmt: skip
    is_success = fields.Float(
        "Success Rate", compute="_compute_is_success", store=True, aggregator="avg",
        help="1 when the visit ended in an order or an advance, else 0.",
    )  # fmt: skip
    can_amend = fields.Boolean(compute="_compute_can_amend")

    # before and after
    previous_id = fields.Many2one(
        "regulation.visit", "Previous Visit", index="btree_not_null", copy=False,
        check_company=True, ondelete="set null",
    )  # fmt: skip
    next_ids = fields.One2many("regulation.visit", "previous_id", "Next Visits")
    visit_no = fields.Integer(
        "Visit No.", compute="_compute_visit_no", store=True, recursive=True,
        aggregator=None, help="Which visit of the deal this is.",
    )  # fmt: skip
    is_repeat = fields.Boolean("Repeat Visit", compute="_compute_visit_no", store=True)
    is_over_limit = fields.Boolean(compute="_compute_is_over_limit")
    open_agreement_ids = fields.Many2many(
        "regulation.agreement", string="Open Agreements", compute="_compute_carried"
    )
    open_objection_ids = fields.Many2many(
        "regulation.objection", string="Unresolved Objections",
        compute="_compute_carried",
    )  # fmt: skip
    next_action = fields.Selection(
        [
            ("prepare", "Prepare"),
            ("confirm", "Confirm"),
            ("report", "Report"),
            ("repeat", "Plan Repeat Visit"),
        ],
        compute="_compute_next_action",
    )

    # cancelled or missed
    reason_id = fields.Many2one(
        "regulation.visit.reason", copy=False, tracking=True, ondelete="restrict",
        index="btree_not_null",
    )  # fmt: skip
    reason_note = fields.Char(copy=False, tracking=True)

    _unique_event = models.UniqueIndex(
        "(event_id) WHERE event_id IS NOT NULL",
        "This meeting has a visit already: there is one visit for each occurrence.",
    )
    _positive_duration = models.Constraint(
        "CHECK (duration > 0)", "A visit takes some time: give its duration."
    )
    _talk_share_percent = models.Constraint(
        "CHECK (talk_share BETWEEN 0 AND 100)",
        "The client's share of talk is a percentage from 0 to 100.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("number", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for visit in self:
            parts = filter(None, (visit.number, visit.name))
            visit.display_name = " · ".join(parts)

    @api.depends("partner_id")
    def _compute_name(self):
        for visit in self:
            if not visit.name and visit.partner_id:
                visit.name = self.env._(
                    "Visit: %(client)s", client=visit.partner_id.name or ""
                )

    @api.depends("lead_id")
    def _compute_partner_id(self):
        for visit in self:
            visit.partner_id = (
                visit.lead_id.partner_id.commercial_partner_id or visit.partner_id
            )

    @api.depends("lead_id", "user_id")
    def _compute_team_id(self):
        for visit in self:
            visit.team_id = (
                visit.lead_id.team_id or visit.team_id or visit.user_id.sale_team_id
            )

    @api.depends("lead_id")
    def _compute_company_id(self):
        for visit in self:
            visit.company_id = (
                visit.lead_id.company_id or visit.company_id or self.env.company
            )

    @api.depends("partner_id")
    def _compute_location(self):
        for visit in self:
            partner = visit.partner_id
            visit.location = visit.location or ", ".join(
                filter(None, (partner.city, partner.street, partner.street2))
            )

    @api.depends("date_planned", "duration")
    def _compute_date_planned_end(self):
        for visit in self:
            visit.date_planned_end = visit.date_planned and (
                visit.date_planned + timedelta(minutes=round(visit.duration * 60))
            )

    @api.depends("lead_id", "partner_id", "user_id")
    def _compute_participant_ids(self):
        """Who plans goes there; so does the person the deal is talked over with."""
        for visit in self:
            if visit.participant_ids or not visit.partner_id:
                continue
            contact = visit.lead_id.partner_id
            if contact.is_company or not contact:
                people = visit.partner_id.child_ids.filtered(
                    lambda person: not person.is_company and person.type == "contact"
                )
                contact = people if len(people) == 1 else contact.browse()
            visit.participant_ids = [
                Command.create({"partner_id": partner.id})
                for partner in visit.user_id.partner_id | contact
            ]

    @api.depends("company_id")
    def _compute_checklist_ids(self):
        items = self.env["regulation.visit.checkitem"].search(
            [("company_id", "in", (False, *self.company_id.ids))]
        )
        for visit in self:
            if not visit.checklist_ids:
                visit.checklist_ids = [
                    Command.create({"item_id": item.id})
                    for item in items
                    if not item.company_id or item.company_id == visit.company_id
                ]

    @api.depends("checklist_ids.state")
    def _compute_checklist_done(self):
        for visit in self:
            lines = visit.checklist_ids
            visit.checklist_count = len(lines)
            visit.checklist_done = len(lines.filtered(lambda line: line._is_settled()))

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits._set_origin()
        return visits

    def _set_origin(self):
        """What stays as it was at planning: number, stage, class, visit before."""
        previous = self._get_last_held()
        for visit in self:
            vals = {
                "number": self.env["ir.sequence"]
                .with_company(visit.company_id)
                .next_by_code("regulation.visit"),
                "stage_id": visit.lead_id.stage_id.id,
                **visit._get_client_snapshot(),
            }
            if not visit.previous_id:
                vals["previous_id"] = previous.get(visit)
            # safe: kept by the program, on visits that were just created
            visit.sudo().write(vals)

    def _get_last_held(self):
        """The last visit held before each of these: ``{visit: id}``."""
        held = self.sudo().search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("state", "=", "done"),
                ("id", "not in", self.ids),
            ],
            order="date_start desc, id desc",
        )
        return {
            visit: next(
                (
                    other.id
                    for other in held
                    if other.partner_id == visit.partner_id
                    and other.lead_id == visit.lead_id
                    and other.company_id == visit.company_id
                    and other._get_order_key() < visit._get_order_key()
                ),
                False,
            )
            for visit in self
        }

    def _get_client_snapshot(self):
        """Class and status of the client now, as far as the client room keeps them."""
        partner = self.partner_id.with_company(self.company_id)
        return {
            mine: partner[theirs]
            for mine, theirs in (
                ("client_class", "potential_class"),
                ("client_status", "client_status"),
            )
            if theirs in partner._fields
            and partner[theirs] in dict(self._fields[mine].selection)
        }
