# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

from ...tools.filled import is_placeholder

HEAD_GROUP = "client_regulation.client_regulation_group_head"
OWNER_GROUP = "client_regulation.client_regulation_group_owner"


class RegulationDutyResult(models.AbstractModel):
    """How a duty gets its result: done with proof, confirmed, waived, taken back.

    Mixed into `regulation.duty`; who may is asked here, whatever the route.
    """

    _name = "regulation.duty.result"
    _description = "Result of a Duty"

    def _may_complete(self, user):
        """Who owes it, the deal's salesperson, the head of the team, the owner."""
        self.ensure_one()
        duty = self.sudo()
        return (
            self.env.is_superuser()
            or user in (duty.user_id, duty.lead_id.user_id)
            or self._may_waive(user)
        )

    def _may_waive(self, user):
        """The head of sales for their teams, the regulation owner for all."""
        self.ensure_one()
        if user.has_group(OWNER_GROUP):
            return True
        team = self.sudo().team_id
        return bool(team) and user.has_group(HEAD_GROUP) and team.user_id == user

    def _needs_proof_dialog(self):
        self.ensure_one()
        step = self.step_id
        return step.check == "manual" and step.proof_kind != "tick"

    def _get_lack(self):
        """What the step's own check finds missing, as a `Lack`, or None."""
        self.ensure_one()
        step = self.step_id
        if step.check == "manual" or not self.lead_id:
            return None
        plan = self.env["regulation.regulation"]._get_plan(step.regulation_id.id)
        missing = self.env["regulation.check"]._evaluate(
            self.lead_id, plan.step(step.id)
        )
        return missing.get(self.lead_id.id)

    def _lead_to_fact(self):
        """Who presses “Done” too early is led to where the fact is given."""
        for duty in self.sudo().filtered(lambda duty: duty.state == "open"):
            lack = duty._get_lack()
            if lack and lack.url:
                raise RedirectWarning(
                    self.env._(
                        "%(step)s: %(missing)s",
                        step=duty.step_id.display_name,
                        missing=str(lack),
                    ),
                    {"type": "ir.actions.act_url", "url": lack.url, "target": "self"},
                    self.env._("Go There"),
                )

    def _get_proof_gap(self, note, attachments):
        """What is missing of the proof, or False."""
        self.ensure_one()
        step = self.step_id
        if step.check == "manual":
            if step.proof_kind != "tick" and is_placeholder(note):
                return self.env._(
                    "“%(step)s” asks for a note: %(proof)s.",
                    step=step.display_name,
                    proof=step.proof or step.requirement or step.name,
                )
            if step.proof_kind == "file" and not attachments:
                return self.env._(
                    "“%(step)s” asks for a file: %(proof)s.",
                    step=step.display_name,
                    proof=step.proof or step.name,
                )
            return False
        lack = self._get_lack()
        return lack and f"{step.display_name}: {lack}"

    def _complete(self, note=False, attachments=None):
        """Finish duties with their proof; refuse what is not proven.

        :raise UserError: names the step and what is missing of its proof
        """
        user = self.env.user
        for duty in self:
            if duty.sudo().state != "open":
                raise UserError(
                    self.env._("“%(duty)s” is not open.", duty=duty.display_name)
                )
            if not duty._may_complete(user):
                raise AccessError(
                    self.env._(
                        "“%(duty)s” is a duty of %(person)s.",
                        duty=duty.display_name,
                        person=duty.sudo().user_id.name or self.env._("nobody yet"),
                    )
                )
            gap = duty.sudo()._get_proof_gap(note, attachments)
            if gap:
                raise UserError(gap)
        self._mark_done(note, attachments)

    def _mark_done(self, note=False, attachments=None):
        """Stamp the result; the caller has checked who and with what proof."""
        now = fields.Datetime.now()
        for duty in self.sudo():
            waits = bool(duty.step_id.receiver_role_id and duty.receiver_id)
            vals = {
                "done_on": now,
                "done_by_id": self.env.uid,
                "state": "open" if waits else "done",
                "needs_activity": waits,
                **duty._get_verdict_values(now),
            }
            if note:
                vals["proof_note"] = note
            if attachments:
                vals["attachment_ids"] = [
                    fields.Command.link(attachment.id) for attachment in attachments
                ]
                attachments.sudo().write({"res_model": self._name, "res_id": duty.id})
            duty.write(vals)
        self._close_activities()
        self._after_change()

    def _complete_from_activity(self, note, attachments):
        """The activity of a duty was closed: finish what is proven, leave the rest.

        Closing an activity without the proof leaves the duty open.
        """
        user = self.env.user
        for duty in self.exists().filtered(lambda d: d.sudo().state == "open"):
            if duty.sudo().done_on:
                if duty.sudo().receiver_id == user:
                    duty._confirm()
            elif duty._may_complete(user) and not duty.sudo()._get_proof_gap(
                note, attachments
            ):
                duty._mark_done(note, attachments)

    def _confirm(self):
        self.sudo().write(
            {
                "confirmed_on": fields.Datetime.now(),
                "state": "done",
                "needs_activity": False,
            }
        )
        self._close_activities()
        self._after_change()

    def _reopen(self):
        self.sudo().write(
            {
                "state": "open",
                "done_on": False,
                "done_by_id": False,
                "confirmed_on": False,
            }
        )
        self.env["regulation.figures"]._clear_verdicts(self)
        self._after_change()

    def _waive(self, reason, note):
        """Release duties by name, with a reason, into the register.

        :raise AccessError: for who may not waive in the team of the deal
        """
        user = self.env.user
        for duty in self:
            if not duty._may_waive(user):
                raise AccessError(
                    self.env._(
                        "“%(duty)s” may be waived by the head of sales of the team or "
                        "by the regulation owner.",
                        duty=duty.display_name,
                    )
                )
            if duty.sudo().state != "open":
                raise UserError(
                    self.env._("“%(duty)s” is not open.", duty=duty.display_name)
                )
        duties = self.sudo()
        duties.write(
            {
                "state": "waived",
                "done_on": fields.Datetime.now(),
                "done_by_id": user.id,
                "verdict": "waived",
                "compliance": 0.0,
                "needs_activity": False,
            }
        )
        self.env["regulation.ledger"]._record_deviations(
            [
                duty._prepare_deviation("waived", reason_id=reason.id, note=note)
                for duty in duties
            ]
        )
        self._close_activities()
        for duty in duties.filtered("lead_id"):
            duty.lead_id._message_log(
                body=self.env._(
                    "Step “%(step)s” waived: %(reason)s. %(note)s",
                    step=duty.step_id.display_name,
                    reason=reason.name,
                    note=note or "",
                ),
                author_id=user.partner_id.id,
            )
        self._after_change()

    def _prepare_deviation(self, kind, **vals):
        self.ensure_one()
        return {
            "kind": kind,
            "lead_id": self.lead_id.id,
            "passage_id": self.passage_id.id,
            "duty_id": self.id,
            "step_id": self.step_id.id,
            "stage_id": self.stage_id.id,
            "user_id": (self.lead_id.user_id or self.user_id).id,
            "approved_by_id": self.env.uid,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            **vals,
        }

    def _get_verdict_values(self, when):
        self.ensure_one()
        on_time = not self.due_on or when <= self.due_on
        return {
            "verdict": "on_time" if on_time else "late",
            "compliance": 100.0 if on_time else 0.0,
        }
