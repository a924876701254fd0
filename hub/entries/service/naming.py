"""Entries that nobody named: a title for now, and what page or document say of themselves once they have been read."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.address import short_form
from hub.core.db import only_asked
from hub.core.text import clean_line, clean_text, title_from_name
from hub.core.titles import title_in_document
from hub.core.unit_of_work import unit_of_work
from hub.entries import prefill
from hub.entries.models import (
    LANGUAGE_LABELS,
    LINE_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    YEARS,
    Attachment,
    DocumentText,
    Entry,
    Kind,
    Preview,
    Status,
)
from hub.entries.service import previews
from hub.indexing import changelog

LONGEST_FIRST_LINE = 120
MOST_UNREAD = 50
KEEP_ASKING = timedelta(days=2)
_MARKUP = re.compile(r"^[#>*\-\s]+|[*_`]+")


def name_by_itself(entry: Entry, files: Sequence[Attachment]) -> None:
    """Give an unnamed entry a title for now: its address, the name of its file, or how its text begins."""
    if entry.title:
        return
    entry.title = _stopgap(entry, files)[:TITLE_LENGTH]
    entry.has_stopgap_title = True
    if entry.url:
        _take(entry, prefill.known(entry.url))


def _stopgap(entry: Entry, files: Sequence[Attachment]) -> str:
    if entry.url:
        return short_form(entry.url) or entry.url
    if files:
        return title_from_name(files[0].name)
    lines = (clean_line(_MARKUP.sub("", line)) for line in entry.text.splitlines())
    first = next(filter(None, lines), "–")
    return first if len(first) <= LONGEST_FIRST_LINE else first[:LONGEST_FIRST_LINE].rpartition(" ")[0] + " …"


def follow_link(entry: Entry, former: str | None) -> None:
    """A new or changed link brings its picture, and takes that of the former link away."""
    if entry.address == former:
        return
    with unit_of_work() as session:
        # "fetch": otherwise all rows in memory are compared, which takes its time where many entries change at once.
        if former:
            gone = delete(Preview).where(Preview.entry_id == entry.id)
            session.execute(gone, execution_options={"synchronize_session": "fetch"})
        if entry.address and not previews.give(entry):
            prefill.ask_for_picture(entry.url or "")


def take_picture(address: str, drawn: previews.Drawn) -> None:
    """The picture of a page has come: entries with this link that have none yet take it, and open forms show it."""
    has_one = select(Preview.id).where(Preview.entry_id == Entry.id).exists()
    with unit_of_work() as session:
        wanting = select(Entry).where(Entry.address == address, Entry.status != Status.DELETED, ~has_one)
        for entry in session.scalars(wanting).all():
            previews.keep_for_entry(entry, drawn)
        previews.hold(address, drawn)


def take_from_page(address: str, told: Mapping[str, str]) -> bool:
    """A page was read: entries with this link that nobody named take what it tells; the published are indexed anew.

    Belongs into the unit of work that stores the page. Answers whether there are entries with this link.
    """
    with unit_of_work() as session:
        for entry in session.scalars(_unnamed().where(Entry.address == address)):
            _take_and_note(entry, told)
        session.flush()
        published = select(Entry.id).where(Entry.address == address, only_asked(Entry.status == Status.PUBLISHED))
        if ids := session.scalars(published).all():
            changelog.append(session, [("entry", number) for number in ids])
        return session.scalar(select(Entry.id).where(Entry.address == address).limit(1)) is not None


def name_by_document(session: Session, entry_id: int, text: DocumentText) -> None:
    """A file was read: its entry takes the title, if nobody named it and there is no link that will."""
    entry = session.get(Entry, entry_id)
    if entry is not None and entry.has_stopgap_title and not entry.url:
        day = text.dated_on.isoformat() if text.dated_on else ""
        told = {"title": title_in_document(text.title), "language": text.language, "year": day[:4], "day": day}
        _take_and_note(entry, told)


def ask_for_pages(_payload: dict[str, Any]) -> None:
    """Pages that entries without a name still wait for: their site was down, or a job was lost. And pages that nobody
    has read because the form was filled by hand: their text makes the entry findable as well.
    """
    since = clock.now() - KEEP_ASKING
    with unit_of_work() as session:
        waiting = _unnamed().where(Entry.address.is_not(None), Entry.created_at > since)
        waiting = waiting.where(Entry.contributor_id.is_not(None)).order_by(Entry.id).limit(MOST_UNREAD)
        for entry in session.scalars(waiting).all():
            told = prefill.known(entry.url or "")
            if told:
                _take_and_note(entry, told)
            else:
                prefill.ask(SYSTEM, entry.url or "")
        named = select(Entry.url).where(~Entry.has_stopgap_title, Entry.address.is_not(None), Entry.created_at > since)
        named = named.where(Entry.contributor_id.is_not(None), Entry.status.not_in((Status.DRAFT, Status.DELETED)))
        for url in session.scalars(named.order_by(Entry.id.desc()).limit(MOST_UNREAD)).all():
            if not prefill.was_asked(url or ""):
                prefill.ask(SYSTEM, url or "")


def _unnamed() -> Any:
    return select(Entry).where(Entry.has_stopgap_title, Entry.status != Status.DELETED)


def _take_and_note(entry: Entry, told: Mapping[str, str]) -> None:
    if told.get("title"):
        _take(entry, told)
        entry.updated_at = clock.now()
        record(SYSTEM, "entry.named", entry.id)


def _take(entry: Entry, told: Mapping[str, str]) -> None:
    """Fill what is empty; kind and language too when the person said nothing but the link or file."""
    if not told.get("title"):
        return
    is_bare = not (entry.summary or entry.publisher or entry.year or entry.details)
    entry.title, entry.has_stopgap_title = clean_line(told["title"])[:TITLE_LENGTH], False
    entry.summary = entry.summary or clean_text(told.get("summary"))[:SUMMARY_LENGTH]
    entry.publisher = entry.publisher or clean_line(told.get("publisher"))[:LINE_LENGTH]
    year = told.get("year", "")
    if entry.year is None and year.isdigit() and int(year) in YEARS:
        entry.year = int(year)
    _take_day(entry, told.get("day", ""))
    if is_bare and told.get("language") in LANGUAGE_LABELS:
        entry.language = told["language"]
    if is_bare and told.get("kind") in set(Kind):
        entry.kind = told["kind"]


def _take_day(entry: Entry, day: str) -> None:
    if day and entry.published_on is None and day.startswith(f"{entry.year}-"):
        entry.published_on = date.fromisoformat(day)
