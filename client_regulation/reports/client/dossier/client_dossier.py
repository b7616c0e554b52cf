# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class RegulationClientDossier(models.AbstractModel):
    """All that a client card tells, block by block. (R-2)

    Paper and workbook read the same blocks. What the reader may not see — visits,
    calls, promises and objections of others, contracts — is not there; the figures
    are for whoever may read the client (see `regulation.client.figures`).
    """

    _name = "regulation.client.dossier"
    _description = "Content of the Client Card"
    _inherit = [
        "regulation.dossier.identity",
        "regulation.dossier.terms",
        "regulation.dossier.figures",
        "regulation.dossier.story",
    ]

    @api.model
    def _get_blocks(self, clients):
        """Blocks of each client, in the order of the report: ``{client_id: [Block]}``.

        To be extended by the rooms that come later.
        """
        makers = (
            self._get_identification, self._get_class, self._get_potential_history,
            self._get_contacts, self._get_needs, self._get_terms, self._get_contracts,
            self._get_figures, self._get_quarters, self._get_months,
            self._get_history, self._get_agreements, self._get_objections,
            self._get_plan, self._get_completeness,
        )  # fmt: skip
        blocks = {client.id: [] for client in clients}
        for make in makers:
            for client, block in make(clients).items():
                blocks[client].append(block)
        return blocks
