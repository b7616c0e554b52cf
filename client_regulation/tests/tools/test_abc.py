# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from decimal import Decimal
from fractions import Fraction
from itertools import product

from odoo.tests import BaseCase

from ...tools.abc import (
    METHODS,
    RULES,
    annualise,
    check_parameters,
    classify,
    pair,
    review_terms,
    weigh,
)
from ...tools.exact import minor_units
from .abc_examples import E1, RefusalMixin, classes_of, clients, letters, shares_of


class TestExamples(BaseCase):
    """The worked examples of the method, with the bounds 80 and 95. (Reg. 3.3)"""

    def test_e1(self):
        expected = {
            "up": ("AAAABBBBCC", (82, 15, 3), (4, 4, 2)),
            "down": ("AAABBBBCCC", (77, 17, 6), (3, 4, 3)),
            "nearest": ("AAAABBBCCC", (82, 12, 6), (4, 3, 3)),
        }
        for rule, (word, shares, counts) in expected.items():
            with self.subTest(rule=rule):
                self.assertEqual(classes_of(E1, rule=rule), word)
                self.assertEqual(shares_of(E1, rule=rule), shares)
                summary = classify(clients(*E1), rule=rule).summary()
                self.assertEqual(
                    tuple(figures.count for figures in summary.values()), counts
                )

    def test_e1_lines(self):
        result = classify(clients(*E1))
        lines = list(result.lines())
        self.assertEqual([line.value for line in lines], list(E1))
        self.assertEqual([line.rank for line in lines], list(range(1, 11)))
        self.assertEqual(
            [float(100 * line.share) for line in lines],
            [40.0, 25.0, 12.0, 5.0, 4.5, 4.0, 3.5, 3.0, 2.0, 1.0],
        )
        self.assertEqual(
            [float(100 * line.cumulative_share) for line in lines],
            [40.0, 65.0, 77.0, 82.0, 86.5, 90.5, 94.0, 97.0, 99.0, 100.0],
        )
        self.assertEqual("".join(x.computed_class for x in lines), "AAAABBBBCC")

    def test_e1_by_other_methods(self):
        self.assertEqual(classes_of(E1, method="tangent"), "AAABBBBCCC")
        self.assertEqual(classes_of(E1, method="count_share"), "AABBBCCCCC")
        self.assertEqual(classes_of(E1, method="fixed", bounds=(200, 40)), "AABBBBCCCC")
        mean, rest = Fraction(sum(E1), 10), Fraction(sum(E1[3:]), 7)
        self.assertEqual((mean, round(float(rest), 3)), (100, 32.857))

    def check(self, values, *expected):
        """Words and shares for up and down, ties together and ordered."""
        variants = product(("up", "down"), ("together", "ordered"))
        for (rule, ties), (word, *shares) in zip(variants, expected, strict=True):
            with self.subTest(rule=rule, ties=ties):
                self.assertEqual(classes_of(values, rule=rule, ties=ties), word)
                if shares:
                    self.assertEqual(shares_of(values, rule=rule, ties=ties), *shares)

    def test_e2_exact_hit_and_tie(self):
        self.check(
            (500, 300, 100, 50, 50),
            ("AABBB", (80, 20, 0)),
            ("AABBC", (80, 15, 5)),
            ("AABCC", (80, 10, 10)),
            ("AABBC",),
        )

    def test_e3_dominance(self):
        self.check(
            (900, 50, 30, 20), ("ABCC", (90, 5, 5)), ("ABCC",), ("BBCC",), ("BBCC",)
        )
        summary = classify(clients(900, 50, 30, 20), rule="down").summary()
        self.assertEqual(summary["A"], (0, 0, 0, 0, None, None, None))

    def test_e4_refunds(self):
        up, down = (85.71, 14.29, 0), (57.14, 28.57, 14.29)
        self.check(
            (600, 300, 150, 0, -50),
            ("AAB--", up),
            ("AAB--", up),
            ("ABC--", down),
            ("ABC--", down),
        )
        result = classify(clients(600, 300, 150, 0, -50))
        self.assertEqual((result.total, result.count), (1050, 3))
        self.assertEqual(
            [line[-3:] for line in result.lines()][-2:], [(None, None, None)] * 2
        )

    def test_e4_net_base_runs_over_a_hundred(self):
        result = classify(clients(600, 300, 150, 0, -50), base="net")
        self.assertEqual(result.total, 1000)
        lines = list(result.lines())
        self.assertEqual(
            [100 * line.cumulative_share for line in lines], [60, 90, 105, 105, 100]
        )
        self.assertEqual(sum(line.share for line in lines), 1)
        # who bought for nothing gets no class by this base either
        self.assertEqual(letters(result.classes), "AAB--")

    def test_e5_nothing_positive(self):
        for values in (clients(0, -10), {}):
            for method in METHODS:
                bounds = (200, 40) if method == "fixed" else None
                result = classify(values, method=method, bounds=bounds)
                self.assertFalse(result.has_data)
                self.assertEqual(list(result.lines()), [])
                self.assertEqual(set(result.classes.values()) - {None}, set())
                self.assertEqual(result.summary()["C"].share, 0)

    def test_e6_single_client(self):
        self.check((100,), ("A",), ("A",), ("C",), ("C",))

    def test_e7_all_equal(self):
        self.check(
            (100,) * 10,
            ("A" * 10,),
            ("A" * 8 + "B" * 2,),
            ("C" * 10,),
            ("A" * 8 + "BC",),
        )

    def test_e8_e9_floats_would_miss_the_border(self):
        self.assertGreater(sum((0.3, 0.26, 0.24, 0.15)), 0.95)  # the trap itself
        self.check((30, 26, 24, 15, 5), ("AAABC",), ("AAABC",), ("AAABC",), ("AAABC",))
        self.check((16, 13, 9, 2), ("AAAC",), ("AAAC",), ("AABC",), ("AABC",))

    def test_e10_weighted_score(self):
        criteria = {
            "revenue": {"P": 1000, "Q": 800, "S": 300, "T": 100},
            "orders": {"P": 100, "Q": 300, "S": 250, "T": 10},
            "margin": {"P": 5, "Q": 3, "S": 9, "T": 1},
        }
        weights = {"revenue": 0.5, "orders": 0.3, "margin": 0.2}
        scores = weigh(criteria, weights)
        shown = {
            key: round(100 * value / scores.scale, 2)
            for key, value in scores.values.items()
        }
        self.assertEqual(shown, {"P": 71.11, "Q": 76.67, "S": 60.0, "T": 8.22})
        result = classify(scores.values)
        self.assertEqual(
            [
                (x.key, x.computed_class, round(100 * x.cumulated / x.total, 2))
                for x in result.lines()
            ],
            [("Q", "A", 35.49), ("P", "A", 68.42), ("S", "A", 96.19), ("T", "C", 100)],
        )
        per_cent = {"revenue": 50, "orders": 30, "margin": Decimal(20)}
        self.assertEqual(weigh(criteria, per_cent), scores)

    def test_e11_two_criteria(self):
        keys = ("K1", "K2", "K3", "K4", "K5")
        revenue = classify(dict(zip(keys, (500, 300, 100, 60, 40), strict=True)))
        margin = classify(dict(zip(keys, (20, 120, 45, -5, 15), strict=True)))
        self.assertEqual(letters(revenue.classes), "AABBC")
        self.assertEqual(letters(margin.classes), "BAA-B")
        self.assertEqual(
            pair(revenue.classes, margin.classes),
            {
                "K1": ("A", "B"),
                "K2": ("A", "A"),
                "K3": ("B", "A"),
                "K4": ("B", None),
                "K5": ("C", "B"),
            },
        )
        self.assertEqual(review_terms(revenue, margin), [])
        margin = classify(dict(zip(keys, (-20, 120, 45, -5, 1), strict=True)))
        self.assertEqual(review_terms(revenue, margin), ["K1"])  # K4 is no A
        margin = classify(dict(zip(keys, (1, 120, 45, 3, 15), strict=True)))
        self.assertEqual(review_terms(revenue, margin), ["K1"])
        margin = classify(dict(zip(keys, (0, 120, 45, 3, 15), strict=True)))
        self.assertEqual(review_terms(revenue, margin), [])  # nothing is no loss

    def test_several_currencies(self):
        """A holding is worth its documents in the company's currency, exactly."""
        documents = (
            Decimal(1000) * Decimal("0.90"),  # 1,000 USD to the contact
            Decimal(500),
            Decimal(-200),  # a credit note
        )
        holding = sum(minor_units(amount, 2) for amount in documents)
        self.assertEqual(holding, 1200_00)
        other = minor_units(Decimal(100_000) * Decimal("0.01"), 2)  # RUB
        self.assertEqual(holding + other, 2200_00)


