# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Offer, contract, won and lost, hand-over. (Reg. 1.4.3–1.4.7)"""

from . import company_deal_mixin
from . import lead_deal_mixin
from . import partner_deal_mixin
from . import offer_discount_mixin
from . import offer_mixin
from . import offer_line_mixin
from . import regulation_discount_authority
from . import regulation_contract_guard
from . import regulation_contract_flow
from . import regulation_contract_approval
from . import regulation_contract
from . import regulation_contract_terms
from . import regulation_contract_watch
from . import regulation_won_reason
from . import regulation_deal_review
from . import regulation_handover
from . import regulation_check_deal
from . import regulation_event_deal
