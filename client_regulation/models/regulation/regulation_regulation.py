# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools.plan import EditionPlan, StagePlan, StepPlan

#: written by approval, new edition and repeal alone, never by a form or RPC
LIFECYCLE_FIELDS = frozenset({
    "state", "date_to", "approved_by_id", "approved_on", "previous_id",
})  # fmt: skip

#: what the signature stands for: frozen once the edition is in force
CONTENT_FIELDS = frozenset({
    "name", "process", "company_id", "edition", "number", "date_from", "place",
    "change_note", "scope_ids", "provision_ids", "stage_ids", "owner_id",
})  # fmt: skip

#: states in which deals may be pinned to an edition
LIVE_STATES = ("in_force", "superseded")


class RegulationRegulation(models.Model):
    """One edition of the company's regulation of one process. (Reg. 1, 2, 3)

    Shipped editions are templates without a company; a company works on copies:
    draft → in force → superseded by the next edition, or repealed. What is in
    force is read-only for everybody; a change of content is a new edition.
    """

    _name = "regulation.regulation"
    _description = "Regulation Edition"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "process, state, edition desc, id desc"
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    process = fields.Selection(
        [
            ("acquisition", "Attracting clients"),
            ("servicing", "Servicing clients"),
            ("base_analysis", "Analysis of the client base"),
        ],
        required=True,
        default="acquisition",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self._default_company_id(),
        tracking=True,
    )
    edition = fields.Integer(
        default=1, required=True, copy=False, tracking=True, aggregator=None
    )
    number = fields.Char(
        "Document No.",
        copy=False,
        help="Number of the document in the company's own register; it is printed "
        "on the title page.",
    )
    place = fields.Char("Place of Issue", translate=True)
    state = fields.Selection(
        [
            ("template", "Template"),
            ("draft", "Draft"),
            ("in_force", "In force"),
            ("superseded", "Superseded"),
            ("repealed", "Repealed"),
        ],
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    date_from = fields.Date("In Force From", copy=False, index=True)
    date_to = fields.Date(
        "In Force Until",
        copy=False,
        readonly=True,
        help="First day on which this edition is no longer in force.",
    )
    previous_id = fields.Many2one(
        "regulation.regulation",
        "Previous Edition",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    next_ids = fields.One2many("regulation.regulation", "previous_id", "Next Editions")
    change_note = fields.Text(
        "Reason for the Change",
        copy=False,
        translate=True,
        help="Why this edition replaces the previous one. Printed in the change "
        "register.",
    )
    change_summary = fields.Html(
        "Differences", compute="_compute_change_summary", sanitize=False
    )
    owner_id = fields.Many2one(
        "res.users",
        "Regulation Owner",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Answers for the text and keeps it up to date.",
    )
    approved_by_id = fields.Many2one(
        "res.users", "Approved By", copy=False, readonly=True
    )
    approved_on = fields.Datetime(copy=False, readonly=True)

    # content
    scope_ids = fields.One2many(
        "regulation.scope", "regulation_id", "Sales Teams", copy=False
    )
    provision_ids = fields.One2many(
        "regulation.provision", "regulation_id", "General Provisions", copy=True
    )
    stage_ids = fields.One2many(
        "regulation.stage", "regulation_id", "Stages", copy=True
    )
    step_ids = fields.One2many("regulation.step", "regulation_id", "Steps", copy=False)
    team_ids = fields.Many2many("crm.team", string="Teams", compute="_compute_team_ids")

    # people and paper
    acknowledgement_ids = fields.One2many(
        "regulation.acknowledgement", "regulation_id", "Acknowledgements"
    )
    printout_ids = fields.One2many(
        "regulation.printout", "regulation_id", "Signed Files"
    )

    # what is missing, before anybody has to try
    gap_text = fields.Html(
        "Missing for Approval", compute="_compute_gap_text", sanitize=False
    )
    stage_count = fields.Integer(compute="_compute_counts")
    step_count = fields.Integer(compute="_compute_counts")
    deal_count = fields.Integer("Running Deals", compute="_compute_counts")
    acknowledged_count = fields.Integer(compute="_compute_counts")
    acknowledgement_count = fields.Integer(compute="_compute_counts")
    to_acknowledge = fields.Boolean(compute="_compute_to_acknowledge")

    # ------------------------------------------------------------
    # CONSTRAINTS & INDEXES
    # ------------------------------------------------------------

    _company_required = models.Constraint(
        "CHECK (state = 'template' OR company_id IS NOT NULL)",
        "An edition that is not a template belongs to a company.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "An edition cannot end before it comes into force.",
    )

    # ------------------------------------------------------------
    # DEFAULTS & COMPUTE
    # ------------------------------------------------------------

    @api.model
    def _default_company_id(self):
        if self.env.context.get("default_state") == "template":
            return False
        return self.env.company

    @api.depends("name", "edition", "state")
    def _compute_display_name(self):
        for regulation in self:
            if regulation.state == "template":
                regulation.display_name = self.env._(
                    "%(name)s (template)", name=regulation.name or ""
                )
            else:
                regulation.display_name = self.env._(
                    "%(name)s, edition %(edition)s",
                    name=regulation.name or "",
                    edition=regulation.edition,
                )

    @api.depends("scope_ids.team_id")
    def _compute_team_ids(self):
        for regulation in self:
            regulation.team_ids = regulation.scope_ids.team_id

    def _compute_counts(self):
        Lead = self.env["crm.lead"].sudo()
        deals = dict(
            Lead._read_group(
                [("regulation_id", "in", self.ids), ("won_status", "=", "pending")],
                ["regulation_id"],
                ["__count"],
            )
        )
        for regulation in self:
            acknowledgements = regulation.acknowledgement_ids
            regulation.stage_count = len(regulation.stage_ids)
            regulation.step_count = len(regulation.step_ids)
            regulation.deal_count = deals.get(regulation, 0)
            regulation.acknowledgement_count = len(acknowledgements)
            regulation.acknowledged_count = len(
                acknowledgements.filtered("acknowledged_on")
            )

    @api.depends_context("uid")
    @api.depends("acknowledgement_ids.acknowledged_on")
    def _compute_to_acknowledge(self):
        """Editions that wait for me to confirm that I have read them."""
        waiting = self._get_own_acknowledgements().regulation_id
        for regulation in self:
            regulation.to_acknowledge = regulation in waiting

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("state", "company_id")
    def _check_template_has_no_company(self):
        for regulation in self:
            if regulation.state == "template" and regulation.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is a template: it belongs to no company. Copy it "
                        "as a draft to work on it.",
                        name=regulation.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            state = vals.get("state") or "draft"
            if state != "draft" and not (state == "template" and self.env.su):
                raise AccessError(
                    self.env._(
                        "An edition begins as a draft and comes into force by approval."
                    )
                )
            if state == "template":
                vals.setdefault("company_id", False)
                vals.setdefault("owner_id", False)
        records = super().create(vals_list)
        records._clear_plans()
        return records

    def write(self, vals):
        touched = LIFECYCLE_FIELDS & vals.keys()
        if touched and not self._is_template_refresh(vals):
            raise AccessError(
                self.env._(
                    "The state of an edition and its approval stamp are set by "
                    "“Approve”, “New Edition” and “Repeal”, not by hand."
                )
            )
        if CONTENT_FIELDS & vals.keys():
            self._check_content_is_open(self._description)
        result = super().write(vals)
        self._clear_plans()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for regulation in self:
            if regulation.state == "template":
                raise UserError(
                    self.env._(
                        "“%(name)s” is a template of the module and cannot be deleted. "
                        "Archive it if it is in the way.",
                        name=regulation.name,
                    )
                )
            if regulation.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(name)s” has been in force and is kept as evidence. Repeal "
                        "it, or archive it once it is repealed or superseded.",
                        name=regulation.display_name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for regulation, vals in zip(self, vals_list, strict=True):
            # the next free edition number of the company's own series
            company = vals.get("company_id") or self.env.company.id
            vals["company_id"] = company
            vals["owner_id"] = vals.get("owner_id") or self.env.uid
            vals.setdefault(
                "edition", self._next_edition_number(regulation.process, company)
            )
        return vals_list

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_copy_as_draft(self):
        """Copy a template (or any edition) as a draft of the current company."""
        self.ensure_one()
        draft = self.copy({"company_id": self.env.company.id})
        return draft._get_form_action()

    def action_new_edition(self):
        """Begin the next edition of one in force: a draft with its predecessor."""
        self.ensure_one()
        if self.state not in LIVE_STATES:
            raise UserError(
                self.env._(
                    "“%(name)s” is not in force. Edit the draft, or copy the template.",
                    name=self.display_name,
                )
            )
        draft = self._create_new_edition()
        return draft._get_form_action()

    def action_acknowledge(self):
        """I have read this edition: one click, in person."""
        self._get_own_acknowledgements().action_acknowledge()
        return True

    def action_open_deals(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_action_pipeline"
        )
        action["domain"] = [("regulation_id", "=", self.id)]
        action["context"] = {"default_type": "opportunity"}
        return action

    def action_open_acknowledgements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_acknowledgement_action"
        )
        action["domain"] = [("regulation_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_stages(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_stage_action"
        )
        action["domain"] = [("regulation_id", "=", self.id)]
        action["context"] = {"default_regulation_id": self.id}
        return action

    def action_open_steps(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_step_action"
        )
        action["domain"] = [("regulation_id", "=", self.id)]
        action["context"] = {"search_default_group_stage": 1}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_template_refresh(self, vals):
        """A module update writes templates back as it ships them."""
        return (
            self.env.su
            and vals.get("state", "template") == "template"
            and LIFECYCLE_FIELDS & vals.keys() == {"state"}
            and all(regulation.state == "template" for regulation in self)
        )

    def _write_lifecycle(self, vals):
        """Write what approval, supersession and repeal stamp.

        The only way past the guard of `write`; private, so that RPC cannot call it.
        """
        return super().write(vals)

    def _check_content_is_open(self, what):
        """Refuse a change of content unless the edition is a draft.

        :param str what: what is being changed, named in the refusal
        """
        for regulation in self.sudo():
            if regulation.state == "draft":
                continue
            if regulation.state == "template":
                if self.env.su:
                    continue
                raise UserError(
                    self.env._(
                        "“%(name)s” is a template. Copy it as a draft and change the "
                        "copy (%(what)s).",
                        name=regulation.name,
                        what=what,
                    )
                )
            raise UserError(
                self.env._(
                    "“%(name)s” is signed and cannot be changed (%(what)s). Press “New "
                    "Edition” to change its content; only gates, their dates and the "
                    "columns may change while it is in force.",
                    name=regulation.display_name,
                    what=what,
                )
            )

    def _get_own_acknowledgements(self):
        return self.env["regulation.acknowledgement"].search(
            [
                ("regulation_id", "in", self.ids),
                ("regulation_id.state", "=", "in_force"),
                ("user_id", "=", self.env.uid),
                ("acknowledged_on", "=", False),
            ]
        )

    def _create_new_edition(self):
        draft = self.sudo().copy(
            {
                "company_id": self.company_id.id,
                "number": self.number,
                "owner_id": (self.owner_id or self.env.user).id,
            }
        )
        draft._write_lifecycle({"previous_id": self.id})
        draft.scope_ids = [
            fields.Command.create({"team_id": scope.team_id.id})
            for scope in self.sudo().scope_ids
        ]
        return draft.with_env(self.env)

    @api.model
    def _next_edition_number(self, process, company_id):
        [(last,)] = (
            self.sudo()
            .with_context(active_test=False)
            ._read_group(
                [
                    ("process", "=", process),
                    ("company_id", "=", company_id),
                    ("state", "!=", "template"),
                ],
                [],
                ["edition:max"],
            )
        )
        return (last or 0) + 1

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # -- what the engine reads ------------------------------------------------

    def _clear_plans(self):
        """Forget the cached plans: an edition, a scope or a step changed."""
        if self:
            self.env.registry.clear_cache()

    @api.model
    def _is_engine_running(self):
        """Whether any deal can be regulated at all; free once it is cached."""
        return bool(self._get_live_ids())

    @api.model
    @tools.ormcache()
    def _get_live_ids(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM regulation_regulation"
                " WHERE process = 'acquisition' AND state IN %s",
                LIVE_STATES,
            )
        )
        return frozenset(row[0] for row in rows)

    @api.model
    @tools.ormcache()
    def _has_books(self):
        """Whether any deal can have a history: an edition is or was in force."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM regulation_regulation WHERE process = 'acquisition'"
                    " AND state NOT IN ('draft', 'template') LIMIT 1"
                )
            )
        )

    @api.model
    @tools.ormcache("regulation_id")
    def _get_plan(self, regulation_id):
        """The edition as the engine reads it.

        :rtype: EditionPlan
        """
        regulation = self.sudo().browse(regulation_id)
        steps_by_stage = regulation.step_ids.sorted(
            lambda step: (step.sequence, step.code or "", step.id)
        ).grouped("stage_id")
        stages = tuple(
            StagePlan(
                id=stage.id,
                code=stage.code,
                index=index,
                crm_stage_id=stage.crm_stage_id.id or 0,
                steps=tuple(
                    self._prepare_step_plan(step)
                    for step in steps_by_stage.get(stage, ())
                ),
            )
            for index, stage in enumerate(
                regulation.stage_ids.sorted(lambda s: (s.sequence, s.code or "", s.id))
            )
        )
        return EditionPlan(
            id=regulation.id,
            company_id=regulation.company_id.id or 0,
            process=regulation.process,
            state=regulation.state,
            approved_on=regulation.approved_on or None,
            stages=stages,
        )

    @api.model
    def _prepare_step_plan(self, step):
        return StepPlan(
            id=step.id,
            code=step.code,
            stage_id=step.stage_id.id,
            subject=step.subject,
            role_id=step.role_id.id or 0,
            receiver_role_id=step.receiver_role_id.id or 0,
            deadline=step.deadline,
            deadline_unit=step.deadline_unit or "wd",
            start_event=step.start_event or "stage_entry",
            period=step.period or "",
            check=step.check,
            check_value=step.check_value,
            check_fields=tuple((f.model, f.name) for f in step.check_field_ids),
            check_domain=step.check_domain or "[]",
            zero_allowed=step.zero_allowed,
            proof_kind=step.proof_kind,
            gate=step.gate,
            gate_from=step.gate_from or None,
        )
