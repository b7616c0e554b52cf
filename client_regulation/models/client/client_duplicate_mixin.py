# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.tools import SQL

#: hosts and mail providers that belong to nobody in particular
SHARED_DOMAINS = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
    "yahoo.com", "ymail.com", "icloud.com", "me.com", "aol.com", "gmx.com", "gmx.de",
    "gmx.net", "web.de", "proton.me", "protonmail.com", "mail.com", "zoho.com",
    "mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru", "yandex.ru", "ya.ru",
    "yandex.com", "rambler.ru", "lenta.ru", "qip.ru", "ukr.net", "i.ua", "tut.by",
    "facebook.com", "instagram.com", "linkedin.com", "vk.com", "vk.ru", "ok.ru",
    "t.me", "wa.me", "youtube.com", "twitter.com", "x.com", "linktr.ee", "avito.ru",
)  # fmt: skip

#: of each kind, that are found for one client; the limit also makes the database ask
#: the index once for each client instead of reading the whole base
MOST = 20

# The same expressions as in the indexes below: the planner knows them by their text.
VAT = "regexp_replace(upper({}.vat), '[^A-ZА-ЯЁ0-9]', '', 'g')"
SITE = "substring(lower({}.website) from '^\\s*(?:[a-z]+://)?(?:www\\.)?([^/:?#\\s]+)')"
MAIL = "split_part({}.email_normalized, '@', 2)"
PHONE = "{}.phone_sanitized"
KEYS = {"vat": VAT, "site": SITE, "mail": MAIL, "phone": PHONE}


class ClientDuplicateMixin(models.AbstractModel):
    """Clients that are entered twice: same tax number, domain or phone.
    (Reg. 1.2.2: «no duplicate by tax number, domain, phone»)

    What is compared are expressions with an index of their own, so that nothing is
    stored beside the data and a base of hundreds of thousands answers at once.
    """

    _name = "regulation.client.duplicate.mixin"
    _description = "Duplicates of Clients"

    _client_vat_idx = models.Index(
        f"(({VAT.format('res_partner')})) WHERE vat IS NOT NULL"
    )
    _client_site_idx = models.Index(
        f"(({SITE.format('res_partner')})) WHERE website IS NOT NULL"
    )
    _client_mail_idx = models.Index(
        f"(({MAIL.format('res_partner')})) WHERE email_normalized IS NOT NULL"
    )
    _client_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    def _find_duplicates(self):
        """Other clients that look like these: ``{partner_id: partners}``, with only
        those that have any.

        Branches of one company may share what is theirs; clients of two companies of
        ours do not meet.
        """
        return {
            partner_id: self.browse(sorted(others))
            for partner_id, others in self._find_duplicate_reasons().items()
        }

    def _find_duplicate_reasons(self):
        """``{partner_id: {other_id: reason}}``; reason is vat, domain or phone."""
        if not self.ids:
            return {}
        self.flush_model(
            ["vat", "website", "email_normalized", "phone_sanitized", "is_company",
             "parent_id", "company_id", "active"]
        )  # fmt: skip
        found = {}
        rows = self.env.execute_query(self._get_duplicate_query(tuple(self.ids)))
        for partner_id, other_id, reason in rows:
            found.setdefault(partner_id, {}).setdefault(other_id, reason)
        return found

    def _get_duplicate_query(self, ids):
        domain = SQL(
            "key <> '' AND key NOT IN %s AND key LIKE %s", SHARED_DOMAINS, "%.%"
        )
        keys = {
            name: {alias: SQL(text.format(alias)) for alias in ("m", "o")}
            for name, text in KEYS.items()
        }
        vat, site, mail, phone = (
            keys[name] for name in ("vat", "site", "mail", "phone")
        )
        branches = (
            ("vat", vat, vat, "vat", SQL("length(key) >= 5")),
            ("domain", site, site, "website", domain),
            ("domain", site, mail, "email_normalized", domain),
            ("domain", mail, site, "website", domain),
            ("domain", mail, mail, "email_normalized", domain),
            ("phone", phone, phone, "phone_sanitized", SQL("length(key) >= 7")),
        )
        return SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT m.id, o.id, %(reason)s
                  FROM (
                        SELECT id, parent_id, company_id, key
                          FROM (
                                SELECT m.*, %(mine)s AS key
                                  FROM res_partner m
                                 WHERE m.id IN %(ids)s
                               ) k
                         WHERE %(sense)s
                       ) m
            CROSS JOIN LATERAL (
                        SELECT o.id
                          FROM res_partner o
                         WHERE %(theirs)s = m.key
                           AND o.%(column)s IS NOT NULL
                           AND o.id <> m.id
                           AND o.active
                           AND (o.is_company OR o.parent_id IS NULL)
                           AND (o.parent_id IS NULL OR o.parent_id <> m.id)
                           AND (m.parent_id IS NULL
                                OR m.parent_id NOT IN (o.id, COALESCE(o.parent_id, 0)))
                           AND (m.company_id IS NULL OR o.company_id IS NULL
                                OR m.company_id = o.company_id)
                         LIMIT %(most)s
                       ) o
                """,
                reason=reason,
                mine=mine["m"],
                theirs=theirs["o"],
                column=SQL.identifier(column),
                ids=ids,
                sense=sense,
                most=MOST,
            )
            for reason, mine, theirs, column, sense in branches
        )
