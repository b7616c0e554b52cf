# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from ...tools.workbook import Column, Sheet

WIDTHS = {"name": 34, "problem": 40, "remark": 40, "result_note": 44, "comment": 40}


class ProspectBatchReport(models.AbstractModel):
    """The protocol of a list of prospects: each row, its verdict, what became of it.
    (Reg. 1.2.2)"""

    _name = "report.client_regulation.prospect_batch"
    _description = "Protocol of a List of Prospects"
    _inherit = ["regulation.xlsx.report"]
    _report_model = "regulation.prospect.batch"

    @api.model
    def _get_xlsx_name(self, records):
        return ", ".join(records.mapped("name"))[:80] + self.env._(" (protocol)")

    @api.model
    def _get_sheets(self, records):
        return [
            sheet
            for batch in records
            for sheet in (self._get_summary(batch), self._get_rows(batch))
        ]

    def _get_summary(self, batch):
        def label(name):
            return batch._fields[name]._description_string(self.env)

        counts = (
            "line_count", "new_count", "duplicate_count", "file_duplicate_count",
            "wrong_count", "created_count", "merged_count", "skipped_count",
            "failed_count",
        )  # fmt: skip
        facts = [
            (label("name"), batch.name, None),
            (label("company_id"), batch.company_id.name, None),
            (label("user_id"), batch.user_id.name, None),
            (label("source_id"), batch.source_id.name, None),
            (label("team_id"), batch.team_id.name, None),
            (label("ignored"), batch.ignored, None),
            *((label(name), None, batch[name]) for name in counts),
        ]
        rows = [
            {"item": item, "text": text, "number": number}
            for item, text, number in facts
        ]
        rows.append(
            {
                "item": label("date"),
                "text": fields.Datetime.context_timestamp(batch, batch.date).strftime(
                    "%Y-%m-%d %H:%M"
                ),
            }
        )
        return Sheet(
            self.env._("Summary"),
            [
                Column("item", self.env._("Item"), width=30),
                Column("text", self.env._("Text"), width=50),
                Column("number", self.env._("Number"), "integer"),
            ],
            rows,
        )

    def _get_rows(self, batch):
        Line = self.env["regulation.prospect.line"]
        url = batch.get_base_url()
        names = (
            "number", "verdict", "match_on", "match_text", "problem", "remark",
            "choice", "reason", "result", "result_note", *Line._get_columns(),
        )  # fmt: skip
        choices = {
            name: dict(Line._fields[name]._description_selection(self.env))
            for name in names
            if Line._fields[name].type == "selection"
        }
        rows = []
        for line in batch.line_ids:
            row = {
                name: choices[name].get(line[name]) if name in choices else line[name]
                for name in names
            }
            if line.result_lead_id:
                row["link"] = f"{url}/odoo/crm.lead/{line.result_lead_id.id}"
            elif line.result_partner_id:
                row["link"] = f"{url}/odoo/res.partner/{line.result_partner_id.id}"
            rows.append(row)
        return Sheet(
            self.env._("Rows"),
            [
                *(
                    Column(
                        name,
                        Line._get_column_label(name),
                        "integer" if name == "number" else "text",
                        WIDTHS.get(name, 8 if name == "number" else 18),
                    )
                    for name in names
                ),
                Column("link", self.env._("Link"), "url", 40),
            ],
            rows,
        )
