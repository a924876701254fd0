"""A facet as the macro ``ui.facet`` takes it, and its lines: a page of hits has a hundred of them."""

from dataclasses import dataclass
from functools import lru_cache

from flask import Flask
from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet with how many entries it would leave."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its heading and values."""

    name: str
    title: str
    choices: list[Choice]


def init_facets(app: Flask) -> None:
    """Give the templates ``facet_line``."""
    app.jinja_env.globals["facet_line"] = facet_line


def facet_line(name: str, item: Choice, single: bool = False) -> Markup:
    """One value to choose with its count; a template takes five times as long for it."""
    state = " checked" if item.selected else "" if item.count else " disabled"
    before, after = _around(name, str(item.value), str(item.label), single)
    return Markup(f'{before}{state}{after}{int(item.count)}</span></label>')  # noqa: S704 - see _around


@lru_cache(4096)
def _around(name: str, value: str, label: str, single: bool) -> tuple[str, str]:
    """What stands before and after the state of the box, escaped."""
    kind = "radio" if single else "checkbox"
    before = f'<label class="check"><input type="{kind}" name="{escape(name)}" value="{escape(value)}"'
    return before, f'><span>{escape(label)}</span><span class="num">'
