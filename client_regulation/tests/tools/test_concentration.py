# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from fractions import Fraction

from odoo.tests import BaseCase

from ...tools.concentration import concentration, gini
from .abc_examples import E1, RefusalMixin, clients


class TestConcentration(RefusalMixin, BaseCase):
    """How much of the sales hangs on how few clients. (Reg. 3.3)"""

    def test_exact_gini(self):
        cases = {
            (1, 1, 1, 1): 0,
            (1, 2, 3, 4): Fraction(1, 4),
            (0, 0, 0, 1): Fraction(3, 4),
            (10, 20, 30, 40, 50): Fraction(4, 15),
            tuple(range(1, 11)): Fraction(3, 10),
        }
        for amounts, expected in cases.items():
            self.assertEqual(gini(amounts), expected)
            self.assertEqual(gini(amounts[::-1]), expected)
        for count in range(2, 30):
            self.assertEqual(gini(range(1, count + 1)), Fraction(count - 1, 3 * count))

    def test_e1(self):
        result = concentration(clients(*E1, 0, -30))
        self.assertEqual((result.count, result.total), (10, 1000))
        self.assertEqual(result.gini, Fraction("0.562"))
        self.assertEqual(result.hhi, Fraction("0.24565"))
        self.assertEqual(round(float(result.effective), 2), 4.07)
        self.assertEqual(
            [100 * result.top(count) for count in (0, 1, 3, 5, 10, 99)],
            [0, 40, 77, Fraction("86.5"), 100, 100],
        )
        self.assertEqual(result.top_percent(), Fraction(65, 100))
        self.assertTrue(result.is_meaningful)

    def test_curve(self):
        result = concentration(clients(*E1))
        self.assertEqual(len(result.curve()), 11)
        self.assertEqual(
            result.curve(points=2),
            [(0, 0), (Fraction(1, 2), Fraction("0.865")), (1, 1)],
        )
        self.assertEqual(result.top_percent(0), 0)
        self.assertEqual(result.top_percent(15), Fraction("0.525"))  # halfway

    def test_no_concentration_where_all_are_equal(self):
        result = concentration(clients(*[100] * 10))
        self.assertEqual((result.gini, result.effective), (0, 10))
        self.assertFalse(result.is_meaningful)

    def test_too_few_clients(self):
        single = concentration(clients(100, 0))
        self.assertEqual((single.gini, single.hhi, single.top(1)), (None, 1, 1))
        self.assertFalse(single.is_meaningful)
        for values in ({}, clients(0, -10)):
            none = concentration(values)
            self.assertEqual((none.gini, none.hhi, none.effective), (None,) * 3)
            self.assertEqual((none.top(1), none.top_percent()), (None, None))
            self.assertEqual((none.dependence, none.curve()), (None, []))
        self.assertIsNone(gini([0, 0]))

    def test_dependence_on_the_largest_client(self):
        cases = (
            (999, None),
            (1000, "key"),
            (2000, "key"),
            (2001, "dependence"),
            (4999, "dependence"),
            (5000, "mono_client"),
        )
        for largest, expected in cases:
            rest, parts = divmod(10_000 - largest, 20)
            values = [largest, *[rest + 1] * parts, *[rest] * (20 - parts)]
            self.assertEqual(concentration(clients(*values)).dependence, expected)

    def test_refusals(self):
        self.assert_refused("not_integer", concentration, {1: 1.5})
        self.assert_refused("negative", gini, [1, -1])
        result = concentration({1: 1})
        self.assert_refused("out_of_range", result.top_percent, 101)
        self.assert_refused("out_of_range", result.top, -1)
        self.assert_refused("not_whole", result.top, 1.5)
        self.assert_refused("out_of_range", result.curve, 0)
