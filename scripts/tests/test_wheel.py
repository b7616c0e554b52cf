"""The addon builds as a wheel, and Odoo finds it where pip puts it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent))
import build_wheel  # noqa: E402
import project  # noqa: E402

FIND = """
from odoo.tools import config
config.parse_config(["--addons-path", %r])
from odoo.modules import Manifest
print(Manifest.for_addon(%r).path)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build_wheel.build(tmp_path_factory.mktemp("wheel"))


def test_metadata(built):
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        (name,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(name).decode()
    assert f"odoo/addons/{project.ADDON}/__manifest__.py" in names
    assert f"Name: odoo-addon-{project.ADDON}\n" in metadata
    assert f"Version: {project.manifest()['version']}\n" in metadata
    assert f"Requires-Dist: odoo=={project.SERIES}.*\n" in metadata
    assert not [name for name in names if name.endswith(".pyc")]


def test_odoo_finds_the_installed_wheel(built, tmp_path):
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        "--target",
        str(tmp_path),
        str(built),
    ]
    subprocess.run(pip, check=True)
    script = FIND % (str(project.odoo_addons()[0]), project.ADDON)
    env = dict(os.environ, PYTHONPATH=str(tmp_path), ODOO_RC=os.devnull)
    found = subprocess.run(
        [sys.executable, "-c", script],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == str(tmp_path / "odoo" / "addons" / project.ADDON)
