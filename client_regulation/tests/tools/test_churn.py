# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta
from fractions import Fraction

from odoo.tests import BaseCase

from ...tools import churn
from ...tools.churn import Signal

ORDERS = (0, 30, 58, 91, 119)


class TestChurn(BaseCase):
    """Signals of churn, without a database. (Reg. D.4)"""

    def level(self, signal):
        return signal.level, signal.value and round(signal.value, 2)

    def test_oracle_of_the_rhythm(self):
        self.assertEqual(churn.intervals(ORDERS), [30, 28, 33, 28])
        self.assertEqual(churn.median(churn.intervals(ORDERS)), 29)
        for day, expected in (
            (119, ("none", 0.0)),
            (162, ("none", 1.48)),
            (163, ("yellow", 1.52)),
            (170, ("yellow", 1.76)),
            (191, ("yellow", 2.48)),
            (192, ("red", 2.52)),
        ):
            with self.subTest(day):
                found = churn.silence_of_rhythm(ORDERS, day)
                self.assertEqual(self.level(found), expected)

    def test_oracle_with_dates(self):
        first = date(2026, 1, 1)
        days = [first + timedelta(days=day) for day in ORDERS]
        found = churn.silence_of_rhythm(days, first + timedelta(days=192))
        self.assertEqual(self.level(found), ("red", 2.52))

    def test_a_bound_is_within(self):
        days = (0, 10, 20, 30)
        self.assertEqual(churn.silence_of_rhythm(days, 45).level, "yellow")
        self.assertEqual(churn.silence_of_rhythm(days, 55).level, "red")

    def test_few_orders_have_no_rhythm(self):
        self.assertEqual(
            churn.silence_of_rhythm((0, 10, 20, 20), 300), churn.no_data("few_orders")
        )
        self.assertEqual(churn.silence_of_rhythm((), 300), churn.no_data("no_orders"))
        for count in range(4):
            found = churn.silence_of_rhythm(range(count), 9)
            self.assertEqual((found.points, found.value), (0, None))

    def test_median(self):
        self.assertIsNone(churn.median([]))
        self.assertEqual(churn.median([5]), 5)
        self.assertEqual(churn.median([1, 2]), Fraction(3, 2))
        self.assertEqual(churn.median([9, 1, 5]), 5)

    def test_percentiles_are_those_of_r(self):
        # quantile(c(10, 20, 30, 40, 50), c(.8, .95)) is 42 and 48
        values = {10: 1, 20: 1, 30: 1, 40: 1, 50: 1}
        self.assertEqual(churn.percentile(values, 80), 42)
        self.assertEqual(churn.percentile(values, 95), 48)
        self.assertEqual(churn.percentile({7: 4}, 95), 7)
        self.assertEqual(churn.percentile({1: 3, 5: 1}, 100), 5)
        self.assertEqual(churn.percentile({1: 3, 5: 1}, 0), 1)
        self.assertIsNone(churn.percentile({}, 80))

    def test_silence_of_base(self):
        base = {10: 1, 20: 1, 30: 1, 40: 1, 50: 1}
        for silent, expected in (
            (41, "none"),
            (42, "yellow"),
            (47, "yellow"),
            (48, "red"),
        ):
            with self.subTest(silent):
                self.assertEqual(
                    churn.silence_of_base([0], silent, base).level, expected
                )
        self.assertEqual(
            churn.silence_of_base(ORDERS, 900, base), churn.no_data("own_rhythm")
        )
        self.assertEqual(
            churn.silence_of_base([0], 900, {10: 4}), churn.no_data("no_base")
        )
        self.assertEqual(churn.silence_of_base([0], 9, None), churn.no_data("no_base"))
        self.assertEqual(churn.silence_of_base([], 9, base), churn.no_data("no_orders"))

    def test_revenue(self):
        for now, expected in (
            (12000, ("none", 20.0)),
            (8001, ("none", -19.99)),
            (8000, ("yellow", -20.0)),
            (6001, ("yellow", -39.99)),
            (6000, ("red", -40.0)),
            (0, ("red", -100.0)),
            (-500, ("red", -105.0)),
        ):
            with self.subTest(now):
                found = churn.revenue_drop(now, 10000)
                self.assertEqual(self.level(found), expected)
        for before in (0, -1):
            self.assertEqual(
                churn.revenue_drop(100, before), churn.no_data("no_previous")
            )
        self.assertEqual(churn.revenue_drop(100, 100).value, 0.0)

    def test_basket(self):
        for now, expected in ((4, "none"), (3, "yellow"), (2, "red"), (0, "red")):
            self.assertEqual(churn.basket_narrowing(now, 4).level, expected)
        self.assertEqual(churn.basket_narrowing(0, 0).level, "no_data")

    def test_class(self):
        for before, now, expected in (
            ("A", "A", "none"),
            ("B", "A", "none"),
            ("A", "B", "yellow"),
            ("B", "C", "yellow"),
            ("C", None, "yellow"),
            ("A", "C", "red"),
            ("B", None, "red"),
            ("A", False, "red"),
            (None, "A", "no_data"),
        ):
            with self.subTest(before=before, now=now):
                self.assertEqual(churn.class_down(before, now).level, expected)

    def test_people_payments_and_competitors(self):
        self.assertEqual(churn.decision_maker_left(0, 0).level, "no_data")
        self.assertEqual(churn.decision_maker_left(0, 1), Signal("none", 0.0))
        self.assertEqual(churn.decision_maker_left(1, 3), Signal("red", 1.0))
        for now, before, expected in (
            (None, 4, "no_data"),
            (4, None, "no_data"),
            (6, 0, "none"),
            (7, 0, "yellow"),
            (20, 0, "yellow"),
            (21, 0, "red"),
            (0, 30, "none"),
        ):
            with self.subTest(now=now, before=before):
                self.assertEqual(churn.payment_delay(now, before).level, expected)
        self.assertEqual(churn.competitor_named(0, 0).level, "no_data")
        for times, expected in ((0, "none"), (1, "yellow"), (2, "red"), (5, "red")):
            self.assertEqual(churn.competitor_named(times, 3).level, expected)

    def test_risk(self):
        yellow, red, unknown = Signal("yellow"), Signal("red"), Signal("no_data")
        for signals, expected in (
            ([], (0, "no_data")),
            ([unknown, Signal("not_bound")], (0, "no_data")),
            ([unknown, Signal("none")], (0, "none")),
            ([yellow] * 2, (2, "none")),
            ([yellow] * 3, (3, "yellow")),
            ([red], (3, "yellow")),
            ([red, yellow, yellow], (5, "yellow")),
            ([red, red], (6, "red")),
            ([yellow] * 6, (6, "red")),
        ):
            self.assertEqual(churn.risk(signals), expected)

    def test_all_codes(self):
        self.assertEqual(len(churn.CODES), 12)
        self.assertLess(set(churn.NOT_BOUND), set(churn.CODES))
