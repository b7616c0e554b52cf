# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.svg_chart import UNITS, bar_chart, shorten
from ...tools.workbook import Column
from .client_figures import MONTHS, QUARTERS

LAST = 10  # visits and calls that are shown
SCORES = 5  # of the potential that are shown


@dataclass(slots=True)
class Block:
    """One block of the card: a row of facts, or a table.

    :param rows: dicts by key of the columns; facts have one row
    :param layout: facts or table; «sheet» is in the workbook alone
    :param chart: an <svg> element, drawn from the rows
    """

    key: str
    title: str
    columns: list[Column]
    rows: list[dict] = field(default_factory=list)
    layout: str = "table"
    note: str = ""
    chart: str = ""


class RegulationClientDossier(models.AbstractModel):
    """All that a client card tells, block by block. (R-2)

    Paper and workbook read the same blocks. What the reader may not see — visits,
    calls, promises and objections of others, contracts — is not there; the figures
    are for whoever may read the client (see `regulation.client.figures`).
    """

    _name = "regulation.client.dossier"
    _description = "Content of the Client Card"

    @api.model
    def _get_blocks(self, clients):
        """Blocks of each client, in the order of the report: ``{client_id: [Block]}``.

        To be extended by the rooms that come later.
        """
        makers = (
            self._get_identification, self._get_class, self._get_potential_history,
            self._get_contacts, self._get_needs, self._get_terms, self._get_contracts,
            self._get_figures, self._get_quarters, self._get_months,
            self._get_history, self._get_agreements, self._get_objections,
            self._get_plan, self._get_completeness,
        )  # fmt: skip
        blocks = {client.id: [] for client in clients}
        for make in makers:
            for client, block in make(clients).items():
                blocks[client].append(block)
        return blocks

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def _read(self, record, name):
        """A field's value for people; None if there is none."""
        spec = record._fields.get(name)
        if spec is None:
            return None
        value = record[name]
        if spec.type == "selection":
            return dict(spec._description_selection(self.env)).get(value) or None
        if spec.type in ("many2one", "many2many", "one2many"):
            # sudo: whoever reads a record reads what its relations are called
            # a person is called by the name: whose they are is known here
            label = "name" if value._name == "res.partner" else "display_name"
            names = [row[label] or row.display_name for row in value.sudo()]
            return ", ".join(names) or None
        if spec.type == "datetime" and value:
            return self._localize(value)
        if spec.type in ("text", "char"):
            return (value or "").strip() or None
        return value or None

    def _localize(self, value):
        """An instant on the reader's clock."""
        return fields.Datetime.context_timestamp(self, value).replace(tzinfo=None)

    def _make_facts(self, key, title, clients, columns, get_row, **options):
        return {
            client.id: Block(
                key, title, columns, [get_row(client)], layout="facts", **options
            )
            for client in clients
        }

    def _make_tables(self, key, title, clients, columns, rows, **options):
        return {
            client.id: Block(key, title, columns, rows.get(client.id, []), **options)
            for client in clients
        }

    def _search_of(self, model, clients, domain, order):
        """Records that the reader may see, by commercial partner."""
        found = defaultdict(list)
        if model not in self.env or not self.env[model].has_access("read"):
            return found
        for record in self.env[model].search(
            [("partner_id.commercial_partner_id", "in", clients.ids), *domain],
            order=order,
        ):
            found[record.partner_id.commercial_partner_id.id].append(record)
        return found

    # ------------------------------------------------------------
    # WHO IT IS
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # WHAT IT WANTS, ON WHICH TERMS
    # ------------------------------------------------------------

    def _get_needs(self, clients):
        names = (
            "client_needs", "yearly_purchases", "client_budget",
            "yearly_purchases_currency_id", "yearly_purchases_date",
            "yearly_purchases_source", "client_timing", "competitor_ids",
            "decision_procedure", "client_terms",
        )  # fmt: skip

        def get_row(client):
            row = {name: self._read(client, name) for name in names}
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

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _get_figures(self, clients):
        figures = self.env["regulation.client.figures"]
        debts = figures._get_debts(clients)
        sales = figures._get_sales(clients, "month", 12)
        return self._make_facts(
            "figures",
            self.env._(
                "Figures, %(currency)s", currency=self.env.company.currency_id.name
            ),
            clients,
            [
                Column("revenue", self.env._("Revenue of 12 Months"), "money", 18),
                Column("receivable", self.env._("Receivable"), "money"),
                Column("overdue", self.env._("Overdue"), "money"),
            ],
            lambda client: {
                "revenue": sum(cell[0] for cell in sales.get(client.id, {}).values()),
                "receivable": debts[client.id][0],
                "overdue": debts[client.id][1],
            },
            note=self.env._(
                "Posted customer invoices less credit notes, without tax; what is owed "
                "with tax. Company: %(company)s, cut-off: %(day)s.",
                company=self.env.company.name,
                day=format_date(self.env, figures._get_today()),
            ),
        )

    def _get_quarters(self, clients):
        figures = self.env["regulation.client.figures"]
        sales = figures._get_sales(clients, "quarter", QUARTERS)
        days = figures._get_periods("quarter", QUARTERS)
        rows = {}
        for client in clients:
            of_client = sales.get(client.id, {})
            rows[client.id] = [
                self._get_quarter_row(day, *of_client.get(day, (0.0, 0, 0.0)))
                for day in (days if of_client else ())
            ]
        return self._make_tables(
            "quarters",
            self.env._("By Quarter"),
            clients,
            [
                Column("quarter", self.env._("Quarter"), width=14),
                Column("revenue", self.env._("Revenue"), "money", total=True),
                Column("orders", self.env._("Orders"), "integer", 10, total=True),
                Column("average", self.env._("Average Order"), "money"),
            ],
            rows,
            note=self.env._("An order is a posted customer invoice."),
        )

    def _get_quarter_row(self, day, revenue, orders, amount):
        return {
            "quarter": format_date(self.env, day, date_format="QQQ y"),
            "revenue": revenue,
            "orders": orders,
            "average": amount / orders if orders else None,
        }

    def _get_months(self, clients):
        figures = self.env["regulation.client.figures"]
        sales = figures._get_sales(clients, "month", MONTHS)
        days = figures._get_periods("month", MONTHS)
        blocks = {}
        title = self.env._("Revenue by Month")
        for client in clients:
            of_client = sales.get(client.id, {})
            rows = [
                {"month": day, "revenue": of_client.get(day, (0.0,))[0]}
                for day in (days if of_client else ())
            ]
            blocks[client.id] = Block(
                "months",
                title,
                [
                    Column("month", self.env._("Month"), "date", 12),
                    Column("revenue", self.env._("Revenue"), "money", total=True),
                ],
                rows,
                layout="months",
                chart=self._draw_months(title, rows) if rows else "",
            )
        return blocks

    def _draw_months(self, title, rows):
        mark = (
            self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point
        )
        # one term: words of one letter are not exported for translation
        signs = self.env._("bn|m|k").replace("_", "\u00a0").split("|")
        units = tuple(
            (unit, sign) for (unit, _sign), sign in zip(UNITS, signs, strict=False)
        )
        return bar_chart(
            [
                (
                    format_date(self.env, row["month"], date_format="LLL").strip(".")
                    + "\n"
                    + str(row["month"].year),
                    row["revenue"],
                )
                for row in rows
            ],
            title=title,
            describe=lambda value: shorten(value, units, mark or "."),
        )

    # ------------------------------------------------------------
    # WHAT HAPPENED, WHAT IS TO COME
    # ------------------------------------------------------------

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
