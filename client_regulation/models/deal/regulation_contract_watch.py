# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from .regulation_contract_flow import ACTIVITY

#: contracts handled in one transaction
BATCH = 100


class RegulationContractWatch(models.AbstractModel):
    """Watches how contracts run out: reminds once, ends or renews. (Reg. 1.4.5)"""

    _name = "regulation.contract.watch"
    _description = "Watch over Contracts"

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_watch_contracts(self):
        """Remind of what ends soon; end or renew what is over."""
        Contract = self.env["regulation.contract"].sudo()
        Cron = self.env["ir.cron"]
        for domain, handle in (
            (self._get_due_domain(), self._remind),
            (self._get_over_domain(), self._finish),
        ):
            left = Contract.search_count(domain)
            Cron._commit_progress(remaining=left)
            while left and (contracts := Contract.search(domain, limit=BATCH)):
                for contract in contracts:
                    handle(contract)
                left = Contract.search_count(domain)
                if not Cron._commit_progress(len(contracts), remaining=left):
                    return

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_reminder_limit(self, company):
        """The last day that counts as «ends soon» for a company."""
        today = self.env["regulation.time"]._get_today(company.id)
        return today + timedelta(days=company.sudo().regulation_renewal_days)

    @api.model
    def _get_companies(self):
        """Companies with contracts that will end."""
        groups = (
            self.env["regulation.contract"]
            .sudo()
            ._read_group(
                [("state", "=", "signed"), ("date_to", "!=", False)], ["company_id"]
            )
        )
        return [company for (company,) in groups]

    @api.model
    def _get_expiring_domain(self):
        companies = self._get_companies()
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "signed")
            & Domain("date_to", "<=", self._get_reminder_limit(company))
            for company in companies
        )

    @api.model
    def _get_due_domain(self):
        # a contract that is renewed gets a new last day, and a new reminder
        return self._get_expiring_domain() & Domain("renewal_reminded_for", "=", False)

    @api.model
    def _get_over_domain(self):
        time = self.env["regulation.time"]
        companies = self._get_companies()
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "signed")
            & Domain("date_to", "<", time._get_today(company.id))
            for company in companies
        )

    @api.model
    def _remind(self, contract):
        contract.write({"renewal_reminded_for": contract.date_to})
        user = contract.user_id or contract.team_id.user_id
        if not user:
            return
        texts = self.with_context(lang=user.lang).env
        contract.activity_schedule(
            ACTIVITY,
            user_id=user.id,
            date_deadline=contract.date_to,
            summary=texts._("Contract renews itself: check the terms")
            if contract.auto_renew
            else texts._("Contract ends: renew it or let it end"),
        )

    @api.model
    def _finish(self, contract):
        """After its last day a contract is renewed or ended."""
        texts = contract.with_context(
            lang=contract.user_id.lang or contract.company_id.partner_id.lang
        ).env
        if not contract.auto_renew:
            contract._end(contract.date_to, texts._("Its term is over."))
            return
        today = self.env["regulation.time"]._get_today(contract.company_id.id)
        day = contract.date_to
        terms = 0
        while day < today:
            terms += 1
            day = contract.date_to + relativedelta(
                months=terms * contract.renewal_months
            )
        contract.write({"date_to": day, "renewal_reminded_for": False})
        contract._message_log(body=texts._("Renewed itself until %(day)s.", day=day))
