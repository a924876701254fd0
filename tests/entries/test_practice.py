""" "Wer macht das schon?": what organisations do with methods and projects."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.entries import policy, queries
from hub.entries.models import Kind, Practice, PracticeState
from hub.entries.queries import Filters
from hub.entries.service import contributing
from hub.entries.service import practice as service
from hub.entries.service.contributing import EntryDetails
from hub.entries.service.practice import PracticeDetails
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.search import tables
from tests.entries.test_pages import MOST_QUERIES
from tests.support.counting import counted_statements

RUNNING = PracticeDetails(
    state=PracticeState.RUNNING,
    since_year=2024,
    since_month=3,
    experience="Quarzlampen an der Rampe helfen. Der Winterdienst leidet.",
    contact="Ordnungsamt, Prävention",
    contact_email="praevention@essen.example",
)
TYPED = {
    "state": "running",
    "since_year": "2024",
    "since_month": "3",
    "experience": "Quarzlampen helfen.",
    "contact": "Ordnungsamt",
    "contact_email": "praevention@essen.example",
    "review_on": "",
}


def found(text: str = "", **filters: tuple[str, ...]) -> tuple[int, ...]:
    """What the search finds."""
    return indexing.search(Wanted(text=text, filters=filters)).ids


@pytest.fixture
def method(make):
    """A published method of another city."""
    return make.entry(title="Nachtlicht", kind="methode", organisation="Augsburg")


@pytest.fixture
def other(make):
    """A member of another organisation."""
    return make.actor(make.user(organisation="Köln"))


def stated(actor, entry, **changes) -> Practice:
    """What the actor's organisation says."""
    return service.record_practice(
        actor, entry.id, actor.organisation_id, PracticeDetails(**{**_values(RUNNING), **changes})
    )


def _values(details: PracticeDetails) -> dict:
    return {name: getattr(details, name) for name in PracticeDetails.__slots__}


def test_what_is_stated_is_shown_to_every_member_at_once(make, member, method, sign_in):
    stated(member, method)
    page = sign_in(make.user(organisation="Köln")).get(f"/entries/{method.id}").text
    for text in (
        "Wer macht das schon?", "Stadt Essen", "läuft", "seit März 2024", "Quarzlampen an der Rampe helfen.",
        "Ordnungsamt, Prävention", "mailto:praevention@essen.example",
    ):  # fmt: skip
        assert text in page, text
    assert "Ändern" not in page


def test_it_is_found_by_city_state_and_experience(member, method):
    assert found("Quarzlampen") == ()
    practice = stated(member, method)
    assert found("Quarzlampen") == found("Nachtlicht Essen") == found(practice=("running",)) == (method.id,)
    assert found(practice=("planned",)) == ()
    assert indexing.search(Wanted()).facets["practice"] == [("running", 1)]
    service.change_practice(
        member, practice.id, PracticeDetails(**{**_values(RUNNING), "state": PracticeState.DROPPED}), practice.version
    )
    assert (found(practice=("running",)), found(practice=("dropped",))) == ((), (method.id,))
    service.remove_practice(member, practice.id)
    assert found("Quarzlampen") == found(practice=("dropped",)) == ()
    service.restore_practice(member, practice.id)
    assert found("Quarzlampen") == (method.id,)


def test_a_renamed_organisation_is_found_under_its_new_name(make, editor, member, method):
    from hub.accounts.queries import get_organisation
    from hub.accounts.service.organisations import OrganisationDetails, change_organisation

    stated(member, method)
    city = get_organisation(member.organisation_id)
    change_organisation(editor, city, OrganisationDetails("Zechenstadt", "city"), city.version)
    assert found("Zechenstadt") == (method.id,)


def test_the_emergency_search_knows_the_facet_too(make, member, method):
    make.entry()
    stated(member, method)
    answer = tables.find(Wanted(filters={"practice": ("running",)}))
    assert answer.ids == (method.id,)
    assert answer.facets["practice"] == [("running", 1)]


