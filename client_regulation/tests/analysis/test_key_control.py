# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .key_common import KeyCommon

#: the control is of June 2026, made on the second of July
MONTH, NOW = date(2026, 6, 1), "2026-07-02 08:00:00"


@tagged("post_install", "-at_install")
class TestKeyControl(KeyCommon):
    """Signals of churn and the monthly control of key clients. (D.4, C5.1)"""

    def setUp(self):
        super().setUp()
        frozen = freeze_time(NOW)
        frozen.start()
        self.addCleanup(frozen.stop)
        self.client = self._client("Key", user_id=self.seller.id)
        self.key = self._key(self.client)

    def _compute(self, *clients):
        clients = clients or (self.client,)
        ids = [client.id for client in clients]
        bases = self.env["regulation.churn.reader"]._read_bases(self.company, MONTH)
        self.Control.sudo()._make(self.company, ids, MONTH, bases)
        return self._signals(clients[0])

    def _signals(self, client):
        found = self.Signal.search(
            [("partner_id", "=", client.id), ("month", "=", MONTH)]
        )
        return {signal.code: signal for signal in found}

    def _sheet(self):
        return self.Control.search([("key_client_id", "=", self.key.id)])

    def _order(self, client, day, product=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": client.id,
                "order_line": [
                    Command.create(
                        {"product_id": (product or self.product_a).id,
                         "product_uom_qty": 1, "price_unit": 10}
                    )
                ],
            }
        )  # fmt: skip
        order.action_confirm()
        order.date_order = f"{day} 10:00:00"
        return order

    def _invoice_due(self, client, day, due):
        return self._invoice(
            client, 100, day, invoice_date_due=due, invoice_payment_term_id=False
        )

    # ------------------------------------------------------------
    # SIGNALS
    # ------------------------------------------------------------

    def test_nothing_is_known(self):
        signals = self._compute()
        self.assertEqual(len(signals), 12)
        levels = {code: signal.level for code, signal in signals.items()}
        for code in ("C06", "C07", "C08", "C09"):
            self.assertEqual(levels.pop(code), "not_bound")
        self.assertEqual(set(levels.values()), {"no_data"})
        self.assertEqual({s.value_text for s in signals.values()}, {"—"})
        self.assertEqual(self.key.risk_level, "no_data")
        self.assertEqual(self._sheet().risk_level, "no_data")

    def test_silence_against_own_rhythm(self):
        last = date(2026, 6, 30)
        for silent, level, value in ((51, "yellow", 1.76), (73, "red", 2.52)):
            client = self._client(f"Silent {silent}")
            for day in (0, 30, 58, 91, 119):
                self._order(client, last - timedelta(days=silent + 119 - day))
            signals = self._compute(client)
            self.assertEqual(signals["C01"].level, level)
            self.assertAlmostEqual(signals["C01"].value, value, 2)
            self.assertEqual(signals["C02"].level, "no_data")
            self.assertEqual(signals["C02"].reason, "own_rhythm")

    def test_invoices_where_there_are_no_orders(self):
        for day in ("2026-01-01", "2026-01-31", "2026-02-28", "2026-04-02"):
            self._invoice(self.client, 100, date.fromisoformat(day))
        self.assertEqual(self._compute()["C01"].level, "red")

    def test_silence_against_the_class(self):
        # six clients of class A buy every ten days
        for number in range(6):
            client = self._client(f"A{number}")
            self._set_class(client, "A")
            for day in (1, 11):
                self._order(client, date(2026, 6, day))
        self._set_class(self.client, "A")
        self._order(self.client, date(2026, 5, 1))
        signals = self._compute()
        self.assertEqual(signals["C01"].reason, "few_orders")
        self.assertEqual(signals["C02"].level, "red")
        self.assertEqual(signals["C02"].value, 60)
        # of another class there is nothing to compare with
        self._set_class(self.client, "B")
        self.assertEqual(self._compute()["C02"].reason, "no_base")

    def _set_class(self, client, letter):
        self.env["res.partner"]._set_regulation_class(client, self.company, letter)

    def test_revenue(self):
        self._invoice(self.client, 1000, date(2025, 5, 1))
        self._invoice(self.client, 9000, date(2025, 3, 31))
        self._invoice(self.client, 900, date(2026, 4, 1))
        self._invoice(self.client, -200, date(2026, 6, 30))
        signals = self._compute()
        self.assertEqual((signals["C03"].level, signals["C03"].value), ("yellow", -30))

    def test_categories(self):
        Category = self.env["product.category"]
        for number in range(4):
            product = self.env["product.product"].create(
                {
                    "name": f"P{number}",
                    "categ_id": Category.create({"name": f"C{number}"}).id,
                }
            )
            self._order(self.client, date(2025, 9, 1), product)
            if number < 2:
                self._order(self.client, date(2026, 3, 1), product)
        signals = self._compute()
        self.assertEqual((signals["C04"].level, signals["C04"].value), ("red", -50))

    def test_class_down(self):
        clients = self._two_quarters((500, 300, 150), (900, 60, 30))
        levels = [self._compute(client)["C05"].level for client in clients]
        # A stays; A became B; A or B became C
        self.assertEqual(levels[0], "none")
        self.assertEqual(levels[1], "yellow")
        self.assertIn(levels[2], ("yellow", "red"))

    def test_decision_maker_left(self):
        boss, heir = (
            self.env["res.partner"].create(
                {"name": name, "parent_id": self.client.id, "decision_role": "decides"}
            )
            for name in ("Boss", "Heir")
        )
        self.assertEqual(self._compute()["C10"].level, "none")
        boss.action_archive()
        self.assertEqual(self._compute()["C10"].level, "red")
        # years later, with somebody else who decides, nobody worries
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = '2024-01-01' WHERE id = %s",
            (boss.id,),
        )
        self.assertEqual(self._compute()["C10"].level, "none")
        heir.action_archive()
        self.assertEqual(self._compute()["C10"].value, 2)

    def test_role_ended(self):
        boss = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.client.id, "decision_role": "decides"}
        )
        boss = boss.with_context(tracking_disable=False, mail_notrack=False)
        self.flush_tracking()
        boss.decision_role = "uses"
        self.flush_tracking()
        self.assertEqual(self._compute()["C10"].level, "red")

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_payment_delays(self):
        # open: 10 days late by the end of May, 40 by the end of June
        self._invoice_due(self.client, date(2026, 5, 1), date(2026, 5, 21))
        signals = self._compute()
        self.assertEqual((signals["C11"].level, signals["C11"].value), ("red", 30))

    def test_paid_invoices_count_until_paid(self):
        move = self._invoice_due(self.client, date(2026, 5, 1), date(2026, 5, 21))
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"payment_date": date(2026, 6, 5)})._create_payments()
        signals = self._compute()
        # 10 days by the end of May, 15 when it was paid
        self.assertEqual((signals["C11"].level, signals["C11"].value), ("none", 5))
        self.assertEqual(self._sheet().payments, move.amount_total)

    def test_competitor(self):
        self.assertEqual(self._compute()["C12"].reason, "no_talks")
        types = self.env["regulation.objection.type"]
        price = types.create({"name": "Price", "code": "O01"})
        rival = types.create({"name": "Competitor cheaper", "code": "O11"})
        Objection = self.env["regulation.objection"]
        for number, (kind, day, level) in enumerate((
            (price, "2026-06-01", "none"),
            (rival, "2026-03-01", "none"),
            (rival, "2026-06-02", "yellow"),
            (rival, "2026-06-03", "red"),
        )):  # fmt: skip
            Objection.create(
                {"partner_id": self.client.id, "type_id": kind.id,
                 "wording": f"The others are cheaper {number}",
                 "date": f"{day} 10:00:00"}
            )  # fmt: skip
            self.assertEqual(self._compute()["C12"].level, level)

    def test_the_month_before(self):
        self._order(self.client, date(2026, 5, 1))
        bases = self.env["regulation.churn.reader"]._read_bases(self.company, MONTH)
        self.Signal.sudo()._compute_month(
            self.company, [self.client.id], date(2026, 5, 1), bases
        )
        first = self.Signal.search([("partner_id", "=", self.client.id)])
        first.filtered(lambda s: s.code == "C03").sudo().write(
            {"level": "yellow", "value": -21}
        )
        signals = self._compute()
        self.assertEqual(signals["C03"].previous_level, "yellow")
        self.assertEqual(signals["C03"].previous_value, -21)
        self.assertEqual(signals["C06"].previous_level, "not_bound")

    def test_queries_do_not_grow(self):
        Reader = self.env["regulation.churn.reader"]
        many = self.client
        for number in range(20):
            client = self._client(f"M{number}")
            self._order(client, date(2026, 5, 1))
            many += client
        Reader._read_signals(self.company, many.ids, MONTH, {})
        for clients in (self.client, many):
            self.env.flush_all()
            with self.assertQueryCount(10):
                found = Reader._read_signals(self.company, clients.ids, MONTH, {})
            self.assertEqual(len(found), len(clients))

    # ------------------------------------------------------------
    # SHEETS
    # ------------------------------------------------------------

    def _trigger(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "client_regulation.ir_cron_key_control"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_job(self):
        top = self._client("Class A", user_id=self.seller.id)
        plain = self._client("Class B")
        self._set_class(top, "A")
        self._set_class(plain, "B")
        self._invoice(self.client, 500, date(2026, 6, 10))
        self._invoice(self.client, -100, date(2026, 6, 30))
        self._invoice(self.client, 900, date(2026, 7, 1))
        self._trigger()
        sheet = self._sheet()
        self.assertEqual(sheet.month, MONTH)
        self.assertEqual((sheet.purchases, sheet.purchase_count), (400, 1))
        self.assertEqual(sheet.payments, 0)
        self.assertEqual(sheet.visit_count, 0)
        self.assertEqual(sheet.claims, "no data")
        self.assertEqual(sheet.user_id, self.seller)
        self.assertEqual(len(sheet.signal_ids), 12)
        self.assertEqual(
            sheet.due_on,
            self.env["regulation.time"]._get_working_day(self.company.id, 5),
        )
        self.assertEqual(len(self._signals(top)), 12)
        self.assertFalse(self._signals(plain))
        self.assertFalse(self.Control.search([("partner_id", "=", top.id)]))
        # again: nothing new, and what was written stays
        sheet.signal_ids[0].with_user(self.seller).decision = "Called them"
        self._trigger()
        self.assertEqual(self._sheet(), sheet)
        self.assertEqual(sheet.signal_ids[0].decision, "Called them")
        self.assertFalse(self.Control._get_pending(self.company, MONTH))

    def _make_red(self, client):
        """Red by silence, by revenue and by categories."""
        self._invoice(client, 1000, date(2025, 5, 1))
        for day in (1, 11, 21, 31):
            self._order(client, date(2025, 12, day))

    def test_turning_red_alarms_once(self):
        top = self._client("Class A", user_id=self.seller.id)
        for client in (self.client, top):
            self._make_red(client)
        posted = len(self.key.message_ids)
        self._compute(self.client, top)
        self.assertEqual((self.key.risk_points, self.key.risk_level), (9, "red"))
        for record in (self.key, top):
            activity = record.activity_ids
            self.assertEqual(activity.user_id, self.seller)
            self.assertEqual(activity.date_deadline, date(2026, 7, 3))
        message = self.key.message_ids[0]
        self.assertIn("red list now: 9 points", message.body)
        directors = self.Signal._get_directors(self.company)
        self.assertIn(self.director, directors)
        self.assertIn(self.director.partner_id, message.notified_partner_ids)
        # computed again, and in the next month: it is red already
        self._compute(self.client, top)
        bases = self.env["regulation.churn.reader"]._read_bases(self.company, MONTH)
        self.Control.sudo()._make(
            self.company, self.client.ids, date(2026, 7, 1), bases
        )
        self.assertEqual(len(self.key.activity_ids), 1)
        self.assertEqual(len(self.key.message_ids), posted + 1)
        self.assertEqual(len(top.activity_ids), 1)

    def test_red_signals_need_decisions(self):
        self._make_red(self.client)
        self._compute()
        sheet = self._sheet().with_user(self.seller)
        self.assertEqual((sheet.red_count, sheet.undecided_count), (3, 3))
        with self.assertRaisesRegex(ValidationError, "C01 .*, C03 .*, C04 "):
            sheet.action_review()
        red = sheet.signal_ids.filtered(lambda signal: signal.level == "red")
        red.write({"decision": "-"})
        with self.assertRaisesRegex(ValidationError, "without a decision"):
            sheet.action_review()
        with Form(sheet) as form:
            for index, signal in enumerate(sheet.signal_ids):
                if signal.level == "red":
                    with form.signal_ids.edit(index) as line:
                        line.decision = "Meeting on the 12th"
        sheet.action_review()
        self.assertEqual(sheet.state, "reviewed")
        self.assertEqual(sheet.reviewed_by_id, self.seller)
        with self.assertRaisesRegex(UserError, "reviewed already"):
            sheet.action_review()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            red[0].decision = "Something else"
        with self.assertRaisesRegex(UserError, "stays as the proof"):
            sheet.sudo().unlink()
        with self.assertRaisesRegex(AccessError, "sales director"):
            sheet.with_user(self.head).action_reopen()
        sheet.with_user(self.director).action_reopen()
        self.assertEqual(sheet.state, "draft")

    def test_reviewed_sheets_are_not_filled_again(self):
        self._compute()
        sheet = self._sheet()
        self._invoice(self.client, 300, date(2026, 6, 5))
        sheet.with_user(self.seller).action_recompute()
        self.assertEqual(sheet.purchases, 300)
        sheet.with_user(self.seller).action_review()
        self._invoice(self.client, 300, date(2026, 6, 6))
        sheet.with_user(self.seller).action_recompute()
        self.assertEqual(sheet.purchases, 300)

    def test_late(self):
        self._compute()
        sheet = self._sheet()
        mine = [("id", "=", sheet.id), ("is_late", "=", True)]
        self.assertFalse(sheet.is_late)
        self.assertFalse(self.Control.search(mine))
        with freeze_time("2026-08-01"):
            sheet.invalidate_recordset(["is_late"])
            self.assertTrue(sheet.is_late)
            self.assertTrue(self.Control.search(mine))

    def test_rights(self):
        signals = self._compute()
        sheet = self._sheet()
        company = self.env["res.company"].create({"name": "Far"})
        far = new_test_user(
            self.env, login="control_far", company_id=company.id,
            company_ids=[company.id],
            groups="client_regulation.client_regulation_group_director",
        )  # fmt: skip
        for record in (sheet, signals["C01"]):
            for user, seen in (
                (self.seller, True), (self.stranger, False), (self.head, True),
                (far, False),
            ):  # fmt: skip
                with self.subTest(record=record._name, user=user.login):
                    found = record.with_user(user).search([("id", "=", record.id)])
                    self.assertEqual(bool(found), seen)
            with self.assertRaises(AccessError):
                record.with_user(self.head).create({"company_id": self.company.id})
        with self.assertRaisesRegex(AccessError, "not written by hand"):
            signals["C01"].with_user(self.director).level = "none"
        with self.assertRaisesRegex(AccessError, "filled from the books"):
            sheet.with_user(self.director).purchases = 1
        with self.assertRaises(AccessError):
            signals["C01"].with_user(self.stranger).decision = "Mine"
        with self.assertRaises(AccessError):
            sheet.with_user(self.stranger).action_review()
        with self.assertRaises(AccessError):
            sheet.with_user(self.stranger).action_recompute()
