# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .abc_common import FIRST, LAST, AbcCommon

E1 = (400, 250, 120, 50, 45, 40, 35, 30, 20, 10)


@tagged("post_install", "-at_install")
class TestAbcRun(AbcCommon):
    """The oracles of C.10, through invoices, the engine and the database."""

    def test_e1_by_all_methods(self):
        clients = self._clients(*E1)
        for vals, expected in (
            ({}, "AAAABBBBCC"),
            ({"boundary_rule": "down"}, "AAABBBBCCC"),
            ({"boundary_rule": "nearest"}, "AAAABBBCCC"),
            ({"method": "tangent"}, "AAABBBBCCC"),
            ({"method": "count_share", "bound_a": 20, "bound_b": 50}, "AABBBCCCCC"),
            ({"method": "fixed", "bound_a": 200, "bound_b": 40}, "AABBBBCCCC"),
        ):
            with self.subTest(vals):
                run = self._run(self._profile(**vals))
                self.assertEqual(self._classes(run, clients), expected)
                self.assertEqual(run.state, "calculated")

    def test_e1_figures(self):
        clients = self._clients(*E1)
        run = self._run()
        lines = [self._line(run, client) for client in clients]
        self.assertEqual(run.total, 1000)
        self.assertEqual([line.share for line in lines[:3]], [40, 25, 12])
        self.assertEqual(
            [line.cumulative_share for line in lines],
            [40, 65, 77, 82, 86.5, 90.5, 94, 97, 99, 100],
        )
        self.assertEqual([line.rank for line in lines], list(range(1, 11)))
        self.assertAlmostEqual(run.gini, 0.562)
        self.assertAlmostEqual(run.hhi, 0.24565)
        self.assertAlmostEqual(run.effective_clients, 4.07, 2)
        self.assertEqual((run.cr1, run.cr3, run.cr5), (40, 77, 86.5))
        self.assertEqual(run.accounting_revenue, 1000)
        self.assertEqual(run.analysed_difference, 0)

    def test_ties_dominance_and_equals(self):
        for amounts, expected in (
            ((500, 300, 100, 50, 50), ("AABBB", "AABBC", "AABCC", "AABBC")),
            ((900, 50, 30, 20), ("ABCC", "ABCC", "BBCC", "BBCC")),
            ((100,), ("A", "A", "C", "C")),
            ((100,) * 10, ("A" * 10, "A" * 8 + "BB", "C" * 10, "A" * 8 + "BC")),
            ((30, 26, 24, 15, 5), ("AAABC", "AAABC", "AAABC", "AAABC")),
            ((16, 13, 9, 2), ("AAAC", "AAAC", "AABC", "AABC")),
        ):
            clients = self._clients(*amounts, day=date(2025, 6, 1))
            for (rule, ties), word in zip(
                (("up", "together"), ("up", "ordered"), ("down", "together"),
                 ("down", "ordered")),
                expected,
                strict=True,
            ):  # fmt: skip
                with self.subTest(amounts=amounts, rule=rule, ties=ties):
                    profile = self._profile(boundary_rule=rule, ties=ties)
                    run = self._run(profile, date(2025, 1, 1), date(2025, 12, 31))
                    self.assertEqual(self._classes(run, clients), word)
            self.env["account.move"].search(
                [("partner_id", "in", clients.ids)]
            ).button_draft()

    def test_refunds(self):
        clients = self._clients(600, 300, 150, [100, -100], [50, -100])
        run = self._run()
        self.assertEqual(self._classes(run, clients), "AAB––")
        self.assertEqual(run.total, 1050)
        self.assertEqual(run.net_total, 1000)
        self.assertEqual(
            [self._line(run, c).flags or "" for c in clients[3:]],
            ["zero", "negative"],
        )
        self.assertEqual((run.negative_count, run.negative_total), (1, -50))
        self.assertFalse(self._line(run, clients[4]).rank)

    def test_net_base(self):
        clients = self._clients(600, 300, 150, [100, -100], [50, -100])
        run = self._run(self._profile(base="net"))
        self.assertEqual(
            [self._line(run, client).cumulative_share for client in clients],
            [60, 90, 105, 105, 100],
        )

    def test_no_data(self):
        self._clients([10, -10], [5, -15])
        run = self._run()
        self.assertEqual(run.state, "no_data")
        self.assertFalse(run.line_ids)
        with self.assertRaisesRegex(UserError, "only calculated runs"):
            run.action_approve()

    def test_refused_parameters(self):
        for vals, words in (
            ({"bound_a": 95, "bound_b": 80}, "must be below"),
            ({"bound_a": 80, "bound_b": 120}, "beyond the limits"),
            ({"method": "fixed", "bound_a": 40, "bound_b": 200}, "must be higher"),
            ({"xyz_bound_x": 30}, "bound of X"),
            ({"measure": "score"}, "add up to 0 %"),
            ({"months": 0}, "one month at least"),
        ):
            with self.subTest(vals), self.assertRaisesRegex(ValidationError, words):
                self._profile(**vals)
        with self.assertRaisesRegex(ValidationError, "other way round"):
            self._run(first=LAST, last=FIRST)

    def test_days_are_included_on_both_sides(self):
        client, other = self._clients(100, 50, day=FIRST)
        self._invoice(client, 10, LAST)
        self._invoice(client, 1000, date(2027, 1, 1))
        self._invoice(other, 1000, date(2025, 12, 31))
        run = self._run()
        self.assertEqual(self._line(run, client).value, 110)
        self.assertEqual(self._line(run, other).value, 50)

    def test_contacts_count_for_their_client(self):
        client = self._client("Holding")
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": client.id}
        )
        self._invoice(contact, 1000)
        self._invoice(client, 500)
        self._invoice(client, -300)
        run = self._run()
        self.assertEqual(self._line(run, client).value, 1200)
        self.assertFalse(self._line(run, contact))

    def test_approval_writes_the_cards(self):
        clients = self._clients(*E1)
        run = self._run()
        self.assertFalse(clients[0].abc_class)
        with self.assertRaisesRegex(AccessError, "sales director"):
            run.with_user(self.head).action_approve()
        run.with_user(self.director).action_approve()
        self.assertEqual("".join(c.abc_class for c in clients), "AAAABBBBCC")
        self.assertEqual(run.approved_by_id, self.director)
        found = self.env["res.partner"].search(
            [("abc_class", "=", "A"), ("id", "in", clients.ids)]
        )
        self.assertEqual(found, clients[:4])
        groups = self.env["res.partner"]._read_group(
            [("id", "in", clients.ids)], ["abc_class"], ["__count"]
        )
        self.assertEqual(dict(groups), {"A": 4, "B": 4, "C": 2})

    def test_classes_are_written_by_nobody_else(self):
        client = self._client("Someone")
        with self.assertRaisesRegex(AccessError, "ABC Class"):
            client.with_user(self.director).abc_class = "A"
        with self.assertRaisesRegex(AccessError, "ABC Class"):
            self._client("Else", abc_class="A")
        with self.assertRaises(AccessError):
            self.env["regulation.abc.run"].with_user(self.director).create({})
