"""Taking in new entries and changes to existing ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hub.accounts.models import Organisation
from hub.audit.service import record
from hub.collections.models import Collection, Section
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_line, clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import beside, policy, prefill, queries
from hub.entries.details import clean_details
from hub.entries.models import TAG_LENGTH, Attachment, Entry, EntryCollection, EntryTag, Kind, Status, Tag, tag_key
from hub.entries.queries.many import portions
from hub.entries.queries.merged import find_survivor_id
from hub.entries.service import holding
from hub.entries.service.naming import follow_link, name_by_itself
from hub.entries.service.saving import finish_form
from hub.entries.service.texts import tie_files

MOST_TAGS = 20

_wishes: list[Callable[[Actor, int, Collection], object]] = []


@dataclass(frozen=True, slots=True)
class Care:
    """When an entry is looked at again, and which organisation is asked then; without one the entry's own."""

    review_on: date | None
    responsible_id: int | None


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """Everything a person says about an entry; texts as typed, they are tidied here. Without a title it is named by
    its link, file or text. Without ``care``, which is the office's, that stays as it is."""

    title: str
    kind: Kind
    collection_ids: list[int]
    url: str | None = None
    summary: str = ""
    text: str = ""
    note: str = ""
    section: str = ""
    tags: list[str] = field(default_factory=list)
    publisher: str = ""
    organisation_id: int | None = None
    year: int | None = None
    language: str = "de"
    coverage: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    care: Care | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What is said of an entry that was just taken in, without reading it again."""

    id: int
    status: Status
    url: str | None

    @property
    def is_published(self) -> bool:
        """Whether all see it at once."""
        return self.status == Status.PUBLISHED


def submit_entry(
    actor: Actor,
    details: EntryDetails,
    file_ids: Sequence[int] = (),
    is_draft: bool = False,
    question: str = "",
    form_key: str = "",
) -> Submitted:
    """Take in a new entry with the files held for it; it waits for review unless the actor may publish. It answers
    the ``question`` of this number, if there is one, and finishes the form of this key that saved itself.

    Raises Refused when there is neither a link nor a file nor a text, or no collection.
    """
    require(policy.may_submit(actor))
    moment = clock.now()
    _have_page_read(actor, details)
    with unit_of_work() as session:
        files = queries.find_held_files(actor, file_ids)
        _refuse_empty(details, bool(files))
        entry = _new_entry(actor, details, files, moment)
        if not is_draft:
            entry.move_to(Status.PUBLISHED if policy.may_publish(actor) else Status.SUBMITTED, moment)
        session.add(entry)
        session.flush()
        tie_files(entry, files)
        follow_link(entry, None)
        record(actor, "entry.drafted" if is_draft else "entry.submitted", entry.id, status=entry.status)
        beside.answer_question(actor, question, entry.id)
        finish_form(actor, form_key)
        return Submitted(entry.id, Status(entry.status), entry.url)


def draft_entry(actor: Actor, details: EntryDetails, file_ids: Sequence[int] = ()) -> Entry:
    """A draft that the person completes later; it need not have a collection yet."""
    require(policy.may_submit(actor))
    moment = clock.now()
    with unit_of_work() as session:
        files = queries.find_held_files(actor, file_ids)
        entry = _new_entry(actor, details, files, moment)
        session.add(entry)
        session.flush()
        tie_files(entry, files)
        record(actor, "entry.drafted", entry.id, status=entry.status)
    return entry


def _new_entry(actor: Actor, details: EntryDetails, files: Sequence[Attachment], moment: datetime) -> Entry:
    entry = Entry(
        contributor_id=actor.id,
        organisation_id=_organisation_id(actor, details),
        status=Status.DRAFT,
        places=[],
        tag_links=[],
        created_at=moment,
    )
    write_details(entry, details, moment, files)
    _take_care(actor, entry, details)
    return entry


def revise_entry(
    actor: Actor,
    entry: Entry,
    details: EntryDetails,
    version: int,
    file_ids: Sequence[int] = (),
    removed_file_ids: Sequence[int] = (),
    is_draft: bool = False,
) -> Entry:
    """Change an entry. What members change in a published one waits for review, unless the office decided otherwise
    for their role: then the entry stays as it is and the change stands beside it (``holding``).

    Raises Conflict when somebody else changed it since the form was opened; nothing is overwritten then.
    """
    moment = clock.now()
    _have_page_read(actor, details)
    with unit_of_work():
        entry = queries.get_entry(actor, entry.id)
        require(policy.may_edit(actor, entry))
        if entry.version != version:
            raise Conflict(_("Dieser Eintrag wurde inzwischen bearbeitet."))
        added = queries.find_held_files(actor, file_ids)
        kept = [file for file in entry.files if file.id not in set(removed_file_ids)]
        _refuse_empty(details, bool(added or kept))
        if not _may_file_for(actor, details.organisation_id):
            details = replace(details, organisation_id=None)
        if entry.is_published and holding.must_wait(actor):
            holding.hold_change(actor, entry, details, added, kept)
            return entry
        holding.forget_own(actor, entry)
        apply_details(entry, details, added, kept, moment)
        _take_care(actor, entry, details)
        _move_after_revision(actor, entry, moment, is_draft)
        record(actor, "entry.revised", entry.id, status=entry.status)
    return entry


def apply_details(
    entry: Entry,
    details: EntryDetails,
    added: Sequence[Attachment],
    kept: Sequence[Attachment],
    moment: datetime,
    known_tags: dict[str, Tag] | None = None,
) -> None:
    """Write what was said onto an entry, with files that come and go; belongs into the unit of the change.

    ``known_tags`` as for ``write_details``.
    """
    if details.organisation_id:
        entry.organisation_id = details.organisation_id
    former = entry.address
    write_details(entry, details, moment, [*added, *kept], known_tags)
    for file in entry.files:
        if file not in kept:
            db.session.delete(file)
    tie_files(entry, added)
    follow_link(entry, former)


def on_wish(wish: Callable[[Actor, int, Collection], object]) -> None:
    """Register who tells the office that somebody wants an entry in a collection: ``wish(actor, entry_id, it)``."""
    _wishes[:] = [wish]


def add_to_collection(actor: Actor, entry_id: int, collection_ids: Sequence[int]) -> tuple[str, bool]:
    """Take an entry into a further collection, the first of these, or ask the office to; its title, and which it was.

    Raises Refused with the way on.
    """
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        may_place = policy.may_place(actor, entry)
        require(may_place or entry.is_published)
        collection = session.get(Collection, collection_ids[0]) if collection_ids else None
        if collection is None:
            raise Refused(_("Bitte wählen Sie zuerst die Sammlung, in die der Eintrag aufgenommen werden soll."))
        if any(place.collection_id == collection.id for place in entry.places):
            raise Refused(_("Der Eintrag steht schon in dieser Sammlung. Bitte wählen Sie eine andere."))
        if may_place:
            _add_place(actor, entry, collection)
        for wish in () if may_place else _wishes:
            wish(actor, entry_id, collection)
        return collection.title, may_place


def take_from_collection(actor: Actor, entry_id: int, collection_id: int) -> None:
    """Undo that an entry was taken into a further collection; the last one stays."""
    with unit_of_work():
        entry = queries.get_entry(actor, entry_id)
        require(policy.may_place(actor, entry))
        place = next((place for place in entry.places if place.collection_id == collection_id), None)
        if place is None:
            return
        if len(entry.places) == 1:
            raise Conflict(_("Der Eintrag steht nur noch in dieser Sammlung. Bitte ändern Sie ihn selbst."))
        entry.places.remove(place)
        entry.updated_at = clock.now()
        record(actor, "entry.unplaced", entry.id, collection=place.collection.slug)


def _add_place(actor: Actor, entry: Entry, collection: Collection) -> None:
    shown_at = entry.published_at if entry.is_published else None
    position = 1 + max((place.position for place in entry.places), default=-1)
    entry.places.append(EntryCollection(collection_id=collection.id, position=position, published_at=shown_at))
    entry.updated_at = clock.now()
    record(actor, "entry.placed", entry.id, collection=collection.slug)


def withdraw_entry(actor: Actor, entry: Entry, reason: str) -> None:
    """Take an entry back; members who had seen it find a note instead."""
    with unit_of_work():
        entry = queries.get_entry(actor, entry.id)
        require(policy.may_withdraw(actor, entry))
        entry.move_to(Status.WITHDRAWN, clock.now())
        entry.status_note = clean_text(reason)
        record(actor, "entry.withdrawn", entry.id)


def restore_entry(actor: Actor, entry: Entry) -> None:
    """Undo a withdrawal: the office publishes it again, others hand it in again."""
    with unit_of_work():
        entry = queries.get_entry(actor, entry.id)
        require(policy.may_restore(actor, entry))
        if find_survivor_id(entry.id) is not None:
            raise Conflict(_("Dieser Eintrag ist mit einem anderen zusammengeführt und bleibt es."))
        was_public = actor.is_office and entry.published_at is not None
        entry.move_to(Status.PUBLISHED if was_public else Status.SUBMITTED, clock.now())
        entry.status_note = ""
        record(actor, "entry.restored", entry.id)


def _move_after_revision(actor: Actor, entry: Entry, moment: datetime, is_draft: bool) -> None:
    if entry.status == Status.DRAFT and is_draft:
        return
    if actor.is_office:
        if entry.status == Status.DRAFT:
            entry.move_to(Status.PUBLISHED, moment)
        return
    if entry.status == Status.PUBLISHED:
        return
    if entry.status != Status.SUBMITTED:
        entry.move_to(Status.SUBMITTED, moment)
    entry.submitted_at = moment


def _have_page_read(actor: Actor, details: EntryDetails) -> None:
    """Who gives a link and no title lets the page name the entry, now or when a worker has read it."""
    if details.url and not clean_line(details.title):
        prefill.ask(actor, details.url)


def _refuse_empty(details: EntryDetails, has_files: bool) -> None:
    if not (details.url or has_files or details.text.strip()):
        raise Refused(_("Bitte geben Sie einen Link, eine Datei oder einen Text an."))
    if not details.collection_ids:
        raise Refused(_("Bitte wählen Sie eine Sammlung."))


def _may_file_for(actor: Actor, organisation_id: int | None) -> bool:
    return actor.is_office or organisation_id == actor.organisation_id


def _take_care(actor: Actor, entry: Entry, details: EntryDetails) -> None:
    if details.care is None or not actor.is_office:
        return
    responsible_id = details.care.responsible_id
    entry.review_on = details.care.review_on
    entry.responsible_id = None if responsible_id == entry.organisation_id else responsible_id


def _organisation_id(actor: Actor, details: EntryDetails) -> int:
    """The office may file for any organisation, everybody else for the own one."""
    if details.organisation_id and _may_file_for(actor, details.organisation_id):
        if db.session.get(Organisation, details.organisation_id) is None:
            raise Refused(_("Diese Organisation gibt es nicht mehr."))
        return details.organisation_id
    if actor.organisation_id is None:
        raise Refused(_("Bitte wählen Sie eine Organisation."))
    return actor.organisation_id


def write_details(
    entry: Entry,
    details: EntryDetails,
    moment: datetime,
    files: Sequence[Attachment] = (),
    known_tags: dict[str, Tag] | None = None,
) -> None:
    """Put what was said onto the entry, tidied; without a title its link, its ``files`` or its text name it.

    ``known_tags`` spares an import looking keywords up again.
    """
    _name(entry, details)
    entry.kind = details.kind
    entry.url = details.url or None
    entry.summary = clean_text(details.summary)
    entry.text = clean_text(details.text)
    entry.note = clean_text(details.note)
    entry.publisher = clean_line(details.publisher)
    entry.year = details.year
    entry.language = details.language
    entry.coverage = details.coverage
    entry.details = clean_details(details.kind, details.details)
    entry.updated_at = moment
    name_by_itself(entry, files)
    _place(entry, details.collection_ids, details.section)
    _tag(entry, details.tags, {} if known_tags is None else known_tags)


def _name(entry: Entry, details: EntryDetails) -> None:
    """Take the title as typed; one that stands in for a name, sent back as it was, stays so while the link does."""
    title, is_same_link = clean_line(details.title), entry.url == (details.url or None)
    is_untouched = bool(entry.has_stopgap_title) and title == entry.title
    entry.has_stopgap_title = is_untouched and is_same_link
    entry.title = "" if is_untouched and not is_same_link else title


def _place(entry: Entry, collection_ids: Sequence[int], section: str) -> None:
    """File the entry; a further collection that has a section of the same title takes it there when it is new."""
    wanted = list(dict.fromkeys(collection_ids))
    present = {place.collection_id: place for place in entry.places}
    new = set(wanted) - present.keys()
    if new and new - set(db.session.scalars(select(Collection.id).where(Collection.id.in_(new)))):
        raise Refused(_("Eine der Sammlungen gibt es nicht mehr."))
    shown_at = entry.published_at if entry.status == Status.PUBLISHED else None
    for gone in present.keys() - set(wanted):
        entry.places.remove(present[gone])
    for position, number in enumerate(wanted):
        place = present.get(number)
        is_new = place is None
        if place is None:
            place = EntryCollection(collection_id=number, published_at=shown_at)
            entry.places.append(place)
        place.position = position
        if is_new or (position == 0 and not _stands_in(place, section)):
            place.section_id = _section_id(number, section)


def _stands_in(place: EntryCollection, title: str) -> bool:
    if place.section is None or place.section.id != place.section_id:
        return False
    return place.section.title == clean_line(title)


def _section_id(collection_id: int, title: str) -> int | None:
    if not title.strip():
        return None
    return db.session.scalar(
        select(Section.id).where(Section.collection_id == collection_id, Section.title == clean_line(title))
    )


def _tag(entry: Entry, names: Sequence[str], known: dict[str, Tag]) -> None:
    wanted: dict[str, str] = {}
    for name in map(clean_line, names):
        if name:
            wanted.setdefault(tag_key(name), name[:TAG_LENGTH])
    present = {link.tag.key: link.tag for link in entry.tag_links}
    unknown = [key for key in wanted if key not in present and key not in known]
    if unknown:
        known.update(kept_tags(db.session(), unknown))
    found: dict[str, Tag] = {}
    for key, name in wanted.items():
        tag = present.get(key) or known.setdefault(key, Tag(name=name, key=key))
        found.setdefault(tag.key, tag)
    found = dict(list(found.items())[:MOST_TAGS])
    for link in [link for link in entry.tag_links if link.tag.key not in found]:
        entry.tag_links.remove(link)
    entry.tag_links.extend(EntryTag(tag=tag) for key, tag in found.items() if key not in present)


def kept_tags(session: Session, keys: Iterable[str]) -> dict[str, Tag]:
    """The keywords that entries carry when these are written: themselves, or what they stand for.

    Held until the end of the unit, so that none of them becomes a synonym meanwhile.
    """
    found: dict[str, Tag] = {}
    kept = aliased(Tag)
    rows = select(Tag.key, kept).join(kept, kept.id == func.coalesce(Tag.stands_for_id, Tag.id))
    rows = rows.order_by(kept.id).with_for_update(read=True, key_share=True)
    for some in portions(sorted(keys)):
        asked = rows.where(Tag.key.in_(some)).execution_options(populate_existing=True)
        found |= dict(session.execute(asked).all())
    return found
