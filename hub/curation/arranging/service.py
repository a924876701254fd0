"""Putting entries into another order, to the top for good, into another section or collection.

The order within a section is no part of what an entry says: it is written by statements that pass by versions and
change log, and only tells whoever keeps drawn boards. Another section or collection is a change of the entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, selectinload

from hub.audit.service import record
from hub.collections.models import Collection, Section
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Missing, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation.arranging import policy, queries
from hub.entries.models import PINNED, Entry, EntryCollection
from hub.entries.queries import BY_HAND
from hub.indexing import changelog
from hub.undoing.service import Row, remember

UNDO = "arranging"
STEPS = ("up", "down", "first")
_PLACE: Any = EntryCollection.__table__
Rank = tuple[int, int, int]  # entry, collection, rank


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved where: its place from 1 among ``count``; ``undo_id`` is None when it stood there already."""

    title: str
    section: str
    place: int
    count: int
    undo_id: int | None


@dataclass(slots=True)
class _Scope:
    """The published entries of one section (or those without one) in their order, pinned ones first."""

    collection_id: int
    section_id: int | None
    ranks: dict[int, int]

    @property
    def ids(self) -> list[int]:
        return list(self.ranks)

    def pinned(self) -> list[int]:
        return [number for number, rank in self.ranks.items() if rank >= PINNED]

    def others(self) -> list[int]:
        return [number for number, rank in self.ranks.items() if rank < PINNED]

    def changes(self, pinned: Sequence[int], others: Sequence[int], moved: int) -> tuple[list[Rank], list[Rank]]:
        """Ranks before and after, of those that get another one.

        As few as possible are ranked: down to the moved one and to the last that had a rank.
        """
        ranked = [at for at, number in enumerate(others) if number == moved or 0 < self.ranks.get(number, 0) < PINNED]
        last = max(ranked, default=-1)
        wanted = {number: PINNED + len(pinned) - at for at, number in enumerate(pinned)}
        wanted |= {number: max(0, last + 1 - at) for at, number in enumerate(others)}
        changed = [number for number, rank in wanted.items() if self.ranks.get(number, 0) != rank]
        before = [(number, self.collection_id, self.ranks.get(number, 0)) for number in changed]
        return before, [(number, self.collection_id, wanted[number]) for number in changed]


def move_entry(actor: Actor, slug: str, entry_id: int, step: str, version: int) -> Moved:
    """One place up or down, or to the beginning, among the pinned or the others; Conflict on a stale order."""
    with unit_of_work() as session:
        entry, place = _placed(actor, slug, entry_id)
        scope = _load(session, place.collection_id, place.section_id)
        group = scope.pinned() if place.rank >= PINNED else scope.others()
        at = group.index(entry_id)
        target = {"up": max(at - 1, 0), "down": min(at + 1, len(group) - 1), "first": 0}.get(step, at)
        group.insert(target, group.pop(at))
        pinned, others = (group, scope.others()) if place.rank >= PINNED else (scope.pinned(), group)
        if target == at:
            return _told(entry, place, [*pinned, *others], None)
        _take_turn(session, scope, version)
        before, after = scope.changes(pinned, others, entry_id)
        undo_id = _keep(session, actor, entry, place, before, after)
        return _told(entry, place, [*pinned, *others], undo_id)


def pin_entry(actor: Actor, slug: str, entry_id: int, is_pinned: bool, version: int) -> Moved:
    """Let an entry stay on top of its section, after those that do already; or let it go, to the first place below."""
    with unit_of_work() as session:
        entry, place = _placed(actor, slug, entry_id)
        scope = _load(session, place.collection_id, place.section_id)
        pinned = [number for number in scope.pinned() if number != entry_id]
        others = [number for number in scope.others() if number != entry_id]
        if is_pinned == (place.rank >= PINNED):
            return _told(entry, place, scope.ids, None)
        _take_turn(session, scope, version)
        pinned, others = ([*pinned, entry_id], others) if is_pinned else (pinned, [entry_id, *others])
        before, after = scope.changes(pinned, others, entry_id)
        undo_id = _keep(session, actor, entry, place, before, after)
        return _told(entry, place, [*pinned, *others], undo_id)


