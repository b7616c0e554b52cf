# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools.plan import Blocker, EditionPlan, Seat, StagePlan
from .regulation_duty_result import HEAD_GROUP, OWNER_GROUP


@dataclass(slots=True)
class Move:
    """What has to happen to the books of one deal.

    :param kind: enter, reopened, forward, back, restore, repin, leave or close
    :param stage: the stage to open a passage in, None to open none
    :param owed: stages whose exit steps the move needs
    :param skipped: stages jumped over
    """

    lead: models.Model
    kind: str
    plan: EditionPlan | None = None
    stage: StagePlan | None = None
    seat: Seat | None = None
    company_id: int = 0
    owed_plan: EditionPlan | None = None
    owed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)

    @property
    def goes_on(self):
        return self.kind in ("enter", "forward", "repin")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the engine must know of a deal as it was before a write."""

    is_won: bool
    active: bool
    type: str
    team_id: int | bool


class RegulationEngine(models.AbstractModel):
    """Brings the books of deals in line with where the deals are. (Promise P3)

    Called after every write and create of a deal that could have moved it, by
    whatever route; compares the deals with their open passages, asks the gate for
    the forward moves, refuses or lets the ledger write. Set-wise throughout.
    """

    _name = "regulation.engine"
    _description = "Engine of the Regulation"

    @api.model
    def _sync(self, leads, before=None):
        """Let deals through the gate and keep their books.

        :param before: how the deals stood before the write, see `_get_standings`
        :return: the deals whose books were moved: crm.lead
        :raise ValidationError: names every unmet blocking step of every deal
        :raise AccessError: a deal leaves the regulated teams without the right
        """
        leads = leads.sudo()
        deals = leads.filtered(
            lambda lead: lead.type == "opportunity" or lead.regulation_id
        )
        if not deals:
            return deals
        # computes what is pending (team, company, stage) and locks the rows of the
        # deals before those of their passages, so that rivals wait and retry
        self.env.flush_all()
        pinned = deals.filtered("regulation_id")
        seats = self.env["regulation.gate"]._get_seats(pinned.ids)
        moves, changed_hands = [], []
        for lead in deals:
            seat = seats.get(lead.id)
            move = self._get_move(lead, seat)
            if move and before:
                move = self._settle_past(move, before[lead.id])
            if move:
                moves.append(move)
            elif seat and seat.is_open and seat.user_id != (lead.user_id.id or 0):
                changed_hands.append((lead, seat))
        if moves:
            self._check_may_leave(moves)
            with self.env["regulation.check"]._reading_once():
                unmet = self._check_gate(moves)
                self.env["regulation.ledger"]._apply(moves, unmet)
        if changed_hands:
            self.env["regulation.ledger"]._change_hands(changed_hands)
        return deals.browse([move.lead.id for move in moves])

    @api.model
    def _facts_changed(self, records, model, names=None, leads=None):
        """Facts that steps read were written: look at these steps again.

        A step of the present stage becomes done or open again with its fact; what
        a passed blocking step required may not be emptied any more.

        :param records: records of `model`
        :param names: names of the fields written, None when records came or went
        :param leads: the deals concerned, where `records` cannot tell any more
        :raise ValidationError: names the passed steps that would be undone
        """
        live = tuple(sorted(self.env["regulation.regulation"]._get_live_ids()))
        watched = self.env["regulation.check"]._get_watched_fields(live)
        watched = watched.get(model, frozenset())
        if names is not None and None not in watched:
            names = names & watched
        if not watched or (names is not None and not names):
            return
        if leads is None:
            leads = self._get_fact_leads(records, model)
        leads = (
            leads.sudo()
            .exists()
            .filtered(lambda lead: lead.regulation_id and lead.type == "opportunity")
        )
        if not leads:
            return
        leads.flush_recordset()
        seats = self.env["regulation.gate"]._get_seats(leads.ids)
        with self.env["regulation.check"]._reading_once():
            self._check_passed_facts(leads, seats, model, names)
            self._settle_present_facts(leads, seats, model, names)

    @api.model
    def _get_fact_leads(self, records, model):
        """The deals that facts belong to; those of a client's people are its own."""
        Lead = self.env["crm.lead"].sudo()
        regulated = [("regulation_id", "!=", False), ("type", "=", "opportunity")]
        if model == "crm.lead":
            return Lead.search([("id", "in", records.ids), *regulated])
        if model == "res.partner":
            clients = records.sudo().commercial_partner_id
            return Lead.search(
                [("partner_id", "child_of", (records | clients).ids), *regulated]
            )
        return records._get_fact_leads()

    @api.model
    def _event_happened(self, leads, events):
        """Set the deadlines that count from events which have come, or have moved.

        Only duties that wait; what is done keeps the deadline it was done under.

        :param leads: crm.lead
        :param events: codes of events
        """
        duties = (
            self.env["regulation.duty"]
            .sudo()
            .search(
                [
                    ("lead_id", "in", leads.ids),
                    ("state", "=", "open"),
                    ("done_on", "=", False),
                    ("passage_id", "!=", False),
                    ("step_id.start_event", "in", list(events)),
                ]
            )
        )
        if not duties:
            return
        Regulation = self.env["regulation.regulation"]
        for step, own in duties.grouped("step_id").items():
            plan = Regulation._get_plan(step.regulation_id.id).step(step.id)
            self.env["regulation.ledger"]._reset_deadlines(plan, own)
        self.env["regulation.figures"]._refresh(duties.lead_id.ids)

    @api.model
    def _get_concerned_steps(self, leads, model, names):
        """``{(StepPlan, edition id): leads}`` for the deal steps reading the fields."""
        Regulation = self.env["regulation.regulation"]
        Check = self.env["regulation.check"]
        steps = {}
        for edition, own in leads.grouped("regulation_id").items():
            for step in Regulation._get_plan(edition.id).steps:
                if step.subject != "deal":
                    continue
                read = {n for m, n in Check._get_step_fields(step) if m == model}
                if read and (names is None or None in read or read & names):
                    steps[step, edition.id] = own
        return steps

    @api.model
    def _check_passed_facts(self, leads, seats, model, names):
        gate = self.env["regulation.gate"]
        Regulation = self.env["regulation.regulation"]
        Duty = self.env["regulation.duty"].sudo()
        kept = self.env["regulation.check"]._get_kept_checks()
        unmet = {}
        for (step, edition_id), own in self._get_concerned_steps(
            leads, model, names
        ).items():
            plan = Regulation._get_plan(edition_id)
            today = self.env["regulation.time"]._get_today(plan.company_id)
            if step.check not in kept or step.effective_gate(today) != "block":
                continue
            passed = Duty.search(
                [
                    ("lead_id", "in", own.ids),
                    ("step_id", "=", step.id),
                    ("state", "=", "done"),
                    ("passage_id.left_on", "!=", False),
                ]
            ).filtered(
                lambda duty, step=step: duty.passage_id.id
                == seats[duty.lead_id.id].last_passage_of(step.stage_id)
            )
            missing = self.env["regulation.check"]._evaluate(passed.lead_id, step)
            for lead_id, lack in missing.items():
                unmet.setdefault(lead_id, []).append(
                    Blocker(
                        lead_id,
                        step.id,
                        step.stage_id,
                        "block",
                        lack.text,
                        url=lack.url,
                    )  # fmt: skip
                )
        if unmet:
            raise ValidationError(
                gate._format_refusal(
                    leads,
                    unmet,
                    self.env._(
                        "The deal has passed steps that rest on what you are changing. "
                        "Keep it filled:"
                    ),
                )
            )

    @api.model
    def _settle_present_facts(self, leads, seats, model, names):
        now = fields.Datetime.now()
        touched = set()
        Duty = self.env["regulation.duty"].sudo()
        for (step, _edition_id), own in self._get_concerned_steps(
            leads, model, names
        ).items():
            here = own.filtered(
                lambda lead, step=step: (
                    (seat := seats.get(lead.id))
                    and seat.is_open
                    and seat.stage_id == step.stage_id
                )
            )
            if not here:
                continue
            failing = self.env["regulation.check"]._evaluate(here, step)
            proven = [seats[i].passage_id for i in here.ids if i not in failing]
            self.env["regulation.ledger"]._stamp_proven(step.id, proven, now)
            undone = Duty.search(
                [
                    ("step_id", "=", step.id),
                    ("state", "=", "done"),
                    ("passage_id", "in", [seats[i].passage_id for i in failing]),
                ]
            )
            undone._reopen()
            touched.update(here.ids)
        if touched:
            Duty.invalidate_model(flush=False)
            self.env["regulation.figures"]._refresh(list(touched))

    # ------------------------------------------------------------
    # WHICH MOVE
    # ------------------------------------------------------------

    @api.model
    def _get_move(self, lead, seat):
        """The move that brings the books of one deal in line, or None."""
        Regulation = self.env["regulation.regulation"]
        pinned = lead.regulation_id.id
        if lead.type != "opportunity":
            return self._get_leave(lead, seat) if pinned else None
        if not lead.active:
            if seat and seat.is_open:
                return Move(lead, "close", Regulation._get_plan(pinned), None, seat)
            return None
        company_id = self._get_company_id(lead, seat)
        edition_id = self._get_edition_id(lead, seat, company_id)
        if not edition_id:
            return self._get_leave(lead, seat) if pinned else None
        plan = Regulation._get_plan(edition_id)
        stays = seat and (seat.team_id, seat.company_id) == (
            lead.team_id.id or 0,
            company_id,
        )
        if pinned and seat and (edition_id != pinned or not stays):
            move = self._get_repin(lead, seat, plan)
        elif not pinned or not seat:
            move = self._get_enter(lead, plan)
        else:
            move = self._get_step_move(lead, seat, plan)
        if move:
            move.company_id = company_id
        return move

    @api.model
    def _get_company_id(self, lead, seat):
        """The company of a deal, also where crm leaves it empty."""
        company = lead.company_id or lead.team_id.company_id
        if company:
            return company.id
        return seat.company_id if seat else self.env.company.id

    @api.model
    def _get_edition_id(self, lead, seat, company_id):
        """The edition that a deal is under: pinned until team or company change."""
        team_id = lead.team_id.id or 0
        pinned = lead.regulation_id.id
        if pinned and seat and (seat.team_id, seat.company_id) == (team_id, company_id):
            return pinned
        found = self.env["regulation.scope"]._find_in_force(company_id, team_id)
        if pinned and not seat and found:
            # in an unmapped column since it came in; a new edition does not
            # change running deals
            edition = self.env["regulation.regulation"].sudo().browse(pinned)
            teams = edition.scope_ids.team_id
            binds = edition.company_id.id == company_id and (
                not teams or lead.team_id in teams
            )
            return pinned if binds else found
        return found

    @api.model
    def _get_leave(self, lead, seat):
        plan = self.env["regulation.regulation"]._get_plan(lead.regulation_id.id)
        return Move(lead, "leave", plan, None, seat, plan.company_id)

    @api.model
    def _get_enter(self, lead, plan):
        """A deal comes into the pipeline: a later column skips the stages before."""
        gate = self.env["regulation.gate"]
        target = plan.stage_at(lead.stage_id.id)
        is_won = lead.stage_id.is_won
        if lead.regulation_id.id == plan.id and target is None and not is_won:
            return None  # pinned, waiting in an unmapped column
        if (
            lead.regulation_id.id == plan.id
            and not is_won
            and self._is_older(lead, plan)
            and not lead.passage_ids
        ):
            # stood in an unmapped column at the approval: found where it comes in
            return Move(lead, "reopened", plan, target)
        owed = gate._get_owed_stages(plan, None, target, is_won)
        return Move(
            lead, "enter", plan, target, None,
            owed_plan=plan, owed=owed, skipped=[stage for stage, _only in owed],
        )  # fmt: skip

    @api.model
    def _get_step_move(self, lead, seat, plan):
        gate = self.env["regulation.gate"]
        column = lead.stage_id
        target = plan.stage_at(column.id)
        here = plan.stage(seat.stage_id)
        if target is None:
            if not column.is_won:
                return None  # unmapped columns do not gate
            owed = gate._get_owed_stages(plan, seat, None, True)
            return Move(
                lead, "forward", plan, None, seat, owed_plan=plan, owed=owed,
                skipped=self._get_jumped(owed, here),
            )  # fmt: skip
        if target.id == here.id:
            return None if seat.is_open else Move(lead, "restore", plan, target, seat)
        if target.index < here.index and not column.is_won:
            return Move(lead, "back", plan, target, seat)
        owed = gate._get_owed_stages(plan, seat, target, column.is_won)
        kind = "forward" if target.index > here.index else "back"
        return Move(
            lead, kind, plan, target, seat, owed_plan=plan, owed=owed,
            skipped=self._get_jumped(owed, here),
        )  # fmt: skip

    @api.model
    def _get_standings(self, leads):
        """How deals stand before a write: ``{lead_id: Standing}``."""
        return {
            lead.id: Standing(
                lead.won_status == "won", lead.active, lead.type, lead.team_id.id
            )
            for lead in leads.sudo()
        }

    @api.model
    def _settle_past(self, move, before):
        """Nobody is asked again for the past: neither for a win that is settled, nor
        for what a deal did before there was an edition."""
        lead = move.lead
        if before.is_won and lead.won_status == "won":
            return self._get_won_move(move)
        if move.kind == "enter" and self._is_reopened(move, before):
            move.kind, move.owed, move.skipped = "reopened", [], []
        return move

    @api.model
    def _is_reopened(self, move, before):
        """A deal that was lost or won before the edition came, taken up again where
        it stands: found there, like those that were running at the approval."""
        lead = move.lead
        if lead.regulation_id or before.type != lead.type:
            return False
        if before.team_id != lead.team_id.id or lead.stage_id.is_won:
            return False
        if not self._is_older(lead, move.plan):
            return False
        return before.is_won or (
            not before.active and lead.date_last_stage_update <= move.plan.approved_on
        )

    @api.model
    def _is_older(self, lead, plan):
        """Whether a deal was there before its edition came into force."""
        return bool(plan.approved_on) and lead.create_date <= plan.approved_on

    @api.model
    def _get_won_move(self, move):
        """What is left of a move of a deal that was won already and stays so: it is
        not asked again for what it was won with, or won without any regulation."""
        if move.kind == "enter" or (move.kind == "forward" and not move.seat.is_open):
            return None
        if move.kind == "repin":
            if not move.stage and move.plan.id == move.lead.regulation_id.id:
                return None
            move.owed, move.skipped = [], []
        return move

    @api.model
    def _get_jumped(self, owed, here):
        return [stage for stage, only in owed if not only and stage.index > here.index]

    @api.model
    def _get_repin(self, lead, seat, plan):
        """Team or company changed: the passage closes and the deal is pinned anew.

        What it owes for going on at the same time is what the edition it stood
        under asks for, as far as the two share stage codes.
        """
        old_plan = self.env["regulation.regulation"]._get_plan(lead.regulation_id.id)
        gate = self.env["regulation.gate"]
        here = old_plan.stage(seat.stage_id)
        target = plan.stage_at(lead.stage_id.id)
        is_won = lead.stage_id.is_won
        move = Move(lead, "repin", plan, target, seat)
        twin = old_plan.stage_coded(target.code) if target else None
        if twin or (target is None and is_won):
            move.owed_plan = old_plan
            move.owed = gate._get_owed_stages(old_plan, seat, twin, is_won)
        elif target is not None:
            same = plan.stage_coded(here.code) or plan.stage_at(here.crm_stage_id)
            start = same.index if same else 0
            move.owed_plan = plan
            move.owed = [
                (stage, False)
                for stage in plan.stages[start : target.index]
                if stage.crm_stage_id
            ]
        move.skipped = (
            self._get_jumped(
                move.owed, here if move.owed_plan is old_plan else plan.stages[0]
            )
            if move.owed
            else []
        )
        return move

    # ------------------------------------------------------------
    # MAY IT
    # ------------------------------------------------------------

    @api.model
    def _check_may_leave(self, moves):
        """Leaving the regulated teams is for the head of sales, and recorded."""
        user = self.env.user
        if user.has_group(OWNER_GROUP):
            return
        is_head = user.has_group(HEAD_GROUP)
        for move in moves:
            if move.kind != "leave":
                continue
            if move.seat:
                teams = self.env["crm.team"].sudo().browse(move.seat.team_id or ())
            else:  # by now the deal itself names the team it goes to
                teams = move.lead.regulation_id.scope_ids.team_id
            if not (is_head and user in teams.user_id):
                raise AccessError(
                    self.env._(
                        "“%(deal)s” is governed by “%(edition)s”. Only the head of "
                        "sales of the team, or the regulation owner, may take it out "
                        "of the regulated teams; it is recorded.",
                        deal=move.lead.name,
                        edition=move.lead.regulation_id.display_name,
                    )
                )

    @api.model
    def _check_merged_away(self, head, tail):
        """A deal merged into one outside the regulation leaves the regulation."""
        head, tail = head.sudo(), tail.sudo().filtered("regulation_id")
        if head.regulation_id or not tail:
            return
        moves = [self._get_leave(lead, None) for lead in tail]
        self._check_may_leave(moves)
        ledger = self.env["regulation.ledger"]
        ledger._record_deviations(
            [
                {
                    **ledger._prepare_move_deviation(move),
                    "kind": "left",
                    "lead_id": head.id,
                    "lead_name": move.lead.name,
                }
                for move in moves
            ]
        )

    @api.model
    def _check_gate(self, moves):
        """Ask the gate for all forward moves at once.

        :return: ``{lead_id: [Blocker, …]}``, those that only warn or inform
        """
        owed = {
            move.lead: (
                move.owed_plan,
                # ticks belong to passages of the edition they were made under
                move.seat
                if move.seat and move.owed_plan.stage(move.seat.stage_id)
                else None,
                move.owed,
            )
            for move in moves
            if move.owed
        }
        gate = self.env["regulation.gate"]
        unmet = gate._get_unmet(owed)
        if any(b.blocks for blockers in unmet.values() for b in blockers):
            leads = self.env["crm.lead"].sudo().concat(*(move.lead for move in moves))
            raise ValidationError(gate._format_refusal(leads, unmet))
        return unmet
