# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command

from ..common import RegulationCommon

#: a Monday, nine o'clock in Brussels
MONDAY = "2026-03-02 08:00:00"


class VisitCommon(RegulationCommon):
    """A client with two people, a deal of the seller, forty hours a week."""

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
        cls.partner.write({"is_company": True, "street": "Kiln 1", "city": "Ghent"})
        cls.buyer, cls.director = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": cls.partner.id,
                    "email": f"{name}@brick.com",
                }
                for name in ("Anna", "Boris")
            ]
        )
        cls.price = cls.env["regulation.objection.type"].create({"name": "Price"})
        cls.reason = cls.env.ref(
            "client_regulation.regulation_visit_reason_client_asked"
        )
        cls.other_reason = cls.env.ref(
            "client_regulation.regulation_visit_reason_other"
        )

    @classmethod
    def _visit(cls, user=None, days=2, **vals):
        """A visit to come, planned by the seller (a deal of theirs, if given)."""
        user = user or cls.seller
        at = fields.Datetime.now().replace(microsecond=0) + timedelta(days=days)
        vals = {
            "partner_id": cls.partner.id,
            "date_planned": at,
            "participant_ids": [
                Command.create({"partner_id": user.partner_id.id}),
                Command.create({"partner_id": cls.buyer.id}),
            ],
            **vals,
        }
        return cls.env["regulation.visit"].with_user(user).create(vals)

    @classmethod
    def _prepare(cls, visit, press=True):
        """Everything the checklist asks for."""
        visit.write(
            {
                "goal": "A trial order of 500 bricks by Friday",
                "fallback_goal": "A meeting with the director",
                "value_hypothesis": "Two days less waiting, proved by two clients",
                "confirmed_on": fields.Datetime.now(),
                "expected_ids": [
                    Command.create(
                        {"type_id": cls.price.id, "answer": f"Compared with what? {n}"}
                    )
                    for n in range(3)
                ],
            }
        )
        visit.action_add_questions()
        for line in visit.checklist_ids.filtered(lambda line: line.rule == "manual"):
            line.state = "done"
        if press:
            visit.action_prepare()
        return visit

    @classmethod
    def _hold(cls, visit, **vals):
        """The meeting took place, for an hour that ends now."""
        now = fields.Datetime.now().replace(microsecond=0)
        client = visit.participant_ids.filtered(lambda line: line.side == "client")
        client.write({"attended": True})
        visit.write(
            {
                "state": "done",
                "date_start": now - timedelta(hours=1),
                "date_end": now,
                **vals,
            }
        )
        return visit

    @classmethod
    def _wizard(cls, visit, user=None, **vals):
        """The short report, filled in."""
        return (
            cls.env["regulation.visit.report"]
            .with_user(user or visit.env.user)
            .with_context(default_visit_id=visit.id)
            .create(
                {
                    "outcome": "continuation",
                    "goal_result": "partly",
                    "next_step": "Call Anna on Monday",
                    **vals,
                }
            )
        )

    @classmethod
    def _agreement(cls, visit=None, **vals):
        return cls.env["regulation.agreement"].create(
            {
                "partner_id": cls.partner.id,
                "visit_id": visit and visit.id,
                "lead_id": visit and visit.lead_id.id,
                "user_id": cls.seller.id,
                "side": "us",
                "subject": "Send samples",
                "date_due": datetime(2026, 3, 6).date(),
                **vals,
            }
        )
