# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .visit_common import VisitCommon

FRIDAY = "2026-02-27 14:00:00"


@tagged("post_install", "-at_install")
class TestVisitPlan(VisitCommon):
    """The weekly plan is frozen and compared with what was done. (F03, 1.3.10)"""

    def _at(self, when, user=None, created=FRIDAY, **vals):
        visit = self._visit(user, date_planned=when, **vals)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE regulation_visit SET create_date = %s WHERE id = %s",
            [created, visit.id],
        )
        return visit

    def _plan(self):
        action = (
            self.env["regulation.visit.plan"].with_user(self.seller).action_open_next()
        )
        return (
            self.env["regulation.visit.plan"]
            .with_user(self.seller)
            .browse(action["res_id"])
        )

    @freeze_time(FRIDAY)
    def test_frozen_by_the_seller(self):
        self._at("2026-03-03 09:00:00")
        self._at("2026-03-10 09:00:00")
        plan = self._plan()
        self.assertEqual(plan, self._plan(), "one plan a week")
        self.assertEqual(plan.date_from, date(2026, 3, 2))
        self.assertEqual(plan.planned_count, 1)
        plan.action_freeze()
        self.assertEqual((plan.state, plan.frozen_by_id), ("frozen", self.seller))
        self.assertEqual(plan.line_ids.client_name, "Brick Works")
        with self.assertRefused("cannot be deleted"):
            plan.unlink()
        with self.assertRefused("is frozen"):
            plan.date_from = "2026-03-09"
        with self.assertRaises(AccessError):
            plan.state = "draft"
        with self.assertRaises(AccessError):
            plan.line_ids.write({"client_name": "Nobody"})
        with self.assertRaises(ValidationError):
            self.env["regulation.visit.plan"].with_user(self.seller).create(
                {"date_from": "2026-03-03"}
            )

    @freeze_time(FRIDAY)
    def test_moved_visits_stay_in_their_plan(self):
        held, moved, missed, cancelled, deleted, to_come = (
            self._at(f"2026-03-0{day} 09:00:00") for day in (2, 3, 4, 5, 6, 6)
        )
        plan = self._plan()
        plan.action_freeze()
        with freeze_time("2026-03-04 20:00:00"):
            self._hold(held)
            moved.date_planned = "2026-03-09 08:00:00"
            missed.write({"state": "missed", "reason_id": self.reason.id})
            cancelled.write({"state": "cancelled", "reason_id": self.reason.id})
            deleted.unlink()
            extra = self._visit()
            self._hold(extra)
        plan.invalidate_recordset()
        self.assertEqual(plan.planned_count, 6)
        self.assertEqual(
            (
                plan.held_count,
                plan.moved_count,
                plan.missed_count,
                plan.cancelled_count,
                plan.open_count,
                plan.unplanned_count,
            ),
            (1, 1, 1, 2, 1, 1),
        )
        lines = {line.visit_id: line for line in plan.line_ids}
        self.assertEqual(lines[moved].date_planned, datetime(2026, 3, 3, 9))
        self.assertEqual(lines[moved].date_fact, datetime(2026, 3, 9, 8))
        self.assertEqual(lines[missed].reason_id, self.reason)
        self.assertTrue(lines[extra].is_unplanned)
        self.assertEqual(lines[to_come].fact, "open")
        self.assertAlmostEqual(plan.held_rate, 1 / 6)

    def test_frozen_when_the_week_begins(self):
        with freeze_time(FRIDAY):
            self._at("2026-03-03 09:00:00")
            self._at("2026-03-04 09:00:00", self.other)
        with freeze_time("2026-03-03 08:00:00"):
            self._at("2026-03-05 09:00:00", created="2026-03-03 08:00:00")
            for _twice in range(2):
                with self.enter_registry_test_mode():
                    self.env.ref(
                        "client_regulation.ir_cron_freeze_visit_plans"
                    ).method_direct_trigger()
        plans = self.env["regulation.visit.plan"].search(
            [("date_from", "=", "2026-03-02")]
        )
        self.assertEqual(plans.user_id, self.seller | self.other)
        self.assertEqual(set(plans.mapped("state")), {"frozen"})
        self.assertEqual(
            plans.line_ids.sorted().mapped("date_planned"),
            [datetime(2026, 3, 3, 9), datetime(2026, 3, 4, 9)],
            "what was planned during the week was not in its plan",
        )
        self.assertEqual(plans.frozen_by_id, self.env.ref("base.user_root"))
