# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL


class RegulationFigures(models.AbstractModel):
    """The figures a deal carries: progress, state, next deadline, compliance.

    Stored, so that lists, pivots and KPI read them; computed by one statement for
    any number of deals.

    * progress: share of the steps of the present stage that are done or waived
    * state: on hold, overdue, due soon or on track
    * compliance: share of all duties of the deal done in time and without waiver;
      empty while nothing can be said
    """

    _name = "regulation.figures"
    _description = "Figures of the Regulation"

    @api.model
    def _refresh(self, lead_ids, edition_id=None):
        """Recompute the figures of regulated deals; others are left alone.

        :param edition_id: pin the deals to this edition in the same statement
        """
        if not lead_ids:
            return
        self.env["regulation.ledger"]._flush_books()
        now = fields.Datetime.now()
        limits = self._get_soon_limits(now)
        time = self.env["regulation.time"]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead l
                   SET regulation_id = COALESCE(%(edition)s, l.regulation_id),
                       regulation_progress = v.progress,
                       regulation_next_due = v.next_due,
                       regulation_compliance = v.compliance,
                       regulation_state = v.state
                  FROM (
                    SELECT f.id, f.progress, f.next_due, f.compliance,
                           CASE WHEN f.hold >= f.today THEN 'on_hold'
                                WHEN f.next_due < %(now)s THEN 'overdue'
                                WHEN f.next_due <= f.soon THEN 'due_soon'
                                ELSE 'on_track' END AS state
                      FROM (
                        SELECT l.id, l.regulation_hold_until AS hold,
                               max(c.soon) AS soon, max(c.today) AS today,
                               CASE WHEN count(p.id) = 0 THEN 0
                                    WHEN count(d.id) = 0 THEN 100
                                    ELSE round(100.0 * count(d.id) FILTER (
                                             WHERE d.state IN ('done', 'waived'))
                                         / count(d.id), 2) END AS progress,
                               min(d.due_on) FILTER (
                                   WHERE d.state = 'open' AND d.done_on IS NULL
                               ) AS next_due,
                               (SELECT avg(a.compliance) FROM regulation_duty a
                                 WHERE a.lead_id = l.id) AS compliance
                          FROM crm_lead l
                     LEFT JOIN regulation_passage p
                            ON p.lead_id = l.id AND p.left_on IS NULL
                     LEFT JOIN regulation_duty d
                            ON d.passage_id = p.id AND d.state != 'cancelled'
                     LEFT JOIN unnest(%(companies)s::int[], %(limits)s::timestamp[],
                                      %(todays)s::date[])
                               AS c(company_id, soon, today)
                            ON c.company_id = p.company_id
                         WHERE l.id IN %(leads)s
                           AND COALESCE(%(edition)s, l.regulation_id) IS NOT NULL
                      GROUP BY l.id
                      ) f
                  ) v
                 WHERE l.id = v.id
                   AND (COALESCE(%(edition)s, l.regulation_id), l.regulation_progress,
                        l.regulation_next_due, l.regulation_compliance,
                        l.regulation_state)
                       IS DISTINCT FROM
                       (l.regulation_id, v.progress, v.next_due, v.compliance, v.state)
                """,
                now=now,
                companies=list(limits),
                limits=list(limits.values()),
                todays=[time._get_today(company_id) for company_id in limits],
                leads=tuple(lead_ids),
                edition=edition_id,
            )
        )
        self.env["crm.lead"].browse(lead_ids).invalidate_recordset(
            [
                "regulation_id", "regulation_progress", "regulation_next_due",
                "regulation_compliance", "regulation_state",
            ],
            flush=False,
        )  # fmt: skip

    @api.model
    def _get_soon_limits(self, now):
        """Until when a duty counts as due soon, for each company with editions."""
        Regulation = self.env["regulation.regulation"]
        companies = {
            Regulation._get_plan(edition_id).company_id
            for edition_id in Regulation._get_live_ids()
        }
        time = self.env["regulation.time"]
        return {company: time._get_soon_limit(now, company) for company in companies}

    @api.model
    def _clear_verdicts(self, duties):
        """A duty taken back has no verdict: that is not the same as zero."""
        if not duties:
            return
        duties.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE regulation_duty SET verdict = NULL, compliance = NULL"
                " WHERE id IN %s",
                tuple(duties.ids),
            )
        )
        duties.invalidate_recordset(["verdict", "compliance"])
