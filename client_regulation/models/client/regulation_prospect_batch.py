# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS

_logger = logging.getLogger(__name__)

#: chosen by people until the list is brought in
OPTIONS = frozenset({
    "name", "lead_type", "source_id", "team_id", "tag_ids", "exceed_limit",
    "create_reason",
})  # fmt: skip
COUNTS = {
    "new_count": ("verdict", "new"),
    "duplicate_count": ("verdict", "duplicate"),
    "file_duplicate_count": ("verdict", "file_duplicate"),
    "wrong_count": ("verdict", "wrong"),
    "created_count": ("result", "created"),
    "merged_count": ("result", "merged"),
    "skipped_count": ("result", "skipped"),
    "failed_count": ("result", "failed"),
}


class RegulationProspectBatch(models.Model):
    """A list of potential clients that was read from a file.

    First a preview with a verdict on every row, which people may mend and decide;
    then the clients, contacts and leads. It stays as the protocol of the list: who
    brought it when, what became of each row and why. (Reg. 1.2.2)
    """

    _name = "regulation.prospect.batch"
    _description = "List of Prospects"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True,
        default=lambda self: self.env.company,
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Brought by", required=True, index=True, readonly=True,
        default=lambda self: self.env.user,
    )  # fmt: skip
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    file = fields.Binary(readonly=True, attachment=True)
    file_name = fields.Char(readonly=True)
    ignored = fields.Char(
        "Columns Not Read", readonly=True, help="Their headings are not known."
    )
    state = fields.Selection(
        [("preview", "Preview"), ("done", "Brought In")],
        required=True,
        default="preview",
        readonly=True,
        copy=False,
        tracking=True,
    )
    lead_type = fields.Selection(
        [("lead", "Lead"), ("opportunity", "Opportunity")],
        "Create as",
        required=True,
        default=lambda self: self._get_default_lead_type(),
        help="A raw lead meets the first stage of the regulation when it is converted "
        "into an opportunity.",
    )
    source_id = fields.Many2one(
        "utm.source", "Source", help="For the rows that name none. (Reg. 1.2.1)"
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        check_company=True,
        index="btree_not_null",
        default=lambda self: self.env["crm.team"]._get_default_team_id(),
    )
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    create_reason = fields.Char(
        "Reason to Create Anyway",
        help="For the rows that are known already and are created nevertheless, if "
        "they give no reason of their own.",
    )
    exceed_limit = fields.Boolean(
        help="The head of sales gives somebody more open target clients than the limit."
    )
    line_ids = fields.One2many("regulation.prospect.line", "batch_id", "Rows")
    salesperson_ids = fields.Many2many(
        "res.users", string="Salespeople", readonly=True, copy=False,
        help="Who was given clients of this list.",
    )  # fmt: skip

    line_count = fields.Integer("Rows Read", compute="_compute_counts")
    new_count = fields.Integer("New", compute="_compute_counts")
    duplicate_count = fields.Integer("Known Already", compute="_compute_counts")
    file_duplicate_count = fields.Integer(
        "Twice in the List", compute="_compute_counts"
    )
    wrong_count = fields.Integer("Wrong", compute="_compute_counts")
    created_count = fields.Integer("Created", compute="_compute_counts")
    merged_count = fields.Integer("Merged", compute="_compute_counts")
    skipped_count = fields.Integer("Skipped", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    lead_count = fields.Integer("Leads", compute="_compute_lead_counts")
    unassigned_count = fields.Integer(
        "Without a Salesperson", compute="_compute_lead_counts"
    )
    may_distribute = fields.Boolean(compute="_compute_may_distribute")

    @api.model
    def _get_default_lead_type(self):
        uses_leads = self.env.user.has_group("crm.group_use_lead")
        return "lead" if uses_leads else "opportunity"

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("line_ids.verdict", "line_ids.result")
    def _compute_counts(self):
        counts = {}
        groups = self.env["regulation.prospect.line"]._read_group(
            [("batch_id", "in", self.ids)],
            ["batch_id", "verdict", "result"],
            ["__count"],
        )
        for batch, verdict, result, count in groups:
            for key in (("verdict", verdict), ("result", result), ("all", "")):
                key = (batch.id, *key)
                counts[key] = counts.get(key, 0) + count
        for batch in self:
            batch.line_count = counts.get((batch.id, "all", ""), 0)
            for name, key in COUNTS.items():
                batch[name] = counts.get((batch.id, *key), 0)

    @api.depends("line_ids.result_lead_id.user_id")
    def _compute_lead_counts(self):
        groups = self.env["crm.lead"]._read_group(
            [("id", "in", self.line_ids.result_lead_id.ids)],
            ["user_id"],
            ["id:recordset"],
        )
        owners = {lead.id: bool(user) for user, leads in groups for lead in leads}
        for batch in self:
            leads = [
                lead for lead in batch.line_ids.result_lead_id.ids if lead in owners
            ]
            batch.lead_count = len(leads)
            batch.unassigned_count = sum(not owners[lead] for lead in leads)

    @api.depends_context("uid")
    def _compute_may_distribute(self):
        self.may_distribute = self.env["regulation.load"]._is_distributor()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        # its state and its results are the import's, which writes them as sudo
        if not self.env.su:
            foreign = {
                name
                for name in vals.keys() - OPTIONS
                if name in self._fields
                and name != "line_ids"  # each row looks after itself
                and name not in MAGIC_COLUMNS
                and not name.startswith(("message_", "website_message"))
            }
            done = vals.keys() & OPTIONS - {"name", "exceed_limit"} and any(
                batch.state == "done" for batch in self
            )
            if foreign or done:
                raise UserError(
                    self.env._(
                        "“%(list)s” is a protocol: only its options can be changed, "
                        "until it is brought in.",
                        list=self[:1].name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        for batch in self:
            if batch.state == "done":
                raise UserError(
                    self.env._(
                        "“%(list)s” has been brought in and stays as the protocol of "
                        "its rows. Only a preview can be deleted.",
                        list=batch.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_check(self):
        """Look at the rows again: after they were mended, or catalogues were."""
        self.ensure_one()
        self.check_access("write")
        self._check_lines()

    def action_merge_all(self):
        """Merge all that are known."""
        self._choose_all("merge")

    def action_skip_all(self):
        """Leave out all that are known."""
        self._choose_all("skip")

    def action_create_all(self):
        """Create all that are known anew, for a reason."""
        self.ensure_one()
        if not (self.create_reason or "").strip():
            raise UserError(
                self.env._(
                    "Say in “%(field)s” why clients that are known already are to be "
                    "created a second time.",
                    field=self._fields["create_reason"]._description_string(self.env),
                )
            )
        self._choose_all("create")

    def _choose_all(self, choice):
        self.ensure_one()
        self.line_ids.filtered(
            lambda line: line.verdict in ("duplicate", "file_duplicate")
            and line.result in (False, "failed")
        ).write({"choice": choice})

    def action_import(self):
        """Bring the list in: each row by its decision, none of them silently."""
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()  # a second click waits for no second import
        # what somebody else brought in since the preview is known by now
        prospects, changed = self._check_lines()
        if changed and self.state == "preview":
            return self._notify(
                self.env._(
                    "Rows that have changed since the preview: %(count)s. Nothing was "
                    "brought in; look at them and go on.",
                    count=changed,
                )
            )
        lines = self.line_ids.filtered(lambda line: line.result in (False, "failed"))
        self._check_decisions(lines)
        self._check_loads(lines, prospects)
        self.env["regulation.prospect.writer"]._apply(self, lines, prospects)
        people = lines.result_lead_id.sudo().user_id
        # sudo: the result is the import's, not the user's to write
        self.sudo().write(
            {
                "state": "done",
                "salesperson_ids": [fields.Command.link(user.id) for user in people],
            }
        )
        self._log_result()
        return None

    def action_open_lines(self):
        """The rows in a list of their own: to filter, to group, to decide many."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_prospect_line_action"
        )
        return action | {
            "domain": [("batch_id", "=", self.id)],
            "display_name": self.name,
            "context": {},
        }

    def action_open_leads(self):
        """The leads of the list; the only one is opened at once."""
        self.ensure_one()
        # those of others stay out of it
        leads = self.env["crm.lead"].search(
            [("id", "in", self.line_ids.result_lead_id.ids)]
        )
        if len(leads) == 1:
            return leads._get_records_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads of %(list)s", list=self.name),
            "res_model": "crm.lead",
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", leads.ids)],
            "context": {"default_type": self.lead_type},
        }

    def action_distribute(self):
        """Give the clients of the list that have no salesperson yet to people."""
        self.ensure_one()
        return self.env["regulation.distribution"]._open(
            self.line_ids.result_lead_id, self
        )

    def action_download(self):
        """The protocol as a workbook."""
        return self.env["report.client_regulation.prospect_batch"]._get_xlsx_action(
            self
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": message,
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_lines(self):
        """Say of every open row what it is.

        :return: ``({line_id: Prospect}, number of rows whose verdict has changed)``
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.result in (False, "failed"))
        prospects = self.env["regulation.prospect.parser"]._parse(lines)
        right = {
            line.id: prospects[line.id].keys
            for line in lines
            if not prospects[line.id].problems
        }
        known = self.env["regulation.prospect.duplicate"]._find(right, self.company_id)
        twins = self._find_twins(right)
        changed, groups = 0, {}
        for line in lines:
            values = self._get_verdict(line, prospects[line.id], known, twins)
            if any(
                line._fields[name].convert_to_write(line[name], line) != value
                for name, value in values.items()
            ):
                changed += values["verdict"] != line.verdict and bool(line.verdict)
                # rows that are told the same are written together
                groups.setdefault(tuple(values.items()), []).append(line.id)
        for values, ids in groups.items():
            # sudo: the verdict is the import's, not the user's to write
            lines.sudo().browse(ids).write(dict(values))
        return prospects, changed

    def _find_twins(self, keys):
        """Rows that an earlier row says already: ``{line_id: (sign, first id)}``."""
        seen, twins = {}, {}
        for line_id, signs in keys.items():
            first = None
            for sign, values in (
                ("vat", {number for _country, number in signs.vats}),
                ("domain", signs.domains),
                ("phone", signs.phones),
            ):
                for value in sorted(values):
                    other = seen.setdefault((sign, value), line_id)
                    if other != line_id and keys[other].match(signs) and not first:
                        first = (sign, other)
            if first:
                twins[line_id] = first
        return twins

    def _get_verdict(self, line, prospect, known, twins):
        values = {
            "verdict": "new",
            "problem": "\n".join(prospect.problems) or False,
            "remark": "\n".join(prospect.remarks) or False,
            "match_on": False,
            "partner_id": False,
            "lead_id": False,
            "twin_id": False,
            "choice": line.choice,
        }
        default = "create"
        if prospect.problems:
            values["verdict"], default = "wrong", "skip"
        elif line.id in known:
            sign, partner, lead = known[line.id]
            values.update(
                verdict="duplicate", match_on=sign, partner_id=partner, lead_id=lead
            )
            default = "merge"
        elif line.id in twins:
            sign, twin = twins[line.id]
            values.update(verdict="file_duplicate", match_on=sign, twin_id=twin)
            default = "merge"
        if not line.choice or line.verdict != values["verdict"]:
            values["choice"] = default
        return values

    def _check_decisions(self, lines):
        """What is created although it is known says why; what is wrong waits."""
        silent = lines.filtered(
            lambda line: line.choice == "create"
            and line.verdict in ("duplicate", "file_duplicate")
            and not (line.reason or line.batch_id.create_reason or "").strip()
        )
        if silent:
            raise UserError(
                self.env._(
                    "These rows are known already and are to be created nevertheless, "
                    "but do not say why: %(rows)s. Give a reason in the row, or one "
                    "for all in “%(field)s”; or merge or skip them.",
                    rows=", ".join(map(str, silent[:20].mapped("number"))),
                    field=self._fields["create_reason"]._description_string(self.env),
                )
            )
        nowhere = lines.filtered(
            lambda line: line.choice == "merge" and line.verdict == "new"
        )
        if nowhere:
            raise UserError(
                self.env._(
                    "These rows are new, there is nothing to merge them into: "
                    "%(rows)s. Create or skip them.",
                    rows=", ".join(map(str, nowhere[:20].mapped("number"))),
                )
            )

    def _check_loads(self, lines, prospects):
        additions = {}
        for line in lines:
            user_id = prospects[line.id].user_id
            if line.choice == "create" and line.verdict != "wrong" and user_id:
                additions[user_id] = additions.get(user_id, 0) + 1
        Users = self.env["res.users"]
        self.env["regulation.load"]._check_limit(
            {Users.browse(user_id): more for user_id, more in additions.items()},
            self.company_id,
            confirmed=self.exceed_limit,
        )

    def _log_result(self):
        self.invalidate_recordset(list(COUNTS))
        _logger.info(
            "prospects: %s: %s created, %s merged, %s skipped, %s failed",
            self.name, self.created_count, self.merged_count, self.skipped_count,
            self.failed_count,
        )  # fmt: skip
        self.message_post(
            body=self.env._(
                "Brought in. Created: %(created)s, merged: %(merged)s, skipped: "
                "%(skipped)s, failed: %(failed)s.",
                created=self.created_count,
                merged=self.merged_count,
                skipped=self.skipped_count,
                failed=self.failed_count,
            )
        )
