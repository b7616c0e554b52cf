# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Deadlines and worked hours over a list of working intervals.

A `WorkClock` answers three questions about a working calendar without touching
the database: how many hours were worked between two instants, which instant is
n working hours away, and when does the n-th working day end. It is fed by
``resource.calendar._regulation_clock()`` and tested in milliseconds.

All instants are naive UTC; "day" always means the civil day of the calendar's
own time zone. Intervals are half-open.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: working time is summed in whole microseconds: with floats, 1.1 hours before the end
#: of work would be over by a hair, and be due the next morning
TICK = timedelta(microseconds=1)
TICKS_PER_HOUR = HOUR // TICK


class OutOfRange(ValueError):
    """The question reaches beyond the intervals the clock was built from."""


class WorkClock:
    """Working time of one calendar between two instants.

    :param intervals: sorted, disjoint ``(start, stop)`` pairs, naive UTC; None
        means that all time is working time (a company without a calendar)
    :param tz: name of the time zone in which days are counted
    :param covered: ``(start, stop)`` instants between which the intervals are
        complete
    """

    __slots__ = ("_cumulative", "_days", "_starts", "_stops", "covered", "tz")

    def __init__(self, intervals, tz, covered):
        self.tz = ZoneInfo(tz or "UTC")
        self.covered = covered
        self._starts = self._stops = self._cumulative = self._days = None
        if intervals is not None:
            self._starts = [start for start, _stop in intervals]
            self._stops = [stop for _start, stop in intervals]
            spans = ((stop - start) // TICK for start, stop in intervals)
            self._cumulative = [0, *accumulate(spans)]
            self._days = self._list_days(intervals)

    def covers(self, start, stop):
        """Whether the clock knows all working time between two instants."""
        return self._starts is None or (
            self.covered[0] <= start and stop <= self.covered[1]
        )

    # -- questions -----------------------------------------------------------

    def hours_between(self, start, stop):
        """Working hours in ``[start, stop)``; negative when stop is earlier."""
        if stop < start:
            return -self.hours_between(stop, start)
        self._require(start, stop)
        if self._starts is None:
            return (stop - start) / HOUR
        ticks = self._worked_until(stop) - self._worked_until(start)
        return ticks / TICKS_PER_HOUR

    def add_hours(self, start, hours):
        """The instant that is `hours` working hours after `start`.

        Negative hours count back: two hours before Monday 10:00 is Monday 8:00, not
        the end of Friday. Zero gives the first working instant at or after `start`.
        """
        self._require(start, start)
        if self._starts is None:
            return start + timedelta(hours=hours)
        ticks = round(hours * TICKS_PER_HOUR)
        target = self._worked_until(start) + ticks
        if ticks > 0:
            # the first instant by which so much has been worked: an end of work
            index = bisect_left(self._cumulative, target) - 1
        else:
            # the last one: a start of work
            index = bisect_right(self._cumulative, target) - 1
        if not 0 <= target <= self._cumulative[-1] or index >= len(self._starts):
            raise OutOfRange("deadline beyond the known working time")
        if not ticks:
            return max(start, self._starts[index])
        return self._starts[index] + (target - self._cumulative[index]) * TICK

    def add_days(self, start, days):
        """End of work of the working day that is `days` after that of `start`.

        0 is the same day, or the next working day where that day is none; after the
        end of work it is the end of the day itself, for nothing is due before it
        begins. Negative counts back. The day of `start` itself is never counted.
        """
        self._require(start, start)
        day = self._day(start)
        if self._days is None:
            return self._day_end(day + timedelta(days=days))
        index = bisect_left(self._days, (day,))
        is_working = index < len(self._days) and self._days[index][0] == day
        if days > 0 and not is_working:
            index -= 1  # the first working day after a day off is day 1
        index += days
        if not 0 <= index < len(self._days):
            raise OutOfRange("deadline beyond the known working days")
        due = self._days[index][1]
        return self._day_end(day) if days == 0 and due < start else due

    def add_calendar_days(self, start, days):
        """Last second of the civil day that is `days` after that of `start`."""
        return self._day_end(self._day(start) + timedelta(days=days))

    def deadline(self, start, amount, unit):
        """Due instant `amount` `unit` (wh, wd, cd) after `start`; negative before."""
        if unit == "wh":
            return self.add_hours(start, amount)
        if unit == "wd":
            return self.add_days(start, round(amount))
        return self.add_calendar_days(start, round(amount))

    def day_start(self, day):
        """First instant of a civil day, naive UTC."""
        local = datetime.combine(day, time.min, tzinfo=self.tz)
        return local.astimezone(UTC).replace(tzinfo=None)

    def local_date(self, instant):
        """Civil day of an instant in the calendar's time zone."""
        return self._day(instant)

    # -- machinery -----------------------------------------------------------

    def _require(self, start, stop):
        if self._starts is not None and (
            start < self.covered[0] or stop > self.covered[1]
        ):
            raise OutOfRange("instant beyond the known working time")

    def _list_days(self, intervals):
        """End of work of every working day, in order: ``[(day, end), …]``.

        An interval that runs through midnight works on both days. A last day of
        which only the morning is known is left out.
        """
        ends = {}
        for start, stop in intervals:
            day, last = self._day(start), self._day(stop - TICK)
            while day < last:
                ends[day] = self._day_end(day)
                day += DAY
            ends[last] = stop
        days = sorted(ends.items())
        while days and self._day_end(days[-1][0]) > self.covered[1]:
            days.pop()
        return days

    def _worked_until(self, instant):
        index = bisect_right(self._starts, instant) - 1
        if index < 0:
            return 0
        running = min(instant, self._stops[index]) - self._starts[index]
        return self._cumulative[index] + running // TICK

    def _day(self, instant):
        return instant.replace(tzinfo=UTC).astimezone(self.tz).date()

    def _day_end(self, day):
        return self.day_start(day + timedelta(days=1)) - timedelta(seconds=1)
