# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase

from ...tools.working_time import OutOfRange, WorkClock
from .properties import examples, given, st

UTC = ZoneInfo("UTC")
SECOND = timedelta(seconds=1)
HALVES = ((time(8), time(12)), (time(13), time(17)))


def utc(tz, *moment):
    """A moment on the clocks of a zone as the naive UTC that a WorkClock speaks."""
    local = datetime(*moment, tzinfo=ZoneInfo(tz))
    return local.astimezone(UTC).replace(tzinfo=None)


def clock(
    tz="Europe/Brussels", first=date(2026, 1, 1), days=365, off=(), halves=HALVES
):
    """A working week of five days, 8–12 and 13–17, less the holidays."""
    intervals = []
    for number in range(days):
        day = first + timedelta(days=number)
        if day.weekday() < 5 and day not in off:
            for start, stop in halves:
                intervals.append(
                    tuple(
                        utc(tz, day.year, day.month, day.day, at.hour, at.minute)
                        for at in (start, stop)
                    )
                )
    end = first + timedelta(days=days)
    covered = (
        utc(tz, first.year, first.month, first.day),
        utc(tz, end.year, end.month, end.day),
    )
    return WorkClock(intervals, tz, covered)


class TestWorkingHours(BaseCase):
    """Deadlines and norms in working hours. (Promise P3: time indicators)"""

    TZ = "Europe/Brussels"

    def at(self, *moment):
        return utc(self.TZ, *moment)

    def test_hours_between(self):
        work = clock()
        monday, friday = self.at(2026, 3, 2, 9), self.at(2026, 3, 6, 16)
        self.assertEqual(work.hours_between(monday, friday), 7 + 3 * 8 + 7)
        self.assertEqual(work.hours_between(friday, monday), -38)
        self.assertEqual(work.hours_between(monday, monday), 0)
        # noon and night and the week-end are no work
        self.assertEqual(
            work.hours_between(self.at(2026, 3, 2, 12), self.at(2026, 3, 2, 13)), 0
        )
        self.assertEqual(
            work.hours_between(self.at(2026, 3, 6, 17), self.at(2026, 3, 9, 8)), 0
        )
        self.assertEqual(
            work.hours_between(
                self.at(2026, 3, 2, 11, 30), self.at(2026, 3, 2, 13, 15)
            ),
            0.75,
        )

    def test_add_hours(self):
        work = clock()
        cases = (
            ((2026, 3, 2, 9), 2, (2026, 3, 2, 11)),
            ((2026, 3, 2, 11), 2, (2026, 3, 2, 14)),  # over noon
            ((2026, 3, 2, 16), 2, (2026, 3, 3, 9)),  # over night
            ((2026, 3, 6, 16), 2, (2026, 3, 9, 9)),  # over the week-end
            ((2026, 3, 7, 10), 1, (2026, 3, 9, 9)),  # begins on a day off
            ((2026, 3, 2, 22), 8, (2026, 3, 3, 17)),  # ends with the work, not after
            ((2026, 3, 2, 8), 0.25, (2026, 3, 2, 8, 15)),
            ((2026, 3, 2, 8), 40, (2026, 3, 6, 17)),
        )
        for start, hours, due in cases:
            with self.subTest(start=start, hours=hours):
                self.assertEqual(work.add_hours(self.at(*start), hours), self.at(*due))

    def test_hours_before(self):
        """«2 hours before the meeting» is when there are still two hours left."""
        work = clock()
        cases = (
            ((2026, 3, 2, 11), -2, (2026, 3, 2, 9)),
            ((2026, 3, 2, 14), -2, (2026, 3, 2, 11)),
            ((2026, 3, 2, 10), -2, (2026, 3, 2, 8)),  # not the end of Friday
            ((2026, 3, 3, 15), -2, (2026, 3, 3, 13)),
            ((2026, 3, 9, 9), -2, (2026, 3, 6, 16)),
            ((2026, 3, 8, 9), -8, (2026, 3, 6, 8)),
        )
        for start, hours, due in cases:
            with self.subTest(start=start, hours=hours):
                self.assertEqual(work.add_hours(self.at(*start), hours), self.at(*due))

    def test_zero_hours_is_the_next_working_instant(self):
        work = clock()
        cases = (
            ((2026, 3, 2, 9, 30), (2026, 3, 2, 9, 30)),
            ((2026, 3, 2, 12), (2026, 3, 2, 13)),
            ((2026, 3, 2, 12, 30), (2026, 3, 2, 13)),
            ((2026, 3, 2, 17), (2026, 3, 3, 8)),
            ((2026, 3, 7, 10), (2026, 3, 9, 8)),
        )
        for start, due in cases:
            self.assertEqual(work.add_hours(self.at(*start), 0), self.at(*due))

    def test_fractions_do_not_fall_into_the_next_day(self):
        """15:54 and 1.1 hours is 17:00, though 1.1 × 3600 is a little more."""
        work = clock()
        for minutes in range(1, 240):
            start = self.at(2026, 3, 2, 17) - timedelta(minutes=minutes)
            self.assertEqual(
                work.add_hours(start, minutes / 60), self.at(2026, 3, 2, 17)
            )

    def test_holidays(self):
        work = clock(off={date(2026, 5, 1), date(2026, 5, 14)})
        self.assertEqual(
            work.add_hours(self.at(2026, 4, 30, 16), 2), self.at(2026, 5, 4, 9)
        )
        self.assertEqual(
            work.hours_between(self.at(2026, 5, 1, 0), self.at(2026, 5, 2, 0)), 0
        )

    def test_hours_of_a_shift_over_the_change_of_the_clock(self):
        """A night shift is an hour shorter in March and an hour longer in October."""
        tz = self.TZ
        nights = [
            (utc(tz, 2026, 3, 28, 22), utc(tz, 2026, 3, 29, 6)),
            (utc(tz, 2026, 10, 24, 22), utc(tz, 2026, 10, 25, 6)),
        ]
        work = WorkClock(nights, tz, (utc(tz, 2026, 1, 1), utc(tz, 2027, 1, 1)))
        self.assertEqual(work.hours_between(*nights[0]), 7)
        self.assertEqual(work.hours_between(*nights[1]), 9)
        self.assertEqual(
            work.add_hours(nights[0][0], 5), utc(tz, 2026, 3, 29, 4)
        )  # 22 → 2, and 3 → 4: there is no hour from 2 to 3
        self.assertEqual(work.add_hours(nights[1][0], 9), nights[1][1])

    def test_daytime_hours_do_not_feel_the_change_of_the_clock(self):
        work = clock()
        self.assertEqual(
            work.add_hours(self.at(2026, 3, 27, 16), 2), self.at(2026, 3, 30, 9)
        )
        self.assertEqual(
            work.add_hours(self.at(2026, 10, 23, 16), 2), self.at(2026, 10, 26, 9)
        )

    def test_beyond_the_known(self):
        work = clock(days=14)
        inside = self.at(2026, 1, 5, 9)
        for question in (
            lambda: work.add_hours(inside, 1000),
            lambda: work.add_hours(inside, -1000),
            lambda: work.add_hours(self.at(2025, 12, 31), 1),
            lambda: work.add_hours(self.at(2026, 1, 14, 18), 0),
            lambda: work.hours_between(inside, self.at(2026, 2, 1)),
            lambda: work.add_days(inside, 100),
            lambda: work.add_days(inside, -100),
            lambda: WorkClock([], "UTC", work.covered).add_hours(inside, 1),
            lambda: WorkClock([], "UTC", work.covered).add_hours(inside, 0),
            lambda: WorkClock([], "UTC", work.covered).add_days(inside, 0),
        ):
            with self.assertRaises(OutOfRange):
                question()
        self.assertTrue(work.covers(*work.covered))
        self.assertFalse(work.covers(inside, self.at(2026, 2, 1)))

    def test_without_a_calendar_all_time_is_working_time(self):
        work = WorkClock(None, "Europe/Brussels", None)
        start = self.at(2026, 3, 7, 23)
        self.assertEqual(work.add_hours(start, 1.5), start + timedelta(hours=1.5))
        self.assertEqual(work.add_hours(start, -3), start - timedelta(hours=3))
        self.assertEqual(work.add_hours(start, 0), start)
        self.assertEqual(work.hours_between(start, start + timedelta(days=1)), 24)
        self.assertEqual(work.add_days(start, 1), self.at(2026, 3, 9) - SECOND)
        self.assertTrue(work.covers(start, start + timedelta(days=9999)))


