# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date
from unittest.mock import patch

from odoo import api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL

from .abc_common import FIRST
from .abc_data import AbcDataCommon

PERIOD = (date(1971, 1, 1), date(1971, 12, 31))


@tagged("post_install", "-at_install")
class TestAbcSnapshot(AbcDataCommon):
    """Documents that others post while a run works: it sees one moment."""

    def setUp(self):
        super().setUp()
        # a second connection, whose commits are real: what it makes is taken back
        self.other = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(self.other.close)
        env = api.Environment(self.other, api.SUPERUSER_ID, {})
        self.main = env.ref("base.main_company")
        journal = env["account.journal"].search(
            [("company_id", "=", self.main.id)], limit=1
        )
        if not journal:
            self.skipTest("the main company has no journal")
        self.far_journal = journal
        self.addCleanup(self._clean)

    def _clean(self):
        self.other.rollback()
        self.other.execute(
            SQL(
                "DELETE FROM account_move WHERE company_id = %s AND invoice_date"
                " BETWEEN %s AND %s",
                self.main.id,
                *PERIOD,
            )
        )
        self.other.commit()

    def _post_elsewhere(self, amount):
        env = api.Environment(self.other, api.SUPERUSER_ID, {})
        self.other.execute("SET LOCAL lock_timeout = '5s'")
        moves = self._post(
            [(self.env.ref("base.main_partner").id, PERIOD[0], amount)],
            env=env,
            company=self.main.with_env(env),
            journal=self.far_journal,
        )
        self.other.commit()
        return moves

    def test_one_moment(self):
        company = self.env["res.company"].browse(self.main.id)
        self.env.user.company_ids |= company
        self._post_elsewhere(100)
        # the snapshot of the test's own transaction began before: it sees nothing
        profile = self._profile(
            company_ids=company.ids, exclude_companies=False, exclude_employees=False
        )
        client = self._client("Here")
        self._post([(client.id, PERIOD[0], 50)])
        engine = type(self.env["regulation.abc.engine"])
        figures = engine._get_figures

        def post_and_reverse(engine, run, method, base):
            self._post_elsewhere(1000)
            [move] = self._post_elsewhere(5000)
            self.other.execute(
                SQL("UPDATE account_move SET state = 'draft' WHERE id = %s", move)
            )
            self.other.commit()
            return figures(engine, run, method, base)

        with patch.object(engine, "_get_figures", post_and_reverse):
            run = self._run(profile, *PERIOD)
        self.assertEqual(run.line_ids.partner_id, client)
        self.assertEqual((run.total, run.net_total), (50, 50))
        self.assertEqual(sum(run.line_ids.mapped("share")), 100)

    def test_posted_reversed_and_posted_again(self):
        client = self._client("Here")
        move = self._invoice(client, 100, FIRST)
        runs = [self._run()]
        move.button_draft()
        runs.append(self._run())
        move.action_post()
        runs.append(self._run())
        refund = move._reverse_moves(
            [{"invoice_date": FIRST, "date": FIRST}], cancel=False
        )
        refund.action_post()
        runs.append(self._run())
        self.assertEqual(
            [(run.state, run.total) for run in runs],
            [("calculated", 100), ("no_data", 0), ("calculated", 100), ("no_data", 0)],
        )
