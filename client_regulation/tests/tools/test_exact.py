# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from decimal import Decimal
from fractions import Fraction

from odoo.tests import BaseCase

from ...tools.exact import (
    ParameterError,
    fraction,
    minor_units,
    round_half_up,
)
from .abc_examples import RefusalMixin


class TestExact(RefusalMixin, BaseCase):
    """Amounts and parameters without a hair too much. (Reg. 3.3)"""

    def test_minor_units(self):
        cases = (
            (12.3, 2, 1230),
            (0.1 + 0.2, 2, 30),
            (1.005, 2, 101),  # as it is written, not as it is stored
            (-1.005, 2, -101),
            (Decimal("7.1234"), 3, 7123),
            (1500, 0, 1500),
            (1500.5, 0, 1501),
            (10**13 + 0.25, 2, 10**15 + 25),
        )
        for amount, decimals, expected in cases:
            with self.subTest(amount=amount):
                self.assertEqual(minor_units(amount, decimals), expected)
        self.assert_refused("not_a_number", minor_units, float("nan"), 2)

    def test_fraction_means_what_is_written(self):
        self.assertEqual(fraction("x", 0.1), Fraction(1, 10))
        self.assertEqual(fraction("x", Decimal("2.50")), Fraction(5, 2))
        self.assertEqual(fraction("x", 5, 5, 5), 5)

    def test_halves_go_away_from_zero(self):
        halves = [Fraction(number, 2) for number in (-3, -1, 0, 1, 3, 4)]
        self.assertEqual(list(map(round_half_up, halves)), [-2, -1, 0, 1, 2, 2])

    def test_refusals_are_data(self):
        error = ParameterError("out_of_range", name="buffer", value=-1)
        self.assertIsInstance(error, ValueError)
        self.assertEqual(error.values, {"name": "buffer", "value": -1})
        self.assertEqual(str(error), "out_of_range (name='buffer', value=-1)")
        self.assertEqual(str(ParameterError("not_sortable")), "not_sortable")
