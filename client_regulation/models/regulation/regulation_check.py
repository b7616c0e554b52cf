# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import ast
from contextlib import contextmanager

from odoo import api, models, tools
from odoo.fields import Domain

from ...tools.filled import is_placeholder
from ...tools.plan import Lack

NUMBERS = ("integer", "float", "monetary")
TEXTS = ("char", "text", "html")

#: where a transaction keeps what the checks of one move have read
MEMO = "client_regulation.readings"


class RegulationCheck(models.AbstractModel):
    """How the engine finds out whether a step is done.

    Four kinds: `manual` (a tick with proof), `fields` (fields of the deal or its
    client are filled), `domain` (the deal matches) and named checks that other
    rooms bring. A room registers its checks in an abstract model of its own, which
    `models/regulation_check.py` mixes in::

        class RegulationCheckClient(models.AbstractModel):
            _name = "regulation.check.client"

            def _get_named_checks(self):
                return super()._get_named_checks() | {
                    "card_completeness": self.env._("Client card is complete"),
                }

            def _get_check_sources(self):
                return super()._get_check_sources() | {
                    "card_completeness": {"res.partner": {"card_completeness"}},
                }

            def _check_card_completeness(self, leads, step):
                return {
                    lead.id: Lack(self.env._("card is %(is)s %% complete", …), url)
                    for lead in leads
                    if lead.partner_id.card_completeness < step.check_value
                }

    ``_check_<name>(leads, step)`` gets all deals at once (sudo) and the `StepPlan`;
    it answers only for those that fail: ``{lead_id: what is missing and where to
    give it}``, a `Lack` or a text, in the user's language, in a number of queries
    that does not grow with the deals.
    """

    _name = "regulation.check"
    _description = "Checks of Regulation Steps"

    @api.model
    def _get_named_checks(self):
        """Names and labels of the checks that rooms register."""
        return {}

    @api.model
    def _get_check_sources(self):
        """What named checks read: ``{check: {model: field names, or None for any}}``.

        A write on these makes the engine look at the step again.
        """
        return {}

    @api.model
    def _get_kept_checks(self):
        """Checks whose facts stay: what a passed step required may not be emptied.

        A fact of its time, like a meeting that was planned and then moved, is not
        among them; what proves that it happened is kept by its own model.
        """
        return {"fields", "domain"}

    @api.model
    def _get_settled_checks(self):
        """Checks whose sources are all there is to them: each write on a fact opens
        or settles their steps, so the gate need not ask again what the books say.

        Not among them: what also depends on the day, on other clients, or on records
        that no room watches.
        """
        return set()

    @api.model
    def _get_selection(self):
        # no tuples here: Odoo's export takes what follows "_(…), (" for a term
        checks = {
            "manual": self.env._("Manual: a tick with proof"),
            "fields": self.env._("Fields are filled"),
            "domain": self.env._("Deal matches a condition"),
        }
        return list((checks | self._get_named_checks()).items())

    @api.model
    def _evaluate(self, leads, step):
        """Which of these deals fail a self-checking step, and what is missing.

        :param StepPlan step: a step whose check is not manual
        :return: ``{lead_id: Lack}`` for the deals that fail
        """
        if not leads:
            return {}
        method = getattr(self, f"_check_{step.check}", None)
        if method is None:  # the addon that brought the check is gone
            text = self.env._("its check is not installed; ask the regulation owner")
            return dict.fromkeys(leads.ids, Lack(text))
        missing = method(leads.sudo(), step)
        return {
            lead_id: lack if isinstance(lack, Lack) else Lack(lack)
            for lead_id, lack in missing.items()
        }

    # -- one reading for all checks of a move -----------------------------------

    @api.model
    @contextmanager
    def _reading_once(self):
        """Within the block, checks and events that ask the same of the same deals
        ask the database once. Nothing may write facts in there."""
        cache = self.env.cr.cache
        if MEMO in cache:  # the outer block keeps it
            yield
            return
        cache[MEMO] = {}
        try:
            yield
        finally:
            cache.pop(MEMO, None)

    @api.model
    def _read_once(self, key, leads, read):
        """What `read()` gives for these deals, remembered within `_reading_once`."""
        memo = self.env.cr.cache.get(MEMO)
        if memo is None:
            return read()
        key = (key, leads._ids)
        if key not in memo:
            memo[key] = read()
        return memo[key]

    @api.model
    def _get_url(self, record, action=None):
        """The page of a record, or of an action opened from it."""
        url = f"/odoo/{record._name}/{record.id}"
        return f"{url}/action-client_regulation.{action}" if action else url

    # -- the built-in checks ---------------------------------------------------

    @api.model
    def _check_fields(self, leads, step):
        missing = {}
        for lead in leads:
            labels = [
                self._get_field_label(model, name)
                for model, name in step.check_fields
                if not self._is_filled(lead, model, name, step.zero_allowed)
            ]
            if labels:
                missing[lead.id] = self.env._(
                    "fill in: %(fields)s", fields=", ".join(labels)
                )
        return missing

    @api.model
    def _check_domain(self, leads, step):
        domain = Domain(ast.literal_eval(step.check_domain or "[]"))
        matching = leads.with_context(active_test=False).filtered_domain(domain)
        text = self.env._(
            "the deal must match: %(condition)s",
            condition=self._describe_domain(domain),
        )
        return {lead.id: text for lead in leads - matching}

    # -- «filled» --------------------------------------------------------------

    @api.model
    def _is_filled(self, lead, model, name, zero_allowed):
        """Text that says something, a relation that is set, a number not zero."""
        record = lead if model == "crm.lead" else lead.partner_id
        if not record:
            return False
        field = record._fields.get(name)
        if field is None:
            return False  # the module that brought the field is gone
        value = record[name]
        if field.type in TEXTS:
            return not is_placeholder(str(value or ""))
        if field.type in NUMBERS:
            return bool(value) or zero_allowed
        return bool(value)

    @api.model
    def _get_field_label(self, model, name):
        field = self.env[model]._fields.get(name)
        if field is None:
            return name
        label = field._description_string(self.env)
        if model == "res.partner":
            return self.env._("%(field)s of the client", field=label)
        return label

    @api.model
    def _describe_domain(self, domain):
        leads = self.env["crm.lead"]
        parts = []
        for condition in domain.iter_conditions():
            name = condition.field_expr.split(".")[0]
            label = self._get_field_label(leads._name, name)
            value = condition.value
            if isinstance(value, (tuple, list, set, frozenset)):
                value = ", ".join(map(str, value))
            parts.append(f"{label} {condition.operator} {value}")
        return "; ".join(parts)

    # -- what must stay filled -------------------------------------------------

    @api.model
    @tools.ormcache("regulation_ids")
    def _get_watched_fields(self, regulation_ids):
        """Fields that the deal steps of these editions read.

        :param tuple regulation_ids: ids of live editions
        :return: ``{model: frozenset(field names)}``, with None for any field
        """
        watched = {}
        Regulation = self.env["regulation.regulation"]
        for regulation_id in regulation_ids:
            for step in Regulation._get_plan(regulation_id).steps:
                if step.subject != "deal":
                    continue
                for model, name in self._get_step_fields(step):
                    watched.setdefault(model, set()).add(name)
        return {model: frozenset(names) for model, names in watched.items()}

    @api.model
    def _get_step_fields(self, step):
        """The fields a step reads: ``{(model, field), …}``.

        With them go the fields that crm computes them from: a contact's name leaves
        the deal with the contact, whoever has emptied it.
        """
        if step.check == "fields":
            names = set(step.check_fields)
            for model, name in step.check_fields:
                names.update(self._get_sources(model, name))
            return names
        if step.check == "domain":
            names = set()
            domain = Domain(ast.literal_eval(step.check_domain or "[]"))
            for condition in domain.iter_conditions():
                path = condition.field_expr.split(".")
                names.add(("crm.lead", path[0]))
                names.update(self._get_sources("crm.lead", path[0]))
                if path[0] == "partner_id" and len(path) > 1:
                    names.add(("res.partner", path[1]))
            return names
        return {
            (model, name)
            for model, names in self._get_check_sources().get(step.check, {}).items()
            for name in (names or (None,))
        }

    @api.model
    def _get_sources(self, model, name):
        if model == "res.partner":
            # what the client must have, another client of the deal may lack
            return {("crm.lead", "partner_id")}
        field = self.env[model]._fields.get(name)
        if field is None or not field.compute:
            return set()
        paths = self.env.registry.field_depends[field]
        return {(model, path.split(".")[0]) for path in paths}
