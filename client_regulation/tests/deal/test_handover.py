# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestHandover(DealCommon):
    """A8.1: the client goes to servicing with all that was promised."""

    def test_prepared_from_the_deal(self):
        action = self.lead.action_new_handover()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        form = Form(
            self.env["regulation.handover"]
            .with_user(self.seller)
            .with_context(**action["context"]),
            view,
        )
        self.assertEqual(form.partner_id, self.client)
        self.assertEqual(form.to_user_id, self.other)
        act = form.save()
        self.assertEqual(act.from_user_id, self.seller)
        self.assertEqual(act.team_id, self.team)
        self.assertEqual(self.lead.deal_handover_count, 1)

    def test_nothing_is_handed_over_by_a_default(self):
        Act = self.env["regulation.handover"].with_user(self.seller)
        act = Act.with_context(
            default_state="accepted", default_accepted_on=self.today
        ).create({"partner_id": self.client.id, "to_user_id": self.other.id})
        self.assertEqual((act.state, act.accepted_on), ("draft", False))

    def test_needs_promises_and_days(self):
        act = self._act(promises="-", welcome_sent_on=False, survey_planned_on=False)
        with self.assertRefused("Welcome Letter", "First Survey", "promises"):
            act.action_hand_over()

    def test_accepted_by_the_receiver(self):
        self.client.user_id = self.seller
        act = self._act()
        act.action_hand_over()
        self.assertEqual(act.state, "handed")
        self.assertEqual(act.sudo().activity_ids.user_id, self.other)
        for user in (self.seller, self.head):
            with self.assertRefused("Other", exception=AccessError):
                act.with_user(user).action_accept()
        with self.assertRefused("has been handed over"):
            act.promises = "Nothing at all"
        with self.assertRefused("cannot be deleted"):
            act.unlink()
        act.with_user(self.other).action_accept()
        self.assertEqual(act.state, "accepted")
        self.assertTrue(act.accepted_on)
        self.assertEqual(self.client.user_id, self.other)
        self.assertFalse(act.sudo().activity_ids)
        with self.assertRefused("does not wait"):
            act.with_user(self.other).action_accept()

    def test_salesperson_stays_where_the_company_wants_it(self):
        self.company.regulation_handover_salesperson = False
        self.client.user_id = self.seller
        act = self._act()
        act.action_hand_over()
        act.with_user(self.other).action_accept()
        self.assertEqual(self.client.user_id, self.seller)

    def test_returned(self):
        act = self._act()
        act.action_hand_over()
        mine = act.with_user(self.other)
        with self.assertRefused("what the act lacks"):
            mine.action_return()
        with Form(mine) as form:
            form.return_reason = "Whom do I call?"
        mine.action_return()
        self.assertEqual(act.state, "draft")
        self.assertFalse(act.handed_on)
        act.promises = "Call Mr Stone; a price list by Friday"
        act.action_hand_over()
        self.assertFalse(act.return_reason)

    def test_kept_by_buttons(self):
        act = self._act()
        for vals in ({"state": "accepted"}, {"handed_on": "2026-01-01 08:00:00"}):
            with self.assertRefused("by “Accept”", exception=AccessError):
                act.write(vals)
            with self.assertRefused("by “Accept”", exception=AccessError):
                self._act(**vals)
        act.action_hand_over()
        for vals in ({"state": "draft"}, {"handed_on": False}):
            with self.assertRefused("by “Accept”", exception=AccessError):
                act.write(vals)

    def test_kept_client(self):
        act = self._act(to_user_id=self.seller.id, no_promises=True, promises=False)
        act.action_hand_over()
        self.assertEqual(act.state, "accepted")

    def test_open_agreements(self):
        agreement = (
            self.env["regulation.agreement"]
            .with_user(self.seller)
            .create(
                {
                    "lead_id": self.lead.id,
                    "subject": "Send the price list",
                    "date_due": self.today,
                }
            )
        )
        self.assertEqual(self._act().agreement_ids, agreement)
