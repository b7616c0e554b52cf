"""PostgreSQL: a server that is given (PGHOST), or a private one in `.local/pg`.

The private server listens on a socket file only, so no port can be taken, and
is tuned for throw-away data: it does not wait for the disk. Only the user who
started it (and root) can enter the socket's folder. PostgreSQL refuses to run
as root; root runs it as an unprivileged user instead.

    python3 scripts/pg.py start | stop | status | remove
"""

import contextlib
import glob
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import project
from project import LOCAL, Stop, run, say

ROLE = "client_regulation"
PORT = "5432"  # names the socket file; nothing listens on the network
MIN_VERSION = 13
CONF = """\
# Written by scripts/pg.py. For throw-away data: nothing waits for the disk.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
max_connections = 200
max_locks_per_transaction = 256
"""


# -- which server, and how to reach it


def is_private():
    """PGHOST that we set ourselves for a child process is not a given server."""
    given = os.environ.get("PGHOST")
    return not given or given == str(sockets())


def connection():
    """The PG* variables that libpq, Odoo and the PostgreSQL tools read."""
    if is_private():
        return {"PGHOST": str(sockets()), "PGPORT": PORT, "PGUSER": ROLE}
    return {}  # already in the environment


def server_user():
    """Whom root runs the server as; None when we are not root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Stop(
        "PostgreSQL refuses to run as root, and this machine has neither the user "
        "`postgres` nor `nobody`. Run make as an ordinary user, or set PGHOST."
    )


def as_server(user):
    if not user:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


_home = None


def home():
    """The cluster's folder: `.local/pg`, unless the server's user cannot get there."""
    global _home
    if _home is None:
        _home = LOCAL / "pg"
        user = server_user()
        if user:
            LOCAL.mkdir(exist_ok=True)
            test = ["test", "-x", str(LOCAL)]
            reached = subprocess.run(test, cwd="/", **as_server(user)).returncode == 0
            if not reached:
                _home = Path("/var/tmp") / ("client_regulation-" + project.CLONE) / "pg"
                if _home.parent.exists() and _home.parent.stat().st_uid:
                    raise Stop(f"{_home.parent} is in the way: it is not root's.")
    return _home


def sockets():
    """The socket's folder; a socket's whole name must fit into 107 bytes."""
    folder = home() / "run"
    if len(str(folder)) > 85:
        folder = Path("/tmp") / ("client_regulation-" + project.CLONE)
    return folder


def unpacked():
    """Debian's package where the machine has none; the server's user must get there."""
    return home().parent / "postgresql"


# -- PostgreSQL's programs


def programs():
    """The folder of initdb, pg_ctl and postgres, the newest version first."""
    places = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    places += glob.glob("/opt/homebrew/opt/postgresql*/bin")
    if shutil.which("pg_config"):
        places.append(run(["pg_config", "--bindir"]).stdout.strip())
    if shutil.which("initdb"):
        places.append(os.path.dirname(os.path.realpath(shutil.which("initdb"))))
    if os.environ.get("CLIENT_REGULATION_UNPACK_PG"):  # to try the other branch
        places = []
    places += glob.glob(str(unpacked() / "usr/lib/postgresql/*/bin"))
    found = []
    for place in places:
        if all(
            os.access(os.path.join(place, p), os.X_OK) for p in ("initdb", "pg_ctl")
        ):
            answer = run([os.path.join(place, "initdb"), "--version"], env=libraries())
            number = re.search(r"(\d+)[.\d]*", answer.stdout)
            if number and int(number.group(1)) >= MIN_VERSION:
                found.append((int(number.group(1)), place))
    if not found:
        return None
    # an existing cluster wants the version that made it
    with contextlib.suppress(OSError):
        made_by = int((home() / "data" / "PG_VERSION").read_text())
        same = [place for version, place in found if version == made_by]
        if not same:
            raise Stop(
                f"The private database in {home()} was made by PostgreSQL {made_by}, "
                "which is no longer on this machine. `make clean-db` removes it (and "
                "the demo data in it)."
            )
        return Path(same[0])
    return Path(max(found)[1])


def libraries():
    """Unpacked programs look for their libraries where they were unpacked."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    env["LC_ALL"] = "C.UTF-8"
    folders = glob.glob(str(unpacked() / "usr/lib/*-linux-gnu"))
    if folders:
        env["LD_LIBRARY_PATH"] = ":".join(folders)
    return env


def ensure_programs():
    place = programs()
    if not place:
        import debian

        project.step(
            "postgresql",
            "PostgreSQL is not on this machine: unpacking Debian's package",
            "1",
            lambda: debian.unpack_postgresql(unpacked()),
        )
        place = programs()
    if not place:
        raise Stop(
            f"No PostgreSQL {MIN_VERSION} or newer was found, and Debian's package "
            "could not be unpacked. Install PostgreSQL with its contrib modules, or "
            "name a server: make run PGHOST=… PGPORT=… PGUSER=… PGPASSWORD=…"
        )
    return place


# -- starting and stopping


