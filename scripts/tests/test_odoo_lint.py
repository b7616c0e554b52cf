"""Odoo's own linter, the addon `test_lint`, judged for this addon only.

test_lint looks at every addon it can find, Odoo's own included. Most of its tests
take the list of addons from `Manifest.all_addon_manifests`: they get a list of one.
Those that look at the loaded models run as they are, and only what they say about
this addon counts. Nothing is left out silently: see NOT_ABOUT_ADDONS, and what is
skipped for want of a program is printed with its reason.
"""

import contextlib
import importlib
import inspect
import logging
import unittest
from unittest.mock import patch

import pytest

ADDON = "client_regulation"
PACKAGE = "odoo.addons.test_lint.tests"
NOT_ABOUT_ADDONS = {
    "test_checkers": "tests the pylint checkers of test_lint themselves",
}


def lint_tests():
    try:
        package = importlib.import_module(PACKAGE)
    except ImportError as problem:
        reason = f"this Odoo comes without test_lint: {problem}"
        yield pytest.param(None, None, marks=pytest.mark.skip(reason=reason), id="none")
        return
    for file, module in inspect.getmembers(package, inspect.ismodule):
        if not file.startswith("test_"):
            continue
        marks = ()
        if file in NOT_ABOUT_ADDONS:
            marks = pytest.mark.skip(reason=f"{file} {NOT_ABOUT_ADDONS[file]}")
        for _name, case in inspect.getmembers(module, inspect.isclass):
            if case.__module__ != module.__name__ or not issubclass(
                case, unittest.TestCase
            ):
                continue
            for method in unittest.defaultTestLoader.getTestCaseNames(case):
                yield pytest.param(case, method, marks=marks, id=f"{file}-{method}")


@pytest.mark.parametrize("case, method", lint_tests())
def test_odoo_lint(case, method):
    result = unittest.TestResult()
    with one_addon(case.__module__), warnings() as said:
        unittest.TestSuite([case(method)]).run(result)
    found = [
        text
        for test, trace in result.failures + result.errors
        for text in [about_us(case.__module__.rpartition(".")[2], test, trace)]
        if text
    ]
    found += [text for text in said if whole_world(case) is False or ADDON in text]
    if found:
        pytest.fail("\n\n".join(found), pytrace=False)
    for _test, reason in result.skipped:
        pytest.skip(reason)


# -- which tests look at what


def whole_world(case):
    """Whether a test looks at the loaded models or routes of all addons."""
    file = case.__module__.rpartition(".")[2]
    return file in (
        "test_docstring",
        "test_index",
        "test_naming",
        "test_override_signatures",
        "test_routes",
    )


def about_us(file, test, trace):
    """What a failure says about this addon; nothing if it is about another one."""
    params = getattr(test, "params", {})
    if file in ("test_docstring", "test_override_signatures") and params:
        return trace if params["module"] == ADDON else ""
    if file == "test_naming" and params:
        return trace if ours(params["model"], params["method"]) else ""
    if file == "test_index" and "should be indexed" in trace:
        lines = [line for line in trace.splitlines() if "(inverse of " in line]
        lines = [line for line in lines if any(map(our_field, field_names(line)))]
        return "\n".join(
            ["These fields need an index (test_index):", *lines] if lines else []
        )
    return trace


def ours(model, method):
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    function = inspect.unwrap(getattr(Registry(get_db_name())[model], method))
    return function.__module__.startswith(f"odoo.addons.{ADDON}")


def field_names(line):
    """`a.b.c (inverse of d.e.f)` -> a.b.c, d.e.f"""
    first, _, second = line.strip().partition(" (inverse of ")
    return first, second.rstrip(")")


def our_field(name):
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    model, _, field = name.rpartition(".")
    registry = Registry(get_db_name())
    if model not in registry:
        return False
    known = registry[model]._fields.get(field)
    return bool(known) and ADDON in (known._modules or (registry[model]._module,))


# -- narrowing test_lint


@contextlib.contextmanager
def one_addon(module_name):
    from odoo.modules import Manifest

    import odoo.addons

    manifest = Manifest.for_addon(ADDON)
    module = importlib.import_module(module_name)
    with contextlib.ExitStack() as stack:
        stack.enter_context(
            patch.object(Manifest, "all_addon_manifests", lambda: [manifest])
        )
        if module_name.endswith("test_markers"):  # walks the folders themselves
            stack.enter_context(patch.object(odoo.addons, "__path__", [manifest.path]))
            stack.enter_context(patch.object(odoo, "__path__", []))
        if module_name.endswith("test_eslint"):  # its other settings are for the shop
            stack.enter_context(patch.object(module, "get_modules", lambda: [ADDON]))
            run = module.TestESLint._test_eslint
            stack.enter_context(
                patch.object(
                    module.TestESLint,
                    "_test_eslint",
                    lambda self, modules, rc: modules and run(self, modules, rc),
                )
            )
        if module_name.endswith("test_pylint"):  # adds the whole of Odoo
            stack.enter_context(patch.object(module, "tools", Tools(manifest.path)))
        yield


class Tools:
    """`odoo.tools`, with a configuration whose root folder is the addon."""

    def __init__(self, path):
        from odoo import tools

        self._tools = tools
        self.config = Config(tools.config, path)

    def __getattr__(self, name):
        return getattr(self._tools, name)


class Config:
    def __init__(self, config, path):
        self._config = config
        self.root_path = path

    def __getitem__(self, key):
        return self._config[key]


@contextlib.contextmanager
def warnings():
    """Collect what test_lint only warns of: on Odoo's own build that counts, too."""
    said = []

    class Collector(logging.Handler):
        def emit(self, record):
            said.append(f"{record.levelname}: {record.getMessage()}")

    collector = Collector(level=logging.WARNING)
    logger = logging.getLogger("odoo.addons.test_lint")
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(collector)
        logger.propagate = True
