# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.fields import Command

from ..common import RegulationCommon

#: marks of the worked example in the regulation, in the order of the sheet: 74.0
EXAMPLE = ("4", "3", "5", "2", "3", "4")


class ClientCommon(RegulationCommon):
    """A client with two people, and builders of marks and editions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.env["res.partner"].create(
            {
                "name": "Slate Roofs",
                "is_company": True,
                "email": "office@slate.example.com",
                "company_id": cls.company.id,
            }
        )
        cls.anna = cls.env["res.partner"].create(
            {"name": "Anna Slate", "parent_id": cls.client.id}
        )
        cls.scale = cls._ref("potential_scale_default")
        cls.criteria = cls.scale.criterion_ids.sorted("sequence")

    @classmethod
    def _ref(cls, name):
        return cls.env.ref(f"client_regulation.{name}")

    @classmethod
    def _mark(cls, client, marks=EXAMPLE, user=None):
        """Mark a client by the criteria, in their order, as the seller does."""
        client = client.with_user(user or cls.seller)
        client.action_prepare_potential_marks()
        for mark, given in zip(
            client.potential_mark_ids.sorted("sequence"), marks, strict=False
        ):
            mark.write({"mark": given, "note": "balance sheet of the last year"})
        return client.potential_mark_ids.sorted("sequence")

    @classmethod
    def _edition(cls, *steps):
        """An edition in force whose first stage has these steps."""
        vals = cls._prepare_edition()
        vals["stage_ids"][0] = Command.create(
            cls._stage(
                "S1",
                "Qualify",
                cls.col_qualify,
                [
                    cls._step(code, cls.role_sm, check=check, check_value=value)
                    for code, check, value in steps
                ],
            )
        )
        return cls._approve(cls.env["regulation.regulation"].create(vals))

    @classmethod
    def _fill(cls, client):
        """All that the card of a company asks for."""
        country = cls.env.ref("base.be")
        client.write(
            {
                "vat": "BE0477472701",
                "company_registry": "0477472701",
                "website": "https://slate.example.com",
                "street": "Roof 1",
                "city": "Ghent",
                "zip": "9000",
                "country_id": country.id,
                "phone": "+32 9 123 45 67",
                "user_id": cls.seller.id,
                "industry_id": cls.env["res.partner.industry"].search([], limit=1).id,
                "client_source_id": cls.env["utm.source"].create({"name": "Fair"}).id,
                "client_segment_id": cls._ref("segment_trade").id,
                "client_region_id": cls._ref("region_home").id,
                "client_size": "medium",
                "yearly_purchases": 120000,
                "yearly_purchases_source": "their annual report",
                "client_needs": "Slate that does not crack in frost",
                "client_budget": 50000,
                "client_timing": "before the summer",
                "decision_procedure": "The director after the engineer",
                "client_terms": "30 days",
                "competitor_ids": [Command.link(cls._ref("competitor_none").id)],
                "first_touch_reason": "New roof of their depot",
                "value_hypothesis": "Half the breakage",
                "consent_basis": "consent",
                "consent_date": "2026-01-10",
            }
        )
