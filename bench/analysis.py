"""`make bench ARGS=analysis`: what a run of the client base costs, against plain SQL.

A synthetic company made by SQL: clients and a year of posted invoices and credit notes,
many small and few large clients. The floor of a run is plain SQL on the same database:
aggregate the documents by commercial partner, window functions, one INSERT … SELECT
into a copy of the addon's own line table with its keys and indexes. Ratios of medians;
goals are printed beside them, and a missed one makes the exit code 1.

    BENCH_CLIENTS=434000 BENCH_DOCUMENTS=2000000 BENCH_ROUNDS=3
    make bench ARGS="growth"    from 100 thousand to 1 million clients: the exponent
"""

import gc
import math
import os
import resource
import statistics
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "bench")]

import databases  # noqa: E402

CLIENTS = int(os.environ.get("BENCH_CLIENTS", "434000"))
DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "2000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)

GOALS = {
    "run, ABC": 1.3,
    "run, ABC XYZ RFM": 2.0,
    "approval, first classes": 2.0,
    "list by class": 1.5,
    "list": 1.5,
    "form": 1.5,
}


class Company:
    """A database of clients and documents."""

    def __init__(self, kind, template, clients, documents):
        from odoo.modules.registry import Registry

        self.kind, self.clients = kind, clients
        self.name = f"{databases.PREFIX}_bench_abc_{kind}"
        databases.copy(os.environ[template], self.name)
        self.registry = Registry(self.name)
        with self.registry.cursor() as cr:
            self.build(cr, documents)
        with self.registry.cursor() as cr:
            cr._cnx.autocommit = False
            cr.execute("ANALYZE")

    def env(self, cr):
        from odoo import api

        return api.Environment(cr, api.SUPERUSER_ID, {})

    def build(self, cr, documents):
        env = self.env(cr)
        journal = env["account.journal"].search([("type", "=", "sale")], limit=1)
        if not journal:
            journal = env["account.journal"].create(
                {"name": "Sales", "code": "BENCH", "type": "sale"}
            )
        env.flush_all()
        cr.execute("SELECT setseed(0.42)")
        countries = env["res.country"].search([], limit=40).ids
        client = env["res.partner"].create(
            {"name": "Client 0", "is_company": True, "customer_rank": 1, "user_id": 2}
        )
        move = env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": client.id,
             "journal_id": journal.id, "invoice_date": FIRST, "date": FIRST}
        )  # fmt: skip
        env.flush_all()
        clone(
            cr,
            "res_partner",
            client.id,
            {
                "name": "'Client ' || n",
                "complete_name": "'Client ' || n",
                "email": "'office' || n || '@example.com'",
                "country_id": f"(ARRAY{countries})[1 + n % {len(countries)}]",
                "commercial_partner_id": "NULL",
            },
            f"generate_series(1, {self.clients}) n",
        )
        cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id"
            " WHERE commercial_partner_id IS NULL"
        )
        cr.execute("SELECT min(id) FROM res_partner WHERE name = 'Client 1'")
        [low] = cr.fetchone()
        amount = "round((10 + 9000 * power(x.luck, 6))::numeric, 2)"
        clone(
            cr,
            "account_move",
            move.id,
            {
                "name": "'B/' || x.n",
                "state": "'posted'",
                "move_type": "x.kind",
                "partner_id": "x.partner",
                "commercial_partner_id": "x.partner",
                "date": "x.day",
                "invoice_date": "x.day",
                "amount_untaxed_signed": (
                    f"CASE x.kind WHEN 'out_refund' THEN -{amount} / 4"
                    f" ELSE {amount} END"
                ),
                "sequence_number": "x.n",
                "payment_reference": "NULL",
            },
            f"""
            (SELECT n, {low} + CASE WHEN n <= {self.clients} THEN n - 1 ELSE
                        floor({self.clients} * power(random(), 2))::int END AS partner,
                    DATE '{FIRST}' + (random() * 364)::int AS day, random() AS luck,
                    CASE WHEN random() < 0.03 THEN 'out_refund' ELSE 'out_invoice'
                    END AS kind
               FROM generate_series(1, {documents}) n) x
            """,
        )
        cr.commit()

    def drop(self):
        databases.drop(self.name)


