# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from babel.dates import format_interval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import babel_locale_parse, format_date, get_lang


class RegulationDuty(models.Model):
    """What somebody owes because of a step of the regulation. (Promise P3)

    Opened by the engine when a deal enters a stage, a period begins or an event
    happens; finished by the person with the proof the step asks for. People have
    no write access: every result goes through the methods below, which check who
    asks and write who did it and when.
    """

    _name = "regulation.duty"
    _description = "Duty of the Regulation"
    _inherit = ["regulation.duty.result", "mail.thread", "mail.activity.mixin"]
    _order = "due_on, id"
    _rec_name = "step_id"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    step_id = fields.Many2one(
        "regulation.step", required=True, index=True, ondelete="restrict"
    )
    stage_id = fields.Many2one("regulation.stage", ondelete="restrict")
    regulation_id = fields.Many2one(related="step_id.regulation_id", string="Edition")
    subject = fields.Selection(related="step_id.subject")
    requirement = fields.Text(related="step_id.requirement")
    why = fields.Text(related="step_id.why")
    proof = fields.Char(related="step_id.proof", string="Proof Expected")
    proof_kind = fields.Selection(related="step_id.proof_kind")
    check = fields.Selection(related="step_id.check")
    gate = fields.Selection(related="step_id.gate")
    role_id = fields.Many2one("regulation.role")

    # what it is about
    passage_id = fields.Many2one(
        "regulation.passage", index="btree_not_null", ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Client", index="btree_not_null", ondelete="set null"
    )
    team_id = fields.Many2one("crm.team", "Sales Team")
    company_id = fields.Many2one("res.company", required=True)
    date_from = fields.Date("Period From")
    date_to = fields.Date("Period Until", help="First day after the period.")

    # who
    user_id = fields.Many2one("res.users", "Responsible")
    receiver_id = fields.Many2one("res.users", "Receiver", index="btree_not_null")

    # when and with what result
    start_on = fields.Datetime("Counted From")
    due_on = fields.Datetime("Due")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("done", "Done"),
            ("waived", "Waived"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
    )
    done_on = fields.Datetime()
    done_by_id = fields.Many2one("res.users", "Done By")
    confirmed_on = fields.Datetime("Received On")
    proof_note = fields.Text("Note")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    compliance = fields.Float(
        aggregator="avg",
        help="100 when done in time and without waiver, else 0. Empty while that is "
        "not known; averages leave the empty ones out.",
    )
    verdict = fields.Selection(
        [
            ("on_time", "In time"),
            ("late", "Late"),
            ("waived", "Waived"),
            ("missed", "Not done"),
        ],
        help="Empty while nobody can know it yet.",
    )
    reminded_on = fields.Datetime()
    escalated_on = fields.Datetime()
    needs_activity = fields.Boolean()

    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_overdue")
    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")
    due_state = fields.Selection(
        [
            ("later", "Later"),
            ("soon", "Due soon"),
            ("overdue", "Overdue"),
            ("closed", "Closed"),
        ],
        compute="_compute_is_overdue",
    )
    can_complete = fields.Boolean(compute="_compute_is_mine")
    can_waive = fields.Boolean(compute="_compute_can_waive")
    can_undo = fields.Boolean(compute="_compute_can_undo")
    can_confirm = fields.Boolean(compute="_compute_can_undo")
    period_label = fields.Char("Period", compute="_compute_period_label")

    _period_once = models.UniqueIndex(
        "(step_id, COALESCE(user_id, 0), date_from) WHERE date_from IS NOT NULL",
        "A person owes a step once in a period.",
    )
    # few indexes on purpose: a thousand deals that move bear thousands of duties
    _open_by_user = models.Index("(user_id, due_on) WHERE state = 'open'")
    _open_by_due = models.Index("(due_on) WHERE state = 'open'")
    _unscheduled = models.Index("(id) WHERE needs_activity")

    # ------------------------------------------------------------
    # COMPUTE & SEARCH
    # ------------------------------------------------------------

    @api.depends("step_id", "lead_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for duty in self:
            name = duty.step_id.display_name or ""
            if duty.lead_id:
                name = f"{name} – {duty.lead_id.sudo().name}"
            elif duty.date_from:
                name = f"{name} – {duty._get_period_label()}"
            duty.display_name = name

    @api.depends("due_on", "state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        soon = self.env["regulation.time"]._get_soon_limit(now)
        for duty in self:
            due = duty.due_on
            duty.is_overdue = duty.state == "open" and bool(due) and due < now
            if duty.state != "open":
                duty.due_state = "closed"
            elif duty.is_overdue:
                duty.due_state = "overdue"
            else:
                duty.due_state = "soon" if due and due <= soon else "later"

    @api.model
    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "open") & Domain(
            "due_on", "<", fields.Datetime.now()
        )
        if set(value) == {True}:
            return overdue
        return ~overdue if set(value) == {False} else Domain.TRUE

    @api.depends_context("uid")
    @api.depends("user_id", "receiver_id", "done_on", "state")
    def _compute_is_mine(self):
        user = self.env.user
        for duty in self:
            duty.is_mine = user in (duty.user_id, duty.receiver_id)
            duty.can_complete = (
                duty.state == "open" and not duty.done_on and duty._may_complete(user)
            )

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("user_id", "=", self.env.uid) | Domain(
            "receiver_id", "=", self.env.uid
        )

    @api.depends_context("uid")
    @api.depends("team_id", "state")
    def _compute_can_waive(self):
        for duty in self:
            duty.can_waive = duty.state == "open" and duty._may_waive(self.env.user)

    @api.depends_context("uid")
    @api.depends("state", "done_on", "done_by_id", "receiver_id", "passage_id.left_on")
    def _compute_can_undo(self):
        """Which buttons to show; the methods behind them check again."""
        user = self.env.user
        for duty in self:
            left = duty.sudo().passage_id.left_on
            duty.can_undo = duty.state == "done" and (
                (duty.done_by_id == user and not left) or duty._may_waive(user)
            )
            duty.can_confirm = (
                duty.state == "open"
                and bool(duty.done_on)
                and (duty.receiver_id == user or duty._may_waive(user))
            )

    @api.depends("date_from", "date_to", "step_id.period")
    @api.depends_context("lang")
    def _compute_period_label(self):
        for duty in self:
            duty.period_label = bool(duty.date_from) and duty._get_period_label()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._refuse_by_hand()
        return super().write(vals)

    def _refuse_by_hand(self):
        raise AccessError(
            self.env._(
                "Duties are kept by the regulation. Use “Done”, “Waive” or “Hand "
                "Over”; results cannot be written by hand or by import."
            )
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_done(self):
        """Complete with one click; ask for the proof where the step wants it."""
        asking = self.filtered(lambda duty: duty._needs_proof_dialog())
        if asking and len(self) == 1:
            return self._get_wizard_action(
                "regulation.duty.complete", self.env._("Complete Step")
            )
        for duty in asking:
            raise UserError(
                self.env._(
                    "“%(duty)s” asks for a note or a file. Complete it on its own.",
                    duty=duty.display_name,
                )
            )
        self._lead_to_fact()
        self._complete()
        return True

    def action_undo(self):
        """Take back a wrong tick: by who made it until the stage is left, then by
        the head of sales."""
        user = self.env.user
        for duty in self.sudo():
            if duty.state != "done":
                raise UserError(
                    self.env._("“%(duty)s” is not done.", duty=duty.display_name)
                )
            left = duty.passage_id and duty.passage_id.left_on
            own = duty.done_by_id == user and not left
            if not own and not duty._may_waive(user):
                raise AccessError(
                    self.env._(
                        "“%(duty)s” was completed by %(person)s. Only they can take it "
                        "back until the stage is left, and the head of sales after "
                        "that.",
                        duty=duty.display_name,
                        person=duty.done_by_id.name or "—",
                    )
                )
        self._reopen()
        return True

    def action_confirm(self):
        """The receiver confirms that the document arrived."""
        user = self.env.user
        for duty in self.sudo():
            if duty.receiver_id != user and not duty._may_waive(user):
                raise AccessError(
                    self.env._(
                        "“%(duty)s” is confirmed by its receiver, %(person)s.",
                        duty=duty.display_name,
                        person=duty.receiver_id.name or "—",
                    )
                )
            if not duty.done_on:
                raise UserError(
                    self.env._(
                        "“%(duty)s” has not been sent yet; there is nothing to "
                        "confirm.",
                        duty=duty.display_name,
                    )
                )
        self._confirm()
        return True

    def action_waive(self):
        self.ensure_one()
        return self._get_wizard_action(
            "regulation.step.waive", self.env._("Waive Step"), default_duty_ids=self.ids
        )

    def action_open_text(self):
        self.ensure_one()
        return self.step_id.action_open_text()

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

    def _get_wizard_action(self, model, name, **context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_duty_id": self.id, **context},
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_period_label(self):
        """«November 2025», «Q4 2025», or the days of a week."""
        self.ensure_one()
        pattern = {"month": "LLLL yyyy", "quarter": "QQQ yyyy"}.get(self.step_id.period)
        if pattern:
            label = format_date(self.env, self.date_from, date_format=pattern)
            return label[:1].upper() + label[1:]
        return format_interval(
            self.date_from,
            fields.Date.subtract(self.date_to, days=1),
            "yMMMd",
            locale=babel_locale_parse(get_lang(self.env).code),
        )

    def _hand_over(self, user):
        """Give open duties to somebody else, activities included."""
        duties = self.sudo().filtered(lambda duty: duty.state == "open")
        duties.write({"user_id": user.id})
        activities = duties.activity_ids.filtered(lambda a: a.automated)
        activities.write({"user_id": user.id})
        return duties

    def _close_activities(self):
        """Close the activities that the engine made for these duties."""
        types = ["client_regulation.mail_activity_type_duty"]
        for duty in self.sudo().filtered("activity_ids"):
            if duty.done_on and duty.state != "waived":
                duty.activity_feedback(types, feedback=duty.proof_note)
            elif duty.state != "open":
                duty.activity_unlink(types)

    def _after_change(self):
        leads = self.sudo().lead_id
        if leads:
            self.env["regulation.figures"]._refresh(leads.ids)

    def _schedule_activities(self):
        """Give people their activities, with the due date in their own time zone."""
        for duty in self.filtered(lambda d: d.state == "open" and d.user_id):
            responsible = duty.receiver_id if duty.done_on else duty.user_id
            due = duty.due_on or fields.Datetime.now()
            duty.activity_schedule(
                "client_regulation.mail_activity_type_duty",
                date_deadline=fields.Datetime.context_timestamp(
                    duty.with_context(tz=responsible.tz or "UTC"), due
                ).date(),
                summary=duty.with_context(lang=responsible.lang).display_name,
                user_id=(responsible or duty.user_id).id,
            )
        self.write({"needs_activity": False})
