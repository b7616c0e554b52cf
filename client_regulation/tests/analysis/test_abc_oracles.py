# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .abc_common import FIRST, LAST
from .abc_data import AbcDataCommon

E1 = (400, 250, 120, 50, 45, 40, 35, 30, 20, 10)
BEFORE = (date(2025, 1, 1), date(2025, 12, 31))


@tagged("post_install", "-at_install")
class TestAbcOracles(AbcDataCommon):
    """The tables of C.4 (currencies), C.5, C.6, C.8 and C.9 through the engine."""

    # -- C.5 -------------------------------------------------------------------

    def test_xyz(self):
        window = date(2026, 1, 1), date(2026, 6, 30)
        series = {
            "Alfa": ((100, 110, 90, 105, 95, 100), (6.45, 7.07), "X"),
            "Beta": ((100, 130, 70, 120, 80, 100), (20.82, 22.80), "Y"),
            "Gamma": ((0, 300, 0, 0, 300, 0), None, None),
            "Delta": ((50,) * 6, (0, 0), "X"),
            "Eps": ((0, 0, 0, 0, 0, 60), None, None),
        }
        clients = {name: self._client(name) for name in series}
        self._post(
            [
                (clients[name].id, date(2026, month, 28), amount)
                for name, (amounts, _cv, _class) in series.items()
                for month, amount in enumerate(amounts, 1)
                if amount
            ]
        )
        for at, deviation in enumerate(("population", "sample")):
            run = self._run(
                self._profile(with_xyz=True, xyz_deviation=deviation), *window
            )
            for name, (_amounts, variation, letter) in series.items():
                line = self._line(run, clients[name])
                if variation:
                    self.assertEqual(line.xyz_class, letter)
                    self.assertAlmostEqual(line.variation, variation[at], 2)
            self.assertFalse(self._line(run, clients["Eps"]).xyz_class)
            run = self._run(
                self._profile(
                    with_xyz=True, xyz_deviation=deviation, xyz_fill="window"
                ),
                *window,
            )
            for name, expected in (
                ("Gamma", (141.42, 154.92)), ("Eps", (223.61, 244.95)),
            ):  # fmt: skip
                line = self._line(run, clients[name])
                self.assertEqual(line.xyz_class, "Z")
                self.assertAlmostEqual(line.variation, expected[at], 2)

    def test_xyz_of_a_life_time_looks_at_the_window_alone(self):
        client = self._client("Steady")
        days = [date(2026, month, 1) for month in range(1, 13)]
        self._post([(client.id, day, 100) for day in days])
        self._post([(client.id, date(2020, 1, 1), 77777)])
        for fill in ("window", "first_sale"):
            profile = self._profile(measure="ltv", with_xyz=True, xyz_fill=fill)
            line = self._line(self._run(profile), client)
            self.assertEqual(line.value, 78977)
            self.assertEqual((line.xyz_class, line.variation), ("X", 0))

    # -- C.6 -------------------------------------------------------------------

    def test_rfm_by_rank(self):
        rows = (
            (5, 20, 9000, "555"), (12, 15, 5200, "555"), (30, 9, 3000, "444"),
            (31, 8, 2900, "444"), (60, 5, 1500, "333"), (90, 4, 1500, "333"),
            (120, 3, 700, "222"), (180, 2, 650, "222"), (250, 1, 300, "111"),
            (300, 1, 100, "111"),
        )  # fmt: skip
        clients = [self._client(f"R{days}") for days, *_rest in rows]
        self._post(
            [
                (client.id, LAST - timedelta(days=days), value if not at else 0)
                for client, (days, count, value, _score) in zip(
                    clients, rows, strict=True
                )
                for at in range(count)
            ]
        )
        run = self._run(self._profile(with_rfm=True, rfm_mode="rank"))
        for client, (days, count, _value, score) in zip(clients, rows, strict=True):
            line = self._line(run, client)
            self.assertEqual(
                (line.rfm_score, line.recency_days, line.frequency),
                (score, days, count),
            )
        self.assertEqual(self._line(run, clients[0]).segment, "champions")
        self.assertEqual(self._line(run, clients[9]).segment, "lost")

    # -- C.8 -------------------------------------------------------------------

    def test_buffer(self):
        clients = self._clients(*E1)
        for buffer, expected in (
            (0, "AAAABBBBCC"), (2, "AAAABBBCCC"), (2.5, "AAAAABBCBC"),
            (3, "AAABABBCBC"),
        ):  # fmt: skip
            profile = self._profile(hysteresis="buffer", buffer=buffer)
            self._approved(
                dict(zip(clients.ids, "AAABABBCBC", strict=True)), BEFORE[1], profile
            )
            run = self._run(profile)
            self.assertEqual(self._classes(run, clients), "AAAABBBBCC")
            assigned = "".join(self._line(run, c).assigned_class for c in clients)
            self.assertEqual(assigned, expected, buffer)

    def test_confirm(self):
        clients = self._clients(*E1)
        profile = self._profile(hysteresis="confirm", confirm_runs=2)
        one, two, three = clients[3:6]  # computed A, B, B
        self._approved({one.id: "B", two.id: "B", three.id: "C"}, BEFORE[1], profile)
        run = self._run(profile)
        assigned = [self._line(run, c).assigned_class for c in (one, two, three)]
        self.assertEqual(assigned, ["B", "B", "C"])
        run.sudo().state = "approved"
        self._post([(c.id, date(2027, 5, 5), v) for c, v in zip(clients, E1)])  # noqa: B905
        run = self._run(profile, date(2027, 1, 1), date(2027, 12, 31))
        assigned = [self._line(run, c).assigned_class for c in (one, two, three)]
        self.assertEqual(assigned, ["A", "B", "B"])

    # -- C.9 -------------------------------------------------------------------

    def test_migration_matrix(self):
        names = "abcdefghijk"
        clients = dict(zip(names, self._many(11), strict=True))
        before = dict(zip("abcdefghi", "AABBBCCCC", strict=True))
        profile = self._profile(method="fixed", bound_a=1000, bound_b=100)
        self._approved(
            {clients[n].id: x for n, x in before.items()}, BEFORE[1], profile
        )
        now = {"a": "A", "b": "B", "c": "A", "d": "B", "e": "C", "f": "C", "g": "C",
               "h": "B", "j": "C", "k": "A"}  # fmt: skip
        values = {"A": 5000, "B": 500, "C": 50}
        self._post([(clients[n].id, FIRST, values[x]) for n, x in now.items()])
        run = self._run(profile)
        matrix, moves = {}, {}
        for group in run.breakdown:
            pair = (group["previous"] or "–") + (group["class"] or "–")
            matrix[pair] = matrix.get(pair, 0) + group["count"]
            move = group["movement"]
            moves[move] = moves.get(move, 0) + group["count"]
        self.assertEqual(
            matrix,
            {"AA": 1, "AB": 1, "BA": 1, "BB": 1, "BC": 1, "CB": 1, "CC": 2, "C–": 1,
             "–A": 1, "–C": 1},
        )  # fmt: skip
        self.assertEqual(moves, {"up": 2, "down": 2, "same": 4, "new": 2, "lost": 1})

    def test_comparable(self):
        self._clients(10)
        for vals, comparable in (
            ({}, True), ({"bound_a": 70}, False), ({"boundary_rule": "down"}, False),
            ({"method": "tangent"}, False), ({"buffer": 7}, True),
        ):  # fmt: skip
            profile = self._profile()
            run = self._run(profile, *BEFORE)
            run.sudo().state = "approved"
            self.assertFalse(run.is_comparable)
            profile.write(vals)
            self.assertEqual(self._run(profile).is_comparable, comparable, vals)

    # -- companies and currencies ----------------------------------------------

    def _second_company(self):
        rub = self.env.ref("base.RUB")
        rub.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", rub.id)]).unlink()
        for day, rate in (("2020-01-01", 100), ("2026-12-01", 200)):
            self.env["res.currency.rate"].create(
                {"currency_id": rub.id, "name": day, "rate": rate,
                 "company_id": self.company.id}
            )  # fmt: skip
        return self._make_company("Second", rub)

    def _make_company(self, name, currency):
        company = self.env["res.company"].create(
            {"name": name, "currency_id": currency.id}
        )
        self.env.user.company_ids |= company
        return company

    def _post_in(self, company, rows):
        """Posted documents of another company, journals aside."""
        self._post(rows, company=company)

    def test_currencies(self):
        usd = self.env.ref("base.USD")
        eur = self.env.ref("base.EUR")
        (usd | eur).active = True
        own = self.company.currency_id
        foreign = eur if own == usd else usd
        self.env["res.currency.rate"].search(
            [("currency_id", "=", foreign.id)]
        ).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "name": "2020-01-01", "rate": 1 / 0.9,
             "company_id": self.company.id}
        )  # fmt: skip
        head = self._client("H")
        buyer = self._client("H1", parent_id=head.id, is_company=False)
        self._invoice(buyer, 1000, currency_id=foreign.id)
        self._invoice(head, 500)
        self._invoice(head, -200)
        run = self._run()
        self.assertEqual(self._line(run, head).value, 1200)
        second = self._second_company()
        self._post_in(second, [(head.id, date(2026, 6, 15), 100000)])
        profile = self._profile(company_ids=[Command.set(second.ids)])
        run = self._run(profile)
        self.assertEqual(self._line(run, head).value, 2200)
        profile.rate_rule = "period_end"
        run = self._run(profile)
        self.assertEqual(self._line(run, head).value, 1700)
        profile.write({"rate_rule": "document", "currency_id": foreign.id})
        run = self._run(profile)
        self.assertAlmostEqual(self._line(run, head).value, 2444.45, 2)
        self.assertEqual(run.currency_id, foreign)

    def test_two_companies(self):
        second = self._second_company()
        strong, weak = self._many(2)
        self._post([(strong.id, FIRST, 900), (weak.id, FIRST, 100)])
        self._post_in(second, [(strong.id, FIRST, 100), (weak.id, FIRST, 900)])
        other = self._profile(company_id=second.id, is_leading=True)
        for profile in (self.profile, other):
            self._run(profile).sudo().action_approve()
        cards = [
            "".join(
                (client.with_company(company).abc_class) for client in (strong, weak)
            )
            for company in (self.company, second)
        ]
        self.assertEqual(cards, ["AB", "BA"])
        with self.assertRaises(ValidationError):
            self.profile.company_ids = second
        # one run for both: what is set by hand in one of them stays there
        other.is_leading = False
        self.director.company_ids |= second
        self.env["regulation.abc.override"].sudo().create(
            {"partner_id": weak.id, "company_id": second.id, "abc_class": "C",
             "reason": "They owe us", "date_from": LAST, "date_to": LAST}
        )  # fmt: skip
        self.profile.company_ids = second
        self._post(
            [(strong.id, date(2027, 3, 3), 900), (weak.id, date(2027, 3, 3), 100)]
        )
        run = self._run(None, date(2027, 1, 1), date(2027, 12, 31))
        self.assertFalse(run.is_comparable)
        run.with_user(self.director).action_approve()
        cards = [
            "".join(
                (client.with_company(company).abc_class) for client in (strong, weak)
            )
            for company in (self.company, second)
        ]
        self.assertEqual(cards, ["AB", "AC"])

    def test_other_companies_cannot_be_read(self):
        self._clients(10)
        run = self._run()
        line = run.line_ids
        override = self.env["regulation.abc.override"].sudo().create(
            {"partner_id": line.partner_id.id, "company_id": self.company.id,
             "abc_class": "C", "reason": "They owe us"}
        )  # fmt: skip
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.director.write({"company_ids": company.ids, "company_id": company.id})
        for record in (run, line, self.profile, override):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.with_user(self.director).read([])
            found = record.with_user(self.director).search([("id", "=", record.id)])
            self.assertFalse(found)
        for call in (run.action_approve, run.action_cancel, run.action_recalculate):
            with self.assertRaises(AccessError):
                getattr(run.with_user(self.director), call.__name__)()
        with self.assertRaises(AccessError):
            self.profile.with_user(self.director).action_run()
