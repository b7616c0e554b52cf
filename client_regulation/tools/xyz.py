# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""XYZ classes: how evenly a client buys. (Reg. 3.3)

The coefficient of variation of its months or quarters, the standard deviation in parts
of the mean: X is even, Z is not. Bounds are compared with its square, in integers.
"""

from math import sqrt
from operator import mul
from typing import NamedTuple

from .exact import ParameterError, fractions, option, require_rising, whole

CLASSES = ("X", "Y", "Z")
DEVIATIONS = ("population", "sample")
FILLS = ("first_sale", "window")

#: upper bounds of X and of Y, per cent
DEFAULT_BOUNDS = (10, 25)
#: of fewer sub-periods nothing can be said
MIN_PERIODS = 3


class Grade(NamedTuple):
    """A client's class, or None where nothing can be said.

    :param variation: its coefficient of variation, rounded to a float to be shown
    :param periods: how many sub-periods it was reckoned of
    """

    xyz_class: str | None
    variation: float | None
    periods: int


def grade(
    series,
    bounds=DEFAULT_BOUNDS,
    deviation="population",
    fill="first_sale",
    first=None,
    min_periods=MIN_PERIODS,
):
    """Sort clients into the classes X, Y and Z. (C.5)

    :param series: dict of key → values of all sub-periods of the window in their order,
        integers of minor units, 0 where there was nothing
    :param bounds: of X and of Y, per cent; a bound itself is within
    :param deviation: of the population, or of a sample (divided by n − 1)
    :param fill: count sub-periods from the first sale, or all of the window
    :param first: dict of key → index of the sub-period of the first sale, for clients
        with whom it is not the first positive one
    :return: dict of key → `Grade`

    >>> grade({"delta": [50] * 6})
    {'delta': Grade(xyz_class='X', variation=0.0, periods=6)}
    """
    option("deviation", deviation, DEVIATIONS)
    option("fill", fill, FILLS)
    whole("min_periods", min_periods, 2)
    bounds = fractions("bounds", bounds, 2, minimum=0)
    require_rising("bounds", bounds)
    # variation ≤ p/q per cent is: its square times (100·q)² ≤ p²
    limits = [((100 * x.denominator) ** 2, x.numerator**2) for x in bounds]
    first, is_sample = first or {}, deviation == "sample"
    grades = {}
    for key, values in series.items():
        if not set(map(type, values)) <= {int}:
            raise ParameterError("not_integer", key=key, value=values)
        if fill == "first_sale":
            values = values[_first_sale(values, first.get(key)) :]
        periods, total = len(values), sum(values)
        if periods < min_periods or total <= 0:
            grades[key] = Grade(None, None, periods)
            continue
        mean = total * total  # the squares of both, in the same measure
        deviated = periods * sum(map(mul, values, values)) - mean
        if is_sample:
            deviated, mean = deviated * periods, mean * (periods - 1)
        above = sum(deviated * scale > limit * mean for scale, limit in limits)
        grades[key] = Grade(CLASSES[above], sqrt(deviated / mean), periods)
    return grades


def _first_sale(values, known):
    if known is not None:
        return known
    return next((at for at, value in enumerate(values) if value > 0), len(values))
