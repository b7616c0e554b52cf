# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .key_common import KeyCommon

ANSWER = {
    "cause": "competitor",
    "measure": "Meeting of the directors and an offer for the year",
    "measure_due": "2026-12-01",
}


@tagged("post_install", "-at_install")
class TestClassFall(KeyCommon):
    """Who fell is explained within ten working days. (C4.1, BASE-16)"""

    def _fallen(self):
        # A A A C, then A, down, lost, up
        return self._two_quarters((400, 300, 200, 50), (800, 30, 0, 170))

    def _fall(self, client):
        return self.Fall.search([("partner_id", "=", client.id)])

    def test_falls_are_demanded(self):
        clients = self._fallen()
        falls = [self._fall(client) for client in clients]
        self.assertEqual([len(f) for f in falls], [0, 1, 1, 0])
        down, lost = falls[1:3]
        self.assertEqual((down.from_class, down.to_class), ("A", "C"))
        self.assertFalse(down.is_lost)
        self.assertEqual((lost.from_class, lost.to_class), ("A", False))
        self.assertTrue(lost.is_lost)
        self.assertEqual(down.user_id, self.seller)
        self.assertEqual(down.measure_user_id, self.seller)
        self.assertEqual(down.state, "open")
        self.assertEqual(
            down.due_on,
            self.env["regulation.time"]._get_working_day(
                self.company.id, 10, self.run.approved_on
            ),
        )
        activity = down.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, down.due_on)

    def test_a_first_run_has_no_falls(self):
        client = self._client("K")
        self._invoice(client, 100)
        self._approved_run(date(2026, 1, 1), date(2026, 6, 30))
        self.assertFalse(self._fall(client))

    def test_falls_of_b_are_of_key_clients_alone(self):
        # B in the first run and C in the second
        before, now = (800, 120, 80), (900, 80, 20)
        plain = self._two_quarters(before, now)
        down = self.run.line_ids.filtered(
            lambda line: line.movement == "down" and line.previous_class == "B"
        )
        self.assertTrue(down)
        self.assertFalse(self._fall(down[0].partner_id))
        self._key(down[0].partner_id)
        self.Fall._demand(self.run)
        fall = self._fall(down[0].partner_id)
        self.assertTrue(fall.is_key)
        self.assertEqual(len(self.Fall.search([("partner_id", "in", plain.ids)])), 1)
        # again: nothing twice
        self.Fall._demand(self.run)
        self.assertEqual(len(self.Fall.search([("partner_id", "in", plain.ids)])), 1)

    def test_answer_needs_cause_and_measure(self):
        fall = self._fall(self._fallen()[1]).with_user(self.seller)
        with self.assertRaisesRegex(ValidationError, "the cause, the measure, by when"):
            fall.action_answer()
        for vals, lack in (
            ({"cause": False}, "the cause"),
            ({"measure": "-"}, "the measure"),
            ({"measure": "n/a"}, "the measure"),
            ({"measure_due": False}, "by when"),
            ({"measure_user_id": False}, "who does it"),
            ({"cause": "other", "cause_text": "..."}, "in words"),
        ):
            with self.subTest(vals):
                fall.write({**ANSWER, "measure_user_id": self.seller.id, **vals})
                with self.assertRaisesRegex(ValidationError, lack):
                    fall.action_answer()
        fall.write({**ANSWER, "measure_user_id": self.seller.id})
        fall.action_answer()
        self.assertEqual(fall.state, "answered")
        self.assertEqual(fall.answered_by_id, self.seller)
        self.assertFalse(fall.activity_ids)
        with self.assertRaisesRegex(UserError, "answered already"):
            fall.action_answer()
        with self.assertRaisesRegex(ValidationError, "the measure"):
            fall.measure = "-"

    def test_overdue(self):
        fall = self._fall(self._fallen()[1])
        Fall = self.Fall.with_user(self.seller)
        mine = [("id", "=", fall.id)]
        self.assertTrue(Fall.search([*mine, ("state", "=", "open")]))
        self.assertFalse(Fall.search([*mine, ("state", "=", "overdue")]))
        with freeze_time(fall.due_on + timedelta(days=2)):
            fall.invalidate_recordset(["state"])
            self.assertEqual(fall.state, "overdue")
            self.assertTrue(Fall.search([*mine, ("state", "=", "overdue")]))
            self.assertFalse(Fall.search([*mine, ("state", "=", "open")]))
            self.assertTrue(Fall.search([*mine, ("state", "in", ["open", "overdue"])]))
            self.assertTrue(Fall.search([*mine, ("state", "!=", "answered")]))
            fall.with_user(self.seller).write(ANSWER)
            fall.with_user(self.seller).action_answer()
            self.assertFalse(Fall.search([*mine, ("state", "=", "overdue")]))
            self.assertTrue(Fall.search([*mine, ("state", "=", "answered")]))

    def test_rights(self):
        fall = self._fall(self._fallen()[1])
        for user, seen in (
            (self.seller, True), (self.stranger, False), (self.head, True),
        ):  # fmt: skip
            found = self.Fall.with_user(user).search([("id", "=", fall.id)])
            self.assertEqual(bool(found), seen)
        with self.assertRaises(AccessError):
            fall.with_user(self.stranger).write(ANSWER)
        with self.assertRaisesRegex(AccessError, "comes from the ABC run"):
            fall.with_user(self.seller).due_on = fields.Date.today()
        with self.assertRaisesRegex(AccessError, "comes from the ABC run"):
            fall.with_user(self.head).answered_on = fields.Datetime.now()
        with self.assertRaisesRegex(AccessError, "chosen by the head"):
            fall.with_user(self.seller).user_id = self.stranger
        with self.assertRaises(AccessError):
            self.Fall.with_user(self.head).create({"company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "stays"):
            fall.sudo().unlink()
        fall.with_user(self.head).user_id = self.stranger
        self.assertEqual(fall.activity_ids.user_id, self.stranger)
        company = self.env["res.company"].create({"name": "Far"})
        far = new_test_user(
            self.env, login="fall_far", company_id=company.id,
            company_ids=[company.id],
            groups="client_regulation.client_regulation_group_director",
        )  # fmt: skip
        self.assertFalse(self.Fall.with_user(far).search([("id", "=", fall.id)]))

    def test_ask_again(self):
        fall = self._fall(self._fallen()[1])
        fall.with_user(self.seller).write(ANSWER)
        fall.with_user(self.seller).action_answer()
        with self.assertRaises(AccessError):
            fall.with_user(self.seller).action_reopen()
        fall.with_user(self.head).action_reopen()
        self.assertIn(fall.state, ("open", "overdue"))
        self.assertTrue(fall.activity_ids)

    def test_large_bases_ask_by_the_job(self):
        clients = self._fallen()
        falls = self.Fall.search([("partner_id", "in", clients.ids)])
        falls.activity_ids.unlink()
        falls.sudo().is_asked = False
        with self.enter_registry_test_mode():
            self.env.ref(
                "client_regulation.ir_cron_class_falls"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(all(falls.mapped("is_asked")))
        self.assertEqual([len(fall.activity_ids) for fall in falls], [1, 1])
