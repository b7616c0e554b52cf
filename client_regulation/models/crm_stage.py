# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class CrmStage(models.Model):
    """A column of the pipeline: winning a whole column meets the gate too."""

    _inherit = "crm.stage"

    def write(self, vals):
        if (
            vals.get("is_won")
            and self.env["regulation.regulation"]._is_engine_running()
        ):
            self._check_regulation_win()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_regulated(self):
        if not self.env["regulation.regulation"]._is_engine_running():
            return
        mapped = (
            self.env["regulation.stage"]
            .sudo()
            .search(
                [
                    ("crm_stage_id", "in", self.ids),
                    ("regulation_id.state", "in", ("in_force", "superseded")),
                ],
                limit=1,
            )
        )
        if mapped:
            raise UserError(
                self.env._(
                    "The column “%(column)s” is stage %(stage)s of “%(edition)s”. Map "
                    "the stage to another column first.",
                    column=mapped.crm_stage_id.name,
                    stage=mapped.display_name,
                    edition=mapped.regulation_id.display_name,
                )
            )

    def _check_regulation_win(self):
        """Flagging a column as won wins every deal in it: ask the gate for all."""
        gate = self.env["regulation.gate"]
        for column in self.filtered(lambda stage: not stage.is_won):
            leads = (
                self.env["crm.lead"]
                .sudo()
                .search(
                    [
                        ("stage_id", "=", column.id),
                        ("regulation_id", "!=", False),
                        ("type", "=", "opportunity"),
                    ]
                )
            )
            unmet = gate._get_blockers(leads, column, is_won=True)
            if any(b.blocks for blockers in unmet.values() for b in blockers):
                raise ValidationError(
                    gate._format_refusal(
                        leads,
                        unmet,
                        self.env._(
                            "“%(column)s” cannot become a won column: it would win "
                            "deals that the regulation does not let through. Missing:",
                            column=column.name,
                        ),
                    )
                )
