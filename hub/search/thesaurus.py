"""The thesaurus that comes with the hub, and the one the office made of it, handed to the search."""

import csv
from functools import cache
from pathlib import Path
from threading import Lock

from flask import current_app, g, has_request_context, request

from hub.indexing.generation import remember
from hub.indexing.service import store
from hub.indexing.store import IndexStore
from hub.indexing.thesaurus import Concept, Thesaurus
from hub.search.concepts import as_thesaurus
from hub.search.thesaurus_queries import current_version, current_versions, load_concepts

TABLE = Path(__file__).parent / "data" / "thesaurus.csv"
EXTENSION = "hub_thesaurus"
_lock = Lock()


def read_table(path: Path = TABLE) -> list[Concept]:
    """The concepts of a table with the columns id, de, en, fr, broader, related; the first label is the preferred."""
    with path.open(encoding="utf-8", newline="") as table:
        return [
            Concept(
                id=row["id"],
                labels={language: labels for language in ("de", "en", "fr") if (labels := _listed(row[language]))},
                broader=_listed(row["broader"]),
                related=_listed(row["related"]),
            )
            for row in csv.DictReader(table, delimiter="|")
        ]


@cache
def load_default() -> Thesaurus:
    """The thesaurus as delivered; it applies while the tables were never filled."""
    return Thesaurus.of(read_table())


def keep_current() -> int:
    """Let the search of this process use what the tables hold now; gives the version that is in use.

    Costs no query of its own in a search. A request that still reads older tables leaves the newer thesaurus in place.
    """
    version, index = _newest_version(), store()
    if _held_version(index) < version:
        with _lock:
            if _held_version(index) < version:
                index.use_thesaurus(as_thesaurus(load_concepts()) if version else load_default())
                current_app.extensions[EXTENSION] = (index, version)
    return _held_version(index)


def _newest_version() -> int:
    """The version in the tables; a request that only reads asks once, for the newest change at the same time."""
    if not has_request_context() or request.method != "GET":
        return current_version()
    if "thesaurus_version" not in g:
        number, g.thesaurus_version = current_versions()
        remember(number)
    return int(g.thesaurus_version)


def _held_version(index: IndexStore) -> int:
    """The version this index store was given; -1 for none."""
    holder, version = current_app.extensions.get(EXTENSION, (None, -1))
    return version if holder is index else -1


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split(";") if part.strip())
