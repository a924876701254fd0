"""What the registrar of a DOI answers, over a local server, through the guarded door."""

import json

import pytest

from hub.fetching import citations, queries, safe_fetch, service

PAPER = {
    "type": "article-journal",
    "title": "Angsträume &amp; <i>Licht</i>",
    "container-title": "Zeitschrift für Stadtforschung",
    "publisher": "Verlag",
    "author": [{"given": "Anna", "family": "Beispiel"}, {"literal": "Amt für Statistik"}, "kaputt"],
    "issued": {"date-parts": [[2021, 5, 17]]},
    "volume": "12",
    "issue": 3,
    "page": "45-67",
    "DOI": "10.1000/Raum",
    "ISSN": ["1234-5678"],
    "language": "de",
    "abstract": "<jats:p>Abstract Was Licht bewirkt.</jats:p>",
}


@pytest.fixture
def registrar(app, outside, monkeypatch):
    """A server that stands for doi.org."""
    monkeypatch.setitem(app.config, "DOI_RESOLVER", f"{outside.url}/doi/")
    monkeypatch.setitem(app.config, "FETCH_ALLOWED", {("127.0.0.1", outside.port)})
    return outside


def test_registrar_is_asked_for_citation_data(registrar):
    registrar.page("/api/raum", json.dumps(PAPER), safe_fetch.CITATION_TYPE)
    registrar.redirect("/doi/10.1000/raum", "/api/raum")
    reason, facts, text = service.look_at(f"{registrar.url}/doi/10.1000/raum")
    assert (reason, text) == ("", "")
    assert all(f"Accept: {safe_fetch.CITATION_FIRST}" in request for request in registrar.requests)
    assert facts is not None and service._values_of(facts) == {
        "title": "Angsträume & Licht", "summary": "Was Licht bewirkt.", "publisher": "Verlag", "year": "2021",
        "day": "2021-05-17", "language": "de", "kind": "fachartikel", "detail_doi": "10.1000/raum",
        "detail_authors": "Anna Beispiel\nAmt für Statistik", "detail_journal": "Zeitschrift für Stadtforschung",
        "detail_volume": "12", "detail_issue": "3", "detail_pages": "45–67", "detail_isbn": "1234-5678",
    }  # fmt: skip


def test_landing_page_speaks_where_the_registrar_sends_a_reader(registrar):
    tags = {
        "citation_title": "Räume", "citation_journal_title": "Zeitschrift", "citation_author": "Anna Beispiel",
        "citation_doi": "10.1000/raum", "citation_volume": "4", "citation_issue": "2", "citation_firstpage": "7",
        "citation_lastpage": "9", "citation_issn": "1234-5678", "citation_publication_date": "2019/02/01",
    }  # fmt: skip
    head = "".join(f'<meta name="{name}" content="{value}">' for name, value in tags.items())
    registrar.page("/doi/10.1000/raum", f"<html><head>{head}</head><body><h1>Räume</h1></body></html>")
    _reason, facts, _text = service.look_at(f"{registrar.url}/doi/10.1000/raum")
    values = service._values_of(facts or {})
    assert [values[f"detail_{name}"] for name in ("volume", "issue", "pages", "isbn", "journal")] == [
        "4", "2", "7–9", "1234-5678", "Zeitschrift",
    ]  # fmt: skip


def test_unknown_doi_is_not_found(registrar):
    assert service.look_at(f"{registrar.url}/doi/10.1000/weg")[0] == "status_404"


def test_other_pages_are_asked_as_ever(registrar):
    registrar.page("/seite", "<title>Eine Seite</title>")
    service.look_at(f"{registrar.url}/seite")
    assert safe_fetch.CITATION_TYPE not in registrar.requests[0]


@pytest.mark.parametrize(
    "content",
    [b"", b"kein json", b"[]", b"null", b'{"title": ""}', b'{"title": {}}', b'{"title": []}', b'{"title": true}',
     b"[" * 100_000, b'{"title": "\xff"}'],
)  # fmt: skip
def test_odd_answers_are_no_citation(content):
    assert citations.read(content) is None


@pytest.mark.parametrize(
    "odd",
    [{"issued": {"date-parts": [[2021, 13, 45]]}}, {"issued": {"date-parts": [["x"]]}}, {"issued": {"date-parts": []}},
     {"issued": 7}, {"author": {"given": "x"}}, {"author": [{"family": {"x": 1}}]}, {"volume": {"x": 1}},
     {"page": [[]]}, {"DOI": 17}, {"issued": {"date-parts": [[10**30, 1, 1]]}}, {"abstract": ["x", "y"]},
     {"issued": {"date-parts": [[None]]}}, {"language": ["de", "en"]}],
)  # fmt: skip
def test_odd_parts_are_passed_over(odd):
    facts = citations.read(json.dumps({**PAPER, **odd}).encode())
    assert facts is not None and facts["title"] == "Angsträume & Licht"


def test_form_fills_itself_through_worker_and_door(registrar, make, sign_in, monkeypatch):
    def read_at_once(url: str, seconds: float = 8.0):
        service.fetch_page({"page_id": queries.find_page(url).id})
        return queries.find_page(url)

    monkeypatch.setattr(queries, "wait_for_page", read_at_once)
    registrar.page("/doi/10.1000/raum", json.dumps(PAPER), safe_fetch.CITATION_TYPE)
    make.collection()
    sent = {"fill": "doi", "detail_doi": "DOI: 10.1000/Raum", "kind": "fachartikel", "detail_issue": "7"}
    page = sign_in(make.user()).post("/entries/new", sent).get_data(as_text=True)
    for value in ("Angsträume &amp; Licht", "Zeitschrift für Stadtforschung", "12", "45–67", "10.1000/raum"):
        assert f'value="{value}"' in page
    assert 'name="detail_issue" type="text" value="7"' in page, "what was typed stays"
    assert 'value="https://doi.org/10.1000/raum"' in page
