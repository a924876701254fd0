"""The same search work in SQLite FTS5: ranked rows with their columns, seven facets counted, marked passages."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from bench.corpus import Entry

ROWS = 20
WEIGHTS = "4.0, 2.0, 3.0, 1.0"
SINGLE_FACETS = ("collection", "kind", "organisation", "year", "language", "file")
_TABLES = """
create table if not exists e(
    id integer primary key, title, summary, tags, body, url, collection, kind, organisation, year, language, file
);
create table if not exists t(entry integer, tag, primary key (entry, tag)) without rowid;
create virtual table if not exists f using fts5(title, summary, tags, body, content='e', content_rowid='id');
"""


class FtsIndex:
    """Entries in one SQLite file with a full-text table over them."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.executescript(_TABLES)

    def load(self, entries: Iterable[Entry]) -> None:
        """Store all the entries; the full-text table is built by ``rebuild``."""
        self._db.execute("begin")
        for number, entry in enumerate(entries, 1):
            self._store(number, entry)
        self._db.execute("commit")

    def rebuild(self) -> None:
        """Build the full-text table from the stored entries."""
        self._db.execute("insert into f(f) values ('rebuild')")

    def add(self, entry: Entry) -> None:
        """One new entry, durable when this returns."""
        self._db.execute("begin immediate")
        number = self._store(None, entry)
        self._db.execute(
            "insert into f(rowid, title, summary, tags, body) "
            "select id, title, summary, tags, body from e where id = ?",
            (number,),
        )
        self._db.execute("commit")

    def search(self, expression: str) -> int:
        """The first rows in order of rank with marked passages, and the counts of every facet; the number of hits."""
        find = self._db.execute
        find("drop table if exists temp.m")
        find("create temp table m as select rowid as id, bm25(f, ?, ?, ?, ?) as rank from f where f match ?",
             (*map(float, WEIGHTS.split(",")), expression))  # fmt: skip
        (total,) = find("select count(*) from m").fetchone()
        find(
            "select e.id, e.title, e.url, e.collection, e.kind, e.organisation, e.year, "
            "snippet(f, -1, '<mark>', '</mark>', '…', 30), highlight(f, 0, '<mark>', '</mark>') "
            "from f join e on e.id = f.rowid "
            "where f match ? and f.rowid in (select id from m order by rank limit ?)",
            (expression, ROWS),
        ).fetchall()
        for facet in SINGLE_FACETS:
            find(f"select {facet}, count(*) from m join e using (id) group by 1 order by 2 desc").fetchall()  # noqa: S608
        find("select tag, count(*) from m join t on t.entry = m.id group by 1 order by 2 desc limit 200").fetchall()
        return int(total)

    def close(self) -> None:
        self._db.close()

    def _store(self, number: int | None, entry: Entry) -> int:
        values = (
            number, entry["title"], entry["summary"], " ".join(entry["tags"]), entry.get("body", ""), entry["url"],
            entry["collection"], entry["kind"], entry["organisation"], entry["year"], "de", None,
        )  # fmt: skip
        row = self._db.execute("insert into e values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values).lastrowid
        tags = [(row, tag) for tag in dict.fromkeys(entry["tags"])]
        self._db.executemany("insert into t values (?, ?)", tags)
        return int(row or 0)
