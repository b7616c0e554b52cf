# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from .regulation import (
    test_regulation_duty,
    test_regulation_rights,
    test_regulation_start,
    test_regulation_edition,
    test_regulation_gate,
    test_regulation_routes,
    test_regulation_routes_import,
    test_regulation_routes_leads,
    test_regulation_routes_people,
    test_regulation_routes_queries,
    test_regulation_routes_rpc,
)