def test_the_list_of_a_collection_narrows_down_by_state(make, member, method, sign_in):
    make.entry(title="Ohne Angabe", kind="methode")
    stated(member, method)
    collection_id = queries.get_entry(member, method.id).places[0].collection_id
    total, facets = queries.count_facets(Filters(collection_id=collection_id))
    assert (total, facets["practice"]) == (2, [("running", "running", 1)])
    page = sign_in(make.user()).get("/collections/bahnhofsviertel?view=list&practice=running").text
    assert "Nachtlicht" in page and "Ohne Angabe" not in page and "Stand der Umsetzung: läuft" in page


def test_search_and_list_narrow_down_to_where_it_is_done(make, member, other, method):
    """A city that has dropped it does not do it; cities of unpublished entries appear nowhere."""
    second = make.entry(title="Ohne Angabe", kind="methode")
    hidden = make.entry(title="Wartet", kind="methode", status="submitted", organisation="Essen")
    stated(member, method)
    stated(other, method, state=PracticeState.DROPPED)
    stated(other, second, state=PracticeState.PLANNED)
    make_practice(hidden, make.user(organisation="Bremen").organisation_id)
    essen, cologne = str(member.organisation_id), str(other.organisation_id)
    collection_id = queries.get_entry(member, method.id).places[0].collection_id
    for narrowed, entry in ((essen, method), (cologne, second)):
        assert found(practised=(narrowed,)) == (entry.id,)
        assert tables.find(Wanted(filters={"practised": (narrowed,)})).ids == (entry.id,)
        assert queries.count_facets(Filters(collection_id=collection_id, practised=(narrowed,)))[0] == 1
    counts = [(essen, 1), (cologne, 1)]
    assert sorted(indexing.search(Wanted()).facets["practised"]) == sorted(counts)
    assert sorted(tables.find(Wanted()).facets["practised"]) == sorted(counts)
    facets = queries.count_facets(Filters(collection_id=collection_id))[1]["practised"]
    assert sorted((value, count) for value, _label, count in facets) == sorted(counts)


def make_practice(entry, organisation_id) -> None:
    """What an organisation says of an entry that is not published."""
    values = {"since_year": 2024, "experience": "-", "contact": "Amt", "review_on": date(2030, 1, 1)}
    db.session.add(Practice(entry_id=entry.id, organisation_id=organisation_id, state="running", **values))
    db.session.commit()


def test_pages_offer_the_cities_that_do_it_even_where_none_is_left(make, member, method, sign_in):
    stated(member, method)
    client, essen = sign_in(make.user()), member.organisation_id
    box = f'<input type="checkbox" name="practised" value="{essen}"'
    for path in ("/search?q=Nachtlicht", "/collections/bahnhofsviertel?view=list"):
        page = client.get(path).text
        assert "Eingesetzt in" in page and f"{box}>" in page
    for path in ("/search?q=Nachtlicht&kind=dokument", "/collections/bahnhofsviertel?view=list&kind=dokument"):
        assert f"{box} disabled>" in client.get(path).text
    for path in ("/search?practised=", "/collections/bahnhofsviertel?view=list&practised="):
        page = client.get(f"{path}{essen}").text
        assert "Nachtlicht" in page and f"{box} checked>" in page
        assert client.get(f"{path}999").status_code == client.get(f"{path}%00x").status_code == 200


@pytest.mark.parametrize(
    ("role", "organisation", "wanted"),
    [
        ("member", "Essen", True),
        ("coordinator", "Essen", True),
        ("member", "Köln", False),
        ("coordinator", "Köln", False),
        ("editor", "Geschäftsstelle", True),
        ("admin", "Geschäftsstelle", True),
    ],
)
def test_who_speaks_for_an_organisation(make, member, method, role, organisation, wanted):
    practice = stated(member, method)
    actor = make.actor(make.user(role=role, organisation=organisation))
    second = make.entry(kind="projekt")
    assert policy.may_speak_for(actor, member.organisation_id) is wanted
    deeds = [
        lambda: service.change_practice(actor, practice.id, RUNNING, db.session.get(Practice, practice.id).version),
        lambda: service.confirm_practice(actor, practice.id),
        lambda: service.remove_practice(actor, practice.id),
        lambda: service.restore_practice(actor, practice.id),
        lambda: service.record_practice(actor, second.id, member.organisation_id, RUNNING),
    ]
    for deed in deeds:
        if wanted:
            deed()
        else:
            with pytest.raises((NotAllowed, Missing)):
                deed()


