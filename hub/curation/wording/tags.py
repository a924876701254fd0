"""Keeping keywords: another name, another spelling, groups, several made one.

A synonym is a keyword that stands for another (``Tag.stands_for_id``), always for one that is none itself: whatever is
merged takes its synonyms along, and what others stand for cannot be entered as a synonym. So no ring closes.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import or_, select

from hub.audit.service import record
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Missing, Refused
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.curation.wording import queries, rewriting
from hub.curation.wording.rewriting import Looked, Rewriting, Task
from hub.entries import policy
from hub.entries.models import TAG_LENGTH, Entry, EntryTag, Tag, tag_key
from hub.entries.queries.many import AT_ONCE
from hub.entries.service.many import EntryChange
from hub.indexing import changelog
from hub.undoing import service as undoing
from hub.undoing.working import Note

CHANGED, RENAMED = "tags.changed", "tag.renamed"
MOST_AT_ONCE, NAMED = 100, 5
Begun = tuple[int | None, list[Note]]


def merge_tags(actor: Actor, tag_ids: Sequence[int], into: str, back: str = "") -> Begun:
    """Make several keywords one, in all entries; the others become synonyms of it. ``into`` is a name that exists.

    Returns the number of the page that shows how far a worker is, or what was done at once.

    Raises Refused when none is picked, the name is unknown, or a keyword would be merged into itself.
    """
    require(policy.may_keep_vocabulary(actor))
    picked = _picked(tag_ids)
    spelled, kept = queries.find_named(clean_line(into))
    if spelled is None or kept is None:
        raise Refused(_("Dieses Schlagwort gibt es nicht. Bitte nennen Sie eines aus der Liste."))
    sources = [tag for tag in picked if tag.id != kept.id]
    if not sources and spelled is not kept:
        raise Refused(_("„%(name)s“ steht schon für „%(kept)s“.", name=spelled.name, kept=kept.name))
    if not sources:
        raise Refused(_("„%(name)s“ lässt sich nicht mit sich selbst zusammenführen.", name=kept.name))
    return _merge(actor, sources, kept, back)


def group_tags(actor: Actor, tag_ids: Sequence[int], group: str) -> tuple[int, int | None]:
    """Put keywords into a group, or with an empty name into none; how many changed, and what undoes it."""
    require(policy.may_keep_vocabulary(actor))
    group = _checked(group) if group.strip() else ""
    with unit_of_work():
        changed = [tag for tag in _picked(tag_ids) if tag.group_name != group]
        rows = [_change(tag, group_name=group) for tag in changed]
        if not rows:
            return 0, None
        db.session.flush()
        for tag in changed:
            record(actor, "tag.grouped", tag.id)
        names = _names(changed)
        if group:
            label = _("Gruppe „%(group)s“ gesetzt: %(names)s", group=group, names=names)
        else:
            label = _("Aus der Gruppe genommen: %(names)s", names=names)
        return len(rows), undoing.remember(actor, CHANGED, label, rows)


def rename_tag(actor: Actor, tag_id: int, name: str) -> int | None:
    """Another name, in all entries; the old spelling stays as a synonym. What undoes it, None when nothing changes."""
    require(policy.may_keep_vocabulary(actor))
    with unit_of_work() as session:
        tag, new = _held(tag_id), _checked(name)
        if new == tag.name:
            return None
        spelled, kept = queries.find_named(new)
        if spelled is not None and kept is not None and kept is not tag:
            raise Refused(_in_use(spelled, kept) + " " + _("Sie können beide zusammenführen."))
        lost = spelled.name if spelled is not None and spelled is not tag else ""
        old, made = tag.name, None
        if lost:
            session.delete(spelled)
            session.flush()
        tag.name, is_spelled_anew = new, tag_key(new) != tag.key
        if is_spelled_anew:
            tag.key = tag_key(new)
            session.flush()
            made = Tag(name=old, key=tag_key(old), stands_for_id=tag.id)
            session.add(made)
        session.flush()
        _follow_later(tag.id)
        record(actor, "tag.renamed", tag.id)
        before = {"name": old, "now": new, "made": bool(made), "lost": lost}
        label = _("Schlagwort „%(old)s“ in „%(new)s“ umbenannt", old=old, new=new)
        return undoing.remember(actor, RENAMED, label, [undoing.Row(tag.id, before, 0)])


def add_synonym(actor: Actor, tag_id: int, name: str) -> None:
    """Another spelling: whoever writes it gets the keyword. Raises Refused when it is in use.

    One that only drafts carry is not the office's to know of: they get the keyword as well.
    """
    require(policy.may_keep_vocabulary(actor))
    with unit_of_work() as session:
        tag, other = _held(tag_id), _checked(name)
        spelled, kept = queries.find_named(other)
        if spelled is not None and spelled is tag:
            raise Refused(_("„%(name)s“ ist das Schlagwort selbst.", name=tag.name))
        is_hidden = spelled is not None and spelled is kept and not queries.is_listed(spelled.id)
        if spelled is not None and kept is not None and not is_hidden:
            raise Refused(_in_use(spelled, kept))
        if spelled is None:
            session.add(Tag(name=other, key=tag_key(other), stands_for_id=tag.id))
        record(actor, "tag.synonym_added", tag.id)
    if spelled is not None:
        _merge(actor, [spelled], tag, "")


def remove_synonym(actor: Actor, tag_id: int, synonym_id: int) -> str:
    """Let a spelling stand for nothing any more; written again it is a keyword of its own. Its name."""
    require(policy.may_keep_vocabulary(actor))
    with unit_of_work() as session:
        synonym = session.get(Tag, synonym_id)
        if synonym is None or synonym.stands_for_id != tag_id:
            raise Missing
        name = synonym.name
        session.delete(synonym)
        record(actor, "tag.synonym_removed", tag_id)
    return name


def set_back_changes(actor: Actor, looked: Looked) -> tuple[int, tuple[str, ...]]:
    """Undo merging or grouping, in the open unit of work: first the keywords, then the entries."""
    count, stayed = _restored(looked.words)
    changed, left = rewriting.set_entries_back(actor, looked)
    return count + changed, tuple(sorted([*stayed, *left], key=str.casefold))


def set_back_name(_actor: Actor, rows: Sequence[undoing.Row]) -> tuple[int, tuple[str, ...]]:
    """Undo renaming, in the open unit of work, unless it has been renamed or merged since."""
    session = db.session()
    for row in rows:
        tag, before = session.get(Tag, row.thing_id, with_for_update=True, populate_existing=True), row.before
        if tag is None or tag.name != before["now"] or tag.stands_for_id is not None:
            return 0, (tag.name if tag else before["now"],)
        spelled, kept = queries.find_named(before["name"])
        if spelled is not None and spelled is not tag:
            if kept is not tag:
                return 0, (tag.name,)
            session.delete(spelled)
            session.flush()
        tag.name, tag.key = before["name"], tag_key(before["name"])
        session.flush()
        if before["lost"] and queries.find_named(before["lost"])[0] is None:
            session.add(Tag(name=before["lost"], key=tag_key(before["lost"]), stands_for_id=tag.id))
        session.flush()
        _follow_later(tag.id)
    return len(rows), ()


def _find_changes(task: Task) -> list[EntryChange]:
    """What entries that carry one of the keywords are to carry instead."""
    target = db.session.get(Tag, task["target"], populate_existing=True)
    if target is None:
        return []
    gone = set(task["sources"])
    carrying = select(EntryTag.entry_id).where(EntryTag.tag_id.in_(gone))
    names: dict[int, list[str]] = {}
    rows = select(EntryTag.entry_id, Tag.id, Tag.name).join(Tag, Tag.id == EntryTag.tag_id)
    for entry_id, number, name in db.session.execute(rows.where(EntryTag.entry_id.in_(carrying)).order_by(Tag.key)):
        names.setdefault(entry_id, []).append(target.name if number in gone else name)
    versions = db.session.execute(select(Entry.id, Entry.version).where(Entry.id.in_(carrying)).order_by(Entry.id))
    return [
        EntryChange(number, version, {"tags": list(dict.fromkeys(names[number]))}, None) for number, version in versions
    ]


def _hold(task: Task) -> None:
    """From here on nobody puts one of them on an entry until this is through."""
    wanted = {*task["sources"], task["target"]}
    rows = select(Tag).where(or_(Tag.id.in_(wanted), Tag.stands_for_id.in_(task["sources"]))).order_by(Tag.id)
    held = db.session.scalars(rows.with_for_update().execution_options(populate_existing=True)).all()
    if wanted - {tag.id for tag in held if tag.stands_for_id is None}:
        raise Conflict(_("Eines dieser Schlagwörter ist inzwischen mit einem anderen zusammengeführt."))


def _finish(actor: Actor, task: Task, count: int) -> tuple[str, list[undoing.Row]]:
    """What is merged becomes a synonym, and its own synonyms go along."""
    target = db.session.get_one(Tag, task["target"])
    rows = select(Tag).where(or_(Tag.id.in_(task["sources"]), Tag.stands_for_id.in_(task["sources"]))).order_by(Tag.id)
    merged = list(db.session.scalars(rows))
    label = _merged_label(target, [tag for tag in merged if tag.id in task["sources"]])
    told = [_change(tag, stands_for_id=target.id) for tag in merged]
    record(actor, "tag.merged", target.id, count=len(task["sources"]), entries=count)
    return label, told


MERGING = Rewriting("tags", CHANGED, _l("Zusammengeführt."), _find_changes, _hold, _finish)


def _merge(actor: Actor, sources: Sequence[Tag], kept: Tag, back: str) -> Begun:
    task = {"sources": sorted(tag.id for tag in sources), "target": kept.id}
    return rewriting.begin(actor, MERGING, task, _merged_label(kept, sources), back)


def _merged_label(kept: Tag, sources: Sequence[Tag]) -> str:
    return _("Schlagwörter mit „%(kept)s“ zusammengeführt: %(names)s", kept=kept.name, names=_names(sources))


def _change(tag: Tag, **values: Any) -> undoing.Row:
    """Set columns, and what sets them back: entries have numbers above zero, so keywords have them below."""
    before = {name: getattr(tag, name) for name in values}
    for name, value in values.items():
        setattr(tag, name, value)
    return undoing.Row(-tag.id, {"set": before, "was": values}, 0)


def _restored(rows: Sequence[undoing.Row]) -> tuple[int, list[str]]:
    """Keywords first, then what stood for them; what has changed since stays."""
    session, count, stayed = db.session(), 0, []
    for row in sorted(rows, key=lambda row: row.before["set"].get("stands_for_id") is not None):
        tag = session.get(Tag, -row.thing_id, populate_existing=True)
        if tag is not None and _may_go_back(tag, **row.before):
            for name, value in row.before["set"].items():
                setattr(tag, name, value)
            session.flush()
            count += 1
        elif tag is not None:
            stayed.append(tag.name)
    return count, stayed


def _may_go_back(tag: Tag, was: Task, **before: Task) -> bool:
    if any(getattr(tag, name) != value for name, value in was.items()):
        return False
    meant = before["set"].get("stands_for_id")
    kept = db.session.get(Tag, meant) if meant else None
    return not meant or (kept is not None and kept.stands_for_id is None)


def _picked(tag_ids: Sequence[int]) -> list[Tag]:
    """Those that are keywords still; raises Refused when there is none, Conflict when one is none any more."""
    wanted = set(tag_ids)
    if not wanted:
        raise Refused(_("Bitte wählen Sie mindestens ein Schlagwort."))
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(ngettext("Höchstens %(num)s auf einmal.", "Höchstens %(num)s auf einmal.", MOST_AT_ONCE))
    rows = select(Tag).where(Tag.id.in_(wanted), queries.listed()).order_by(Tag.key)
    found = list(db.session.scalars(rows))
    if len(found) < len(wanted):
        raise Conflict(_("Eines dieser Schlagwörter ist inzwischen mit einem anderen zusammengeführt."))
    return found


def _held(tag_id: int) -> Tag:
    tag = db.session.get(Tag, tag_id, with_for_update=True, populate_existing=True)
    if tag is None or not queries.is_listed(tag_id):
        raise Missing
    return tag


def _checked(name: str) -> str:
    name = clean_line(name)
    if not name:
        raise Refused(_("Bitte geben Sie ein Wort ein."))
    if len(name) > TAG_LENGTH or "," in name or ";" in name:
        raise Refused(
            _("Möglich sind %(max)d Zeichen ohne Komma und Strichpunkt: sie trennen Schlagwörter.", max=TAG_LENGTH)
        )
    return name


def _in_use(spelled: Tag, kept: Tag) -> str:
    if spelled is kept:
        return _("„%(name)s“ ist selbst ein Schlagwort.", name=kept.name)
    return _("„%(name)s“ steht schon für „%(kept)s“.", name=spelled.name, kept=kept.name)


def _names(tags: Sequence[Tag]) -> str:
    shown = ", ".join(f"„{tag.name}“" for tag in tags[:NAMED])
    more = len(tags) - NAMED
    return shown if more <= 0 else shown + " " + ngettext("und %(num)s weiteres", "und %(num)s weitere", more)


def _follow_later(tag_id: int) -> None:
    """With thousands of entries the index follows in the background: they are logged one by one, so that it is seen."""
    session = db.session()
    ids = session.scalars(select(EntryTag.entry_id).where(EntryTag.tag_id == tag_id)).all()
    if len(ids) > AT_ONCE:
        changelog.append(session, [("entry", number) for number in ids])
