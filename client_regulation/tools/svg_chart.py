# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Charts as inline SVG, drawn on the server: wkhtmltopdf runs no scripts worth the
name. Every bar has its number, so that it reads in black and white. (E.1)"""

from html import escape

FONT = 10
LABEL = 58  # room for a number that stands upright
FOOT = 40  # room for the names below
SIDE = 4
FILL, LINE = "#9aa5b1", "#000000"
#: units of the numbers on the bars: above this, divide by it and add the sign
UNITS = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


def shorten(value, units=UNITS, mark="."):
    """A number with three digits that say something.

    >>> shorten(1234567), shorten(-950), shorten(0)
    ('1.23M', '-950', '0')
    """
    size = abs(value)
    unit, sign = next((pair for pair in units if size >= pair[0] * 0.9995), (1, ""))
    if sign:
        text = f"{value / unit:.{_get_digits(size / unit)}f}"
    else:
        text = f"{value:.{0 if size >= 1 or not size else 2}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text in ("-0", "") else text).replace(".", mark) + sign


def _get_digits(size):
    return 2 if size < 9.995 else 1 if size < 99.95 else 0


def bar_chart(bars, width=680, height=210, title="", describe=shorten):
    """Bars that stand on a line; those of negative numbers hang below it.

    :param bars: list of (name, value); a name may have a second line after «\\n»,
        which is written once for neighbours that share it. A value that is None is
        no data: a dash, not a bar
    :param describe: makes the text of a number
    :return: an ``<svg>`` element as text
    """
    top = max([value for _name, value in bars if value and value > 0], default=0)
    low = min([value for _name, value in bars if value and value < 0], default=0)
    room = height - FOOT - LABEL - (LABEL if low else 0)
    # what is less than a millionth is drawn as nothing: its share overflows
    scale = room / (top - low) if top - low > 1e-6 else 0
    zero = LABEL + top * scale if scale else height - FOOT
    step = (width - 2 * SIDE) / max(len(bars), 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-size="{FONT}" role="img">'
    ]
    if title:
        parts.append(f"<title>{escape(title)}</title>")
    parts.append(_draw_line(SIDE, zero, width - SIDE, zero))
    previous = None
    for index, (name, value) in enumerate(bars):
        left, middle = SIDE + index * step, SIDE + (index + 0.5) * step
        if value and scale:
            size = abs(value) * scale
            edge = zero - size if value > 0 else zero
            parts.append(
                f'<rect class="bar" x="{left + step * 0.15:.1f}" y="{edge:.1f}" '
                f'width="{step * 0.7:.1f}" height="{size:.1f}" fill="{FILL}" '
                f'stroke="{LINE}" stroke-width="0.7"/>'
            )
            end = edge - 4 if value > 0 else zero + size + 4
            parts.append(_draw_upright(middle, end, describe(value), value < 0))
        else:
            text = "—" if value is None else describe(value)
            parts.append(_draw_text(middle, zero - 4, text))
        first, _newline, second = name.partition("\n")
        parts.append(_draw_text(middle, height - FOOT + 14, first))
        if second and second != previous:
            parts.append(_draw_text(left + 1, height - FOOT + 29, second, "start"))
            parts.append(_draw_line(left, height - FOOT + 18, left, height - FOOT + 30))
        previous = second
    parts.append("</svg>")
    return "".join(parts)


def _draw_line(x1, y1, x2, y2):
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{LINE}" stroke-width="0.8"/>'
    )


def _draw_text(x, y, text, anchor="middle"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _draw_upright(x, y, text, below):
    """A number that stands on its bar, or hangs under it: wide ones do not touch."""
    anchor = "end" if below else "start"
    return (
        f'<text class="value" transform="translate({x + FONT * 0.35:.1f},{y:.1f}) '
        f'rotate(-90)" text-anchor="{anchor}">{escape(text)}</text>'
    )
