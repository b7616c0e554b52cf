# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

#: duties whose activities are made at once; more wait for the scheduled action
ACTIVITIES_AT_ONCE = 20


class RegulationLedgerDuty(models.AbstractModel):
    """The part of the books that holds the duties of deals; see `regulation.ledger`."""

    _name = "regulation.ledger.duty"
    _description = "Duties in the Books of the Regulation"

    # ------------------------------------------------------------
    # DUTIES OF DEALS
    # ------------------------------------------------------------

    @api.model
    def _close_duties(self, passage_ids, now, unmet_pairs):
        """Settle the open duties of passages that are left.

        Going on settles them for good: what the gate found proven is done, the
        rest was not done. Any other way (back, lost, out of the regulation) leaves
        them without a verdict, unless they were late already.

        :param unmet_pairs: (lead_id, step_id) the gate found unmet; None: not asked
        """
        if not passage_ids:
            return
        asked = unmet_pairs is not None
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE regulation_duty d
                   SET state = CASE WHEN v.proven THEN 'done' ELSE 'cancelled' END,
                       done_on = CASE WHEN v.proven THEN %(now)s ELSE d.done_on END,
                       done_by_id = CASE WHEN v.proven THEN %(uid)s
                                    ELSE d.done_by_id END,
                       verdict = v.verdict,
                       compliance = CASE v.verdict WHEN 'on_time' THEN 100
                                    WHEN 'late' THEN 0 WHEN 'missed' THEN 0 END,
                       needs_activity = FALSE,
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM (
                    SELECT o.id, o.proven,
                           CASE WHEN o.proven AND o.late THEN 'late'
                                WHEN o.proven THEN 'on_time'
                                WHEN o.late OR %(asked)s THEN 'missed' END AS verdict
                      FROM (
                        SELECT d.id,
                               d.due_on IS NOT NULL AND d.due_on < %(now)s AS late,
                               %(asked)s AND s."check" != 'manual'
                               AND NOT EXISTS (
                                   SELECT FROM unnest(%(leads)s::int[],
                                                      %(steps)s::int[])
                                            AS u(lead_id, step_id)
                                    WHERE u.lead_id = d.lead_id AND u.step_id = s.id
                               ) AS proven
                          FROM regulation_duty d
                          JOIN regulation_step s ON s.id = d.step_id
                         WHERE d.passage_id IN %(passages)s AND d.state = 'open'
                      ) o
                  ) v
                 WHERE d.id = v.id
             RETURNING d.id
                """,
                now=now,
                uid=self.env.uid,
                asked=asked,
                leads=[pair[0] for pair in unmet_pairs or ()],
                steps=[pair[1] for pair in unmet_pairs or ()],
                passages=tuple(passage_ids),
            )
        )
        if rows:
            self._drop_activities([row[0] for row in rows])

    @api.model
    def _insert_deal_duties(self, openings, now):
        """Open the duties of deals that entered a stage.

        A step that checks itself is born done where its fact is there already, so
        that nobody is told of what is done.

        :param openings: list of (passage_id, lead, StagePlan, EditionPlan)
        """
        rows, leads_by_step = [], defaultdict(list)
        for passage_id, lead, stage, plan in openings:
            for step in stage.deal_steps:
                leads_by_step[step, plan.company_id].append((passage_id, lead))
        for (step, company_id), pairs in leads_by_step.items():
            rows += self._prepare_duty_rows(step, company_id, pairs, now)
        self._announce(self._insert_duties(rows, now))

    @api.model
    def _prepare_duty_rows(self, step, company_id, pairs, now):
        """Rows of duties for one step, in the order of `_insert_duties`."""
        Role = self.env["regulation.role"]
        leads = self.env["crm.lead"].sudo().concat(*(lead for _id, lead in pairs))
        starts = self.env["regulation.event"]._get_deal_starts(
            step.start_event, leads, now, step.deadline
        )
        today = self.env["regulation.time"]._get_today(company_id)
        needs_leader = "team_leader" in (
            Role._get_resolve(step.role_id),
            Role._get_resolve(step.receiver_role_id),
        )
        proven = set()
        if not step.is_manual:
            failing = self.env["regulation.check"]._evaluate(leads, step)
            proven.update(set(leads.ids) - failing.keys())
        rows, due_memo, user_memo = [], {}, {}
        for passage_id, lead in pairs:
            start = starts.get(lead.id)
            if start not in due_memo:
                due_memo[start] = self.env["regulation.time"]._get_due(
                    company_id, start, step.deadline, step.deadline_unit
                )
            seller = lead.user_id.id
            key = (seller, lead.team_id)
            if key not in user_memo:
                leader = needs_leader and lead.team_id.user_id.id
                user_memo[key] = tuple(
                    Role._resolve_for_deal(role_id, company_id, today, seller, leader)
                    or None
                    for role_id in (step.role_id, step.receiver_role_id)
                )
            user_id, receiver_id = user_memo[key]
            is_done = lead.id in proven
            rows.append(
                (
                    passage_id, step.id, step.stage_id, step.role_id or None, lead.id,
                    lead.partner_id.id or None, lead.team_id.id or None, company_id,
                    user_id, receiver_id, start, due_memo[start], is_done,
                    bool(user_id) and user_id != seller and not is_done,
                )
            )  # fmt: skip
        return rows

    @api.model
    def _reset_deadlines(self, step, duties):
        """Deadlines counted from an event that has come or moved. (Reg. A.3, D.6)

        :param StepPlan step: the step of all these duties, which wait
        """
        Event = self.env["regulation.event"]
        time = self.env["regulation.time"]
        moved = duties.browse()
        for passage, own in duties.grouped("passage_id").items():
            starts = Event._get_deal_starts(
                step.start_event, own.lead_id, passage.entered_on, step.deadline
            )
            for duty in own:
                start = starts.get(duty.lead_id.id, False)
                if duty.start_on == start:
                    continue
                due = time._get_due(
                    duty.company_id.id, start, step.deadline, step.deadline_unit
                )
                duty.write(
                    {
                        "start_on": start,
                        "due_on": due,
                        "reminded_on": False,
                        "escalated_on": False,
                    }
                )
                moved += duty
        self.env["regulation.figures"]._clear_verdicts(moved)

    @api.model
    def _insert_duties(self, rows, now):
        """Duties of deals, born by one statement; nobody in person creates them.

        :return: ids of the duties whose people get an activity
        """
        if not rows:
            return []
        columns = [list(column) for column in zip(*rows, strict=True)]
        names = (
            "passages", "steps", "stages", "roles", "leads", "partners", "teams",
            "companies", "users", "receivers", "starts", "dues", "proven", "flags",
        )  # fmt: skip
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO regulation_duty (
                       passage_id, step_id, stage_id, role_id, lead_id, partner_id,
                       team_id, company_id, user_id, receiver_id, start_on, due_on,
                       needs_activity, state, done_on, done_by_id, verdict, compliance,
                       create_date, write_date)
                SELECT v.passage, v.step, v.stage, v.role, v.lead, v.partner, v.team,
                       v.company, v.person, v.receiver, v.start, v.due, v.flag,
                       CASE WHEN v.proven THEN 'done' ELSE 'open' END,
                       CASE WHEN v.proven THEN %(now)s END,
                       CASE WHEN v.proven THEN %(uid)s END,
                       CASE WHEN v.proven AND v.due < %(now)s THEN 'late'
                            WHEN v.proven THEN 'on_time' END,
                       CASE WHEN v.proven AND v.due < %(now)s THEN 0
                            WHEN v.proven THEN 100 END,
                       %(now)s, %(now)s
                  FROM unnest(%(passages)s::int[], %(steps)s::int[], %(stages)s::int[],
                              %(roles)s::int[], %(leads)s::int[], %(partners)s::int[],
                              %(teams)s::int[], %(companies)s::int[], %(users)s::int[],
                              %(receivers)s::int[], %(starts)s::timestamp[],
                              %(dues)s::timestamp[], %(proven)s::bool[],
                              %(flags)s::bool[])
                       AS v(passage, step, stage, role, lead, partner, team, company,
                            person, receiver, start, due, proven, flag)
             RETURNING id, needs_activity
                """,
                now=now,
                uid=self.env.uid,
                **dict(zip(names, columns, strict=True)),
            )
        )
        return [duty_id for duty_id, needs_activity in inserted if needs_activity]

    @api.model
    def _stamp_proven(self, step_id, passage_ids, now):
        """Mark the open duty of a self-checking step as done in these passages."""
        if not passage_ids:
            return
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE regulation_duty
                   SET state = 'done', done_on = %(now)s, done_by_id = %(uid)s,
                       needs_activity = FALSE,
                       verdict = CASE WHEN due_on < %(now)s THEN 'late'
                                 ELSE 'on_time' END,
                       compliance = CASE WHEN due_on < %(now)s THEN 0 ELSE 100 END,
                       write_uid = %(uid)s, write_date = %(now)s
                 WHERE step_id = %(step)s AND passage_id IN %(passages)s
                   AND state = 'open'
             RETURNING id
                """,
                now=now,
                uid=self.env.uid,
                step=step_id,
                passages=tuple(passage_ids),
            )
        )
        self._drop_activities([row[0] for row in rows])

    @api.model
    def _carry_over(self, old_passage_id, new_passage_id):
        """Take results along where the deal stays in the stage of the same code:
        pinning anew must not cost anybody the proof already given."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_duty n
                   SET state = o.state, done_on = o.done_on, done_by_id = o.done_by_id,
                       confirmed_on = o.confirmed_on, proof_note = o.proof_note,
                       due_on = o.due_on, verdict = o.verdict, compliance = NULL,
                       needs_activity = FALSE
                  FROM regulation_duty o
                  JOIN regulation_step os ON os.id = o.step_id
                  JOIN regulation_stage ost ON ost.id = os.stage_id,
                       regulation_step ns
                  JOIN regulation_stage nst ON nst.id = ns.stage_id
                 WHERE n.passage_id = %(new)s AND o.passage_id = %(old)s
                   AND ns.id = n.step_id AND ns.code = os.code AND nst.code = ost.code
                   AND o.state IN ('done', 'waived')
                """,
                new=new_passage_id,
                old=old_passage_id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ir_attachment_regulation_duty_rel
                       (regulation_duty_id, ir_attachment_id)
                SELECT n.id, r.ir_attachment_id
                  FROM regulation_duty n
                  JOIN regulation_step ns ON ns.id = n.step_id
                  JOIN regulation_duty o ON o.passage_id = %(old)s
                  JOIN regulation_step os ON os.id = o.step_id AND os.code = ns.code
                  JOIN ir_attachment_regulation_duty_rel r
                    ON r.regulation_duty_id = o.id
                 WHERE n.passage_id = %(new)s
                ON CONFLICT DO NOTHING
                """,
                new=new_passage_id,
                old=old_passage_id,
            )
        )

    @api.model
    def _change_hands(self, pairs):
        """The salesperson of deals changed: their open duties go along.

        :param pairs: list of (lead, Seat)
        """
        Role = self.env["regulation.role"]
        Duty = self.env["regulation.duty"].sudo()
        Passage = self.env["regulation.passage"].sudo()
        open_duties = Duty.search(
            [
                ("passage_id", "in", [seat.passage_id for _lead, seat in pairs]),
                ("state", "=", "open"),
            ]
        ).grouped("passage_id")
        duties_of, passages_of = defaultdict(Duty.browse), defaultdict(Passage.browse)
        for lead, seat in pairs:
            today = self.env["regulation.time"]._get_today(seat.company_id)
            substitutes = Role._get_substitutes(seat.company_id, today)
            before = {seat.user_id, substitutes.get(seat.user_id)}
            after = substitutes.get(lead.user_id.id, lead.user_id.id)
            passage = Passage.browse(seat.passage_id)
            passages_of[lead.user_id.id] |= passage
            duties_of[after] |= open_duties.get(passage, Duty).filtered(
                lambda duty, before=before: (
                    duty.user_id.id in before
                    or (not duty.user_id and duty.role_id.resolve == "salesperson")
                )
            )
        for user_id, duties in duties_of.items():
            duties.write({"user_id": user_id})
        for user_id, passages in passages_of.items():
            passages.write({"user_id": user_id})

    # ------------------------------------------------------------
    # ACTIVITIES
    # ------------------------------------------------------------

    @api.model
    def _announce(self, duty_ids):
        """Give people their activities: a few at once, many by the scheduled action."""
        if not duty_ids:
            return
        if len(duty_ids) > ACTIVITIES_AT_ONCE:
            self.env.ref("client_regulation.ir_cron_open_duties").sudo()._trigger()
            return
        self.env["regulation.duty"].sudo().browse(duty_ids)._schedule_activities()

    @api.model
    def _drop_activities(self, duty_ids):
        """Take back the activities of duties that nobody owes any more."""
        if not duty_ids:
            return
        self.env["mail.activity"].sudo().search(
            [
                ("res_model", "=", "regulation.duty"),
                ("res_id", "in", duty_ids),
                ("automated", "=", True),
            ]
        ).unlink()
