# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.iap.tools import iap_tools

from ...tools.prospect_keys import (
    FREE_MAIL,
    Keys,
    mail_domain,
    site_domain,
    spell,
    split_vat,
)

#: the strongest sign first
SIGNS = ("vat", "domain", "phone")


class RegulationProspectDuplicate(models.AbstractModel):
    """Finds who is a client or a lead already. (Reg. 1.2.2)

    By tax number, web domain (of the site or the mail, free mail aside) and
    telephone; for any number of rows in two queries.
    """

    _name = "regulation.prospect.duplicate"
    _description = "Search for Duplicates of Prospects"

    @api.model
    def _get_free_mail(self):
        """Mail providers whose domain says nothing of the company."""
        return FREE_MAIL | {name.strip() for name in iap_tools._MAIL_PROVIDERS}

    @api.model
    def _get_keys(self, vat="", country="", websites=(), emails=(), phones=()):
        """Signs by which somebody is recognised.

        :param phones: in E.164, as `phone_sanitized` is
        :rtype: Keys
        """
        free = self._get_free_mail()
        domains = {site_domain(site) for site in websites}
        domains |= {mail_domain(email, free) for email in emails}
        pair = split_vat(vat, country)
        return Keys(
            frozenset({pair} if pair[1] else ()),
            frozenset(domains - {""}),
            frozenset(phone for phone in phones if phone),
        )

    @api.model
    def _find(self, keys, company):
        """Who is known already.

        :param dict keys: ``{anything: Keys}``
        :return: ``{anything: (sign, commercial partner id or False, lead id or
            False)}`` for those who are; a client goes before a lead
        """
        index = {sign: {} for sign in SIGNS}
        for key, signs in keys.items():
            for country, number in signs.vats:
                index["vat"].setdefault(number, []).append((country, key))
            for sign, values in (("domain", signs.domains), ("phone", signs.phones)):
                for value in values:
                    index[sign].setdefault(value, []).append(("", key))
        if not any(index.values()):
            return {}
        # what is not written yet would not be found
        self.env["res.partner"].flush_model()
        self.env["crm.lead"].flush_model()
        numbers, phones = list(index["vat"]), list(index["phone"])
        domains = sorted({form for domain in index["domain"] for form in spell(domain)})
        rows = self.env.execute_query(
            self._get_partner_query(company, numbers, domains, phones)
        )
        if domains or phones:
            rows += self.env.execute_query(
                self._get_lead_query(company, domains, phones)
            )
        return self._choose(index, rows)

    def _choose(self, index, rows):
        """The best match of each: the strongest sign, then clients, then the oldest."""
        found = {}
        for partner, lead, vat, country, website, email, phone in rows:
            own = self._get_keys(vat, country, [website], [email], [phone])
            for rank, sign, value, land in (
                *((0, "vat", number, land) for land, number in own.vats),
                *((1, "domain", domain, "") for domain in own.domains),
                *((2, "phone", number, "") for number in own.phones),
            ):
                for other, key in index[sign].get(value, ()):
                    if land and other and land != other:
                        continue  # the same digits in two countries
                    place = (rank, bool(lead), lead or partner)
                    if key not in found or place < found[key][0]:
                        found[key] = (place, (sign, partner or False, lead or False))
        return {key: match for key, (_place, match) in found.items()}

    def _get_partner_query(self, company, numbers, domains, phones):
        """Clients; our own companies and people are none."""
        vat = SQL("regexp_replace(upper(p.vat), '[^A-Z0-9]', '', 'g')")
        return SQL(
            """
            SELECT p.commercial_partner_id, NULL::int, p.vat, c.code, p.website,
                   p.email_normalized, p.phone_sanitized
              FROM res_partner p
              LEFT JOIN res_country c ON c.id = p.country_id
             WHERE p.active
               AND (p.company_id IS NULL OR p.company_id = %(company)s)
               AND (
                   (p.vat IS NOT NULL AND (
                       %(vat)s = ANY(%(numbers)s)
                       OR regexp_replace(%(vat)s, '^[A-Z]{2}', '') = ANY(%(numbers)s)
                       OR substring(p.vat from '^\\s*(\\d{10})\\s*/')
                          = ANY(%(numbers)s)
                   ))
                   OR p.phone_sanitized = ANY(%(phones)s)
                   OR %(domains)s
               )
               AND NOT EXISTS (
                   SELECT 1 FROM res_company o
                    WHERE o.partner_id = p.commercial_partner_id
               )
               AND NOT EXISTS (
                   SELECT 1 FROM res_users u
                    WHERE u.partner_id = p.id AND u.share IS NOT TRUE
               )
             ORDER BY p.id
            """,
            company=company.id,
            vat=vat,
            numbers=numbers,
            phones=phones,
            domains=self._get_domain_condition("p", domains),
        )

    def _get_lead_query(self, company, domains, phones):
        """Open leads that have no client yet; those that have are found by them."""
        return SQL(
            """
            SELECT NULL::int, p.id, NULL, NULL, p.website, p.email_normalized,
                   p.phone_sanitized
              FROM crm_lead p
             WHERE p.active
               AND p.partner_id IS NULL
               AND (p.company_id IS NULL OR p.company_id = %(company)s)
               AND (p.phone_sanitized = ANY(%(phones)s) OR %(domains)s)
             ORDER BY p.id
            """,
            company=company.id,
            phones=phones,
            domains=self._get_domain_condition("p", domains),
        )

    def _get_domain_condition(self, alias, domains):
        """That the site or the mail is at one of the domains, or below it.

        A registered domain is the last two or three parts of a host's name.
        """
        host = SQL(
            "substring(lower(%s) from %s)",
            SQL.identifier(alias, "website"),
            r"^\s*(?:[a-z][a-z0-9+.\-]*:)?/{0,2}(?:[^/@\s]*@)?([^/:?#\s]+)",
        )
        mail = SQL(
            "lower(split_part(%s, '@', 2))", SQL.identifier(alias, "email_normalized")
        )
        return SQL(
            "(%s)",
            SQL(" OR ").join(
                SQL("substring(%s from %s) = ANY(%s)", name, pattern, domains)
                for name in (host, mail)
                for pattern in (r"[^.]+\.[^.]+$", r"[^.]+\.[^.]+\.[^.]+$")
            ),
        )
