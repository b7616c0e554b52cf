# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from ..models.contact import regulation_objection
from ..models.contact.regulation_visit import INTEREST, OUTCOMES, RESULTS

#: fields that the short form and the visit have in common
SHARED = (
    "date_start", "date_end", "outcome", "goal_result", "no_objections", "interest",
    "talk_share", "lesson", "next_step", "next_step_date",
)  # fmt: skip


class RegulationVisitReport(models.TransientModel):
    """The report on a visit on one page, made for a phone: one save.

    What it needs is prefilled from the plan: people and times. Everything else can be
    added later on the visit itself. (Reg. 1.3.5–1.3.9)
    """

    _name = "regulation.visit.report"
    _description = "Visit Report"

    visit_id = fields.Many2one("regulation.visit", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="visit_id.company_id")
    partner_id = fields.Many2one(related="visit_id.partner_id")
    goal = fields.Text(related="visit_id.goal")
    date_start = fields.Datetime("Started At", required=True)
    date_end = fields.Datetime("Ended At", required=True)
    person_ids = fields.One2many(
        "regulation.visit.report.person", "report_id", "Who Was There"
    )
    outcome = fields.Selection(OUTCOMES)
    goal_result = fields.Selection(RESULTS, "Goal Reached")
    no_objections = fields.Boolean()
    objection_ids = fields.One2many(
        "regulation.visit.report.objection", "report_id", "Objections"
    )
    agreement_ids = fields.One2many(
        "regulation.visit.report.agreement", "report_id", "Agreements"
    )
    interest = fields.Selection(INTEREST, "Client's Interest", default="0")
    talk_share = fields.Integer("Client's Share of Talk, %")
    lesson = fields.Text("Lesson Learned")
    next_step = fields.Char()
    next_step_date = fields.Date()
    empty_names = fields.Char(
        help="What the visit did not tell when the report was opened."
    )

    @api.model
    def default_get(self, fields):  # noqa: A002
        values = super().default_get(fields)
        visit = self.env["regulation.visit"].browse(values.get("visit_id")).exists()
        if not visit:
            return values
        start, end = self._get_times(visit)
        known = {name: visit[name] for name in SHARED if visit[name]}
        known |= {
            "date_start": start,
            "date_end": end,
            "empty_names": ",".join(name for name in SHARED if not visit[name]),
            "next_step_date": visit.next_step_date or visit._get_proposed_step_date(),
            "person_ids": [
                Command.create(
                    {
                        "partner_id": person.partner_id.id,
                        "participant_id": person.id,
                        "attended": visit.state != "done" or person.attended,
                    }
                )
                for person in visit.participant_ids
            ],
        }
        return values | {name: known[name] for name in fields if name in known}

    @api.model
    def _get_times(self, visit):
        """When the visit took place, as far as it is known."""
        now = fields.Datetime.now()
        start = visit.date_start or min(visit.date_planned, now)
        end = visit.date_end or start + timedelta(minutes=round(visit.duration * 60))
        if not visit.date_end and visit.date_start:
            end = max(start, min(end, now))
        return start, end

    def _get_speaker(self):
        """Who of those there is taken to have spoken for the client."""
        there = self.person_ids.filtered("attended").partner_id
        return there._get_speaker(self.partner_id)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_report(self):
        """Held and reported."""
        self.visit_id._report(self._prepare_visit_vals())
        if self.outcome in ("continuation", "advance"):
            # the visit shows the button of the repeat visit
            return {
                "type": "ir.actions.act_window",
                "res_model": "regulation.visit",
                "res_id": self.visit_id.id,
                "view_mode": "form",
            }
        return {"type": "ir.actions.act_window_close"}

    def action_hold(self):
        """Held; the report is written later, before its deadline."""
        self.visit_id._hold(self._prepare_visit_vals())
        return {"type": "ir.actions.act_window_close"}

    def _prepare_visit_vals(self):
        self.ensure_one()
        visit = self.visit_id
        own = {
            "partner_id": visit.partner_id.id,
            "lead_id": visit.lead_id.id,
            "user_id": visit.user_id.id,
            "team_id": visit.team_id.id,
            "company_id": visit.company_id.id,
        }
        return {
            **{name: self[name] for name in self._get_own_names()},
            "participant_ids": self._prepare_people(),
            "objection_ids": [
                Command.create(own | line._prepare_objection_vals())
                for line in self.objection_ids
            ],
            "agreement_ids": [
                Command.create(own | line._prepare_agreement_vals())
                for line in self.agreement_ids
            ],
        }

    def _get_own_names(self):
        """What this report has to say: all but what it left empty while somebody else
        filled it in on the visit."""
        empty = set((self.empty_names or "").split(","))
        return [
            name
            for name in SHARED
            if self[name] or name not in empty or not self.visit_id[name]
        ]

    def _prepare_people(self):
        there = {person.partner_id: person for person in self.visit_id.participant_ids}
        return [
            Command.update(there[line.partner_id].id, {"attended": line.attended})
            if line.partner_id in there
            else Command.create(
                {"partner_id": line.partner_id.id, "attended": line.attended}
            )
            for line in self.person_ids
        ]


