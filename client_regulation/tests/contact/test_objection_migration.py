# Part of client_regulation. See LICENSE file for full copyright and licensing details.


from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_talk import TalkCommon

SCRIPT = "client_regulation/migrations/19.0.1.2.0/post-objection.py"


@tagged("post_install", "-at_install")
class TestObjectionMigration(TalkCommon):
    """Competitor and class of release 1.1.0, typed texts, are carried over."""

    def _old(self, competitor=None, client_class=None, **vals):
        objection = self._objection(**vals)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE regulation_objection SET competitor_name = %s, client_class = %s "
            "WHERE id = %s",
            [competitor, client_class, objection.id],
        )
        return objection

    def _migrate(self):
        with mute_logger("post-objection"):
            load_script(SCRIPT, "post-objection").migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self.env.cr.execute(
            "ALTER TABLE regulation_objection"
            " ADD COLUMN IF NOT EXISTS competitor_name varchar"
        )

    def test_competitors(self):
        Competitor = self.env["regulation.competitor"]
        shared = Competitor.create({"name": "Other Kiln"})
        shared.with_context(active_test=False).active = False
        own = Competitor.create({"name": "Slate Ltd", "company_id": self.company.id})
        Competitor.create({"name": "Slate Ltd"})
        foreign_company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = Competitor.create(
            {"name": "New Tiles", "company_id": foreign_company.id}
        )
        known = self._old(" other  kiln ")
        ours = self._old("slate ltd")
        new, again = self._old("New Tiles"), self._old("NEW TILES ")
        nothing, empty = self._old("-"), self._old()
        self._migrate()
        self.assertEqual(known.competitor_id, shared)
        self.assertEqual(ours.competitor_id, own)
        created = new.competitor_id
        self.assertNotEqual(created, foreign)
        self.assertEqual(
            (created.name, created.company_id), ("New Tiles", self.company)
        )
        self.assertEqual(again.competitor_id, created)
        self.assertFalse(nothing.competitor_id | empty.competitor_id)
        new.competitor_id = own
        self._migrate()
        self.assertEqual(new.competitor_id, own, "repeated: chosen since")

    def test_classes(self):
        expected = {
            "P-A": "P-A", "П-A": "P-A", "П-В": "P-B", "p-c": "P-C", "A": "A",  # noqa: RUF001
            "с": "C",  # noqa: RUF001
        }  # fmt: skip
        olds = {text: self._old(client_class=text) for text in expected}
        strange = self._old(client_class="Gold", note="Answered")
        self._migrate()
        for text, code in expected.items():
            with self.subTest(text=text):
                self.assertEqual(olds[text].client_class, code)
        self.assertFalse(strange.client_class)
        self.assertEqual(strange.note, "Answered\nGold")

    def test_a_fresh_database_has_nothing_to_carry(self):
        script = load_script(SCRIPT, "post-objection")
        self.env.cr.execute("ALTER TABLE regulation_objection DROP competitor_name")
        script.migrate(self.env.cr, None)
        script.migrate(self.env.cr, "19.0.1.1.0")
