# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_regulation_duty
from . import test_regulation_edition
from . import test_regulation_facts
from . import test_regulation_gate
from . import test_regulation_i18n
from . import test_regulation_import
from . import test_regulation_report
from . import test_regulation_rights
from . import test_regulation_routes
from . import test_regulation_routes_code
from . import test_regulation_routes_import
from . import test_regulation_routes_leads
from . import test_regulation_routes_people
from . import test_regulation_routes_queries
from . import test_regulation_routes_rpc
from . import test_regulation_start
from . import test_regulation_tours
