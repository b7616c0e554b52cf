# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


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
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_limits(self, users, company):
        """How much discount people may give: ``{user_id: percent}``.

        Safe as sudo: everybody may know how far authority goes.
        """
        rows = self.sudo().search([("company_id", "=", company.id)])
        default = company.sudo().regulation_discount_percent
        return {user.id: self._pick(rows, user, company, default) for user in users}

    @api.model
    def _get_own_limit(self, user, company):
        """What is written down for a person or their roles; None if nothing is."""
        rows = self.sudo().search([("company_id", "=", company.id)])
        return self._pick(rows, user, company, None)

    @api.model
    def _pick(self, rows, user, company, default):
        own = rows.filtered(lambda row: row.user_id == user)
        if own:
            return own.percent
        by_role = [
            row.percent
            for row in rows.filtered("role_id")
            if self._fills(row.role_id, user, company)
        ]
        return max(by_role) if by_role else default

    @api.model
    def _fills(self, role, user, company):
        today = self.env["regulation.time"]._get_today(company.id)
        if user.id in role._get_assigned(company.id, today).get(role.id, ()):
            return True
        if role.resolve == "team_leader":
            return bool(
                self.env["crm.team"].sudo().search_count([("user_id", "=", user.id)], 1)
            )
        return role.resolve == "salesperson" and bool(user.sudo().crm_team_ids)
