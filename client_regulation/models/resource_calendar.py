# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta, timezone

from odoo import api, models, tools

from ..tools.working_time import WorkClock

#: days around a calendar year that a cached clock knows
UTC = timezone.utc  # noqa: UP017 (Python 3.10)
BEFORE, AFTER = timedelta(days=120), timedelta(days=210)


class ResourceCalendar(models.Model):
    """The working time that deadlines are counted in, kept ready for the engine."""

    _inherit = "resource.calendar"

    @api.model
    def _regulation_clock_for(self, company_id, start, stop):
        """The clock of a company that covers two instants.

        :param datetime start: naive UTC
        :rtype: WorkClock
        """
        clock = self._regulation_clock(company_id, start.year)
        if clock.covers(start, stop):
            return clock
        company = self.env["res.company"].sudo().browse(company_id)
        return self._regulation_build_clock(
            company, start - timedelta(days=60), stop + timedelta(days=60)
        )

    @api.model
    @tools.ormcache("company_id", "year")
    def _regulation_clock(self, company_id, year):
        return self._regulation_build_clock(
            self.env["res.company"].sudo().browse(company_id),
            datetime(year, 1, 1) - BEFORE,
            datetime(year, 12, 31) + AFTER,
        )

    @api.model
    def _regulation_build_clock(self, company, start, stop):
        """Working intervals of a company's calendar without its holidays."""
        calendar = company.resource_calendar_id
        tz = calendar.tz or company.partner_id.tz or "UTC"
        if not calendar:
            return WorkClock(None, tz, (start, stop))
        intervals = calendar.sudo()._work_intervals_batch(
            start.replace(tzinfo=UTC),
            stop.replace(tzinfo=UTC),
            domain=[
                ("time_type", "=", "leave"),
                ("company_id", "in", (company.id, False)),
            ],
        )[False]
        clock = WorkClock(
            [
                (
                    begin.astimezone(UTC).replace(tzinfo=None),
                    end.astimezone(UTC).replace(tzinfo=None),
                )
                for begin, end, _meta in intervals
            ],
            tz,
            (start, stop),
        )
        return clock

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_clear_regulation_clock(self):
        self.env.registry.clear_cache()


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._clear_regulation_clock()
        return leaves

    def write(self, vals):
        self._clear_regulation_clock()
        result = super().write(vals)
        self._clear_regulation_clock()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_clear_regulation_clock(self):
        self._clear_regulation_clock()

    def _clear_regulation_clock(self):
        # leave of one person does not move the deadlines of the company
        if any(not leave.resource_id for leave in self):
            self.env.registry.clear_cache()
