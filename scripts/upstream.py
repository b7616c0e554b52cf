"""`make test-odoo`: Odoo's own tests give the same result with the addon as without.

The tests of the modules we extend run twice, on copies of the two templates with
demo data (Odoo's tests expect it); every test whose outcome differs is printed.
Takes about ten minutes, so it is no part of `make test`.

    make test-odoo ARGS="-k lead"     only some of them
"""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import databases
import pg
import project
import setup
from project import CONFIG, LOGS, ROOT, say

MODULES = ("crm", "sale_crm", "sales_team", "calendar")
FILES = "mail/tests/test_mail_activity*.py"


def places():
    addons = project.odoo_addons()[0]
    found = [addons / module / "tests" for module in MODULES]
    return [str(path) for path in [*found, *sorted(addons.glob(FILES))]]


def outcomes(template, label, arguments):
    """Run the tests on a copy of a template: {test: "passed" | "failed" | …}."""
    report = LOGS / f"upstream-{label}.xml"
    report.unlink(missing_ok=True)
    say(f"• Odoo's own tests {label} the addon …")
    with databases.temporary(template) as name:
        command = [project.venv_python(), "-m", "pytest", "-q", "--no-header"]
        command += ["-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "--tb=no", "-rN"]
        command += [f"--odoo-config={CONFIG}", f"--odoo-database={name}"]
        command += ["--odoo-http", f"--junitxml={report}", *arguments, *places()]
        subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=project.environment(),
            stdin=subprocess.DEVNULL,
        )
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        states = {child.tag for child in case} & {"failure", "error", "skipped"}
        key = f"{case.get('classname')}.{case.get('name')}".rpartition("addons.")[2]
        found[key] = " ".join(sorted(states)) or "passed"
    return found


def main(arguments):
    setup.ensure(dev=True)
    pg.start()
    LOGS.mkdir(parents=True, exist_ok=True)
    with project.lock("templates"):
        without, _key = databases.base(demo=True)
        template = databases.addon(demo=True)
    before = outcomes(without, "without", arguments)
    after = outcomes(template, "with", arguments)
    differences = []
    for test in sorted(before.keys() | after.keys()):
        pair = before.get(test, "absent"), after.get(test, "absent")
        if pair[0] != pair[1]:
            differences.append(f"{test}: {pair[0]} without, {pair[1]} with the addon")
    print("\n".join(differences))
    failed = sorted(test for test, state in before.items() if "passed" != state)
    print(f"Not passed without the addon either: {', '.join(failed) or 'none'}")
    print(f"{len(before)} tests of Odoo, {len(differences)} differ with the addon")
    sys.stdout.flush()
    return 1 if differences or not before else 0


if __name__ == "__main__":
    project.main(main)
