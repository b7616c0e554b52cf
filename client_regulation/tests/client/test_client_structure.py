# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
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


@tagged("post_install", "-at_install")
class TestClientStructureCount(ClientCommon):
    """The base at the end of a period stays what it was. (Reg. 1.2.4: per period)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["regulation.time"]._get_today(cls.company.id)
        cls.segment = cls.env["regulation.segment"].create({"name": "Roofers"})
        cls.client.client_segment_id = cls.segment
        cls.plan = cls._plan(cls.today.replace(day=1) - relativedelta(months=3), 40)
        cls.env["regulation.structure.count"].search(
            [("company_id", "=", cls.company.id)]
        ).sudo().unlink()

    @classmethod
    def _plan(cls, start, days):
        return (
            cls.env["regulation.structure.plan"]
            .with_user(cls.head)
            .create(
                {
                    "name": f"From {start}",
                    "date_from": start,
                    "date_to": start + timedelta(days=days),
                    "line_ids": [
                        Command.create({"segment_id": cls.segment.id, "planned": 3})
                    ],
                }
            )
        )

    def _run(self, day=None):
        """The scheduled action, on a day."""
        with freeze_time(f"{day or self.today} 12:00:00"):
            with self.enter_registry_test_mode():
                self._ref("ir_cron_client_status").method_direct_trigger()
        self.env.invalidate_all()

    def _rows(self, plan):
        Report = self.env["regulation.structure.report"].with_user(self.seller)
        return Report.search([("plan_id", "=", plan.id)])

    def _sums(self, plan, user=None):
        Report = self.env["regulation.structure.report"].with_user(user or self.seller)
        [sums] = Report._read_group(
            [("plan_id", "=", plan.id), ("segment_id", "=", self.segment.id)],
            [],
            ["planned:sum", "actual:sum", "deviation:sum"],
        )
        return sums

    def test_former_period_that_was_not_counted_has_no_data(self):
        plan = self.plan.with_user(self.seller)
        self.assertEqual((plan.basis, plan.counted_on), ("none", False))
        self.assertEqual(plan.line_ids.deviation, 0)
        # unknown, not none and not three too few
        self.assertEqual(self._sums(plan), (3, False, False))
        self.assertEqual(set(self._rows(plan).mapped("basis")), {"none"})
        self._run()
        self.assertEqual(self.plan.basis, "none")

    def test_former_period_stands_as_at_its_end(self):
        end = self.plan.date_to
        self._run(end - timedelta(days=1))
        other = self.client.copy({"name": "Second Roofer"})
        self.env.flush_all()
        self._run(end)
        # what comes later changes neither that day's count nor a later one
        other.copy({"name": "Third Roofer"})
        self._run(end)
        self._run(end + timedelta(days=1))
        self.assertEqual((self.plan.basis, self.plan.counted_on), ("end", end))
        self.assertEqual(self.plan.line_ids.actual, 2)
        self.assertEqual(self._sums(self.plan), (3, 2, -1))
        self.assertEqual(set(self._rows(self.plan).mapped("basis")), {"end"})

    def test_last_night_of_the_period_was_missed(self):
        last = self.plan.date_to - timedelta(days=3)
        self._run(last)
        self._run(self.plan.date_to + timedelta(days=1))
        self.assertEqual((self.plan.basis, self.plan.counted_on), ("end", last))

    def test_running_period_shows_today(self):
        plan = self._plan(self.today - timedelta(days=5), 20)
        self._run()
        self.assertEqual((plan.basis, plan.counted_on), ("today", self.today))
        self.assertEqual(self._sums(plan), (3, 1, -2))
        self.client.copy({"name": "Second Roofer"})
        self.assertEqual(self._sums(plan), (3, 2, -1))
        plan.line_ids.invalidate_recordset()
        self.assertEqual(plan.line_ids.actual, 2)

    def test_empty_base_is_counted_as_zero(self):
        self.client.client_segment_id = False
        self._run(self.plan.date_to)
        self.assertEqual(self.plan.basis, "end")
        self.assertEqual(self._sums(self.plan), (3, 0, -3))
        sister = self.env["res.company"].create({"name": "Sister"})
        Count = self.env["regulation.structure.count"]
        self.env["res.partner"].search([("is_company", "=", True)]).active = False
        Count._count(sister)
        counts = Count.search([("company_id", "=", sister.id)])
        self.assertTrue(counts)
        self.assertEqual(set(counts.mapped("clients")), {0})

    def test_plan_made_after_its_period(self):
        """The calendar months are counted, planned or not."""
        month = self.today.replace(day=1) - relativedelta(months=6)
        self._run(month - timedelta(days=1))
        plan = self._plan(month - relativedelta(months=1), 1)
        plan.date_to = month
        self.assertEqual((plan.basis, plan.line_ids.actual), ("end", 1))

    def test_on_demand(self):
        plan = self._plan(self.today - timedelta(days=5), 20)
        self.assertTrue(plan.may_count)
        plan.action_count()
        count = self.env["regulation.structure.count"].with_user(self.seller)
        found = count.search(
            [("period_end", "=", plan.date_to), ("segment_id", "=", self.segment.id)]
        )
        self.assertEqual((found.clients, found.counted_on), (1, self.today))
        self.client.copy({"name": "Second Roofer"})
        plan.action_count()
        found = count.search(
            [("period_end", "=", plan.date_to), ("segment_id", "=", self.segment.id)]
        )
        self.assertEqual(found.clients, 2)

    def test_another_day_is_not_counted_afterwards(self):
        self.assertFalse(self.plan.may_count)
        with self.assertRefused("does not run today", exception=UserError):
            self.plan.action_count()
        plan = self._plan(self.today - timedelta(days=5), 20)
        with self.assertRaises(AccessError):
            plan.with_user(self.seller).action_count()

    def test_nobody_writes_a_count(self):
        self._run(self.plan.date_to)
        counts = self.env["regulation.structure.count"].search(
            [("period_end", "=", self.plan.date_to)]
        )
        self.assertTrue(counts.with_user(self.seller).read(["clients"]))
        for user in (self.seller, self.head, self.owner):
            with self.subTest(user.login), self.assertRaises(AccessError):
                counts[0].with_user(user).clients = 100
        with self.assertRaises(AccessError):
            counts.with_user(self.clerk).read(["clients"])

    def test_counts_of_another_company(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "reg_sister",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=sister.id,
            company_ids=[Command.set(sister.ids)],
        )
        self._run(self.plan.date_to)
        Count = self.env["regulation.structure.count"].with_user(stranger)
        counts = Count.search([("period_end", "=", self.plan.date_to)])
        self.assertLessEqual(counts.company_id, sister)
        self.assertFalse(counts.filtered("segment_id"))

    def test_one_query_for_any_number_of_plans(self):
        self._run(self.plan.date_to)
        plans = self.plan + self._plan(self.plan.date_to, 30)
        more = plans + self._plan(plans[1].date_to, 1) + self._plan(self.today, 30)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            records.line_ids.mapped("actual")
            return self.cr.sql_log_count - start

        count(more)
        self.assertLessEqual(count(more), count(plans) + 1)
