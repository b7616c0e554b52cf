# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import re
from collections import Counter
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

MODULE = "client_regulation"
I18N = Path(__file__).parents[2] / "i18n"
HELP = "Run `make i18n`, translate what it names in scripts/content/ru_code.json."

#: terms that are the same in Russian, or have no letters to translate
SAME = {
    "%(client)s (%(salesperson)s)",
    "%(column)s: %(problem)s",
    "%(deal)s:",
    "%(edition)s: %(person)s",
    "%(measure)s. %(method)s: %(bounds)s. %(rule)s: %(bound)s.",
    "%(measure)s: %(weight)s",
    "%(number)s %%",
    "%(profile)s: %(start)s – %(stop)s",
    "%(record)s — %(field)s: %(old)s → %(new)s",
    "%(role)s, %(person)s: %(verdict)s. %(comment)s",
    "%(start)s – %(stop)s",
    "%(step)s: %(missing)s",
    "<span>%</span>",
    "<span>·</span>",
    "<span>→</span>",
    "ABC",
    "ABC × XYZ",
    "ABC, XYZ, RFM",
    "C08 NPS",
    "ID",
    "OTIF ≥95 %",
    "RFM",
    "SHA-256",
    "XYZ",
    "object._get_report_name()",
    "object.display_name",
    "≥10 KPI",
    '<span class="text-muted me-1">RFM</span>',
    '<span class="text-muted me-1">XYZ</span>',
}

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sdif]|\{\{.*?\}\}")
TAG = re.compile(r"<[^<>]+>")
#: attributes whose value is a text for people
TEXT_ATTRIBUTE = re.compile(r'\b(aria-label|title|placeholder|alt)="[^"]*"')


def read(name):
    return polib.pofile(str(I18N / name), encoding="utf-8")


