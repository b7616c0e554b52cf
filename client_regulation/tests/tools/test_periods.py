# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta

from odoo.tests import BaseCase

from ...tools.periods import PERIODS, period_of
from .properties import examples, given, st

DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))


class TestPeriods(BaseCase):
    """Half-open periods: week, month, quarter. (Reg. 2.5)"""

    def test_week_begins_on_monday(self):
        week = (date(2025, 12, 29), date(2026, 1, 5))  # over the end of the year
        self.assertEqual(period_of(date(2025, 12, 29), "week"), week)
        self.assertEqual(period_of(date(2026, 1, 4), "week"), week)
        self.assertEqual(period_of(date(2026, 1, 5), "week")[0], date(2026, 1, 5))

    def test_month(self):
        self.assertEqual(
            period_of(date(2024, 2, 29), "month"), (date(2024, 2, 1), date(2024, 3, 1))
        )
        self.assertEqual(
            period_of(date(2025, 12, 31), "month"),
            (date(2025, 12, 1), date(2026, 1, 1)),
        )

    def test_quarter(self):
        starts = {1: 1, 2: 1, 3: 1, 4: 4, 6: 4, 7: 7, 9: 7, 10: 10, 12: 10}
        for month, start in starts.items():
            self.assertEqual(
                period_of(date(2026, month, 28), "quarter")[0], date(2026, start, 1)
            )
        self.assertEqual(period_of(date(2025, 11, 5), "quarter")[1], date(2026, 1, 1))

    def test_unknown_period(self):
        with self.assertRaises(ValueError):
            period_of(date(2026, 1, 1), "year")

    @given(DAYS, st.sampled_from(PERIODS))
    @examples
    def test_periods_hold_their_days_and_leave_no_gap(self, day, period):
        start, stop = period_of(day, period)
        self.assertLessEqual(start, day)
        self.assertLess(day, stop)
        for inside in (start, stop - timedelta(days=1)):
            self.assertEqual(period_of(inside, period), (start, stop))
        self.assertEqual(period_of(stop, period)[0], stop)
        self.assertEqual(period_of(start - timedelta(days=1), period)[1], start)
