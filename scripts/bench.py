"""`make bench`: run bench/run.py in the environment.

It finds the server in PG* and ODOO_RC, and two template databases to copy:
BENCH_PLAIN (what the addon depends on) and BENCH_ADDON (with the addon), both
without demo data. `scripts/databases.py copy` and `drop` handle the copies.
"""

import os
import sys

import databases
import pg
import project
import setup
from project import ROOT, say


def main(arguments):
    script = ROOT / "bench" / "run.py"
    if not script.is_file():
        say("There is no benchmark yet: bench/run.py is missing.")
        return 0
    setup.ensure(dev=True)
    pg.start()
    env = project.environment()
    with project.lock("templates"):
        env["BENCH_ADDON"] = databases.addon()
        env["BENCH_PLAIN"] = databases.base()[0]
    python = str(project.venv_python())
    sys.stdout.flush()
    os.execve(python, [python, str(script), *arguments], env)


if __name__ == "__main__":
    project.main(main)
