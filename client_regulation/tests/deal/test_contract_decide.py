# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tests import Form, tagged

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestContractDecide(DealCommon):
    """A7.1: who approves finds their own line from the contract."""

    def test_from_the_contract_to_the_own_line(self):
        contract = self._contract()
        contract.action_request_approval()
        self.assertFalse(contract.can_decide, "the seller asks and does not decide")
        line = self._line(contract, "LEG")
        own = contract.with_user(self.lawyer)
        self.assertTrue(own.can_decide)
        action = own.action_decide()
        self.assertEqual((action["res_model"], action["res_id"]), (line._name, line.id))
        with Form(line.with_user(self.lawyer)) as form:
            self.assertTrue(form.can_decide)
        line.with_user(self.lawyer).action_approve()
        self.assertFalse(own.can_decide)
        self.assertEqual(own.action_decide()["domain"], [("contract_id", "=", own.id)])
