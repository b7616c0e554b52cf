"""What every script here shares: places, steps, messages, the environment.

The whole environment lives in `.local/` beside this folder, so that a second
start finds it and `make clean` removes it. Each step of the set-up is stamped:
a marker file holds a hash of what the step was made from, and is written last,
so that a step interrupted at any moment is simply done again.

Only the standard library is used, and no syntax newer than Python 3.7, so that
an old Python gets as far as the sentence that says it is too old.
"""

import contextlib
import fcntl
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ADDON = "client_regulation"
ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
ADDON_DIR = ROOT / ADDON
LOCAL = ROOT / ".local"
SOURCE = LOCAL / "odoo"  # Odoo, unpacked
VENV = LOCAL / "venv"
PDF = LOCAL / "wkhtmltopdf"
ESLINT = LOCAL / "eslint"
DATA = LOCAL / "data"  # Odoo's data folder: filestore, sessions
LOGS = LOCAL / "log"
STAMPS = LOCAL / "stamps"
CONFIG = LOCAL / "odoo.conf"
# Downloads that a second clone on the same machine can use again.
CACHE = Path(
    os.environ.get("CLIENT_REGULATION_CACHE")
    or Path.home() / ".cache" / "client_regulation"
)
# Distinguishes this clone from others: socket folders, databases for tests.
CLONE = hashlib.sha256(f"{platform.node()} {ROOT}".encode()).hexdigest()[:8]
MIN_PYTHON = (3, 10)
SERIES = "19.0"


class Stop(Exception):
    """A problem the user can do something about; its text says what."""


def say(text):
    """Progress goes to stderr: stdout belongs to the command that was asked for."""
    print(text, file=sys.stderr, flush=True)


def main(function):
    """Run a script's main function; a Stop becomes a paragraph, not a traceback."""
    # so that `finally` is reached, and no child is left behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        check_python()
        sys.exit(function(sys.argv[1:]) or 0)
    except Stop as problem:
        say(f"\nSTOPPED: {problem}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nInterrupted. Whatever is finished is kept; start again to go on.")
        sys.exit(130)
    except OSError as problem:
        if problem.errno != 28:  # ENOSPC
            raise
        where = problem.filename or ROOT
        say(f"\nSTOPPED: the disk is full ({where}). Free some space, start again.\n")
        sys.exit(1)


def check_python():
    if sys.version_info < MIN_PYTHON:
        wanted = ".".join(map(str, MIN_PYTHON))
        raise Stop(
            f"Odoo {SERIES} needs Python {wanted} or newer, and `{sys.executable}` is "
            f"Python {sys.version.split()[0]}. Install a newer one and name it: "
            "make run PYTHON=python3.12"
        )


# -- steps and stamps


def digest(*parts):
    """One hash of texts and of files' contents (a missing file counts as empty)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes() if part.is_file() else b""
        elif not isinstance(part, bytes):
            part = str(part).encode()
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def step(name, label, key, work):
    """Do `work` unless the stamp `name` says it was done from the same `key`."""
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text() == key:
        return False
    started = time.monotonic()
    say(f"• {label} …")
    stamp.unlink() if stamp.exists() else None
    work()
    write(stamp, key)
    say(f"  done in {lasted(started)}")
    return True


def lasted(started):
    seconds = time.monotonic() - started
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes} min {seconds:02} s"


def write(path, text):
    """Replace a file in one move, so that no reader ever sees half of it."""
    if path.is_file() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(text)
    new.replace(path)


@contextlib.contextmanager
def lock(name="setup"):
    """Only one process at a time; the system frees the lock if we are killed."""
    LOCAL.mkdir(exist_ok=True)
    with open(str(LOCAL / (name + ".lock")), "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"• another make is busy with the same step ({name}): waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def scratch(name="setup"):
    """A folder for half-done things, under the lock of the same name.

    What a killed process left there goes first.
    """
    folder = LOCAL / f"tmp-{name}"
    shutil.rmtree(str(folder), ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(str(folder), ignore_errors=True)


def keep(file, place):
    """Copy a complete file into the cache: it gets its name in one move."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    shutil.copy(str(file), str(part))
    part.replace(place)