def drop_entry(
    actor: Actor, slug: str, entry_id: int, section_id: int | None, before_id: int | None, versions: Sequence[int]
) -> Moved:
    """Put an entry before another one of a section (None: at its end); ``versions``: of the order there, and of the
    order it comes from. A pinned one keeps its pin only within its section."""
    with unit_of_work() as session:
        entry, place = _placed(actor, slug, entry_id)
        if place.section_id != section_id:
            return _to_section(session, actor, entry, place, section_id, before_id, versions)
        scope = _load(session, place.collection_id, section_id)
        is_pinned = place.rank >= PINNED
        group = [number for number in (scope.pinned() if is_pinned else scope.others()) if number != entry_id]
        group.insert(_index(group, before_id, 0 if before_id in scope.pinned() else len(group)), entry_id)
        pinned, others = (group, scope.others()) if is_pinned else (scope.pinned(), group)
        if [*pinned, *others] == scope.ids:
            return _told(entry, place, scope.ids, None)
        _take_turn(session, scope, versions[0])
        before, after = scope.changes(pinned, others, entry_id)
        return _told(entry, place, [*pinned, *others], _keep(session, actor, entry, place, before, after))


def _to_section(
    session: Session,
    actor: Actor,
    entry: Entry,
    place: EntryCollection,
    section_id: int | None,
    before_id: int | None,
    versions: Sequence[int],
) -> Moved:
    if section_id is not None:
        _section(session, place.collection_id, section_id)
    _take_turn(session, _Scope(place.collection_id, place.section_id, {}), versions[-1])
    scope = _load(session, place.collection_id, section_id)
    _take_turn(session, scope, versions[0])
    others = scope.others()
    others.insert(_index(others, before_id, 0 if before_id in scope.pinned() else len(others)), entry.id)
    before = _places(entry)
    place.section_id, place.rank = section_id, 0
    undo_id = _keep_places(session, actor, entry, place, before, scope, others)
    return _told(entry, place, [*scope.pinned(), *others], undo_id)


def file_entry(
    actor: Actor, slug: str, entry_id: int, collection_id: int, section_id: int | None, version: int, is_more: bool
) -> Moved:
    """Put an entry at the beginning of a section elsewhere: instead of its place in this collection, or as one more.

    ``version`` is the entry's that the page showed. Raises Conflict when it has changed since, Refused when it stands
    there already.
    """
    with unit_of_work() as session:
        entry, place = _placed(actor, slug, entry_id)
        if entry.version != version:
            raise Conflict(_("Der Eintrag wurde inzwischen geändert. Bitte sehen Sie noch einmal hin."))
        collection = session.get(Collection, collection_id)
        if collection is None:
            raise Missing
        if section_id is not None:
            _section(session, collection_id, section_id)
        _refuse_same(entry, place, collection_id, section_id, is_more)
        before = _places(entry)
        scope = _load(session, collection_id, section_id)
        others = [entry_id, *scope.others()]
        target = _file(entry, place, collection_id, section_id, is_more)
        undo_id = _keep_places(session, actor, entry, target, before, scope, others)
        section = session.get(Section, section_id).title if section_id is not None else ""  # type: ignore[union-attr]
        where = f"{collection.title}, {section}" if section else collection.title
        return Moved(entry.title, where, len(scope.pinned()) + 1, len(scope.ranks) + 1, undo_id)


def remove_entry(actor: Actor, slug: str, entry_id: int, version: int) -> Moved:
    """Take an entry out of this collection; the last one stays."""
    with unit_of_work() as session:
        entry, place = _placed(actor, slug, entry_id)
        if entry.version != version:
            raise Conflict(_("Der Eintrag wurde inzwischen geändert. Bitte sehen Sie noch einmal hin."))
        if len(entry.places) == 1:
            raise Refused(_("Der Eintrag steht nur in dieser Sammlung. Verschieben Sie ihn in eine andere."))
        before, title = _places(entry), place.collection.title
        entry.places.remove(place)
        for at, one in enumerate(sorted(entry.places, key=lambda one: one.position)):
            one.position = at
        entry.updated_at = clock.now()
        record(actor, "entry.unplaced", entry.id, collection=slug)
        session.flush()
        undo_id = _remember(actor, entry, _("„%(title)s“ aus „%(from)s“", **{"title": entry.title, "from": title}), {
            "places": before, "places_after": _places(entry), "ranks": [], "ranks_after": [],
        })  # fmt: skip
        return Moved(entry.title, title, 0, 0, undo_id)


