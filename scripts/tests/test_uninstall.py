"""Uninstalling leaves crm working and its own data untouched.

In a database of its own: a deal under an edition in force, then the addon goes. It
runs as a user would do it, by Odoo's own uninstallation, in processes of their own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent))
import databases  # noqa: E402
import project  # noqa: E402

BEFORE = """
import json
team = env["crm.team"].create({"name": "Kept", "user_id": env.uid})
Column = env["crm.stage"]
column = Column.create({"name": "Kept column", "team_ids": [(6, 0, team.ids)]})
edition = env.ref("client_regulation.regulation_acquisition").copy()
edition.scope_ids = [(0, 0, {"team_id": team.id})]
edition.stage_ids[0].crm_stage_id = column
for role in edition.step_ids.role_id | edition.step_ids.receiver_role_id:
    env["regulation.role.assignment"].create({"role_id": role.id, "user_id": 2})
edition.with_user(2).action_approve()
partner = env["res.partner"].create({"name": "Kept client"})
lead = env["crm.lead"].create({
    "name": "Kept deal", "type": "opportunity", "team_id": team.id, "user_id": 2,
    "partner_id": partner.id, "expected_revenue": 1234, "stage_id": column.id,
})
assert lead.regulation_id == edition and lead.passage_ids and lead.regulation_duty_ids
env.cr.commit()
print("RESULT", json.dumps({"lead": lead.id, "column": column.id, "team": team.id}))
"""

UNINSTALL = """
module = env["ir.module.module"].search([("name", "=", "client_regulation")])
module.button_immediate_uninstall()
print("RESULT", '"' + module.state + '"')
"""

AFTER = """
import json
lead = env["crm.lead"].browse(%(lead)s)
kept = [lead.name, lead.expected_revenue, lead.stage_id.id, lead.team_id.id]
teams = [(6, 0, lead.team_id.ids)]
lead.stage_id = env["crm.stage"].create({"name": "Next", "team_ids": teams})
lead.action_set_won()
new = env["crm.lead"].create({"name": "New", "type": "opportunity"})
new.unlink()
env.cr.execute(
    "SELECT count(*) FROM pg_class"
    " WHERE relkind = 'r' AND relname LIKE 'regulation\\\\_%%'"
)
tables = env.cr.fetchone()[0]
env.cr.execute(
    "SELECT count(*) FROM information_schema.columns"
    " WHERE table_name = 'crm_lead' AND column_name LIKE 'regulation\\\\_%%'"
)
columns = env.cr.fetchone()[0]
activities = env["mail.activity"].search_count([("res_model", "like", "regulation.")])
env.cr.commit()
print("RESULT", json.dumps([kept, lead.won_status, tables, columns, activities]))
"""


def shell(name, code):
    """Run code in Odoo's shell; return what it printed as its result."""
    done = subprocess.run(
        [
            str(project.VENV / "bin" / "odoo"), "shell", "-d", name, "--no-http",
            "--log-level=error",
        ],
        input=code,
        capture_output=True,
        text=True,
        cwd=project.ROOT,
        env={**project.environment(), "PYTHONPATH": ""},
        timeout=600,
    )  # fmt: skip
    assert "ERROR" not in done.stderr, done.stderr[-4000:]
    for line in done.stdout.splitlines():
        if "RESULT " in line:
            return json.loads(line.partition("RESULT ")[2])
    return pytest.fail(f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}", pytrace=False)


def test_uninstall_leaves_crm_untouched():
    if os.environ.get("CLIENT_REGULATION_DEMO") == "1":
        pytest.skip("once is enough: it runs in the run without demo data")
    template = databases.PREFIX + "_addon"
    with databases.temporary(template) as name:
        made = shell(name, BEFORE)
        assert shell(name, UNINSTALL) == "uninstalled"
        kept, status, tables, columns, activities = shell(name, AFTER % made)
    assert kept == ["Kept deal", 1234.0, made["column"], made["team"]]
    assert status == "won"
    assert (tables, columns, activities) == (0, 0, 0)
