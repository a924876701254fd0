"""Proposals for the form: from what a worker has read, bounded in time and number."""

from hub.core.unit_of_work import unit_of_work
from hub.fetching import queries, service
from hub.fetching.metadata import Facts
from hub.fetching.models import PageState


def answer(monkeypatch, **values):
    """A worker that answers at once."""

    def read(url, seconds=8.0):
        with unit_of_work():
            page = queries.find_page(url)
            for name, value in values.items():
                setattr(page, name, value)
        return page

    monkeypatch.setattr(queries, "wait_for_page", read)


def test_read_page_fills_the_form(member, monkeypatch):
    facts = Facts(title="Bilanz", description="Kurz.", publisher="Amt", year=2024, language="de", kind="dokument")
    answer(monkeypatch, state=PageState.READ, facts=facts.as_json())
    values, sentence, *_more = service.propose(member, "https://example.org/bilanz")
    assert values == {
        "title": "Bilanz", "summary": "Kurz.", "publisher": "Amt", "year": "2024", "language": "de", "kind": "dokument",
    }  # fmt: skip
    assert sentence == ""


def test_page_that_cannot_be_read_says_why(member, monkeypatch):
    answer(monkeypatch, state=PageState.FAILED, reason="status_404")
    values, sentence, *_more = service.propose(member, "https://example.org/weg")
    assert values == {} and "gibt es dort nicht" in sentence


def test_what_is_no_link_says_so(member):
    values, sentence, *_more = service.propose(member, "kein link")
    assert values == {} and sentence


def test_only_a_few_requests_wait_at_once(member, monkeypatch):
    answer(monkeypatch, state=PageState.FAILED, reason="timeout")
    for _ in range(service.MOST_WAITING):
        assert service._waiting.acquire(blocking=False)
    try:
        values, sentence, *_more = service.propose(member, "https://example.org/langsam")
    finally:
        for _ in range(service.MOST_WAITING):
            service._waiting.release()
    assert values == {} and "dauert noch" in sentence
