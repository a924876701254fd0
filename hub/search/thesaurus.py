"""The thesaurus that comes with the hub, and the one the office made of it, handed to the search."""

import csv
from functools import cache
from pathlib import Path
from threading import Lock

from flask import current_app

from hub.indexing.service import store
from hub.indexing.store import IndexStore
from hub.indexing.thesaurus import Concept, Thesaurus
from hub.search.concepts import as_thesaurus
from hub.search.thesaurus_queries import current_version, load_concepts

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

    Costs one small query. A request that still reads older tables leaves the newer thesaurus in place.
    """
    version, index = current_version(), store()
    held = _held_version(index)
    if held is not None and held >= version:
        return held
    with _lock:
        index.use_thesaurus(as_thesaurus(load_concepts()) if version else load_default())
        current_app.extensions[EXTENSION] = (index, version)
    return version


def _held_version(index: IndexStore) -> int | None:
    """The version this index store was given, if any."""
    holder, version = current_app.extensions.get(EXTENSION, (None, 0))
    return version if holder is index else None


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split(";") if part.strip())
