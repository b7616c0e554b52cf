# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from .regulation_abc_line import CLASSES, SEGMENTS, XYZ_CLASSES

#: kept by approved runs; written by nobody else
ANALYSIS_FIELDS = frozenset({"abc_class", "xyz_class", "rfm_segment", "is_key_client"})
#: so many approved runs the form of a client shows
HISTORY = 8


class PartnerAnalysisMixin(models.AbstractModel):
    """What the analysis of the base says of a client, per company. (Reg. 2.2)

    On commercial partners only; written by the approval of a run of the leading
    profile, and by a class set by hand.
    """

    _name = "regulation.partner.analysis.mixin"
    _description = "Analysis of a Client"

    abc_class = fields.Selection(
        CLASSES,
        "ABC Class",
        company_dependent=True,
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="From the last approved ABC run, or set by hand with a reason.",
    )
    xyz_class = fields.Selection(
        XYZ_CLASSES,
        "XYZ Class",
        company_dependent=True,
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="How evenly the client buys: X evenly, Z unevenly.",
    )
    rfm_segment = fields.Selection(
        SEGMENTS,
        "RFM Segment",
        company_dependent=True,
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When, how often and for how much the client buys.",
    )
    is_key_client = fields.Boolean(
        "Key Client",
        company_dependent=True,
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="On the list of key clients that the sales director approved.",
    )
    holding_id = fields.Many2one(
        "res.partner",
        "Holding",
        index="btree_not_null",
        ondelete="set null",
        domain="[('is_company', '=', True), ('parent_id', '=', False),"
        " ('id', '!=', id)]",
        groups="base.group_user",
        help="Clients of one holding may be classified together.",
    )
    abc_override_id = fields.Many2one(
        "regulation.abc.override",
        "Class Set by Hand",
        compute="_compute_abc_override_id",
        compute_sudo=True,
        groups="base.group_user",
    )
    abc_computed_class = fields.Selection(
        CLASSES,
        "Computed Class",
        compute="_compute_abc_override_id",
        compute_sudo=True,
        groups="base.group_user",
    )
    abc_class_differs = fields.Boolean(
        "Differs from the Computed Class",
        compute="_compute_abc_override_id",
        compute_sudo=True,
        search="_search_abc_class_differs",
        groups="base.group_user",
    )
    abc_line_ids = fields.One2many(
        "regulation.abc.line", "partner_id", "ABC History", readonly=True
    )
    abc_history_ids = fields.Many2many(
        "regulation.abc.line",
        string="Last Approved Runs",
        compute="_compute_abc_history_ids",
        groups="client_regulation.client_regulation_group_salesperson",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends_context("company")
    @api.depends("abc_class")
    def _compute_abc_override_id(self):
        Override = self.env["regulation.abc.override"]
        found = Override._get_active(self, self.env.company).grouped("partner_id")
        for partner in self:
            override = found.get(partner._origin, Override)[:1]
            partner.abc_override_id = override
            partner.abc_computed_class = (
                override.computed_class if override else partner.abc_class
            )
            partner.abc_class_differs = override.differs

    @api.depends_context("uid", "company")
    def _compute_abc_history_ids(self):
        """Lines of approved runs that the reader may see, the latest first."""
        Line = self.env["regulation.abc.line"]
        self.abc_history_ids = Line
        if not self._origin:
            return
        # safe: which runs there are; the lines ask for the reader's rights
        runs = self.env["regulation.abc.run"].sudo().search(
            [("state", "=", "approved"), ("company_id", "=", self.env.company.id)]
        )  # fmt: skip
        lines = Line.search(
            [("partner_id", "in", self._origin.ids), ("run_id", "in", runs.ids)],
            order="date_to desc, id desc",
            limit=HISTORY * len(self),
        ).grouped("partner_id")
        for partner in self:
            partner.abc_history_ids = lines.get(partner._origin, Line)[:HISTORY]

    @api.model
    def _search_abc_class_differs(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        Override = self.env["regulation.abc.override"].sudo()
        today = self.env["regulation.time"]._get_today(self.env.company.id)
        overrides = Override.search(
            [
                ("company_id", "=", self.env.company.id),
                ("ended_on", "=", False),
                ("date_to", ">=", today),
                ("differs", "=", True),
            ]
        )
        return [("id", "in", overrides.partner_id.ids)]

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("holding_id")
    def _check_holding(self):
        """Holdings have one storey: a value counts once, for the head."""
        members = self.filtered("holding_id")
        if not members:
            return
        heads = dict(
            self.sudo()._read_group(  # safe: only who has members
                [("holding_id", "in", members.ids)], ["holding_id"], ["__count"]
            )
        )
        for client in members:
            head = client.sudo().holding_id  # safe: only whose it is
            if head.holding_id or head == client or client in heads:
                raise ValidationError(
                    self.env._(
                        "“%(client)s” cannot belong to the holding “%(head)s”: a "
                        "holding has a head and members, and nobody is both. Give "
                        "all of them the same head, which has no holding itself.",
                        client=client.name,
                        head=head.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {f"default_{name}": False for name in ANALYSIS_FIELDS}
        if any(self.env.context.get(name) for name in defaults):  # values, too
            return self.with_context(**defaults).create(vals_list)
        nobody = self.browse()  # whose card says anything yet
        return super().create([nobody._drop_analysis(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._drop_analysis(vals))

    def _drop_analysis(self, vals):
        """Values without those of the analysis, which say nothing new: an import of
        what was exported, or of an empty column, changes nothing.

        :raise AccessError: they say something else than the clients' cards
        """
        names = ANALYSIS_FIELDS & vals.keys()
        if not names:
            return vals
        is_import = self.env.context.get("import_file")
        refused = {
            name
            for name in names
            if (vals[name] and not self)
            or any((client[name] or False) != (vals[name] or False) for client in self)
        }
        if is_import:  # an empty cell is no wish
            refused = {name for name in refused if vals[name]}
        if refused:
            labels = ", ".join(
                sorted(self._fields[n]._description_string(self.env) for n in refused)
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of a client are set by an approved ABC run and the "
                    "list of key clients. Use “Set Class by Hand” on the client, with "
                    "a reason.",
                    fields=labels,
                )
            )
        return {name: value for name, value in vals.items() if name not in names}

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_set_abc_class(self):
        self.ensure_one()
        return self.env["regulation.abc.override"]._get_wizard_action(
            self, self.env.company
        )

    def action_view_abc_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_abc_line_action"
        )
        client = self.commercial_partner_id
        return {**action, "domain": [("partner_id", "=", client.id)], "context": {}}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _set_regulation_class(self, partners, company, letter):
        """Write the class of clients past the lock; the door asks for the right."""
        partners.flush_recordset()
        approval = self.env["regulation.abc.approval"]
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner p SET abc_class = %s WHERE p.id IN %s",
                approval._get_card_sql(
                    SQL("p.abc_class"), SQL("%s::text", letter or None),
                    [str(company.id)],
                ),
                tuple(partners.ids),
            )
        )  # fmt: skip
        partners.invalidate_recordset(["abc_class"], flush=False)
