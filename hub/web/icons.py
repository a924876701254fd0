"""Icons as one sprite: a page names an icon in eighty bytes, and the browser fetches the drawings once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

_DRAWING = re.compile(r"<svg(?P<head>[^>]*)>(?P<body>.*)</svg>", re.S)
_EMPTY_SQUARE = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')


class IconSet:
    """The drawings in static/vendor/icons, read once at the start."""

    def __init__(self, folder: Path) -> None:
        self._symbols = {path.stem: _symbol(path.stem, path.read_text()) for path in sorted(folder.glob("*.svg"))}

    def __contains__(self, name: str) -> bool:
        return name in self._symbols

    def __iter__(self):
        return iter(self._symbols)

    def sprite(self) -> str:
        """All drawings in one file; a page refers to one by its name after the number sign."""
        return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(self._symbols.values())}</svg>'

    def drawer(self, address: str) -> Callable[..., Markup]:
        """The function ``icon(name, cls="")`` for templates, with the sprite at this address."""

        @lru_cache(maxsize=512)
        def icon(name: str, cls: str = "") -> Markup:
            """A decorative icon: hidden from screen readers, so the words must stand beside it."""
            if name not in self._symbols:
                raise LookupError(f"There is no icon named {name!r} in static/vendor/icons.")
            classes = f"icon {cls}" if cls else "icon"
            return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(classes, address, name)

        return icon


def _symbol(name: str, source: str) -> str:
    match = _DRAWING.search(source)
    if match is None:
        raise ValueError(f"The icon {name!r} is not an SVG drawing.")
    body = re.sub(r"\s+", " ", _EMPTY_SQUARE.sub("", match["body"])).replace(" />", "/>").replace("> <", "><").strip()
    paint = ' fill="currentColor" stroke="none"' if 'fill="currentColor"' in match["head"] else ""
    return f'<symbol id="{name}" viewBox="0 0 24 24"{paint}>{body}</symbol>'
