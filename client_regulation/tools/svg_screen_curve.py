# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The ABC curve for the screen: inline SVG that takes its ink from the page, so that it
reads on light and on dark, and keeps its letters legible on a phone. (C.7)"""

from html import escape
from itertools import pairwise

WIDTH, HEIGHT = 560, 350
LEFT, RIGHT, TOP, FOOT = 44, 12, 14, 46
#: mid tones: they stand out on white and on black
COLOURS = {"A": "#2f9e6e", "B": "#d9952b", "C": "#8a94a6"}
CURVE = "#9a6aa8"
#: narrower bands carry no letter
NARROW = 16


def read_curve(points, at):
    """The share of value that a share of clients makes, between two points too.

    >>> read_curve([[0, 0], [0.5, 0.8], [1, 1]], 0.25)
    0.4
    """
    for (x1, y1), (x2, y2) in pairwise(points):
        if x1 <= at <= x2:
            return y1 + (y2 - y1) * (at - x1) / (x2 - x1) if x2 > x1 else y2
    return points[-1][1] if points else 0.0


def abc_curve(points, classes, labels, describe=lambda share: f"{100 * share:.0f} %"):
    """Which share of the value the largest clients make.

    :param points: [[share of clients, share of value], …] from (0, 0) to (1, 1)
    :param classes: [(letter, share of the clients in it), …], the best first
    :param labels: texts by «title», «clients», «value» and «equal»
    :param describe: makes the text of a share
    :return: an ``<svg>`` element as text
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'width="100%" style="max-width:640px;height:auto" font-size="14" '
        f'fill="currentColor" role="img"><title>{escape(labels["title"])}</title>'
    ]
    borders = _draw_bands(parts, classes)
    _draw_grid(parts, labels, describe)
    inner = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    parts.append(
        f'<polygon points="{inner}" fill="{CURVE}" fill-opacity="0.16"/>'
        f'<polyline points="{inner}" fill="none" stroke="{CURVE}" stroke-width="3" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )
    for letter, share in borders[:-1]:
        value = read_curve(points, share)
        parts.append(
            f'<circle cx="{_x(share):.1f}" cy="{_y(value):.1f}" r="5" '
            f'fill="{COLOURS[letter]}" stroke="{CURVE}" stroke-width="2"/>'
        )
        # under the curve there is room, unless the border stands at the edge
        near = share > 0.8
        parts.append(
            _text(
                _x(share) + (-9 if near else 9), _y(value) + 20,
                describe(value), "end" if near else "start", "bold",
            )
        )  # fmt: skip
    parts.append("</svg>")
    return "".join(parts)


def _x(share):
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share):
    return HEIGHT - FOOT - share * (HEIGHT - TOP - FOOT)


def _draw_bands(parts, classes):
    """A tinted band for each class; gives (letter, where it ends)."""
    start, borders = 0.0, []
    for letter, share in classes:
        stop = min(start + share, 1.0)
        left, width = _x(start), _x(stop) - _x(start)
        if width > 0:
            parts.append(
                f'<rect x="{left:.1f}" y="{TOP}" width="{width:.1f}" '
                f'height="{HEIGHT - TOP - FOOT}" fill="{COLOURS[letter]}" '
                'fill-opacity="0.15"/>'
            )
            borders.append((letter, stop))
        if width >= NARROW:
            parts.append(
                f'<text x="{left + width / 2:.1f}" y="{HEIGHT - FOOT - 10}" '
                f'text-anchor="middle" font-size="20" font-weight="bold" '
                f'fill="{COLOURS[letter]}">{letter}</text>'
            )
        start = stop
    return borders


def _draw_grid(parts, labels, describe):
    for step in range(6):
        share = step / 5
        parts.append(
            f'<line x1="{LEFT}" y1="{_y(share):.1f}" x2="{WIDTH - RIGHT}" '
            f'y2="{_y(share):.1f}" stroke="currentColor" '
            f'stroke-opacity="{0.7 if not step else 0.15}"/>'
        )
        parts.append(_text(LEFT - 6, _y(share) + 5, f"{step * 20}", "end"))
        parts.append(_text(_x(share), HEIGHT - FOOT + 17, f"{step * 20}"))
    parts.append(
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" '
        'stroke="currentColor" stroke-opacity="0.5" stroke-dasharray="4 4">'
        f"<title>{escape(labels['equal'])}</title></line>"
    )
    parts.append(_text(_x(0.5), HEIGHT - 8, labels["clients"]))
    parts.append(
        f'<text transform="translate(12,{_y(0.5):.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(labels["value"])}</text>'
    )


def _text(x, y, text, anchor="middle", weight="normal"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )
