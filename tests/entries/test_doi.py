"""A DOI fills the form from its registrar, or says why not."""

import pytest

from hub.entries import prefill

PAPER = {
    "title": "Räume",
    "detail_authors": "A B",
    "detail_journal": "Zeitschrift",
    "detail_volume": "4",
    "year": "2020",
}


class Registrar:
    def __init__(self, values, sentence=""):
        self.values, self.sentence, self.is_waiting, self.asked = values, sentence, False, []

    def propose(self, _actor, url):
        self.asked.append(url)
        return self


@pytest.fixture
def person(make, sign_in):
    make.collection()
    return sign_in(make.user())


@pytest.mark.parametrize(
    "typed", ["10.1000/182", "doi:10.1000/182", "https://doi.org/10.1000/182", " DOI 10.1000/182."]
)
def test_doi_fills_the_form(person, monkeypatch, typed):
    registrar = Registrar(PAPER)
    monkeypatch.setattr(prefill, "_readers", [registrar])
    page = person.post("/entries/new", {"fill": "doi", "detail_doi": typed, "kind": "fachartikel"}).get_data(
        as_text=True
    )
    assert registrar.asked == ["https://doi.org/10.1000/182"]
    for value in ("Räume", "Zeitschrift", "4", "10.1000/182", "https://doi.org/10.1000/182"):
        assert f'value="{value}"' in page


def test_typed_link_stays(person, monkeypatch):
    monkeypatch.setattr(prefill, "_readers", [Registrar(PAPER)])
    sent = {"fill": "doi", "detail_doi": "10.1000/182", "kind": "fachartikel", "url": "https://example.org/mein"}
    assert 'value="https://example.org/mein"' in person.post("/entries/new", sent).get_data(as_text=True)


@pytest.mark.parametrize("typed", ["", "Zeitschrift 12", "11.1000/182"])
def test_what_is_no_doi_gets_a_sentence(person, typed):
    sent = {"fill": "doi", "detail_doi": typed, "kind": "fachartikel", "title": "Bleibt"}
    page = person.post("/entries/new", sent).get_data(as_text=True)
    assert "Das ist keine DOI." in page and 'value="Bleibt"' in page


def test_unknown_doi_says_so_beside_the_field(person, monkeypatch):
    monkeypatch.setattr(prefill, "_readers", [Registrar({}, "Diese Seite gibt es dort nicht (mehr).")])
    sent = {"fill": "doi", "detail_doi": "10.1000/weg", "kind": "fachartikel", "title": "Bleibt"}
    page = person.post("/entries/new", sent).get_data(as_text=True)
    assert "gibt es dort nicht" in page and 'href="#detail_doi"' in page and 'value="Bleibt"' in page
