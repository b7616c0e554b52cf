"""Databases for tests: templates that are built once and copied per run.

Two layers, so that an edit of the addon costs seconds, not a minute:

    base    what the addon depends on (and TEST_MODULES), without the addon
    addon   a copy of `base` with the addon installed

Each is rebuilt only when what it was made from changes; the hash of that stands
in the database's comment, which is written last. With demo=True both exist a
second time, with demo data. Whatever Odoo warns of while it installs the addon
onto a finished `base` is ours: it is kept beside the log and fails `make test`.

    python3 scripts/databases.py base|addon [--demo]    prints the template's name
    python3 scripts/databases.py copy TEMPLATE NAME     a copy, filestore included
    python3 scripts/databases.py drop NAME
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

import pg
import project
from project import ADDON, CLONE, DATA, LOGS, ROOT, Stop, digest, say

LANGUAGES = "en_US,ru_RU"  # the first is the default for users and contacts
PREFIX = "cr_" + CLONE
# Modules that tests need and the addon does not depend on.
TEST_MODULES = os.environ.get("TEST_MODULES", "base_automation").replace(",", " ")
LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (\w+) (\S+) ([\w.]+): (.*)")
LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")


# -- the plain operations


def exists(name):
    return bool(pg.sql("SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def comment(name):
    rows = pg.sql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = %s",
        [name],
    )
    return rows[0][0] if rows else None


def set_comment(name, text):
    pg.sql(f'COMMENT ON DATABASE "{name}" IS %s', [text])


def filestore(name):
    return DATA / "filestore" / name


def drop(name):
    pg.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(template, name):
    """Copy a database; files of its filestore never change, so they are linked."""
    drop(name)
    pg.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    if filestore(template).is_dir():
        shutil.copytree(filestore(template), filestore(name), copy_function=os.link)


def rename(old, new):
    """Give a finished database its name: the filestore first, the database last."""
    drop(new)
    if filestore(old).is_dir():
        filestore(old).rename(filestore(new))
    pg.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


# -- installing modules


def install(name, options, log, label):
    """Run Odoo on a database until it stops; return what it complained of."""
    started = time.monotonic()
    say(f"• {label} …")
    LOGS.mkdir(parents=True, exist_ok=True)
    command = [
        str(project.VENV / "bin" / "odoo"),
        "server",
        "-d",
        name,
        "--no-http",
        "--stop-after-init",
        "--max-cron-threads=0",
        *options,
    ]
    with open(LOGS / log, "w") as kept:
        odoo = subprocess.Popen(
            command,
            cwd=ROOT,
            env=project.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            problems = watch(odoo.stdout, kept)
        except BaseException:  # interrupted: do not leave it behind
            odoo.terminate()
            odoo.wait()
            raise
        code = odoo.wait()
    # Odoo may stop with 0 although a module could not be loaded
    if code or any("Failed to load registry" in text for text in problems):
        raise Stop(
            f"Odoo could not do that. The end of {LOGS / log}:\n"
            + pg.tail(LOGS / log, 30)
        )
    say(f"  done in {project.lasted(started)}")
    return problems


def watch(lines, kept):
    """Keep the log, show the progress on a terminal, collect the complaints."""
    problems, collecting = [], False
    for line in lines:
        kept.write(line)
        found = LINE.match(line)
        if found:
            level, _database, logger, text = found.groups()
            collecting = level in ("WARNING", "ERROR", "CRITICAL")
            if collecting:
                problems.append(f"{level} {logger}: {text}")
            loading = LOADING.search(text)
            if loading and sys.stderr.isatty():
                module, number, count = loading.groups()
                sys.stderr.write(f"\r  {number}/{count} {module:<40.40}\r")
        elif collecting:  # the rest of a message: a traceback, say
            problems[-1] += "\n" + line.rstrip()
    return problems


# -- the templates


def base_modules():
    return sorted(set(project.manifest()["depends"]) | set(TEST_MODULES.split()))


def base(demo=False):
    modules = base_modules()
    key = (
        "base "
        + digest(
            project.odoo_identity(),
            modules,
            demo,
            LANGUAGES,
            project.SCRIPTS / "requirements.txt",
        )[:16]
    )
    name = PREFIX + ("_base_demo" if demo else "_base")
    if comment(name) == key:
        return name, key
    project.need_space(1, "A template database")
    new = temporary_name()
    options = ["-i", ",".join(modules), "--load-language", LANGUAGES]
    label = f"template database without the addon{' (demo data)' if demo else ''}"
    install(
        new, options + with_demo(demo), name + ".log", f"{label}: {' '.join(modules)}"
    )
    rename(new, name)
    set_comment(name, key)
    return name, key


def with_demo(demo):
    return ["--with-demo"] if demo else []


def problems_file(name):
    return LOGS / (name + ".problems.json")


def addon(demo=False):
    """The template with the addon; its complaints stay in `problems_file`."""
    under, under_key = base(demo)
    key = "addon " + digest(under_key, project.addon_hash())[:16]
    name = PREFIX + ("_addon_demo" if demo else "_addon")
    if comment(name) == key and problems_file(name).is_file():
        return name
    new = temporary_name()
    copy(under, new)
    problems = install(
        new,
        ["-i", ADDON] + with_demo(demo),
        name + ".log",
        f"template database with the addon{' (demo data)' if demo else ''}",
    )
    if not installed(new):
        raise Stop(
            f"{ADDON} is not installed after its installation. The end of "
            f"{LOGS / (name + '.log')}:\n{pg.tail(LOGS / (name + '.log'), 30)}"
        )
    project.write(problems_file(name), json.dumps(problems, indent=1))
    rename(new, name)
    set_comment(name, key)
    return name


def installed(name):
    rows = pg.sql(
        "SELECT state FROM ir_module_module WHERE name = %s", [ADDON], database=name
    )
    return rows == [["installed"]]


# -- copies for one run


@contextlib.contextmanager
def temporary(template):
    """A copy that lives as long as this process."""
    name = temporary_name()
    copy(template, name)
    try:
        yield name
    finally:
        if os.environ.get("KEEP"):
            say(f"KEEP: the database {name} stays")
        else:
            drop(name)


def temporary_name():
    """A name of this process's own; databases that killed ones left are dropped."""
    rows = pg.sql(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
        [PREFIX + "_tmp_"],
    )
    for (name,) in rows:
        if not alive(int(name.rpartition("_")[2])):
            drop(name)
    return f"{PREFIX}_tmp_{os.getpid()}"


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def main(arguments):
    import setup

    words = [word for word in arguments if not word.startswith("-")]
    setup.ensure(dev=True)
    pg.start()
    if words[:1] == ["copy"] and len(words) == 3:
        copy(words[1], words[2])
    elif words[:1] == ["drop"] and len(words) == 2:
        drop(words[1])
    elif words in (["base"], ["addon"]):
        with project.lock("templates"):
            demo = "--demo" in arguments
            print(addon(demo) if words == ["addon"] else base(demo)[0])
    else:
        raise Stop("Usage:" + __doc__.rpartition("test`.")[2])


if __name__ == "__main__":
    project.main(main)
