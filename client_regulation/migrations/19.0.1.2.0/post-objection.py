# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Competitor and class of an objection were texts; they become a record and a code.

What people typed stays: a competitor nobody has in the catalogue is added to the
catalogue of the company, a class nobody can read is noted on the objection. Can be
repeated: a row that has its record or code is left alone.
"""

import logging

from odoo.tools import SQL
from odoo.tools.sql import column_exists

from odoo.addons.client_regulation.tools.filled import is_placeholder

_logger = logging.getLogger(__name__)

CODES = ("A", "B", "C", "P-A", "P-B", "P-C")
#: letters of classes as typed on a Russian keyboard
LETTERS = {"A": "A", "B": "B", "C": "C", "А": "A", "В": "B", "С": "C"}  # noqa: RUF001


def migrate(cr, version):
    if not version:
        return
    _take_competitors(cr)
    _take_classes(cr)


def _take_competitors(cr):
    if not column_exists(cr, "regulation_objection", "competitor_name"):
        return
    cr.execute(
        """
        SELECT company_id, competitor_name, array_agg(id)
          FROM regulation_objection
         WHERE competitor_name IS NOT NULL AND competitor_id IS NULL
         GROUP BY company_id, competitor_name
         ORDER BY min(id)
        """
    )
    taken = 0
    for company_id, typed, objection_ids in cr.fetchall():
        name = " ".join(typed.split())
        if is_placeholder(name):
            continue
        cr.execute(
            "UPDATE regulation_objection SET competitor_id = %s WHERE id = ANY(%s)",
            [_find_or_create(cr, name, company_id), objection_ids],
        )
        taken += len(objection_ids)
    _logger.info("client_regulation: %s objections got their competitor", taken)


def _find_or_create(cr, name, company_id):
    """The company's own competitor of that name in any language, else a shared one,
    else a new one of the company."""
    cr.execute(
        """
        SELECT c.id
          FROM regulation_competitor c
         WHERE (c.company_id = %(company)s OR c.company_id IS NULL)
           AND EXISTS (SELECT 1 FROM jsonb_each_text(c.name) AS word
                        WHERE lower(btrim(word.value)) = lower(%(name)s))
         ORDER BY c.company_id IS NULL, c.active DESC, c.id
         LIMIT 1
        """,
        {"company": company_id, "name": name},
    )
    found = cr.fetchone()
    if not found:
        cr.execute(
            """
            INSERT INTO regulation_competitor
                   (name, company_id, sequence, active,
                    create_uid, write_uid, create_date, write_date)
            VALUES (jsonb_build_object('en_US', %s::text), %s, 10, TRUE,
                    1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
            RETURNING id
            """,
            [name, company_id],
        )
        found = cr.fetchone()
    return found[0]


def _take_classes(cr):
    cr.execute(
        """
        SELECT client_class, array_agg(id)
          FROM regulation_objection
         WHERE client_class IS NOT NULL AND client_class != ALL(%s)
         GROUP BY client_class
        """,
        [list(CODES)],
    )
    for text, ids in cr.fetchall():
        code = _get_code(text)
        note = SQL("note")
        if not code:
            _logger.warning(
                "client_regulation: class %r of objections %s is no class; it is noted "
                "in the answer",
                text,
                ids,
            )
            note = SQL("concat_ws(E'\\n', NULLIF(note, ''), %s)", text)
        cr.execute(
            SQL(
                "UPDATE regulation_objection SET client_class = %s, note = %s"
                " WHERE id = ANY(%s)",
                code,
                note,
                ids,
            )
        )


def _get_code(text):
    """The code of a class written in any language: «B» is by turnover, a letter
    behind a prefix and a dash, like «П-B», is by potential."""  # noqa: RUF002
    prefix, _dash, letter = text.strip().upper().rpartition("-")
    if letter not in LETTERS:
        return None
    return f"P-{LETTERS[letter]}" if prefix.strip() else LETTERS[letter]
