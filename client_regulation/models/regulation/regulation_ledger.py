# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

#: duties whose activities are made at once; more wait for the scheduled action
ACTIVITIES_AT_ONCE = 20


#: what a deal that is not regulated carries
RELEASED = SQL(
    "regulation_id = NULL, regulation_progress = NULL, regulation_state = NULL,"
    " regulation_next_due = NULL"
)

#: what a deal that is not on hold carries
RESUMED = SQL(
    "regulation_hold_until = NULL, regulation_hold_since = NULL,"
    " regulation_hold_reason_id = NULL"
)


class RegulationLedger(models.AbstractModel):
    """Writes the books: passages, duties, deviations and the figures of a deal.

    The only writer. A thousand deals that move at once cost one statement a
    table, so the rows are born by SQL; everything a person reads afterwards goes
    through the ORM again.
    """

    _name = "regulation.ledger"
    _description = "Books of the Regulation"

    # ------------------------------------------------------------
    # MOVES
    # ------------------------------------------------------------

    @api.model
    def _apply(self, moves, unmet):
        """Close and open passages and duties for moves that the gate let through.

        :param moves: list of Move (regulation_engine)
        :param unmet: ``{lead_id: [Blocker, …]}`` that warn or inform
        """
        now = fields.Datetime.now()
        self._close_passages(
            [m for m in moves if m.seat and m.seat.is_open], unmet, now
        )
        self._record_moves(moves, unmet)
        opening = [move for move in moves if move.stage]
        passages = self._insert_passages(
            [
                (
                    move.lead.id,
                    move.stage.id,
                    move.plan.id,
                    move.lead.user_id.id or None,
                    move.lead.team_id.id or None,
                    move.company_id or move.plan.company_id,
                    self._get_origin(move),
                )
                for move in opening
            ],
            now,
        )
        self._insert_deal_duties(
            [(passages[m.lead.id], m.lead, m.stage, m.plan) for m in opening], now
        )
        for move in opening:
            if move.kind == "repin":
                self._carry_over(move.seat.passage_id, passages[move.lead.id])
        self._pin(moves)
        self._forget()

    @api.model
    def _get_origin(self, move):
        return {
            "enter": "entered",
            "reopened": "activation",
            "forward": "forward",
            "back": "back",
            "restore": "restored",
            "repin": "moved",
        }[move.kind]

    @api.model
    def _flush_books(self):
        """Write what the ORM holds back of the books, before SQL reads them."""
        self.env.flush_all()  # cheaper than by model: it looks at what is pending

    @api.model
    def _forget(self):
        """Drop what the ORM remembers of rows that SQL wrote."""
        self.env["crm.lead"].invalidate_model(
            [
                "passage_ids", "regulation_duty_ids", "regulation_deviation_ids",
                # what is computed from them does not follow by itself
                "regulation_stage_id", "regulation_open_duty_ids",
                "regulation_missing", "regulation_passage_count",
                "regulation_deviation_count",
            ],
            flush=False,
        )  # fmt: skip
        self.env["regulation.passage"].invalidate_model(flush=False)
        self.env["regulation.duty"].invalidate_model(flush=False)

    @api.model
    def _pin(self, moves):
        """Pin deals to their edition and bring their figures up to date.

        A deal that moves is not held any more.
        """
        left = [move.lead.id for move in moves if move.kind == "leave"]
        if left:
            self._update_leads(left, RELEASED)
        held = [m.lead.id for m in moves if m.lead.regulation_hold_until]
        if held:
            self._update_leads(held, RESUMED)
        by_pin = defaultdict(list)
        for move in moves:
            if move.kind != "leave":
                is_new = move.lead.regulation_id.id != move.plan.id
                by_pin[move.plan.id if is_new else None].append(move.lead.id)
        for edition_id, lead_ids in by_pin.items():
            self.env["regulation.figures"]._refresh(lead_ids, edition_id)

    @api.model
    def _update_leads(self, lead_ids, assignments):
        self.env.cr.execute(
            SQL("UPDATE crm_lead SET %s WHERE id IN %s", assignments, tuple(lead_ids))
        )
        self.env["crm.lead"].browse(lead_ids).invalidate_recordset(
            [
                "regulation_id", "regulation_progress", "regulation_state",
                "regulation_next_due", "regulation_hold_until",
                "regulation_hold_since", "regulation_hold_reason_id",
            ],
            flush=False,
        )  # fmt: skip

    # ------------------------------------------------------------
    # PASSAGES
    # ------------------------------------------------------------

    @api.model
    def _insert_passages(self, rows, now):
        """Open passages; one statement for all.

        :param rows: (lead, stage, edition, user, team, company, origin) ids
        :return: ``{lead_id: passage_id}``
        """
        if not rows:
            return {}
        columns = [list(column) for column in zip(*rows, strict=True)]
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO regulation_passage (
                       lead_id, stage_id, regulation_id, user_id, team_id, company_id,
                       origin, entered_on, held_hours,
                       create_uid, create_date, write_date)
                SELECT v.*, %(now)s, 0, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(leads)s::int[], %(stages)s::int[], %(editions)s::int[],
                              %(users)s::int[], %(teams)s::int[], %(companies)s::int[],
                              %(origins)s::varchar[]) AS v
             RETURNING lead_id, id
                """,
                now=now,
                uid=self.env.uid,
                leads=columns[0],
                stages=columns[1],
                editions=columns[2],
                users=columns[3],
                teams=columns[4],
                companies=columns[5],
                origins=columns[6],
            )
        )
        return dict(inserted)

    @api.model
    def _close_passages(self, moves, unmet, now):
        """Close the open passages of moves: hours, verdicts, undone duties."""
        if not moves:
            return
        forward = [move for move in moves if move.owed]
        self._close_duties(
            [m.seat.passage_id for m in forward if m.seat.has_open_duties],
            now,
            [
                (blocker.lead_id, blocker.step_id)
                for move in forward
                for blocker in unmet.get(move.lead.id, ())
            ],
        )
        others = [m.seat for m in moves if not m.owed and m.seat.has_open_duties]
        self._close_duties([seat.passage_id for seat in others], now, None)
        self._stamp_left([move.seat for move in moves], now)

    @api.model
    def _leave(self, seats, now):
        """Close passages without asking the gate."""
        if seats:
            self._close_duties(
                [seat.passage_id for seat in seats if seat.has_open_duties], now, None
            )
            self._stamp_left(seats, now)

    @api.model
    def _stamp_left(self, seats, now):
        """Stamp when and with what compliance passages were left."""
        time = self.env["regulation.time"]
        hours, memo = [], {}
        for seat in seats:
            key = (seat.entered_on, seat.company_id)
            if key not in memo:
                clock = time._get_clock(seat.company_id, seat.entered_on, now)
                memo[key] = clock.hours_between(seat.entered_on, now)
            hours.append(round(max(memo[key] - seat.held_hours, 0.0), 4))
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_passage p
                   SET left_on = %(now)s, write_date = %(now)s,
                       working_hours = v.hours,
                       on_time = COALESCE(f.on_time, TRUE),
                       compliance = f.compliance
                  FROM unnest(%(ids)s::int[], %(hours)s::float8[]) AS v(id, hours)
             LEFT JOIN LATERAL (
                       SELECT avg(compliance) AS compliance,
                              bool_and(verdict = 'on_time')
                              FILTER (WHERE verdict IS NOT NULL) AS on_time
                         FROM regulation_duty WHERE passage_id = v.id) f ON TRUE
                 WHERE p.id = v.id
                """,
                now=now,
                ids=[seat.passage_id for seat in seats],
                hours=hours,
            )
        )

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

        :param openings: list of (passage_id, lead, StagePlan, EditionPlan)
        """
        rows, leads_by_step = [], defaultdict(list)
        for passage_id, lead, stage, plan in openings:
            for step in stage.deal_steps:
                leads_by_step[step, plan.company_id].append((passage_id, lead))
        for (step, company_id), pairs in leads_by_step.items():
            rows += self._prepare_duty_rows(step, company_id, pairs, now)
        duty_ids = self._insert_duties(rows, now)
        self._announce(duty_ids)
        self._settle_proven(leads_by_step, now)

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
            rows.append(
                (
                    passage_id, step.id, step.stage_id, step.role_id or None, lead.id,
                    lead.partner_id.id or None, lead.team_id.id or None, company_id,
                    user_id, receiver_id, start, due_memo[start],
                    bool(user_id) and user_id != seller,
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
            "companies", "users", "receivers", "starts", "dues", "flags",
        )  # fmt: skip
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO regulation_duty (
                       passage_id, step_id, stage_id, role_id, lead_id, partner_id,
                       team_id, company_id, user_id, receiver_id, start_on, due_on,
                       needs_activity, state, create_date, write_date)
                SELECT v.*, 'open', %(now)s, %(now)s
                  FROM unnest(%(passages)s::int[], %(steps)s::int[], %(stages)s::int[],
                              %(roles)s::int[], %(leads)s::int[], %(partners)s::int[],
                              %(teams)s::int[], %(companies)s::int[], %(users)s::int[],
                              %(receivers)s::int[], %(starts)s::timestamp[],
                              %(dues)s::timestamp[], %(flags)s::bool[]) AS v
             RETURNING id, needs_activity
                """,
                now=now,
                **dict(zip(names, columns, strict=True)),
            )
        )
        return [duty_id for duty_id, needs_activity in inserted if needs_activity]

    @api.model
    def _settle_proven(self, leads_by_step, now):
        """A step that checks itself is done from the start where the fact is there."""
        for (step, _company_id), pairs in leads_by_step.items():
            if step.is_manual:
                continue
            leads = self.env["crm.lead"].sudo().concat(*(lead for _id, lead in pairs))
            failing = self.env["regulation.check"]._evaluate(leads, step)
            proven = [pid for pid, lead in pairs if lead.id not in failing]
            self._stamp_proven(step.id, proven, now)

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
    # DEVIATIONS
    # ------------------------------------------------------------

    @api.model
    def _record_moves(self, moves, unmet):
        """The register of what did not go by the regulation, for one batch."""
        rows = []
        for move in moves:
            base = self._prepare_move_deviation(move)
            rows += [
                {**base, "kind": "warned", "step_id": b.step_id, "stage_id": b.stage_id}
                for b in unmet.get(move.lead.id, ())
                if b.gate == "warn"
            ]
            rows += [
                {**base, "kind": "skipped", "stage_id": stage.id}
                for stage in move.skipped
            ]
            if move.kind == "back":
                rows.append({**base, "kind": "returned"})
            elif move.kind == "leave":
                rows.append({**base, "kind": "left"})
        self._record_deviations(rows)

    @api.model
    def _prepare_move_deviation(self, move):
        seat, lead = move.seat, move.lead
        return {
            "lead_id": lead.id,
            "passage_id": seat.passage_id if seat else False,
            "stage_id": seat.stage_id if seat else False,
            "user_id": lead.user_id.id,
            "approved_by_id": self.env.uid,
            # a deal that leaves without a seat names the team it goes to by now
            "team_id": (seat.team_id if seat else move.stage and lead.team_id.id)
            or False,
            "company_id": move.company_id or move.plan.company_id,
            "regulation_id": move.plan.id,
        }

    @api.model
    def _record_deviations(self, rows):
        """Write rows into the register, with the names as they are now."""
        if not rows:
            return self.env["regulation.deviation"]
        Lead = self.env["crm.lead"].sudo()
        Step = self.env["regulation.step"].sudo()
        for row in rows:
            lead = Lead.browse(row.get("lead_id") or ())
            step = Step.browse(row.get("step_id") or ())
            row.setdefault("lead_name", lead.name)
            row.setdefault("partner_id", lead.partner_id.id)
            row.setdefault("step_name", step.display_name if step else False)
            row.setdefault(
                "regulation_id", step.regulation_id.id or lead.regulation_id.id
            )
        return self.env["regulation.deviation"].sudo().create(rows)

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
