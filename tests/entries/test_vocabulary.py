"""Fixed lists: the office keeps them, entries keep what they carry, a new word reaches entries and search at once."""

import pytest
from sqlalchemy import select

from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation.wording import terms
from hub.entries import queries
from hub.entries.details import every_detail
from hub.entries.models import Entry, EntryRevision, Status, Term
from hub.entries.queries import vocabulary
from hub.entries.service import vocabulary as service
from hub.indexing.wanted import Wanted
from hub.search.queries import find
from hub.undoing.service import undo_action


@pytest.fixture
def lists(app):
    """The lists as a new hub has them."""
    service.load_starting_terms()


def term(label: str, field: str = "setting") -> Term:
    return db.session.scalars(select(Term).where(Term.field == field, Term.label == label)).one()


def details_of(entry: Entry) -> dict[str, object]:
    return db.session.scalar(
        select(Entry.details).where(Entry.id == entry.id).execution_options(populate_existing=True)
    )


def test_every_list_begins_with_terms_and_every_term_has_a_field(lists):
    fields = {detail.name for _kind, detail in every_detail() if detail.has_terms}
    assert set(vocabulary.find_terms()) == fields


def test_starting_terms_leave_a_list_of_the_office_alone(editor):
    service.add_term(editor, "effort", "überschaubar")
    service.load_starting_terms()
    assert vocabulary.find_offered_terms()["effort"] == ["überschaubar"]
    assert "Platz" in vocabulary.find_offered_terms()["setting"]


def test_new_term_stands_at_the_end(editor, lists):
    service.add_term(editor, "effort", "  sehr   hoch ")
    assert vocabulary.find_offered_terms()["effort"] == ["gering", "mittel", "hoch", "sehr hoch"]


@pytest.mark.parametrize("label", ["PLATZ", " Platz "])
def test_term_is_in_a_list_once_regardless_of_case(editor, lists, label):
    with pytest.raises(Refused, match="schon"):
        service.add_term(editor, "setting", label)


@pytest.mark.parametrize("label", ["", "   ", "x" * 121])
def test_term_is_neither_empty_nor_endless(editor, lists, label):
    with pytest.raises(Refused):
        service.add_term(editor, "setting", label)


@pytest.mark.parametrize("field", ["aim", "gibt-es-nicht"])
def test_only_fields_with_a_list_take_terms(editor, lists, field):
    with pytest.raises(Missing):
        service.add_term(editor, field, "Wort")


def test_members_keep_no_lists(member, lists):
    for deed in (service.retire_term, lambda *args: terms.rename_term(*args, "Neu")):
        with pytest.raises(NotAllowed):
            deed(member, "setting", term("Platz").id)


def test_retired_term_is_offered_no_more_and_comes_back_at_the_end(editor, lists):
    number = term("gering", "effort").id
    service.retire_term(editor, "effort", number)
    assert vocabulary.find_offered_terms()["effort"] == ["mittel", "hoch"]
    service.revive_term(editor, "effort", number)
    assert vocabulary.find_offered_terms()["effort"] == ["mittel", "hoch", "gering"]


def test_terms_move_within_their_list(editor, lists):
    service.move_term(editor, "effort", term("hoch", "effort").id, -1)
    assert vocabulary.find_offered_terms()["effort"] == ["gering", "hoch", "mittel"]
    service.move_term(editor, "effort", term("gering", "effort").id, -1)
    assert vocabulary.find_offered_terms()["effort"][0] == "gering"


def test_renamed_term_reaches_entries_and_search_at_once(make, editor, lists):
    one = make.entry(kind="methode", details={"setting": ["Platz", "Nachtviertel"], "effort": "hoch"})
    old = make.entry(kind="methode", details={"setting": "Platz"})
    waiting = make.entry(kind="methode", status="submitted", details={"setting": ["Platz"]})
    other = make.entry(kind="methode", details={"setting": ["Platzangst"]})
    _task, [note] = terms.rename_term(editor, "setting", term("Platz").id, "Uferpromenade")
    assert note.text == "Der Begriff ist umbenannt. 3 Einträge geändert."
    db.session.expire_all()
    assert db.session.get(Entry, one.id).details == {"setting": ["Uferpromenade", "Nachtviertel"], "effort": "hoch"}
    assert db.session.get(Entry, old.id).details == {"setting": "Uferpromenade"}
    assert db.session.get(Entry, waiting.id).details == {"setting": ["Uferpromenade"]}
    assert db.session.get(Entry, other.id).details == {"setting": ["Platzangst"]}
    found = {row.id for row in find(editor, Wanted(text="Uferpromenade")).rows}
    assert found == {one.id, old.id}


