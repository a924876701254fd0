"""Charts as SVG, drawn on the server: columns over months and bars by name.

Colours come from classes (light, dark, print, forced colours); a title and a sentence describe each, the table with the
same numbers stands beside it.
"""

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 640, 220
TOP, FOOT, SIDE = 22, 26, 6
ROW, BAR, VALUE_WIDTH = 46, 16, 60
LONGEST_NAME = 84


def draw_columns(key: str, title: str, text: str, values: Sequence[tuple[str, int]]) -> Markup:
    """One column for each (label, number), its number above it; ``key`` names the picture within its page."""
    most = max([number for _label, number in values] or [0]) or 1
    step = (WIDTH - 2 * SIDE) / max(len(values), 1)
    ground = HEIGHT - FOOT
    parts = [Markup('<path class="chart__line" d="M{} {}H{}"/>').format(SIDE, ground, WIDTH - SIDE)]
    for place, (label, number) in enumerate(values):
        height = round((ground - TOP) * number / most, 1)
        middle = round(SIDE + step * (place + 0.5), 1)
        parts.append(
            Markup('<rect class="chart__bar" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
                round(middle - step * 0.3, 1), round(ground - height, 1), round(step * 0.6, 1), height
            )
        )
        parts.append(_word(middle, ground - height - 6, str(number), "chart__number"))
        parts.append(_word(middle, HEIGHT - 8, label, "chart__label"))
    return _picture(key, title, text, HEIGHT, parts)


def draw_bars(key: str, title: str, text: str, values: Sequence[tuple[str, int]]) -> Markup:
    """One bar for each (name, number), its name above it and the number at its end; the table has names too long for
    a line whole."""
    most = max([number for _name, number in values] or [0]) or 1
    room = WIDTH - VALUE_WIDTH
    parts = []
    for place, (name, number) in enumerate(values):
        top, length = place * ROW, round(room * number / most, 1)
        parts.append(_word(0, top + 15, _cut(name), "chart__label chart__label--start"))
        parts.append(
            Markup('<rect class="chart__bar" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
                0, top + 22, length, BAR
            )
        )
        parts.append(_word(length + 8, top + 36, str(number), "chart__number chart__number--start"))
    return _picture(key, title, text, max(len(values), 1) * ROW, parts)


def _picture(key: str, title: str, text: str, height: int, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-titel {}-text">'
        '<title id="{}-titel">{}</title><desc id="{}-text">{}</desc>{}</svg>'
    ).format(WIDTH, height, key, key, key, title, key, text, Markup("").join(parts))


def _word(x: float, y: float, text: str, name: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(name, round(x, 1), round(y, 1), text)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
