# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

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
    _inherit = ["regulation.ledger.duty"]
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