def need_space(gigabytes, what):
    LOCAL.mkdir(exist_ok=True)
    free = shutil.disk_usage(str(LOCAL)).free / 2**30
    if free < gigabytes:
        raise Stop(
            f"{what} needs about {gigabytes:g} GB, and {LOCAL} has {free:.1f} GB left. "
            "Free some space, or clone the project onto a larger disk."
        )


# -- running programs


def run(command, log=None, failure=None, **options):
    """Run a program; show the end of its output only when it fails.

    :param log: name of the file in `.local/log` that keeps the whole output
    :param failure: first sentence of the message when the program fails
    """
    result = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    if log:
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / log).write_text(result.stdout)
    if result.returncode and failure:
        tail = "\n".join("    " + line for line in result.stdout.splitlines()[-12:])
        raise Stop(f"{failure} The end of what `{command[0]}` said:\n{tail}")
    return result


def have(program):
    return shutil.which(program) is not None


# -- Odoo's place and environment


def odoo_home():
    """The folder that holds the `odoo` package."""
    given = os.environ.get("ODOO_SOURCE")
    if not given:
        packaged = SOURCE / "usr/lib/python3/dist-packages"
        return packaged if packaged.is_dir() else SOURCE
    home = Path(given).expanduser().resolve()
    if home.name == "odoo" and (home / "release.py").is_file():
        home = home.parent
    if not (home / "odoo" / "release.py").is_file():
        raise Stop(
            f"ODOO_SOURCE={given} is not an Odoo: expected the folder that contains "
            "`odoo-bin`, or the `odoo` package (with odoo/release.py)."
        )
    return home


def odoo_series():
    """Read Odoo's series ("19.0") without importing it."""
    text = (odoo_home() / "odoo" / "release.py").read_text()
    found = re.search(r"version_info\s*=\s*\(\D*(\d+)\D+(\d+)", text)
    return ".".join(found.groups()) if found else "unknown"


def odoo_identity():
    """Changes when another Odoo is used, or the same checkout was moved."""
    home = odoo_home()
    git = home / ".git"
    return digest(
        home, home / "odoo" / "release.py", git / "HEAD", git / "logs" / "HEAD"
    )


def odoo_addons():
    """Odoo's folders of addons: two in a checkout, one in an installed package.

    (Debian's package also has an `addons` beside it: Python files only, a leftover.)
    """
    inner = odoo_home() / "odoo" / "addons"
    if (inner / "web").is_dir():
        return [inner]
    return [odoo_home() / "addons", inner]


def venv_python():
    return VENV / "bin" / "python"


def environment():
    """The variables under which Odoo and its tools run."""
    import pg

    env = dict(os.environ)
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONHOME", None)
    env.update(pg.connection())
    env["VIRTUAL_ENV"] = str(VENV)
    env["ODOO_RC"] = str(CONFIG)
    ours = [VENV / "bin", PDF / "bin", ESLINT / "node_modules" / ".bin"]
    env["PATH"] = ":".join([*map(str, ours), env.get("PATH", "/usr/bin:/bin")])
    return env


def addon_files(everything=False):
    """The addon's files in a fixed order: by default those a database is made of."""
    for path in sorted(ADDON_DIR.rglob("*")):
        inside = path.relative_to(ADDON_DIR).parts
        if not path.is_file() or "__pycache__" in inside or inside[0] == "build":
            continue
        if everything or not (inside[0] == "tests" or path.suffix == ".md"):
            yield path


def addon_hash():
    """Changes when the module must be updated in a database."""
    parts = []
    for path in addon_files():
        parts += [str(path.relative_to(ADDON_DIR)), path]
    return digest(*parts)[:16]


def manifest():
    import ast

    path = ADDON_DIR / "__manifest__.py"
    if not path.is_file():
        raise Stop(f"There is no addon yet: {path} is missing.")
    return ast.literal_eval(path.read_text())
