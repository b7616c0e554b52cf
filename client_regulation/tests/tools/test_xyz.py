# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import statistics
from fractions import Fraction

from odoo.tests import BaseCase

from ...tools.xyz import grade
from .abc_examples import RefusalMixin
from .properties import examples, given, st

#: the worked example of the method: six months
SERIES = {
    "Alfa": (100, 110, 90, 105, 95, 100),
    "Beta": (100, 130, 70, 120, 80, 100),
    "Gamma": (0, 300, 0, 0, 300, 0),
    "Delta": (50,) * 6,
    "Eps": (0, 0, 0, 0, 0, 60),
}


def shown(series, **parameters):
    return {
        key: (
            found.xyz_class,
            found.variation and round(100 * found.variation, 2),
        )
        for key, found in grade(series, **parameters).items()
    }


class TestXyz(RefusalMixin, BaseCase):
    """How evenly a client buys. (Reg. 3.3)"""

    def test_example(self):
        window = {"fill": "window"}
        expected = {
            "Alfa": ("X", 6.45),
            "Beta": ("Y", 20.82),
            "Gamma": ("Z", 141.42),
            "Delta": ("X", 0),
            "Eps": ("Z", 223.61),
        }
        self.assertEqual(shown(SERIES, **window), expected)
        from_first = shown(SERIES)
        self.assertEqual(from_first["Eps"], (None, None))
        self.assertEqual(grade(SERIES)["Eps"].periods, 1)
        for name in ("Alfa", "Beta", "Delta"):
            self.assertEqual(from_first[name], expected[name])
        sample = {
            "Alfa": 7.07,
            "Beta": 22.8,
            "Gamma": 154.92,
            "Delta": 0,
            "Eps": 244.95,
        }
        self.assertEqual(
            {k: v for k, (_class, v) in
             shown(SERIES, deviation="sample", **window).items()},
            sample,
        )  # fmt: skip

    def test_months_before_the_first_sale_do_not_count(self):
        found = grade({"Gamma": SERIES["Gamma"]})["Gamma"]
        self.assertEqual((found.xyz_class, found.periods), ("Z", 5))
        self.assertEqual(round(found.variation**2, 9), 1.5)  # of 300 0 0 300 0
        # a refund for last year is not a sale
        self.assertEqual(grade({1: (-5, 0, 7, 7, 7)})[1], grade({1: (7, 7, 7)})[1])

    def test_the_first_sale_may_be_known_better(self):
        """A sale that was taken back in the same month leaves nothing to see."""
        series = {1: (0, 0, 7, 7, 7)}
        self.assertEqual(grade(series, first={1: 0}), grade(series, fill="window"))
        self.assertEqual(grade(series, first={2: 0}), grade(series))

    def test_nothing_can_be_said(self):
        cases = {
            "two months": (0, 0, 0, 0, 5, 5),
            "no sale": (0,) * 6,
            "only refunds": (-5,) * 6,
            "as many refunds": (5, -5, 5, -5, 5, -5),
            "no months": (),
        }
        for name, values in cases.items():
            with self.subTest(name):
                for fill in ("first_sale", "window"):
                    if name != "two months" or fill == "first_sale":
                        found = grade({1: values}, fill=fill)[1]
                        self.assertEqual(found[:2], (None, None))
        self.assertEqual(grade({1: (5, 5)}, min_periods=2)[1].xyz_class, "X")
        self.assertEqual(grade({}), {})

    def test_the_bound_itself_is_within(self):
        # mean 100, deviation of the population exactly 10, of the sample of 2·n 25
        self.assertEqual(shown({1: (90, 110, 90, 110)}), {1: ("X", 10)})
        self.assertEqual(shown({1: (75, 125, 75, 125)}), {1: ("Y", 25)})
        large = 10**18
        for change, letter in ((0, "X"), (1, "Y")):
            values = (9 * large, 11 * large + change, 9 * large, 11 * large)
            self.assertEqual(grade({1: values})[1].xyz_class, letter)
        self.assertEqual(
            grade({1: (90, 110, 90, 110)}, bounds=(9.99, 10))[1].xyz_class, "Y"
        )

    def test_refusals(self):
        self.assert_refused("unknown_option", grade, {}, deviation="other")
        self.assert_refused("unknown_option", grade, {}, fill="other")
        self.assert_refused("bounds_order", grade, {}, bounds=(25, 10))
        self.assert_refused("bounds_order", grade, {}, bounds=(10, 10))
        self.assert_refused("bounds_number", grade, {}, bounds=(10,))
        self.assert_refused("not_a_number", grade, {}, bounds=("10", 25))
        self.assert_refused("out_of_range", grade, {}, min_periods=1)
        values = self.assert_refused("not_integer", grade, {1: (1, 2.5, 3)})
        self.assertEqual(values["key"], 1)

    @given(
        st.lists(st.integers(-100, 1000), min_size=3, max_size=24),
        st.sampled_from(("population", "sample")),
        st.integers(1, 10**6),
    )
    @examples
    def test_against_the_definition(self, values, deviation, factor):
        scaled = {1: [value * factor for value in values]}
        found = grade({1: values}, fill="window", deviation=deviation)[1]
        self.assertEqual(
            grade(scaled, fill="window", deviation=deviation)[1].xyz_class,
            found.xyz_class,
        )
        if sum(values) <= 0:
            self.assertIsNone(found.xyz_class)
            return
        exact = list(map(Fraction, values))
        variance = {"population": statistics.pvariance, "sample": statistics.variance}
        square = variance[deviation](exact) / statistics.mean(exact) ** 2
        self.assertAlmostEqual(found.variation, float(square) ** 0.5)
        expected = "X" if square <= Fraction(1, 100) else "Z"
        if Fraction(1, 100) < square <= Fraction(1, 16):
            expected = "Y"
        self.assertEqual(found.xyz_class, expected)
