# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

HOURS_A_DAY = 8
#: working days since the editions came into force; older than the oldest deal
DAYS_IN_FORCE = 45


class Deal(NamedTuple):
    """How far a deal has come.

    :param days: working days in each stage it went through; the last is the present
    :param done: how much is done of the present stage: none, some or all
    :param left_open: steps that only warn and were left undone on the way
    :param ending: what happened last: held, lost, returned (a stage back) or waived
    """

    name: str
    client: str
    seller: str
    value: float
    days: tuple
    done: str = "none"
    left_open: tuple = ()
    ending: str = ""


#: What the company sells is packaging. The administrator has a deal in every column:
#: «My Pipeline» hides the columns of a team in which one has none.
DEALS = (
    # A1 Pre-selection
    Deal("Cartons for the bakery line", "sunrise", "anna", 12000, (1.2,), "some"),
    Deal("Stretch film for the cold store", "polar", "admin", 8500, (2.6,)),
    # A2 First contact
    Deal("Labels for the pharmacy range", "orion", "boris", 15500, (3.1, 9.4)),
    Deal("Gift boxes for the season", "amber", "anna", 21000, (2.4, 0.7), "some"),
    Deal("Crates for the export of timber", "baltic", "admin", 34000, (4.2, 0.6)),
    # A3 Planning and preparation
    Deal("Pouches for ready meals", "meridian", "boris", 27500, (2.1, 3.3, 0.5),
         ending="waived"),
    Deal("Boxes for spare parts", "vector", "admin", 9800, (3.5, 2.2, 2.7), "some",
         left_open=("A1.4",)),
    # A4 First meeting
    Deal("Trays for berries", "greenvale", "admin", 18200, (1.7, 4.1, 2.2, 1.6), "all"),
    Deal("Garment covers", "silverline", "anna", 13900, (4.4, 3.6, 2.3, 2.2), "some",
         ending="held"),
    Deal("Edge protectors for slabs", "granite", "boris", 11200, (2.2, 5.4, 3.1, 4.2),
         "some", ending="lost"),
    # A5 Repeat visits
    Deal("Amenity kits for guests", "lakeside", "admin", 16400,
         (3.2, 2.4, 2.1, 1.8, 3.5)),
    Deal("Mailing tubes and envelopes", "alpha", "boris", 7300,
         (2.3, 3.4, 1.6, 2.2, 4.1, 5.2, 1.3), ending="returned"),
    # A6 Commercial offer
    Deal("Pallet covers, yearly supply", "harbour", "anna", 52000,
         (2.7, 4.3, 3.2, 1.4, 6.1, 3.6), "all", left_open=("A2.1", "A4.3")),
    Deal("Dividers for glass", "crystal", "admin", 24800,
         (5.1, 3.3, 2.4, 2.7, 3.2, 1.1), "some"),
    # A7 Contract
    Deal("Tubes and jars", "aurora", "anna", 61000,
         (3.3, 4.2, 2.6, 1.5, 5.4, 4.7, 8.6), "some"),
    Deal("Paper sacks for flour", "prairie", "admin", 43500,
         (2.2, 3.7, 2.5, 2.3, 4.1, 3.4, 1.5)),
    # A8 Won
    Deal("Bread bags, first contract", "sunrise", "anna", 38000,
         (3.4, 5.3, 2.2, 1.7, 4.4, 5.1, 7.2, 4.3), "some"),
    Deal("Trays for vegetables", "greenvale", "admin", 29500,
         (2.6, 3.1, 3.3, 1.4, 3.6, 4.8, 9.1, 1.6)),
)  # fmt: skip

