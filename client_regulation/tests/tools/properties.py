# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Hypothesis where it is installed; without it tests of properties are skipped.

`make test` installs it. Odoo's own test runner imports the tests in installations
that do not have it.
"""

import unittest
from unittest.mock import MagicMock

try:
    import hypothesis
    from hypothesis import given
    from hypothesis import strategies as st

    #: the same examples every time, nothing written to disk, no stop-watch
    examples = hypothesis.settings(
        max_examples=100, deadline=None, database=None, derandomize=True
    )
except ImportError:
    st = MagicMock()

    def given(*_args, **_kwargs):
        return unittest.skip("hypothesis is not installed")

    def examples(function):
        return function
