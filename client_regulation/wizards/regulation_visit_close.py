# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationVisitClose(models.TransientModel):
    """Asks why a visit did not take place. (Reg. 1.3.5)"""

    _name = "regulation.visit.close"
    _description = "Cancelled or Missed Visit"

    visit_id = fields.Many2one("regulation.visit", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="visit_id.company_id")
    kind = fields.Selection(
        [("cancelled", "Cancelled"), ("missed", "Missed")], required=True
    )
    reason_id = fields.Many2one(
        "regulation.visit.reason", required=True, ondelete="cascade",
        domain="[('kind', 'in', (kind, 'both')), ('code', '=', False),"
        " ('company_id', 'in', (company_id, False))]",
    )  # fmt: skip
    needs_note = fields.Boolean(related="reason_id.needs_note")
    reason_note = fields.Char("Note")

    def action_close(self):
        self.visit_id.write(
            {
                "state": self.kind,
                "reason_id": self.reason_id.id,
                "reason_note": self.reason_note,
            }
        )
