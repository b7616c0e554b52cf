# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.exact import fraction
from .regulation_abc_measure import MEASURES


class RegulationAbcCriterion(models.Model):
    """One criterion of a weighted score: a measure and what it weighs. (C.3)"""

    _name = "regulation.abc.criterion"
    _description = "Criterion of an ABC Score"
    _order = "sequence, id"

    profile_id = fields.Many2one(
        "regulation.abc.profile", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    measure = fields.Selection(
        [item for item in MEASURES if item[0] != "score"],
        "Measure of Value",
        required=True,
    )
    weight = fields.Float("Weight, %", required=True, default=50.0)

    _measure_unique = models.Constraint(
        "UNIQUE(profile_id, measure)",
        "A score counts each measure once: give it one weight.",
    )
    _weight_positive = models.Constraint(
        "CHECK(weight > 0)", "The weight of a criterion is above zero."
    )

    @api.constrains("weight", "profile_id")
    def _check_weight(self):
        for profile in self.profile_id:
            if profile.measure == "score":
                profile.criterion_ids._check_weights(profile)

    def _check_weights(self, profile):
        """:raise ValidationError: the weights do not add up to 100"""
        total = sum(fraction("weight", line.weight) for line in self)
        if total != 100:
            raise ValidationError(
                self.env._(
                    "The weights of “%(profile)s” add up to %(total)s %%. Make them "
                    "100 %%.",
                    profile=profile.name,
                    total=f"{float(total):g}",
                )
            )
