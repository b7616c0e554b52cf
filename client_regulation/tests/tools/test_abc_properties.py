# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import random
from fractions import Fraction
from itertools import pairwise

from odoo.tests import BaseCase

from ...tools.abc import DEFAULT_BOUNDS, METHODS, RULES, TIES, classify
from ...tools.concentration import concentration
from ...tools.migration import assign, migrate
from .abc_examples import letters
from .properties import examples, given, st

KEYS = st.integers(1, 60)
#: few values, so that there are ties; large ones, so that floats would err
AMOUNTS = st.one_of(st.integers(-20, 20), st.integers(-(10**18), 10**18))
VALUES = st.dictionaries(KEYS, AMOUNTS, max_size=25)
BOUNDS = st.lists(st.integers(1, 100), min_size=2, max_size=2, unique=True).map(sorted)
CLASSES = st.dictionaries(KEYS, st.sampled_from(("A", "B", "C", None)), max_size=25)


@st.composite
def runs(draw, methods=METHODS, rules=RULES, ties=TIES):
    """Values and parameters of a run."""
    method = draw(st.sampled_from(methods))
    bounds = draw(BOUNDS)
    return draw(VALUES), {
        "method": method,
        "bounds": bounds[::-1] if method == "fixed" else bounds,
        "rule": draw(st.sampled_from(rules)),
        "ties": draw(st.sampled_from(ties)),
    }


class TestProperties(BaseCase):
    """What holds of every classification. (Reg. 3.3)"""

    @given(runs(), st.sampled_from(("positive", "net")))
    @examples
    def test_shares_add_up_to_one(self, run, base):
        values, parameters = run
        result = classify(values, base=base, **parameters)
        if result.has_data:
            self.assertEqual(sum(line.share or 0 for line in result.lines()), 1)
        if result.has_data and base == "positive":
            self.assertEqual(sum(x.share for x in result.summary().values()), 1)

    @given(runs())
    @examples
    def test_every_client_has_one_line_in_the_order_of_values(self, run):
        values, parameters = run
        result = classify(values, **parameters)
        lines = list(result.lines())
        self.assertEqual(set(result.classes), set(values))
        self.assertEqual(len(lines), len(values) if result.has_data else 0)
        for line in lines:
            self.assertEqual(line.value, values[line.key])
            self.assertEqual(line.computed_class is None, line.value <= 0)
        for better, worse in pairwise(line for line in lines if line.rank):
            self.assertGreaterEqual(better.value, worse.value)
            self.assertLessEqual(better.rank, worse.rank)
            self.assertLessEqual(better.computed_class, worse.computed_class)

    @given(runs(ties=("together",)))
    @examples
    def test_equal_values_get_equal_classes(self, run):
        values, parameters = run
        classes = {}
        for key, letter in classify(values, **parameters).classes.items():
            self.assertEqual(classes.setdefault(values[key], letter), letter)

    @given(VALUES, BOUNDS, st.sampled_from(TIES))
    @examples
    def test_class_a_reaches_its_bound_by_rule_up(self, values, bounds, ties):
        result = classify(values, bounds=bounds, ties=ties)
        if any(value > 0 for value in values.values()):
            self.assertEqual(next(result.lines()).computed_class, "A")
            summary = result.summary()
            self.assertGreaterEqual(100 * summary["A"].share, bounds[0])
            self.assertGreaterEqual(
                100 * (summary["A"].share + summary["B"].share), bounds[1]
            )

    @given(VALUES, BOUNDS, st.sampled_from(TIES))
    @examples
    def test_class_a_does_not_exceed_its_bound_by_rule_down(self, values, bounds, ties):
        summary = classify(values, bounds=bounds, rule="down", ties=ties).summary()
        self.assertLessEqual(100 * summary["A"].share, bounds[0])
        self.assertLessEqual(100 * (summary["A"].share + summary["B"].share), bounds[1])

    @given(
        VALUES, BOUNDS, st.sampled_from(TIES), st.sampled_from(sorted(DEFAULT_BOUNDS))
    )
    @examples
    def test_down_is_never_better_than_nearest_nor_that_than_up(
        self, values, bounds, ties, method
    ):
        up, nearest, down = (
            classify(values, method, bounds, rule, ties).classes
            for rule in ("up", "nearest", "down")
        )
        for key in values:
            self.assertLessEqual(up[key] or "", nearest[key] or "")
            self.assertLessEqual(nearest[key] or "", down[key] or "")

    @given(
        runs(methods=("cumulative", "count_share", "tangent")), st.integers(1, 10**9)
    )
    @examples
    def test_scale_changes_nothing(self, run, factor):
        values, parameters = run
        scaled = {key: value * factor for key, value in values.items()}
        self.assertEqual(
            classify(scaled, **parameters).classes,
            classify(values, **parameters).classes,
        )

    @given(runs(), st.integers())
    @examples
    def test_order_of_input_changes_nothing(self, run, seed):
        values, parameters = run
        shuffled = list(values.items())
        random.Random(seed).shuffle(shuffled)
        self.assertEqual(
            list(classify(dict(shuffled), **parameters).lines()),
            list(classify(values, **parameters).lines()),
        )

    @given(runs(), st.integers(-(10**18), 0))
    @examples
    def test_a_client_without_sales_changes_no_other_class(self, run, value):
        values, parameters = run
        classes = classify({**values, 99: value}, **parameters).classes
        self.assertIsNone(classes.pop(99))
        self.assertEqual(classes, classify(values, **parameters).classes)

    @given(VALUES, BOUNDS, st.sampled_from(RULES), st.sampled_from(TIES))
    @examples
    def test_borders_are_those_of_the_definition(self, values, bounds, rule, ties):
        """Against the words of the method, client by client."""
        result = classify(values, bounds=bounds, rule=rule, ties=ties)
        total = sum(value for value in values.values() if value > 0)

        def is_ahead(key, other):
            if values[other] == values[key] and ties == "ordered":
                return other < key
            return values[other] > values[key]

        for key, value in values.items():
            if value <= 0:
                continue
            before = sum(values[other] for other in values if is_ahead(key, other))
            group = value
            if ties == "together":
                group = sum(other for other in values.values() if other == value)
            inside = [
                {
                    "up": before * 100 < bound * total,
                    "down": (before + group) * 100 <= bound * total,
                    "nearest": (2 * before + group) * 100 <= 2 * bound * total,
                }[rule]
                for bound in bounds
            ]
            expected = "A" if inside[0] else "B" if inside[1] else "C"
            self.assertEqual(result.classes[key], expected)

    @given(VALUES)
    @examples
    def test_tangents_touch_the_curve(self, values):
        """The mean is where the curve is furthest above its chord."""
        amounts = sorted((v for v in values.values() if v > 0), reverse=True)
        expected, rest = [], amounts
        while rest and len(expected) < 2:
            height = [
                sum(rest[:at]) * len(rest) - sum(rest) * at
                for at in range(len(rest) + 1)
            ]
            # of several points that touch, the last: ties go up
            touching = max(range(len(rest) + 1), key=lambda at: (height[at], at))
            expected.append(touching)
            rest = rest[touching:]
        word = "".join(
            letter * count for letter, count in zip("AB", expected, strict=False)
        )
        result = classify(values, method="tangent")
        self.assertEqual(
            letters(result.classes, result.ranked[: len(amounts)] or ()) if amounts
            else "",
            word.ljust(len(amounts), "C"),
        )  # fmt: skip


