# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..regulation.regulation_duty_result import OWNER_GROUP

#: what the approvers approve: changing it needs new approvals
TERM_FIELDS = frozenset({
    "partner_id", "company_id", "kind", "date_from", "date_to", "auto_renew",
    "renewal_months", "payment_term_id", "credit_limit", "currency_id", "discount",
    "minimum_volume", "delivery_terms", "bonus_terms", "liability_terms",
    "deviations", "order_id",
})  # fmt: skip

#: fixed by the signature too
SIGNED_FIELDS = TERM_FIELDS | {
    "number", "date_signed", "previous_id", "our_signatory_id", "our_basis",
    "our_basis_until", "client_signatory_id", "client_basis", "client_basis_until",
}  # fmt: skip

#: written by the buttons alone
KEPT_FIELDS = frozenset({
    "state", "approval_round", "approval_ids", "approval_requested_on", "date_ended",
    "end_reason", "terms_applied_on", "terms_restored_on",
    "previous_payment_term_id", "previous_credit_limit", "previous_terms",
    "renewal_reminded_for",
})  # fmt: skip


class RegulationContractGuard(models.AbstractModel):
    """What of a contract may be written, and when. (Reg. 1.4.4, 1.4.5)

    A change of the terms during the approval starts it anew; what is signed is not
    edited and keeps its copy; the states are kept by the buttons. Mixed into
    `regulation.contract`.
    """

    _name = "regulation.contract.guard"
    _description = "What of a Contract May Be Written"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):  # noqa: A002
        # a default in the context must not approve or sign anything
        values = super().default_get(fields)
        values = {n: v for n, v in values.items() if n not in KEPT_FIELDS}
        if "state" in fields:
            values["state"] = "draft"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        owner = self.env.su or self.env.user.has_group(OWNER_GROUP)
        for vals in vals_list:
            if not owner:
                self._check_kept_fields(vals)
            self._tidy(vals)
            if not vals.get("number"):
                company = vals.get("company_id") or self.env.company.id
                vals["number"] = self._get_next_number(company)
        contracts = super().create(vals_list)
        contracts._adopt_attachments()
        return contracts

    def write(self, vals):
        if not self.env.su:
            self._check_kept_fields(vals)
            self._check_signed_fields(vals)
        vals = self._tidy(dict(vals))
        reset = self.filtered(
            lambda c: c.state == "approval" and c._changes_terms(vals)
        )
        result = super().write(vals)
        if {"attachment_ids", "draft_attachment_ids"} & vals.keys():
            self._adopt_attachments()
            self._check_signed_copy()
        for contract in reset:
            contract._back_to_draft(
                self.env._(
                    "The terms were changed during the approval: it starts anew, so "
                    "that everybody approves what will be signed."
                )
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for contract in self:
            if contract.state != "draft" or contract.approval_round:
                raise UserError(
                    self.env._(
                        "“%(contract)s” has been in approval or is signed and cannot "
                        "be deleted. Cancel or end it with a reason instead.",
                        contract=contract.display_name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for vals in vals_list:
            vals.pop("approval_ids", None)
        return vals_list

    @api.model
    def _tidy(self, vals):
        """A number without blanks around it; the client is the company."""
        if "number" in vals:
            vals["number"] = (vals["number"] or "").strip() or False
        if vals.get("partner_id"):
            partner = self.env["res.partner"].browse(vals["partner_id"])
            vals["partner_id"] = partner.commercial_partner_id.id
        return vals

    def _check_kept_fields(self, vals):
        # on a new record a form sends what is empty; emptied later it would be lost
        kept = {
            n for n in KEPT_FIELDS & vals.keys() if vals[n] or (self and vals[n] != [])
        }
        if kept == {"state"} and vals["state"] == "draft" and not self:
            return
        if kept:
            raise AccessError(
                self.env._(
                    "The state of a contract, its approvals and the client's former "
                    "terms are kept by the buttons “Request Approval”, “Sign”, "
                    "“Cancel” and “End”."
                )
            )

    def _check_signed_fields(self, vals):
        for contract in self:
            locked = contract.state in ("signed", "ended")
            changed = locked and contract._get_changed(vals, SIGNED_FIELDS)
            if changed:
                raise UserError(
                    self.env._(
                        "“%(contract)s” is signed: %(fields)s cannot be changed. Press "
                        "“Amend” to make a new edition of it.",
                        contract=contract.display_name,
                        fields=", ".join(
                            sorted(
                                contract._fields[name]._description_string(self.env)
                                for name in changed
                            )
                        ),
                    )
                )
            if locked and vals.get("active") is False and contract.state == "signed":
                raise UserError(
                    self.env._(
                        "“%(contract)s” is signed and cannot be archived. End it with "
                        "a reason first.",
                        contract=contract.display_name,
                    )
                )

    def _check_signed_copy(self):
        for contract in self:
            if contract.state == "signed" and not contract.attachment_ids:
                raise ValidationError(
                    self.env._(
                        "The signed copy of “%(contract)s” proves that it was signed. "
                        "Attach the right file before you take the wrong one away.",
                        contract=contract.display_name,
                    )
                )

    def _get_changed(self, vals, names):
        """Names of fields that these values would really change."""
        self.ensure_one()
        changed = set()
        for name in names & vals.keys():
            field = self._fields[name]
            new = field.convert_to_cache(vals[name], self)
            if (field.convert_to_cache(self[name], self) or False) != (new or False):
                changed.add(name)
        return changed

    def _changes_terms(self, vals):
        return bool(self._get_changed(vals, TERM_FIELDS))

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_next_number(self, company_id):
        """The next number of a company; each counts its own.

        Safe as sudo: who writes a contract may take a number, and nothing else.
        """
        Sequence = self.env["ir.sequence"].sudo()
        code = "regulation.contract"
        sequence = Sequence.search(
            [("code", "=", code), ("company_id", "=", company_id)], limit=1
        ) or Sequence.create(
            {
                "name": "Contracts with clients",
                "code": code,
                "company_id": company_id,
                "prefix": "%(year)s-",
                "padding": 4,
            }
        )
        return sequence.next_by_id()

    def _adopt_attachments(self):
        """Files put on the form belong to the contract, so that who may read the
        contract may read them: the uploader's own only."""
        for contract in self:
            own = contract.sudo()  # safe: see above
            files = own.attachment_ids | own.draft_attachment_ids
            files.filtered(
                lambda f: (
                    not f.res_id
                    and f.res_model in (False, self._name)
                    and f.create_uid == self.env.user
                )
            ).write({"res_model": self._name, "res_id": contract.id})
