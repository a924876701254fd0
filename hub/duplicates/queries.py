"""Reading pairs that may be the same thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from hub.accounts.models import Organisation
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.paging import PER_PAGE, Page
from hub.duplicates import policy
from hub.duplicates.models import DuplicatePair, PairState
from hub.entries.models import Entry, MergedEntry, Status

LARGEST = 2**31 - 1
ONE, OTHER = aliased(Entry), aliased(Entry)
HOUSE, OTHER_HOUSE = aliased(Organisation), aliased(Organisation)
COMPARED = (Status.PUBLISHED, Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Side:
    """One entry of a pair."""

    id: int
    title: str
    organisation: str
    year: int | None
    kind: str
    status: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be the same thing."""

    id: int
    version: int
    score: float
    reasons: tuple[str, ...]
    found_at: datetime
    state: str
    one: Side
    other: Side


def count_open(actor: Actor) -> Select[Any]:
    """The question for how many pairs wait."""
    require(policy.may_decide(actor))
    return open_pairs()


def open_pairs() -> Select[Any]:
    """The same for nobody in particular."""
    return _of(select(func.count()).select_from(DuplicatePair), PairState.OPEN)


def find_pairs(actor: Actor, state: PairState, number: int) -> tuple[list[Pair], Page]:
    """A page of pairs, the surest first."""
    require(policy.may_decide(actor))
    total = db.session.scalar(_of(select(func.count()).select_from(DuplicatePair), state)) or 0
    page = Page(min(number, max(1, -(-total // PER_PAGE))), PER_PAGE, total)
    return _found(state, page.offset, PER_PAGE), page


def find_open(actor: Actor, limit: int) -> list[Pair]:
    """The surest of the pairs that wait."""
    require(policy.may_decide(actor))
    return _found(PairState.OPEN, 0, limit)


def get_pair(actor: Actor, pair_id: int) -> DuplicatePair:
    """A pair in any state; raises Missing."""
    require(policy.may_decide(actor))
    pair = db.session.get(DuplicatePair, pair_id) if 0 < pair_id <= LARGEST else None
    if pair is None:
        raise Missing
    return pair


def titles_of(pair_ids: Sequence[int]) -> tuple[str, ...]:
    """The titles of pairs, for saying that they have moved on."""
    if not pair_ids:
        return ()
    titles = select(ONE.title).join(DuplicatePair, DuplicatePair.one_id == ONE.id)
    found = tuple(db.session.scalars(titles.where(DuplicatePair.id.in_(pair_ids)).order_by(DuplicatePair.id)))
    return found + ("–",) * (len(pair_ids) - len(found))


def find_group(pair: DuplicatePair) -> list[DuplicatePair]:
    """Other open pairs of either entry."""
    ids = (pair.one_id, pair.other_id)
    found = select(DuplicatePair).where(DuplicatePair.one_id.in_(ids) | DuplicatePair.other_id.in_(ids))
    return list(db.session.scalars(found.where(DuplicatePair.id != pair.id, DuplicatePair.state == PairState.OPEN)))


def is_merged(entry_id: int) -> bool:
    """Whether an entry has become one with another."""
    return db.session.get(MergedEntry, entry_id) is not None


def _found(state: PairState, offset: int, limit: int) -> list[Pair]:
    sides = [
        column
        for entry, house in ((ONE, HOUSE), (OTHER, OTHER_HOUSE))
        for column in (entry.id, entry.title, house.label, entry.year, entry.kind, entry.status)
    ]
    pair = (DuplicatePair.id, DuplicatePair.version, DuplicatePair.score, DuplicatePair.reasons, DuplicatePair.found_at)
    found = _of(select(*pair, DuplicatePair.state, *sides), state)
    found = found.join(HOUSE, HOUSE.id == ONE.organisation_id).join(
        OTHER_HOUSE, OTHER_HOUSE.id == OTHER.organisation_id
    )
    found = found.order_by(DuplicatePair.score.desc(), DuplicatePair.id).offset(offset).limit(limit)
    return [
        Pair(row[0], row[1], row[2], tuple(row[3]), row[4], row[5], Side(*row[6:12]), Side(*row[12:18]))
        for row in db.session.execute(found)
    ]


def _of(statement: Select[Any], state: PairState) -> Select[Any]:
    """Pairs in a state of which both entries are still there to be compared."""
    return (
        statement.join(ONE, ONE.id == DuplicatePair.one_id)
        .join(OTHER, OTHER.id == DuplicatePair.other_id)
        .where(DuplicatePair.state == state, ONE.status.in_(COMPARED), OTHER.status.in_(COMPARED))
    )
