# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

from odoo.tests import tagged
from odoo.tools import SQL

from ...tools import rfm, xyz
from ...tools.abc import BASES, METHODS, RULES, TIES, annualise, classify
from ...tools.concentration import concentration
from ...tools.exact import fraction
from ...tools.migration import HYSTERESIS, assign, migrate
from .abc_data import AbcDataCommon

SHARES = ((80, 95), (70, 90), (33.3, 66.7), (0.1, 100), (55, 85), (1.1, 2.2))
FLOORS = ((200, 40), (1.1, 0.01), (4.35, 2.2), (0.29, 0.28), (1000000, 57.99))
#: cents: ties, float traps, one that dominates, all the same, next to nothing
KINDS = (
    lambda rng: rng.choice((0, 10, 10, 20, 50, 110, 435, -10)),
    lambda rng: rng.choice((30, 26, 24, 15, 5, 16, 13, 9, 2)) * 100,
    lambda rng: rng.randint(-(10**5), 10**6),
    lambda rng: int(rng.paretovariate(0.7) * 100) % 10**13,
    lambda rng: 10000,
    lambda rng: rng.choice((1, 2, 29, 28, -1)),
    lambda rng: rng.randint(-1000, 100),
)


@tagged("post_install", "-at_install")
class TestAbcTwin(AbcDataCommon):
    """The engine in SQL says what the pure functions of `tools` say.

    Random bases, one a year, of clients with ties, zeros, refunds and values that
    floats get wrong; every method, rule, tie, base and hysteresis.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rng = random.Random(20260101)
        cls.partners = cls._many(160).ids
        cls.bases = [cls._make_base(1990 + at) for at in range(2 * len(KINDS))]
        cls.Engine = cls.env["regulation.abc.engine"].sudo()
        cls.Run = (
            cls.env["regulation.abc.run"].sudo().with_context(tracking_disable=True)
        )
        cls.method = cls.env["regulation.abc.method"]._freeze(
            cls.profile, date(1990, 1, 1), date(1990, 12, 31)
        )

    @classmethod
    def _make_base(cls, year):
        """Documents of a year: {partner: [(day, cents)]}, and classes of the past."""
        rng, kind = cls.rng, KINDS[year % len(KINDS)]
        first = date(year, 1, 1)
        documents = {}
        count = rng.choice((1, 2, 5, 30, 120, 120))
        for partner in rng.sample(cls.partners, count):
            late = rng.choice((0, 0, 0, 100, 300, 340))
            documents[partner] = [
                (first + timedelta(days=rng.randint(late, 364)), kind(rng))
                for _document in range(rng.choice((1, 1, 2, 3, 8, 14)))
            ]
        cls._post(
            [
                (partner, day, Fraction(cents, 100).__float__())
                for partner, rows in documents.items()
                for day, cents in rows
            ]
        )
        # like invoices of a year the history is per base: profiles of their own
        return year, documents

    def _history(self, documents, runs):
        """Lines of former runs: {partner: (computed, assigned, manual)} each."""
        letters = ("A", "B", "C", None)
        known = self.rng.sample(self.partners, 90) + list(documents)[::2]
        history = []
        for _run in range(runs):
            history.append({})
            for partner in set(known):
                computed = self.rng.choice(letters)
                assigned = computed and self.rng.choice((computed, "A", "B", "C"))
                manual = self.rng.choice((None,) * 6 + ("A", "C"))
                history[-1][partner] = (computed, assigned, manual)
        return history

    # -- one comparison --------------------------------------------------------

    def _compare(self, data, history=(), **changes):
        year, documents = data
        method = replace(
            self.method,
            date_from=date(year, 1, 1),
            date_to=date(year, 12, 31),
            **changes,
        )
        profile = self.profile
        if history:
            profile = self._profile(name=f"Base {year}")
            method = replace(method, profile_id=profile.id)
            for ago, classes in reversed(list(enumerate(history, 1))):
                self._approved(classes, date(year - ago, 12, 31), profile)
        run = self.Run._begin(profile, method)
        values = self.Engine._calculate(run, method)
        run.write(values)
        self.env["regulation.abc.line"].invalidate_model(flush=False)
        cents = {p: sum(c for _day, c in rows) for p, rows in documents.items()}
        bounds = [fraction("bound", bound) for bound in method.bounds]
        if method.method == "fixed":
            bounds = [bound * 100 for bound in bounds]
        result = classify(
            cents, method.method, bounds or None, method.boundary_rule, method.ties,
            method.base,
        )  # fmt: skip
        if not result.has_data:
            self.assertEqual(run.state, "no_data")
            return
        run._settle_figures()
        lines = self._read_lines(run)
        self._compare_classes(lines, result, method, history)
        self._compare_xyz(lines, documents, method)
        self._compare_rfm(lines, documents, cents, method)
        self._compare_figures(run, cents, result)
        self._compare_migration(run, lines, history)

    def _read_lines(self, run):
        names = (
            "value", "share", "cumulative_share", "rank", "computed_class",
            "assigned_class", "previous_class", "xyz_class", "variation",
            "recency_days", "frequency", "rfm_score", "segment", "flags", "movement",
            "annual_value",
        )  # fmt: skip
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, %s FROM regulation_abc_line WHERE run_id = %s",
                SQL(", ").join(map(SQL.identifier, names)),
                run.id,
            )
        )
        lines = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
        self.assertEqual(len(lines), len(rows), "a client has one line")
        return lines

    def _compare_classes(self, lines, result, method, history):
        held = result.classes
        if method.hysteresis == "confirm" or method.method in (
            "cumulative",
            "count_share",
        ):
            held = assign(
                result,
                {p: row[1] for p, row in history[0].items()} if history else {},
                method.hysteresis,
                method.buffer,
                method.confirm_runs,
                [{p: row[0] for p, row in past.items()} for past in history],
            )
        expected = {line.key: line for line in result.lines()}
        self.assertEqual(
            expected.keys(), {p for p, row in lines.items() if row["flags"] != "lost"}
        )
        for partner, twin in expected.items():
            row = lines[partner]
            found = (row["computed_class"], row["assigned_class"], row["rank"])
            wanted = (twin.computed_class, held[partner], twin.rank)
            self.assertEqual(found, wanted)
            self.assertEqual(round(row["value"] * 100), twin.value)
            for share, exact in (
                (row["share"], twin.share),
                (row["cumulative_share"], twin.cumulative_share),
            ):
                if exact is None:
                    self.assertIsNone(share)
                else:
                    self.assertLessEqual(
                        abs(Fraction(share) - 100 * exact), Fraction(51, 10**8)
                    )
            signs = (row["flags"] or "").split()
            self.assertEqual("negative" in signs, twin.value < 0)
            self.assertEqual("zero" in signs, twin.value == 0)

    def _compare_xyz(self, lines, documents, method):
        months = 3 if method.xyz_period == "quarter" else 1
        series = {}
        for partner, rows in documents.items():
            series[partner] = [0] * (12 // months)
            for day, cents in rows:
                series[partner][(day.month - 1) // months] += cents
        grades = xyz.grade(
            series, method.xyz_bounds, method.xyz_deviation, method.xyz_fill
        )
        for partner, grade in grades.items():
            row = lines[partner]
            if not method.with_xyz:
                grade = xyz.Grade(None, None, 0)
            self.assertEqual(row["xyz_class"], grade.xyz_class)
            if grade.variation is None:
                self.assertIsNone(row["variation"])
            else:
                self.assertAlmostEqual(row["variation"], 100 * grade.variation, 6)

    def _compare_rfm(self, lines, documents, cents, method):
        sold = {
            partner: ((method.date_to - max(days)).days, len(days), cents[partner])
            for partner, rows in documents.items()
            if (days := [day for day, amount in rows if amount >= 0])
        }
        scores = rfm.score(sold, decimals=2, mode=method.rfm_mode)
        for partner, rows in documents.items():
            row, score = lines[partner], scores.get(partner)
            if score is None or not method.with_rfm:
                self.assertEqual((row["rfm_score"], row["segment"]), (None, None))
                continue
            self.assertEqual(row["rfm_score"], str(score.code))
            self.assertEqual(row["segment"], rfm.segment(score))
            self.assertEqual((row["recency_days"], row["frequency"]), sold[partner][:2])
            first = min(day for day, amount in rows if amount >= 0)
            age = (method.date_to - first).days
            is_new = "new" in (row["flags"] or "").split()
            if is_new:
                self.assertLess(age, 90)
            annual = annualise(cents[partner], age) if is_new else None
            if annual is None:
                self.assertIsNone(row["annual_value"])
            else:
                gap = Fraction(row["annual_value"]) * 100 - annual
                self.assertLess(abs(gap), Fraction(501, 1000))

    def _compare_figures(self, run, cents, result):
        twin = concentration(cents)
        self.assertEqual(run.has_gini, twin.gini is not None)
        self.assertAlmostEqual(run.gini, float(twin.gini or 0), 6)
        self.assertAlmostEqual(run.hhi, float(twin.hhi), 8)
        self.assertAlmostEqual(run.effective_clients, float(twin.effective), 2)
        for top in (1, 3, 5, 10):
            self.assertAlmostEqual(run[f"cr{top}"], float(100 * twin.top(top)), 9)
        self.assertEqual(run.curve, [[float(x), float(y)] for x, y in twin.curve()])
        self.assertEqual(run.client_count, result.count)
        self.assertAlmostEqual(run.total * 100, result.total, 0)
        self.assertAlmostEqual(run.net_total * 100, sum(cents.values()), 0)

    def _compare_migration(self, run, lines, history):
        before = (
            {p: row[2] or row[1] for p, row in history[0].items()} if history else {}
        )
        now = {p: row["assigned_class"] for p, row in lines.items()}
        twin = migrate(before, now)
        matrix = dict.fromkeys(twin.matrix, 0)
        movements = {}
        for group in run.breakdown:
            pair = group["previous"], group["class"]
            if pair != (None, None):
                matrix[pair] += group["count"]
            name = group["movement"]
            movements[name] = movements.get(name, 0) + group["count"]
        self.assertEqual(matrix, twin.matrix)
        if history:
            for name in ("up", "down", "same", "lost"):
                self.assertEqual(movements.get(name, 0), len(getattr(twin, name)), name)
            self.assertEqual(
                movements.get("new", 0) + movements.get("reactivated", 0),
                len(twin.new),
            )
        else:
            self.assertEqual(set(movements), {None})

    # -- the comparisons -------------------------------------------------------

    def _other_parameters(self, method, hysteresis):
        rng = self.rng
        return {
            "bounds": rng.choice(FLOORS if method == "fixed" else SHARES)
            if method != "tangent"
            else (),
            "buffer": rng.choice((0.0, 2.5, 3.0, 10.7)),
            "confirm_runs": rng.choice((1, 2, 3)),
            "with_xyz": rng.random() < 0.8,
            "xyz_period": rng.choice(("month", "quarter")),
            "xyz_bounds": rng.choice(((10, 25), (25.5, 50), (0.1, 141.42))),
            "xyz_deviation": rng.choice(xyz.DEVIATIONS),
            "xyz_fill": rng.choice(xyz.FILLS),
            "with_rfm": rng.random() < 0.8,
            "rfm_mode": rng.choice(("quantile", "rank")),
        }

    def test_all_parameters_on_random_bases(self):
        runs = product(METHODS, RULES, TIES, BASES, HYSTERESIS)
        for at, (method, rule, ties, base, hysteresis) in enumerate(runs):
            data = self.bases[at % len(self.bases)]
            if hysteresis != "off":
                data = self.bases[self.rng.randrange(len(self.bases))]
            changes = {
                "method": method, "boundary_rule": rule, "ties": ties, "base": base,
                "hysteresis": hysteresis, **self._other_parameters(method, hysteresis),
            }  # fmt: skip
            history = ()
            if hysteresis != "off" or at % 7 == 0:
                history = self._history(data[1], self.rng.choice((1, 2, 3)))
            with self.subTest(year=data[0], runs=len(history), **changes):
                self._compare(data, history, **changes)

    def test_every_base_by_the_default(self):
        for data in self.bases:
            for mode, fill in product(("quantile", "rank"), xyz.FILLS):
                with self.subTest(year=data[0], mode=mode, fill=fill):
                    self._compare(
                        data, with_xyz=True, with_rfm=True, rfm_mode=mode,
                        xyz_fill=fill,
                    )  # fmt: skip
