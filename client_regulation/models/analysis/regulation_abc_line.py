# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

CLASSES = [("A", "A"), ("B", "B"), ("C", "C")]
XYZ_CLASSES = [("X", "X"), ("Y", "Y"), ("Z", "Z")]
SEGMENTS = [
    ("champions", "Champions"),
    ("loyal_customers", "Loyal Customers"),
    ("potential_loyalist", "Potential Loyalists"),
    ("new_customers", "New Customers"),
    ("promising", "Promising"),
    ("need_attention", "Need Attention"),
    ("about_to_sleep", "About to Sleep"),
    ("at_risk", "At Risk"),
    ("cant_lose", "Can't Lose Them"),
    ("lost", "Lost"),
    ("others", "Others"),
]
MOVEMENTS = [
    ("up", "Up"),
    ("down", "Down"),
    ("same", "Stays"),
    ("new", "New"),
    ("reactivated", "Reactivated"),
    ("lost", "Lost"),
]


class RegulationAbcLine(models.Model):
    """A client in a run: its value, class and what changed. (C.9)

    Written by the engine alone, hundreds of thousands at once; kept for good. The
    name is a snapshot: it stays when the partner is merged or deleted. Shares are per
    cent of the run's total, `variation` is per cent of the mean.
    """

    _name = "regulation.abc.line"
    _description = "Client in an ABC Run"
    _order = "run_id desc, rank, id"
    _rec_name = "partner_name"
    _log_access = False

    run_id = fields.Many2one(
        "regulation.abc.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    date_to = fields.Date("Period Up To", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Client", readonly=True, ondelete="set null", index=True
    )
    partner_name = fields.Char("Name", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, ondelete="set null"
    )
    currency_id = fields.Many2one(related="run_id.currency_id")
    company_id = fields.Many2one(related="run_id.company_id")
    value = fields.Monetary(readonly=True)
    share = fields.Float("Share, %", readonly=True, digits=(9, 6))
    cumulative_share = fields.Float(
        "Cumulative, %", readonly=True, digits=(12, 6), aggregator=None
    )
    rank = fields.Integer(readonly=True, aggregator=None)
    computed_class = fields.Selection(CLASSES, "Computed", readonly=True)
    assigned_class = fields.Selection(CLASSES, "Assigned", readonly=True)
    previous_class = fields.Selection(CLASSES, "Previous", readonly=True)
    manual_class = fields.Selection(CLASSES, "Set by Hand", readonly=True)
    final_class = fields.Selection(
        CLASSES,
        "Class",
        compute="_compute_final_class",
        search="_search_final_class",
        help="The class set by hand, or else the one of the run.",
    )
    xyz_class = fields.Selection(XYZ_CLASSES, "XYZ", readonly=True)
    variation = fields.Float("Variation, %", readonly=True, aggregator="avg")
    recency_days = fields.Integer(
        "Days Since Last Sale", readonly=True, aggregator="avg"
    )
    frequency = fields.Integer("Documents", readonly=True)
    rfm_score = fields.Char("RFM", readonly=True)
    segment = fields.Selection(SEGMENTS, readonly=True)
    flags = fields.Char(
        readonly=True,
        help="new, manual, negative, zero, lost, excluded: what is special about the "
        "client in this run.",
    )
    exclusion_reason = fields.Char("Left Out Because", readonly=True)
    movement = fields.Selection(MOVEMENTS, readonly=True)
    annual_value = fields.Monetary(
        "Value a Year",
        readonly=True,
        aggregator=None,
        help="What the value of a new client would be in a whole year.",
    )
    is_changed = fields.Boolean(
        "Card Changes", readonly=True, help="The approval changes the client's card."
    )

    _run_rank = models.Index("(run_id, rank)")
    _run_changed = models.Index("(run_id) WHERE is_changed")
    # what the approval looks for: key clients and falls
    _run_class_a = models.Index(
        "(run_id) WHERE COALESCE(manual_class, assigned_class) = 'A'"
    )
    _run_fallen = models.Index("(run_id) WHERE movement IN ('down', 'lost')")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("manual_class", "assigned_class")
    def _compute_final_class(self):
        for line in self:
            line.final_class = line.manual_class or line.assigned_class

    @api.model
    def _search_final_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        letters = [letter for letter in value if letter]
        return Domain("manual_class", "in", letters) | (
            Domain("manual_class", "=", False)
            & Domain("assigned_class", "in", list(value))
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        # no column of its own, and yet lists and pivots group by it
        if field_expr != "final_class":
            return super()._field_to_sql(alias, field_expr, query)
        return SQL(
            "COALESCE(%s, %s)",
            super()._field_to_sql(alias, "manual_class", query),
            super()._field_to_sql(alias, "assigned_class", query),
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _set_by_hand(self, letter):
        """Put a class set by hand beside the computed one, or take it away.

        :param letter: A, B, C or False
        """
        for line in self:
            # who is below zero keeps what the card says
            changes = bool(letter) or line.value >= 0
            final = letter or line.assigned_class
            line.write(
                {
                    "manual_class": letter,
                    "is_changed": changes,
                    "movement": line._get_movement(final),
                }
            )

    def _get_movement(self, final):
        self.ensure_one()
        former = self.previous_class
        if not self.run_id.previous_run_id or not (final or former):
            return False
        if not former:
            return "reactivated" if self.movement == "reactivated" else "new"
        if not final:
            return "lost"
        if final == former:
            return "same"
        return "up" if final < former else "down"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_documents(self):
        """The documents that the value is made of."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "“%(client)s” has been deleted, and its documents with it: the "
                    "line of the run is what remains.",
                    client=self.partner_name,
                )
            )
        self.check_access("read")
        # safe: only how the run counted; the documents ask for rights of their own
        return self.run_id.sudo()._get_documents_action(self.partner_id)

    def action_set_class(self):
        """Set the class of the client by hand, with a reason."""
        self.ensure_one()
        return self.env["regulation.abc.override"]._get_wizard_action(
            self.partner_id, self.company_id
        )
