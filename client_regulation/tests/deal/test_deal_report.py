# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestDealReport(DealCommon):
    """The approval sheet and the hand-over act, as they are signed."""

    def _html(self, name, record, user=None):
        report = f"client_regulation.regulation_{name}_document"
        Report = self.env["ir.actions.report"].with_user(user or self.seller)
        return Report._render_qweb_html(report, record.ids)[0].decode()

    def test_contract_sheet(self):
        contract = self._contract(number="Д-12", deviations="Clause 5: the court")
        self.assertIn("Nobody has been asked", self._html("contract_sheet", contract))
        contract.action_request_approval()
        line = self._line(contract, "LEG")
        line.comment = "Name the court"
        line.action_return()
        self._approve_contract(contract)
        for user in (self.seller, self.guard):
            page = self._html("contract_sheet", contract, user)
            for text in (
                "Contract Approval Sheet No. Д-12",
                "Stone House",
                "Clause 5: the court",
                "45 days",
                "Lawyer",
                "Guard",
                "Approved",
                "Former rounds",
                "Name the court",
                "Signature, date",
            ):
                self.assertIn(text, page)
        with self.assertRaises(AccessError):
            self._html("contract_sheet", contract, self.other)

    def test_handover_act(self):
        self._sign_contract(self._contract(number="Д-13"))
        act = self._act(
            contact_ids=[Command.link(self.director.id)], service_notes="Until 15:00"
        )
        page = self._html("handover_act", act)
        for text in (
            "Hand-over Act of",
            "A price list by Friday",
            "Д-13",
            "Until 15:00",
            "Mr Stone",
            "Seller",
            "Other",
        ):
            self.assertIn(text, page)
        empty = self._act(promises=False, no_promises=True)
        self.assertIn("Nothing was promised", self._html("handover_act", empty))
        with self.assertRaises(AccessError):
            self._html("handover_act", act, self.chief)

    def test_print_menu(self):
        for name, model in (
            ("contract_sheet", "regulation.contract"),
            ("handover_act", "regulation.handover"),
        ):
            bound = self.env["ir.actions.actions"].get_bindings(model)["report"]
            action = self.env.ref(f"client_regulation.action_report_regulation_{name}")
            self.assertIn(action.id, [entry["id"] for entry in bound])
