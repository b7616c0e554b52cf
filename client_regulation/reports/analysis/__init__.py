# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""ABC and base analysis on paper and as a workbook. (Reg. R-7)"""

from . import regulation_abc_words
from . import regulation_abc_reader
from . import regulation_abc_facts
from . import regulation_abc_lists
from . import regulation_abc_findings
from . import regulation_abc_tables
from . import regulation_abc_report
