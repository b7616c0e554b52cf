# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class RegulationPassage(models.Model):
    """The stay of a deal in a stage. (Promise P3)

    Written by the engine alone (`regulation.ledger`); a deal that comes back to a
    stage gets a new passage: facts count again, ticks do not.
    """

    _name = "regulation.passage"
    _description = "Passage of a Deal through a Stage"
    _order = "entered_on desc, id desc"
    _rec_name = "stage_id"

    lead_id = fields.Many2one(
        "crm.lead", "Deal", required=True, index=True, ondelete="cascade"
    )
    stage_id = fields.Many2one(
        "regulation.stage", required=True, index=True, ondelete="restrict"
    )
    regulation_id = fields.Many2one(
        related="stage_id.regulation_id", string="Edition", store=True
    )
    user_id = fields.Many2one("res.users", "Salesperson", index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team")
    company_id = fields.Many2one("res.company", required=True)
    origin = fields.Selection(
        [
            ("entered", "Entered the pipeline"),
            ("forward", "Moved forward"),
            ("back", "Moved back"),
            ("restored", "Restored"),
            ("activation", "Found there at activation"),
            ("moved", "Moved to another edition"),
            ("imported", "Imported history"),
        ],
        "How It Came Here",
        required=True,
        default="entered",
    )
    merged_from = fields.Char(
        help="Name of the deal that was merged into this one, whose stay this was."
    )
    entered_on = fields.Datetime(required=True)
    left_on = fields.Datetime()
    working_hours = fields.Float(
        aggregator="avg",
        help="Working hours in the stage, on hold excluded. Known when it is left.",
    )
    held_hours = fields.Float("Hours on Hold")
    on_time = fields.Boolean(
        help="Every duty of the stay was done in time. Known when it is left."
    )
    compliance = fields.Float(
        aggregator="avg",
        help="Share of duties done in time and without waiver, in percent.",
    )
    duty_ids = fields.One2many("regulation.duty", "passage_id", "Duties")
    state = fields.Selection(
        [("open", "In the stage"), ("left", "Left")],
        compute="_compute_state",
        search="_search_state",
    )

    # two open stays of a deal would be two truths of where it is
    _one_open = models.UniqueIndex(
        "(lead_id) WHERE left_on IS NULL", "A deal stands in one stage at a time."
    )

    @api.depends("left_on")
    def _compute_state(self):
        for passage in self:
            passage.state = "left" if passage.left_on else "open"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        if {"open", "left"} <= set(value):
            return []
        if "open" in value:
            return [("left_on", "=", False)]
        return [("left_on", "!=", False)] if "left" in value else [(0, "=", 1)]

    @api.depends("lead_id.name", "stage_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for passage in self:
            passage.display_name = (
                f"{passage.lead_id.name or ''} – {passage.stage_id.display_name}"
            )

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()
