"""Twenty threads move the same and different deals at once, through JSON-2.

Run by bench/run.py (`make bench`), or by itself with the environment's Python:

    .local/venv/bin/python bench/concurrency.py

A server of its own works on a database of its own: the default attracting edition
in force, every proof a tick, eight columns. First each thread takes deals of its
own from column to column, completing the steps on the way; then all of them push
and pull the same few deals, and complete their steps, at random. Afterwards SQL
tells whether the books are right:

* no deal with two open passages, none with a passage that is not its column's
* every passage has exactly the duties of its stage, none twice, none lost
* a duty that was reported as done is done; a passage that was left has no open one
* every answer was 200 or the regulation's own refusal: a conflict of two
  transactions is retried by Odoo and never shown

Prints figures; the exit code is 1 if anything of this does not hold.
"""

import collections
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import databases  # noqa: E402
import pg  # noqa: E402
import project  # noqa: E402

THREADS = 20
OWN_DEALS = 2  # of each thread
SHARED_DEALS = 5
OWN_MOVES = 4  # columns that each own deal goes on
SHARED_MOVES = 8  # of each thread
COLUMNS = 8
SEED = int(os.environ.get("BENCH_SEED", "19"))
TIMEOUT = 180  # seconds for one answer, all retries included

#: what the regulation may answer; whatever else is a conflict that came through
REFUSALS = ("odoo.exceptions.ValidationError", "odoo.exceptions.UserError")
RETRIED = re.compile(r"tries left, try again")

# -- the database -------------------------------------------------------------

#: runs in `odoo shell`; prints a line of JSON
PREPARE = f"""
import datetime, json
seller = env["res.users"].create({{
    "name": "Bench Seller", "login": "bench", "email": "bench@example.com",
    "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],
}})
team = env["crm.team"].create({{
    "name": "Bench", "user_id": env.ref("base.user_admin").id,
    "crm_team_member_ids": [(0, 0, {{"user_id": seller.id}})],
}})
columns = env["crm.stage"].create([
    {{"name": f"Column {{n + 1}}", "sequence": 200 + n, "team_ids": [(6, 0, team.ids)],
      "is_won": n == {COLUMNS} - 1}}
    for n in range({COLUMNS})
])
other = env["crm.team"].create({{"name": "Other"}})
env["crm.stage"].search([("id", "not in", columns.ids)]).write(
    {{"team_ids": [(6, 0, other.ids)]}}
)
edition = env.ref("client_regulation.regulation_acquisition").copy()
edition.scope_ids = [(0, 0, {{"team_id": team.id}})]
edition.step_ids.write({{"proof_kind": "tick", "receiver_role_id": False}})
for stage, column in zip(edition.stage_ids, columns, strict=True):
    stage.crm_stage_id = column
for role in edition.step_ids.role_id:
    env["regulation.role.assignment"].create(
        {{"role_id": role.id, "user_id": seller.id, "date_from": "2020-01-01"}}
    )
    role.resolve = "assignment"
edition.action_approve()
partner = env["res.partner"].create({{"name": "Client", "email": "c@example.com",
    "phone": "+32 2 555 12 34"}})
leads = env["crm.lead"].with_user(seller).create([
    {{"name": f"Deal {{n}}", "type": "opportunity", "team_id": team.id,
      "user_id": seller.id, "partner_id": partner.id, "expected_revenue": 1000 + n}}
    for n in range({THREADS * OWN_DEALS + SHARED_DEALS})
])
key = env["res.users.apikeys"].with_user(seller)._generate(
    "rpc", "bench", datetime.datetime.now() + datetime.timedelta(days=1))
env.cr.commit()
print("PREPARED " + json.dumps(
    {{"key": key, "leads": leads.ids, "columns": columns.ids, "state": edition.state}}))
"""


def template():
    if os.environ.get("BENCH_ADDON"):
        return os.environ["BENCH_ADDON"]
    pg.start()
    with project.lock("templates"):
        return databases.addon()


def prepare(name):
    """Fill a database; return what the threads need to know."""
    done = subprocess.run(
        [str(project.VENV / "bin" / "odoo"), "shell", "-d", name, "--no-http"]
        + ["--log-level=warn"],
        input=PREPARE,
        capture_output=True,
        text=True,
        env=project.environment(),
        cwd=ROOT,
    )
    found = re.search(r"PREPARED (\{.*\})", done.stdout)
    if not found:
        raise SystemExit(f"The database was not filled:\n{done.stdout}{done.stderr}")
    return json.loads(found.group(1))


# -- the server ---------------------------------------------------------------


def free_port():
    with socket.socket() as test:
        test.bind(("127.0.0.1", 0))
        return test.getsockname()[1]


@contextlib.contextmanager
def server(name, log):
    """A threaded server for one database; yields its address."""
    port = free_port()
    command = [
        str(project.VENV / "bin" / "odoo"), "server", "-d", name,
        f"--db-filter=^{name}$", f"--http-port={port}", "--workers=0",
        "--max-cron-threads=0", "--log-level=warn",
        "--log-handler=odoo.service.model:INFO",
    ]  # fmt: skip
    with (
        open(log, "w") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=project.environment(), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT,
        ) as odoo,
    ):  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            for _second in range(120):
                if odoo.poll() is not None:
                    raise SystemExit(f"Odoo stopped; see {log}")
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{url}/web/health", None, 2).close()
                    break
                time.sleep(1)
            else:
                raise SystemExit(f"Odoo did not answer; see {log}")
            yield url
        finally:
            odoo.send_signal(signal.SIGTERM)
            try:
                odoo.wait(30)
            except subprocess.TimeoutExpired:
                odoo.kill()


# -- the threads --------------------------------------------------------------


class Client:
    """One salesperson's program; remembers what it was told."""

    def __init__(self, url, facts, number):
        self.url, self.facts = url, facts
        self.random = random.Random(SEED * 1000 + number)
        self.answers = collections.Counter()
        self.wrong, self.done, self.spent = [], [], []

    def call(self, model, method, **params):
        """POST /json/2/<model>/<method>; None when it was refused."""
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            json.dumps(params).encode(),
            {
                "Authorization": f"Bearer {self.facts['key']}",
                "Content-Type": "application/json",
            },
        )
        started = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                self.answers["ok"] += 1
                return json.load(response)
        except urllib.error.HTTPError as error:
            body = error.read().decode(errors="replace")
            try:
                name = json.loads(body)["name"]
            except (ValueError, KeyError, TypeError):
                name = "?"
            if error.code == 422 and name in REFUSALS:
                self.answers["refused"] += 1
            else:
                self.answers["wrong"] += 1
                self.wrong.append(f"{model}.{method}: {error.code} {name} {body[:300]}")
        except OSError as error:
            self.answers["wrong"] += 1
            self.wrong.append(f"{model}.{method}: {error}")
        finally:
            self.spent.append(time.monotonic() - started)
        return None

    def move(self, lead_id, column):
        vals = {"stage_id": self.facts["columns"][column]}
        return self.call("crm.lead", "write", ids=[lead_id], vals=vals)

    def complete(self, lead_id):
        """Tick what the deal owes in its stage."""
        domain = [["lead_id", "=", lead_id], ["state", "=", "open"]]
        for duty_id in self.call("regulation.duty", "search", domain=domain) or ():
            if self.call("regulation.duty", "action_done", ids=[duty_id]):
                self.done.append(duty_id)

    def take_own(self, lead_ids):
        """Take deals that nobody else touches from column to column."""
        for column in range(1, OWN_MOVES + 1):
            for lead_id in lead_ids:
                self.complete(lead_id)
                if not self.move(lead_id, column):
                    self.wrong.append(f"deal {lead_id} was refused column {column}")

    def push_shared(self, lead_ids):
        """Move and complete what all others move and complete at the same time."""
        for _turn in range(SHARED_MOVES):
            lead_id = self.random.choice(lead_ids)
            if self.random.random() < 0.4:
                self.complete(lead_id)
            self.move(lead_id, self.random.randrange(COLUMNS - 2))