@pytest.mark.parametrize(("kind", "status"), [("dokument", "published"), ("methode", "submitted")])
def test_only_published_methods_and_projects_take_it(make, editor, sign_in, kind, status):
    entry = make.entry(kind=kind, status=status)
    with pytest.raises(Refused):
        service.record_practice(editor, entry.id, make.organisation().id, RUNNING)
    person = sign_in(make.user(role="editor"))
    assert person.get(f"/entries/{entry.id}/practice").status_code == 422
    assert "Wer macht das schon?" not in person.get(f"/entries/{entry.id}").text


def test_an_organisation_speaks_once(make, member, method):
    stated(member, method)
    colleague = make.actor(make.user(organisation="Essen"))
    with pytest.raises(Conflict):
        stated(colleague, method)
    assert db.session.scalar(select(func.count()).select_from(Practice)) == 1


def test_what_was_removed_may_be_said_anew(member, method):
    first = stated(member, method)
    service.remove_practice(member, first.id)
    again = stated(member, method, experience="Neuer Anlauf.")
    assert again.id == first.id
    assert [row.experience for row in queries.find_practices(method)] == ["Neuer Anlauf."]


def test_removed_for_a_month_is_gone_for_good(member, method):
    practice = stated(member, method)
    service.remove_practice(member, practice.id)
    assert service.sweep_removed() == 0
    practice.removed_at = clock.now() - timedelta(days=31)
    db.session.commit()
    assert service.sweep_removed() == 1
    with pytest.raises(Missing):
        service.restore_practice(member, practice.id)


