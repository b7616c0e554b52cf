# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL


class RegulationScope(models.Model):
    """The sales team that an edition binds; no team means every team.

    A team's own edition goes before one for every team. The unique index is the
    guarantee that a company, process and team has one edition in force at any
    time, whatever two owners do at the same moment. (Reg. 1: «one version in
    force per company at any date».)
    """

    _name = "regulation.scope"
    _description = "Scope of a Regulation Edition"
    _inherit = ["regulation.content"]
    _order = "regulation_id, team_id, id"
    _rec_name = "team_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        related="regulation_id.company_id", store=True, index=True
    )
    process = fields.Selection(related="regulation_id.process", store=True)
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Leave empty to bind every team of the company.",
    )
    in_force = fields.Boolean(readonly=True, copy=False)

    _one_in_force = models.UniqueIndex(
        "(company_id, process, COALESCE(team_id, 0)) WHERE in_force",
        "There is already an edition in force for this company, process and team.",
    )
    _team_once = models.UniqueIndex(
        "(regulation_id, COALESCE(team_id, 0))",
        "An edition names each sales team once.",
    )

    @api.constrains("team_id", "regulation_id")
    def _check_team_company(self):
        for scope in self:
            company = scope.team_id.company_id
            if company and company != scope.company_id:
                raise ValidationError(
                    self.env._(
                        "The team “%(team)s” belongs to %(company)s, not to the "
                        "company of “%(edition)s”.",
                        team=scope.team_id.name,
                        company=company.name,
                        edition=scope.regulation_id.display_name,
                    )
                )

    @api.depends("team_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for scope in self:
            scope.display_name = scope.team_id.name or self.env._("Every team")

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("in_force") for vals in vals_list):
            self._refuse_in_force()
        return super().create(vals_list)

    def write(self, vals):
        if "in_force" in vals:
            self._refuse_in_force()
        return super().write(vals)

    def _refuse_in_force(self):
        raise AccessError(
            self.env._("A scope comes into force with the approval of its edition.")
        )

    def _write_in_force(self, value):
        """Bring scopes into or out of force; called by approval and repeal only."""
        self.env.cr.execute(
            SQL(
                "UPDATE regulation_scope SET in_force = %s WHERE id IN %s",
                value,
                tuple(self.ids),
            )
        ) if self else None
        self.invalidate_recordset(["in_force"])
        self.regulation_id._clear_plans()

    @api.model
    @tools.ormcache()
    def _get_acquisition_in_force(self):
        """Which edition a deal enters.

        :return: ``{(company_id, team_id or False): regulation_id}``
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id, team_id, regulation_id FROM regulation_scope"
                " WHERE in_force AND process = 'acquisition'"
            )
        )
        return {(company, team or False): edition for company, team, edition in rows}

    @api.model
    def _find_in_force(self, company_id, team_id):
        """The attracting edition in force for a deal of this company and team."""
        in_force = self._get_acquisition_in_force()
        return in_force.get((company_id, team_id or False)) or in_force.get(
            (company_id, False)
        )

    @api.model
    def _get_columns(self, company_id, team_ids):
        """Columns of the pipeline that deals of these teams go through."""
        editions = {self._find_in_force(company_id, team_id) for team_id in team_ids}
        Regulation = self.env["regulation.regulation"]
        return [
            stage.crm_stage_id
            for edition_id in editions
            if edition_id
            for stage in Regulation._get_plan(edition_id).stages
            if stage.crm_stage_id
        ]
