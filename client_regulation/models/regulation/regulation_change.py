# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, models
from odoo.tools import html2plaintext

#: fields of a step that are its norm, compared one by one
STEP_FIELDS = (
    "name", "requirement", "why", "subject", "role_id", "receiver_role_id", "document",
    "deadline_text", "period", "proof", "proof_kind",
    "quantity", "quality", "check", "check_value", "check_domain", "gate", "gate_from",
)  # fmt: skip
STAGE_FIELDS = (
    "name", "condition", "entry_time", "entry_quantity", "entry_quality", "exit_time",
    "exit_quantity", "exit_quality",
)  # fmt: skip


class RegulationChange(models.AbstractModel):
    """What an edition changes against its predecessor. (Reg. 1: change register)

    Stages, steps and provisions are matched by code, so a renamed step is a
    changed step and not one removed and one added.
    """

    _name = "regulation.change"
    _description = "Differences between Editions"

    @api.model
    def _get_changes(self, new, old):
        """List of differences, in the order of the new edition.

        :return: list of dicts ``kind`` (added, removed, changed), ``what`` (stage,
            step, norm, gate, provision), ``code``, ``label``, ``field``, ``old``,
            ``new``
        """
        if not old:
            return []
        return [
            *self._compare(new.provision_ids, old.provision_ids, "provision",
                           ("name", "body")),
            *self._compare(new.stage_ids, old.stage_ids, "stage", STAGE_FIELDS),
            *self._compare(new.step_ids, old.step_ids, "step", STEP_FIELDS),
        ]  # fmt: skip

    @api.model
    def _compare(self, new, old, what, names):
        before = {record.code: record for record in old}
        after = {record.code: record for record in new}
        changes = [
            {"kind": "added", "what": what, "code": code, "label": record.display_name}
            for code, record in after.items()
            if code not in before
        ]
        changes += [
            {
                "kind": "removed",
                "what": what,
                "code": code,
                "label": record.display_name,
            }
            for code, record in before.items()
            if code not in after
        ]
        for code in after.keys() & before.keys():
            changes += self._compare_fields(after[code], before[code], what, names)
        return sorted(changes, key=lambda change: change["code"])

    @api.model
    def _compare_fields(self, new, old, what, names):
        changes = []
        for name in names:
            was, now = self._format(old, name), self._format(new, name)
            if was == now:
                continue
            if what == "step":
                what_changed = "gate" if name in ("gate", "gate_from") else "norm"
            else:
                what_changed = what
            changes.append(
                {
                    "kind": "changed",
                    "what": what_changed,
                    "code": new.code,
                    "label": new.display_name,
                    "field": new._fields[name]._description_string(self.env),
                    "old": was or "—",
                    "new": now or "—",
                }
            )
        return changes

    @api.model
    def _format(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "html":
            return html2plaintext(value or "").strip()
        if field.type == "float":
            return f"{value:g}"
        return str(value or "").strip()

    @api.model
    def _render_summary(self, changes):
        """The list of differences as it is read on the screen."""
        kinds = {
            "added": self.env._("Added"),
            "removed": self.env._("Removed"),
            "changed": self.env._("Changed"),
        }
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                kinds[change["kind"]],
                change["label"],
                change.get("field", ""),
                change.get("old", ""),
                change.get("new", ""),
            )
            for change in changes
        )
        return Markup(
            "<table class='table table-sm'><thead><tr><th>%s</th><th>%s</th><th>%s</th>"
            "<th>%s</th><th>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("Change"),
            self.env._("Stage or step"),
            self.env._("What"),
            self.env._("Before"),
            self.env._("Now"),
            rows,
        )
