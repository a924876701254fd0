"""The index on disk: opened per reading thread and generation, changed under one lock, rebuilt beside and swapped.

The folder holds one folder per build and a pointer file that names the one in use; the name carries the version of
schema and lexicon, so an index written by other code is noticed at once. Whoever may read these files may run code
(Whoosh pickles): the folder is private, and an index is never taken over from elsewhere, only rebuilt.
"""

import fcntl
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import index, query
from whoosh.filedb.filestore import FileStorage
from whoosh.writing import SegmentWriter

from hub.indexing import analysis
from hub.indexing.collecting import writer_of
from hub.indexing.document import Change, Document
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.explaining import Explanation, explain
from hub.indexing.filing import MARKER_ID, fields_of, marker_fields
from hub.indexing.merging import merge_all, merge_none, merge_small, size_of_merge
from hub.indexing.planning import make_plan
from hub.indexing.relating import alike, similar, speak_for
from hub.indexing.schema import build_schema, schema_version
from hub.indexing.searching import run
from hub.indexing.suggesting import Suggestions, suggest
from hub.indexing.thesaurus import Concept, Thesaurus
from hub.indexing.view import FactsCache, View
from hub.indexing.wanted import Found, Wanted

query.Or.matcher_type = query.Or.DEFAULT_MATCHER

_log = logging.getLogger(__name__)
_POINTER = "current"
_FOLDER_NAME = re.compile(r"([0-9a-f]{12})-(\d{1,9})")
_LOCK_WAIT_STEP = 0.01
_OLD_FOLDER_SECONDS = 1_800
_LEFTOVER_SECONDS = 86_400
_OPENING_TRIES = 3
_UPDATE_MEGABYTES = 32
_BUILD_MEGABYTES = 48


@dataclass(slots=True, eq=False)
class _Held:
    """An open view, whose process and build it belongs to, and what tells whether there is a newer generation."""

    place: tuple[int, str]
    opened: index.FileIndex
    view: View


