# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .abc_common import FIRST, LAST
from .abc_data import AbcDataCommon


@tagged("post_install", "-at_install")
class TestAbcMeasures(AbcDataCommon):
    """What a client is worth, by each measure of C.1."""

    @classmethod
    def _order(cls, partner, amount, at=datetime(2026, 6, 15, 12), state="sale"):
        order = cls.env["sale.order"].sudo().create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {"name": "Goods", "product_id": cls.product_a.id,
                         "product_uom_qty": 1, "price_unit": amount,
                         "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )  # fmt: skip
        order.write({"state": state, "date_order": at})
        order.flush_recordset()
        return order

    @classmethod
    def _pay(cls, partner, amount, day=date(2026, 6, 15), **vals):
        payment = cls.env["account.payment"].sudo().create(
            {
                "partner_id": partner.id,
                "partner_type": "customer",
                "payment_type": "inbound" if amount > 0 else "outbound",
                "amount": abs(amount),
                "date": day,
                "journal_id": cls.company_data["default_journal_bank"].id,
                **vals,
            }
        )  # fmt: skip
        payment.action_post()
        payment.flush_recordset()
        return payment

    def _values(self, clients, **vals):
        run = self._run(self._profile(**vals))
        return [self._line(run, client).value for client in clients]

    # -- orders ----------------------------------------------------------------

    def test_orders(self):
        one, two = self._many(2)
        self._order(one, 100)
        self._order(one, 50, state="draft")
        self._order(one, 20, state="cancel")
        self._order(two, 30)
        self._order(two, 30)
        self._order(one, 7, datetime(2027, 1, 1))
        self._order(one, 7, datetime(2025, 12, 31, 12))
        buyer = self._client("Buyer", parent_id=one.id, is_company=False)
        self._order(buyer, 10)
        self.assertEqual(self._values((one, two), measure="ordered"), [110, 60])
        self.assertEqual(self._values((one, two), measure="order_count"), [2, 2])
        self.assertEqual(
            self._values((one, buyer), measure="ordered", client_key="contact"),
            [100, 10],
        )

    def test_the_day_of_an_order_is_that_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Riyadh"  # +3
        late, early = self._many(2)
        self._order(late, 100, datetime(2026, 12, 31, 23, 30))  # 2027 there
        self._order(late, 10, datetime(2026, 12, 31, 20, 59, 59))
        self._order(early, 100, datetime(2025, 12, 31, 21, 0))  # 2026 there
        self._order(early, 10, datetime(2025, 12, 31, 20, 59, 59))
        for key in ("commercial_partner", "contact", "holding"):
            profile = {"measure": "ordered", "client_key": key}
            self.assertEqual(self._values((late, early), **profile), [10, 100])
        run = self._run(
            self._profile(measure="ordered"), date(2027, 1, 1), date(2027, 1, 31)
        )
        self.assertEqual(run.line_ids.mapped("value"), [100])
        # the months of XYZ and the days of RFM are days of the company as well
        run = self._run(self._profile(measure="ordered", with_rfm=True))
        self.assertEqual(self._line(run, early).recency_days, 364)
        self.assertEqual(self._line(run, late).recency_days, 0)

    def test_orders_in_another_currency(self):
        client = self._client("Far")
        order = self._order(client, 100)
        self.env.cr.execute(
            "UPDATE sale_order SET currency_rate = 4, amount_untaxed = 100"
            " WHERE id = %s",
            [order.id],
        )
        self.assertEqual(self._values(client, measure="ordered"), [25])

    # -- payments --------------------------------------------------------------

    def test_payments(self):
        one, two = self._many(2)
        self._pay(one, 100)
        self._pay(one, -30)
        self._pay(two, -10)
        self._pay(two, 5, LAST)
        self._pay(two, 500, date(2027, 1, 1))
        self._pay(one, 500).action_cancel()
        self._pay(one, 900, partner_type="supplier")
        draft = self._pay(one, 800)
        draft.action_draft()
        run = self._run(self._profile(measure="paid"))
        self.assertEqual(self._line(run, one).value, 70)
        self.assertEqual(self._line(run, two).value, -5)
        self.assertEqual(self._line(run, two).flags, "negative new")
        self.assertEqual(self._line(run, one).frequency, 1)

    # -- life-time value, potential --------------------------------------------

    def test_life_time_value(self):
        old, young = self._clients(100, 50)
        self._invoice(old, 1000, date(2001, 1, 1))
        self._invoice(young, 10, date(2027, 1, 1))
        gone = self._client("Gone")
        self._invoice(gone, 70, date(2001, 1, 1))
        self.assertEqual(
            self._values((old, young, gone), measure="ltv"), [1100, 50, 70]
        )

    def test_potential(self):
        mine, foreign, none = (self._client(name) for name in ("M", "F", "N"))
        usd = self.env.ref("base.USD")
        eur = self.env.ref("base.EUR")
        (usd | eur).active = True
        other = eur if self.company.currency_id == usd else usd
        self.env["res.currency.rate"].search([("currency_id", "=", other.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": other.id, "name": "2020-01-01", "rate": 4,
             "company_id": self.company.id}
        )  # fmt: skip
        mine.sudo().write(
            {"yearly_purchases": 100,
             "yearly_purchases_currency_id": self.company.currency_id.id}
        )  # fmt: skip
        foreign.sudo().write(
            {"yearly_purchases": 1000, "yearly_purchases_currency_id": other.id}
        )
        run = self._run(
            self._profile(measure="potential", with_xyz=True, with_rfm=True)
        )
        self.assertEqual(self._line(run, mine).value, 100)
        self.assertEqual(self._line(run, foreign).value, 250)
        self.assertFalse(self._line(run, none))
        self.assertFalse(self._line(run, mine).rfm_score)
        self.assertFalse(self._line(run, mine).xyz_class)

    # -- score and margin ------------------------------------------------------

    def test_weighted_score(self):
        """E10: P(1000, 100, 5) Q(800, 300, 3) S(300, 250, 9) T(100, 10, 1)."""
        rows = ((1000, 100, 5), (800, 300, 3), (300, 250, 9), (100, 10, 1))
        clients = self._many(4, "S")
        for client, (invoiced, paid, orders) in zip(clients, rows, strict=True):
            self._post([(client.id, FIRST, invoiced)])
            self._pay(client, paid)
            for _order in range(orders):
                self._order(client, 1)
        profile = self._profile(
            measure="score",
            criterion_ids=[
                Command.create({"measure": measure, "weight": weight})
                for measure, weight in (("invoiced", 50), ("paid", 30),
                                        ("order_count", 20))
            ],
        )  # fmt: skip
        run = self._run(profile)
        lines = [self._line(run, client) for client in clients]
        self.assertEqual([line.value for line in lines], [71.11, 76.67, 60, 8.22])
        self.assertEqual([line.computed_class for line in lines], list("AAAC"))
        shares = [line.cumulative_share for line in sorted(lines, key=lambda r: r.rank)]
        for share, expected in zip(shares, (35.49, 68.42, 96.19, 100), strict=True):
            self.assertAlmostEqual(share, expected, 2)
        self.assertFalse(run.currency_id)

    def test_margin_needs_its_app(self):
        if self.Profile._has_margin():
            self.skipTest("sale_margin is installed")
        with self.assertRaisesRegex(ValidationError, "sale_margin"):
            self._profile(measure="margin")
        with self.assertRaisesRegex(ValidationError, "sale_margin"):
            self._profile(
                measure="score",
                criterion_ids=[Command.create({"measure": "margin", "weight": 100})],
            )

    def test_documents_are_those_that_were_counted(self):
        client, _other = self._clients(100, 50)
        self._invoice(client, -30)
        self._invoice(client, 7, date(2025, 5, 5))
        self._order(client, 11)
        self._pay(client, 13)
        for measure, field, value in (
            ("invoiced", "amount_untaxed_signed", 70),
            ("ltv", "amount_untaxed_signed", 77),
            ("ordered", "amount_untaxed", 11),
            ("paid", "amount_company_currency_signed", 13),
        ):
            line = self._line(self._run(self._profile(measure=measure)), client)
            action = line.action_view_documents()
            found = self.env[action["res_model"]].sudo().search(action["domain"])
            with self.subTest(measure):
                self.assertEqual(line.value, value)
                self.assertEqual(sum(found.mapped(field)), value)
