# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import tagged

from .client_common import ClientCommon


@tagged("post_install", "-at_install")
class TestClientStatus(ClientCommon):
    """Prospect, new, active, dormant, lost: by posted invoices and orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["regulation.time"]._get_today(cls.company.id)
        cls.product = cls.env["product.product"].create(
            {"name": "Slate", "type": "service", "list_price": 10}
        )

    def _order(self, day, client=None, confirm=True, company=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": (client or self.client).id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        if confirm:
            self.env.cr.execute(
                "UPDATE sale_order SET state = 'sale', date_order = %s WHERE id = %s",
                [f"{day} 12:00:00", order.id],
            )
            order.invalidate_recordset()
        return order

    def _run(self):
        with self.enter_registry_test_mode():
            self._ref("ir_cron_client_status").method_direct_trigger()
        self.env.invalidate_all()
        return self.client.client_status

    def test_prospect(self):
        self.assertEqual(self.client.client_status, "prospect")
        self._order(self.today, confirm=False)
        self.assertEqual(self._run(), "prospect")
        self.assertFalse(self.anna.client_status)
        self.assertFalse(self.company.partner_id.client_status)

    def test_new_then_active_then_dormant_then_lost(self):
        for age, status in (
            (relativedelta(days=1), "new"),
            (relativedelta(days=89), "new"),
            (relativedelta(days=90), "active"),
            (relativedelta(months=11), "active"),
            (relativedelta(months=12), "dormant"),
            (relativedelta(months=23), "dormant"),
            (relativedelta(months=24), "lost"),
        ):
            with self.subTest(age=age):
                self.env["sale.order"].search(
                    [("partner_id", "=", self.client.id)]
                ).write({"state": "cancel"})
                self._order(self.today - age)
                self.assertEqual(self._run(), status)

    def test_first_sale_long_ago(self):
        self._order(self.today - timedelta(days=400))
        self._order(self.today - timedelta(days=2))
        self.assertEqual(self._run(), "active")

    def test_order_of_a_person_of_the_client(self):
        self._order(self.today, client=self.anna)
        self.assertEqual(self._run(), "new")

    def test_settings_of_the_company(self):
        self.company.write({"client_new_days": 5, "client_active_months": 1})
        self._order(self.today - timedelta(days=10))
        self.assertEqual(self._run(), "active")
        self.company.client_new_days = 20
        self.assertEqual(self._run(), "new")

    def test_posted_invoice(self):
        if not self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        ):
            self.env["account.chart.template"].try_loading(
                "generic_coa", self.company, install_demo=False
            )
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_date": self.today,
                "invoice_line_ids": [
                    Command.create({"product_id": self.product.id, "price_unit": 5})
                ],
            }
        )
        self.assertEqual(self._run(), "prospect")
        invoice.action_post()
        self.assertEqual(self._run(), "new")
        invoice._reverse_moves(cancel=True)
        self.assertEqual(self._run(), "prospect")

    def test_supplier(self):
        supplier = self.env["res.partner"].create(
            {"name": "Quarry", "is_company": True, "supplier_rank": 1}
        )
        self._run()
        self.assertFalse(supplier.client_status)

    def test_second_run_changes_nothing(self):
        self._order(self.today)
        self._run()
        rows = self.env.execute_query(self.env["res.partner"]._get_status_query())
        self.assertFalse(rows)
