# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from xml.etree import ElementTree

from odoo.tests import BaseCase

from ...tools.svg_chart import bar_chart, shorten
from .properties import examples, given, st

SVG = "{http://www.w3.org/2000/svg}"


def parse(*args, **options):
    return ElementTree.fromstring(bar_chart(*args, **options))


def bars_of(chart):
    return [
        {name: float(bar.get(name)) for name in ("x", "y", "width", "height")}
        for bar in chart.iter(f"{SVG}rect")
    ]


def texts_of(chart):
    return [text.text for text in chart.iter(f"{SVG}text")]


class TestSvgChart(BaseCase):
    """Charts that read in black and white. (E.1)"""

    def test_heights_are_in_proportion(self):
        chart = parse([("Jan", 100), ("Feb", 50), ("Mar", 25)])
        high, half, low = bars_of(chart)
        self.assertAlmostEqual(high["height"] / half["height"], 2, places=1)
        self.assertAlmostEqual(half["height"] / low["height"], 2, places=1)
        base = {round(bar["y"] + bar["height"]) for bar in (high, half, low)}
        self.assertEqual(len(base), 1)

    def test_negative_hangs_below_the_line(self):
        up, down = bars_of(parse([("Jan", 100), ("Feb", -100)]))
        self.assertAlmostEqual(up["y"] + up["height"], down["y"], delta=0.2)
        self.assertAlmostEqual(up["height"], down["height"], delta=0.2)

    def test_every_bar_has_its_number(self):
        texts = texts_of(parse([("Jan", 1234567), ("Feb", 0), ("Mar", None)]))
        for text in ("1.23M", "0", "—", "Jan", "Feb", "Mar"):
            self.assertIn(text, texts)

    def test_own_words(self):
        texts = texts_of(
            parse([("янв\n2026", 2)], describe=lambda value: f"{value} шт.")
        )
        self.assertEqual(texts, ["2 шт.", "янв", "2026"])

    def test_second_line_once_for_neighbours(self):
        texts = texts_of(parse([("Nov\n2025", 1), ("Dec\n2025", 1), ("Jan\n2026", 1)]))
        self.assertEqual(texts.count("2025"), 1)
        self.assertEqual(texts.count("2026"), 1)

    def test_nothing_to_draw(self):
        self.assertFalse(bars_of(parse([])))
        self.assertFalse(bars_of(parse([("Jan", 0), ("Feb", None)])))

    def test_names_are_escaped(self):
        self.assertIn("<b>&", texts_of(parse([("<b>&", 1)], title='"<script>')))

    def test_shorten(self):
        for value, text in (
            (0, "0"), (7, "7"), (999, "999"), (999.9, "1k"), (1000, "1k"),
            (12345, "12.3k"), (999_999, "1M"), (-2_500_000, "-2.5M"),
            (3.2e9, "3.2G"), (0.25, "0.25"), (-0.001, "0"),
        ):  # fmt: skip
            self.assertEqual(shorten(value), text, value)
        self.assertEqual(shorten(1_500, ((1000, " тыс."),), ","), "1,5 тыс.")

    @given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12)), max_size=30))
    @examples
    def test_everything_stays_within_the_picture(self, values):
        chart = parse([(str(index), value) for index, value in enumerate(values)])
        width, height = float(chart.get("width")), float(chart.get("height"))
        for bar in bars_of(chart):
            self.assertGreaterEqual(bar["x"], 0)
            self.assertGreaterEqual(bar["y"], 0)
            self.assertLessEqual(bar["x"] + bar["width"], width)
            self.assertLessEqual(bar["y"] + bar["height"], height)
