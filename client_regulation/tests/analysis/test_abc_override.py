# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .abc_common import FIRST, LAST
from .abc_data import AbcDataCommon

NEXT = (date(2027, 1, 1), date(2027, 12, 31))


@tagged("post_install", "-at_install")
class TestAbcOverride(AbcDataCommon):
    """A class set by hand: reason, author, two periods at most. (C.4)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Override = cls.env["regulation.abc.override"].with_user(cls.head)
        cls.strong, cls.weak = cls._clients(900, 100)

    def _approve(self, first=FIRST, last=LAST):
        run = self._run(None, first, last)
        run.with_user(self.director).action_approve()
        return run

    def _cron_end(self):
        with patch.object(self.env.registry["ir.cron"], "_commit_progress"):
            self.env["regulation.abc.override"].sudo()._cron_end()

    def _set(self, client=None, letter="C", **vals):
        client = client or self.strong
        return self.Override.create(
            {"partner_id": client.id, "abc_class": letter, "reason": "They left us",
             **vals}
        )  # fmt: skip

    def test_it_is_on_the_card_and_the_computed_class_beside_it(self):
        self._approve()
        override = self._set()
        self.assertEqual(self.strong.abc_class, "C")
        self.assertEqual(self.strong.abc_computed_class, "A")
        self.assertTrue(self.strong.abc_class_differs)
        self.assertEqual(override.user_id, self.head)
        self.assertIn("They left us", self.strong.message_ids[0].body)
        found = self.env["res.partner"].search([("abc_class_differs", "=", True)])
        self.assertIn(self.strong, found)
        self.assertNotIn(self.weak, found)

    def test_approval_keeps_it(self):
        self._approve()
        override = self._set()
        for client, amount in ((self.strong, 100), (self.weak, 900)):
            self._invoice(client, amount, NEXT[0])
        run = self._approve(*NEXT)
        line = self._line(run, self.strong)
        self.assertEqual((line.computed_class, line.manual_class), ("B", "C"))
        self.assertEqual(line.flags, "manual")
        self.assertEqual(line.movement, "down", "it was A in the run before")
        self.assertEqual(self.strong.abc_class, "C")
        self.assertEqual(override.computed_class, "B")
        override.with_user(self.head).action_end()
        self.assertEqual(self.strong.abc_class, "B")

    def test_it_stays_without_documents(self):
        self._approve()
        self._set()
        self._invoice(self.weak, 100, NEXT[0])
        run = self._approve(*NEXT)
        line = self._line(run, self.strong)
        self.assertEqual((line.manual_class, line.flags), ("C", "lost manual"))
        self.assertEqual(self.strong.abc_class, "C")
        self.assertEqual(run.client_count, 1)
        base = [group for group in run.breakdown if group["kind"] == "base"]
        self.assertEqual(sum(group["count"] for group in base), 1)

    def test_it_stays_on_who_is_excluded(self):
        self._approve()
        self._set()
        self.profile.exclusion_ids = [
            Command.create({"partner_id": self.strong.id, "reason": "A friend"})
        ]
        for client in (self.strong, self.weak):
            self._invoice(client, 100, NEXT[0])
        self._approve(*NEXT)
        self.assertEqual(self.strong.abc_class, "C")

    def test_it_stays_in_another_leading_profile(self):
        self._approve()
        self._set(self.weak, "A")
        self._set(self._client("Nobody"), "B")
        self.profile.is_leading = False
        self.profile.flush_recordset()
        self.profile = self._profile(is_leading=True)
        self._invoice(self.strong, 100, NEXT[0])
        self._approve(*NEXT)
        self.assertEqual(self.weak.abc_class, "A")

    def test_it_does_not_hold_the_computed_class(self):
        self.profile.write({"hysteresis": "buffer", "buffer": 50})
        self._approve()
        self._set(self.weak, "A")
        self._invoice(self.strong, 900, NEXT[0])
        self._invoice(self.weak, 100, NEXT[0])
        run = self._approve(*NEXT)
        self.assertEqual(self._line(run, self.weak).assigned_class, "B")

    def test_a_run_that_waits_takes_it(self):
        run = self._run()
        override = self._set()
        self.assertEqual(self._line(run, self.strong).manual_class, "C")
        run.with_user(self.director).action_approve()
        self.assertEqual(self.strong.abc_class, "C")
        self.assertEqual(override.computed_class, "A")

    def test_who_is_below_zero_keeps_the_computed_class(self):
        self._approve()
        override = self._set()
        self._invoice(self.strong, -100, NEXT[0])
        self._invoice(self.weak, 100, NEXT[0])
        run = self._run(None, *NEXT)
        override.with_user(self.head).action_end()
        self.assertEqual(self.strong.abc_class, "A")
        run.with_user(self.director).action_approve()
        self.assertEqual(self.strong.abc_class, "A")

    def test_it_lives_two_periods_at_most(self):
        today = self.env["regulation.time"]._get_today(self.company.id)
        for rhythm, months in (("quarter", 6), ("month", 2), ("manual", 6)):
            self.profile.rhythm = rhythm
            limit = self.Override._get_limit(self.company)
            self.assertEqual(
                (limit.year * 12 + limit.month) - (today.year * 12 + today.month),
                months,
            )
            self._set(date_to=limit).with_user(self.head).action_end()
            with self.assertRaisesRegex(ValidationError, "two periods"):
                self._set(date_to=limit + timedelta(days=1))
        with self.assertRaisesRegex(ValidationError, "two periods"):
            self._set(date_to=today - timedelta(days=1))

    def test_it_begins_today_in_the_name_of_who_sets_it(self):
        today = self.env["regulation.time"]._get_today(self.company.id)
        override = self._set(
            user_id=self.director.id,
            ended_on=today,
            computed_class="B",
            date_from=today + timedelta(days=1),
        )
        self.assertEqual(override.user_id, self.head)
        self.assertEqual(override.date_from, today)
        self.assertFalse(override.ended_on)
        self.assertFalse(override.computed_class)
        far = today + timedelta(days=3000)
        with self.assertRaisesRegex(ValidationError, "two periods"):
            self._set(date_from=far, date_to=far)

    def test_refused(self):
        for reason in ("", False, "  ", " - ", "…".replace("…", "...")):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "reason"),
            ):
                self._set(reason=reason)
        contact = self._client("Buyer", parent_id=self.strong.id, is_company=False)
        with self.assertRaisesRegex(ValidationError, "is a contact of"):
            self._set(contact)
        with self.assertRaisesRegex(AccessError, "set by hand by the head"):
            self.Override.with_user(self.seller).create(
                {"partner_id": self.strong.id, "abc_class": "A", "reason": "I like it"}
            )
        override = self._set()
        with self.assertRaisesRegex(AccessError, "set by hand by the head"):
            override.with_user(self.seller).action_end()
        for vals in (
            {"reason": "Another"}, {"abc_class": "A"}, {"date_to": LAST},
            {"ended_on": False}, {"computed_class": "A"},
        ):  # fmt: skip
            with self.subTest(vals), self.assertRaises(UserError):
                override.with_user(self.head).write(vals)
        with self.assertRaises(AccessError):
            override.with_user(self.head).unlink()

    def test_another_one_ends_it(self):
        self._approve()
        first = self._set()
        second = self._set(letter="B")
        self.assertTrue(first.ended_on)
        self.assertFalse(second.ended_on)
        self.assertEqual(self.strong.abc_class, "B")

    def test_it_ends_by_the_clock(self):
        self._approve()
        override = self._set()
        with freeze_time(override.date_to):
            self._cron_end()
            self.assertEqual(self.strong.abc_class, "C")
        with freeze_time(override.date_to + timedelta(days=2)):
            # a run sees it as gone, whether or not the clock was there
            run = self._run(None, *NEXT)
            self.assertFalse(self._line(run, self.strong).manual_class)
            self._cron_end()
            self.assertEqual(self.strong.abc_class, "A")
            self.assertTrue(override.ended_on)
            self.assertIn("has ended", self.strong.message_ids[0].body)

    def test_one_that_ran_out_does_not_end_a_newer_one(self):
        self._approve()
        first = self._set()
        with freeze_time(first.date_to + timedelta(days=1)):
            second = self._set(letter="B")  # before the clock was there
            self._cron_end()
            self.assertTrue(first.ended_on)
            self.assertFalse(second.ended_on)
            self.assertEqual(self.strong.abc_class, "B")

    def test_companies_have_their_own(self):
        self._approve()
        other = self.company_data_2["company"] if hasattr(
            self, "company_data_2"
        ) else self.env["res.company"].create({"name": "Second"})  # fmt: skip
        self.env.user.company_ids |= other
        self.head.company_ids |= other
        override = self._set(company_id=other.id)
        self.assertEqual(self.strong.abc_class, "A")
        self.assertEqual(self.strong.with_company(other).abc_class, "C")
        self.head.company_ids -= other
        with self.assertRaises(AccessError):
            override.with_user(self.head).read(["reason"])
        with self.assertRaises(AccessError):
            self._set(company_id=other.id)
