# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models, tools


class RegulationDiscountAuthority(models.Model):
    """How much discount a person, or a role, may give. (Reg. 1.4.3, D.1)

    A person's own row counts before those of their roles, and those before the
    percent of the company.
    """

    _name = "regulation.discount.authority"
    _description = "Discount Authority"
    _order = "company_id, percent desc, id"
    _rec_name = "percent"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", "Person", index="btree_not_null", ondelete="cascade",
        domain="[('share', '=', False)]",
    )  # fmt: skip
    role_id = fields.Many2one(
        "regulation.role", index="btree_not_null", ondelete="cascade",
        check_company=True,
    )  # fmt: skip
    percent = fields.Float("Up to, %", required=True, digits=(16, 2))
    active = fields.Boolean(default=True)

    _one_holder = models.Constraint(
        "CHECK ((user_id IS NULL) != (role_id IS NULL))",
        "A discount authority belongs to a person or to a role: fill in one of them.",
    )
    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "A discount authority lies between 0 and 100 %.",
    )
    _holder_once = models.UniqueIndex(
        "(company_id, COALESCE(user_id, 0), COALESCE(role_id, 0)) WHERE active",
        "This person or role has a discount authority already: change that one.",
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.registry.clear_cache()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _is_limited(self, company):
        """Whether anybody's authority in a company ends below 100 %.

        Costs nothing: asked at every line of every order.
        """
        # safe: everybody may know how far authority goes
        return company.sudo().regulation_discount_percent < 100 or any(
            percent < 100 for _user, _role, percent in self._get_rows(company.id)
        )

    @api.model
    def _get_limits(self, users, company):
        """How much discount people may give: ``{user_id: percent}``."""
        default = company.sudo().regulation_discount_percent  # safe: as above
        return {user.id: self._pick(user, company, default) for user in users}

    @api.model
    def _get_own_limit(self, user, company):
        """What is written down for a person or their roles; None if nothing is."""
        return self._pick(user, company, None)

    @api.model
    @tools.ormcache("company_id")
    def _get_rows(self, company_id):
        """``((user_id, role_id, percent), …)``; safe as sudo: see above."""
        rows = self.sudo().search_fetch(
            [("company_id", "=", company_id), ("active", "=", True)],
            ["user_id", "role_id", "percent"],
        )
        return tuple((row.user_id.id, row.role_id.id, row.percent) for row in rows)

    @api.model
    def _pick(self, user, company, default):
        rows = self._get_rows(company.id)
        for user_id, _role_id, percent in rows:
            if user_id == user.id:
                return percent
        Role = self.env["regulation.role"].sudo()  # safe: only who fills it
        by_role = [
            percent
            for _user_id, role_id, percent in rows
            if role_id and self._fills(Role.browse(role_id), user, company)
        ]
        return max(by_role) if by_role else default

    @api.model
    def _fills(self, role, user, company):
        today = self.env["regulation.time"]._get_today(company.id)
        if user.id in role._get_assigned(company.id, today).get(role.id, ()):
            return True
        resolve = role._get_resolve(role.id)
        if resolve == "team_leader":
            return bool(
                self.env["crm.team"].sudo().search_count([("user_id", "=", user.id)], 1)
            )
        return resolve == "salesperson" and bool(user.sudo().crm_team_ids)
