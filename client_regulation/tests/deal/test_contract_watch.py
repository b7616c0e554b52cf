# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestContractWatch(DealCommon):
    """Reg. 1.4.5: reminded once, ended or renewed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(date_from=cls.today - timedelta(days=400))

    def _watch(self, **vals):
        self.env.cr.execute(
            "UPDATE regulation_contract SET state = 'signed' WHERE id = %s",
            [self.contract.id],
        )
        self.contract.invalidate_recordset()
        self.contract.sudo().write(vals)
        with self.enter_registry_test_mode():
            self.env.ref(
                "client_regulation.ir_cron_watch_contracts"
            ).method_direct_trigger()
        self.contract.invalidate_recordset()

    def test_reminded_once(self):
        self._watch(date_to=self.today + timedelta(days=31))
        self.assertFalse(self.contract.activity_ids)
        self.assertFalse(self.contract.is_expiring)
        self._watch(date_to=self.today + timedelta(days=30))
        self.assertTrue(self.contract.is_expiring)
        Contract = self.env["regulation.contract"].with_user(self.seller)
        self.assertIn(self.contract, Contract.search([("is_expiring", "=", True)]))
        self.assertEqual(self.contract.activity_ids.user_id, self.seller)
        self._watch()
        self.assertEqual(len(self.contract.activity_ids), 1)

    def test_ended(self):
        self._watch(date_to=self.today)
        self.assertEqual(self.contract.state, "signed", "the last day is part of it")
        last = self.today - timedelta(days=1)
        self._watch(date_to=last)
        self.assertEqual(self.contract.state, "ended")
        self.assertEqual(self.contract.date_ended, last)

    def test_renewed(self):
        last = self.today - timedelta(days=1)
        self._watch(date_to=last, auto_renew=True, renewal_months=6)
        self.assertEqual(self.contract.state, "signed")
        self.assertEqual(self.contract.date_to, last + relativedelta(months=6))
        self.assertFalse(self.contract.renewal_reminded_for)
