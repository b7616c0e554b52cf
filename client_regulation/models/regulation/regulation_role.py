# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models, tools
from odoo.fields import Domain

PARTICIPANT_GROUP = "client_regulation.client_regulation_group_participant"


class RegulationRole(models.Model):
    """Who is responsible for a step: a role, never a name. (Reg. 2.6)

    A role becomes a person at the moment a duty is opened: the deal's own
    salesperson, the leader of its team, or whoever is assigned to the role.
    """

    _name = "regulation.role"
    _description = "Regulation Role"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the role is shared by all companies."
    )
    department_id = fields.Many2one(
        "hr.department", index="btree_not_null", check_company=True
    )
    resolve = fields.Selection(
        [
            ("assignment", "Whoever is assigned"),
            ("salesperson", "The deal's salesperson"),
            ("team_leader", "The leader of the deal's team"),
        ],
        "Becomes",
        required=True,
        default="assignment",
        help="How the role becomes a person when a duty is opened. Whoever is "
        "assigned also counts for the other two, where the deal gives nobody.",
    )
    assignment_ids = fields.One2many("regulation.role.assignment", "role_id", "People")
    current_user_ids = fields.Many2many(
        "res.users", string="Filled By", compute="_compute_current_user_ids"
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A role code is used once."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for role in self:
            role.display_name = role.name or role.code or ""

    @api.depends("assignment_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_current_user_ids(self):
        today = self.env["regulation.time"]._get_today(self.env.company.id)
        people = self._get_assigned(self.env.company.id, today)
        for role in self:
            role.current_user_ids = self.env["res.users"].browse(
                people.get(role.id, ())
            )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache("company_id", "day")
    def _get_assigned(self, company_id, day):
        """People assigned to each role on a day, substitutes standing in.

        :return: ``{role_id: (user_id, …)}`` in the order of the assignments
        """
        substitutes = self._get_substitutes(company_id, day)
        people = {}
        for assignment in self._search_assignments(company_id, day):
            users = people.setdefault(assignment.role_id.id, [])
            user_id = substitutes.get(assignment.user_id.id, assignment.user_id.id)
            if user_id not in users:
                users.append(user_id)
        return {role_id: tuple(users) for role_id, users in people.items()}

    @api.model
    @tools.ormcache("company_id", "day")
    def _get_substitutes(self, company_id, day):
        """Who stands in for whom on a day: ``{user_id: substitute_id}``."""
        return {
            assignment.user_id.id: assignment.substitute_id.id
            for assignment in self._search_assignments(company_id, day)
            if assignment._is_absent(day) and assignment.substitute_id.active
        }

    @api.model
    @tools.ormcache("role_id")
    def _get_resolve(self, role_id):
        return self.sudo().browse(role_id).resolve

    @api.model
    def _search_assignments(self, company_id, day):
        domain = (
            Domain("company_id", "in", (company_id, False))
            & Domain("user_id.active", "=", True)
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", day))
            & (Domain("date_to", "=", False) | Domain("date_to", ">", day))
        )
        return self.env["regulation.role.assignment"].sudo().search(domain)

    @api.model
    def _resolve_for_deal(self, role_id, company_id, day, salesperson, leader):
        """The one person who owes a step of a deal, or False when nobody fills it.

        :param int salesperson: id of the deal's salesperson, or False
        :param int leader: id of the leader of the deal's team, or False
        """
        if not role_id:
            return False
        resolve = self._get_resolve(role_id)
        assigned = self._get_assigned(company_id, day).get(role_id, ())
        candidate = {"salesperson": salesperson, "team_leader": leader}.get(resolve)
        if not candidate and salesperson in assigned:
            candidate = salesperson
        if candidate:
            return self._get_substitutes(company_id, day).get(candidate, candidate)
        return assigned[0] if assigned else False

    @api.model
    def _resolve_people(self, role_id, company_id, day, teams):
        """Everybody who fills a role: who owes a period step of it.

        :param teams: the sales teams the edition binds
        :return: list of user ids, without doubles
        """
        resolve = self._get_resolve(role_id)
        people = list(self._get_assigned(company_id, day).get(role_id, ()))
        if resolve == "salesperson":
            people += teams.sudo().crm_team_member_ids.user_id.filtered("active").ids
        elif resolve == "team_leader":
            people += teams.sudo().user_id.filtered("active").ids
        substitutes = self._get_substitutes(company_id, day)
        return list(dict.fromkeys(substitutes.get(uid, uid) for uid in people))


class RegulationRoleAssignment(models.Model):
    """Who fills a role, from when to when, and who stands in. (Reg. 2.6)"""

    _name = "regulation.role.assignment"
    _description = "Role Assignment"
    _order = "role_id, sequence, date_from, id"
    _rec_name = "user_id"
    _check_company_auto = True

    role_id = fields.Many2one(
        "regulation.role", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company
    )
    department_id = fields.Many2one(
        "hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    date_from = fields.Date(
        "From", default=lambda self: self._default_date_from(), index=True
    )
    date_to = fields.Date(
        "Until", index=True, help="First day on which the person no longer fills it."
    )
    substitute_id = fields.Many2one(
        "res.users", "Substitute", domain="[('share', '=', False)]"
    )
    absent_from = fields.Date()
    absent_to = fields.Date(
        "Back On", help="First day on which the person is back at work."
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to > date_from)",
        "The end of an assignment is after its start.",
    )
    _absence_ordered = models.Constraint(
        "CHECK (absent_to IS NULL OR absent_from IS NULL OR absent_to > absent_from)",
        "The return from an absence is after its start.",
    )
    _not_own_substitute = models.Constraint(
        "CHECK (substitute_id IS NULL OR substitute_id != user_id)",
        "Nobody is their own substitute.",
    )

    @api.model
    def _default_date_from(self):
        # the day it is for the company: a person far east fills a role at once too
        return self.env["regulation.time"]._get_today(self.env.company.id)

    @api.depends("role_id", "user_id")
    def _compute_department_id(self):
        for assignment in self:
            employee = assignment.user_id.sudo().employee_ids[:1]
            assignment.department_id = (
                assignment.department_id
                or employee.department_id
                or assignment.role_id.department_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        assignments._grant_participation()
        self.env.registry.clear_cache()
        return assignments

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "substitute_id"} & vals.keys():
            self._grant_participation()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache()

    def _is_absent(self, day):
        self.ensure_one()
        if not self.substitute_id or not (self.absent_from or self.absent_to):
            return False
        return (not self.absent_from or self.absent_from <= day) and (
            not self.absent_to or day < self.absent_to
        )

    def _grant_participation(self):
        """Whoever fills a role gets «My duties», in Sales or not."""
        group = self.env.ref(PARTICIPANT_GROUP)
        users = (self.user_id | self.substitute_id).filtered(
            lambda user: not user.share and group not in user.all_group_ids
        )
        if users:
            # safe: participation shows people their own duties and nothing else
            users.sudo().write({"group_ids": [fields.Command.link(group.id)]})
