# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

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
            (self._get_reminder_domain, self._remind),
            (self._get_escalation_domain, self._escalate),
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

    @api.model
    def _get_reminder_domain(self):
        """Open, due on the next working day or before, and nobody was reminded."""
        return self._get_company_days_domain("user_id", "reminded_on", 1)

    @api.model
    def _get_escalation_domain(self):
        """Open a working day after it was due, and the head was not told."""
        return self._get_company_days_domain("team_id.user_id", "escalated_on", -1)

    def _get_company_days_domain(self, person, flag, days):
        domain = Domain.FALSE
        time = self.env["regulation.time"]
        now = fields.Datetime.now()
        # the companies that have open agreements, not all of them
        groups = (
            self.env["regulation.agreement"]
            .sudo()
            ._read_group([("state", "=", "open")], ["company_id"])
        )
        for (company,) in groups:
            due = time._get_due(company.id, now, days, "wd")
            limit = time._get_clock(company.id, due).local_date(due)
            if days < 0:
                limit = min(limit, time._get_today(company.id) - timedelta(days=1))
            domain |= Domain("company_id", "=", company.id) & Domain(
                "date_due", "<=", limit
            )
        return (
            Domain("state", "=", "open")
            & Domain(flag, "=", False)
            & Domain(person, "!=", False)
            & domain
        )
