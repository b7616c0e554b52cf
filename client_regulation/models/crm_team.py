# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import logging

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class CrmTeam(models.Model):
    """Assignment of leads: what the gate stops does not stop the others.

    Crm gives leads to teams and people one by one, in one run for all. A deal that
    the regulation does not let on stays where it is, is counted and named in the
    log, and is tried again by the next run.
    """

    _inherit = "crm.team"

    # ------------------------------------------------------------
    # LEAD ASSIGNMENT
    # ------------------------------------------------------------

    def _allocate_leads(self, creation_delta_days=7):
        teams_data = super()._allocate_leads(creation_delta_days=creation_delta_days)
        if self.env["regulation.regulation"]._is_engine_running():
            for team, data in teams_data.items():
                leads = self.env["crm.lead"].browse(data["assigned"])
                kept = leads.filtered(lambda lead, team=team: lead.team_id == team)
                data["refused"] = leads - kept
                data["assigned"] = set(kept.ids)
        return teams_data

    def _allocate_leads_deduplicate(self, leads, duplicates_cache=None):
        allocate = super()._allocate_leads_deduplicate
        if not self.env["regulation.regulation"]._is_engine_running():
            return allocate(leads, duplicates_cache=duplicates_cache)
        try:
            with self.env.cr.savepoint():
                return allocate(leads, duplicates_cache=duplicates_cache)
        except UserError as refusal:
            _logger.info("Leads %s stay without a team: %s", leads.ids, refusal)
            # settled for this run; taken out of the count by `_allocate_leads`
            return {"assigned": set(leads.ids), "merged": set(), "duplicates": set()}

    def _assign_and_convert_leads(self, force_quota=False):
        if not self.env["regulation.regulation"]._is_engine_running():
            return super()._assign_and_convert_leads(force_quota=force_quota)
        teams = self.with_context(regulation_leave_refused=True)
        result = super(CrmTeam, teams)._assign_and_convert_leads(
            force_quota=force_quota
        )
        for member, data in result.items():
            kept = data["assigned"].filtered(
                lambda lead, member=member: lead.user_id == member.user_id
            )
            data["refused"] = data["assigned"] - kept
            data["assigned"] = kept
        return result

    def _action_assign_leads_logs(self, teams_data, members_data):
        parts = super()._action_assign_leads_logs(teams_data, members_data)
        refused = self.env["crm.lead"].union(
            *(
                data["refused"]
                for data in (*teams_data.values(), *members_data.values())
                if data.get("refused")
            )
        )
        if refused:
            parts.append(
                self.env._(
                    "%(count)s were left where they are, because the regulation does "
                    "not let them on yet: %(deals)s.",
                    count=len(refused),
                    deals=", ".join(refused[:10].mapped("name")),
                )
            )
        return parts
