"""Keeping the index current: catch up after each commit, look before each search, rebuild when it is unusable.

The database is the truth. Whoever changes something brings the index up to date in the same request; when that
cannot be done in time, the change log still holds the change and the next change or search picks it up.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app

from hub.core.db import db
from hub.indexing.changelog import current_number, find_changes
from hub.indexing.document import Change, Document, Removal
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.generation import current_generation
from hub.indexing.store import IndexStore
from hub.indexing.wanted import Found, Wanted

log = logging.getLogger("hub.indexing")
BATCH = 200
LONGEST_WAIT = 2.0
EXTENSION = "hub_index"
REPAIR_PAUSE = 600.0
REBUILD_FROM = 2000
FOR_EVER = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Source:
    """How a room's rows become documents; registered by ``hub.wiring``.

    ``documents(ids)`` yields the documents of those of the ids that belong into the index, ``all_ids()`` names all
    that do, ``affected(kind, id)`` translates a logged change into ids.
    """

    documents: Callable[[list[int]], list[Document]]
    all_ids: Callable[[], list[int]]
    affected: Callable[[str, int], Iterable[int]]


@dataclass(slots=True)
class _Index:
    store: IndexStore
    source: Source
    repaired_at: float = -REPAIR_PAUSE
    is_postponed: bool = False


def init_index(app: Flask, folder: Path, source: Source) -> None:
    """Tie the index folder and its source to the application."""
    app.extensions[EXTENSION] = _Index(IndexStore(folder), source)


def store() -> IndexStore:
    """The index store of this application."""
    return _index().store


def source() -> Source:
    """How this application's rows become documents."""
    return _index().source


def search(wanted: Wanted) -> Found:
    """Search the index after a look whether it is current; raises IndexUnusable while it cannot be used."""
    bring_up_to_date()
    return store().search(wanted)


def bring_up_to_date() -> bool:
    """Catch up, rebuild when the index is unusable; True when the index now holds everything."""
    if _index().is_postponed:
        return False
    try:
        return catch_up()
    except IndexBusy:
        log.warning("index busy; the change log keeps what is to be done")
        return False
    except IndexUnusable as reason:
        log.warning("index unusable (%s); it is rebuilt", reason)
        return _rebuild_by_itself()


def catch_up(patience: float = LONGEST_WAIT) -> bool:
    """Apply what the change log holds after the index's marker; True when nothing is left to do.

    After ``patience`` seconds the rest is left to the next change, search or worker. Raises IndexUnusable when the
    index knows of changes that the tables do not have: it belongs to other tables.
    """
    index = _index().store
    if index.marker() == current_generation():
        return True
    deadline = time.monotonic() + patience
    with index.locked(LONGEST_WAIT):
        while True:
            # End the snapshot this thread reads from, else changes committed since would stay invisible.
            db.session.rollback()
            marker = index.marker()
            changes = find_changes(marker, BATCH)
            if not changes:
                if marker > current_number():
                    raise IndexUnusable("The index is of other tables.")
                break
            if time.monotonic() > deadline:
                return False
            ids = sorted({i for change in changes for i in _index().source.affected(change.kind, change.thing_id)})
            index.apply(_changes(ids), changes[-1].number)
    if index.is_scattered():
        _tidy_by_itself()
    return True


@contextmanager
def postponed(progress: Callable[[int, int], None] | None = None) -> Iterator[None]:
    """Do the index work of many units at their end: catching up, or building anew when that is quicker."""
    index = _index()
    index.is_postponed = True
    try:
        yield
    finally:
        index.is_postponed = False
    db.session.rollback()
    if not index.store.is_usable() or current_number() - index.store.marker() > REBUILD_FROM:
        rebuild(progress)
    else:
        catch_up(patience=FOR_EVER)


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Build the index anew beside the old one and swap; returns the number of documents."""
    db.session.rollback()
    number = current_number()
    ids = _index().source.all_ids()
    _index().store.rebuild(_documents(ids, progress), number)
    catch_up(patience=FOR_EVER)
    return len(ids)


def check() -> tuple[set[int], set[int]]:
    """Ids missing from the index, and ids that should not be in it."""
    db.session.rollback()
    return store().check(_index().source.all_ids())


def repair() -> None:
    """Rebuild after a search failed on an index that looked usable; not again soon: a fault of ours would repeat."""
    index = _index()
    if time.monotonic() - index.repaired_at > REPAIR_PAUSE:
        index.repaired_at = time.monotonic()
        _rebuild_by_itself(even_if_usable=True)


def _index() -> _Index:
    found: _Index = current_app.extensions[EXTENSION]
    return found


def _changes(ids: list[int]) -> list[Change]:
    documents = {document.id: document for document in _index().source.documents(ids)}
    return [documents.get(i, Removal(i)) for i in ids]


def _documents(ids: list[int], progress: Callable[[int, int], None] | None) -> Iterator[Document]:
    for start in range(0, len(ids), BATCH):
        yield from _index().source.documents(ids[start : start + BATCH])
        if progress is not None:
            progress(min(start + BATCH, len(ids)), len(ids))


def _rebuild_by_itself(even_if_usable: bool = False) -> bool:
    """Rebuild without a person: in a thread beside the requests, or at once where nobody waits for a page."""
    if current_app.config.get("INDEX_REBUILD_INLINE"):
        rebuild()
        return True
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_rebuild_alone, args=(app, even_if_usable), name="index-rebuild", daemon=True).start()
    return False


def _tidy_by_itself() -> None:
    """Put small segments together beside the requests, so that the one that added the last does not wait for it."""
    if current_app.config.get("INDEX_REBUILD_INLINE"):
        store().tidy()
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_tidy_alone, args=(app,), name="index-tidy", daemon=True).start()


def _tidy_alone(app: Flask) -> None:
    with app.app_context(), suppress(IndexBusy, IndexUnusable):
        store().tidy()
        store().close()


def _rebuild_alone(app: Flask, even_if_usable: bool) -> None:
    """Rebuild unless another thread or process is at it."""
    folder: Path = app.config["INDEX_FOLDER"]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / "rebuilding", "ab") as lock, app.app_context():
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if even_if_usable or not store().is_usable():
            count = rebuild()
            log.info("index rebuilt: %s documents", count)
