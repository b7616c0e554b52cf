# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from .regulation_ledger import RELEASED
from .regulation_regulation import LIVE_STATES


class RegulationSeating(models.AbstractModel):
    """Puts deals under an edition, or takes them out, without asking the gate.

    At an activation, when columns are mapped anew, when deals are moved to another
    edition, merged, or their edition is repealed. No history is invented: a deal is
    found where it is.
    """

    _name = "regulation.seating"
    _description = "Seating of Deals in an Edition"

    @api.model
    def _reseat_deals(self, editions, columns):
        """The mapping of columns changed: seat the deals in them anew.

        Nobody is asked for proofs and no history is invented: the passage closes
        and the deal is found in its stage as at an activation.
        """
        live = editions.filtered(lambda edition: edition.state in LIVE_STATES)
        if not live or not columns:
            return
        leads = (
            self.env["crm.lead"]
            .sudo()
            .search(
                [
                    ("regulation_id", "in", live.ids),
                    ("stage_id", "in", columns.ids),
                    ("won_status", "=", "pending"),
                ]
            )
        )
        self._seat_found(leads, "activation")

    @api.model
    def _seat_found(self, leads, origin):
        """Open the passage of deals where they are found, without asking the gate.

        :param str origin: activation, moved or imported
        """
        ledger = self.env["regulation.ledger"]
        if not leads:
            return
        now = fields.Datetime.now()
        Regulation = self.env["regulation.regulation"]
        seats = self.env["regulation.gate"]._get_seats(leads.ids)
        found = []
        for lead in leads:
            plan = Regulation._get_plan(lead.regulation_id.id)
            stage = plan.stage_at(lead.stage_id.id)
            seat = seats.get(lead.id)
            if not (seat and seat.is_open and stage and seat.stage_id == stage.id):
                found.append((lead, plan, stage, seat))
        ledger._leave([seat for *_rest, seat in found if seat and seat.is_open], now)
        opening = [row for row in found if row[2]]
        passages = ledger._insert_passages(
            [
                (
                    lead.id,
                    stage.id,
                    plan.id,
                    lead.user_id.id or None,
                    lead.team_id.id or None,
                    self.env["regulation.engine"]._get_company_id(lead, seat),
                    origin,
                )
                for lead, plan, stage, seat in opening
            ],
            now,
        )
        ledger._insert_deal_duties(
            [
                (passages[lead.id], lead, stage, plan)
                for lead, plan, stage, _s in opening
            ],
            now,
        )
        self.env["regulation.figures"]._refresh(leads.ids)
        ledger._forget()
        return passages

    @api.model
    def _pin_found(self, leads, edition_id, origin):
        """Pin deals to an edition and seat them where they are found."""
        ledger = self.env["regulation.ledger"]
        ledger._update_leads(leads.ids, SQL("regulation_id = %s", edition_id))
        return self._seat_found(leads, origin)

    @api.model
    def _merge_history(self, head, tail):
        """Keep the books of merged deals with the deal that remains.

        They are marked as such: what was proven for one deal does not prove
        another, but nothing that happened is lost.
        """
        ledger = self.env["regulation.ledger"]
        if not tail or not self.env["regulation.regulation"]._has_books():
            return
        now = fields.Datetime.now()
        seats = self.env["regulation.gate"]._get_seats(tail.ids)
        ledger._leave([seat for seat in seats.values() if seat.is_open], now)
        for table, extra in (
            (
                "regulation_passage",
                SQL(", merged_from = COALESCE(t.merged_from, l.name)"),
            ),
            ("regulation_duty", SQL()),
            ("regulation_deviation", SQL()),
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s t SET lead_id = %s%s FROM crm_lead l"
                    " WHERE t.lead_id = l.id AND l.id IN %s",
                    SQL.identifier(table),
                    head.id,
                    extra,
                    tuple(tail.ids),
                )
            )
        ledger._forget()
        self.env["regulation.deviation"].invalidate_model(flush=False)
        self.env["regulation.figures"]._refresh(head.ids)

    @api.model
    def _switch_edition(self, leads, edition_id):
        """Move running deals to another edition, results of the stage taken along."""
        ledger = self.env["regulation.ledger"]
        old = {
            lead_id: seat
            for lead_id, seat in self.env["regulation.gate"]
            ._get_seats(leads.ids)
            .items()
            if seat.is_open
        }
        ledger._leave(list(old.values()), fields.Datetime.now())
        passages = self._pin_found(leads, edition_id, "moved") or {}
        for lead_id, passage_id in passages.items():
            if lead_id in old:
                ledger._carry_over(old[lead_id].passage_id, passage_id)
        self.env["regulation.figures"]._refresh(leads.ids)

    @api.model
    def _release(self, lead_ids):
        """Take deals out of their edition without asking anybody: it was repealed."""
        ledger = self.env["regulation.ledger"]
        if not lead_ids:
            return
        now = fields.Datetime.now()
        seats = self.env["regulation.gate"]._get_seats(lead_ids)
        ledger._leave([seat for seat in seats.values() if seat.is_open], now)
        ledger._update_leads(lead_ids, RELEASED)
        ledger._forget()