def clone(cr, table, source, columns, rows):
    """Copies of a row with some columns replaced, one for each of `rows`."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER' AND column_name <> 'id'",
        [table],
    )
    names = [row[0] for row in cr.fetchall()]
    values = ", ".join(columns.get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    cr.execute(
        f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {rows}, {table} t"
        f" WHERE t.id = {source}"
    )


# -- the floor ----------------------------------------------------------------


def make_floor_table(cr):
    """A copy of the line table with its keys and indexes."""
    cr.execute("DROP TABLE IF EXISTS bench_line")
    cr.execute("CREATE TABLE bench_line (LIKE regulation_abc_line INCLUDING ALL)")
    cr.execute(
        "ALTER TABLE bench_line ALTER id SET DEFAULT"
        " nextval('regulation_abc_line_id_seq')"
    )
    cr.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'regulation_abc_line'::regclass AND contype = 'f'"
    )
    for (definition,) in cr.fetchall():
        cr.execute(f"ALTER TABLE bench_line ADD {definition}")
    cr.commit()


def floor(cr, company):
    """The plain SQL of a run."""
    cr.execute(
        """
        INSERT INTO bench_line (
               run_id, date_to, partner_id, partner_name, user_id, value, share,
               cumulative_share, rank, computed_class, assigned_class)
        SELECT %(run)s, %(last)s, r.partner_id, p.name, p.user_id, r.v,
               100 * r.v / r.total, 100 * r.upto / r.total, r.rank,
               CASE WHEN r.upto - r.v < 0.80 * r.total THEN 'A'
                    WHEN r.upto - r.v < 0.95 * r.total THEN 'B' ELSE 'C' END,
               CASE WHEN r.upto - r.v < 0.80 * r.total THEN 'A'
                    WHEN r.upto - r.v < 0.95 * r.total THEN 'B' ELSE 'C' END
          FROM (SELECT partner_id, v, SUM(v) OVER () AS total,
                       SUM(v) OVER (ORDER BY v DESC) AS upto,
                       rank() OVER (ORDER BY v DESC) AS rank
                  FROM (SELECT commercial_partner_id AS partner_id,
                               SUM(amount_untaxed_signed) AS v
                          FROM account_move
                         WHERE state = 'posted'
                           AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                           AND company_id = %(company)s
                           AND invoice_date BETWEEN %(first)s AND %(last)s
                      GROUP BY 1) a) r
          JOIN res_partner p ON p.id = r.partner_id
        """,
        {"run": company.run_id, "first": FIRST, "last": LAST, "company": 1},
    )


# -- what is measured ---------------------------------------------------------


def timed(work):
    gc.collect()
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def measure_runs(company):
    """Runs against the floor, in turn; each in a transaction that is undone."""
    with company.registry.cursor() as cr:
        env = company.env(cr)
        profile = env["regulation.abc.profile"].search([], limit=1)
        profile.write({"hysteresis": "off", "with_xyz": False, "with_rfm": False})
        method = env["regulation.abc.method"]._freeze(profile, FIRST, LAST)
        company.run_id = env["regulation.abc.run"]._begin(profile, method).id
        cr.commit()
        make_floor_table(cr)
    results = {"floor": [], "run, ABC": [], "run, ABC XYZ RFM": []}
    memory = []
    for _round in range(ROUNDS):
        for name in results:
            with company.registry.cursor() as cr:
                env = company.env(cr)
                if name == "floor":
                    seconds, _done = timed(lambda: floor(cr, company))
                    cr.rollback()
                else:
                    profile = env["regulation.abc.profile"].search([], limit=1)
                    every = name != "run, ABC"
                    profile.write({"with_xyz": every, "with_rfm": every})
                    env.flush_all()
                    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                    seconds, _run = timed(lambda p=profile: p._run(FIRST, LAST))
                    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                    memory.append((after - before) * 1024 / company.clients)
                    cr.rollback()
            with company.registry.cursor() as cr:
                cr._cnx.commit()
                cr._cnx.autocommit = True
                cr.execute("VACUUM regulation_abc_line, bench_line")
                cr._cnx.autocommit = False
            results[name].append(seconds)
    return {name: statistics.median(rows) for name, rows in results.items()}, max(
        memory
    )


def measure_approval(company):
    """First classes for everybody against a plain UPDATE; then a few changes."""
    figures = {}
    with company.registry.cursor() as cr:
        cr.execute("ANALYZE")
        first = []
        for column in ("abc_class", "xyz_class"):
            seconds, _done = timed(
                lambda c=column: cr.execute(
                    f"UPDATE res_partner SET {c} = jsonb_build_object('1', 'A')"
                    " WHERE name LIKE 'Client %%'"
                )
            )
            first.append(seconds)
            cr.rollback()
            vacuum(company)
        figures["update"] = statistics.median(first)
    with company.registry.cursor() as cr:
        env = company.env(cr)
        profile = env["regulation.abc.profile"].search([], limit=1)
        profile.write({"with_xyz": True, "with_rfm": True})
        run = profile._run(FIRST, LAST)
        cr.commit()
        seconds, _done = timed(run.action_approve)
        env.flush_all()
        figures["approval, first classes"] = seconds
        cr.commit()
    vacuum(company)
    return figures


def vacuum(company):
    with company.registry.cursor() as cr:
        cr._cnx.commit()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE res_partner")
        cr._cnx.autocommit = False


def measure_few(company):
    """A second run that changes few cards: its approval."""
    with company.registry.cursor() as cr:
        env = company.env(cr)
        profile = env["regulation.abc.profile"].search([], limit=1)
        profile.write({"method": "cumulative", "bound_a": 80, "bound_b": 95})
        cr.execute(
            "UPDATE account_move SET amount_untaxed_signed = 900"
            " WHERE id IN (SELECT id FROM account_move WHERE move_type = 'out_invoice'"
            "   AND state = 'posted' ORDER BY amount_untaxed_signed LIMIT 50)"
        )
        run = profile._run(FIRST, date(2026, 1, 1))
        cr.commit()
        changed = run.changed_count
        seconds, _done = timed(run.action_approve)
        cr.commit()
    return seconds, changed


def measure_screens(plain, addon):
    """The clients' list grouped, the list and the form, as the web client asks."""
    figures = {}
    for name in ("list by class", "list", "form"):
        rounds = {"plain": [], "addon": []}
        for _round in range(max(ROUNDS, 5)):
            for kind, company in (("plain", plain), ("addon", addon)):
                with company.registry.cursor() as cr:
                    env = company.env(cr)
                    work = partial(screen, env, name, kind)
                    seconds, _done = timed(work)
                    rounds[kind].append(seconds)
        base = statistics.median(rounds["plain"])
        figures[name] = (statistics.median(rounds["addon"]), base)
    return figures


