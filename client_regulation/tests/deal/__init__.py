# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_offer
from . import test_contract
from . import test_contract_decide
from . import test_contract_watch
from . import test_deal_review
from . import test_handover
from . import test_deal_checks
from . import test_deal_rights
from . import test_deal_merge
from . import test_deal_report
