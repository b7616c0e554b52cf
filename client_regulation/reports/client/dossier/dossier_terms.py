# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models

from ....tools.workbook import Column


class RegulationDossierTerms(models.AbstractModel):
    """What the client wants and on which terms: needs, terms, contracts. (R-2)"""

    _name = "regulation.dossier.terms"
    _description = "Client Card: Needs and Terms"
    _inherit = ["regulation.dossier.section"]

    def _get_needs(self, clients):
        names = (
            "client_needs", "yearly_purchases", "client_budget",
            "yearly_purchases_currency_id", "yearly_purchases_date",
            "yearly_purchases_source", "client_timing", "competitor_ids",
            "decision_procedure", "client_terms",
        )  # fmt: skip

        shares = self.env["regulation.client.figures"]._get_shares(clients)

        def get_row(client):
            row = {name: self._read(client, name) for name in names}
            share = row["our_share"] = shares.get(client.id)
            if share is not None and share > 1:
                row["share_remark"] = self.env._(
                    "We sell more than the client is thought to buy: ask again."
                )
            if "yearly_purchases_currency_id" in client._fields:
                row["_currency"] = client["yearly_purchases_currency_id"]
            return row

        return self._make_facts(
            "needs",
            self.env._("Needs and Purchases"),
            clients,
            [
                Column("client_needs", self.env._("Need"), width=40),
                Column("yearly_purchases", self.env._("Yearly Purchases"), "money"),
                Column("client_budget", self.env._("Client's Budget"), "money"),
                Column(
                    "yearly_purchases_currency_id", self.env._("Currency"), width=10
                ),
                Column("yearly_purchases_date", self.env._("Known On"), "date"),
                Column("yearly_purchases_source", self.env._("Known From"), width=26),
                Column("our_share", self.env._("Our Share, 12 Months"), "percent", 14),
                Column("share_remark", self.env._("Remark on the Share"), width=26),
                Column("client_timing", self.env._("Timing"), width=26),
                Column("competitor_ids", self.env._("Competitors"), width=26),
                Column(
                    "decision_procedure", self.env._("Decision Procedure"), width=40
                ),
                Column("client_terms", self.env._("Terms Wanted"), width=40),
            ],
            get_row,
        )

    def _get_terms(self, clients):
        return self._make_facts(
            "terms",
            self.env._("Terms"),
            clients,
            [
                Column("term", self.env._("Payment Terms"), width=26),
                Column("pricelist", self.env._("Price List"), width=26),
            ],
            lambda client: {
                "term": self._read(client, "property_payment_term_id"),
                "pricelist": self._read(client, "property_product_pricelist"),
            },
        )

    def _get_contracts(self, clients):
        """Contracts that the reader may see, with what was agreed in them."""
        names = (
            "number", "state", "date_signed", "date_from", "date_to",
            "payment_term_id", "credit_limit", "discount", "minimum_volume",
        )  # fmt: skip
        found = self._search_of(
            "regulation.contract", clients, [], "date_from desc, id"
        )
        rows = {
            client: [
                {
                    **{name: self._read(contract, name) for name in names},
                    "terms": self._get_contract_terms(contract),
                    "_currency": contract.currency_id,
                    "currency": contract.currency_id.name,
                }
                for contract in contracts
            ]
            for client, contracts in found.items()
        }
        return self._make_tables(
            "contracts",
            self.env._("Contracts"),
            clients,
            [
                Column("number", self.env._("Number")),
                Column("state", self.env._("State"), width=20),
                Column("date_signed", self.env._("Signed On"), "date", 21),
                Column("date_from", self.env._("Valid From"), "date", 21),
                Column("date_to", self.env._("Valid Until"), "date", 21),
                Column("payment_term_id", self.env._("Payment Terms"), width=20),
                Column("credit_limit", self.env._("Credit Limit"), "money", 24),
                Column("currency", self.env._("Currency"), width=14),
                Column("discount", self.env._("Discount, %"), "number", 14),
                Column("minimum_volume", self.env._("Minimum Volume"), "money", 24),
                Column("terms", self.env._("Delivery, Bonus"), width=30),
            ],
            rows,
        )

    def _get_contract_terms(self, contract):
        texts = (
            self._read(contract, name) for name in ("delivery_terms", "bonus_terms")
        )
        text = "; ".join(filter(None, texts))
        if contract.auto_renew:
            text = "; ".join(filter(None, (self.env._("renews itself"), text)))
        return text or None
