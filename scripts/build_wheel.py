"""`make wheel`: the addon as `dist/odoo_addon_client_regulation-….whl`.

whool packs what git tracks and derives a version from git's history. Here the
addon's files are copied out first, so that the wheel holds what lies in the
folder, committed or not, and its version is the manifest's.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import project
import setup
from project import ADDON, ADDON_DIR, ROOT, VENV, run, say


def build(target):
    """Build the wheel into `target` and return its path."""
    project.manifest()
    with tempfile.TemporaryDirectory() as folder:
        addon = Path(folder) / ADDON
        for path in project.addon_files(everything=True):
            place = addon / path.relative_to(ADDON_DIR)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
        out = Path(folder) / "out"
        run(
            [
                VENV / "bin" / "python",
                "-m",
                "pip",
                "wheel",
                "--quiet",
                "--no-deps",
                "--no-build-isolation",
                "--disable-pip-version-check",
                "-w",
                out,
                addon,
            ],
            failure="The wheel could not be built.",
            cwd=folder,
        )
        (wheel,) = out.glob("*.whl")
        target.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(str(wheel), str(target / wheel.name)))


def main(_arguments):
    setup.ensure(dev=True)
    say(f"• built {build(ROOT / 'dist')}")


if __name__ == "__main__":
    sys.exit(project.main(main))
