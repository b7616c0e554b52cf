# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The regulation as records, and its engine.

Chapters 1.1, 2.1, 3.1 and 2.5 and the promises P2/P3 of the regulation: editions
and what they hold (content), who does it (people), what is owed (execution) and
the engine that keeps the books and guards the way forward.
"""

# content
from . import regulation_content
from . import regulation_regulation
from . import regulation_approval
from . import regulation_change
from . import regulation_scope
from . import regulation_provision
from . import regulation_stage
from . import regulation_step
from . import regulation_printout

# people
from . import regulation_role
from . import regulation_acknowledgement

# execution
from . import regulation_passage
from . import regulation_duty_result
from . import regulation_duty
from . import regulation_deviation

# engine
from . import regulation_fact
from . import regulation_check
from . import regulation_event
from . import regulation_gate
from . import regulation_ledger_duty
from . import regulation_ledger
from . import regulation_seating
from . import regulation_time
from . import regulation_figures
from . import regulation_rota
from . import regulation_watch
from . import regulation_hold
from . import regulation_engine
