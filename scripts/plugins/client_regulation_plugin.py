"""What pytest does here beyond pytest-odoo. Loaded by scripts/test.py.

- A test during which Odoo logs an error fails, as under Odoo's own runner. A test
  that provokes an error says so with `mute_logger` or `assertLogs`.
- Tests tagged `demo_data` run only on the database that has demo data.
- wkhtmltopdf is told the port of the server that pytest-odoo starts.
"""

import logging
import os

import pytest

DEMO = os.environ.get("CLIENT_REGULATION_DEMO") == "1"


def pytest_report_header():
    lines = [f"database: {os.environ.get('CLIENT_REGULATION_LABEL', 'unknown')}"]
    if os.environ.get("CLIENT_REGULATION_NO_BROWSER"):
        lines.append("browser tours are SKIPPED: " + no_browser())
    return lines


def no_browser():
    return os.environ["CLIENT_REGULATION_NO_BROWSER"]


def pytest_collection_modifyitems(config, items):
    kept, left = [], []
    for item in items:
        tags = getattr(getattr(item, "cls", None), "test_tags", None) or ()
        (kept if ("demo_data" in tags) == DEMO else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


@pytest.fixture(autouse=True)
def no_error_in_the_log(caplog):
    yield
    errors = [
        record
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.ERROR
        and record.name.startswith("odoo.")
        # requests that the browser leaves unfinished when it is closed
        and not record.getMessage().startswith("Error received after termination")
    ]
    if errors:
        pytest.fail(
            "Odoo logged an error during this test:\n"
            + "\n".join(f"{r.levelname} {r.name}: {r.getMessage()}" for r in errors),
            pytrace=False,
        )


@pytest.fixture(scope="session", autouse=True)
def report_address(load_http, request):
    if request.config.getoption("--odoo-http"):
        import odoo
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        url = f"http://127.0.0.1:{odoo.tools.config['http_port']}"
        with Registry(get_db_name()).cursor() as cursor:
            env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
            env["ir.config_parameter"].set_param("report.url", url)
    yield
