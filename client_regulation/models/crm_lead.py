# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_logger = logging.getLogger(__name__)

#: a write on these may move a deal in its regulation
MOVING_FIELDS = frozenset({
    "stage_id", "team_id", "company_id", "type", "active", "user_id", "partner_id",
    "probability", "lost_reason_id",
})  # fmt: skip

#: kept by the engine; written by nobody else, by no route
ENGINE_FIELDS = frozenset({
    "regulation_id", "passage_ids", "regulation_duty_ids", "regulation_deviation_ids",
    "regulation_progress", "regulation_state", "regulation_next_due",
    "regulation_compliance", "regulation_hold_until", "regulation_hold_since",
    "regulation_hold_reason_id",
})  # fmt: skip

STATES = [
    ("on_track", "On track"),
    ("due_soon", "Due soon"),
    ("overdue", "Overdue"),
    ("on_hold", "On hold"),
]


class CrmLead(models.Model):
    """A deal under the regulation: the door; the room is `models/regulation/`."""

    _name = "crm.lead"
    _inherit = [
        "regulation.deal.lead.mixin",
        "regulation.lead.talk.mixin",
        "regulation.crm.lead.visit.mixin",
        "crm.lead",
    ]

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    regulation_id = fields.Many2one(
        "regulation.regulation",
        "Regulation",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The edition that was in force when the deal entered the pipeline.",
    )
    # of the client, in the company of the reader: whom to call first (Reg. 2.2)
    client_abc_class = fields.Selection(
        related="partner_id.commercial_partner_id.abc_class", string="ABC Class"
    )
    client_is_key = fields.Boolean(
        related="partner_id.commercial_partner_id.is_key_client", string="Key Client"
    )
    passage_ids = fields.One2many(
        "regulation.passage", "lead_id", "Passages", copy=False, readonly=True
    )
    regulation_duty_ids = fields.One2many(
        "regulation.duty", "lead_id", "All Duties", copy=False, readonly=True
    )
    regulation_deviation_ids = fields.One2many(
        "regulation.deviation", "lead_id", "Deviations", copy=False, readonly=True
    )
    regulation_progress = fields.Float(
        "Stage Progress",
        copy=False,
        readonly=True,
        aggregator="avg",
        help="Share of the steps of the present stage that are done or waived.",
    )
    regulation_state = fields.Selection(STATES, copy=False, readonly=True)
    regulation_next_due = fields.Datetime("Next Deadline", copy=False, readonly=True)
    regulation_compliance = fields.Float(
        "Compliance",
        copy=False,
        readonly=True,
        aggregator="avg",
        help="Share of the duties of this deal done in time and without waiver.",
    )
    regulation_hold_until = fields.Date("On Hold Until", copy=False, readonly=True)
    regulation_hold_since = fields.Datetime("On Hold Since", copy=False, readonly=True)
    regulation_hold_reason_id = fields.Many2one(
        "regulation.deviation.reason", "Hold Reason", copy=False, readonly=True
    )

    # what the form shows
    regulation_stage_id = fields.Many2one(
        "regulation.stage",
        "Regulation Stage",
        compute="_compute_regulation_stage_id",
        search="_search_regulation_stage_id",
    )
    regulation_open_duty_ids = fields.Many2many(
        "regulation.duty",
        string="Steps of This Stage",
        compute="_compute_regulation_open_duty_ids",
    )
    regulation_missing = fields.Html(
        "Missing for the Next Column",
        compute="_compute_regulation_missing",
        sanitize=False,
    )
    regulation_deviation_count = fields.Integer(
        "Number of Deviations", compute="_compute_regulation_counts"
    )
    regulation_passage_count = fields.Integer(
        "Number of Passages", compute="_compute_regulation_counts"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    def _get_open_passages(self):
        """The stay of each regulated deal in its stage: ``{lead_id: passage}``."""
        regulated = self.filtered("regulation_id")
        if not regulated:
            return {}
        passages = self.env["regulation.passage"].search(
            [("lead_id", "in", regulated._origin.ids), ("left_on", "=", False)]
        )
        return {passage.lead_id.id: passage for passage in passages}

    @api.depends("passage_ids.left_on")
    def _compute_regulation_stage_id(self):
        passages = self._get_open_passages()
        for lead in self:
            passage = passages.get(lead._origin.id)
            lead.regulation_stage_id = passage and passage.stage_id

    # apart from the stage: the ORM checks the access to each deal's duties, which a
    # list of deals does not show
    @api.depends("passage_ids.left_on", "passage_ids.duty_ids.state")
    def _compute_regulation_open_duty_ids(self):
        passages = self._get_open_passages()
        for lead in self:
            passage = passages.get(lead._origin.id)
            lead.regulation_open_duty_ids = passage and passage.duty_ids.filtered(
                lambda duty: duty.state != "cancelled"
            )

    @api.model
    def _search_regulation_stage_id(self, operator, value):
        passages = self.env["regulation.passage"]._search(
            [("left_on", "=", False), ("stage_id", operator, value)]
        )
        return [("passage_ids", "in", passages)]

    @api.depends("stage_id", "passage_ids.left_on", "passage_ids.duty_ids.state")
    @api.depends_context("lang")
    def _compute_regulation_missing(self):
        regulated = self.filtered("regulation_id")
        (self - regulated).regulation_missing = False
        for lead, (column, blockers) in regulated._get_next_blockers().items():
            lead.regulation_missing = lead._render_blockers(column, blockers)

    def _compute_regulation_counts(self):
        regulated = self.filtered("regulation_id")
        deviations, passages = {}, {}
        if regulated:
            domain = [("lead_id", "in", regulated.ids)]
            deviations = dict(
                self.env["regulation.deviation"]._read_group(
                    domain, ["lead_id"], ["__count"]
                )
            )
            passages = dict(
                self.env["regulation.passage"]._read_group(
                    domain, ["lead_id"], ["__count"]
                )
            )
        for lead in self:
            lead.regulation_deviation_count = deviations.get(lead, 0)
            lead.regulation_passage_count = passages.get(lead, 0)

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        # crm hides a team's own column while it is empty; a deal could not be
        # dragged into its next stage
        stages = super()._read_group_stage_ids(stages, domain)
        if self.env["regulation.regulation"]._is_engine_running():
            columns = self.env["regulation.scope"]._get_columns(
                self.env.company.id, self.env.user.crm_team_ids.ids
            )
            stages = (stages | stages.browse(columns)).sorted()
        return stages

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        # a default in the context, or of a user, must not pin a deal to an edition
        values = super().default_get(fields)
        return {name: values[name] for name in values.keys() - ENGINE_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_regulation_fields(vals)
        leads = super().create(vals_list)
        if self.env["regulation.regulation"]._is_engine_running():
            self.env["regulation.engine"]._sync(leads)
        return leads

    def write(self, vals):
        self._check_regulation_fields(vals)
        names = frozenset(vals)
        running = self and self.env["regulation.regulation"]._is_engine_running()
        moving = running and names & MOVING_FIELDS
        before = self.env["regulation.engine"]._get_standings(self) if moving else {}
        result = super().write(vals)
        if running:
            engine = self.env["regulation.engine"]
            moved = self.browse()
            if moving:
                moved = self & engine._sync(self, before)
                self._check_regulation_lost()
            # the steps of a stage just entered have been looked at
            engine._facts_changed(moved, "crm.lead", names - {"stage_id"})
            engine._facts_changed(self - moved, "crm.lead", names)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_regulation_duties(self):
        # the database would cascade them, but not their messages and activities
        if self.env["regulation.regulation"]._has_books():
            self.env["regulation.duty"].sudo().search(
                [("lead_id", "in", self.ids)]
            ).unlink()

    def _check_regulation_fields(self, vals):
        touched = ENGINE_FIELDS & vals.keys()
        # forms send empty commands for the lists they show
        touched = {name for name in touched if vals[name] or not name.endswith("_ids")}
        if touched:
            labels = ", ".join(
                sorted(
                    self._fields[name]._description_string(self.env) for name in touched
                )
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of a deal are kept by the regulation and cannot be "
                    "written. Use the buttons of the deal, or the wizards of the "
                    "regulation.",
                    fields=labels,
                )
            )

    def _check_regulation_lost(self):
        """A regulated deal is lost with a reason: what is lost without one teaches
        nobody. (Crm archives before it writes the reason: asked when both are in.)"""
        for lead in self.sudo():
            if (
                lead.won_status == "lost"
                and lead.regulation_id
                and not lead.lost_reason_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%(deal)s” is regulated and can be marked as lost only with a "
                        "reason. Press “Lost” and choose one.",
                        deal=lead.name,
                    )
                )

    # ------------------------------------------------------------
    # IMPORT
    # ------------------------------------------------------------

    def _load_records(self, data_list, update=False):
        """Import row by row where a batch is refused.

        `load` would write the refusal of a whole batch over its first row too, be
        that row good or bad; told of anything but a UserError it asks each row for
        its own message instead.
        """
        try:
            return super()._load_records(data_list, update)
        except UserError as refusal:
            if len(data_list) > 1 and "_import_current_module" in self.env.context:
                raise RuntimeError("one row at a time, please") from refusal
            raise

    # ------------------------------------------------------------
    # CONVERSION & MERGE
    # ------------------------------------------------------------

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        if not self.env.context.get("regulation_leave_refused"):
            return super().convert_opportunity(partner, user_ids, team_id)
        # one lead that the gate stops must not end the assignment of all others
        try:
            with self.env.cr.savepoint():
                return super().convert_opportunity(partner, user_ids, team_id)
        except UserError as refusal:
            _logger.info("Leads %s stay unassigned: %s", self.ids, refusal)
            return False

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        head = super()._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=False, max_length=max_length
        )
        tail = self - head
        self.env["regulation.engine"]._check_merged_away(head, tail)
        if auto_unlink:
            # safe for the reason crm gives: who merges deals has the right to see them
            tail.sudo().unlink()
        return head

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["regulation.seating"]._merge_history(self, opportunities)
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_set_lost(self, **additional_values):
        # crm archives first and writes the reason after; a deal whose probability
        # is 0 already would be lost without a reason in between
        regulated = self.filtered("regulation_id")
        if regulated and additional_values.get("lost_reason_id"):
            regulated.write({"lost_reason_id": additional_values["lost_reason_id"]})
        return super().action_set_lost(**additional_values)

    def action_regulation_hold(self):
        """Put deals on hold with a reason and a date: their clocks stop."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put on Hold"),
            "res_model": "regulation.lead.hold",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_regulation_resume(self):
        """End the hold; the deadlines move on by the time held."""
        self.check_access("write")
        self._regulation_resume()
        return True

    def action_open_regulation_passages(self):
        return self._get_regulation_action("regulation_passage_action")

    def action_open_regulation_deviations(self):
        return self._get_regulation_action("regulation_deviation_action")

    def _get_regulation_action(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"client_regulation.{xmlid}"
        )
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_gate_blockers(self, target_stage):
        """Per deal the unmet steps for a move to a column of the pipeline.

        The refusal, the form, the dry run and the report all read this.

        :param target_stage: crm.stage
        :return: ``{lead_id: [Blocker, …]}`` with an empty list where nothing lacks
        """
        return self.env["regulation.gate"]._get_blockers(self, target_stage)

    def _get_next_blockers(self):
        """``{lead: (next column, [Blocker, …])}`` for regulated deals."""
        Regulation = self.env["regulation.regulation"]
        seats = self.env["regulation.gate"]._get_seats(self._origin.ids)
        columns = {}
        for lead in self:
            plan = Regulation._get_plan(lead.regulation_id.id)
            seat = seats.get(lead._origin.id)
            here = plan.stage(seat.stage_id).index if seat else -1
            columns[lead] = next(
                (s.crm_stage_id for s in plan.stages[here + 1 :] if s.crm_stage_id), 0
            )
        result = {}
        for column_id in set(columns.values()):
            leads = self.filtered(lambda lead, c=column_id: columns[lead] == c)
            column = self.env["crm.stage"].browse(column_id or ())
            blockers = leads._origin._get_gate_blockers(column) if column else {}
            for lead in leads:
                result[lead] = (column, blockers.get(lead._origin.id, []))
        return result

    def _render_blockers(self, column, blockers):
        if not column:
            return False
        if not blockers:
            return Markup("<span class='text-success'>%s</span>") % self.env._(
                "Nothing is missing for “%(column)s”.", column=column.name
            )
        Step = self.env["regulation.step"].sudo()
        colours = {"block": "danger", "warn": "warning", "inform": "info"}
        labels = {
            "block": self.env._("blocks"),
            "warn": self.env._("warns"),
            "inform": self.env._("informs"),
        }
        rows = Markup("").join(
            Markup(
                "<li class='mb-1'><span class='badge text-bg-%s me-1'>%s</span>"
                "<b>%s</b> – %s</li>"
            )
            % (
                colours[blocker.gate],
                labels[blocker.gate],
                Step.browse(blocker.step_id).display_name,
                self._render_lack(blocker),
            )
            for blocker in blockers
        )
        return Markup("<ul class='list-unstyled mb-0'>%s</ul>") % rows

    @api.model
    def _render_lack(self, blocker):
        """What is missing, as a link to the page where it is given."""
        if not blocker.url:
            return blocker.missing
        return Markup("<a href='%s'>%s</a>") % (blocker.url, blocker.missing)

    def _regulation_hold(self, until, reason):
        """Stop the clocks of regulated deals until a date."""
        self.check_access("write")
        self.env["regulation.hold"]._hold(self, until, reason)

    def _regulation_resume(self):
        self.env["regulation.hold"]._resume(self)
