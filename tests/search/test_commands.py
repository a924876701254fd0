"""The commands of the search: formats, exit codes, words."""

import json
import re
import shutil

import pytest

from hub.core.db import db
from hub.indexing import service as indexing
from hub.search.cli import search as commands


@pytest.fixture
def command(app):
    """Runs ``search …`` and gives the result."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(commands, list(words))


@pytest.fixture
def entries(make):
    """Two entries, one imported."""
    return make.entry(title="Licht am Kiosk", identifier="b1"), make.entry(title="Platz am Kiosk")


def test_query_prints_rank_id_identifier_title_score(command, entries):
    result = command("query", "licht kiosk", "--limit", "1")
    assert result.exit_code == 0
    rank, number, identifier, title, score = result.stdout.rstrip("\n").split("\t")
    assert (rank, number, identifier, title) == ("1", str(entries[0].id), "b1", "Licht am Kiosk")
    assert float(score) > 0


def test_query_prints_json(command, entries):
    hits = json.loads(command("query", "kiosk", "--json").stdout)
    assert {hit["id"] for hit in hits} == {entry.id for entry in entries}
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert set(hits[0]) == {"rank", "id", "identifier", "title", "score"}


@pytest.mark.parametrize("text", ["", "***", "\x01", "x" * 10_000])
def test_query_takes_odd_texts(command, entries, text):
    assert command("query", text).exit_code == 0


def test_run_prints_four_columns_per_hit(command, entries, tmp_path):
    file = tmp_path / "queries.jsonl"
    lines = [{"id": "q1", "query": "licht"}, {"id": "q2", "query": "quastenflosser"}, {"id": "q3", "query": "platz"}]
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    result = command("run", str(file), "--limit", "50")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[:3] for row in rows] == [["q1", "1", "b1"], ["q3", "1", str(entries[1].id)]]
    assert all(float(row[3]) > 0 for row in rows)


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', "17"])
def test_run_names_the_line_it_cannot_read(command, entries, tmp_path, line):
    file = tmp_path / "queries.jsonl"
    file.write_text('{"id": "q1", "query": "licht"}\n' + line, encoding="utf-8")
    result = command("run", str(file))
    assert result.exit_code == 1
    assert "Zeile 2" in result.stderr


def test_rebuild_tells_progress_and_number(command, entries):
    result = command("rebuild")
    assert result.exit_code == 0
    assert result.stdout == "2 Einträge im Suchindex.\n"
    assert re.search(r"2 von 2, \d+ je Sekunde, noch 0 s", result.stderr)


def test_check_is_content_when_index_and_tables_agree(command, entries):
    result = command("check")
    assert (result.exit_code, result.stdout) == (0, "Suchindex und Tabellen stimmen überein.\n")


@pytest.mark.index_may_differ
def test_check_names_what_differs(command, entries):
    db.session.execute(db.text("UPDATE entry SET status = 'withdrawn' WHERE identifier = 'b1'"))
    db.session.commit()
    result = command("check")
    assert result.exit_code == 1
    assert f"1 stehen zu viel darin ({entries[0].id})" in result.stderr


def test_check_tells_of_a_missing_index(app, command, entries):
    shutil.rmtree(app.config["INDEX_FOLDER"])
    indexing.store().close()
    result = command("check")
    assert result.exit_code == 1
    assert "flask search rebuild" in result.stderr
    assert command("catch-up").exit_code == 0
    assert command("check").exit_code == 0


def test_catch_up_says_that_nothing_is_left(command, entries):
    result = command("catch-up")
    assert (result.exit_code, result.stdout) == (0, "Der Suchindex ist auf dem neuesten Stand.\n")
