"""The menus: rooms' pages by place and order; everyone sees only what they may open.

``hub.menus`` adds the items. The file knows no page by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Flask, current_app, request, url_for
from flask_login import current_user
from sqlalchemy import Select, select

from hub.core import clock
from hub.core.db import db
from hub.core.permissions import Permission

PLACES = ("main", "action", "account", "desk", "foot")
KEPT_QUESTIONS = 32


@dataclass(frozen=True)
class Item:
    """One line of a menu. ``within`` are endpoints that count as below it; "room." stands for a whole room."""

    label: Any
    endpoint: str
    permission: Permission | str | None
    icon: str
    order: int
    count: Callable[[Any], Select[Any]] | None = None
    known: Callable[[], int | None] | None = None
    place: str = "main"
    values: dict[str, Any] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    for_strangers: bool = False

    @property
    def key(self) -> tuple:
        """What tells it from all others."""
        return (self.place, self.endpoint, *self.values.values())

    def is_for(self, actor: Any) -> bool:
        """Whether this person (None: a stranger) may open the page."""
        if actor is None:
            return self.for_strangers
        return self.permission is None or actor.may(self.permission)

    def mark(self) -> str:
        """The value of aria-current: "page" on the page itself, "true" below it, else empty."""
        here = request.endpoint or ""
        if here == self.endpoint and self.values.items() <= (request.view_args or {}).items():
            return "page"
        is_below = any(here == name or (name.endswith(".") and here.startswith(name)) for name in self.within)
        return "true" if is_below else ""


_items: dict[tuple, Item] = {}
_lock = Lock()


def add(item: Item) -> None:
    """Put a page into a menu; adding it again replaces it.

    ``label`` is a lazy translation, ``count(actor)`` the question for the number shown beside it; ``known()`` the
    number itself when the page has read it already, else None. Places: ``PLACES``.
    """
    if item.place not in PLACES:
        raise ValueError(f"There is no menu {item.place!r}.")
    _items[item.key] = item


def unknown_endpoints(app: Flask) -> set[str]:
    """Endpoints in the menus that the application does not have; a test keeps this empty."""
    return {item.endpoint for item in _items.values()} - app.view_functions.keys()


class Menus:
    """The menus of one page, worked out only when a template asks for them."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    @cached_property
    def main(self) -> list[dict[str, Any]]:
        """The places in the header."""
        return self._lines("main")

    @cached_property
    def action(self) -> list[dict[str, Any]]:
        """The deeds in the header: contributing."""
        return self._lines("action")

    @cached_property
    def account(self) -> list[dict[str, Any]]:
        """The menu under the person's name."""
        return self._lines("account")

    @cached_property
    def desk(self) -> list[dict[str, Any]]:
        """The pages that the office reaches from its desk."""
        return self._lines("desk")

    @cached_property
    def foot(self) -> list[dict[str, Any]]:
        """Help and the legal pages."""
        return self._lines("foot")

    @cached_property
    def _counts(self) -> dict[tuple, int]:
        """The numbers beside the lines of all menus, by key of the item."""
        items = [item for item in _items.values() if item.count and self._actor and item.is_for(self._actor)]
        known = {item.key: count for item in items if item.known and (count := item.known()) is not None}
        asked = [item for item in items if item.key not in known]
        answers = db.session.execute(_question(self._actor, asked)).one() if asked else ()
        return known | dict(zip((item.key for item in asked), answers, strict=True))

    def _lines(self, place: str) -> list[dict[str, Any]]:
        items = [item for item in _items.values() if item.place == place and item.is_for(self._actor)]
        present = [item for item in items if item.endpoint in current_app.view_functions]
        return [self._line(item) for item in sorted(present, key=lambda item: item.order)]

    def _line(self, item: Item) -> dict[str, Any]:
        return {
            "label": item.label,
            "url": _address(item),
            "icon": item.icon,
            "current": item.mark(),
            "count": self._counts.get(item.key) if item.count else None,
        }


def _question(actor: Any, asked: list[Item]) -> Select[Any]:
    """One question for all numbers. Putting it together takes longer than asking it: a person's next page of the same
    minute asks the same one."""
    questions: LRUCache[Any, Select[Any]]
    questions = current_app.extensions.setdefault("menu_questions", LRUCache(KEPT_QUESTIONS))
    minute = clock.now().replace(second=0, microsecond=0)
    key = (minute, actor.id, actor.role, actor.organisation_id, *(item.key for item in asked))
    with _lock:
        found = questions.get(key)
    if found is None:
        found = select(*(item.count(actor).scalar_subquery() for item in asked if item.count))
        with _lock:
            questions[key] = found
    return found


def _address(item: Item) -> str:
    """Where the page of a menu is; the same for everybody, so it is worked out once."""
    known: dict[tuple, str] = current_app.extensions.setdefault("menu_addresses", {})
    key = (request.root_path, item.endpoint, *item.values.values())
    if key not in known:
        known[key] = url_for(item.endpoint, **item.values)
    return known[key]


def init_navigation(app: Flask) -> None:
    """Give every template ``actor`` (None for strangers), ``menus`` and the names of the ``site``."""
    app.jinja_env.globals["site"] = {"title": app.config["TITLE"], "operator": app.config["OPERATOR"]}
    app.context_processor(_for_templates)


def _for_templates() -> dict[str, Any]:
    actor = current_user._get_current_object() if current_user and current_user.is_authenticated else None
    return {"actor": actor, "menus": Menus(actor)}
