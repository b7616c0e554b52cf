# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.plan import Blocker, Lack, Seat, Stay

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
                       p.company_id, p.user_id, p.origin, p.entered_on, p.held_hours,
                       array_agg(d.step_id) FILTER (WHERE d.state = 'done'),
                       array_agg(d.step_id) FILTER (WHERE d.state = 'waived'),
                       bool_or(d.state = 'open')
                  FROM regulation_passage p
                  JOIN crm_lead l ON l.id = p.lead_id
             LEFT JOIN regulation_duty d ON d.passage_id = p.id
                 WHERE p.lead_id IN %s AND p.regulation_id = l.regulation_id
                   AND p.merged_from IS NULL
              GROUP BY p.id
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
        last = rows[-1]
        unproven = [row[1] for row in rows if row[6] in UNPROVEN_ORIGINS]
        return Seat(
            passage_id=last[0],
            stage_id=last[1],
            is_open=last[2],
            team_id=last[3] or 0,
            company_id=last[4],
            user_id=last[5] or 0,
            origin=last[6],
            floor_stage_id=unproven[-1] if unproven else 0,
            entered_on=last[7],
            held_hours=last[8] or 0.0,
            has_open_duties=bool(last[11]),
            stays=tuple(
                Stay(row[0], row[1], tuple(row[9] or ()), tuple(row[10] or ()))
                for row in rows
            ),
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
        """Unmet steps among those that deals owe; a step that checks itself is asked
        once for all deals that owe it, unless the books keep up with its facts.

        :param owed: ``{lead: (EditionPlan, Seat or None, [(StagePlan, only_block)])}``
        :return: ``{lead_id: [Blocker, …]}`` for the deals that miss something
        """
        if not owed:
            return {}
        time = self.env["regulation.time"]
        settled = self.env["regulation.check"]._get_settled_checks()
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
                    state = seat.get_result(step) if seat else None
                    # facts settle the steps of the present stage alone
                    if state == "waived" or (
                        state == "done"
                        and (step.is_manual or (here and step.check in settled))
                    ):
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
    def _make_blockers(self, unmet, missing):
        result = {}
        texts = {}
        for lead_id, steps in unmet.items():
            blockers = []
            for step, gate, here in steps:
                if step.is_manual:
                    key = (step.id, here)
                    if key not in texts:
                        texts[key] = Lack(self._describe_manual(step, here))
                    lack = texts[key]
                else:
                    lack = missing[step.id].get(lead_id)
                    if lack is None:
                        continue  # the fact is there: the step is met
                blockers.append(
                    Blocker(
                        lead_id,
                        step.id,
                        step.stage_id,
                        gate,
                        lack.text,
                        here,
                        lack.url,
                    )  # fmt: skip
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
            lines.append(self.env._("%(deal)s:", deal=names.get(lead_id, lead_id)))
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
            "Complete the steps, or ask the head of sales to waive a step with "
            "a reason."
        )
        return "\n".join([heading, *lines, "", way_out])