class TestClassify(BaseCase):
    """Where the borders are. (Reg. 3.3)"""

    def test_exactly_the_bound_is_within_under_every_rule(self):
        for rule in RULES:
            self.assertEqual(classes_of((60, 20, 15, 5), rule=rule), "AABC")
        # a cent less or more decides
        self.assertEqual(classes_of((8000, 2000), rule="down"), "AC")
        self.assertEqual(classes_of((8001, 1999), rule="down"), "BC")
        self.assertEqual(classes_of((7999, 2001)), "AA")

    def test_one_client_may_pass_both_bounds(self):
        self.assertEqual(classes_of((980, 15, 5)), "ACC")
        self.assertEqual(classes_of((980, 15, 5), rule="down"), "CCC")

    def test_nearest_looks_at_the_middle_of_a_tie(self):
        self.assertEqual(classes_of((70, 10, 10, 10), rule="nearest"), "ABBB")
        self.assertEqual(classes_of((65, 15, 15, 5), rule="nearest"), "AAAC")
        self.assertEqual(
            classes_of((65, 15, 15, 5), rule="nearest", ties="ordered"), "AABC"
        )

    def test_ties_share_rank_and_cumulated_value(self):
        result = classify(clients(50, 30, 10, 10))
        self.assertEqual(
            [(line.rank, line.cumulated) for line in result.lines()],
            [(1, 50), (2, 80), (3, 100), (3, 100)],
        )
        result = classify(clients(50, 30, 10, 10), ties="ordered")
        self.assertEqual(
            [(line.rank, line.cumulated) for line in result.lines()],
            [(1, 50), (2, 80), (3, 90), (4, 100)],
        )

    def test_ordered_ties_follow_the_key_not_the_input(self):
        for values in ({"b": 50, "a": 50}, {"a": 50, "b": 50}):
            result = classify(values, bounds=(50, 95), ties="ordered")
            self.assertEqual(result.classes, {"a": "A", "b": "B"})
            self.assertEqual(result.ranked, ["a", "b"])

    def test_other_bounds(self):
        self.assertEqual(classes_of(E1, bounds=(70, 90), rule="down"), "AABBBCCCCC")
        self.assertEqual(classes_of(E1, bounds=(55, 85)), "AABBBCCCCC")
        self.assertEqual(classes_of(E1, bounds=(Decimal("82"), 86.5)), "AAAABCCCCC")
        self.assertEqual(classes_of(E1, bounds=(80, 100)), "AAAABBBBBB")
        third = Fraction(100, 3)
        self.assertEqual(classes_of((1, 1, 1), bounds=(third, 2 * third)), "AAA")
        for rule in RULES:
            self.assertEqual(
                classes_of(
                    (1, 1, 1), bounds=(third, 2 * third), rule=rule, ties="ordered"
                ),
                "ABC",
            )

    def test_fixed_floors(self):
        word = classes_of((201, 200, 199, 40, 39, 0, -300), method="fixed",
                          bounds=(200, 40))  # fmt: skip
        self.assertEqual(word, "AABBC--")
        self.assertEqual(classes_of((3, 2), method="fixed", bounds=(900, 500)), "CC")

    def test_count_share(self):
        def word(count, **parameters):
            values = range(count, 0, -1)
            return classes_of(values, method="count_share", **parameters)

        # a fifth and a half of the clients, halves up
        self.assertEqual(word(1), "B")
        self.assertEqual(word(2), "BC")
        self.assertEqual(word(3), "ABC")
        self.assertEqual(word(5), "ABBCC")
        self.assertEqual(word(7), "ABBBCCC")
        self.assertEqual(word(8), "AABBCCCC")
        self.assertEqual(word(10, bounds=(10, 30)), "ABBCCCCCCC")
        for rule in RULES:  # it only matters to ties
            self.assertEqual(word(10, rule=rule), "AABBBCCCCC")

    def test_count_share_with_ties(self):
        tied = (9, 8, 8, 7, 6, 5, 4, 3, 2, 1)
        expected = {"up": "AAABBCCCCC", "down": "ABBBBCCCCC", "nearest": "AAABBCCCCC"}
        for rule, word in expected.items():
            with self.subTest(rule=rule):
                self.assertEqual(
                    classes_of(tied, method="count_share", rule=rule), word
                )
        self.assertEqual(
            classes_of(tied, method="count_share", ties="ordered"), "AABBBCCCCC"
        )
        # who bought nothing is not among the clients counted
        self.assertEqual(
            classes_of((*E1, 0, 0, -5, -5), method="count_share"), "AABBBCCCCC----"
        )

    def test_tangent(self):
        self.assertEqual(classes_of((5, 5, 5), method="tangent"), "AAA")
        self.assertEqual(classes_of((7,), method="tangent"), "A")
        self.assertEqual(classes_of((9, 3, 3, 1, 0, -9), method="tangent"), "ABBC--")
        # refunds do not move the mean
        self.assertEqual(
            classes_of((9, 3, 3, 1, 0, -9), method="tangent", base="net"), "ABBC--"
        )

    def test_more_refunds_than_sales_leave_no_net_base(self):
        result = classify(clients(100, -200), base="net")
        self.assertFalse(result.has_data)
        self.assertEqual(list(result.lines()), [])
        self.assertEqual(letters(result.classes), "--")
        self.assertEqual(classes_of((100, -200)), "A-")

    def test_summary(self):
        summary = classify(clients(*E1)).summary()["B"]
        self.assertEqual(summary.count_share, Fraction(4, 10))
        self.assertEqual(
            (summary.value, summary.smallest, summary.largest), (150, 30, 45)
        )
        self.assertEqual(summary.mean, Fraction(75, 2))

    def test_annualised_value_of_a_new_client(self):
        self.assertIsNone(annualise(100, 29))
        self.assertEqual(annualise(300, 30), 3650)
        self.assertEqual(annualise(-100, 100), -365)


