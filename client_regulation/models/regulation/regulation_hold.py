# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .regulation_ledger import RESUMED


class RegulationHold(models.AbstractModel):
    """A deal on hold: its clocks stop, with a reason and a date."""

    _name = "regulation.hold"
    _description = "Holding of Deals"

    @api.model
    def _hold(self, leads, until, reason):
        """Stop the clocks of deals.

        :raise UserError: for a deal that is not regulated, or a date in the past
        """
        today = self.env["regulation.time"]._get_today(self.env.company.id)
        if until <= today:
            raise UserError(
                self.env._("A deal is put on hold until a day in the future.")
            )
        for lead in leads.sudo():
            if not lead.regulation_id:
                raise UserError(
                    self.env._(
                        "“%(deal)s” is not regulated; there is nothing to put on hold.",
                        deal=lead.name,
                    )
                )
        now = fields.Datetime.now()
        self.env["regulation.ledger"]._update_leads(
            leads.ids,
            SQL(
                "regulation_hold_until = %s, regulation_hold_reason_id = %s,"
                " regulation_hold_since = COALESCE(regulation_hold_since, %s)",
                until,
                reason.id or None,
                now,
            ),
        )
        self.env["regulation.figures"]._refresh(leads.ids)
        for lead in leads.sudo():
            lead._message_log(
                body=self.env._(
                    "On hold until %(date)s: %(reason)s",
                    date=until,
                    reason=reason.name or "",
                ),
                author_id=self.env.user.partner_id.id,
            )

    @api.model
    def _resume(self, leads):
        """Start the clocks again: deadlines move on by the working time held."""
        held = leads.sudo().filtered("regulation_hold_until")
        if not held:
            return
        self._credit_held_time(held)
        self.env["regulation.ledger"]._update_leads(held.ids, RESUMED)
        self.env["regulation.figures"]._refresh(held.ids)
        for lead in held:
            lead._message_log(
                body=self.env._("No longer on hold; the deadlines have been moved."),
                author_id=self.env.user.partner_id.id,
            )

    @api.model
    def _credit_held_time(self, leads):
        """Move the open deadlines of deals on hold, and note the hours held.

        What was due before the hold began stays due: it was late already.
        """
        now = fields.Datetime.now()
        time = self.env["regulation.time"]
        seats = self.env["regulation.gate"]._get_seats(leads.ids)
        for lead in leads:
            seat = seats.get(lead.id)
            since = lead.regulation_hold_since
            if not seat or not seat.is_open or not since or since >= now:
                continue
            held = time._get_clock(seat.company_id, since, now).hours_between(
                since, now
            )
            passage = self.env["regulation.passage"].sudo().browse(seat.passage_id)
            passage.held_hours += held
            for duty in passage.duty_ids:
                if duty.state == "open" and duty.due_on and duty.due_on >= since:
                    clock = time._get_clock(seat.company_id, since, duty.due_on)
                    left = clock.hours_between(since, duty.due_on)
                    duty.due_on = time._get_due(seat.company_id, now, left, "wh")
        self.env["regulation.duty"].flush_model()
        self.env["regulation.passage"].flush_model()
