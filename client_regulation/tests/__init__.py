# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from .regulation import (
    test_regulation_edition,
    test_regulation_gate,
)
