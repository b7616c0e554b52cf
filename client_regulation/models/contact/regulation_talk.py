# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError


class RegulationTalk(models.AbstractModel):
    """What calls, objections and agreements have in common: whose they are, and
    that what proves a passed step is not deleted. (Reg. 1.3)"""

    _name = "regulation.talk"
    _description = "Fact of a Talk with a Client"
    _inherit = ["regulation.fact"]
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict",
        compute="_compute_partner_id", store=True, readonly=False, precompute=True,
        tracking=True, check_company=True,
    )  # fmt: skip
    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="set null", tracking=True,
        check_company=True,
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, tracking=True, check_company=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )  # fmt: skip
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null",
        compute="_compute_team_id", store=True, readonly=False, precompute=True,
        check_company=True,
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, index=True,
        compute="_compute_company_id", store=True, readonly=False, precompute=True,
    )  # fmt: skip

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    def _get_origin(self):
        """The deal, visit or call that tells whose the record is."""
        return self.lead_id

    @api.depends("lead_id")
    def _compute_partner_id(self):
        for record in self:
            client, partner = record._get_origin().partner_id, record.partner_id
            if client.commercial_partner_id != partner.commercial_partner_id:
                partner = client or partner
            record.partner_id = partner

    @api.depends("lead_id", "user_id")
    def _compute_team_id(self):
        for record in self:
            origin = record._get_origin()
            team = origin.team_id or record.user_id.sale_team_id
            if team.company_id and team.company_id != record.company_id:
                team = team.browse()
            record.team_id = team or record.team_id

    @api.depends("lead_id")
    def _compute_company_id(self):
        for record in self:
            record.company_id = (
                record._get_origin().company_id or record.company_id or self.env.company
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        """Same day: who wrote it; later: a head; of a held visit: nobody."""
        leads = self.env.su or self.env.user.has_group(
            "client_regulation.client_regulation_group_head"
        )
        time = self.env["regulation.time"]
        for record in self:
            if record._is_of_held_visit():
                raise UserError(
                    self.env._(
                        "“%(record)s” belongs to a visit that was held and proves what "
                        "was done there: it is not deleted. Correct it, or cancel the "
                        "agreement with a reason.",
                        record=record.display_name,
                    )
                )
            if leads:
                continue
            clock = time._get_clock(record.company_id.id, record.create_date)
            today = time._get_today(record.company_id.id)
            if (
                self.env.user not in (record.user_id, record.create_uid)
                or clock.local_date(record.create_date) != today
            ):
                raise UserError(
                    self.env._(
                        "“%(record)s” was written on an earlier day or by somebody "
                        "else. Who wrote it may delete it on the same day; after that "
                        "ask your head of sales, or correct it.",
                        record=record.display_name,
                    )
                )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_of_held_visit(self):
        return False

    def _get_working_day(self, days, start=None):
        """The day `days` working days after an instant, in the company's time."""
        return self.env["regulation.time"]._get_working_day(
            (self.company_id or self.env.company).id, days, start
        )


class RegulationTalkLine(models.AbstractModel):
    """What was said in a visit or a call, or noted without either."""

    _name = "regulation.talk.line"
    _description = "Line of a Visit or a Call"
    _inherit = ["regulation.talk"]

    visit_id = fields.Many2one(
        "regulation.visit", index="btree_not_null", ondelete="restrict",
        check_company=True,
    )  # fmt: skip
    call_id = fields.Many2one(
        "regulation.call", index="btree_not_null", ondelete="restrict",
        check_company=True,
    )  # fmt: skip
    lead_id = fields.Many2one(
        compute="_compute_lead_id", store=True, readonly=False, precompute=True
    )
    user_id = fields.Many2one(
        compute="_compute_user_id", store=True, readonly=False, precompute=True,
        default=None,
    )  # fmt: skip

    def _get_origin(self):
        return self.visit_id or self.call_id or super()._get_origin()

    @api.depends("visit_id", "call_id")
    def _compute_lead_id(self):
        for record in self:
            origin = record.visit_id or record.call_id
            record.lead_id = origin.lead_id or record.lead_id

    @api.depends("visit_id", "call_id")
    def _compute_user_id(self):
        for record in self:
            origin = record.visit_id or record.call_id
            record.user_id = origin.user_id or record.user_id or self.env.user

    @api.depends("visit_id", "call_id")
    def _compute_partner_id(self):
        return super()._compute_partner_id()

    @api.depends("visit_id", "call_id")
    def _compute_team_id(self):
        return super()._compute_team_id()

    @api.depends("visit_id", "call_id")
    def _compute_company_id(self):
        return super()._compute_company_id()

    def _get_speaker(self):
        """Who of the client is taken to have said it, as long as nobody is named."""
        visit = self.visit_id
        return visit._get_speaker() if visit else self.call_id.contact_id

    def _is_of_held_visit(self):
        return self.sudo().visit_id.state == "done"
