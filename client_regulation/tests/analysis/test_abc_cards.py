# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .abc_common import FIRST, LAST
from .abc_data import AbcDataCommon

NEXT = (date(2027, 1, 1), date(2027, 12, 31))


@tagged("post_install", "-at_install")
class TestAbcCards(AbcDataCommon):
    """Classes on the cards: written by runs, and cheaply; by nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_a = cls._client("Someone")
        cls._card(cls.client_a, "A")

    # -- writing ---------------------------------------------------------------

    def test_refused(self):
        client = self.client_a.with_user(self.director)
        for vals in (
            {"abc_class": "B"}, {"abc_class": False}, {"xyz_class": "X"},
            {"rfm_segment": "champions"}, {"is_key_client": True},
            {"name": "Other", "abc_class": "C"},
        ):  # fmt: skip
            with (
                self.subTest(vals),
                self.assertRaisesRegex(AccessError, "approved ABC run"),
            ):
                client.write(vals)
        with self.assertRaisesRegex(AccessError, "ABC Class"):
            client.create({"name": "New", "abc_class": "A"})
        self.assertEqual(self.client_a.name, "Someone")
        self.assertEqual(self.client_a.abc_class, "A")

    def test_not_by_a_default_either(self):
        created = self.env["res.partner"].with_user(self.director).with_context(
            default_abc_class="A", default_is_key_client=True
        ).create({"name": "New"})  # fmt: skip
        self.assertFalse(created.abc_class)
        self.assertFalse(created.is_key_client)

    def test_not_through_a_user(self):
        with self.assertRaises(AccessError):
            self.seller.sudo().write({"abc_class": "A"})

    def test_other_values_pass(self):
        client = self.client_a.with_user(self.director)
        client.write({"name": "Same class", "abc_class": "A", "xyz_class": False})
        self.assertEqual(client.name, "Same class")
        with Form(client) as form:
            form.phone = "+32 2 123 45 67"
        self.assertTrue(client.phone)
        self.assertEqual(client.abc_class, "A")

    def test_copy(self):
        copy = self.client_a.copy()
        self.assertFalse(copy.abc_class)

    def test_import(self):
        Partner = self.env["res.partner"].with_user(self.director).with_context(
            import_file=True
        )  # fmt: skip
        result = Partner.load(["name", "abc_class"], [["Imported", ""]])
        self.assertFalse([m for m in result["messages"] if m["type"] == "error"])
        self.assertTrue(result["ids"])
        fields = [".id", "name", "abc_class"]
        key = str(self.client_a.id)
        for letter in ("A", ""):
            result = Partner.load(fields, [[key, f"Back{letter}", letter]])
            self.assertTrue(result["ids"], result["messages"])
            self.assertEqual(self.client_a.name, f"Back{letter}")
            self.assertEqual(self.client_a.abc_class, "A")
        result = Partner.load(fields, [[key, "Cheat", "C"]])
        self.assertFalse(result["ids"])
        self.assertIn("approved ABC run", result["messages"][0]["message"])
        result = Partner.load(["name", "abc_class"], [["Cheat", "C"]])
        self.assertFalse(result["ids"])

    def test_each_company_its_own(self):
        other = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids |= other
        self.assertFalse(self.client_a.with_company(other).abc_class)
        with self.assertRaises(AccessError):
            self.client_a.with_company(other).abc_class = "A"

    # -- what it costs ---------------------------------------------------------

    def _count(self, clients, years):
        self._post([(c.id, date(years[0], 5, 5), 100 + c.id) for c in clients])
        profile = self._profile(
            is_leading=False, with_xyz=True, with_rfm=True, hysteresis="buffer"
        )
        counts = []
        for year in years:
            if year != years[0]:
                self._post([(c.id, date(year, 5, 5), 100 + c.id) for c in clients])
            with self._counted() as counter:
                run = self._run(profile, date(year, 1, 1), date(year, 12, 31))
            counts += counter
            with self._counted() as counter:
                run.with_user(self.director).action_approve()
            counts += counter
            self.assertEqual(run.client_count, len(clients))
        return counts

    def test_the_same_statements_for_10_and_500(self):
        self._count(self._many(3, "W"), (2011, 2012))  # warms the caches
        few = self._count(self._many(10, "F"), (2013, 2014))
        many = self._count(self._many(500, "M"), (2015, 2016))
        self.assertEqual(few, many)

    def test_approval_writes_the_cards_that_change(self):
        clients = self._many(500)
        rows = [(client.id, 1000 + at) for at, client in enumerate(clients)]
        self._post([(partner, FIRST, value) for partner, value in rows])
        self._run().with_user(self.director).action_approve()
        letters = self._read_letters(clients)
        self.assertEqual(set(letters.values()), {"A", "B", "C"})
        # a year later all is the same, but three change places with three others
        worst, best = clients[:3].ids, clients[-3:].ids
        change = dict(zip(worst + best, best + worst, strict=True))
        self._post([(change.get(p, p), NEXT[0], value) for p, value in rows])
        run = self._run(None, *NEXT)
        self.assertEqual(run.changed_count, 6)
        places = self._read_places(clients)
        messages = self.env["mail.message"].search_count(
            [("model", "=", "res.partner"), ("res_id", "in", clients.ids)]
        )
        run.with_user(self.director).action_approve()
        moved = {
            partner for partner, place in self._read_places(clients).items()
            if place != places[partner]
        }  # fmt: skip
        self.assertEqual(moved, {*worst, *best})
        now = self._read_letters(clients)
        self.assertEqual({p for p in letters if now[p] != letters[p]}, moved)
        self.assertEqual(
            messages,
            self.env["mail.message"].search_count(
                [("model", "=", "res.partner"), ("res_id", "in", clients.ids)]
            ),
        )
        tracked = self.env["mail.tracking.value"].search_count(
            [("field_id.model", "=", "res.partner"),
             ("field_id.name", "in", ["abc_class", "xyz_class"])]
        )  # fmt: skip
        self.assertFalse(tracked)

    def _read_places(self, clients):
        """Where the rows of cards lie: an update puts them elsewhere."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, ctid::text FROM res_partner WHERE id IN %s",
                    tuple(clients.ids),
                )
            )
        )

    def _read_letters(self, clients):
        clients.invalidate_recordset()
        return {client.id: client.abc_class for client in clients}

    def test_what_others_wrote_meanwhile(self):
        client, other = self._many(2)
        self._post([(client.id, FIRST, 900), (other.id, FIRST, 100)])
        run = self._run(None, FIRST, LAST).sudo()
        self.assertEqual(run.line_ids.mapped("is_changed"), [True, True])
        self._card(client, "A")
        run._mark_changes()
        self.assertFalse(self._line(run, client).is_changed)
        self.assertTrue(self._line(run, other).is_changed)
        self._card(client, "C")
        run._mark_changes()
        self.assertTrue(self._line(run, client).is_changed)
