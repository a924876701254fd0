"""Notices on the start page: writing, ending and deleting them, with undo; reading those of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Missing, Refused
from hub.core.text import clean_text, plain_from_markdown, render_markdown
from hub.core.unit_of_work import unit_of_work
from hub.indexing import changelog
from hub.indexing.generation import cached
from hub.pages import policy
from hub.pages.models import Notice
from hub.undoing.service import Row, remember

UNDO = KEPT = "notices"
MOST_SHOWN, LABEL_LENGTH, LARGEST_ID = 3, 60, 2**31 - 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as it is read."""

    html: Markup
    first_on: date
    last_on: date | None


def find_today() -> list[Shown]:
    """The notices of this day, the latest first; kept in memory until one changes."""
    today = clock.today()
    notices = cached(KEPT, _find_all)
    return [one for one in notices if one.first_on <= today and (one.last_on is None or today <= one.last_on)][
        :MOST_SHOWN
    ]


def _find_all() -> tuple[Shown, ...]:
    return shown_of(db.session.execute(statement()))


def statement() -> Any:
    """Notices that are not over, in the columns that the start page reads together with what is recommended."""
    columns = (Notice.id, Notice.body, Notice.first_on, Notice.last_on, literal(-1), literal(0))
    return select(*columns).where(Notice.last_on.is_(None) | (Notice.last_on >= clock.today()))


def shown_of(rows: Iterable[Any]) -> tuple[Shown, ...]:
    """The notices in these rows, the latest first."""
    latest = sorted(rows, key=lambda row: (row[2], row[0]), reverse=True)
    return tuple(Shown(render_markdown(body, 3), first, last) for _id, body, first, last, *_rest in latest)


def find_notices(actor: Actor) -> Sequence[Notice]:
    """All notices, for the office: the latest first."""
    require(policy.may_edit_pages(actor))
    return db.session.scalars(select(Notice).order_by(Notice.first_on.desc(), Notice.id.desc()).limit(200)).all()


def get_notice(actor: Actor, notice_id: int) -> Notice:
    """A notice by its number; raises Missing."""
    require(policy.may_edit_pages(actor))
    found = db.session.get(Notice, notice_id, populate_existing=True) if notice_id <= LARGEST_ID else None
    if found is None:
        raise Missing
    return found


def write_notice(
    actor: Actor, notice_id: int | None, body: str, first_on: date, last_on: date | None, version: int
) -> int:
    """A new notice, or other words or days for one; gives the number that undoes it. Raises Conflict on a stale
    version, Refused when it would end before it begins."""
    require(policy.may_edit_pages(actor))
    body = clean_text(body)
    if not body:
        raise Refused(_("Bitte geben Sie einen Text ein."))
    if last_on is not None and last_on < first_on:
        raise Refused(_("Der letzte Tag liegt vor dem ersten."))
    with unit_of_work() as session:
        notice = Notice() if notice_id is None else _get(actor, notice_id, version)
        before = {} if notice_id is None else _fields(notice)
        notice.body, notice.first_on, notice.last_on = body, first_on, last_on
        session.add(notice)
        session.flush()
        label = _("Hinweis geschrieben: %(words)s") if notice_id is None else _("Hinweis geändert: %(words)s")
        return _keep(session, actor, "notice.written", notice.id, label, before, _fields(notice))


def end_notice(actor: Actor, notice_id: int, version: int) -> int:
    """Let a notice be seen for the last time yesterday; one that has not begun, or only today, is deleted instead."""
    with unit_of_work() as session:
        notice = _get(actor, notice_id, version)
        yesterday = clock.today() - timedelta(days=1)
        if notice.first_on > yesterday:
            return delete_notice(actor, notice_id, version)
        before, notice.last_on = _fields(notice), yesterday
        session.flush()
        label = _("Hinweis beendet: %(words)s")
        return _keep(session, actor, "notice.ended", notice_id, label, before, _fields(notice))


def delete_notice(actor: Actor, notice_id: int, version: int) -> int:
    """Delete a notice; gives the number that undoes it."""
    with unit_of_work() as session:
        notice = _get(actor, notice_id, version)
        before = _fields(notice)
        session.delete(notice)
        session.flush()
        return _keep(session, actor, "notice.deleted", notice_id, _("Hinweis gelöscht: %(words)s"), before, {})


def set_back_notices(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo what was done to notices, except to those that were changed since."""
    done, left = 0, []
    session = db.session()
    for row in rows:
        before, after = row.before["before"], row.before["after"]
        notice = session.get(Notice, row.thing_id, populate_existing=True)
        if (_fields(notice) if notice else {}) != after:
            left.append(_words(before or after))
            continue
        _set_back(session, notice, row.thing_id, before)
        record(actor, "notice.written" if before else "notice.deleted", row.thing_id)
        done += 1
    return done, tuple(left)


def _set_back(session: Session, notice: Notice | None, notice_id: int, before: dict[str, Any]) -> None:
    if not before:
        session.delete(notice)
    else:
        notice = notice or Notice(id=notice_id)
        notice.body = before["body"]
        notice.first_on = date.fromisoformat(before["first_on"])
        notice.last_on = date.fromisoformat(before["last_on"]) if before["last_on"] else None
        session.add(notice)
    session.flush()
    changelog.append(session, [("front", 0)])


def _get(actor: Actor, notice_id: int, version: int) -> Notice:
    notice = get_notice(actor, notice_id)
    if notice.version != version:
        raise Conflict(_("Dieser Hinweis wurde inzwischen von jemand anderem geändert."))
    return notice


def _fields(notice: Notice) -> dict[str, Any]:
    last = notice.last_on.isoformat() if notice.last_on else ""
    return {"body": notice.body, "first_on": notice.first_on.isoformat(), "last_on": last}


def _words(fields: dict[str, Any]) -> str:
    return plain_from_markdown(fields["body"])[:LABEL_LENGTH]


def _keep(
    session: Session,
    actor: Actor,
    action: str,
    notice_id: int,
    label: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> int:
    record(actor, action, notice_id)
    changelog.append(session, [("front", 0)])
    kept = {"before": before, "after": after}
    return remember(actor, UNDO, label % {"words": _words(after or before)}, [Row(notice_id, kept, 0)])
