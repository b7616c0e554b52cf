# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from fractions import Fraction
from itertools import product
from math import floor

from odoo.tests import BaseCase

from ...tools.rfm import MODES, SEGMENTS, Score, score, segment
from .abc_examples import RefusalMixin
from .properties import examples, given, st

#: the worked example of the method: days, documents, value → scores by rank
RANKED = {
    (5, 20, 9000): 555,
    (12, 15, 5200): 555,
    (30, 9, 3000): 444,
    (31, 8, 2900): 444,
    (60, 5, 1500): 333,
    (90, 4, 1500): 333,
    (120, 3, 700): 222,
    (180, 2, 650): 222,
    (250, 1, 300): 111,
    (300, 1, 100): 111,
}

#: what the manual of the package rfm of R prints for its example rfm_data_orders: the
#: bounds it found, and its first clients with their scores
PUBLISHED_BOUNDS = ((115, 181, 297, 482), (4, 5, 6, 8), (256, 382, 507, 666))
PUBLISHED = {
    (205, 6, 472): (343, "loyal_customers"),
    (140, 3, 340): (412, "potential_loyalist"),
    (194, 4, 405): (323, "potential_loyalist"),
    (132, 5, 448): (433, "loyal_customers"),
    (90, 9, 843): (555, "champions"),
    (84, 9, 763): (555, "champions"),
    (281, 8, 699): (355, "loyal_customers"),
    (246, 4, 157): (321, "potential_loyalist"),
    (349, 3, 363): (212, "about_to_sleep"),
    (619, 4, 196): (121, "lost"),
}

CLIENTS = st.dictionaries(
    st.integers(1, 60),
    st.tuples(st.integers(0, 400), st.integers(0, 9), st.integers(-500, 10**5)),
    max_size=30,
)


def codes(rows, **parameters):
    """Scores of clients that are their own keys."""
    found = score({row: row for row in rows}, decimals=0, **parameters)
    return {row: marks.code for row, marks in found.items()}


class TestRank(BaseCase):
    """Scores by rank. (Reg. 3.3)"""

    def test_example(self):
        self.assertEqual(codes(RANKED, mode="rank"), RANKED)
        # the currency has nothing to do with it
        self.assertEqual(
            [x.code for x in score({row: row for row in RANKED}, decimals=2,
                                   mode="rank").values()],
            list(RANKED.values()),
        )  # fmt: skip

    def test_ties_share_the_worse_score(self):
        rows = [(7, 1, value) for value in (10, 10, 20, 20, 30)]
        found = score(dict(enumerate(rows)), decimals=0, mode="rank")
        self.assertEqual([marks.monetary for marks in found.values()], [1, 1, 3, 3, 5])
        self.assertEqual({marks[:2] for marks in found.values()}, {(1, 1)})


class TestQuantile(BaseCase):
    """Scores by quantiles as the package rfm of R has them. (Reg. 3.3)"""

    def test_a_score_begins_one_unit_above_a_quantile(self):
        # of 0, 10 … 100 the quantiles are 20, 40, 60 and 80
        rows = [(days, days, days) for days in range(0, 101, 10)]
        found = codes(rows)
        self.assertEqual(found[20, 20, 20], 511)
        self.assertEqual(found[30, 30, 30], 422)
        self.assertEqual(found[80, 80, 80], 244)
        self.assertEqual(found[90, 90, 90], 155)

    def test_quantiles_between_two_values(self):
        # of 1, 2, 4, 8 they are 1.6, 2.4, 3.6 and 5.6; and one
        rows = [(value, value, value) for value in (1, 2, 4, 8)]
        self.assertEqual(list(codes(rows).values()), [511, 511, 333, 155])
        # of 10, 15 … 30 they are 14, 18, 22 and 26, and 15 is one above the first
        rows = [(value, value, value) for value in range(10, 31, 5)]
        self.assertEqual(list(codes(rows).values()), [511, 422, 333, 244, 155])

    def test_the_unit_is_a_whole_one_of_the_currency(self):
        """Not a cent: 10.50 is not a unit above 10.00."""
        rows = [(1, 1, 1000)] * 4 + [(1, 1, 1050), (1, 1, 1101)]
        clients = dict(enumerate(rows))
        by_cents = score(clients, decimals=0)
        by_euros = score(clients, decimals=2)
        self.assertEqual([x.monetary for x in by_cents.values()], [1, 1, 1, 1, 4, 5])
        self.assertEqual([x.monetary for x in by_euros.values()], [1, 1, 1, 1, 1, 4])

    def test_single_client_and_none(self):
        self.assertEqual(codes([(3, 2, 100)]), {(3, 2, 100): 511})
        for mode in MODES[:2]:
            self.assertEqual(score({}, decimals=2, mode=mode), {})

    def test_other_numbers_of_scores(self):
        rows = [(value, value, value) for value in range(10)]
        self.assertEqual(codes(rows, marks=2)[9, 9, 9], 122)
        found = codes(rows, mode="rank", marks=9)
        self.assertEqual((found[0, 0, 0], found[9, 9, 9]), (911, 199))


class TestFixed(BaseCase):
    """Scores by given bounds. (Reg. 3.3)"""

    def test_published_example(self):
        self.assertEqual(
            codes(PUBLISHED, mode="fixed", bounds=PUBLISHED_BOUNDS),
            {row: code for row, (code, _segment) in PUBLISHED.items()},
        )

    def test_a_bound_begins_its_score(self):
        bounds = ((10, 20, 30, 40), (2, 3, 4, 5), (-100, 0, 100, 200))
        found = codes(
            [(0, 0, -101), (9, 1, -100), (10, 2, -1), (40, 5, 200), (99, 99, 999)],
            mode="fixed",
            bounds=bounds,
        )
        self.assertEqual(list(found.values()), [511, 512, 422, 155, 155])


