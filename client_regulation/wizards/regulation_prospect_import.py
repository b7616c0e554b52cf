# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import workbook
from ..tools.prospect_sheet import COLUMNS, MAX_ROWS, read
from .regulation_import_problem import describe

#: what stands in the sample, beside the meaning of each column
EXAMPLES = {
    "name": "Brick Works Ltd",
    "vat": "7707083893",
    "website": "brickworks.com",
    "email": "office@brickworks.com",
    "phone": "+7 495 123-45-67",
    "contact_email": "j.brick@brickworks.com",
    "contact_phone": "+7 916 123-45-67",
    "yearly_purchases": "1500000",
    "country": "RU",
}


class RegulationProspectImport(models.TransientModel):
    """Upload a list of potential clients; its rows are then checked. (Reg. 1.2.2)"""

    _name = "regulation.prospect.import"
    _description = "Import of a List of Prospects"

    # attachment=False: the file goes with the wizard's row, nothing stays behind
    file = fields.Binary("Spreadsheet", attachment=False)
    file_name = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    lead_type = fields.Selection(
        selection="_selection_lead_type",
        string="Create as",
        required=True,
        default=lambda self: self._get_default("lead_type"),
        help="A raw lead meets the first stage of the regulation when it is converted "
        "into an opportunity.",
    )
    source_id = fields.Many2one(
        "utm.source", "Source", help="For the rows that name none. (Reg. 1.2.1)"
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        default=lambda self: self._get_default("team_id"),
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    problem = fields.Text("What Is Wrong", readonly=True)
    download = fields.Binary(readonly=True, attachment=False)
    download_name = fields.Char(readonly=True)

    @api.model
    def _selection_lead_type(self):
        field = self.env["regulation.prospect.batch"]._fields["lead_type"]
        return field._description_selection(self.env)

    @api.model
    def _get_default(self, name):
        return self.env["regulation.prospect.batch"].default_get([name]).get(name)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_download_sample(self):
        """An empty list with its headings, and what belongs under each."""
        self.ensure_one()
        self.download = base64.b64encode(self._get_sample())
        self.download_name = f"{self.env._('Prospects (sample)')}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/download/"
            "?filename_field=download_name&download=true",
            "target": "download",
        }

    def action_check(self):
        """Read the file; open the preview with a verdict on every row."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose the spreadsheet first."))
        reading = read(
            base64.b64decode(self.file), self.file_name or "", self._get_headings()
        )
        if reading.problem:
            self.problem = self._describe(reading.problem)
            return self._reopen()
        batch = self._create_batch(reading)
        batch._check_lines()
        return {
            "type": "ir.actions.act_window",
            "res_model": batch._name,
            "res_id": batch.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a List of Prospects"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _create_batch(self, reading):
        batch = self.env["regulation.prospect.batch"].create(
            {
                "name": self.file_name or self.env._("List of Prospects"),
                "company_id": self.company_id.id,
                "file": self.file,
                "file_name": self.file_name,
                "ignored": ", ".join(reading.ignored) or False,
                "lead_type": self.lead_type,
                "source_id": self.source_id.id,
                "team_id": self.team_id.id,
                "tag_ids": [fields.Command.set(self.tag_ids.ids)],
            }
        )
        # sudo: rows come from a file and from nowhere else, so nobody has the right
        # to create them
        self.env["regulation.prospect.line"].sudo().create(
            [
                {
                    **row.values,
                    "batch_id": batch.id,
                    "number": row.number,
                    "cell_errors": ",".join(row.errors) or False,
                }
                for row in reading.rows
            ]
        )
        return batch

    def _get_headings(self):
        """Labels of the columns in all installed languages."""
        Line = self.env["regulation.prospect.line"]
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        return {
            column: [
                Line.with_context(lang=lang)._get_column_label(column) for lang in langs
            ]
            for column in COLUMNS
        }

    def _describe(self, kind):
        texts = {
            "not_csv": self.env._(
                "This is no list: neither an Excel workbook (.xlsx) nor a text with "
                "separators (.csv)."
            ),
            "no_name_column": self.env._(
                "No column is headed “%(column)s”. Download the sample to see what "
                "the columns are called.",
                column=self.env["regulation.prospect.line"]._get_column_label("name"),
            ),
            "no_rows": self.env._("There is nothing under the headings."),
            "too_many_rows": self.env._(
                "Too many rows: up to %(rows)s are read. Split the list.", rows=MAX_ROWS
            ),
        }
        return texts.get(kind) or describe(self.env, _Problem(kind))

    def _get_sample(self):
        Line = self.env["regulation.prospect.line"]
        helps = self._get_helps()
        labels = {column: Line._get_column_label(column) for column in COLUMNS}
        return workbook.write(
            [
                workbook.Sheet(
                    self.env._("Prospects"),
                    [
                        workbook.Column(
                            column,
                            f"{label} *" if column == "name" else label,
                            width=22,
                        )
                        for column, label in labels.items()
                    ],
                ),
                workbook.Sheet(
                    self.env._("Help"),
                    [
                        workbook.Column("column", self.env._("Column"), width=26),
                        workbook.Column("help", self.env._("What to Enter"), width=70),
                        workbook.Column("example", self.env._("Example"), width=30),
                    ],
                    [
                        {
                            "column": label,
                            "help": helps.get(column, ""),
                            "example": EXAMPLES.get(column, ""),
                        }
                        for column, label in labels.items()
                    ],
                ),
            ],
            creator=self.env.user.name,
        )

    def _get_helps(self):
        catalogue = self.env._(
            "As in the catalogue. What is not in it goes into the comment."
        )
        sign = self.env._("Duplicates are found by it.")
        return {
            "name": self.env._("Must be filled in. One row is one company."),
            "vat": sign,
            "website": sign,
            "email": sign + " " + self.env._("Free mail does not count."),
            "phone": sign
            + " "
            + self.env._("With the code of the country, or without."),
            "contact_email": sign,
            "contact_phone": sign,
            "country": self.env._(
                "Name or code of two letters. Blank: that of your company."
            ),
            "region": catalogue,
            "segment": catalogue,
            "industry": catalogue,
            "source": catalogue,
            "size": self.env._("micro, small, medium or large"),
            "yearly_purchases": self.env._(
                "A number, in the currency of your company."
            ),
            "salesperson": self.env._(
                "Login or name. Blank: distributed later. The list of a salesperson "
                "goes to themselves."
            ),
        }


class _Problem:
    """A problem of a whole file, as `regulation_import_problem` describes it."""

    allowed = ()

    def __init__(self, kind):
        self.kind = kind
