# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from fractions import Fraction

from odoo.tests import BaseCase

from ...tools.abc import classify
from ...tools.migration import assign, migrate
from .abc_examples import E1, RefusalMixin, clients, letters

#: the classes before the run of example E1
BEFORE = dict(zip(clients(*E1), "AAABABBCBC", strict=True))


def word(result, previous, *args, **kwargs):
    return letters(assign(result, previous, *args, **kwargs))


class TestBuffer(RefusalMixin, BaseCase):
    """A class does not flap at a bound. (Reg. 3.3)"""

    def test_example(self):
        result = classify(clients(*E1))
        expected = {
            0: letters(result.classes),
            2: "AAAABBBCCC",
            2.5: "AAAAABBCBC",
            3: "AAABABBCBC",
        }
        for buffer, classes in expected.items():
            with self.subTest(buffer=buffer):
                self.assertEqual(word(result, BEFORE, buffer=buffer), classes)
        self.assertEqual(word(result, BEFORE), "AAAAABBCBC")
        self.assertEqual(word(result, BEFORE, "off"), letters(result.classes))

    def test_who_has_no_class_before_gets_the_computed_one(self):
        result = classify(clients(*E1, 0, -50))
        for previous in ({}, dict.fromkeys(result.classes), {"gone": "A"}):
            self.assertEqual(assign(result, previous), result.classes)

    def test_who_is_not_in_the_base_gets_none(self):
        result = classify(clients(100, 0, -50))
        self.assertEqual(word(result, dict.fromkeys(result.classes, "A")), "A--")

    def test_every_bound_on_the_way_counts(self):
        # before: 79 and 96 per cent; the bounds are 80 and 95, the buffer is 2.5
        result = classify(clients(79, 17, 4))
        self.assertEqual(letters(result.classes), "AAC")
        # up from C: not inside of A by the buffer, but of B
        self.assertEqual(word(result, dict.fromkeys(result.classes, "C")), "ABC")
        # down from A: outside of A by the buffer, not of B
        self.assertEqual(word(result, dict.fromkeys(result.classes, "A")), "AAB")

    def test_the_other_rules(self):
        result = classify(clients(*E1), rule="down")
        self.assertEqual(letters(result.classes), "AAABBBBCCC")
        previous = dict(zip(clients(*E1), "AAAABBBBCC", strict=True))
        # 82 per cent is within 80 and 2.5, 97 within 95 and 2.5
        self.assertEqual(word(result, previous), "AAAABBBBCC")
        self.assertEqual(word(result, previous, buffer=1.5), "AAABBBBCCC")

    def test_refusals(self):
        result = classify(clients(*E1))
        self.assert_refused("unknown_option", assign, result, {}, "sometimes")
        self.assert_refused("unknown_option", assign, result, {"k00": "D"})
        self.assert_refused("out_of_range", assign, result, {}, buffer=-1)
        self.assert_refused("not_a_number", assign, result, {}, buffer="2")
        for method, bounds in (("fixed", (200, 40)), ("tangent", None)):
            result = classify(clients(*E1), method, bounds)
            values = self.assert_refused("buffer_method", assign, result, {})
            self.assertEqual(values, {"method": method})


class TestConfirm(RefusalMixin, BaseCase):
    """A class is given that was computed in several runs in a row. (Reg. 3.3)"""

    def setUp(self):
        super().setUp()
        self.result = classify(clients(*E1))  # AAAABBBBCC

    def history(self, *words):
        return [dict(zip(clients(*E1), word, strict=True)) for word in words]

    def test_two_runs(self):
        previous = self.history("BAAABBBBBB")[0]
        cases = {
            ("AAAABBBBCC",): "AAAABBBBCC",  # all computed twice
            ("BAAABBBBCB",): "BAAABBBBCB",  # the first and the last only once
            (): "BAAABBBBBB",  # there was no run yet
        }
        for earlier, expected in cases.items():
            with self.subTest(earlier=earlier):
                history = self.history(*earlier)
                self.assertEqual(
                    word(self.result, previous, "confirm", history=history), expected
                )

    def test_three_runs(self):
        previous = self.history("CCCCCCCCCC")[0]
        history = self.history("AAAABBBBCC", "AABBBBBBCC", "CCCCCCCCCC")
        self.assertEqual(
            word(self.result, previous, "confirm", runs=3, history=history),
            "AACCBBBBCC",
        )
        self.assertEqual(
            word(self.result, previous, "confirm", runs=3, history=history[:1]),
            "C" * 10,
        )

    def test_new_clients_get_the_computed_class(self):
        self.assertEqual(
            assign(self.result, {"k00": "C"}, "confirm"),
            {**self.result.classes, "k00": "C"},
        )

    def test_it_serves_every_method(self):
        result = classify(clients(9, 1), "fixed", (5, 2))
        self.assertEqual(word(result, {"k00": "B"}, "confirm"), "BC")

    def test_refusals(self):
        for code, runs in (("not_whole", 1.5), ("out_of_range", 0)):
            self.assert_refused(code, assign, self.result, {}, "confirm", runs=runs)


class TestMigrate(RefusalMixin, BaseCase):
    """Who moved between two runs. (Reg. 3.3)"""

    def test_example(self):
        found = migrate(
            dict(zip("abcdefghi", "AABBBCCCC", strict=True)),
            dict(zip("abcdefghjk", "ABABCCCBCA", strict=True)),
        )
        rows = {
            old: [found.matrix.get((old, new)) for new in ("A", "B", "C", None)]
            for old in ("A", "B", "C", None)
        }
        self.assertEqual(
            rows,
            {
                "A": [1, 1, 0, 0],
                "B": [1, 1, 1, 0],
                "C": [0, 1, 2, 1],
                None: [1, 0, 1, None],
            },
        )
        self.assertEqual((found.up, found.down), (["c", "h"], ["b", "e"]))
        self.assertEqual((found.new, found.lost), (["j", "k"], ["i"]))
        self.assertEqual((len(found.same), found.both), (4, 8))
        self.assertEqual((found.index, found.stability), (0, Fraction(1, 2)))

    def test_nobody_in_both_runs(self):
        found = migrate({"a": "A"}, {"b": "B"})
        self.assertEqual((found.both, found.index, found.stability), (0, None, None))
        self.assertEqual((found.new, found.lost), (["b"], ["a"]))

    def test_no_class_is_absence(self):
        found = migrate(
            {"a": None, "b": "B", "c": None}, {"a": "C", "b": False, "c": ""}
        )
        self.assertEqual((found.new, found.lost), (["a"], ["b"]))
        self.assertEqual(sum(found.matrix.values()), 2)

    def test_unknown_class(self):
        self.assert_refused("unknown_option", migrate, {"a": "A"}, {"a": "D"})
