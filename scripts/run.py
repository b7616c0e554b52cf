"""`make run`: Odoo with the addon and its demo story, in the browser.

The database is built under another name and renamed when it is finished, so an
interrupted start leaves nothing half-made. Its comment holds the hash of the
addon's files: the module is updated only when they changed.

Variables: DB (demo), PORT (8069), HOST (127.0.0.1: this machine only).
"""

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import databases
import pg
import project
import setup
from project import ADDON, ROOT, Stop, say

DB = os.environ.get("DB") or "demo"
PORT = os.environ.get("PORT") or "8069"
HOST = os.environ.get("HOST") or "127.0.0.1"
URL = f"http://localhost:{PORT}"


def check_port():
    if not PORT.isdigit() or not 0 < int(PORT) < 65536:
        raise Stop(f"PORT={PORT} is no port number.")
    with socket.socket() as test:
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind((HOST, int(PORT)))
        except PermissionError:
            raise Stop(f"Only root may use port {PORT}: make run PORT=8070") from None
        except OSError as problem:
            raise Stop(
                f"Port {PORT} is taken by another program ({problem.strerror}). Take "
                f"another: make run PORT={int(PORT) + 1}"
            ) from None


def ensure_database():
    """The database exists, has the addon, and the addon is up to date in it."""
    mark = f"{ADDON} {project.addon_hash()}"
    if not databases.exists(DB):
        project.need_space(1, "The demo database")
        new = databases.temporary_name()
        options = ["-i", ADDON, "--with-demo", "--load-language", databases.LANGUAGES]
        label = f"creating the database {DB} with demo data (a minute or two)"
        databases.install(new, options, f"run-{DB}.log", label)
        databases.rename(new, DB)
        databases.set_comment(DB, mark)
    elif databases.comment(DB) != mark:
        option = "-u" if databases.installed(DB) else "-i"
        databases.install(
            DB,
            [option, ADDON],
            f"run-{DB}.log",
            f"the addon changed: updating it in {DB}",
        )
        databases.set_comment(DB, mark)


def tell_database_its_address():
    """wkhtmltopdf fetches the style sheets from report.url."""
    for key, value in (
        ("web.base.url", URL),
        ("web.base.url.freeze", "True"),
        ("report.url", f"http://127.0.0.1:{PORT}"),
    ):
        pg.sql(
            "INSERT INTO ir_config_parameter (key, value, create_date, write_date)"
            " VALUES (%s, %s, now() at time zone 'utc', now() at time zone 'utc')"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            [key, value],
            database=DB,
        )


def announce(odoo):
    """Say the address once Odoo answers."""
    while odoo.poll() is None:
        time.sleep(0.5)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/web/health", None, 2):
                break
        except OSError:
            continue
    else:
        return
    say(f"\n    {URL}   database {DB}, login admin, password admin   (Ctrl-C stops)\n")


def serve():
    command = [
        str(project.VENV / "bin" / "odoo"),
        "server",
        "-d",
        DB,
        f"--db-filter=^{DB}$",
        f"--http-interface={HOST}",
        f"--http-port={PORT}",
    ]
    odoo = subprocess.Popen(command, cwd=ROOT, env=project.environment())
    threading.Thread(target=announce, args=(odoo,), daemon=True).start()
    # Ctrl-C reaches Odoo as well: it shuts down by itself, and we wait for it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: odoo.terminate())
    return odoo.wait()


def main(_arguments):
    check_port()
    project.manifest()
    setup.ensure()
    pg.start()
    with project.lock("database"):
        ensure_database()
    tell_database_its_address()
    say(f"• starting Odoo on {URL} …")
    return serve()


if __name__ == "__main__":
    project.main(main)
