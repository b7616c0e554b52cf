# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import regulation_report_document
from . import regulation_report_annexes
from . import xlsx_report
