# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools.filled import is_placeholder
from .regulation_abc_run import DIRECTOR_GROUP
from .regulation_churn_signal import RISKS

STATES = [
    ("candidate", "Candidate"),
    ("approved", "Key Client"),
    ("declined", "Declined"),
    ("ended", "Taken off"),
]
#: state that a decision is taken in
DECIDED_IN = {"approved": "candidate", "declined": "candidate", "ended": "approved"}
#: what people write; all else comes from runs, decisions and signals
WRITABLE = frozenset({"user_id"})
KEPT = frozenset({
    "partner_id", "partner_name", "company_id", "run_id", "criteria", "share",
    "potential_score", "class_runs", "state", "decided_by_id", "decided_on",
    "decision_note", "risk_points", "risk_level", "is_reconsider",
})  # fmt: skip


class RegulationKeyClient(models.Model):
    """A client on the list of key clients, or proposed for it. (Reg. 3.3, C.4)

    The approval of a run of the leading profile proposes who meets a criterion: class
    A in `key_runs` approved runs on end, a share of `key_share` per cent, or a
    strategic score of `key_score`, which is the potential score of the client card.
    The sales director decides, with a date (C3.2). An approved client that meets
    no criterion any more is flagged, and stays until the director ends it.
    """

    _name = "regulation.key.client"
    _description = "Key Client"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, share desc, id desc"
    _rec_name = "partner_name"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    partner_id = fields.Many2one(
        "res.partner", "Client", ondelete="set null", index=True,
        domain="[('commercial_partner_id', '=', id), ('is_company', '=', True)]",
    )  # fmt: skip
    partner_name = fields.Char(
        "Name", compute="_compute_partner_name", store=True, precompute=True,
        help="As it was when the client was proposed.",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    run_id = fields.Many2one(
        "regulation.abc.run", "ABC Run", readonly=True, ondelete="set null", index=True,
        help="The run that the criteria are from.",
    )  # fmt: skip
    criteria = fields.Char(
        readonly=True, help="Codes of the criteria met: class_a, share, score."
    )
    criteria_text = fields.Char(
        "Criteria Met", compute="_compute_criteria_text", compute_sudo=True
    )
    share = fields.Float("Share, %", readonly=True, digits=(9, 6), aggregator="sum")
    potential_score = fields.Float(
        "Strategic Score", readonly=True, digits=(6, 2), aggregator="avg",
        help="The potential score of the client card, 0 to 100.",
    )  # fmt: skip
    class_runs = fields.Integer(
        "Runs in Class A", readonly=True, aggregator=None,
        help="Approved runs on end, up to the number asked for.",
    )  # fmt: skip
    state = fields.Selection(
        STATES, default="candidate", required=True, readonly=True, tracking=True,
        index=True, group_expand=True,
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Key Account Manager", ondelete="set null", tracking=True,
        index=True, domain="[('share', '=', False)]",
        compute="_compute_user_id", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    decision_note = fields.Text(
        "Reason of the Decision", readonly=True, copy=False, tracking=True,
        help="Why who meets a criterion is left out, and who meets none is taken.",
    )  # fmt: skip
    is_reconsider = fields.Boolean(
        "Reconsider", readonly=True, copy=False, tracking=True,
        help="Approved, but no criterion is met any more: the sales director keeps the "
        "client or ends it.",
    )  # fmt: skip
    risk_points = fields.Integer(readonly=True, copy=False)
    risk_level = fields.Selection(
        RISKS, "Risk", readonly=True, copy=False, default="no_data"
    )
    signal_ids = fields.One2many(
        "regulation.churn.signal", compute="_compute_signal_ids", string="Signals"
    )
    control_ids = fields.One2many(
        "regulation.key.control", "key_client_id", "Control Sheets"
    )
    control_count = fields.Integer(compute="_compute_control_count")
    may_decide = fields.Boolean(compute="_compute_may_decide")

    _open_unique = models.UniqueIndex(
        "(company_id, partner_id) WHERE state IN ('candidate', 'approved')",
        "The client is on the list of key clients, or proposed for it, already.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id")
    def _compute_partner_name(self):
        for key in self:
            key.partner_name = key.partner_name or key.partner_id.display_name

    @api.depends("partner_id")
    def _compute_user_id(self):
        for key in self:
            key.user_id = key.user_id or key.partner_id.user_id

    @api.depends("criteria", "share", "potential_score", "class_runs")
    @api.depends_context("lang")
    def _compute_criteria_text(self):
        for key in self:
            texts = {
                "class_a": self.env._("class A in %(n)s runs", n=key.class_runs),
                "share": self.env._("%(n)s %% of sales", n=f"{key.share:.1f}"),
                "score": self.env._(
                    "strategic score %(n)s", n=f"{key.potential_score:g}"
                ),
            }
            codes = (key.criteria or "").split()
            key.criteria_text = "; ".join(texts[c] for c in codes if c in texts) or (
                self.env._("none is met")
            )

    @api.depends("partner_id", "company_id")
    def _compute_signal_ids(self):
        """The signals of the last month that was looked at."""
        Signal = self.env["regulation.churn.signal"]
        groups = Signal._read_group(
            [("partner_id", "in", self.partner_id.ids)],
            ["company_id", "partner_id"],
            ["month:max"],
        )
        last = {(company, client): month for company, client, month in groups}
        signals = Signal.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("month", "in", list(set(last.values()))),
            ],
            order="code",
        ).grouped(lambda s: (s.company_id, s.partner_id, s.month))
        for key in self:
            month = last.get((key.company_id, key.partner_id))
            key.signal_ids = signals.get(
                (key.company_id, key.partner_id, month), Signal
            )

    @api.depends("control_ids")
    def _compute_control_count(self):
        counts = dict(
            self.env["regulation.key.control"]._read_group(
                [("key_client_id", "in", self.ids)], ["key_client_id"], ["__count"]
            )
        )
        for key in self:
            key.control_count = counts.get(key._origin, 0)

    @api.depends_context("uid")
    def _compute_may_decide(self):
        self.may_decide = self.env.user.has_group(DIRECTOR_GROUP)

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("state", "user_id")
    def _check_limit(self):
        approved = self.filtered(lambda key: key.state == "approved")
        for key in approved:
            if not key.user_id:
                raise ValidationError(
                    self.env._(
                        "“%(client)s” has no key account manager. Choose one: a key "
                        "client is in somebody's hands.",
                        client=key.partner_name,
                    )
                )
        if not approved:
            return
        # safe: how many there are of a manager and the limit are no secret
        limits = self.env["regulation.key.proposal"]._get_limits(approved.company_id)
        for company, user, count in self.sudo()._read_group(
            [
                ("state", "=", "approved"),
                ("user_id", "in", approved.user_id.ids),
                ("company_id", "in", approved.company_id.ids),
            ],
            ["company_id", "user_id"],
            ["__count"],
        ):
            if count > limits[company]:
                raise ValidationError(
                    self.env._(
                        "%(manager)s would have %(count)s key clients, and %(limit)s "
                        "is the limit. Give some to another manager, end those that "
                        "are key no more, or raise the limit in the leading ABC "
                        "profile.",
                        manager=user.name,
                        count=count,
                        limit=limits[company],
                    )
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for key in self:
            client = key.partner_id
            if client and client.commercial_partner_id != client:
                raise ValidationError(
                    self.env._(
                        "“%(contact)s” is a contact of “%(client)s”: only the client "
                        "itself is a key client.",
                        contact=client.name,
                        client=client.commercial_partner_id.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):  # noqa: A002
        # a default in the context decides nothing
        values = super().default_get(fields)
        if not self.env.su:
            for name in KEPT - {"partner_id", "company_id"}:
                if name in values and name != "state":
                    del values[name]
            if "state" in values:
                values["state"] = "candidate"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_written(vals, {"partner_id", "company_id"})
            if not vals.get("partner_id"):
                raise UserError(self.env._("Choose the client that is proposed."))
        return super().create(vals_list)

    def write(self, vals):
        self._check_written(vals)
        return super().write(vals)

    def _check_written(self, vals, allowed=frozenset()):
        names = KEPT & vals.keys() - allowed
        if vals.get("state") == "candidate" and allowed:
            names -= {"state"}
        if names and not self.env.su:
            labels = ", ".join(
                sorted(
                    self._fields[name]._description_string(self.env) for name in names
                )
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of a key client come from ABC runs, decisions and "
                    "signals. Use the buttons: the sales director approves, declines "
                    "and ends.",
                    fields=labels,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for key in self:
            if key.decided_on:
                raise UserError(
                    self.env._(
                        "The decision on “%(client)s” is recorded and stays. End the "
                        "key client instead.",
                        client=key.partner_name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_approve(self, note=None):
        """Put candidates on the list of key clients. (C3.2)

        :param str note: asked for where no criterion is met
        :raise AccessError: for who is no sales director
        :raise ValidationError: no criterion is met and nobody says why, or the
            manager has enough of them
        """
        self._decide("approved", note)
        return True

    def action_decline(self, note=None):
        """Leave candidates out, with the reason."""
        self._decide("declined", note)
        return True

    def action_end(self, note=None):
        """Take key clients off the list, with the reason."""
        self._decide("ended", note)
        return True

    def action_keep(self):
        """Key clients flagged to be reconsidered stay."""
        self._check_may_decide()
        self.check_access("read")
        flagged = self.sudo().filtered("is_reconsider")
        flagged.is_reconsider = False
        for key in flagged:
            key.message_post(body=self.env._("Reconsidered: stays a key client."))
        return True

    def action_open_decision(self):
        """Ask for the reason; the decision is in the context."""
        decision = self.env.context.get("decision", "declined")
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": dict(
                self.env["regulation.key.decision"]
                ._fields["decision"]
                ._description_selection(self.env)
            )[decision],
            "res_model": "regulation.key.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_key_client_ids": self.ids,
                "default_decision": decision,
            },
        }

    def action_view_controls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_key_control_action"
        )
        return {**action, "domain": [("key_client_id", "=", self.id)], "context": {}}

    def action_view_signals(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_churn_signal_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.partner_id.id)],
            "context": {"search_default_group_month": 1},
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _check_may_decide(self):
        if not (self.env.su or self.env.user.has_group(DIRECTOR_GROUP)):
            raise AccessError(
                self.env._(
                    "The sales director decides who is a key client. Ask the director, "
                    "or have your user added to the group “Sales Director”."
                )
            )

    def _decide(self, state, note):
        self._check_may_decide()
        self.check_access("read")
        self._check_decidable(state, note)
        # safe: asked above; nobody else writes decisions
        keys = self.sudo()
        keys.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
                "decision_note": note or False,
                "is_reconsider": False,
            }
        )
        keys.flush_recordset(["state"])  # the client may be proposed again at once
        if state != "declined":
            keys._write_cards(state == "approved")
        if state == "approved":
            keys._announce()

    def _check_decidable(self, state, note):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for key in self:
            if key.state != DECIDED_IN[state]:
                raise UserError(
                    self.env._(
                        "“%(client)s” is “%(state)s” and cannot become “%(wanted)s”.",
                        client=key.partner_name,
                        state=labels[key.state],
                        wanted=labels[state],
                    )
                )
            if state == "approved" and not key.partner_id:
                raise UserError(
                    self.env._(
                        "The client card of “%(client)s” was deleted: decline it.",
                        client=key.partner_name,
                    )
                )
            if (state != "approved" or not key.criteria) and is_placeholder(note):
                raise ValidationError(
                    self.env._(
                        "“%(client)s” meets no criterion of a key client. Write why it "
                        "is taken: use “Approve with a Reason”.",
                        client=key.partner_name,
                    )
                    if state == "approved"
                    else self.env._(
                        "Write why “%(client)s” is left out or taken off the list: a "
                        "decision against the list is explained.",
                        client=key.partner_name,
                    )
                )

    def _announce(self):
        """The managers learn it; the duties that wait for the list begin. (F24)"""
        for key in self:
            key.message_post(
                body=key.with_context(lang=key.user_id.lang or self.env.lang).env._(
                    "“%(client)s” is a key client, and you are its manager.",
                    client=key.partner_name,
                ),
                partner_ids=key.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
        if self.env["regulation.regulation"]._is_engine_running():
            for company in self.company_id:
                self.env["regulation.event"]._fire("key_list_approved", company)

    def _write_cards(self, is_key):
        """Write the mark to the cards past their lock; the caller asked the right."""
        approval = self.env["regulation.abc.approval"]
        self.env["res.partner"].flush_model(["is_key_client"])
        for company, keys in self.grouped("company_id").items():
            if not keys.partner_id:
                continue
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner p SET is_key_client = %s WHERE p.id IN %s",
                    approval._get_card_sql(
                        SQL("p.is_key_client"),
                        SQL("TRUE") if is_key else SQL("NULL::boolean"),
                        [str(company.id)],
                    ),
                    tuple(keys.partner_id.ids),
                )
            )
        self.partner_id.invalidate_recordset(["is_key_client"], flush=False)

    @api.model
    def _set_risks(self, company, risks):
        """Note what the signals add up to on the approved key clients.

        :param risks: ``{client_id: (points, level)}``
        """
        keys = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", list(risks)),
                ("state", "=", "approved"),
            ]
        )  # safe: the monthly job writes what it has computed
        for risk, group in keys.grouped(lambda key: risks[key.partner_id.id]).items():
            group.write({"risk_points": risk[0], "risk_level": risk[1]})
