# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.filled import is_placeholder
from .regulation_abc_run import DIRECTOR_GROUP
from .regulation_churn_signal import RISKS

#: clients whose signals are computed in one transaction
BATCH = 500
#: working days for the review (C5.1)
REVIEW_DAYS = 5

STATES = [("draft", "To Review"), ("reviewed", "Reviewed")]
#: what people write
WRITABLE = frozenset({"note", "signal_ids"})


class RegulationKeyControl(models.Model):
    """What a key client did in a month, and what is decided about it. (C5.1)

    Made on the first days of the next month with the signals of churn. It is reviewed
    when each red signal has a decision.
    """

    _name = "regulation.key.control"
    _description = "Control Sheet of a Key Client"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "month desc, risk_points desc, id desc"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    key_client_id = fields.Many2one(
        "regulation.key.client", required=True, readonly=True, ondelete="restrict",
        index=True,
    )  # fmt: skip
    partner_id = fields.Many2one(
        "res.partner", "Client", readonly=True, ondelete="set null", index=True
    )
    partner_name = fields.Char("Name", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Key Account Manager", readonly=True, ondelete="set null",
        index=True, tracking=True,
    )  # fmt: skip
    month = fields.Date(required=True, readonly=True, index=True)
    due_on = fields.Date("Review By", readonly=True, index=True)
    signal_ids = fields.One2many("regulation.churn.signal", "control_id", "Signals")
    purchases = fields.Monetary(
        readonly=True, help="Invoiced in the month, untaxed, less credit notes."
    )
    purchase_count = fields.Integer("Invoices", readonly=True)
    payments = fields.Monetary(readonly=True)
    visit_count = fields.Integer("Visits", readonly=True)
    claim_count = fields.Integer("Number of Claims", readonly=True)
    has_claims = fields.Boolean(
        "Claims Are Recorded", readonly=True,
        help="Without a journal of claims their number is not known: it is not zero.",
    )  # fmt: skip
    claims = fields.Char(compute="_compute_claims")
    risk_points = fields.Integer(readonly=True, aggregator="avg")
    risk_level = fields.Selection(RISKS, "Risk", readonly=True, default="no_data")
    red_count = fields.Integer("Red Signals", compute="_compute_red_count")
    undecided_count = fields.Integer(
        "Red Signals without Decision", compute="_compute_red_count"
    )
    note = fields.Text("Conclusion", tracking=True)
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, tracking=True, index=True
    )
    reviewed_by_id = fields.Many2one("res.users", readonly=True)
    reviewed_on = fields.Datetime(readonly=True)
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )

    _client_month = models.UniqueIndex(
        "(key_client_id, month)", "A key client has one control sheet a month."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_name", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for sheet in self:
            month = sheet.month and format_date(
                self.env, sheet.month, date_format="LLLL y"
            )
            sheet.display_name = f"{sheet.partner_name or ''}, {month or ''}"

    @api.depends("claim_count", "has_claims")
    @api.depends_context("lang")
    def _compute_claims(self):
        for sheet in self:
            sheet.claims = (
                str(sheet.claim_count) if sheet.has_claims else self.env._("no data")
            )

    @api.depends("signal_ids.level", "signal_ids.decision")
    def _compute_red_count(self):
        for sheet in self:
            red = sheet.signal_ids.filtered(lambda signal: signal.level == "red")
            sheet.red_count = len(red)
            sheet.undecided_count = len(
                red.filtered(lambda signal: is_placeholder(signal.decision))
            )

    @api.depends("state", "due_on")
    def _compute_is_late(self):
        time = self.env["regulation.time"]
        today = {c: time._get_today(c.id) for c in self.company_id}
        for sheet in self:
            sheet.is_late = bool(
                sheet.state == "draft"
                and sheet.due_on
                and sheet.due_on < today[sheet.company_id]
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        time = self.env["regulation.time"]
        # safe: which companies have sheets shows nothing of them
        groups = self.sudo()._read_group([("state", "=", "draft")], ["company_id"])
        return Domain.OR(
            Domain("state", "=", "draft")
            & Domain("company_id", "=", company.id)
            & Domain("due_on", "<", time._get_today(company.id))
            for (company,) in groups
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        names = {
            name
            for name in vals
            if name in self._fields
            and name not in WRITABLE
            and not name.startswith(("message_", "activity_", "website_", "rating_"))
        }
        if names and not self.env.su:
            raise AccessError(
                self.env._(
                    "A control sheet is filled from the books. Write your conclusion "
                    "and the decisions on the signals, and press “Reviewed”."
                )
            )
        if not self.env.su and "note" in vals:
            self._check_not_reviewed()
        return super().write(vals)

    def _check_not_reviewed(self):
        for sheet in self:
            if sheet.state == "reviewed":
                raise UserError(
                    self.env._(
                        "The control sheet “%(sheet)s” is reviewed and stays as it "
                        "is. The sales director may reopen it.",
                        sheet=sheet.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for sheet in self:
            if sheet.state == "reviewed":
                raise UserError(
                    self.env._(
                        "“%(sheet)s” is reviewed and stays as the proof of the "
                        "control.",
                        sheet=sheet.display_name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_review(self):
        """The month is reviewed; each red signal has a decision. (C5.1)"""
        self.check_access("write")
        for sheet in self:
            if sheet.state == "reviewed":
                raise UserError(
                    self.env._(
                        "“%(sheet)s” is reviewed already.", sheet=sheet.display_name
                    )
                )
            lacking = sheet.signal_ids.filtered(
                lambda s: s.level == "red" and is_placeholder(s.decision)
            )
            if lacking:
                codes = dict(lacking._fields["code"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "“%(sheet)s” has red signals without a decision: %(signals)s. "
                        "Write what is done about each, then it is reviewed.",
                        sheet=sheet.display_name,
                        signals=", ".join(codes[s.code] for s in lacking),
                    )
                )
        # safe: the right to write was asked above
        self.sudo().write(
            {
                "state": "reviewed",
                "reviewed_by_id": self.env.uid,
                "reviewed_on": fields.Datetime.now(),
            }
        )
        return True

    def action_reopen(self):
        """Back to review; the sales director alone."""
        if not (self.env.su or self.env.user.has_group(DIRECTOR_GROUP)):
            raise AccessError(
                self.env._(
                    "A reviewed control sheet is reopened by the sales director. Ask "
                    "the director."
                )
            )
        self.check_access("write")
        self.sudo().write(  # safe: asked above
            {"state": "draft", "reviewed_by_id": False, "reviewed_on": False}
        )
        return True

    def action_recompute(self):
        """Read the books again: signals and figures of sheets to review."""
        self.check_access("write")
        drafts = self.sudo().filtered(lambda sheet: sheet.state == "draft")
        for (company, month), sheets in drafts.grouped(
            lambda sheet: (sheet.company_id, sheet.month)
        ).items():
            bases = self.env["regulation.churn.reader"]._read_bases(company, month)
            # safe: only the signals of the sheets one may write are computed
            self.sudo()._make(company, sheets.partner_id.ids, month, bases)
        return True

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _make(self, company, ids, month, bases):
        """Signals of clients and the sheets of the key clients among them."""
        Signal = self.env["regulation.churn.signal"]
        turned = Signal._compute_month(company, ids, month, bases)
        keys = self.env["regulation.key.client"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", ids),
                ("state", "=", "approved"),
            ]
        )
        if keys:
            self._fill(company, keys, month)
        Signal._alarm(company, turned)

    @api.model
    def _fill(self, company, keys, month):
        """Make or refresh the sheets of key clients."""
        sheets = {
            sheet.key_client_id: sheet
            for sheet in self.search(
                [("key_client_id", "in", keys.ids), ("month", "=", month)]
            )
        }
        figures = self.env["regulation.churn.reader"]._read_figures(
            company, keys.partner_id.ids, month
        )
        due = self.env["regulation.time"]._get_working_day(company.id, REVIEW_DAYS)
        new = []
        for key in keys:
            values = {
                "purchases": 0,
                "purchase_count": 0,
                "payments": 0,
                "visit_count": 0,
                **figures[key.partner_id.id],
                "risk_points": key.risk_points,
                "risk_level": key.risk_level,
                "user_id": key.user_id.id,
            }
            if key not in sheets:
                new.append(
                    {
                        **values,
                        "key_client_id": key.id,
                        "partner_id": key.partner_id.id,
                        "partner_name": key.partner_id.display_name,
                        "company_id": company.id,
                        "month": month,
                        "due_on": due,
                    }
                )
            elif sheets[key].state == "draft":
                sheets[key].write(values)
        self.create(new)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE regulation_churn_signal s SET control_id = c.id
                  FROM regulation_key_control c
                 WHERE c.key_client_id IN %s AND c.month = %s AND s.month = c.month
                   AND s.company_id = c.company_id AND s.partner_id = c.partner_id
                   AND s.control_id IS DISTINCT FROM c.id
                   AND NOT EXISTS (SELECT FROM regulation_key_control r
                                    WHERE r.id = s.control_id
                                      AND r.state = 'reviewed')
                """,
                tuple(keys.ids),
                month,
            )
        )
        self.invalidate_model(["signal_ids"], flush=False)
        self.env["regulation.churn.signal"].invalidate_model(
            ["control_id"], flush=False
        )

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_control(self):
        """Signals and control sheets of the last whole month, client by client.

        May be killed and run again: who has signals, and a sheet if it is a key client,
        is done.
        """
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = self.env["regulation.time"]._get_today(company.id)
            month = today.replace(day=1) - relativedelta(months=1)
            ids = self._get_pending(company, month)
            if not ids:
                continue
            cron._commit_progress(remaining=len(ids))
            bases = self.env["regulation.churn.reader"]._read_bases(company, month)
            for start in range(0, len(ids), BATCH):
                batch = ids[start : start + BATCH]
                self._make(company, batch, month, bases)
                if not cron._commit_progress(len(batch)):
                    return
                self.env.invalidate_all()

    @api.model
    def _get_pending(self, company, month):
        """Key clients without a sheet, and clients of class A without signals."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT k.partner_id FROM regulation_key_client k
                 WHERE k.company_id = %(company)s AND k.state = 'approved'
                   AND k.partner_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM regulation_key_control c
                                    WHERE c.partner_id = k.partner_id
                                      AND c.company_id = k.company_id
                                      AND c.month = %(month)s)
                 UNION
                SELECT p.id FROM res_partner p
                 WHERE p.abc_class ->> %(key)s = 'A' AND p.active
                   AND NOT EXISTS (SELECT FROM regulation_churn_signal s
                                    WHERE s.company_id = %(company)s
                                      AND s.partner_id = p.id AND s.month = %(month)s)
              ORDER BY 1
                """,
                company=company.id,
                key=str(company.id),
                month=month,
            )
        )
        return [row[0] for row in rows]
