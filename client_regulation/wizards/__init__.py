# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import base_partner_merge
from . import regulation_duty_complete
from . import regulation_step_waive
from . import regulation_lead_hold
from . import regulation_duty_handover
from . import regulation_edition_switch
from . import regulation_start
from . import regulation_spreadsheet
from . import regulation_import
from . import regulation_prospect_import
from . import regulation_distribution
from . import regulation_discount_approve
from . import regulation_contract_close
from . import regulation_agreement_settle
from . import regulation_visit_close
from . import regulation_visit_report
from . import regulation_key_decision
from . import regulation_abc_calculate
from . import regulation_abc_approve