class IndexStore:
    """The index of one hub. Safe to share between threads; while a thread reads, its open view is its own.

    A view goes back to the others afterwards, and the next thread takes the one that was used last: as many are open
    as threads have read at once, not as there are threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        self._cache = FactsCache()
        self._thesaurus = Thesaurus()
        self._idle: list[_Held] = []
        self._idle_lock = threading.Lock()
        self._local = threading.local()

    # Reading

    def search(self, wanted: Wanted, thesaurus: Thesaurus | None = None) -> Found:
        """Answer a search, by another thesaurus than the one in use if given; raises IndexUnusable when it cannot."""
        with self._reading() as view:
            return run(view, make_plan(wanted, view, thesaurus or self._thesaurus), wanted)

    def use_thesaurus(self, thesaurus: Thesaurus) -> None:
        """From now on widen searches by this thesaurus; takes effect with the next search, no rebuild."""
        self._thesaurus = thesaurus

    def concepts_named(self, typed: Sequence[str]) -> list[Concept]:
        """The concepts of the thesaurus that these folded words name."""
        found = (number for match in self._thesaurus.matches(typed) for number in match.concepts)
        return [self._thesaurus.concepts[number] for number in dict.fromkeys(found)]

    def similar(self, id_: int, limit: int = 5) -> list[int]:
        """Ids of the documents most like this one, best first; may be fewer or none."""
        with self._reading() as view:
            return similar(view, id_, limit)

    def alike(self, texts: Sequence[tuple[str, float]], limit: int, leave_out: int = 0) -> list[tuple[int, float]]:
        """Ids and scores of the documents most like these weighted texts, best first; ``leave_out`` is never named."""
        with self._reading() as view:
            return alike(view, texts, limit, leave_out)

    def speak_for(self, texts: Sequence[tuple[str, float]], leave_out: int = 0) -> dict[str, float]:
        """For which collections, by address, the words of these texts speak, as log odds."""
        with self._reading() as view:
            return speak_for(view, texts, leave_out)

    def suggest(self, typed: str, most_words: int = 8, most_titles: int = 8) -> Suggestions:
        """Words and titles for what has been typed so far."""
        with self._reading() as view:
            return suggest(view, typed, most_words, most_titles)

    def explain(self, wanted: Wanted, id_: int) -> Explanation | None:
        """Why a document stands where it stands for a search; None when the index does not hold it."""
        with self._reading() as view:
            return explain(view, make_plan(wanted, view, self._thesaurus), id_)

    def marker(self) -> int:
        """Up to which number of the change log the index has been brought."""
        with self._reading() as view:
            return view.marker

    def ids(self) -> set[int]:
        """The ids of all documents in the index."""
        with self._reading() as view:
            return view.ids()

    def check(self, ids: Iterable[int]) -> tuple[set[int], set[int]]:
        """Compare with the truth: ids that are missing here, and ids that should not be here."""
        held, expected = self.ids(), set(ids)
        return expected - held, held - expected

    def generation(self) -> str:
        """Names the state of the index; changes with every commit and rebuild."""
        with self._holding() as held:
            return f"{held.place[1]}:{held.view.generation}"

    def is_usable(self) -> bool:
        """Whether the index is there, readable and written by this version of the code."""
        try:
            with self._reading() as view:
                return view.size >= 0
        except IndexUnusable:
            return False

    @contextmanager
    def _reading(self) -> Iterator[View]:
        with self._holding() as held:
            yield held.view

    @contextmanager
    def _holding(self) -> Iterator[_Held]:
        held = None
        try:
            held = self._take()
            yield held
        except Exception as damage:  # a damaged index fails with every kind of error there is
            if held is not None:
                held.view.close()
            self.close()
            if isinstance(damage, IndexUnusable):
                raise
            raise IndexUnusable(f"{type(damage).__name__}: {damage}") from damage
        self._give_back(held)

    def _take(self) -> _Held:
        """A view of the newest generation for this thread alone."""
        place = (os.getpid(), self._current_name())
        with self._idle_lock:
            last = self._idle.pop() if self._idle else None
        if last is None:
            return self._open(place, None)
        if last.place != place:
            last.view.close()
            return self._open(place, None)
        return last if last.opened.latest_generation() == last.view.generation else self._open(place, last.view)

    def _give_back(self, held: _Held) -> None:
        """For the next thread; those that wait with an older generation are closed."""
        key = held.place, held.view.generation
        with self._idle_lock:
            old = [other for other in self._idle if (other.place, other.view.generation) != key]
            self._idle = [other for other in self._idle if other not in old] + [held]
        for other in old:
            other.view.close()

    def _open(self, place: tuple[int, str], former: View | None) -> _Held:
        """Open the newest generation; a commit at the same moment may take files away, so it is tried again."""
        folder = str(self._folder / place[1])
        for _ in range(_OPENING_TRIES - 1):
            try:
                opened = FileStorage(folder).open_index()
                return _Held(place, opened, View(opened, self._cache, former))
            except Exception:
                time.sleep(_LOCK_WAIT_STEP)
        opened = FileStorage(folder).open_index()
        return _Held(place, opened, View(opened, self._cache, former))

    def close(self) -> None:
        """Give back what is open and not in use; the next search opens it again."""
        with self._idle_lock:
            idle, self._idle = self._idle, []
        for held in idle:
            held.view.close()

    def _current_name(self) -> str:
        try:
            name = (self._folder / _POINTER).read_text().strip()
        except (OSError, UnicodeDecodeError) as missing:
            raise IndexUnusable("There is no index yet.") from missing
        found = _FOLDER_NAME.fullmatch(name)
        if not found:
            raise IndexUnusable("The pointer to the index cannot be read.")
        if found[1] != schema_version():
            raise IndexUnusable("The index is of another version.")
        return name

    # Writing

    @contextmanager
    def locked(self, timeout: float = 2.0) -> Iterator[None]:
        """Hold the one writer's place; a thread may enter again. Raises IndexBusy after `timeout` seconds."""
        if getattr(self._local, "lock_depth", 0):
            yield
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self._folder / "lock", "ab") as lock:
            _wait_for(lock.fileno(), timeout)
            self._local.lock_depth = 1
            try:
                yield
            finally:
                self._local.lock_depth = 0

    def apply(self, changes: Sequence[Change], marker: int, timeout: float = 2.0) -> tuple[int, ...]:
        """Write documents and removals together with the marker in one commit; the last change of an id counts.

        Gives the ids of documents that could not be read (and are logged): they leave the index, the rest stays whole.
        """
        prepared, failed = _prepare(changes)
        with self.locked(timeout), self._changing() as writer:
            with self._reading() as view:
                places = [place for name in (MARKER_ID, *map(str, prepared)) for place in view.places_of(name)]
            for place in places:
                writer.delete_document(place)
            for fields in prepared.values():
                if fields is not None:
                    writer.add_document(**fields)
            writer.add_document(**marker_fields(marker))
            writer.commit(mergetype=merge_none)
        return failed

    def is_scattered(self) -> bool:
        """Whether few changes at a time have left so many segments behind that they should be put together."""
        return self.size_of_merge() > 0

    def size_of_merge(self) -> int:
        """How many documents ``tidy`` would put together now."""
        with self._reading() as view:
            return size_of_merge([segment.reader.segment() for segment in view.segments])

    def tidy(self, timeout: float = 0.0) -> None:
        """Put small segments together if there are many; when somebody is writing, they will do so later."""
        with self.locked(timeout), self._changing() as writer:
            writer.commit(mergetype=merge_small)

    def merge(self, timeout: float = 2.0) -> None:
        """Merge all segments and drop what was deleted; long work for a worker, never for a request."""
        with self.locked(timeout), self._changing() as writer:
            writer.commit(mergetype=merge_all)
        self._remove_leftovers()

    def rebuild(
        self, documents: Iterable[Document], marker: int, progress: Callable[[int], None] | None = None
    ) -> None:
        """Build a new index beside the one in use and swap it in; reading and writing go on meanwhile.

        The documents must be the state at `marker`; what was logged since is caught up after the swap.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{schema_version()}-{self._next_number()}"
        target = self._folder / name
        target.mkdir(mode=0o700)
        try:
            _build(target, documents, marker, progress)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
        with self.locked(timeout=60):
            waiting = self._folder / f"{_POINTER}.{os.getpid()}"
            waiting.write_text(name)
            os.replace(waiting, self._folder / _POINTER)
        self._remove_old(keep=name)

    @contextmanager
    def _changing(self) -> Iterator[SegmentWriter]:
        """A writer; whatever fails in between leaves the index as it was."""
        writer = None
        try:
            folder = self._folder / self._current_name()
            writer = writer_of(FileStorage(str(folder)).open_index(), folder, _UPDATE_MEGABYTES, timeout=0)
            yield writer
        except index.LockError as busy:
            raise IndexBusy from busy
        except IndexUnusable:
            raise
        except Exception as damage:  # as for reading
            raise IndexUnusable(f"{type(damage).__name__}: {damage}") from damage
        finally:
            if writer is not None and not writer.is_closed:
                writer.cancel()

    def _next_number(self) -> int:
        numbers = [int(found[2]) for path in self._folder.iterdir() if (found := _FOLDER_NAME.fullmatch(path.name))]
        return max(numbers, default=0) + 1

    def _remove_old(self, keep: str) -> None:
        """Drop former builds, after a while in which slower readers and another build may finish."""
        for path in self._folder.iterdir():
            is_old = _FOLDER_NAME.fullmatch(path.name) and path.name != keep
            if is_old and _is_older(path, _OLD_FOLDER_SECONDS):
                shutil.rmtree(path, ignore_errors=True)

    def _remove_leftovers(self) -> None:
        """Drop half-written tables of contents that a killed process left behind; Whoosh never does."""
        for path in (self._folder / self._current_name()).glob("*.toc.*"):
            if _is_older(path, _LEFTOVER_SECONDS):
                path.unlink(missing_ok=True)


def _is_older(path: Path, seconds: float) -> bool:
    return time.time() - path.stat().st_mtime > seconds


def _prepare(changes: Iterable[Change]) -> tuple[dict[int, dict[str, Any] | None], tuple[int, ...]]:
    prepared: dict[int, dict[str, Any] | None] = {}
    failed = []
    for id_, change in {change.id: change for change in changes}.items():
        prepared[id_] = None
        if isinstance(change, Document):
            try:
                prepared[id_] = fields_of(change)
            except Exception:
                _log.exception("Document %s could not be read for the index.", id_)
                failed.append(id_)
    return prepared, tuple(failed)


def _wait_for(descriptor: int, timeout: float) -> None:
    until = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise IndexBusy from None
            time.sleep(_LOCK_WAIT_STEP)
        else:
            return


def _build(target: Path, documents: Iterable[Document], marker: int, progress: Callable[[int], None] | None) -> None:
    opened = FileStorage(str(target)).create_index(build_schema())
    writer = writer_of(opened, target, _BUILD_MEGABYTES)
    analysis.remember_many()
    try:
        for count, document in enumerate(documents, 1):
            for fields in _prepare([document])[0].values():
                if fields is not None:
                    writer.add_document(**fields)
            if progress is not None:
                progress(count)
        writer.add_document(**marker_fields(marker))
        writer.commit()
    finally:
        if not writer.is_closed:
            writer.cancel()
        analysis.forget()
