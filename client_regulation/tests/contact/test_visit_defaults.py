# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from .visit_common import MONDAY, VisitCommon

#: three and five working days after `MONDAY`
OURS, THEIRS = fields.Date.to_date("2026-03-05"), fields.Date.to_date("2026-03-09")
TYPED = fields.Date.to_date("2026-03-20")


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestVisitDefaults(VisitCommon):
    """What a report proposes, so that it is written within a minute; and that it
    never overwrites what was typed. (1.3.7–1.3.9)"""

    def _report_form(self, visit):
        action = visit.action_report()
        return Form(
            self.env["regulation.visit.report"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )

    def _fill(self, form):
        form.outcome = "advance"
        form.goal_result = "yes"
        form.next_step = "Send the offer"

    def test_report_proposes_days_and_people(self):
        visit = self._visit(days=-0.1)
        form = self._report_form(visit)
        self.assertEqual(form.date_start, visit.date_planned)
        self.assertEqual(form.date_end, visit.date_planned_end)
        self.assertEqual(form.next_step_date, OURS)
        self._fill(form)
        with form.agreement_ids.new() as line:
            self.assertEqual((line.side, line.date_due), ("us", OURS))
            line.subject = "Send samples"
        with form.agreement_ids.new() as line:
            line.side = "client"
            self.assertEqual(line.date_due, THEIRS)
            self.assertEqual(line.contact_id, self.buyer)
            line.subject = "Show the yard"
        with form.objection_ids.new() as line:
            self.assertEqual(line.contact_id, self.buyer)
            line.type_id = self.price
            line.wording = "Too dear"
        form.save().action_report()
        ours, theirs = visit.agreement_ids.sorted("date_due")
        self.assertEqual((ours.user_id, ours.date_due), (self.seller, OURS))
        self.assertFalse(ours.contact_id)
        self.assertEqual((theirs.contact_id, theirs.date_due), (self.buyer, THEIRS))
        self.assertEqual(visit.objection_ids.contact_id, self.buyer)
        self.assertEqual(visit.next_step_date, OURS)

    def test_report_keeps_what_was_typed(self):
        visit = self._visit(days=-0.1)
        visit.write({"next_step": "Call", "next_step_date": TYPED})
        form = self._report_form(visit)
        self.assertEqual(form.next_step_date, TYPED)
        self._fill(form)
        form.next_step_date = False
        with form.agreement_ids.new() as line:
            line.date_due = TYPED
            line.subject = "Show the yard"
            line.side = "client"
            self.assertEqual(line.date_due, TYPED)
            line.contact_id = self.director
        with form.objection_ids.new() as line:
            line.contact_id = self.director
            line.type_id = self.price
            line.wording = "Too dear"
        form.save().action_report()
        self.assertEqual(visit.agreement_ids.date_due, TYPED)
        self.assertEqual(visit.agreement_ids.contact_id, self.director)
        self.assertEqual(visit.objection_ids.contact_id, self.director)
        self.assertFalse(visit.next_step_date, "emptied on purpose")

    def test_among_several_it_is_who_decides(self):
        visit = self._visit(days=-0.1)
        visit.participant_ids = [Command.create({"partner_id": self.director.id})]
        self.assertFalse(visit._get_speaker(), "two people, and nobody decides")
        self.director.decision_role = "decides"
        self.assertEqual(visit._get_speaker(), self.director)
        form = self._report_form(visit)
        with form.agreement_ids.new() as line:
            line.side = "client"
            self.assertEqual(line.contact_id, self.director)
            line.subject = "Show the yard"
        position = visit.participant_ids.partner_id.ids.index(self.director.id)
        with form.person_ids.edit(position) as person:
            person.attended = False
        with form.objection_ids.new() as line:
            self.assertEqual(line.contact_id, self.buyer, "the director was away")
            line.type_id = self.price
            line.wording = "Too dear"

    def test_lines_of_the_visit_form(self):
        visit = self._hold(self._visit(days=-0.1))
        with Form(visit.with_user(self.seller)) as form:
            form.next_step = "Send the offer"
            self.assertEqual(form.next_step_date, OURS)
            with form.agreement_ids.new() as line:
                self.assertEqual(line.date_due, OURS)
                line.side = "client"
                self.assertEqual((line.date_due, line.contact_id), (THEIRS, self.buyer))
                line.subject = "Show the yard"
            with form.agreement_ids.new() as line:
                line.subject = "Send samples"
                line.date_due = TYPED
            with form.objection_ids.new() as line:
                self.assertEqual(line.contact_id, self.buyer)
                line.type_id = self.price
                line.wording = "Too dear"
            form.next_step = "Send the offer today"
            self.assertEqual(form.next_step_date, OURS)
        theirs, ours = visit.agreement_ids.sorted("date_due")
        self.assertEqual((ours.date_due, ours.user_id), (TYPED, self.seller))
        self.assertEqual(theirs.contact_id, self.buyer)

    def test_created_without_a_form(self):
        visit = self._hold(self._visit(days=-0.1))
        Agreement = self.env["regulation.agreement"].with_user(self.seller)
        ours, theirs, typed = Agreement.create(
            [
                {"visit_id": visit.id, "subject": "Send samples"},
                {"visit_id": visit.id, "subject": "Show", "side": "client"},
                {"visit_id": visit.id, "subject": "Write", "date_due": TYPED},
            ]
        )
        self.assertEqual((ours.user_id, ours.date_due), (self.seller, OURS))
        self.assertEqual((theirs.contact_id, theirs.date_due), (self.buyer, THEIRS))
        self.assertEqual(typed.date_due, TYPED)
        with Form(ours) as form:
            form.side = "client"
        self.assertEqual(ours.date_due, OURS, "what is written stays")

    def test_days_are_the_companys(self):
        """Friday's promise skips the week-end and the holiday after it."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Monday off",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-09 22:00:00",
            }
        )
        with freeze_time("2026-03-06 10:00:00"):
            visit = self._hold(self._visit(days=-0.1))
            ours = (
                self.env["regulation.agreement"]
                .with_user(self.seller)
                .create({"visit_id": visit.id, "subject": "Send samples"})
            )
        self.assertEqual(ours.date_due, fields.Date.to_date("2026-03-12"))
