"""Debian packages without installing them: downloaded and unpacked into `.local`.

apt gets lists, cache and sources of its own, so the system's apt is not touched
and never upgrades to another suite. The mirror is the machine's own: it is read
from apt's configuration, never written down here.
"""

import hashlib
import re
import shutil
import tempfile
from pathlib import Path

import project
from project import CACHE, Stop, have, run, say

DEBS = CACHE / "debs"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def available():
    return have("apt-get") and have("dpkg-deb") and bool(mirrors())


def mirrors():
    """The addresses of the archives apt knows; Debian's own comes first."""
    # (not `indextargets`: it is silent until the machine has read its lists)
    said = run(["apt-get", "--print-uris", "update"]).stdout
    found = []
    for address in re.findall(r"'(\S+?)dists/", said):
        if "security" not in address and address not in found:
            found.append(address)
    return sorted(found, key=lambda text: not text.rstrip("/").endswith("/debian"))


class Apt:
    """apt-get with lists of its own, for a suite of Debian.

    Without a suite it reads the machine's own sources, and knows what is installed.
    """

    def __init__(self, folder, suite=None):
        self.suite = suite
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        self.options = [
            f"-oDir::State::Lists={folder / 'lists'}",
            f"-oDir::Cache={folder / 'cache'}",
            "-oAcquire::Languages=none",
            "-oAPT::Sandbox::User=",
            "-oDebug::NoLocking=1",
            "-oAcquire::Retries=2",
        ]
        if suite:
            self.options += [
                f"-oDir::State::status={folder / 'status'}",
                f"-oDir::Etc::SourceList={folder / 'sources.list'}",
                "-oDir::Etc::SourceParts=/dev/null",
            ]

    def update(self):
        """Read the suite's list from the first mirror that has it."""
        if not self.suite:
            self._get("update", "The machine's own package lists could not be read.")
            return
        said = ""
        signed = f"[signed-by={KEYRING}] " if KEYRING.is_file() else ""
        for address in mirrors():
            (self.folder / "sources.list").write_text(
                f"deb {signed}{address} {self.suite} main\n"
            )
            result = run(["apt-get", *self.options, "-qq", "--error-on=any", "update"])
            if not result.returncode:
                return
            said = said or result.stdout.strip()[-600:]
        said = said.replace("\n", "\n    ")
        raise Stop(
            f"Debian's list of packages ({self.suite}) could not be read. Is there a "
            f"network? apt said:\n    {said}"
        )

    def _get(self, *arguments, cwd=None):
        *command, failure = arguments
        return run(
            ["apt-get", *self.options, "-qq", *command], failure=failure, cwd=cwd
        )

    def download(self, names):
        """Fetch packages into the cache; a file appears there only when complete."""
        for name in names:
            with tempfile.TemporaryDirectory(dir=str(self.folder)) as new:
                self._get(
                    "download",
                    name,
                    f"Debian's package {name} could not be fetched.",
                    cwd=new,
                )
                (deb,) = Path(new).glob("*.deb")
                place = DEBS / cached_name(name, self.suite)
                place.with_suffix(".sha256").unlink(missing_ok=True)
                project.keep(deb, place)
                project.write(place.with_suffix(".sha256"), sha256(deb))

    def missing(self, name):
        """The packages that installing `name` would bring, by apt's own reckoning."""
        answer = self._get(
            "-s",
            "--no-install-recommends",
            "install",
            name,
            f"apt cannot say what {name} needs.",
        )
        lines = [line.split() for line in answer.stdout.splitlines()]
        return [words[1] for words in lines if words and words[0] == "Inst"]


def cached_name(name, suite):
    return f"{name}_{suite or 'machine'}.deb"


def sha256(path):
    total = hashlib.sha256()
    with open(str(path), "rb") as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            total.update(block)
    return total.hexdigest()


def fetch(suite, names):
    """Files of a suite's packages, from the cache or else from the mirror."""
    places = [DEBS / cached_name(name, suite) for name in names]

    def good(place):
        note = place.with_suffix(".sha256")
        return place.is_file() and note.is_file() and note.read_text() == sha256(place)

    wanted = [name for name in names if not good(DEBS / cached_name(name, suite))]
    if wanted:
        say(f"  downloading from Debian ({suite}): {' '.join(wanted)}")
        with project.scratch() as folder:
            apt = Apt(folder, suite)
            apt.update()
            apt.download(wanted)
    return places


def unpack(debs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        run(["dpkg-deb", "-x", deb, folder], failure=f"{deb} is damaged.")


def unpack_postgresql(target):
    """PostgreSQL of the machine's own release, with the libraries it lacks."""
    if not available():
        return
    project.need_space(0.5, "PostgreSQL")
    with project.scratch("postgresql") as folder:
        apt = Apt(folder)
        apt.update()
        wanted = [
            name
            for name in apt.missing("postgresql")
            # needed to install a server, or to compile queries: not to run one
            if not name.startswith(
                ("libllvm", "perl", "libperl", "ssl-cert", "adduser")
            )
            and name not in ("postgresql", "postgresql-common", "libjson-perl")
        ]
        apt.download(wanted)
        new = target.with_name(target.name + ".new")
        shutil.rmtree(str(new), ignore_errors=True)
        unpack([DEBS / cached_name(name, None) for name in wanted], new)
        shutil.rmtree(str(target), ignore_errors=True)
        new.rename(target)
