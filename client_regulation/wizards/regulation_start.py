# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.regulation.regulation_duty_result import OWNER_GROUP


class RegulationStart(models.TransientModel):
    """Start a regulation in a living company.

    Takes a template or draft and the sales teams, maps the stages to the columns
    that are there or makes columns, lets every step begin as inform, warn or block
    with a date, and shows the dry run: which open deals would be stopped at which
    step today, by person. Nothing changes for anybody before the approval.
    """

    _name = "regulation.start"
    _description = "Start a Regulation"

    state = fields.Selection(
        [("map", "Teams and Columns"), ("gates", "Gates"), ("dry_run", "Dry Run")],
        default="map",
        required=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source_id = fields.Many2one(
        "regulation.regulation",
        "Template or Draft",
        required=True,
        domain="[('state', 'in', ('template', 'draft')),"
        " ('process', '=', 'acquisition')]",
        default=lambda self: self._default_source_id(),
    )
    regulation_id = fields.Many2one("regulation.regulation", "Draft", readonly=True)
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales Teams",
        domain="[('company_id', 'in', (company_id, False))]",
        help="Leave empty to bind every team of the company.",
    )
    mapping = fields.Selection(
        [
            ("map", "Use the existing columns"),
            ("create", "Make the columns for the team"),
        ],
        default="map",
        required=True,
    )
    begin_gate = fields.Selection(
        [
            ("keep", "As the regulation says"),
            ("inform", "Inform"),
            ("warn", "Warn and record"),
            ("block", "Block"),
        ],
        "Steps Begin As",
        default="keep",
        required=True,
    )
    gate_from = fields.Date(
        "Gates From", help="Until this date every step only informs."
    )
    stage_line_ids = fields.One2many("regulation.start.stage", "wizard_id", "Columns")
    step_line_ids = fields.One2many("regulation.start.step", "wizard_id", "Gates")
    result_line_ids = fields.One2many("regulation.start.result", "wizard_id", "Dry Run")
    deal_count = fields.Integer("Open Deals", readonly=True)
    stopped_count = fields.Integer("Stopped Today", readonly=True)

    @api.model
    def _default_source_id(self):
        return self.env["regulation.regulation"].search(
            [("state", "in", ("draft", "template")), ("process", "=", "acquisition")],
            order="state, id desc",
            limit=1,
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_next(self):
        self.ensure_one()
        if not self.env.user.has_group(OWNER_GROUP):
            raise AccessError(
                self.env._("Only the regulation owner may start a regulation.")
            )
        if self.state == "map":
            if not self.regulation_id:
                self._prepare_draft()
            elif self.stage_line_ids:
                self._apply_columns()
                self._propose_gates()
                self.state = "gates"
        elif self.state == "gates":
            self._apply_gates()
            self._dry_run()
            self.state = "dry_run"
        return self._reopen()

    def action_back(self):
        self.ensure_one()
        self.state = {"dry_run": "gates"}.get(self.state, "map")
        return self._reopen()

    def action_approve(self):
        """Approve the draft from here: the deliberate act of the owner."""
        self.ensure_one()
        self.regulation_id.action_approve()
        return self.regulation_id._get_form_action()

    def action_open_draft(self):
        self.ensure_one()
        return self.regulation_id._get_form_action()

    @api.onchange("begin_gate", "gate_from")
    def _onchange_begin_gate(self):
        for line in self.step_line_ids:
            if self.begin_gate != "keep":
                line.gate = self.begin_gate
            line.gate_from = self.gate_from

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Start a Regulation"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _prepare_draft(self):
        """Copy the template, or take the draft, and propose its columns."""
        source = self.source_id
        if source.state == "template":
            self.regulation_id = source.copy({"company_id": self.company_id.id})
        else:
            self.regulation_id = source
        if self.regulation_id.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "“%(edition)s” belongs to another company.",
                    edition=self.regulation_id.display_name,
                )
            )
        self._propose_columns()

    def _get_columns(self):
        """Columns that the chosen teams see, in pipeline order."""
        domain = [("team_ids", "=", False)]
        if self.team_ids:
            domain = ["|", ("team_ids", "in", self.team_ids.ids), *domain]
        return self.env["crm.stage"].search(domain)

    def _propose_columns(self):
        """Stages and columns in their order; the last stage takes the won column."""
        stages = self.regulation_id.stage_ids
        columns = self._get_columns()
        won = columns.filtered("is_won")[:1]
        open_columns = columns - columns.filtered("is_won")
        proposal = dict(zip(stages, open_columns, strict=False))
        if won and stages:
            proposal[stages[-1]] = won
        for stage in stages:
            if stage.crm_stage_id:
                proposal[stage] = stage.crm_stage_id
        creating = self.mapping == "create"
        self.stage_line_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {
                    "stage_id": stage.id,
                    "crm_stage_id": not creating
                    and proposal.get(stage, columns[:0]).id,
                    "create_column": creating,
                    "is_won": stage == stages[-1],
                }
            )
            for stage in stages
        ]

    def _apply_columns(self):
        """Write teams and columns into the draft, making the columns asked for."""
        regulation = self.regulation_id
        regulation.scope_ids = [fields.Command.clear()] + [
            fields.Command.create({"team_id": team.id}) for team in self.team_ids
        ]
        if not self.team_ids:
            regulation.scope_ids = [fields.Command.create({})]
        regulation.stage_ids.write({"crm_stage_id": False})
        # before the general columns: a new deal of the team begins in the first
        first = self.env["crm.stage"].search([], order="sequence", limit=1).sequence
        first -= len(self.stage_line_ids)
        for index, line in enumerate(self.stage_line_ids):
            if line.create_column and not line.crm_stage_id:
                # the head of sales may not edit columns; the owner's act makes them
                column = line.crm_stage_id = (
                    self.env["crm.stage"]
                    .sudo()
                    .create(
                        {
                            "name": line.stage_id.display_name,
                            "sequence": first + index,
                            "team_ids": [fields.Command.set(self.team_ids.ids)],
                            "is_won": line.is_won,
                            "requirements": line.stage_id.condition,
                        }
                    )
                )
                # everybody sees the pipeline in their own language
                for lang, _name in self.env["res.lang"].get_installed():
                    stage = line.stage_id.with_context(lang=lang)
                    column.with_context(lang=lang).name = stage.display_name
            line.stage_id.crm_stage_id = line.crm_stage_id

    def _propose_gates(self):
        steps = self.regulation_id.step_ids.filtered(lambda s: s.subject == "deal")
        self.step_line_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {
                    "step_id": step.id,
                    "gate": step.gate if self.begin_gate == "keep" else self.begin_gate,
                    "gate_from": self.gate_from or step.gate_from,
                }
            )
            for step in steps
        ]

    def _apply_gates(self):
        for line in self.step_line_ids:
            line.step_id.write({"gate": line.gate, "gate_from": line.gate_from})

    def _dry_run(self):
        """Ask the gate what each open deal would lack for its next column today."""
        plan = self.env["regulation.regulation"]._get_plan(self.regulation_id.id)
        leads = self._get_open_deals()
        owed, columns = {}, {}
        for lead in leads:
            stage = plan.stage_at(lead.stage_id.id)
            if stage:
                owed[lead] = (plan, None, [(stage, False)])
                columns[lead.id] = stage.id
        unmet = self.env["regulation.gate"]._get_unmet(owed)
        self.result_line_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {
                    "lead_id": lead_id,
                    "stage_id": columns[lead_id],
                    "step_id": blocker.step_id,
                    "gate": blocker.gate,
                }
            )
            for lead_id, blockers in unmet.items()
            for blocker in blockers
        ]
        self.deal_count = len(leads)
        self.stopped_count = sum(
            any(b.blocks for b in blockers) for blockers in unmet.values()
        )

    def _get_open_deals(self):
        domain = [
            ("type", "=", "opportunity"),
            ("won_status", "=", "pending"),
            ("company_id", "in", (self.company_id.id, False)),
            ("regulation_id", "=", False),
        ]
        if self.team_ids:
            domain.append(("team_id", "in", self.team_ids.ids))
        # safe: an owner answers for all deals, and sees them by name and step only
        return self.env["crm.lead"].sudo().search(domain)


