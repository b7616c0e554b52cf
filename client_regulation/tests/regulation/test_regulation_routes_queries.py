# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import re
from contextlib import contextmanager
from copy import deepcopy
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged

from ..common import RegulationCommon
from .test_regulation_routes import RegulationRoutesCommon

#: a statement that reads or writes a table of ours (a column of crm_lead is none)
OURS = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE|ONLY)\s+"?regulation_\w+', re.IGNORECASE)


class QueryCase(RegulationCommon):
    @contextmanager
    def _record(self):
        """Collect the statements of a block; what is pending goes before it."""
        queries = []
        with patch("random.random", lambda: 1):  # no random clean-up of the bus
            yield from self._patchExecute(queries)

    @contextmanager
    def assertNoneOfOurs(self):
        with self._record() as queries:
            yield
        self.assertTrue(queries)
        self.maxDiff = None
        self.assertEqual([query for query in queries if OURS.search(query)], [])


FACTS = (
    "regulation.call",
    "regulation.objection",
    "regulation.agreement",
    "regulation.visit",
    "regulation.contract",
    "regulation.deal.review",
    "regulation.handover",
)


@tagged("post_install", "-at_install")
class TestRegulationIdle(QueryCase):
    """Installed and nothing approved: crm costs not one query more. (P3)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._draft()  # a draft binds nobody
        Regulation = cls.env["regulation.regulation"]
        cls.idle = (
            not Regulation._is_engine_running()
            and not Regulation._has_books()
            and not any(cls.env[model]._has_rows() for model in FACTS)
        )

    def setUp(self):
        super().setUp()
        if not self.idle:
            self.skipTest("an edition is or was in force, or calls were logged")
        self.env["regulation.regulation"]._is_engine_running()  # fill the cache
        self.env["regulation.regulation"]._has_books()
        for model in FACTS:
            self.env[model]._has_rows()
        self.env["regulation.card.item"]._get_items()
        self.env["regulation.card.item"]._get_key()

    def _count_both(self, method, prepare, *args):
        """How many statements a method of a deal takes: as it is, and without ours."""
        ours = next(
            cls
            for cls in type(self.env["crm.lead"]).mro()
            if cls.__module__.endswith("client_regulation.models.crm_lead")
        )
        counts = []
        for plain in (True, False) * 2:  # the first round only fills the caches
            deal = prepare()
            call = getattr(super(ours, deal) if plain else deal, method)
            deal.invalidate_recordset()
            with self._record() as queries:
                call(*deepcopy(args))  # crm adds to the values it is given
            counts.append(len(queries))
        return counts[2:]

    def test_as_many_queries_as_plain_crm(self):
        move = {"stage_id": self.col_offer.id}
        values = {"name": "Idle", "type": "opportunity", "team_id": self.team.id}
        for method, prepare, args in (
            ("write", self._deal, (move,)),
            ("write", self._deal, ({"partner_id": self.partner.id},)),
            ("create", lambda: self._deal().browse(), ([values],)),
            ("unlink", lambda: self._deal().with_user(self.owner), ()),
            ("action_set_won", self._deal, ()),
            ("copy", self._deal, ()),
        ):
            with self.subTest(method=method, args=args):
                plain, full = self._count_both(method, prepare, *args)
                self.assertGreater(plain, 0)
                self.assertEqual(full, plain)

    def test_no_query_of_ours(self):
        lost = {"lost_reason_id": self.lost_reason.id}
        with self.assertNoneOfOurs():
            deal, second = self._deal(), self._deal(partner_id=self.partner.id)
            deal.write({"stage_id": self.col_close.id, "expected_revenue": 5})
            deal.copy()
            deal.action_set_lost(**lost)
            deal.action_restore()
            deal.team_id = self.free_team
            deal.action_set_won()
            second.stage_id = self.col_offer
            self.partner.write({"ref": "not on the card"})
            (deal | second).with_user(self.owner).merge_opportunity()
        # a client is born with a card, whatever is in force
        gone = self.env["res.partner"].create({"name": "Gone"})
        self.env.flush_all()
        with self.assertNoneOfOurs():
            self.col_parking.is_won = True
            gone.unlink()
            second.with_user(self.owner).exists().unlink()
            self.env["crm.team"]._cron_assign_leads()

    def test_screens_read_nothing_of_ours(self):
        deal = self._deal(partner_id=self.partner.id)
        for view, kind in (
            ("crm.crm_lead_view_form", "form"),
            ("crm.crm_case_kanban_view_leads", "kanban"),
            ("crm.crm_case_tree_view_oppor", "list"),
        ):
            view_id = self.env.ref(view).id
            arch = deal.get_views([(view_id, kind)])["views"][kind]["arch"]
            tree = etree.fromstring(arch)
            names = {
                node.get("name")
                for node in tree.iter("field")
                if not any(parent.tag == "field" for parent in node.iterancestors())
            }
            self.assertIn("stage_id", names)
            deal.invalidate_recordset()
            with self.subTest(view=view), self.assertNoneOfOurs():
                deal.web_read({name: {} for name in names})


@tagged("post_install", "-at_install")
class TestRegulationGateQueries(RegulationRoutesCommon, QueryCase):
    """The gate asks as many questions for fifty deals as for one. (P3)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # an activity for each lawyer's duty is what people get, not what the gate asks
        cls.edition.with_user(cls.owner).action_soften_gates()
        cls.edition.with_user(cls.owner).action_repeal()
        draft = cls._draft(name="Without the lawyer")
        draft.step_ids.filtered(lambda step: step.code == "S2.2").role_id = cls.role_sm
        cls.edition = cls._approve(draft)

    def _ready(self, number):
        deals = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .create(
                [
                    {
                        "name": f"Deal {n}",
                        "type": "opportunity",
                        "team_id": self.team.id,
                        **self._facts(),
                    }
                    for n in range(number)
                ]
            )
        )
        self.env["regulation.duty"].search(
            [("lead_id", "in", deals.ids), ("state", "=", "open")]
        )._mark_done()
        self.env.flush_all()
        deals.invalidate_recordset()
        return deals

    def _count(self, deals, vals):
        with self._record() as queries:
            deals.write(vals)
        ours = [query for query in queries if OURS.search(query)]
        return len(ours)

    def test_moves(self):
        self._count(self._ready(2), {"stage_id": self.col_offer.id})  # fill caches
        counts = {}
        for number in (1, 50):
            deals = self._ready(number)
            counts[number] = [
                self._count(deals, {"stage_id": column.id})
                for column in (self.col_offer, self.col_qualify)
            ]
            self.assertEqual(len(deals.passage_ids), 3 * number)
        self.assertEqual(counts[50][0], counts[1][0])
        # each move back is a row of the register; rows are born in batches
        self.assertLessEqual(counts[50][1], counts[1][1] + 2)
        self.assertLess(max(*counts[1], *counts[50]), 20)

    def test_refusals(self):
        def refuse(deals):
            with self._record() as queries, self.assertRefused("S1.2"):
                deals.write({"stage_id": self.col_offer.id, "expected_revenue": 0})
            return len([query for query in queries if OURS.search(query)])

        refuse(self._ready(2))
        self.assertEqual(refuse(self._ready(1)), refuse(self._ready(50)))

    def test_creation(self):
        values = {"name": "New", "type": "opportunity", "team_id": self.team.id}
        Lead = self.env["crm.lead"].with_user(self.seller)
        Lead.create(values)
        counts = []
        for number in (1, 50):
            with self._record() as queries:
                Lead.create([values] * number)
            counts.append(len([query for query in queries if OURS.search(query)]))
        self.assertEqual(*counts)

    def test_form_and_list(self):
        names = {
            name: {}
            for name in self.env["crm.lead"]._fields
            if name.startswith("regulation_") and not name.endswith("_ids")
        }
        counts = []
        for number in (1, 50):
            deals = self._ready(number)
            with self._record() as queries:
                deals.web_read(names)
            counts.append(len([query for query in queries if OURS.search(query)]))
        self.assertLessEqual(counts[1], counts[0] + 2)
