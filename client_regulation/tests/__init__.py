# Part of client_regulation. See LICENSE file for full copyright and licensing details.
# One folder a room; each names its own tests, as Odoo's test_lint wants it.

from .analysis import *  # noqa: F403
from .client import *  # noqa: F403
from .contact import *  # noqa: F403
from .deal import *  # noqa: F403
from .regulation import *  # noqa: F403
from .story import *  # noqa: F403
from .tools import *  # noqa: F403
