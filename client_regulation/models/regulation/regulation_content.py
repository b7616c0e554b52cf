# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class RegulationContent(models.AbstractModel):
    """What an edition is made of: rows that freeze when it comes into force.

    A company signs an edition; from then on its text is evidence. Every row that
    belongs to an edition inherits this guard, so that the form, an import, RPC
    and sudo code of another module meet the same refusal. Only the names listed
    in ``_live_fields`` may still change, and each such change is written to the
    edition's chatter. (Reg. 1.1: «changes make a new version».)
    """

    _name = "regulation.content"
    _description = "Content of a Regulation Edition"

    #: fields that the owner may change while the edition is in force
    _live_fields = frozenset()

    regulation_id = fields.Many2one(
        "regulation.regulation", string="Edition", required=True, index=True,
        ondelete="cascade",
    )  # fmt: skip

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_edition_is_open()
        records.regulation_id._clear_plans()
        return records

    def write(self, vals):
        if not self:
            return super().write(vals)
        if vals.keys() <= self._live_fields:
            before = self._snapshot_live_values(vals)
            result = super().write(vals)
            self.regulation_id._clear_plans()
            self._log_live_changes(before)
            return result
        self._check_edition_is_open()
        result = super().write(vals)
        self._check_edition_is_open()  # also where regulation_id or stage_id moved
        self.regulation_id._clear_plans()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self._check_edition_is_open()
        self.regulation_id._clear_plans()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_edition_is_open(self):
        """Refuse unless every edition concerned is a draft.

        Templates are the module's own and are refreshed by its updates, which run
        as superuser; people copy them instead.
        """
        editions = self.sudo().regulation_id.with_env(self.env)
        editions._check_content_is_open(self._description)

    def _snapshot_live_values(self, vals):
        """Refuse where nothing may change any more; else keep the old values."""
        closed = self.sudo().regulation_id.filtered(
            lambda edition: edition.state == "repealed"
        )
        if closed:
            raise UserError(
                self.env._(
                    "“%(edition)s” is repealed and is kept as it was. Make a new "
                    "edition to change it.",
                    edition=closed[0].display_name,
                )
            )
        running = self.sudo().filtered(
            lambda record: record.regulation_id.state in ("in_force", "superseded")
        )
        if running and not self.env.user.has_group(
            "client_regulation.client_regulation_group_owner"
        ):
            raise AccessError(
                self.env._(
                    "Only the regulation owner may change gates and columns of an "
                    "edition in force."
                )
            )
        if not self.env.su and self.sudo().regulation_id.filtered(
            lambda edition: edition.state == "template"
        ):
            self._check_edition_is_open()
        return {record: {name: record[name] for name in vals} for record in running}

    def _log_live_changes(self, before):
        """Write each changed value to the chatter of the edition."""
        for record, values in before.items():
            lines = [
                self.env._(
                    "%(record)s — %(field)s: %(old)s → %(new)s",
                    record=record.display_name,
                    field=record._fields[name]._description_string(self.env),
                    old=record._format_live_value(name, old),
                    new=record._format_live_value(name, record[name]),
                )
                for name, old in values.items()
                if old != record[name]
            ]
            for line in lines:
                record.regulation_id.message_post(
                    body=line, author_id=self.env.user.partner_id.id,
                )  # fmt: skip

    def _format_live_value(self, name, value):
        field = self._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "—")
        if field.type == "many2one":
            return value.display_name or "—"
        if field.type == "date":
            return fields.Date.to_string(value) or "—"
        return str(value or "—")
