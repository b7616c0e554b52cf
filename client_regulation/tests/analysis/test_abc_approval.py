# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .abc_common import FIRST, LAST
from .abc_data import AbcDataCommon

NEXT = (date(2027, 1, 1), date(2027, 12, 31))
ENGINE = "odoo.addons.client_regulation.models.analysis.regulation_abc_schedule"


@tagged("post_install", "-at_install")
class TestAbcApproval(AbcDataCommon):
    """Who calculates, who approves, what a run may not become; the scheduled runs."""

    def setUp(self):
        super().setUp()
        self.clients = self._many(3)
        self._post(
            [(c.id, FIRST, v) for c, v in zip(self.clients, (900, 60, 40), strict=True)]
        )

    # -- rights ----------------------------------------------------------------

    def test_nobody_writes_runs_and_lines(self):
        run = self._run()
        line = run.line_ids[0]
        owner = new_test_user(
            self.env,
            login="abc_owner",
            groups="sales_team.group_sale_manager,base.group_system,"
            "client_regulation.client_regulation_group_owner",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        for user in (self.seller, self.head, self.director, owner):
            Run = self.env["regulation.abc.run"].with_user(user)
            Line = self.env["regulation.abc.line"].with_user(user)
            for refused in (
                lambda Run=Run: Run.create(
                    {"profile_id": self.profile.id, "company_id": self.company.id,
                     "date_from": FIRST, "date_to": LAST}
                ),
                lambda Line=Line: Line.create({"run_id": run.id}),
                lambda user=user: run.with_user(user).write({"state": "approved"}),
                lambda user=user: line.with_user(user).write({"manual_class": "A"}),
                lambda user=user: line.with_user(user).unlink(),
            ):  # fmt: skip
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    refused()
        for user in (self.seller, self.head):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                run.with_user(user).unlink()
        run.with_user(self.director).action_approve()
        with self.assertRaisesRegex(UserError, "approved and stays"):
            run.with_user(self.director).unlink()

    def test_who_calculates(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.seller).action_run()
        run = self._run()
        for action in ("action_recalculate", "action_cancel", "action_approve"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(run.with_user(self.seller), action)()
        with self.assertRaises(AccessError):
            self.profile.with_user(self.head).write({"bound_a": 10})
        run.with_user(self.head).action_recalculate()
        self.assertEqual(run.state, "cancelled")
        again = self.profile.run_ids.sorted("id")[-1]
        self.assertEqual((again.state, again.user_id), ("calculated", self.head))
        again.with_user(self.head).action_cancel()
        with self.assertRaisesRegex(UserError, "cannot be cancelled"):
            again.with_user(self.head).action_cancel()
        with self.assertRaisesRegex(UserError, "only calculated runs"):
            again.with_user(self.director).action_approve()

    def test_salespeople_see_their_own_clients_of_approved_runs(self):
        mine, others, nobodys = self.clients
        mine.user_id = self.seller
        others.user_id = self.head
        run = self._run()
        Line = self.env["regulation.abc.line"].with_user(self.seller)
        self.assertFalse(Line.search([("run_id", "=", run.id)]))
        run.with_user(self.director).action_approve()
        self.env.invalidate_all()
        found = Line.search([("partner_id", "in", self.clients.ids)])
        self.assertEqual(found.partner_id, mine)
        self.assertEqual(found.value, 900)
        with self.assertRaises(AccessError):
            self._line(run, nobodys).with_user(self.seller).read(["value"])
        self.assertEqual(
            len(Line.with_user(self.head).search([("run_id", "=", run.id)])), 3
        )
        self.assertFalse(
            Line.with_user(new_test_user(self.env, "abc_x")).has_access("read")
        )

    def test_salespeople_open_the_documents_of_their_clients(self):
        self.clients[0].user_id = self.seller
        run = self._run()
        run.with_user(self.director).action_approve()
        line = self._line(run, self.clients[0]).with_user(self.seller)
        action = line.action_view_documents()
        found = self.env["account.move"].search(action["domain"])
        self.assertEqual(found.commercial_partner_id, self.clients[0])
        self.assertEqual(
            line.action_set_class()["context"]["default_company_id"], self.company.id
        )

    # -- what is approved ------------------------------------------------------

    def test_approved_once_and_in_order(self):
        older, run = self._run(), self._run(None, *NEXT)
        self.assertEqual(run.state, "no_data")
        self._post([(self.clients[0].id, NEXT[0], 5)])
        run = self._run(None, *NEXT)
        run.with_user(self.director).action_approve()
        with self.assertRaisesRegex(UserError, "only calculated runs"):
            run.with_user(self.director).action_approve()
        with self.assertRaisesRegex(UserError, "ends on the same day or later"):
            older.with_user(self.director).action_approve()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            run.with_user(self.head).action_recalculate()
        with self.assertRaisesRegex(UserError, "cannot be cancelled"):
            run.with_user(self.head).action_cancel()
        again = self._run(None, *NEXT)
        with self.assertRaisesRegex(UserError, "ends on the same day or later"):
            again.with_user(self.director).action_approve()

    def test_compared_with_another(self):
        self._post([(self.clients[0].id, NEXT[0], 5)])
        early, late = self._run(), self._run(None, *NEXT)
        early.with_user(self.director).action_approve()
        self.assertFalse(late.previous_run_id)
        with self.assertRaisesRegex(UserError, "compared with another run"):
            late.with_user(self.director).action_approve()
        late = self._run(None, *NEXT)
        self.assertEqual(late.previous_run_id, early)
        late.with_user(self.director).action_approve()
        self.assertEqual(late.state, "approved")

    def test_other_profiles_write_no_cards(self):
        side = self._profile(method="tangent")
        run = self._run(side)
        run.with_user(self.director).action_approve()
        self.assertFalse(self.clients[0].abc_class)

    def test_a_profile_with_runs_stays(self):
        self._run()
        with self.assertRaisesRegex(UserError, "has runs"):
            self.profile.unlink()

    # -- by itself -------------------------------------------------------------

    def test_auto_approve_is_a_directors(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.head).auto_approve = True
        as_director = self.profile.with_user(self.director)
        as_director.write({"auto_approve": True, "auto_approve_user_id": self.head.id})
        self.assertEqual(self.profile.auto_approve_user_id, self.director)
        as_director.write({"auto_approve_user_id": self.head.id})
        self.assertEqual(self.profile.auto_approve_user_id, self.director)
        run = self._run()
        self.assertEqual(run.state, "approved")
        self.assertEqual(run.approved_by_id, self.director)
        self.assertEqual(self.clients[0].abc_class, "A")

    def test_auto_approve_of_who_may_no_more(self):
        self.profile.with_user(self.director).auto_approve = True
        self.director.group_ids -= self.env.ref(
            "client_regulation.client_regulation_group_director"
        )
        run = self._run()
        self.assertEqual(run.state, "calculated")
        self.assertIn("Not approved by itself", run.message_ids[0].body)
        self.assertFalse(self.clients[0].abc_class)

    def test_auto_approve_of_an_older_period(self):
        self._post([(self.clients[0].id, NEXT[0], 5)])
        self._run(None, *NEXT).with_user(self.director).action_approve()
        self.profile.with_user(self.director).auto_approve = True
        self.assertEqual(self._run().state, "calculated")

    # -- scheduled -------------------------------------------------------------

    @contextmanager
    def _clock(self, day):
        """The scheduled action on a day: call what this gives."""
        self.Profile.search([("id", "!=", self.profile.id)]).next_run_on = False
        commit = patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=float("inf")
        )
        with freeze_time(day), commit:
            yield self.Profile.sudo()._cron_calculate

    def test_due_once(self):
        with self._clock("2027-01-02 12:00:00"):
            self.profile.rhythm = "quarter"
        due = self.profile.next_run_on
        self.assertGreater(due, date(2027, 1, 4))
        self.assertLess(due, date(2027, 1, 13))
        with self._clock(f"{due - timedelta(days=1)} 12:00:00") as calculate:
            calculate()
            self.assertFalse(self.profile.run_ids)
        with self._clock(f"{due} 12:00:00") as calculate:
            calculate()
            run = self.profile.run_ids
            self.assertEqual((run.date_from, run.date_to), (FIRST, LAST))
            calculate()
            self.assertEqual(self.profile.run_ids, run)
        self.assertEqual(self.profile.next_run_on.month, 4)
        with self._clock(f"{self.profile.next_run_on} 12:00:00") as calculate:
            calculate()
        self.assertEqual(len(self.profile.run_ids), 2)

    def test_killed_in_the_middle(self):
        self.profile.rhythm = "quarter"
        self.profile.next_run_on = LAST
        other = self._profile(name="Second")
        lines = self.env["regulation.abc.line"].search_count([])
        engine = self.env.registry["regulation.abc.engine"]
        with self._clock("2027-01-10 12:00:00") as calculate:
            other.next_run_on = LAST
            broken = patch.object(engine, "_get_figures", side_effect=ZeroDivisionError)
            with broken, mute_logger(ENGINE):
                calculate()
            self.assertFalse(self.profile.run_ids)
            self.assertFalse(other.run_ids)
            self.assertEqual(self.env["regulation.abc.line"].search_count([]), lines)
            self.assertEqual(self.profile.next_run_on, LAST)
            calculate()
            self.assertEqual(len(self.profile.run_ids), 1)
            self.assertEqual(len(self.profile.run_ids.line_ids), 3)
            self.assertEqual(len(other.run_ids), 1)
            self.assertGreater(self.profile.next_run_on, LAST)

    def test_one_that_fails_does_not_stop_the_others(self):
        other = self._profile(name="Second", sequence=99)
        run = type(self.profile)._run

        def fail(profile, *args):
            if profile == self.profile:
                raise ZeroDivisionError
            return run(profile, *args)

        with self._clock("2027-01-10 12:00:00") as calculate:
            (self.profile | other).next_run_on = LAST
            with patch.object(type(self.profile), "_run", fail), mute_logger(ENGINE):
                calculate()
        self.assertFalse(self.profile.run_ids)
        self.assertEqual(len(other.run_ids), 1)
