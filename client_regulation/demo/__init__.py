# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import regulation_demo
from . import regulation_facts_demo
from . import regulation_analysis_demo
