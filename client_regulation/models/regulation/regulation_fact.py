# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models, tools
from odoo.tools import SQL


class RegulationFact(models.AbstractModel):
    """What happened with a client: facts that named checks of steps read.

    A model that mixes this in tells which deals its records belong to; the engine
    then looks at the steps that read it whenever records come, change or go, and
    sets the deadlines that count from what happened. Which fields matter is said
    by `regulation.check._get_check_sources`.
    """

    _name = "regulation.fact"
    _description = "Fact that Steps Read"

    #: codes of the events that a record of this model may be or may move
    _fact_events = ()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if records and not self._has_rows():
            self.env.registry.clear_cache()  # the first one ever
        if self._is_fact_watched():
            records._note_facts(None, records._get_fact_leads())
        return records

    def write(self, vals):
        watched = self._is_fact_watched()
        before = self._get_fact_leads() if watched else None
        result = super().write(vals)
        if watched:
            self._note_facts(frozenset(vals), before | self._get_fact_leads())
        return result

    def unlink(self):
        leads = self._get_fact_leads() if self._is_fact_watched() else None
        result = super().unlink()
        if leads:
            self.browse()._note_facts(None, leads)
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _is_fact_watched(self):
        return self.env["regulation.regulation"]._is_engine_running()

    @api.model
    @tools.ormcache("self._name")
    def _has_rows(self):
        """Whether there ever was one: until then crm pays no query for them."""
        table = SQL.identifier(self._table)
        [(found,)] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT 1 FROM %s)", table)
        )
        return found

    def _get_fact_leads(self):
        """The deals these facts belong to, as sudo: who logs a call for a colleague
        may not see all that rests on it."""
        return self.sudo().lead_id

    def _note_facts(self, names, leads):
        if not leads:
            return
        engine = self.env["regulation.engine"]
        if self._fact_events:
            engine._event_happened(leads, self._fact_events)
        engine._facts_changed(self, self._name, names, leads)