class RegulationStartStage(models.TransientModel):
    _name = "regulation.start.stage"
    _description = "Column of a Stage at the Start"
    _order = "id"

    wizard_id = fields.Many2one(
        "regulation.start", required=True, index=True, ondelete="cascade"
    )
    stage_id = fields.Many2one("regulation.stage", readonly=True)
    crm_stage_id = fields.Many2one("crm.stage", "Column")
    create_column = fields.Boolean("Make a Column")
    is_won = fields.Boolean("Won Column")


class RegulationStartStep(models.TransientModel):
    _name = "regulation.start.step"
    _description = "Gate of a Step at the Start"
    _order = "id"

    wizard_id = fields.Many2one(
        "regulation.start", required=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one("regulation.step", readonly=True)
    gate = fields.Selection(
        [("inform", "Inform"), ("warn", "Warn and record"), ("block", "Block")],
        required=True,
    )
    gate_from = fields.Date("From")


class RegulationStartResult(models.TransientModel):
    _name = "regulation.start.result"
    _description = "Dry Run: a Deal Stopped at a Step"
    _order = "user_id, lead_id, id"

    wizard_id = fields.Many2one(
        "regulation.start", required=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    user_id = fields.Many2one(related="lead_id.user_id", store=True)
    stage_id = fields.Many2one("regulation.stage", readonly=True)
    step_id = fields.Many2one("regulation.step", "Stopped At", readonly=True)
    gate = fields.Selection(
        [("inform", "Inform"), ("warn", "Warn and record"), ("block", "Block")],
        readonly=True,
    )
