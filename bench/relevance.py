"""``python -m bench.relevance``: does the search find what people mean? Scored beside two plain engines.

The test collection is no part of the hub: RELEVANCE names its folder (with score.py and dev/ in it). The hub is asked
through its own commands, in an empty instance that is thrown away afterwards.
"""

import importlib.util
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HITS = 50
FIELDS = ("title", "tags", "summary", "body")
FIGURES = ("ndcg@10", "success@1", "recall@50")
Run = dict[str, list[str]]
Rows = list[dict[str, Any]]


def main() -> int:
    """Print the figures of the hub and of the baselines, overall and per phenomenon."""
    folder = Path(os.environ.get("RELEVANCE") or ROOT.parent / "shared" / "relevance")
    data = folder / "dev"
    missing = [
        path for path in (folder / "score.py", data / "entries.jsonl", data / "queries.jsonl") if not path.exists()
    ]
    if missing:
        print(
            f"Die Prüfsammlung fehlt: {missing[0].name} ist nicht in {folder}. "
            "Bitte nennen Sie ihren Ordner: make relevance RELEVANCE=/pfad/zum/ordner"
        )
        return 1
    scorer = load_scorer(folder / "score.py")
    entries, queries = read_lines(data / "entries.jsonl"), read_lines(data / "queries.jsonl")
    qrels = scorer.read_qrels(data / "qrels.tsv")
    runs = {"Hub": ask_hub(data), "FTS5": ask_fts(entries, queries), "Whoosh": ask_whoosh(entries, queries)}
    print(table({name: scorer.evaluate(queries, qrels, run) for name, run in runs.items()}))
    return 0


def load_scorer(path: Path) -> ModuleType:
    """The collection's own scorer, so that figures can be compared with others'."""
    spec = importlib.util.spec_from_file_location("relevance_score", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_lines(path: Path) -> Rows:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ask_hub(data: Path) -> Run:
    """The hub's answers, through `entries import` and `search run`."""
    with tempfile.TemporaryDirectory(prefix="hub-relevance-") as instance:
        flask(instance, "hub", "prepare")
        flask(instance, "entries", "import", "--create-missing", str(data / "entries.jsonl"))
        lines = flask(instance, "search", "run", str(data / "queries.jsonl"), "--limit", str(HITS)).splitlines()
    run: Run = {}
    for line in lines:
        query, _rank, entry, _score = line.split("\t")
        run.setdefault(query, []).append(entry)
    return run


def flask(instance: str, *words: str) -> str:
    """What a command of the hub prints, in an instance of its own without examples."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment |= {"HUB_INSTANCE": instance, "HUB_EXAMPLES": "0"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words[:2])} ist fehlgeschlagen: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


def text_of(entry: dict[str, Any], field: str) -> str:
    """One field of an entry as text."""
    value = entry.get(field) or ""
    return " ".join(value) if isinstance(value, list) else str(value)


def ask_fts(entries: Rows, queries: Rows) -> Run:
    """SQLite FTS5 as it comes: any of the words, best first."""
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table f using fts5(id unindexed, title, tags, summary, body)")
    rows = [(entry["id"], *(text_of(entry, field) for field in FIELDS)) for entry in entries]
    base.executemany("insert into f values (?, ?, ?, ?, ?)", rows)
    run: Run = {}
    for query in queries:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query["query"]))
        statement = "select id from f where f match ? order by bm25(f, 0, 4, 3, 2, 1) limit ?"
        run[query["id"]] = [row[0] for row in base.execute(statement, (words, HITS))] if words else []
    base.close()
    return run


def ask_whoosh(entries: Rows, queries: Rows) -> Run:
    """Whoosh with its own German analyser and parser: any of the words, best first."""
    from whoosh import fields, qparser
    from whoosh.analysis import LanguageAnalyzer
    from whoosh.filedb.filestore import RamStorage

    german = LanguageAnalyzer("de")
    texts = {field: fields.TEXT(analyzer=german, field_boost=4.0 - number) for number, field in enumerate(FIELDS)}
    index = RamStorage().create_index(fields.Schema(id=fields.ID(stored=True), **texts))
    writer = index.writer()
    for entry in entries:
        writer.add_document(id=entry["id"], **{field: text_of(entry, field) for field in FIELDS})
    writer.commit()
    parser = qparser.MultifieldParser(FIELDS, index.schema, group=qparser.OrGroup)
    with index.searcher() as searcher:
        return {
            query["id"]: [hit["id"] for hit in searcher.search(parser.parse(query["query"]), limit=HITS)]
            for query in queries
        }


def table(reports: dict[str, dict[str, Any]]) -> str:
    """Overall figures, then nDCG@10 per phenomenon, one column per engine."""
    lines = [f"{'':20}{'n':>5}" + "".join(f"{name:>9}" for name in reports)]
    first = next(iter(reports.values()))
    for figure in FIGURES:
        lines.append(f"{figure:20}{first['overall']['answerable']:>5}" + cells(reports, "overall", figure))
    lines.append(f"{'ohne Treffer':20}{'':>5}" + cells(reports, "overall", "zero_result_share"))
    shown = "".join(f"{report['overall']['no_answer']['mean_results']:>9.1f}" for report in reports.values())
    lines += [f"{'zu viel gezeigt':20}{first['overall']['no_answer']['queries']:>5}{shown}", "", "nDCG@10"]
    for name, summary in first["phenomena"].items():
        if summary["answerable"]:
            lines.append(f"{name:20}{summary['answerable']:>5}" + cells(reports, name, FIGURES[0]))
    return "\n".join(lines)


def cells(reports: dict[str, dict[str, Any]], part: str, figure: str) -> str:
    """One figure of each engine."""
    summaries = [report["overall"] if part == "overall" else report["phenomena"][part] for report in reports.values()]
    return "".join(f"{summary[figure]:>9.3f}" for summary in summaries)


if __name__ == "__main__":
    sys.exit(main())
