# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import demo
from . import controllers
from . import models
from . import reports
from . import tools
from . import wizards
from .hooks import uninstall_hook
