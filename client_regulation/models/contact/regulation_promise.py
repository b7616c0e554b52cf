# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

#: Working days proposed for a promise, by side. Ours: the next day is full already,
#: so two more after it. The client's: a week of theirs, the same limit that an
#: objection is followed up by (R1.3.7).
PROMISE_DAYS = {"us": 3, "client": 5}


class RegulationPromise(models.AbstractModel):
    """Something that one side promises the other, with a day that is proposed and
    can be changed: agreements, and their lines in the visit report. (Reg. 1.3.8)

    The day is proposed while the record is new. It follows the side as long as it is
    one of the two proposals; what somebody typed is left alone.
    """

    _name = "regulation.promise"
    _description = "Promise"

    side = fields.Selection(
        [("us", "We"), ("client", "The Client")],
        "Party",
        required=True,
        default="us",
    )
    date_due = fields.Date(
        "Due", required=True, compute="_compute_date_due", store=True, readonly=False,
        precompute=True,
    )  # fmt: skip

    @api.depends("side")
    def _compute_date_due(self):
        for promise in self:
            due = promise.date_due
            if not promise._origin:
                proposed = promise._get_proposed_days()
                if not due or due in proposed.values():
                    due = proposed.get(promise.side)
            promise.date_due = due

    def _get_proposed_days(self):
        """The day proposed for each side, counted from today."""
        company = self.company_id or self.env.company
        time = self.env["regulation.time"]
        return {
            side: time._get_working_day(company.id, days)
            for side, days in PROMISE_DAYS.items()
        }
