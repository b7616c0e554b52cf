# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, models

from ....tools.workbook import Column

LAST = 10  # visits and calls that are shown


class RegulationDossierStory(models.AbstractModel):
    """What happened and what is to come: contacts, promises, objections, plan. (R-2)"""

    _name = "regulation.dossier.story"
    _description = "Client Card: What Happened"
    _inherit = ["regulation.dossier.section"]

    def _get_history(self, clients):
        visits = self._search_of(
            "regulation.visit",
            clients,
            [("state", "=", "done")],
            "date_start desc, id desc",
        )
        calls = self._search_of("regulation.call", clients, [], "date desc, id desc")
        rows = {}
        for client in clients:
            contacts = [
                (visit.date_start or visit.date_planned, self.env._("Visit"), visit)
                for visit in visits[client.id][:LAST]
            ]
            contacts += [
                (call.date, self.env._("Call"), call)
                for call in calls[client.id][:LAST]
            ]
            contacts.sort(key=lambda contact: contact[0], reverse=True)
            rows[client.id] = [
                {
                    "date": self._localize(date),
                    "kind": kind,
                    "contact": self._read(record, "contact_id")
                    or self._read(record, "participant_ids"),
                    "result": self._read(record, "outcome")
                    or self._read(record, "result_id"),
                    "user": self._read(record, "user_id"),
                }
                for date, kind, record in contacts[:LAST]
            ]
        return self._make_tables(
            "history",
            self.env._("Last Visits and Calls"),
            clients,
            [
                Column("date", self.env._("Date"), "datetime"),
                Column("kind", self.env._("Kind"), width=12),
                Column("contact", self.env._("With Whom"), width=26),
                Column("result", self.env._("Result"), width=26),
                Column("user", self.env._("Salesperson"), width=22),
            ],
            rows,
        )

    def _get_agreements(self, clients):
        found = self._search_of(
            "regulation.agreement", clients, [("state", "=", "open")], "date_due, id"
        )
        rows = {
            client: [
                {
                    "subject": self._read(agreement, "subject"),
                    "side": self._read(agreement, "side"),
                    "person": self._read(
                        agreement, "user_id" if agreement.side == "us" else "contact_id"
                    ),
                    "due": agreement.date_due,
                }
                for agreement in agreements
            ]
            for client, agreements in found.items()
        }
        return self._make_tables(
            "agreements",
            self.env._("Open Agreements"),
            clients,
            [
                Column("subject", self.env._("Subject"), width=44),
                Column("side", self.env._("Who Owes It"), width=12),
                Column("person", self.env._("Responsible"), width=26),
                Column("due", self.env._("Due"), "date"),
            ],
            rows,
        )

    def _get_objections(self, clients):
        found = self._search_of(
            "regulation.objection",
            clients,
            [("outcome", "!=", "resolved")],
            "date desc, id desc",
        )
        rows = {
            client: [
                {
                    name: self._read(objection, name)
                    for name in ("date", "type_id", "wording", "outcome")
                }
                for objection in objections
            ]
            for client, objections in found.items()
        }
        return self._make_tables(
            "objections",
            self.env._("Open Objections"),
            clients,
            [
                Column("date", self.env._("Date"), "datetime"),
                Column("type_id", self.env._("Category"), width=22),
                Column("wording", self.env._("In the Client's Words"), width=50),
                Column("outcome", self.env._("Outcome"), width=20),
            ],
            rows,
        )

    def _get_plan(self, clients):
        rows = defaultdict(list)
        for client, activity in self._get_activities(clients):
            rows[client].append(
                {
                    "date": activity.date_deadline,
                    "what": self._read(activity, "activity_type_id"),
                    "summary": self._read(activity, "summary") or activity.res_name,
                    "user": self._read(activity, "user_id"),
                }
            )
        visits = self._search_of(
            "regulation.visit",
            clients,
            [("state", "in", ("planned", "prepared"))],
            "date_planned, id",
        )
        for client, planned in visits.items():
            rows[client] += [
                {
                    "date": self._localize(visit.date_planned).date(),
                    "what": self.env._("Visit"),
                    "summary": self._read(visit, "goal")
                    or self._read(visit, "lead_id"),
                    "user": self._read(visit, "user_id"),
                }
                for visit in planned
            ]
        for of_client in rows.values():
            of_client.sort(key=lambda row: row["date"])
        return self._make_tables(
            "plan",
            self.env._("Plan: Next Contacts"),
            clients,
            [
                Column("date", self.env._("Date"), "date"),
                Column("what", self.env._("What"), width=22),
                Column("summary", self.env._("Subject"), width=44),
                Column("user", self.env._("Who"), width=22),
            ],
            rows,
        )

    @api.model
    def _get_activities(self, clients):
        """Open activities of the clients, their people and deals, that the reader may
        see: ``[(client_id, activity)]``."""
        people = self.env["res.partner"].search(
            [("commercial_partner_id", "in", clients.ids)]
        )
        owners = {
            ("res.partner", person.id): person.commercial_partner_id.id
            for person in people
        }
        if self.env["crm.lead"].has_access("read"):
            leads = self.env["crm.lead"].search([("partner_id", "in", people.ids)])
            owners |= {
                ("crm.lead", lead.id): lead.partner_id.commercial_partner_id.id
                for lead in leads
            }
        ids = defaultdict(list)
        for model, record_id in owners:
            ids[model].append(record_id)
        found = self.env["mail.activity"]
        for model, of_model in ids.items():
            found |= found.search(
                [("res_model", "=", model), ("res_id", "in", of_model)],
                order="date_deadline, id",
            )
        return [
            (owners[activity.res_model, activity.res_id], activity)
            for activity in found
        ]

    def _get_completeness(self, clients):
        # from one reading, so that share and list say the same: what is stored may
        # wait for the scheduled action
        standings = clients.filtered(
            lambda c: c._is_card_holder()
        )._get_card_standings()
        Item = self.env["regulation.card.item"]

        def get_row(client):
            weight, total, missing = standings.get(client, (0, 0, ()))
            return {
                "share": weight * 10000 // total / 10000 if total else None,
                "missing": "; ".join(
                    # sudo: what an item of the catalogue is called is no secret
                    Item.sudo().browse(item.id).name
                    for item in missing
                )
                or None,
            }

        return self._make_facts(
            "completeness",
            self.env._("Completeness"),
            clients,
            [
                Column("share", self.env._("Filled In"), "percent", 12),
                Column("missing", self.env._("Missing"), width=60),
            ],
            get_row,
        )
