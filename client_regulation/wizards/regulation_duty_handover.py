# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.regulation.regulation_duty_result import HEAD_GROUP, OWNER_GROUP


class RegulationDutyHandover(models.TransientModel):
    """Give the open duties of one person to another: somebody leaves or is away."""

    _name = "regulation.duty.handover"
    _description = "Hand Over Duties"

    from_user_id = fields.Many2one(
        "res.users", "From", required=True, domain="[('share', '=', False)]"
    )
    to_user_id = fields.Many2one(
        "res.users", "To", required=True, domain="[('share', '=', False)]"
    )
    duty_ids = fields.Many2many(
        "regulation.duty",
        string="Open Duties",
        compute="_compute_duty_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    with_deals = fields.Boolean(
        "Also make them the salesperson of these deals",
        help="The deals of these duties change their salesperson too.",
    )

    @api.depends("from_user_id")
    def _compute_duty_ids(self):
        for wizard in self:
            wizard.duty_ids = (
                self.env["regulation.duty"].search(
                    [("user_id", "=", wizard.from_user_id.id), ("state", "=", "open")]
                )
                if wizard.from_user_id
                else False
            )

    def action_hand_over(self):
        self.ensure_one()
        if self.from_user_id == self.to_user_id:
            raise UserError(self.env._("Choose another person to hand the duties to."))
        if not self.duty_ids:
            raise UserError(
                self.env._(
                    "%(person)s has no open duties to hand over.",
                    person=self.from_user_id.name,
                )
            )
        user = self.env.user
        if not (user.has_group(HEAD_GROUP) or user.has_group(OWNER_GROUP)):
            raise AccessError(
                self.env._("Duties are handed over by the head of sales or the owner.")
            )
        foreign = self.duty_ids.filtered(
            lambda duty: duty.user_id != self.from_user_id or not duty._may_waive(user)
        )
        if foreign:
            raise AccessError(
                self.env._(
                    "“%(duty)s” belongs to another person or team.",
                    duty=foreign[0].display_name,
                )
            )
        leads = self.duty_ids.lead_id
        self.duty_ids._hand_over(self.to_user_id)
        if self.with_deals and leads:
            leads.write({"user_id": self.to_user_id.id})
        return {"type": "ir.actions.act_window_close"}
