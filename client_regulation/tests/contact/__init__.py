# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_call
from . import test_objection
from . import test_objection_migration
from . import test_agreement
from . import test_visit_summary
from . import test_talk_checks
from . import test_talk_rights
from . import test_visit
from . import test_visit_calendar
from . import test_visit_checks
from . import test_visit_defaults
from . import test_visit_kept
from . import test_visit_plan
from . import test_visit_rights
from . import test_visit_report
