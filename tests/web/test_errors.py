"""Error pages: they come in every trouble, say what to do, and give back what was typed."""

import pytest
from sqlalchemy.exc import OperationalError

from hub.accounts import sessions


@pytest.fixture
def answering(app, monkeypatch):
    """Errors become pages, as on the real server."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return app


def test_database_that_does_not_answer_gives_a_page(answering, make, sign_in, monkeypatch):
    person = sign_in(make.user())

    def fail(*_words):
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(sessions, "_find", fail)
    response = person.get("/")
    assert response.status_code == 503
    assert "disk I/O" not in response.get_data(as_text=True)


def test_unexpected_fault_gives_back_what_was_typed(answering, make, sign_in, monkeypatch):
    make.collection()
    person = sign_in(make.user())

    def fail(*_words, **_more):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("hub.entries.service.contributing.submit_entry", fail)
    fields = {"title": "Lange getippt", "text": "Viel Text", "kind": "methode", "collections": "bahnhofsviertel"}
    response = person.post("/entries/new", fields)
    text = response.get_data(as_text=True)
    assert response.status_code == 500
    assert "Lange getippt" in text and "Viel Text" in text
    assert "secret detail" not in text and "csrf_token" not in text.split("Lange getippt")[0][-200:]


def test_missing_page_offers_the_search(answering, make, sign_in):
    response = sign_in(make.user()).get("/nowhere")
    assert response.status_code == 404
    assert 'action="/search"' in response.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/entries/abc", "/collections/%00", "/%ff", "/entries/new%0d%0aX: y"])
def test_odd_addresses_never_break(answering, make, sign_in, path):
    assert sign_in(make.user()).get(path).status_code in (400, 404)
