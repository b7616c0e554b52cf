# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import regulation_abc_measure
from . import regulation_abc_method
from . import regulation_abc_values
from . import regulation_abc_ranking
from . import regulation_abc_grading
from . import regulation_abc_engine
from . import regulation_abc_profile_guard
from . import regulation_abc_schedule
from . import regulation_abc_profile
from . import regulation_abc_exclusion
from . import regulation_abc_criterion
from . import regulation_abc_approval
from . import regulation_abc_screen
from . import regulation_abc_run
from . import regulation_abc_line
from . import regulation_abc_override
from . import partner_analysis_mixin
from . import analysis_merge_mixin
from . import regulation_churn_reader
from . import regulation_churn_signal
from . import regulation_key_client
from . import regulation_key_proposal
from . import regulation_key_control
from . import regulation_class_fall
from . import partner_key_mixin
from . import calendar_analysis_mixin
