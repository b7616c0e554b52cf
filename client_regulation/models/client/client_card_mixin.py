# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_amount, format_date, sql

from .regulation_card_fact import FACT_FIELDS, FactOrigin

#: computed by the regulation; written by nobody else, by no route
FIGURE_FIELDS = frozenset({
    "card_completeness", "card_key", "potential_score", "has_potential_score",
    "potential_class", "client_status",
})  # fmt: skip

#: columns that are made empty at installation and filled by scheduled actions
LATE_COLUMNS = {
    "card_completeness": "numeric",
    "card_key": "int4",
    "potential_score": "numeric",
    "has_potential_score": "bool",
    "potential_class": "varchar",
    "client_status": "varchar",
}

AMOUNTS = ("yearly_purchases", "client_budget")


class ClientCardMixin(models.AbstractModel):
    """What we know of a client. (Reg. 1.2.1–1.2.4, 1.3.3, 1.3.6)

    The card lives on the commercial partner. Whoever may read a contact inside the
    company reads its card; portal users do not.
    """

    _name = "regulation.client.card.mixin"
    _description = "Client Card"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    is_client = fields.Boolean(
        compute="_compute_is_client",
        search="_search_is_client",
        groups="base.group_user",
        help="Commercial company: who has a client card.",
    )
    client_source_id = fields.Many2one(
        "utm.source",
        "Source",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    client_segment_id = fields.Many2one(
        "regulation.segment",
        "Segment",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
    )
    client_region_id = fields.Many2one(
        "regulation.region",
        "Region",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
    )
    client_size = fields.Selection(
        [
            ("micro", "Micro"),
            ("small", "Small"),
            ("medium", "Medium"),
            ("large", "Large"),
        ],
        "Size",
        tracking=True,
        groups="base.group_user",
    )
    yearly_purchases = fields.Monetary(
        currency_field="yearly_purchases_currency_id",
        tracking=True,
        groups="base.group_user",
        help="What the client buys a year in our categories, from whomever.",
    )
    yearly_purchases_currency_id = fields.Many2one(
        "res.currency", "Currency of the Card", groups="base.group_user"
    )
    yearly_purchases_date = fields.Date(
        "Purchases Known On", groups="base.group_user", tracking=True
    )
    yearly_purchases_source = fields.Char(
        "Purchases Known From", groups="base.group_user", tracking=True
    )
    competitor_ids = fields.Many2many(
        "regulation.competitor",
        "regulation_competitor_res_partner_rel",
        "partner_id",
        "competitor_id",
        "Competitors",
        tracking=True,
        groups="base.group_user",
    )
    client_needs = fields.Text("Need", tracking=True, groups="base.group_user")
    client_budget = fields.Monetary(
        "Client's Budget",
        currency_field="yearly_purchases_currency_id",
        tracking=True,
        groups="base.group_user",
    )
    client_timing = fields.Char(
        "Timing",
        tracking=True,
        groups="base.group_user",
        help="When the client wants to buy and what that depends on.",
    )
    decision_procedure = fields.Text(
        tracking=True,
        groups="base.group_user",
        help="Who decides, in which order and how long it takes.",
    )
    client_terms = fields.Text(
        "Terms Wanted",
        tracking=True,
        groups="base.group_user",
        help="Payment, delivery and other terms that matter to the client.",
    )
    card_fact_ids = fields.One2many(
        "regulation.card.fact",
        "partner_id",
        "Facts",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    card_fact_count = fields.Integer(
        "Number of Facts", compute="_compute_card_fact_count", groups="base.group_user"
    )

    def _auto_init(self):
        # a base of hundreds of thousands must not be computed while it installs
        if self._auto and sql.table_exists(self.env.cr, self._table):
            for name, column_type in LATE_COLUMNS.items():
                if not sql.column_exists(self.env.cr, self._table, name):
                    sql.create_column(self.env.cr, self._table, name, column_type)
        return super()._auto_init()

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("is_company")
    def _compute_is_client(self):
        for partner in self:
            partner.is_client = partner.is_company

    def _search_is_client(self, operator, value):
        return [("is_company", operator, value)]

    def _compute_card_fact_count(self):
        counts = dict(
            self.env["regulation.card.fact"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.card_fact_count = counts.get(partner._origin, 0)

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("yearly_purchases", "client_budget")
    def _check_card_amounts(self):
        for partner in self:
            if partner.yearly_purchases < 0 or partner.client_budget < 0:
                raise ValidationError(
                    self.env._(
                        "Card of “%(client)s”: the yearly purchases and the budget "
                        "cannot be negative. Enter 0 while they are not known.",
                        client=partner.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        # a default in the context, or of a user, is no figure
        values = super().default_get(fields)
        if FIGURE_FIELDS.isdisjoint(values):
            return values
        return {name: values[name] for name in values.keys() - FIGURE_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_card_values(vals) for vals in vals_list]
        partners = super().create(vals_list)
        partners.browse(
            [
                partner.id
                for partner, vals in zip(partners, vals_list, strict=True)
                if not vals.keys().isdisjoint(AMOUNTS)
            ]
        )._give_card_currency()
        rows = []
        for partner, vals in zip(partners, vals_list, strict=True):
            names = [name for name in FACT_FIELDS if name in vals]
            if names:
                rows += partner.sudo()._prepare_card_facts(names, {})
        if rows:
            # safe: append-only rows that say what this user has just written
            self.env["regulation.card.fact"].sudo().create(rows)
        return partners

    def write(self, vals):
        vals = self._prepare_card_values(vals)
        names = [name for name in FACT_FIELDS if name in vals]
        # sudo: who may write a client may have its former values noted
        clients = self.sudo() if names else self.browse()
        before = {
            client.id: {name: client._format_card_value(name) for name in names}
            for client in clients
        }
        result = super().write(vals)
        if not vals.keys().isdisjoint(AMOUNTS):
            self._give_card_currency()
        rows = []
        for client in clients:
            rows += client._prepare_card_facts(names, before[client.id])
        if rows:
            self.env["regulation.card.fact"].sudo().create(rows)
        return result

    @api.model
    def _prepare_card_values(self, vals):
        """What goes with the values given: figures are refused, an amount gets its
        day."""
        if not self.env.su and not FIGURE_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "%(fields)s of a client are computed by the regulation and cannot "
                    "be written. Fill in the card and mark the potential instead.",
                    fields=", ".join(
                        sorted(
                            self._fields[name]._description_string(self.env)
                            for name in FIGURE_FIELDS & vals.keys()
                        )
                    ),
                )
            )
        if vals.get("yearly_purchases") and "yearly_purchases_date" not in vals:
            return vals | {"yearly_purchases_date": fields.Date.context_today(self)}
        return vals

    def _give_card_currency(self):
        """Amounts without a currency are in that of the company."""
        # sudo: goes with the amount that the user has just written
        bare = self.sudo().filtered(
            lambda p: (
                not p.yearly_purchases_currency_id and any(p[name] for name in AMOUNTS)
            )
        )
        if bare:
            bare.yearly_purchases_currency_id = self.env.company.currency_id

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_card_facts(self):
        """All facts learned of this client."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_card_fact_action"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_client_domain(self):
        """Who the lists of clients show."""
        return [("is_company", "=", True)]

    def _learn_facts(self, values, source=None, contact=None, visit=None):
        """Write what was learned of a client on its card, and keep who learned it,
        when and from whom; what was only confirmed leaves a row as well.

        :param dict values: card fields, as for `write`
        :param str source: where it comes from; the visit or the contact by default
        :param contact: res.partner who said it
        :param visit: regulation.visit in which it was said
        """
        clients = self.commercial_partner_id
        values = dict(values)
        source = source or (visit and visit.display_name) or ""
        if values.get("yearly_purchases"):
            values.setdefault(
                "yearly_purchases_source",
                source or (contact and contact.display_name) or "",
            )
        origin = FactOrigin(
            source=source,
            contact_id=contact.id if contact else 0,
            visit_id=visit.id if visit else 0,
            names=frozenset(values),
        )
        clients.with_context(regulation_fact_origin=origin).write(values)
        return True

    def _prepare_card_facts(self, names, before):
        """Rows for the facts of one client that are new, changed or confirmed."""
        self.ensure_one()
        origin = self.env.context.get("regulation_fact_origin")
        if not isinstance(origin, FactOrigin):
            origin = FactOrigin()
        rows = []
        for name in names:
            value, former = self._format_card_value(name), before.get(name, "")
            if value != former or (value and name in origin.names):
                rows.append(
                    {
                        "partner_id": self.id,
                        "field_name": name,
                        "value": value,
                        "former_value": former,
                        "user_id": self.env.uid,
                        "source": origin.source or self.env._("client card"),
                        "contact_id": origin.contact_id,
                        "visit_id": origin.visit_id,
                    }
                )
        return rows

    def _format_card_value(self, name):
        """A card field of one client in words; empty when it is not filled."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if not value:
            return ""
        if field.type == "monetary":
            currency = self[field.get_currency_field(self)]
            if not currency:
                currency = self.env.company.currency_id
            return format_amount(self.env, value, currency)
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.type == "date":
            return format_date(self.env, value)
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        return str(value)
