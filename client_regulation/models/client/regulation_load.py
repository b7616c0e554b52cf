# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..regulation.regulation_duty_result import HEAD_GROUP, OWNER_GROUP

ALL_LEADS = "sales_team.group_sale_salesman_all_leads"


class RegulationLoad(models.AbstractModel):
    """How many open target clients people have, and who may give them more.
    (Reg. 1.2.4)"""

    _name = "regulation.load"
    _description = "Load of Salespeople"

    @api.model
    def _get_load_domain(self, company):
        """Deals whose clients are open target clients."""
        return Domain(
            [
                ("active", "=", True),
                ("won_status", "=", "pending"),
                ("company_id", "in", [company.id, False]),
            ]
        )

    @api.model
    def _get_loads(self, users, company):
        """Open target clients of each: ``{user_id: number}``.

        A client with three deals counts once; a lead without a client is one.
        """
        # sudo: what somebody has to do is counted whole, whoever asks; only the
        # number leaves this method
        groups = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                self._get_load_domain(company) & Domain("user_id", "in", users.ids),
                ["user_id", "partner_id.commercial_partner_id"],
                ["__count"],
            )
        )
        loads = Counter(dict.fromkeys(users.ids, 0))
        for user, client, count in groups:
            loads[user.id] += 1 if client else count
        return dict(loads)

    @api.model
    def _is_distributor(self):
        """Whether the user gives clients to others: head of sales or owner."""
        user = self.env.user
        return user.has_group(HEAD_GROUP) or user.has_group(OWNER_GROUP)

    @api.model
    def _get_people(self, company, team=None):
        """To whom the user may give clients: the head to the teams they lead."""
        user = self.env.user
        if not self._is_distributor():
            return user
        if team is None or not team:
            domain = Domain("company_id", "in", [company.id, False])
            if not (user.has_group(OWNER_GROUP) or user.has_group(ALL_LEADS)):
                domain &= Domain("user_id", "=", user.id)
            team = self.env["crm.team"].search(domain)
        elif team.user_id != user and not (
            user.has_group(OWNER_GROUP) or user.has_group(ALL_LEADS)
        ):
            return user
        # sudo: the members of a team are no secret to its head, but a member may
        # be of a company that the head does not work in now
        people = team.sudo().member_ids | team.sudo().user_id | user
        return people.filtered(
            lambda person: person.active
            and not person.share
            and company in person.company_ids
        ).sudo(False)

    @api.model
    def _check_people(self, people, company):
        """Refuse to give clients to those whom the user does not lead."""
        strangers = people - self._get_people(company)
        if not strangers:
            return
        names = ", ".join(strangers.sudo().mapped("name"))
        if self._is_distributor():
            raise AccessError(
                self.env._(
                    "You cannot give clients to %(people)s: they are in no team that "
                    "you lead. Ask their head of sales, or the owner of the "
                    "regulation.",
                    people=names,
                )
            )
        raise AccessError(
            self.env._(
                "Clients are given to others (%(people)s) by the head of sales or the "
                "owner of the regulation.",
                people=names,
            )
        )

    @api.model
    def _check_limit(self, additions, company, confirmed=False):
        """Refuse to give somebody more open target clients than the limit.

        :param dict additions: ``{user: number of new clients}``
        :param confirmed: the head says that it is meant
        """
        limit = company.sudo().regulation_load_limit  # a setting, no secret
        people = self.env["res.users"].concat(*additions)
        if not limit or not people or (confirmed and self._is_distributor()):
            return
        loads = self._get_loads(people, company)
        lines = [
            self.env._(
                "%(person)s has %(load)s open target clients and would get "
                "%(more)s more: %(over)s over the limit of %(limit)s.",
                person=user.sudo().name,
                load=loads[user.id],
                more=more,
                over=loads[user.id] + more - limit,
                limit=limit,
            )
            for user, more in additions.items()
            if more and loads[user.id] + more > limit
        ]
        if not lines:
            return
        if self._is_distributor():
            lines.append(
                self.env._(
                    "Give fewer, choose other people, or tick “Exceed the Limit” if "
                    "it is meant."
                )
            )
        else:
            lines.append(
                self.env._(
                    "Skip some rows, close what is over, or ask your head of sales: "
                    "they may exceed the limit."
                )
            )
        raise UserError("\n".join(lines))
