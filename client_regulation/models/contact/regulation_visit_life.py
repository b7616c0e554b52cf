# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools.misc import format_datetime

from ...tools.filled import is_placeholder

OPEN = ("planned", "prepared")

#: where a visit may go from each state; what was held is a fact and stays
TRANSITIONS = {
    "planned": {"prepared", "done", "cancelled", "missed"},
    "prepared": {"planned", "done", "cancelled", "missed"},
    "done": set(),
    "cancelled": {"planned"},
    "missed": {"planned"},
}

#: written by the program alone: they prove what was done and when
PROGRAM_FIELDS = frozenset({
    "number", "stage_id", "client_class", "client_status", "prepared_on",
    "prepare_due", "prepared_in_time", "report_due", "date_reported",
    "reported_by_id", "reported_on_time", "is_success", "visit_no", "is_repeat",
})  # fmt: skip

#: the report: once it is given, its author and the head amend it, nobody else
REPORT_FIELDS = frozenset({
    "goal", "fallback_goal", "goal_result", "outcome", "interest", "talk_share",
    "strengths", "mistakes", "lesson", "next_step", "next_step_date", "course",
    "materials", "date_start", "date_end", "learned_need", "learned_budget",
    "learned_timing", "learned_procedure", "learned_competitors", "learned_volume",
    "learned_from_id", "partner_id", "lead_id", "user_id", "date_planned",
})  # fmt: skip

#: what the visit learns and the field of the client card it goes to
LEARNED = {
    "learned_need": "client_needs",
    "learned_budget": "client_budget",
    "learned_timing": "client_timing",
    "learned_procedure": "decision_procedure",
    "learned_volume": "yearly_purchases",
}