class RegulationVisitReportPerson(models.TransientModel):
    """Somebody who was there, or was expected to be."""

    _name = "regulation.visit.report.person"
    _description = "Visit Report: Participant"

    report_id = fields.Many2one(
        "regulation.visit.report", required=True, index=True, ondelete="cascade"
    )
    participant_id = fields.Many2one("regulation.visit.participant", ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, ondelete="cascade"
    )
    attended = fields.Boolean("Was There", default=True)


class RegulationVisitReportObjection(models.TransientModel):
    """An objection that was heard."""

    _name = "regulation.visit.report.objection"
    _description = "Visit Report: Objection"

    report_id = fields.Many2one(
        "regulation.visit.report", required=True, index=True, ondelete="cascade"
    )
    type_id = fields.Many2one(
        "regulation.objection.type", "Category", required=True, ondelete="cascade"
    )
    wording = fields.Char(required=True, help="In the client's own words.")
    outcome = fields.Selection(regulation_objection.OUTCOMES)
    technique_id = fields.Many2one("regulation.objection.technique", ondelete="cascade")
    script = fields.Text(related="type_id.script")
    contact_id = fields.Many2one(
        "res.partner", "Raised By", ondelete="cascade",
        compute="_compute_contact_id", store=True, readonly=False,
    )  # fmt: skip
    nature = fields.Selection(regulation_objection.NATURES)

    @api.depends("report_id.person_ids.attended")
    def _compute_contact_id(self):
        for line in self:
            line.contact_id = line.contact_id or line.report_id._get_speaker()

    def _prepare_objection_vals(self):
        return {
            "contact_id": self.contact_id.id,
            "type_id": self.type_id.id,
            "wording": self.wording,
            "outcome": self.outcome,
            "technique_id": self.technique_id.id,
            "nature": self.nature,
            "date": self.report_id.date_end,
        }


class RegulationVisitReportAgreement(models.TransientModel):
    """Something that one side has promised the other."""

    _name = "regulation.visit.report.agreement"
    _description = "Visit Report: Agreement"
    _inherit = ["regulation.promise"]

    report_id = fields.Many2one(
        "regulation.visit.report", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="report_id.company_id")
    subject = fields.Char("What", required=True)
    contact_id = fields.Many2one(
        "res.partner", "Client's Person", ondelete="cascade",
        compute="_compute_contact_id", store=True, readonly=False,
    )  # fmt: skip

    @api.depends("side", "report_id.person_ids.attended")
    def _compute_contact_id(self):
        """Who of the client promised: nobody is named for what we promise."""
        for line in self:
            line.contact_id = line.side == "client" and (
                line.contact_id or line.report_id._get_speaker()
            )

    def _prepare_agreement_vals(self):
        return {
            "side": self.side,
            "subject": self.subject,
            "contact_id": self.contact_id.id,
            "date_due": self.date_due,
        }
