# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class RegulationEvent(models.AbstractModel):
    """What deadlines are counted from, and what fires event steps.

    A room registers an event like a check: extend ``_get_events`` with its code
    and label, and, where the event has a time for a deal, write
    ``_start_<code>(leads, entered_on)`` that answers for all deals at once::

        def _get_events(self):
            return super()._get_events() | {
                "offer_sent": self.env._("sending of the offer"),
            }

        def _start_offer_sent(self, leads, entered_on):
            return {lead.id: … for lead in leads}      # naive UTC

    A deal step whose event has not happened yet has no due date. Event steps are
    opened by ``_fire``.
    """

    _name = "regulation.event"
    _description = "Events of the Regulation"

    @api.model
    def _get_events(self):
        """Codes and labels of all events."""
        return {
            "stage_entry": self.env._("entry into the stage"),
            "assignment": self.env._("assignment of the salesperson"),
            "deal_closed": self.env._("closing of the deal"),
            "period_start": self.env._("start of the period"),
            "week_end": self.env._("end of the week"),
            "month_end": self.env._("end of the month"),
            "quarter_end": self.env._("end of the quarter"),
            "regulation_approved": self.env._("approval of the regulation"),
            # of rooms that bring the facts later
            "first_conversation": self.env._("first conversation"),
            "consent_to_meet": self.env._("consent to meet"),
            "meeting_start": self.env._("start of the meeting"),
            "meeting_end": self.env._("end of the meeting"),
            "offer_request": self.env._("request for an offer"),
            "offer_sent": self.env._("sending of the offer"),
            "offer_accepted": self.env._("acceptance of the offer"),
            "first_order": self.env._("first order"),
            "request_received": self.env._("receipt of the request"),
            "promised_date": self.env._("promised date"),
            "shipment": self.env._("shipment"),
            "claim_received": self.env._("receipt of the claim"),
            "planned_contact_date": self.env._("planned date of the contact"),
            "abc_run_approved": self.env._("approval of the ABC run"),
            "key_list_approved": self.env._("approval of the key client list"),
            "measure_due": self.env._("due date of the measure"),
        }

    @api.model
    def _get_selection(self):
        return list(self._get_events().items())

    @api.model
    def _get_deal_starts(self, event, leads, entered_on, deadline=0.0):
        """When an event happened for each deal; deals without it are left out.

        An event whose room is not there yet counts from the entry into the stage,
        unless the deadline lies on or before the event: a day before a meeting
        that nobody has planned is no date.

        :param datetime entered_on: when the deals entered their stage
        :return: ``{lead_id: naive UTC datetime}``
        """
        method = getattr(self, f"_start_{event}", None)
        if method is None:
            return dict.fromkeys(leads.ids, entered_on) if deadline > 0 else {}
        return self.env["regulation.check"]._read_once(
            ("event", event, entered_on), leads, lambda: method(leads, entered_on)
        )

    @api.model
    def _start_stage_entry(self, leads, entered_on):
        return dict.fromkeys(leads.ids, entered_on)

    @api.model
    def _start_period_start(self, leads, entered_on):
        # for a deal the period starts when it comes in, if that is later
        return dict.fromkeys(leads.ids, entered_on)

    @api.model
    def _start_deal_closed(self, leads, entered_on):
        return {lead.id: lead.date_closed or entered_on for lead in leads}

    @api.model
    def _start_assignment(self, leads, entered_on):
        # a deal assigned long ago owes nothing for the time before this stage
        return {
            lead.id: max(lead.date_open or entered_on, entered_on) for lead in leads
        }

    @api.model
    def _fire(self, event, company, *, partner=None, lead=None, at=None):
        """Something happened: open the duties of the event steps that wait for it.

        :param str event: registered code
        :param company: the company it happened in
        :param datetime at: when, naive UTC; now by default
        :return: the duties opened
        """
        steps = (
            self.env["regulation.step"]
            .sudo()
            .search(
                [
                    ("subject", "=", "event"),
                    ("start_event", "=", event),
                    ("regulation_id.state", "=", "in_force"),
                    ("regulation_id.company_id", "=", company.id),
                ]
            )
        )
        return self.env["regulation.rota"]._open_event_duties(
            steps, at or fields.Datetime.now(), partner=partner, lead=lead
        )