class RegulationVisitLife(models.AbstractModel):
    """The life of a visit: planned, prepared, held, reported; or cancelled, missed.

    Each state has its conditions, whatever route a record takes to it (form, import,
    RPC). Mixed into `regulation.visit`. (Reg. 1.3.4, 1.3.5, 1.3.9)
    """

    _name = "regulation.visit.life"
    _description = "Life of a Visit"

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("state", "goal", "fallback_goal", "checklist_ids")
    def _check_prepared(self):
        for visit in self:
            lacks = visit.state == "prepared" and visit._get_preparation_lacks()
            if lacks:
                raise ValidationError(
                    self.env._(
                        "%(visit)s is not prepared yet. Missing: %(lacks)s. Fill this "
                        "in on the page “Preparation”; mark what does not apply as "
                        "such and say why.",
                        visit=visit.display_name,
                        lacks="; ".join(lacks),
                    )
                )

    def _get_preparation_lacks(self):
        """What is missing for the state «prepared», as texts."""
        self.ensure_one()
        lacks = []
        if is_placeholder(self.goal or ""):
            lacks.append(self.env._("the goal"))
        if is_placeholder(self.fallback_goal or ""):
            lacks.append(self.env._("the fallback goal"))
        lines = self.checklist_ids
        lacks += [line.item_id.name for line in lines if not line._is_settled()]
        if not lines:
            lacks.append(self.env._("the checklist"))
        return lacks

    @api.constrains("state", "date_start", "date_end", "participant_ids")
    def _check_done(self):
        for visit in self:
            start, end = visit.date_start, visit.date_end
            if start and end and start > end:
                raise ValidationError(
                    self.env._(
                        "%(visit)s cannot end before it started: correct the start "
                        "or the end.",
                        visit=visit.display_name,
                    )
                )
            if visit.state != "done":
                continue
            lacks = []
            if not start or not end:
                lacks.append(self.env._("when it started and ended"))
            if not any(
                person.side == "client" and person.attended
                for person in visit.participant_ids
            ):
                lacks.append(self.env._("who of the client was there"))
            if lacks:
                raise ValidationError(
                    self.env._(
                        "%(visit)s cannot be marked as held. Missing: %(lacks)s. If "
                        "nobody of the client came, press “Missed”.",
                        visit=visit.display_name,
                        lacks="; ".join(lacks),
                    )
                )

    @api.constrains("outcome", "agreement_ids", "date_reported")
    def _check_advance(self):
        for visit in self:
            if visit.outcome == "advance" and not any(
                agreement._promises() for agreement in visit.agreement_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(visit)s: an advance is something that the client does. Add "
                        "an agreement with the side “The Client”, or choose "
                        "“Continuation”.",
                        visit=visit.display_name,
                    )
                )

    @api.constrains("date_reported", "outcome", "goal_result", "next_step", "state")
    def _check_reported(self):
        for visit in self.filtered("date_reported"):
            lacks = [
                visit._fields[name]._description_string(self.env)
                for name in ("goal_result", "outcome")
                if not visit[name]
            ]
            if is_placeholder(visit.next_step or ""):
                lacks.append(visit._fields["next_step"]._description_string(self.env))
            if visit.state != "done":
                lacks.append(self.env._("the visit has not been held"))
            if lacks:
                raise ValidationError(
                    self.env._(
                        "The report on %(visit)s is not complete. Missing: %(lacks)s.",
                        visit=visit.display_name,
                        lacks="; ".join(lacks),
                    )
                )

    @api.constrains("state", "reason_id", "reason_note")
    def _check_reason(self):
        for visit in self.filtered(
            lambda visit: visit.state in ("cancelled", "missed")
        ):
            reason = visit.reason_id
            if not reason:
                raise ValidationError(
                    self.env._(
                        "%(visit)s: give the reason why it did not take place.",
                        visit=visit.display_name,
                    )
                )
            if reason.needs_note and is_placeholder(visit.reason_note or ""):
                raise ValidationError(
                    self.env._(
                        "%(visit)s: the reason “%(reason)s” says nothing by itself; "
                        "add a note.",
                        visit=visit.display_name,
                        reason=reason.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):  # noqa: A002
        # a default in the context must not prove anything
        values = super().default_get(fields)
        return {name: values[name] for name in values.keys() - PROGRAM_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_program_fields(vals)
        visits = super().create(vals_list)
        visits._after_transition(dict.fromkeys(visits.ids, "planned"))
        return visits

    def write(self, vals):
        self._check_program_fields(vals)
        if REPORT_FIELDS & vals.keys():
            self._check_may_amend()
        before = {}
        if "state" in vals:
            self._check_transition(vals["state"])
            before = {visit.id: visit.state for visit in self}
        if "checklist_ids" in vals:
            # a form sends items that its other lists have settled: those come first
            vals = dict(vals)
            vals["checklist_ids"] = vals.pop("checklist_ids")
        result = super().write(vals)
        if before:
            self._after_transition(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        held = self.filtered(lambda visit: visit.state == "done")
        if held:
            raise UserError(
                self.env._(
                    "%(visit)s has been held: it proves what was done and cannot be "
                    "deleted. Correct it instead.",
                    visit=held[0].display_name,
                )
            )

    def _check_program_fields(self, vals):
        touched = PROGRAM_FIELDS & vals.keys()
        if touched and not self.env.su:
            labels = (
                self._fields[name]._description_string(self.env) for name in touched
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of a visit follow from what is done with it and cannot "
                    "be written. Use the buttons “Prepared” and “Report”.",
                    fields=", ".join(sorted(labels)),
                )
            )

    def _may_amend(self):
        """Whether the user may change the report: its author and the head."""
        user = self.env.user
        # safe: only who leads the team; the deal may be hidden from the user
        visit = self.sudo()
        heads = (visit.team_id | visit.lead_id.team_id).user_id
        return (
            self.env.su
            or user in visit.reported_by_id | heads
            or user.has_group("client_regulation.client_regulation_group_owner")
        )

    def _check_may_amend(self):
        for visit in self.filtered("date_reported"):
            if not visit._may_amend():
                raise UserError(visit._get_reported_text())

    def _get_reported_text(self):
        return self.env._(
            "%(visit)s was reported by %(person)s on %(date)s. Your entries were not "
            "saved over that report; they are still on your screen. Ask "
            "%(person)s or the head of sales to amend it.",
            visit=self.display_name,
            person=self.reported_by_id.name,
            date=format_datetime(self.env, self.date_reported),
        )

    # ------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------

    def _check_transition(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for visit in self:
            if state != visit.state and state not in TRANSITIONS[visit.state]:
                raise UserError(
                    self.env._(
                        "%(visit)s is “%(old)s” and cannot become “%(new)s”. Plan "
                        "another visit instead.",
                        visit=visit.display_name,
                        old=labels[visit.state],
                        new=labels.get(state, state),
                    )
                )

    def _after_transition(self, before):
        """What follows when visits have changed their state.

        :param dict before: ``{visit id: state before}``
        """
        changed = self.filtered(lambda visit: visit.state != before[visit.id])
        prepared = changed.filtered(lambda visit: visit.state == "prepared")
        # safe: the time of preparation is kept by the program
        prepared.sudo().write({"prepared_on": fields.Datetime.now()})
        planned = changed.filtered(lambda visit: visit.state == "planned")
        planned.filtered("prepared_on").sudo().write({"prepared_on": False})
        planned.filtered("reason_id").write({"reason_id": False, "reason_note": False})
        held = changed.filtered(lambda visit: visit.state == "done")
        if held:
            self.env["regulation.visit.plan"]._note_held(held)
            held._fire_meeting_end()

    def _fire_meeting_end(self):
        if not self.env["regulation.regulation"]._is_engine_running():
            return
        Event = self.env["regulation.event"]
        for visit in self.sudo():  # safe: steps of the company wait for the meeting
            Event._fire(
                "meeting_end",
                visit.company_id,
                partner=visit.partner_id,
                lead=visit.lead_id,
                at=visit.date_end,
            )

    def _hold(self, vals):
        """The visit took place; its report is given now or later."""
        self.ensure_one()
        vals = dict(vals)
        if self.state != "done":
            vals["state"] = "done"
        self.write(vals)

    def _report(self, vals):
        """Report a visit, once: who comes second is told by whom and when.

        :param dict vals: values of the visit, the analysis among them
        """
        self.ensure_one()
        self.check_access("write")
        # safe: only the lock of a row that the user may write
        if not self.sudo().try_lock_for_update():
            raise UserError(
                self.env._(
                    "%(visit)s is being saved by somebody else at this moment. Your "
                    "entries are still on your screen: press “Report” again.",
                    visit=self.display_name,
                )
            )
        if self.date_reported:
            raise UserError(self._get_reported_text())
        self._hold(vals)
        # safe: when and by whom is kept by the program
        self.sudo().write(
            {
                "date_reported": fields.Datetime.now(),
                "reported_by_id": self.env.uid,
            }
        )
        self._pass_facts_on()

    def _pass_facts_on(self):
        """Write what was learned to the client card, with its source."""
        client = self.partner_id
        if not hasattr(client, "_learn_facts"):
            return  # no client cards in this database
        values = {
            theirs: self[mine]
            for mine, theirs in LEARNED.items()
            if self[mine] and theirs in client._fields
        }
        if {"client_budget", "yearly_purchases"} & values.keys():
            values["yearly_purchases_currency_id"] = self.currency_id.id
        if "yearly_purchases" in values:
            values["yearly_purchases_date"] = self.env["regulation.time"]._get_today(
                self.company_id.id
            )
        competitors = self.env["regulation.competitor"]._find_in_text(
            self.learned_competitors, self.company_id
        )
        if competitors:
            values["competitor_ids"] = [Command.link(one.id) for one in competitors]
        if values:
            client._learn_facts(
                values,
                source=self.display_name,
                contact=self.learned_from_id,
                visit=self,
            )