def test_the_slower_of_two_overwrites_nothing(make, member, method, sign_in):
    practice = stated(member, method)
    person, path = sign_in(make.user()), f"/practice/{practice.id}/edit"
    stale = TYPED | {"version": str(practice.version), "experience": "Langsamer."}
    person.post(path, stale | {"experience": "Schneller."})
    answer = person.post(path, stale)
    assert answer.status_code == 422
    assert "Jetzt gespeichert" in answer.text and "Schneller." in answer.text and "Langsamer." in answer.text
    assert queries.find_practices(method)[0].experience == "Schneller."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "quatsch"}, "Wert aus der Liste"),
        ({"since_year": ""}, "Bitte geben Sie das Jahr an."),
        ({"since_year": "24"}, "vier Ziffern"),
        ({"since_year": "1492"}, "zwischen 1900"),
        ({"since_year": "2035"}, "Dann ist es noch „geplant“."),
        ({"since_month": "13"}, "Wert aus der Liste"),
        ({"experience": "  "}, "ein bis zwei Sätze"),
        ({"experience": "x" * 601}, "kürzen Sie auf 600"),
        ({"contact": ""}, "Bitte nennen Sie eine Stelle."),
        ({"contact": "a@b.example"}, "gehört in das nächste Feld"),
        ({"contact": "person im amt"}, "Stelle oder Funktion statt einer Person"),
        ({"contact_email": "keine"}, "Das ist keine E-Mail-Adresse."),
        ({"contact_email": "a?subject=x@stadt.de"}, "Das ist keine E-Mail-Adresse."),
        ({"contact_email": "Ich@Essen.example"}, "Ihre eigene Adresse"),
        ({"review_on": "morgen"}, "Bitte geben Sie ein Datum an"),
        ({"review_on": "2020-01-01"}, "nächsten drei Jahren"),
    ],
)
def test_what_cannot_be_is_explained_and_stays_typed(make, method, sign_in, changes, words):
    person = sign_in(make.user(name="Person im Amt", email="ich@essen.example"))
    answer = person.post(f"/entries/{method.id}/practice", TYPED | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Quarzlampen" in answer.text or "experience" in changes
    assert queries.find_practices(method) == []


def test_form_is_taken_and_removal_can_be_undone(make, method, sign_in):
    person = sign_in(make.user())
    assert "Noch hat niemand etwas eingetragen." in person.get(f"/entries/{method.id}").text
    page = person.get(f"/entries/{method.id}/practice").text
    assert f'value="{service.in_a_year().isoformat()}"' in page
    done = person.post(f"/entries/{method.id}/practice", TYPED, follow_redirects=True)
    assert "sofort für alle Mitglieder sichtbar" in done.text and "Ändern" in done.text
    practice = queries.find_practices(method)[0]
    assert practice.review_on == service.in_a_year()
    assert person.get(f"/entries/{method.id}/practice").headers["Location"] == f"/practice/{practice.id}/edit"
    gone = person.post(f"/practice/{practice.id}/remove", follow_redirects=True).text
    assert "ist herausgenommen" in gone and "Rückgängig machen" in gone
    assert "Rückgängig machen" not in person.get(f"/entries/{method.id}").text
    back = person.post(f"/practice/{practice.id}/restore", follow_redirects=True).text
    assert "Die Angabe ist wieder da." in back and "Quarzlampen helfen." in back


def test_office_chooses_the_organisation(make, method, sign_in):
    city = make.organisation("Köln")
    office, path = sign_in(make.user(role="editor", organisation="Geschäftsstelle")), f"/entries/{method.id}/practice"
    assert "Bitte wählen Sie eine Organisation." in office.post(path, TYPED).text
    assert office.post(path, TYPED | {"organisation": str(city.id)}).status_code == 303
    answer = office.post(path, TYPED | {"organisation": str(city.id)})
    assert answer.status_code == 422 and "Jetzt gespeichert" in answer.text and "schon etwas" in answer.text
    assert [row.organisation for row in queries.find_practices(method)] == ["Stadt Köln"]


def test_members_cannot_smuggle_another_organisation_in(make, method, sign_in):
    city = make.organisation("Köln")
    sign_in(make.user(organisation="Essen")).post(
        f"/entries/{method.id}/practice", TYPED | {"organisation": str(city.id), "organisation_id": str(city.id)}
    )
    assert [row.organisation for row in queries.find_practices(method)] == ["Stadt Essen"]


def test_overdue_is_said_and_confirmed_with_a_click(make, member, method, sign_in):
    practice = stated(member, method)
    practice.stated_at = datetime(2024, 5, 1, tzinfo=clock.now().tzinfo)
    practice.review_on = date(2025, 5, 1)
    db.session.commit()
    person = sign_in(make.user())
    page = person.get(f"/organisations/{member.organisation_id}").text
    assert "Stimmt das noch?" in page and "Angabe von 2024, bitte prüfen" in page
    stranger = sign_in(make.user(organisation="Köln"))
    page = stranger.get(f"/organisations/{member.organisation_id}").text
    assert "Angabe von 2024, bitte prüfen" in page and "Stimmt das noch?" not in page and "Stimmt noch" not in page
    person.post(f"/practice/{practice.id}/confirm", {"next": f"/organisations/{member.organisation_id}"})
    assert queries.find_practices(method)[0].is_overdue is False
    assert "bitte prüfen" not in person.get(f"/entries/{method.id}").text


def test_page_of_an_organisation_lists_what_it_does_and_gave(make, member, method, sign_in):
    stated(member, method)
    make.entry(title="Essener Konzept", organisation="Essen")
    make.entry(title="Fremdes Konzept", organisation="Köln")
    make.entry(title="Wartendes Konzept", organisation="Essen", status="submitted")
    person = sign_in(make.user(organisation="Essen"))
    page = person.get("/account/organisation", follow_redirects=True).text
    for text in ("Stadt Essen", "Nachtlicht", "läuft", "Essener Konzept", "Beigetragen"):
        assert text in page, text
    assert "Fremdes Konzept" not in page and "Wartendes Konzept" not in page
    assert person.get("/organisations/999999").status_code == 404
    assert person.get(f"/organisations/{member.organisation_id}/edit").status_code == 403


def test_t30_practice_of_a_hidden_entry_is_hidden(make, member, editor, other, method, sign_in):
    practice = stated(member, method)
    contributing.withdraw_entry(editor, queries.get_entry(editor, method.id), "Überholt.")
    stranger, own = sign_in(make.user(organisation="Köln")), sign_in(make.user(organisation="Essen"))
    for path in (f"/entries/{method.id}", f"/organisations/{member.organisation_id}", "/search?q=Quarzlampen"):
        assert "Quarzlampen an" not in stranger.get(path).text, path
    for path in (f"/practice/{practice.id}/edit",):
        assert own.get(path).status_code == 404
    for deed in ("confirm", "remove", "restore"):
        assert own.post(f"/practice/{practice.id}/{deed}").status_code == 404
    assert own.post(f"/entries/{method.id}/practice", TYPED).status_code == 404


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 30, "abc"])
def test_odd_numbers_are_not_found(make, sign_in, number):
    person = sign_in(make.user(role="editor"))
    assert person.get(f"/practice/{number}/edit").status_code == 404
    assert person.post(f"/practice/{number}/remove").status_code == 404
    assert person.get(f"/organisations/{number}").status_code == 404


