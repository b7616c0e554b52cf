# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ...tools.filled import is_placeholder
from ...tools.plan import Lack
from .regulation_visit_life import OPEN

#: fields of a visit that tell how far it has come
PROGRESS = frozenset({"state", "lead_id", "date_start", "date_planned"})

#: what checks read of a visit; the whole row costs many times more
READ = [
    "lead_id", "state", "date_planned", "date_start", "prepared_on", "outcome",
    "goal_result", "next_step", "date_reported", "event_id", "location", "goal",
    "no_objections", "summary_sent_on", "date_end", "create_date",
    # to name it in what is missing: a visit of its own prefetches for itself
    "number", "name", "partner_id",
]  # fmt: skip


class RegulationCheckContact(models.AbstractModel):
    """Checks on visits; mixed into `regulation.check`. (A3.1–A5.2)"""

    _name = "regulation.check.contact"
    _description = "Checks of the Room «contact»"

    @api.model
    def _get_named_checks(self):
        return super()._get_named_checks() | {
            "visit_planned": self.env._("Visit is planned"),
            "visit_prepared": self.env._("Visit is prepared"),
            "visit_done": self.env._("Visit has been held"),
            "visit_analysed": self.env._("Visit is analysed"),
            "visit_reported": self.env._("Visit is reported"),
            "repeat_prepared": self.env._("Repeat visit is prepared"),
            "repeat_done": self.env._("Repeat visit has been held"),
        }

    @api.model
    def _get_check_sources(self):
        visit = "regulation.visit"
        analysis = PROGRESS | {"outcome", "goal_result", "next_step"}
        repeat = {
            visit: analysis | {"prepared_on"},
            "regulation.agreement": None,
            "sale.order": {"offer_requested_on"},
            "crm.lead": {"offer_requested_on"},
        }
        return super()._get_check_sources() | {
            "visit_planned": {
                visit: PROGRESS | {"event_id", "location", "goal", "participant_ids"},
                "regulation.visit.participant": None,
            },
            "visit_prepared": {visit: PROGRESS | {"prepared_on"}},
            "visit_done": {visit: PROGRESS},
            "visit_analysed": {visit: analysis},
            "visit_reported": {visit: PROGRESS | {"date_reported"}},
            "repeat_prepared": repeat,
            "repeat_done": repeat,
        }

    @api.model
    def _get_settled_checks(self):
        return super()._get_settled_checks() | {
            "visit_planned", "visit_prepared", "visit_done", "visit_analysed",
            "visit_reported", "repeat_prepared", "repeat_done",
        }  # fmt: skip

    # ------------------------------------------------------------
    # WHAT THERE IS
    # ------------------------------------------------------------

    @api.model
    def _get_deal_visits(self, leads, with_checklist=False):
        """Deals with their visits, but cancelled and missed ones, in their order:
        ``[(lead, visits)]``."""
        visits = self._read_once("visits", leads, lambda: self._fetch_visits(leads))
        if with_checklist:  # for all at once: parts of a recordset fetch alone
            visits.filtered(lambda visit: not visit.prepared_on).mapped(
                "checklist_count"
            )
        grouped = visits.grouped("lead_id")
        return [(lead, grouped.get(lead, visits.browse())) for lead in leads]

    @api.model
    def _fetch_visits(self, leads):
        Visit = self.env["regulation.visit"].sudo()  # safe: checks run for the engine
        return Visit.search_fetch(
            [
                ("lead_id", "in", leads.ids),
                ("state", "in", (*OPEN, "done")),
            ],
            READ,
            order="date_planned, id",
        )

    @api.model
    def _get_held(self, visits):
        held = visits.filtered(lambda visit: visit.state == "done")
        return held.sorted(lambda visit: visit._get_order_key())

    @api.model
    def _lack_of_visit(self, lead, text):
        return Lack(text, self._get_url(lead, "regulation_visit_action_lead"))

    @api.model
    def _lack_of_held(self, lead, visits):
        """No visit has been held yet: where to say that one was."""
        if not visits:
            text = self.env._("no visit has been held; plan one")
            return self._lack_of_visit(lead, text)
        text = self.env._(
            "%(visit)s has not been held; press “Report” after the meeting",
            visit=visits[-1].display_name,
        )
        return Lack(text, self._get_url(visits[-1]))

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.model
    def _check_visit_planned(self, leads, step):
        missing = {}
        for lead, visits in self._get_deal_visits(leads):
            if not visits:
                text = self.env._("no visit is planned; press “Plan Visit”")
                missing[lead.id] = self._lack_of_visit(lead, text)
                continue
            lacks = {visit: self._get_planning_lacks(visit) for visit in visits}
            if all(lacks.values()):
                best = min(visits[::-1], key=lambda visit: len(lacks[visit]))
                text = self.env._(
                    "%(visit)s: give the %(lacks)s",
                    visit=best.display_name,
                    lacks=", ".join(lacks[best]),
                )
                missing[lead.id] = Lack(text, self._get_url(best))
        return missing

    @api.model
    def _get_planning_lacks(self, visit):
        lacks = []
        if visit.state in OPEN and not visit.event_id:
            lacks.append(self.env._("meeting in the calendar"))
        if not any(person.side == "client" for person in visit.participant_ids):
            lacks.append(self.env._("participant of the client"))
        if is_placeholder(visit.location or ""):
            lacks.append(self.env._("place"))
        if is_placeholder(visit.goal or ""):
            lacks.append(self.env._("goal"))
        return lacks

    @api.model
    def _check_visit_prepared(self, leads, step):
        missing = {}
        for lead, visits in self._get_deal_visits(leads, with_checklist=True):
            if not any(visit.prepared_on for visit in visits):
                missing[lead.id] = self._lack_of_preparation(lead, visits)
        return missing

    @api.model
    def _lack_of_preparation(self, lead, visits):
        to_come = visits.filtered(lambda visit: visit.state in OPEN)
        if not to_come:
            text = self.env._("no visit to come is planned and prepared; plan one")
            return self._lack_of_visit(lead, text)
        visit = to_come[0]
        text = self.env._(
            "%(visit)s is not prepared: %(done)s of %(count)s items of the checklist "
            "are settled; finish them and press “Prepared”",
            visit=visit.display_name,
            done=visit.checklist_done,
            count=visit.checklist_count,
        )
        return Lack(text, self._get_url(visit))

    @api.model
    def _check_visit_done(self, leads, step):
        return {
            lead.id: self._lack_of_held(lead, visits)
            for lead, visits in self._get_deal_visits(leads)
            if not self._get_held(visits)
        }

    @api.model
    def _check_visit_analysed(self, leads, step):
        missing = {}
        for lead, visits in self._get_deal_visits(leads):
            held = self._get_held(visits)
            if not held:
                missing[lead.id] = self._lack_of_held(lead, visits)
                continue
            visit = held[-1]
            lacks = [
                visit._fields[name]._description_string(self.env)
                for name in ("goal_result", "outcome", "next_step")
                if not visit[name]
                or (name == "next_step" and is_placeholder(visit[name]))
            ]
            if lacks:
                text = self.env._(
                    "%(visit)s is not analysed: give %(lacks)s",
                    visit=visit.display_name,
                    lacks=", ".join(lacks),
                )
                missing[lead.id] = Lack(text, self._get_url(visit))
        return missing

    @api.model
    def _check_visit_reported(self, leads, step):
        missing = {}
        for lead, visits in self._get_deal_visits(leads):
            held = self._get_held(visits)
            if not held:
                missing[lead.id] = self._lack_of_held(lead, visits)
            elif not held[-1].date_reported:
                text = self.env._(
                    "%(visit)s is not reported: press “Report”",
                    visit=held[-1].display_name,
                )
                missing[lead.id] = Lack(text, self._get_url(held[-1]))
        return missing

    # -- repeat visits ---------------------------------------------------------

    @api.model
    def _check_repeat_prepared(self, leads, step):
        missing, repeats = {}, {}
        for lead, visits in self._get_repeat_leads(leads):
            held = self._get_held(visits)
            later = visits - held[:1]
            if not held:
                missing[lead.id] = self._lack_of_held(lead, visits)
            elif not any(visit.prepared_on for visit in later):
                missing[lead.id] = self._lack_of_preparation(lead, later)
            else:
                prepared = later.filtered("prepared_on")
                to_come = prepared.filtered(lambda visit: visit.state in OPEN)
                repeats[lead.id] = to_come[:1] or prepared[-1]
        promises = self._get_open_promises(leads.browse(repeats))
        for lead_id, visit in repeats.items():
            owed = [
                promise
                for promise in promises.get(lead_id, ())
                if promise.visit_id != visit
                and (
                    not promise.visit_id
                    or promise.visit_id._get_order_key() < visit._get_order_key()
                )
            ]
            if owed and visit.state in OPEN:
                text = self.env._(
                    "we still owe the client: %(promises)s; keep these promises, or "
                    "settle them on the visit",
                    promises=", ".join(promise.subject for promise in owed),
                )
                missing[lead_id] = Lack(text, self._get_url(visit))
        return missing

    @api.model
    def _check_repeat_done(self, leads, step):
        missing = {}
        for lead, visits in self._get_repeat_leads(leads):
            held = self._get_held(visits)
            later = held[1:]
            if not held:
                missing[lead.id] = self._lack_of_held(lead, visits)
            elif not later:
                to_come = visits - held
                if to_come:
                    missing[lead.id] = self._lack_of_held(lead, to_come)
                else:
                    text = self.env._("no repeat visit has been held; plan one")
                    missing[lead.id] = self._lack_of_visit(lead, text)
            elif not later[-1].outcome:
                text = self.env._(
                    "%(visit)s has no outcome: press “Report”",
                    visit=later[-1].display_name,
                )
                missing[lead.id] = Lack(text, self._get_url(later[-1]))
        return missing

    @api.model
    def _get_repeat_leads(self, leads):
        """The deals that need a repeat visit, with their visits: not those where the
        last visit ended in an order or the client has asked for an offer."""
        asked = self._get_leads_with_request(leads)
        needy = []
        for lead, visits in self._get_deal_visits(leads, with_checklist=True):
            last = self._get_held(visits)[-1:]
            if lead.id not in asked and last.outcome != "order":
                needy.append((lead, visits))
        return needy

    @api.model
    def _get_leads_with_request(self, leads):
        """Deals whose client has asked for an offer."""
        asked = set(leads.filtered("offer_requested_on").ids)
        offers = self._get_offers(leads)
        asked.update(
            lead.id
            for lead, orders in offers.items()
            if any(order.offer_requested_on for order in orders)
        )
        return asked

    @api.model
    def _get_open_promises(self, leads):
        """What we have promised on these deals and not kept yet."""
        Agreement = self.env["regulation.agreement"].sudo()  # safe: as above
        promises = Agreement.search(
            [
                ("lead_id", "in", leads.ids),
                ("side", "=", "us"),
                ("state", "=", "open"),
            ]
        )
        return {lead.id: own for lead, own in promises.grouped("lead_id").items()}
