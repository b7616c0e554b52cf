# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.distribution import distribute


class RegulationDistribution(models.TransientModel):
    """Give clients to people so that nobody has more than the others: first shown,
    then done. (Reg. 1.2.4: one manager a client, a load within the limit)"""

    _name = "regulation.distribution"
    _description = "Distribution of Leads"

    batch_id = fields.Many2one("regulation.prospect.batch", "List", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Whose people are proposed. Empty: all teams that you lead.",
    )
    exceed_limit = fields.Boolean(
        help="You mean to give more open target clients than the limit."
    )
    limit = fields.Integer(related="company_id.regulation_load_limit")
    person_ids = fields.One2many(
        "regulation.distribution.person",
        "distribution_id",
        "People",
        compute="_compute_person_ids",
        store=True,
        readonly=False,
    )
    lead_ids = fields.One2many(
        "regulation.distribution.lead", "distribution_id", "Leads"
    )
    lead_count = fields.Integer("To Distribute", compute="_compute_lead_count")
    left_count = fields.Integer("Nobody Has Room", compute="_compute_lead_count")
    is_planned = fields.Boolean()

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("team_id", "company_id")
    def _compute_person_ids(self):
        Load = self.env["regulation.load"]
        for wizard in self:
            people = Load._get_people(wizard.company_id, wizard.team_id)
            loads = Load._get_loads(people, wizard.company_id)
            order = sorted(people.sudo(), key=lambda person: person.name)
            order.sort(key=lambda person, loads=loads: loads[person.id])
            wizard.person_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        {
                            "user_id": person.id,
                            "load": loads[person.id],
                            # who gives does not get, unless they say so
                            "chosen": person != self.env.user or len(people) == 1,
                        }
                    )
                    for person in order
                ),
            ]

    @api.depends("lead_ids.user_id", "is_planned")
    def _compute_lead_count(self):
        for wizard in self:
            wizard.lead_count = len(wizard.lead_ids)
            wizard.left_count = wizard.is_planned and len(
                wizard.lead_ids.filtered(lambda line: not line.user_id)
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_plan(self):
        """Propose who gets whom: the one with the lowest load first."""
        self.ensure_one()
        people = self.person_ids.filtered("chosen")
        if not people:
            raise UserError(self.env._("Choose at least one person."))
        self.env["regulation.load"]._check_people(people.user_id, self.company_id)
        clients, wanted = {}, {}
        for line in self.lead_ids:
            # who leads sees the leads; the clients of them are seen by all who sell
            partner = line.lead_id.partner_id.commercial_partner_id
            key = ("client", partner.id) if partner else ("lead", line.lead_id.id)
            clients.setdefault(key, self.lead_ids.browse())
            clients[key] |= line
            wanted.setdefault(key, partner.user_id.id)
        given = distribute(
            list(clients),
            {person.user_id.id: person.load for person in people},
            0 if self.exceed_limit else self.limit,
            wanted,
        )
        for key, lines in clients.items():
            lines.user_id = given[key]
        self.is_planned = True
        return self._reopen()

    def action_apply(self):
        """Give the clients to those who stand beside them."""
        self.ensure_one()
        if not self.is_planned:
            return self.action_plan()
        lines = self.lead_ids.filtered("user_id")
        if not lines:
            raise UserError(
                self.env._(
                    "No lead has a salesperson yet. Nobody of the chosen has room "
                    "within the limit of %(limit)s: choose more people, or tick "
                    "“Exceed the Limit” and press “Propose” again.",
                    limit=self.limit,
                )
            )
        Load = self.env["regulation.load"]
        Load._check_people(lines.user_id, self.company_id)
        Load._check_limit(
            self._count_clients(lines), self.company_id, confirmed=self.exceed_limit
        )
        for user, of_user in lines.grouped("user_id").items():
            # one message about all, below, instead of one about each
            leads = of_user.lead_id.with_context(mail_auto_subscribe_no_notify=True)
            leads.write({"user_id": user.id})
            leads.partner_id.commercial_partner_id.filtered(
                lambda client: not client.user_id
            ).write({"user_id": user.id})
        self._tell(lines)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Distributed: %(count)s. Left without a salesperson: %(left)s.",
                    count=len(lines),
                    left=len(self.lead_ids - lines),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _open(self, leads, batch=None):
        """The wizard about those of the leads that have no salesperson."""
        free = leads.filtered(lambda lead: lead.active and not lead.user_id)
        if not free:
            raise UserError(
                self.env._(
                    "All of these leads have a salesperson already. Choose leads "
                    "without one; others are handed over on their form."
                )
            )
        company = batch.company_id if batch else free.company_id[:1] or self.env.company
        wizard = self.create(
            {
                "company_id": company.id,
                "batch_id": batch.id if batch else False,
                "team_id": batch.team_id.id if batch else free.team_id[:1].id,
                "lead_ids": [
                    fields.Command.create({"lead_id": lead.id}) for lead in free
                ],
            }
        )
        return wizard._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Distribute Leads"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _count_clients(self, lines):
        """New clients of each person: ``{user: number}``."""
        return {
            user: len(of_user.lead_id.partner_id.commercial_partner_id)
            + len(of_user.lead_id.filtered(lambda lead: not lead.partner_id))
            for user, of_user in lines.grouped("user_id").items()
        }

    def _tell(self, lines):
        """One message to everybody about all that they were given. (Flow F02)"""
        people = self._count_clients(lines)
        if self.batch_id:
            # sudo: who was given clients of a list may read it from then on; the
            # list is a protocol that its people do not write themselves
            self.batch_id.sudo().salesperson_ids |= lines.user_id
            self.batch_id.message_post(
                body=self.env._(
                    "Distributed: %(people)s.",
                    people=", ".join(
                        f"{user.name} — {count}" for user, count in people.items()
                    ),
                )
            )
        for user, count in people.items():
            if user != self.env.user:
                user.partner_id.message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=self.env._("You were given clients"),
                    body=self.env._(
                        "%(head)s has given you new target clients: %(count)s. They "
                        "are among your leads in the CRM.",
                        head=self.env.user.name,
                        count=count,
                    ),
                )


