# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The client card: what we know of a client and how sure. (Reg. 1.2, 1.3.3)"""

from . import regulation_catalogue_mixin
from . import regulation_segment
from . import regulation_region
from . import regulation_competitor
from . import regulation_source_mixin
from . import regulation_source_cost
from . import regulation_card_item
from . import regulation_card_fact
from . import regulation_potential_scale
from . import regulation_potential_mark
from . import regulation_potential_history
from . import regulation_structure_plan
from . import regulation_structure_count
from . import regulation_structure_report
from . import client_card_mixin
from . import client_completeness_mixin
from . import client_duplicate_mixin
from . import client_merge_mixin
from . import client_score_mixin
from . import client_settings_mixin
from . import client_status_mixin
from . import client_touch_mixin
from . import regulation_check_client
from . import regulation_load
from . import regulation_prospect_batch
from . import regulation_prospect_duplicate
from . import regulation_prospect_line
from . import regulation_prospect_parser
from . import regulation_prospect_writer
