"""Which function does which kind of job. Filled by ``hub.duties``; knows no database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

Handler = Callable[[dict[str, Any]], object]
MOST_TRIES = 6
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)


class Lane(StrEnum):
    """Jobs of one lane never wait for those of another."""

    NETWORK = "network"
    HEAVY = "heavy"
    QUICK = "quick"
    PATIENT = "patient"


WIDTHS = {Lane.NETWORK: 14, Lane.HEAVY: 1, Lane.QUICK: 2, Lane.PATIENT: 1}


class GiveUp(Exception):
    """Trying again would not help; the text says why, for the office."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of job is done; ``cron`` (minute hour day month weekday, local time) for duties that recur."""

    name: str
    label: Any
    handler: Handler
    lane: Lane
    most_tries: int
    cron: str | None = None


_kinds: dict[str, Kind] = {}


def handle(name: str, label: Any, handler: Handler, lane: Lane = Lane.QUICK, most_tries: int = MOST_TRIES) -> None:
    """Register what does jobs of this kind; ``label`` names it on the office's page.

    ``handler(payload)`` runs in an application context, outside any transaction, and writes in units of its own.
    """
    _kinds[name] = Kind(name, label, handler, lane, most_tries)


def every(name: str, label: Any, cron: str, handler: Handler, lane: Lane = Lane.QUICK) -> None:
    """Register a duty that recurs; it is a row like any other, so one worker does it, once."""
    _kinds[name] = Kind(name, label, handler, lane, MOST_TRIES, cron)


def find_kind(name: str) -> Kind | None:
    """The kind of this name, or None when this version of the code does not know it."""
    return _kinds.get(name)


def duties() -> list[Kind]:
    """The kinds that recur."""
    return [kind for kind in _kinds.values() if kind.cron]


def names() -> list[str]:
    """The names of all kinds."""
    return list(_kinds)


def names_in(lane: Lane) -> list[str]:
    """The kinds of one lane."""
    return [kind.name for kind in _kinds.values() if kind.lane == lane]


def wait_after(tries: int) -> timedelta:
    """How long a job rests after its n-th failure: 30 s, then four times as long each time, six hours at most."""
    return min(LONGEST_WAIT, FIRST_WAIT * 4 ** min(tries - 1, 10))