def test_renaming_is_part_of_the_history_of_an_entry(make, editor, lists, sign_in):
    entry = make.entry(kind="methode", details={"setting": ["Platz"]})
    terms.rename_term(editor, "setting", term("Platz").id, "Uferpromenade")
    last = db.session.scalars(select(EntryRevision).order_by(EntryRevision.number.desc())).first()
    assert last is not None and (last.entry_id, last.action) == (entry.id, "entry.term_renamed")
    assert last.actor_id == editor.id and last.fields["details"] == {"setting": ["Uferpromenade"]}


def test_renaming_keeps_a_value_once(make, editor, lists):
    entry = make.entry(kind="methode", details={"setting": ["Platz", "Stadtplatz"]})
    terms.rename_term(editor, "setting", term("Platz").id, "Stadtplatz")
    db.session.expire_all()
    assert db.session.get(Entry, entry.id).details == {"setting": ["Stadtplatz"]}


def test_renaming_to_another_term_is_refused_and_changes_no_entry(make, editor, lists):
    entry = make.entry(kind="methode", details={"setting": ["Platz"]})
    with pytest.raises(Refused):
        terms.rename_term(editor, "setting", term("Platz").id, "Nachtviertel")
    db.session.expire_all()
    assert db.session.get(Entry, entry.id).details == {"setting": ["Platz"]}


def test_renaming_can_be_taken_back_in_list_and_entries(make, editor, lists):
    entry = make.entry(kind="methode", details={"setting": ["Platz", "Nachtviertel"]})
    later = make.entry(kind="methode", details={"setting": ["Platz"]})
    _task, [note] = terms.rename_term(editor, "setting", term("Platz").id, "Uferpromenade")
    with unit_of_work() as session:
        session.get(Entry, later.id).summary = "Inzwischen anders"
    undone = undo_action(editor, note.undo_id)
    assert (undone.count, undone.conflicts) == (2, (later.title,))
    assert "Platz" in vocabulary.find_offered_terms()["setting"]
    assert "Uferpromenade" not in vocabulary.find_offered_terms()["setting"]
    assert details_of(entry) == {"setting": ["Platz", "Nachtviertel"]}
    assert details_of(later) == {"setting": ["Uferpromenade"]}


def test_renaming_stays_when_its_old_word_is_taken_by_now(make, editor, lists):
    entry = make.entry(kind="methode", details={"setting": ["Platz"]})
    _task, [note] = terms.rename_term(editor, "setting", term("Platz").id, "Uferpromenade")
    service.add_term(editor, "setting", "Platz")
    with pytest.raises(Conflict):
        undo_action(editor, note.undo_id)
    assert details_of(entry) == {"setting": ["Uferpromenade"]}


def test_the_same_word_again_changes_nothing(editor, lists):
    assert terms.rename_term(editor, "setting", term("Platz").id, " Platz ") == (None, [])


def test_case_of_a_term_can_be_changed(editor, lists):
    _task, [note] = terms.rename_term(editor, "setting", term("Platz").id, "PLATZ")
    assert note.text == "Der Begriff ist umbenannt."
    assert "PLATZ" in vocabulary.find_offered_terms()["setting"]


def test_each_change_leaves_a_trace(editor, lists):
    number = service.add_term(editor, "setting", "Hafen").id
    terms.rename_term(editor, "setting", number, "Hafen und Ufer")
    service.move_term(editor, "setting", number, -1)
    service.retire_term(editor, "setting", number)
    actions = list(db.session.scalars(select(AuditEvent.action).where(AuditEvent.thing == "term")))
    assert actions == ["term.added", "term.renamed", "term.moved", "term.retired"]


def test_office_keeps_a_list_from_its_page(make, sign_in, lists):
    person = sign_in(make.user(role="editor"))
    assert "Feste Listen" in person.get("/vocabularies").get_data(as_text=True)
    assert person.post("/vocabularies/effort", {"label": "riesig"}).status_code == 303
    assert 'value="riesig"' in person.get("/vocabularies/effort").get_data(as_text=True)
    number = term("riesig", "effort").id
    assert person.post(f"/vocabularies/effort/{number}", {"label": "sehr groß"}).status_code == 303
    assert person.post(f"/vocabularies/effort/{number}/move", {"step": "up"}).status_code == 303
    assert vocabulary.find_offered_terms()["effort"] == ["gering", "mittel", "sehr groß", "hoch"]
    assert person.post(f"/vocabularies/effort/{number}/retire").status_code == 303
    page = person.get("/vocabularies/effort").get_data(as_text=True)
    assert "Nicht mehr angeboten" in page and "Wieder anbieten" in page
    assert person.post(f"/vocabularies/effort/{number}/revive").status_code == 303


def test_page_says_what_is_wrong_beside_the_field(make, sign_in, lists):
    person = sign_in(make.user(role="editor"))
    response = person.post("/vocabularies/effort", {"label": "hoch"})
    assert response.status_code == 422 and "gibt es in der Liste schon" in response.get_data(as_text=True)
    number = term("mittel", "effort").id
    response = person.post(f"/vocabularies/effort/{number}", {"label": ""})
    assert response.status_code == 422 and "Bitte geben Sie einen Begriff ein." in response.get_data(as_text=True)
    assert person.get("/vocabularies/aim").status_code == 404
    assert person.post(f"/vocabularies/setting/{number}", {"label": "Anders"}).status_code == 404


def test_page_counts_the_entries_of_a_term(make, sign_in, lists):
    make.entry(kind="methode", details={"effort": "hoch"})
    make.entry(kind="methode", status="submitted", details={"effort": "hoch"})
    page = sign_in(make.user(role="editor")).get("/vocabularies/effort").get_data(as_text=True)
    assert "in 2 Einträgen" in page and "noch nicht verwendet" in page


def test_form_offers_terms_and_takes_several(make, sign_in, editor, lists):
    make.collection()
    person = sign_in(make.user())
    page = person.get("/entries/new").get_data(as_text=True)
    assert 'value="baulich-gestalterisch"' in page
    values = {
        "title": "Lichtkonzept", "url": "https://example.org", "kind": "methode", "collections": ["bahnhofsviertel"],
        "detail_setting": ["Platz", "Nachtviertel"], "detail_effort": "mittel",
    }  # fmt: skip
    assert person.post("/entries/new", values).status_code == 303
    assert db.session.scalars(select(Entry)).one().details == {
        "setting": ["Platz", "Nachtviertel"],
        "effort": "mittel",
    }


@pytest.mark.parametrize(("field", "value"), [("detail_setting", "Mond"), ("detail_effort", "unendlich")])
def test_form_takes_no_word_that_is_not_on_the_list(make, sign_in, lists, field, value):
    make.collection()
    values = {"title": "T", "url": "https://example.org", "kind": "methode", "collections": ["bahnhofsviertel"]}
    response = sign_in(make.user()).post("/entries/new", {**values, field: value})
    page = response.get_data(as_text=True)
    assert response.status_code == 422 and "Bitte wählen Sie einen Wert aus der Liste." in page
    assert f'value="{value}"' in page, "nothing typed is lost"


