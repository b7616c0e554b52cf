"""The set-up's own promises: stamps, interruptions, messages with a way out."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.append(str(SCRIPTS))
import databases  # noqa: E402
import pg  # noqa: E402
import project  # noqa: E402


@pytest.fixture
def stamps(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "STAMPS", tmp_path / "stamps")


def test_step_is_done_once_for_each_key(stamps):
    done = []
    for key in ("1", "1", "2"):
        project.step("name", "label", key, lambda key=key: done.append(key))
    assert done == ["1", "2"]


def test_interrupted_step_is_done_again(stamps):
    def interrupted():
        raise KeyboardInterrupt

    done = []
    project.step("name", "label", "1", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        project.step("name", "label", "2", interrupted)
    project.step("name", "label", "1", lambda: done.append("again"))
    assert done == ["again"]


def test_no_space_is_said_with_a_way_out():
    with pytest.raises(project.Stop, match="needs about 1e.09 GB.*Free some space"):
        project.need_space(10**9, "Everything")


def test_wrong_odoo_source_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path))
    with pytest.raises(project.Stop, match="is not an Odoo"):
        project.odoo_home()


def start(script, **variables):
    env = dict(os.environ, **variables)
    return subprocess.run(
        [sys.executable, SCRIPTS / script], env=env, capture_output=True, text=True
    )


def test_taken_port_is_said_before_anything_is_done():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = start("run.py", PORT=port)
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert f"make run PORT={int(port) + 1}" in result.stderr
    assert "Traceback" not in result.stderr


def test_unreachable_given_server_is_said():
    result = start("pg.py", PGHOST="127.0.0.1", PGPORT="1")
    assert result.returncode == 1
    assert "does not let us in" in result.stderr
    assert "Traceback" not in result.stderr


def test_complaints_of_an_installation_are_collected(tmp_path):
    lines = [
        "2026-11-23 21:00:00,000 1 INFO db odoo.x: fine\n",
        "2026-11-23 21:00:00,000 1 WARNING db odoo.y: bad\n",
        "  and more of it\n",
        "2026-11-23 21:00:00,000 1 INFO db odoo.x: fine again\n",
        "  not ours\n",
    ]
    with open(tmp_path / "log", "w") as log:
        found = databases.watch(lines, log)
    assert found == ["WARNING odoo.y: bad\n  and more of it"]
    assert (tmp_path / "log").read_text() == "".join(lines)


def test_databases_of_killed_runs_are_dropped():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    left = f"{databases.PREFIX}_tmp_{child.pid}"
    pg.sql(f'CREATE DATABASE "{left}" TEMPLATE template0')
    databases.temporary_name()
    assert not databases.exists(left)


def test_change_of_a_test_does_not_rebuild_the_template():
    inside = {
        path.relative_to(project.ADDON_DIR).parts[0] for path in project.addon_files()
    }
    assert "models" in inside
    assert "tests" not in inside


def test_no_address_of_a_package_registry_is_written_down():
    """Mirrors are the machine's own: see its configuration of apt, pip and npm."""
    ask = [
        [
            sys.executable,
            "-c",
            "from pip._internal.models.index import PyPI; print(PyPI.netloc)",
        ],
        ["npm", "config", "get", "registry"],
        ["apt-get", "indextargets", "--format", "$(SITE)"],
    ]
    hosts = set()
    for command in ask:
        try:
            said = subprocess.run(command, capture_output=True, text=True).stdout
        except FileNotFoundError:
            continue
        for line in said.split():
            hosts.add(line.split("://")[-1].split("/")[0])
    files = [
        *SCRIPTS.rglob("*.py"),
        *SCRIPTS.rglob("*.txt"),
        project.ROOT / "Makefile",
        project.ROOT / "odoo",
        project.ROOT / ".ci" / "run",
    ]
    for path in files:
        text = path.read_text()
        assert not [host for host in hosts if host and host in text], path
