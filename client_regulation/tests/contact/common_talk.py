# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields

from ..common import RegulationCommon


class TalkCommon(RegulationCommon):
    """A client with two people, a deal of the seller, and builders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.env["res.partner"].create(
            {
                "name": "Stone House",
                "is_company": True,
                "email": "office@stone.example.com",
                "phone": "+32 470 12 34 56",
                "country_id": cls.env.ref("base.be").id,
            }
        )
        cls.director = cls.env["res.partner"].create(
            {
                "name": "Mr Stone",
                "parent_id": cls.client.id,
                "email": "stone@stone.example.com",
                "phone": "+32 470 65 43 21",
            }
        )
        cls.lead = cls._deal(partner_id=cls.client.id, expected_revenue=1000)
        cls.today = cls.env["regulation.time"]._get_today(cls.company.id)

    @classmethod
    def _ref(cls, name):
        return cls.env.ref(f"client_regulation.{name}")

    @classmethod
    def _result(cls, code):
        return cls._ref(f"regulation_call_result_{code}")

    @classmethod
    def _call(cls, result="callback", user=None, **vals):
        return (
            cls.env["regulation.call"]
            .with_user(user or cls.seller)
            .create(
                {
                    "lead_id": cls.lead.id,
                    "result_id": cls._result(result).id,
                    **vals,
                }
            )
        )

    @classmethod
    def _visit(cls, user=None, state="done", **vals):
        visit = (
            cls.env["regulation.visit"]
            .with_user(user or cls.seller)
            .create(
                {
                    "lead_id": cls.lead.id,
                    "partner_id": cls.client.id,
                    "date_planned": fields.Datetime.now() - timedelta(hours=3),
                    **vals,
                }
            )
        )
        # how a visit comes to be held is tested in its own room
        cls.env.cr.execute(
            "UPDATE regulation_visit SET state = %s, date_start = date_planned "
            "WHERE id = %s",
            [state, visit.id],
        )
        visit.invalidate_recordset()
        return visit

    @classmethod
    def _objection(cls, user=None, **vals):
        return (
            cls.env["regulation.objection"]
            .with_user(user or cls.seller)
            .create(
                {
                    "lead_id": cls.lead.id,
                    "type_id": cls._ref("regulation_objection_type_o01").id,
                    "wording": "Your bricks cost more than theirs",
                    **vals,
                }
            )
        )

    @classmethod
    def _technique(cls, code="isolate"):
        return cls._ref(f"regulation_objection_technique_{code}")

    @classmethod
    def _agreement(cls, user=None, **vals):
        return (
            cls.env["regulation.agreement"]
            .with_user(user or cls.seller)
            .create(
                {
                    "lead_id": cls.lead.id,
                    "subject": "Send the price list",
                    "date_due": cls.today + timedelta(days=3),
                    **vals,
                }
            )
        )

    @classmethod
    def _age(cls, records, days):
        """Say that records were written some days ago."""
        records.flush_recordset()
        cls.env.cr.execute(
            f"UPDATE {records._table} "  # pylint: disable=sql-injection
            "SET create_date = create_date - %s * INTERVAL '1 day' WHERE id IN %s",
            [days, tuple(records.ids)],
        )
        records.invalidate_recordset()
