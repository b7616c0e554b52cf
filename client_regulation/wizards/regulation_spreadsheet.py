# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import file_open
from odoo.tools.translate import get_po_paths, translation_file_reader

from ..tools.regulation_sheet import MAX_TEXT, SHEETS, Option, dress
from ..tools.regulation_sheet_writer import write

MODULE = "client_regulation"
#: sheets of the workbook and the records they hold
MODELS = {
    "stages": "regulation.stage",
    "indicators": "regulation.indicator",
    "steps": "regulation.step",
}
#: a workbook in one of these is understood, whether the language is installed or not
LANGUAGES = ("en_US", "ru_RU")
YES_WORDS = ("yes", "true", "1", "x", "✓", "да")
NO_WORDS = ("no", "false", "0", "нет")


class RegulationSpreadsheet(models.AbstractModel):
    """An edition as a spreadsheet: its form in the user's words, and its content.

    The labels are those of the screen, so that a column of the sheet is found in the
    form and the other way round.
    """

    _name = "regulation.spreadsheet"
    _description = "Regulation as a Spreadsheet"

    # ------------------------------------------------------------
    # THE FORM
    # ------------------------------------------------------------

    @api.model
    def _get_form(self, company):
        """The sheets with the labels that the user sees on the screen.

        Labels of the other installed languages, of English and of Russian are
        understood as well, and so are the technical names.
        """
        langs = self._get_langs()
        shipped = self._get_shipped_labels()
        columns = {}
        for sheet in SHEETS:
            if not sheet.columns:
                continue
            names = [column.name for column in sheet.columns]
            texts = [
                self.env[MODELS[sheet.name]]
                .with_context(lang=lang)
                .fields_get(names, ["string", "help", "selection"])
                for lang in langs
            ]
            for column in sheet.columns:
                own = texts[0][column.name]
                labels = [text[column.name]["string"] for text in texts]
                options = self._get_options(column, texts, shipped, company)
                columns[sheet.name, column.name] = {
                    "label": own["string"],
                    "names": self._with_shipped(labels, shipped),
                    "help": self._get_column_help(column, own.get("help")),
                    "options": options,
                }
        labels = {
            name: (words[0], self._with_shipped(words, shipped))
            for name, words in self._get_sheet_labels(langs).items()
        }
        return dress(SHEETS, labels, columns)

    @api.model
    def _get_sheet_labels(self, langs):
        envs = [self.with_context(lang=lang).env for lang in langs]
        return {
            "stages": [env._("Stages") for env in envs],
            "indicators": [env._("Indicators") for env in envs],
            "steps": [env._("Steps") for env in envs],
            "help": [env._("Help") for env in envs],
        }

    @api.model
    def _get_langs(self):
        """The user's language first, then all others that are installed."""
        own = self.env.lang or "en_US"
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        return list(dict.fromkeys([own, "en_US", *installed]))

    @api.model
    def _get_shipped_labels(self):
        """English label → labels of the languages that are not installed."""
        installed = self._get_langs()
        shipped = {}
        for lang in LANGUAGES:
            if lang in installed:
                continue
            for path in get_po_paths(MODULE, lang):
                with file_open(path, "rb") as source:
                    for row in translation_file_reader(source):
                        if row["value"]:
                            shipped.setdefault(row["src"], set()).add(row["value"])
        return shipped

    @api.model
    def _with_shipped(self, labels, shipped):
        more = {word for label in labels for word in shipped.get(label, ())}
        return tuple(dict.fromkeys([*labels, *sorted(more)]))

    @api.model
    def _get_options(self, column, texts, shipped, company):
        """What a column of a fixed choice allows."""
        if column.name in ("role_id", "receiver_role_id"):
            return self._get_role_options(company)
        if column.name == "check_field_ids":
            return self._get_field_options()
        if column.name == "zero_allowed":
            return (
                Option(True, self.env._("Yes"), names=YES_WORDS),
                Option(False, self.env._("No"), names=NO_WORDS),
            )
        if column.kind != "choice":
            return ()
        words = [dict(text[column.name]["selection"]) for text in texts]
        return tuple(
            Option(
                value,
                label,
                code=value,
                names=self._with_shipped([word[value] for word in words], shipped),
            )
            for value, label in words[0].items()
        )

    @api.model
    def _get_role_options(self, company):
        """Roles that the company may use, by code and by name in any language."""
        roles = self.env["regulation.role"].with_context(active_test=False).search(
            [("company_id", "in", (company.id, False))]
        )  # fmt: skip
        # of two with one code, the company's own; and one that is not archived
        roles = roles.sorted(lambda role: (not role.active, not role.company_id))
        names = [
            roles.with_context(lang=lang).mapped("name") for lang in self._get_langs()
        ]
        unique = {name for name in names[0] if names[0].count(name) == 1}
        options = {
            role.id: Option(
                role.id,
                role.name if role.name in unique else role.code,
                code=role.code,
                names=tuple(
                    dict.fromkeys(names[at][index] for at in range(len(names)))
                ),
                note=role.code,
            )
            for index, role in enumerate(roles)
        }
        return tuple(options[role.id] for role in roles.sorted("sequence"))

    @api.model
    def _get_field_options(self):
        """Fields of the deal and of its client that a step can ask for."""
        found = self.env["ir.model.fields"].search(
            [
                ("model", "in", ("crm.lead", "res.partner")),
                ("ttype", "not in", ("boolean", "properties")),
            ],
            order="model, name",
        )  # fmt: skip
        of_deal = set(found.filtered(lambda f: f.model == "crm.lead").mapped("name"))
        options = []
        for item in found:
            names = [item.name]
            if item.model == "res.partner":
                names = [f"partner_id.{item.name}"]
                names += [item.name] if item.name not in of_deal else []
            code = f"{item.model}.{item.name}"
            options.append(
                Option(item.id, code, code, tuple(names), item.field_description)
            )
        return tuple(options)

    @api.model
    def _get_column_help(self, column, text):
        """What the field is for, and how its cell is written."""
        rules = {
            "code": self.env._("A short code that no other row has."),
            "stage": self.env._("The code of a row of the sheet of stages."),
            "choice": self.env._("One of the allowed values listed below."),
            "many": self.env._(
                "Names of fields as listed below, separated by commas: "
                "crm.lead.expected_revenue, res.partner.vat."
            ),
            "number": self.env._("A number: 2, -1 or 1.5."),
            "date": self.env._("A date: 2026-03-31 or 31.03.2026."),
            "domain": self.env._(
                "A condition on the deal as Odoo writes it: "
                "[('expected_revenue', '>', 0)]."
            ),
        }
        if not text and column.kind in ("line", "text"):
            return self.env._("A text.")
        return " ".join(filter(None, (text, rules.get(column.kind))))

    # ------------------------------------------------------------
    # TAKING OUT
    # ------------------------------------------------------------

    @api.model
    def _export(self, regulation, company):
        """An edition, or nothing but the form, as a workbook in the user's language.

        :param company: whose roles may be chosen, if the edition is a template
        :rtype: bytes
        """
        form = self._get_form(regulation.company_id or company)
        stages = regulation.stage_ids.sorted()
        records = {
            "stages": stages,
            "indicators": stages.indicator_ids,
            "steps": regulation.step_ids.sorted(),
        }
        rows = {
            sheet.name: [
                self._export_row(record, sheet) for record in records[sheet.name]
            ]
            for sheet in form
            if sheet.columns
        }
        return write(form, rows, self._get_words())

    @api.model
    def _export_row(self, record, sheet):
        row = {}
        for column in sheet.columns:
            value = record[column.name]
            field = record._fields[column.name]
            if column.name == "stage_id":
                value = value.code
            elif field.type in ("many2one", "many2many"):
                value = value.ids if column.kind == "many" else value.id
            elif isinstance(value, str) and len(value) > MAX_TEXT:
                raise UserError(
                    self.env._(
                        "%(record)s: “%(field)s” is too long for a cell of a "
                        "spreadsheet (%(size)s characters at most).",
                        record=record.display_name,
                        field=column.label,
                        size=MAX_TEXT,
                    )
                )
            row[column.name] = value
        if sheet.name == "steps":
            # what says nothing is left blank
            if not record.deadline and not (
                record.deadline_unit and record.start_event
            ):
                row["deadline"] = False
            if record.subject != "period":
                row["period"] = False
            if record.check != "domain" and record.check_domain == "[]":
                row["check_domain"] = False
            row["check_value"] = record.check_value or False
        return row

    @api.model
    def _get_words(self):
        """Texts of the help sheet."""
        return {
            "title": self.env._("A regulation as a spreadsheet"),
            "intro": [
                self.env._(
                    "Three sheets hold the regulation: its stages, the six indicators "
                    "of each stage, and its steps. This sheet is for reading only."
                ),
                self.env._(
                    "One row is one stage, indicator or step. Rows stand in the order "
                    "in which they are to be read."
                ),
                self.env._(
                    "Columns marked with * must be filled in; the others may stay "
                    "blank or be removed. Their order does not matter."
                ),
                self.env._(
                    "Nothing is imported while anything in the file is not "
                    "understood: all problems are listed with sheet, row and column."
                ),
            ],
            "sheet": self.env._("Sheet"),
            "column": self.env._("Column"),
            "required": self.env._("Must Be Filled In"),
            "meaning": self.env._("What to Enter"),
            "yes": self.env._("Yes"),
            "allowed": self.env._("Allowed values"),
            "pick": self.env._("This is not in the list of allowed values."),
        }
