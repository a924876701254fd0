"""`make relevance`: a small collection goes through the hub's own commands; a missing one is told in words."""

import json

import pytest

from bench import relevance

SCORER = """
def read_qrels(path):
    return {}

def evaluate(queries, qrels, run):
    found = {query["id"]: run.get(query["id"], []) for query in queries}
    figures = {"ndcg@10": float(found["q1"][:1] == ["a"]), "success@1": 0, "recall@50": 0, "zero_result_share": 0}
    summary = {**figures, "answerable": 1, "no_answer": {"queries": 1, "mean_results": len(found["q2"])}}
    return {"overall": summary, "phenomena": {"keyword": summary}}
"""


@pytest.fixture
def collection(tmp_path, monkeypatch):
    """A test collection of two entries and two queries."""
    data = tmp_path / "dev"
    data.mkdir()
    (tmp_path / "score.py").write_text(SCORER, encoding="utf-8")
    common = {"kind": "dokument", "collection": "nachtleben", "organisation": "Stadt Essen", "summary": "", "tags": []}
    entries = [{"id": "a", "title": "Licht am Kiosk", **common}, {"id": "b", "title": "Etwas anderes", **common}]
    queries = [{"id": "q1", "query": "kiosk"}, {"id": "q2", "query": "quastenflosser"}]
    for name, rows in (("entries", entries), ("queries", queries)):
        (data / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (data / "qrels.tsv").write_text("", encoding="utf-8")
    monkeypatch.setenv("RELEVANCE", str(tmp_path))


@pytest.mark.slow
def test_figures_of_hub_and_baselines_stand_side_by_side(collection, capsys):
    assert relevance.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["n", "Hub", "FTS5", "Whoosh"]
    assert lines[1].split() == ["ndcg@10", "1", "1.000", "1.000", "1.000"]


def test_missing_collection_is_told_in_words(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RELEVANCE", str(tmp_path))
    assert relevance.main() == 1
    assert "RELEVANCE=" in capsys.readouterr().out
