# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The client card: what we know of a client and how sure. (Reg. 1.2, 1.3.3)"""

from . import regulation_check_client
from . import regulation_load
from . import regulation_prospect_batch
from . import regulation_prospect_duplicate
from . import regulation_prospect_line
from . import regulation_prospect_parser
from . import regulation_prospect_writer
