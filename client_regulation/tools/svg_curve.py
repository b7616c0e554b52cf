# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The ABC curve as inline SVG: lines that differ without colours, every border and
reading with its words, so that it is understood in black and white. (E.1, R-7)"""

from dataclasses import dataclass
from html import escape

from .svg_chart import LINE

LEFT, RIGHT, TOP, FOOT = 62, 14, 24, 46
TICKS = (0, 20, 40, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the curve: where it is, shares of 1, and its words.

    :param is_border: a line through the whole height; else a point
    """

    x: float
    y: float
    text: str
    is_border: bool = True


def curve_chart(
    points, marks=(), areas=(), x_label="", y_label="", title="", size=(900, 400)
):
    """A cumulative curve from (0, 0) to (1, 1).

    :param points: (x, y) shares of 1, rising
    :param marks: `Mark`
    :param areas: (from x, to x, letter): names above the curve
    :return: an ``<svg>`` element as text
    """
    width, height = size
    across, up = width - LEFT - RIGHT, height - TOP - FOOT

    def at(x, y):
        return LEFT + x * across, TOP + (1 - y) * up

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-size="12" role="img">'
    ]
    if title:
        parts.append(f"<title>{escape(title)}</title>")
    for tick in TICKS:
        share = tick / 100
        x, y = at(share, share)
        parts += [
            _draw(LEFT, y, LEFT + across, y, 0.4, "1,3"),
            _draw(x, TOP, x, TOP + up, 0.4, "1,3"),
            _write(LEFT - 6, y + 4, f"{tick} %", "end"),
            _write(x, TOP + up + 16, f"{tick} %"),
        ]
    parts += [
        _draw(LEFT, TOP, LEFT, TOP + up, 1),
        _draw(LEFT, TOP + up, LEFT + across, TOP + up, 1),
        _draw(*at(0, 0), *at(1, 1), 0.8, "6,4"),
        _write(LEFT + across / 2, height - 8, x_label),
        f'<text transform="translate(14,{TOP + up / 2:.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_label)}</text>',
    ]
    line = " ".join("{:.2f},{:.2f}".format(*at(x, y)) for x, y in points)
    parts.append(
        f'<polyline class="curve" points="{line}" fill="none" stroke="{LINE}" '
        'stroke-width="2.2"/>'
    )
    for start, stop, letter in areas:
        parts.append(
            f'<text x="{at((start + stop) / 2, 0)[0]:.1f}" y="{TOP - 8}" '
            f'text-anchor="middle" font-weight="bold">{escape(letter)}</text>'
        )
    # words stand below the curve, each on its own line, the last one lowest
    lines = len(marks)
    texts = []
    for number, mark in enumerate(sorted(marks, key=lambda mark: mark.x)):
        level = TOP + up - 14 - (lines - 1 - number) * 20
        shapes, words = _draw_mark(mark, at, level, LEFT + across)
        parts += shapes
        texts += words
    parts += [*texts, "</svg>"]  # no line crosses words
    return "".join(parts)


def _draw_mark(mark, at, level, end):
    x, y = at(mark.x, mark.y)
    top, bottom = (TOP if mark.is_border else y), at(0, 0)[1]
    dash = "8,3" if mark.is_border else "2,2"
    # half of the width: what begins further right would leave the picture
    anchor, shift = ("end", -6) if x > (LEFT + end) / 2 else ("start", 6)
    shapes = [
        _draw(x, top, x, bottom, 1.1, dash),
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#ffffff" stroke="{LINE}" '
        'stroke-width="1.5"/>',
    ]
    words = [
        f'<text class="mark" x="{x + shift:.1f}" y="{level:.1f}" '
        f'text-anchor="{anchor}" stroke="#ffffff" stroke-width="5" '
        f'stroke-linejoin="round">{escape(mark.text)}</text>',
        f'<text class="words" x="{x + shift:.1f}" y="{level:.1f}" '
        f'text-anchor="{anchor}">{escape(mark.text)}</text>',
    ]
    return shapes, words


def _draw(x1, y1, x2, y2, width, dash=""):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{LINE}" stroke-width="{width}"{dashes}/>'
    )


def _write(x, y, text, anchor="middle"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
