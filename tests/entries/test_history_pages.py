"""The page of versions: for those concerned, in words, with a button to set back."""

from dataclasses import replace

import pytest

from hub.entries import queries
from hub.entries.models import Kind, Status
from hub.entries.queries.pending import find_pending
from hub.entries.service import contributing
from hub.entries.service.contributing import EntryDetails
from hub.moderation import service as moderation
from tests.support.counting import counted_statements
from tests.support.making import submitted


@pytest.fixture
def owner(make):
    return make.user(organisation="Essen")


@pytest.fixture
def changed(make, owner, editor):
    """A published entry that said other things before, also as a draft."""
    home = make.collection()
    details = EntryDetails(
        title="Schublade", kind=Kind.DOKUMENT, collection_ids=[home.id], text="Zwielicht über dem Platz.", tags=["Alt"]
    )
    person = make.actor(owner)
    entry = submitted(person, details, is_draft=True)
    contributing.revise_entry(person, entry, replace(details, title="Eingereichtes"), entry.version)
    moderation.approve_entry(editor, entry.id)
    entry = queries.get_entry(editor, entry.id)
    contributing.revise_entry(
        editor, entry, replace(details, title="Licht", text="Tageslicht über dem Platz.", tags=["Neu"]), entry.version
    )
    return queries.get_entry(editor, entry.id)


def test_the_page_says_who_changed_what_in_words(make, sign_in, changed):
    page = sign_in(make.user(role="editor")).get(f"/entries/{changed.id}/history").get_data(as_text=True)
    assert '<del><span class="vh">[entfernt: </span>Zwielicht' in page
    assert '<ins><span class="vh">[neu: </span>Tageslicht' in page
    assert "Freigegeben" in page and "Bearbeitet" in page and "Schlagwörter" in page
    assert "Schublade" not in page, "what the draft said belongs to its contributor"


def test_the_contributor_sees_the_draft_and_nobody_else_sees_the_page(make, sign_in, owner, changed):
    path = f"/entries/{changed.id}/history"
    assert "Schublade" in sign_in(owner).get(path).get_data(as_text=True)
    assert sign_in(make.user(role="coordinator", organisation="Essen")).get(path).status_code == 200
    for role, place in (("member", "Essen"), ("member", "Augsburg"), ("coordinator", "Augsburg")):
        other = sign_in(make.user(role=role, organisation=place))
        assert other.get(path).status_code == 404
        assert "Verlauf" not in other.get(f"/entries/{changed.id}").get_data(as_text=True)
        assert f"/entries/{changed.id}" not in other.get("/search?q=Zwielicht").get_data(as_text=True)


def test_any_two_versions_can_be_compared(make, sign_in, changed):
    person = sign_in(make.user(role="editor"))
    page = person.get(f"/entries/{changed.id}/history?old=4&new=2").get_data(as_text=True)
    assert "Eingereichtes" in page and "Fassung 2 und Fassung" in page
    assert person.get(f"/entries/{changed.id}/history?old=1&new=4").status_code == 404
    assert person.get(f"/entries/{changed.id}/history?old=99999999999&new=-1").status_code == 404
    assert person.get(f"/entries/{changed.id}/history?old=x&new=&page=x").status_code == 200


def test_setting_back_by_the_button(make, sign_in, changed):
    person = sign_in(make.user(role="editor"))
    path = f"/entries/{changed.id}/history"
    answer = person.post(f"{path}/2/restore", {"version": changed.version})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    page = person.get(path).get_data(as_text=True)
    assert "steht wieder auf Fassung 2" in page and "Auf eine frühere Fassung zurückgesetzt" in page
    person.post(f"{path}/2/restore", {"version": 1})
    assert "inzwischen geändert" in person.get(path).get_data(as_text=True)
    assert person.post(f"{path}/77/restore", {"version": changed.version}).status_code == 404


def test_a_members_setting_back_follows_the_rule_of_edits(make, sign_in, owner, changed):
    browser = sign_in(owner)
    answer = browser.post(f"/entries/{changed.id}/history/2/restore", {"version": changed.version})
    assert answer.status_code == 303
    entry = queries.get_entry(make.actor(owner), changed.id)
    assert (entry.status, entry.title) == (Status.PUBLISHED, "Licht")
    assert "als Änderung eingereicht" in browser.get(f"/entries/{changed.id}/history").get_data(as_text=True)
    assert find_pending(make.actor(owner), entry).changes["title"] == "Eingereichtes"


def test_an_entry_that_never_changed_has_its_present_version(make, sign_in):
    entry = make.entry()
    page = sign_in(make.user(role="editor")).get(f"/entries/{entry.id}/history")
    assert "Die erste Fassung" in page.get_data(as_text=True)


def test_many_versions_need_no_more_statements(make, sign_in, owner, changed, editor):
    person, page = sign_in(make.user(role="editor")), f"/entries/{changed.id}/history"

    def count() -> int:
        with counted_statements() as sent:
            assert person.get(page).status_code == 200
        return len(sent)

    count()
    few = count()
    details = EntryDetails(title="A", kind=Kind.DOKUMENT, collection_ids=[changed.places[0].collection_id], text="T")
    for number in range(14):
        entry = queries.get_entry(editor, changed.id)
        contributing.revise_entry(editor, entry, replace(details, title=f"Titel {number}"), entry.version)
    assert count() == few <= 12
    assert person.get(f"/entries/{changed.id}/history?page=2").status_code == 200
