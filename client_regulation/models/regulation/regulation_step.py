# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import get_lang

PERIOD_OF_EVENT = {"week_end": "week", "month_end": "month", "quarter_end": "quarter"}


class RegulationStep(models.Model):
    """Something somebody must do: the one engine of the regulation. (Promise P3)

    A step belongs to a deal's stay in a stage (the only kind that gates), to a
    period (one duty for each person in the role) or to an event. What somebody
    owes because of a step is a `regulation.duty`.
    """

    _name = "regulation.step"
    _description = "Regulation Step"
    _inherit = ["regulation.content"]
    _order = "regulation_id, stage_sequence, sequence, code, id"
    _rec_names_search = ["code", "name"]
    _live_fields = frozenset({"gate", "gate_from"})

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    regulation_id = fields.Many2one(
        related="stage_id.regulation_id", store=True, required=False
    )
    stage_id = fields.Many2one(
        "regulation.stage", required=True, index=True, ondelete="cascade"
    )
    stage_sequence = fields.Integer(
        "Stage Order", related="stage_id.sequence", store=True
    )
    state = fields.Selection(related="regulation_id.state")
    process = fields.Selection(related="regulation_id.process", store=True)
    subject = fields.Selection(
        [("deal", "Deal"), ("period", "Period"), ("event", "Event")],
        required=True,
        default="deal",
        help="Deal: owed for every stay of a deal in the stage; may stop the deal.\n"
        "Period: owed once a week, month or quarter by each person in the role.\n"
        "Event: owed when something happens.",
    )
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Step", required=True, translate=True)
    requirement = fields.Text(translate=True, help="What exactly must be done.")
    why = fields.Text(
        translate=True, help="Which decision fails if this is not done? Printed."
    )

    # who
    role_id = fields.Many2one(
        "regulation.role", "Responsible Role", index=True, ondelete="restrict"
    )
    receiver_role_id = fields.Many2one(
        "regulation.role",
        "Receiver",
        index="btree_not_null",
        ondelete="restrict",
        help="Who confirms that the document arrived. The duty is not finished "
        "before that.",
    )
    document = fields.Char(
        translate=True, help="What is handed over: a line of the information flow."
    )

    # when
    deadline = fields.Float(
        help="Counted from the start event; negative means before it, 0 the same day."
    )
    deadline_unit = fields.Selection(
        [("wh", "working hours"), ("wd", "working days"), ("cd", "calendar days")],
        default="wd",
    )
    start_event = fields.Selection(selection="_selection_start_event")
    deadline_text = fields.Char("Deadline in Words", compute="_compute_deadline_text")
    period = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")],
        compute="_compute_period",
        store=True,
        readonly=False,
    )

    # proof
    proof = fields.Char(translate=True, help="What shows that the step was done.")
    proof_kind = fields.Selection(
        [
            ("tick", "A tick is enough"),
            ("note", "Tick with a note"),
            ("file", "Tick with a note and a file"),
        ],
        "Proof Asked For",
        required=True,
        default="note",
        help="What a person has to give when ticking a manual step.",
    )
    quantity = fields.Char("Quantity Indicator", translate=True)
    quality = fields.Char("Quality Indicator", translate=True)

    # check
    check = fields.Selection(
        selection="_selection_check", required=True, default="manual"
    )
    check_field_ids = fields.Many2many(
        "ir.model.fields",
        "regulation_step_check_field_rel",
        "step_id",
        "field_id",
        "Fields to Fill",
        groups="client_regulation.client_regulation_group_owner",
        domain="[('model', 'in', ('crm.lead', 'res.partner')),"
        " ('ttype', 'not in', ('boolean', 'properties'))]",
        help="Fields of the deal or of its client that must be filled.",
    )
    check_domain = fields.Char("Condition", default="[]")
    check_value = fields.Float("Threshold", help="Passed to the named check.")
    zero_allowed = fields.Boolean(
        "Zero Counts", help="A number that is zero counts as filled."
    )

    # gate
    gate = fields.Selection(
        [
            ("inform", "Inform"),
            ("warn", "Warn and record"),
            ("block", "Block"),
        ],
        required=True,
        default="block",
        help="What happens when a deal leaves the stage without this step.",
    )
    gate_from = fields.Date(
        help="Until this date the step only informs, whatever the gate."
    )

    _deadline_bound = models.Constraint(
        "CHECK (abs(deadline) <= 9999)",
        "A deadline is at most 9,999 hours or days away from its event.",
    )
    _code_unique = models.Constraint(
        "UNIQUE (regulation_id, code)", "A step code is used once in an edition."
    )

    # ------------------------------------------------------------
    # SELECTION & COMPUTE
    # ------------------------------------------------------------

    @api.model
    def _selection_check(self):
        return self.env["regulation.check"]._get_selection()

    @api.model
    def _selection_start_event(self):
        return self.env["regulation.event"]._get_selection()

    @api.depends("code", "name")
    def _compute_display_name(self):
        for step in self:
            step.display_name = f"{step.code or ''} {step.name or ''}".strip()

    @api.depends("deadline", "deadline_unit", "start_event")
    @api.depends_context("lang")
    def _compute_deadline_text(self):
        for step in self:
            step.deadline_text = step._get_deadline_text()

    @api.depends("subject", "start_event")
    def _compute_period(self):
        for step in self:
            if step.subject != "period":
                step.period = False
            elif step.start_event in PERIOD_OF_EVENT:
                step.period = PERIOD_OF_EVENT[step.start_event]
            else:
                step.period = step.period or "month"

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("deadline", "deadline_unit")
    def _check_whole_days(self):
        for step in self:
            if step.deadline_unit in ("wd", "cd") and step.deadline % 1:
                raise ValidationError(
                    self.env._(
                        "%(step)s: a deadline in days is a whole number. Use working "
                        "hours for parts of a day.",
                        step=step.display_name,
                    )
                )

    @api.constrains("check", "check_domain")
    def _check_domain_is_valid(self):
        for step in self.filtered(lambda s: s.check == "domain"):
            try:
                leads = self.env["crm.lead"].sudo()
                leads._search(Domain(ast.literal_eval(step.check_domain or "[]")))
            except Exception as error:  # whatever a typed domain may raise
                raise ValidationError(
                    self.env._(
                        "%(step)s: the condition cannot be read (%(error)s).",
                        step=step.display_name,
                        error=error,
                    )
                ) from error

    @api.constrains("check", "check_field_ids")
    def _check_fields_are_checkable(self):
        for step in self.filtered("check_field_ids"):
            for field in step.check_field_ids:
                if field.model not in ("crm.lead", "res.partner"):
                    raise ValidationError(
                        self.env._(
                            "%(step)s: “%(field)s” is not a field of the deal or of "
                            "its client.",
                            step=step.display_name,
                            field=field.display_name,
                        )
                    )
                if field.ttype == "boolean":
                    raise ValidationError(
                        self.env._(
                            "%(step)s: “%(field)s” is a yes/no field and is never "
                            "empty. Use a condition instead.",
                            step=step.display_name,
                            field=field.display_name,
                        )
                    )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_text(self):
        """Show the regulation's own text of the step."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("client_regulation.regulation_step_view_form_text").id,
                    "form",
                )
            ],
            "target": "new",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_deadline_text(self):
        """The deadline as it is printed: «2 working days after the request»."""
        self.ensure_one()
        if not self.deadline_unit or not self.start_event:
            return ""
        event = dict(self._selection_start_event()).get(self.start_event, "")
        point = get_lang(self.env).decimal_point
        amount = f"{abs(self.deadline):g}".replace(".", point)
        unit = self._get_unit_text(abs(self.deadline) == 1)
        if not self.deadline:
            return self.env._("on the day: %(event)s", event=event)
        if self.deadline < 0:
            return self.env._(
                "%(amount)s %(unit)s before: %(event)s",
                amount=amount,
                unit=unit,
                event=event,
            )
        return self.env._(
            "%(amount)s %(unit)s after: %(event)s",
            amount=amount,
            unit=unit,
            event=event,
        )

    def _get_unit_text(self, is_one):
        """The unit beside its number; languages with more forms abbreviate."""
        units = {
            "wh": (self.env._("working hour"), self.env._("working hours")),
            "wd": (self.env._("working day"), self.env._("working days")),
            "cd": (self.env._("calendar day"), self.env._("calendar days")),
        }
        return units[self.deadline_unit][0 if is_one else 1]
