# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare


class RegulationPotentialScale(models.Model):
    """The scoring sheet: criteria of a client's potential and what they weigh.

    (Reg. 1.2.3) One shared sheet, and one a company that wants its own. A client of
    a company is scored by that company's sheet, a client shared by all companies by
    the shared one. The weights of a sheet make 100 together: they are edited in its
    form, several at once.
    """

    _name = "regulation.potential.scale"
    _description = "Scoring Sheet"
    _order = "company_id, id"
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: shared by all companies."
    )
    criterion_ids = fields.One2many(
        "regulation.potential.criterion", "scale_id", "Criteria", copy=True
    )
    weight_total = fields.Float(
        "Sum of Weights", compute="_compute_weight_total", digits=(6, 2)
    )
    bound_a = fields.Float(
        "P-A From", default=75.0, required=True, digits=(6, 2), help="Score from which "
        "a client is P-A."
    )  # fmt: skip
    bound_b = fields.Float(
        "P-B From", default=50.0, required=True, digits=(6, 2), help="Score from which "
        "a client is P-B; below it P-C."
    )  # fmt: skip

    _bounds = models.Constraint(
        "CHECK (bound_b > 0 AND bound_a > bound_b AND bound_a <= 100)",
        "The class P-A begins above P-B, and both between 0 and 100.",
    )
    _one_a_company = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE active",
        "There is a scoring sheet for this company already: change its criteria.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("criterion_ids.weight", "criterion_ids.active")
    def _compute_weight_total(self):
        for scale in self:
            scale.weight_total = sum(
                criterion.weight
                for criterion in scale.criterion_ids
                if criterion.active
            )

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("criterion_ids", "active")
    def _check_weight_total(self):
        for scale in self:
            # a sheet without criteria scores nobody
            if not scale.active or not scale.criterion_ids:
                continue
            if float_compare(scale.weight_total, 100, 2):
                raise ValidationError(
                    self.env._(
                        "The weights of “%(sheet)s” make %(total)s together instead "
                        "of 100. Change the other weights in the same form and save "
                        "them at once.",
                        sheet=scale.name,
                        total=f"{scale.weight_total:g}",
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        scales = super().create(vals_list)
        self._sheets_changed()
        return scales

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"name"}:
            self._sheets_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._sheets_changed()
        return result

    def _check_at_the_end(self):
        """Criteria written one by one, by an import or another program, make 100 when
        the transaction ends; in between they cannot."""
        data = self.env.cr.precommit.data.setdefault(self._name, set())
        if not data:
            self.env.cr.precommit.add(self._check_pending)
        data.update(self.ids)

    @api.model
    def _check_pending(self):
        pending = self.env.cr.precommit.data.pop(self._name, set())
        # sudo: the rule holds for whoever wrote
        scales = self.sudo().browse(pending).exists()
        scales._check_weight_total()
        scales._sheets_changed()

    @api.model
    def _sheets_changed(self):
        """Every client that has marks is scored anew, in one statement."""
        self.env["res.partner"]._refresh_potential(None, "weights")


class RegulationPotentialCriterion(models.Model):
    """One criterion of the potential and its weight in per cent. (Reg. 1.2.3)"""

    _name = "regulation.potential.criterion"
    _description = "Criterion of the Potential"
    _order = "scale_id, sequence, id"

    scale_id = fields.Many2one(
        "regulation.potential.scale", "Scoring Sheet", required=True, index=True,
        ondelete="cascade",
        default=lambda self: self.env["regulation.potential.scale"].search(
            [("company_id", "in", (False, self.env.company.id))],
            order="company_id", limit=1,
        ),
    )  # fmt: skip
    company_id = fields.Many2one(
        related="scale_id.company_id", store=True, index="btree_not_null"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="What 0 means and what 5 means, so that all mark alike."
    )
    weight = fields.Float(required=True, digits=(6, 2), help="Per cent of the score.")
    active = fields.Boolean(default=True)

    _weight = models.Constraint(
        "CHECK (weight >= 0 AND weight <= 100)",
        "The weight of a criterion is between 0 and 100.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.scale_id._check_at_the_end()
        return criteria

    def write(self, vals):
        scales = self.scale_id
        result = super().write(vals)
        if {"weight", "active", "scale_id"} & vals.keys():
            (scales | self.scale_id)._check_at_the_end()
        return result

    def unlink(self):
        scales = self.scale_id
        result = super().unlink()
        scales._check_at_the_end()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_marked(self):
        # sudo: marks of clients of other companies hold it too
        marked = (
            self.env["regulation.potential.mark"]
            .sudo()
            .with_context(active_test=False)
            .search([("criterion_id", "in", self.ids)], limit=1)
        )
        if marked:
            raise ValidationError(
                self.env._(
                    "Clients have been marked by “%(criterion)s”. Archive it and give "
                    "its weight to the others.",
                    criterion=marked.criterion_id.name,
                )
            )
