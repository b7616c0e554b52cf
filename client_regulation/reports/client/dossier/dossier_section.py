# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import fields, models

from .block import Block


class RegulationDossierSection(models.AbstractModel):
    """How the sections of the client card read what they tell."""

    _name = "regulation.dossier.section"
    _description = "Section of the Client Card"

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