@pytest.mark.parametrize("role", ["member", "admin"])
def test_pages_ask_the_database_as_often_for_many_rows(make, editor, method, sign_in, role):
    user = make.user(role=role, organisation="Essen")
    person = sign_in(user)
    home = make.organisation("Essen").id
    paths = (f"/entries/{method.id}", f"/organisations/{home}", f"/organisations/{home}?page=2")

    def queries_needed() -> dict[str, int]:
        counts = {}
        for path in paths:
            person.get(path)
            with counted_statements() as seen:
                person.get(path)
            counts[path] = len(seen)
        return counts

    service.record_practice(editor, method.id, home, RUNNING)
    few = queries_needed()
    for name in ("Köln", "Bonn", "Ulm", "Trier", "Mainz"):
        service.record_practice(editor, method.id, make.organisation(name).id, RUNNING)
        service.record_practice(editor, make.entry(kind="projekt").id, home, RUNNING)
    assert queries_needed() == few
    assert max(few.values()) <= MOST_QUERIES


def test_first_of_two_colleagues_is_not_overwritten_unseen(make, member, method, sign_in):
    person, path = sign_in(make.user()), f"/entries/{method.id}/practice"
    person.get(path)
    practice = stated(member, method)
    answer = person.post(path, TYPED | {"experience": "Langsamer."})
    assert answer.status_code == 422
    assert "Quarzlampen an der Rampe" in answer.text and "Langsamer." in answer.text
    assert f'action="/practice/{practice.id}/edit"' in answer.text
    person.post(f"/practice/{practice.id}/edit", TYPED | {"experience": "Langsamer.", "version": practice.version})
    assert [row.experience for row in queries.find_practices(method)] == ["Langsamer."]


def test_what_is_no_method_any_more_is_nowhere_done(make, editor, member, method, sign_in):
    stated(member, method)
    entry = queries.get_entry(editor, method.id)
    collection_id = entry.places[0].collection_id
    details = EntryDetails(title=entry.title, kind=Kind.DOKUMENT, collection_ids=[collection_id], text="Text")
    contributing.revise_entry(editor, entry, details, entry.version)
    assert found("Quarzlampen") == found(practice=("running",)) == ()
    assert queries.count_facets(Filters(collection_id=collection_id))[1]["practice"] == []
    assert tables.find(Wanted(filters={"practice": ("running",)})).ids == ()
    person = sign_in(make.user())
    for path in (f"/entries/{method.id}", f"/organisations/{member.organisation_id}"):
        assert "Quarzlampen" not in person.get(path).text, path
