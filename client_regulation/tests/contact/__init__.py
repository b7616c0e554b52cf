from . import test_call
from . import test_objection
from . import test_agreement
from . import test_visit_summary
from . import test_talk_checks
from . import test_talk_rights
