# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""The process as a picture: stages as boxes, the way on as arrows.

Drawn on the server as SVG, in black and white and without scripts, because
wkhtmltopdf cannot be trusted with more. Nothing here touches Odoo.
"""

from html import escape

WIDTH = 668  # user units; one is a CSS pixel
MAX_HEIGHT = 860  # what fits onto one A4 page under a heading
CODE_WIDTH = 54
NAME_WIDTH = 336
PADDING = 10
LINE = 17  # from one line of text to the next
ARROW = 30  # shortest arrow

#: width of a letter in Roboto, in parts of the font's size
_NARROW = frozenset("fijlrtI.,:;'|!()[]/«»\"·- \u00a0")
_WIDE = frozenset("mwMW@%—ЖМФШЩЫЮДжмфшщыюд")


def _measure(text, size, bold=False):
    """Width of a text; a little too much rather than too little."""
    width = 0.0
    for letter in text:
        if letter in _NARROW:
            width += 0.31
        elif letter in _WIDE:
            width += 0.86
        elif letter.isupper():
            width += 0.68
        else:
            width += 0.57
    return width * size * (1.02 if bold else 1.0)


def _split(word, width, size, bold):
    """Break a word that is longer than a line."""
    parts, part = [], ""
    for letter in word:
        if part and _measure(part + letter, size, bold) > width:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


def wrap(text, width, size, bold=False):
    """Break a text into lines no wider than `width`."""
    lines, line = [], ""
    for word in (text or "").split():
        for piece in _split(word, width, size, bold):
            longer = f"{line} {piece}" if line else piece
            if line and _measure(longer, size, bold) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line] if line else lines


def draw(stages, exit_label):
    """Draw a process.

    :param stages: list of dicts ``code``, ``name``, ``exit_time``, ``condition``
    :param str exit_label: what the exit time is called
    :return: list of SVG texts, each no higher than a page
    """
    pictures, parts, height = [], [], 0
    for index, stage in enumerate(stages):
        box, box_height = _draw_box(stage, exit_label)
        arrow, arrow_height = _draw_arrow(stage, last=index == len(stages) - 1)
        if parts and height + box_height + arrow_height > MAX_HEIGHT:
            pictures.append(_close(parts, height))
            parts, height = [], 0
        parts.append(_move(box, height))
        parts.append(_move(arrow, height + box_height))
        height += box_height + arrow_height
    if parts:
        pictures.append(_close(parts, height))
    return pictures


def _draw_box(stage, exit_label):
    exit_x = CODE_WIDTH + NAME_WIDTH
    exit_width = WIDTH - exit_x
    names = wrap(stage["name"], NAME_WIDTH - 2 * PADDING, 14, bold=True)
    times = wrap(stage["exit_time"], exit_width - 2 * PADDING, 12.5)
    lines = max(len(names), len(times) + 1, 2)
    height = lines * LINE + 2 * PADDING - 4
    middle = height / 2
    box = [
        _rect(0, CODE_WIDTH, height, "#333333"),
        _rect(CODE_WIDTH, NAME_WIDTH, height, "#ffffff"),
        _rect(exit_x, exit_width, height, "#eeeeee"),
        _text(
            [stage["code"]], CODE_WIDTH / 2, middle + 5, 15, bold=True,
            fill="#ffffff", anchor="middle",
        ),
        _text(
            names, CODE_WIDTH + PADDING,
            middle - (len(names) - 1) * LINE / 2 + 5, 14, bold=True,
        ),
        _text([exit_label], exit_x + PADDING, PADDING + 9, 10.5, fill="#444444"),
        _text(times, exit_x + PADDING, PADDING + 9 + LINE, 12.5),
    ]  # fmt: skip
    return "".join(box), height


def _draw_arrow(stage, last):
    """The way to the next box, with the transition condition beside it."""
    x = CODE_WIDTH / 2
    lines = wrap(stage["condition"], WIDTH - CODE_WIDTH - PADDING, 12)
    height = max(len(lines) * LINE + 12, ARROW)
    tip = height - 2
    arrow = [
        f'<line x1="{x}" y1="0" x2="{x}" y2="{tip - 8}"'
        ' stroke="#000000" stroke-width="1.6"/>',
        f'<path d="M {x - 6} {tip - 10} L {x + 6} {tip - 10} L {x} {tip} Z"'
        ' fill="#000000"/>',
        _text(
            lines, CODE_WIDTH + PADDING, (height - len(lines) * LINE) / 2 + 12, 12,
            italic=True,
        ),
    ]  # fmt: skip
    if last:
        # the end of the process
        arrow.append(
            f'<line x1="{x - 18}" y1="{height}" x2="{x + 18}" y2="{height}"'
            ' stroke="#000000" stroke-width="3"/>'
        )
        height += 4
    return "".join(arrow), height


def _rect(x, width, height, fill):
    return (
        f'<rect x="{x}" y="0" width="{width}" height="{height:g}" fill="{fill}"'
        ' stroke="#000000" stroke-width="1.2"/>'
    )


def _text(
    lines, x, y, size, *, bold=False, italic=False, fill="#000000", anchor="start"
):
    style = f'font-size="{size}" fill="{fill}" text-anchor="{anchor}"'
    if bold:
        style += ' font-weight="bold"'
    if italic:
        style += ' font-style="italic"'
    return "".join(
        f'<text x="{x:g}" y="{y + index * LINE:g}" {style}>{escape(line)}</text>'
        for index, line in enumerate(lines)
    )


def _move(drawing, y):
    return f'<g transform="translate(1 {y + 1:g})">{drawing}</g>'


def _close(parts, height):
    width, height = WIDTH + 2, round(height + 3)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )
