# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitKept(VisitCommon):
    """Two reporters, an archived person, a deleted meeting, merged deals and clients:
    nothing of a visit is lost. (1.3.4–1.3.9)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.due = fields.Date.today() + timedelta(days=3)
        cls.rival = cls.env["res.partner"].create(
            {"name": "Brick & Son", "is_company": True}
        )
        cls.carl = cls.env["res.partner"].create(
            {"name": "Carl", "parent_id": cls.rival.id}
        )

    def _full_visit(self, lead, contact):
        """A reported visit with an objection and an agreement, and a call."""
        visit = self._visit(
            lead_id=lead.id,
            days=-1,
            partner_id=lead.partner_id.id,
            participant_ids=[
                Command.create({"partner_id": self.seller.partner_id.id}),
                Command.create({"partner_id": contact.id}),
            ],
        )
        self._wizard(
            visit,
            outcome="advance",
            agreement_ids=[Command.create({"side": "client", "subject": "Show us"})],
            objection_ids=[
                Command.create({"type_id": self.price.id, "wording": "Too dear"})
            ],
        ).action_report()
        call = (
            self.env["regulation.call"]
            .with_user(self.seller)
            .create(
                {
                    "lead_id": lead.id,
                    "contact_id": contact.id,
                    "result_id": self.env.ref(
                        "client_regulation.regulation_call_result_no_answer"
                    ).id,
                }
            )
        )
        return visit, call

    def _report_form(self, visit, user):
        action = visit.with_user(user).action_report()
        return Form(
            self.env["regulation.visit.report"]
            .with_user(user)
            .with_context(**action["context"])
        )

    # -- two people report ---------------------------------------------------------

    def test_what_the_first_held_is_not_emptied_by_the_second(self):
        """Both open the report; one writes «held», the other reports."""
        visit = self._visit(days=-1)
        first = self._report_form(visit, self.seller)
        second = self._report_form(visit, self.owner)
        first.lesson = "Ask for the budget first"
        first.talk_share = 60
        with first.agreement_ids.new() as line:
            line.subject = "Send samples"
        first.save().action_hold()
        second.outcome = "continuation"
        second.goal_result = "partly"
        second.next_step = "Call Anna"
        with second.agreement_ids.new() as line:
            line.subject = "Send the price list"
        with second.objection_ids.new() as line:
            line.type_id = self.price
            line.wording = "Too dear"
        second.save().action_report()
        self.assertEqual(visit.lesson, "Ask for the budget first")
        self.assertEqual(visit.talk_share, 60)
        self.assertEqual(visit.outcome, "continuation")
        self.assertEqual(visit.reported_by_id, self.owner)
        self.assertEqual(
            set(visit.agreement_ids.mapped("subject")),
            {"Send samples", "Send the price list"},
        )
        self.assertEqual(len(visit.objection_ids), 1)

    def test_what_was_known_can_be_emptied(self):
        visit = self._visit(days=-1)
        visit.lesson = "Nothing yet"
        form = self._report_form(visit, self.seller)
        self.assertEqual(form.lesson, "Nothing yet")
        form.lesson = False
        form.save().action_hold()
        self.assertFalse(visit.lesson)

    def test_second_reporter_cannot_open_the_report(self):
        visit = self._visit(days=-1)
        self._wizard(visit).action_report()
        with self.assertRefused("was reported by Seller", "still on your screen"):
            visit.with_user(self.owner).action_report()

    # -- an archived person ----------------------------------------------------------

    def test_archived_person_stays_among_the_participants(self):
        visit = self._visit()
        self.buyer.with_user(self.seller).action_archive()
        visit.event_id.write({"partner_ids": [Command.link(self.director.id)]})
        self.assertEqual(
            visit.participant_ids.partner_id,
            self.seller.partner_id | self.buyer | self.director,
        )
        visit.date_planned = fields.Datetime.now() - timedelta(hours=2)
        form = self._report_form(visit, self.seller)
        self.assertEqual(len(form.person_ids), 3)
        form.outcome = "continuation"
        form.goal_result = "no"
        form.next_step = "Find who follows Anna"
        form.save().action_report()
        self.assertTrue(visit.date_reported)
        self.assertIn(self.buyer, visit.participant_ids.partner_id)

    def test_archived_person_keeps_their_words(self):
        lead = self._deal(partner_id=self.partner.id)
        visit, call = self._full_visit(lead, self.buyer)
        self.buyer.with_user(self.seller).action_archive()
        self.env.invalidate_all()
        self.assertEqual(visit.agreement_ids.contact_id, self.buyer)
        self.assertEqual(visit.objection_ids.contact_id, self.buyer)
        self.assertEqual(call.contact_id, self.buyer)
        self.assertEqual(visit.participant_ids.mapped("side"), ["us", "client"])
        with Form(visit) as form:  # still opened and amended
            form.lesson = "Meet their director too"

    def test_person_of_a_visit_is_not_deleted(self):
        self._visit()
        with self.assertRefused("Anna", "Archive the contact instead"):
            self.buyer.with_user(self.env.ref("base.user_admin")).unlink()
        with self.assertRefused("Archive the contact instead"):
            self.partner.unlink()
        self.director.unlink()

    # -- a deleted meeting -------------------------------------------------------------

    def test_deleted_meeting_keeps_the_preparation(self):
        visit = self._prepare(self._visit())
        visit.event_id.with_user(self.seller).unlink()
        self.assertEqual(visit.state, "cancelled")
        self.assertIn("removed the meeting", visit.message_ids[0].body)
        self.assertEqual(len(visit.expected_ids), 3)
        self.assertEqual(len(visit.participant_ids), 2)
        self.assertTrue(visit.goal)
        visit.action_replan()
        self.assertEqual(visit.state, "planned")
        self.assertTrue(visit.event_id.active, "a new meeting")
        self.assertFalse(visit.reason_id)

    def test_deleted_meeting_of_a_reported_visit(self):
        lead = self._deal(partner_id=self.partner.id)
        visit, _call = self._full_visit(lead, self.buyer)
        visit.event_id.with_user(self.seller).unlink()
        self.env.invalidate_all()
        self.assertEqual((visit.state, visit.outcome), ("done", "advance"))
        self.assertTrue(visit.date_reported)
        self.assertEqual(len(visit.agreement_ids), 1)
        self.assertEqual(len(visit.objection_ids), 1)

    # -- merged deals and clients ------------------------------------------------------

    def test_merged_deals(self):
        """Also of two clients: each fact stays with the client it is about."""
        first = self._deal(partner_id=self.partner.id)
        second = self._deal(partner_id=self.rival.id, name="The same again")
        facts = {}
        for lead, contact in ((first, self.buyer), (second, self.carl)):
            visit, call = self._full_visit(lead, contact)
            facts[lead.partner_id] = (
                visit, call, visit.objection_ids, visit.agreement_ids,
            )  # fmt: skip
        head = (first | second).with_user(self.seller).merge_opportunity()
        self.env.invalidate_all()
        for client, records in facts.items():
            for record in records:
                with self.subTest(client=client.name, model=record._name):
                    self.assertEqual(record.exists().lead_id, head)
                    self.assertEqual(record.partner_id, client)
                    self.assertEqual(record.user_id, self.seller)
            self.assertTrue(records[0].date_reported)
            self.assertEqual(records[0].event_id.opportunity_id, head)
        self.assertEqual(head.regulation_visit_count, 2)
        self.assertEqual(head.regulation_call_count, 2)
        self.assertEqual(head.regulation_agreement_count, 2)

    def _merge(self, target, *others):
        others = sum(others, self.env["res.partner"])
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.with_user(self.env.ref("base.user_admin")).create({})
        wizard._merge((target | others).ids, target)
        self.env.invalidate_all()

    def test_merged_clients(self):
        lead = self._deal(partner_id=self.rival.id)
        visit, call = self._full_visit(lead, self.carl)
        self._merge(self.partner, self.rival)
        for record in (visit, call, visit.objection_ids, visit.agreement_ids):
            with self.subTest(model=record._name):
                self.assertEqual(record.exists().partner_id, self.partner)
                self.assertEqual(record.lead_id, lead)
        self.assertEqual(visit.agreement_ids.contact_id, self.carl)
        self.assertEqual(self.carl.parent_id, self.partner)
        self.assertEqual(self.partner.with_user(self.seller).regulation_visit_count, 1)

    def test_merged_people_of_one_visit(self):
        """Both were on the list: they are one participant, who was there."""
        twin = self.env["res.partner"].create(
            {"name": "Anna K.", "parent_id": self.partner.id}
        )
        visit = self._visit(days=-1)
        visit.participant_ids = [Command.create({"partner_id": twin.id})]
        other = self._visit(days=2)
        form = self._report_form(visit, self.seller)
        position = visit.participant_ids.partner_id.ids.index(self.buyer.id)
        with form.person_ids.edit(position) as person:
            person.attended = False
        form.outcome = "continuation"
        form.goal_result = "no"
        form.next_step = "Call Anna"
        form.save().action_report()
        self._merge(self.buyer, twin)
        self.assertEqual(
            visit.participant_ids.partner_id, self.seller.partner_id | self.buyer
        )
        self.assertEqual(len(visit.participant_ids), 2)
        client = visit.participant_ids.filtered(lambda line: line.side == "client")
        self.assertTrue(client.attended)
        self.assertEqual(len(other.participant_ids), 2)
