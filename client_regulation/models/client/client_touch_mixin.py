# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ClientTouchMixin(models.AbstractModel):
    """How a client is touched, and the people one touches. (Reg. 1.3.1, 1.3.3)"""

    _name = "regulation.client.touch.mixin"
    _description = "First Touch and People of the Client"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    first_touch_reason = fields.Text(
        "Reason for the Contact",
        tracking=True,
        groups="base.group_user",
        help="Why we turn to this client now.",
    )
    value_hypothesis = fields.Text(
        tracking=True,
        groups="base.group_user",
        help="Which need of the segment we believe we can meet, and what the client "
        "gains.",
    )
    consent_basis = fields.Selection(
        [
            ("consent", "Consent"),
            ("contract", "Contract"),
            ("public", "Public Source"),
            ("interest", "Legitimate Interest"),
        ],
        "Personal Data Basis",
        tracking=True,
        groups="base.group_user",
        help="On what ground the data of these people are kept and used.",
    )
    consent_date = fields.Date(
        "Basis Given On",
        tracking=True,
        groups="base.group_user",
        help="The day on which the basis is chosen, unless another is given.",
    )
    consent_source = fields.Char(
        "Basis Documented In", tracking=True, groups="base.group_user"
    )
    is_stop_listed = fields.Boolean(
        "On the Stop List",
        compute="_compute_is_stop_listed",
        search="_search_is_stop_listed",
        compute_sudo=True,
        groups="base.group_user",
        help="The e-mail address or the phone number is on Odoo's stop list.",
    )
    touch_count = fields.Integer(
        "Touches",
        compute="_compute_touch_count",
        compute_sudo=True,
        groups="base.group_user",
        help="Calls to the client and messages sent to its people.",
    )

    # on contacts
    decision_role = fields.Selection(
        [
            ("decides", "Decides"),
            ("influences", "Influences"),
            ("uses", "Uses"),
            ("blocks", "Blocks"),
            ("gatekeeper", "Keeps the Gate"),
        ],
        "Role in the Decision",
        tracking=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    attitude = fields.Selection(
        [
            ("-2", "−2 against us"),
            ("-1", "−1 reserved"),
            ("0", "0 neutral"),
            ("1", "+1 friendly"),
            ("2", "+2 on our side"),
        ],
        tracking=True,
        groups="base.group_user",
    )
    last_contact_on = fields.Datetime(
        compute="_compute_last_contact_on",
        compute_sudo=True,
        groups="base.group_user",
        help="The last call or visit.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("email_normalized", "phone_sanitized")
    def _compute_is_stop_listed(self):
        for partner in self:
            partner.is_stop_listed = (
                partner.is_blacklisted or partner.phone_sanitized_blacklisted
            )

    def _search_is_stop_listed(self, operator, value):
        if operator != "in":
            return NotImplemented
        listed = Domain("is_blacklisted", "=", True) | Domain(
            "phone_sanitized_blacklisted", "=", True
        )
        return Domain.OR(listed if wanted else ~listed for wanted in value)

    # ------------------------------------------------------------
    # ONCHANGE
    # ------------------------------------------------------------

    @api.onchange("consent_basis")
    def _onchange_consent_basis(self):
        for partner in self.filtered("consent_basis"):
            if not partner.consent_date:
                partner.consent_date = partner._get_consent_day()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.browse(
            [
                partner.id
                for partner, vals in zip(partners, vals_list, strict=True)
                if vals.get("consent_basis")
            ]
        )._give_consent_date()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if vals.get("consent_basis"):
            self._give_consent_date()
        return result

    def _give_consent_date(self):
        """A basis without a day is given today: step A2.1 asks for both.

        A write of its own, so that it is tracked, kept as a fact and settles steps as
        if it had been typed.
        """
        bare = self.filtered(lambda p: p.consent_basis and not p.consent_date)
        for day, partners in bare.grouped(lambda p: p._get_consent_day()).items():
            partners.write({"consent_date": day})

    def _get_consent_day(self):
        company = self.company_id._origin or self.env.company
        return self.env["regulation.time"]._get_today(company.id)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # sudo: how often and when a client was touched is no secret of who did it
    def _compute_touch_count(self):
        ids = self._origin.ids
        counts = dict.fromkeys(ids, 0)
        if ids:
            self.env["regulation.call"].flush_model(["partner_id"])
            self.env["mail.notification"].flush_model()
            counts.update(self.env.execute_query(self._get_touch_query(ids)))
        for partner in self:
            partner.touch_count = counts.get(partner._origin.id, 0)

    def _get_touch_query(self, ids):
        return SQL(
            """
            SELECT id, SUM(touches)::int
              FROM (
                    SELECT p.commercial_partner_id AS id, COUNT(*) AS touches
                      FROM regulation_call c
                      JOIN res_partner p ON p.id = c.partner_id
                     WHERE p.commercial_partner_id IN %(ids)s
                  GROUP BY p.commercial_partner_id
                 UNION ALL
                    SELECT p.commercial_partner_id, COUNT(DISTINCT n.mail_message_id)
                      FROM res_partner p
                      JOIN mail_notification n ON n.res_partner_id = p.id
                     WHERE p.commercial_partner_id IN %(ids)s
                       AND n.notification_type = 'email'
                       AND n.notification_status
                           NOT IN ('bounce', 'exception', 'canceled')
                  GROUP BY p.commercial_partner_id
                   ) t
          GROUP BY id
            """,
            ids=tuple(ids),
        )

    def _compute_last_contact_on(self):
        dates = self._get_last_contacts()
        for partner in self:
            partner.last_contact_on = dates.get(partner._origin.id, False)

    def _get_last_contacts(self):
        """When each client or contact was last spoken with: ``{id: datetime}``.

        Other rooms add what they know of.
        """
        ids = self._origin.ids
        dates = {}
        if not ids:
            return dates
        reads = (
            ("regulation.call", "partner_id", "date", []),
            ("regulation.call", "contact_id", "date", []),
            ("regulation.visit", "partner_id", "date_start", [("state", "=", "done")]),
        )
        for model, name, date, domain in reads:
            groups = self.env[model]._read_group(
                [(name, "in", ids), *domain], [name], [f"{date}:max"]
            )
            for partner, last in groups:
                if last and last > dates.get(partner.id, last.min):
                    dates[partner.id] = last
        return dates
