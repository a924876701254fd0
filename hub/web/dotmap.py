"""The dot map of Germany with the member cities: a picture, drawn once from data and kept.

A row of dots is one dashed line with round caps, so that the whole map is a few hundred short numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from markupsafe import Markup

from hub.core.text import clean_line

City = tuple[str, float, float]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

# The outline as longitude, latitude; rough on purpose, one dot is about 20 km wide.
OUTLINE = """
    7.0,53.35 7.05,53.62 8.0,53.72 8.12,53.45 8.5,53.52 8.6,53.88 9.2,53.86 8.9,54.02 8.85,54.3 8.65,54.35 9.0,54.5
    8.8,54.75 8.65,54.92 9.45,54.83 10.0,54.75 10.05,54.48 11.1,54.42 10.85,54.02 11.4,53.95 12.1,54.2 12.5,54.47
    13.2,54.6 13.65,54.6 13.7,54.3 13.85,54.13 14.22,53.92 14.3,53.6 14.42,53.25 14.15,52.9 14.62,52.6 14.55,52.4
    14.75,52.05 14.6,51.8 14.97,51.45 15.03,51.15 14.82,50.87 14.3,51.02 13.85,50.72 13.0,50.43 12.5,50.38 12.1,50.3
    12.4,49.95 12.5,49.72 12.75,49.4 13.4,49.02 13.83,48.77 13.45,48.55 13.0,48.25 12.78,48.1 13.0,47.75 13.05,47.5
    12.7,47.66 12.2,47.64 11.4,47.48 10.95,47.4 10.45,47.55 10.2,47.3 9.95,47.53 9.6,47.55 9.2,47.67 8.6,47.72 8.4,47.58
    7.6,47.57 7.58,48.1 7.8,48.5 8.2,48.97 7.5,49.08 6.8,49.17 6.4,49.47 6.5,49.8 6.12,50.05 6.2,50.5 6.0,50.75
    5.95,51.05 6.2,51.4 5.98,51.8 6.7,51.9 6.9,52.1 7.05,52.25 6.72,52.5 7.05,52.65 7.2,53.0
