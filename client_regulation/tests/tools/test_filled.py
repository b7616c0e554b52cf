# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import time

from odoo.tests import BaseCase

from ...tools.filled import PLACEHOLDERS, is_placeholder
from .properties import examples, given, st

EMPTY = (
    None, "", " ", "\u00a0", "\u200b", "\t\n", "-", "—", "...", "…", "???", "***", "_",
    "- - -", "N/A", "n/a.", "(n/a)", "«нет»", "нет.", "  Тест  ", "тест!", "xxx", "XXX",
    "ааа", "aa", "000", "111", "123", "asdf", "н/д", "None", "<p><br></p>", "<p>-</p>",
    "<p>&nbsp;</p>", "<div class='x'> n/a </div>", "<!-- later -->", "👍", "\ufeff-",
    "нет\u00a0данных", "no  data",
)  # fmt: skip
SAID = (
    "Acme", "a", "5", "0", "42", "55", "7.5", "IV", "ООО «Ромашка»",
    "Tests of strength", "нет возражений", "not known to us before", "C++", "-5", "#1",
    "1234567890",
    "<p>Call on Monday</p>", "Ivan <ivan@acme.ru>", "<ivan@acme.ru>", "<100 pcs>",
    "a < b > c", "5 > 3", "ёж", "日本", "née", "x-ray", "The test was passed",
)  # fmt: skip


class TestFilled(BaseCase):
    """What counts as «filled» when the regulation asks for a field. (Promise P3)"""

    def test_what_says_nothing(self):
        for text in EMPTY:
            with self.subTest(text=text):
                self.assertTrue(is_placeholder(text))

    def test_what_says_something(self):
        for text in SAID:
            with self.subTest(text=text):
                self.assertFalse(is_placeholder(text))

    def test_long_texts_take_no_time(self):
        texts = (
            "<" * 100_000,
            "a" + "-" * 100_000 + "a",
            "word " * 50_000,
            "<p " * 50_000,
        )
        started = time.perf_counter()
        for text in texts:
            is_placeholder(text)
        self.assertLess(time.perf_counter() - started, 2)

    @given(
        st.sampled_from(sorted(PLACEHOLDERS)),
        st.text(" .-–—_*!?«»()\u00a0\n", max_size=5),
        st.text(" .-–—_*!?«»()\u00a0\n", max_size=5),
    )
    @examples
    def test_a_stand_in_stays_one_in_any_dress(self, word, before, after):
        for text in (word, word.upper(), word.title()):
            self.assertTrue(is_placeholder(before + text + after))

    @given(st.text(max_size=40))
    @examples
    def test_any_text_has_an_answer_and_edges_do_not_matter(self, text):
        answer = is_placeholder(text)
        self.assertIsInstance(answer, bool)
        self.assertEqual(is_placeholder(f"  {text}\n"), answer)

    @given(st.text("abcdefgh", min_size=2, max_size=9), st.integers(20, 9999))
    @examples
    def test_a_word_with_a_number_is_a_text(self, word, number):
        self.assertFalse(is_placeholder(f"{word} {number}"))
