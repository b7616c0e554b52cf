# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ...tools.filled import is_placeholder
from ...tools.plan import Lack

#: what checks read of a call
CALL_FIELDS = [
    "lead_id", "reached", "result_id", "next_activity_type_id",
    "next_date", "decision_maker_reached", "decision_path", "date", "consent_to_meet",
]  # fmt: skip

#: who follows up finds these pages
CALLS = "regulation_call_action_lead"
AGREEMENTS = "regulation_agreement_action_lead"
OBJECTIONS = "regulation_objection_action_lead"


class RegulationCheckTalk(models.AbstractModel):
    """Checks on calls, objections and agreements; mixed into `regulation.check`.
    (Steps A2.2, A4.3, A4.4, A5.1)"""

    _name = "regulation.check.talk"
    _description = "Checks on Calls, Objections and Agreements"

    @api.model
    def _get_named_checks(self):
        return super()._get_named_checks() | {
            "call_result": self.env._("Call with a result, a next action and the "
                                      "way to the decision maker"),
            "objections_logged": self.env._("Objections of the last visit are logged"),
            "agreement_fixed": self.env._("Agreement of the last visit is fixed and "
                                          "its summary sent"),
            "no_open_promise": self.env._("No open promise of ours"),
            "no_hard_objection": self.env._("No unresolved objection heavier than a "
                                            "weight"),
        }  # fmt: skip

    @api.model
    def _get_check_sources(self):
        return super()._get_check_sources() | {
            "call_result": {
                "regulation.call": None,
                "crm.lead": {"partner_id"},
                "res.partner": {"decision_role", "parent_id", "active"},
            },
            "objections_logged": {
                "regulation.visit": {"state", "no_objections", "lead_id"},
                "regulation.objection": None,
            },
            "agreement_fixed": {
                "regulation.visit": {"state", "summary_sent_on", "lead_id"},
                "regulation.agreement": None,
            },
            "no_open_promise": {
                "regulation.visit": {"state", "lead_id"},
                "regulation.agreement": None,
            },
            "no_hard_objection": {"regulation.objection": None},
        }

    @api.model
    def _get_settled_checks(self):
        return super()._get_settled_checks() | {
            "call_result", "objections_logged", "agreement_fixed", "no_open_promise",
        }  # fmt: skip

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    @api.model
    def _get_deal_calls(self, leads):
        """Calls of deals, the last one first: ``{lead_id: calls}``."""
        return self._read_once("calls", leads, lambda: self._fetch_calls(leads))

    @api.model
    def _fetch_calls(self, leads):
        Call = self.env["regulation.call"].sudo()  # safe: checks run for the engine
        calls = Call.search_fetch([("lead_id", "in", leads.ids)], CALL_FIELDS)
        by_lead = calls.grouped(lambda call: call.lead_id.id)
        return {lead.id: by_lead.get(lead.id, calls.browse()) for lead in leads}

    @api.model
    def _check_call_result(self, leads, step):
        """A conversation with a result, what comes next, and who decides. (R1.3.2)"""
        by_lead = self._get_deal_calls(leads)
        deciders = self._get_clients_with_decider(leads)
        missing = {}
        for lead in leads:
            own = by_lead[lead.id]
            talks = own.filtered("reached")
            url = self._get_url(lead, CALLS)
            if not own:
                missing[lead.id] = Lack(
                    self.env._("log the call to the client with its result"), url
                )
            elif not talks:
                text = self.env._(
                    "%(count)s attempts, nobody reached: log the conversation",
                    count=len(own),
                )
                missing[lead.id] = Lack(text, url)
            elif lacks := self._get_call_lacks(lead, talks, deciders):
                missing[lead.id] = Lack(
                    self.env._("last call: %(lacks)s", lacks="; ".join(lacks)),
                    self._get_url(talks[0]),
                )
        return missing

    def _get_call_lacks(self, lead, talks, deciders):
        """What lacks in the conversations of a deal, the last one first."""
        lacks = []
        last = talks[0]
        if not last.needs_next_action:
            lacks.append(
                self.env._(
                    "it ended with “%(result)s”: mark the deal as lost or log a "
                    "further call",
                    result=last.result_id.name,
                )
            )
        elif not (last.next_activity_type_id and last.next_date):
            lacks.append(self.env._("plan the next action"))
        known = lead.partner_id.commercial_partner_id.id in deciders or any(
            call.decision_maker_reached or not is_placeholder(call.decision_path)
            for call in talks
        )
        if not known:
            lacks.append(
                self.env._("write who decides and the way to the decision maker")
            )
        return lacks

    def _get_clients_with_decider(self, leads):
        """Ids of the clients one of whose people is known to decide."""
        Partner = self.env["res.partner"].sudo()
        if "decision_role" not in Partner._fields:
            return set()
        clients = leads.partner_id.commercial_partner_id
        groups = Partner._read_group(
            [
                ("commercial_partner_id", "in", clients.ids),
                ("decision_role", "=", "decides"),
            ],
            ["commercial_partner_id"],
        )
        return {client.id for (client,) in groups}

    # ------------------------------------------------------------
    # VISITS
    # ------------------------------------------------------------

    def _get_last_held_visits(self, leads):
        """The last visit of each deal that was held: ``{lead_id: visit}``."""
        held = [self._get_held(own)[-1:] for _lead, own in self._get_deal_visits(leads)]
        # in one set, so that they fetch their lines for each other
        visits = self.env["regulation.visit"].sudo().concat(*held)
        return {visit.lead_id.id: visit for visit in visits}

    def _get_no_visit_lack(self, lead):
        return Lack(
            self.env._("no visit of this deal was held yet"), self._get_url(lead)
        )

    @api.model
    def _check_objections_logged(self, leads, step):
        """Every objection with category, wording, technique and outcome, or the
        explicit «no objections». (R1.3.7)"""
        visits = self._get_last_held_visits(leads)
        missing = {}
        for lead in leads:
            visit = visits.get(lead.id)
            if not visit:
                missing[lead.id] = self._get_no_visit_lack(lead)
                continue
            if not visit.objection_ids and not visit.no_objections:
                text = self.env._(
                    "log the objections of the last visit, or tick that there were none"
                )
                missing[lead.id] = Lack(text, self._get_url(visit))
                continue
            incomplete = visit.objection_ids.filtered(
                lambda o: not o.technique_id or not o.outcome
            )
            if incomplete:
                text = self.env._(
                    "give the technique and the outcome of: %(objections)s",
                    objections=", ".join(incomplete.mapped("display_name")),
                )
                record = incomplete if len(incomplete) == 1 else visit
                missing[lead.id] = Lack(text, self._get_url(record))
        return missing

    @api.model
    def _check_agreement_fixed(self, leads, step):
        """An agreement with a person and a date, and the summary at the client's.
        (R1.3.8)"""
        visits = self._get_last_held_visits(leads)
        missing = {}
        for lead in leads:
            visit = visits.get(lead.id)
            if not visit:
                missing[lead.id] = self._get_no_visit_lack(lead)
                continue
            lacks = []
            if not visit.agreement_ids.filtered(lambda a: a.state != "cancelled"):
                lacks.append(
                    self.env._("write down what was agreed, who does it and until when")
                )
            if not visit.summary_sent_on:
                lacks.append(self.env._("send the summary to the client"))
            if lacks:
                text = self.env._("last visit: %(lacks)s", lacks="; ".join(lacks))
                missing[lead.id] = Lack(text, self._get_url(visit))
        return missing

    @api.model
    def _check_no_open_promise(self, leads, step):
        """What we promised in held visits is done before we come again. (R1.4.1)"""
        agreements = (
            self.env["regulation.agreement"]
            .sudo()
            .search(
                [
                    ("lead_id", "in", leads.ids),
                    ("side", "=", "us"),
                    ("state", "=", "open"),
                    ("visit_id.state", "=", "done"),
                ]
            )
        )
        return self._get_lacks_of(
            agreements,
            AGREEMENTS,
            lambda own: self.env._(
                "we still owe the client: %(promises)s",
                promises=", ".join(own.mapped("subject")),
            ),
        )

    @api.model
    def _check_no_hard_objection(self, leads, step):
        """No objection stays that is heavier than the step's value. (D.5)"""
        objections = (
            self.env["regulation.objection"]
            .sudo()
            .search(
                [
                    ("lead_id", "in", leads.ids),
                    ("outcome", "not in", ["resolved", "conditional"]),
                    ("type_id.weight", ">", step.check_value),
                ]
            )
        )
        return self._get_lacks_of(
            objections,
            OBJECTIONS,
            lambda own: self.env._(
                "resolve: %(objections)s",
                objections=", ".join(own.mapped("display_name")),
            ),
        )

    @api.model
    def _get_lacks_of(self, records, xmlid, get_text):
        """What stands in the way of each deal, by the records that do."""
        return {
            lead.id: Lack(get_text(own), self._get_url(lead, xmlid))
            for lead, own in records.grouped("lead_id").items()
        }
