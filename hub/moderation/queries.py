"""What waits for the office, and what it has decided."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select, union_all

from hub.accounts.models import User
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.entries import policy, queries
from hub.entries.models import Attachment, Entry, PendingChange, Status
from hub.entries.queries import Row, visible_to
from hub.entries.queries.pending import WAITING_CHANGE
from hub.moderation.models import Report, ReportState

LISTS = (Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.WITHDRAWN)
REPORTS, CHANGES = "reports", "changes"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of an entry under review."""

    id: int
    name: str
    extension: str
    size: int


@dataclass(frozen=True, slots=True)
class Case:
    """An entry with all that a decision about it needs."""

    row: Row
    text: str
    note: str
    contributor: str
    files: tuple[CaseFile, ...]
    duplicates: tuple[tuple[int, str], ...]


def count_lists(actor: Actor) -> dict[str, int]:
    """How many entries stand in each list of the office; how many ``REPORTS`` and ``CHANGES`` wait."""
    require(policy.may_review(actor))
    entries = select(Entry.status, func.count()).where(Entry.status.in_(LISTS)).group_by(Entry.status)
    reports = select(literal(REPORTS), func.count()).where(Report.state == ReportState.OPEN)
    changes = select(literal(CHANGES), func.count()).select_from(PendingChange).where(WAITING_CHANGE)
    found = {row[0]: row[1] for row in db.session.execute(union_all(entries, reports, changes))}
    return dict.fromkeys((*map(str, LISTS), REPORTS, CHANGES), 0) | found


def find_case_ids(actor: Actor, status: Status, limit: int) -> list[int]:
    """The entries of a list: those that wait oldest first, the others by the latest change."""
    require(policy.may_review(actor))
    order = Entry.submitted_at if status == Status.SUBMITTED else Entry.updated_at.desc()
    return list(
        db.session.scalars(select(Entry.id).where(Entry.status == status).order_by(order, Entry.id).limit(limit))
    )


def load_cases(actor: Actor, entry_ids: Sequence[int]) -> list[Case]:
    """The cases of these entries in this order, read in six queries."""
    require(policy.may_review(actor))
    rows = queries.load_in_order(actor, entry_ids)
    texts = {
        row.id: row
        for row in db.session.execute(
            select(Entry.id, Entry.text, Entry.note, User.name)
            .outerjoin(User, User.id == Entry.contributor_id)
            .where(Entry.id.in_(entry_ids))
        )
    }
    files = _files(entry_ids)
    twins = _entries_by_url(actor, [row.url for row in rows if row.url])
    return [
        Case(
            row=row,
            text=texts[row.id].text,
            note=texts[row.id].note,
            contributor=texts[row.id].name or "",
            files=tuple(files[row.id]),
            duplicates=tuple(twin for twin in twins[row.url or ""] if twin[0] != row.id),
        )
        for row in rows
    ]


def _files(entry_ids: Sequence[int]) -> dict[int, list[CaseFile]]:
    files: dict[int, list[CaseFile]] = defaultdict(list)
    for file in db.session.scalars(
        select(Attachment).where(Attachment.entry_id.in_(entry_ids)).order_by(Attachment.id)
    ):
        files[file.entry_id or 0].append(CaseFile(file.id, file.name, file.extension, file.size))
    return files


def _entries_by_url(actor: Actor, urls: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    statement = select(Entry.url, Entry.id, Entry.title).where(Entry.url.in_(urls), visible_to(actor))
    for url, entry_id, title in db.session.execute(statement.order_by(Entry.id)):
        found[url or ""].append((entry_id, title))
    return found
