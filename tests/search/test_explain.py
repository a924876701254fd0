"""The office asks why an entry stands where it stands."""

import re
from urllib.parse import urlencode

import pytest


@pytest.fixture
def office(make, sign_in):
    """An editor in the browser."""
    return sign_in(make.user(role="editor"))


@pytest.fixture
def lit(make):
    """An entry about light, and others around it."""
    make.entry(title="Anderes", text="Ein Wort über Straßenbeleuchtung.")
    return make.entry(title="Beleuchtung am Bahnhof", tags=("Licht",), body="Laternen und Beleuchtung.")


def page_of(person, **values: object) -> str:
    """What a reader sees of the page, spaces collapsed."""
    answer = person.get(f"/search/explain?{urlencode(values)}")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_hit_is_explained_by_words_weights_and_places(office, lit):
    page = page_of(office, q="Beleuchtung", entry=lit.id)
    assert "Platz 1 von 2 mit" in page
    assert "das Wort selbst" in page
    assert re.search(r"Titel \d,\d\d Beleuchtung", page)
    assert re.search(r"Inhalt der Dateien 0,\d\d Laternen , Beleuchtung", page)
    assert "Abgedeckt 100 % der Suche" in page


def test_entry_that_is_no_hit_is_explained_too(office, lit):
    page = page_of(office, q="Hochwasser", entry=lit.id)
    assert "nicht unter den Treffern" in page
    assert "kommt nicht vor" in page
    assert "wird nicht gezeigt" in page_of(office, q="Bahnhof -Beleuchtung", entry=lit.id)


def test_hits_carry_the_link_for_the_office_only(office, lit, make, sign_in):
    link = f'href="/search/explain?q=100%25+Beleuchtung&amp;entry={lit.id}"'
    assert link in office.get("/search?q=100%25+Beleuchtung").get_data(as_text=True)
    assert "/search/explain" not in sign_in(make.user()).get("/search?q=100%25+Beleuchtung").get_data(as_text=True)


@pytest.mark.parametrize("entry", ["abc", "-1", "99999999999", "²"])
def test_odd_numbers_are_answered_in_words(office, lit, entry):
    assert "besteht nur aus Ziffern" in page_of(office, q="Licht", entry=entry)


def test_entry_that_is_not_in_the_search_is_said(office, make):
    waiting = make.entry(title="Wartet noch", status="submitted")
    make.entry()
    assert "Diesen Eintrag gibt es in der Suche nicht" in page_of(office, q="Wartet", entry=waiting.id)
    assert "Diesen Eintrag gibt es in der Suche nicht" in page_of(office, q="Wartet", entry=12345)


def test_page_tells_how_the_order_comes_about(office):
    page = page_of(office)
    assert "Seltene Wörter zählen mehr als häufige" in page
    assert re.search(r"Schlagwörter \d,\d\d", page)


def test_command_prints_the_same(app, lit):
    done = app.test_cli_runner().invoke(args=["search", "explain", "Beleuchtung", str(lit.id)])
    assert done.exit_code == 0
    assert done.output.startswith("Beleuchtung am Bahnhof: Platz 1 von 2")
    assert re.search(r"Titel \(Gewicht [\d.]+\): Beleuchtung", done.output)
    missing = app.test_cli_runner().invoke(args=["search", "explain", "Beleuchtung", "4711"])
    assert (missing.exit_code, "gibt es in der Suche nicht" in missing.output) == (1, True)
