# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .client_common import ClientCommon


@tagged("post_install", "-at_install")
class TestClientStructure(ClientCommon):
    """How many clients of which kind: plan and actual."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segment = cls.env["regulation.segment"].create({"name": "Roofers"})
        cls.region = cls._ref("region_home")
        cls.client.write(
            {"client_segment_id": cls.segment.id, "client_region_id": cls.region.id}
        )
        cls.plan = (
            cls.env["regulation.structure.plan"]
            .with_user(cls.head)
            .create(
                {
                    "name": "Base of the year",
                    "date_from": "2090-01-01",
                    "date_to": "2091-01-01",
                    "line_ids": [
                        Command.create({"segment_id": cls.segment.id, "planned": 3}),
                        Command.create(
                            {
                                "segment_id": cls.segment.id,
                                "region_id": cls.region.id,
                                "potential_class": "b",
                                "planned": 1,
                            }
                        ),
                    ],
                }
            )
        )

    def test_actual(self):
        whole, part = self.plan.line_ids
        self.assertEqual((whole.actual, whole.deviation), (1, -2))
        self.assertEqual((part.actual, part.deviation), (0, -1))
        self._mark(self.client)
        self.plan.line_ids.invalidate_recordset()
        self.assertEqual((part.actual, part.deviation), (1, 0))
        self.assertEqual(self.plan.planned_total, 4)

    def test_report(self):
        Report = self.env["regulation.structure.report"].with_user(self.seller)
        rows = Report.search(
            [("plan_id", "=", self.plan.id), ("segment_id", "=", self.segment.id)]
        )
        self.assertEqual(sum(rows.mapped("planned")), 4)
        self.assertEqual(sum(rows.mapped("actual")), 1)
        action = self.plan.action_open_structure()
        self.assertEqual(action["domain"], [("plan_id", "=", self.plan.id)])

    def test_form(self):
        with Form(self.plan) as form:
            form.name = "Base"
            with form.line_ids.new() as line:
                line.segment_id = self.segment
                line.planned = 5
                self.assertEqual(line.actual, 1)
        self.assertEqual(self.plan.planned_total, 9)

    def test_plans_do_not_overlap(self):
        with self.assertRefused("overlaps", exception=ValidationError):
            self.plan.copy({"date_from": "2090-12-31", "date_to": "2091-06-01"})
        after = self.plan.copy({"date_from": "2091-01-01", "date_to": "2091-06-01"})
        self.assertEqual(len(after.line_ids), 2)

    @mute_logger("odoo.sql_db")
    def test_plans_that_make_no_sense(self):
        for record, vals in (
            (self.plan, {"date_to": "2090-01-01"}),
            (self.plan.line_ids[0], {"planned": -1}),
        ):
            with self.subTest(vals), self.assertRaises(Exception):  # noqa: B017
                with self.env.cr.savepoint():
                    record.write(vals)

    def test_rights(self):
        self.plan.with_user(self.seller).read(["name", "actual_total"])
        with self.assertRaises(AccessError):
            self.plan.with_user(self.seller).name = "Mine"
        with self.assertRaises(AccessError):
            self.plan.with_user(self.clerk).read(["name"])
        sister = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "reg_sister",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=sister.id,
            company_ids=[Command.set(sister.ids)],
        )
        for model, domain in (
            ("regulation.structure.plan", [("id", "=", self.plan.id)]),
            ("regulation.structure.plan.line", [("plan_id", "=", self.plan.id)]),
            ("regulation.structure.report", [("plan_id", "=", self.plan.id)]),
        ):
            with self.subTest(model=model):
                records = self.env[model]
                self.assertTrue(records.with_user(self.head).search(domain))
                self.assertFalse(records.with_user(stranger).search(domain))
