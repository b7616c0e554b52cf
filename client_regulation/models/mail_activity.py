# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models


class MailActivity(models.Model):
    """Closing the activity of a duty finishes the duty where the proof is there."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        duty_ids = self.filtered(
            lambda activity: activity.res_model == "regulation.duty"
        ).mapped("res_id")
        row_ids = self.filtered(
            lambda activity: (
                activity.res_model == "regulation.acknowledgement"
                and activity.user_id == self.env.user
            )
        ).mapped("res_id")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if duty_ids:
            attachments = self.env["ir.attachment"].browse(attachment_ids or ())
            self.env["regulation.duty"].browse(duty_ids)._complete_from_activity(
                feedback, attachments
            )
        if row_ids:
            self.env["regulation.acknowledgement"].browse(row_ids)._acknowledge()
        return result
