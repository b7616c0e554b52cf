# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .deal_common import DealCommon

#: and how many queries each costs with empty caches, whatever the number of deals
CHECKS = {
    "offer_sent": 4,
    "offer_feedback": 1,
    "contract_approved": 12,
    "counterparty_checked": 12,
    "contract_signed": 12,
    "handed_over": 6,
    "won_lost_analysed": 2,
}
EVENTS = ("offer_request", "offer_sent", "offer_accepted", "first_order")


@tagged("post_install", "-at_install")
class TestDealChecks(DealCommon):
    """Steps A6.1–A8.2 check themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._prepare_edition()
        cls.edition = cls._prepare_event_edition(
            *(
                cls._step(f"T.{i}", cls.role_sm, check=check)
                for i, check in enumerate(CHECKS, 1)
            )
        )
        cls.lead = cls._deal(partner_id=cls.client.id, name="Under regulation")

    def _lack(self, check, lead=None):
        step = next(s for s in self.edition._get_plan(self.edition.id).steps
                    if s.check == check)  # fmt: skip
        lead = lead or self.lead
        return self.env["regulation.check"]._evaluate(lead, step).get(lead.id)

    def _is_done(self, check):
        code = f"T.{list(CHECKS).index(check) + 1}"
        return bool(self._duty(self.lead, code).sudo().done_on)

    def assertLacks(self, check, text):
        lack = self._lack(check)
        self.assertTrue(lack, check)
        self.assertIn(text, lack.text)
        self.assertTrue(lack.url)
        self.assertFalse(self._is_done(check))

    def assertDone(self, check):
        self.assertFalse(self._lack(check))
        self.assertTrue(self._is_done(check))

    def test_offer_sent(self):
        self.assertLacks("offer_sent", "no quotation")
        offer = self._offer(validity_date=False)
        offer.validity_date = False
        self.assertLacks("offer_sent", "is not sent")
        offer.action_quotation_sent()
        self.assertLacks("offer_sent", "expiration")
        offer.validity_date = self.today
        self.assertDone("offer_sent")

    def test_offer_sent_beyond_authority(self):
        offer = self._offer(discount=8)
        offer.action_quotation_sent()
        self.assertFalse(self._lack("offer_sent"))
        self.company.regulation_discount_percent = 5
        self.env.invalidate_all()
        self.assertIn("not approved", self._lack("offer_sent").text)

    def test_offer_feedback(self):
        self.assertLacks("offer_feedback", "no offer has been sent")
        offer = self._offer()
        offer.action_quotation_sent()
        self.assertLacks("offer_feedback", offer.name)
        offer.write({"offer_feedback": "changes", "offer_feedback_note": "Cheaper"})
        self.assertDone("offer_feedback")

    def test_contract(self):
        for check in ("contract_approved", "counterparty_checked", "contract_signed"):
            self.assertLacks(check, "no contract")
        contract = self._contract()
        self.assertLacks("contract_approved", "draft")
        self.assertLacks("counterparty_checked", contract.number)
        contract.action_request_approval()
        self.assertLacks("contract_approved", "Lawyer")
        self.assertLacks("counterparty_checked", "Guard")
        self._check_counterparty(contract).action_approve()
        self.assertDone("counterparty_checked")
        self.assertLacks("contract_approved", "Lawyer")
        self._approve_contract(contract)
        self.assertDone("contract_approved")
        self.assertLacks("contract_signed", "waits for the signature")
        self._prepare_signature(contract).action_sign()
        self.assertDone("contract_signed")

    def test_framework_contract_serves_later_deals(self):
        self._sign_contract(self._contract(lead_id=False))
        lead = self._deal(partner_id=self.client.id, name="Second deal")
        for check in ("contract_approved", "counterparty_checked", "contract_signed"):
            self.assertFalse(self._lack(check, lead))
            self.assertDone(check)

    def test_handed_over(self):
        self.assertLacks("handed_over", "no hand-over act")
        act = self._act(welcome_sent_on=False)
        self.assertLacks("handed_over", "Welcome Letter")
        act.welcome_sent_on = self.today
        self.assertLacks("handed_over", "press “Hand Over”")
        act.action_hand_over()
        self.assertLacks("handed_over", "Other")
        act.with_user(self.other).action_accept()
        self.assertDone("handed_over")

    def test_won_lost_analysed(self):
        self.assertLacks("won_lost_analysed", "no won/lost sheet")
        self._review()
        self.assertDone("won_lost_analysed")

    def test_sheet_of_the_other_result(self):
        self._review()
        self.lead.sudo().action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertTrue(self._lack("won_lost_analysed"))

    def test_twenty_deals_cost_as_many_queries_as_one(self):
        leads = self.lead
        for i in range(19):
            leads |= self._deal(partner_id=self.client.id, name=f"Deal {i}")
        for lead in leads:
            self._offer(lead=lead).action_quotation_sent()
            self._contract(lead_id=lead.id).action_request_approval()
            self._act(lead_id=lead.id).action_hand_over()
            self._review(lead_id=lead.id)
        self.assertChecksDoNotGrow(leads, CHECKS, EVENTS)
