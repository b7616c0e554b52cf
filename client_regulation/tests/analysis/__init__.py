# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_abc_run
from . import test_class_fall
from . import test_key_client
from . import test_key_control
