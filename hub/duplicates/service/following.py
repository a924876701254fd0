"""What hangs on entries follows those that they became one with, and goes back: many at once, in few statements.

``Into`` says for each entry that goes which one is left; none of them is on both sides. What goes back does so in the
reverse order in which it came, as one that was left may have gone later.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    RowMapping,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db
from hub.duplicates.models import DuplicatePair, PairState
from hub.entries.models import APART, TOGETHER, Entry, EntryBody, MergedEntry
from hub.entries.queries.many import portions
from hub.entries.service.relating import Two, find_relations, write_relations

# Tables whose rows follow the entry that is left, as far as it has none of the same sort. Tests know all others.
FOLLOWING = ("bookmark", "practice", "report", "question_answer", "featured_entry")
Into = Mapping[int, int]
Key = list[Any]
Same = tuple[int, int, tuple[Any, ...]]
_PLAIN = {"synchronize_session": False}


def move_rows(session: Session, into: Into) -> dict[int, dict[str, list[Key]]]:
    """Let rows follow, except where the other entry has one of the same sort; the keys of those that moved."""
    moved: dict[int, dict[str, list[Key]]] = {gone: {name: [] for name in FOLLOWING} for gone in into}
    for name in FOLLOWING:
        table = db.metadata.tables[name]
        columns = [column.name for column in _key_columns(table)]
        there = list(_rows(session, table, into))
        owners = {into[row["entry_id"]] for row in there}
        taken = {same for row in _rows(session, table, owners) for same in _sorts(table, row, row["entry_id"])}
        for row in there:
            if taken.isdisjoint(_sorts(table, row, into[row["entry_id"]])):
                moved[row["entry_id"]][name].append([row[column] for column in columns])
        steps = [(gone, into[gone], key) for gone, keys in moved.items() for key in keys[name]]
        _set_entries(session, table, steps)
    return moved


def move_rows_back(session: Session, steps: Sequence[tuple[int, int, Mapping[str, Sequence[Key]]]]) -> None:
    """Undo ``move_rows``; ``steps`` are (entry that was gone, the one it became, keys), the last first."""
    for name in dict.fromkeys(name for _gone, _kept, moved in steps for name in moved):
        back = [(kept, gone, key) for gone, kept, moved in steps for key in moved.get(name, ())]
        _set_entries(session, db.metadata.tables[name], back)


def take_bodies(session: Session, into: Into) -> set[int]:
    """The long text that came with an import, when the other has none; those whose text was taken."""
    there: set[int] = set()
    for some in portions({*into, *into.values()}):
        there |= set(session.scalars(select(EntryBody.entry_id).where(EntryBody.entry_id.in_(some))))
    taken = {gone for gone, kept in into.items() if gone in there and kept not in there}
    for some in portions(taken):
        bodies = select(EntryBody.entry_id, EntryBody.body).where(EntryBody.entry_id.in_(some))
        session.add_all(EntryBody(entry_id=into[gone], body=body) for gone, body in session.execute(bodies).all())
    return taken


def drop_bodies(session: Session, kept_ids: Iterable[int]) -> None:
    """Undo ``take_bodies``."""
    for some in portions(kept_ids):
        session.execute(delete(EntryBody).where(EntryBody.entry_id.in_(some)), execution_options=_PLAIN)


def lead_on(session: Session, into: Into) -> dict[int, list[int]]:
    """What led to one that goes leads to the one that is left."""
    led: dict[int, list[int]] = defaultdict(list)
    for some in portions(into):
        for row in session.scalars(select(MergedEntry).where(MergedEntry.into_id.in_(some)).order_by("entry_id")):
            led[row.into_id].append(row.entry_id)
            row.into_id = into[row.into_id]
    return led


def lead_back(session: Session, steps: Sequence[tuple[int, Sequence[int]]]) -> None:
    """Undo ``lead_on`` and that entries lead anywhere; ``steps`` are (entry, what led to it), the last first."""
    rows: dict[int, MergedEntry] = {}
    for some in portions({number for gone, led in steps for number in (gone, *led)}):
        rows |= {
            row.entry_id: row for row in session.scalars(select(MergedEntry).where(MergedEntry.entry_id.in_(some)))
        }
    for gone, led in steps:
        for number in led:
            if number in rows:
                rows[number].into_id = gone
        if gone in rows:
            session.delete(rows.pop(gone))


def settle_pairs(session: Session, into: Into) -> dict[int, list[list[Any]]]:
    """The pair is one; other pairs of one that goes are pairs of the one that is left. As they were before."""
    pairs = _find_pairs(session, {*into, *into.values()})
    known = {(pair.one_id, pair.other_id) for pair in pairs}
    by_entry: dict[int, list[DuplicatePair]] = defaultdict(list)
    for pair in pairs:
        for number in (pair.one_id, pair.other_id):
            by_entry[number].append(pair)
    before: dict[int, list[list[Any]]] = {gone: [] for gone in into}
    for gone, kept in into.items():
        for pair in by_entry[gone]:
            if pair.state != PairState.MERGED:
                before[gone].append([pair.id, pair.one_id, pair.other_id, pair.state])
                _settle_pair(pair, gone, kept, known)
    return before


def open_pairs(session: Session, before: Iterable[Sequence[Any]]) -> None:
    """Undo ``settle_pairs``; the last first."""
    rows = list(before)
    pairs: dict[int, DuplicatePair] = {}
    for some in portions({row[0] for row in rows}):
        pairs |= {pair.id: pair for pair in session.scalars(select(DuplicatePair).where(DuplicatePair.id.in_(some)))}
    for pair_id, one_id, other_id, state in rows:
        if pair_id in pairs:
            pair = pairs[pair_id]
            pair.one_id, pair.other_id, pair.state = one_id, other_id, state
            pair.decided_at = None if state == PairState.OPEN else pair.decided_at


def relate_on(session: Session, into: Into) -> dict[int, list[list[Any]]]:
    """What belongs together with one that goes belongs to the one that is left; what has been said there stays,
    except that together counts more than apart. Gives each changed pair as it was and as it is (empty: nothing)."""
    found = find_relations(session, {*into, *into.values()})
    said = {two: row.state for two, row in found.items()}
    partners: dict[int, set[int]] = defaultdict(set)
    for one_id, other_id in said:
        partners[one_id].add(other_id)
        partners[other_id].add(one_id)
    changes = {gone: _relate(said, partners, gone, kept) for gone, kept in into.items()}
    write_relations(session, found, {(row[0], row[1]): said.get((row[0], row[1]), "") for row in _all(changes)})
    return changes


def set_relations_back(session: Session, changes: Iterable[Sequence[Sequence[Any]]]) -> None:
    """As they were, except those about which something else was said since; the last change first."""
    steps = [[((one, other), before, after) for one, other, before, after in step] for step in changes]
    there = {number for step in steps for two, _before, _after in step for number in two}
    found = find_relations(session, there)
    known: set[int] = set()
    for some in portions(there):
        known |= set(session.scalars(select(Entry.id).where(Entry.id.in_(some))))
    said = {two: row.state for two, row in found.items()}
    wanted: dict[Two, str] = {}
    for two, before, after in (row for step in steps for row in step):
        if said.get(two, "") == after and known.issuperset(two):
            said[two] = wanted[two] = before
    write_relations(session, found, wanted)


def _relate(said: dict[Two, str], partners: dict[int, set[int]], gone: int, kept: int) -> list[list[Any]]:
    changed = []
    for third in sorted(partners[gone]):
        two, new = _ordered(third, gone), _ordered(third, kept)
        state = said.get(two, "")
        if not state:
            continue
        if third != kept:
            joint = TOGETHER if TOGETHER in (state, said.get(new)) else APART
            if said.get(new, "") != joint:
                changed.append([*new, said.get(new, ""), joint])
            partners[third].add(kept)
            partners[kept].add(third)
            said[new] = joint
        changed.append([*two, state, ""])
        said[two] = ""
    return changed


def _settle_pair(pair: DuplicatePair, gone: int, kept: int, known: set[Two]) -> None:
    third = pair.other_id if pair.one_id == gone else pair.one_id
    wanted = _ordered(third, kept)
    if third == kept or wanted in known:
        pair.state, pair.decided_at = PairState.MERGED, clock.now()
        return
    known.discard((pair.one_id, pair.other_id))
    pair.one_id, pair.other_id = wanted
    known.add(wanted)


def _find_pairs(session: Session, entry_ids: Iterable[int]) -> list[DuplicatePair]:
    found: dict[int, DuplicatePair] = {}
    for some in portions(entry_ids):
        for side in (DuplicatePair.one_id, DuplicatePair.other_id):
            found |= {pair.id: pair for pair in session.scalars(select(DuplicatePair).where(side.in_(some)))}
    return [found[number] for number in sorted(found)]


def _ordered(one: int, other: int) -> Two:
    return (one, other) if one < other else (other, one)


def _all(changes: Mapping[int, Iterable[Any]]) -> Iterator[Any]:
    return (row for rows in changes.values() for row in rows)


def _key_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.primary_key.columns if column.name != "entry_id"]


def _rows(session: Session, table: Table, entry_ids: Iterable[int]) -> Iterator[RowMapping]:
    """Of the rows of these entries: whose they are, their keys, and what there may be but one of."""
    names = {"entry_id", *(column.name for column in _key_columns(table))}
    names |= {name for rule in _unique_names(table) for name in rule}
    columns = [table.c[name] for name in sorted(names)]
    for some in portions(entry_ids):
        yield from session.execute(select(*columns).where(table.c.entry_id.in_(some))).mappings()


def _sorts(table: Table, row: RowMapping, entry_id: int) -> list[Same]:
    """What there may be but one of with an entry, if the row were its own."""
    rules = [tuple(row[name] for name in names) for names in _unique_names(table)]
    return [(number, entry_id, values) for number, values in enumerate(rules) if None not in values]


def _set_entries(session: Session, table: Table, steps: Iterable[tuple[int, int, Sequence[Any]]]) -> None:
    """Give rows with these keys from the first to the second entry, one after the other."""
    columns = _key_columns(table)
    rows = [
        {"from_id": from_id, "to_id": to_id}
        | {f"key_{column.name}": value for column, value in zip(columns, key, strict=True)}
        for from_id, to_id, key in steps
    ]
    if not rows:
        return
    here = [column == bindparam(f"key_{column.name}") for column in columns]
    moved = update(table).where(table.c.entry_id == bindparam("from_id"), *here)
    session.execute(moved.values(entry_id=bindparam("to_id")), rows)


def _unique_names(table: Table) -> list[list[str]]:
    """For each rule of the table that names the entry, what else it names."""
    rules = [rule for rule in table.constraints if isinstance(rule, (PrimaryKeyConstraint, UniqueConstraint))]
    found = [[column.name for column in rule.columns] for rule in rules]
    return [[name for name in names if name != "entry_id"] for names in found if "entry_id" in names]