class TestSegments(BaseCase):
    """What three scores together mean. (Reg. 3.3)"""

    def test_published_example(self):
        for code, name in PUBLISHED.values():
            self.assertEqual(segment(Score(*map(int, str(code)))), name)

    def test_first_match_wins(self):
        cases = {
            (5, 5, 5): "champions",
            (4, 4, 4): "champions",
            (2, 3, 3): "loyal_customers",
            (5, 1, 1): "potential_loyalist",
            (3, 1, 3): "potential_loyalist",
            (2, 2, 3): "need_attention",
            (2, 2, 2): "need_attention",
            (2, 1, 1): "about_to_sleep",
            (1, 2, 2): "at_risk",
            (1, 5, 5): "at_risk",
            (1, 1, 1): "lost",
            (1, 1, 2): "lost",
            (1, 1, 5): "others",
            (5, 1, 5): "others",
        }
        for marks, name in cases.items():
            self.assertEqual(segment(Score(*marks)), name)

    def test_three_segments_stand_behind_others(self):
        """As published: they serve who puts them first."""
        reached = {segment(Score(*marks)) for marks in product(range(1, 6), repeat=3)}
        names = {one.code for one in SEGMENTS}
        self.assertEqual(names - reached, {"new_customers", "promising", "cant_lose"})
        self.assertEqual(reached - names, {"others"})
        self.assertEqual(segment(Score(1, 5, 5), segments=SEGMENTS[::-1]), "cant_lose")


class TestRefusals(RefusalMixin, BaseCase):
    """What makes no sense is refused, in data. (Reg. 3.3)"""

    def refuse(self, code, rows=(), **parameters):
        clients = dict(enumerate(rows, 1))
        return self.assert_refused(
            code, score, clients, **{"decimals": 2, **parameters}
        )

    def test_parameters(self):
        self.refuse("unknown_option", mode="guess")
        self.refuse("not_whole", marks=5.0)
        self.refuse("out_of_range", marks=1)
        self.refuse("out_of_range", decimals=-1)

    def test_bounds(self):
        rising = (1, 2, 3, 4)
        self.refuse("bounds_missing", mode="fixed")
        self.refuse("bounds_number", mode="fixed", bounds=(rising, rising))
        self.refuse("bounds_number", mode="fixed", bounds=(rising, rising, (1, 2)))
        self.refuse("bounds_order", mode="fixed", bounds=(rising, rising, (1, 3, 3, 4)))
        self.refuse(
            "not_integer", mode="fixed", bounds=(rising, rising, (1, 2, 3, 4.5))
        )

    def test_values(self):
        for mode in MODES[:2]:
            found = self.refuse("not_integer", [(1, 1, 1), (1, 1, 1.0)], mode=mode)
            self.assertEqual(found, {"key": 2, "value": 1.0})
            found = self.refuse("negative", [(1, 1, -1), (-1, 1, 1)], mode=mode)
            self.assertEqual(found, {"key": 2, "value": -1})
            self.refuse("negative", [(1, -1, 1)], mode=mode)
            self.refuse("not_integer", [(None, 0, 0)], mode=mode)


class TestProperties(BaseCase):
    """What holds of all scores. (Reg. 3.3)"""

    @given(CLIENTS, st.sampled_from(MODES[:2]))
    @examples
    def test_better_is_never_marked_worse(self, clients, mode):
        found = score(clients, decimals=2, mode=mode)
        self.assertEqual(set(found), set(clients))
        for at, sign in enumerate((-1, 1, 1)):
            column = sorted((sign * clients[key][at], found[key][at]) for key in found)
            marks = [mark for _value, mark in column]
            self.assertEqual(marks, sorted(marks))
            self.assertLessEqual(set(marks), set(range(1, 6)))
            self.assertEqual(len({v for v, _mark in column}), len(set(column)))

    @given(CLIENTS)
    @examples
    def test_ranks_are_those_of_the_definition(self, clients):
        found = score(clients, decimals=2, mode="rank")
        for key, (days, documents, value) in clients.items():
            rows = clients.values()
            worse = (
                sum(row[0] > days for row in rows),
                sum(row[1] < documents for row in rows),
                sum(row[2] < value for row in rows),
            )
            self.assertEqual(
                found[key],
                tuple(1 + floor(Fraction(5 * count, len(rows))) for count in worse),
            )

    @given(CLIENTS, st.sampled_from((0, 2, 3)))
    @examples
    def test_quantiles_are_those_of_the_definition(self, clients, decimals):
        found = score(clients, decimals=decimals)
        for at, unit in enumerate((1, 1, 10**decimals)):
            ordered = sorted(row[at] for row in clients.values())
            bounds = []
            for part in range(1, 5) if ordered else ():
                place = Fraction((len(ordered) - 1) * part, 5)
                low, high = ordered[floor(place)], ordered[-(-place // 1)]
                bounds.append(low + (place - floor(place)) * (high - low) + unit)
            for key, row in clients.items():
                reached = sum(bound <= row[at] for bound in bounds)
                self.assertEqual(
                    found[key][at], 5 - reached if at == 0 else 1 + reached
                )
