# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegulationSourceCost(models.Model):
    """What a source cost a company in a period: from a day, up to but not
    including another. (Reg. 1.2.1)"""

    _name = "regulation.source.cost"
    _description = "Cost of a Source"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    source_id = fields.Many2one(
        "utm.source", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date("From", required=True, index=True)
    date_to = fields.Date(
        "Up To", required=True, help="The first day after the period."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True)

    _period = models.Constraint(
        "CHECK (date_to > date_from)",
        "A cost is for a period: “up to” is the first day after it.",
    )
    _amount = models.Constraint(
        "CHECK (amount >= 0)", "The cost of a source cannot be negative."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("source_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for cost in self:
            cost.display_name = (
                f"{cost.source_id.name or ''} {cost.date_from or ''} – "
                f"{cost.date_to or ''}"
            )

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("source_id", "company_id", "date_from", "date_to")
    def _check_overlap(self):
        for cost in self:
            # sudo: costs of the same company only, which the writer works in
            other = self.sudo().search(
                [
                    ("id", "!=", cost.id),
                    ("source_id", "=", cost.source_id.id),
                    ("company_id", "=", cost.company_id.id),
                    ("date_from", "<", cost.date_to),
                    ("date_to", ">", cost.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Source “%(name)s” already has a cost from %(start)s up to "
                        "%(end)s. Change that row, or choose a period that does not "
                        "overlap it.",
                        name=cost.source_id.name,
                        start=other.date_from,
                        end=other.date_to,
                    )
                )
