# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.regulation.regulation_duty_result import OWNER_GROUP


class RegulationEditionSwitch(models.TransientModel):
    """Move chosen running deals to the edition now in force.

    Says beforehand which steps each deal would then lack.
    """

    _name = "regulation.edition.switch"
    _description = "Move Deals to Another Edition"

    regulation_id = fields.Many2one(
        "regulation.regulation",
        "To Edition",
        required=True,
        domain="[('state', '=', 'in_force'), ('process', '=', 'acquisition')]",
    )
    lead_ids = fields.Many2many(
        "crm.lead",
        string="Deals",
        required=True,
        domain="[('regulation_id', '!=', False), ('won_status', '=', 'pending')]",
    )
    line_ids = fields.One2many(
        "regulation.edition.switch.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
    )

    @api.depends("regulation_id", "lead_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create(vals) for vals in wizard._prepare_lines()),
            ]

    def _prepare_lines(self):
        """What each deal would lack in its stage of the new edition."""
        if not self.regulation_id:
            return []
        plan = self.env["regulation.regulation"]._get_plan(
            self.regulation_id._origin.id
        )
        lines = []
        for lead in self.lead_ids._origin:
            stage = plan.stage_at(lead.stage_id.id)
            kept = {
                duty.step_id.code
                for duty in lead.sudo().regulation_open_duty_ids
                if duty.state in ("done", "waived")
            }
            lacking = [
                step.id
                for step in (stage.deal_steps if stage else ())
                if step.code not in kept
                and (
                    step.is_manual
                    or lead.id in self.env["regulation.check"]._evaluate(lead, step)
                )
            ]
            lines.append(
                {
                    "lead_id": lead.id,
                    "stage_id": stage.id if stage else False,
                    "step_ids": [fields.Command.set(lacking)],
                }
            )
        return lines

    def action_switch(self):
        self.ensure_one()
        if not self.env.user.has_group(OWNER_GROUP):
            raise AccessError(
                self.env._("Only the regulation owner may move deals to an edition.")
            )
        edition = self.regulation_id
        if edition.state != "in_force" or edition.process != "acquisition":
            raise UserError(
                self.env._(
                    "“%(edition)s” is not in force.", edition=edition.display_name
                )
            )
        leads = self.lead_ids.filtered(lambda lead: lead.regulation_id != edition)
        for lead in leads:
            found = self.env["regulation.scope"]._find_in_force(
                (lead.company_id or edition.company_id).id, lead.team_id.id
            )
            if found != edition.id:
                raise UserError(
                    self.env._(
                        "“%(deal)s” is not a deal of a team that “%(edition)s” binds.",
                        deal=lead.name,
                        edition=edition.display_name,
                    )
                )
        self.env["regulation.seating"]._switch_edition(leads.sudo(), edition.id)
        return {"type": "ir.actions.act_window_close"}


class RegulationEditionSwitchLine(models.TransientModel):
    _name = "regulation.edition.switch.line"
    _description = "Deal to Move to Another Edition"

    wizard_id = fields.Many2one(
        "regulation.edition.switch", required=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    stage_id = fields.Many2one("regulation.stage", "Stage Then", readonly=True)
    step_ids = fields.Many2many(
        "regulation.step", string="Steps It Would Lack", readonly=True
    )
