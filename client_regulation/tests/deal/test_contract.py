# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestContract(DealCommon):
    """A7: approved in parallel, checked, signed, in force, ended."""

    def _close(self, contract, user=None, **vals):
        user = user or self.seller
        action = contract.with_user(user).action_close()
        form = Form(
            self.env["regulation.contract.close"]
            .with_user(user)
            .with_context(**action["context"])
        )
        for name, value in vals.items():
            form[name] = value
        return form.save().action_close()

    # -- draft -------------------------------------------------------------------

    def test_prepared_from_the_deal(self):
        offer = self._offer(discount=5, payment_term_id=self.term.id)
        offer.action_quotation_sent()
        offer.offer_feedback = "accepted"
        action = self.lead.action_new_contract()
        form = Form(
            self.env["regulation.contract"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        form.date_from = self.today
        contract = form.save()
        self.assertEqual(contract.partner_id, self.client)
        self.assertEqual(contract.order_id, offer)
        self.assertEqual(contract.payment_term_id, self.term)
        self.assertEqual(contract.discount, 5)
        self.assertEqual(contract.team_id, self.team)
        self.assertTrue(contract.number)
        self.assertEqual(self.lead.deal_contract_count, 1)
        self.assertEqual(self.client.with_user(self.seller).deal_contract_count, 1)

    def test_numbers(self):
        first = self._contract(partner_id=self.director.id, number=" C-1 ")
        self.assertEqual(first.number, "C-1")
        self.assertEqual(first.partner_id, self.client)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._contract(number="c-1").flush_recordset()

    def test_dates(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._contract(date_to=self.today - timedelta(days=1)).flush_recordset()

    def test_kept_by_buttons(self):
        contract = self._contract()
        for vals in (
            {"state": "signed"},
            {"approval_round": 3},
            {"previous_terms": "all free"},
        ):
            with self.assertRefused("kept by the buttons", exception=AccessError):
                contract.write(vals)
            with self.assertRefused("kept by the buttons", exception=AccessError):
                self._contract(**vals)
        contract.action_request_approval()
        for vals in ({"state": "draft"}, {"approval_round": 0}):
            with self.assertRefused("kept by the buttons", exception=AccessError):
                contract.write(vals)

    # -- approval ----------------------------------------------------------------

    def test_request_needs_terms(self):
        contract = self._contract(
            payment_term_id=False, date_from=False, kind="individual"
        )
        with self.assertRefused("payment term", "valid from", "deviations"):
            contract.action_request_approval()

    def test_parallel_approval(self):
        contract = self._contract()
        contract.action_request_approval()
        lines = contract.approval_ids
        self.assertEqual(lines.mapped("role_id.code"), ["LEG", "FIN", "SEC"])
        self.assertEqual(lines.user_id, self.lawyer | self.clerk | self.guard)
        due = self.env["regulation.time"]._get_due(
            self.company.id, contract.approval_requested_on, 2, "wd"
        )
        for line in lines:
            self.assertEqual(line.due_on, due)
            self.assertEqual(line.sudo().activity_ids.user_id, line.user_id)
        self._line(contract, "LEG").action_approve()
        self.assertEqual(contract.approval_progress, "1/3")
        self.assertFalse(contract.is_ready)
        self._line(contract, "FIN").action_approve()
        with self.assertRefused("Result of the Check", "Registry Extract"):
            self._line(contract, "SEC").action_approve()
        line = self._check_counterparty(contract, check_result="limited")
        with self.assertRefused("Limits"):
            line.action_approve()
        line.check_limits = "Prepayment for half a year"
        line.action_approve()
        contract.invalidate_recordset()
        self.assertTrue(contract.is_ready)
        self.assertEqual(contract.check_result, "limited")
        self.assertFalse(lines.sudo().activity_ids)
        Contract = self.env["regulation.contract"].with_user(self.seller)
        self.assertIn(contract, Contract.search([("is_ready", "=", True)]))

    def test_verdicts_by_name_only(self):
        contract = self._contract()
        contract.action_request_approval()
        line = contract.approval_ids[0]
        for user in (self.seller, self.head, self.clerk):
            with self.assertRefused("decided by Lawyer", exception=AccessError):
                line.with_user(user).action_approve()
        with self.assertRaises(AccessError):
            line.with_user(self.lawyer).verdict = "approved"
        with self.assertRaises(AccessError):
            line.with_user(self.head).comment = "mine"
        with self.assertRaises(AccessError):
            line.with_user(self.chief).action_approve()
        line.with_user(self.lawyer).action_approve()
        with self.assertRefused("decided already"):
            line.with_user(self.lawyer).action_reject()

    def test_return_and_second_round(self):
        contract = self._contract()
        contract.action_request_approval()
        self._check_counterparty(contract).action_approve()
        line = self._line(contract, "LEG")
        with self.assertRefused("comment"):
            line.action_return()
        line.comment = "Clause 5: name the court"
        line.action_return()
        contract.invalidate_recordset()
        self.assertEqual(contract.state, "draft")
        other = contract.approval_ids.filtered(lambda x: x.role_id.code == "FIN")
        self.assertTrue(other.is_void)
        self.assertFalse(other.sudo().activity_ids)
        self.assertIn(
            self.seller, contract.sudo().activity_ids.user_id, "told to correct it"
        )
        contract.action_request_approval()
        self.assertEqual(contract.approval_round, 2)
        self.assertEqual(len(contract.approval_ids), 6)
        check = self._line(contract, "SEC")
        self.assertEqual(check.check_result, "ok", "not asked for twice")

    def test_refused_counterparty(self):
        contract = self._contract()
        contract.action_request_approval()
        line = self._check_counterparty(contract, check_result="refused")
        with self.assertRefused("has not passed"):
            line.action_approve()
        line.comment = "Bankrupt since March"
        line.action_reject()
        self.assertEqual(contract.state, "draft")

    def test_terms_changed_during_approval(self):
        contract = self._contract()
        contract.action_request_approval()
        self._line(contract, "LEG").action_approve()
        contract.user_id = self.seller
        contract.credit_limit = 5000
        self.assertEqual(contract.state, "approval", "nothing changed")
        contract.credit_limit = 9000
        self.assertEqual(contract.state, "draft")

    def test_heads_beyond_authority(self):
        self.company.write(
            {"regulation_max_credit_limit": 1000, "regulation_max_payment_days": 30}
        )
        contract = self._contract(discount=15)
        self.assertIn("15 %", contract.terms_note)
        contract.action_request_approval()
        self.assertEqual(
            contract.approval_ids.mapped("role_id.code"),
            ["LEG", "FIN", "SEC", "HOS", "SD"],
        )
        hos, sd = contract.approval_ids[-2:]
        self.assertEqual((hos.user_id, sd.user_id), (self.head, self.boss))
        self.assertIn("1,000", sd.reason)
        self.assertIn("45 days", sd.reason)
        self._approve_contract(contract)
        self.assertTrue(contract.is_ready)

    def test_nobody_in_the_role(self):
        self.env["regulation.role.assignment"].search(
            [("role_id.code", "=", "SEC")]
        ).unlink()
        with self.assertRefused("Nobody fills", "Role Assignments"):
            self._contract().action_request_approval()

    def test_refresh_approvers(self):
        contract = self._contract()
        contract.action_request_approval()
        self._fill("FIN", self.boss)
        contract.action_refresh_approvers()
        line = self._line(contract, "FIN")
        self.assertEqual(line.user_id, self.boss)
        self.assertEqual(line.sudo().activity_ids.user_id, self.boss)

    def test_withdraw(self):
        contract = self._contract()
        with self.assertRefused("In Approval"):
            contract.action_withdraw()
        contract.action_request_approval()
        contract.action_withdraw()
        self.assertEqual(contract.state, "draft")
        self.assertFalse(contract.approval_ids.filtered("is_open"))

    def test_overdue(self):
        contract = self._contract()
        contract.action_request_approval()
        line = contract.approval_ids[0]
        self.assertFalse(contract.has_overdue_approval)
        line.sudo().due_on = fields.Datetime.now() - timedelta(hours=1)
        contract.invalidate_recordset()
        self.assertTrue(contract.has_overdue_approval)
        self.assertTrue(line.is_overdue)
        for model, record in (
            ("regulation.contract", contract),
            ("regulation.contract.approval", line),
        ):
            field = (
                "has_overdue_approval" if model.endswith("contract") else "is_overdue"
            )
            found = self.env[model].with_user(self.seller).search([(field, "=", True)])
            self.assertIn(record, found)

    # -- signature ---------------------------------------------------------------

    def test_signature_needs_everything(self):
        contract = self._contract()
        with self.assertRefused("Request Approval", "counterparty", "signed copy"):
            contract.action_sign()
        self._approve_contract(contract)
        with self.assertRefused("Signed On", "Signs for Us", "Client's Basis"):
            contract.action_sign()
        self._prepare_signature(contract)
        contract.date_signed = self.today + timedelta(days=1)
        with self.assertRefused("future"):
            contract.action_sign()
        contract.write(
            {
                "date_signed": self.today,
                "client_basis_until": self.today - timedelta(days=1),
            }
        )
        with self.assertRefused("in force", "Mr Stone"):
            contract.action_sign()
        contract.client_basis_until = self.today
        contract.action_sign()
        self.assertEqual(contract.state, "signed")

    def test_nothing_is_signed_by_a_default(self):
        Contract = self.env["regulation.contract"].with_user(self.seller)
        contract = Contract.with_context(
            default_state="signed", default_approval_round=3
        ).create({"partner_id": self.client.id})
        self.assertEqual((contract.state, contract.approval_round), ("draft", 0))

    def test_terms_to_the_client(self):
        former = self.env["account.payment.term"].create({"name": "Cash"})
        client = self.client.with_company(self.company)
        client.write({"property_payment_term_id": former.id, "credit_limit": 100})
        contract = self._sign_contract(self._contract(delivery_terms="Twice a week"))
        client.invalidate_recordset()
        self.assertEqual(client.property_payment_term_id, self.term)
        self.assertEqual(client.credit_limit, 5000)
        self.assertIn("Twice a week", client.client_terms)
        self.assertEqual(contract.previous_payment_term_id, former)
        self.assertEqual(contract.previous_credit_limit, 100)
        with self.assertRefused("Ended"):
            contract.action_restore_terms()
        self._close(contract, reason="The client has moved abroad")
        self.assertEqual(contract.state, "ended")
        self.assertEqual(contract.date_ended, self.today)
        contract.action_restore_terms()
        client.invalidate_recordset()
        self.assertEqual(client.property_payment_term_id, former)
        self.assertEqual(client.credit_limit, 100)
        with self.assertRefused("no former terms"):
            contract.action_restore_terms()

    def test_credit_limit_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create(
            {"name": "TST", "symbol": "T", "rounding": 0.01}
        )
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2,
            }
        )
        self._sign_contract(self._contract(currency_id=currency.id))
        client = self.client.with_company(self.company)
        self.assertAlmostEqual(client.credit_limit, 2500)

    def test_signed_is_frozen(self):
        contract = self._sign_contract(self._contract())
        for vals in ({"credit_limit": 1}, {"number": "X"}, {"date_signed": False}):
            with self.assertRefused("is signed"):
                contract.write(vals)
        contract.write({"credit_limit": 5000, "original_received_on": self.today})
        with self.assertRefused("proves", exception=ValidationError):
            contract.attachment_ids = [Command.clear()]
        with self.assertRefused("cannot be archived"):
            contract.active = False
        with self.assertRefused("cannot be deleted"):
            contract.unlink()
        self._contract().unlink()

    def test_amendment(self):
        contract = self._sign_contract(self._contract())
        action = contract.action_amend()
        amendment = self.env["regulation.contract"].browse(action["res_id"])
        amendment = amendment.with_user(self.seller)
        self.assertEqual(amendment.number, f"{contract.number}/1")
        self.assertEqual(amendment.state, "draft")
        self.assertFalse(amendment.approval_ids)
        self.assertFalse(amendment.attachment_ids)
        amendment.credit_limit = 7000
        self._sign_contract(amendment)
        self.assertEqual(contract.state, "ended")
        self.assertIn(amendment.number, contract.end_reason)
        self.assertEqual(self.client.with_company(self.company).credit_limit, 7000)

    def test_cancel(self):
        contract = self._contract()
        contract.action_request_approval()
        with self.assertRefused("Write why"):
            self._close(contract, reason="-")
        self._close(contract, reason="The client buys elsewhere")
        self.assertFalse(contract.active)
        self.assertFalse(contract.approval_ids.filtered("is_open"))
        with self.assertRaises(UserError):
            contract.action_request_approval()

    def test_terms_of_who_may_not_write(self):
        contract = self._sign_contract(self._contract())
        wizard = self.env["regulation.contract.close"].with_user(self.other)
        with self.assertRaises(AccessError):
            wizard.create(
                {"contract_id": contract.id, "reason": "Because I can"}
            ).action_close()
