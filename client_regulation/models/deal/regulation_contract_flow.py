# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.filled import is_placeholder

ACTIVITY = "client_regulation.mail_activity_type_contract"


class RegulationContractFlow(models.AbstractModel):
    """How a contract goes from the draft to its end. (Reg. 1.4.4, 1.4.5)

    Mixed into `regulation.contract`; the states are written here and nowhere else.
    """

    _name = "regulation.contract.flow"
    _description = "Life of a Contract"

    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.depends("approval_ids.is_open", "approval_ids.user_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for contract in self:
            contract.can_decide = any(contract.approval_ids.mapped("can_decide"))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_request_approval(self):
        """Open the approval lines: lawyer, finance, security, and the heads where
        the terms go beyond authority. (F09)"""
        self.check_access("write")
        for contract in self:
            contract._check_state("draft")
            gaps = contract._get_terms_gap()
            if gaps:
                raise UserError(
                    self.env._(
                        "Before “%(contract)s” is approved, fill in %(gaps)s.",
                        contract=contract.display_name,
                        gaps=", ".join(gaps),
                    )
                )
            contract._open_round()
        return True

    def action_withdraw(self):
        """Take the contract back from the approvers."""
        self.check_access("write")
        for contract in self:
            contract._check_state("approval")
            contract._back_to_draft(self.env._("Taken back by the salesperson."))
        return True

    def action_refresh_approvers(self):
        """Somebody is away or has left: give the open lines to who fills the role."""
        self.check_access("write")
        for contract in self:
            contract.sudo()._get_round_lines().filtered("is_open")._reassign()
        return True

    def action_sign(self):
        """Record the signature: everything that it needs is there. (Reg. 1.4.5)"""
        self.check_access("write")
        for contract in self:
            contract._check_may_sign()
            contract._sign()
        return True

    def action_amend(self):
        """A new edition of a signed contract, to be approved and signed anew."""
        self.ensure_one()
        self._check_state("signed")
        amendment = self.copy(self._prepare_amendment())
        amendment._message_log(
            body=self.env._("Amends %(contract)s.", contract=self.display_name)
        )
        return amendment.get_formview_action()

    def action_close(self):
        """Cancel a contract that is not signed, end one that is: with a reason."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End Contract")
            if self.state == "signed"
            else self.env._("Cancel Contract"),
            "res_model": "regulation.contract.close",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def action_restore_terms(self):
        """Give the client the terms back that they had before this contract."""
        self.check_access("write")
        for contract in self:
            contract._check_state("ended")
            self.env["regulation.contract.terms"]._restore(contract)
        return True

    def action_decide(self):
        """The line of the approval sheet that waits for the user."""
        self.ensure_one()
        lines = self.approval_ids.filtered("can_decide")
        return (
            lines.get_formview_action()
            if len(lines) == 1
            else self.action_open_approvals()
        )

    def action_open_approvals(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_contract_approval_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_state(self, state):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        if self.state != state or not self.active:
            raise UserError(
                self.env._(
                    "“%(contract)s” is in state “%(is)s”; this is done in state "
                    "“%(needed)s”.",
                    contract=self.display_name,
                    needed=labels[state],
                    **{"is": labels[self.state]},
                )
            )

    def _open_round(self):
        self.ensure_one()
        now = fields.Datetime.now()
        # safe: rows that only this method makes, for people named by their roles
        contract = self.sudo()
        contract.write(
            {
                "state": "approval",
                "approval_round": contract.approval_round + 1,
                "approval_requested_on": now,
            }
        )
        self.env["regulation.contract.approval"].sudo()._open(contract, now)

    def _back_to_draft(self, reason):
        """End the round: the open lines are asked no more."""
        self.ensure_one()
        contract = self.sudo()  # safe: called by who changed, withdrew or refused
        contract._get_round_lines()._void()
        contract.write({"state": "draft"})
        contract.message_post(
            body=reason,
            author_id=self.env.user.partner_id.id,
            partner_ids=contract.user_id.partner_id.ids,
        )

    def _approval_decided(self, line):
        """Somebody has decided: all done, or back to the author. (Reg. 1.4.4)"""
        self.ensure_one()
        contract = self.sudo()
        if line.verdict != "approved":
            contract._back_to_draft(
                self.env._(
                    "%(role)s, %(person)s: %(verdict)s. %(comment)s",
                    role=line.role_id.name,
                    person=line.decided_by_id.name,
                    verdict=dict(
                        line._fields["verdict"]._description_selection(self.env)
                    )[line.verdict],
                    comment=line.comment,
                )
            )
            summary = self.env._("Correct and ask for approval again")
        elif contract.is_ready:
            contract._message_log(body=self.env._("Approved by all; ready to sign."))
            summary = self.env._("Approved by all: have it signed")
        else:
            return
        if contract.user_id and contract.user_id != self.env.user:
            contract.activity_schedule(
                ACTIVITY, user_id=contract.user_id.id, summary=summary
            )

    def _get_signing_gaps(self):
        """Everything the signature still needs, at once."""
        self.ensure_one()
        gaps = []
        if not self.is_ready:
            waiting = self._get_round_lines().filtered("is_open")
            gaps.append(
                self.env._(
                    "the approval of %(people)s",
                    people=", ".join(line._get_label() for line in waiting),
                )
                if waiting
                else self.env._("the approvals: press “Request Approval”")
            )
        if self.check_result not in ("ok", "limited"):
            gaps.append(self.env._("the check of the counterparty by security"))
        today = self.env["regulation.time"]._get_today(self.company_id.id)
        for name in ("number", "date_signed", "date_from"):
            if not self[name]:
                gaps.append(self._fields[name]._description_string(self.env))
        if self.date_signed and self.date_signed > today:
            gaps.append(self.env._("a day of signature that is not in the future"))
        if not self.attachment_ids:
            gaps.append(self.env._("the file of the signed copy"))
        return gaps + self._get_signatory_gaps()

    def _get_signatory_gaps(self):
        """Signed by an authorised person on each side, with a power in force."""
        self.ensure_one()
        gaps = []
        for person, basis, until in (
            ("our_signatory_id", "our_basis", "our_basis_until"),
            ("client_signatory_id", "client_basis", "client_basis_until"),
        ):
            label = self._fields[person]._description_string(self.env)
            if not self[person]:
                gaps.append(label)
            if is_placeholder(self[basis]):
                gaps.append(self._fields[basis]._description_string(self.env))
            if self[until] and self.date_signed and self[until] < self.date_signed:
                gaps.append(
                    self.env._(
                        "a power of %(person)s that is in force on the day of "
                        "signature: “%(basis)s” ended on %(day)s",
                        person=self[person].name or label,
                        basis=self[basis] or "—",
                        day=self[until],
                    )
                )
        return gaps

    def _check_may_sign(self):
        self.ensure_one()
        self._check_state("approval" if self.state == "approval" else "draft")
        gaps = self._get_signing_gaps()
        if gaps:
            raise UserError(
                self.env._(
                    "“%(contract)s” cannot be signed yet. It needs:\n%(gaps)s",
                    contract=self.display_name,
                    gaps="\n".join(f"• {gap}" for gap in gaps),
                )
            )

    def _sign(self):
        self.ensure_one()
        contract = self.sudo()  # safe: all that a signature needs has been checked
        contract.write({"state": "signed"})
        contract.activity_feedback([ACTIVITY])
        previous = contract.previous_id
        if previous.state == "signed":
            previous._end(
                contract.date_signed,
                self.env._("Replaced by %(number)s.", number=contract.number),
            )
        self.env["regulation.contract.terms"]._apply(contract)

    def _end(self, day, reason):
        """A signed contract ends, with the day and the reason."""
        self.ensure_one()
        contract = self.sudo()  # safe: called by methods that have asked for the right
        contract.write({"state": "ended", "date_ended": day, "end_reason": reason})
        contract.message_post(
            body=self.env._("Ended on %(day)s. %(reason)s", day=day, reason=reason),
            author_id=self.env.user.partner_id.id,
        )
        contract.activity_unlink([ACTIVITY])

    def _cancel(self, reason):
        """A contract that was never signed is put away, its number with it."""
        self.ensure_one()
        if self.state == "approval":
            self._back_to_draft(self.env._("Cancelled."))
        contract = self.sudo()  # safe: the wizard has asked for the right to write
        contract.write({"active": False, "end_reason": reason})
        contract._message_log(body=self.env._("Cancelled: %(reason)s", reason=reason))
        contract.activity_unlink([ACTIVITY])
