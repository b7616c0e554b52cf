# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .regulation_abc_measure import MEASURES
from .regulation_abc_profile import METHODS

HEAD_GROUP = "client_regulation.client_regulation_group_head"
DIRECTOR_GROUP = "client_regulation.client_regulation_group_director"

#: the class a line ends up with; a class set by hand goes before
FINAL = SQL("COALESCE(l.manual_class, l.assigned_class)")


class RegulationAbcRun(models.Model):
    """One calculation of the client base: parameters, figures and a line a client.

    Calculated by the engine, approved by the sales director, which alone writes
    classes to the client cards; kept for good, as it was. (Reg. 2.2, 3.3; C.1, C.9)
    """

    _name = "regulation.abc.run"
    _description = "ABC Run"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "regulation.abc.approval",
        "regulation.abc.screen",
    ]
    _mail_post_access = "read"  # who reads a run may comment on it
    _order = "date_to desc, id desc"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    name = fields.Char(compute="_compute_name")
    profile_id = fields.Many2one(
        "regulation.abc.profile",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Up To", required=True, readonly=True)
    state = fields.Selection(
        [
            ("calculated", "Calculated"),
            ("approved", "Approved"),
            ("cancelled", "Cancelled"),
            ("no_data", "No Data"),
        ],
        default="no_data",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    measure = fields.Selection(MEASURES, "Measure of Value", readonly=True)
    method = fields.Selection(METHODS, readonly=True)
    parameters = fields.Json(
        readonly=True, help="Every parameter of the calculation, as it was."
    )
    user_id = fields.Many2one(
        "res.users", "Calculated By", readonly=True, default=lambda self: self.env.user
    )
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_on = fields.Datetime(readonly=True)
    previous_run_id = fields.Many2one(
        "regulation.abc.run",
        "Compared With",
        readonly=True,
        ondelete="restrict",
        help="The last approved run of the profile before this one.",
    )
    is_comparable = fields.Boolean(
        "Same Method as Before",
        readonly=True,
        help="Method, bounds, currency and companies are those of the former run.",
    )
    is_outdated = fields.Boolean(
        "Clients Merged Since",
        readonly=True,
        help="Clients of the run have been merged: it must be calculated again.",
    )
    line_ids = fields.One2many(
        "regulation.abc.line", "run_id", "Clients", readonly=True
    )

    # figures
    client_count = fields.Integer("Clients in the Base", readonly=True)
    total = fields.Monetary("Value of the Base", readonly=True)
    net_total = fields.Monetary("Value of All Clients", readonly=True)
    has_gini = fields.Boolean(readonly=True)
    gini = fields.Float(readonly=True, digits=(7, 6), aggregator="avg")
    hhi = fields.Float("HHI", readonly=True, digits=(9, 8), aggregator="avg")
    effective_clients = fields.Float(
        readonly=True, digits=(12, 2), aggregator="avg",
        help="So many clients of equal size would be as concentrated.",
    )  # fmt: skip
    cr1 = fields.Float("Largest Client, %", readonly=True, aggregator="avg")
    cr3 = fields.Float("Three Largest, %", readonly=True, aggregator="avg")
    cr5 = fields.Float("Five Largest, %", readonly=True, aggregator="avg")
    cr10 = fields.Float("Ten Largest, %", readonly=True, aggregator="avg")
    accounting_revenue = fields.Monetary(readonly=True)
    excluded_total = fields.Monetary("Value Left Out", readonly=True)
    excluded_count = fields.Integer("Clients Left Out", readonly=True)
    negative_total = fields.Monetary("Negative Values", readonly=True)
    negative_count = fields.Integer("Clients Below Zero", readonly=True)
    analysed_difference = fields.Monetary(
        "Analysed − Accounting",
        compute="_compute_analysed_difference",
        help="What the documents of all clients add up to, less the income of the "
        "books of the same period.",
    )
    changed_count = fields.Integer("Cards That Change", readonly=True)
    curve = fields.Json(readonly=True)
    breakdown = fields.Json(
        readonly=True,
        help="Clients and values by class, XYZ, former class and movement.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("profile_id.name", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            run.name = self.env._(
                "%(profile)s: %(start)s – %(stop)s",
                profile=run.profile_id.sudo().name or "",
                start=format_date(self.env, run.date_from),
                stop=format_date(self.env, run.date_to),
            )

    @api.depends("net_total", "excluded_total", "accounting_revenue")
    def _compute_analysed_difference(self):
        for run in self:
            analysed = run.net_total + run.excluded_total
            run.analysed_difference = analysed - run.accounting_revenue

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for run in self:
            if run.state == "approved":
                raise UserError(
                    self.env._(
                        "“%(run)s” is approved and stays: client cards rest on it.",
                        run=run.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_recalculate(self):
        """Calculate the same period again with the profile as it is now."""
        self.ensure_one()
        self._check_may_calculate()
        if self.state == "approved":
            raise UserError(
                self.env._(
                    "“%(run)s” is approved and stays as it is. Calculate a new run "
                    "from its profile.",
                    run=self.name,
                )
            )
        run = self.profile_id._run(self.date_from, self.date_to)
        if self.state == "calculated":
            self.sudo().state = "cancelled"  # safe: asked above
        return run.get_formview_action()

    def action_cancel(self):
        for run in self:
            self._check_may_calculate()
            if run.state not in ("calculated", "no_data"):
                raise UserError(
                    self.env._(
                        "“%(run)s” cannot be cancelled: only runs that are not "
                        "approved can.",
                        run=run.name,
                    )
                )
        self.sudo().state = "cancelled"  # safe: asked above
        return True

    def action_view_lines(self):
        """The clients of the run; context `line_domain` narrows them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_abc_line_action"
        )
        domain = Domain("run_id", "=", self.id)
        domain &= Domain(self.env.context.get("line_domain") or Domain.TRUE)
        return {
            **action,
            "name": self.name,
            "domain": list(domain),
            "context": {"default_run_id": self.id},
        }

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    @api.model
    def _check_may_calculate(self):
        if not (self.env.su or self.env.user.has_group(HEAD_GROUP)):
            raise AccessError(
                self.env._(
                    "ABC runs are calculated by the head of sales or the sales "
                    "director. Ask one of them."
                )
            )

    @api.model
    def _check_may_approve(self):
        if not (self.env.su or self.env.user.has_group(DIRECTOR_GROUP)):
            raise AccessError(
                self.env._(
                    "An ABC run is approved by the sales director: only then classes "
                    "are written to the clients. Ask the director, or have your user "
                    "added to the group “Sales Director”."
                )
            )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _begin(self, profile, method):
        """An empty run that keeps its method."""
        previous = profile._get_last_run(before=method.date_to)
        return self.create(
            {
                "profile_id": profile.id,
                "company_id": method.company_id,
                "currency_id": method.currency_id or False,
                "date_from": method.date_from,
                "date_to": method.date_to,
                "measure": method.measure,
                "method": method.method,
                "parameters": method.to_json(),
                "user_id": self.env.uid,
                "previous_run_id": previous.id,
                "is_comparable": bool(
                    previous and method.is_comparable(previous.parameters or {})
                ),
            }
        )

    def _get_former_runs(self, limit):
        """Approved runs of the profile before this one, the latest first."""
        self.ensure_one()
        if limit < 1:
            return self.browse()
        return self.search(
            [
                ("profile_id", "=", self.profile_id.id),
                ("state", "=", "approved"),
                ("date_to", "<", self.date_to),
            ],
            order="date_to desc, id desc",
            limit=limit,
        )

    def _settle_figures(self):
        """Sums of the lines by class, grade, former class and movement; again after
        a class was set by hand."""
        for run in self:
            self.env["regulation.abc.line"].flush_model()
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT CASE WHEN l.flags = 'excluded' THEN 'excluded'
                                WHEN l.value < 0 THEN 'negative'
                                WHEN l.movement = 'lost' AND l.rank IS NULL THEN 'gone'
                                WHEN l.computed_class IS NULL THEN 'zero'
                                ELSE 'base' END,
                           %(final)s, l.xyz_class, l.previous_class, l.movement,
                           COUNT(*), SUM(l.value), MIN(l.value), MAX(l.value),
                           COUNT(*) FILTER (WHERE l.is_changed)
                      FROM regulation_abc_line l
                     WHERE l.run_id = %(run)s
                  GROUP BY 1, 2, 3, 4, 5
                  ORDER BY 1, 2, 3, 4, 5
                    """,
                    final=FINAL,
                    run=run.id,
                )
            )
            run.write(run._get_breakdown(rows))

    @api.model
    def _get_breakdown(self, rows):
        names = ("kind", "class", "xyz", "previous", "movement", "count", "value",
                 "smallest", "largest")  # fmt: skip
        groups = [
            dict(
                zip(
                    names,
                    (*row[:6], *(str(amount) for amount in row[6:9])),
                    strict=True,
                )
            )
            for row in rows
        ]

        def add(kind, index):
            return sum(row[index] for row in rows if row[0] == kind)

        return {
            "breakdown": groups,
            "excluded_count": add("excluded", 5),
            "excluded_total": float(add("excluded", 6)),
            "negative_count": add("negative", 5),
            "negative_total": float(add("negative", 6)),
            "changed_count": sum(row[9] for row in rows),
        }

    def _get_report_name(self):
        """Name of the printed file."""
        report = self.env["report.client_regulation.regulation_abc_run_document"]
        return report._get_xlsx_name(self)

    def _get_documents_action(self, partner):
        """The documents of a client, or of all, that the run has counted."""
        self.ensure_one()
        measure = self.measure if self.measure != "score" else "invoiced"
        companies = self.parameters["company_ids"]
        key = self.parameters["client_key"]
        mine = Domain.TRUE
        if partner:
            field = "partner_id" if key == "contact" else "commercial_partner_id"
            owners = partner
            if key == "holding":
                owners |= partner.search([("holding_id", "=", partner.id)])
            mine = Domain(field, "in", owners.ids)
        model = {
            "invoiced": "account.move", "ltv": "account.move",
            "paid": "account.payment", "potential": "res.partner",
        }.get(measure, "sale.order")  # fmt: skip
        domain = getattr(self, f"_domain_{model.replace('.', '_')}")(companies)
        if partner and model == "res.partner":
            mine = Domain("id", "in", partner.ids)
        elif partner and model != "account.move":
            mine = mine.map_conditions(
                lambda c: Domain(
                    "partner_id"
                    if c.field_expr == "partner_id"
                    else "partner_id.commercial_partner_id",
                    c.operator,
                    c.value,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": partner.display_name or self.name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain & mine),
            "context": {"create": False},
        }

    def _domain_account_move(self, companies):
        domain = Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ["out_invoice", "out_refund", "out_receipt"]),
                ("company_id", "in", companies),
                ("invoice_date", "<=", self.date_to),
            ]
        )
        if self.measure != "ltv":
            domain &= Domain("invoice_date", ">=", self.date_from)
        return domain

    def _domain_account_payment(self, companies):
        return Domain(
            [
                ("partner_type", "=", "customer"),
                ("state", "in", ["in_process", "paid"]),
                ("company_id", "in", companies),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
            ]
        )

    def _domain_sale_order(self, companies):
        measure = self.env["regulation.abc.measure"]
        method = self.env["regulation.abc.method"]._thaw(self)
        return Domain(
            [
                ("state", "=", "sale"),
                ("company_id", "in", companies),
                ("date_order", ">=", measure._get_midnight(method, self.date_from)),
                (
                    "date_order",
                    "<",
                    measure._get_midnight(method, self.date_to + timedelta(days=1)),
                ),
            ]
        )

    def _domain_res_partner(self, companies):
        return Domain("yearly_purchases", ">", 0)
