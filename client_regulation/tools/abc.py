# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""ABC classes of clients. (Reg. 3.3)

`classify` ranks clients by value and cuts the ranking twice: A, B, C. `weigh` makes one
value of several criteria, `pair` puts two classifications side by side. What becomes of
classes from run to run is in `migration`, how much hangs on how few in `concentration`.

Values are integers of minor currency units and every border is compared exactly.
The time goes into two sorts and a sum: a border is found by bisection.
"""

from bisect import bisect_left
from fractions import Fraction
from itertools import accumulate, chain, pairwise
from math import lcm
from typing import NamedTuple

from .exact import (
    ParameterError,
    fraction,
    fractions,
    option,
    require_integers,
    require_rising,
    round_half_up,
    whole,
)

CLASSES = ("A", "B", "C")  # sorted as letters, the better the smaller

METHODS = ("cumulative", "fixed", "count_share", "tangent")
RULES = ("up", "down", "nearest")
TIES = ("together", "ordered")
BASES = ("positive", "net")

#: upper bounds of A and of B, per cent: of the value, of the number of clients
DEFAULT_BOUNDS = {"cumulative": (80, 95), "count_share": (20, 50)}


# ------------------------------------------------------------
# CLASSIFICATION
# ------------------------------------------------------------


class Parameters(NamedTuple):
    """How a classification was made; two that differ cannot be compared."""

    method: str
    bounds: tuple[Fraction, ...]
    rule: str
    ties: str
    base: str


class Line(NamedTuple):
    """A client in the ranking.

    :param rank: 1 is the best; clients that tie together share theirs
    :param cumulated: the values down to this client, its ties included
    :param computed_class: None for who is not in the base: no sales, or refunds
        above them; rank and cumulated are None then, but in a net base

    The shares are fractions; `100 * line.value / line.total` is a quick per cent.
    """

    key: object
    value: int
    total: int
    rank: int | None
    cumulated: int | None
    computed_class: str | None

    @property
    def share(self):
        return None if self.rank is None else Fraction(self.value, self.total)

    @property
    def cumulative_share(self):
        return None if self.rank is None else Fraction(self.cumulated, self.total)


class ClassFigures(NamedTuple):
    """What a class amounts to; of an empty one there is no mean."""

    count: int
    count_share: Fraction
    value: int
    share: Fraction
    mean: Fraction | None
    smallest: int | None
    largest: int | None


def check_parameters(
    method="cumulative", bounds=None, rule="up", ties="together", base="positive"
):
    """Parameters with exact bounds; a `ParameterError` for what makes no sense.

    :param bounds: of A and of B: per cent of value (cumulative) or of clients
        (count_share), least values in minor units (fixed); tangent needs none
    """
    option("method", method, METHODS)
    option("rule", rule, RULES)
    option("ties", ties, TIES)
    option("base", base, BASES)
    if bounds is None:
        bounds = DEFAULT_BOUNDS.get(method)
    if method == "tangent":
        bounds = ()  # the borders follow from the values
    elif bounds is None:
        raise ParameterError("bounds_missing", method=method)
    elif method == "fixed":
        bounds = fractions("bounds", bounds, 2, minimum=1)
        if bounds[0] <= bounds[1]:
            raise ParameterError("floors_order", name="bounds", value=bounds)
    else:
        bounds = fractions("bounds", bounds, 2, minimum=0, maximum=100)
        require_rising("bounds", bounds)
    return Parameters(method, bounds, rule, ties, base)


def classify(
    values,
    method="cumulative",
    bounds=None,
    rule="up",
    ties="together",
    base="positive",
):
    """Sort clients into the classes A, B and C.

    :param values: dict of key → integer of minor units, credit notes taken off
    :param method: cumulative share of value, fixed floors, share of the number of
        clients, or tangent (A: the mean and above, B: so of the others)
    :param bounds: see `check_parameters`; 80 and 95 per cent by default
    :param rule: where the client goes who crosses a bound: up, down, or nearest (where
        the larger part of it lies)
    :param ties: clients of equal value get one class together, or are ordered by key
    :param base: what shares are of: the positive values, or all of them, net

    >>> classify({"k1": 900, "k2": 50, "k3": 30, "k4": 20}).classes
    {'k1': 'A', 'k2': 'B', 'k3': 'C', 'k4': 'C'}
    """
    parameters = check_parameters(method, bounds, rule, ties, base)
    require_integers(values)
    return Classification(values, parameters)


class Classification:
    """Clients in the order of their values and where the order is cut. (C.2, C.3)

    Made by `classify`. Only positive values get a class; the others stand in `ranked`
    after the first `count`.

    :ivar ranked: keys, best first; `amounts` are their values
    :ivar borders: how many clients are in A, and how many in A and B
    :ivar classes: dict of key → A, B, C or None
    """

    __slots__ = (
        "_cumulative",
        "_starts",
        "amounts",
        "borders",
        "classes",
        "count",
        "parameters",
        "ranked",
        "total",
    )

    def __init__(self, values, parameters):
        self.parameters = parameters
        self.ranked = _rank(values)
        self.amounts = [values[key] for key in self.ranked]
        self.count = bisect_left(self.amounts, True, key=lambda value: value <= 0)
        self._cumulative = [0, *accumulate(self.amounts)]
        net = parameters.base == "net"
        self.total = self._cumulative[-1 if net else self.count]
        self._starts = self._list_starts(0, self.count)
        self.borders = self._cut(parameters.bounds)
        self.classes = self._classes_within(self.borders)

    @property
    def has_data(self):
        """Whether there is anything to have a share of."""
        return self.count > 0 and self.total > 0

    def lines(self):
        """Every client with rank and shares, best first; none without data.

        One by one: a million of them need not be in memory.
        """
        if not self.has_data:
            return
        ranked = self.count if self.parameters.base == "positive" else len(self.ranked)
        starts = self._starts + self._list_starts(self.count, ranked)[1:]
        for start, stop in pairwise(starts):
            for index in range(start, stop):
                key, cumulated = self.ranked[index], self._cumulative[stop]
                yield self._line(index, key, start + 1, cumulated)
        for index in range(ranked, len(self.ranked)):
            yield self._line(index, self.ranked[index], None, None)

    def summary(self):
        """Figures of the classes A, B and C."""
        edges = (0, *self.borders, self.count if self.has_data else 0)
        return {
            letter: self._figures(start, stop)
            for letter, (start, stop) in zip(CLASSES, pairwise(edges), strict=True)
        }

    def classes_shifted(self, points):
        """The classes with both bounds shifted by so many percentage points."""
        if self.parameters.method not in DEFAULT_BOUNDS:
            raise ParameterError("buffer_method", method=self.parameters.method)
        bounds = (bound + points for bound in self.parameters.bounds)
        return self._classes_within(self._cut(tuple(bounds)))

    # -- machinery -----------------------------------------------------------

    def _line(self, index, key, rank, cumulated):
        return Line(
            key, self.amounts[index], self.total, rank, cumulated, self.classes[key]
        )

    def _figures(self, start, stop):
        count = stop - start
        value = self._cumulative[stop] - self._cumulative[start]
        return ClassFigures(
            count,
            Fraction(count, self.count or 1),
            value,
            Fraction(value, self.total if self.has_data else 1),
            Fraction(value, count) if count else None,
            self.amounts[stop - 1] if count else None,
            self.amounts[start] if count else None,
        )

    def _list_starts(self, first, last):
        """Where those begin who share their fate, in a part of the ranking; its end.

        Whoever has the same value, or everyone alone.
        """
        if self.parameters.ties == "ordered" or first == last:
            return list(range(first, last + 1))
        amounts = self.amounts
        return [
            first,
            *(at for at in range(first + 1, last) if amounts[at] != amounts[at - 1]),
            last,
        ]

    def _classes_within(self, borders):
        classes = dict.fromkeys(self.ranked)
        if self.has_data:
            edges = (0, *borders, self.count)
            for letter, (start, stop) in zip(CLASSES, pairwise(edges), strict=True):
                classes.update(dict.fromkeys(self.ranked[start:stop], letter))
        return classes

    def _cut(self, bounds):
        """How many clients are in A, and how many in A and B."""
        if not self.has_data:
            return 0, 0
        if self.parameters.method == "fixed":
            return tuple(
                self._first(lambda value, floor=floor: value < floor)
                for floor in bounds
            )
        if self.parameters.method == "tangent":
            above = self._above_mean(0)
            return above, self._above_mean(above)
        if self.parameters.method == "cumulative":
            limits = (bound * self.total / 100 for bound in bounds)
            return tuple(self._within(self._cumulative, limit) for limit in limits)
        limits = (round_half_up(bound * self.count / 100) for bound in bounds)
        return tuple(self._within(range(self.count + 1), limit) for limit in limits)

    def _within(self, sums, limit):
        """How many clients stand ahead of a limit that `sums` run up to.

        :param sums: values or heads of the first 0, 1, 2 … clients
        """
        starts, rule = self._starts, self.parameters.rule

        def is_beyond(group):
            before, after = sums[starts[group]], sums[starts[group + 1]]
            if rule == "up":
                return before >= limit
            if rule == "down":
                return after > limit
            return before + after > 2 * limit

        return starts[bisect_left(range(len(starts) - 1), True, key=is_beyond)]

    def _first(self, test, start=0):
        """The first position of which a test holds, that holds of all after it."""
        return bisect_left(self.amounts, True, start, self.count, key=test)

    def _above_mean(self, start):
        """Where the values end that are not below the mean of those from `start`.

        The tangent to the curve that is parallel to its chord touches it there: to the
        left it rises faster than the chord, to the right it does not.
        """
        value = self._cumulative[self.count] - self._cumulative[start]
        count = self.count - start
        return self._first(lambda amount: amount * count < value, start)


def _rank(values):
    """Keys by falling value, those of equal value by key."""
    try:
        keys = sorted(values)
    except TypeError:
        raise ParameterError("not_sortable") from None
    keys.sort(key=values.__getitem__, reverse=True)  # stable, reversed or not
    return keys


def annualise(value, days):
    """What a new client's value would be in a year; None in its first 30 days. (C.4)

    :param days: since its first invoice
    """
    return Fraction(value * 365, days) if whole("days", days, 0) >= 30 else None


# ------------------------------------------------------------
# SEVERAL CRITERIA
# ------------------------------------------------------------


class Scores(NamedTuple):
    """Weighted scores as integers, to be classified like money.

    `values[key] / scale` is the score of a client, 1 for the best by all criteria.
    """

    values: dict
    scale: int


def weigh(criteria, weights):
    """One score of several criteria: Σ weight × value / largest value. (C.3)

    A client that a criterion does not know has nothing by it; a negative value takes
    off. A criterion by which nobody has anything gives nothing.

    :param criteria: dict of name → dict of key → integer
    :param weights: dict of name → weight; they add up to 1, or to 100 per cent
    """
    missing = tuple(name for name in criteria if name not in weights)
    unknown = tuple(name for name in weights if name not in criteria)
    if missing or unknown:
        raise ParameterError("weights_names", missing=missing, unknown=unknown)
    exact = {name: fraction(name, weight, 0) for name, weight in weights.items()}
    total = sum(exact.values())
    if total not in (1, 100):
        raise ParameterError("weights_sum", total=total)
    for values in criteria.values():
        require_integers(values)
    best = {name: max(values.values(), default=0) for name, values in criteria.items()}
    # the scale in which every score is an integer, and what a unit of each criterion
    # is worth in it
    scale = lcm(
        *(
            (weight / total / best[name]).denominator
            for name, weight in exact.items()
            if best[name] > 0
        )
    )
    scores = dict.fromkeys(chain.from_iterable(criteria.values()), 0)
    for name, values in criteria.items():
        if best[name] > 0:
            worth = int(exact[name] / total / best[name] * scale)
            for key, value in values.items():
                scores[key] += worth * value
    return Scores(scores, scale)


def pair(first, second):
    """Two criteria: dict of key → (class by the first, class by the second). (C.3)

    :param first: a dict of key → class, as is `second`; None where there is none
    """
    keys = dict.fromkeys((*first, *second))
    return {key: (first.get(key), second.get(key)) for key in keys}


def review_terms(revenue, margin):
    """Whose terms are to be reviewed: A by revenue, C or a loss by margin. (C.3)

    :param revenue: a `Classification`, as is `margin`
    """
    losses = set(margin.ranked[bisect_left(margin.amounts, True, key=_is_loss) :])
    return [
        key
        for key in revenue.ranked[: revenue.borders[0]]
        if margin.classes.get(key) == "C" or key in losses
    ]


def _is_loss(value):
    return value < 0
