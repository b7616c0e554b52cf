# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class RegulationVisitActions(models.AbstractModel):
    """Buttons of a visit. Mixed into `regulation.visit`."""

    _name = "regulation.visit.actions"
    _description = "Buttons of a Visit"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_prepare(self):
        """The preparation is complete."""
        self.write({"state": "prepared"})

    def action_replan(self):
        """Back to «planned»: the preparation goes on, or the visit takes place after
        all."""
        self.write({"state": "planned"})

    def action_confirm(self):
        """The client has confirmed the meeting, best the day before."""
        self.write({"confirmed_on": fields.Datetime.now()})

    def action_start(self):
        self.write({"date_start": fields.Datetime.now()})

    def action_report(self):
        """The short form: who was there, outcome, agreements, next step."""
        self.ensure_one()
        if self.date_reported:
            raise UserError(self._get_reported_text())
        return self._open_wizard("regulation.visit.report", self.env._("Visit Report"))

    def action_cancel(self):
        return self._open_wizard(
            "regulation.visit.close", self.env._("Cancel the Visit"), kind="cancelled"
        )

    def action_miss(self):
        return self._open_wizard(
            "regulation.visit.close", self.env._("Visit Missed"), kind="missed"
        )

    def _open_wizard(self, model, name, **defaults):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_visit_id": self.id,
                **{f"default_{key}": value for key, value in defaults.items()},
            },
        }

    def action_add_questions(self):
        """Put the default questions of the catalogue on the visit."""
        questions = self.env["regulation.visit.question"].search(
            [("is_default", "=", True)]
        )
        for visit in self:
            there = visit.question_ids.question_id
            visit.question_ids = [
                Command.create({"question_id": question.id, "sequence": position})
                for position, question in enumerate(questions - there, start=1)
                if question.company_id
                in (visit.company_id, question.company_id.browse())
            ]

    def action_plan_repeat(self):
        """The repeat visit, prepared from this one; saved by who plans it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repeat Visit"),
            "res_model": "regulation.visit",
            "view_mode": "form",
            "context": {
                f"default_{name}": value
                for name, value in self._prepare_repeat_vals().items()
            },
        }

    def _prepare_repeat_vals(self):
        """Values of the visit that follows this one. (Reg. 1.4.1)"""
        unsettled = (self.objection_ids | self.open_objection_ids).filtered(
            lambda objection: objection.outcome in (False, "postponed", "unresolved")
        )
        return {
            "previous_id": self.id,
            "partner_id": self.partner_id.id,
            "lead_id": self.lead_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "location": self.location,
            "duration": self.duration,
            "fallback_goal": self.fallback_goal,
            "participant_ids": [
                Command.create(
                    {"partner_id": person.partner_id.id, "side": person.side}
                )
                for person in self.participant_ids
            ],
            "expected_ids": [
                Command.create(
                    {
                        "type_id": objection.type_id.id,
                        "wording": objection.wording,
                        "objection_id": objection.id,
                    }
                )
                for objection in unsettled
            ],
        }

    def action_open_meeting(self):
        self.ensure_one()
        return self._open_record(self.event_id)

    def action_open_previous(self):
        self.ensure_one()
        return self._open_record(self.previous_id)

    def _open_record(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
