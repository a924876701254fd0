"""The nightly comparison: entries that changed since the last one are compared with all others.

Memory grows with what changed, not with the collection: prints of the others pass by one after the other.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update

from hub.accounts.models import Organisation
from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.duplicates.judging import Verdict, likeness
from hub.duplicates.matching import Group, count_words, rarity_of
from hub.duplicates.models import ComparedUpTo, DuplicatePair, EntryPrint, PairState
from hub.duplicates.prints import HASHES, Print, Told, make_print
from hub.entries.document import long_texts, texts_behind
from hub.entries.models import Attachment, Entry, Status
from hub.indexing import changelog
from hub.indexing.words import fold

RULES = "2026-11-23"
COMPARED = (Status.PUBLISHED, Status.SUBMITTED)
MADE_AT_ONCE, COMPARED_AT_ONCE, READ_AT_ONCE = 100, 4_000, 500
LOGGED_AT_ONCE = 5_000
NEW = "new"
BEYOND_RECOGNITION = 0.3
SKETCH = struct.Struct(f"<{HASHES}I")


def compare_changed(_payload: dict[str, Any]) -> None:
    """The nightly duty: compare what changed since the last time, the first time everything."""
    number, changed = _changed_since()
    for start in range(0, len(changed), MADE_AT_ONCE):
        _keep_prints(changed[start : start + MADE_AT_ONCE])
    if changed:
        _compare(changed)
    with unit_of_work() as session:
        session.merge(ComparedUpTo(id=1, number=number, rules=RULES))


def _changed_since() -> tuple[int, list[int]]:
    """The number of the newest change, and the entries to be compared."""
    number = changelog.current_number()
    seen = db.session.get(ComparedUpTo, 1)
    if seen is None or seen.rules != RULES:
        return number, list(db.session.scalars(select(Entry.id).where(Entry.status.in_(COMPARED)).order_by(Entry.id)))
    changed: set[int] = set()
    after = seen.number
    while rows := changelog.find_changes(after, LOGGED_AT_ONCE):
        changed.update(row.thing_id for row in rows if row.kind == "entry")
        after = rows[-1].number
        db.session.expunge_all()
    waiting = select(Entry.id).outerjoin(EntryPrint, EntryPrint.entry_id == Entry.id)
    is_new = or_(EntryPrint.entry_id.is_(None), EntryPrint.facts[NEW].as_boolean())
    waiting = waiting.where(Entry.status == Status.SUBMITTED, is_new)
    return max(number, after), sorted(changed | set(db.session.scalars(waiting)))


def _keep_prints(ids: Sequence[int]) -> None:
    prints = {print_.id: print_ for print_ in prints_of(ids)}
    rows = [row_of(print_) for print_ in prints.values()]
    gone = set(ids) - prints.keys()
    with unit_of_work() as session:
        session.execute(delete(EntryPrint).where(EntryPrint.entry_id.in_(ids)))
        if rows:
            session.execute(insert(EntryPrint), rows)
        if gone:
            either = or_(DuplicatePair.one_id.in_(gone), DuplicatePair.other_id.in_(gone))
            session.execute(delete(DuplicatePair).where(either, DuplicatePair.state == PairState.OPEN))
        session.expunge_all()


def row_of(print_: Print, is_new: bool = False) -> dict[str, Any]:
    """The row that keeps a print; ``is_new`` leaves the entry to the next night."""
    facts = _facts(print_) | ({NEW: True} if is_new else {})
    return {"entry_id": print_.id, "facts": facts, "sketch": packed(print_.sketch)}


def prints_of(ids: Sequence[int]) -> list[Print]:
    """Prints of those of the entries that are compared, from the tables."""
    places = _place_names()
    return [make_print(told, places) for told in told_of(ids)]


def told_of(ids: Sequence[int], with_texts: bool = True) -> list[Told]:
    """What these entries say."""
    names = ("id", "title", "summary", "text", "publisher", "organisation_id", "year", "address", "doi", "url")
    columns = [getattr(Entry, name) for name in names]
    rows = db.session.execute(select(*columns).where(Entry.id.in_(ids), Entry.status.in_(COMPARED))).all()
    files: dict[int, list[str]] = {}
    kept = select(Attachment.entry_id, Attachment.checksum).where(Attachment.entry_id.in_(ids))
    for entry_id, checksum in db.session.execute(kept):
        files.setdefault(entry_id or 0, []).append(checksum)
    texts = long_texts([row.id for row in rows]) if with_texts else {}
    linked = texts_behind([row.url for row in rows if row.url]) if with_texts else {}
    return [
        Told(
            id=row.id,
            title=row.title,
            summary=row.summary,
            text="\n".join([row.text, *texts.get(row.id, ()), linked.get(row.url or "", "")]),
            publisher=row.publisher,
            organisation_id=row.organisation_id,
            year=row.year,
            address=row.address or "",
            doi=row.doi or "",
            files=tuple(files.get(row.id, ())),
        )
        for row in rows
    ]


def _place_names() -> set[str]:
    """Names of the cities of the network, as words of titles are folded."""
    names = db.session.scalars(select(Organisation.name).where(Organisation.kind == "city"))
    return {fold(word) for name in names for word in name.replace("-", " ").split() if fold(word) != "stadt"}


def _compare(changed: Sequence[int]) -> None:
    """Judge all pairs in which one entry changed, and keep what came out."""
    counts, whole = count_words(all_prints()), 0
    whole = sum(1 for _number in db.session.scalars(select(EntryPrint.entry_id)))
    rarity = rarity_of(counts, whole)
    for start in range(0, len(changed), COMPARED_AT_ONCE):
        some = changed[start : start + COMPARED_AT_ONCE]
        group = Group(all_prints(some), rarity)
        found: dict[tuple[int, int], Verdict] = {}
        for print_ in all_prints():
            for number, verdict in group.pairs_with(print_):
                found[min(number, print_.id), max(number, print_.id)] = verdict
        _keep_pairs(some, found)


def _keep_pairs(changed: Sequence[int], found: dict[tuple[int, int], Verdict]) -> None:
    """New pairs open, known ones get their new score, open ones that are none any more go.

    What was kept apart stays so unless one of the two says something else altogether by now.
    """
    known: dict[tuple[int, int], Any] = {}
    columns = (DuplicatePair.id, DuplicatePair.one_id, DuplicatePair.other_id, DuplicatePair.state, DuplicatePair.said)
    with unit_of_work() as session:
        for numbers in _portions(changed):
            either = or_(DuplicatePair.one_id.in_(numbers), DuplicatePair.other_id.in_(numbers))
            for row in session.execute(select(*columns, DuplicatePair.score, DuplicatePair.reasons).where(either)):
                known[row.one_id, row.other_id] = row
        moment = clock.now()
        new = [
            {"one_id": pair[0], "other_id": pair[1], "score": verdict.score, "reasons": list(verdict.reasons),
             "state": PairState.OPEN, "found_at": moment, "version": 1}
            for pair, verdict in found.items() if pair not in known
        ]  # fmt: skip
        for rows in _portions(new):
            session.execute(insert(DuplicatePair), rows)
        over = [row.id for pair, row in known.items() if pair not in found and row.state == PairState.OPEN]
        for rows in _portions(over):
            session.execute(delete(DuplicatePair).where(DuplicatePair.id.in_(rows)))
        for pair, row in known.items():
            if pair in found:
                _look_again(session, row, found[pair])


def _look_again(session: Any, row: Any, verdict: Verdict) -> None:
    here = and_(DuplicatePair.id == row.id)
    values = {"score": verdict.score, "reasons": list(verdict.reasons)}
    if row.state == PairState.OPEN and (row.score, row.reasons) != (verdict.score, list(verdict.reasons)):
        session.execute(update(DuplicatePair).where(here).values(**values))
    if row.state == PairState.APART and is_beyond_recognition(row.said, [row.one_id, row.other_id]):
        again = {"state": PairState.OPEN, "said": None, "decided_at": None, "version": DuplicatePair.version + 1}
        session.execute(update(DuplicatePair).where(here).values(**values, **again))


def words_said(ids: Sequence[int]) -> list[list[str]]:
    """What entries say in title and summary, in this order, for finding out later whether they still do."""
    told = {one.id: one for one in told_of(ids, with_texts=False)}
    return [
        sorted(set(fold(f"{told[number].title} {told[number].summary}").split())) if number in told else []
        for number in ids
    ]


def is_beyond_recognition(said: list[list[str]] | None, ids: Sequence[int]) -> bool:
    """Whether one of the two says something else altogether than when they were kept apart."""
    pairs = zip(said or [[], []], words_said(ids), strict=True)
    return any(likeness(frozenset(old), frozenset(new), {}) < BEYOND_RECOGNITION for old, new in pairs if old)


def all_prints(only: Sequence[int] | None = None) -> Iterator[Print]:
    """Prints as kept, one after the other; ``only`` of these entries."""
    columns = select(EntryPrint.entry_id, EntryPrint.facts, EntryPrint.sketch).order_by(EntryPrint.entry_id)
    if only is not None:
        for numbers in _portions(only):
            for row in db.session.execute(columns.where(EntryPrint.entry_id.in_(numbers))):
                yield _unpacked(*row)
        return
    last = 0
    while rows := db.session.execute(columns.where(EntryPrint.entry_id > last).limit(READ_AT_ONCE)).all():
        for row in rows:
            yield _unpacked(*row)
        last = rows[-1].entry_id


def all_sketches() -> Iterator[tuple[int, bytes]]:
    """Sketches as kept, one after the other."""
    last = 0
    columns = select(EntryPrint.entry_id, EntryPrint.sketch).order_by(EntryPrint.entry_id)
    while rows := db.session.execute(columns.where(EntryPrint.entry_id > last).limit(READ_AT_ONCE)).all():
        yield from ((row.entry_id, row.sketch) for row in rows if row.sketch)
        last = rows[-1].entry_id


def _portions(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    yield from (rows[start : start + READ_AT_ONCE] for start in range(0, len(rows), READ_AT_ONCE))


_LISTS = ("stems", "words", "numbers", "figures", "places", "files")
_PLAIN = ("publisher", "year", "address", "doi", "is_english")


def _facts(print_: Print) -> dict[str, Any]:
    found: dict[str, Any] = {name: sorted(getattr(print_, name)) for name in _LISTS}
    return found | {name: getattr(print_, name) for name in _PLAIN} | {"line": list(print_.line)}


def _unpacked(entry_id: int, facts: dict[str, Any], sketch: bytes) -> Print:
    lists: dict[str, Any] = {name: frozenset(facts[name]) for name in _LISTS}
    plain = {name: facts[name] for name in _PLAIN}
    numbers = SKETCH.unpack(sketch) if sketch else ()
    return Print(id=entry_id, line=tuple(facts["line"]), sketch=numbers, **lists, **plain)


def packed(sketch: Iterable[int]) -> bytes:
    """A sketch as it is kept."""
    numbers = tuple(sketch)
    return SKETCH.pack(*numbers) if numbers else b""