def run(clients, work):
    """Let all threads begin at the same moment; return the seconds it took."""
    barrier = threading.Barrier(len(clients))

    def body(client, argument):
        barrier.wait()
        work(client, argument)

    threads = [
        threading.Thread(target=body, args=(client, index), daemon=True)
        for index, client in enumerate(clients)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - started


# -- the books ----------------------------------------------------------------

CHECKS = {
    "deals with two open passages": """
        SELECT lead_id FROM regulation_passage WHERE left_on IS NULL
         GROUP BY lead_id HAVING count(*) > 1""",
    "deals whose open passage is not that of their column": """
        SELECT l.id FROM crm_lead l
          LEFT JOIN regulation_passage p ON p.lead_id = l.id AND p.left_on IS NULL
          LEFT JOIN regulation_stage s ON s.id = p.stage_id
         WHERE l.regulation_id IS NOT NULL
           AND s.crm_stage_id IS DISTINCT FROM l.stage_id""",
    "passages that lack a duty of their stage": """
        SELECT p.id FROM regulation_passage p
          JOIN regulation_step t ON t.stage_id = p.stage_id AND t.subject = 'deal'
          LEFT JOIN regulation_duty d ON d.passage_id = p.id AND d.step_id = t.id
         WHERE d.id IS NULL""",
    "duties that a passage has twice": """
        SELECT passage_id FROM regulation_duty WHERE passage_id IS NOT NULL
         GROUP BY passage_id, step_id HAVING count(*) > 1""",
    "duties of another stage or deal than their passage": """
        SELECT d.id FROM regulation_duty d
          JOIN regulation_passage p ON p.id = d.passage_id
          JOIN regulation_step t ON t.id = d.step_id
         WHERE t.stage_id != p.stage_id OR d.lead_id != p.lead_id""",
    "open duties of passages that were left": """
        SELECT d.id FROM regulation_duty d
          JOIN regulation_passage p ON p.id = d.passage_id
         WHERE p.left_on IS NOT NULL AND d.state = 'open'""",
    "passages that begin before the one before them was left": """
        SELECT id FROM (
            SELECT id, entered_on, lag(COALESCE(left_on, 'infinity'))
                   OVER (PARTITION BY lead_id ORDER BY id) AS before
              FROM regulation_passage) p
         WHERE before > entered_on""",
    "deals whose progress is not that of their duties": """
        SELECT l.id FROM crm_lead l
          JOIN regulation_passage p ON p.lead_id = l.id AND p.left_on IS NULL
          JOIN regulation_duty d ON d.passage_id = p.id AND d.state != 'cancelled'
         GROUP BY l.id, l.regulation_progress
        HAVING abs(l.regulation_progress - 100.0 * count(*) FILTER (
               WHERE d.state IN ('done', 'waived')) / count(*)) > 0.01""",
}


def check(name, facts, own, done):
    """What does not hold in the database, as sentences."""
    problems = []
    for what, query in CHECKS.items():
        rows = pg.sql(query, database=name)
        if rows:
            ids = ", ".join(str(row[0]) for row in rows[:10])
            problems.append(f"{len(rows)} {what}: {ids}")
    lost = pg.sql(
        "SELECT id FROM regulation_duty WHERE id = ANY(%s) AND state != 'done'",
        [done],
        database=name,
    )
    if lost:
        problems.append(f"{len(lost)} duties were reported done and are not")
    stays = pg.sql(
        "SELECT lead_id FROM regulation_passage WHERE lead_id = ANY(%s)"
        " GROUP BY lead_id HAVING count(*) = %s",
        [own, OWN_MOVES + 1],
        database=name,
    )
    if len(stays) != len(own):
        problems.append(f"{len(own) - len(stays)} own deals lack or exceed a passage")
    if facts["state"] != "in_force":
        problems.append("the edition is not in force")
    return problems


def main(_arguments=()):
    source = template()
    name = f"{databases.PREFIX}_bench_threads"
    log = project.LOGS / "bench-concurrency.log"
    project.LOGS.mkdir(parents=True, exist_ok=True)
    databases.copy(source, name)
    try:
        facts = prepare(name)
        own, shared = facts["leads"][:-SHARED_DEALS], facts["leads"][-SHARED_DEALS:]
        with server(name, log) as url:
            clients = [Client(url, facts, number) for number in range(THREADS)]
            clients[0].call("crm.lead", "search", domain=[])  # the registry is loaded
            seconds = [
                run(clients, lambda client, n: client.take_own(own[n::THREADS])),
                run(clients, lambda client, _n: client.push_shared(shared)),
            ]
        done = [duty_id for client in clients for duty_id in client.done]
        problems = check(name, facts, own, done)
        counts = pg.sql(
            "SELECT (SELECT count(*) FROM regulation_passage),"
            " (SELECT count(*) FROM regulation_duty WHERE passage_id IS NOT NULL)",
            database=name,
        )[0]
    finally:
        databases.drop(name)
    answers = sum((client.answers for client in clients), collections.Counter())
    spent = sorted(second for client in clients for second in client.spent)
    retried = len(RETRIED.findall(log.read_text()))
    print(
        f"{THREADS} threads: {len(own)} own deals in {seconds[0]:.1f} s,"
        f" {len(shared)} shared ones in {seconds[1]:.1f} s; {len(spent)} requests,"
        f" median {spent[len(spent) // 2]:.2f} s, slowest {spent[-1]:.1f} s"
    )
    print(
        f"{answers['ok']} done, {answers['refused']} refused by the regulation,"
        f" {retried} conflicts retried by Odoo, {answers['wrong']} shown to the user;"
        f" {counts[0]} passages, {counts[1]} duties"
    )
    problems += [wrong for client in clients for wrong in client.wrong]
    for problem in problems[:20]:
        print("VIOLATION", problem)
    print("the books are right" if not problems else f"{len(problems)} violations")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
