# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestDealMerge(DealCommon):
    """Deals and clients that are merged keep all their papers."""

    def test_deals(self):
        tail = self._deal(partner_id=self.client.id, name="The same again")
        tail.action_offer_requested()
        asked = tail.offer_requested_on
        self._offer()
        offer = self._offer(lead=tail)
        contract = self._contract(lead_id=tail.id)
        cancelled = self._contract(lead_id=tail.id)
        cancelled._cancel("Twice")
        act = self._act(lead_id=tail.id)
        review = self._review(lead_id=tail.id)
        head = (self.lead | tail).sudo().merge_opportunity()
        tail = (self.lead | tail) - head
        self.assertFalse(tail.exists())
        for paper in (contract, cancelled, act, review):
            self.assertEqual(paper.exists().lead_id, head, paper._name)
        self.assertEqual(offer.opportunity_id, head)
        self.assertEqual(sorted(head.order_ids.mapped("offer_version")), [1, 2])
        self.assertEqual(head.offer_requested_on, asked)

    def test_request_is_told_once(self):
        self._prepare_edition()
        self._prepare_event_edition(
            self._step("S1.1", self.role_sm),
            self._step(
                "E.1",
                self.role_sm,
                subject="event",
                start_event="offer_request",
                gate="inform",
            ),
        )
        deals = self._deal(partner_id=self.client.id)
        tail = self._deal(partner_id=self.client.id, name="The same again")
        tail.action_offer_requested()
        before = self.env["regulation.duty"].search_count(
            [("step_id.code", "=", "E.1")]
        )
        self.assertEqual(before, 1)
        (deals | tail).sudo().merge_opportunity()
        after = self.env["regulation.duty"].search_count([("step_id.code", "=", "E.1")])
        self.assertEqual(after, 1)

    def test_clients(self):
        twin = self.env["res.partner"].create(
            {"name": "Stone House Ltd", "is_company": True, "email": "a@stone.com"}
        )
        signed = self._sign_contract(self._contract())
        act = self._act(contact_ids=[(4, self.director.id)])
        review = self._review()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.client | twin).ids, twin
        )
        self.env.invalidate_all()
        self.assertEqual(signed.partner_id, twin)
        self.assertEqual(signed.state, "signed")
        self.assertEqual(act.partner_id, twin)
        self.assertEqual(review.partner_id, twin)
        self.assertEqual(self.director.parent_id, twin)
