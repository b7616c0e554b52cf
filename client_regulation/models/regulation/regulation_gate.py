# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.plan import Blocker, Seat

#: a passage of this origin begins without history: earlier stages are not owed
UNPROVEN_ORIGINS = ("activation", "moved", "imported")

#: how many unmet steps a refusal names before it counts the rest
MAX_LINES = 40


class RegulationGate(models.AbstractModel):
    """What a deal still owes before it may go on: the gate, as data. (Promise P3)

    One implementation answers the refusal, the deal form, the dry run and the
    report. It only reads; the books are written by `regulation.ledger`.
    """

    _name = "regulation.gate"
    _description = "Gate of the Regulation"

    # ------------------------------------------------------------
    # WHERE A DEAL STANDS
    # ------------------------------------------------------------

    @api.model
    def _get_seats(self, lead_ids):
        """Where deals stand in the edition they are pinned to.

        :return: ``{lead_id: Seat}``; deals without a passage are left out
        """
        if not lead_ids:
            return {}
        self.env["regulation.ledger"]._flush_books()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.lead_id, p.id, p.stage_id, p.left_on IS NULL, p.team_id,
                       p.company_id, p.user_id, p.origin
                  FROM regulation_passage p
                  JOIN crm_lead l ON l.id = p.lead_id
                 WHERE p.lead_id IN %s AND p.regulation_id = l.regulation_id
                   AND p.merged_from IS NULL
              ORDER BY p.id
                """,
                tuple(lead_ids),
            )
        )
        by_lead = defaultdict(list)
        for row in rows:
            by_lead[row[0]].append(row[1:])
        return {lead_id: self._make_seat(rows) for lead_id, rows in by_lead.items()}

    @api.model
    def _make_seat(self, rows):
        passage_id, stage_id, is_open, team_id, company_id, user_id, origin = rows[-1]
        unproven = [
            row[1] for row in rows if row[6] in UNPROVEN_ORIGINS
        ]
        return Seat(
            passage_id=passage_id,
            stage_id=stage_id,
            is_open=is_open,
            team_id=team_id or 0,
            company_id=company_id,
            user_id=user_id or 0,
            origin=origin,
            floor_stage_id=unproven[-1] if unproven else 0,
            passages=tuple((row[0], row[1]) for row in rows),
        )

    # ------------------------------------------------------------
    # WHAT IS OWED
    # ------------------------------------------------------------

    @api.model
    def _get_owed_stages(self, plan, seat, target, is_won):
        """The stages whose exit steps a move needs.

        Forward needs every stage left behind, jumped ones included. Winning needs,
        in addition, the blocking steps of every earlier stage. Stages without a
        column never gate.

        :param target: StagePlan of the column moved to, None where it is unmapped
        :return: list of ``(StagePlan, only_blocking)``
        """
        here = plan.stage(seat.stage_id).index if seat else 0
        if target is not None:
            end = target.index
        elif is_won:
            end = len(plan.stages)
        else:
            return []
        owed = [(stage, False) for stage in plan.stages[here:end] if stage.crm_stage_id]
        if is_won and seat:
            floor = plan.stage(seat.floor_stage_id)
            first = min(floor.index if floor else 0, here)
            earlier = plan.stages[first : min(here, end)]
            owed = [(stage, True) for stage in earlier if stage.crm_stage_id] + owed
        return owed

    @api.model
    def _get_blockers(self, leads, target_column, is_won=None):
        """Per deal the unmet steps for moving to a pipeline column.

        :param leads: deals, any mix of editions and stages
        :param target_column: crm.stage
        :param is_won: ask as if the column were a won one
        :return: ``{lead_id: [Blocker, …]}``, with an empty list where nothing is
            missing; the order is that of the regulation
        """
        Regulation = self.env["regulation.regulation"]
        result = {lead.id: [] for lead in leads}
        leads = leads.sudo()
        pinned = leads.filtered(
            lambda lead: lead.type == "opportunity" and lead.regulation_id
        )
        if not pinned:
            return result
        if is_won is None:
            is_won = target_column.is_won
        seats = self._get_seats(pinned.ids)
        owed = {}
        for lead in pinned:
            plan = Regulation._get_plan(lead.regulation_id.id)
            seat = seats.get(lead.id)
            target = plan.stage_at(target_column.id)
            stages = self._get_owed_stages(plan, seat, target, is_won)
            if stages:
                owed[lead] = (plan, seat, stages)
        for lead_id, blockers in self._get_unmet(owed).items():
            result[lead_id] = blockers
        return result

    @api.model
    def _get_unmet(self, owed):
        """Unmet steps among those that deals owe, in a constant number of queries
        for each distinct step.

        :param owed: ``{lead: (EditionPlan, Seat or None, [(StagePlan, only_block)])}``
        :return: ``{lead_id: [Blocker, …]}`` for the deals that miss something
        """
        if not owed:
            return {}
        time = self.env["regulation.time"]
        met = self._get_met_steps(owed)
        todays = {}
        unmet = defaultdict(list)  # lead_id → [(StepPlan, gate, reachable)]
        checks = defaultdict(list)  # StepPlan → leads to evaluate
        for lead, (plan, seat, stages) in owed.items():
            company_id = plan.company_id
            if company_id not in todays:
                todays[company_id] = time._get_today(company_id)
            for stage, only_block in stages:
                here = bool(seat) and seat.is_open and seat.stage_id == stage.id
                for step in stage.deal_steps:
                    gate = step.effective_gate(todays[company_id])
                    if only_block and gate != "block":
                        continue
                    state = met.get((lead.id, step.id))
                    if state == "waived" or (step.is_manual and state == "done"):
                        continue
                    unmet[lead.id].append((step, gate, here))
                    if not step.is_manual:
                        checks[step].append(lead)
        missing = {}
        for step, leads in checks.items():
            batch = self.env["crm.lead"].sudo().concat(*leads)
            missing[step.id] = self.env["regulation.check"]._evaluate(batch, step)
        return self._make_blockers(unmet, missing)

    @api.model
    def _get_met_steps(self, owed):
        """Duties done or waived that still count: ``{(lead_id, step_id): state}``.

        Re-entering a stage makes a new passage: ticks of the former one do not
        count any more.
        """
        stage_ids = {
            stage.id for _plan, _seat, stages in owed.values() for stage, _only in stages
        }
        lead_ids = tuple(lead.id for lead, (_p, seat, _s) in owed.items() if seat)
        if not lead_ids or not stage_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead_id, step_id, stage_id, passage_id, state
                  FROM regulation_duty
                 WHERE lead_id IN %s AND stage_id IN %s
                   AND state IN ('done', 'waived')
                """,
                lead_ids,
                tuple(stage_ids),
            )
        )
        seats = {lead.id: seat for lead, (_plan, seat, _stages) in owed.items()}
        return {
            (lead_id, step_id): state
            for lead_id, step_id, stage_id, passage_id, state in rows
            if passage_id == seats[lead_id].last_passage_of(stage_id)
        }

    @api.model
    def _make_blockers(self, unmet, missing):
        result = {}
        texts = {}
        for lead_id, steps in unmet.items():
            blockers = []
            for step, gate, here in steps:
                if step.is_manual:
                    key = (step.id, here)
                    if key not in texts:
                        texts[key] = self._describe_manual(step, here)
                    text = texts[key]
                else:
                    text = missing[step.id].get(lead_id)
                    if text is None:
                        continue  # the fact is there: the step is met
                blockers.append(
                    Blocker(lead_id, step.id, step.stage_id, gate, text, here)
                )
            if blockers:
                result[lead_id] = blockers
        return result

    @api.model
    def _describe_manual(self, step, here):
        record = self.env["regulation.step"].sudo().browse(step.id)
        if not here:
            return self.env._(
                "the deal has not gone through “%(stage)s”: move it there and complete "
                "the step (proof: %(proof)s)",
                stage=record.stage_id.display_name,
                proof=record.proof or record.name,
            )
        return self.env._(
            "press “Done” at the step on the deal or in My Duties (proof: %(proof)s)",
            proof=record.proof or record.name,
        )

    # ------------------------------------------------------------
    # THE REFUSAL
    # ------------------------------------------------------------

    @api.model
    def _format_refusal(self, leads, unmet, intro=None):
        """All unmet blocking steps at once: deal, step, what is missing, where.

        :param unmet: ``{lead_id: [Blocker, …]}``
        """
        Step = self.env["regulation.step"].sudo()
        names = {lead.id: lead.name for lead in leads}
        lines, left_out = [], 0
        for lead_id, blockers in unmet.items():
            blockers = [blocker for blocker in blockers if blocker.blocks]
            if not blockers:
                continue
            if len(lines) >= MAX_LINES:
                left_out += len(blockers)
                continue
            lines.append(
                self.env._("%(deal)s:", deal=names.get(lead_id, lead_id))
            )
            lines += [
                f"  • {Step.browse(blocker.step_id).display_name} — {blocker.missing}"
                for blocker in blockers
            ]
        if left_out:
            lines.append(self.env._("… and %(count)s more.", count=left_out))
        heading = intro or self.env._(
            "The regulation does not let the deal go on yet. Missing:"
        )
        way_out = self.env._(
            "Complete the steps, or ask the head of sales to waive a step with a reason."
        )
        return "\n".join([heading, *lines, "", way_out])