#: what people wrote when they completed a step; others only tick
NOTES = {
    "A1.3": "Potential 68 of 100: two plants, one supplier today, tender twice a year",
    "A2.2": "Spoke with the head of purchasing; open to compare our terms",
    "A4.2": "Needs, volumes and the way they decide are written into the card",
    "A4.3": "Objection «we have a supplier»: offered a trial lot, accepted",
    "A4.4": "We send samples by Friday, they name the volumes for next quarter",
    "A4.5": "Advance: the next meeting is agreed, the plant manager takes part",
    "A5.2": "Samples approved by production; asked for an offer for the year",
    "A6.2": "Price accepted, payment terms to be settled in the contract",
    "A7.1": "Draft agreed with their lawyer, protocol of disagreements closed",
    "A7.2": "Register, arrears and court cases checked: no remarks",
    "A7.3": "Signed by both sides, original in the archive",
    "A8.2": "Three visits to the contract; what convinced was the trial lot",
}
NOTE = "Done as the regulation asks, the client confirmed"


class RegulationDemo(models.AbstractModel):
    """Tells the demo story: editions in force, and deals on their way through them.

    Passages and duties belong to the engine, so the deals are really moved, by
    the people whose deals they are and through the gate; afterwards the books are
    dated back. Used by the demo data alone, and once.
    """

    _name = "regulation.demo"
    _description = "Demo Story of the Regulation"

    @api.model
    def _tell(self):
        self = self.with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            mail_activity_quick_update=True,  # no mail about each activity
        )
        # demo data are loaded before the translations; the copies need them
        self.env.ref("base.module_client_regulation").sudo()._update_translations()
        editions = self._approve_editions()
        for deal in DEALS:
            self._play(deal, editions[0].stage_ids.crm_stage_id)
        self._settle_periods(editions)
        self._settle_acknowledgements(editions)

    # ------------------------------------------------------------
    # EDITIONS
    # ------------------------------------------------------------

    @api.model
    def _approve_editions(self):
        """The sales director puts the three templates into force for the team.

        :return: the editions, attracting clients first
        """
        owner = self._user("sandra")
        team = self._ref("crm_team_regional")
        wizard = self.env["regulation.start"].with_user(owner).create(
            {
                "source_id": self.env.ref(
                    "client_regulation.regulation_acquisition"
                ).id,
                "team_ids": [fields.Command.set(team.ids)],
                "mapping": "create",
            }
        )  # fmt: skip
        wizard.action_next()  # copies the template, proposes the columns
        wizard.action_next()  # makes the columns
        self._order_columns(wizard.regulation_id.stage_ids)
        editions = wizard.regulation_id
        for process in ("servicing", "base_analysis"):
            template = self.env.ref(f"client_regulation.regulation_{process}")
            editions |= template.with_user(owner).copy(
                {"scope_ids": [fields.Command.create({"team_id": team.id})]}
            )
        self._record("regulation_%s_demo", editions, editions.mapped("process"))
        editions = editions.sudo()
        approved_on = self._ago(DAYS_IN_FORCE)
        for edition in editions:
            # as the button «Approve», but dated back before the paper is printed
            edition._put_in_force(approved_on.date())
            self._stamp("regulation_regulation", edition, approved_on=approved_on)
            self._stamp("mail_message", edition.message_ids, date=approved_on)
        # one paper is enough: each takes seconds at every new demo
        self.env["regulation.printout"].with_user(owner).sudo()._sign(editions[0])
        return editions

    @api.model
    def _order_columns(self, stages):
        """Left of the columns for every team, so that a new deal of the team
        begins in the first."""
        first = self.env["crm.stage"].search([], order="sequence", limit=1).sequence
        for index, stage in enumerate(stages.sudo()):
            stage.crm_stage_id.sequence = first - len(stages) + index

    # ------------------------------------------------------------
    # DEALS
    # ------------------------------------------------------------

    @api.model
    def _play(self, deal, columns):
        """Bring one deal to where it stands, as the people would have done it."""
        seller = self._user(deal.seller)
        lead = self.env["crm.lead"].with_user(seller).create(
            {
                "name": deal.name,
                "type": "opportunity",
                "partner_id": self._ref(f"res_partner_{deal.client}").id,
                "user_id": seller.id,
                "team_id": self._ref("crm_team_regional").id,
                "stage_id": columns[0].id,
                "expected_revenue": deal.value,
            }
        )  # fmt: skip
        self._record("crm_lead_%s_demo", lead, [deal.name.lower().replace(" ", "_")])
        path = list(columns[: len(deal.days)])
        if deal.ending == "returned":
            path[-1] = path[-3]
        for index, column in enumerate(path[1:], start=2):
            returns = deal.ending == "returned" and index == len(path)
            at = self._get_middle(deal.days, index - 2)
            self._complete(lead, "some" if returns else "all", at, deal.left_open)
            lead.stage_id = column
        at = self._get_middle(deal.days, len(path) - 1)
        self._complete(lead, deal.done, at, deal.left_open)
        self._date_back(lead, deal.days)
        if deal.ending:
            getattr(self, f"_end_{deal.ending}")(lead)

    @api.model
    def _get_middle(self, days, index):
        """The middle of the stay in a stage: when its facts happened."""
        return self._ago(sum(days[index:]) - days[index] / 2)

    @api.model
    def _complete(self, lead, how_much, at, left_open=()):
        """Complete steps of the present stage, each by who owes it, or bring about
        what the step reads."""
        duties = lead.sudo().regulation_open_duty_ids.filtered(
            lambda duty: duty.state == "open" and duty.step_id.code not in left_open
        )
        count = {"none": 0, "some": len(duties) // 2, "all": len(duties)}[how_much]
        for duty in duties.sorted(lambda duty: duty.step_id.code)[:count]:
            step = duty.step_id
            if step.check != "manual":
                self.env["regulation.facts.demo"]._prove(lead, step.check, at)
                continue
            files = self.env["ir.attachment"]
            if step.proof_kind == "file":
                files = files.with_user(duty.user_id).create(
                    {"name": f"{step.name}.txt", "raw": step.proof.encode()}
                )
            note = NOTES.get(step.code, NOTE) if step.proof_kind != "tick" else False
            duty.with_user(duty.user_id)._complete(note, files)

    def _end_waived(self, lead):
        duty = lead.sudo().regulation_open_duty_ids.filtered(
            lambda duty: duty.state == "open"
        )[-1:]
        duty.with_user(self._user("helen"))._waive(
            self.env.ref("client_regulation.deviation_reason_urgent_request"),
            "They moved the meeting to tomorrow; the preparation is done on the way",
        )

    def _end_held(self, lead):
        lead._regulation_hold(
            fields.Date.add(fields.Date.today(), days=21),
            self.env.ref("client_regulation.deviation_reason_budget"),
        )
        self.env["regulation.ledger"]._update_leads(
            lead.ids, SQL("regulation_hold_since = %s", self._ago(1.5))
        )

    def _end_lost(self, lead):
        lead.action_set_lost(lost_reason_id=self.env.ref("crm.lost_reason_1").id)

    def _end_returned(self, lead):
        lead._message_log(body="Asked for new samples: back to the visits.")

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    @api.model
    def _ago(self, days):
        """The instant that lies so many working days back, within working time."""
        return self._worked(fields.Datetime.now(), -days)

    @api.model
    def _worked(self, start, days):
        return self.env["regulation.time"]._get_due(
            self.env.ref("base.main_company").id, start, days * HOURS_A_DAY, "wh"
        )

    @api.model
    def _date_back(self, lead, days):
        """Date the stays of a deal back, and everything in them along."""
        lead = lead.sudo()
        lead.flush_recordset()
        born = self._ago(sum(days))
        for index, passage in enumerate(lead.passage_ids.sorted("id")):
            entered = self._ago(sum(days[index:]))
            self._date_duties(passage, entered, days[index])
            known = passage.duty_ids.filtered("verdict")
            vals = {"entered_on": entered}
            if passage.left_on:
                vals |= {
                    "left_on": self._ago(sum(days[index + 1 :])),
                    "working_hours": days[index] * HOURS_A_DAY,
                    "on_time": all(duty.verdict == "on_time" for duty in known),
                    "compliance": known
                    and sum(known.mapped("compliance")) / len(known),
                }
            passage.write(vals)
        self.env["regulation.passage"].flush_model()
        self.env["regulation.duty"].flush_model()
        last = lead.passage_ids.sorted("id")[-1:].entered_on
        self._stamp("crm_lead", lead, create_date=born, date_open=born,
                    date_last_stage_update=last)  # fmt: skip
        if lead.date_closed:
            self._stamp("crm_lead", lead, date_closed=last)
        for deviation in lead.regulation_deviation_ids:
            self._stamp("regulation_deviation", deviation,
                        date=deviation.passage_id.left_on or last)  # fmt: skip
        self.env["regulation.figures"]._refresh(lead.ids)

    @api.model
    def _date_duties(self, passage, entered, days):
        """Deadlines from the entry into the stage; results spread over the stay."""
        duties = passage.duty_ids.sorted(lambda duty: duty.step_id.code)
        for index, duty in enumerate(duties, start=1):
            if duty.start_on:
                self._date_deadline(duty, entered)
            if duty.state == "done":
                self._date_result(
                    duty, self._worked(entered, days * index / (len(duties) + 1))
                )

    @api.model
    def _date_deadline(self, duty, start):
        step = duty.step_id
        due_on = self.env["regulation.time"]._get_due(
            duty.company_id.id, start, step.deadline, step.deadline_unit
        )
        duty.write({"start_on": start, "due_on": due_on})
        duty.activity_ids.date_deadline = due_on.date()

    @api.model
    def _date_result(self, duty, done_on):
        duty.write({"done_on": done_on, **duty._get_verdict_values(done_on)})
        self._stamp("mail_message", duty.message_ids, date=done_on)

    @api.model
    def _stamp(self, table, records, **dates):
        """Dates that nobody can write by hand."""
        records.flush_recordset()
        for column, value in dates.items():
            if records:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id IN %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        value,
                        tuple(records.ids),
                    )
                )
        records.invalidate_recordset(flush=False)

    # ------------------------------------------------------------
    # PERIODS AND READERS
    # ------------------------------------------------------------

    @api.model
    def _settle_periods(self, editions):
        """What was due in this period before today is done, but for Boris."""
        rota = self.env["regulation.rota"]
        for edition in editions:
            rota._open_period_duties(edition)
        duties = self.env["regulation.duty"].sudo().search(
            [
                ("step_id.regulation_id", "in", editions.ids),
                ("passage_id", "=", False),
                ("user_id", "not in", (False, self._user("boris").id)),
            ]
        )  # fmt: skip
        for duty in duties.filtered(lambda duty: not duty.date_from):
            # fired by the approval
            self._date_deadline(duty, editions[0].approved_on)
        for duty in duties.filtered("is_overdue"):
            note = NOTE if duty.proof_kind != "tick" else False
            duty.with_user(duty.user_id)._complete(note)
            self._date_result(duty, self._worked(duty.due_on, -0.4))

    @api.model
    def _settle_acknowledgements(self, editions):
        """Everybody has read the editions, but for two."""
        waiting = self._user("boris") | self._user("quinn")
        rows = editions.acknowledgement_ids.filtered(
            lambda row: row.user_id not in waiting
        )
        for index, row in enumerate(rows):
            row.with_user(row.user_id).action_acknowledge()
            read_on = self._ago(DAYS_IN_FORCE - 1 - index % 7 * 0.7)
            self._stamp("regulation_acknowledgement", row, acknowledged_on=read_on)

    # ------------------------------------------------------------
    # REFERENCES
    # ------------------------------------------------------------

    @api.model
    def _ref(self, name):
        return self.env.ref(f"client_regulation.{name}_demo")

    @api.model
    def _user(self, login):
        return (
            self.env.ref("base.user_admin")
            if login == "admin"
            else self._ref(f"user_{login}")
        )

    @api.model
    def _record(self, pattern, records, names):
        self.env["ir.model.data"].sudo()._update_xmlids(
            [
                {
                    "xml_id": f"client_regulation.{pattern % name}",
                    "record": record.sudo(),
                    "noupdate": True,
                }
                for record, name in zip(records, names, strict=True)
            ]
        )