"""
SCALE = 62
LABEL_HEIGHT = 20
SMALL_STEP, BIG_STEP = 13.5, 11.0


def draw_map(cities: Iterable[City], title: str, labels: bool = False) -> Markup:
    """The map as SVG with ``title`` as its text alternative; with labels: larger, each city with its name."""
    known = tuple(sorted((clean_line(name), float(lon), float(lat)) for name, lon, lat in cities))
    return _drawn(known, title, labels)


@lru_cache(maxsize=32)
def _drawn(cities: tuple[City, ...], title: str, labels: bool) -> Markup:
    step = BIG_STEP if labels else SMALL_STEP
    radius = 5.5 if labels else 6.5
    points = _apart([_position(lon, lat) for _, lon, lat in cities], 2 * radius + 2)
    dots = Markup("").join(
        Markup('<path class="{}" stroke-width="{}" stroke-dasharray="0 {}" d="{}"/>').format(
            name, f"{step * 0.62:.1f}", step, path
        )
        for name, path in zip("ab", _dot_paths(step), strict=True)
    )
    marks = Markup("").join(
        Markup('<circle class="city" cx="{:.0f}" cy="{:.0f}" r="{}"/>').format(x, y, radius) for x, y in points
    )
    names = _labels([name for name, *_ in cities], points) if labels else Markup("")
    box = "-70 -4 480 490" if labels else "-4 -4 384 490"
    return Markup('<svg class="map" viewBox="{}" role="img" aria-label="{}">{}{}{}</svg>').format(
        box, title, dots, marks, names
    )


def _position(lon: float, lat: float) -> Point:
    return (lon - 5.6) * SCALE * 0.63, (55.1 - lat) * SCALE


def _apart(points: list[Point], distance: float) -> list[Point]:
    """Push neighbours apart until each dot can be seen; the map is a picture, not a survey."""
    moved = list(points)
    for _ in range(20):
        for first, second in combinations(range(len(moved)), 2):
            (x1, y1), (x2, y2) = moved[first], moved[second]
            gap = math.dist(moved[first], moved[second])
            if gap < distance:
                push = (distance - gap) / 2
                dx, dy = ((x2 - x1) / gap, (y2 - y1) / gap) if gap else (1.0, 0.0)
                moved[first] = (x1 - dx * push, y1 - dy * push)
                moved[second] = (x2 + dx * push, y2 + dy * push)
    return moved


@lru_cache(maxsize=1)
def _outline() -> tuple[Point, ...]:
    pairs = (pair.split(",") for pair in OUTLINE.split())
    return tuple(_position(float(lon), float(lat)) for lon, lat in pairs)


def _is_inside(x: float, y: float) -> bool:
    """Counts how often a ray from the point crosses the outline."""
    corners = _outline()
    inside = False
    for (x1, y1), (x2, y2) in zip(corners, (corners[-1], *corners[:-1]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _dot_paths(step: float) -> tuple[str, str]:
    """The dots of the main colour and of the sprinkled one, neighbours joined to one dashed line."""
    paths: dict[bool, list[str]] = {False: [], True: []}
    for row in _rows(step):
        start = 0
        for place in range(1, len(row) + 1):
            x, y, tone = row[start]
            ends = place == len(row) or row[place][2] != tone or row[place][0] - row[place - 1][0] > step * 1.5
            if ends:
                paths[tone].append(f"M{x:.0f} {y:.0f}h{(place - 1 - start) * step + 0.1:.1f}")
                start = place
    return "".join(paths[False]), "".join(paths[True])


def _rows(step: float) -> Iterator[list[tuple[float, float, bool]]]:
    width, height = _position(15.2, 47.1)
    for number in range(int(height / (step * 0.87)) + 1):
        y = step / 2 + number * step * 0.87
        first = step / 2 + (step / 2 if number % 2 else 0)
        columns = [first + place * step for place in range(int(width / step))]
        row = [(x, y, _is_sprinkled(x, y)) for x in columns if _is_inside(x, y)]
        if row:
            yield row


def _is_sprinkled(x: float, y: float) -> bool:
    return math.sin(x * 0.021 + 1.3) * math.cos(y * 0.017) + 0.55 * math.sin((x + y) * 0.045) > 0.38


def _labels(names: list[str], points: list[Point]) -> Markup:
    """Each name beside its dot, at the first place that is free."""
    taken: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in points]
    drawn = Markup("")
    for name, point in sorted(zip(names, points, strict=True), key=lambda pair: pair[1][1]):
        width = _text_width(name) + 13
        x, y = _free_place(point, width, taken)
        taken.append((x, y, x + width, y + LABEL_HEIGHT))
        drawn += Markup(
            '<g class="lab"><rect x="{:.0f}" y="{:.0f}" width="{:.0f}" height="20" rx="3"/>'
            '<text x="{:.0f}" y="{:.0f}">{}</text></g>'
        ).format(x, y, width, x + 6, y + 14.5, name)
    return drawn


def _free_place(point: Point, width: float, taken: list[Box]) -> Point:
    x, y = point
    right, left, middle = x + 9, x - width - 9, x - width / 2
    sides = (right, left) if x > 150 else (left, right)
    places = [(sides[0], y - 10), (sides[1], y - 10), (middle, y - 28), (middle, y + 9)]
    places += [(side, y + shift) for shift in (-17, -3, -24, 4, -31, 11, -38, 18) for side in sides]
    free = [place for place in places if not any(_overlap(place, width, box) for box in taken)]
    return free[0] if free else places[0]


def _overlap(place: Point, width: float, box: Box) -> bool:
    x, y = place
    return x < box[2] and box[0] < x + width and y < box[3] and box[1] < y + LABEL_HEIGHT


def _text_width(text: str) -> float:
    """The width of a name at 13 pixels, near enough for a label."""
    narrow, wide = text.count("i") + sum(map(text.count, "ltrfj")), sum(map(text.count, "Mmw"))
    capitals = sum(letter.isupper() for letter in text)
    return 7 * len(text) - 3.4 * narrow + 3.4 * wide + 1.2 * capitals
