# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestDealRights(DealCommon):
    """Each rule has a stranger who fails and somebody who passes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract()
        cls.contract.action_request_approval()
        cls.review = cls._review()
        cls.act = cls._act(to_user_id=cls.seller.id)
        cls.authority = cls.env["regulation.discount.authority"].create(
            {"user_id": cls.seller.id, "percent": 5}
        )
        cls.watched = (cls.contract, cls.contract.approval_ids, cls.review, cls.act)

    def test_own_team_and_all(self):
        everybody = new_test_user(
            self.env, login="reg_all", groups="sales_team.group_sale_salesman_all_leads"
        )
        for records in self.watched:
            for user, sees in (
                (self.seller, True),
                (self.other, False),
                (self.head, True),
                (self.chief, False),
                (self.owner, True),
                (everybody, True),
            ):
                with self.subTest(model=records._name, user=user.login):
                    self.assertEqual(self._sees(user, records), sees)

    def test_unassigned_deals(self):
        self.lead.sudo().user_id = False
        for records in self.watched:
            self.assertTrue(self._sees(self.other, records), records._name)

    def test_receiver_sees_the_act(self):
        act = self._act()
        self.assertTrue(self._sees(self.other, act))
        self.assertFalse(self._sees(self.chief, act))

    def test_approvers_see_and_decide_only_theirs(self):
        second = self._contract()
        for user in (self.lawyer, self.clerk, self.guard):
            with self.subTest(user=user.login):
                self.assertTrue(self._sees(user, self.contract))
                self.assertFalse(self._sees(user, second))
                self.assertFalse(self._sees(self.boss, self.contract))
                line = self.contract.approval_ids.filtered(
                    lambda line, user=user: line.user_id == user
                )
                with Form(line.with_user(user)) as form:
                    form.comment = "Read it"
                self.assertEqual(line.comment, "Read it")
                with Form(self.contract.with_user(user)) as form:
                    self.assertEqual(form.number, self.contract.number)
                with self.assertRaises(AccessError):
                    self.contract.with_user(user).credit_limit = 1
                with self.assertRaises(AccessError):
                    (self.contract.approval_ids - line)[0].with_user(
                        user
                    ).comment = "Not mine"
                for records in (self.review, self.act):
                    with self.assertRaises(AccessError):
                        records.with_user(user).check_access("read")

    def test_draft_text_is_read_by_approvers(self):
        text = (
            self.env["ir.attachment"]
            .with_user(self.seller)
            .create({"name": "draft.docx", "raw": b"text"})
        )
        self.contract.draft_attachment_ids = [Command.link(text.id)]
        self.assertEqual(text.res_id, self.contract.id)
        self.assertEqual(text.with_user(self.lawyer).raw, b"text")
        with self.assertRaises(AccessError):
            text.with_user(self.other).read(["raw"])

    def test_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.owner.write(
            {
                "company_ids": [Command.set(elsewhere.ids)],
                "company_id": elsewhere.id,
            }
        )
        for records in (*self.watched, self.authority):
            with self.subTest(model=records._name):
                self.assertFalse(self._sees(self.owner, records))

    def test_catalogues(self):
        reason = self.env.ref("client_regulation.won_reason_price")
        self.assertTrue(reason.with_user(self.lawyer).name)
        reason.with_user(self.owner).sequence = 11
        for user in (self.seller, self.head):
            with self.assertRaises(AccessError):
                reason.with_user(user).sequence = 12
            with self.assertRaises(AccessError):
                self.authority.with_user(user).percent = 99
        self.authority.with_user(self.owner).percent = 7

    def test_head_reads_the_orders_of_their_team(self):
        offer = self._offer()
        self.assertTrue(self._sees(self.head, offer))
        self.assertFalse(self._sees(self.chief, offer))
