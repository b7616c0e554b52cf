# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_talk import TalkCommon


@tagged("post_install", "-at_install")
class TestVisitSummary(TalkCommon):
    """The summary of a visit, to the client in one click. (Reg. 1.3.8, F05)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls._visit()

    def _get_recipients(self):
        return self.visit._get_summary_recipients()

    def test_sent_and_kept(self):
        self._agreement(visit_id=self.visit.id)
        self._agreement(
            visit_id=self.visit.id,
            side="client",
            contact_id=self.director.id,
            subject="Show the drawings",
        )
        gone = self._agreement(visit_id=self.visit.id, subject="Bring a cake")
        gone._cancel("us", "nobody wants it")
        self.visit.write(
            {
                "summary_context": "Bricks for the school",
                "summary_facts": "- 40 pallets a month\n- delivery by May",
                "summary_next_step": "We meet on Monday",
            }
        )
        self.visit.action_send_summary()
        message = self.visit.summary_message_id
        self.assertTrue(self.visit.summary_sent_on)
        self.assertIn(message, self.visit.message_ids)
        self.assertEqual(message.partner_ids, self._get_recipients())
        for text in (
            "Send the price list", "Show the drawings", "Mr Stone", "Seller",
            "Bricks for the school", "40 pallets a month", "We meet on Monday",
        ):  # fmt: skip
            self.assertIn(text, message.body)
        self.assertNotIn("cake", message.body)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        sent = mail or self.env["mail.notification"].search(
            [("mail_message_id", "=", message.id)]
        )
        self.assertTrue(sent)

    def test_in_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.client.lang = "fr_FR"
        template = self._ref("mail_template_visit_summary")
        template.with_context(lang="fr_FR").subject = "Notre réunion"
        self._agreement(visit_id=self.visit.id)
        self.visit.action_send_summary()
        self.assertEqual(self.visit.summary_message_id.subject, "Notre réunion")

    def test_says_all_that_lacks_at_once(self):
        planned = self._visit(state="planned")
        (self.client | self.client.child_ids).email = False
        with self.assertRefused("not held yet", "no agreement", "nobody to send it to",
                                exception=UserError):  # fmt: skip
            planned.action_send_summary()

    def test_of_anothers_visit(self):
        self._agreement(visit_id=self.visit.id)
        # who does not see the deal neither reads nor sends its letters
        with self.assertRaises(UserError):
            self.visit.with_user(self.clerk).action_send_summary()

    def test_owner_words_the_letter(self):
        template = self._ref("mail_template_visit_summary").with_user(self.owner)
        template.subject = "What we agreed on"
        self._agreement(visit_id=self.visit.id)
        self.visit.action_send_summary()
        self.assertEqual(self.visit.summary_message_id.subject, "What we agreed on")
