# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_client_card_report
from . import test_distribution
from . import test_prospect_import
