# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .deal_common import DealCommon


@tagged("post_install", "-at_install")
class TestDealReview(DealCommon):
    """A8.2: what a closed deal teaches the team."""

    def test_short_form_of_a_lost_deal(self):
        self._offer().action_quotation_sent()
        self.lead.action_set_lost(lost_reason_id=self.lost_reason.id)
        action = self.lead.action_new_review()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        form = Form(
            self.env["regulation.deal.review"]
            .with_user(self.seller)
            .with_context(**action["context"]),
            view,
        )
        self.assertEqual(form.result, "lost")
        self.assertEqual(form.lost_reason_id, self.lost_reason)
        form.decided_by = "Their price was lower by a tenth"
        form.lesson = "Show the cost of a late delivery"
        review = form.save()
        self.assertEqual(review.amount, 1000)
        self.assertEqual(review.offer_count, 1)
        self.assertEqual(review.partner_id, self.client)
        self.assertEqual(review.user_id, self.seller)
        self.assertEqual(review.author_id, self.seller)
        self.assertEqual(review.reason_name, "Too expensive")
        self.assertEqual(self.lead.deal_review_count, 1)

    def test_says_something(self):
        review = self._review()
        for name in ("lesson", "decided_by"):
            with self.assertRefused("says nothing", exception=ValidationError):
                review[name] = "-"

    def test_reason_from_the_catalogue(self):
        for vals in ({"won_reason_id": False}, {"result": "lost"}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self._review(**vals).flush_recordset()
