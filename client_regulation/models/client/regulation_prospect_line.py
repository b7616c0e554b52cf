# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.prospect_sheet import COLUMNS

#: what people decide and mend; the rest is written by the import alone
EDITABLE = frozenset({*COLUMNS, "choice", "reason"})

VERDICTS = [
    ("new", "New"),
    ("duplicate", "Known Already"),
    ("file_duplicate", "Twice in the List"),
    ("wrong", "Wrong"),
]


class RegulationProspectLine(models.Model):
    """One row of a list of potential clients: what was read, what was found about
    it, what became of it. (Reg. 1.2.2: duplicate protocol)"""

    _name = "regulation.prospect.line"
    _description = "Prospect Row"
    _order = "batch_id desc, number, id"
    _rec_name = "name"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    batch_id = fields.Many2one(
        "regulation.prospect.batch", "List", required=True, index=True,
        ondelete="cascade", readonly=True,
    )  # fmt: skip
    company_id = fields.Many2one(
        related="batch_id.company_id", store=True, index=True, precompute=True
    )
    number = fields.Integer("Row", readonly=True, aggregator=None)

    # what was read, as it was written
    name = fields.Char("Company Name")
    vat = fields.Char("Tax Number")
    website = fields.Char("Web Site")
    email = fields.Char("E-mail")
    phone = fields.Char()
    street = fields.Char()
    city = fields.Char()
    country = fields.Char()
    region = fields.Char()
    segment = fields.Char()
    industry = fields.Char()
    size = fields.Char()
    contact_name = fields.Char("Contact Person")
    function = fields.Char("Position")
    contact_phone = fields.Char()
    contact_email = fields.Char("Contact E-mail")
    source = fields.Char()
    yearly_purchases = fields.Char()
    salesperson = fields.Char()
    comment = fields.Text()
    cell_errors = fields.Char(readonly=True)

    # what was found
    verdict = fields.Selection(VERDICTS, readonly=True, index=True)
    problem = fields.Text("What Is Wrong", readonly=True)
    remark = fields.Text("Remarks", readonly=True)
    match_on = fields.Selection(
        [
            ("vat", "Tax Number"),
            ("domain", "Web or Mail Domain"),
            ("phone", "Phone"),
        ],
        "Same",
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Known Client", readonly=True, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    lead_id = fields.Many2one(
        "crm.lead", "Known Lead", readonly=True, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    twin_id = fields.Many2one(
        "regulation.prospect.line", "First Row of It", readonly=True,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    match_text = fields.Char("Known As", compute="_compute_match_text")

    # what is decided
    choice = fields.Selection(
        [
            ("create", "Create"),
            ("merge", "Merge into the Known One"),
            ("skip", "Skip"),
        ],
        "To Do",
    )
    reason = fields.Char(help="Why it is created although it is known, or skipped.")

    # what became of it
    result = fields.Selection(
        [
            ("created", "Created"),
            ("merged", "Merged"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        readonly=True,
        index=True,
    )
    result_note = fields.Text("What Happened", readonly=True)
    result_partner_id = fields.Many2one(
        "res.partner", "Client", readonly=True, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    result_lead_id = fields.Many2one(
        "crm.lead", "Lead", readonly=True, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.model
    def _get_columns(self):
        """Names of the columns of a list, in order."""
        return tuple(COLUMNS)

    @api.model
    def _get_column_label(self, column):
        return self._fields[column]._description_string(self.env)

    @api.depends("partner_id", "lead_id", "twin_id")
    @api.depends_context("lang")
    def _compute_match_text(self):
        # sudo: that somebody is known already, and whose they are, is what keeps two
        # salespeople from calling the same client; nothing else is told
        for line in self.sudo():
            found, text = line.partner_id or line.lead_id, False
            if found:
                text = found.display_name
                if found.user_id:
                    text = self.env._(
                        "%(client)s (%(salesperson)s)",
                        client=text,
                        salesperson=found.user_id.name,
                    )
            elif line.twin_id:
                text = self.env._("Row %(row)s", row=line.twin_id.number)
            line.match_text = text

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        # what was found and what became of it is written by the import, as sudo
        if not self.env.su:
            if vals.keys() - EDITABLE:
                raise AccessError(
                    self.env._(
                        "What was found about a row and what became of it is written "
                        "by the import. Change the columns of the row or what to do "
                        "with it."
                    )
                )
            done = self.filtered(lambda line: line.result not in (False, "failed"))
            if done:
                raise UserError(
                    self.env._(
                        "Row %(row)s of “%(list)s” is dealt with already. Change the "
                        "client itself.",
                        row=done[0].number,
                        list=done[0].batch_id.name,
                    )
                )
        return super().write(vals)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_merge(self):
        """Decide to merge the marked rows into those that are known."""
        self._choose("merge")

    def action_skip(self):
        """Decide to leave out the marked rows."""
        self._choose("skip")

    def action_open_result(self):
        """The lead that the row became, or its client."""
        self.ensure_one()
        found = self.result_lead_id or self.result_partner_id
        if not found:
            raise UserError(
                self.env._(
                    "Row %(row)s has become neither a lead nor a client.",
                    row=self.number,
                )
            )
        return found._get_records_action()

    def _choose(self, choice):
        lines = self.filtered(lambda line: line.result in (False, "failed"))
        if choice == "merge":
            lines = lines.filtered(
                lambda line: line.verdict in ("duplicate", "file_duplicate")
            )
        else:
            lines = lines.filtered(lambda line: line.verdict != "wrong")
        lines.write({"choice": choice})