def answers():
    """Whether something accepts connections on our socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(sockets() / (".s.PGSQL." + PORT)))
        except OSError:
            return False
    return True


def start():
    """Make sure the server answers; creates and starts the private one."""
    if not is_private():
        return check_given()
    if answers():
        return None
    with project.lock("postgresql"):
        if answers():
            return None
        place, user = ensure_programs(), server_user()
        if home() != LOCAL / "pg":
            say(
                f"• the user `{user.pw_name}` cannot enter {LOCAL}: the database is "
                f"kept in {home()}"
            )
        make_cluster(place, user)
        write_config(user)
        data, log = home() / "data", home() / "server.log"
        command = [place / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "start"]
        with tempfile.TemporaryFile() as nowhere:
            # not a pipe: the server would keep it open
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=nowhere,
                stderr=nowhere,
                env=libraries(),
                cwd="/",
                **as_server(user),
            )
        if done.returncode:
            raise Stop(
                f"PostgreSQL cannot start. The end of {log}:\n{tail(log)}\n"
                "If the database itself is damaged, `make clean-db` removes it; the "
                "next start makes a new one."
            )
        make_role()
    return None


def tail(path, lines=12):
    with contextlib.suppress(OSError):
        text = path.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join("    " + line for line in text)
    return "    (no log)"


def make_cluster(place, user):
    data = home() / "data"
    if (data / "PG_VERSION").is_file():
        return
    project.need_space(0.5, "A database server of the project's own")
    say(f"• creating a private PostgreSQL in {home()} …")
    new = home() / "data.new"
    shutil.rmtree(str(new), ignore_errors=True)
    shutil.rmtree(str(data), ignore_errors=True)
    home().mkdir(parents=True, exist_ok=True)
    if user:
        home().parent.chmod(0o755)
        os.chown(str(home()), user.pw_uid, user.pw_gid)
    run(
        [
            place / "initdb",
            "-D",
            new,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        log="initdb.log",
        failure="The database could not be created.",
        env=libraries(),
        cwd="/",
        **as_server(user),
    )
    new.rename(data)


def write_config(user):
    folder = sockets()
    folder.mkdir(parents=True, exist_ok=True)
    ours = home() / "data" / "client_regulation.conf"
    ours.write_text(CONF.format(port=PORT, sockets=folder))
    main_file = home() / "data" / "postgresql.conf"
    line = f"include_if_exists = '{ours.name}'\n"
    if line not in main_file.read_text():
        with main_file.open("a") as handle:
            handle.write(line)
    folder.chmod(0o700)
    if user:
        for path in (ours, folder):
            os.chown(str(path), user.pw_uid, user.pw_gid)


def make_role():
    """Odoo refuses the role `postgres`; ours may create databases, nothing more."""
    found = sql("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE], role="postgres")
    if not found:
        sql(f'CREATE ROLE "{ROLE}" LOGIN CREATEDB', role="postgres")


def stop():
    place = programs()
    if (
        not is_private()
        or not place
        or not (home() / "data" / "postmaster.pid").exists()
    ):
        return False
    run(
        [place / "pg_ctl", "-D", home() / "data", "-m", "fast", "-w", "stop"],
        env=libraries(),
        cwd="/",
        **as_server(server_user()),
    )
    return True


def remove():
    """Stop the private server and delete its databases, filestore included."""
    if not is_private():
        raise Stop("PGHOST names a server that is not ours: its databases stay.")
    stop()
    for folder in (home(), sockets(), project.DATA):
        shutil.rmtree(str(folder), ignore_errors=True)


def check_given():
    """A server that was given must be reachable, new enough, and let us in."""
    where = "{}:{}".format(os.environ["PGHOST"], os.environ.get("PGPORT", "5432"))
    try:
        [[role, version, createdb]] = sql(
            "SELECT rolname, current_setting('server_version_num')::int,"
            " rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except Stop as problem:
        raise Stop(
            f"The PostgreSQL server that PGHOST names ({where}) does not let us in. "
            f"{problem}\nCheck PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset "
            "PGHOST to use a private server."
        ) from None
    if role == "postgres":
        raise Stop(
            "Odoo refuses the database role `postgres`. Create one for it and set "
            "PGUSER: CREATE ROLE odoo LOGIN CREATEDB PASSWORD '…';"
        )
    if version < MIN_VERSION * 10000:
        raise Stop(
            f"PostgreSQL {version // 10000} is too old: Odoo needs {MIN_VERSION} or "
            "newer."
        )
    if not createdb:
        raise Stop(
            f"The role `{role}` on {where} may not create databases: "
            f'ALTER ROLE "{role}" CREATEDB;'
        )


# -- SQL, through the virtual environment's psycopg2: no client programs needed

SNIPPET = """\
import json, sys, psycopg2
database, statement, values, role = json.load(sys.stdin)
try:
    link = psycopg2.connect(dbname=database, **({"user": role} if role else {}))
    link.autocommit = True
    cursor = link.cursor()
    cursor.execute(statement, values)
    json.dump(cursor.fetchall() if cursor.description else [], sys.stdout, default=str)
except psycopg2.Error as problem:
    sys.exit(str(problem).strip())
"""


def sql(statement, values=None, database="postgres", role=None):
    """Run one statement and return its rows as lists."""
    env = dict(os.environ, PGAPPNAME="client_regulation scripts")
    env.update(connection())
    result = subprocess.run(
        [str(project.venv_python()), "-c", SNIPPET],
        input=json.dumps([database, statement, values, role]),
        capture_output=True,
        text=True,
        env=env,
    )
    if result.returncode:
        raise Stop(f"PostgreSQL says: {result.stderr.strip()}")
    return json.loads(result.stdout)


def main(arguments):
    command = arguments[0] if arguments else "status"
    if command == "start":
        start()
        say(f"PostgreSQL answers: PGHOST={connection().get('PGHOST', '(given)')}")
    elif command == "stop":
        if stop():
            say("The private PostgreSQL is stopped.")
    elif command == "remove":
        remove()
        say("The private databases are removed.")
    elif is_private():
        say("{} in {}".format("running" if answers() else "stopped", home()))
    else:
        check_given()
        say("using the given server {}".format(os.environ["PGHOST"]))


if __name__ == "__main__":
    project.main(main)
