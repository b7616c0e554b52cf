# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

#: agreements a batch
BATCH = 200


class RegulationAgreementWatch(models.AbstractModel):
    """Reminds of agreements: our person a working day before, the head of the team a
    working day after. Each once; what was done before a crash is not done again.
    (D.6)"""

    _name = "regulation.agreement.watch"
    _description = "Reminders of Agreements"

    @api.model
    def _cron_remind_agreements(self):
        Agreement = self.env["regulation.agreement"].sudo()
        for get_domain, process in (
            (Agreement._get_reminder_domain, self._remind),
            (Agreement._get_escalation_domain, self._escalate),
        ):
            while agreements := Agreement.search(get_domain(), limit=BATCH, order="id"):
                process(agreements)
                if not self.env["ir.cron"]._commit_progress(
                    len(agreements), remaining=Agreement.search_count(get_domain())
                ):
                    return

    @api.model
    def _remind(self, agreements):
        for agreement in agreements:
            self._schedule(
                agreement,
                "client_regulation.mail_activity_type_agreement",
                agreement.user_id,
            )
        agreements.write({"reminded_on": fields.Datetime.now()})

    @api.model
    def _escalate(self, agreements):
        for agreement in agreements:
            self._schedule(
                agreement,
                "client_regulation.mail_activity_type_agreement_overdue",
                agreement.team_id.user_id,
            )
        agreements.write({"escalated_on": fields.Datetime.now()})

    def _schedule(self, agreement, activity_type, user):
        if not user.active:
            return
        agreement = agreement.with_context(lang=user.lang)
        side = dict(agreement._fields["side"]._description_selection(agreement.env))
        agreement.activity_schedule(
            activity_type,
            date_deadline=agreement.date_due,
            summary=f"{side[agreement.side]}: {agreement.subject}",
            user_id=user.id,
        )
