"""Which links a form of the list means: those that are ticked, or all of a list as it was when its page was shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select, true

from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.entries.queries.many import portions
from hub.linkcare import policy, proposing, queries
from hub.linkcare.models import Link, State
from hub.linkcare.proposing import CHECK, CONFIRM, DEEDS, TWIN
from hub.linkcare.store import is_used

MOST_TICKED, MOST_AT_ONCE = 500, 10_000
Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Numbers of links with the versions that were seen; of a whole list also how many stay: ``newer`` were tried or
    decided since, ``others`` do not offer the deed."""

    pairs: Pairs
    newer: int = 0
    others: int = 0


def choose_ticked(texts: Iterable[str]) -> Chosen:
    """What was ticked, as the page wrote it (``number:version``). Raises Refused when it is nothing or too much."""
    pairs = list(_pairs(texts))
    if not pairs:
        raise Refused(_("Bitte wählen Sie mindestens einen Link aus."))
    _refuse_more(len(pairs), MOST_TICKED)
    return Chosen(pairs)


def choose_every(actor: Actor, which: str, deed: str, until: datetime) -> Chosen:
    """All links of a list that offer the deed and stood there at that moment. Raises Refused when they are too many."""
    require(policy.may_tend(actor))
    if which not in queries.LISTS or deed not in (CHECK, *DEEDS):
        raise Refused(_("Diese Aktion gibt es nicht."))
    newer, fitting = _is_newer(until), and_(~_is_newer(until), _offers(deed))
    listed = and_(queries.in_list(which), is_used())
    counts = select(func.count(), func.count().filter(newer), func.count().filter(fitting)).where(listed)
    every, newer_count, count = db.session.execute(counts.select_from(Link)).one()
    _refuse_more(count, MOST_AT_ONCE)
    rows = db.session.execute(select(Link.id, Link.version).where(listed, fitting).order_by(Link.id))
    pairs = [(row.id, row.version) for row in rows]
    if deed == TWIN:
        pairs = list(_with_twin(pairs))
    return Chosen(pairs, newer_count, every - newer_count - len(pairs))


def _refuse_more(count: int, most: int) -> None:
    if count > most:
        raise Refused(_("Bitte wählen Sie höchstens %(most)s Links auf einmal.", most=most))


def _pairs(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    for text in texts:
        number, _colon, version = text.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, version)):
            yield int(number), int(version)


def _is_newer(until: datetime) -> ColumnElement[bool]:
    """A verdict changes with a try, a decision has its own moment."""
    moments = (func.coalesce(Link.tried_at, Link.created_at), func.coalesce(Link.decided_at, Link.created_at))
    return or_(*(moment > until for moment in moments))


def _offers(deed: str) -> ColumnElement[bool]:
    """``Line.deeds`` as a condition; whether there is an entry of the same title the lines know."""
    if deed == CHECK:
        return true()
    states = [State.OPEN] if deed == CONFIRM else [State.OPEN, State.CONFIRMED]
    return and_(Link.state.in_(states), Link.outcome.in_(proposing.outcomes_with(deed)))


def _with_twin(pairs: Pairs) -> Iterator[tuple[int, int]]:
    for some in portions(pairs):
        lines = queries.lines_of(select(Link).where(Link.id.in_([number for number, _version in some])))
        yield from ((line.id, line.version) for line in lines if line.twin)
