# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date

from ...tools import churn
from .regulation_abc_run import DIRECTOR_GROUP

LEVELS = [
    ("none", "Fine"),
    ("yellow", "Yellow"),
    ("red", "Red"),
    ("no_data", "No Data"),
    ("not_bound", "Not Measured"),
]
#: levels of a client
RISKS = [
    ("none", "Fine"),
    ("yellow", "Yellow List"),
    ("red", "Red List"),
    ("no_data", "No Data"),
]
SIGNALS = [
    ("C01", "C01 Silence against own rhythm"),
    ("C02", "C02 Silence against the class"),
    ("C03", "C03 Revenue drop"),
    ("C04", "C04 Fewer product categories"),
    ("C05", "C05 Class down"),
    ("C06", "C06 Service failure"),
    ("C07", "C07 Claims"),
    ("C08", "C08 NPS"),
    ("C09", "C09 Contact lost"),
    ("C10", "C10 Decision maker left"),
    ("C11", "C11 Payment delays grow"),
    ("C12", "C12 Competitor named"),
]
REASONS = [
    ("no_orders", "No purchases in two years"),
    ("few_orders", "Fewer than 4 purchases: see C02"),
    ("own_rhythm", "Has a rhythm of its own: see C01"),
    ("no_base", "Too few purchases in the class to compare with"),
    ("no_previous", "Nothing to compare with"),
    ("no_class", "No class before the last run"),
    ("no_decision_maker", "No contact decides"),
    ("no_dues", "Nothing was due in one of the months"),
    ("no_talks", "Nobody talked with the client in 90 days"),
]


