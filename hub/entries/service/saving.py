"""Forms that save themselves while somebody types: one row for each, gone when it is sent, swept after 30 days."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select

from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, insert_into
from hub.core.errors import Conflict, Missing, Refused
from hub.core.text import clean_line
from hub.core.tokens import new_token
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy
from hub.entries.models import TITLE_LENGTH, Entry, SavedForm
from hub.entries.queries.reading import find_held_files
from hub.entries.queries.saving import LARGEST_ID, find_by_key, find_turn, get_saved
from hub.entries.queries.visibility import visible_to

Fields = Sequence[tuple[str, str]]
KEPT_FOR, KEPT_FINISHED = timedelta(days=30), timedelta(days=1)
MOST_FORMS, MOST_FIELDS, MOST_BYTES, NAME_LENGTH = 20, 400, 300_000, 100
NAMED_BY = ("title", "url", "text", "summary")
PRESET = {"kind", "collections", "section", "organisation", "language", "coverage", "version"}
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Writer:
    """The page that saves: which form, which page (``tab``), its how-manieth save, the turn it began with."""

    key: str
    tab: str
    step: int
    turn: int


def save_form(actor: Actor, writer: Writer, fields: Fields, entry_id: int | None, entry_version: int) -> int | None:
    """Keep what was typed so far, and give the number of the form; one in which nothing was typed makes no row.

    Raises Conflict when another page has gone on with this form (or it is finished), Refused when it is too big or
    there are too many.
    """
    require(policy.may_submit(actor))
    if not _KEY.fullmatch(writer.key) or not _KEY.fullmatch(writer.tab):
        raise Refused(_("Dieses Formular lässt sich nicht zwischenspeichern."))
    kept = _tidied(fields)
    with unit_of_work() as session:
        saved = find_by_key(actor, writer.key)
        if saved is None:
            if not _has_typed(kept):
                return None
            _refuse_many(session.scalar(_count_open(actor)) or 0)
            saved = SavedForm(user_id=actor.id, key=writer.key, turn=1, fields=[], held=[])
            session.add(saved)
        elif not _may_go_on(saved, writer):
            return None
        saved.tab, saved.step = writer.tab, writer.step
        saved.entry_id = _seen(actor, entry_id)
        saved.entry_version, saved.title = entry_version, _title(kept)
        saved.fields = [list(pair) for pair in kept]
        saved.held = _held(actor, kept)
        saved.saved_at = clock.now()
        session.flush()
        return saved.id


def keep_form(actor: Actor, key: str, fields: Fields) -> int:
    """Keep a form that was sent and is to be shown again after a while; its number. Raises as ``save_form``."""
    key = key if _KEY.fullmatch(key) else new_token()
    number = save_form(actor, Writer(key, new_token(), 1, find_turn(actor, key)), fields, None, 0)
    if number is None:
        raise Refused(_("Dieses Formular lässt sich nicht zwischenspeichern."))
    return number


def finish_form(actor: Actor, key: str) -> None:
    """The form was sent: nothing of it is kept, and a save that comes late finds it finished."""
    if not _KEY.fullmatch(key):
        return
    now = clock.now()
    empty = {"fields": [], "held": [], "title": "", "finished_at": now}
    with unit_of_work() as session:
        insert = insert_into(session, SavedForm).values(user_id=actor.id, key=key, saved_at=now, **empty)
        session.execute(insert.on_conflict_do_update(index_elements=["user_id", "key"], set_=empty))


def discard_form(actor: Actor, saved_id: int) -> None:
    """Throw a begun form away; for a day it can be taken back."""
    with unit_of_work():
        get_saved(actor, saved_id).finished_at = clock.now()


def take_back_form(actor: Actor, saved_id: int) -> None:
    """Undo throwing a form away; raises Missing when it was sent or swept."""
    with unit_of_work() as session:
        saved = session.scalar(select(SavedForm).where(SavedForm.id == saved_id, SavedForm.user_id == actor.id))
        if saved is None or not saved.fields:
            raise Missing
        saved.finished_at = None


def sweep_saved_forms(_payload: dict[str, Any]) -> None:
    """Forget forms that nobody went on with for 30 days, and finished ones after a day."""
    now = clock.now()
    old, done = SavedForm.saved_at < now - KEPT_FOR, SavedForm.finished_at < now - KEPT_FINISHED
    with unit_of_work() as session:
        session.execute(delete(SavedForm).where(or_(old, done)))


def _may_go_on(saved: SavedForm, writer: Writer) -> bool:
    """Whether this save is the newest; False when a newer one of the same page came first."""
    if saved.finished_at is not None:
        raise Conflict
    if saved.tab == writer.tab:
        return writer.step > saved.step
    if saved.turn != writer.turn:
        raise Conflict
    saved.turn += 1
    return True


def _tidied(fields: Fields) -> list[tuple[str, str]]:
    kept = [(name, value.replace("\0", "")) for name, value in fields if len(name) <= NAME_LENGTH]
    size = len(json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace"))
    if len(kept) > MOST_FIELDS or size > MOST_BYTES:
        raise Refused(_("Nicht zwischengespeichert: Das Formular enthält zu viel Text."))
    return kept


def _has_typed(fields: Fields) -> bool:
    return any(value.strip() for name, value in fields if name not in PRESET)


def _refuse_many(count: int) -> None:
    if count >= MOST_FORMS:
        raise Refused(
            _(
                "Nicht zwischengespeichert: Es liegen schon %(max)d angefangene Formulare bei „Meine Einträge“.",
                max=MOST_FORMS,
            )
        )


def _count_open(actor: Actor) -> Any:
    open_forms = select(func.count()).select_from(SavedForm)
    return open_forms.where(SavedForm.user_id == actor.id, SavedForm.finished_at.is_(None))


def _title(fields: Fields) -> str:
    """By what the person knows the form again."""
    values = dict(reversed(fields))
    return next((line[:TITLE_LENGTH] for name in NAMED_BY if (line := clean_line(values.get(name)))), "")


def _seen(actor: Actor, entry_id: int | None) -> int | None:
    if entry_id is None or not 0 < entry_id <= LARGEST_ID:
        return None
    return db.session.scalar(select(Entry.id).where(Entry.id == entry_id, visible_to(actor)))


def _held(actor: Actor, fields: Fields) -> list[int]:
    numbers = [int(value) for name, value in fields if name == "held" and value.isascii() and value.isdigit()]
    return [file.id for file in find_held_files(actor, numbers)]
