"""The generator of entries and queries."""

import json
from pathlib import Path

from bench import corpus
from hub.entries.service.importing import read_line


def test_a_small_set_is_the_beginning_of_a_large_one() -> None:
    assert list(corpus.entries(5)) == list(corpus.entries(50))[:5]


def test_long_texts_change_nothing_else() -> None:
    without = list(corpus.entries(40))
    with_bodies = list(corpus.entries(40, with_bodies=True))
    bodies = [entry.pop("body", None) for entry in with_bodies]
    assert with_bodies == without
    assert 3 <= sum(body is not None for body in bodies) <= 15
    assert all(2_000 <= len(body.split()) <= 10_000 for body in bodies if body)


def test_entries_can_be_imported() -> None:
    for number, entry in enumerate(corpus.entries(20, with_bodies=True), 1):
        assert read_line(number, json.dumps(entry)) is not None


def test_entries_look_like_ours() -> None:
    entries = list(corpus.entries(50))
    assert all(70 <= len(entry["summary"].split()) <= 90 for entry in entries)
    assert 6 <= sum(len(entry["title"].split()) for entry in entries) / 50 <= 10
    assert len({entry["collection"] for entry in entries}) == 8


def test_files_are_read_as_they_were_written(tmp_path: Path) -> None:
    entries = list(corpus.entries(3))
    corpus.write(tmp_path / "entries.jsonl", entries)
    assert list(corpus.read(tmp_path / "entries.jsonl")) == entries


def test_queries_know_how_many_entries_hold_all_their_words() -> None:
    entries = list(corpus.entries(300))
    queries = corpus.queries(entries)
    assert len(queries) == 20
    for query in queries:
        holders = [e for e in entries if corpus.folded(query.text.split()) <= corpus.folded(corpus.words_of(e))]
        assert query.hits == len(holders)
    assert queries[-1].hits == 0
    assert all(query.hits for query in queries[:-1])


def test_no_search_of_the_pool_is_asked_twice() -> None:
    texts = corpus.pool(list(corpus.entries(1000)), 2000)
    assert len(set(texts)) == 2000


def test_an_added_entry_carries_a_word_that_stands_nowhere_else() -> None:
    additions = list(corpus.additions(20))
    words = set().union(*(corpus.words_of(entry) for entry in corpus.entries(200)))
    assert len({token for token, _ in additions}) == 20
    assert all(token in entry["title"] and token.lower() not in words for token, entry in additions)
