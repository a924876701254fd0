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
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, current_app

from hub.core.db import db
from hub.core.precedence import give_way
from hub.indexing.changelog import LOGGED, current_number, find_changes
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
ASK_AGAIN = 15.0
REBUILD, REPLACE, TIDY, FOLLOW = "rebuild_index", "replace_index", "tidy_index", "follow_index"
LARGE_UNIT = 500
LARGE_MERGE = 100
REBUILD_FROM = 2000
FOR_EVER = 24 * 3600.0
CHECK_AFTER, LOOK_AGAIN = 26 * 3600.0, 600.0
CHECKED = "checked"


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
    ask_worker: Callable[[str], bool] | None = None
    asked_at: dict[str, float] = field(default_factory=dict)
    repaired_at: float = -REPAIR_PAUSE
    looked_at: float = -LOOK_AGAIN
    is_postponed: bool = False
    is_told: bool = False


def init_index(app: Flask, folder: Path, source: Source, ask_worker: Callable[[str], bool] | None = None) -> None:
    """Tie the index folder and its source to the application.

    ``ask_worker(work)`` leaves REBUILD, REPLACE, TIDY or FOLLOW to a worker process; False when there is none.
    """
    app.extensions[EXTENSION] = _Index(IndexStore(folder), source, ask_worker)


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


def follow_commit() -> None:
    """After a commit: bring the index up to date if that commit changed anything searchable; a worker does many."""
    count = db.session().info.pop(LOGGED, 0)
    ask_worker = _index().ask_worker
    if not count or _index().is_postponed:
        return
    if count <= LARGE_UNIT or ask_worker is None or not ask_worker(FOLLOW):
        bring_up_to_date()


def bring_up_to_date() -> bool:
    """Catch up, rebuild when the index is unusable; True when the index now holds everything."""
    if _index().is_postponed:
        return False
    try:
        is_current = catch_up()
        _index().is_told = False
        _check_by_itself()
        return is_current
    except IndexBusy:
        log.warning("index busy; the change log keeps what is to be done")
        return False
    except OSError as fault:  # no room, no right, no disk: what was asked for is committed and must not fail for it
        log.error("index cannot be written (%s); the change log keeps what is to be done", fault.strerror)
        return False
    except IndexUnusable as reason:
        _tell_once(reason)
        return _rebuild_by_itself()


def _tell_once(reason: IndexUnusable) -> None:
    """Log that the index cannot be used; every search notices it until it is back."""
    index = _index()
    if not index.is_told:
        log.warning("index unusable (%s); it is rebuilt", reason)
        index.is_told = True


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
            if len(changes) < BATCH:  # whoever has committed since catches up by himself
                break
    if index.is_scattered():
        _tidy_by_itself(index.size_of_merge())
    return True


@contextmanager
def left_alone() -> Iterator[None]:
    """Leave the index as it is, whatever changes; who asks for this brings it up to date later."""
    index = _index()
    index.is_postponed = True
    try:
        yield
    finally:
        index.is_postponed = False


@contextmanager
def postponed(progress: Callable[[int, int], None] | None = None) -> Iterator[None]:
    """Do the index work of many units at their end: catching up, or building anew when that is quicker."""
    index = _index()
    with left_alone():
        yield
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
    _note_check()
    catch_up(patience=FOR_EVER)
    return len(ids)


def check() -> tuple[set[int], set[int]]:
    """Ids missing from the index, and ids that should not be in it."""
    db.session.rollback()
    return store().check(_index().source.all_ids())


def check_and_mend() -> None:
    """Build the index of this machine anew if it does not hold what the tables say."""
    _index().looked_at = time.monotonic()
    bring_up_to_date()
    missing, extra = check()
    if missing or extra:
        bring_up_to_date()
        still_missing, still_extra = check()  # what changed in between is no fault
        if missing & still_missing or extra & still_extra:
            log.warning("index differs from the tables; it is rebuilt")
            rebuild()
    _note_check()


def _note_check() -> None:
    (_folder() / CHECKED).touch()


def _check_by_itself() -> None:
    """Check the index of this machine when that is due: the nightly task runs on one machine only."""
    index, now = _index(), time.monotonic()
    if now - index.looked_at < LOOK_AGAIN or current_app.config.get("INDEX_REBUILD_INLINE"):
        return
    index.looked_at = now
    if _is_check_due():
        _begin(check_alone, "index-check")


def _is_check_due() -> bool:
    try:
        return time.time() - (_folder() / CHECKED).stat().st_mtime > CHECK_AFTER
    except FileNotFoundError:
        return True


def check_alone() -> None:
    """Check if it is due, unless another process of this machine is at it; give back what is open."""
    with _alone("checking") as is_ours:
        if is_ours and _is_check_due():
            check_and_mend()
            store().close()


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether nobody else on this machine is at this work; nobody may begin it meanwhile."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / name, "ab") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _folder() -> Path:
    folder: Path = current_app.config["INDEX_FOLDER"]
    return folder


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
        give_way()
        yield from _index().source.documents(ids[start : start + BATCH])
        if progress is not None:
            progress(min(start + BATCH, len(ids)), len(ids))


def _rebuild_by_itself(even_if_usable: bool = False) -> bool:
    """Rebuild without a person: at once where nobody waits for a page, else by a worker or in a thread of our own."""
    if current_app.config.get("INDEX_REBUILD_INLINE"):
        rebuild()
        return True
    if not _is_left_to_worker(REPLACE if even_if_usable else REBUILD):
        _begin(lambda: rebuild_alone(even_if_usable), "index-rebuild")
    return False


def _tidy_by_itself(size: int) -> None:
    """Put small segments together beside the requests, so that the one that added the last does not wait for it."""
    if current_app.config.get("INDEX_REBUILD_INLINE"):
        store().tidy()
    elif size < LARGE_MERGE or not _is_left_to_worker(TIDY):
        _begin(tidy_alone, "index-tidy")


def _is_left_to_worker(work: str) -> bool:
    """Whether a worker process does it; one that was asked a moment ago is not asked again."""
    index, now = _index(), time.monotonic()
    if index.ask_worker is None:
        return False
    if now - index.asked_at.get(work, -ASK_AGAIN) < ASK_AGAIN:
        return True
    index.asked_at[work] = now  # before asking: the commit of the question looks at the index as well
    if index.ask_worker(work):
        return True
    del index.asked_at[work]
    return False


def _begin(work: Callable[[], None], name: str) -> None:
    """Do it in a thread beside the requests."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_do_in_context, args=(app, work), name=name, daemon=True).start()


def _do_in_context(app: Flask, work: Callable[[], None]) -> None:
    with app.app_context():
        work()


def tidy_alone() -> None:
    """Put small segments together unless somebody is writing, and give back what is open."""
    with suppress(IndexBusy, IndexUnusable):
        store().tidy()
        store().close()


def rebuild_alone(even_if_usable: bool = False) -> None:
    """Rebuild unless another thread or process is at it."""
    with _alone("rebuilding") as is_ours:
        if is_ours and (even_if_usable or not store().is_usable()):
            count = rebuild()
            log.info("index rebuilt: %s documents", count)
