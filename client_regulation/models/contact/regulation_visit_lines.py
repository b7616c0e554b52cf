# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.filled import is_placeholder
from .regulation_visit_catalogue import QUESTION_KINDS


class RegulationVisitLine(models.AbstractModel):
    """A line of a visit: a fact of its visit's deal, in its visit's company."""

    _name = "regulation.visit.line"
    _description = "Line of a Visit"
    _inherit = ["regulation.fact"]
    _check_company_auto = True

    visit_id = fields.Many2one(
        "regulation.visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.visit_id._check_may_amend()
        return lines

    def write(self, vals):
        self.visit_id._check_may_amend()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        self.visit_id._check_may_amend()

    def _get_fact_leads(self):
        # safe: the deals are only told to the engine
        return self.sudo().visit_id.lead_id


class RegulationVisitParticipant(models.Model):
    """Somebody of ours or of the client's who is to be there. (Reg. 1.3.4, 1.3.5)"""

    _name = "regulation.visit.participant"
    _description = "Participant of a Visit"
    _inherit = ["regulation.visit.line"]
    _order = "side desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, index=True, ondelete="restrict",
        check_company=True,
    )  # fmt: skip
    side = fields.Selection(
        [("us", "Ours"), ("client", "Client's")], "Party", required=True,
        compute="_compute_side", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    attended = fields.Boolean("Was There")

    @api.depends("partner_id")
    def _compute_side(self):
        for person in self:
            # safe: only whether the person has a login of ours
            users = person.partner_id.sudo().with_context(active_test=False).user_ids
            own = any(not user.share for user in users)
            person.side = "us" if own else "client"

    # not an index: Odoo's merge of partners deletes rows that would break one
    @api.constrains("visit_id", "partner_id")
    def _check_person(self):
        for visit in self.visit_id:
            people = visit.participant_ids.partner_id
            if len(people) < len(visit.participant_ids):
                raise ValidationError(
                    self.env._(
                        "%(visit)s: somebody is among the participants twice. Remove "
                        "one of the two lines.",
                        visit=visit.display_name,
                    )
                )

    # -- the meeting has the same people ---------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        people = super().create(vals_list)
        people.visit_id._push_meeting({"participant_ids"})
        return people

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self.visit_id._push_meeting({"participant_ids"})
        return result

    def unlink(self):
        visits = self.visit_id
        result = super().unlink()
        visits.exists()._push_meeting({"participant_ids"})
        return result

    @api.model
    def _fold_doubles(self, partner):
        """Contacts that were merged into this one are one participant of a visit: the
        one who was there."""
        # safe: who may merge contacts may see them become one
        people = self.sudo().search([("partner_id", "=", partner.id)])
        for lines in people.grouped("visit_id").values():
            (lines - lines.sorted("attended", reverse=True)[0]).unlink()


class RegulationVisitCheck(models.Model):
    """An item of the checklist for one visit: done, or not applicable and why."""

    _name = "regulation.visit.check"
    _description = "Checklist Line of a Visit"
    _inherit = ["regulation.visit.line"]
    _order = "sequence, id"
    _rec_name = "item_id"

    item_id = fields.Many2one(
        "regulation.visit.checkitem", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="item_id.sequence", store=True)
    rule = fields.Selection(related="item_id.rule")
    state = fields.Selection(
        [("todo", "To Do"), ("done", "Done"), ("na", "Not Applicable")],
        compute="_compute_state", store=True, readonly=False, required=True,
        precompute=True,
    )  # fmt: skip
    note = fields.Char("Reason", help="Why the item does not apply to this visit.")

    _unique_item = models.UniqueIndex(
        "(visit_id, item_id)", "The item is on the checklist of this visit already."
    )

    @api.depends(
        "item_id.rule",
        "item_id.minimum",
        "visit_id.goal",
        "visit_id.fallback_goal",
        "visit_id.participant_ids.side",
        "visit_id.question_ids.name",
        "visit_id.value_hypothesis",
        "visit_id.expected_ids.answer",
        "visit_id.confirmed_on",
    )
    def _compute_state(self):
        for line in self:
            if line.state == "na":
                continue
            if line._is_automatic():
                line.state = "done" if line._is_met() else "todo"
            else:
                line.state = line.state or "todo"

    def action_tick(self):
        """Done, in one tap."""
        self.write({"state": "done"})

    def _is_automatic(self):
        return self.rule not in (False, "manual")

    def _is_settled(self):
        """Done, or not applicable with a reason that says something."""
        return self.state == "done" or (
            self.state == "na" and not is_placeholder(self.note or "")
        )

    def _is_met(self):
        """Whether an item that settles itself is fulfilled by its visit."""
        visit, enough = self.visit_id, max(self.item_id.minimum, 1)
        match self.rule:
            case "goal":
                return not is_placeholder(visit.goal or "")
            case "fallback":
                return not is_placeholder(visit.fallback_goal or "")
            case "value":
                return not is_placeholder(visit.value_hypothesis or "")
            case "participants":
                people = visit.participant_ids
                return any(person.side == "client" for person in people)
            case "questions":
                lines = visit.question_ids
                return sum(not is_placeholder(x.name or "") for x in lines) >= enough
            case "objections":
                lines = visit.expected_ids
                return sum(not is_placeholder(x.answer or "") for x in lines) >= enough
            case "confirmed":
                return bool(visit.confirmed_on)
        return self.state == "done"

    @api.constrains("state", "note")
    def _check_state(self):
        for line in self:
            if line.state == "done" and line._is_automatic() and not line._is_met():
                raise ValidationError(
                    self.env._(
                        "“%(item)s” of %(visit)s settles itself when the visit has "
                        "what it asks for. Fill it in, or mark the item as not "
                        "applicable and give the reason.",
                        item=line.item_id.name,
                        visit=line.visit_id.display_name,
                    )
                )
            if line.state == "na" and is_placeholder(line.note or ""):
                raise ValidationError(
                    self.env._(
                        "“%(item)s” of %(visit)s is marked as not applicable: give "
                        "the reason beside it.",
                        item=line.item_id.name,
                        visit=line.visit_id.display_name,
                    )
                )


class RegulationVisitAnswer(models.Model):
    """A question chosen for a visit, and what the client answered."""

    _name = "regulation.visit.answer"
    _description = "Question of a Visit"
    _inherit = ["regulation.visit.line"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    question_id = fields.Many2one(
        "regulation.visit.question", "From the Catalogue", index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    kind = fields.Selection(
        QUESTION_KINDS,
        compute="_compute_from_catalogue", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    name = fields.Char(
        "Question", required=True, compute="_compute_from_catalogue", store=True,
        readonly=False, precompute=True,
    )  # fmt: skip
    answer = fields.Text()

    @api.depends("question_id")
    def _compute_from_catalogue(self):
        for line in self:
            if line.question_id:
                line.name = line.question_id.name
                line.kind = line.question_id.kind
            else:
                line.name, line.kind = line.name, line.kind or "s"


class RegulationVisitExpected(models.Model):
    """An objection we expect to hear, with the answer ready. (Reg. 1.3.4, 1.4.1)"""

    _name = "regulation.visit.expected"
    _description = "Expected Objection"
    _inherit = ["regulation.visit.line"]
    _order = "id"
    _rec_name = "type_id"

    type_id = fields.Many2one(
        "regulation.objection.type", "Category", required=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    wording = fields.Char("Objection", help="How the client is likely to put it.")
    answer = fields.Text("Prepared Answer")
    objection_id = fields.Many2one(
        "regulation.objection", "Heard Before", index="btree_not_null",
        ondelete="set null", readonly=True,
    )  # fmt: skip