class TestWorkingDays(BaseCase):
    """Deadlines in working days and in calendar days. (Promise P3)"""

    TZ = "Europe/Brussels"

    def at(self, *moment):
        return utc(self.TZ, *moment)

    def test_add_days(self):
        work = clock(off={date(2026, 5, 1)})
        cases = (
            ((2026, 3, 2, 9), 1, (2026, 3, 3, 17)),
            ((2026, 3, 2, 9), 0, (2026, 3, 2, 17)),
            ((2026, 3, 2, 3), 0, (2026, 3, 2, 17)),
            ((2026, 3, 6, 9), 1, (2026, 3, 9, 17)),
            ((2026, 3, 6, 23), 1, (2026, 3, 9, 17)),
            ((2026, 3, 7, 9), 0, (2026, 3, 9, 17)),  # a day off: the next working day
            ((2026, 3, 7, 9), 1, (2026, 3, 9, 17)),  # is day 1 as well
            ((2026, 3, 7, 9), 2, (2026, 3, 10, 17)),
            ((2026, 3, 8, 9), 1, (2026, 3, 9, 17)),
            ((2026, 4, 30, 9), 1, (2026, 5, 4, 17)),  # a holiday and a week-end
            ((2026, 5, 1, 9), 1, (2026, 5, 4, 17)),
            ((2026, 3, 2, 9), -1, (2026, 2, 27, 17)),
            ((2026, 3, 9, 9), -1, (2026, 3, 6, 17)),
            ((2026, 3, 7, 9), -1, (2026, 3, 6, 17)),  # before a day off
            ((2026, 3, 8, 9), -2, (2026, 3, 5, 17)),
            ((2026, 5, 4, 9), -1, (2026, 4, 30, 17)),
        )
        for start, days, due in cases:
            with self.subTest(start=start, days=days):
                self.assertEqual(work.add_days(self.at(*start), days), self.at(*due))

    def test_nothing_is_due_before_it_begins(self):
        """A request at 20:00, due «the same day», is not late at once."""
        work = clock()
        self.assertEqual(
            work.add_days(self.at(2026, 3, 2, 20), 0), self.at(2026, 3, 3) - SECOND
        )

    def test_the_day_is_that_of_the_calendar(self):
        """23:30 on Sunday in Brussels is still Sunday, in Tokyo it is Monday."""
        sunday = utc("Europe/Brussels", 2026, 3, 8, 23, 30)
        self.assertEqual(
            clock("Europe/Brussels").add_days(sunday, 1),
            utc("Europe/Brussels", 2026, 3, 9, 17),
        )
        self.assertEqual(
            clock("Asia/Tokyo").add_days(sunday, 1), utc("Asia/Tokyo", 2026, 3, 10, 17)
        )
        self.assertEqual(clock("Asia/Tokyo").local_date(sunday), date(2026, 3, 9))

    def test_work_through_midnight_is_work_on_both_days(self):
        tz = "Europe/Brussels"
        week = [
            (utc(tz, 2026, 3, 2), utc(tz, 2026, 3, 9))
        ]  # round the clock, one piece
        work = WorkClock(week, tz, week[0])
        self.assertEqual(
            work.add_days(utc(tz, 2026, 3, 3, 9), 2), utc(tz, 2026, 3, 6) - SECOND
        )
        night = [(utc(tz, 2026, 3, 2, 22), utc(tz, 2026, 3, 3, 6))]
        work = WorkClock(night, tz, week[0])
        self.assertEqual(
            work.add_days(utc(tz, 2026, 3, 2, 9), 1), utc(tz, 2026, 3, 3, 6)
        )

    def test_a_day_known_in_part_is_not_known(self):
        tz = "Asia/Tokyo"
        covered = (datetime(2026, 3, 1), datetime(2026, 3, 4))  # 9:00 in Tokyo
        days = [
            (utc(tz, 2026, 3, day, 8), min(utc(tz, 2026, 3, day, 17), covered[1]))
            for day in (2, 3, 4)
        ]
        work = WorkClock(days, tz, covered)
        start = utc(tz, 2026, 3, 2, 10)
        self.assertEqual(work.add_days(start, 1), utc(tz, 2026, 3, 3, 17))
        with self.assertRaises(OutOfRange):
            work.add_days(start, 2)

    def test_calendar_days(self):
        work = clock()
        cases = (
            ((2026, 3, 6, 9), 1, (2026, 3, 8)),
            ((2026, 3, 6, 9), 0, (2026, 3, 7)),
            ((2026, 3, 6, 9), -1, (2026, 3, 6)),
            ((2026, 3, 28, 9), 1, (2026, 3, 30)),  # 23 hours
            ((2026, 10, 24, 9), 1, (2026, 10, 26)),  # 25 hours
            ((2024, 2, 28, 9), 1, (2024, 3, 1)),
            ((2026, 12, 31, 23, 59, 59), 0, (2027, 1, 1)),
        )
        for start, days, midnight in cases:
            with self.subTest(start=start, days=days):
                self.assertEqual(
                    work.add_calendar_days(self.at(*start), days),
                    self.at(*midnight) - SECOND,
                )

    def test_a_day_may_begin_at_one_in_the_morning(self):
        """In Beirut the clocks are put forward at midnight."""
        work = WorkClock(None, "Asia/Beirut", None)
        start = work.day_start(date(2026, 3, 29))
        self.assertEqual(start, datetime(2026, 3, 28, 22))
        self.assertEqual(work.local_date(start), date(2026, 3, 29))
        self.assertEqual(work.local_date(start - SECOND), date(2026, 3, 28))

    def test_deadline_by_unit(self):
        work = clock()
        start = self.at(2026, 3, 6, 16)
        self.assertEqual(work.deadline(start, 1.5, "wh"), self.at(2026, 3, 9, 8, 30))
        self.assertEqual(work.deadline(start, 1.0, "wd"), self.at(2026, 3, 9, 17))
        self.assertEqual(work.deadline(start, 1.0, "cd"), self.at(2026, 3, 8) - SECOND)
        self.assertEqual(work.deadline(start, -1.0, "wd"), self.at(2026, 3, 5, 17))


