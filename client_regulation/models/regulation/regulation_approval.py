# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from .regulation_duty_result import OWNER_GROUP
from .regulation_regulation import LIVE_STATES
from .regulation_stage import ASPECTS, SIDES


class RegulationApproval(models.Model):
    """Approval, supersession and repeal of an edition. (Reg. 1, 2, 3)"""

    _inherit = "regulation.regulation"

    is_printout_missing = fields.Boolean(
        "Signed File Missing", compute="_compute_is_printout_missing"
    )

    # ------------------------------------------------------------
    # WHAT IS MISSING
    # ------------------------------------------------------------

    @api.depends(
        "provision_ids.body",
        "stage_ids.indicator_ids",
        "stage_ids.condition",
        "step_ids.role_id",
        "step_ids.deadline_unit",
        "step_ids.start_event",
        "step_ids.proof",
        "scope_ids",
    )
    @api.depends_context("lang")
    def _compute_gap_text(self):
        for regulation in self:
            if regulation.state != "draft":
                regulation.gap_text = False
                continue
            gaps = regulation._get_gaps()
            regulation.gap_text = gaps and Markup("<ul>%s</ul>") % Markup("").join(
                Markup("<li>%s</li>") % gap for gap in gaps
            )

    @api.depends("state", "printout_ids.lang")
    def _compute_is_printout_missing(self):
        Printout = self.env["regulation.printout"]
        for regulation in self:
            regulation.is_printout_missing = regulation.state == "in_force" and bool(
                Printout._get_missing_langs(regulation)
            )

    def _get_gaps(self):
        """Everything that keeps the edition from being signed, in words."""
        self.ensure_one()
        return [
            *self._get_provision_gaps(),
            *self._get_stage_gaps(),
            *self._get_step_gaps(),
            *self._get_role_gaps(),
        ]

    def _get_provision_gaps(self):
        return [
            self.env._("Provision “%(name)s” is empty.", name=provision.name)
            for provision in self.provision_ids
            if provision.mandatory and is_html_empty(provision.body)
        ]

    def _get_stage_gaps(self):
        if not self.stage_ids:
            return [self.env._("The edition has no stages.")]
        gaps = []
        Indicator = self.env["regulation.indicator"]
        sides = dict(Indicator._fields["side"]._description_selection(self.env))
        aspects = dict(Indicator._fields["aspect"]._description_selection(self.env))
        for stage in self.stage_ids:
            filled = {
                (cell.side, cell.aspect)
                for cell in stage.indicator_ids
                if (cell.name or "").strip()
            }
            empty = [
                f"{sides[side]} – {aspects[aspect]}".lower()
                for side, _label in SIDES
                for aspect, _label in ASPECTS
                if (side, aspect) not in filled
            ]
            if empty:
                gaps.append(
                    self.env._(
                        "Stage %(stage)s: the passport lacks %(cells)s.",
                        stage=stage.display_name,
                        cells=", ".join(empty),
                    )
                )
        return gaps

    def _get_step_gaps(self):
        gaps = []
        for step in self.step_ids:
            lacks = []
            if not step.role_id:
                lacks.append(self.env._("a responsible role"))
            if not step.deadline_unit or not step.start_event:
                lacks.append(self.env._("a deadline"))
            if not (step.proof or "").strip():
                lacks.append(self.env._("a proof"))
            if step.check == "fields" and not step.check_field_ids:
                lacks.append(self.env._("the fields to check"))
            if lacks:
                gaps.append(
                    self.env._(
                        "Step %(step)s lacks %(things)s.",
                        step=step.display_name,
                        things=", ".join(lacks),
                    )
                )
        return gaps

    def _get_role_gaps(self):
        """Roles of the steps that nobody fills today."""
        Role = self.env["regulation.role"]
        company_id = (self.company_id or self.env.company).id
        today = self.env["regulation.time"]._get_today(company_id)
        teams = self.env["regulation.rota"]._get_bound_teams(self)
        roles = self.step_ids.role_id | self.step_ids.receiver_role_id
        return [
            self.env._(
                "Nobody fills the role “%(role)s” (Configuration › Roles).",
                role=role.name,
            )
            for role in roles.sorted("sequence")
            if not Role._resolve_people(role.id, company_id, today, teams)
        ]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_approve(self):
        """Put a draft into force: the deliberate act of the regulation owner.

        :raise AccessError: for who is not a regulation owner
        :raise UserError: lists every gap of the edition
        """
        self.ensure_one()
        self._check_is_owner()
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "“%(name)s” is not a draft and cannot be approved.",
                    name=self.display_name,
                )
            )
        today = self.env["regulation.time"]._get_today(self.company_id.id)
        if self.date_from and self.date_from > today:
            raise UserError(
                self.env._(
                    "“%(name)s” is dated %(date)s, in the future. Approve it on that "
                    "day, or date it today and let its gates begin later (Gate From).",
                    name=self.display_name,
                    date=self.date_from,
                )
            )
        gaps = self._get_gaps()
        if gaps:
            raise UserError(
                self.env._("“%(name)s” is not complete yet:", name=self.display_name)
                + "\n"
                + "\n".join(f"• {gap}" for gap in gaps)
            )
        self.sudo()._put_in_force(today)
        self.env["regulation.printout"].sudo()._sign(self.sudo())
        return True

    def action_repeal(self):
        """End an edition without a successor: its deals run free, logged."""
        for regulation in self:
            regulation._check_is_owner()
            if regulation.state not in LIVE_STATES:
                raise UserError(
                    self.env._(
                        "“%(name)s” is not in force.", name=regulation.display_name
                    )
                )
        self.sudo()._repeal()
        return True

    def action_soften_gates(self):
        """Turn every gate of the edition to «inform» in one click, logged."""
        for regulation in self:
            regulation._check_is_owner()
            steps = regulation.step_ids.filtered(
                lambda step: step.subject == "deal" and step.gate != "inform"
            )
            steps.write({"gate": "inform"})
        return True

    def action_sign_missing(self):
        """Print what could not be printed at the approval, or a new language."""
        for regulation in self:
            regulation._check_is_owner()
            if regulation.state != "in_force":
                raise UserError(
                    self.env._(
                        "“%(name)s” is not in force.", name=regulation.display_name
                    )
                )
            # safe: an owner who may write the edition; only the engine stores files
            self.env["regulation.printout"].sudo()._sign(regulation.sudo())
        return True

    def _check_is_owner(self):
        if not self.env.user.has_group(OWNER_GROUP):
            raise AccessError(
                self.env._(
                    "Only a regulation owner may approve, repeal or soften an edition."
                )
            )
        self.check_access("write")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _put_in_force(self, today):
        """Stamp, supersede, activate, announce: in this order."""
        if not self.scope_ids:
            self.env["regulation.scope"].create({"regulation_id": self.id})
        # a second owner who approves at the same moment waits here
        self.scope_ids.lock_for_update(allow_referencing=True)
        predecessors = self._supersede_predecessors(today)
        self._write_lifecycle(
            {
                "state": "in_force",
                "approved_by_id": self.env.uid,
                "approved_on": fields.Datetime.now(),
                "previous_id": self.previous_id.id or predecessors[:1].id,
                **({} if self.date_from else {"date_from": today}),
            }
        )
        self.flush_recordset()
        self.scope_ids._write_in_force(True)
        self._clear_plans()
        if self.process == "acquisition":
            self._activate_deals()
        self.env["regulation.rota"]._open_period_duties(self)
        self.env["regulation.acknowledgement"]._open_for(self)
        self.env["regulation.event"]._fire("regulation_approved", self.company_id)
        self.env.ref("client_regulation.ir_cron_open_duties").sudo()._trigger()
        self.message_post(
            body=self.env._("Approved by %(person)s.", person=self.env.user.name),
            author_id=self.env.user.partner_id.id,
        )

    def _supersede_predecessors(self, today):
        """Take the teams of this edition from the editions that bind them now.

        An edition that keeps other teams stays in force for those.
        """
        teams = [scope.team_id.id for scope in self.scope_ids]
        rivals = self.env["regulation.scope"].search(
            [
                ("in_force", "=", True),
                ("company_id", "=", self.company_id.id),
                ("process", "=", self.process),
                ("team_id", "in", teams),
            ]
        )
        editions = rivals.regulation_id
        rivals._write_in_force(False)
        for edition in editions:
            if not any(edition.scope_ids.mapped("in_force")):
                edition._write_lifecycle({"state": "superseded", "date_to": today})
                edition._cancel_open_duties()
        editions.flush_recordset()
        return editions

    def _activate_deals(self):
        """Pin the deals that are already running and not yet under an edition.

        They get the passage they are found in, from now on; no history is invented.
        """
        Lead = self.env["crm.lead"].sudo()
        domain = [
            ("type", "=", "opportunity"),
            ("regulation_id", "=", False),
            ("won_status", "=", "pending"),
        ]
        Scope = self.env["regulation.scope"]
        leads = Lead.search(domain).filtered(
            lambda lead: (
                (
                    company := lead.company_id
                    or lead.team_id.company_id
                    or self.company_id
                )
                == self.company_id
                and Scope._find_in_force(company.id, lead.team_id.id) == self.id
            )
        )
        if leads:
            self.env["regulation.seating"]._pin_found(leads, self.id, "activation")

    def _repeal(self):
        time = self.env["regulation.time"]
        for regulation in self:
            today = time._get_today(regulation.company_id.id)
            regulation.scope_ids._write_in_force(False)
            regulation._write_lifecycle({"state": "repealed", "date_to": today})
            regulation.flush_recordset()
            regulation._clear_plans()
            leads = self.env["crm.lead"].search(
                [("regulation_id", "=", regulation.id), ("active", "in", (True, False))]
            )
            self.env["regulation.seating"]._release(leads.ids)
            regulation._cancel_open_duties()
            regulation.message_post(
                body=self.env._(
                    "Repealed by %(person)s; %(count)s deals are no longer regulated.",
                    person=self.env.user.name,
                    count=len(leads),
                ),
                author_id=self.env.user.partner_id.id,
            )

    def _cancel_open_duties(self):
        """Period and event duties of an edition that ended are owed no more."""
        duties = self.env["regulation.duty"].search(
            [
                ("step_id.regulation_id", "in", self.ids),
                ("passage_id", "=", False),
                ("state", "=", "open"),
            ]
        )
        duties.write({"state": "cancelled", "needs_activity": False})
        duties._close_activities()
        waiting = self.acknowledgement_ids.filtered(lambda row: not row.acknowledged_on)
        waiting.activity_unlink(
            ["client_regulation.mail_activity_type_acknowledgement"]
        )

    @api.depends("previous_id", "step_ids", "stage_ids", "provision_ids")
    @api.depends_context("lang")
    def _compute_change_summary(self):
        Change = self.env["regulation.change"]
        for regulation in self:
            changes = regulation._get_changes()
            regulation.change_summary = changes and Change._render_summary(changes)

    def _get_changes(self):
        """Differences against the previous edition; see `regulation.change`."""
        self.ensure_one()
        return self.env["regulation.change"]._get_changes(self, self.previous_id.sudo())

    def _get_people_by_user(self):
        """Everybody in a role of this edition: ``{res.users: regulation.role}``."""
        self.ensure_one()
        Role = self.env["regulation.role"]
        today = self.env["regulation.time"]._get_today(self.company_id.id)
        teams = self.env["regulation.rota"]._get_bound_teams(self)
        people = {}
        for role in self.step_ids.role_id | self.step_ids.receiver_role_id:
            for user_id in Role._resolve_people(
                role.id, self.company_id.id, today, teams
            ):
                user = self.env["res.users"].browse(user_id)
                people[user] = people.get(user, Role) | role
        return people
