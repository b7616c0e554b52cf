# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ...tools import workbook


class RegulationXlsxReport(models.AbstractModel):
    """A report that is printed as PDF and given out as a workbook.

    A report mixes this in beside its `_get_report_values`: both forms read one
    provider. The Print menu offers the workbook by a server action whose code is
    ``action = env["report.client_regulation.<name>"]._get_xlsx_action(records)``
    and whose group is set (without one Odoo asks for the right to write).
    """

    _name = "regulation.xlsx.report"
    _description = "Report as a Workbook"

    #: model of the records that the report is about
    _report_model = ""
    #: write row by row to the disk: for reports with as many rows as there are
    _constant_memory = False

    @api.model
    def _get_xlsx_name(self, records):
        """Name of the file, without its ending, in the reader's language."""
        raise NotImplementedError

    @api.model
    def _get_sheets(self, records):
        """The sheets of the workbook: list of `tools.workbook.Sheet`."""
        raise NotImplementedError

    @api.model
    def _get_xlsx(self, records):
        """The bytes of the workbook; what the reader may not see is refused."""
        records.check_access("read")
        return workbook.write(
            self._get_sheets(records),
            total_label=self.env._("Total"),
            creator=self.env.user.name,
            empty_label=self.env._("no data"),
            constant_memory=self._constant_memory,
        )

    @api.model
    def _get_xlsx_action(self, records):
        ids = ",".join(map(str, records.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/client_regulation/xlsx/{self._name}?ids={ids}",
            "target": "download",
        }
