# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""What counts as «filled» when the regulation asks for a field.

A check that accepts "-" collects dashes. Text must say something: it is not
blank, not punctuation alone, not one letter repeated and not a known stand-in.
"""

import re

#: What people type to get past a mandatory field, in lower case.
PLACEHOLDERS = frozenset({
    "n/a", "n.a.", "n.a", "na", "n\\a", "none", "null", "nil", "nan", "no data", "tbd",
    "tba", "todo", "to do", "test", "testing", "tests", "asdf", "asdfg", "qwerty",
    "qwe", "dummy", "unknown", "not known", "empty", "blank", "placeholder", "foo",
    "bar", "foobar", "abc", "123", "1234", "12345", "sample", "temp", "tmp",
    "нет", "нет данных", "н/д", "н/а", "н.д.", "нд", "тест", "тестовый", "тестовая",
    "тестовое", "неизвестно", "не известно", "неизв", "пусто", "пока нет", "потом",
    "заполнить", "уточнить", "прочерк", "йцукен", "йцу", "фыва", "абв", "проба",
})  # fmt: skip

#: tags and comments; «<100 pcs>» and «<ivan@acme.ru>» are text
_HTML = re.compile(
    r"</?[a-z][a-z0-9:-]*(?:\s[^<>]*)?/?>|<!--[^<>]*-->|&nbsp;|&#160;", re.IGNORECASE
)
_SPACE = re.compile(r"[\s\u00a0\u200b]+")


def is_placeholder(text):
    """Whether a text says nothing: blank, punctuation, one repeated letter or a
    known stand-in, in English or Russian.

    >>> [is_placeholder(t) for t in ("-", "N/A", "xxx", "тест.", "Acme", "42")]
    [True, True, True, True, False, False]
    """
    bare = _SPACE.sub(" ", _HTML.sub(" ", text or "")).strip().lower()
    trimmed = _trim(bare)
    if not trimmed or bare in PLACEHOLDERS or trimmed in PLACEHOLDERS:
        return True
    # xxx, ..., 000: three and more of one sign is a filler, "a" or "5" is not
    return (
        len(trimmed) >= 2
        and len(set(trimmed)) == 1
        and (len(trimmed) >= 3 or not trimmed.isdigit())
    )


def _trim(text):
    """A text without what is neither letter nor digit at its ends."""
    said = range(len(text))
    first = next((at for at in said if text[at].isalnum()), None)
    if first is None:
        return ""
    last = next(at for at in reversed(said) if text[at].isalnum())
    return text[first : last + 1]