@tagged("post_install", "-at_install")
class TestRegulationI18n(TransactionCase):
    """English and Russian are both first-class: nothing is left in English.

    What the files should hold is asked of Odoo's own export, within this process.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pot = read(f"{MODULE}.pot")
        cls.russian = read("ru.po")
        cls.is_demo = cls.env.ref("base.module_" + MODULE).demo
        if not cls.env["res.lang"]._get_data(code="ru_RU"):
            cls.env["res.lang"]._activate_lang("ru_RU")
            cls.env.ref("base.module_" + MODULE)._update_translations(["ru_RU"])
        # (module, source, name, xml id, type, comments, record id, value)
        cls.rows = TranslationModuleReader(
            cls.env.cr, modules=[MODULE], lang="ru_RU"
        )._to_translate

    def assertNothing(self, found, message):
        """Fail with the whole list: one run tells everything that is to be mended."""
        found = sorted(set(found))
        if found:
            lines = "\n".join(f"  {line!r}" for line in found)
            self.fail(f"{message} {HELP}\n{lines}")

    def _is_of_addon(self, name, xml_id):
        """Other modules add fields to ours through the mixins we use; which ones
        depends on what is installed."""
        if not name.startswith("ir.model.fields,"):
            return True
        record = self.env.ref(xml_id)
        return MODULE in self.env[record.model]._fields[record.name]._modules

    # ------------------------------------------------------------
    # THE FILES
    # ------------------------------------------------------------

    def test_template_has_every_term(self):
        """A new or changed string is in the .pot."""
        known = {entry.msgid for entry in self.pot}
        self.assertNothing(
            (
                source
                for _module, source, name, xml_id, *_rest in self.rows
                if source not in known and self._is_of_addon(name, xml_id)
            ),
            "Terms of the addon that are not in the .pot.",
        )

    def test_template_has_no_other_term(self):
        """A string that is gone is gone from the .pot; demo data need not be here."""
        exported = {row[1] for row in self.rows}
        self.assertNothing(
            (
                entry.msgid
                for entry in self.pot
                if entry.msgid not in exported
                and (
                    self.is_demo
                    or not all(
                        place.endswith("_demo") for place, _ in entry.occurrences
                    )
                )
            ),
            "Terms in the .pot that the addon does not have any more.",
        )

    def test_russian_is_complete(self):
        """Every term has Russian of its own; ru.po holds nothing else."""
        russian = {entry.msgid: entry for entry in self.russian}
        terms = {entry.msgid for entry in self.pot}
        self.assertNothing(terms - set(russian), "Terms that are not in ru.po.")
        self.assertNothing(set(russian) - terms, "Terms only in ru.po.")
        self.assertNothing(
            (
                entry.msgid
                for entry in self.russian
                if not entry.msgstr or entry.fuzzy or entry.obsolete
            ),
            "Terms without Russian in ru.po.",
        )
        self.assertNothing(
            (
                entry.msgid
                for entry in self.russian
                if entry.msgid not in SAME and entry.msgid == entry.msgstr
            ),
            "Terms whose Russian is English.",
        )

    def test_placeholders_and_markup_are_kept(self):
        """A lost placeholder breaks the message, a lost tag breaks the view."""
        for entry in self.russian:
            if not entry.msgstr:
                continue  # reported elsewhere
            with self.subTest(term=entry.msgid):
                for pattern in (PLACEHOLDER, TAG):
                    found = [
                        Counter(
                            TEXT_ATTRIBUTE.sub(r"\1", piece)
                            for piece in pattern.findall(text)
                        )
                        for text in (entry.msgid, entry.msgstr)
                    ]
                    self.assertEqual(*found)
                self.assertEqual(
                    [entry.msgid[:1].isspace(), entry.msgid[-1:].isspace()],
                    [entry.msgstr[:1].isspace(), entry.msgstr[-1:].isspace()],
                    "spaces at the ends",
                )
                self.assertEqual(
                    entry.msgid.endswith(":"), entry.msgstr.endswith(":"), "the colon"
                )

    def test_russian_typography(self):
        """Russian quotes are «», also where the English ones are “” or ''."""
        self.assertNothing(
            (
                entry.msgstr
                for entry in self.russian
                if re.search(r"[“”\"]", TAG.sub("", entry.msgstr))
            ),
            "Russian with English quotes.",
        )

    # ------------------------------------------------------------
    # THE DATABASE
    # ------------------------------------------------------------

    def test_everything_is_shown_in_russian(self):
        """Fields, selections, menus, views and the shipped regulations answer in
        Russian where it differs from the English."""
        self.assertNothing(
            (
                f"{xml_id}: {source}"
                for _module, source, name, xml_id, kind, *_rest, value in self.rows
                if kind in ("model", "model_terms")
                and source not in SAME
                and self._is_of_addon(name, xml_id)
                and (not value or value == source)
            ),
            "Shown in English to a Russian user.",
        )

    def test_shipped_regulations_are_in_russian(self):
        """Every translated field of a template, its stages, indicators, steps,
        provisions, and of roles and reasons, read as a Russian user reads it."""
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=like", "regulation.%")]
        )
        read, english = 0, []
        for model, rows in data.grouped("model").items():
            records = self.env[model].browse(rows.mapped("res_id")).exists()
            translated = [
                name
                for name, field in records._fields.items()
                if field.translate and field.store
            ]
            for record in records:
                own = record.with_context(lang="ru_RU")
                for name in translated:
                    if record[name] and record[name] not in SAME:
                        read += 1
                        if own[name] == record[name]:
                            english.append(f"{record} {name}: {record[name]}")
        self.assertGreater(read, 500, "the templates are not there")
        self.assertNothing(english, "Shipped texts without Russian.")

    # ------------------------------------------------------------
    # TWO LANGUAGES IN ONE TRANSACTION
    # ------------------------------------------------------------

    def test_names_follow_the_language(self):
        """A reminder is written in the language of its reader, whatever language
        the same record was read in before."""
        addon = f"odoo.addons.{MODULE}."
        fixed = [
            name
            for name, model in self.env.items()
            if model._compute_display_name.__func__.__module__.startswith(addon)
            and "lang"
            not in self.registry.field_depends_context[model._fields["display_name"]]
        ]
        self.assertNothing(fixed, "Names that stay in the language read first.")

    def test_columns_made_at_the_start_are_in_every_language(self):
        template = self.env.ref(f"{MODULE}.regulation_acquisition")
        team = self.env["crm.team"].create({"name": "Team"})
        wizard = self.env["regulation.start"].create(
            {"source_id": template.id, "team_ids": team.ids, "mapping": "create"}
        )
        wizard.action_next()
        wizard.action_next()
        stage = wizard.regulation_id.stage_ids[1]
        for lang, name in (("en_US", "First contact"), ("ru_RU", "Первичный контакт")):
            column = stage.crm_stage_id.with_context(lang=lang)
            self.assertEqual(column.name, f"A2 {name}")
