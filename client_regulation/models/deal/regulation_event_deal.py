# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationEventDeal(models.AbstractModel):
    """Events on offers and contracts; mixed into `regulation.event`."""

    _name = "regulation.event.deal"
    _description = "Events of the Room «deal»"

    @api.model
    def _start_offer_request(self, leads, entered_on):
        """The last time the client asked."""
        asked = self._get_order_dates(leads, "offer_requested_on", max)
        return {
            lead.id: lead.offer_requested_on or asked[lead.id]
            for lead in leads.sudo()
            if lead.offer_requested_on or lead.id in asked
        }

    @api.model
    def _start_offer_sent(self, leads, entered_on):
        """The first sending of the latest offer."""
        return self._get_order_dates(leads, "offer_first_sent_on", max)

    @api.model
    def _start_offer_accepted(self, leads, entered_on):
        return self._get_order_dates(
            leads, "offer_feedback_on", min, ("offer_feedback", "accepted")
        )

    @api.model
    def _start_first_order(self, leads, entered_on):
        return self._get_order_dates(leads, "date_order", min, ("state", "sale"))

    @api.model
    def _get_order_dates(self, leads, name, pick, condition=None):
        """A date of the offers of each deal that have one: ``{lead_id: date}``.

        :param pick: min or max
        :param condition: (field, value) of the offers that count
        """
        dates = {}
        for lead, orders in self.env["regulation.check"]._get_offers(leads).items():
            own = [
                order[name]
                for order in orders
                if order[name]
                and (not condition or order[condition[0]] == condition[1])
            ]
            if own:
                dates[lead.id] = pick(own)
        return dates
