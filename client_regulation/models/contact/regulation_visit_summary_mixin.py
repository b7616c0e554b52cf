# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

TEMPLATE = "client_regulation.mail_template_visit_summary"


class RegulationVisitSummaryMixin(models.AbstractModel):
    """The summary of a visit, sent to the client in one click; mixed into
    `regulation.visit`. (Reg. 1.3.8, flow F05)

    In the client's language: what it was about, what each side does until when, the
    facts, the next step. The message in the chatter of the visit is the proof.
    """

    _name = "regulation.visit.summary.mixin"
    _description = "Summary of a Visit"

    summary_context = fields.Text(
        "What It Was About", help="For the client, in the client's language."
    )
    summary_facts = fields.Text(
        "What We Noted", help="Facts the client is asked to confirm."
    )
    summary_next_step = fields.Char("Next Step for the Client")
    summary_message_id = fields.Many2one(
        "mail.message", "Summary", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_summary(self):
        """Look the summary over before it goes out."""
        self.ensure_one()
        view = self.env.ref("client_regulation.regulation_visit_view_form_summary")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Summary for the Client"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_send_summary(self):
        """Send the summary to the people of the client who were there."""
        self.ensure_one()
        self.check_access("write")
        recipients = self._send_summary()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The summary was sent to: %(people)s.",
                    people=", ".join(recipients.mapped("name")),
                ),
                # closes the dialog, where there is one, and shows the new date
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _send_summary(self):
        self.ensure_one()
        recipients = self._get_summary_recipients()
        self._check_summary(recipients)
        # as sudo: whoever sends a summary need not be allowed to read templates
        template = self.env.ref(TEMPLATE).sudo()
        lang = self._get_summary_lang(recipients)
        subject, body = (
            template._render_field(name, self.ids, set_lang=lang)[self.id]
            for name in ("subject", "body_html")
        )
        message = self.message_post(
            body=Markup(body),
            subject=subject,
            partner_ids=recipients.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_light",
            force_email_lang=lang,
        )
        self.write(
            {
                "summary_sent_on": fields.Datetime.now(),
                "summary_message_id": message.id,
            }
        )
        return recipients

    def _check_summary(self, recipients):
        """What lacks for the summary, all of it at once."""
        lacks = []
        if self.state != "done":
            lacks.append(self.env._("the visit was not held yet"))
        if not self._get_summary_agreements():
            lacks.append(self.env._("no agreement: write who does what until when"))
        if not recipients:
            lacks.append(
                self.env._(
                    "nobody to send it to: add a participant of the client with an "
                    "e-mail address, or give “%(client)s” one",
                    client=self.partner_id.display_name,
                )
            )
        if lacks:
            raise UserError(
                self.env._(
                    "The summary of “%(visit)s” cannot be sent:\n%(lacks)s",
                    visit=self.display_name,
                    lacks="\n".join(f"• {lack}" for lack in lacks),
                )
            )

    def _get_summary_recipients(self):
        """The people of the client who took part and have an address, else the
        client."""
        lines = self.participant_ids
        people = (lines.filtered("attended") or lines).partner_id.filtered(
            lambda person: person.active and person.partner_share and person.email
        )
        return people or self.partner_id.filtered("email")

    def _get_summary_lang(self, recipients):
        return next(
            filter(None, [self.partner_id.lang, *recipients.mapped("lang")]),
            self.env.lang,
        )

    # what the template reads

    def _get_summary_agreements(self, side=None):
        """What was agreed and still stands; moved ones with their new date."""
        return self.agreement_ids.filtered(
            lambda a: a.state not in ("cancelled", "moved") and side in (None, a.side)
        )

    @api.model
    def _get_summary_lines(self, text):
        """The lines of a text, to be listed."""
        lines = (line.strip(" \t•–—-*") for line in (text or "").splitlines())
        return [line for line in lines if line]
