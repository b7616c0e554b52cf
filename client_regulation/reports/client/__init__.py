# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Reports about clients: the card, the register, the protocol of a list. (Reg. R-2)"""

from . import prospect_batch
from . import client_figures
from . import dossier
from . import client_card
from . import client_register
