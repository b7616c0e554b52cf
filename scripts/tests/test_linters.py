"""The linters as tests, so that one closing line tells about everything."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent))
import lint  # noqa: E402


@pytest.mark.parametrize("name", lint.CHECKS)
def test_linter(name):
    code, said = lint.check(name)
    if code:
        pytest.fail(f"{name}:\n{said}", pytrace=False)
