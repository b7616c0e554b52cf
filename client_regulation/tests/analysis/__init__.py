# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_abc_approval
from . import test_abc_cards
from . import test_abc_measures
from . import test_abc_oracles
from . import test_abc_override
from . import test_abc_report
from . import test_abc_run
from . import test_abc_screen
from . import test_abc_snapshot
from . import test_abc_special
from . import test_abc_twin
from . import test_class_fall
from . import test_key_client
from . import test_key_control