def screen(env, name, kind):
    Partner = env["res.partner"]
    domain = [("is_company", "=", True), ("parent_id", "=", False)]
    if name == "list by class":
        group = "abc_class" if kind == "addon" else "country_id"
        Partner.web_read_group(domain, groupby=[group], aggregates=["__count"])
    elif name == "list":
        view = Partner.get_view(view_type="list")
        names = field_names(env, view["arch"])
        Partner.web_search_read(domain, names, limit=80)
    else:
        view = Partner.get_view(view_type="form")
        names = field_names(env, view["arch"])
        client = Partner.search(domain, limit=1, offset=1000)
        client.web_read(names)


def field_names(env, arch):
    from lxml import etree

    root = etree.fromstring(arch)
    names = {
        node.get("name")
        for node in root.iter("field")
        if not any(parent.tag == "field" for parent in node.iterancestors())
    }
    return {name: {} for name in names}


# -- the report ---------------------------------------------------------------


def report(name, seconds, base, failures, unit="s"):
    ratio = seconds / base
    goal = GOALS.get(name)
    print(
        f"{name:28} {seconds:9.3f} {unit} {base:9.3f} {unit} {ratio:6.2f}x"
        f" {goal or '':>5}",
        flush=True,
    )
    if goal and ratio > goal:
        failures.append(f"{name}: {ratio:.2f}x, goal {goal}x")


def growth(sizes):
    """The exponent with which a run grows with the clients."""
    times = []
    for clients in sizes:
        company = Company("growth", "BENCH_ADDON", clients, clients * 4)
        try:
            runs, _memory = measure_runs(company)
            times.append(runs["run, ABC XYZ RFM"])
        finally:
            close()
            company.drop()
    exponent = math.log(times[-1] / times[0]) / math.log(sizes[-1] / sizes[0])
    print(f"growth from {sizes[0]} to {sizes[-1]} clients: exponent {exponent:.2f}")
    return 0 if exponent < 1.1 else 1


def close():
    from odoo.sql_db import close_all

    close_all()


def main():
    from odoo.tools import config

    config.parse_config(["--logfile", os.devnull, "--max-cron-threads=0"])
    failures = []
    if "growth" in sys.argv[1:]:
        return growth((100_000, 1_000_000))
    print(f"analysis: {CLIENTS} clients, {DOCUMENTS} documents, {ROUNDS} rounds")
    addon = Company("addon", "BENCH_ADDON", CLIENTS, DOCUMENTS)
    plain = None
    try:
        runs, memory = measure_runs(addon)
        for name in ("run, ABC", "run, ABC XYZ RFM"):
            report(name, runs[name], runs["floor"], failures)
        print(f"memory of the server         {memory:9.0f} bytes a client (goal 1024)")
        if memory > 1024:
            failures.append(f"memory: {memory:.0f} bytes a client")
        figures = measure_approval(addon)
        report(
            "approval, first classes",
            figures["approval, first classes"],
            figures["update"],
            failures,
        )
        seconds, changed = measure_few(addon)
        print(f"approval of {changed} changes: {seconds:.3f} s")
        if "screens" in sys.argv[1:] or len(sys.argv) < 2:
            plain = Company("plain", "BENCH_PLAIN", CLIENTS, DOCUMENTS)
            for name, (seconds, base) in measure_screens(plain, addon).items():
                report(name, seconds, base, failures)
    finally:
        close()
        addon.drop()
        if plain:
            plain.drop()
    print()
    for failure in failures:
        print("MISSED", failure)
    print("all goals met" if not failures else f"{len(failures)} goals missed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
