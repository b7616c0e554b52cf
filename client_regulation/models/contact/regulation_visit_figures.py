# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from .regulation_promise import PROMISE_DAYS

#: what ends well for the deal (Rackham): the client buys or does something for it
SUCCESSES = ("order", "advance")
#: repeat visits of one deal before an offer or a stop (Reg. 1.4)
REPEAT_LIMIT = 3
#: objections that the next visit has to come back to
UNSETTLED = (False, "postponed", "unresolved")


class RegulationVisitFigures(models.AbstractModel):
    """What follows from a visit: deadlines, its number in the deal, what earlier
    contacts left open, the next thing to do. Mixed into `regulation.visit`."""

    _name = "regulation.visit.figures"
    _description = "Figures of a Visit"

    @api.depends("date_planned", "company_id")
    def _compute_prepare_due(self):
        clock = self.env["regulation.time"]
        for visit in self:
            visit.prepare_due = visit.company_id and clock._get_due(
                visit.company_id.id, visit.date_planned, -1, "wd"
            )

    @api.depends("prepared_on", "prepare_due")
    def _compute_prepared_in_time(self):
        for visit in self:
            visit.prepared_in_time = bool(
                visit.prepared_on
                and visit.prepare_due
                and visit.prepared_on <= visit.prepare_due
            )

    @api.depends("date_end", "company_id", "state")
    def _compute_report_due(self):
        clock = self.env["regulation.time"]
        for visit in self:
            visit.report_due = visit.state == "done" and clock._get_due(
                visit.company_id.id, visit.date_end, 1, "wd"
            )

    @api.depends("date_reported", "report_due")
    def _compute_reported_on_time(self):
        for visit in self:
            visit.reported_on_time = bool(
                visit.date_reported
                and visit.report_due
                and visit.date_reported <= visit.report_due
            )

    @api.depends("next_step")
    def _compute_next_step_date(self):
        """A step that was just written is ours: as soon as any promise of ours."""
        for visit in self:
            visit.next_step_date = visit.next_step_date or (
                bool(visit.next_step) and visit._get_proposed_step_date()
            )

    def _get_proposed_step_date(self):
        return self.env["regulation.time"]._get_working_day(
            (self.company_id or self.env.company).id, PROMISE_DAYS["us"]
        )

    def _get_speaker(self):
        """Who of the client is taken to have said what was said in the visit."""
        people = self.participant_ids.filtered(lambda person: person.side == "client")
        there = people.filtered("attended") or people
        return there.partner_id._get_speaker(self.partner_id)

    @api.depends("outcome")
    def _compute_is_success(self):
        for visit in self:
            visit.is_success = visit.outcome in SUCCESSES

    @api.depends("date_reported")
    @api.depends_context("uid")
    def _compute_can_amend(self):
        for visit in self:
            visit.can_amend = not visit.date_reported or visit._may_amend()

    @api.depends(
        "lead_id.regulation_visit_ids.state",
        "lead_id.regulation_visit_ids.date_planned",
        "date_planned",
        "previous_id.visit_no",
    )
    def _compute_visit_no(self):
        for visit in self:
            if visit.lead_id:
                key = visit._get_order_key()
                before = visit.lead_id.regulation_visit_ids.filtered(
                    lambda other: other._counts() and other._get_order_key() < key  # noqa: B023
                )
                visit.visit_no = len(before - visit) + 1
            else:
                visit.visit_no = visit.previous_id.visit_no + 1
            visit.is_repeat = visit.visit_no > 1

    def _counts(self):
        """Whether it is a visit of the deal: held, or still going to be."""
        return self.state not in ("cancelled", "missed")

    def _get_order_key(self):
        return (
            self.date_start or self.date_planned or fields.Datetime.now(),
            self._origin.id or 1 << 60,
        )

    @api.depends("visit_no")
    def _compute_is_over_limit(self):
        for visit in self:
            visit.is_over_limit = visit.visit_no > REPEAT_LIMIT + 1

    @api.depends("lead_id", "partner_id", "date_planned")
    def _compute_carried(self):
        """What earlier contacts with the client have left open. (Reg. 1.4.1)"""
        partners = self.partner_id._origin
        own = [("partner_id", "in", partners.ids)]
        agreements = self.env["regulation.agreement"].search(
            [*own, ("state", "=", "open")]
        )
        objections = self.env["regulation.objection"].search(
            [*own, ("outcome", "in", UNSETTLED)]
        )
        for visit in self:
            visit.open_agreement_ids = agreements.filtered(visit._is_carried)
            visit.open_objection_ids = objections.filtered(visit._is_carried)

    def _is_carried(self, fact):
        """Whether something of an earlier contact concerns this visit."""
        this = self._origin
        return (
            fact.partner_id == self.partner_id._origin
            and fact.lead_id in (self.lead_id._origin, fact.lead_id.browse())
            and (not this or fact.visit_id != this)
            and (
                not fact.visit_id
                or fact.visit_id._get_order_key() < self._get_order_key()
            )
        )

    @api.depends(
        "state", "date_planned", "confirmed_on", "date_reported", "outcome", "next_ids"
    )
    def _compute_next_action(self):
        now = fields.Datetime.now()
        for visit in self:
            if visit.state in ("planned", "prepared"):
                if visit.date_planned and visit.date_planned <= now:
                    action = "report"
                elif visit.state == "planned":
                    action = "prepare"
                else:
                    action = not visit.confirmed_on and "confirm"
            elif visit.state == "done" and not visit.date_reported:
                action = "report"
            else:
                action = (
                    visit.outcome in ("continuation", "advance")
                    and not visit.next_ids
                    and "repeat"
                )
            visit.next_action = action or False
