# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

TERMS = (
    "partner_id", "user_id", "kind", "state", "date_from", "date_to",
    "payment_term_id", "credit_limit", "discount", "minimum_volume",
)  # fmt: skip

#: clauses printed only where something is written
CLAUSES = ("deviations", "delivery_terms", "bonus_terms", "liability_terms")

CHECK = (
    "check_result", "check_limits", "risk_level", "has_registry_extract",
    "has_authority", "has_solvency",
)  # fmt: skip


class RegulationContractSheet(models.AbstractModel):
    """The approval sheet of a contract, to be filed with its signed copy. (A7.1)"""

    _name = "report.client_regulation.regulation_contract_sheet_document"
    _description = "Contract Approval Sheet"
    _inherit = ["regulation.deal.paper"]
    _report_model = "regulation.contract"

    @api.model
    def _prepare(self, contract):
        lines = contract._get_round_lines()
        return {
            "title": self.env._(
                "Contract Approval Sheet No. %(number)s", number=contract.number or "—"
            ),
            "head": self._get_head(self._get_rows(contract, TERMS)),
            "sections": [
                section
                for section in (
                    self._prepare_clauses(contract),
                    self._prepare_check(lines.filtered("is_check")),
                    self._prepare_round(lines),
                    self._prepare_former(contract.approval_ids - lines),
                )
                if section
            ],
            "signatures": [
                (self.env._("Salesperson"), contract.user_id.name or ""),
                (self.env._("Head of sales"), contract.team_id.user_id.name or ""),
            ],
        }

    @api.model
    def _prepare_clauses(self, contract):
        names = [name for name in CLAUSES if contract[name]]
        return names and {
            "title": self.env._("Clauses"),
            "rows": self._get_rows(contract, names),
        }

    @api.model
    def _prepare_check(self, line):
        return line and {
            "title": self._get_label(line, "is_check"),
            "rows": self._get_rows(line[:1], CHECK),
        }

    @api.model
    def _prepare_round(self, lines):
        if not lines:
            return {
                "title": self.env._("Approvals"),
                "note": self.env._("Nobody has been asked to approve yet."),
            }
        names = ["role_id", "user_id", "due_on", "verdict", "comment", "decided_on"]
        if any(line.reason for line in lines):
            names.insert(2, "reason")
        return {
            "title": self.env._("Approvals"),
            "table": self._get_table(
                lines, names, self.env._("Signature, date"), wide=0
            ),
        }

    @api.model
    def _prepare_former(self, lines):
        lines = lines.filtered("verdict")
        return lines and {
            "title": self.env._("Former rounds"),
            "table": self._get_table(
                lines.sorted(lambda line: (line.approval_round, line.sequence)),
                ("approval_round", "role_id", "user_id", "verdict", "comment",
                 "decided_on"),
                wide=4,
            ),
        }  # fmt: skip
