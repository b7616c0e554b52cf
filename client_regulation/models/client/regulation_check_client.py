# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ...tools.filled import is_placeholder
from ...tools.plan import Lack
from .regulation_card_fact import KEY_FACTS

#: what checks read of a client and its person; the whole row costs many times more
READ = [
    "commercial_partner_id", "is_company", "name", "city", "vat", "website", "phone",
    "email", "email_normalized", "phone_sanitized", "user_id", "potential_score",
    "has_potential_score", "potential_class", "client_segment_id", "client_region_id",
    "first_touch_reason", "consent_basis", "consent_date", "card_completeness",
    "card_key", "client_needs", "client_budget", "client_timing", "decision_procedure",
    "yearly_purchases", "yearly_purchases_source",
]  # fmt: skip


class RegulationCheckClient(models.AbstractModel):
    """Checks on the client card; mixed into `regulation.check`. (Steps A1.2–A2.3,
    A4.2)"""

    _name = "regulation.check.client"
    _description = "Checks of the Room «client»"

    # ------------------------------------------------------------
    # WHAT THERE IS
    # ------------------------------------------------------------

    @api.model
    def _get_named_checks(self):
        return super()._get_named_checks() | {
            "client_listed": self.env._("Client is listed once, with its particulars"),
            "client_scored": self.env._("Potential of the client is scored"),
            "client_structured": self.env._("Client has segment, region and class"),
            "first_touch": self.env._("First touch is lawful and has a reason"),
            "card_completeness": self.env._("Client card is complete"),
            "decision_maker": self.env._("Decision maker is known"),
            "client_facts": self.env._("Six facts of the client are known"),
        }

    @api.model
    def _get_check_sources(self):
        client = {"crm.lead": {"partner_id"}}
        people = {"decision_role", "parent_id", "active", "child_ids"}
        card = self.env["regulation.card.item"]._get_watched_fields()
        return super()._get_check_sources() | {
            "client_listed": client
            | {
                "res.partner": {
                    "name", "vat", "website", "city", "phone", "email", "parent_id",
                    "active", "company_id",
                }
            },
            "client_scored": client | {"res.partner": {"potential_score"}},
            "client_structured": {
                "crm.lead": {"partner_id", "user_id"},
                "res.partner": {
                    "client_segment_id", "client_region_id", "potential_score",
                    "user_id",
                },
            },
            "first_touch": {
                "crm.lead": {"partner_id", "email_from", "phone"},
                "res.partner": {
                    "first_touch_reason", "consent_basis", "consent_date", "email",
                    "phone",
                },
            },
            "card_completeness": client | {"res.partner": card | {"potential_score"}},
            "decision_maker": client | {"res.partner": people},
            "client_facts": client
            | {"res.partner": {*KEY_FACTS, "yearly_purchases_source"}},
        }  # fmt: skip

    @api.model
    def _get_kept_checks(self):
        return super()._get_kept_checks() | {"client_facts"}

    @api.model
    def _get_settled_checks(self):
        return super()._get_settled_checks() | {
            "client_listed", "client_scored", "client_structured", "decision_maker",
            "client_facts",
        }  # fmt: skip

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _split_clients(self, leads):
        """Deals with their clients, and the lack of those that have none.

        :return: ``({lead: client}, {lead_id: Lack})``
        """
        clients, missing = {}, {}
        people = leads.partner_id
        people.fetch(READ)
        people.commercial_partner_id.fetch(READ)
        for lead in leads:
            if lead.partner_id:
                clients[lead] = lead.partner_id.commercial_partner_id
            else:
                missing[lead.id] = Lack(
                    self.env._("choose the client of the deal"), self._get_url(lead)
                )
        return clients, missing

    @api.model
    def _lack_client(self, client, labels):
        """What is not filled in on the card of a client."""
        return Lack(
            self.env._(
                "fill in on the card of “%(client)s”: %(fields)s",
                client=client.display_name,
                fields=", ".join(labels),
            ),
            self._get_url(client),
        )

    @api.model
    def _get_labels(self, record, names):
        return [
            record._fields[name]._description_string(self.env)
            for name in names
            if not record._is_card_filled(name)
        ]

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.model
    def _check_client_listed(self, leads, step):
        """A1.2: name, tax number or site, city, one channel; entered once."""
        clients, missing = self._split_clients(leads)
        everyone = self.env["res.partner"].concat(*set(clients.values()))
        doubles = everyone.sudo()._find_duplicates()
        for lead, client in clients.items():
            labels = self._get_labels(client, ["name", "city"])
            if is_placeholder(client.vat) and is_placeholder(client.website):
                labels.append(self.env._("tax number or web site"))
            if is_placeholder(client.phone) and is_placeholder(client.email):
                labels.append(self.env._("phone or e-mail"))
            if labels:
                missing[lead.id] = self._lack_client(client, labels)
            elif client.id in doubles:
                missing[lead.id] = Lack(
                    self.env._(
                        "“%(client)s” is entered more than once (same tax number, "
                        "domain or phone): %(others)s. Merge them or correct what is "
                        "the same.",
                        client=client.display_name,
                        others=", ".join(
                            other.display_name for other in doubles[client.id][:5]
                        ),
                    ),
                    self._get_url(client),
                )
        return missing

    @api.model
    def _check_client_scored(self, leads, step):
        """A1.3: all criteria are marked and the score reaches the pass mark."""
        clients, missing = self._split_clients(leads)
        for lead, client in clients.items():
            if not client.has_potential_score:
                missing[lead.id] = Lack(
                    self.env._(
                        "mark all criteria of the potential of “%(client)s”",
                        client=client.display_name,
                    ),
                    self._get_url(client),
                )
            elif client.potential_score < step.check_value:
                missing[lead.id] = Lack(
                    self.env._(
                        "the potential of “%(client)s” is %(score)s, the pass mark "
                        "%(pass_mark)s",
                        client=client.display_name,
                        score=f"{client.potential_score:g}",
                        pass_mark=f"{step.check_value:g}",
                    ),
                    self._get_url(client),
                )
        return missing

    @api.model
    def _check_client_structured(self, leads, step):
        """A1.4: segment, region, class of potential and a responsible person."""
        clients, missing = self._split_clients(leads)
        for lead, client in clients.items():
            labels = self._get_labels(
                client, ["client_segment_id", "client_region_id", "potential_class"]
            )
            if not (lead.user_id or client.user_id):
                labels.append(self.env._("salesperson"))
            if labels:
                missing[lead.id] = self._lack_client(client, labels)
        return missing

    @api.model
    def _check_first_touch(self, leads, step):
        """A2.1: not on the stop list, a lawful basis, a reason for the contact."""
        clients, missing = self._split_clients(leads)
        mails, phones = self._get_stop_list(leads)
        for lead, client in clients.items():
            person = lead.partner_id
            listed = (person | client).filtered(
                lambda p: p.email_normalized in mails or p.phone_sanitized in phones
            )
            if listed or (
                lead.email_normalized in mails or lead.phone_sanitized in phones
            ):
                missing[lead.id] = Lack(
                    self.env._(
                        "“%(client)s” is on the stop list and may not be contacted; "
                        "choose another person of the client, or end the deal",
                        client=(listed[:1] or client).display_name,
                    ),
                    self._get_url(listed[:1] or client),
                )
                continue
            labels = self._get_labels(client, ["first_touch_reason"])
            if not any(
                partner.consent_basis and partner.consent_date
                for partner in person | client
            ):
                labels.append(self.env._("basis and date of the personal data"))
            if labels:
                missing[lead.id] = self._lack_client(client, labels)
        return missing

    @api.model
    def _get_stop_list(self, leads):
        """Addresses and numbers of these deals and their clients that are on Odoo's
        stop lists, as sets; two queries, where its own fields need two a model."""
        people = leads.partner_id | leads.partner_id.commercial_partner_id
        found = []
        for model, name, wanted in (
            ("mail.blacklist", "email", "email_normalized"),
            ("phone.blacklist", "number", "phone_sanitized"),
        ):
            values = {*people.mapped(wanted), *leads.mapped(wanted)} - {False}
            # safe: answers only whether the client may be contacted
            listed = self.env[model].sudo().search([(name, "in", list(values))])
            found.append(set(listed.mapped(name)))
        return found

    @api.model
    def _check_card_completeness(self, leads, step):
        """A2.3: the card is filled to the share that the step asks for."""
        clients, missing = self._split_clients(leads)
        everyone = self.env["res.partner"].concat(*set(clients.values()))
        everyone.sudo()._refresh_stale_cards()
        for lead, client in clients.items():
            if client.card_completeness < step.check_value:
                missing[lead.id] = Lack(
                    self.env._(
                        "the card of “%(client)s” is %(share)s %% complete instead of "
                        "%(wanted)s %%; what is missing stands on its tab "
                        "“Client Card”",
                        client=client.display_name,
                        share=f"{client.card_completeness:g}",
                        wanted=f"{step.check_value:g}",
                    ),
                    self._get_url(client),
                )
        return missing

    @api.model
    def _check_decision_maker(self, leads, step):
        """A2.2: it is known who decides; a private person decides alone."""
        clients, missing = self._split_clients(leads)
        everyone = self.env["res.partner"].concat(*set(clients.values()))
        known = everyone.sudo()._get_card_decision_maker()
        for lead, client in clients.items():
            if client.is_company and client.id not in known:
                missing[lead.id] = Lack(
                    self.env._(
                        "give a contact of “%(client)s” the role “Decides”",
                        client=client.display_name,
                    ),
                    self._get_url(client),
                )
        return missing

    @api.model
    def _check_client_facts(self, leads, step):
        """A4.2: need, budget, timing, decision procedure, competitors, volume."""
        clients, missing = self._split_clients(leads)
        for lead, client in clients.items():
            labels = self._get_labels(client, [*KEY_FACTS, "yearly_purchases_source"])
            if labels:
                missing[lead.id] = self._lack_client(client, labels)
        return missing
