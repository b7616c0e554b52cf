# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_abc_run
from . import test_abc_screen
