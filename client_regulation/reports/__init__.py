# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import regulation
from . import client
from . import contact
from . import deal
from . import analysis
