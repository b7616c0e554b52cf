# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ...tools.workbook import Column, Sheet
from .client_figures import Year


class ClientRegisterReport(models.AbstractModel):
    """R-2 as a list: one row a client. For any number of clients in a constant number
    of queries."""

    _name = "report.client_regulation.client_register"
    _description = "Client Register"
    _inherit = ["report.client_regulation.client_card"]

    @api.model
    def _get_xlsx_name(self, records):
        return self.env._("Client register")

    @api.model
    def _get_sheets(self, records):
        clients = self._get_clients(records)
        return [
            Sheet(
                self.env._("Client Register"),
                self._get_columns(),
                self._get_rows(clients),
            ),
            self._get_parameters(clients),
        ]

    def _get_columns(self):
        currency = self.env.company.currency_id.name

        def money(text):
            return f"{text}, {currency}"

        return [
            Column("name", self.env._("Client"), width=36),
            Column("vat", self.env._("Tax Number")),
            Column("city", self.env._("City")),
            Column("phone", self.env._("Phone")),
            Column("email", self.env._("E-mail"), width=26),
            Column("client_segment_id", self.env._("Segment")),
            Column("client_region_id", self.env._("Region")),
            Column("client_size", self.env._("Size")),
            Column("client_source_id", self.env._("Source")),
            Column("client_status", self.env._("Status")),
            Column("score", self.env._("Potential Score"), "number", 12),
            Column("potential_class", self.env._("Potential Class")),
            Column("user_id", self.env._("Salesperson"), width=22),
            Column("contacts", self.env._("Contacts"), "integer", 10),
            Column(
                "year", money(self.env._("Revenue of 12 Months")), "money", 18, True
            ),
            Column("before", money(self.env._("12 Months Before")), "money", 18, True),
            Column("orders", self.env._("Orders of 12 Months"), "integer", 12, True),
            Column("receivable", money(self.env._("Receivable")), "money", 18, True),
            Column("overdue", money(self.env._("Overdue")), "money", 18, True),
            Column("dso", self.env._("Days Sales Outstanding"), "number", 12),
            Column("our_share", self.env._("Our Share, 12 Months"), "percent", 12),
            Column("agreements", self.env._("Open Agreements"), "integer", 12, True),
            Column("next", self.env._("Next Contact"), "date", 12),
            Column("share", self.env._("Card Filled In"), "percent", 10),
            Column("link", self.env._("Link"), "url", 40),
        ]

    def _get_rows(self, clients):
        dossier = self.env["regulation.client.dossier"]
        figures = self.env["regulation.client.figures"]
        years, before = figures._get_years(clients), figures._get_years(clients, 1)
        debts = figures._get_debts(clients)
        outstanding = figures._get_outstanding_days(clients)
        shares = figures._get_shares(clients)
        agreements = self._count_agreements(clients)
        coming = {}
        for client, activity in dossier._get_activities(clients):
            day = coming.setdefault(client, activity.date_deadline)
            coming[client] = min(day, activity.date_deadline)
        url = self.env["res.partner"].get_base_url()
        names = (
            "name", "vat", "city", "phone", "email", "client_segment_id",
            "client_region_id", "client_size", "client_source_id", "client_status",
            "user_id",
        )  # fmt: skip
        rows = []
        for client in clients:
            year = years.get(client.id, Year())
            row = {name: dossier._read(client, name) for name in names}
            if dossier._read(client, "has_potential_score"):
                row["score"] = client["potential_score"]
                row["potential_class"] = dossier._read(client, "potential_class")
            if "card_completeness" in client._fields:
                row["share"] = client["card_completeness"] / 100
            rows.append(
                row
                | {
                    "contacts": len(client.child_ids.filtered(
                        lambda child: child.type == "contact"
                    )),
                    "year": year.revenue,
                    "orders": year.orders,
                    "before": before.get(client.id, Year()).revenue,
                    "our_share": shares.get(client.id),
                    "dso": outstanding.get(client.id),
                    "receivable": debts[client.id][0],
                    "overdue": debts[client.id][1],
                    "agreements": agreements.get(client.id, 0),
                    "next": coming.get(client.id),
                    "link": f"{url}/odoo/res.partner/{client.id}",
                }
            )  # fmt: skip
        return rows

    def _count_agreements(self, clients):
        model = self.env["regulation.agreement"]
        if not model.has_access("read"):
            return {}
        return {
            client.id: count
            for client, count in model._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", clients.ids),
                    ("state", "=", "open"),
                ],
                ["partner_id.commercial_partner_id"],
                ["__count"],
            )
        }
