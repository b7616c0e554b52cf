# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

KINDS = [
    ("waived", "Waived"),
    ("warned", "Let through with a warning"),
    ("skipped", "Stage skipped"),
    ("returned", "Moved back"),
    ("left", "Left the regulation"),
]


class RegulationDeviation(models.Model):
    """The register of what did not go by the regulation. (Reg. 2.5, E: journal)

    Written by the engine alone; nobody edits or deletes a row, and it survives
    the deal by a snapshot of its name. A person's right to erasure empties the
    note and the name of the deal, not the fact.
    """

    _name = "regulation.deviation"
    _description = "Deviation from the Regulation"
    _order = "date desc, id desc"
    _rec_name = "lead_name"

    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="set null"
    )
    lead_name = fields.Char("Deal Name")
    partner_id = fields.Many2one(
        "res.partner", "Client", index="btree_not_null", ondelete="set null"
    )
    passage_id = fields.Many2one(
        "regulation.passage", index="btree_not_null", ondelete="set null"
    )
    duty_id = fields.Many2one(
        "regulation.duty", index="btree_not_null", ondelete="set null"
    )
    step_id = fields.Many2one(
        "regulation.step", index="btree_not_null", ondelete="set null"
    )
    step_name = fields.Char()
    stage_id = fields.Many2one(
        "regulation.stage", index="btree_not_null", ondelete="set null"
    )
    regulation_id = fields.Many2one(
        "regulation.regulation", "Edition", index="btree_not_null", ondelete="set null"
    )
    kind = fields.Selection(KINDS, required=True, index=True)
    reason_id = fields.Many2one("regulation.deviation.reason", ondelete="restrict")
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users", "Salesperson", index="btree_not_null", ondelete="set null"
    )
    approved_by_id = fields.Many2one(
        "res.users", "Decided By", index="btree_not_null", ondelete="set null"
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="set null"
    )
    date = fields.Datetime(required=True, index=True, default=fields.Datetime.now)
    company_id = fields.Many2one("res.company", required=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("The register of deviations is written by the regulation.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("The register of deviations is kept as it was written.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("Nothing is deleted from the register of deviations.")
        )

    def action_anonymise(self):
        """Erase what names a person, keep the fact (right to erasure)."""
        if not self.env.user.has_group(
            "client_regulation.client_regulation_group_owner"
        ):
            raise AccessError(
                self.env._("Only the regulation owner may anonymise the register.")
            )
        self.check_access("read")
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE regulation_deviation"
                    " SET note = NULL, lead_name = NULL, partner_id = NULL"
                    " WHERE id IN %s",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["note", "lead_name", "partner_id"])
        return True


class RegulationDeviationReason(models.Model):
    """Why a step was waived or a deal put on hold: the catalogue."""

    _name = "regulation.deviation.reason"
    _description = "Reason for a Deviation"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("waived", "Waiver"), ("hold", "On hold"), ("any", "Both")],
        required=True,
        default="any",
    )
    company_id = fields.Many2one("res.company", index=True)
