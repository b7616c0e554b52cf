# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""An edition as the engine reads it: immutable, without texts, kept in cache.

`regulation.regulation._get_plan()` builds these once per edition, so that a deal
that moves costs no query for the rules themselves. Names and requirements are
translated and are read from the records when a person has to see them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class StepPlan:
    """What the engine needs to know of one step."""

    id: int
    code: str
    stage_id: int
    subject: str
    role_id: int
    receiver_role_id: int
    deadline: float
    deadline_unit: str
    start_event: str
    period: str
    check: str
    check_value: float
    check_fields: tuple[tuple[str, str], ...]  # (model, field)
    check_domain: str
    zero_allowed: bool
    proof_kind: str
    gate: str
    gate_from: date | None

    def effective_gate(self, today):
        """Before `gate_from` a step informs; from that date it does what it says."""
        if self.gate_from and today < self.gate_from:
            return "inform"
        return self.gate

    @property
    def is_manual(self):
        return self.check == "manual"


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage passport: the deal steps it asks for, in order."""

    id: int
    code: str
    index: int  # position in the edition; «forward» means a higher one
    crm_stage_id: int
    steps: tuple[StepPlan, ...] = field(default=())

    @property
    def deal_steps(self):
        return tuple(step for step in self.steps if step.subject == "deal")


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """The stages of an edition in the order in which a deal passes them."""

    id: int
    company_id: int
    process: str
    state: str
    approved_on: datetime | None
    stages: tuple[StagePlan, ...]

    def stage(self, stage_id):
        return next((s for s in self.stages if s.id == stage_id), None)

    def stage_at(self, crm_stage_id):
        """The stage that a pipeline column is mapped to, or None."""
        if not crm_stage_id:
            return None  # a deal without a column is not in the stages without one
        return next((s for s in self.stages if s.crm_stage_id == crm_stage_id), None)

    def stage_coded(self, code):
        return next((s for s in self.stages if s.code == code), None)

    def step(self, step_id):
        return next((s for s in self.steps if s.id == step_id), None)

    @property
    def steps(self):
        return tuple(step for stage in self.stages for step in stage.steps)


@dataclass(frozen=True, slots=True)
class Stay:
    """One passage, with the steps that were done or waived in it."""

    id: int
    stage_id: int
    done: tuple[int, ...]
    waived: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a deal stands in its regulation, as the books say.

    `stage_id` is the stage of the last passage; `is_open` tells whether the deal
    is still in it. `floor` is the index of the first stage that this deal owes
    anything for: a deal that was already running when the edition came into
    force owes nothing for the stages before the one it was found in.
    """

    passage_id: int
    stage_id: int
    is_open: bool
    team_id: int
    company_id: int
    user_id: int
    origin: str
    floor_stage_id: int
    entered_on: datetime
    held_hours: float
    has_open_duties: bool
    stays: tuple[Stay, ...]  # oldest first

    def last_passage_of(self, stage_id):
        return next(
            (stay.id for stay in reversed(self.stays) if stay.stage_id == stage_id), 0
        )

    def get_result(self, step):
        """done, waived or None: what the last stay in the step's stage gave.

        Re-entering a stage makes a new passage: ticks of the former one do not
        count any more.
        """
        for stay in reversed(self.stays):
            if stay.stage_id == step.stage_id:
                if step.id in stay.waived:
                    return "waived"
                return "done" if step.id in stay.done else None
        return None


@dataclass(frozen=True, slots=True)
class Lack:
    """What a check found missing, in words, and the page of Odoo where it is given."""

    text: str
    url: str = ""

    def __str__(self):
        return self.text


@dataclass(frozen=True, slots=True)
class Blocker:
    """One unmet step of one deal: the answer of the gate, as data.

    :param gate: what the step does today: inform, warn or block
    :param missing: what is missing and where to give it, in the user's language
    :param url: the page of Odoo where it is given
    """

    lead_id: int
    step_id: int
    stage_id: int
    gate: str
    missing: str
    reachable: bool = True  # False: the deal has not entered the stage yet
    url: str = ""

    @property
    def blocks(self):
        return self.gate == "block"
