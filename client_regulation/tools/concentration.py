# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""How much of the sales hangs on how few clients. (Reg. 3.3)

All figures are exact fractions.
"""

from fractions import Fraction
from itertools import accumulate
from operator import mul

from .exact import fraction, require_integers, whole


class Concentration:
    """How much hangs on how few: the positive values, largest first. (C.7)

    All figures are exact fractions of 1; None where there is nothing to divide.
    """

    __slots__ = ("_cumulative", "count", "gini", "hhi", "total")

    #: share of the largest client from which it counts as key, and above which the
    #: company depends on it, or has but one
    KEY, DEPENDENT, ONLY = Fraction(10, 100), Fraction(20, 100), Fraction(50, 100)
    #: below this Gini there is no concentration, and classes mean nothing
    FLAT = Fraction(1, 10)

    def __init__(self, amounts):
        self._cumulative = [0, *accumulate(amounts)]
        self.count = len(amounts)
        self.total = self._cumulative[-1]
        self.gini = gini(amounts)
        self.hhi = None
        if amounts:
            self.hhi = Fraction(sum(map(mul, amounts, amounts)), self.total**2)

    @property
    def effective(self):
        """As many clients of equal size would be as concentrated."""
        return None if self.hhi is None else 1 / self.hhi

    @property
    def is_meaningful(self):
        """Whether there is a concentration that classes could show."""
        return self.gini is not None and self.gini >= self.FLAT

    @property
    def dependence(self):
        """What the largest client is: key, dependence, mono_client or nothing."""
        largest = self.top(1)
        if largest is None or largest < self.KEY:
            return None
        if largest >= self.ONLY:
            return "mono_client"
        return "dependence" if largest > self.DEPENDENT else "key"

    def top(self, clients):
        """CR: share of the so many largest clients."""
        whole("clients", clients, 0)
        if not self.count:
            return None
        return Fraction(self._cumulative[min(clients, self.count)], self.total)

    def top_percent(self, percent=20):
        """Share of the so many per cent of clients, read off the curve."""
        at = fraction("percent", percent, 0, 100) * self.count / 100
        if not self.count:
            return None
        below = min(int(at), self.count - 1)
        low, high = self._cumulative[below : below + 2]
        return (low + (high - low) * (at - below)) / self.total

    def curve(self, points=100):
        """The curve from (0, 0) to (1, 1): shares of clients and of value.

        :param points: no more parts than these
        """
        parts = min(whole("points", points, 1), self.count)
        if not parts:
            return []
        heads = (self.count * part // parts for part in range(parts + 1))
        return [
            (Fraction(head, self.count), Fraction(self._cumulative[head], self.total))
            for head in heads
        ]


def concentration(values):
    """Gini, HHI, CR and curve of the clients with a positive value.

    :param values: dict of key → integer of minor units
    """
    require_integers(values)
    positive = [value for value in values.values() if value > 0]
    return Concentration(sorted(positive, reverse=True))


def gini(amounts):
    """Gini coefficient 2·Σ i·x_i / (n·Σ x) − (n + 1)/n, x rising; 0 is equality.

    Of fewer than two there is none, nor of nothing but zeros. Zeros among others
    count; negative amounts are refused.

    >>> gini([1, 2, 3, 4])
    Fraction(1, 4)
    """
    amounts = sorted(amounts)
    require_integers(amounts, minimum=0)
    count, total = len(amounts), sum(amounts)
    if count < 2 or not total:
        return None
    weighted = sum(map(mul, range(1, count + 1), amounts))
    return Fraction(2 * weighted - (count + 1) * total, count * total)
