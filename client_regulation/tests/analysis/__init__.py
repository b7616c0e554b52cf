# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import (
    test_abc_approval,
    test_abc_cards,
    test_abc_measures,
    test_abc_oracles,
    test_abc_override,
    test_abc_run,
    test_abc_snapshot,
    test_abc_special,
    test_abc_twin,
)
from . import test_abc_run
from . import test_class_fall
from . import test_key_client
from . import test_key_control
