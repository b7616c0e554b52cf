"""`make lint`: ruff on all Python, pylint-odoo's mandatory set on the addon.

Both read their settings from pyproject.toml. Odoo's own test_lint needs a
database and runs within `make test`.
"""

import subprocess
import sys
from pathlib import Path

import project
import setup
from project import ADDON_DIR, ROOT, SCRIPTS, VENV, say


def ruff():
    places = [ADDON_DIR, SCRIPTS, ROOT / "odoo", ROOT / "bench"]
    return [VENV / "bin" / "ruff", "check", *existing(places)]


def pylint_odoo():
    if not (ADDON_DIR / "__manifest__.py").is_file():
        return None
    options = ["--rcfile", ROOT / "pyproject.toml"]
    return [VENV / "bin" / "pylint", *options, ADDON_DIR]


CHECKS = {"ruff": ruff, "pylint-odoo": pylint_odoo}


def existing(places):
    return [place for place in places if Path(place).exists()]


def check(name):
    """Run one linter; return its exit code and what it said."""
    command = CHECKS[name]()
    if not command:
        return 0, f"no addon yet in {ADDON_DIR}"
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout.strip()


def main(arguments):
    setup.ensure(dev=True)
    if "--fix" in arguments:
        subprocess.call([str(part) for part in [*ruff(), "--fix"]], cwd=ROOT)
        return subprocess.call(
            [str(part) for part in [VENV / "bin" / "ruff", "format", *ruff()[2:]]],
            cwd=ROOT,
        )
    codes = []
    for name in CHECKS:
        code, said = check(name)
        say(f"• {name}: {'failed' if code else 'passed'}")
        if said and code:
            print(said)
        codes.append(code)
    sys.stdout.flush()
    return 1 if any(codes) else 0


if __name__ == "__main__":
    project.main(main)
