# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.filled import is_placeholder
from ..regulation.regulation_duty_result import OWNER_GROUP

ACTIVITY = "client_regulation.mail_activity_type_handover"

#: written by the buttons alone
KEPT_FIELDS = frozenset({"state", "handed_on", "handed_by_id", "accepted_on"})

#: fixed once the receiver has the act
ACT_FIELDS = frozenset({
    "lead_id", "partner_id", "from_user_id", "to_user_id", "company_id", "promises",
    "no_promises", "service_notes", "welcome_sent_on", "survey_planned_on",
    "contact_ids", "date",
})  # fmt: skip


class RegulationHandover(models.Model):
    """The act by which a new client goes to servicing. (Reg. 1.4.6, A8.1, F11)

    What the seller promised is written in it, with our open agreements; the receiver
    accepts it and becomes the client's salesperson.
    """

    _name = "regulation.handover"
    _description = "Hand-over Act"
    _inherit = ["regulation.fact", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict",
        tracking=True, check_company=True,
    )  # fmt: skip
    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="set null",
        domain="[('type', '=', 'opportunity')]", check_company=True,
    )  # fmt: skip
    from_user_id = fields.Many2one(
        "res.users", "Handed Over By", required=True, index=True, tracking=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
    )  # fmt: skip
    to_user_id = fields.Many2one(
        "res.users", "Received By", index=True, tracking=True,
        domain="[('share', '=', False)]", help="The account manager.",
    )  # fmt: skip
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date = fields.Date(required=True, default=lambda self: self._default_date())
    state = fields.Selection(
        [("draft", "Draft"), ("handed", "Handed Over"), ("accepted", "Accepted")],
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    promises = fields.Text(
        "Promises of the Seller",
        help="What the client was told beyond the contract, and until when.",
    )
    no_promises = fields.Boolean(
        help="Nothing was promised beyond the contract: not the same as an empty field."
    )
    agreement_ids = fields.Many2many(
        "regulation.agreement",
        string="Our Open Agreements",
        compute="_compute_agreement_ids",
    )
    service_notes = fields.Text(
        help="Service standard, habits of the client, documents, delivery hours."
    )
    welcome_sent_on = fields.Date("Welcome Letter Sent On")
    survey_planned_on = fields.Date(
        "First Survey Planned On", help="Within ten days after the first delivery."
    )
    contact_ids = fields.Many2many(
        "res.partner", string="People Introduced",
        domain="[('commercial_partner_id', '=', partner_id), "
        "('is_company', '=', False)]",
    )  # fmt: skip
    return_reason = fields.Text(copy=False, help="What the act lacks.")
    handed_on = fields.Datetime(copy=False, readonly=True)
    handed_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    accepted_on = fields.Datetime(copy=False, readonly=True)
    can_accept = fields.Boolean(compute="_compute_can_accept")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.model
    def _default_date(self):
        return self.env["regulation.time"]._get_today(self.env.company.id)

    @api.depends("partner_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for act in self:
            act.display_name = self.env._(
                "Hand-over of %(client)s", client=act.partner_id.display_name or "—"
            )

    @api.depends("partner_id", "lead_id")
    def _compute_agreement_ids(self):
        Agreement = self.env["regulation.agreement"]
        for act in self:
            act.agreement_ids = bool(act.partner_id) and Agreement.search(
                [
                    ("partner_id", "child_of", act.partner_id.ids),
                    ("side", "=", "us"),
                    ("state", "=", "open"),
                ]
            )

    @api.depends_context("uid")
    @api.depends("state", "to_user_id")
    def _compute_can_accept(self):
        for act in self:
            act.can_accept = act.state == "handed" and act._may_accept(self.env.user)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        # a default in the context must not hand over or accept anything
        values = {n: v for n, v in values.items() if n not in KEPT_FIELDS}
        if "state" in fields:
            values["state"] = "draft"
        lead = self.env["crm.lead"].browse(values.get("lead_id"))
        if lead:
            company = lead.company_id or lead.team_id.company_id or self.env.company
            prepared = {
                "partner_id": lead.partner_id.commercial_partner_id.id,
                "from_user_id": lead.user_id.id,
                "team_id": lead.team_id.id,
                "company_id": company.id,
                "to_user_id": self._get_account_manager(lead, company).id,
            }
            values.update({n: v for n, v in prepared.items() if n in fields and v})
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept_fields(vals)
            if vals.get("lead_id") and not vals.get("team_id"):
                lead = self.env["crm.lead"].browse(vals["lead_id"])
                vals["team_id"] = lead.team_id.id
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept_fields(vals)
        if not self.env.su and ACT_FIELDS & vals.keys():
            for act in self.filtered(lambda a: a.state != "draft"):
                raise UserError(
                    self.env._(
                        "“%(act)s” has been handed over and is not changed any more. "
                        "The receiver can return it.",
                        act=act.display_name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for act in self:
            if act.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(act)s” proves the hand-over and cannot be deleted.",
                        act=act.display_name,
                    )
                )

    def _check_kept_fields(self, vals):
        # on a new record a form sends what is empty; emptied later it would be lost
        kept = {name for name in KEPT_FIELDS & vals.keys() if vals[name] or self}
        if kept == {"state"} and vals["state"] == "draft" and not self:
            return
        if (
            kept
            and not self.env.su
            and not (not self and self.env.user.has_group(OWNER_GROUP))
        ):
            raise AccessError(
                self.env._(
                    "A hand-over is made by “Hand Over” and accepted by its receiver "
                    "by “Accept”."
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_hand_over(self):
        """Give the act to the receiver."""
        self.check_access("write")
        for act in self:
            gaps = act._get_gaps()
            if act.state != "draft" or gaps:
                raise UserError(
                    self.env._(
                        "“%(act)s” cannot be handed over: %(gaps)s.",
                        act=act.display_name,
                        gaps=", ".join(gaps)
                        or self.env._("it has been handed over already"),
                    )
                )
            act._hand_over()
        return True

    def action_accept(self):
        """The receiver takes the client over."""
        for act in self:
            act._check_may_accept()
            act._accept()
        return True

    def action_return(self):
        """The receiver gives the act back, and says what it lacks."""
        for act in self:
            act._check_may_accept()
            if is_placeholder(act.return_reason):
                raise UserError(
                    self.env._(
                        "Write in “%(field)s” what the act lacks, then return it.",
                        field=self._fields["return_reason"]._description_string(
                            self.env
                        ),
                    )
                )
            act.sudo().write(  # safe: the receiver has been checked by name
                {"state": "draft", "handed_on": False, "handed_by_id": False}
            )
            act.sudo().activity_unlink([ACTIVITY])
            act.sudo().message_post(
                body=self.env._("Returned: %(reason)s", reason=act.return_reason),
                author_id=self.env.user.partner_id.id,
                partner_ids=act.sudo().from_user_id.partner_id.ids,
            )
        return True

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_account_manager(self, lead, company):
        """Who services new clients: the account manager, if the role is filled."""
        Approval = self.env["regulation.contract.approval"]
        return Approval._get_role_people("KAM", company)[:1] or lead.user_id

    def _get_gaps(self):
        """What the act lacks to be handed over."""
        self.ensure_one()
        gaps = [
            self._fields[name]._description_string(self.env)
            for name in ("to_user_id", "welcome_sent_on", "survey_planned_on")
            if not self[name]
        ]
        if not self.no_promises and is_placeholder(self.promises):
            gaps.append(
                self.env._(
                    "the promises of the seller, or the tick that there are none"
                )
            )
        return gaps

    def _may_accept(self, user):
        self.ensure_one()
        return user == self.sudo().to_user_id or user.has_group(OWNER_GROUP)

    def _check_may_accept(self):
        self.ensure_one()
        self.check_access("read")
        if not self._may_accept(self.env.user):
            raise AccessError(
                self.env._(
                    "“%(act)s” is accepted or returned by %(person)s.",
                    act=self.display_name,
                    person=self.sudo().to_user_id.name,
                )
            )
        if self.state != "handed":
            raise UserError(
                self.env._(
                    "“%(act)s” does not wait for its receiver.", act=self.display_name
                )
            )

    def _hand_over(self):
        self.ensure_one()
        act = self.sudo()  # safe: who hands over may write the act
        act.write(
            {
                "state": "handed",
                "handed_on": fields.Datetime.now(),
                "handed_by_id": self.env.uid,
                "return_reason": False,
            }
        )
        if act.to_user_id == self.env.user:
            act.with_user(
                self.env.user
            )._accept()  # keeps the client: nobody to wait for
            return
        act.activity_schedule(
            ACTIVITY,
            user_id=act.to_user_id.id,
            summary=act.with_context(lang=act.to_user_id.lang).display_name,
        )

    def _accept(self):
        """The receiver answers for the client from now on. (setting of the company)"""
        self.ensure_one()
        act = self.sudo()  # safe: the receiver has been checked by name
        act.write({"state": "accepted", "accepted_on": fields.Datetime.now()})
        act.activity_feedback([ACTIVITY])
        client = act.partner_id
        if (
            act.company_id.regulation_handover_salesperson
            and client.user_id != act.to_user_id
        ):
            former = client.user_id
            client.user_id = act.to_user_id
            client._message_log(
                body=self.env._(
                    "Handed over to %(receiver)s (before: %(former)s).",
                    receiver=act.to_user_id.name,
                    former=former.name or "—",
                )
            )
