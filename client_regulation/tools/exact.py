# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Exact numbers for figures that decide: a border is met or missed, never by a hair.

Amounts are integers of minor currency units, parameters are fractions. What cannot
be reckoned with is refused by a `ParameterError`, which says so in data: the words
for it are the caller's.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import floor


class ParameterError(ValueError):
    """A parameter or a value that the method refuses.

    :param code: why, one of these
    :param values: what is refused, by name

    - unknown_option (name, value, allowed): it is none of the allowed
    - not_a_number (name, value): it is no finite number
    - not_whole (name, value): it is no whole number
    - out_of_range (name, value, minimum, maximum): it is beyond the limits
    - not_integer (key, value): an amount is no integer of minor units
    - negative (key, value): an amount is below zero where there can be none
    - not_sortable: keys have no order, and equal values need one
    - bounds_missing (method): the method has no bounds of its own
    - bounds_number (name, value, count): there are not `count` bounds
    - bounds_order (name, value): a bound is not above the one before, or above zero
    - floors_order (name, value): the floor of class A is not above that of B
    - weights_names (missing, unknown): criteria without weight, weights without one
    - weights_sum (total): weights do not add up to 1, or to 100 per cent
    - buffer_method (method): a buffer needs bounds in per cent
    """

    def __init__(self, code, **values):
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self):
        said = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code} ({said})" if said else self.code


def fraction(name, value, minimum=None, maximum=None):
    """A parameter as an exact fraction, within its limits.

    A float means what it is written as: 0.1 is a tenth.

    >>> fraction("buffer", 2.5)
    Fraction(5, 2)
    """
    try:
        if isinstance(value, bool | str):
            raise TypeError
        exact = Fraction(repr(float(value)) if isinstance(value, float) else value)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError("not_a_number", name=name, value=value) from None
    if (minimum is not None and exact < minimum) or (
        maximum is not None and exact > maximum
    ):
        raise ParameterError(
            "out_of_range", name=name, value=value, minimum=minimum, maximum=maximum
        )
    return exact


def whole(name, value, minimum=None, maximum=None):
    """A parameter that counts something, within its limits."""
    if type(value) is not int:
        raise ParameterError("not_whole", name=name, value=value)
    fraction(name, value, minimum, maximum)
    return value


def option(name, value, allowed):
    """A parameter that is one of the allowed words."""
    if value not in allowed:
        raise ParameterError("unknown_option", name=name, value=value, allowed=allowed)
    return value


def fractions(name, values, count, minimum=None, maximum=None):
    """So many parameters as exact fractions, each within the limits."""
    try:
        values = tuple(values)
    except TypeError:
        values = (values,)  # one where several are needed
    if len(values) != count:
        raise ParameterError("bounds_number", name=name, value=values, count=count)
    return tuple(fraction(name, value, minimum, maximum) for value in values)


def require_rising(name, bounds, above=0):
    """Refuse bounds that do not rise, from above a limit if there is one."""
    steps = bounds if above is None else (above, *bounds)
    if any(low >= high for low, high in pairwise(steps)):
        raise ParameterError("bounds_order", name=name, value=tuple(bounds))


def require_integers(values, minimum=None):
    """Refuse amounts that are not integers: a float has lost its cents already.

    :param values: dict of key → amount, or a sequence of amounts
    """
    keyed = isinstance(values, Mapping)
    amounts = values.values() if keyed else values
    # the types of a million values are looked at in no time
    if not set(map(type, amounts)) <= {int}:
        code, refused = "not_integer", lambda amount: type(amount) is not int
    elif minimum is not None and min(amounts, default=minimum) < minimum:
        code, refused = "negative", lambda amount: amount < minimum
    else:
        return
    for key, amount in values.items() if keyed else enumerate(values):
        if refused(amount):
            raise ParameterError(code, key=key, value=amount)


def round_half_up(number):
    """To the nearest integer; halves away from zero, as money is rounded."""
    size = floor(abs(number) + Fraction(1, 2))
    return size if number >= 0 else -size


def minor_units(amount, decimals):
    """An amount of money as an integer: 12.3 with two decimals is 1230.

    :param decimals: what the currency has, 0 for yen, 2 for euro, 3 for dinar
    """
    return round_half_up(fraction("amount", amount) * 10**decimals)
