# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Half-open calendar periods: week (from Monday), month, quarter."""

from datetime import date, timedelta

PERIODS = ("week", "month", "quarter")


def period_of(day, period):
    """First day of the period that holds `day`, and of the one after it.

    >>> period_of(date(2026, 2, 17), "quarter")
    (datetime.date(2026, 1, 1), datetime.date(2026, 4, 1))
    """
    if period == "week":
        start = day - timedelta(days=day.weekday())
        return start, start + timedelta(days=7)
    if period == "month":
        start = day.replace(day=1)
        return start, _add_months(start, 1)
    if period == "quarter":
        start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return start, _add_months(start, 3)
    raise ValueError(f"unknown period: {period!r}")


def _add_months(first, months):
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
