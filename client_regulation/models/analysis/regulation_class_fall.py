# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.filled import is_placeholder
from .regulation_abc_line import CLASSES
from .regulation_abc_run import FINAL, HEAD_GROUP

ACTIVITY = "client_regulation.mail_activity_type_class_fall"
#: working days to give the cause and a measure (C4.1)
ANSWER_DAYS = 10
#: falls whose managers are asked in one transaction
BATCH = 100

STATES = [("open", "Open"), ("answered", "Explained"), ("overdue", "Overdue")]
CAUSES = [
    ("price", "Price or terms"),
    ("competitor", "Went to a competitor"),
    ("service", "Our service or quality"),
    ("people", "People changed at the client"),
    ("need", "The client needs less"),
    ("solvency", "The client cannot pay"),
    ("season", "Season or a single order"),
    ("neglect", "We did not keep in touch"),
    ("other", "Something else"),
]
#: what the manager writes
ANSWER = frozenset({
    "cause", "cause_text", "measure", "measure_user_id", "measure_due", "user_id",
})  # fmt: skip


class RegulationClassFall(models.Model):
    """A client of class A, or a key client, fell: why, and what is done? (Reg. 3.3)

    Made by the approval of a run of the leading profile; the manager owes the cause and
    a measure within ten working days (C4.1, BASE-16).
    """

    _name = "regulation.class.fall"
    _description = "Fall of a Client's Class"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_on desc, id desc"
    _rec_name = "partner_name"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    partner_id = fields.Many2one(
        "res.partner", "Client", readonly=True, ondelete="set null", index=True
    )
    partner_name = fields.Char("Name", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    run_id = fields.Many2one(
        "regulation.abc.run", "ABC Run", readonly=True, ondelete="restrict", index=True
    )
    run_date = fields.Date("Period Up To", readonly=True)
    from_class = fields.Selection(CLASSES, readonly=True)
    to_class = fields.Selection(
        CLASSES, readonly=True, help="Empty: the client buys no more."
    )
    is_lost = fields.Boolean("Lost", readonly=True)
    is_key = fields.Boolean("Key Client", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Manager", ondelete="set null", index=True, tracking=True,
        domain="[('share', '=', False)]",
    )  # fmt: skip
    due_on = fields.Date("Answer By", required=True, readonly=True, index=True)
    cause = fields.Selection(CAUSES, tracking=True)
    cause_text = fields.Text("In Words")
    measure = fields.Text(
        "What Is Done", help="What is done to win the client's purchases back."
    )
    measure_user_id = fields.Many2one(
        "res.users", "Who Does It", ondelete="set null", index="btree_not_null",
        compute="_compute_measure_user_id", store=True, readonly=False,
        domain="[('share', '=', False)]",
    )  # fmt: skip
    measure_due = fields.Date("To Be Done By", tracking=True)
    answered_on = fields.Datetime(readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    is_asked = fields.Boolean(
        readonly=True, copy=False, help="The manager has an activity for it."
    )

    _not_asked = models.Index("(id) WHERE is_asked IS NOT TRUE AND answered_on IS NULL")
    _once = models.UniqueIndex("(run_id, partner_id)")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("answered_on", "due_on")
    def _compute_state(self):
        time = self.env["regulation.time"]
        today = {c: time._get_today(c.id) for c in self.company_id}
        for fall in self:
            if fall.answered_on:
                fall.state = "answered"
            elif fall.due_on and fall.due_on < today[fall.company_id]:
                fall.state = "overdue"
            else:
                fall.state = "open"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        time = self.env["regulation.time"]
        # safe: which companies have open falls shows nothing of them
        groups = self.sudo()._read_group([("answered_on", "=", False)], ["company_id"])
        late = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("due_on", "<", time._get_today(company.id))
            for (company,) in groups
        )
        unanswered = Domain("answered_on", "=", False)
        domains = {
            "answered": Domain("answered_on", "!=", False),
            "overdue": unanswered & late,
            "open": unanswered & ~late,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("user_id")
    def _compute_measure_user_id(self):
        for fall in self:
            fall.measure_user_id = fall.measure_user_id or fall.user_id

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            fields_ = {name for name in vals if name in self._fields}
            kept = {
                name for name in fields_ - ANSWER if not self._is_of_thread(name)
            }  # fmt: skip
            if kept:
                raise AccessError(
                    self.env._(
                        "What fell and when comes from the ABC run. Give the cause and "
                        "the measure, and press “Give the Answer”."
                    )
                )
            if "user_id" in vals:
                self._check_may_hand_over()
        answered = self.filtered("answered_on")
        result = super().write(vals)
        if vals.keys() & (ANSWER - {"user_id"}):
            answered._check_answer()
        if "user_id" in vals:
            self._hand_over()
        return result

    @api.model
    def _is_of_thread(self, name):
        return name.startswith(("message_", "activity_", "website_", "rating_"))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for fall in self:
            raise UserError(
                self.env._(
                    "The fall of “%(client)s” is part of the record of the ABC run and "
                    "stays.",
                    client=fall.partner_name,
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_answer(self):
        """The cause is known and a measure is planned.

        :raise ValidationError: something is missing; it says what
        """
        self.check_access("write")
        for fall in self:
            if fall.answered_on:
                raise UserError(
                    self.env._(
                        "The fall of “%(client)s” is answered already.",
                        client=fall.partner_name,
                    )
                )
        self._check_answer()
        # safe: the right was asked above
        falls = self.sudo()
        falls.write(
            {"answered_on": fields.Datetime.now(), "answered_by_id": self.env.uid}
        )
        falls.activity_feedback([ACTIVITY])
        return True

    def action_reopen(self):
        """The answer does not do: the manager is asked again."""
        self.env["regulation.abc.override"]._check_may_override()
        self.check_access("write")
        falls = self.sudo().filtered("answered_on")  # safe: asked above
        falls.write({"answered_on": False, "answered_by_id": False})
        falls._ask()
        return True

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _check_may_hand_over(self):
        if not self.env.user.has_group(HEAD_GROUP):
            raise AccessError(
                self.env._(
                    "Who answers for a fall is chosen by the head of sales. Ask them "
                    "to hand it over."
                )
            )

    def _check_answer(self):
        for fall in self:
            lacks = []
            if not fall.cause:
                lacks.append(self.env._("the cause"))
            elif fall.cause == "other" and is_placeholder(fall.cause_text):
                lacks.append(self.env._("the cause in words"))
            if is_placeholder(fall.measure):
                lacks.append(self.env._("the measure"))
            elif not fall.measure_user_id:
                lacks.append(self.env._("who does it"))
            if not fall.measure_due:
                lacks.append(self.env._("by when it is done"))
            if lacks:
                raise ValidationError(
                    self.env._(
                        "“%(client)s” fell from class %(class)s: the answer lacks "
                        "%(lacks)s. Dashes and «n/a» are no answer.",
                        **{"class": fall.from_class},
                        client=fall.partner_name,
                        lacks=", ".join(lacks),
                    )
                )

    @api.model
    def _demand(self, run):
        """Demand cause and measure for who fell in a run; one statement.

        :return: how many there are
        """
        if not run.previous_run_id:
            return 0
        self.env["regulation.key.client"].flush_model()
        self.flush_model()
        due = self.env["regulation.time"]._get_working_day(
            run.company_id.id, ANSWER_DAYS, run.approved_on
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO regulation_class_fall (
                       partner_id, partner_name, company_id, run_id, run_date,
                       from_class, to_class, is_lost, is_key, user_id, measure_user_id,
                       due_on, create_uid, create_date, write_uid, write_date)
                SELECT l.partner_id, l.partner_name, %(company)s, l.run_id, %(day)s,
                       l.previous_class, %(final)s, l.movement = 'lost',
                       k.id IS NOT NULL, m.user_id, m.user_id, %(due)s,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM regulation_abc_line l
                  JOIN res_partner p ON p.id = l.partner_id
             LEFT JOIN regulation_key_client k
                    ON k.partner_id = l.partner_id AND k.company_id = %(company)s
                   AND k.state = 'approved'
          CROSS JOIN LATERAL (
                       SELECT COALESCE(k.user_id, p.user_id, l.user_id) AS user_id) m
                 WHERE l.run_id = %(run)s AND l.movement IN ('down', 'lost')
                   AND COALESCE(l.flags, '') <> 'excluded'
                   AND (l.previous_class = 'A' OR k.id IS NOT NULL)
           ON CONFLICT (run_id, partner_id) DO NOTHING
                """,
                company=run.company_id.id,
                run=run.id,
                day=run.date_to,
                final=FINAL,
                due=due,
                uid=self.env.uid,
            )
        )
        count = self.env.cr.rowcount
        self.invalidate_model(flush=False)
        if 0 < count <= BATCH:
            # sudo: the approval speaks for the company
            self.sudo().search([("run_id", "=", run.id)], limit=BATCH)._ask()
        elif count:
            self.env.ref("client_regulation.ir_cron_class_falls")._trigger()
        return count

    def _ask(self):
        """An activity for the manager of each, by the day the answer is due."""
        types = self.env.ref(ACTIVITY)
        for user, falls in self.grouped("user_id").items():
            person = user if user.active else falls[:1].run_id.approved_by_id
            texts = self.with_context(lang=person.lang or self.env.lang).env
            if not person:
                continue
            for fall in falls:
                fall.activity_schedule(
                    activity_type_id=types.id,
                    user_id=person.id,
                    date_deadline=fall.due_on,
                    summary=texts._("Fell from class: give the cause and a measure"),
                )
        self.write({"is_asked": True})

    def _hand_over(self):
        """The activity goes with the fall to its new manager."""
        for fall in self.sudo():  # safe: who may write the manager hands it over
            if fall.user_id and not fall.answered_on:
                fall.activity_reschedule([ACTIVITY], new_user_id=fall.user_id.id)

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_ask(self):
        """Ask the managers of the falls of large bases; again after a crash."""
        domain = [("is_asked", "=", False), ("answered_on", "=", False)]
        cron = self.env["ir.cron"]
        while falls := self.search(domain, limit=BATCH, order="id"):
            falls._ask()
            remaining = self.search_count(domain)
            if not cron._commit_progress(len(falls), remaining=remaining):
                return