class TestWeigh(BaseCase):
    """One score of several criteria. (Reg. 3.3)"""

    def test_what_a_criterion_does_not_know_is_nothing(self):
        scores = weigh({"a": {1: 10}, "b": {1: 4, 2: 8}}, {"a": 40, "b": 60})
        self.assertEqual(
            {key: Fraction(x, scores.scale) for key, x in scores.values.items()},
            {1: Fraction(7, 10), 2: Fraction(6, 10)},
        )

    def test_negative_values_take_off(self):
        scores = weigh({"a": {1: 10, 2: 5}, "b": {1: -8, 2: 8}}, {"a": 0.5, "b": 0.5})
        self.assertEqual(scores.values, {1: 0, 2: scores.scale * 3 // 4})
        # where nobody has anything, the largest value divides nothing
        for nothing in ({1: -8, 2: 0}, {}):
            scores = weigh({"a": {1: 10, 2: 5}, "b": nothing}, {"a": 0.5, "b": 0.5})
            self.assertEqual(
                scores.values, {1: scores.scale // 2, 2: scores.scale // 4}
            )

    def test_scores_are_exact(self):
        """Thirds that a float would not add up."""
        names = [f"c{number}" for number in range(10)]
        scores = weigh(
            {name: {1: 3, 2: 1} for name in names}, dict.fromkeys(names, 0.1)
        )
        self.assertEqual(Fraction(scores.values[1], scores.scale), 1)
        self.assertEqual(Fraction(scores.values[2], scores.scale), Fraction(1, 3))


class TestRefusals(RefusalMixin, BaseCase):
    """What makes no sense is refused, in data. (Reg. 3.3)"""

    def test_unknown_options(self):
        for name in ("method", "rule", "ties", "base"):
            values = self.assert_refused(
                "unknown_option", classify, {}, **{name: "whatever"}
            )
            self.assertEqual((values["name"], values["value"]), (name, "whatever"))

    def test_bounds(self):
        cases = {
            "bounds_order": [(80, 80), (95, 80), (0, 50)],
            "bounds_number": [(80,), (50, 80, 95), 80],
            "out_of_range": [(-1, 50), (80, 101)],
            "not_a_number": [
                ("80", "95"),
                (None, 95),
                (True, 95),
                (float("nan"), 95),
                (80, float("inf")),
                (80, Decimal("NaN")),
            ],
        }
        for method in ("cumulative", "count_share"):
            for code, refused in cases.items():
                for bounds in refused:
                    with self.subTest(method=method, bounds=bounds):
                        self.assert_refused(code, classify, {}, method, bounds)

    def test_floors(self):
        self.assert_refused("bounds_missing", classify, {}, "fixed")
        self.assert_refused("floors_order", classify, {}, "fixed", (40, 200))
        self.assert_refused("floors_order", classify, {}, "fixed", (40, 40))
        self.assert_refused("out_of_range", classify, {}, "fixed", (40, 0))

    def test_values(self):
        for wrong in (1.0, Decimal(1), Fraction(1), "1", True, None):
            refused = self.assert_refused("not_integer", classify, {1: 5, 2: wrong})
            self.assertEqual(refused, {"key": 2, "value": wrong})
        self.assert_refused("not_sortable", classify, {1: 5, "two": 5})

    def test_parameters_are_checked_without_values(self):
        self.assertEqual(
            check_parameters(bounds=(80.0, Decimal(95))), check_parameters()
        )
        self.assertEqual(check_parameters("tangent", (80, 95)).bounds, ())
        self.assert_refused("bounds_order", check_parameters, bounds=(95, 80))

    def test_weights(self):
        criteria = {"a": {1: 1}, "b": {1: 1}}
        values = self.assert_refused(
            "weights_sum", weigh, criteria, {"a": 0.5, "b": 0.4}
        )
        self.assertEqual(values, {"total": Fraction(9, 10)})
        self.assert_refused("weights_sum", weigh, {}, {})
        self.assert_refused("out_of_range", weigh, criteria, {"a": 1.5, "b": -0.5})
        self.assert_refused("not_a_number", weigh, criteria, {"a": "1", "b": 0})
        values = self.assert_refused("weights_names", weigh, criteria, {"a": 1, "c": 0})
        self.assertEqual(values, {"missing": ("b",), "unknown": ("c",)})
        self.assert_refused("not_integer", weigh, {"a": {1: 1.5}}, {"a": 1})
