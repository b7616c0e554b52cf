# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import http
from odoo.http import content_disposition, request

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RegulationXlsx(http.Controller):
    """Gives out reports as workbooks; access is that of the user."""

    @http.route(
        "/client_regulation/xlsx/<string:report>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, report, ids=""):
        """A report of the addon about some records.

        :param report: name of a model that mixes in `regulation.xlsx.report`
        :param ids: comma-separated ids of its records
        """
        provider = request.env.get(report)
        is_report = provider is not None and isinstance(
            provider, request.env.registry["regulation.xlsx.report"]
        )
        if not is_report or not provider._report_model:
            return request.not_found()
        numbers = [int(part) for part in ids.split(",") if part.isdigit()]
        records = request.env[provider._report_model].browse(numbers).exists()
        if not records:
            return request.not_found()
        content = provider._get_xlsx(records)
        name = f"{provider._get_xlsx_name(records)}.xlsx"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", MIMETYPE),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
