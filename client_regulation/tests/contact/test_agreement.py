# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common_talk import TalkCommon


@tagged("post_install", "-at_install")
class TestAgreement(TalkCommon):
    """Who promised what until when. (Reg. 1.3.8, D.6)"""

    def _settle(self, agreement, user=None, **vals):
        action = agreement.action_done()
        wizard = (
            self.env["regulation.agreement.settle"]
            .with_user(user or self.seller)
            .with_context(**action["context"])
            .create(vals)
        )
        wizard.action_apply()
        return agreement

    def _done(self, agreement, date_done, note="letter 15"):
        return self._settle(
            agreement, action="done", date_done=date_done, proof_note=note
        )

    def _move(self, agreement, days, reason="the client asked", contact=None):
        self._settle(
            agreement,
            action="move",
            date_new=agreement.date_due + timedelta(days=days),
            reason=reason,
            contact_id=contact.id if contact else False,
        )
        return self.env["regulation.agreement"].search(
            [("moved_from_id", "=", agreement.id)]
        )

    def _past(self, agreement, days=5):
        """Say that an agreement was due some days ago."""
        agreement.flush_recordset()
        due = self.today - timedelta(days=days)
        self.env.cr.execute(
            "UPDATE regulation_agreement SET date_due = %s, date_counted = %s "
            "WHERE id = %s",
            [due, due, agreement.id],
        )
        agreement.invalidate_recordset()
        return agreement

    # -- who and what --------------------------------------------------------------

    def test_each_side_names_a_person(self):
        with self.assertRefused("Client's Person", exception=ValidationError):
            self._agreement(side="client", contact_id=False)
        with self.assertRefused("Our Person", exception=ValidationError):
            self._agreement(side="us").user_id = False
        agreement = self._agreement(side="client", contact_id=self.director.id)
        self.assertEqual(agreement.partner_id, self.client)
        self.assertEqual(agreement.user_id, self.seller)

    def test_subject_says_something(self):
        with self.assertRefused("Stone House", exception=ValidationError):
            self._agreement(subject="...")

    # -- done ------------------------------------------------------------------------

    def test_done_or_late_is_arithmetic(self):
        in_time = self._done(self._agreement(), self.today)
        self.assertEqual(in_time.state, "done")
        late = self._done(self._past(self._agreement()), self.today)
        self.assertEqual(late.state, "late")
        # whatever is written by hand
        late.state = "done"
        self.assertEqual(late.state, "late")
        late.action_reopen()
        self.assertEqual((late.state, late.date_done), ("open", False))

    def test_done_needs_a_proof(self):
        agreement = self._agreement()
        with self.assertRefused("proves", exception=UserError):
            self._done(agreement, self.today, note="-")
        file = (
            self.env["ir.attachment"]
            .with_user(self.seller)
            .create({"name": "letter.txt", "raw": b"signed"})
        )
        self._settle(
            agreement, action="done", date_done=self.today, attachment_ids=file.ids
        )
        self.assertEqual(agreement.proof_attachment_ids, file)
        self.assertEqual(file.res_id, agreement.id)

    def test_not_done_tomorrow(self):
        with self.assertRefused("day to come", exception=ValidationError):
            self._done(self._agreement(), self.today + timedelta(days=1))

    def test_closed_once(self):
        agreement = self._done(self._agreement(), self.today)
        with self.assertRefused("not open any more", exception=UserError):
            self._done(agreement, self.today)

    # -- moved -----------------------------------------------------------------------

    def test_move_keeps_what_was_promised(self):
        agreement = self._agreement()
        first_due = agreement.date_due
        new = self._move(agreement, 7)
        self.assertEqual((agreement.state, agreement.date_due), ("moved", first_due))
        self.assertEqual(new.state, "open")
        self.assertEqual(new.date_due, first_due + timedelta(days=7))
        self.assertEqual(new.date_counted, first_due)
        self.assertEqual(new.move_count, 1)
        move = new.move_ids
        self.assertEqual((move.date_old, move.date_new, move.user_id),
                         (first_due, new.date_due, self.seller))  # fmt: skip
        third = self._move(new, 7)
        self.assertEqual(third.date_counted, first_due)
        self.assertEqual(third.move_count, 2)

    def test_moved_with_the_clients_consent_in_time(self):
        """SRV-14: the new date counts, once."""
        new = self._move(self._agreement(), 7, contact=self.director)
        self.assertEqual(new.date_counted, new.date_due)
        late = self._move(self._past(self._agreement()), 30, contact=self.director)
        self.assertLess(late.date_counted, self.today)
        # nobody lets the client off what they promised first
        theirs = self._agreement(side="client", contact_id=self.director.id)
        moved = self._move(theirs, 7, contact=self.director)
        self.assertEqual(moved.date_counted, theirs.date_due)

    def test_the_date_is_not_rewritten(self):
        agreement = self._agreement()
        agreement.date_due += timedelta(days=1)  # a slip of the same day
        self._age(agreement, 2)
        with self.assertRefused("Press “Reschedule”", exception=UserError):
            agreement.date_due += timedelta(days=1)
        with self.assertRefused("button “Reschedule”", exception=UserError):
            agreement.state = "moved"

    def test_move_needs_a_reason_and_a_later_day(self):
        agreement = self._agreement()
        with self.assertRefused("reason", exception=ValidationError):
            self._move(agreement, 3, reason="-")
        with self.assertRefused("later", exception=UserError):
            self._move(agreement, -1)

    def test_a_move_is_written_by_the_button_alone(self):
        self._move(self._agreement(), 3)
        move = self.env["regulation.agreement.move"].search([], limit=1)
        for user in (self.seller, self.owner):
            self.assertFalse(move.with_user(user).has_access("write"))
            self.assertFalse(move.with_user(user).has_access("create"))
            self.assertFalse(move.with_user(user).has_access("unlink"))

    # -- cancelled -------------------------------------------------------------------

    def test_cancel_needs_who_and_why(self):
        agreement = self._agreement()
        with self.assertRefused("who cancelled", exception=ValidationError):
            self._settle(agreement, action="cancel", reason="not needed any more")
        self._settle(
            agreement, action="cancel", cancelled_by="client", reason="bought elsewhere"
        )
        self.assertEqual(agreement.state, "cancelled")

    # -- overdue, reliability ----------------------------------------------------------

    def test_overdue_is_computed(self):
        agreement = self._past(self._agreement(), 1)
        Agreement = self.env["regulation.agreement"].with_user(self.seller)
        domain = [("id", "=", agreement.id)]
        self.assertTrue(agreement.is_overdue)
        self.assertTrue(Agreement.search([*domain, ("is_overdue", "=", True)]))
        self.assertFalse(Agreement.search([*domain, ("is_overdue", "=", False)]))
        self._done(agreement, self.today)
        self.assertFalse(agreement.is_overdue)
        self.assertFalse(Agreement.search([*domain, ("is_overdue", "=", True)]))
        self.assertTrue(Agreement.search([*domain, ("is_overdue", "!=", True)]))

    def test_reliability_of_the_client(self):
        client = self.client.with_user(self.seller)
        self.assertEqual(client.client_reliability_count, 0)  # no data is not 0 %
        theirs = {"side": "client", "contact_id": self.director.id}
        self._done(self._agreement(**theirs), self.today)
        self._past(self._agreement(**theirs))  # overdue
        self._agreement(**theirs)  # not due yet
        self._past(self._agreement(**theirs), 500)  # more than 12 months ago
        excused = self._past(self._agreement(**theirs))
        self._settle(excused, action="cancel", cancelled_by="us", reason="sold out")
        self.env.flush_all()
        client.invalidate_recordset()
        self.assertEqual(client.client_reliability_count, 2)
        self.assertEqual(client.client_reliability, 50.0)
        # a contact shows what its company has
        self.assertEqual(
            self.director.with_user(self.seller).client_reliability_count, 2
        )
        # the figure and the rows behind it agree
        action = client.action_open_reliability()
        rows = self.env["regulation.agreement.analysis"].search(action["domain"])
        self.assertEqual(len(rows), 2)
        self.assertEqual(sum(rows.mapped("is_kept")), 1)

    def test_reliability_of_our_people(self):
        self._done(self._agreement(), self.today)
        moved = self._past(self._agreement())
        self._move(moved, 30)
        own = self._past(self._agreement())
        self._settle(own, action="cancel", cancelled_by="us", reason="no time for it")
        [(user, counted, kept, rate)] = self.env[
            "regulation.agreement.analysis"
        ]._read_group(
            [("lead_id", "=", self.lead.id), ("side", "=", "us")],
            ["user_id"],
            ["is_counted:sum", "is_kept:sum", "kept_rate:avg"],
        )
        # the moved one once, by its first date; who cancels has not kept
        self.assertEqual((user, counted, kept), (self.seller, 3, 1))
        self.assertAlmostEqual(rate, 100 / 3, 2)

    # -- reminders ---------------------------------------------------------------------

    def _activities(self, agreement, kind=""):
        return agreement.activity_ids.filtered(
            lambda a: (
                a.activity_type_id == self._ref(f"mail_activity_type_agreement{kind}")
            )
        )

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self._ref("ir_cron_remind_agreements").method_direct_trigger()
        self.env.invalidate_all()

    @freeze_time("2026-03-06 09:00:00")  # a Friday
    def test_reminders_once_each(self):
        """A working day before to our person, a working day after to the head."""
        due = datetime(2026, 3, 9).date()  # the Monday
        agreement = self._agreement(date_due=due)
        later = self._agreement(date_due=datetime(2026, 3, 10).date())
        for _run in range(2):
            self._run_cron()
            [activity] = self._activities(agreement)
            self.assertEqual(activity.user_id, self.seller)
            self.assertFalse(self._activities(later))
        with freeze_time("2026-03-10 06:00:00"):
            for _run in range(2):
                self._run_cron()
                [activity] = self._activities(agreement, "_overdue")
                self.assertEqual(activity.user_id, self.head)
            self.assertEqual(len(self._activities(agreement)), 1)
            agreement.write({"date_done": due})
            self.assertFalse(agreement.activity_ids)

    @freeze_time("2026-03-06 09:00:00")
    def test_no_escalation_on_the_day_itself(self):
        agreement = self._agreement(date_due=datetime(2026, 3, 6).date())
        self._run_cron()
        self.assertFalse(self._activities(agreement, "_overdue"))
        self.assertTrue(self._activities(agreement))

    def test_form_of_a_call_line(self):
        call = self._call(contact_id=self.director.id)
        form = Form(
            self.env["regulation.agreement"]
            .with_user(self.seller)
            .with_context(default_call_id=call.id)
        )
        form.subject = "Show the samples to the director"
        form.date_due = self.today
        form.side = "client"
        agreement = form.save()
        self.assertEqual(agreement.lead_id, self.lead)
        self.assertEqual(agreement.contact_id, self.director)
