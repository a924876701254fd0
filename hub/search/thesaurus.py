"""The thesaurus that comes with the hub, read from its table."""

import csv
from functools import cache
from pathlib import Path

from hub.indexing.thesaurus import Concept, Thesaurus

TABLE = Path(__file__).parent / "data" / "thesaurus.csv"


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
    """The thesaurus as delivered."""
    return Thesaurus.of(read_table())


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split(";") if part.strip())
