# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools import abc
from ...tools.exact import ParameterError, fraction, require_rising
from ...tools.exact import fractions as exact_fractions


class RegulationAbcProfileGuard(models.AbstractModel):
    """What a profile is refused for: parameters that make no sense. (C.1)"""

    _name = "regulation.abc.profile.guard"
    _description = "Checks of an ABC Profile"

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains(
        "method", "bound_a", "bound_b", "boundary_rule", "ties", "base", "buffer",
        "hysteresis", "confirm_runs", "xyz_bound_x", "xyz_bound_y",
    )  # fmt: skip
    def _check_parameters(self):
        for profile in self:
            try:
                bounds = profile._get_bounds()
                if profile.method == "fixed":  # amounts, in minor units
                    digits = profile._get_value_currency().decimal_places or 0
                    bounds = tuple(fraction("bound", b) * 10**digits for b in bounds)
                abc.check_parameters(
                    profile.method,
                    bounds or None,
                    profile.boundary_rule,
                    profile.ties,
                    profile.base,
                )
                bounds = (profile.xyz_bound_x, profile.xyz_bound_y)
                require_rising("xyz", exact_fractions("xyz", bounds, 2, minimum=0))
            except ParameterError as error:
                raise ValidationError(profile._explain(error)) from error
            if not 0 <= profile.buffer <= 100:
                raise ValidationError(
                    self.env._(
                        "“%(profile)s”: the buffer is %(value)s percentage points; "
                        "give 0 to 100.",
                        profile=profile.name,
                        value=f"{profile.buffer:g}",
                    )
                )
            if profile.hysteresis == "confirm" and profile.confirm_runs < 1:
                raise ValidationError(
                    self.env._(
                        "“%(profile)s”: a class is confirmed by one run at least.",
                        profile=profile.name,
                    )
                )

    @api.constrains("months", "new_days", "key_limit", "key_runs")
    def _check_numbers(self):
        for profile in self:
            if profile.months < 1:
                raise ValidationError(
                    self.env._(
                        "“%(profile)s”: the period is one month at least.",
                        profile=profile.name,
                    )
                )
            if profile.new_days < 0 or profile.key_limit < 1 or profile.key_runs < 1:
                raise ValidationError(
                    self.env._(
                        "“%(profile)s”: days of a new client, runs in class A and key "
                        "clients per manager are positive numbers.",
                        profile=profile.name,
                    )
                )

    @api.constrains("measure", "criterion_ids")
    def _check_measure(self):
        for profile in self:
            measures = set(profile.criterion_ids.mapped("measure"))
            if profile.measure != "score":
                measures = {profile.measure}
            if "margin" in measures and not self._has_margin():
                raise ValidationError(
                    self.env._(
                        "“%(profile)s” measures the margin of orders, which needs the "
                        "app “Margins in Sales Orders” (sale_margin). Install it, or "
                        "choose another measure.",
                        profile=profile.name,
                    )
                )
            if profile.measure == "score":
                profile.criterion_ids._check_weights(profile)

    @api.constrains("is_leading", "client_key", "company_id", "company_ids")
    def _check_leading(self):
        for profile in self:
            if profile.is_leading and profile.client_key == "contact":
                raise ValidationError(
                    self.env._(
                        "“%(profile)s” classifies contacts and cannot be the leading "
                        "profile: only commercial entities carry a class.",
                        profile=profile.name,
                    )
                )
            rival = profile.is_leading and profile._get_rival()
            if rival:
                raise ValidationError(
                    self.env._(
                        "“%(profile)s” and “%(rival)s” would both set the classes of a "
                        "company. Only one leading profile may do so: take the mark "
                        "of one of them, or the company from those it consolidates.",
                        profile=profile.name,
                        rival=rival.name,
                    )
                )

    def _get_rival(self):
        """Another leading profile that writes the cards of one of its companies."""
        companies = (self.company_id | self.company_ids).ids
        # safe: only whether there is one, and its name
        return self.sudo().search(
            [
                ("id", "!=", self.id),
                ("is_leading", "=", True),
                "|",
                ("company_id", "in", companies),
                ("company_ids", "in", companies),
            ],
            limit=1,
        )

    def _explain(self, error):
        """The words for a refused parameter."""
        texts = {
            "bounds_order": self.env._(
                "the bound of the first class (%(a)s) must be below the bound of the "
                "second (%(b)s)",
                a=f"{self.bound_a:g}",
                b=f"{self.bound_b:g}",
            ),
            "floors_order": self.env._(
                "class A begins at %(a)s and B at %(b)s: the value of A must be higher",
                a=f"{self.bound_a:g}",
                b=f"{self.bound_b:g}",
            ),
            "out_of_range": self.env._(
                "a bound is beyond the limits: shares are between 0 and 100 per cent, "
                "values above zero"
            ),
        }
        if error.values.get("name") == "xyz":
            texts["bounds_order"] = self.env._(
                "the bound of X (%(x)s %%) must be below the bound of Y (%(y)s %%)",
                x=f"{self.xyz_bound_x:g}",
                y=f"{self.xyz_bound_y:g}",
            )
        return self.env._(
            "“%(profile)s” cannot be calculated so: %(reason)s.",
            profile=self.name,
            reason=texts.get(error.code, str(error)),
        )

    def _check_auto_approve(self):
        """Who lets runs approve themselves must have the right to approve."""
        if any(profile.auto_approve for profile in self):
            self.env["regulation.abc.run"]._check_may_approve()

    @api.model
    def _has_margin(self):
        return "margin" in self.env["sale.order"]._fields
