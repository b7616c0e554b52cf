# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.filled import is_placeholder

#: written by the approval alone
APPROVAL_FIELDS = frozenset({"approved_on", "approved_by_id"})

#: what was approved; another value needs another approval
APPROVED_FACTS = frozenset({"source_type", "legal_basis", "valid_until"})


class RegulationSourceMixin(models.AbstractModel):
    """An information source that is owned, paid for, lawful and approved.

    (Reg. 1.2.1, step A1.1: «not less than three approved sources with owner and
    cost».) Mixed into utm.source, so that every deal and client names it.
    """

    _name = "regulation.source.mixin"
    _description = "Information Source of the Regulation"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    source_owner_id = fields.Many2one(
        "res.users", "Owner", index="btree_not_null", domain=[("share", "=", False)]
    )
    source_type = fields.Selection(
        [
            ("register", "Public Register"),
            ("exhibition", "Exhibition"),
            ("web", "Web Search"),
            ("referral", "Referral"),
            ("own_base", "Own Base"),
            ("purchased_base", "Purchased Base"),
            ("advertising", "Advertising"),
            ("tender_site", "Tender Site"),
        ],
        "Type",
    )
    legal_basis = fields.Char(
        help="On what ground we may use the data of this source: consent, public "
        "register, contract with the seller of the base …"
    )
    valid_until = fields.Date(
        help="The last day on which its data count as fresh; half a year is usual."
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        "res.users", "Approved By", readonly=True, copy=False
    )
    is_approved = fields.Boolean(
        "Source Approved",
        compute="_compute_is_approved",
        search="_search_is_approved",
        help="Approved by a head of sales and still valid today.",
    )
    cost_ids = fields.One2many("regulation.source.cost", "source_id", "Costs")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("approved_on", "valid_until")
    def _compute_is_approved(self):
        today = fields.Date.context_today(self)
        for source in self:
            source.is_approved = source.approved_on and (
                not source.valid_until or source.valid_until >= today
            )

    def _search_is_approved(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        approved = Domain("approved_on", "!=", False) & (
            Domain("valid_until", "=", False) | Domain("valid_until", ">=", today)
        )
        domain = Domain.FALSE
        if True in value:
            domain |= approved
        if False in value:
            domain |= ~approved
        return domain

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_approval_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_approval_fields(vals)
        facts = (
            APPROVED_FACTS & vals.keys() if not APPROVAL_FIELDS & vals.keys() else ()
        )
        before = {
            source: [source[name] for name in facts]
            for source in (self.filtered("approved_on") if facts else ())
        }
        result = super().write(vals)
        changed = self.browse().concat(
            *(s for s, old in before.items() if old != [s[name] for name in facts])
        )
        if changed:
            # safe: takes an approval back, which whoever changes its facts causes
            changed.sudo().write({"approved_on": False, "approved_by_id": False})
        return result

    def _check_approval_fields(self, vals):
        if not self.env.su and any(vals.get(name) for name in APPROVAL_FIELDS):
            raise AccessError(
                self.env._(
                    "Approval of a source is given by a head of sales with the button "
                    "“Approve” and cannot be written."
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_approve_source(self):
        """A head of sales approves sources that have all that step A1.1 asks for."""
        if not self.env.user.has_group(
            "client_regulation.client_regulation_group_head"
        ):
            raise AccessError(
                self.env._("Sources are approved by a head of sales. Ask yours.")
            )
        today = fields.Date.context_today(self)
        for source in self:
            missing = []
            if not source.source_owner_id:
                missing.append(self.env._("owner"))
            if not source.source_type:
                missing.append(self.env._("type"))
            if is_placeholder(source.legal_basis):
                missing.append(self.env._("legal basis"))
            if not source.cost_ids:
                missing.append(self.env._("a cost (0 for a free source)"))
            if source.valid_until and source.valid_until < today:
                missing.append(self.env._("a “valid until” that is not over"))
            if missing:
                raise UserError(
                    self.env._(
                        "Source “%(name)s” cannot be approved yet. Fill in: "
                        "%(missing)s.",
                        name=source.name,
                        missing=", ".join(missing),
                    )
                )
        # safe: the right was checked above; only the approval is written
        self.sudo().write(
            {"approved_on": fields.Datetime.now(), "approved_by_id": self.env.uid}
        )
        return True

    def action_withdraw_source(self):
        """Take the approval of sources back."""
        if not self.env.user.has_group(
            "client_regulation.client_regulation_group_head"
        ):
            raise AccessError(
                self.env._(
                    "The approval of a source is withdrawn by a head of sales. Ask "
                    "yours."
                )
            )
        # safe: the right was checked above; only the approval is written
        self.sudo().write({"approved_on": False, "approved_by_id": False})
        return True
