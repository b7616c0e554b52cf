# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .abc_common import FIRST, LAST, AbcCommon


@tagged("post_install", "-at_install")
class TestAbcScreen(AbcCommon):
    """What people see of a run, and what they may press. (Issue 4)"""

    def _view_fields(self, run, user=None):
        view = run.get_view(
            self.env.ref("client_regulation.regulation_abc_run_view_form").id, "form"
        )
        names = view["models"]["regulation.abc.run"]
        return {
            name: {} for name in names if run._fields[name].type not in ("one2many",)
        }

    def _count(self, run):
        """Queries that the form of a run takes."""
        spec = self._view_fields(run)
        self.assertNotIn("line_ids", spec)
        run.web_read(spec)  # whatever is cached for good
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        run.web_read(spec)
        return self.cr.sql_log_count - before

    def _fill(self, run, count):
        """Lines as the engine writes them, without as many invoices."""
        self.env.cr.execute(
            "INSERT INTO regulation_abc_line (run_id, date_to, partner_name, value,"
            " rank, share, cumulative_share, computed_class, assigned_class)"
            " SELECT %s, %s, 'Client ' || n, 1000 - n, n, 0.1, 0.1 * n, 'C', 'C'"
            "   FROM generate_series(11, %s) n",
            (run.id, LAST, count),
        )
        self.env.invalidate_all()
        run._settle_figures()

    def test_form_opens_without_lines(self):
        """As many queries with 500 lines as with 10: none of them loads the lines."""
        self._clients(400, 250, 120, 50, 45, 40, 35, 30, 20, 10)
        run = self._run().with_user(self.director)
        few = self._count(run)
        self._fill(run.sudo(), 500)
        self.assertEqual(self._count(run), few)
        self.assertEqual(len(run.top_table["rows"]), 10)

    def test_tables_say_what_the_run_says(self):
        clients = self._clients(400, 250, 120, 50, 45, 40, 35, 30, 20, 10)
        run = self._run()
        rows = [[cell["text"] for cell in row] for row in run.class_table["rows"]]
        self.assertEqual(rows[0][:5], ["A", "4", "40.0 %", "820.00", "82.0 %"])
        self.assertEqual(rows[3][:5], ["Base", "10", "100.0 %", "1,000", "100.0 %"])
        self.assertIn("polyline", run.curve_chart)
        self.assertIn("65.0 %", run.curve_chart)  # of 20 % of the clients
        first = run.top_table["rows"][0]
        self.assertEqual(first[0]["text"], "1. K01")
        self.assertEqual(first[3]["text"], "40.0 %")
        self.assertFalse(run.migration_table)
        run.action_approve()
        self._invoice(clients[9], 5000, LAST.replace(year=2027, month=3))
        second = self._run(first=FIRST.replace(year=2027), last=LAST.replace(year=2027))
        matrix = [[c["text"] for c in row] for row in second.migration_table["rows"]]
        self.assertEqual(matrix[2], ["C", "1", "–", "–", "1"])
        self.assertEqual((second.up_count, second.lost_count), (1, 9))

    def test_cells_lead_to_their_clients(self):
        """Every number that can be pressed opens as many lines as it says."""
        self._clients(400, 250, 120, 50, 45, 40, 35, 30, 20, -10, 0)
        self.profile.with_xyz = True
        self._run().action_approve()
        later = (FIRST.replace(month=2), LAST.replace(year=2027, month=1))
        run = self._run(first=later[0], last=later[1])
        pressed = 0
        for name in ("class_table", "grid_table", "migration_table"):
            for row in (run[name] or {"rows": []})["rows"]:
                for cell in row:
                    if "domain" not in cell:
                        continue
                    action = run.with_context(
                        line_domain=cell["domain"]
                    ).action_view_lines()
                    found = self.env[action["res_model"]].search_count(action["domain"])
                    self.assertEqual(str(found), cell["text"], (name, cell))
                    pressed += 1
        self.assertGreater(pressed, 6)

    def test_notices(self):
        """No concentration, dependence, and a method that has changed."""
        clients = self._clients(100, 100, 100, 100)
        run = self._run()
        self.assertIn("no concentration", run.notices)
        self._invoice(clients[0], 100)
        self.assertIn("depends on its largest", self._run().notices)
        self._invoice(clients[0], 1000)
        second = self._run()
        self.assertIn("lives on one client", second.notices)
        self.assertNotIn("no concentration", second.notices)
        second.action_approve()
        self.profile.bound_a = 70
        later = self._run(first=FIRST, last=LAST.replace(year=2027))
        self.assertIn("not comparable", later.notices)
        nothing = self._run(
            first=FIRST.replace(year=2020), last=FIRST.replace(year=2021)
        )
        self.assertIn("nothing to classify", nothing.notices)
        self.assertFalse(nothing.curve_chart)

    def test_class_of_a_line_is_grouped_and_searched(self):
        """The class set by hand goes before, in lists and pivots too."""
        clients = self._clients(400, 250, 120, 50, 45, 40, 35, 30, 20, 10)
        run = self._run()
        self._line(run, clients[9]).sudo().manual_class = "A"
        Line = self.env["regulation.abc.line"]
        domain = [("run_id", "=", run.id)]
        groups = dict(Line._read_group(domain, ["final_class"], ["__count"]))
        self.assertEqual(groups, {"A": 5, "B": 4, "C": 1})
        found = Line.search([*domain, ("final_class", "=", "A")])
        self.assertEqual(len(found), 5)
        self.assertEqual(Line.search_count([*domain, ("final_class", "!=", "A")]), 5)
        self.assertTrue(Line.fields_get(["final_class"])["final_class"]["groupable"])

    def test_approve_is_for_the_director(self):
        self._clients(400, 250, 120)
        run = self._run()
        for user, sees in ((self.head, False), (self.director, True)):
            arch = run.with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual("action_ask_approve" in arch, sees)
        for name in ("action_ask_approve", "action_approve"):
            with self.assertRaises(AccessError, msg=name):
                getattr(run.with_user(self.head), name)()
        with self.assertRaises(AccessError):
            self.env["regulation.abc.approve"].with_user(self.head).create(
                {"run_id": run.id}
            )
        action = run.with_user(self.director).action_ask_approve()
        wizard = (
            self.env["regulation.abc.approve"]
            .with_user(self.director)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.changed_count, 3)
        wizard.action_approve()
        self.assertEqual(run.state, "approved")
        with self.assertRaises(UserError):
            run.with_user(self.director).action_ask_approve()

    def test_calculate_a_period(self):
        self._clients(400, 250, 120)
        action = self.profile.with_user(self.head).action_ask_period()
        wizard = Form(
            self.env["regulation.abc.calculate"]
            .with_user(self.head)
            .with_context(**action["context"])
        )
        self.assertTrue(wizard.date_from < wizard.date_to)
        wizard.date_from, wizard.date_to = FIRST, LAST
        result = wizard.save().action_calculate()
        run = self.env["regulation.abc.run"].browse(result["res_id"])
        self.assertEqual((run.client_count, run.date_to), (3, LAST))
        with self.assertRaises(AccessError):
            self.profile.with_user(self.seller).action_ask_period()

    def test_set_by_hand_dialog(self):
        """The dialog shows the computed class beside the choice."""
        clients = self._clients(400, 250, 120)
        self._run().action_approve()
        action = clients[2].with_user(self.head).action_set_abc_class()
        form = Form(
            self.env["regulation.abc.override"]
            .with_user(self.head)
            .with_context(**action["context"])
        )
        computed = clients[2].abc_class
        self.assertEqual(form.shown_class, computed)
        form.abc_class = "A" if computed != "A" else "C"
        form.reason = "A frame contract is signed"
        override = form.save()
        self.assertTrue(override.differs)
        self.assertIn(clients[2].name, override.display_name)
        self.assertIn(
            clients[2],
            self.env["res.partner"].search([("abc_class_differs", "=", True)]),
        )

    def test_history_on_the_client(self):
        """A salesperson sees own clients' lines of approved runs, and no others."""
        clients = self._clients(400, 250, 120)
        clients[0].user_id, clients[1].user_id = self.seller, self.head
        run = self._run()
        self.assertFalse(clients[0].with_user(self.head).abc_history_ids)
        run.action_approve()
        self.env.invalidate_all()
        mine, other = (
            clients[0].with_user(self.seller),
            clients[1].with_user(self.seller),
        )
        self.assertEqual(mine.abc_history_ids.sudo().run_id, run)
        self.assertFalse(other.abc_history_ids)
        action = mine.abc_history_ids.action_view_documents()
        self.assertEqual(action["res_model"], "account.move")
        self.assertTrue(clients[1].with_user(self.head).abc_history_ids)
        stranger = new_test_user(self.env, "abc_stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.assertFalse(clients[0].with_user(stranger).abc_history_ids)
        contact = self._client("Buyer", is_company=False, parent_id=clients[0].id)
        self.assertEqual(contact.client_abc_class, clients[0].abc_class)

    def test_deals_show_the_class_of_their_client(self):
        """…in as many queries for 80 deals as for 8."""
        clients = self._clients(*range(100, 20, -1))
        self._run().action_approve()
        self.env["crm.lead"].sudo().create(
            [
                {"name": f"Deal {client.name}", "partner_id": client.id,
                 "type": "opportunity", "user_id": self.head.id}
                for client in clients
            ]
        )  # fmt: skip
        Lead = self.env["crm.lead"].with_user(self.head)
        domain = [("partner_id", "in", clients.ids)]
        spec = {"client_abc_class": {}, "client_is_key": {}}

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            result = Lead.web_search_read(domain, spec, limit=limit)
            return self.cr.sql_log_count - before, result

        count(8)
        few, _result = count(8)
        many, result = count(80)
        self.assertEqual(len(result["records"]), 80)
        self.assertTrue(all(row["client_abc_class"] for row in result["records"]))
        self.assertLessEqual(many, few + 1)
        groups = Lead._read_group(domain, ["client_abc_class"], ["__count"])
        self.assertEqual(sum(number for _letter, number in groups), 80)
        self.assertEqual(
            Lead.search_count([*domain, ("client_abc_class", "=", "A")]),
            dict(groups)["A"],
        )

    def test_visit_and_meeting_show_the_class(self):
        clients = self._clients(400, 250, 120)
        self._run().action_approve()
        visit = self.env["regulation.visit"].create(
            {"partner_id": clients[0].id, "date_planned": "2027-02-01 09:00:00",
             "user_id": self.head.id, "goal": "Renew the frame contract",
             "company_id": self.company.id}
        )  # fmt: skip
        self.assertEqual(visit.client_abc_class, "A")
        if visit.event_id:
            self.assertEqual(visit.event_id.client_abc_class, "A")


@tagged("post_install", "-at_install")
class TestAbcTours(AbcCommon, HttpCase):
    """The sales director's morning with a run, in a real browser."""

    def test_director_approves_a_run(self):
        clients = self._clients(400, 250, 120, 50, 45, 40, 35, 30, 20, 10)
        clients[9].name = "Wide River Trade"
        run = self._run()
        for user in (self.director, self.head):
            user.password = user.login
        self.start_tour(
            f"/odoo/regulation.abc.run/{run.id}", "abc_head", login=self.head.login
        )
        self.assertEqual(run.state, "calculated")
        self.start_tour(
            f"/odoo/regulation.abc.run/{run.id}",
            "abc_director",
            login=self.director.login,
            timeout=120,
        )
        self.env.invalidate_all()
        self.assertEqual(run.state, "approved")
        self.assertEqual(run.approved_by_id, self.director)
        self.assertEqual(clients[9].with_company(self.company).abc_class, "A")
        self.assertEqual(clients[9].abc_computed_class, "C")