def set_back_order(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo a move, unless what it moved has been moved again since."""
    done, left = 0, []
    session = db.session()
    for row in rows:
        entry = session.scalar(
            select(Entry)
            .where(Entry.id == row.thing_id)
            .options(selectinload(Entry.places))
            .execution_options(populate_existing=True)
        )
        if entry is None or not _stands(session, entry, row.before):
            left.append(entry.title if entry else f"#{row.thing_id}")
            continue
        _put_back(session, actor, entry, row.before)
        done += 1
    return done, tuple(left)


def _put_back(session: Session, actor: Actor, entry: Entry, kept: dict[str, Any]) -> None:
    if kept["places"] != kept["places_after"]:
        _restore(entry, kept["places"])
        record(actor, "entry.rearranged", entry.id)
        session.flush()
    _write_ranks(session, [(number, collection, rank) for number, collection, rank in kept["ranks"]])
    for collection_id, section_id in {(place[0], place[1]) for place in [*kept["places"], *kept["places_after"]]}:
        _count_turn(session, _Scope(collection_id, section_id, {}))


def _stands(session: Session, entry: Entry, kept: dict[str, Any]) -> bool:
    """Whether all that the move wrote is still as it left it."""
    ranks = _ranks_of(session, [(number, collection) for number, collection, _rank in kept["ranks_after"]])
    wanted = {(number, collection): rank for number, collection, rank in kept["ranks_after"]}
    return ranks == wanted and [place[:2] for place in _places(entry)] == [place[:2] for place in kept["places_after"]]


def _ranks_of(session: Session, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    numbers, collections = [key[0] for key in keys], {key[1] for key in keys}
    rows = select(EntryCollection.entry_id, EntryCollection.collection_id, EntryCollection.rank).where(
        EntryCollection.collection_id.in_(collections)
    )
    found: dict[tuple[int, int], int] = {}
    for at in range(0, len(numbers), 400):
        some = rows.where(EntryCollection.entry_id.in_(numbers[at : at + 400]))
        found |= {(number, collection): rank for number, collection, rank in session.execute(some)}
    return {key: found[key] for key in keys if key in found}


def _placed(actor: Actor, slug: str, entry_id: int) -> tuple[Entry, EntryCollection]:
    require(policy.may_arrange(actor))
    return queries.get_placed(actor, slug, entry_id)


def _section(session: Session, collection_id: int, section_id: int) -> Section:
    section = session.get(Section, section_id)
    if section is None or section.collection_id != collection_id:
        raise Refused(_("Diesen Abschnitt gibt es nicht mehr."))
    return section


def _load(session: Session, collection_id: int, section_id: int | None) -> _Scope:
    section = EntryCollection.section_id
    rows = select(EntryCollection.entry_id, EntryCollection.rank).where(
        EntryCollection.collection_id == collection_id,
        section == section_id if section_id is not None else section.is_(None),
        EntryCollection.published_at.is_not(None),
    )
    return _Scope(
        collection_id, section_id, {row.entry_id: row.rank for row in session.execute(rows.order_by(*BY_HAND))}
    )


def _index(group: Sequence[int], before_id: int | None, otherwise: int) -> int:
    return group.index(before_id) if before_id in group else otherwise


def _take_turn(session: Session, scope: _Scope, version: int) -> None:
    if not _count_turn(session, scope, version):
        raise Conflict(_("Diese Reihenfolge wurde inzwischen von jemand anderem geändert. Sie sehen jetzt die neue."))


def _count_turn(session: Session, scope: _Scope, version: int | None = None) -> bool:
    """Note that the order of a section is another one now; with a version only when it still is that one."""
    of: Any = Section if scope.section_id is not None else Collection
    number = scope.section_id if scope.section_id is not None else scope.collection_id
    turn = update(of.__table__).where(of.__table__.c.id == number)
    if version is not None:
        turn = turn.where(of.__table__.c.order_version == version)
    counted = session.execute(turn.values(order_version=of.__table__.c.order_version + 1))
    changelog.append(session, [("order", scope.collection_id)])
    return bool(counted.rowcount)  # type: ignore[attr-defined]


def _write_ranks(session: Session, ranks: Iterable[Rank]) -> None:
    rows = [{"of": number, "at": collection, "to": rank} for number, collection, rank in ranks]
    if rows:
        there = (_PLACE.c.entry_id == bindparam("of")) & (_PLACE.c.collection_id == bindparam("at"))
        session.execute(update(_PLACE).where(there).values(rank=bindparam("to")), rows)
        session.expire_all()


def _places(entry: Entry) -> list[list[int | None]]:
    places = sorted(entry.places, key=lambda place: place.position)
    return [[place.collection_id, place.section_id, place.position, place.rank] for place in places]


def _refuse_same(
    entry: Entry, place: EntryCollection, collection_id: int, section_id: int | None, is_more: bool
) -> None:
    there = next((one for one in entry.places if one.collection_id == collection_id), None)
    if there is None:
        return
    if there is place and not is_more:
        if place.section_id == section_id:
            raise Refused(_("Dort steht der Eintrag schon."))
        return
    raise Refused(_("In dieser Sammlung steht der Eintrag schon. Jede Sammlung zeigt ihn einmal."))


def _file(
    entry: Entry, place: EntryCollection, collection_id: int, section_id: int | None, is_more: bool
) -> EntryCollection:
    if place.collection_id == collection_id:
        place.section_id, place.rank = section_id, 0
        return place
    position = 1 + max(one.position for one in entry.places) if is_more else place.position
    if not is_more:
        entry.places.remove(place)
    target = EntryCollection(
        collection_id=collection_id, section_id=section_id, position=position, rank=0, published_at=entry.published_at
    )
    entry.places.append(target)
    return target


def _restore(entry: Entry, places: Sequence[Sequence[Any]]) -> None:
    wanted = {place[0]: place for place in places}
    for place in list(entry.places):
        if place.collection_id not in wanted:
            entry.places.remove(place)
    present = {place.collection_id: place for place in entry.places}
    for collection_id, section_id, position, rank in places:
        if collection_id not in present:
            shown_at = entry.published_at if entry.is_published else None
            present[collection_id] = EntryCollection(collection_id=collection_id, published_at=shown_at)
            entry.places.append(present[collection_id])
        place = present[collection_id]
        place.section_id, place.position, place.rank = section_id, position, rank
    entry.updated_at = clock.now()


def _keep_places(
    session: Session,
    actor: Actor,
    entry: Entry,
    place: EntryCollection,
    before: list[list[int | None]],
    scope: _Scope,
    others: Sequence[int],
) -> int:
    """Write another section or collection and the ranks there; gives the number that undoes it."""
    entry.updated_at = clock.now()
    record(actor, "entry.rearranged", entry.id)
    session.flush()
    title, places = entry.title, _places(entry)
    ranks, after = scope.changes(scope.pinned(), others, entry.id)
    _write_ranks(session, after)
    _count_turn(session, scope)
    own = [rank for rank in ranks if rank[0] != entry.id]
    return _remember(actor, entry, _("„%(title)s“ an einen anderen Platz", title=title), {
        "places": before, "places_after": places, "ranks": own, "ranks_after": after,
    })  # fmt: skip


def _keep(
    session: Session, actor: Actor, entry: Entry, place: EntryCollection, before: list[Rank], after: list[Rank]
) -> int:
    places, title, slug = _places(entry), entry.title, place.collection.slug
    record(actor, "board.arranged", entry.id, collection=slug)
    session.flush()
    _write_ranks(session, after)
    return _remember(actor, entry, _("„%(title)s“ an einen anderen Platz", title=title), {
        "places": places, "places_after": places, "ranks": before, "ranks_after": after,
    })  # fmt: skip


def _remember(actor: Actor, entry: Entry, label: str, kept: dict[str, Any]) -> int:
    return remember(actor, UNDO, label, [Row(entry.id, kept, entry.version)])


def _told(entry: Entry, place: EntryCollection, order: Sequence[int], undo_id: int | None) -> Moved:
    section = db.session.get(Section, place.section_id) if place.section_id is not None else None
    return Moved(entry.title, section.title if section else "", order.index(entry.id) + 1, len(order), undo_id)
