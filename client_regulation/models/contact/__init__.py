# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Calls, visits, objections and agreements. (Reg. 1.3, 1.4)"""

from . import regulation_talk
from . import regulation_call_result
from . import regulation_call
from . import regulation_call_analysis
from . import regulation_visit_summary_mixin
from . import regulation_objection_type
from . import regulation_visit_catalogue
from . import regulation_visit_lines
from . import regulation_visit_life
from . import regulation_visit_actions
from . import regulation_visit_figures
from . import regulation_visit_meeting
from . import regulation_visit
from . import regulation_visit_plan_line
from . import regulation_visit_plan
from . import regulation_visit_host
from . import regulation_calendar_event_mixin
from . import regulation_objection
from . import regulation_objection_analysis
from . import regulation_agreement_proof
from . import regulation_promise
from . import regulation_agreement
from . import regulation_agreement_move
from . import regulation_agreement_watch
from . import regulation_agreement_analysis
from . import regulation_talk_host
from . import lead_talk_mixin
from . import partner_talk_mixin
from . import regulation_check_contact
from . import regulation_check_talk
from . import regulation_event_contact
from . import regulation_event_talk