class RegulationDistributionPerson(models.TransientModel):
    """Somebody who may be given clients, with their load."""

    _name = "regulation.distribution.person"
    _description = "Person of a Distribution"
    _order = "load, id"

    distribution_id = fields.Many2one(
        "regulation.distribution", required=True, index=True, ondelete="cascade"
    )
    chosen = fields.Boolean(default=True)
    user_id = fields.Many2one("res.users", "Salesperson", required=True, readonly=True)
    load = fields.Integer("Open Target Clients", readonly=True)
    limit = fields.Integer(related="distribution_id.limit")
    given = fields.Integer("Would Get", compute="_compute_given")
    after = fields.Integer("Then", compute="_compute_given")
    is_over = fields.Boolean(compute="_compute_given")

    @api.depends("distribution_id.lead_ids.user_id", "load")
    def _compute_given(self):
        for wizard, people in self.grouped("distribution_id").items():
            given = wizard._count_clients(wizard.lead_ids.filtered("user_id"))
            for person in people:
                person.given = given.get(person.user_id, 0)
                person.after = person.load + person.given
                person.is_over = wizard.limit and person.after > wizard.limit


class RegulationDistributionLead(models.TransientModel):
    """A lead that is to be given to somebody."""

    _name = "regulation.distribution.lead"
    _description = "Lead of a Distribution"

    distribution_id = fields.Many2one(
        "regulation.distribution", required=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="lead_id.partner_id")
    city = fields.Char(related="lead_id.city")
    user_id = fields.Many2one("res.users", "Goes to", domain="[('share', '=', False)]")
