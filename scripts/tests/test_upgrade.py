"""A database of every released version becomes one of this version.

The older release is installed as its users have it, an edition goes into force and
deals walk on; then this version updates it. Nothing may be lost, nobody blocked that
was not, and the log must stay clean. `releases/` keeps the addon as it was landed.
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import databases  # noqa: E402
import pg  # noqa: E402
import project  # noqa: E402

RELEASES = sorted((HERE / "releases").glob("client_regulation-*.zip"))

BEFORE = """
import json
team = env["crm.team"].create({"name": "Kept", "user_id": 2})
Column = env["crm.stage"]
columns = Column.create([
    {"name": "Kept %d" % n, "team_ids": [(6, 0, team.ids)], "sequence": 500 + n,
     "is_won": n == 7}
    for n in range(8)
])
edition = env.ref("client_regulation.regulation_acquisition").copy()
edition.scope_ids = [(0, 0, {"team_id": team.id})]
for stage, column in zip(edition.stage_ids, columns):
    stage.crm_stage_id = column
for role in edition.step_ids.role_id | edition.step_ids.receiver_role_id:
    env["regulation.role.assignment"].create({"role_id": role.id, "user_id": 2})
edition.with_user(2).action_approve()
client = env["res.partner"].create({
    "name": "Kept client", "is_company": True, "vat": "BE0477472701",
    "website": "https://kept.example.com", "city": "Gent", "phone": "+32 9 555 01 01",
    "email": "office@kept.example.com",
})
person = env["res.partner"].create({"name": "Ann Kept", "parent_id": client.id})
leads = env["crm.lead"].with_user(2).create([
    {"name": "Kept deal %d" % n, "type": "opportunity", "team_id": team.id,
     "user_id": 2, "partner_id": (client if n else person).id,
     "expected_revenue": 1234, "stage_id": columns[0].id}
    for n in range(3)
])
for duty in leads[0].regulation_duty_ids.filtered(lambda d: d.state == "open"):
    if duty.step_id.check == "manual":
        duty._complete("agreed with Mr Brick")
    else:
        env["regulation.facts.demo"]._prove(
            leads[0], duty.step_id.check, env.cr.now())
leads[0].stage_id = columns[1]
env.cr.commit()
print("RESULT", json.dumps({
    "leads": leads.ids, "columns": columns.ids, "edition": edition.id,
    "duties": [[d.id, d.state] for d in leads.sudo().regulation_duty_ids.sorted("id")],
    "checks": sorted(set(edition.step_ids.mapped("check"))),
    "partners": env["res.partner"].search([]).ids,
}))
"""

AFTER = """
import json
made = json.loads('''%s''')
leads = env["crm.lead"].browse(made["leads"])
edition = env["regulation.regulation"].browse(made["edition"])
duties = [[d.id, d.state] for d in leads.regulation_duty_ids.sorted("id")]
# the signed edition goes on as it was signed; the deal walks on under it
deal = leads[0].with_user(2)
for duty in deal.regulation_open_duty_ids.filtered(lambda d: d.state == "open"):
    if duty.step_id.check == "manual":
        duty._complete("agreed with Mr Brick")
    else:
        env["regulation.facts.demo"]._prove(deal, duty.step_id.check, env.cr.now())
deal.stage_id = made["columns"][2]
ours = env["ir.model.data"].search(
    [("module", "=", "client_regulation"), ("model", "=", "ir.cron")]
)
for cron in env["ir.cron"].browse(ours.mapped("res_id")):
    cron.method_direct_trigger()
template = env.ref("client_regulation.regulation_acquisition")
env.cr.commit()
print("RESULT", json.dumps({
    "edition": edition.state,
    "checks": sorted(set(edition.step_ids.mapped("check"))),
    "template_checks": sorted(set(template.step_ids.mapped("check"))),
    "duties": duties,
    "moved": deal.stage_id.id == made["columns"][2],
    "partners": env["res.partner"].search([]).ids,
    "card": deal.partner_id.commercial_partner_id.card_completeness,
    "version": env["ir.module.module"].search(
        [("name", "=", "client_regulation")]).installed_version,
}))
"""


def odoo(name, arguments, addons=None, code=None):
    """Run Odoo on a database; return what a shell script printed as its result."""
    command = [str(project.VENV / "bin" / "odoo"), *arguments, "-d", name, "--no-http"]
    if addons:
        ours = str(project.ROOT)
        paths = re.search(r"addons_path = (.*)", project.CONFIG.read_text())[1]
        others = [path for path in paths.split(",") if path != ours]
        command.append("--addons-path=" + ",".join([*others, str(addons)]))
    done = subprocess.run(
        command,
        input=code or "",
        capture_output=True,
        text=True,
        cwd=project.ROOT,
        env={**project.environment(), "PYTHONPATH": ""},
        timeout=900,
    )
    ours = [
        line
        for line in done.stderr.splitlines()
        if " ERROR " in line or " CRITICAL " in line or " WARNING " in line
    ]
    assert not ours, "\n".join(ours)[-4000:]
    assert done.returncode == 0, done.stderr[-4000:]
    for line in done.stdout.splitlines():
        if "RESULT " in line:
            return json.loads(line.partition("RESULT ")[2])
    assert not code, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return None


def test_there_is_a_release_to_come_from():
    assert RELEASES, "scripts/tests/releases holds the landed versions"


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_older_version_is_updated(release, tmp_path):
    if os.environ.get("CLIENT_REGULATION_DEMO") == "1":
        pytest.skip("once is enough: it runs in the run without demo data")
    with zipfile.ZipFile(release) as archive:
        archive.extractall(tmp_path)
    with project.lock("templates"):
        template, _key = databases.base()
    shell = ["shell", "--log-level=warn"]
    update = ["server", "--stop-after-init", "--max-cron-threads=0", "--log-level=warn"]
    name = f"{databases.PREFIX}_tmp_up_{os.getpid()}"
    databases.copy(template, name)
    try:
        odoo(name, [*update, "-i", "client_regulation"], addons=tmp_path)
        made = odoo(name, shell, addons=tmp_path, code=BEFORE)
        odoo(name, [*update, "-u", "client_regulation"])
        kept = odoo(name, shell, code=AFTER % json.dumps(made))
        version = pg.sql(
            "SELECT latest_version FROM ir_module_module WHERE name = %s",
            ["client_regulation"],
            database=name,
        )
    finally:
        databases.drop(name)
    assert version == [[project.manifest()["version"]]]
    assert kept["edition"] == "in_force"
    assert kept["checks"] == made["checks"]
    if release.stem.endswith("19.0.1.0.0"):  # before the rooms with the facts
        assert made["checks"] == ["manual"]
    assert len(kept["template_checks"]) > 15, "new editions come with real checks"
    assert kept["duties"] == made["duties"]
    assert kept["moved"]
    assert set(made["partners"]) <= set(kept["partners"])
    assert kept["card"] > 0, "clients that were there have a completeness"
