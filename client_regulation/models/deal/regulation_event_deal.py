# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationEventDeal(models.AbstractModel):
    """Events on offers, contracts and the closing of deals."""
    """Events on offers and contracts; mixed into `regulation.event`."""

    _name = "regulation.event.deal"
    _description = "Events of the Room «deal»"

    @api.model
    def _start_offer_request(self, leads, entered_on):
        """The last time the client asked."""
        asked = self._get_order_dates(leads, "offer_requested_on:max")
        return {
            lead.id: lead.offer_requested_on or asked[lead]
            for lead in leads.sudo()
            if lead.offer_requested_on or asked.get(lead)
        }

    @api.model
    def _start_offer_sent(self, leads, entered_on):
        """The first sending of the latest offer."""
        sent = self._get_order_dates(leads, "offer_first_sent_on:max")
        return {lead.id: when for lead, when in sent.items() if when}

    @api.model
    def _start_offer_accepted(self, leads, entered_on):
        accepted = self._get_order_dates(
            leads, "offer_feedback_on:min", ("offer_feedback", "=", "accepted")
        )
        return {lead.id: when for lead, when in accepted.items() if when}

    @api.model
    def _start_first_order(self, leads, entered_on):
        ordered = self._get_order_dates(leads, "date_order:min", ("state", "=", "sale"))
        return {lead.id: when for lead, when in ordered.items() if when}

    @api.model
    def _get_order_dates(self, leads, aggregate, *domain):
        return dict(
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [("opportunity_id", "in", leads.ids), *domain],
                ["opportunity_id"],
                [aggregate],
            )
        )
