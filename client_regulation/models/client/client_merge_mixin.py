# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models

AMOUNTS = {
    "yearly_purchases": ("yearly_purchases_date", "yearly_purchases_source"),
    "client_budget": (),
}


class ClientMergeMixin(models.AbstractModel):
    """Contacts that are merged: nothing known of any of them is lost."""

    _name = "regulation.client.merge.mixin"
    _description = "Merge of Client Cards"

    def _update_values(self, src_partners, dst_partner):
        money = self._get_card_amounts(src_partners, dst_partner)
        result = super()._update_values(src_partners, dst_partner)
        # sudo: marks and cards follow the merge, whoever may do it
        client = dst_partner.sudo()
        if money:
            client.write(money)
        marks = (
            self.env["regulation.potential.mark"]
            .sudo()
            .search([("partner_id", "=", client.id)], order="date desc, id desc")
        )
        seen, older = set(), marks.browse()
        # a mark that was given counts before a row still to be marked
        for mark in marks.sorted(lambda mark: not mark.mark):
            if mark.criterion_id.id in seen:
                older |= mark
            seen.add(mark.criterion_id.id)
        older.active = False
        client._refresh_potential(client.ids, "merge")
        client.commercial_partner_id._mark_card()
        return result

    def _get_card_amounts(self, src_partners, dst_partner):
        """An amount that only another contact knows comes in the currency of the
        card that remains."""
        card = dst_partner.sudo()
        values = {}
        currency = card.yearly_purchases_currency_id
        for name, details in AMOUNTS.items():
            giver = src_partners.sudo().filtered(name)[:1]
            if card[name] or not giver:
                continue
            own = giver.yearly_purchases_currency_id
            amount = giver[name]
            if currency and own and own != currency:
                amount = own._convert(
                    amount,
                    currency,
                    card.company_id or self.env.company,
                    giver.yearly_purchases_date or giver.write_date.date(),
                )
            currency = currency or own
            values |= {name: amount, "yearly_purchases_currency_id": currency.id}
            values |= {detail: giver[detail] for detail in details}
        return values
