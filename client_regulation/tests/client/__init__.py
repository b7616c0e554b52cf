# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_card_completeness
from . import test_client_card
from . import test_client_card_report
from . import test_client_checks
from . import test_client_duplicate
from . import test_client_merge
from . import test_client_potential
from . import test_client_source
from . import test_client_status
from . import test_client_structure
from . import test_distribution
from . import test_prospect_import
