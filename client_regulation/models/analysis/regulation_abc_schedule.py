# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import logging

from dateutil.relativedelta import relativedelta
from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class RegulationAbcSchedule(models.AbstractModel):
    """When the runs of a profile are calculated by themselves. (C2.1)"""

    _name = "regulation.abc.schedule"
    _description = "Rhythm of ABC Runs"

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    def _plan_next_run(self):
        """The first working days of a period belong to the bookkeepers: a run comes
        on the fourth. (C2.1: 4 working days after the quarter's end)"""
        time = self.env["regulation.time"]
        today = time._get_today(self.company_id.id)
        if self.rhythm == "manual":
            self.next_run_on = False
            return
        self.next_run_on = self._get_run_day(today)

    def _get_run_day(self, today):
        """The next day after `today` on which a run is due."""
        months = 3 if self.rhythm == "quarter" else 1
        start = self.env["regulation.abc.method"]._get_last_period(
            today, 1, self.rhythm
        )[1] + relativedelta(days=1)
        time = self.env["regulation.time"]
        while True:
            # counted from the last moment of the day before, in the company's time
            noon = fields.Datetime.to_datetime(start) + relativedelta(hours=12)
            midnight = time._get_clock(self.company_id.id, noon).day_start(start)
            day = time._get_working_day(
                self.company_id.id, 4, midnight - relativedelta(seconds=1)
            )
            if day > today:
                return day
            start += relativedelta(months=months)

    @api.model
    def _cron_calculate(self):
        """Calculate the profiles that are due; one transaction each.

        May be killed and run again: the day of the next run moves in the transaction
        of the run itself, so none is made twice and none is half made.
        """
        cron = self.env["ir.cron"]
        profiles = self.search([("next_run_on", "!=", False)])
        due = profiles.filtered(
            lambda profile: profile.next_run_on
            <= self.env["regulation.time"]._get_today(profile.company_id.id)
        )
        cron._commit_progress(remaining=len(due))
        for profile in due:
            locked = profile.try_lock_for_update()
            if not locked or profile.next_run_on > self.env[
                "regulation.time"
            ]._get_today(profile.company_id.id):
                continue  # another worker is at it, or was faster
            try:
                with self.env.cr.savepoint():
                    profile._run()
                    profile._plan_next_run()
            except OperationalError:
                raise  # the database went away, or another transaction was faster
            except Exception:
                # one profile must not stop those of other companies: tomorrow again
                _logger.exception("ABC profile %s was not calculated", profile.id)
                profile.invalidate_recordset(flush=False)
            if not cron._commit_progress(1):
                return