class RegulationChurnSignal(models.Model):
    """What one signal says of a client in a month. (Reg. D.4)

    Of each key client and each client of class A, every month; written by the
    monthly job alone, but for the decision of the key account manager. «No data» is
    never a zero, and never fine.
    """

    _name = "regulation.churn.signal"
    _description = "Churn Signal"
    _order = "month desc, partner_name, code"
    _rec_name = "code"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    partner_id = fields.Many2one(
        "res.partner", "Client", readonly=True, ondelete="set null", index=True
    )
    partner_name = fields.Char("Name", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Manager", readonly=True, ondelete="set null",
        index="btree_not_null",
    )  # fmt: skip
    month = fields.Date(required=True, readonly=True, index=True)
    code = fields.Selection(SIGNALS, "Signal", required=True, readonly=True)
    level = fields.Selection(LEVELS, required=True, readonly=True)
    points = fields.Integer(readonly=True)
    value = fields.Float(readonly=True, aggregator="avg")
    value_text = fields.Char("Figure", compute="_compute_value_text")
    reason = fields.Selection(REASONS, "Why No Data", readonly=True)
    previous_level = fields.Selection(LEVELS, "Month Before", readonly=True)
    previous_value = fields.Float("Value of the Month Before", readonly=True,
                                  aggregator="avg")  # fmt: skip
    previous_value_text = fields.Char(
        "Figure of the Month Before", compute="_compute_value_text"
    )
    control_id = fields.Many2one(
        "regulation.key.control", "Control Sheet", readonly=True,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    decision = fields.Text(help="What is done about it. Each red signal needs one.")

    _client_month = models.UniqueIndex("(company_id, partner_id, month, code)")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("code", "level", "value", "previous_level", "previous_value")
    @api.depends_context("lang")
    def _compute_value_text(self):
        for signal in self:
            signal.value_text = self._get_text(signal.code, signal.level, signal.value)
            signal.previous_value_text = self._get_text(
                signal.code, signal.previous_level, signal.previous_value
            )

    @api.model
    def _get_text(self, code, level, value):
        """A figure in its measure; «—» where there is none."""
        if level not in ("none", "yellow", "red"):
            return "—"
        number = f"{value:.2f}".rstrip("0").rstrip(".")
        texts = {
            "C01": self.env._("× %(number)s of the median interval", number=number),
            "C02": self.env._("days of silence: %(number)s", number=number),
            "C03": self.env._("%(number)s %% to the year before", number=number),
            "C04": self.env._("%(number)s %% of categories", number=number),
            "C05": self.env._("steps down: %(number)s", number=number),
            "C10": self.env._("left: %(number)s", number=number),
            "C11": self.env._("days more: %(number)s", number=number),
            "C12": self.env._("in 90 days: %(number)s", number=number),
        }
        return texts.get(code, number)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and set(vals) - {"decision"}:
            raise AccessError(
                self.env._(
                    "Signals are computed from the books and are not written by hand. "
                    "Only the decision about a signal is yours to give."
                )
            )
        if "decision" in vals:
            self.control_id._check_not_reviewed()
        return super().write(vals)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _compute_month(self, company, ids, month, bases):
        """Compute the signals of clients for a month; again if they are there.

        :return: ids of the clients that turned red
        """
        if not ids:
            return []
        red_before = self._get_red(company, ids, month)
        found = self.env["regulation.churn.reader"]._read_signals(
            company, ids, month, bases
        )
        rows = [
            {
                "partner_id": client_id,
                "code": code,
                "level": signal.level,
                "points": signal.points,
                "value": signal.value,
                "reason": signal.reason,
            }
            for client_id, signals in found.items()
            for code, signal in signals.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO regulation_churn_signal AS own (
                       partner_id, partner_name, company_id, user_id, month, code,
                       level, points, value, reason, previous_level, previous_value,
                       create_uid, create_date, write_uid, write_date)
                SELECT p.id, COALESCE(p.complete_name, p.name), %(company)s,
                       COALESCE(k.user_id, p.user_id), %(month)s, s.code, s.level,
                       s.points, s.value, s.reason, b.level, b.value,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM jsonb_to_recordset(%(rows)s) AS s (
                           partner_id integer, code text, level text, points integer,
                           value double precision, reason text)
                  JOIN res_partner p ON p.id = s.partner_id
             LEFT JOIN regulation_key_client k
                    ON k.partner_id = p.id AND k.company_id = %(company)s
                   AND k.state = 'approved'
             LEFT JOIN regulation_churn_signal b
                    ON b.company_id = %(company)s AND b.partner_id = p.id
                   AND b.code = s.code
                   AND b.month = (%(month)s::date - INTERVAL '1 month')::date
           ON CONFLICT (company_id, partner_id, month, code)
             DO UPDATE SET level = EXCLUDED.level, points = EXCLUDED.points,
                           value = EXCLUDED.value, reason = EXCLUDED.reason,
                           user_id = EXCLUDED.user_id,
                           previous_level = EXCLUDED.previous_level,
                           previous_value = EXCLUDED.previous_value,
                           write_date = EXCLUDED.write_date
                     WHERE (own.level, own.value, own.user_id) IS DISTINCT FROM
                           (EXCLUDED.level, EXCLUDED.value, EXCLUDED.user_id)
                """,
                company=company.id,
                month=month,
                uid=self.env.uid,
                rows=json.dumps(rows),
            )
        )
        self.invalidate_model(flush=False)
        risks = {
            client_id: churn.risk(signals.values())
            for client_id, signals in found.items()
        }
        self.env["regulation.key.client"]._set_risks(company, risks)
        return [
            client_id
            for client_id, (_points, level) in risks.items()
            if level == "red" and client_id not in red_before
        ]

    @api.model
    def _get_red(self, company, ids, month):
        """Clients that were red the last time they were looked at."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id) partner_id, SUM(points)
                  FROM regulation_churn_signal
                 WHERE company_id = %s AND partner_id = ANY(%s) AND month <= %s
              GROUP BY partner_id, month
              ORDER BY partner_id, month DESC
                """,
                company.id,
                list(ids),
                month,
            )
        )
        return {
            client_id for client_id, points in rows if churn.risk_level(points) == "red"
        }

    @api.model
    def _alarm(self, company, ids):
        """Clients turned red: their manager acts within a working day, the sales
        director is informed. Called once a turning. (D.4)"""
        if not ids:
            return
        deadline = self._get_alarm_day(company)
        directors = self._get_directors(company)
        # sudo: the job speaks for the company
        keys = {
            key.partner_id.id: key
            for key in self.env["regulation.key.client"].sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", ids),
                    ("state", "=", "approved"),
                ]
            )
        }  # fmt: skip
        for client in self.env["res.partner"].sudo().browse(ids):
            record = keys.get(client.id, client)
            manager = record.user_id
            responsible = manager if manager.active else directors[:1]
            texts = self.with_context(lang=responsible.lang or self.env.lang).env
            if responsible:
                record.activity_schedule(
                    "client_regulation.mail_activity_type_churn_red",
                    date_deadline=deadline,
                    user_id=responsible.id,
                    summary=texts._("Red list: find out and act"),
                    note=texts._(
                        "The signals of churn put the client on the red list. Talk to "
                        "them and decide on each red signal."
                    ),
                )
            texts = self.with_context(lang=directors[:1].lang or self.env.lang).env
            record.message_post(
                body=texts._(
                    "“%(client)s” is on the red list now: %(points)s points of churn "
                    "signals. %(manager)s is to act by %(day)s.",
                    client=client.name,
                    points=self._get_points(company, client),
                    manager=responsible.name or "—",
                    day=format_date(texts, deadline),
                ),
                partner_ids=directors.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    @api.model
    def _get_points(self, company, client):
        rows = self.sudo()._read_group(
            [("company_id", "=", company.id), ("partner_id", "=", client.id)],
            ["month:month"],
            ["points:sum"],
            order="month:month desc",
            limit=1,
        )
        return rows[0][1] if rows else 0

    @api.model
    def _get_alarm_day(self, company):
        """Within one working day."""
        time = self.env["regulation.time"]
        due = time._get_due(company.id, fields.Datetime.now(), 1, "wd")
        return time._get_clock(company.id, due).local_date(due)

    @api.model
    def _get_directors(self, company):
        """Who fills the role of sales director; without one, who may approve."""
        role = self.env.ref("client_regulation.role_sd", raise_if_not_found=False)
        today = self.env["regulation.time"]._get_today(company.id)
        people = self.env["res.users"].sudo()
        if role:
            people = people.browse(
                self.env["regulation.role"]
                .sudo()
                ._resolve_people(
                    role.id, company.id, today, self.env["crm.team"].sudo()
                )
            ).filtered("active")
        if not people:
            people = (
                self.env.ref(DIRECTOR_GROUP)
                .sudo()
                .all_user_ids.filtered(
                    lambda user: (
                        user.active
                        and not user.share
                        and company in user.company_ids
                        and user != self.env.ref("base.user_root")
                    )
                )
            )
        return people
