# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

SIDES = [("entry", "Entry"), ("exit", "Exit")]
ASPECTS = [("time", "Time"), ("quantity", "Quantity"), ("quality", "Quality")]


class RegulationStage(models.Model):
    """Stage passport: what a stage takes in and gives out. (Promise P3)

    Entry and exit, each in time, quantity and quality, and the condition of the
    transition to the next stage. Cells and condition are printed and measured;
    only the steps gate.
    """

    _name = "regulation.stage"
    _description = "Stage Passport"
    _inherit = ["regulation.content"]
    _order = "regulation_id, sequence, code, id"
    _live_fields = frozenset({"crm_stage_id"})

    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    condition = fields.Text(
        "Transition Condition",
        translate=True,
        help="When may a deal go on to the next stage? Printed in the passport.",
    )
    crm_stage_id = fields.Many2one(
        "crm.stage",
        "Pipeline Column",
        index="btree_not_null",
        ondelete="set null",
        help="The column of the pipeline in which deals of this stage stand. Stages "
        "without a column, and columns without a stage, do not gate.",
    )
    indicator_ids = fields.One2many(
        "regulation.indicator", "stage_id", "Passport Cells", copy=True
    )
    step_ids = fields.One2many("regulation.step", "stage_id", "Steps", copy=True)
    step_count = fields.Integer(compute="_compute_step_count")
    state = fields.Selection(related="regulation_id.state")
    process = fields.Selection(related="regulation_id.process")

    # the passport as the 2×3 matrix it is
    entry_time = fields.Text(compute="_compute_cells", inverse="_inverse_entry_time")
    entry_quantity = fields.Text(
        compute="_compute_cells", inverse="_inverse_entry_quantity"
    )
    entry_quality = fields.Text(
        compute="_compute_cells", inverse="_inverse_entry_quality"
    )
    exit_time = fields.Text(compute="_compute_cells", inverse="_inverse_exit_time")
    exit_quantity = fields.Text(
        compute="_compute_cells", inverse="_inverse_exit_quantity"
    )
    exit_quality = fields.Text(
        compute="_compute_cells", inverse="_inverse_exit_quality"
    )

    _code_unique = models.Constraint(
        "UNIQUE (regulation_id, code)", "A stage code is used once in an edition."
    )
    _column_unique = models.Constraint(
        "UNIQUE (regulation_id, crm_stage_id)",
        "A pipeline column belongs to one stage of an edition at most.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("code", "name")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = f"{stage.code or ''} {stage.name or ''}".strip()

    @api.depends("step_ids")
    def _compute_step_count(self):
        for stage in self:
            stage.step_count = len(stage.step_ids)

    @api.depends("indicator_ids.name", "indicator_ids.side", "indicator_ids.aspect")
    @api.depends_context("lang")
    def _compute_cells(self):
        for stage in self:
            cells = {(i.side, i.aspect): i.name for i in stage.indicator_ids}
            for side, _label in SIDES:
                for aspect, _label in ASPECTS:
                    stage[f"{side}_{aspect}"] = cells.get((side, aspect), False)

    def _inverse_cell(self, side, aspect):
        for stage in self:
            text = stage[f"{side}_{aspect}"]
            cell = stage.indicator_ids.filtered(
                lambda i: i.side == side and i.aspect == aspect
            )
            if cell and text:
                if cell.name != text:
                    cell.name = text
            elif cell:
                cell.unlink()
            elif text:
                self.env["regulation.indicator"].create(
                    {
                        "stage_id": stage.id,
                        "side": side,
                        "aspect": aspect,
                        "name": text,
                    }
                )

    def _inverse_entry_time(self):
        self._inverse_cell("entry", "time")

    def _inverse_entry_quantity(self):
        self._inverse_cell("entry", "quantity")

    def _inverse_entry_quality(self):
        self._inverse_cell("entry", "quality")

    def _inverse_exit_time(self):
        self._inverse_cell("exit", "time")

    def _inverse_exit_quantity(self):
        self._inverse_cell("exit", "quantity")

    def _inverse_exit_quality(self):
        self._inverse_cell("exit", "quality")

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        old_columns = self.crm_stage_id if "crm_stage_id" in vals else None
        result = super().write(vals)
        if old_columns is not None:
            # deals already in the columns are seated anew, nobody is asked for
            # proofs of stages that were not gated when they passed them
            self.env["regulation.seating"]._reseat_deals(
                self.regulation_id, old_columns | self.crm_stage_id
            )
        return result

    def action_open_steps(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_step_action"
        )
        action["domain"] = [("stage_id", "=", self.id)]
        action["context"] = {"default_stage_id": self.id}
        return action


class RegulationIndicator(models.Model):
    """One cell of the 2×3 passport of a stage. (Promise P3)"""

    _name = "regulation.indicator"
    _description = "Passport Cell"
    _inherit = ["regulation.content"]
    _order = "stage_id, side, aspect desc, id"

    regulation_id = fields.Many2one(
        related="stage_id.regulation_id", store=True, required=False
    )
    stage_id = fields.Many2one(
        "regulation.stage", required=True, index=True, ondelete="cascade"
    )
    side = fields.Selection(SIDES, required=True)
    aspect = fields.Selection(ASPECTS, required=True)
    name = fields.Text("Indicator", required=True, translate=True)

    _cell_unique = models.Constraint(
        "UNIQUE (stage_id, side, aspect)", "A passport has each cell once."
    )
