# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Signals that a client is about to leave: levels out of plain numbers. (Reg. D.4)

Bounds are compared in integers and fractions; only what is shown is a float. What
cannot be told is `no_data` with the reason, never a zero and never «fine».
"""

from fractions import Fraction
from typing import NamedTuple

CODES = tuple(f"C{number:02}" for number in range(1, 13))
#: their facts come with the servicing room
NOT_BOUND = ("C06", "C07", "C08", "C09")

POINTS = {"yellow": 1, "red": 3}
YELLOW_LIST = 3
RED_LIST = 6

#: purchases that a client needs to have a rhythm of its own
MIN_PURCHASES = 4
#: intervals that a class needs for its percentiles to mean anything
MIN_INTERVALS = 5

#: classes from the best to nothing
LADDER = {"A": 0, "B": 1, "C": 2, None: 3}


class Signal(NamedTuple):
    """What a signal says of a client.

    :param level: none, yellow, red, no_data or not_bound
    :param value: the figure it was read from, a float to be shown, or None
    :param reason: why there is no data
    """

    level: str
    value: float | None = None
    reason: str | None = None

    @property
    def points(self):
        return POINTS.get(self.level, 0)


def no_data(reason):
    return Signal("no_data", None, reason)


def graded(value, yellow, red):
    """A level for a value that is worse the higher it is; a bound is within."""
    level = "red" if value >= red else "yellow" if value >= yellow else "none"
    return Signal(level, float(value))


def median(values):
    """The middle of some integers, exactly; None of none.

    >>> median([30, 28, 33, 28])
    Fraction(29, 1)
    """
    ordered = sorted(values)
    if not ordered:
        return None
    half, odd = divmod(len(ordered), 2)
    return Fraction(ordered[half] + ordered[half if odd else half - 1], 2)


def percentile(histogram, per_cent):
    """A percentile of integers between which is interpolated (type 7, as in R).

    :param histogram: dict of value → how often
    :return: Fraction, or None without values

    >>> percentile({10: 1, 20: 1, 30: 1, 40: 1, 50: 1}, 80)
    Fraction(42, 1)
    """
    count = sum(histogram.values())
    if not count:
        return None
    place = Fraction(per_cent * (count - 1), 100)
    below = place.numerator // place.denominator
    low = _at(histogram, below)
    high = _at(histogram, min(below + 1, count - 1))
    return low + (high - low) * (place - below)


def _at(histogram, index):
    """The value at an index of the values in their order."""
    for value in sorted(histogram):
        index -= histogram[value]
        if index < 0:
            return value
    raise IndexError(index)


def intervals(days):
    """Days between purchases; two on one day are one.

    :param days: dates, or numbers of days

    >>> intervals([0, 30, 30, 58])
    [30, 28]
    """
    ordered = sorted(set(days))
    return [
        getattr(after - before, "days", after - before)
        for before, after in zip(ordered, ordered[1:], strict=False)
    ]


def silence_of_rhythm(days, today):
    """C01: days since the last purchase in parts of the client's median interval.

    >>> silence_of_rhythm([0, 30, 58, 91, 119], 170).level
    'yellow'
    """
    days = set(days)
    if not days:
        return no_data("no_orders")
    if len(days) < MIN_PURCHASES:
        return no_data("few_orders")
    silent = today - max(days)
    silent = getattr(silent, "days", silent)
    # 1.758… is compared as it is
    return graded(silent / median(intervals(days)), Fraction(3, 2), Fraction(5, 2))


def silence_of_base(days, today, histogram):
    """C02: days since the last purchase against the intervals of the client's class,
    for who buys too seldom to have a rhythm.

    :param histogram: dict of interval in days → how often, of the class
    """
    days = set(days)
    if not days:
        return no_data("no_orders")
    if len(days) >= MIN_PURCHASES:
        return no_data("own_rhythm")
    if sum((histogram or {}).values()) < MIN_INTERVALS:
        return no_data("no_base")
    silent = today - max(days)
    return graded(
        Fraction(getattr(silent, "days", silent)),
        percentile(histogram, 80),
        percentile(histogram, 95),
    )


def drop(now, before, yellow, red):
    """A fall in per cent of what was before; the value is the change, down negative.

    :param yellow: from how many per cent of fall on, as `red`

    >>> drop(79, 100, 20, 40)
    Signal(level='yellow', value=-21.0, reason=None)
    """
    if before <= 0:
        return no_data("no_previous")
    signal = graded(Fraction(100 * (before - now), before), yellow, red)
    return signal._replace(value=-signal.value or 0.0)


def revenue_drop(now, before):
    """C03: three months against the same three a year ago."""
    return drop(now, before, 20, 40)


def basket_narrowing(now, before):
    """C04: categories of half a year against the half year before."""
    return drop(now, before, 25, 50)


def class_down(before, now):
    """C05: steps down the classes; who is in the base no more stands below C.

    >>> class_down("A", "B").level, class_down("A", None).level
    ('yellow', 'red')
    """
    if not before:
        return no_data("no_class")
    return graded(max(LADDER[now or None] - LADDER[before], 0), 1, 2)


def decision_maker_left(left, staying):
    """C10: somebody who decides has left."""
    if not left and not staying:
        return no_data("no_decision_maker")
    return Signal("red" if left else "none", float(left))


def payment_delay(now, before):
    """C11: by how many days the average delay of payment has grown in a month.

    :param now: average days past due, or None where nothing was due
    """
    if now is None or before is None:
        return no_data("no_dues")
    return graded(Fraction(now) - Fraction(before), 7, 21)


def competitor_named(times, talks):
    """C12: objections about a competitor; nothing is known of who was not talked to."""
    if not talks and not times:
        return no_data("no_talks")
    return graded(times, 1, 2)


def risk(signals):
    """Points and list of a client: none, yellow or red.

    None where no signal at all could be told.

    >>> risk([Signal("red"), Signal("red"), Signal("no_data")])
    (6, 'red')
    """
    signals = list(signals)
    points = sum(signal.points for signal in signals)
    if all(signal.level in ("no_data", "not_bound") for signal in signals):
        return 0, "no_data"
    return points, risk_level(points)


def risk_level(points):
    if points >= RED_LIST:
        return "red"
    return "yellow" if points >= YELLOW_LIST else "none"
