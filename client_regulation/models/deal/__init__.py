# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Offer, contract, won and lost, hand-over. (Reg. 1.4.3–1.4.7)"""

from . import regulation_check_deal
from . import regulation_event_deal
