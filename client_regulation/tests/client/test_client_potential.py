# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .client_common import ClientCommon


@tagged("post_install", "-at_install")
class TestClientPotential(ClientCommon):
    """Potential of a client: six marks, their weights, the class and its history."""

    def test_worked_example(self):
        marks = self._mark(self.client)
        self.assertEqual(len(marks), 6)
        self.assertEqual(
            marks.criterion_id.sorted("sequence").mapped("weight"),
            [30, 20, 20, 10, 10, 10],
        )
        self.assertTrue(self.client.has_potential_score)
        self.assertEqual(self.client.potential_score, 74.0)
        self.assertEqual(self.client.potential_class, "b")

    def test_no_score_until_all_are_marked(self):
        self._mark(self.client, "43523")
        self.assertFalse(self.client.has_potential_score)
        self.assertFalse(self.client.potential_class)
        self.assertFalse(self.client.potential_history_ids)

    def test_no_score_is_not_a_score_of_zero(self):
        self._mark(self.client)
        clients = self.client | self.partner
        domain = [("id", "in", clients.ids)]
        [(average,)] = self.env["res.partner"]._read_group(
            domain, aggregates=["potential_score:avg"]
        )
        self.assertEqual(average, 74.0)
        [(average,)] = self.env["res.partner"]._read_group(
            [("id", "=", self.partner.id)], aggregates=["potential_score:avg"]
        )
        self.assertFalse(average)

    def test_bounds_of_the_classes(self):
        for marks, score, letter in (
            ("555555", 100, "a"),
            ("552333", 76, "a"),
            ("434333", 70, "b"),
            ("222333", 46, "c"),
            ("000000", 0, "c"),
        ):
            with self.subTest(marks=marks):
                self._mark(self.client, marks)
                self.assertEqual(self.client.potential_score, score)
                self.assertEqual(self.client.potential_class, letter)
        self.scale.bound_b = 46
        self._mark(self.client, "222333")
        self.assertEqual(self.client.potential_class, "b")

    def test_high_marks_need_a_source(self):
        client = self.client.with_user(self.seller)
        client.action_prepare_potential_marks()
        mark = client.potential_mark_ids[0]
        mark.mark = "3"
        for note in (False, "-", "n/a"):
            for given in ("4", "5"):
                with self.assertRefused("needs its source", exception=ValidationError):
                    mark.write({"mark": given, "note": note})
        mark.write({"mark": "5", "note": "audited balance"})
        with self.assertRefused("needs its source", exception=ValidationError):
            mark.note = ""

    def test_marks_in_the_form(self):
        client = self.client.with_user(self.seller)
        client.action_prepare_potential_marks()
        with Form(client) as form:
            for i, given in enumerate(("4", "3", "5", "2", "3", "4")):
                with form.potential_mark_ids.edit(i) as line:
                    line.mark = given
                    line.note = "balance"
        self.assertEqual(client.potential_score, 74)

    def test_who_marked_is_not_for_them_to_say(self):
        marks = self._mark(self.client, "000000")
        marks[0].write({"mark": "1", "user_id": self.owner.id, "date": "2020-01-01"})
        self.assertEqual(marks[0].user_id, self.seller)
        self.assertGreater(marks[0].date.year, 2020)

    def test_one_mark_for_a_criterion(self):
        self._mark(self.client)
        with self.assertRefused("already", exception=ValidationError):
            self.env["regulation.potential.mark"].with_user(self.seller).create(
                {"partner_id": self.client.id, "criterion_id": self.criteria[0].id}
            )

    def test_rights_on_marks(self):
        marks = self._mark(self.client)
        with self.assertRaises(AccessError):
            marks[0].with_user(self.clerk).mark = "0"
        with self.assertRaises(AccessError):
            marks[0].with_user(self.head).unlink()
        marks[0].with_user(self.owner).unlink()
        self.assertFalse(self.client.has_potential_score)

    def test_history(self):
        marks = self._mark(self.client)
        self.assertEqual(len(self.client.potential_history_ids), 1)
        marks[0].write({"mark": "5", "note": "new plant"})
        new, old = self.client.potential_history_ids.sorted("id", reverse=True)
        self.assertEqual((old.score, old.potential_class), (74, "b"))
        self.assertEqual((new.score, new.potential_class), (80, "a"))
        self.assertEqual((new.user_id, new.reason), (self.seller, "marks"))
        for user in (self.seller, self.owner):
            with self.assertRaises(AccessError):
                new.with_user(user).score = 99
            with self.assertRaises(AccessError):
                new.with_user(user).unlink()

    # ------------------------------------------------------------
    # WEIGHTS
    # ------------------------------------------------------------

    def test_weights_in_one_form(self):
        self._mark(self.client)
        with Form(self.scale.with_user(self.owner)) as form:
            with form.criterion_ids.edit(0) as line:
                line.weight = 20
            with form.criterion_ids.edit(5) as line:
                line.weight = 20
        self.env.cr.precommit.run()
        # 24 - 8 of the first, 8 + 8 of the last
        self.assertEqual(self.client.potential_score, 74 - 8 + 8)
        self.assertEqual(self.scale.weight_total, 100)
        with Form(self.scale.with_user(self.owner)) as form:
            with form.criterion_ids.edit(0) as line:
                line.weight = 25
            with form.criterion_ids.edit(2) as line:
                line.weight = 15
        # 5 * 4 / 5 = +4; 5 * 5 / 5 = -5
        self.assertEqual(self.client.potential_score, 73)
        last = self.client.potential_history_ids.sorted("id")[-1]
        self.assertEqual((last.reason, last.score), ("weights", 73))

    def test_weights_make_100(self):
        with self.assertRefused("instead of 100", exception=ValidationError):
            self.scale.with_user(self.owner).write(
                {"criterion_ids": [Command.update(self.criteria[0].id, {"weight": 40})]}
            )
        self.env.cr.precommit.data.pop(self.scale._name, None)

    def test_weights_one_by_one_make_100_in_the_end(self):
        first, second = self.criteria[:2].with_user(self.owner)
        first.weight = 40
        second.weight = 10
        self.env.cr.precommit.run()
        self.assertEqual(self.scale.weight_total, 100)
        with self.assertRefused("instead of 100", exception=ValidationError):
            first.weight = 50
            self.env.cr.precommit.run()

    def test_weights_are_the_owners(self):
        with self.assertRaises(AccessError):
            self.criteria[0].with_user(self.head).weight = 40

    @mute_logger("odoo.sql_db")
    def test_one_sheet_a_company(self):
        Scale = self.env["regulation.potential.scale"].with_user(self.owner)
        with self.assertRaises(Exception):  # noqa: B017 - the database refuses
            with self.env.cr.savepoint():
                Scale.create({"name": "Second shared"})
        own = Scale.create(
            {
                "name": "Own",
                "company_id": self.company.id,
                "criterion_ids": [Command.create({"name": "Only", "weight": 100})],
            }
        )
        self.env.cr.precommit.run()
        self._mark(self.client, "3")
        self.assertEqual(self.client.potential_score, 60)
        own.active = False
        self.client.with_user(self.seller).action_prepare_potential_marks()
        self.assertFalse(self.client.has_potential_score)

    def test_marked_criterion_stays(self):
        self._mark(self.client)
        with self.assertRefused("Archive it", exception=ValidationError):
            self.criteria[0].with_user(self.owner).unlink()

    def test_no_sheet(self):
        self.scale.active = False
        with self.assertRefused("Scoring Sheets", exception=UserError):
            self.client.with_user(self.seller).action_prepare_potential_marks()

    def test_another_company_another_sheet(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self._mark(self.client)
        self.env["regulation.potential.scale"].create(
            {
                "name": "Own",
                "company_id": company.id,
                "criterion_ids": [Command.create({"name": "Only", "weight": 100})],
            }
        )
        self.client.company_id = company
        self.assertFalse(self.client.has_potential_score)
        last = self.client.potential_history_ids.sorted("id")[-1]
        self.assertEqual((last.reason, last.has_score), ("company", False))
