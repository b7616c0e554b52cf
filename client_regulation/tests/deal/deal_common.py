# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import RegulationCommon


class DealCommon(RegulationCommon):
    """A client, a deal of the seller, approvers without any right to sales.

    The roles LEG, FIN, SEC are filled by lawyer, clerk and guard; SD by the boss; the
    account manager is the other seller. The sellers may give 10 % discount.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Forty hours",
                "tz": "Europe/Brussels",
                "company_id": cls.company.id,
            }
        )
        cls.company.write(
            {
                "regulation_discount_percent": 10,
                "regulation_max_credit_limit": 0,
                "regulation_max_payment_days": 0,
            }
        )
        cls.guard = new_test_user(
            cls.env, login="reg_guard", name="Guard", email="guard@example.com"
        )
        cls.boss = new_test_user(
            cls.env, login="reg_boss", name="Boss", email="boss@example.com"
        )
        cls._fill("LEG", cls.lawyer)
        cls._fill("FIN", cls.clerk)
        cls._fill("SEC", cls.guard)
        cls._fill("SD", cls.boss)
        cls._fill("KAM", cls.other)
        cls.client = cls.env["res.partner"].create(
            {"name": "Stone House", "is_company": True, "email": "office@stone.com"}
        )
        cls.director = cls.env["res.partner"].create(
            {"name": "Mr Stone", "parent_id": cls.client.id, "email": "s@stone.com"}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Brick", "list_price": 100, "taxes_id": [Command.clear()]}
        )
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "45 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 45}
                    )
                ],
            }
        )
        cls.lead = cls._deal(partner_id=cls.client.id, expected_revenue=1000)
        cls.today = cls.env["regulation.time"]._get_today(cls.company.id)

    @classmethod
    def _fill(cls, code, user):
        role = cls.env["regulation.role"].search(
            [("code", "=", code), ("company_id", "in", (cls.company.id, False))],
            order="company_id",
            limit=1,
        )
        cls.env["regulation.role.assignment"].search(
            [("role_id", "=", role.id)]
        ).unlink()
        cls.env["regulation.role.assignment"].create(
            {"role_id": role.id, "user_id": user.id, "date_from": "2020-01-01"}
        )
        return role

    @classmethod
    def _offer(cls, user=None, discount=0.0, **vals):
        lead = vals.pop("lead", cls.lead)
        return (
            cls.env["sale.order"]
            .with_user(user or cls.seller)
            .create(
                {
                    "partner_id": cls.client.id,
                    "opportunity_id": lead.id,
                    "team_id": cls.team.id,
                    "user_id": cls.seller.id,
                    "validity_date": cls.today + timedelta(days=30),
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 10,
                                "price_unit": 100,
                                "discount": discount,
                            }
                        )
                    ],
                    **vals,
                }
            )
        )

    @classmethod
    def _contract(cls, user=None, **vals):
        return (
            cls.env["regulation.contract"]
            .with_user(user or cls.seller)
            .create(
                {
                    "partner_id": cls.client.id,
                    "lead_id": cls.lead.id,
                    "date_from": cls.today,
                    "payment_term_id": cls.term.id,
                    "credit_limit": 5000,
                    **vals,
                }
            )
        )

    @classmethod
    def _line(cls, contract, code):
        """The approval of a role in the present round, as its approver."""
        line = (
            contract.sudo()
            ._get_round_lines()
            .filtered(lambda line: line.role_id.code == code)
        )
        return line.with_user(line.user_id)

    @classmethod
    def _check_counterparty(cls, contract, **vals):
        line = cls._line(contract, "SEC")
        line.write(
            {
                "check_result": "ok",
                "risk_level": "low",
                "has_registry_extract": True,
                "has_authority": True,
                "has_solvency": True,
                **vals,
            }
        )
        return line

    @classmethod
    def _approve_contract(cls, contract):
        if contract.state == "draft":
            contract.action_request_approval()
        if cls._line(contract, "SEC").is_open:
            cls._check_counterparty(contract)
        for line in contract.sudo()._get_round_lines().filtered("is_open"):
            line.with_user(line.user_id).action_approve()
        contract.invalidate_recordset()
        return contract

    @classmethod
    def _prepare_signature(cls, contract):
        scan = (
            cls.env["ir.attachment"]
            .with_user(cls.seller)
            .create({"name": "signed.pdf", "raw": b"signed"})
        )
        contract.write(
            {
                "date_signed": cls.today,
                "our_signatory_id": cls.head.id,
                "our_basis": "Charter",
                "client_signatory_id": cls.director.id,
                "client_basis": "Power No 12 of 1 March",
                "attachment_ids": [Command.link(scan.id)],
            }
        )
        return contract

    @classmethod
    def _sign_contract(cls, contract):
        cls._prepare_signature(cls._approve_contract(contract)).action_sign()
        return contract

    @classmethod
    def _act(cls, user=None, **vals):
        return (
            cls.env["regulation.handover"]
            .with_user(user or cls.seller)
            .create(
                {
                    "partner_id": cls.client.id,
                    "lead_id": cls.lead.id,
                    "from_user_id": cls.seller.id,
                    "to_user_id": cls.other.id,
                    "promises": "A price list by Friday",
                    "welcome_sent_on": cls.today,
                    "survey_planned_on": cls.today + timedelta(days=10),
                    **vals,
                }
            )
        )

    @classmethod
    def _review(cls, user=None, **vals):
        return (
            cls.env["regulation.deal.review"]
            .with_user(user or cls.seller)
            .create(
                {
                    "lead_id": cls.lead.id,
                    "result": "won",
                    "won_reason_id": cls.env.ref(
                        "client_regulation.won_reason_delivery"
                    ).id,
                    "decided_by": "Only we had it in stock",
                    "lesson": "Ask for the delivery date in the first conversation",
                    **vals,
                }
            )
        )

    @classmethod
    def _sees(cls, user, records):
        return bool(
            records.browse().with_user(user).search([("id", "in", records.ids)])
        )

    @classmethod
    def _prepare_event_edition(cls, *steps):
        """An edition in force whose first stage has these steps only."""
        vals = cls._prepare_edition()
        vals["stage_ids"][0] = Command.create(
            cls._stage("S1", "Qualify", cls.col_qualify, list(steps))
        )
        return cls._approve(cls.env["regulation.regulation"].create(vals))
