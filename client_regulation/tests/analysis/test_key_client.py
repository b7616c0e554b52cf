# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .key_common import Q1, Q2, KeyCommon


@tagged("post_install", "-at_install")
class TestKeyClient(KeyCommon):
    """Who is proposed as a key client, and who decides. (C3.1, C3.2)"""

    def test_candidates_by_class_and_share(self):
        # shares of the second run: 40, 25, 12, 9, 8, 6
        clients = self._two_quarters(
            (400, 20, 250, 120, 100, 110), (400, 250, 120, 90, 80, 60)
        )
        keys = {key.partner_id: key for key in self._keys(clients)}
        met = [c in keys and keys[c].criteria or None for c in clients]
        # the second was C before; the fourth is A twice, below 10 per cent
        self.assertEqual(
            met, ["class_a share", "share", "class_a share", "class_a", None, None]
        )
        first = keys[clients[0]]
        self.assertEqual(first.state, "candidate")
        self.assertEqual(first.partner_name, "K01")
        self.assertEqual(first.user_id, self.seller)
        self.assertEqual(first.run_id, self.run)
        self.assertAlmostEqual(first.share, 40)
        self.assertEqual(first.class_runs, 2)
        self.assertIn("40.0 %", first.criteria_text)
        self.assertFalse(clients[0].is_key_client)

    def test_a_default_of_the_context_decides_nothing(self):
        client = self._client("Sly")
        key = self.Key.with_user(self.head).with_context(
            default_state="approved",
            default_criteria="class_a",
            default_decided_by_id=self.director.id,
            default_decision_note="Because",
        ).create({"partner_id": client.id, "user_id": self.seller.id})  # fmt: skip
        self.assertEqual(key.state, "candidate")
        self.assertFalse(key.criteria or key.decided_by_id or key.decision_note)
        self.assertFalse(client.is_key_client)

    def test_one_run_is_not_two(self):
        client = self._client("Only")
        self._invoice(client, 100, date(2026, 2, 10))
        self.profile.key_share = 0
        self._approved_run(date(2026, 1, 1), Q1)
        self.assertFalse(self._keys(client))
        self.profile.key_runs = 1
        self._invoice(client, 100, date(2026, 5, 10))
        self._approved_run(date(2026, 4, 1), Q2)
        self.assertEqual(self._keys(client).criteria, "class_a")

    def test_strategic_score(self):
        clients = self._two_quarters((900, 50, 50), (900, 60, 40))
        self._score(clients[1], 70)
        self._score(clients[2], 69.99)
        self._score(self._client("Prospect"), 100)
        self._invoice(clients[0], 900, date(2026, 8, 1))
        self._invoice(clients[1], 60, date(2026, 8, 1))
        self._invoice(clients[2], 40, date(2026, 8, 1))
        self._approved_run(date(2026, 7, 1), date(2026, 9, 30))
        self.assertEqual(self._keys(clients[1]).criteria, "score")
        self.assertFalse(self._keys(clients[2]))
        self.assertFalse(self.Key.search([("partner_name", "=", "Prospect")]))

    def _score(self, client, score):
        # the sheet of marks is another room's matter
        self.env.cr.execute(
            "UPDATE res_partner SET potential_score = %s, has_potential_score = TRUE"
            " WHERE id = %s",
            (score, client.id),
        )
        client.invalidate_recordset(["potential_score", "has_potential_score"])

    def test_proposed_once(self):
        clients = self._two_quarters((500, 300, 200), (500, 300, 200))
        keys = self._keys(clients)
        self.assertEqual(len(keys), 3)
        keys[:2].with_user(self.director).action_approve()
        keys[2].with_user(self.director).action_decline("Buys for one project only")
        for client in clients:
            self._invoice(client, 100, date(2026, 8, 1))
        run = self._approved_run(date(2026, 7, 1), date(2026, 9, 30))
        again = self._keys(clients)
        self.assertEqual(len(again), 4)
        # decided anew: the list of each run is complete
        self.assertEqual(
            sorted(again.mapped("state")),
            ["approved", "approved", "candidate", "declined"],
        )
        self.assertEqual((again - keys).run_id, run)
        self.assertEqual(keys[:2].run_id, run)

    def test_reconsider(self):
        clients = self._two_quarters((500, 500), (500, 500))
        keys = self._keys(clients)
        keys.with_user(self.director).action_approve()
        self._invoice(clients[0], 1000, date(2026, 8, 1))
        self._invoice(clients[1], 10, date(2026, 8, 1))
        self._approved_run(date(2026, 7, 1), date(2026, 9, 30))
        good, bad = (keys.filtered(lambda k, c=c: k.partner_id == c) for c in clients)
        self.assertFalse(good.is_reconsider)
        self.assertTrue(bad.is_reconsider)
        self.assertEqual(bad.state, "approved")
        self.assertFalse(bad.criteria)
        self.assertIn("reconsider", bad.message_ids[0].body)
        self.assertTrue(clients[1].is_key_client)
        with self.assertRaisesRegex(AccessError, "Ask the director"):
            bad.with_user(self.head).action_keep()
        bad.with_user(self.director).action_keep()
        self.assertFalse(bad.is_reconsider)
        bad.with_user(self.director).action_end("Its plant is closed")
        self.assertEqual(bad.state, "ended")
        self.assertFalse(clients[1].is_key_client)

    def test_only_the_leading_profile_proposes(self):
        client = self._client("Someone")
        self._invoice(client, 100)
        self._approved_run(date(2026, 1, 1), Q2, self._profile(name="Second"))
        self.assertFalse(self._keys(client))

    def test_director_alone_decides(self):
        clients = self._two_quarters((500, 300), (500, 300))
        keys = self._keys(clients)
        for user in (self.seller, self.head):
            with self.assertRaisesRegex(AccessError, "The sales director decides"):
                keys.with_user(user).action_approve()
            with self.assertRaisesRegex(AccessError, "The sales director decides"):
                keys.with_user(user).action_decline("Too small for the list")
        keys.with_user(self.director).action_approve()
        self.assertEqual(set(keys.mapped("state")), {"approved"})
        self.assertEqual(keys.decided_by_id, self.director)
        self.assertTrue(all(keys.mapped("decided_on")))
        self.assertTrue(all(clients.mapped("is_key_client")))
        found = self.env["res.partner"].search([("is_key_client", "=", True)])
        self.assertEqual(found & clients, clients)
        self.assertIn("you are its manager", keys[0].message_ids[0].body)
        with self.assertRaisesRegex(UserError, "cannot become"):
            keys.with_user(self.director).action_approve()
        with self.assertRaisesRegex(AccessError, "The sales director"):
            keys[0].with_user(self.head).action_end("Left us for another")

    def test_key_per_company(self):
        client = self._client("Two companies", user_id=self.seller.id)
        other = self.env["res.company"].create({"name": "Second company"})
        self._key(client)
        self.assertTrue(client.is_key_client)
        self.assertFalse(client.with_company(other).is_key_client)

    def test_exclusions_are_explained(self):
        clients = self._two_quarters((500, 300), (500, 300))
        key, other = self._keys(clients).with_user(self.director)
        for note in (None, "", "-", "n/a"):
            with self.assertRaisesRegex(ValidationError, "Write why"):
                key.action_decline(note)
        key.action_decline("Will close its plant")
        self.assertEqual(key.decision_note, "Will close its plant")
        other.action_approve()
        with self.assertRaisesRegex(ValidationError, "Write why"):
            other.action_end()

    def test_approval_without_criterion_needs_a_reason(self):
        client = self._client("By hand", user_id=self.seller.id)
        key = self.Key.with_user(self.head).create({"partner_id": client.id})
        self.assertEqual(key.criteria_text, "none is met")
        self.assertEqual(key.user_id, self.seller)
        with self.assertRaisesRegex(ValidationError, "meets no criterion"):
            key.with_user(self.director).action_approve()
        action = (
            key.with_user(self.director)
            .with_context(decision="approved")
            .action_open_decision()
        )
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.director)
            .with_context(**action["context"])
        )
        form.note = "Opens ten shops this year"
        form.save().action_decide()
        self.assertEqual(key.state, "approved")
        self.assertEqual(key.decision_note, "Opens ten shops this year")

    def test_limit_of_a_manager(self):
        self.profile.key_limit = 2
        keys = self.Key
        for name in ("A1", "A2", "A3"):
            keys += self.Key.create(
                {"partner_id": self._client(name, user_id=self.seller.id).id}
            )
        director = keys.with_user(self.director)
        with self._refused("abc_salesperson .* would have 3 key clients, and 2 is"):
            director.action_approve("Strategic for us")
        director[:2].action_approve("Strategic for us")
        with self._refused("another manager"):
            director[2].action_approve("Strategic for us")
        keys[2].with_user(self.head).user_id = self.stranger
        director[2].action_approve("Strategic for us")
        with self._refused("is the limit"):
            keys[2].with_user(self.head).user_id = self.seller

    @contextmanager
    def _refused(self, words):
        """Refused, and nothing of it stays."""
        with (
            self.assertRaisesRegex(ValidationError, words),
            self.env.cr.savepoint(),
        ):
            yield

    def test_a_key_client_has_a_manager(self):
        key = self.Key.create({"partner_id": self._client("Nobody's").id})
        with self.assertRaisesRegex(ValidationError, "no key account manager"):
            key.with_user(self.director).action_approve("Strategic for us")

    def test_written_by_nobody_else(self):
        client = self._client("Someone", user_id=self.seller.id)
        key = self.Key.create({"partner_id": client.id})
        with self.assertRaisesRegex(AccessError, "Use the buttons"):
            key.with_user(self.director).write({"state": "approved"})
        with self.assertRaisesRegex(AccessError, "Use the buttons"):
            self.Key.with_user(self.director).create(
                {"partner_id": client.id, "criteria": "class_a"}
            )
        with self.assertRaisesRegex(AccessError, "Key Client"):
            client.with_user(self.director).is_key_client = True
        with self.assertRaises(AccessError):
            key.with_user(self.seller).user_id = self.stranger
        contact = self._client("Contact", is_company=False, parent_id=client.id)
        with self.assertRaisesRegex(ValidationError, "only the client itself"):
            self.Key.with_user(self.head).create({"partner_id": contact.id})

    def test_decided_ones_stay(self):
        key = self._key(self._client("Someone", user_id=self.seller.id))
        with self.assertRaisesRegex(UserError, "recorded and stays"):
            key.with_user(self.director).unlink()
        other = self.Key.create({"partner_id": self._client("Else").id})
        other.with_user(self.director).unlink()

    def test_rights(self):
        key = self.Key.create(
            {"partner_id": self._client("Own", user_id=self.seller.id).id}
        )
        Key = self.Key
        for user, seen in (
            (self.seller, True),
            (self.stranger, False),
            (self.head, True),
            (self.director, True),
        ):
            with self.subTest(user.login):
                found = Key.with_user(user).search([("id", "=", key.id)])
                self.assertEqual(bool(found), seen)
        with self.assertRaises(AccessError):
            key.with_user(self.stranger).read(["criteria_text"])
        company = self.env["res.company"].create({"name": "Far"})
        far = new_test_user(
            self.env, login="key_far", company_id=company.id,
            company_ids=[company.id],
            groups="client_regulation.client_regulation_group_director",
        )  # fmt: skip
        self.assertFalse(Key.with_user(far).search([("id", "=", key.id)]))

    def test_event(self):
        client = self._client("Someone", user_id=self.seller.id)
        Event = type(self.env["regulation.event"])
        Regulation = type(self.env["regulation.regulation"])
        for running in (True, False):
            key = self.Key.create({"partner_id": client.id})
            with (
                patch.object(Regulation, "_is_engine_running", return_value=running),
                patch.object(Event, "_fire") as fire,
            ):
                key.with_user(self.director).action_approve("Strategic for us")
            fired = [call.args[0] for call in fire.call_args_list]
            self.assertEqual("key_list_approved" in fired, running)
            key.with_user(self.director).action_end("Only for the test")

    def test_proposal_costs_the_same_for_many(self):
        clients = self._two_quarters((500, 300), (500, 300))
        Proposal = self.env["regulation.key.proposal"]
        run = self.run

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Proposal._propose(run)
            return self.env.cr.sql_log_count - before

        queries()
        self.Key.search([]).unlink()
        few = queries()
        self.assertEqual(len(self._keys(clients)), 2)
        lines = self.env["regulation.abc.line"].search([("run_id", "=", run.id)])
        for number in range(20):
            lines[:1].sudo().copy(
                {"partner_id": self._client(f"M{number}").id, "share": 50}
            )
        self.Key.search([]).unlink()
        self.assertEqual(queries(), few)
        self.assertEqual(len(self.Key.search([("run_id", "=", run.id)])), 22)

    def test_partner_button(self):
        client = self._client("Someone", user_id=self.seller.id)
        seen = client.with_user(self.seller)
        self.assertFalse(seen.regulation_key_state)
        key = self._key(client)
        seen.invalidate_recordset()
        self.assertEqual(seen.regulation_key_state, "approved")
        self.assertEqual(seen.action_view_key_client()["res_id"], key.id)
