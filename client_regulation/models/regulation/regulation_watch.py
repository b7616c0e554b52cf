# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: duties, or deals, looked at in one transaction of the scheduled action
BATCH = 500


class RegulationWatch(models.AbstractModel):
    """Watches the deadlines: reminds before, marks late, tells the head after.

    Each duty is reminded of once and reported once, not daily; the stamps are
    written in the transaction of the message, so that a killed run can be
    repeated. Deals on hold are left in peace. (Reg. 2.5, register of overdue steps)
    """

    _name = "regulation.watch"
    _description = "Watch over the Deadlines"

    @api.model
    def _cron_watch_duties(self):
        Cron = self.env["ir.cron"]
        self._end_holds()
        self._settle_facts()
        Cron._commit_progress(0)
        for domain, process in (
            (self._get_reminder_domain, self._remind),
            (self._get_late_domain, self._mark_late),
            (self._get_escalation_domain, self._escalate),
        ):
            Duty = self.env["regulation.duty"].sudo()
            while duties := Duty.search(domain(), limit=BATCH, order="id"):
                process(duties)
                if not Cron._commit_progress(
                    len(duties), remaining=Duty.search_count(domain())
                ):
                    return
        self._refresh_states(Cron)

    # ------------------------------------------------------------
    # WHICH
    # ------------------------------------------------------------

    @api.model
    def _get_waiting_domain(self):
        """Open duties that are still to be done and whose deal is not on hold."""
        return (
            Domain("state", "=", "open")
            & Domain("done_on", "=", False)
            & (
                Domain("lead_id", "=", False)
                | Domain("lead_id.regulation_state", "!=", "on_hold")
            )
        )

    @api.model
    def _get_reminder_domain(self):
        now = fields.Datetime.now()
        limits = self.env["regulation.figures"]._get_soon_limits(now)
        soon = Domain.OR(
            Domain("company_id", "=", company_id) & Domain("due_on", "<=", limit)
            for company_id, limit in self._get_company_limits(now, limits).items()
        )
        return (
            self._get_waiting_domain()
            & Domain("reminded_on", "=", False)
            & Domain("user_id", "!=", False)
            & Domain("due_on", ">", now)
            & soon
        )

    @api.model
    def _get_company_limits(self, now, limits):
        """Limits of companies with attracting editions, and of those with others."""
        time = self.env["regulation.time"]
        companies = (
            self.env["regulation.regulation"]
            .sudo()
            .search([("state", "=", "in_force")])
            .company_id
        )
        return limits | {
            company.id: time._get_soon_limit(now, company.id)
            for company in companies
            if company.id not in limits
        }

    @api.model
    def _get_late_domain(self):
        return (
            self._get_waiting_domain()
            & Domain("due_on", "<", fields.Datetime.now())
            & Domain("verdict", "=", False)
        )

    @api.model
    def _get_escalation_domain(self):
        return (
            self._get_waiting_domain()
            & Domain("due_on", "<", fields.Datetime.now())
            & Domain("escalated_on", "=", False)
        )

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    @api.model
    def _remind(self, duties):
        """One message to each person with all that is due soon."""
        duties.write({"reminded_on": fields.Datetime.now()})
        for user, own in duties.grouped("user_id").items():
            self._notify(user, own, "client_regulation.duty_reminder")

    @api.model
    def _mark_late(self, duties):
        duties.write({"verdict": "late", "compliance": 0.0})

    @api.model
    def _escalate(self, duties):
        """One message to each head with all that went over the deadline."""
        duties.write({"escalated_on": fields.Datetime.now()})
        by_head = defaultdict(lambda: self.env["regulation.duty"].sudo())
        for duty in duties:
            head = duty.team_id.user_id or duty.regulation_id.owner_id
            if head:
                by_head[head] |= duty
        for head, own in by_head.items():
            self._notify(head, own, "client_regulation.duty_escalation")

    @api.model
    def _notify(self, user, duties, template):
        """Send one message about duties, in the language of the person."""
        if not user.active or not user.partner_id:
            return
        localised = duties.with_context(
            lang=user.lang, tz=user.tz or self.env.context.get("tz")
        )
        body = (
            self.env["ir.qweb"]
            .with_context(lang=user.lang)
            ._render(
                template,
                {"duties": localised, "user": user},
                lang=user.lang,
            )
        )
        env = self.with_context(lang=user.lang).env
        subject = (
            env._("Regulation: %(count)s duties are due soon", count=len(duties))
            if template.endswith("reminder")
            else env._("Regulation: %(count)s duties are overdue", count=len(duties))
        )
        duties[0].message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=body,
            author_id=self.env.ref("base.partner_root").id,
            email_layout_xmlid="mail.mail_notification_light",
        )

    # ------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------

    @api.model
    def _settle_facts(self):
        """A step that checks itself is done when its fact is there, and is open again
        where the fact has gone by a way that nobody saw, like SQL or a stop list."""
        Duty = self.env["regulation.duty"].sudo()
        Regulation = self.env["regulation.regulation"]
        now = fields.Datetime.now()
        groups = Duty._read_group(
            [
                ("state", "in", ("open", "done")),
                ("passage_id.left_on", "=", False),
                ("passage_id", "!=", False),
                ("step_id.check", "!=", "manual"),
            ],
            ["step_id"],
            ["id:recordset"],
        )
        touched = set()
        for step, duties in groups:
            plan = Regulation._get_plan(step.regulation_id.id).step(step.id)
            failing = self.env["regulation.check"]._evaluate(duties.lead_id, plan)
            lost = duties.filtered(
                lambda duty, failing=failing: (
                    duty.state == "done" and duty.lead_id.id in failing
                )
            )
            lost._reopen()
            proven = duties.filtered(
                lambda duty, failing=failing: (
                    duty.state == "open" and duty.lead_id.id not in failing
                )
            )
            self.env["regulation.ledger"]._stamp_proven(
                step.id, proven.passage_id.ids, now
            )
            touched.update((proven | lost).lead_id.ids)
        Duty.invalidate_model()
        self.env["regulation.figures"]._refresh(list(touched))

    @api.model
    def _end_holds(self):
        """Deals whose hold is over run again, their deadlines moved on."""
        time = self.env["regulation.time"]
        held = (
            self.env["crm.lead"].sudo().search([("regulation_hold_until", "!=", False)])
        )
        held.filtered(
            lambda lead: lead.regulation_hold_until
            < time._get_today(lead.company_id.id or lead.regulation_id.company_id.id)
        )._regulation_resume()

    @api.model
    def _refresh_states(self, cron):
        """Time alone turns a deal from on track to due soon to overdue."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_lead WHERE regulation_id IS NOT NULL"
                " AND regulation_next_due IS NOT NULL AND active"
                " AND regulation_state IN ('on_track', 'due_soon') ORDER BY id"
            )
        )
        ids = [row[0] for row in rows]
        while ids:
            batch, ids = ids[:BATCH], ids[BATCH:]
            self.env["regulation.figures"]._refresh(batch)
            if not cron._commit_progress(len(batch), remaining=len(ids)):
                return
