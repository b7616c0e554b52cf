# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Calls, visits, objections and agreements. (Reg. 1.3, 1.4)"""

from . import regulation_call
from . import regulation_visit
from . import regulation_objection
from . import regulation_agreement
from . import regulation_check_contact
from . import regulation_event_contact
