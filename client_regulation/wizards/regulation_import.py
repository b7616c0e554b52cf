# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import ast
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.regulation.regulation_step import PERIOD_OF_EVENT
from ..tools.regulation_sheet_reader import read
from .regulation_import_problem import render
from .regulation_spreadsheet import MODELS


class RegulationImport(models.TransientModel):
    """Bring a company's own regulation in from a spreadsheet.

    One sheet each for stages, passport cells and steps. Everything is checked
    before anything is written: all that is wrong is listed with sheet, row and
    column, and the file stays in the wizard. Any edition can be taken out in the
    same form, changed in a spreadsheet program and brought back. (Reg. 1, 2, 3)
    """

    _name = "regulation.import"
    _description = "Regulation from a Spreadsheet"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    mode = fields.Selection(
        [("new", "A new draft"), ("replace", "An existing draft")],
        "Import Into",
        default="new",
        required=True,
    )
    name = fields.Char("Name of the Regulation")
    process = fields.Selection(
        selection="_selection_process",
        default="acquisition",
        required=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    regulation_id = fields.Many2one(
        "regulation.regulation",
        "Draft",
        domain="[('state', '=', 'draft'), ('company_id', '=', company_id)]",
    )
    confirm_replace = fields.Boolean(
        "Replace Its Stages and Steps",
        help="Stages and steps that are not in the file are deleted from the draft. "
        "Those with the same code are changed and keep their pipeline column.",
    )
    edition_id = fields.Many2one(
        "regulation.regulation",
        "Edition",
        help="Any edition, to work on it in a spreadsheet program.",
    )

    # attachment=False: the file goes with the wizard's row, nothing stays behind
    file = fields.Binary("Spreadsheet", attachment=False)
    file_name = fields.Char()
    problem_html = fields.Html("What Is Wrong", readonly=True, sanitize=False)
    problem_count = fields.Integer(readonly=True)
    download = fields.Binary(readonly=True, attachment=False)
    download_name = fields.Char(readonly=True)

    @api.model
    def _selection_process(self):
        field = self.env["regulation.regulation"]._fields["process"]
        return field._description_selection(self.env)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_download_sample(self):
        """The template of the chosen process as a spreadsheet."""
        self.ensure_one()
        return self._download(
            self._get_template(),
            self.env._(
                "%(process)s (sample)",
                process=dict(self._selection_process())[self.process],
            ),
        )

    def action_download(self):
        """The chosen edition as a spreadsheet of the same form."""
        self.ensure_one()
        if not self.edition_id:
            raise UserError(self.env._("Choose the edition to download."))
        return self._download(self.edition_id, self.edition_id.display_name)

    def action_import(self):
        """Check the file; bring it in if nothing is wrong with it, else say what is."""
        self.ensure_one()
        self._check_target()
        company = self.company_id
        if self.mode == "replace":
            company = self.regulation_id.company_id
        form = self.env["regulation.spreadsheet"]._get_form(company)
        reading = read(base64.b64decode(self.file), form)
        self._check_conditions(reading)
        if reading.problems:
            self.problem_html = render(self.env, reading.problems, self.file_name or "")
            self.problem_count = len(reading.problems)
            return self._reopen()
        regulation = self._apply(reading)
        self.write({"problem_html": False, "problem_count": 0})
        return regulation._get_form_action()

    def _download(self, regulation, name):
        self.download = base64.b64encode(
            self.env["regulation.spreadsheet"]._export(regulation, self.company_id)
        )
        self.download_name = f"{name}.xlsx".replace("/", "-")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/download/"
            "?filename_field=download_name&download=true",
            "target": "download",
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Regulation from a Spreadsheet"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_target(self):
        if not self.file:
            raise UserError(self.env._("Choose the spreadsheet first."))
        if self.mode == "new":
            if not (self.name or "").strip():
                raise UserError(self.env._("Give the new regulation a name."))
            return
        if not self.regulation_id:
            raise UserError(self.env._("Choose the draft to bring the file into."))
        if self.regulation_id.state != "draft":
            raise UserError(
                self.env._(
                    "“%(edition)s” is not a draft. A file can replace the stages and "
                    "steps of a draft only.",
                    edition=self.regulation_id.display_name,
                )
            )
        if not self.confirm_replace:
            raise UserError(
                self.env._(
                    "The file replaces the %(stages)s stages and %(steps)s steps of "
                    "“%(edition)s”. Tick “%(field)s” if this is what you want.",
                    field=self._fields["confirm_replace"]._description_string(self.env),
                    stages=len(self.regulation_id.stage_ids),
                    steps=len(self.regulation_id.step_ids),
                    edition=self.regulation_id.display_name,
                )
            )

    def _get_template(self):
        return self.env["regulation.regulation"].with_context(active_test=False).search(
            [("state", "=", "template"), ("process", "=", self.process)],
            order="active desc, id",
            limit=1,
        )  # fmt: skip

    # ------------------------------------------------------------
    # WHAT IS WRONG
    # ------------------------------------------------------------

    def _check_conditions(self, reading):
        """Conditions that can be read may still ask for what deals do not have."""
        found = reading.sheets.get("steps")
        for row in reading.rows("steps"):
            condition = row.values.get("check_domain")
            if not condition:
                continue
            try:
                # safe: the search is prepared, not run; it only tells if it could be
                leads = self.env["crm.lead"].sudo()
                leads._search(Domain(ast.literal_eval(condition)))
            except Exception:  # whatever a typed condition may raise
                reading.add("not_domain", found, row.number, "check_domain", condition)
        reading.problems.sort(key=lambda problem: problem.order)

    # ------------------------------------------------------------
    # BRINGING IN
    # ------------------------------------------------------------

    def _apply(self, reading):
        """Write what was read, in this transaction: all of it or nothing."""
        regulation = self.regulation_id
        if self.mode == "new":
            regulation = self._create_draft()
        stages = self._apply_stages(regulation, reading)
        self._apply_indicators(stages, reading)
        self._apply_steps(regulation, stages, reading)
        # last: what stood in a removed stage may have moved to another
        kept = self.env["regulation.stage"].concat(*stages.values())
        (regulation.stage_ids - kept).unlink()
        regulation.message_post(
            body=self.env._(
                "Imported from “%(file)s”. Stages: %(stages)s, steps: %(steps)s.",
                file=self.file_name or "",
                stages=len(reading.rows("stages")),
                steps=len(reading.rows("steps")),
            )
        )
        return regulation

    def _create_draft(self):
        """A draft with the general provisions of the template, which a sheet lacks.

        It starts as a copy, so that texts the file leaves as they are keep their
        translations.
        """
        values = {
            "name": self.name.strip(),
            "company_id": self.company_id.id,
            "owner_id": self.env.uid,
        }
        template = self._get_template()
        if template:
            return template.copy({**values, "active": True})
        return template.create({**values, "process": self.process})

    def _apply_stages(self, regulation, reading):
        """Write the stages; return them by code."""
        known = {stage.code: stage for stage in regulation.stage_ids}
        rows = {}
        for index, values in enumerate(self._prepare(reading, "stages"), start=1):
            rows[values["code"]] = values | {
                "sequence": index * 10,
                "regulation_id": regulation.id,
            }
        return self._write_rows("regulation.stage", known, rows)

    def _apply_indicators(self, stages, reading):
        Indicator = self.env["regulation.indicator"]
        cells = Indicator.concat(*(stage.indicator_ids for stage in stages.values()))
        known = {(cell.stage_id.code, cell.side, cell.aspect): cell for cell in cells}
        rows = {}
        for values in self._prepare(reading, "indicators"):
            key = (values["stage_id"], values["side"], values["aspect"])
            rows[key] = values | {"stage_id": stages[values["stage_id"]].id}
        Indicator.concat(*(known[key] for key in known.keys() - rows.keys())).unlink()
        self._write_rows("regulation.indicator", known, rows)

    def _apply_steps(self, regulation, stages, reading):
        known = {step.code: step for step in regulation.step_ids}
        rows, counts = {}, dict.fromkeys(stages, 0)
        for values in self._prepare(reading, "steps"):
            stage = values["stage_id"]
            counts[stage] += 1
            rows[values["code"]] = values | {
                "stage_id": stages[stage].id,
                "sequence": counts[stage] * 10,
            }
        gone = [known[code] for code in known.keys() - rows.keys()]
        self.env["regulation.step"].concat(*gone).unlink()
        self._write_rows("regulation.step", known, rows)

    def _prepare(self, reading, sheet):
        """Values of the rows; a blank cell is what the model has when nobody fills it.

        A column that is not in the file leaves a draft as it is; in a new one it
        means blank.
        """
        model = self.env[MODELS[sheet]]
        names = [column.name for column in reading.sheets[sheet].sheet.columns]
        defaults = model.default_get(names)
        prepared = []
        for row in reading.rows(sheet):
            values = {}
            for name in names:
                field, value = model._fields[name], row.values.get(name)
                if name not in row.values:
                    if self.mode == "replace":
                        continue
                    value = defaults.get(name)
                elif value is None and (field.required or name == "check_domain"):
                    value = defaults.get(name)
                values[name] = value or (field.type == "float" and 0.0)
            if values.get("subject") == "period" and values.get("period") is False:
                event = values.get("start_event")
                values["period"] = PERIOD_OF_EVENT.get(event, "month")
            prepared.append(values)
        return prepared

    def _write_rows(self, model, known, rows):
        """Change the records that differ, create those that are missing.

        :param dict known: records by key
        :param dict rows: values by key
        :return: records by key, in the order of the rows
        """
        fresh = []
        for key, values in rows.items():
            if key in known:
                self._write_changes(known[key], values)
            else:
                fresh.append(values)
        created = iter(
            self.env[model].create([self._to_commands(values) for values in fresh])
        )
        return {key: known.get(key) or next(created) for key in rows}

    def _write_changes(self, record, values):
        changes = {
            name: value
            for name, value in values.items()
            if self._is_different(record, name, value)
        }
        if not changes:
            return
        record.write(self._to_commands(changes))
        if self.mode == "new":
            # the other languages still hold the text of the template
            texts = {
                name: value
                for name, value in changes.items()
                if record._fields[name].translate
            }
            for lang in self.env["regulation.spreadsheet"]._get_langs()[1:]:
                record.with_context(lang=lang).write(texts)

    def _is_different(self, record, name, value):
        field, old = record._fields[name], record[name]
        if field.type == "many2one":
            return old.id != value
        if field.type == "many2many":
            return set(old.ids) != set(value or ())
        return (old or False) != (value or False)

    def _to_commands(self, values):
        if "check_field_ids" in values:
            ids = values["check_field_ids"] or []
            values = values | {"check_field_ids": [fields.Command.set(ids)]}
        return values
