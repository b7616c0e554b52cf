# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.fields import Command

from ...tools.filled import is_placeholder
from .regulation_contract_approval import CHECK_RESULTS


class RegulationContract(models.Model):
    """A contract with a client, from the draft to its end. (Reg. 1.4.4, 1.4.5, A7)

    Approved in parallel by lawyer, finance and security, who check the counterparty;
    signed with the copy attached. Its signature puts the terms on the client's card
    and keeps the former ones. What is signed is not edited: `action_amend`.
    """

    _name = "regulation.contract"
    _description = "Contract with a Client"
    _inherit = [
        "regulation.contract.guard",
        "regulation.contract.flow",
        "regulation.fact",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_signed desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id.name"]
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    number = fields.Char(copy=False, tracking=True, index="trigram")
    active = fields.Boolean(default=True, copy=False, tracking=True)
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict",
        tracking=True, check_company=True,
    )  # fmt: skip
    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="set null", tracking=True,
        check_company=True, domain="[('type', '=', 'opportunity')]",
    )  # fmt: skip
    order_id = fields.Many2one(
        "sale.order", "Accepted Offer", index="btree_not_null", ondelete="restrict",
        check_company=True, domain="[('opportunity_id', '=', lead_id)]",
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, tracking=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
    )  # fmt: skip
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", check_company=True,
        compute="_compute_team_id", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", required=True,
        default=lambda self: self.env.company.currency_id,
    )  # fmt: skip
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approval", "In Approval"),
            ("signed", "Signed"),
            ("ended", "Ended"),
        ],
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(
        [("standard", "Standard Form"), ("individual", "Individual")],
        required=True,
        default="standard",
        tracking=True,
    )

    # validity
    date_signed = fields.Date("Signed On", copy=False, tracking=True, index=True)
    date_from = fields.Date("Valid From", tracking=True)
    date_to = fields.Date(
        "Valid Until", tracking=True, index=True,
        help="Last day; empty: until one of the sides ends it.",
    )  # fmt: skip
    auto_renew = fields.Boolean("Renews Itself", tracking=True)
    renewal_months = fields.Integer("Renewed by, Months", default=12)
    renewal_reminded_for = fields.Date(copy=False, readonly=True)
    date_ended = fields.Date("Ended On", copy=False, readonly=True, tracking=True)
    end_reason = fields.Text("Reason of the End", copy=False, readonly=True)
    is_expiring = fields.Boolean(
        compute="_compute_is_expiring", search="_search_is_expiring"
    )

    # terms
    payment_term_id = fields.Many2one(
        "account.payment.term", tracking=True, ondelete="restrict", check_company=True
    )
    credit_limit = fields.Monetary(tracking=True, help="0: no goods on credit.")
    discount = fields.Float("Discount, %", tracking=True, digits=(16, 2))
    minimum_volume = fields.Monetary(
        tracking=True, help="What the client undertakes to buy in a year."
    )
    delivery_terms = fields.Text("Delivery")
    bonus_terms = fields.Text("Bonus")
    liability_terms = fields.Text("Liability")
    deviations = fields.Text(
        "Deviations from the Standard Form",
        help="Each clause that differs, and how. An individual contract needs it.",
    )
    terms_note = fields.Char(
        "Beyond Authority", compute="_compute_terms_note",
        help="Why the head of sales or the sales director has to approve too.",
    )  # fmt: skip

    # who signs
    our_signatory_id = fields.Many2one(
        "res.users", "Signs for Us", ondelete="restrict",
        domain="[('share', '=', False)]",
    )  # fmt: skip
    our_basis = fields.Char(
        "Our Basis of Authority", help="Charter, or number and date of the power."
    )
    our_basis_until = fields.Date("Our Authority Valid Until")
    client_signatory_id = fields.Many2one(
        "res.partner", "Signs for the Client", ondelete="restrict",
        domain="[('commercial_partner_id', '=', partner_id), "
        "('is_company', '=', False)]",
    )  # fmt: skip
    client_basis = fields.Char(
        "Client's Basis of Authority", help="Charter, or number and date of the power."
    )
    client_basis_until = fields.Date("Client's Authority Valid Until")

    # papers
    draft_attachment_ids = fields.Many2many(
        "ir.attachment", "regulation_contract_draft_attachment_rel",
        string="Text for Approval", copy=False,
    )  # fmt: skip
    attachment_ids = fields.Many2many(
        "ir.attachment", "regulation_contract_signed_attachment_rel",
        string="Signed Copy", copy=False,
        help="Scan, or the file with the electronic signatures.",
    )  # fmt: skip
    original_received_on = fields.Date(copy=False, tracking=True)
    previous_id = fields.Many2one(
        "regulation.contract", "Amends", index="btree_not_null", copy=False,
        ondelete="restrict", check_company=True,
    )  # fmt: skip
    next_ids = fields.One2many("regulation.contract", "previous_id", "Amended By")

    # approval
    approval_ids = fields.One2many(
        "regulation.contract.approval", "contract_id", "Approvals", copy=False
    )
    approval_round = fields.Integer("Round", copy=False, readonly=True)
    approval_requested_on = fields.Datetime(copy=False, readonly=True)
    approval_progress = fields.Char(compute="_compute_approval")
    is_ready = fields.Boolean(
        "Ready to Sign", compute="_compute_approval", search="_search_is_ready"
    )
    has_overdue_approval = fields.Boolean(
        compute="_compute_approval", search="_search_has_overdue_approval"
    )
    check_result = fields.Selection(
        CHECK_RESULTS, "Counterparty Check", compute="_compute_approval"
    )

    # the client's former terms, to go back to
    terms_applied_on = fields.Datetime(copy=False, readonly=True)
    terms_restored_on = fields.Datetime(copy=False, readonly=True)
    previous_payment_term_id = fields.Many2one(
        "account.payment.term", "Former Payment Term", copy=False, readonly=True
    )
    previous_credit_limit = fields.Monetary(
        "Former Credit Limit", copy=False, readonly=True,
        currency_field="company_currency_id",
    )  # fmt: skip
    previous_terms = fields.Text("Former Terms", copy=False, readonly=True)

    _number_unique = models.UniqueIndex(
        "(company_id, lower(number)) WHERE number IS NOT NULL",
        "Another contract of the company has this number already (capital and small "
        "letters count as the same; cancelled and ended contracts count too). Give "
        "this one another number.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A contract is valid until a day after the day it is valid from.",
    )
    _discount_range = models.Constraint(
        "CHECK (discount IS NULL OR discount BETWEEN 0 AND 100)",
        "The discount of a contract lies between 0 and 100 %.",
    )
    _amounts_positive = models.Constraint(
        "CHECK (COALESCE(credit_limit, 0) >= 0 AND COALESCE(minimum_volume, 0) >= 0)",
        "Credit limit and minimum volume of a contract cannot be negative.",
    )
    _renewal_months_positive = models.Constraint(
        "CHECK (NOT auto_renew OR renewal_months > 0)",
        "A contract that renews itself does so by at least one month.",
    )

    # ------------------------------------------------------------
    # COMPUTE & SEARCH
    # ------------------------------------------------------------

    @api.depends("number", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for contract in self:
            client = contract.partner_id.display_name or ""
            contract.display_name = (
                f"{contract.number} – {client}" if contract.number else client
            )

    @api.depends("lead_id", "user_id")
    def _compute_team_id(self):
        for contract in self:
            contract.team_id = (
                contract.lead_id.team_id
                or contract.team_id
                or contract.user_id.sale_team_id
            )

    @api.depends(
        "state", "approval_round", "approval_ids.verdict", "approval_ids.is_open",
        "approval_ids.check_result",
    )  # fmt: skip
    def _compute_approval(self):
        now = fields.Datetime.now()
        for contract in self:
            lines = contract._get_round_lines()
            approved = lines.filtered(lambda line: line.verdict == "approved")
            contract.approval_progress = (
                f"{len(approved)}/{len(lines)}" if lines else False
            )
            contract.is_ready = bool(
                contract.state == "approval" and lines and lines == approved
            )
            contract.has_overdue_approval = any(
                line.is_open and line.due_on and line.due_on < now for line in lines
            )
            contract.check_result = contract._get_check_line().check_result

    @api.model
    def _search_is_ready(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            ("state", "=", "approval"),
            ("approval_ids", "not any", [("is_open", "=", True)]),
        ]

    @api.model
    def _search_has_overdue_approval(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        late = self.env["regulation.contract.approval"]._search(
            [("is_open", "=", True), ("due_on", "<", fields.Datetime.now())]
        )
        return [("approval_ids", "in", late)]

    @api.depends("state", "date_to")
    def _compute_is_expiring(self):
        watch = self.env["regulation.contract.watch"]
        limits = {c: watch._get_reminder_limit(c) for c in self.company_id}
        for contract in self:
            contract.is_expiring = bool(
                contract.state == "signed"
                and contract.date_to
                and contract.date_to <= limits[contract.company_id]
            )

    @api.model
    def _search_is_expiring(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self.env["regulation.contract.watch"]._get_expiring_domain()

    @api.depends(
        "discount", "credit_limit", "payment_term_id", "user_id", "currency_id",
        "company_id",
    )  # fmt: skip
    def _compute_terms_note(self):
        terms = self.env["regulation.contract.terms"]
        for contract in self:
            contract.terms_note = (
                "; ".join(text for _role, text in terms._get_excesses(contract))
                if contract.state in ("draft", "approval") and contract.company_id
                else False
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if values.get("lead_id"):
            lead = self.env["crm.lead"].browse(values["lead_id"])
            for name, value in self._prepare_from_lead(lead).items():
                if name in fields and value and not values.get(name):
                    values[name] = value
            values["user_id"] = lead.user_id.id or values.get("user_id")
        return values

    @api.model
    def _prepare_from_lead(self, lead):
        """What the accepted offer of a deal says already."""
        orders = lead.order_ids.filtered(lambda o: o.state in ("sent", "sale"))
        accepted = orders.filtered(lambda o: o.offer_feedback == "accepted")
        order = (accepted or orders).sorted("id")[-1:]
        company = order.company_id or lead.company_id
        return {
            "partner_id": lead.partner_id.commercial_partner_id.id,
            "team_id": lead.team_id.id,
            "company_id": company.id,
            "order_id": order.id,
            "currency_id": order.currency_id.id,
            "payment_term_id": order.payment_term_id.id,
            "discount": order.offer_discount,
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_fact_leads(self):
        """A framework contract serves every running deal of the client."""
        contracts = self.sudo()
        return contracts.lead_id | contracts.env["crm.lead"].search(
            [
                ("partner_id", "child_of", contracts.partner_id.ids),
                ("regulation_id", "!=", False),
                ("won_status", "=", "pending"),
            ]
        )

    def _get_round_lines(self):
        self.ensure_one()
        return self.approval_ids.filtered(
            lambda line: line.approval_round == self.approval_round
        )

    def _get_check_line(self):
        """The latest check of the counterparty that somebody has decided."""
        self.ensure_one()
        return self.approval_ids.filtered(
            lambda line: line.is_check and line.verdict == "approved"
        ).sorted("id")[-1:]

    def _get_terms_gap(self):
        """What has to be filled in before anybody is asked to approve."""
        self.ensure_one()
        gaps = []
        if not self.payment_term_id:
            gaps.append(self.env._("the payment term"))
        if not self.date_from:
            gaps.append(self.env._("the day it is valid from"))
        if self.kind == "individual" and is_placeholder(self.deviations):
            gaps.append(self.env._("the deviations from the standard form"))
        return gaps

    def _prepare_amendment(self):
        self.ensure_one()
        count = self.env["regulation.contract"].sudo().with_context(
            active_test=False
        ).search_count([("previous_id", "=", self.id)])  # fmt: skip
        return {
            "previous_id": self.id,
            "number": f"{self.number}/{count + 1}",
            "attachment_ids": [Command.clear()],
        }
