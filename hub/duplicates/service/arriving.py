"""Between two nights: entries that have just come, however they came, are compared by text, link, DOI and files.

It needs one pass over the sketches that are kept, no words of other entries: what titles and summaries say is for the
night, which compares these entries once more.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.duplicates.judging import ADDRESS, DOI, FILE, TEXT, Rarity, Verdict, judge
from hub.duplicates.matching import MOST_UNDER_A_KEY
from hub.duplicates.models import ComparedUpTo, DuplicatePair, EntryPrint, PairState
from hub.duplicates.prints import BANDS, ROWS, Print
from hub.duplicates.service import comparing
from hub.entries.models import Attachment, DocumentText, Entry, TextState

MOST_AT_ONCE = 200
BAND = 4 * ROWS
TELLING = {ADDRESS, DOI, FILE, TEXT}


def compare_arrived(_payload: dict[str, Any]) -> None:
    """The duty: entries without a print, once their files are read. Before the first night nothing is compared."""
    seen = db.session.get(ComparedUpTo, 1)
    ids = _arrived() if seen is not None and seen.rules == comparing.RULES else []
    if not ids:
        return
    arrived = {print_.id: print_ for print_ in comparing.prints_of(ids)}
    met = _met(list(arrived.values()))
    others = {print_.id: print_ for print_ in comparing.all_prints(sorted(met))} | arrived
    found: dict[tuple[int, int], Verdict] = {}
    for other_id, numbers in met.items():
        for number in numbers:
            verdict = judge(arrived[number], others[other_id], Rarity()) if other_id in others else None
            if verdict and verdict.is_pair and TELLING & set(verdict.reasons):
                found[min(number, other_id), max(number, other_id)] = verdict
    with unit_of_work() as session:
        session.execute(insert(EntryPrint), [comparing.row_of(one, is_new=True) for one in arrived.values()])
        _open(session, found)


def _arrived() -> list[int]:
    waiting = select(Attachment.entry_id).join(DocumentText, DocumentText.attachment_id == Attachment.id)
    waiting = waiting.where(DocumentText.state == TextState.WAITING, Attachment.entry_id == Entry.id)
    fresh = select(Entry.id).outerjoin(EntryPrint, EntryPrint.entry_id == Entry.id)
    fresh = fresh.where(Entry.status.in_(comparing.COMPARED), EntryPrint.entry_id.is_(None), ~waiting.exists())
    return list(db.session.scalars(fresh.order_by(Entry.id).limit(MOST_AT_ONCE)))


def _met(arrived: Sequence[Print]) -> dict[int, set[int]]:
    """Who of those that arrived may be the same as whom, by the number of the other."""
    met: dict[int, set[int]] = {}
    under: dict[tuple[int, bytes], list[int]] = {}
    for print_ in arrived:
        for key in _bands(comparing.packed(print_.sketch)):
            for number in under.get(key, ()):
                met.setdefault(number, set()).add(print_.id)
            under.setdefault(key, []).append(print_.id)
    for entry_id, sketch in comparing.all_sketches():
        found = {number for key in _bands(sketch) for number in under.get(key, ())}
        if found:
            met.setdefault(entry_id, set()).update(found)
    for print_ in arrived:
        for number in _with_the_same(print_):
            met.setdefault(number, set()).add(print_.id)
    return met


def _bands(sketch: bytes) -> Iterator[tuple[int, bytes]]:
    yield from ((band, sketch[band * BAND : (band + 1) * BAND]) for band in range(BANDS if sketch else 0))


def _with_the_same(print_: Print) -> list[int]:
    """Entries with the same link, DOI or file, the newest first; their indexes answer."""
    same = []
    if print_.address:
        same.append(Entry.address == print_.address)
    if print_.doi:
        same.append(Entry.doi == print_.doi)
    if print_.files:
        files = select(Attachment.entry_id).where(Attachment.checksum.in_(print_.files))
        same.append(Entry.id.in_(files))
    if not same:
        return []
    found = select(Entry.id).where(or_(*same), Entry.id != print_.id, Entry.status.in_(comparing.COMPARED))
    return list(db.session.scalars(found.order_by(Entry.id.desc()).limit(MOST_UNDER_A_KEY)))


def _open(session: Session, found: dict[tuple[int, int], Verdict]) -> None:
    ones = {one for one, _other in found}
    known = select(DuplicatePair.one_id, DuplicatePair.other_id).where(DuplicatePair.one_id.in_(ones))
    present = {tuple(row) for row in session.execute(known)}
    moment = clock.now()
    rows = [
        {"one_id": pair[0], "other_id": pair[1], "score": verdict.score, "reasons": list(verdict.reasons),
         "state": PairState.OPEN, "found_at": moment, "version": 1}
        for pair, verdict in found.items() if pair not in present
    ]  # fmt: skip
    if rows:
        session.execute(insert(DuplicatePair), rows)
