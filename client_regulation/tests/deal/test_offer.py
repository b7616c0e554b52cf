# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .deal_common import DealCommon

SENT = {"mark_so_as_sent": True}
LETTER = {"body": "Our offer"}


def _nothing(lines):
    lines.regulation_list_price = 0.0


@tagged("post_install", "-at_install")
class TestOffer(DealCommon):
    """A6: asked for, sent within authority, answered."""

    def _wizard(self, offer, user, **vals):
        action = offer.with_user(user).action_discount_approve()
        form = Form(
            self.env["regulation.discount.approve"]
            .with_user(user)
            .with_context(**action["context"])
        )
        for name, value in vals.items():
            form[name] = value
        return form.save()

    # -- asked for and sent ------------------------------------------------------

    def test_request_goes_to_the_quotation(self):
        self.assertIs(self.lead.action_offer_requested(), True)
        again = self.lead.action_offer_requested()
        self.assertEqual(again["tag"], "display_notification")
        offer = self._offer()
        self.assertEqual(offer.offer_requested_on, self.lead.offer_requested_on)
        self.assertGreater(offer.offer_due, offer.offer_requested_on)
        self.assertEqual(offer.offer_version, 1)
        self.assertEqual(self._offer().offer_version, 2)

    def test_request_reaches_a_waiting_draft(self):
        offer = self._offer()
        self.assertFalse(offer.offer_requested_on)
        self.lead.action_offer_requested()
        self.assertEqual(offer.offer_requested_on, self.lead.offer_requested_on)

    def test_first_sending_by_letter(self):
        offer = self._offer()
        self.assertFalse(offer.offer_first_sent_on)
        offer.action_quotation_send()
        self.assertFalse(offer.offer_first_sent_on, "the letter is not written yet")
        offer.with_context(**SENT).message_post(**LETTER)
        self.assertEqual(offer.state, "sent")
        first = offer.offer_first_sent_on
        self.assertTrue(first)
        self.assertEqual(
            offer.offer_feedback_due,
            self.env["regulation.time"]._get_due(self.company.id, first, 3, "wd"),
        )
        # sent again, or taken back and sent: the first time stays
        offer.sudo().offer_first_sent_on = "2026-01-05 08:00:00"
        offer.with_context(**SENT).message_post(**LETTER)
        offer.action_cancel()
        offer.action_draft()
        offer.action_quotation_sent()
        self.assertEqual(str(offer.offer_first_sent_on), "2026-01-05 08:00:00")

    def test_in_time_and_late(self):
        offer = self._offer(offer_requested_on=fields.Datetime.now())
        offer.action_quotation_sent()
        self.assertEqual(offer.offer_sent_in_time, "on_time")
        long_ago = fields.Datetime.now() - timedelta(days=30)
        late = self._offer(offer_requested_on=long_ago)
        late.action_quotation_sent()
        self.assertEqual(late.offer_sent_in_time, "late")

    def test_stamps_are_not_written_by_hand(self):
        offer = self._offer()
        for name, value in (
            ("offer_first_sent_on", "2026-01-05 08:00:00"),
            ("offer_version", 7),
            ("discount_approved_percent", 50),
        ):
            with self.assertRefused("kept by the regulation", exception=AccessError):
                offer[name] = value

    def test_feedback_activity_without_regulation(self):
        offer = self._offer()
        offer.action_quotation_sent()
        kind = self.env.ref("client_regulation.mail_activity_type_offer_feedback")
        activity = offer.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertEqual(activity.user_id, self.seller)
        offer.offer_feedback = "accepted"
        self.assertFalse(activity.exists().filtered("active"))

    # -- answered ----------------------------------------------------------------

    def test_answer_by_the_short_form(self):
        offer = self._offer()
        offer.action_quotation_sent()
        view = self.env.ref("client_regulation.sale_order_view_form_feedback")
        with Form(offer, view) as form:
            form.offer_feedback = "refused"
            form.offer_feedback_note = "Delivery takes four weeks, they need one"
            form.offer_feedback_contact_id = self.director
        self.assertTrue(offer.offer_feedback_on)
        self.assertEqual(offer.offer_feedback_by_id, self.seller)
        self.assertEqual(offer.offer_feedback_in_time, "on_time")
        offer.offer_feedback = False
        self.assertFalse(offer.offer_feedback_on)

    def test_refusal_without_a_reason(self):
        offer = self._offer()
        offer.action_quotation_sent()
        for note in (False, "-", "..."):
            with self.assertRefused("write the reason", exception=ValidationError):
                offer.write({"offer_feedback": "refused", "offer_feedback_note": note})

    def test_answer_before_sending(self):
        with self.assertRefused("has not been sent", exception=ValidationError):
            self._offer().offer_feedback = "accepted"

    def test_changes_are_a_new_request(self):
        offer = self._offer()
        offer.action_quotation_sent()
        offer.write({"offer_feedback": "changes", "offer_feedback_note": "Cheaper"})
        self.assertEqual(self.lead.offer_requested_on, offer.offer_feedback_on)

    def test_confirmed_is_accepted(self):
        offer = self._offer()
        offer.action_confirm()
        self.assertEqual(offer.offer_feedback, "accepted")

    # -- discount ----------------------------------------------------------------

    def test_discount_within_authority(self):
        offer = self._offer(discount=10)
        self.assertEqual(offer.discount_state, "within")
        offer.action_quotation_sent()
        self.assertEqual(offer.state, "sent")

    def test_discount_beyond_authority(self):
        offer = self._offer(discount=15)
        self.assertEqual(offer.discount_state, "needed")
        for route in (
            offer.action_quotation_send,
            offer.action_quotation_sent,
            offer.action_confirm,
            lambda: offer.write({"state": "sent"}),
        ):
            with self.assertRefused("15 %", "10 %", "Head", "Brick"):
                route()
        offer.action_discount_request()
        kind = self.env.ref("client_regulation.mail_activity_type_discount_approval")
        activity = offer.sudo().activity_ids.filtered(
            lambda a: a.activity_type_id == kind
        )
        self.assertEqual(activity.user_id, self.head)
        with self.assertRefused("approved by", exception=AccessError):
            offer.action_discount_approve()
        wizard = self._wizard(offer, self.head, note="A key client")
        self.assertEqual(wizard.percent, 15)
        wizard.action_approve()
        self.assertEqual(offer.discount_state, "approved")
        self.assertEqual(offer.discount_approved_by_id, self.head)
        self.assertFalse(activity.exists().filtered("active"))
        offer.action_quotation_sent()
        self.assertEqual(offer.state, "sent")

    def test_alert_says_what_the_reader_has_to_do(self):
        offer = self._offer(discount=15)
        self.assertIn("Head, Boss can approve", offer.discount_alert)
        self.assertIn("15 %", offer.discount_alert)
        self.assertIn("authority of Seller, 10 %", offer.discount_alert)
        self.assertIn("approve or refuse", offer.with_user(self.head).discount_alert)
        self.team.user_id = False
        self._fill("SD", self.seller)
        self.env["regulation.role.assignment"].search(
            [("user_id", "=", self.seller.id), ("role_id.code", "=", "SD")]
        ).unlink()
        self.env.invalidate_all()
        self.assertIn("nobody leads the team", offer.discount_alert)
        offer.order_line.discount = 5
        self.assertFalse(offer.discount_alert)
        with Form(self._offer(discount=15)) as form:
            self.assertIn("15 %", form.discount_alert)

    def test_approval_is_void_when_raised(self):
        offer = self._offer(discount=15)
        self._wizard(offer, self.head).action_approve()
        offer.order_line.discount = 20
        self.assertEqual(offer.discount_state, "needed")
        with self.assertRefused("20 %"):
            offer.action_quotation_sent()
        offer.order_line.discount = 12
        self.assertEqual(offer.discount_state, "approved")
        offer.action_quotation_sent()
        with self.assertRefused("30 %"):
            offer.order_line.discount = 30
        with self.assertRefused("40 %"):
            offer.order_line = [
                Command.create({"product_id": self.product.id, "discount": 40})
            ]

    def test_refused_discount(self):
        offer = self._offer(discount=15)
        wizard = self._wizard(offer, self.head)
        with self.assertRefused("comment"):
            wizard.action_refuse()
        wizard.note = "Offer a longer term instead"
        wizard.action_refuse()
        self.assertEqual(offer.discount_state, "needed")
        with self.assertRefused("between 0 and 100"):
            self._wizard(offer, self.head, percent=120).action_approve()

    def test_other_heads_do_not_approve(self):
        offer = self._offer(discount=15)
        with self.assertRaises(AccessError):
            offer.with_user(self.chief).action_discount_approve()
        with self.assertRaises(AccessError):
            self.env["regulation.discount.approve"].with_user(self.seller).create(
                {"order_id": offer.id, "percent": 50}
            ).action_approve()

    def test_head_within_their_own_authority(self):
        self.env["regulation.discount.authority"].create(
            {"user_id": self.head.id, "percent": 12}
        )
        offer = self._offer(discount=15)
        with self.assertRefused("Boss", exception=AccessError):
            offer.with_user(self.head).action_discount_approve()
        offer.with_user(self.owner)._decide_discount(15, "all right")
        self.assertEqual(offer.discount_state, "approved")

    def test_prices_lowered_by_hand_and_whole_discounts(self):
        offer = self._offer()
        offer.order_line.price_unit = 80
        self.assertEqual(offer.offer_discount, 20)
        offer.order_line.write({"price_unit": 100})
        self.assertEqual(offer.offer_discount, 0)
        self.company.sale_discount_product_id = self.product.copy({"type": "service"})
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": offer.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.25,
            }
        ).action_apply_discount()
        offer.invalidate_recordset()
        self.assertAlmostEqual(offer.offer_discount, 25)

    # -- the list price is the line's own ----------------------------------------

    def _priced(self, price, **vals):
        line = {
            "product_id": self.product.id, "product_uom_qty": 10, "price_unit": price,
            **vals,
        }  # fmt: skip
        return self._offer(order_line=[Command.create(line)])

    def _product(self, name, price):
        return self.env["product.product"].create(
            {"name": name, "list_price": price, "taxes_id": [Command.clear()]}
        )

    def test_low_price_that_comes_with_the_line(self):
        offer = self._priced(80)
        self.assertEqual(offer.order_line.technical_price_unit, 80, "Odoo's memory")
        self.assertEqual(offer.offer_discount, 20)
        self.assertEqual(offer.discount_state, "needed")
        with self.assertRefused("20 %", "10 %", "Brick"):
            offer.action_quotation_sent()
        # with the technical price of one's own choice
        self.assertEqual(self._priced(80, technical_price_unit=80).offer_discount, 20)
        # price and discount together
        self.assertEqual(self._priced(90, discount=10).offer_discount, 19)
        within = self._priced(92)
        within.action_quotation_sent()
        self.assertEqual(within.state, "sent")
        with self.assertRefused("20 %"):
            within.order_line.price_unit = 80

    def test_list_price_is_not_given_by_hand(self):
        with self.assertRefused("read from the price list", exception=AccessError):
            self._priced(80, regulation_list_price=80)
        offer = self._offer()
        with self.assertRefused("read from the price list", exception=AccessError):
            offer.order_line.regulation_list_price = 80
        default = self.env["sale.order.line"].with_user(self.seller)
        line = default.with_context(default_regulation_list_price=80).create(
            {"order_id": offer.id, "product_id": self.product.id, "price_unit": 80}
        )
        self.assertEqual(line.regulation_list_price, 100)

    def test_approval_is_not_given_by_a_default(self):
        Order = self.env["sale.order"].with_user(self.seller)
        offer = Order.with_context(
            default_discount_approved_percent=99,
            default_discount_approved_by_id=self.head.id,
        ).create({"partner_id": self.client.id})
        self.assertFalse(offer.discount_approved_percent)
        self.assertFalse(offer.discount_approved_by_id)

    def test_list_that_rises_afterwards(self):
        offer = self._priced(95)
        offer.action_quotation_sent()
        self.product.list_price = 200
        self.env.invalidate_all()
        self.assertEqual(offer.offer_discount, 5)
        offer.order_line.name = "Brick, red"
        self.assertEqual(offer.offer_discount, 5)
        # entered anew at the old price: the list of today counts
        self.assertEqual(offer.copy().offer_discount, 52.5)

    def test_list_price_of_quantity_price_list_and_currency(self):
        dollar = self.env.ref("base.USD")
        euro = self.env.ref("base.EUR")
        foreign = dollar if self.company.currency_id != dollar else euro
        foreign.active = True
        foreign.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id, "name": "2020-01-01", "rate": 2,
                "company_id": self.company.id,
            }
        )  # fmt: skip
        prices = self.env["product.pricelist"].create(
            {
                "name": "Foreign", "currency_id": foreign.id,
                "company_id": self.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "min_quantity": 100, "compute_price": "formula",
                            "price_discount": 30, "base": "list_price",
                        }
                    )
                ],
            }
        )  # fmt: skip
        offer = self._offer(
            pricelist_id=prices.id,
            order_line=[
                Command.create(
                    {
                        "product_id": self.product.id,
                        "product_uom_qty": 100,
                        "price_unit": 140,
                    }
                )
            ],
        )
        line = offer.order_line
        self.assertEqual(line.currency_id, foreign)
        self.assertEqual((line.regulation_list_price, offer.offer_discount), (140, 0))
        line.write({"product_uom_qty": 10, "price_unit": 140})
        self.assertEqual((line.regulation_list_price, offer.offer_discount), (200, 30))
        offer.pricelist_id = False
        self.assertEqual(line.regulation_list_price, 100)
        offer.pricelist_id = prices
        self.assertEqual(line.regulation_list_price, 200)
        self.product.list_price = 120
        offer.action_update_prices()
        self.assertEqual((line.price_unit, line.regulation_list_price), (240, 240))
        self.assertEqual(offer.offer_discount, 0)

    def test_lines_without_a_list_price(self):
        free = self._product("Free", 0)
        offer = self._offer(
            order_line=[
                Command.create({"display_type": "line_section", "name": "Section"}),
                Command.create({"display_type": "line_note", "name": "Note"}),
                Command.create({"product_id": free.id, "price_unit": 50}),
                Command.create({"product_id": free.id}),
                Command.create(
                    {"product_id": self.product.id, "price_unit": 1,
                     "is_downpayment": True, "product_uom_qty": 0}
                ),
            ]
        )  # fmt: skip
        self.assertEqual(offer.order_line.mapped("regulation_list_price"), [0] * 5)
        self.assertEqual(offer.offer_discount, 0)
        offer.action_quotation_sent()
        self.assertEqual(offer.state, "sent")

    def test_items_of_a_combo(self):
        """Made in one go with their combo, as the form sends them."""
        combo = self.env["product.combo"].create(
            {
                "name": "Wall",
                "combo_item_ids": [Command.create({"product_id": self.product.id})],
            }
        )
        wall = self.env["product.product"].create(
            {
                "name": "Wall",
                "type": "combo",
                "list_price": 60,
                "combo_ids": [Command.link(combo.id)],
                "taxes_id": [Command.clear()],
            }
        )

        def offer(price):
            item = {
                "product_id": self.product.id, "price_unit": price,
                "combo_item_id": combo.combo_item_ids.id, "linked_virtual_id": "wall",
            }  # fmt: skip
            whole = {"product_id": wall.id, "virtual_id": "wall", "price_unit": 0}
            return self._offer(order_line=[Command.create(whole), Command.create(item)])

        offers = offer(60) | offer(45)
        self.assertEqual(
            offers.order_line.mapped("regulation_list_price"), [0, 60, 0, 60]
        )
        self.assertEqual(offers.mapped("offer_discount"), [0, 25])

    def test_a_line_below_zero_is_a_discount(self):
        rebate = self._product("Rebate", 0)
        offer = self._offer(discount=5)
        offer.order_line = [
            Command.create(
                {"product_id": rebate.id, "product_uom_qty": 1, "price_unit": -100}
            )
        ]
        self.assertEqual(offer.offer_discount, 15)
        with self.assertRefused("15 %", "Rebate"):
            offer.action_quotation_sent()
        # returned packaging costs less than nothing by the list too
        crate = self._product("Crate taken back", -5)
        other = self._offer()
        other.order_line = [
            Command.create({"product_id": crate.id, "product_uom_qty": 40})
        ]
        self.assertEqual(other.offer_discount, 0)

    def test_lines_of_before_the_limit(self):
        self.company.regulation_discount_percent = 100
        offer, sent = self._priced(80), self._priced(80)
        self.assertEqual(offer.order_line.regulation_list_price, 0)
        sent.action_quotation_sent()
        self.company.regulation_discount_percent = 10
        self.env.invalidate_all()
        self.assertEqual(offer.discount_state, "needed")
        with self.assertRefused("20 %"):
            offer.action_quotation_sent()
        self.assertEqual(sent.discount_state, "within", "the client has it in hand")

    def test_no_limit_costs_nothing(self):
        self.company.regulation_discount_percent = 100
        Line = self.env.registry["sale.order.line"]

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            offer = self._priced(80)
            self.env.flush_all()
            made = self.env.cr.sql_log_count
            self.env.invalidate_all()
            offer.order_line.product_uom_qty = 11
            self.env.flush_all()
            return made - before, self.env.cr.sql_log_count - made

        count()  # warm
        ours = count()
        self.patch(Line, "_compute_regulation_list_price", _nothing)
        self.patch(Line, "_check_list_price", lambda line, vals: None)
        Order = self.env.registry["sale.order"]
        self.patch(Order, "_get_given_discounts", lambda order: {})
        self.patch(Order, "_check_raised_discount", lambda order, before: None)
        self.assertEqual(ours, count())

    def test_authority_of_person_role_company(self):
        Authority = self.env["regulation.discount.authority"]
        limits = Authority._get_limits(self.seller | self.lawyer, self.company)
        self.assertEqual(limits, {self.seller.id: 10, self.lawyer.id: 10})
        role = self._fill("LEG", self.lawyer)
        Authority.create({"role_id": role.id, "percent": 20})
        Authority.create({"user_id": self.seller.id, "percent": 5})
        limits = Authority._get_limits(self.seller | self.lawyer, self.company)
        self.assertEqual(limits, {self.seller.id: 5, self.lawyer.id: 20})
        with self.assertRaises(AccessError):
            Authority.with_user(self.seller).create(
                {"user_id": self.seller.id, "percent": 90}
            )

    # -- events ------------------------------------------------------------------

    def test_events_fire_once(self):
        codes = ("offer_request", "offer_sent", "offer_accepted", "first_order")
        self._prepare_edition()
        steps = [
            self._step(
                f"E.{i}", self.role_sm, subject="event", start_event=code, gate="inform"
            )
            for i, code in enumerate(codes, 1)
        ] + [
            self._step(f"D.{i}", self.role_sm, start_event=code)
            for i, code in enumerate(codes, 1)
        ]
        self._prepare_event_edition(*steps)
        lead = self._deal(partner_id=self.client.id)

        def fired():
            duties = self.env["regulation.duty"].search(
                [("lead_id", "=", lead.id), ("step_id.subject", "=", "event")]
            )
            return sorted(duties.mapped("step_id.code"))

        def due():
            return [bool(self._duty(lead, f"D.{i}").sudo().due_on) for i in range(1, 5)]

        self.assertEqual((fired(), due()), ([], [False] * 4))
        lead.action_offer_requested()
        self.assertEqual((fired(), due()), (["E.1"], [True, False, False, False]))
        offer = self._offer(lead=lead)
        offer.action_quotation_sent()
        self.assertEqual((fired(), due()[1]), (["E.1", "E.2"], True))
        offer.offer_feedback = "accepted"
        offer.write({"offer_feedback": "accepted", "offer_feedback_note": "Yes!"})
        self.assertEqual((fired(), due()[2]), (["E.1", "E.2", "E.3"], True))
        offer.action_confirm()
        self.assertEqual((fired(), due()), (["E.1", "E.2", "E.3", "E.4"], [True] * 4))
        offer.with_context(disable_cancel_warning=True).action_cancel()
        offer.action_draft()
        offer.action_confirm()
        self._offer(lead=lead).action_confirm()
        self.assertEqual(fired(), ["E.1", "E.2", "E.3", "E.4"])

    def test_send_many(self):
        offers = self._offer() | self._offer()
        action = offers.action_quotation_send()
        self.assertTrue(action["context"]["regulation_quotations_sent"])
        with self.assertRaises(UserError):
            (offers | self._offer(discount=50)).action_quotation_send()
