# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.filled import is_placeholder

#: clients computed between two commits of the scheduled action
BATCH = 1000

TEXTS = ("char", "text", "html")


class ClientCompletenessMixin(models.AbstractModel):
    """How complete the client card is, by the weights of its items. (Reg. 1.3.3)

    Computed set-wise: any number of clients costs the same few queries. `card_key`
    tells from which catalogue a card was computed; where it is another one the card
    waits for the scheduled action, or for a gate that reads it.
    """

    _name = "regulation.client.completeness.mixin"
    _description = "Completeness of the Client Card"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    card_completeness = fields.Float(
        digits=(6, 2),
        compute="_compute_card_completeness",
        store=True,
        copy=False,
        aggregator="avg",
        groups="base.group_user",
        help="Share of the card that is filled, by the weights of its items, in "
        "per cent.",
    )
    card_key = fields.Integer(
        compute="_compute_card_completeness",
        store=True,
        copy=False,
        aggregator=None,
        export_string_translation=False,
        groups="base.group_system",
    )
    card_missing = fields.Html(
        "Missing on the Card",
        compute="_compute_card_missing",
        compute_sudo=True,
        sanitize=False,
        groups="base.group_user",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    # what a card rests on is data: `_mark_card` asks for the computation
    def _compute_card_completeness(self):
        key = self.env["regulation.card.item"]._get_key()
        holders = self.filtered(lambda p: p._is_card_holder())
        rest = self - holders
        rest.card_completeness = 0
        rest.card_key = 0
        for holder, (weight, total, _missing) in holders._get_card_standings().items():
            # rounded down: 69.999 is not 70
            holder.card_completeness = weight * 10000 // total / 100.0 if total else 0.0
            holder.card_key = key

    @api.depends("card_completeness")
    @api.depends_context("lang")
    def _compute_card_missing(self):
        holders = self.filtered(lambda p: p._is_card_holder())
        (self - holders).card_missing = False
        Item = self.env["regulation.card.item"]
        blocks = dict(Item._fields["block"]._description_selection(self.env))
        standings = holders._get_card_standings()
        # in one set, so that one fetch names them all
        wanted = {item.id for _w, _t, missing in standings.values() for item in missing}
        names = {item.id: item.name for item in Item.browse(wanted)}
        for holder, (_weight, _total, missing) in standings.items():
            lines = []
            for item in missing:
                target = item.field or RULE_FIELDS.get(item.rule, "name")
                # a label leads to its field without any script
                lines.append(
                    Markup("<li>%s: %s</li>")
                    % (
                        blocks[item.block],
                        Markup(
                            "<label for='%s_%s' class='text-primary text-decoration-"
                            "underline mb-0' style='cursor:pointer'>%s</label>"
                        )
                        % (target, 1 if target in SECOND else 0, names[item.id]),
                    )
                )
            holder.card_missing = (
                Markup("<ul class='list-unstyled mb-0'>%s</ul>")
                % Markup("").join(lines)
                if lines
                else False
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered(lambda p: p._is_card_holder())._mark_card()
        # sudo: the card is the client's, whoever adds a contact
        people = partners.sudo().filtered("parent_id")
        self._people_changed(people.commercial_partner_id - people)
        return partners

    def write(self, vals):
        Item = self.env["regulation.card.item"]
        touched = Item._get_watched_fields() & vals.keys()
        if not touched:
            return super().write(vals)
        # sudo: the card of the company a contact leaves
        before = self.sudo().commercial_partner_id
        result = super().write(vals)
        (before | self.sudo().commercial_partner_id)._mark_card()
        return result

    def unlink(self):
        # sudo: the card is the client's, whoever deletes a contact
        clients = self.sudo().commercial_partner_id - self.sudo()
        result = super().unlink()
        self._people_changed(clients.exists())
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_card_holder(self):
        """Whether a partner has a card of its own: it is nobody's contact."""
        self.ensure_one()
        return self.is_company or not self.parent_id

    @api.model
    def _get_card_holder_domain(self):
        return Domain("is_company", "=", True) | Domain("parent_id", "=", False)

    def _mark_card(self):
        """The cards of these clients are to be computed anew."""
        if self:
            self.env.add_to_compute(self._fields["card_completeness"], self)
            self.env.add_to_compute(self._fields["card_key"], self)

    @api.model
    def _people_changed(self, clients):
        """People came or went: the clients' cards, and the steps that ask for them."""
        clients._mark_card()
        if clients and self.env["regulation.regulation"]._is_engine_running():
            self.env["regulation.engine"]._facts_changed(
                clients, "res.partner", frozenset({"decision_role"})
            )

    def _refresh_stale_cards(self):
        """Compute cards that wait for the scheduled action, before a gate reads
        them."""
        key = self.env["regulation.card.item"]._get_key()
        self.filtered(lambda p: p.card_key != key)._mark_card()

    def _get_card_standings(self):
        """What each card has and lacks, in a constant number of queries.

        :return: ``{client: (weight filled, weight of all, [CardItem missing])}``
        """
        items = self.env["regulation.card.item"]._get_items()
        clients = self.sudo()  # the card asks for what the reader may not see
        rules = {
            item.rule: getattr(clients, f"_get_card_{item.rule}")()
            for item in items
            if item.rule
        }
        standings = {}
        for client in clients:
            filled, total, missing = 0, 0, []
            for item in items:
                if not item.applies_to(client.is_company, client.company_id.id or 0):
                    continue
                total += item.weight
                if (
                    client._origin.id in rules[item.rule]
                    if item.rule
                    else client._is_card_filled(item.field)
                ):
                    filled += item.weight
                else:
                    missing.append(item)
            standings[client.with_env(self.env)] = (filled, total, missing)
        return standings

    def _is_card_filled(self, name):
        value = self[name]
        if self._fields[name].type in TEXTS:
            return not is_placeholder(str(value or ""))
        return bool(value)

    # -- the rules: ids of the clients that fulfil them ------------------------

    def _get_card_people(self, domain):
        """Clients that have a person of this kind; a private person is one."""
        people = self.with_context(active_test=True)._read_group(
            Domain("commercial_partner_id", "in", self._origin.ids)
            & Domain("is_company", "=", False)
            & Domain(domain),
            ["commercial_partner_id"],
        )
        return {client.id for (client,) in people}

    def _get_card_decision_maker(self):
        return self._get_card_people([("decision_role", "=", "decides")])

    def _get_card_reachable_contact(self):
        return self._get_card_people(
            Domain("phone", "not in", (False, ""))
            | Domain("email", "not in", (False, ""))
        )

    def _get_card_scored(self):
        return set(self.filtered("has_potential_score")._origin.ids)

    def _get_card_volume_source(self):
        return {
            client._origin.id
            for client in self
            if client.yearly_purchases_date
            and not is_placeholder(client.yearly_purchases_source)
        }

    def _get_card_personal_data(self):
        return {
            client._origin.id
            for client in self
            if client.consent_basis and client.consent_date
        }

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_compute_cards(self):
        """Cards of a catalogue that has changed, or of a base just taken over."""
        key = self.env["regulation.card.item"]._get_key()
        self.flush_model(["card_key", "is_company", "parent_id"])
        stale = SQL(
            "(is_company OR parent_id IS NULL) AND card_key IS DISTINCT FROM %s", key
        )
        [(remaining,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM res_partner WHERE %s", stale)
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=remaining)
        last = 0
        while rows := self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE %s AND id > %s ORDER BY id LIMIT %s",
                stale,
                last,
                BATCH,
            )
        ):
            ids = [row[0] for row in rows]
            last = ids[-1]
            clients = self.browse(ids)
            clients._mark_card()
            clients.flush_recordset(["card_completeness", "card_key"])
            self.env.invalidate_all()
            if not cron._commit_progress(len(ids)):
                break


#: where the answer to a rule is given
RULE_FIELDS = {
    "decision_maker": "child_ids",
    "reachable_contact": "child_ids",
    "scored": "potential_mark_ids",
    "volume_source": "yearly_purchases_source",
    "personal_data": "consent_basis",
}

#: fields that the form of a contact has once before, in the part for people: the web
#: client numbers the places of a field
SECOND = ("consent_basis", "consent_date", "consent_source")