def test_entry_keeps_a_retired_term_and_an_own_word_when_it_is_edited(make, sign_in, editor, lists):
    person = make.user()
    entry = make.entry(
        kind="methode", status=Status.SUBMITTED, contributor=person, organisation="Essen",
        url="https://example.org", details={"setting": ["Platz", "Marktbude"], "effort": "gering"},
    )  # fmt: skip
    service.retire_term(editor, "setting", term("Platz").id)
    service.retire_term(editor, "effort", term("gering", "effort").id)
    browser = sign_in(person)
    assert 'value="Marktbude"' in browser.get(f"/entries/{entry.id}/edit").get_data(as_text=True)
    values = {
        "title": "Neu", "url": "https://example.org", "kind": "methode", "collections": ["bahnhofsviertel"],
        "version": entry.version, "detail_setting": ["Platz", "Marktbude"], "detail_effort": "gering",
    }  # fmt: skip
    assert browser.post(f"/entries/{entry.id}/edit", values).status_code == 303
    assert queries.get_entry(editor, entry.id).details == {"setting": ["Platz", "Marktbude"], "effort": "gering"}
    gone = {**values, "version": queries.get_entry(editor, entry.id).version, "detail_setting": [], "detail_effort": ""}
    assert browser.post(f"/entries/{entry.id}/edit", gone).status_code == 303
    assert queries.get_entry(editor, entry.id).details is None


def test_list_without_terms_takes_free_text(make, sign_in, editor):
    make.collection()
    person = sign_in(make.user())
    values = {
        "title": "T", "url": "https://example.org", "kind": "methode", "collections": ["bahnhofsviertel"],
        "detail_setting": "Markt\nHafen", "detail_effort": "wenig",
    }  # fmt: skip
    assert person.post("/entries/new", values).status_code == 303
    assert db.session.scalars(select(Entry)).one().details == {"setting": ["Markt", "Hafen"], "effort": "wenig"}


def test_merged_terms_are_one_in_entries_of_any_state_and_it_can_be_taken_back(make, editor, lists):
    details = {"setting": ["Platz", "Nachtviertel"], "effort": "hoch"}
    shown = make.entry("Methode", kind="methode", details=dict(details))
    draft = make.entry("Entwurf", kind="methode", status=Status.DRAFT, details={"setting": ["Platz"]})
    _task, [note] = terms.merge_term(editor, "setting", term("Platz").id, term("Nachtviertel").id)
    assert note.text == "Zusammengeführt. 2 Einträge geändert."
    assert details_of(shown) == {"setting": ["Nachtviertel"], "effort": "hoch"}
    assert details_of(draft) == {"setting": ["Nachtviertel"]}
    assert "Platz" not in vocabulary.find_offered_terms()["setting"]
    last = db.session.scalars(select(EntryRevision).where(EntryRevision.entry_id == shown.id)).all()[-1]
    assert (last.action, last.fields["details"]["setting"]) == ("entry.bulk_changed", ["Nachtviertel"])
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "term.merged")).one()
    assert event.detail == {"entries": 2}
    assert undo_action(editor, note.undo_id).count == 3
    assert details_of(shown) == details
    assert "Platz" in vocabulary.find_offered_terms()["setting"]


def test_a_term_is_not_merged_with_itself_nor_into_a_retired_one(editor, member, lists):
    with pytest.raises(Refused, match="„Platz“ lässt sich nicht mit sich selbst"):
        terms.merge_term(editor, "setting", term("Platz").id, term("Platz").id)
    service.retire_term(editor, "setting", term("Nachtviertel").id)
    with pytest.raises(Refused, match="„Nachtviertel“ wird nicht mehr angeboten"):
        terms.merge_term(editor, "setting", term("Platz").id, term("Nachtviertel").id)
    with pytest.raises(NotAllowed):
        terms.merge_term(member, "setting", term("Platz").id, term("Nachtviertel").id)


def test_page_merges_terms_and_says_what_does_not_go(make, sign_in, lists):
    entry = make.entry("Methode", kind="methode", details={"setting": ["Platz"]})
    client, platz, park = sign_in(make.user(role="editor")), term("Platz").id, term("Nachtviertel").id
    same = client.post("/vocabularies/setting/merge", data={"term": platz, "into": platz}, follow_redirects=True)
    assert "nicht mit sich selbst" in same.text
    done = client.post("/vocabularies/setting/merge", data={"term": platz, "into": park}, follow_redirects=True)
    assert "1 Eintrag geändert" in done.text
    assert details_of(entry) == {"setting": ["Nachtviertel"]}
