# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare, format_date

from ..regulation.regulation_duty_result import HEAD_GROUP, OWNER_GROUP

DISCOUNT_STATES = [
    ("within", "Within authority"),
    ("needed", "Needs approval"),
    ("approved", "Approved"),
]


#: what the discount of a line is made of
LINE_FIELDS = (
    "display_type", "is_downpayment", "product_id", "product_uom_qty", "price_unit",
    "technical_price_unit", "regulation_list_price", "discount", "extra_tax_data",
    "company_id", "currency_id", "state",
)  # fmt: skip


class RegulationOfferDiscountMixin(models.AbstractModel):
    """The discount of a quotation and who may give it. (Reg. 1.4.3, D.1, F08)

    What counts is the highest discount the client gets: of a line, its price lowered
    by hand included, or of the whole order, what lines and order give together. An
    approval is good up to its percent, so a higher discount needs a new one.
    """

    _name = "regulation.offer.discount.mixin"
    _description = "Discount of a Quotation"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    offer_discount = fields.Float(
        "Highest Discount, %", compute="_compute_offer_discount", digits=(16, 2)
    )
    discount_authority = fields.Float(
        "Seller's Authority, %", compute="_compute_discount_authority", digits=(16, 2)
    )
    discount_state = fields.Selection(
        DISCOUNT_STATES, "Discount", compute="_compute_discount_authority"
    )
    can_approve_discount = fields.Boolean(compute="_compute_can_approve_discount")
    discount_alert = fields.Char(compute="_compute_discount_alert")
    discount_approved_percent = fields.Float(
        "Approved up to, %", copy=False, readonly=True, digits=(16, 2)
    )
    discount_approved_by_id = fields.Many2one(
        "res.users", "Discount Approved By", copy=False, readonly=True
    )
    discount_approved_on = fields.Datetime(copy=False, readonly=True)
    discount_approval_note = fields.Text("Comment", copy=False, readonly=True)

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends(
        "order_line.discount", "order_line.price_unit", "order_line.product_uom_qty",
        "order_line.regulation_list_price",
    )  # fmt: skip
    def _compute_offer_discount(self):
        for order in self:
            order.offer_discount = order._get_highest_discount()[0]

    @api.depends("offer_discount", "discount_approved_percent", "user_id", "company_id")
    def _compute_discount_authority(self):
        Authority = self.env["regulation.discount.authority"]
        for company, orders in self.grouped("company_id").items():
            if not Authority._is_limited(company):
                orders.discount_authority = 100.0
                orders.discount_state = "within"
                continue
            limits = Authority._get_limits(orders.user_id | self.env.user, company)
            for order in orders:
                limit = limits[(order.user_id or self.env.user).id]
                order.discount_authority = limit
                if not _exceeds(order.offer_discount, limit):
                    order.discount_state = "within"
                elif _exceeds(order.offer_discount, order.discount_approved_percent):
                    order.discount_state = "needed"
                else:
                    order.discount_state = "approved"

    @api.depends_context("uid")
    @api.depends("team_id", "offer_discount", "opportunity_id.team_id")
    def _compute_can_approve_discount(self):
        for order in self:
            order.can_approve_discount = order._may_approve_discount(
                self.env.user, order.offer_discount
            )

    @api.depends_context("uid", "lang")
    @api.depends("discount_state", "can_approve_discount", "state", "user_id")
    def _compute_discount_alert(self):
        """What the reader of the quotation has to do about its discount."""
        for order in self:
            order.discount_alert = (
                order.discount_state == "needed"
                and order.state not in ("cancel", "sale")
                and order._get_discount_alert()
            )

    def _get_discount_alert(self):
        self.ensure_one()
        people = self._get_discount_approvers()
        values = {
            "percent": _percent(self.offer_discount),
            "limit": _percent(self.discount_authority),
            "seller": (self.user_id or self.env.user).name,
            "people": ", ".join(people.mapped("name")),
        }
        if self.can_approve_discount:
            return self.env._(
                "A discount of %(percent)s %% is beyond the authority of %(seller)s, "
                "%(limit)s %%: approve or refuse it before the quotation is sent.",
                **values,
            )
        if people:
            return self.env._(
                "A discount of %(percent)s %% is beyond the authority of %(seller)s, "
                "%(limit)s %%: %(people)s can approve it before the quotation is sent.",
                **values,
            )
        return self.env._(
            "A discount of %(percent)s %% is beyond the authority of %(seller)s, "
            "%(limit)s %%, and nobody leads the team: the regulation owner can approve "
            "it before the quotation is sent.",
            **values,
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_discount_request(self):
        """Ask the head of sales for the approval. (F08)"""
        self.ensure_one()
        approvers = self._get_discount_approvers()
        if not approvers:
            raise UserError(
                self.env._(
                    "Nobody can approve the discount of “%(offer)s”: the team "
                    "“%(team)s” has no leader. Name one in the sales team.",
                    offer=self.name,
                    team=self.sudo().team_id.name or "—",
                )
            )
        Type = "client_regulation.mail_activity_type_discount_approval"
        # safe: the activity asks, and shows nothing the approver may not see
        order = self.sudo()
        for approver in approvers[:1]:
            if not order.activity_ids.filtered(
                lambda a, u=approver: (
                    a.user_id == u and a.activity_type_id == self.env.ref(Type)
                )
            ):
                order.activity_schedule(
                    Type,
                    user_id=approver.id,
                    summary=self.with_context(lang=approver.lang).env._(
                        "Discount of %(percent)s %%, authority %(limit)s %%",
                        percent=_percent(self.offer_discount),
                        limit=_percent(self.discount_authority),
                    ),
                )
        return True

    def action_discount_approve(self):
        self.ensure_one()
        self._check_may_approve_discount(self.offer_discount)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve Discount"),
            "res_model": "regulation.discount.approve",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_order_id": self.id,
                "default_percent": self.offer_discount,
            },
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_highest_discount(self):
        """The highest discount and where it stands: ``(percent, line or None)``."""
        self.ensure_one()
        highest, where = 0.0, None
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        cuts = lines.filtered(lambda line: line._is_cut())
        gross = net = 0.0
        for line in lines - cuts:
            listed = line._get_list_price()
            percent = (1 - line._get_share_left(listed)) * 100
            if percent > highest:
                highest, where = percent, line
            quantity = line.product_uom_qty
            gross += max(listed, line.price_unit) * quantity
            net += line.price_unit * quantity * (1 - (line.discount or 0) / 100)
        cut = -sum(line.price_unit * line.product_uom_qty for line in cuts)
        if gross > 0 and cut > 0:
            whole = (1 - (net - cut) / gross) * 100  # on top of what the lines give
            if whole > highest:
                highest, where = whole, cuts[:1]
        return round(highest, 2), where

    def _fetch_discounts(self):
        """Read for many offers at once what their discounts are made of: those of one
        deal would read alone, and each line its whole row."""
        limited = self.filtered(lambda order: order._is_discount_limited())
        limited.order_line.fetch(LINE_FIELDS)
        self.mapped("discount_state")

    def _check_offer_discount(self):
        """Refuse quotations whose discount nobody with authority has allowed.

        :raise UserError: names line, percent, authority and who can approve
        """
        orders = self.sudo().filtered(lambda order: order._is_discount_limited())
        for order in orders.filtered(lambda o: o.discount_state == "needed"):
            percent, line = order._get_highest_discount()
            people = order._get_discount_approvers(percent)
            raise UserError(
                self.env._(
                    "“%(offer)s” gives %(percent)s %% discount on “%(line)s”; the "
                    "authority of %(seller)s is %(limit)s %%. Lower the discount, or "
                    "press “Request Approval”: %(people)s can approve it.",
                    offer=order.name,
                    percent=_percent(percent),
                    line=(line.name or line.product_id.display_name or "—").split("\n")[
                        0
                    ],
                    seller=(order.user_id or self.env.user).name,
                    limit=_percent(order.discount_authority),
                    people=", ".join(people.mapped("name"))
                    or self.env._("the regulation owner"),
                )
            )

    def _get_given_discounts(self):
        """The discounts clients have in hand: ``{order_id: percent}``."""
        return {
            order.id: order.offer_discount
            for order in self.sudo()
            if order.state in ("sent", "sale") and order._is_discount_limited()
        }

    def _check_raised_discount(self, before):
        """A discount given long ago may stay when authority is cut; not grow."""
        self.filtered(
            lambda order: (
                order.id in before
                and _exceeds(order.sudo().offer_discount, before[order.id])
            )
        )._check_offer_discount()

    def _is_discount_limited(self):
        """Whether anybody's authority ends below 100 %; a shop on the web gives the
        discounts of its price lists, not a seller's."""
        self.ensure_one()
        if "website_id" in self._fields and self.website_id:
            return False
        return self.env["regulation.discount.authority"]._is_limited(self.company_id)

    def _recompute_prices(self):
        result = super()._recompute_prices()
        self.order_line._enter_list_price()
        return result

    def _keep_list_prices(self):
        """What goes to the client is measured by the list of that day, also when the
        lines were written before discounts were limited."""
        # safe: the price list of the order's own lines
        lines = self.sudo().filtered(lambda o: o._is_discount_limited()).order_line
        lines.filtered(lambda line: not line.regulation_list_price)._enter_list_price()

    def _get_discount_team(self):
        return self.sudo().opportunity_id.team_id or self.sudo().team_id

    def _get_discount_approvers(self, percent=0.0):
        """Who may approve: the head of the team, then the sales director."""
        self.ensure_one()
        percent = percent or self.sudo().offer_discount
        people = self._get_discount_team().user_id
        people |= self.env["regulation.contract.approval"]._get_role_people(
            "SD", self.company_id
        )
        return people.filtered(lambda u: self._may_approve_discount(u, percent))

    def _may_approve_discount(self, user, percent):
        self.ensure_one()
        if user.has_group(OWNER_GROUP):
            return True
        Authority = self.env["regulation.discount.authority"]
        leads = user.has_group(HEAD_GROUP) and self._get_discount_team().user_id == user
        directs = user in self.env["regulation.contract.approval"]._get_role_people(
            "SD", self.company_id
        )
        if not leads and not directs:
            return False
        # a head whose own authority is written down approves up to that
        limit = Authority._get_own_limit(user, self.company_id)
        return limit is None or not _exceeds(percent, limit)

    def _check_may_approve_discount(self, percent):
        self.ensure_one()
        if not self._may_approve_discount(self.env.user, percent):
            people = self._get_discount_approvers(percent)
            raise AccessError(
                self.env._(
                    "A discount of %(percent)s %% on “%(offer)s” is approved by "
                    "%(people)s.",
                    percent=_percent(percent),
                    offer=self.name,
                    people=", ".join(people.mapped("name"))
                    or self.env._("the regulation owner"),
                )
            )

    def _decide_discount(self, percent, note, approved=True):
        """Write down who allowed, or refused, how much and when."""
        self.ensure_one()
        self.check_access("read")
        self._check_may_approve_discount(percent)
        order = self.sudo()  # safe: who decides has been checked by name
        if approved:
            order.write(
                {
                    "discount_approved_percent": percent,
                    "discount_approved_by_id": self.env.uid,
                    "discount_approved_on": fields.Datetime.now(),
                    "discount_approval_note": note,
                }
            )
            text = self.env._(
                "%(person)s approved a discount of up to %(percent)s %%. %(note)s",
                person=self.env.user.name, percent=_percent(percent), note=note or "",
            )  # fmt: skip
        else:
            order.write({"discount_approved_percent": 0.0})
            text = self.env._(
                "%(person)s refused a discount of %(percent)s %%: %(note)s",
                person=self.env.user.name, percent=_percent(percent), note=note,
            )  # fmt: skip
        order.activity_feedback(
            ["client_regulation.mail_activity_type_discount_approval"], feedback=text
        )
        order.message_post(
            body=text,
            author_id=self.env.user.partner_id.id,
            partner_ids=order.user_id.partner_id.ids,
        )

    def _get_approval_text(self):
        self.ensure_one()
        return self.env._(
            "%(percent)s %% by %(person)s on %(date)s",
            percent=_percent(self.discount_approved_percent),
            person=self.discount_approved_by_id.name,
            date=format_date(self.env, self.discount_approved_on),
        )


def _exceeds(percent, limit):
    return float_compare(percent, limit, precision_digits=2) > 0


def _percent(value):
    """5.0 → «5», 7.5 → «7.5»."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
