"""The bench of proposals: scores by hand, each entry left out, a missing collection told in words."""

import json
import os

import pytest

from bench import proposals
from bench.proposals import Score, score_naive

ENTRIES = [
    {"id": "a", "title": "Licht am Kiosk", "tags": ["Licht", "Kiosk"], "collection": "nachtleben"},
    {"id": "b", "title": "Kiosk und Licht", "tags": ["Licht"], "collection": "nachtleben"},
    {"id": "c", "title": "Hitze", "tags": ["Klima"], "collections": ["klima", "nachtleben"]},
]


def test_score_counts_collections_and_keywords():
    score = Score()
    score.add(ENTRIES[0], "nachtleben", ["licht", "Dunkel"])
    score.add(ENTRIES[2], "nachtleben", [])
    assert (score.share, score.hits, score.extra, score.missed) == (50.0, 1, 1, 2)
    assert score.f1 == pytest.approx(100 * 2 / 5)


def test_naive_way_takes_the_most_frequent_collection_of_the_others():
    score = score_naive(ENTRIES)
    assert (score.entries, score.right) == (3, 2)
    assert (score.hits, score.extra, score.missed) == (3, 2, 1)


@pytest.mark.slow
def test_each_entry_is_proposed_for_from_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    common = {"kind": "dokument", "organisation": "Stadt Essen", "summary": ""}
    data = tmp_path / "entries.jsonl"
    data.write_text("\n".join(json.dumps({**common, **entry}) for entry in ENTRIES), encoding="utf-8")
    score = proposals.score_hub(data, ENTRIES, tmp_path / "instance")
    assert (score.entries, score.right) == (3, 2)
    assert score.hits == 2


def test_missing_collection_is_told_in_words(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RELEVANCE", str(tmp_path))
    monkeypatch.setattr(proposals, "paste_rows", lambda folder: iter(()))
    assert proposals.main() == 0
    assert "RELEVANCE" in capsys.readouterr().out
