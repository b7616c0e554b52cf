# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

QUESTION_KINDS = [
    ("s", "Situation"),
    ("p", "Problem"),
    ("i", "Implication"),
    ("n", "Need-Payoff"),
]


class RegulationVisitCheckitem(models.Model):
    """An item of the preparation checklist. (D.6)"""

    _name = "regulation.visit.checkitem"
    _description = "Item of the Preparation Checklist"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    rule = fields.Selection(
        [
            ("manual", "Ticked by Hand"),
            ("goal", "Goal Is Set"),
            ("fallback", "Fallback Goal Is Set"),
            ("participants", "Somebody of the Client Takes Part"),
            ("questions", "Enough Questions"),
            ("value", "Value Hypothesis Is Written"),
            ("objections", "Enough Expected Objections with Answers"),
            ("confirmed", "Client Has Confirmed"),
        ],
        "Ticked",
        required=True,
        default="manual",
        help="Items other than those ticked by hand settle themselves.",
    )
    minimum = fields.Integer(help="How many are enough, where the item counts.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")


class RegulationVisitQuestion(models.Model):
    """A question worth asking at a meeting, by its SPIN kind. (D.6)"""

    _name = "regulation.visit.question"
    _description = "Question for Visits"
    _order = "kind_sequence, sequence, id"

    name = fields.Char("Question", required=True, translate=True)
    kind = fields.Selection(
        QUESTION_KINDS,
        required=True,
        default="s",
    )
    kind_sequence = fields.Integer(compute="_compute_kind_sequence", store=True)
    sequence = fields.Integer(default=10)
    is_default = fields.Boolean(
        "Offered First", help="“Add Questions” puts these on a visit in one tap."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")

    @api.depends("kind")
    def _compute_kind_sequence(self):
        for question in self:
            question.kind_sequence = "spin".find(question.kind or "s")


class RegulationVisitReason(models.Model):
    """Why a visit was cancelled or missed. (Reg. 1.3.5)"""

    _name = "regulation.visit.reason"
    _description = "Reason of a Cancelled or Missed Visit"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        readonly=True, copy=False, help="Set on reasons that the program itself gives."
    )
    kind = fields.Selection(
        [("cancelled", "Cancelled"), ("missed", "Missed"), ("both", "Both")],
        required=True,
        default="both",
    )
    needs_note = fields.Boolean("Needs a Note", help="Such as «other».")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")

    @api.model
    def _get_calendar_reason(self):
        """The reason of visits whose meeting was taken out of the calendar."""
        # safe: a row of the shared catalogue, whoever edits the calendar
        return (
            self.sudo()
            .with_context(active_test=False)
            .search([("code", "=", "calendar")], limit=1)
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_program(self):
        kept = self.filtered("code")
        if kept:
            raise UserError(
                self.env._(
                    "“%(reason)s” is given by the program itself and cannot be "
                    "deleted. Archive it: people will not be offered it any more.",
                    reason=kept[0].name,
                )
            )
