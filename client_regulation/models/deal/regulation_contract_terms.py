# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .offer_discount_mixin import _exceeds, _percent


class RegulationContractTerms(models.AbstractModel):
    """The terms of a contract: within policy or not, and on the client's card.
    (Reg. 1.4.4, D.1)"""

    _name = "regulation.contract.terms"
    _description = "Terms of Contracts"

    @api.model
    def _get_excesses(self, contract):
        """What goes beyond authority or policy: ``[(role code, reason)]``."""
        company = contract.company_id.sudo()
        seller = contract.user_id or self.env.user
        result = []
        limit = self.env["regulation.discount.authority"]._get_limits(seller, company)[
            seller.id
        ]
        if _exceeds(contract.discount, limit):
            result.append(
                (
                    "HOS",
                    self.env._(
                        "discount %(percent)s %% over the seller's %(limit)s %%",
                        percent=_percent(contract.discount),
                        limit=_percent(limit),
                    ),
                )
            )
        highest = company.regulation_max_credit_limit
        credit = self._get_company_credit(contract)
        if highest and company.currency_id.compare_amounts(credit, highest) > 0:
            result.append(
                (
                    "SD",
                    self.env._(
                        "credit limit over %(amount)s",
                        amount=formatLang(
                            self.env, highest, currency_obj=company.currency_id
                        ),
                    ),
                )
            )
        longest = company.regulation_max_payment_days
        days = self._get_payment_days(contract)
        if longest and days > longest:
            result.append(
                (
                    "SD",
                    self.env._(
                        "payment after %(days)s days, policy %(limit)s",
                        days=days,
                        limit=longest,
                    ),
                )
            )
        return result

    @api.model
    def _get_payment_days(self, contract):
        """The days after which all has to be paid."""
        today = self.env["regulation.time"]._get_today(contract.company_id.id)
        dues = [
            line._get_due_date(today)
            for line in contract.sudo().payment_term_id.line_ids
        ]
        return max((due - today).days for due in dues) if dues else 0

    @api.model
    def _get_company_credit(self, contract):
        company = contract.company_id
        return contract.currency_id._convert(
            contract.credit_limit,
            company.currency_id,
            company,
            contract.date_signed or fields.Date.context_today(contract),
        )

    @api.model
    def _apply(self, contract):
        """Put the terms on the client's card in the company of the contract, and keep
        the former ones with the contract.

        Safe as sudo: a signed contract has been approved by finance, and the seller
        who signs need not be an accountant to set the credit limit it names.
        """
        contract = contract.sudo()
        client = contract.partner_id.with_company(contract.company_id)
        kept = {
            "terms_applied_on": fields.Datetime.now(),
            "previous_payment_term_id": client.property_payment_term_id.id,
            "previous_credit_limit": client.credit_limit,
        }
        new = {
            "property_payment_term_id": contract.payment_term_id.id,
            "credit_limit": self._get_company_credit(contract),
        }
        if "client_terms" in client._fields:
            kept["previous_terms"] = client.client_terms
            new["client_terms"] = self._get_text(contract)
        client.write(new)
        contract.write(kept)
        client._message_log(
            body=self.env._(
                "Terms of contract %(number)s: %(terms)s",
                number=contract.number,
                terms=self._get_text(contract),
            )
        )

    @api.model
    def _get_text(self, contract):
        """The terms in one line, in the language of the company."""
        lang = contract.company_id.partner_id.lang or self.env.lang
        self = self.with_context(lang=lang)
        contract = contract.with_context(lang=lang)
        currency = contract.currency_id
        parts = [
            contract.payment_term_id.name,
            self.env._(
                "credit limit %(amount)s",
                amount=formatLang(
                    self.env, contract.credit_limit, currency_obj=currency
                ),
            ),
        ]
        if contract.discount:
            parts.append(
                self.env._(
                    "discount %(percent)s %%", percent=_percent(contract.discount)
                )
            )
        parts += [
            contract.delivery_terms,
            contract.bonus_terms,
        ]
        return "; ".join(part.strip() for part in parts if part)

    @api.model
    def _restore(self, contract):
        """Give the client the former terms back, unless a later contract rules."""
        contract = contract.sudo()  # safe: as in _apply
        if not contract.terms_applied_on or contract.terms_restored_on:
            raise UserError(
                self.env._(
                    "“%(contract)s” has no former terms to give back.",
                    contract=contract.display_name,
                )
            )
        later = contract.search(
            [
                ("partner_id", "=", contract.partner_id.id),
                ("company_id", "=", contract.company_id.id),
                ("state", "=", "signed"),
            ],
            limit=1,
        )
        if later:
            raise UserError(
                self.env._(
                    "“%(contract)s” is in force and says what the terms of the client "
                    "are. End it first.",
                    contract=later.display_name,
                )
            )
        client = contract.partner_id.with_company(contract.company_id)
        values = {
            "property_payment_term_id": contract.previous_payment_term_id.id,
            "credit_limit": contract.previous_credit_limit,
        }
        if "client_terms" in client._fields:
            values["client_terms"] = contract.previous_terms
        client.write(values)
        contract.write({"terms_restored_on": fields.Datetime.now()})
        client._message_log(
            body=self.env._(
                "Terms from before contract %(number)s restored.",
                number=contract.number,
            )
        )
