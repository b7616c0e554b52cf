"""`make test`: every check of this project in one pytest run.

    client_regulation/tests   the addon's tests, browser tours included
    scripts/tests             linters, Odoo's test_lint, the installation's log,
                              the wheel, and tests of the scripts themselves

They run on a copy of a template database without demo data. Tests tagged
`demo_data` run first, on a copy with demo data, if there are any.

    make test ARGS="-k gate"          only some; ARGS go to pytest
    make test ARGS=path/to/test.py    only these files
    make test DEMO=1                  only the tests tagged demo_data
    make test KEEP=1                  leave the test database for a look
"""

import os
import shutil
import signal
import subprocess
import sys

import databases
import pg
import project
import setup
from project import ADDON_DIR, CONFIG, LOGS, ROOT, SCRIPTS, say

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
NO_BROWSER = (
    "no Chromium on this machine. On Debian: apt install chromium; on Ubuntu: snap "
    "install chromium; or install Google Chrome."
)
NO_TESTS = 5  # pytest's exit code when it ran nothing


def pytest(arguments, demo=False):
    """Run pytest on a fresh copy of a template; return its exit code."""
    with project.lock("templates"):
        template = databases.addon(demo)
    label = "with demo data" if demo else "without demo data"
    say(f"• running pytest on a copy of the template database {label} …")
    with databases.temporary(template) as name:
        env = project.environment()
        env["PYTHONPATH"] = str(SCRIPTS / "plugins")
        env["CLIENT_REGULATION_LABEL"] = f"{name}, {label}"
        env["CLIENT_REGULATION_DEMO"] = "1" if demo else "0"
        env["CLIENT_REGULATION_PROBLEMS"] = str(databases.problems_file(template))
        if not any(map(shutil.which, BROWSERS)):
            say(f"• browser tours are skipped: {NO_BROWSER}")
            env["CLIENT_REGULATION_NO_BROWSER"] = NO_BROWSER
        command = [
            project.venv_python(),
            "-m",
            "pytest",
            "-p",
            "client_regulation_plugin",
            "-c",
            ROOT / "pyproject.toml",
            "--rootdir",
            ROOT,
            f"--odoo-config={CONFIG}",
            f"--odoo-database={name}",
            "--odoo-log-level=warn",
            "--odoo-http",
            *arguments,
        ]
        sys.stderr.flush()
        child = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL
        )
        # Ctrl-C reaches pytest as well: let it end in its own way, then clean up
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return child.wait()
        finally:
            signal.signal(signal.SIGINT, before)
            child.terminate()


def places(arguments):
    """The default test folders, unless the arguments name files themselves."""
    named = [
        word
        for word in arguments
        if not word.startswith("-") and (ROOT / word.partition("::")[0]).exists()
    ]
    if named:
        return []
    return [
        str(path) for path in (ADDON_DIR / "tests", SCRIPTS / "tests") if path.is_dir()
    ]


def has_demo_tests():
    return any(
        "demo_data" in path.read_text()
        for path in (ADDON_DIR / "tests").rglob("test_*.py")
    )


def main(arguments):
    setup.ensure(dev=True)
    pg.start()
    LOGS.mkdir(parents=True, exist_ok=True)
    arguments = arguments + places(arguments)
    only_demo = os.environ.get("DEMO") in ("1", "yes", "true")
    code = 0
    if has_demo_tests() or only_demo:
        code = pytest(arguments, demo=True)
        if code == NO_TESTS and not only_demo:
            code = 0  # none among the chosen ones
    if only_demo or code == 2:  # 2: interrupted
        return code
    return pytest(arguments) or code


if __name__ == "__main__":
    project.main(main)
