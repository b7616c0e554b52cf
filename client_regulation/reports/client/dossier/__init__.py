# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""What the client card tells, a section a file. (Reg. R-2)"""

from . import dossier_section
from . import dossier_identity
from . import dossier_terms
from . import dossier_figures
from . import dossier_story
from . import client_dossier
