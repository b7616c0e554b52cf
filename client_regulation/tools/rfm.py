# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""RFM: how recently, how often and for how much a client buys. (Reg. 3.3)

`score` marks each of the three, the best with the highest mark; `segment` names what
three marks together mean. Marks are comparisons of integers.
"""

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

from .exact import ParameterError, option, require_integers, require_rising, whole

MODES = ("quantile", "rank", "fixed")
MARKS = 5


class Score(NamedTuple):
    """Marks for recency, frequency and monetary value, 1 is the worst."""

    recency: int
    frequency: int
    monetary: int

    @property
    def code(self):
        """The three as one number: 555."""
        return self.recency * 100 + self.frequency * 10 + self.monetary


class Segment(NamedTuple):
    """A name for the scores within three inclusive ranges."""

    code: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    monetary: tuple[int, int]


#: The first that matches names the client. In this order `potential_loyalist` leaves
#: nothing to `new_customers` and `promising`, nor `at_risk` to `cant_lose`: so it is
#: published, and whoever wants those segments puts them first.
SEGMENTS = (
    Segment("champions", (4, 5), (4, 5), (4, 5)),
    Segment("loyal_customers", (2, 5), (3, 5), (3, 5)),
    Segment("potential_loyalist", (3, 5), (1, 3), (1, 3)),
    Segment("new_customers", (4, 5), (1, 1), (1, 1)),
    Segment("promising", (3, 4), (1, 1), (1, 1)),
    Segment("need_attention", (2, 3), (2, 3), (2, 3)),
    Segment("about_to_sleep", (2, 3), (1, 2), (1, 2)),
    Segment("at_risk", (1, 2), (2, 5), (2, 5)),
    Segment("cant_lose", (1, 1), (4, 5), (4, 5)),
    Segment("lost", (1, 2), (1, 2), (1, 2)),
)
OTHERS = "others"


def score(clients, *, decimals, mode="quantile", marks=MARKS, bounds=None):
    """Mark clients for recency, frequency and monetary value. (C.6)

    - quantile: as the package rfm of R does it. A mark begins one whole unit above a
      quantile (type 7): one day, one document, one unit of the currency
    - rank: 1 + ⌊marks × clients strictly worse / all clients⌋; good for few clients
    - fixed: a mark begins at a given bound

    :param clients: dict of key → (days since the last sale, number of sale documents,
        net value in minor units)
    :param decimals: how many the currency has: 2 for euro
    :param bounds: mode fixed: three rising sequences, for days, documents and value
        in minor units, each of one bound less than there are marks
    :return: dict of key → `Score`
    """
    option("mode", mode, MODES)
    whole("marks", marks, 2, 9)
    units = (1, 1, 10 ** whole("decimals", decimals, 0))
    if mode == "fixed":
        bounds = _check_bounds(bounds, marks)
    columns = [{key: row[at] for key, row in clients.items()} for at in range(3)]
    scales = []
    for at, column in enumerate(columns):
        require_integers(column, minimum=(0, 0, None)[at])
        ordered = sorted(column.values())
        is_reversed = at == 0  # fewer days are better, fewer documents are worse
        if mode == "rank":
            mark = _ranker(ordered, marks, is_reversed)
        elif mode == "fixed":
            mark = _marker(bounds[at], marks, is_reversed)
        else:
            mark = _marker(_starts(ordered, marks, units[at]), marks, is_reversed)
        # there are fewer different values than clients
        scales.append({value: mark(value) for value in set(ordered)})
    recency, frequency, monetary = scales
    return {
        key: Score(recency[days], frequency[documents], monetary[value])
        for key, (days, documents, value) in clients.items()
    }


@lru_cache(maxsize=1024)
def segment(marks, segments=SEGMENTS):
    """Code of the first segment that a `Score` is in."""
    for one in segments:
        if all(
            low <= mark <= high
            for mark, (low, high) in zip(marks, one[1:], strict=True)
        ):
            return one.code
    return OTHERS


# ------------------------------------------------------------
# MACHINERY
# ------------------------------------------------------------


def _starts(ordered, marks, unit):
    """The integers with which the second mark and those after it begin.

    Quantiles of type 7, the k-th (n − 1)·k / marks steps along the ordered values, and
    a unit. What they leave of a whole number is rounded up: values are integers.
    """
    starts, last = [], len(ordered) - 1
    for part in range(1, marks) if ordered else ():
        at, rest = divmod(last * part, marks)
        low, high = ordered[at], ordered[min(at + 1, last)]
        starts.append(low - (-rest * (high - low) // marks) + unit)
    return starts


def _marker(starts, marks, is_reversed):
    """Mark by how many starts of a mark a value has reached."""
    if is_reversed:
        return lambda value: marks - bisect_right(starts, value)
    return lambda value: 1 + bisect_right(starts, value)


def _ranker(ordered, marks, is_reversed):
    """Mark by how many clients are strictly worse."""
    count = len(ordered)
    if is_reversed:
        return lambda value: 1 + marks * (count - bisect_right(ordered, value)) // count
    return lambda value: 1 + marks * bisect_left(ordered, value) // count


def _check_bounds(bounds, marks):
    if bounds is None:
        raise ParameterError("bounds_missing", method="fixed")
    if len(bounds) != 3:
        raise ParameterError("bounds_number", name="bounds", value=bounds, count=3)
    for column in bounds:
        require_integers(column)
        if len(column) != marks - 1:
            raise ParameterError(
                "bounds_number", name="bounds", value=column, count=marks - 1
            )
        require_rising("bounds", column, above=None)
    return bounds