class TestHysteresisProperties(BaseCase):
    """What holds of every assignment. (Reg. 3.3)"""

    @given(runs(methods=("cumulative", "count_share")), CLASSES)
    @examples
    def test_no_buffer_is_no_hysteresis(self, run, previous):
        result = classify(run[0], **run[1])
        self.assertEqual(assign(result, previous, buffer=0), result.classes)
        self.assertEqual(assign(result, previous, "off"), result.classes)
        self.assertEqual(assign(result, previous, "confirm", runs=1), result.classes)

    @given(runs(methods=("cumulative", "count_share")), CLASSES, st.integers(0, 50))
    @examples
    def test_assigned_lies_between_former_and_computed(self, run, previous, buffer):
        result = classify(run[0], **run[1])
        assigned = assign(result, previous, buffer=buffer)
        for key, computed in result.classes.items():
            former = previous.get(key) or computed
            if computed:
                self.assertTrue(
                    min(former, computed) <= assigned[key] <= max(former, computed)
                )
            else:
                self.assertIsNone(assigned[key])

    @given(VALUES, BOUNDS, st.sampled_from("ABC"), st.integers(0, 50))
    @examples
    def test_of_two_who_had_one_class_the_better_is_not_below(
        self, values, bounds, former, buffer
    ):
        result = classify(values, bounds=bounds)
        assigned = assign(result, dict.fromkeys(values, former), buffer=buffer)
        word = [assigned[key] for key in result.ranked[: result.count]]
        self.assertEqual(word, sorted(word))

    @given(VALUES, CLASSES, st.integers(0, 50))
    @examples
    def test_what_was_assigned_once_is_not_changed_again(
        self, values, previous, buffer
    ):
        result = classify(values)
        assigned = assign(result, previous, buffer=buffer)
        self.assertEqual(assign(result, assigned, buffer=buffer), assigned)


class TestFigureProperties(BaseCase):
    """What holds of every concentration and migration. (Reg. 3.3)"""

    @given(VALUES)
    @examples
    def test_gini_is_the_area_under_the_curve(self, values):
        result = concentration(values)
        curve = result.curve(points=10**6)
        area = sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in pairwise(curve))
        if result.count > 1:
            self.assertEqual(result.gini, 2 * area - 1)
            self.assertLessEqual(result.gini, Fraction(result.count - 1, result.count))
        if result.count:
            self.assertTrue(1 <= result.effective <= result.count)
            self.assertEqual(result.top(result.count), 1)
            self.assertEqual(result.top_percent(100), 1)
            self.assertEqual((curve[0], curve[-1]), ((0, 0), (1, 1)))

    @given(CLASSES, CLASSES)
    @examples
    def test_every_client_is_in_one_cell(self, previous, current):
        found = migrate(previous, current)
        moved = (*found.up, *found.down, *found.same, *found.new, *found.lost)
        classed = {k for run in (previous, current) for k, v in run.items() if v}
        self.assertEqual(sorted(moved), sorted(classed))
        self.assertEqual(sum(found.matrix.values()), len(moved))
        back = migrate(current, previous)
        self.assertEqual(sorted(back.up), sorted(found.down))
        self.assertEqual(sorted(back.new), sorted(found.lost))
