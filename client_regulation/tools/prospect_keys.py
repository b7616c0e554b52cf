# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""What makes two records the same client: tax number, web domain, telephone.

A list of potential clients has no duplicate by any of them. (Reg. 1.2.2)
"""

import re
from dataclasses import dataclass

#: places where many live: their address says nothing of who a company is
SHARED_HOSTS = frozenset({
    "facebook.com", "instagram.com", "linkedin.com", "youtube.com", "twitter.com",
    "x.com", "vk.com", "vk.ru", "ok.ru", "t.me", "telegram.me", "wa.me", "rutube.ru",
    "dzen.ru", "avito.ru", "2gis.ru", "2gis.com", "hh.ru", "google.com", "yandex.ru",
    "business.site", "wixsite.com", "wix.com", "tilda.ws", "tilda.cc", "narod.ru",
    "ucoz.ru", "ucoz.com", "ucoz.net", "wordpress.com", "blogspot.com", "github.io",
    "weebly.com", "jimdo.com", "myshopify.com", "tiu.ru", "pulscen.ru", "satom.ru",
    "prom.ua", "all.biz", "etsy.com", "linktr.ee", "taplink.cc", "taplink.ws",
})  # fmt: skip
#: free mail besides what Odoo knows
FREE_MAIL = frozenset({
    "mail.ru", "bk.ru", "list.ru", "inbox.ru", "internet.ru", "xmail.ru", "vk.com",
    "yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru",
    "narod.ru", "rambler.ru", "lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru",
    "pochta.ru", "nm.ru", "hotbox.ru", "tut.by", "mail.kz", "gmail.com", "proton.me",
    "outlook.com", "hotmail.com", "icloud.com", "live.com", "yahoo.com",
})  # fmt: skip
#: where companies live one level deeper: «company.co.uk», «company.com.ru»
_SECOND_LEVEL = frozenset({
    "ac", "asso", "biz", "co", "com", "edu", "gen", "gob", "gouv", "gov", "gv", "ind",
    "info", "int", "law", "ltd", "ltda", "me", "mil", "msk", "ne", "net", "nom", "nsw",
    "or", "org", "plc", "pp", "pro", "sch", "spb", "web",
})  # fmt: skip

_HOST = re.compile(r"^(?:[a-z][a-z0-9+.\-]*:)?/{0,2}(?:[^/@\s]*@)?([^/:?#\s]+)", re.I)
_LABEL = re.compile(r"[\w\-]+")
_PREFIX = re.compile(r"([A-Z]{2})(\w*\d\w*)")


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a record is recognised; tax numbers are pairs of country and number."""

    vats: frozenset = frozenset()
    domains: frozenset = frozenset()
    phones: frozenset = frozenset()

    def match(self, other):
        """Name of the first sign that both have: vat, domain, phone, or nothing."""
        if any(_is_same_vat(a, b) for a in self.vats for b in other.vats):
            return "vat"
        if self.domains & other.domains:
            return "domain"
        return "phone" if self.phones & other.phones else ""


def _is_same_vat(one, two):
    return one[1] == two[1] and (one[0] == two[0] or not one[0] or not two[0])


def split_vat(text, country=""):
    """A tax number as country and number, both may be empty.

    The country is that of the prefix, else that of the client.

    >>> split_vat("be 0477.472.701"), split_vat("7707083893/770701001", "RU")
    (('BE', '0477472701'), ('RU', '7707083893'))
    """
    text = (text or "").upper()
    if re.fullmatch(r"\s*\d{10}\s*[/\\]\s*\d{9}\s*", text):  # ИНН/КПП
        text = re.split(r"[/\\]", text)[0]
    number = re.sub(r"[\W_]", "", text)
    if not re.search(r"\d", number):
        return ("", "")
    found = _PREFIX.fullmatch(number)
    if found and len(found[2]) >= 5:
        return ("GR" if found[1] == "EL" else found[1], found[2])
    return ((country or "").upper(), number)


def host_of(website):
    """Name of the host of a web address, in ASCII; empty if it is none."""
    found = _HOST.match((website or "").strip())
    host = found[1].strip(".").lower() if found else ""
    if host.startswith("www."):
        host = host[4:]
    labels = host.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or host.isascii() and (
        labels[-1].isdigit()
    ):  # fmt: skip
        return ""
    return _to_ascii(host)


def _to_ascii(host):
    try:
        return host.encode("idna").decode()
    except UnicodeError:  # a label that is too long, or no name at all
        return host if host.isascii() else ""


def registrable(host):
    """The part of a host's name that a company registers.

    >>> registrable("shop.brick.co.uk"), registrable("brick.ru")
    ('brick.co.uk', 'brick.ru')
    """
    labels = host.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if deep else labels[-2:])


def clean_site(website):
    """A web address as it is compared: without scheme, «www.» and a last slash.

    >>> clean_site("HTTP://www.Brick.ru/") == clean_site("brick.ru")
    True
    """
    address = re.sub(r"^[a-z][a-z0-9+.\-]*://", "", (website or "").strip(), flags=re.I)
    host, slash, path = address.partition("/")
    host = re.sub(r"^www\.", "", host, flags=re.I).casefold()
    return (host + slash + path).rstrip("/")


def site_domain(website):
    """What a web address says of who the company is; empty if nothing."""
    domain = registrable(host_of(website))
    return "" if domain in SHARED_HOSTS else domain


def mail_domain(email, free=FREE_MAIL):
    """What an e-mail address says of who the company is; empty if nothing."""
    _name, at, host = (email or "").strip(" <>").rpartition("@")
    if not at:
        return ""
    host = host_of(host)
    domain = registrable(host)
    shared = {host, domain} & (free | SHARED_HOSTS)
    return "" if shared else domain


def spell(domain):
    """A domain as it may be stored: in ASCII, and in its own letters."""
    try:
        return {domain, domain.encode().decode("idna")}
    except UnicodeError:
        return {domain}
