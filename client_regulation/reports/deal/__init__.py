# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import regulation_deal_paper
from . import regulation_contract_sheet
from . import regulation_handover_act
