# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class RegulationAbcCalculate(models.TransientModel):
    """A run over a period of one's own; both days are included. (C.1)"""

    _name = "regulation.abc.calculate"
    _description = "Calculate a Period"

    profile_id = fields.Many2one(
        "regulation.abc.profile", required=True, ondelete="cascade"
    )
    date_from = fields.Date(
        "From", compute="_compute_period", store=True, readonly=False, required=True
    )
    date_to = fields.Date(
        "Up To", compute="_compute_period", store=True, readonly=False, required=True,
        help="The last day; it is included.",
    )  # fmt: skip

    @api.depends("profile_id")
    def _compute_period(self):
        for wizard in self.filtered("profile_id"):
            wizard.date_from, wizard.date_to = wizard.profile_id._get_period(None, None)

    def action_calculate(self):
        self.ensure_one()
        self.env["regulation.abc.run"]._check_may_calculate()
        self.profile_id.check_access("read")
        return self.profile_id._run(self.date_from, self.date_to).get_formview_action()
