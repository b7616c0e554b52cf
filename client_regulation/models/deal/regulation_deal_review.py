# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.filled import is_placeholder


class RegulationDealReview(models.Model):
    """The won/lost sheet: what a closed deal teaches the team. (Reg. 1.4.7, A8.2)

    The figures are those of the moment it was written.
    """

    _name = "regulation.deal.review"
    _description = "Won/Lost Sheet"
    _inherit = ["regulation.fact", "mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _check_company_auto = True

    lead_id = fields.Many2one(
        "crm.lead", "Deal", required=True, index=True, ondelete="cascade",
        domain="[('type', '=', 'opportunity')]", check_company=True,
    )  # fmt: skip
    partner_id = fields.Many2one(
        "res.partner", "Client", index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one("res.users", "Salesperson", index=True)
    author_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user
    )
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, default=lambda self: self._default_date(), index=True
    )
    result = fields.Selection(
        [("won", "Won"), ("lost", "Lost")], required=True, tracking=True, index=True
    )
    won_reason_id = fields.Many2one(
        "regulation.won.reason", "Why Won", index="btree_not_null",
        ondelete="restrict", tracking=True,
    )  # fmt: skip
    lost_reason_id = fields.Many2one(
        "crm.lost.reason", "Why Lost", index="btree_not_null", ondelete="restrict",
        tracking=True,
    )  # fmt: skip
    reason_name = fields.Char("Reason", compute="_compute_reason_name")
    competitor = fields.Char(help="Who got the deal, or who else was in it.")
    decided_by = fields.Text(
        "What Decided", required=True, help="In the client's words, where possible."
    )
    lesson = fields.Text(
        "What We Learn", required=True, tracking=True,
        help="One lesson for the team: what to do again, or otherwise, next time.",
    )  # fmt: skip

    # facts of the moment
    amount = fields.Monetary(readonly=True)
    visit_count = fields.Integer("Visits", readonly=True)
    call_count = fields.Integer("Calls", readonly=True)
    objection_count = fields.Integer("Objections", readonly=True)
    unresolved_count = fields.Integer("Unresolved Objections", readonly=True)
    offer_count = fields.Integer("Offers Sent", readonly=True)
    day_count = fields.Integer("Days", readonly=True, aggregator="avg")

    _reason_given = models.Constraint(
        "CHECK ((result = 'won' AND won_reason_id IS NOT NULL)"
        " OR (result = 'lost' AND lost_reason_id IS NOT NULL))",
        "A won/lost sheet names the reason from the catalogue.",
    )

    # ------------------------------------------------------------
    # COMPUTE & CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.model
    def _default_date(self):
        return self.env["regulation.time"]._get_today(self.env.company.id)

    @api.depends("won_reason_id", "lost_reason_id", "result")
    def _compute_reason_name(self):
        for review in self:
            reason = (
                review.won_reason_id
                if review.result == "won"
                else review.lost_reason_id
            )
            review.reason_name = reason.name

    @api.constrains("lesson", "decided_by")
    def _check_said(self):
        for review in self:
            for name in ("decided_by", "lesson"):
                if is_placeholder(review[name]):
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of the won/lost sheet of “%(deal)s” says "
                            "nothing. One sentence that helps the next deal is enough.",
                            field=self._fields[name]._description_string(self.env),
                            deal=review.lead_id.name,
                        )
                    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        lead = self.env["crm.lead"].browse(values.get("lead_id"))
        if lead:
            if "result" in fields:
                values.setdefault(
                    "result", "lost" if lead.won_status == "lost" else "won"
                )
            if "lost_reason_id" in fields and lead.lost_reason_id:
                values.setdefault("lost_reason_id", lead.lost_reason_id.id)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        leads = self.env["crm.lead"].browse(
            [vals["lead_id"] for vals in vals_list if vals.get("lead_id")]
        )
        facts = self._get_facts(leads)
        for vals in vals_list:
            vals.update(facts.get(vals.get("lead_id"), {}))
        return super().create(vals_list)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_facts(self, leads):
        """What the records say about deals today: ``{lead_id: values}``.

        Safe as sudo: numbers of a deal that the author closes.
        """
        leads = leads.sudo()

        def count(model, *domain, field="lead_id"):
            return dict(
                self.env[model]
                .sudo()
                ._read_group([(field, "in", leads.ids), *domain], [field], ["__count"])
            )

        visits = count("regulation.visit", ("state", "=", "done"))
        calls = count("regulation.call")
        objections = count("regulation.objection")
        unresolved = count(
            "regulation.objection",
            ("outcome", "in", (False, "postponed", "unresolved")),
        )
        offers = count(
            "sale.order", ("offer_first_sent_on", "!=", False), field="opportunity_id"
        )
        facts = {}
        for lead in leads:
            company = lead.company_id or lead.team_id.company_id or self.env.company
            closed = lead.date_closed or fields.Datetime.now()
            facts[lead.id] = {
                "partner_id": lead.partner_id.commercial_partner_id.id,
                "user_id": lead.user_id.id,
                "team_id": lead.team_id.id,
                "company_id": company.id,
                "amount": lead.expected_revenue,
                "visit_count": visits.get(lead, 0),
                "call_count": calls.get(lead, 0),
                "objection_count": objections.get(lead, 0),
                "unresolved_count": unresolved.get(lead, 0),
                "offer_count": offers.get(lead, 0),
                "day_count": max((closed - lead.create_date).days, 0),
            }
        return facts
