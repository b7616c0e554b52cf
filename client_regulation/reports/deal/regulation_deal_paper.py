# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools.misc import format_amount, format_date, format_datetime

#: what is printed where there is nothing to print
EMPTY = "—"


class RegulationDealPaper(models.AbstractModel):
    """A paper of a deal made ready to be printed and signed.

    A report mixes this in, names its model and prepares each record as a dict of
    texts: title, head, sections, signatures. The template only reads them.
    """

    _name = "regulation.deal.paper"
    _description = "Printed Paper of a Deal"

    #: model of the records that the report is about
    _report_model = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        # in the language of who reads it
        report = self.with_context(
            lang=self.env.context.get("lang") or self.env.user.lang
        )
        records = report.env[self._report_model].browse(docids)
        records.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": records._name,
            "docs": records,
            # safe as sudo: the names that stand on a paper one may read
            "documents": [
                {
                    "company": record.company_id,
                    "printed": report._get_printed(),
                    **report._prepare(record),
                }
                for record in records.sudo()
            ],
        }

    @api.model
    def _prepare(self, record):
        """Title, head, sections and signatures of a record."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    @api.model
    def _get_printed(self):
        return self.env._(
            "Printed on %(date)s by %(person)s",
            date=format_datetime(self.env, fields.Datetime.now(), dt_format="short"),
            person=self.env.user.name,
        )

    @api.model
    def _get_label(self, record, name):
        return record._fields[name]._description_string(self.env)

    @api.model
    def _get_text(self, record, name):
        """The value of a field as it is printed."""
        field, value = record._fields[name], record[name]
        match field.type:
            case "selection":
                text = dict(field._description_selection(self.env)).get(value)
            case "many2one":
                text = value.display_name
            case "datetime":
                text = value and format_datetime(self.env, value, dt_format="short")
            case "date":
                text = value and format_date(self.env, value)
            case "monetary":
                text = value and format_amount(self.env, value, record.currency_id)
            case "boolean":
                text = self.env._("yes") if value else self.env._("no")
            case "float":
                text = value and f"{value:.2f}".rstrip("0").rstrip(".")
            case _:
                text = value
        return str(text) if text else EMPTY

    @api.model
    def _get_rows(self, record, names):
        """Labels and values: ``[(label, text)]``."""
        return [
            (self._get_label(record, name), self._get_text(record, name))
            for name in names
        ]

    @api.model
    def _get_table(self, records, names, *blank, wide=None):
        """Records as a table.

        :param blank: heads of columns to write in
        :param wide: number of the column that gets more room
        """
        return {
            "wide": wide,
            "heads": [self._get_label(records, name) for name in names] + list(blank),
            "rows": [
                [self._get_text(record, name) for name in names] + [""] * len(blank)
                for record in records
            ],
        }

    @api.model
    def _get_head(self, rows):
        """Two labels with their values in a line."""
        return [rows[at : at + 2] for at in range(0, len(rows), 2)]
