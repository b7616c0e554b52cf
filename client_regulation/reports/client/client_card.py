# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date, formatLang

from ...tools.workbook import Column, Sheet


class ClientCardReport(models.AbstractModel):
    """R-2: the client card on two pages A4, and as a workbook with a sheet a block.

    An internal document: in the language of who prints it.
    """

    _name = "report.client_regulation.client_card"
    _description = "Client Card"
    _inherit = ["regulation.xlsx.report"]
    _report_model = "res.partner"

    # ------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------

    @api.model
    def _get_clients(self, partners):
        """A person's card is that of their company."""
        return partners.commercial_partner_id

    @api.model
    def _get_report_values(self, docids, data=None):
        partners = self.env["res.partner"].browse(docids)
        partners.check_access("read")
        clients = self._get_clients(partners)
        blocks = self.env["regulation.client.dossier"]._get_blocks(clients)
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        return {
            "doc_ids": clients.ids,
            "doc_model": "res.partner",
            "docs": clients,
            "blocks": blocks,
            "show": self._format,
            "months_of": self._get_month_grid,
            "totals_of": self._get_totals,
            "widths_of": self._get_widths,
            "svg": Markup,  # made by us of escaped texts, see tools/svg_chart.py
            "printed": f"{format_date(self.env, now.date())} {now:%H:%M}",
            "company": self.env.company,
        }

    def _format(self, column, row):
        """A value on paper; nothing is a dash."""
        value = row.get(column.key)
        if value is None or value is False or value == "":
            return "—"
        if column.kind == "money":
            currency = row.get("_currency") or self.env.company.currency_id
            return format_amount(self.env, value, currency)
        if column.kind == "percent":
            return f"{formatLang(self.env, value * 100, digits=0)} %"
        if column.kind in ("integer", "number"):
            return formatLang(
                self.env, value, digits=0 if column.kind == "integer" else 1
            )
        if column.kind == "date":
            return format_date(self.env, value)
        if column.kind == "datetime":
            return f"{format_date(self.env, value.date())} {value:%H:%M}"
        return str(value)

    def _get_totals(self, block):
        return {
            column.key: sum(row.get(column.key) or 0 for row in block.rows)
            for column in block.columns
            if column.total
        }

    def _get_widths(self, block):
        """Widths of the columns, in proportion to those of the workbook."""
        total = sum(column.width for column in block.columns)
        return [f"width: {100 * column.width / total:.1f}%" for column in block.columns]

    def _get_month_grid(self, block):
        """The months of the chart as two lines of twelve: (names, sums)."""
        grid = []
        for start in range(0, len(block.rows), 12):
            part = block.rows[start : start + 12]
            grid.append(
                (
                    [
                        format_date(self.env, row["month"], date_format="LLL yy")
                        for row in part
                    ],
                    [formatLang(self.env, row["revenue"], digits=0) for row in part],
                )
            )
        return grid

    # ------------------------------------------------------------
    # WORKBOOK
    # ------------------------------------------------------------

    @api.model
    def _get_xlsx_name(self, records):
        clients = self._get_clients(records)
        if len(clients) == 1:
            return self.env._("Client card - %(client)s", client=clients.name or "")
        return self.env._("Client cards")

    @api.model
    def _get_sheets(self, records):
        clients = self._get_clients(records)
        of_client = self.env["regulation.client.dossier"]._get_blocks(clients)
        sheets = {}
        for client in clients:
            for block in of_client[client.id]:
                sheet = sheets.setdefault(
                    block.key,
                    Sheet(
                        block.title,
                        [
                            Column("_client", self.env._("Client"), width=34),
                            *block.columns,
                        ],
                    ),
                )
                sheet.rows += [
                    {**row, "_client": client.display_name} for row in block.rows
                ]
        return [*sheets.values(), self._get_parameters(clients)]

    def _get_parameters(self, clients):
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        company = self.env.company
        return Sheet(
            self.env._("Parameters"),
            [
                Column("item", self.env._("Item"), width=26),
                Column("text", self.env._("Text"), width=60),
            ],
            [
                {"item": self.env._("Company"), "text": company.name},
                {"item": self.env._("Currency"), "text": company.currency_id.name},
                {
                    "item": self.env._("Printed On"),
                    "text": f"{format_date(self.env, now.date())} {now:%H:%M}",
                },
                {"item": self.env._("Printed by"), "text": self.env.user.name},
                {"item": self.env._("Clients"), "text": str(len(clients))},
            ],
        )

    @api.model
    def _get_xlsx_action(self, records):
        if not records:
            raise UserError(self.env._("Choose at least one client."))
        return super()._get_xlsx_action(records)
