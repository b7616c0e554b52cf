# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from ...tools.filled import is_placeholder

ACTIVITY = "client_regulation.mail_activity_type_contract_approval"

CHECK_RESULTS = [
    ("ok", "Passed"),
    ("limited", "Passed with Limits"),
    ("refused", "Not Passed"),
]

#: who approves every contract; code of the role
ROLES = ("LEG", "FIN", "SEC")

#: whose approval is the check of the counterparty
CHECKING_ROLE = "SEC"

#: what an approver fills in; the rest is written by the buttons
OWN_FIELDS = frozenset({
    "comment", "check_result", "risk_level", "has_registry_extract", "has_authority",
    "has_solvency", "attachment_ids", "check_limits",
})  # fmt: skip

#: what mail keeps for itself
MAIL_FIELDS = frozenset({
    "message_follower_ids", "message_ids", "activity_ids",
    "message_main_attachment_id",
})  # fmt: skip


class RegulationContractApproval(models.Model):
    """One line of the approval sheet: a role, a person, a verdict. (Reg. 1.4.4, A7.1)

    Lines of a round are asked in parallel. The line of security is the check of the
    counterparty as well. (A7.2)
    """

    _name = "regulation.contract.approval"
    _description = "Approval of a Contract"
    _inherit = ["regulation.fact", "mail.thread", "mail.activity.mixin"]
    _order = "contract_id, approval_round desc, sequence, id"
    _rec_name = "contract_id"

    contract_id = fields.Many2one(
        "regulation.contract", required=True, index=True, ondelete="cascade",
        readonly=True,
    )  # fmt: skip
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    sequence = fields.Integer(default=10, readonly=True)
    approval_round = fields.Integer("Round", readonly=True)
    role_id = fields.Many2one(
        "regulation.role", required=True, ondelete="restrict", readonly=True
    )
    is_check = fields.Boolean("Counterparty Check", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Approver", index=True, readonly=True, tracking=True
    )
    reason = fields.Char("Asked Because", readonly=True)
    requested_on = fields.Datetime(readonly=True)
    due_on = fields.Datetime("Due", readonly=True, index=True)
    verdict = fields.Selection(
        [
            ("approved", "Approved"),
            ("returned", "Returned for Changes"),
            ("rejected", "Rejected"),
        ],
        readonly=True,
        tracking=True,
    )
    comment = fields.Text(help="Needed unless approved.")
    decided_by_id = fields.Many2one("res.users", "Decided By", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    is_void = fields.Boolean("Not Asked Any More", readonly=True)
    is_open = fields.Boolean(
        compute="_compute_is_open", store=True, index="btree_not_null"
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    # the check of the counterparty
    check_result = fields.Selection(CHECK_RESULTS, "Result of the Check", tracking=True)
    check_limits = fields.Text(
        "Limits", help="What the deal is limited to, when passed with limits."
    )
    risk_level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], "Risk"
    )
    has_registry_extract = fields.Boolean("Registry Extract Seen")
    has_authority = fields.Boolean("Signatory's Authority Seen")
    has_solvency = fields.Boolean("Solvency Checked")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    # what is approved, as the approver sees it
    partner_id = fields.Many2one(related="contract_id.partner_id")
    contract_state = fields.Selection(
        related="contract_id.state", string="State of the Contract"
    )
    salesperson_id = fields.Many2one(
        related="contract_id.user_id", string="Salesperson"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    kind = fields.Selection(related="contract_id.kind")
    payment_term_id = fields.Many2one(related="contract_id.payment_term_id")
    credit_limit = fields.Monetary(related="contract_id.credit_limit")
    discount = fields.Float(related="contract_id.discount")
    minimum_volume = fields.Monetary(related="contract_id.minimum_volume")
    date_from = fields.Date(related="contract_id.date_from")
    date_to = fields.Date(related="contract_id.date_to")
    deviations = fields.Text(related="contract_id.deviations")
    delivery_terms = fields.Text(related="contract_id.delivery_terms")
    bonus_terms = fields.Text(related="contract_id.bonus_terms")
    liability_terms = fields.Text(related="contract_id.liability_terms")
    draft_attachment_ids = fields.Many2many(
        related="contract_id.draft_attachment_ids", string="Text for Approval"
    )

    # ------------------------------------------------------------
    # COMPUTE & SEARCH
    # ------------------------------------------------------------

    @api.depends("contract_id.number", "role_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.contract_id.sudo().display_name} – {line.role_id.sudo().name}"
            )

    @api.depends("verdict", "is_void")
    def _compute_is_open(self):
        for line in self:
            line.is_open = not line.verdict and not line.is_void

    @api.depends("is_open", "due_on")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for line in self:
            line.is_overdue = bool(line.is_open and line.due_on and line.due_on < now)

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [("is_open", "=", True), ("due_on", "<", fields.Datetime.now())]

    @api.depends_context("uid")
    @api.depends("is_open", "user_id")
    def _compute_can_decide(self):
        for line in self:
            line.can_decide = line.is_open and line._may_decide(self.env.user)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - OWN_FIELDS - MAIL_FIELDS:
                self._refuse_by_hand()
            if vals.keys() & OWN_FIELDS:
                for line in self:
                    line._check_may_decide()
        result = super().write(vals)
        if "attachment_ids" in vals:
            for line in self:
                line.sudo().attachment_ids.filtered(
                    lambda f: not f.res_id and f.create_uid == self.env.user
                ).write({"res_model": self._name, "res_id": line.id})
        return result

    def _refuse_by_hand(self):
        raise AccessError(
            self.env._(
                "Approvals of a contract are kept by the regulation. Use “Approve”, "
                "“Return” or “Reject”; verdicts cannot be written by hand or by import."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_void(self):
        if any(line.verdict for line in self) or not self.env.su:
            self._refuse_by_hand()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_approve(self):
        self._decide("approved")
        return True

    def action_return(self):
        self._decide("returned")
        return True

    def action_reject(self):
        self._decide("rejected")
        return True

    def action_open_contract(self):
        self.ensure_one()
        return self.contract_id.get_formview_action()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_fact_leads(self):
        return self.sudo().contract_id._get_fact_leads()

    def _get_label(self):
        """«Lawyer (Ivanov, until 3 March)»."""
        self.ensure_one()
        return self.env._(
            "%(role)s (%(person)s, until %(due)s)",
            role=self.role_id.name,
            person=self.user_id.name or self.env._("nobody yet"),
            due=format_datetime(self.env, self.due_on, dt_format="short")
            if self.due_on
            else "—",
        )

    @api.model
    def _get_role(self, code, company):
        """The role of a company with a code; its own before the shared one."""
        return (
            self.env["regulation.role"]
            .sudo()
            .search(
                [("code", "=", code), ("company_id", "in", (company.id, False))],
                order="company_id",
                limit=1,
            )
        )

    @api.model
    def _get_role_people(self, code, company):
        role = self._get_role(code, company)
        today = self.env["regulation.time"]._get_today(company.id)
        people = role._get_assigned(company.id, today).get(role.id, ())
        return self.env["res.users"].sudo().browse(people)

    @api.model
    def _get_approver(self, role, contract):
        """The person who fills a role for a contract, as sudo; empty if nobody does."""
        company = contract.company_id
        today = self.env["regulation.time"]._get_today(company.id)
        user_id = role._resolve_for_deal(
            role.id, company.id, today, contract.user_id.id, contract.team_id.user_id.id
        )
        return self.env["res.users"].sudo().browse(user_id or ())

    @api.model
    def _open(self, contract, now):
        """Open a round: everybody is asked at once, with two working days each."""
        excesses = self.env["regulation.contract.terms"]._get_excesses(contract)
        asked = dict.fromkeys(ROLES, "")
        for code, text in excesses:
            asked[code] = "; ".join(filter(None, (asked.get(code), text)))
        company = contract.company_id
        due = self.env["regulation.time"]._get_due(
            company.id, now, company.regulation_approval_days, "wd"
        )
        check = contract.approval_ids.filtered("is_check").sorted("id")[-1:]
        rows = []
        for sequence, (code, reason) in enumerate(asked.items(), 1):
            role = self._get_role(code, company)
            approver = role and self._get_approver(role, contract)
            if not approver:
                raise UserError(
                    self.env._(
                        "Nobody fills the role “%(role)s”, which approves contracts. "
                        "The head of sales names a person in Regulation › "
                        "Configuration › Role Assignments.",
                        role=role.name or code,
                    )
                )
            row = {
                "contract_id": contract.id,
                "sequence": sequence,
                "approval_round": contract.approval_round,
                "role_id": role.id,
                "is_check": code == CHECKING_ROLE,
                "user_id": approver.id,
                "reason": reason or False,
                "requested_on": now,
                "due_on": due,
            }
            if row["is_check"] and check:
                # what was found out about the client is not asked for twice
                row |= {
                    "check_result": check.check_result,
                    "check_limits": check.check_limits,
                    "risk_level": check.risk_level,
                    "has_registry_extract": check.has_registry_extract,
                    "has_authority": check.has_authority,
                    "has_solvency": check.has_solvency,
                }
            rows.append(row)
        self.create(rows)._schedule()

    def _schedule(self):
        for line in self.filtered("user_id"):
            user = line.user_id
            line.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                date_deadline=fields.Datetime.context_timestamp(
                    line.with_context(tz=user.tz or "UTC"), line.due_on
                ).date(),
                summary=line.with_context(lang=user.lang).display_name,
            )

    def _reassign(self):
        """Open lines go to who fills the role today."""
        for line in self:
            approver = self._get_approver(line.role_id, line.contract_id)
            if approver and approver != line.user_id:
                line.activity_unlink([ACTIVITY])
                line.user_id = approver
                line._schedule()

    def _void(self):
        """The round is over: what is still open is asked no more."""
        still_open = self.filtered("is_open")
        still_open.activity_unlink([ACTIVITY])
        still_open.write({"is_void": True})

    def _may_decide(self, user):
        """The approver, who fills the role instead of them, the head who leads."""
        self.ensure_one()
        line = self.sudo()
        return user == line.user_id or user == self._get_approver(
            line.role_id, line.contract_id
        )

    def _check_may_decide(self):
        self.ensure_one()
        if not self._may_decide(self.env.user):
            raise AccessError(
                self.env._(
                    "“%(approval)s” is decided by %(person)s.",
                    approval=self.display_name,
                    person=self.sudo().user_id.name or "—",
                )
            )
        if not self.is_open:
            raise UserError(
                self.env._(
                    "“%(approval)s” is decided already, or not asked any more.",
                    approval=self.display_name,
                )
            )

    def _get_check_gaps(self):
        """What the check of the counterparty still lacks for an approval."""
        self.ensure_one()
        gaps = [
            self._fields[name]._description_string(self.env)
            for name in (
                "check_result",
                "risk_level",
                "has_registry_extract",
                "has_authority",
                "has_solvency",
            )
            if not self[name]
        ]
        if self.check_result == "limited" and is_placeholder(self.check_limits):
            gaps.append(self._fields["check_limits"]._description_string(self.env))
        return gaps

    def _decide(self, verdict):
        """Write down the verdict, who gave it and when. (Reg. 1.4.4)"""
        self.ensure_one()
        self.check_access("read")
        self._check_may_decide()
        if verdict != "approved" and is_placeholder(self.comment):
            raise UserError(
                self.env._(
                    "Write in the comment what has to change: the author of the "
                    "contract works with it."
                )
            )
        if verdict == "approved" and self.is_check:
            if self.check_result == "refused":
                raise UserError(
                    self.env._(
                        "The counterparty has not passed the check: reject the "
                        "contract, or set another result."
                    )
                )
            gaps = self._get_check_gaps()
            if gaps:
                raise UserError(
                    self.env._(
                        "The check of the counterparty is not complete: %(gaps)s.",
                        gaps=", ".join(gaps),
                    )
                )
        line = self.sudo()  # safe: who decides has been checked by name
        line.write(
            {
                "verdict": verdict,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        line.activity_feedback([ACTIVITY], feedback=self.comment or None)
        line.contract_id._approval_decided(line)
