# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models, tools

from ...tools.working_time import OutOfRange, WorkClock


class RegulationTime(models.AbstractModel):
    """Deadlines in the working time of a company. (Promise P3: time indicators)"""

    _name = "regulation.time"
    _description = "Working Time of the Regulation"

    @api.model
    def _get_clock(self, company_id, start, stop=None):
        """Working time of a company that covers the instants asked about."""
        return self.env["resource.calendar"]._regulation_clock_for(
            company_id, start, stop or start
        )

    @api.model
    def _get_due(self, company_id, start, amount, unit):
        """When something is due, naive UTC, or None without a start."""
        if not start:
            return None
        span = timedelta(days=abs(amount) * (0.5 if unit == "wh" else 3) + 30)
        clock = self._get_clock(company_id, start - span, start + span)
        try:
            due = clock.deadline(start, amount, unit)
        except OutOfRange:
            # a calendar without working hours must not stop the deals: its
            # deadlines are counted as if all time were working time
            clock = WorkClock(None, clock.tz.key, clock.covered)
            due = clock.deadline(start, amount, unit)
        return due.replace(microsecond=0)

    @api.model
    def _get_today(self, company_id):
        """The civil day it is for a company."""
        now = fields.Datetime.now()
        return self._get_clock(company_id, now).local_date(now)

    @api.model
    def _get_working_day(self, company_id, days, start=None):
        """The civil day `days` working days after an instant (now), for a company."""
        start = start or fields.Datetime.now()
        due = self._get_due(company_id, start, days, "wd")
        return self._get_clock(company_id, due).local_date(due)

    @api.model
    def _get_soon_limit(self, now, company_id=None):
        """Until when a duty of a company counts as due soon (a setting)."""
        company_id = company_id or self.env.company.id
        return self._get_due(company_id, now, self._get_soon_hours(company_id), "wh")

    @api.model
    @tools.ormcache("company_id")
    def _get_soon_hours(self, company_id):
        return self.env["res.company"].sudo().browse(company_id).regulation_soon_hours
