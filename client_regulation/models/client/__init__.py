# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The client card: what we know of a client and how sure. (Reg. 1.2, 1.3.3)"""

from . import regulation_check_client
