# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.filled import is_placeholder

#: the six ticks of handling an objection, D.5
HANDLING = (
    "handled_listened",
    "handled_checked",
    "handled_clarified",
    "handled_tested",
    "handled_answered",
    "handled_closed",
)
NATURES = [
    ("true", "True"),
    ("excuse", "Excuse"),
    ("condition", "Condition"),
    ("doubt", "Doubt"),
]
OUTCOMES = [
    ("resolved", "Resolved"),
    ("conditional", "Conditionally Resolved"),
    ("postponed", "Postponed"),
    ("unresolved", "Unresolved"),
]
#: of the client on the day of the objection: by turnover, else by potential
CLIENT_CLASSES = [
    ("A", "A"),
    ("B", "B"),
    ("C", "C"),
    ("P-A", "P-A"),
    ("P-B", "P-B"),
    ("P-C", "P-C"),
]
SETTLED = ("resolved", "conditional")
#: R1.3.7: an objection that stays is followed up within five working days
FOLLOW_UP_DAYS = 5


class RegulationObjection(models.Model):
    """What a client had against us, in their words, and what came of it.

    Choosing the category shows its reply script and the techniques recommended for
    it. What stays unresolved or is postponed plans a follow-up for the salesperson.
    (Reg. 1.3.7, D.5)
    """

    _name = "regulation.objection"
    _description = "Objection"
    _inherit = ["regulation.talk.line", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "wording"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    type_id = fields.Many2one(
        "regulation.objection.type", "Category", required=True, index=True,
        ondelete="restrict", check_company=True,
    )  # fmt: skip
    example = fields.Char(related="type_id.example")
    script = fields.Text(related="type_id.script")
    recommended_technique_ids = fields.Many2many(related="type_id.technique_ids")
    technique_id = fields.Many2one(
        "regulation.objection.technique", "Technique", index="btree_not_null",
        ondelete="restrict", check_company=True,
    )  # fmt: skip
    wording = fields.Text(required=True, help="In the client's own words.")
    contact_id = fields.Many2one(
        "res.partner", "Raised By", index="btree_not_null", ondelete="restrict",
        compute="_compute_contact_id", store=True, readonly=False, precompute=True,
        check_company=True,
        help="Who at the client said it.",
    )  # fmt: skip
    nature = fields.Selection(
        NATURES,
        help="What is behind it: the true reason, an excuse that hides another, a "
        "condition to be met, or a doubt that a proof removes.",
    )
    outcome = fields.Selection(OUTCOMES, tracking=True)
    amount = fields.Monetary(
        "Amount at Risk", currency_field="currency_id",
        compute="_compute_amount", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    currency_id = fields.Many2one(related="company_id.currency_id")
    competitor_id = fields.Many2one(
        "regulation.competitor", index="btree_not_null", ondelete="restrict",
        check_company=True,
        help="Who the client compared us with, if they named anybody. Whoever is not "
        "in the list yet is added by the regulation owner.",
    )  # fmt: skip
    date = fields.Datetime(
        required=True, index=True,
        compute="_compute_date", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    date_resolved = fields.Datetime(
        "Resolved On", compute="_compute_date_resolved", store=True, readonly=False,
        precompute=True, copy=False, tracking=True,
    )  # fmt: skip
    days_to_resolve = fields.Float(
        "Days to Resolve", compute="_compute_days_to_resolve", digits=(16, 1)
    )
    note = fields.Text("What Was Answered")

    # the six ticks
    handled_listened = fields.Boolean("Listened to the end")
    handled_checked = fields.Boolean("Checked that I understood")
    handled_clarified = fields.Boolean("Clarified what is behind it")
    handled_tested = fields.Boolean("Tested whether it is true and important")
    handled_answered = fields.Boolean("Answered")
    handled_closed = fields.Boolean("Made sure it is closed")
    handling_score = fields.Integer(
        "Handling", compute="_compute_handling_score", store=True, aggregator="avg",
        help="How many of the six points of handling were met.",
    )  # fmt: skip

    # as it was then
    stage_id = fields.Many2one(
        "regulation.stage", "Stage of the Deal", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
        help="The stage of the regulation the deal was in.",
    )  # fmt: skip
    client_class = fields.Selection(
        CLIENT_CLASSES, readonly=True, copy=False,
        help="The class of the client on that day.",
    )  # fmt: skip

    # follow-up
    follow_up_date = fields.Date(
        "Follow Up By", compute="_compute_follow_up_date", store=True, readonly=False,
        precompute=True, copy=False, index="btree_not_null",
    )  # fmt: skip
    follow_up_activity_id = fields.Many2one(
        "mail.activity", "Follow-Up", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("wording", "type_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for objection in self:
            wording = " ".join((objection.wording or "").split())
            if len(wording) > 60:
                wording = f"{wording[:59]}…"
            objection.display_name = (
                f"{objection.type_id.name}: {wording}" if wording else False
            )

    @api.depends("partner_id", "visit_id", "call_id")
    def _compute_contact_id(self):
        for objection in self:
            partner, contact = objection.partner_id, objection.contact_id
            if contact.commercial_partner_id != partner.commercial_partner_id:
                contact = contact.browse()
            if not contact:
                contact = objection._get_speaker() if partner.is_company else partner
            objection.contact_id = contact

    @api.depends("visit_id", "call_id")
    def _compute_date(self):
        for objection in self:
            visit = objection.visit_id
            objection.date = (
                objection.date
                or visit.date_end
                or visit.date_start
                or objection.call_id.date
                or fields.Datetime.now()
            )

    @api.depends("lead_id")
    def _compute_amount(self):
        for objection in self:
            lead = objection.lead_id
            amount = objection.amount
            if lead and not amount:
                amount = lead.expected_revenue
                company = lead.company_id or objection.company_id
                if company != objection.company_id:
                    amount = company.currency_id._convert(
                        amount, objection.company_id.currency_id, objection.company_id
                    )
            objection.amount = amount

    @api.depends("outcome")
    def _compute_date_resolved(self):
        for objection in self:
            if objection.outcome != "resolved":
                objection.date_resolved = False
            elif not objection.date_resolved:
                # resolved on the spot, or now
                on_the_spot = not objection._origin.id
                objection.date_resolved = (
                    objection.date if on_the_spot else fields.Datetime.now()
                )

    @api.depends("date", "date_resolved")
    def _compute_days_to_resolve(self):
        for objection in self:
            taken = (
                objection.date_resolved - objection.date
                if objection.date_resolved and objection.date
                else None
            )
            objection.days_to_resolve = taken.total_seconds() / 86400 if taken else 0.0

    @api.depends(*HANDLING)
    def _compute_handling_score(self):
        for objection in self:
            objection.handling_score = sum(objection[name] for name in HANDLING)

    @api.depends("outcome")
    def _compute_follow_up_date(self):
        for objection in self:
            if objection.outcome not in ("postponed", "unresolved"):
                objection.follow_up_date = False
            elif not objection.follow_up_date:
                objection.follow_up_date = objection._get_working_day(FOLLOW_UP_DAYS)

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("wording")
    def _check_wording(self):
        for objection in self:
            if is_placeholder(objection.wording):
                raise ValidationError(
                    self.env._(
                        "The objection “%(category)s” of “%(client)s” has no wording. "
                        "Write what the client said, in the client's own words.",
                        category=objection.type_id.name,
                        client=objection.partner_id.display_name,
                    )
                )

    @api.constrains("outcome", "technique_id")
    def _check_technique(self):
        for objection in self:
            if objection.outcome in SETTLED and not objection.technique_id:
                raise ValidationError(
                    self.env._(
                        "“%(objection)s” is resolved, but by what technique? Choose "
                        "it: the company learns from it what works.",
                        objection=objection.display_name,
                    )
                )

    @api.constrains("date", "date_resolved")
    def _check_dates(self):
        for objection in self:
            if objection.date_resolved and objection.date_resolved < objection.date:
                raise ValidationError(
                    self.env._(
                        "“%(objection)s” cannot be resolved before it was raised: "
                        "correct one of the two dates.",
                        objection=objection.display_name,
                    )
                )

    @api.constrains("follow_up_date")
    def _check_follow_up_date(self):
        for objection in self:
            if not objection.follow_up_date:
                continue
            limit = objection._get_working_day(FOLLOW_UP_DAYS)
            if objection.follow_up_date > limit:
                raise ValidationError(
                    self.env._(
                        "“%(objection)s” is followed up within %(days)s working days: "
                        "by %(limit)s at the latest. Follow it up then, and set the "
                        "next date.",
                        objection=objection.display_name,
                        days=FOLLOW_UP_DAYS,
                        limit=fields.Date.to_string(limit),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        objections = super().create(vals_list)
        objections._take_snapshot()
        objections._plan_follow_up()
        return objections

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"outcome", "follow_up_date", "user_id"}:
            self._plan_follow_up()
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_settle(self):
        """Say how it ended, and by what technique: in the objection itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Objection"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _take_snapshot(self):
        """Keep the stage of the deal and the class of the client as they are now."""
        # as sudo: the snapshot is of deals whose passages others may keep
        passages = (
            self.env["regulation.passage"]
            .sudo()
            .search([("lead_id", "in", self.lead_id.ids), ("left_on", "=", False)])
            if self.lead_id
            else self.env["regulation.passage"]
        )
        stages = {passage.lead_id.id: passage.stage_id.id for passage in passages}
        for objection in self:
            values = {
                "stage_id": stages.get(objection.lead_id.id, False),
                "client_class": objection._get_client_class(),
            }
            if any(values.values()):
                objection.write(values)

    def _get_client_class(self):
        """The class of the client: by turnover where it has one, else by potential."""
        client = self.partner_id.commercial_partner_id.with_company(self.company_id)
        for name, code in (("abc_class", "%s"), ("potential_class", "P-%s")):
            value = name in client._fields and client[name]
            if value:
                found = code % value.upper()
                return found if found in dict(CLIENT_CLASSES) else False
        return False

    def _plan_follow_up(self):
        """An activity for the salesperson as long as the objection stays."""
        for objection in self:
            activity = objection.follow_up_activity_id
            if not objection.follow_up_date:
                if activity.active:
                    labels = dict(
                        self._fields["outcome"]._description_selection(self.env)
                    )
                    activity.action_feedback(feedback=labels.get(objection.outcome, ""))
                continue
            values = {
                "date_deadline": objection.follow_up_date,
                "user_id": (objection.user_id or self.env.user).id,
            }
            if activity.active:
                activity.write(values)
            elif objection.follow_up_date >= self.env["regulation.time"]._get_today(
                objection.company_id.id
            ):
                objection.follow_up_activity_id = objection.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._(
                        "Follow up: %(objection)s", objection=objection.display_name
                    ),
                    **values,
                )
