"""`make i18n`: export the addon's English terms, put the Russian ones beside them.

    client_regulation/i18n/client_regulation.pot   what Odoo exports, demo data too
    client_regulation/i18n/ru.po                   the same terms in Russian

The Russian comes from, first found first taken:

    scripts/content/ru.json        the shipped regulations (as build_content.py)
    scripts/content/ru_code*.json  everything else, a file a room: {English: Russian}
    client_regulation/i18n/ru.po   what was translated there and nowhere else

A term of a view keeps its line breaks and indentation; in the dictionaries it is
written on one line. Terms without Russian are printed, and then the exit code is 1;
entries of ru_code.json that no term needs any more are printed as well. Nothing in
the two files changes, dates included, unless a term or a translation does.

    make i18n DB=name     update the addon in this database and export from it (one
                          without demo data leaves out the terms of the demo story)
"""

import json
import os
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

import databases
import pg
import project
import setup
from project import ADDON, ADDON_DIR, ROOT, SCRIPTS, VENV, Stop, say

DB = os.environ.get("DB")
POT = ADDON_DIR / "i18n" / f"{ADDON}.pot"
RU = ADDON_DIR / "i18n" / "ru.po"
SHIPPED = SCRIPTS / "content" / "ru.json"
DICTIONARIES = sorted((SCRIPTS / "content").glob("ru_code*.json"))
#: as in Odoo's own ru.po
PLURALS = (
    "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
    "(n%100<12 || n%100>14) ? 1 : n%10==0 || (n%10>=5 && n%10<=9) || "
    "(n%100>=11 && n%100<=14)? 2 : 3);"
)
DATES = ("POT-Creation-Date", "PO-Revision-Date")


def one_line(text):
    return re.sub(r"\s+", " ", text).strip()


def read_dictionaries():
    """All translations by English term and, a second time, by the term on one line."""
    russian = {}
    shipped = ((row["en"], row["ru"]) for row in json.loads(SHIPPED.read_text()))
    everything = {}
    for path, pairs in (
        *((path, json.loads(path.read_text()).items()) for path in DICTIONARIES),
        (SHIPPED, shipped),
    ):
        own = {} if path == SHIPPED else everything
        for english, text in pairs:
            if own.setdefault(english, text) != text:
                raise Stop(f"{path} has two translations of “{english}”.")
        russian.update(own)
    return russian, {one_line(english): text for english, text in russian.items()}


def export(target):
    """Odoo's export of the addon: of the given database, or of a copy of the template
    with demo data."""
    if DB:
        label = f"updating the addon in {DB}"
        databases.install(DB, ["-u", ADDON], f"i18n-{DB}.log", label)
        export_from(DB, target)
        return
    with project.lock("templates"):
        template = databases.addon(demo=True)
    with databases.temporary(template) as name:
        export_from(name, target)


def export_from(database, target):
    project.run(
        [VENV / "bin" / "odoo", "i18n", "export", "-d", database, "-o", target, ADDON],
        log="i18n.log",
        failure="The terms could not be exported.",
        cwd=ROOT,
        env=project.environment(),
    )


def read(path):
    """A file of terms in their usual order, and its terms alone, to compare."""
    import polib

    if not path.is_file():
        return None, None
    file = polib.pofile(str(path), encoding="utf-8")
    terms = [
        (entry.msgid, entry.msgstr, entry.comment, sorted(entry.occurrences))
        for entry in file
    ]
    return file, terms


def save(file, path):
    """Write a file of terms; its dates are those of the last real change."""
    old, old_terms = read(path)
    new = path.with_name(path.name + ".new")
    file.save(str(new))
    _, terms = read(new)
    if old is not None and old_terms == terms:
        for key in DATES:
            file.metadata[key] = old.metadata.get(key) or file.metadata[key]
        file.save(str(new))
    new.replace(path)


def translate(pot, old):
    """ru.po from the exported terms; returns it with the terms left in English."""
    import polib

    exact, on_one_line = read_dictionaries()
    kept = {entry.msgid: entry.msgstr for entry in old or () if not entry.obsolete}
    file = polib.POFile()
    file.header = pot.header
    file.metadata = {
        **pot.metadata,
        "PO-Revision-Date": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M+0000}",
        "Language-Team": "Russian",
        "Language": "ru",
        "Plural-Forms": PLURALS,
    }
    missing = []
    for term in pot:
        text = (
            exact.get(term.msgid)
            or on_one_line.get(one_line(term.msgid))
            or kept.get(term.msgid)
            or ""
        )
        if not text:
            missing.append(term.msgid)
        file.append(
            polib.POEntry(
                msgid=term.msgid,
                msgstr=text,
                comment=term.comment,
                occurrences=term.occurrences,
                flags=[flag for flag in term.flags if flag != "fuzzy"],
            )
        )
    return file, missing


def unused(pot):
    """Entries of the dictionary that no term needs any more."""
    terms = {one_line(term.msgid) for term in pot}
    return [
        english
        for path in DICTIONARIES
        for english in json.loads(path.read_text())
        if one_line(english) not in terms
    ]


def main(arguments):
    setup.ensure()
    if Path(sys.prefix).resolve() != VENV.resolve():  # polib is there
        python = str(project.venv_python())
        os.execv(python, [python, __file__, *arguments])
    pg.start()
    POT.parent.mkdir(exist_ok=True)
    with project.scratch("i18n") as folder:
        export(folder / POT.name)
        save(read(folder / POT.name)[0], POT)
    pot = read(POT)[0]
    russian, missing = translate(pot, read(RU)[0])
    save(russian, RU)
    for title, terms in (
        ("not needed any more in ru_code.json", unused(pot)),
        ("without Russian: add them to ru_code.json", missing),
    ):
        if terms:
            say(f"• {len(terms)} terms {title}")
            print("\n".join(json.dumps(term, ensure_ascii=False) for term in terms))
    say(f"• {len(pot)} terms, {len(pot) - len(missing)} of them in Russian")
    return 1 if missing else 0


if __name__ == "__main__":
    project.main(main)
