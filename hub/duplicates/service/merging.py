"""Making one entry of two: one unit of work, one action to undo, for one pair as for thousands.

The entry that is left takes the chosen values and everything that hangs on the other: places, keywords, files,
bookmarks, practice, reports. The other one is archived and leads to it (``MergedEntry``); its versions stay readable.
``parting`` takes it back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Missing, Refused
from hub.core.findings import Settled
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.duplicates import choosing, policy
from hub.duplicates.models import DuplicatePair, PairState
from hub.duplicates.queries import titles_of
from hub.duplicates.service import following
from hub.duplicates.service.deciding import get_pair_as_shown, hold_pairs
from hub.entries import queries
from hub.entries.models import (
    TEXT_LENGTH,
    Entry,
    EntryCollection,
    Kind,
    MergedEntry,
    PendingChange,
    Status,
    Tag,
    address_of,
)
from hub.entries.queries.many import portions
from hub.entries.service import revisions
from hub.entries.service.contributing import EntryDetails, apply_details, kept_tags
from hub.entries.service.holding import present_values
from hub.indexing import changelog
from hub.undoing.service import Row, remember

MERGED = "duplicates.merged"
MERGEABLE = (Status.PUBLISHED, Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry becomes another: when, what that will say, what both were called, and how things stood ``before``."""

    kept: Entry
    gone: Entry
    moment: datetime
    details: EntryDetails
    titles: list[str]
    before: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A step that is done."""

    kept_id: int
    gone_id: int
    label: str
    before: dict[str, Any]


def merge_entries(
    actor: Actor, kept_id: int, gone_id: int, versions: tuple[int, int], choice: Mapping[str, str] | None = None
) -> int:
    """Make one of two; ``versions`` are those of both that were shown. Returns the number that undoes it.

    ``choice`` says for fields whose value is taken (``choosing``); the better one where it says nothing. Raises
    Conflict when one of them has moved on, Refused when a member's change of one of them still waits.
    """
    require(policy.may_decide(actor))
    with unit_of_work() as session:
        with _at_hand(session, actor, (kept_id, gone_id)) as waiting:
            kept, gone = queries.get_entry(actor, kept_id), queries.get_entry(actor, gone_id)
            _refuse(kept, gone, versions, waiting)
            made = _write(session, actor, [_plan(kept, gone, choice or {}, clock.now())])
        return _remember(session, actor, made)


def merge_pair(
    actor: Actor,
    pair_id: int,
    version: int,
    kept_id: int,
    gone_id: int,
    versions: tuple[int, int],
    choice: Mapping[str, str],
) -> int:
    """``merge_entries`` for a pair as it was shown; raises Conflict when somebody has decided about it."""
    require(policy.may_decide(actor))
    with unit_of_work():
        pair = get_pair_as_shown(pair_id, version)
        if {pair.one_id, pair.other_id} != {kept_id, gone_id}:
            raise Refused
        return merge_entries(actor, kept_id, gone_id, versions, choice)


def merge_pairs(actor: Actor, chosen: Iterable[tuple[int, int]]) -> Settled:
    """Make one of each pair, the older entry kept, the better values taken; what has moved on is left alone.

    Pairs that have no entry in common are written together. Several pairs of a group follow each other: what became
    one a moment ago is met as what it became.
    """
    require(policy.may_decide(actor))
    wanted, made = dict(chosen), list[Made]()
    with unit_of_work() as session:
        found = hold_pairs(wanted)
        waiting = [pair.id for pair in found if pair.state == PairState.OPEN and pair.version == wanted[pair.id]]
        gone, moments = sorted(wanted.keys() - set(waiting)), _moments(waiting)
        while waiting:
            # Those that are not open any more were settled with another: the third pair of three entries.
            pairs = [pair for pair in hold_pairs(waiting) if pair.state == PairState.OPEN]
            now, waiting = _apart(pairs)
            done, refused = _merge_apart(session, actor, now, moments)
            made += done
            gone += refused
            if waiting:
                session.expire_all()
        undo_id = _remember(session, actor, made) if made else None
    return Settled(len(wanted) - len(gone), titles_of(sorted(gone)), undo_id)


def _apart(pairs: Sequence[DuplicatePair]) -> tuple[list[DuplicatePair], list[int]]:
    """Pairs that have no entry in common with an earlier one, and the numbers of the others."""
    now, later = list[DuplicatePair](), list[int]()
    met: set[int] = set()
    for pair in pairs:
        if met.isdisjoint((pair.one_id, pair.other_id)):
            now.append(pair)
        else:
            later.append(pair.id)
        met |= {pair.one_id, pair.other_id}
    return now, later


def _moments(pair_ids: Sequence[int]) -> dict[int, datetime]:
    """When each pair becomes one, as if it were one after the other: of two entries, that which was changed later
    knows some facts better, and which one that is must not hang on what is written together."""
    began = clock.now()
    return {number: began + timedelta(microseconds=order) for order, number in enumerate(pair_ids)}


def _merge_apart(
    session: Session, actor: Actor, pairs: Sequence[DuplicatePair], moments: Mapping[int, datetime]
) -> tuple[list[Made], list[int]]:
    """Merge pairs without common entries; the numbers of those that cannot be."""
    steps, refused = list[Step](), list[int]()
    with _at_hand(session, actor, [number for pair in pairs for number in (pair.one_id, pair.other_id)]) as waiting:
        for pair in counted(pairs):
            try:
                kept, other = queries.get_entry(actor, pair.one_id), queries.get_entry(actor, pair.other_id)
                if kept.status != Status.PUBLISHED and other.status == Status.PUBLISHED:
                    kept, other = other, kept
                _refuse(kept, other, (kept.version, other.version), waiting)
                steps.append(_plan(kept, other, {}, moments[pair.id]))
            except (Conflict, Missing, Refused):
                refused.append(pair.id)
        return _write(session, actor, steps), refused


@contextmanager
def _at_hand(session: Session, actor: Actor, entry_ids: Sequence[int]) -> Iterator[set[int]]:
    """Read at once all that is asked about these entries; gives those that have a change of a member waiting."""
    revisions.look_ahead(session, entry_ids)
    waiting: set[int] = set()
    for some in portions(entry_ids):
        waiting |= set(session.scalars(select(PendingChange.entry_id).where(PendingChange.entry_id.in_(some))))
    with queries.at_hand(actor, entry_ids):
        yield waiting


def _refuse(kept: Entry, gone: Entry, versions: tuple[int, int], waiting: set[int]) -> None:
    if kept.id == gone.id:
        raise Refused(_("Ein Eintrag lässt sich nicht mit sich selbst zusammenführen."))
    if (kept.version, gone.version) != versions:
        raise Conflict(_("Einer der beiden Einträge wurde inzwischen geändert. Bitte vergleichen Sie sie noch einmal."))
    if kept.status not in MERGEABLE or gone.status not in MERGEABLE:
        raise Conflict(
            _("Einer der beiden Einträge ist nicht mehr da: archiviert, gelöscht oder schon zusammengeführt.")
        )
    if not waiting.isdisjoint((kept.id, gone.id)):
        raise Refused(
            _("An einem der beiden Einträge wartet noch eine Änderung. Bitte entscheiden Sie zuerst darüber.")
        )


def _plan(kept: Entry, gone: Entry, choice: Mapping[str, str], moment: datetime) -> Step:
    details = _details(kept, gone, choosing.joined(kept, gone, choice))
    return Step(kept, gone, moment, details, [kept.title, gone.title], _before(kept, gone))


def _before(kept: Entry, gone: Entry) -> dict[str, Any]:
    return {
        "kept": kept.id,
        "gone": gone.id,
        "values": present_values(kept),
        "has_stopgap_title": kept.has_stopgap_title,
        "places": [[place.collection_id, place.section_id, place.position] for place in kept.places],
        "kept_status": kept.status,
        "gone_status": gone.status,
        "gone_note": gone.status_note,
        "gone_submitted_at": _written(gone.submitted_at),
        "kept_submitted_at": _written(kept.submitted_at),
    }


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _details(kept: Entry, gone: Entry, values: dict[str, Any]) -> EntryDetails:
    """The chosen values with keywords and addresses of both; places of the other follow by themselves."""
    addresses = {address: url for url in (gone.url, kept.url) if (address := address_of(url))}
    chosen = address_of(values["url"])
    text = values["text"] or ""
    for address, url in addresses.items():
        if address != chosen and url not in text:
            text = f"{text}\n\n{_('Weiterer Link:')} <{url}>".strip()
    if len(text) > TEXT_LENGTH:
        raise Refused(_("Beide Texte zusammen sind zu lang. Bitte wählen Sie einen davon."))
    section = kept.places[0].section.title if kept.places and kept.places[0].section else ""
    more = {"text": text, "section": section, "collection_ids": [place.collection_id for place in kept.places]}
    more["kind"] = Kind(values["kind"])
    return EntryDetails(**(values | more | {"tags": [*kept.tags, *gone.tags]}))


def _write(session: Session, actor: Actor, steps: Sequence[Step]) -> list[Made]:
    """Write steps that have no entry in common."""
    tags = kept_tags(session, {link.tag.key for step in steps for link in step.gone.tag_links})
    for step in steps:
        _join(step, tags)
    session.flush()
    _follow(session, steps)
    for step in steps:
        kept_id, gone_id = step.kept.id, step.gone.id
        session.add(MergedEntry(entry_id=gone_id, into_id=kept_id, titles=step.titles, at=step.moment))
        record(actor, "entry.merged", kept_id, other=gone_id)
        record(actor, "entry.merged", gone_id, into=kept_id)
    if steps:
        changelog.append(session, [("entry", one.id) for step in steps for one in (step.kept, step.gone)])
    session.flush()
    return [Made(step.kept.id, step.gone.id, _label(step), step.before) for step in steps]


def _join(step: Step, tags: dict[str, Tag]) -> None:
    """The entry that is left says what both said, the other is archived."""
    kept, gone, moment = step.kept, step.gone, step.moment
    places = [(place.collection_id, place.section_id) for place in gone.places]
    if kept.status != Status.PUBLISHED and gone.status == Status.PUBLISHED:
        kept.move_to(Status.PUBLISHED, moment)
    gone.move_to(Status.WITHDRAWN, moment)
    gone.status_note = _("Zusammengeführt mit „%(title)s“.", title=step.details.title)
    known = {file.checksum for file in kept.files}
    added = [file for file in gone.files if file.checksum not in known]
    step.before["files"] = [file.id for file in added]
    apply_details(kept, step.details, added, list(kept.files), moment, tags)
    _add_places(kept, places)


def _add_places(kept: Entry, places: Iterable[tuple[int, int | None]]) -> None:
    there = {place.collection_id for place in kept.places}
    shown_at = kept.published_at if kept.is_published else None
    for number, section_id in places:
        if number not in there:
            place = EntryCollection(collection_id=number, position=len(kept.places), published_at=shown_at)
            place.section_id = section_id
            kept.places.append(place)


def _follow(session: Session, steps: Sequence[Step]) -> None:
    """Everything else that hangs on those that go."""
    into = {step.gone.id: step.kept.id for step in steps}
    moved = following.move_rows(session, into)
    bodies = following.take_bodies(session, into)
    led, pairs = following.lead_on(session, into), following.settle_pairs(session, into)
    relations = following.relate_on(session, into)
    for step in steps:
        gone = step.gone.id
        step.before.update(moved=moved[gone], body=gone in bodies, led=led.get(gone, []))
        step.before.update(pairs=pairs[gone], relations=relations[gone])


def _label(step: Step) -> str:
    return _("„%(gone)s“ mit „%(kept)s“ zusammengeführt", gone=step.titles[1], kept=step.kept.title)


def _remember(session: Session, actor: Actor, made: Sequence[Made]) -> int:
    """One action for all. How things stood before stands with the entry that is gone (with one alone: with the one
    that is left), as an entry goes but once; ``order`` is which came first."""
    before: dict[int, dict[str, Any]] = {one.kept_id: {} for one in made}
    for order, one in enumerate(made):
        before[one.gone_id] = one.before | {"order": order}
    label = ngettext("Ein Paar zusammengeführt", "%(num)s Paare zusammengeführt", len(made))
    if len(made) == 1:
        [one] = made
        label = one.label
        before = {one.kept_id: one.before, one.gone_id: {"status": one.before["gone_status"]}}
    versions: dict[int, int] = {}
    for some in portions(before):
        versions |= dict(session.execute(select(Entry.id, Entry.version).where(Entry.id.in_(some))).all())
    return remember(actor, MERGED, label, [Row(number, kept, versions[number]) for number, kept in before.items()])
