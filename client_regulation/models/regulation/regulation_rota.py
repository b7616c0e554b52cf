# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.periods import period_of

#: calendar days ahead of its deadline from which a duty of a coming period is shown
LEAD_DAYS = 7

#: duties whose activities are made in one transaction of the scheduled action
BATCH = 200


class RegulationRota(models.AbstractModel):
    """Opens what is owed for a period or because of an event. (Reg. 1.2.6, 2.4, 2.5)

    The unique index on step, person and period is what makes it repeatable: the
    scheduled action can be killed at any moment and run again without doubles.
    """

    _name = "regulation.rota"
    _description = "Rota of the Regulation"

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_open_duties(self):
        """Open period duties, ask for acknowledgements, make the activities."""
        editions = (
            self.env["regulation.regulation"]
            .sudo()
            .search([("state", "=", "in_force")])
        )
        Duty = self.env["regulation.duty"].sudo()
        waiting = [("needs_activity", "=", True), ("state", "=", "open")]
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(editions) + Duty.search_count(waiting))
        for edition in editions:
            self._open_period_duties(edition)
            self.env["regulation.acknowledgement"]._open_for(edition)
            if not Cron._commit_progress(1):
                return
        while duties := Duty.search(waiting, limit=BATCH, order="id"):
            duties._schedule_activities()
            left = Duty.search_count(waiting)
            if not Cron._commit_progress(len(duties), remaining=left):
                return

    # ------------------------------------------------------------
    # PERIODS
    # ------------------------------------------------------------

    @api.model
    def _open_period_duties(self, edition, today=None):
        """Open the duties of the running period, and of the next one when their
        deadline lies before it.

        :return: number of duties opened
        """
        edition.ensure_one()
        company_id = edition.company_id.id
        today = today or self.env["regulation.time"]._get_today(company_id)
        Regulation = self.env["regulation.regulation"]
        teams = self._get_bound_teams(edition)
        rows = []
        for step in Regulation._get_plan(edition.id).steps:
            if step.subject == "period" and step.period:
                rows += self._prepare_period_rows(edition, step, teams, today)
        return self._insert_period_duties(edition, rows)

    @api.model
    def _get_bound_teams(self, edition):
        """The sales teams an edition binds, those of no company included."""
        teams = edition.sudo().scope_ids.team_id
        if teams and all(scope.team_id for scope in edition.sudo().scope_ids):
            return teams
        return (
            self.env["crm.team"]
            .sudo()
            .search([("company_id", "in", (edition.company_id.id, False))])
        )

    @api.model
    def _prepare_period_rows(self, edition, step, teams, today):
        """(step, user, receiver, start, due, from, to) for one step."""
        company_id = edition.company_id.id
        Role = self.env["regulation.role"]
        time = self.env["regulation.time"]
        first, after = period_of(today, step.period)
        rows = []
        for date_from, date_to in (
            (first, after),
            (after, period_of(after, step.period)[1]),
        ):
            start = self._get_period_start(company_id, step, date_from, date_to)
            due = time._get_due(company_id, start, step.deadline, step.deadline_unit)
            shown_from = min(date_from, due.date() - timedelta(days=LEAD_DAYS))
            if today < shown_from:
                continue
            if edition.approved_on and due < edition.approved_on:
                continue  # the edition asks for nothing before it was in force
            people = Role._resolve_people(step.role_id, company_id, today, teams)
            receivers = (
                Role._resolve_people(step.receiver_role_id, company_id, today, teams)
                if step.receiver_role_id
                else []
            )
            rows += [
                (
                    step.id, user_id, receivers[0] if receivers else None, start, due,
                    date_from, date_to,
                )
                for user_id in people or [None]
            ]  # fmt: skip
        return rows

    @api.model
    def _get_period_start(self, company_id, step, date_from, date_to):
        """The instant a period step is counted from, naive UTC."""
        clock = self.env["regulation.time"]._get_clock(
            company_id, fields.Datetime.now()
        )
        if step.start_event in ("week_end", "month_end", "quarter_end"):
            # the last day of the period: «5 working days after the month's end»
            return clock.day_start(date_to) - timedelta(seconds=1)
        if step.deadline > 0:
            # «by the 2nd working day of the period»: its first day is day 1
            return clock.day_start(date_from) - timedelta(seconds=1)
        return clock.day_start(date_from)

    @api.model
    def _insert_period_duties(self, edition, rows):
        if not rows:
            return 0
        now = fields.Datetime.now()
        columns = [list(column) for column in zip(*rows, strict=True)]
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO regulation_duty (
                       step_id, user_id, receiver_id, start_on, due_on, date_from,
                       date_to, stage_id, role_id, company_id, state, needs_activity,
                       create_uid, create_date, write_uid, write_date)
                SELECT v.*, s.stage_id, s.role_id, %(company)s, 'open',
                       v.user_id IS NOT NULL, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(steps)s::int[], %(users)s::int[], %(receivers)s::int[],
                              %(starts)s::timestamp[], %(dues)s::timestamp[],
                              %(froms)s::date[], %(tos)s::date[])
                    AS v(step_id, user_id, receiver_id, start_on, due_on, date_from,
                         date_to)
                  JOIN regulation_step s ON s.id = v.step_id
           ON CONFLICT DO NOTHING
             RETURNING id
                """,
                company=edition.company_id.id,
                now=now,
                uid=self.env.uid,
                steps=columns[0],
                users=columns[1],
                receivers=columns[2],
                starts=columns[3],
                dues=columns[4],
                froms=columns[5],
                tos=columns[6],
            )
        )
        self.env["regulation.duty"].invalidate_model()
        return len(inserted)

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    @api.model
    def _open_event_duties(self, steps, at, partner=None, lead=None):
        """Open one duty for each step and, where the role is for everybody, person.

        A step about one client or deal is owed by one person; a step about the
        company (the approval of a regulation) by everybody in the role.
        """
        Role = self.env["regulation.role"]
        time = self.env["regulation.time"]
        salesperson = (lead or partner or self.env["res.partner"]).user_id
        team = lead.team_id if lead else salesperson.sale_team_id
        seller, leader = salesperson.id, team.user_id.id
        rows = []
        for step in steps:
            company_id = step.regulation_id.company_id.id
            today = time._get_today(company_id)
            if lead or partner:
                people = [
                    Role._resolve_for_deal(
                        step.role_id.id, company_id, today, seller, leader
                    )
                ]
            else:
                people = Role._resolve_people(
                    step.role_id.id,
                    company_id,
                    today,
                    self._get_bound_teams(step.regulation_id),
                )
            receiver = Role._resolve_for_deal(
                step.receiver_role_id.id, company_id, today, seller, leader
            )
            due = time._get_due(company_id, at, step.deadline, step.deadline_unit)
            rows += [
                {
                    "step_id": step.id,
                    "stage_id": step.stage_id.id,
                    "role_id": step.role_id.id,
                    "company_id": company_id,
                    "lead_id": lead.id if lead else False,
                    "team_id": team.id,
                    "partner_id": partner.id if partner else False,
                    "user_id": user_id,
                    "receiver_id": receiver,
                    "start_on": at,
                    "due_on": due,
                    "needs_activity": bool(user_id),
                }
                for user_id in people or [False]
            ]
        duties = self.env["regulation.duty"].sudo().create(rows)
        duties.filtered("needs_activity")._schedule_activities()
        return duties
