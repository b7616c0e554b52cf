# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import (
    test_abc_override,
    test_abc_run,
    test_abc_special,
    test_abc_twin,
)
