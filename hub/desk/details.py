"""Published entries that lack something important: description, section, year, a file the search can read.

The office fills the gap on the page of the entry, or says that it may stay; then the entry comes back only when
something else is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Organisation
from hub.audit.service import record
from hub.collections.models import Collection, Section
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.findings import Deed, Finding, Settled
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.desk import policy
from hub.desk.models import Waiver
from hub.entries.models import KIND_LABELS, WITHOUT_TEXT, Attachment, DocumentText, Entry, EntryCollection, Kind, Status
from hub.undoing.service import Row, remember

UNDO = "waivers"
LEAVE = Deed("leave", _l("Darf so bleiben"), "x")
DATED = (Kind.DOKUMENT, Kind.FACHARTIKEL, Kind.MEDIENARTIKEL)
WORDS = {
    "s": _l("Beschreibung fehlt"),
    "y": _l("Jahr fehlt"),
    "a": _l("Abschnitt fehlt"),
    "f": _l("Datei ohne durchsuchbaren Text"),
}
UNPLACED = (
    select(EntryCollection.entry_id)
    .join(Section, Section.collection_id == EntryCollection.collection_id)
    .where(EntryCollection.entry_id == Entry.id, EntryCollection.section_id.is_(None))
    .exists()
)
TEXTLESS = (
    select(Attachment.id)
    .join(DocumentText, DocumentText.attachment_id == Attachment.id)
    .where(Attachment.entry_id == Entry.id, DocumentText.state.in_(WITHOUT_TEXT))
    .exists()
)
LACKING: ColumnElement[str] = (
    case((Entry.summary == "", "s"), else_="")
    + case((Entry.year.is_(None) & Entry.kind.in_(DATED), "y"), else_="")
    + case((UNPLACED, "a"), else_="")
    + case((TEXTLESS, "f"), else_="")
)


class Details:
    """Missing details, by entry."""

    name = "detail"
    label = _l("Fehlende Angaben")

    def count(self, actor: Actor) -> Select[Any]:
        """How many entries lack something."""
        require(policy.may_work(actor))
        return _lacking(func.count())

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Those published last come first: their contributors still remember."""
        require(policy.may_work(actor))
        home = (
            select(Collection.title)
            .join(EntryCollection, EntryCollection.collection_id == Collection.id)
            .where(EntryCollection.entry_id == Entry.id)
            .order_by(EntryCollection.position)
            .limit(1)
            .scalar_subquery()
        )
        rows = db.session.execute(
            _lacking(
                Entry.id, Entry.version, Entry.title, Entry.kind, Entry.published_at, LACKING.label("lacking"),
                Organisation.label.label("origin"), home.label("place"),
            )
            .join(Organisation, Organisation.id == Entry.organisation_id)
            .order_by(Entry.published_at.desc(), Entry.id.desc())
            .limit(limit)
        )  # fmt: skip
        return [_finding(row) for row in rows]

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Let entries stay as they are."""
        require(policy.may_work(actor))
        if deed != LEAVE.key:
            raise Refused
        versions = dict(chosen)
        with unit_of_work() as session:
            found = session.execute(
                _lacking(Entry.id, Entry.version, LACKING.label("lacking"), Waiver.missing).where(
                    Entry.id.in_(versions)
                )
            ).all()
            same = [row for row in found if row.version == versions[row.id]]
            _waive(session, actor, {row.id: row.lacking for row in same})
            gone = versions.keys() - {row.id for row in same}
            rows = [Row(row.id, {"missing": row.missing}, row.version) for row in same]
            label = ngettext(
                "Bei einem Eintrag darf etwas fehlen", "Bei %(num)s Einträgen darf etwas fehlen", len(rows)
            )
            return Settled(len(rows), _titles(gone), remember(actor, UNDO, label, rows) if rows else None)


SOURCE = Details()


def set_back_waivers(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``settle``: what was missing is missing again."""
    waivers = _load(row.thing_id for row in rows)
    for row in counted(rows):
        waiver = waivers.get(row.thing_id)
        if waiver is None:
            continue
        if row.before["missing"] is None:
            db.session.delete(waiver)
        else:
            waiver.missing = row.before["missing"]
        record(actor, "entry.gap_open", row.thing_id)
    return len(rows), ()


def _waive(session: Session, actor: Actor, lacking: Mapping[int, str]) -> None:
    waivers = _load(lacking)
    for entry_id, missing in counted(lacking.items()):
        waiver = waivers.get(entry_id) or Waiver(entry_id=entry_id)
        waiver.missing, waiver.by_id, waiver.at = missing, actor.id, clock.now()
        record(actor, "entry.gap_left", entry_id)
        session.add(waiver)


def _load(entry_ids: Iterable[int]) -> dict[int, Waiver]:
    wanted = select(Waiver).where(Waiver.entry_id.in_(sorted(entry_ids)))
    return {waiver.entry_id: waiver for waiver in db.session.scalars(wanted.with_for_update())}


def _lacking(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Entry)
        .outerjoin(Waiver, Waiver.entry_id == Entry.id)
        .where(
            Entry.status == Status.PUBLISHED,
            or_(Entry.summary == "", Entry.year.is_(None), UNPLACED, TEXTLESS),
            func.coalesce(Waiver.missing, "") != LACKING,
        )
    )


def _finding(row: Any) -> Finding:
    fill = Deed("fill", _l("Ergänzen"), "edit", address=url_for("entries.edit", entry_id=row.id))
    words = [str(WORDS[sign]) for sign in row.lacking]
    return Finding(
        source=SOURCE.name,
        thing_id=row.id,
        version=row.version,
        title=row.title,
        finding=words[0] if len(words) == 1 else _("%(first)s (und mehr)", first=words[0]),
        tone="info",
        icon="file-text",
        deeds=(fill, LEAVE),
        since=row.published_at,
        about=" · ".join([str(KIND_LABELS[Kind(row.kind)]), *words[1:]]),
        place=row.place or "",
        origin=row.origin,
        address=url_for("entries.show", entry_id=row.id),
        entry_id=row.id,
    )


def _titles(numbers: Iterable[int]) -> tuple[str, ...]:
    titles = db.session.scalars(select(Entry.title).where(Entry.id.in_(sorted(numbers))).order_by(Entry.id))
    return tuple(f"„{title}“" for title in titles)
