# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import zlib
from dataclasses import astuple, dataclass

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

#: fields that say something by being filled
FIELD_TYPES = (
    "char", "text", "html", "selection", "many2one", "many2many", "monetary", "float",
    "integer", "date", "datetime",
)  # fmt: skip

BLOCKS = [
    ("identification", "Identification"),
    ("classification", "Class"),
    ("contacts", "People"),
    ("needs", "Needs and Purchases"),
    ("terms", "Terms"),
    ("touch", "First Touch"),
]

RULES = [
    ("decision_maker", "A contact who decides"),
    ("reachable_contact", "A contact with phone or e-mail"),
    ("scored", "All criteria of the potential are marked"),
    ("volume_source", "Date and source of the yearly purchases"),
    ("personal_data", "Basis and date of the personal data"),
]

#: up to how many clients are computed at once when the items change
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class CardItem:
    """One item as the computation reads it; texts are read when shown."""

    id: int
    field: str
    rule: str
    weight: int
    kind: str
    block: str
    company_id: int

    def applies_to(self, is_company, company_id):
        return (
            self.kind == "both" or (self.kind == "company") == is_company
        ) and self.company_id in (0, company_id)


class RegulationCardItem(models.Model):
    """One thing that a complete client card holds, and how much it counts.

    (Reg. 1.3.3: «completeness of the card».) An item of a company counts for the
    clients that belong to that company alone; shared items for all.
    """

    _name = "regulation.card.item"
    _description = "Item of the Client Card"
    _order = "sequence, id"
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all clients."
    )
    block = fields.Selection(
        BLOCKS, "Card Section", required=True, default="identification"
    )
    client_kind = fields.Selection(
        [
            ("company", "Companies"),
            ("person", "Private Persons"),
            ("both", "Companies and Persons"),
        ],
        "Asked Of",
        required=True,
        default="both",
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        "Field",
        ondelete="cascade",
        index="btree_not_null",
        domain=[
            ("model", "=", "res.partner"),
            ("store", "=", True),
            ("ttype", "in", FIELD_TYPES),
        ],
    )
    rule = fields.Selection(RULES, help="What no single field can tell.")
    weight = fields.Integer(required=True, default=1)

    _weight = models.Constraint(
        "CHECK (weight > 0)",
        "The weight of an item is 1 or more; archive an item that shall not count.",
    )
    _field_or_rule = models.Constraint(
        "CHECK ((field_id IS NULL) <> (rule IS NULL))",
        "An item of the card asks for a field or for a rule: give one of them.",
    )

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("field_id")
    def _check_field(self):
        for item in self.sudo():  # the owner may not read all of ir.model.fields
            field = item.field_id
            if field and (
                field.model != "res.partner"
                or not field.store
                or field.ttype not in FIELD_TYPES
            ):
                raise ValidationError(
                    self.env._(
                        "“%(item)s”: the card can ask only for stored fields of "
                        "contacts that hold a text, a number, a date or a choice.",
                        item=item.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        self._items_changed()
        return items

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"name", "sequence"}:
            self._items_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._items_changed()
        return result

    def _items_changed(self):
        """Small bases are computed at once, large ones by the scheduled action."""
        self.env.registry.clear_cache()
        Partner = self.env["res.partner"].sudo()
        # sudo: completeness is the same whoever changes the items
        holders = Partner.with_context(active_test=False).search(
            Partner._get_card_holder_domain(), limit=AT_ONCE + 1, order="id"
        )
        if len(holders) <= AT_ONCE:
            holders._mark_card()
        else:
            self.env.ref("client_regulation.ir_cron_client_cards")._trigger()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_items(self):
        """The items in use, as immutable data, in the order of the catalogue."""
        return tuple(
            CardItem(
                item.id,
                item.field_id.name or "",
                item.rule or "",
                item.weight,
                item.client_kind,
                item.block,
                item.company_id.id or 0,
            )
            # sudo: the catalogue counts for everybody, of all companies
            for item in self.sudo().search([("active", "=", True)])
            if item.rule or item.field_id.name in self.env["res.partner"]._fields
        )

    @api.model
    @tools.ormcache()
    def _get_key(self):
        """A number that changes with the items: what a card was computed from."""
        items = sorted(astuple(item) for item in self._get_items())
        return zlib.crc32(repr(items).encode()) & 0x7FFFFFFF or 1

    @api.model
    @tools.ormcache()
    def _get_watched_fields(self):
        """Fields of a client or its people that a card may rest on."""
        fields_ = self.env["res.partner"]._fields
        watched = {
            # which card it is, and the people on it
            "parent_id", "is_company", "company_id", "active", "decision_role", "email",
            "phone", "consent_basis", "consent_date",
            "yearly_purchases_date", "yearly_purchases_source",
        }  # fmt: skip
        for item in self._get_items():
            if not item.field:
                continue
            watched.add(item.field)
            for path in self.env.registry.field_depends[fields_[item.field]]:
                watched.add(path.split(".")[0])
        return frozenset(watched)
