# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.filled import is_placeholder


class RegulationContractClose(models.TransientModel):
    """Cancel a contract that is not signed, or end one that is: with a reason."""

    _name = "regulation.contract.close"
    _description = "Cancel or End a Contract"

    contract_id = fields.Many2one(
        "regulation.contract", required=True, ondelete="cascade"
    )
    state = fields.Selection(related="contract_id.state")
    date = fields.Date("Last Day", compute="_compute_date", store=True, readonly=False)
    reason = fields.Text(required=True)

    @api.depends("contract_id")
    def _compute_date(self):
        for wizard in self:
            wizard.date = self.env["regulation.time"]._get_today(
                wizard.contract_id.company_id.id or self.env.company.id
            )

    def action_close(self):
        self.ensure_one()
        contract = self.contract_id
        contract.check_access("write")
        if is_placeholder(self.reason):
            raise UserError(
                self.env._(
                    "Write why “%(contract)s” is ended.", contract=contract.display_name
                )
            )
        if contract.state == "signed":
            contract._end(self.date, self.reason)
        elif contract.state in ("draft", "approval"):
            contract._cancel(self.reason)
        else:
            raise UserError(
                self.env._(
                    "“%(contract)s” has ended already.", contract=contract.display_name
                )
            )
        return {"type": "ir.actions.act_window_close"}
