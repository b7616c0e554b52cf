# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import format_date


class RegulationHandoverAct(models.AbstractModel):
    """The hand-over act of a client, for both signatures. (F11, A8.1)"""

    _name = "report.client_regulation.regulation_handover_act_document"
    _description = "Hand-over Act"
    _inherit = ["regulation.deal.paper"]
    _report_model = "regulation.handover"

    @api.model
    def _prepare(self, act):
        return {
            "title": self.env._(
                "Hand-over Act of %(date)s", date=format_date(self.env, act.date)
            ),
            "head": self._get_head(
                self._get_rows(
                    act,
                    (
                        "partner_id", "lead_id", "from_user_id", "to_user_id", "state",
                        "handed_on", "welcome_sent_on", "accepted_on",
                        "survey_planned_on",
                    ),
                )
            ),
            "sections": self._prepare_sections(act),
            "signatures": [
                (self._get_label(act, "from_user_id"), act.from_user_id.name or ""),
                (self._get_label(act, "to_user_id"), act.to_user_id.name or ""),
            ],
        }  # fmt: skip

    @api.model
    def _prepare_sections(self, act):
        contracts = self.env["regulation.contract"].sudo().search(
            [
                ("partner_id", "=", act.partner_id.id),
                ("company_id", "=", act.company_id.id),
                ("state", "=", "signed"),
            ]
        )  # fmt: skip
        nothing = self.env._("Nothing was promised beyond the contract.")
        return [
            {
                "title": self._get_label(act, "promises"),
                "note": nothing if act.no_promises else act.promises or "—",
            },
            {
                "title": self._get_label(act, "agreement_ids"),
                "table": self._get_table(
                    act.agreement_ids, ("subject", "user_id", "date_due")
                ),
            },
            {
                "title": self.env._("Contracts in force"),
                "table": self._get_table(
                    contracts,
                    ("number", "date_signed", "date_to", "payment_term_id",
                     "credit_limit"),
                ),
            },
            {
                "title": self._get_label(act, "service_notes"),
                "note": act.service_notes or "—",
            },
            {
                "title": self._get_label(act, "contact_ids"),
                "table": self._get_table(
                    act.contact_ids, ("name", "function", "phone", "email")
                ),
            },
        ]  # fmt: skip
