# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from . import test_abc
from . import test_abc_properties
from . import test_churn
from . import test_concentration
from . import test_exact
from . import test_filled
from . import test_migration
from . import test_periods
from . import test_prospect_tools
from . import test_regulation_sheet
from . import test_svg_chart
from . import test_rfm
from . import test_working_time
from . import test_xyz
