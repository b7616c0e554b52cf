# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, models

from ....tools.workbook import Column

SCORES = 5  # of the potential that are shown


class RegulationDossierIdentity(models.AbstractModel):
    """Who the client is: identification, class, potential, people. (R-2)"""

    _name = "regulation.dossier.identity"
    _description = "Client Card: Who It Is"
    _inherit = ["regulation.dossier.section"]

    def _get_identification(self, clients):
        def get_row(client):
            places = client.child_ids.filtered(lambda child: child.type != "contact")
            return {
                "address": self._get_address(client),
                "places": "; ".join(map(self._get_address, places)) or None,
                **{
                    name: self._read(client, name)
                    for name in (
                        "name", "vat", "company_registry", "website", "phone", "email",
                        "parent_id", "industry_id", "client_segment_id",
                        "client_region_id", "client_size", "client_source_id",
                        "category_id", "user_id",
                    )
                },
            }  # fmt: skip

        return self._make_facts(
            "identification",
            self.env._("Identification"),
            clients,
            [
                Column("name", self.env._("Name"), width=36),
                Column("vat", self.env._("Tax Number")),
                Column("company_registry", self.env._("Registration Number")),
                Column("address", self.env._("Address"), width=40),
                Column("places", self.env._("Other Addresses"), width=40),
                Column("website", self.env._("Web Site"), width=26),
                Column("phone", self.env._("Phone")),
                Column("email", self.env._("E-mail"), width=26),
                Column("parent_id", self.env._("Holding"), width=26),
                Column("industry_id", self.env._("Industry")),
                Column("client_segment_id", self.env._("Segment")),
                Column("client_region_id", self.env._("Region")),
                Column("client_size", self.env._("Size")),
                Column("client_source_id", self.env._("Source")),
                Column("category_id", self.env._("Tags")),
                Column("user_id", self.env._("Salesperson"), width=22),
            ],
            get_row,
        )

    def _get_address(self, partner):
        lines = partner._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    def _get_class(self, clients):
        def get_row(client):
            row = {
                name: self._read(client, name)
                for name in ("client_status", "potential_class", "potential_score")
            }
            # no score is not zero
            if not self._read(client, "has_potential_score"):
                row.update(potential_score=None, potential_class=None)
            else:
                row["potential_score"] = client["potential_score"]
            history = self._get_class_history(client)
            row["history"] = "; ".join(history) or None
            return row

        return self._make_facts(
            "class",
            self.env._("Class"),
            clients,
            [
                Column("client_status", self.env._("Status")),
                Column("potential_score", self.env._("Potential Score"), "number"),
                Column("potential_class", self.env._("Potential Class")),
                Column("history", self.env._("ABC, XYZ, RFM"), width=40),
            ],
            get_row,
        )

    def _get_potential_history(self, clients):
        """The last scores, newest first; who could read the client reads them."""
        found = defaultdict(list)
        for record in self.env["regulation.potential.history"].search(
            [("partner_id", "in", clients.ids)]
        ):
            found[record.partner_id.id].append(record)
        rows = {
            client: [
                {
                    "date": self._localize(record.date),
                    "score": record.score if record.has_score else None,
                    **{
                        name: self._read(record, name)
                        for name in ("potential_class", "reason", "user_id")
                    },
                }
                for record in records[:SCORES]
            ]
            for client, records in found.items()
        }
        return self._make_tables(
            "potential",
            self.env._("Potential: Last Scores"),
            clients,
            [
                Column("date", self.env._("Date"), "datetime"),
                Column("score", self.env._("Potential Score"), "number"),
                Column("potential_class", self.env._("Potential Class")),
                Column("reason", self.env._("Reason"), width=26),
                Column("user_id", self.env._("Who"), width=22),
            ],
            rows,
        )

    @api.model
    def _get_class_history(self, client):
        """Classes of the client now and in the last runs, newest first, as texts.
        For the room that analyses the base."""
        return []

    def _get_contacts(self, clients):
        names = (
            "name", "function", "decision_role", "attitude", "phone", "email",
            "last_contact_on",
        )  # fmt: skip
        rows = {
            client.id: [
                {name: self._read(contact, name) for name in names}
                for contact in client.child_ids
                if contact.type == "contact" and not contact.is_company
            ]
            for client in clients
        }
        return self._make_tables(
            "contacts",
            self.env._("Contacts"),
            clients,
            [
                Column("name", self.env._("Full Name"), width=28),
                Column("function", self.env._("Position"), width=22),
                Column("decision_role", self.env._("Role in the Decision")),
                Column("attitude", self.env._("Attitude")),
                Column("phone", self.env._("Phone")),
                Column("email", self.env._("E-mail"), width=26),
                Column("last_contact_on", self.env._("Last Contact"), "datetime"),
            ],
            rows,
        )