ZONES = st.sampled_from(
    ("UTC", "Europe/Brussels", "Europe/Moscow", "America/New_York", "Asia/Kolkata",
     "Pacific/Apia", "Asia/Beirut", "America/Santiago", "Australia/Lord_Howe")
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2026, 2, 1), datetime(2026, 11, 10)).map(
    lambda moment: moment.replace(microsecond=0)
)
CLOCKS = {}


def cached_clock(tz):
    if tz not in CLOCKS:
        CLOCKS[tz] = clock(tz, off={date(2026, 5, 1), date(2026, 6, 12)})
    return CLOCKS[tz]


class TestWorkingTimeProperties(BaseCase):
    """What holds for every moment, zone and amount."""

    @given(ZONES, MOMENTS, MOMENTS, MOMENTS)
    @examples
    def test_hours_add_up(self, tz, one, two, three):
        work = cached_clock(tz)
        self.assertAlmostEqual(
            work.hours_between(one, two) + work.hours_between(two, three),
            work.hours_between(one, three),
            6,
        )
        self.assertEqual(work.hours_between(one, two), -work.hours_between(two, one))

    @given(ZONES, MOMENTS, st.integers(-120 * 60, 120 * 60))
    @examples
    def test_hours_added_are_the_hours_between(self, tz, start, minutes):
        work = cached_clock(tz)
        due = work.add_hours(start, minutes / 60)
        self.assertAlmostEqual(work.hours_between(start, due), minutes / 60, 6)
        if minutes > 0:
            self.assertGreater(due, start)
            # due is the first such moment: a second earlier there was work to do
            self.assertLess(work.hours_between(start, due - SECOND), minutes / 60)
        elif minutes < 0:
            self.assertLess(due, start)
            # and before, the last one
            self.assertLess(work.hours_between(due + SECOND, start), -minutes / 60)
        else:
            self.assertGreaterEqual(due, start)

    @given(ZONES, MOMENTS, st.integers(0, 60), st.integers(0, 60))
    @examples
    def test_more_hours_are_due_later(self, tz, start, hours, more):
        work = cached_clock(tz)
        self.assertLessEqual(
            work.add_hours(start, hours), work.add_hours(start, hours + more)
        )

    @given(ZONES, MOMENTS, st.integers(-30, 30))
    @examples
    def test_days_are_counted_one_by_one(self, tz, start, days):
        """Against a count on the fingers, day after day."""
        work = cached_clock(tz)
        off = {date(2026, 5, 1), date(2026, 6, 12)}

        def works(day):
            return day.weekday() < 5 and day not in off

        day, step, left = work.local_date(start), 1 if days >= 0 else -1, abs(days)
        while left:
            day += timedelta(days=step)
            left -= works(day)
        while not works(day):
            day += timedelta(days=step)
        expected = utc(tz, day.year, day.month, day.day, 17)
        if not days and expected < start:
            expected = work.add_calendar_days(start, 0)
        self.assertEqual(work.add_days(start, days), expected)
        if days >= 0:
            self.assertGreaterEqual(work.add_days(start, days), start)

    @given(ZONES, MOMENTS, st.integers(-400, 400))
    @examples
    def test_calendar_days_end_with_the_day(self, tz, start, days):
        work = cached_clock(tz)
        due = work.add_calendar_days(start, days)
        day = work.local_date(start) + timedelta(days=days)
        self.assertEqual(work.local_date(due), day)
        self.assertEqual(work.local_date(due + SECOND), day + timedelta(days=1))
