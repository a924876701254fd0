"""Pages are read by members and changed by the office."""

import re

import pytest

from hub.core.errors import Conflict, NotAllowed, Refused
from hub.pages import queries, service

SLUGS = tuple(queries.TITLES)


@pytest.fixture
def office(make, sign_in):
    """An editor in the browser."""
    return sign_in(make.user(role="editor"))


def words(response) -> str:
    """What a reader sees, spaces collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def mark(slug: str = "hilfe", language: str = "de") -> str:
    """What stands for the present text."""
    return queries.get_page(slug, language).mark


@pytest.mark.parametrize("slug", SLUGS)
def test_members_read_every_page(make, sign_in, app, slug):
    page = words(sign_in(make.user()).get(f"/pages/{slug}"))
    assert app.config["TITLE"] in page
    assert "{{" not in page


def test_strangers_are_sent_to_sign_in(visitor):
    assert visitor.get("/pages/hilfe").status_code == 303


def test_unknown_page_or_language_is_not_found(office):
    assert office.get("/pages/nirgendwo").status_code == 404
    assert office.get("/pages/hilfe/edit?language=xx").status_code == 404
    assert office.get("/pages/..%2Fmodels/edit").status_code == 404


def test_page_is_shown_in_the_language_of_the_reader(make, sign_in):
    person = sign_in(make.user())
    german = words(person.get("/pages/hilfe"))
    person.client.set_cookie("hub_language", "en")
    assert words(person.get("/pages/hilfe")) != german


def test_names_are_put_in_as_plain_text(app, monkeypatch):
    monkeypatch.setitem(app.config, "TITLE", "*Netz* [x](https://x.example) <b>")
    html = str(queries.rendered("# {{title}}\n\nSie lesen {{title}}."))
    assert html.count("*Netz* [x](https://x.example) &lt;b&gt;") == 2
    assert "<a" not in html
    assert "<em>" not in html


def test_name_that_ends_with_a_full_stop_ends_the_sentence(app, monkeypatch):
    monkeypatch.setitem(app.config, "OPERATOR", "Verein e. V.")
    html = str(queries.rendered("Das ist {{operator}}. Hier {{operator}} weiter."))
    assert html.strip() == "<p>Das ist Verein e. V. Hier Verein e. V. weiter.</p>"


def test_only_the_office_edits(make, sign_in, member):
    person = sign_in(make.user())
    assert person.get("/pages").status_code == 403
    assert person.get("/pages/hilfe/edit").status_code == 403
    assert "Text bearbeiten" not in words(person.get("/pages/hilfe"))
    with pytest.raises(NotAllowed):
        service.change_text(member, "hilfe", "de", "Meins", mark())


def test_saved_text_is_read_by_all_in_that_language_only(office, make, sign_in):
    response = office.post("/pages/hilfe/edit?language=de", {"body": "## Neu\n\nAlles neu.", "mark": mark()})
    assert (response.status_code, response.headers["Location"]) == (303, "/pages/hilfe/edit?language=de")
    assert "Alles neu." in words(sign_in(make.user()).get("/pages/hilfe"))
    assert queries.get_page("hilfe", "en").changed_at is None
    assert "geändert heute" in words(office.get("/pages"))


def test_preview_shows_the_result_and_saves_nothing(office):
    response = office.post("/pages/hilfe/edit", {"body": "Nur **probiert**.", "mark": mark(), "do": "preview"})
    assert response.status_code == 200
    assert "Nur <strong>probiert</strong>." in response.get_data(as_text=True)
    assert queries.get_page("hilfe", "de").changed_at is None


def test_markup_of_others_does_not_reach_the_page(office):
    office.post("/pages/hilfe/edit", {"body": "<script>alert(1)</script> [a](javascript:alert(1))", "mark": mark()})
    html = office.get("/pages/hilfe").get_data(as_text=True)
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize("body", ["", "   ", "x" * 100_001])
def test_empty_and_endless_texts_are_refused(office, body):
    response = office.post("/pages/hilfe/edit", {"body": body, "mark": mark()})
    assert response.status_code == 422
    assert queries.get_page("hilfe", "de").changed_at is None


def test_stale_text_shows_both_and_can_be_saved_then(office, editor):
    old = mark()
    service.change_text(editor, "hilfe", "de", "Von anderen.", old)
    response = office.post("/pages/hilfe/edit?language=de", {"body": "Von mir.", "mark": old})
    assert response.status_code == 409
    assert "Von anderen." in words(response)
    assert "Von mir." in words(response)
    assert queries.get_page("hilfe", "de").body == "Von anderen."
    fresh = re.search(r'name="mark"[^>]*value="(\w+)"', response.get_data(as_text=True))
    assert office.post("/pages/hilfe/edit?language=de", {"body": "Von mir.", "mark": fresh[1]}).status_code == 303
    assert queries.get_page("hilfe", "de").body == "Von mir."


def test_original_text_can_be_brought_back(office, editor):
    original = queries.get_page("hilfe", "de").body
    service.change_text(editor, "hilfe", "de", "Anders.", mark())
    assert "Ursprünglichen Text wiederherstellen" in words(office.get("/pages/hilfe/edit"))
    assert office.post("/pages/hilfe/restore?language=de", {"mark": mark()}).status_code == 303
    page = queries.get_page("hilfe", "de")
    assert (page.body, page.changed_at) == (original, None)


def test_bringing_back_needs_the_present_text_too(editor):
    old = mark()
    service.change_text(editor, "hilfe", "de", "Anders.", old)
    with pytest.raises(Conflict):
        service.restore_text(editor, "hilfe", "de", old)


def test_saving_the_original_again_counts_as_unchanged(editor):
    original = queries.get_page("hilfe", "de").body
    service.change_text(editor, "hilfe", "de", "Anders.", mark())
    service.change_text(editor, "hilfe", "de", original, mark())
    assert queries.get_page("hilfe", "de").changed_at is None


def test_service_refuses_an_empty_text(editor):
    with pytest.raises(Refused):
        service.change_text(editor, "hilfe", "de", " \n ", mark())


def test_legal_texts_are_at_hand_for_the_sign_in_page(app):
    with app.test_request_context():
        pages = queries.find_legal_pages("de")
    assert [page.slug for page in pages] == ["impressum", "datenschutz"]
    assert "30159 Hannover" in str(pages[0].html)


def test_all_texts_are_listed_for_the_office(office):
    page = words(office.get("/pages"))
    assert page.count("wie mitgeliefert") == 2 * len(SLUGS)
