# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import regulation
from . import client
from . import contact
from . import deal
from . import analysis
from . import calendar_event
from . import crm_lead
from . import crm_stage
from . import crm_team
from . import ir_actions_report
from . import mail_activity
from . import regulation_check
from . import regulation_event
from . import res_company
from . import res_config_settings
from . import res_partner
from . import resource_calendar
from . import sale_order
from . import sale_order_line
from . import utm_source
