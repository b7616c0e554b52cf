# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import io

import openpyxl

from odoo.tests import BaseCase

from ...tools.distribution import distribute
from ...tools.prospect_keys import (
    Keys,
    clean_site,
    mail_domain,
    site_domain,
    split_vat,
)
from ...tools.prospect_sheet import parse_amount, read
from .properties import examples, given, st


class TestProspectKeys(BaseCase):
    """What makes two records the same client. (Reg. 1.2.2)"""

    def test_tax_numbers(self):
        same = ("BE0477472701", "be 0477.472.701", "BE-0477 472 701")
        self.assertEqual({split_vat(vat) for vat in same}, {("BE", "0477472701")})
        self.assertEqual(split_vat("0477472701", "be"), ("BE", "0477472701"))
        self.assertEqual(split_vat("7707083893/770701001"), ("", "7707083893"))
        self.assertEqual(split_vat("EL123456789"), ("GR", "123456789"))
        for nothing in ("", None, "—", "нет"):
            self.assertEqual(split_vat(nothing), ("", ""))

    def test_same_number_in_two_countries(self):
        def keys(*pair):
            return Keys(frozenset({pair}))

        self.assertEqual(keys("BE", "1").match(keys("BE", "1")), "vat")
        self.assertEqual(keys("", "1").match(keys("BE", "1")), "vat")
        self.assertEqual(keys("DE", "1").match(keys("BE", "1")), "")

    def test_domains(self):
        for site in (
            "https://www.brick.ru/about?x=1", "brick.ru", "HTTP://shop.BRICK.ru:8080",
        ):  # fmt: skip
            self.assertEqual(site_domain(site), "brick.ru")
        self.assertEqual(site_domain("https://kirov.brick.co.uk"), "brick.co.uk")
        self.assertEqual(site_domain("кирпич.рф"), mail_domain("a@Кирпич.рф"))
        for nothing in ("", None, "нет", "10.0.0.1", "vk.com/brick", "-"):
            self.assertEqual(site_domain(nothing), "", nothing)
        self.assertEqual(mail_domain("Ann <ann@mail.brick.ru>"), "brick.ru")
        for free in ("x@mail.ru", "x@gmail.com", "", None, "brick.ru"):
            self.assertEqual(mail_domain(free), "", free)

    def test_the_same_site(self):
        for site in ("brick.ru", "http://brick.ru", "HTTPS://WWW.Brick.ru/"):
            self.assertEqual(clean_site(site), "brick.ru")
        self.assertNotEqual(clean_site("brick.ru/a"), clean_site("brick.ru/b"))
        self.assertEqual(clean_site(None), "")

    @given(st.text(max_size=60))
    @examples
    def test_whatever_people_type(self, text):
        for function in (split_vat, site_domain, mail_domain, clean_site):
            function(text)


class TestProspectSheet(BaseCase):
    """Lists as people have them."""

    def workbook(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    def test_workbook_with_a_title_and_unknown_columns(self):
        reading = read(
            self.workbook(
                ["Выставка «Мосбилд»"],
                [],
                ["№", "Название компании *", "ИНН", "Тел.", "Тел."],
                [1, "ООО «Ромашка»", 7707083893, "8 (495) 1", "x"],
                [None, None, None, None],
                [2, None, 5, None],
            ),
            "list.xlsx",
        )
        self.assertFalse(reading.problem)
        self.assertEqual(reading.ignored, ["№", "Тел."])
        self.assertEqual([row.number for row in reading.rows], [4, 6])
        self.assertEqual(
            reading.rows[0].values,
            {"name": "ООО «Ромашка»", "vat": "7707083893", "phone": "8 (495) 1"},
        )

    def test_csv_of_every_kind(self):
        text = "Company;City;Position\nБетон;Пермь;Директор\n"
        for content in (
            text.encode(), text.encode("utf-8-sig"), text.encode("cp1251"),
            text.encode("utf-16"), text.replace(";", ",").encode(),
            text.replace(";", "\t").encode(), text.replace("\n", "\r\n").encode(),
        ):  # fmt: skip
            reading = read(content, "list.csv")
            self.assertFalse(reading.problem)
            self.assertEqual(
                reading.rows[0].values,
                {"name": "Бетон", "city": "Пермь", "function": "Директор"},
            )

    def test_what_is_no_list(self):
        for content, name, problem in (
            (b"", "a.xlsx", "empty_file"),
            (b"", "a.csv", "empty_file"),
            (b"hello", "a.xlsx", "not_xlsx"),
            (b"\x00\x01", "a.csv", "not_csv"),
            (b"a;b\n1;2", "a.csv", "no_name_column"),
            (b"Company;City\n", "a.csv", "no_rows"),
            (b"Company\n" + b"x\n" * 10001, "a.csv", "too_many_rows"),
            (self.workbook(), "a.xlsx", "empty_workbook"),
        ):
            self.assertEqual(read(content, name).problem, problem)

    def test_amounts(self):
        for text, amount in (
            ("1500000", 1500000), ("1 500 000,50 ₽", 1500000.5),
            ("$1,200,000.5", 1200000.5), ("1.200.000", 1200000),
            ("12,5", 12.5), ("1,200", 1200), ("500 руб.", 500),
        ):  # fmt: skip
            self.assertEqual(parse_amount(text), amount, text)
        for text in ("", "много", "-5", "1-2", "1e400"):
            with self.assertRaises(ValueError):
                parse_amount(text)


class TestDistribution(BaseCase):
    """Nobody has more than the others. (Reg. 1.2.4)"""

    def test_lowest_load_first(self):
        given = distribute("abcd", {"ann": 3, "bob": 1})
        self.assertEqual(given, {"a": "bob", "b": "bob", "c": "ann", "d": "bob"})

    def test_limit(self):
        given = distribute("abc", {"ann": 9, "bob": 10}, limit=10)
        self.assertEqual(given, {"a": "ann", "b": None, "c": None})

    def test_own_person_first(self):
        given = distribute("ab", {"ann": 9, "bob": 0}, 10, {"a": "ann", "b": "eve"})
        self.assertEqual(given, {"a": "ann", "b": "bob"})

    @given(
        st.integers(0, 60),
        st.lists(st.integers(0, 30), min_size=1, max_size=6),
        st.integers(0, 30),
    )
    @examples
    def test_even_and_within_the_limit(self, count, loads, limit):
        start = dict(enumerate(loads))
        given = distribute(range(count), start, limit)
        self.assertEqual(len(given), count)
        after = dict(start)
        for person in given.values():
            if person is not None:
                after[person] += 1
        got = [load for person, load in after.items() if load > start[person]]
        if limit:
            self.assertTrue(all(load <= limit for load in got))
        if got:
            # who got one has at most one more than anybody who had room
            self.assertLessEqual(max(got) - min(after.values()), 1)
