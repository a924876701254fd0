"""Readers say what is wrong and propose how it should read; the office and the contributor deal with it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.collections.models import Collection
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.desk import queries as desk_queries
from hub.entries import queries
from hub.entries.models import Entry, EntryCollection, Status
from hub.entries.queries.pending import find_waiting_changes
from hub.entries.service import contributing, holding
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.moderation import change_service, proposals, report_queries
from hub.moderation import report_service as service
from hub.moderation.models import Report, ReportState
from tests.entries.test_pages import MOST_QUERIES
from tests.support.counting import counted_statements


def count() -> int:
    """How many reports there are."""
    return db.session.scalar(select(func.count()).select_from(Report))


def state_of(report: Report) -> str:
    """What became of it."""
    db.session.expire_all()
    return db.session.get(Report, report.id).state


@pytest.fixture
def owner(make):
    """Who contributed the entry."""
    return make.user(name="Beitragende Person", organisation="Augsburg")


@pytest.fixture
def entry(make, owner):
    """A published entry."""
    return make.entry(
        title="Nachtbus", contributor=owner, organisation="Augsburg", url="https://example.org/alt", year=2019,
        summary="Ein Bus.", publisher="Verkehrsamt", tags=("Bus", "Nacht"), section="Zum Einstieg",
        note="Lohnt sich.", coverage="kommunal", details={"edition": "2"},
    )  # fmt: skip


@pytest.fixture
def reader(make):
    """A reader of another city, signed in nowhere yet."""
    return make.user(name="Lesende Person", organisation="Essen")


@pytest.fixture
def proposal(make, entry, reader):
    """A new title, a new year, another keyword."""
    actor = make.actor(reader)
    values = proposals.values_of(queries.get_entry(actor, entry.id))
    changed = values | {"title": "Nachtbus neu", "year": "2026", "tags": ["Nacht", "Quarzbus"]}
    return service.propose_change(actor, entry.id, changed, "Steht auf der Seite der Stadt.")


@pytest.fixture
def problem(make, entry, reader):
    """Something is outdated."""
    return service.report_problem(make.actor(reader), entry.id, "outdated", "Die Linie fährt nicht mehr.")


@pytest.fixture
def office(make, sign_in):
    """A signed-in editor."""
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


def version_of(entry: Entry) -> int:
    """The state of the entry now."""
    db.session.expire_all()
    return db.session.get(Entry, entry.id).version


def found(text: str) -> tuple[int, ...]:
    """What the search finds."""
    return indexing.search(Wanted(text=text)).ids


def test_only_the_differences_are_kept(proposal):
    assert proposal.changes == {"title": "Nachtbus neu", "year": "2026", "tags": ["Nacht", "Quarzbus"]}


def test_a_proposal_that_changes_nothing_is_refused(make, entry, reader):
    actor = make.actor(reader)
    same = proposals.values_of(queries.get_entry(actor, entry.id)) | {"tags": ["nacht", "BUS"]}
    with pytest.raises(Refused):
        service.propose_change(actor, entry.id, same, "")
    assert count() == 0


def test_accepted_proposal_changes_the_entry_and_nothing_else(editor, entry, proposal):
    before = queries.get_entry(editor, entry.id)
    kept = (before.url, before.summary, before.note, before.coverage, before.details, before.places[0].section_id)
    service.accept_report(editor, proposal.id, version_of(entry), "Danke.")
    after = queries.get_entry(editor, entry.id)
    assert (after.title, after.year, after.tags) == ("Nachtbus neu", 2026, ["Nacht", "Quarzbus"])
    assert (after.url, after.summary, after.note, after.coverage, after.details, after.places[0].section_id) == kept
    assert (after.status, state_of(proposal)) == (Status.PUBLISHED, ReportState.ACCEPTED)
    assert found("Quarzbus") == (entry.id,)


def test_undone_acceptance_sets_the_entry_back(editor, entry, proposal):
    service.accept_report(editor, proposal.id, version_of(entry))
    service.reopen_report(editor, proposal.id)
    after = queries.get_entry(editor, entry.id)
    assert (after.title, after.year, after.tags) == ("Nachtbus", 2019, ["Bus", "Nacht"])
    assert (state_of(proposal), found("Quarzbus")) == (ReportState.OPEN, ())


def test_acceptance_is_not_undone_over_a_later_change(editor, entry, proposal):
    service.accept_report(editor, proposal.id, version_of(entry))
    now = queries.get_entry(editor, entry.id)
    contributing.revise_entry(editor, now, proposals.details_with(now, {"title": "Noch neuer"}), now.version)
    with pytest.raises(Conflict):
        service.reopen_report(editor, proposal.id)
    assert (queries.get_entry(editor, entry.id).title, state_of(proposal)) == ("Noch neuer", ReportState.ACCEPTED)


def test_acceptance_over_a_change_that_was_not_shown_is_a_conflict(editor, entry, proposal):
    seen = version_of(entry)
    now = queries.get_entry(editor, entry.id)
    contributing.revise_entry(editor, now, proposals.details_with(now, {"title": "Anders"}), now.version)
    with pytest.raises(Conflict):
        service.accept_report(editor, proposal.id, seen)
    assert (queries.get_entry(editor, entry.id).title, state_of(proposal)) == ("Anders", ReportState.OPEN)


def test_second_decision_is_a_conflict_and_does_nothing(editor, admin, entry, proposal):
    service.accept_report(editor, proposal.id, version_of(entry))
    version = version_of(entry)
    for decide in (
        lambda: service.accept_report(admin, proposal.id, version),
        lambda: service.decline_report(admin, proposal.id, "Nein."),
        lambda: service.settle_report(admin, proposal.id),
    ):
        with pytest.raises(Conflict):
            decide()
    assert (version_of(entry), state_of(proposal)) == (version, ReportState.ACCEPTED)


@pytest.mark.parametrize("answer", ["", "  ", "\u200b"])
def test_declining_needs_words(editor, problem, answer):
    with pytest.raises(Refused):
        service.decline_report(editor, problem.id, answer)
    assert state_of(problem) == ReportState.OPEN


DEEDS = {
    "accept": lambda actor, report, entry: service.accept_report(actor, report.id, version_of(entry)),
    "decline": lambda actor, report, entry: service.decline_report(actor, report.id, "Bleibt so."),
    "settle": lambda actor, report, entry: service.settle_report(actor, report.id, "Gemacht."),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("editor", {"accept", "decline", "settle"}),
        ("admin", {"accept", "decline", "settle"}),
        ("owner", {"accept", "settle"}),
        ("reporter", set()),
        ("member", set()),
        ("coordinator", set()),
    ],
)
def test_who_decides(make, entry, owner, reader, proposal, who, may, deed):
    people = {"owner": owner, "reporter": reader}
    user = people.get(who) or make.user(role=who, organisation="Augsburg")
    if deed in may:
        DEEDS[deed](make.actor(user), proposal, entry)
        assert state_of(proposal) != ReportState.OPEN
    else:
        with pytest.raises((NotAllowed, Missing)):
            DEEDS[deed](make.actor(user), proposal, entry)
        assert state_of(proposal) == ReportState.OPEN


def test_contributors_undo_what_they_settled_and_no_more(make, editor, owner, problem):
    actor = make.actor(owner)
    service.settle_report(actor, problem.id)
    service.reopen_report(actor, problem.id)
    assert state_of(problem) == ReportState.OPEN
    service.settle_report(editor, problem.id)
    with pytest.raises(NotAllowed):
        service.reopen_report(actor, problem.id)
    service.reopen_report(editor, problem.id)
    assert state_of(problem) == ReportState.OPEN


def test_what_contributors_take_over_waits_like_any_change_of_theirs(make, editor, owner, entry, proposal):
    actor = make.actor(owner)
    mine = proposals.details_with(queries.get_entry(actor, entry.id), {"summary": "Ein Bus in der Nacht."})
    contributing.revise_entry(actor, entry, mine, version_of(entry))
    service.accept_report(actor, proposal.id, version_of(entry), "Danke.")
    assert state_of(proposal) == ReportState.ACCEPTED
    assert queries.get_entry(actor, entry.id).title == "Nachtbus"
    [waiting] = find_waiting_changes(editor)
    assert (waiting.after["title"], waiting.after["summary"]) == ("Nachtbus neu", "Ein Bus in der Nacht.")
    change_service.approve_change(editor, entry.id, waiting.version)
    assert queries.get_entry(actor, entry.id).title == "Nachtbus neu"


def test_contributors_undo_what_they_took_over(make, editor, owner, entry, proposal):
    actor = make.actor(owner)
    mine = proposals.details_with(queries.get_entry(actor, entry.id), {"summary": "Ein Bus in der Nacht."})
    contributing.revise_entry(actor, entry, mine, version_of(entry))
    service.accept_report(actor, proposal.id, version_of(entry))
    service.reopen_report(actor, proposal.id)
    assert state_of(proposal) == ReportState.OPEN
    [waiting] = find_waiting_changes(editor)
    assert (waiting.after["title"], waiting.after["summary"]) == ("Nachtbus", "Ein Bus in der Nacht.")
    service.accept_report(actor, proposal.id, version_of(entry))
    service.reopen_report(editor, proposal.id)
    assert find_waiting_changes(editor)[0].after["title"] == "Nachtbus neu", "it is still for the office to decide"


def test_contributors_whose_changes_do_not_wait_take_over_at_once(make, editor, owner, entry, proposal):
    actor = make.actor(owner)
    holding.set_rules(editor, [])
    service.accept_report(actor, proposal.id, version_of(entry))
    assert queries.get_entry(actor, entry.id).title == "Nachtbus neu"
    service.reopen_report(actor, proposal.id)
    assert queries.get_entry(actor, entry.id).title == "Nachtbus"


def test_contributors_take_over_by_the_page_of_their_reports(owner, entry, proposal, problem, sign_in):
    person = sign_in(owner)
    page = person.get("/account/reports").text
    assert f"/reports/{proposal.id}/accept" in page and f"/reports/{problem.id}/accept" not in page
    fields = {"answer": "Danke.", "entry_version": version_of(entry)}
    after = person.post(f"/reports/{proposal.id}/accept", fields, follow_redirects=True).text
    assert "Der Vorschlag ist übernommen." in after and "Ihre Änderung ist eingereicht." in after
    assert f"/reports/{proposal.id}/reopen" in after
    assert "Eine Änderung wartet auf Freigabe" in person.get(f"/entries/{entry.id}").text


@pytest.fixture
def wish(make, entry, reader):
    """The entry belongs into a further collection too."""
    contributing.add_to_collection(make.actor(reader), entry.id, [make.collection("klimawandel").id])
    return db.session.scalar(select(Report))


def slugs(entry: Entry) -> list[str]:
    """Where the entry stands."""
    db.session.expire_all()
    ids = select(EntryCollection.collection_id).where(EntryCollection.entry_id == entry.id)
    return sorted(db.session.scalars(select(Collection.slug).where(Collection.id.in_(ids))))


def test_a_wish_is_done_and_undone_by_one_button(entry, office, wish):
    page = office.get("/moderation/reports").text
    assert "Wunsch: weitere Sammlung" in page and "In die Sammlung aufnehmen" in page
    assert "Bitte auch in die Sammlung „Sammlung klimawandel“ aufnehmen." in page
    fields = {"entry_version": version_of(entry)}
    assert office.post(f"/moderation/reports/{wish.id}/accept", fields).status_code == 303
    assert slugs(entry) == ["bahnhofsviertel", "klimawandel"]
    assert "Nachtbus" in office.get("/collections/klimawandel").text
    assert office.post(f"/reports/{wish.id}/reopen").status_code == 303
    assert slugs(entry) == ["bahnhofsviertel"]
    assert state_of(wish) == ReportState.OPEN


def test_a_wish_that_is_fulfilled_already_changes_nothing(editor, entry, wish):
    contributing.add_to_collection(editor, entry.id, [wish.changes["collection_id"]])
    service.accept_report(editor, wish.id, version_of(entry))
    assert state_of(wish) == ReportState.ACCEPTED
    service.reopen_report(editor, wish.id)
    assert slugs(entry) == ["bahnhofsviertel", "klimawandel"], "it stood there before"


def test_a_wish_for_a_collection_that_is_gone_is_refused_in_words(office, entry, wish):
    with unit_of_work() as session:
        session.delete(session.get(Collection, wish.changes["collection_id"]))
    answer = office.post(f"/moderation/reports/{wish.id}/accept", {"entry_version": version_of(entry)})
    assert answer.status_code == 422 and "Diese Sammlung gibt es nicht mehr." in answer.text
    assert state_of(wish) == ReportState.OPEN


def test_contributors_do_not_place_their_published_entries_by_a_wish(make, owner, entry, wish):
    with pytest.raises(NotAllowed):
        service.accept_report(make.actor(owner), wish.id, version_of(entry))
    assert slugs(entry) == ["bahnhofsviertel"]


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_only_published_entries_are_reported(make, owner, reader, status):
    hidden = make.entry(status=status, contributor=owner)
    with pytest.raises((Missing, NotAllowed)):
        service.report_problem(make.actor(reader), hidden.id, "outdated", "")
    assert count() == 0


def test_sending_twice_is_one_report(make, entry, reader, problem):
    again = service.report_problem(make.actor(reader), entry.id, "outdated", "Die Linie fährt nicht mehr. ")
    assert (again.id, count()) == (problem.id, 1)


def test_twenty_a_day_and_no_more(make, entry, reader, sign_in):
    actor = make.actor(reader)
    reports = [service.report_problem(actor, entry.id, "wrong", f"Fehler {n}") for n in range(service.MOST_A_DAY)]
    with pytest.raises(Refused):
        service.report_problem(actor, entry.id, "wrong", "Noch einer")
    answer = sign_in(reader).post(f"/entries/{entry.id}/report", {"reason": "wrong", "text": "Noch einer"})
    assert answer.status_code == 422 and "Morgen geht es weiter." in answer.text and "Noch einer" in answer.text
    service.report_problem(make.actor(make.user()), entry.id, "wrong", "Von jemand anderem")
    for report in reports:
        report.created_at -= timedelta(days=1, minutes=1)
    db.session.commit()
    service.report_problem(actor, entry.id, "wrong", "Am nächsten Tag")


def test_form_asks_for_what_it_needs(entry, reader, sign_in):
    person, path = sign_in(reader), f"/entries/{entry.id}/report"
    assert "Veraltet oder Fehler melden" in person.get(f"/entries/{entry.id}").text
    for data, words in (
        ({}, "Bitte wählen Sie, was nicht stimmt."),
        ({"reason": "quatsch"}, "Wert aus der Liste"),
        ({"reason": "wrong", "text": " "}, "Bitte schreiben Sie in einem Satz dazu"),
        ({"reason": "wrong", "text": "Anfang " + "x" * 2000}, "Anfang xxx"),
    ):
        answer = person.post(path, data)
        assert answer.status_code == 422 and words in answer.text, data
    done = person.post(path, {"reason": "broken"}, follow_redirects=True)
    assert "Danke. Die Geschäftsstelle schaut es sich an" in done.text
    assert count() == 1


def test_proposal_form_is_filled_and_keeps_what_was_typed(entry, reader, sign_in):
    person, path = sign_in(reader), f"/entries/{entry.id}/propose"
    page = person.get(path).text
    for value in ("Nachtbus", "https://example.org/alt", "2019", "Verkehrsamt", "Bus, Nacht"):
        assert f'value="{value}"' in page, value
    typed = {"title": "Nachtbus", "url": "https://example.org/alt", "summary": "Ein Bus.", "publisher": "Verkehrsamt",
             "year": "2019", "language": "de", "tags": "Bus, Nacht", "text": ""}  # fmt: skip
    for changes, words in (
        ({}, "Bitte ändern Sie mindestens eine Angabe."),
        ({"title": ""}, "Ein Eintrag braucht einen Titel."),
        ({"url": "javascript:alert(1)"}, "Bitte geben Sie eine Webadresse an"),
        ({"year": "19"}, "vier Ziffern"),
        ({"language": "xx"}, "Wert aus der Liste"),
        ({"tags": ",".join(map(str, range(30)))}, "höchstens 20 Schlagwörter"),
    ):
        answer = person.post(path, typed | changes)
        assert answer.status_code == 422 and words in answer.text, changes
    assert person.post(path, typed | {"url": "example.org/neu"}).status_code == 303
    assert db.session.scalar(select(Report)).changes == {"url": "https://example.org/neu"}


def test_office_sees_the_difference_decides_and_undoes(make, entry, office, proposal, reader, sign_in):
    assert "Meldungen" in office.get("/moderation").text
    page = office.get("/moderation/reports").text
    for text in ("Nachtbus", "Lesende Person", "Stadt Essen", "<ins>", "Steht auf der Seite der Stadt.", "Übernehmen"):
        assert text in page, text
    version = version_of(entry)
    done = office.post(
        f"/moderation/reports/{proposal.id}/accept",
        {"entry_version": version, "answer": "Gut <b>gesehen</b>."},
        follow_redirects=True,
    ).text
    assert "Der Vorschlag ist übernommen." in done and "Rückgängig machen" in done
    assert "Keine Meldung wartet." in done
    decided = office.get("/moderation/reports?decided=1").text
    assert "übernommen" in decided and "Gut &lt;b&gt;gesehen&lt;/b&gt;." in decided
    start = sign_in(reader).get("/").text
    assert "Danke für Ihren Vorschlag." in start and "Gut &lt;b&gt;gesehen&lt;/b&gt;." in start
    undone = office.post(f"/reports/{proposal.id}/reopen", follow_redirects=True).text
    assert "Die Meldung ist wieder offen." in undone
    assert "Danke für Ihren Vorschlag." not in sign_in(reader).get("/").text


def test_second_editor_gets_words_instead_of_a_second_decision(make, sign_in, office, entry, proposal):
    other = sign_in(make.user(role="admin"))
    version = version_of(entry)
    office.post(f"/moderation/reports/{proposal.id}/accept", {"entry_version": version})
    after = version_of(entry)
    for path in ("accept", "decline", "settle"):
        answer = other.post(f"/moderation/reports/{proposal.id}/{path}", {"entry_version": version, "answer": "Nein."})
        assert answer.status_code == 409
        assert "hat inzwischen schon jemand entschieden" in answer.text
    assert version_of(entry) == after


def test_missing_answer_is_said_at_the_field(office, problem):
    answer = office.post(f"/moderation/reports/{problem.id}/decline", {"answer": " "})
    assert answer.status_code == 422
    assert "Bitte schreiben Sie dazu, warum." in answer.text and f'id="answer-{problem.id}-fehler"' in answer.text
    too_long = office.post(f"/moderation/reports/{problem.id}/settle", {"answer": "Anfang " + "x" * 2000})
    assert too_long.status_code == 422 and "Anfang xxx" in too_long.text


def test_contributor_sees_reports_without_the_name_and_settles_them(entry, owner, reader, problem, sign_in):
    person = sign_in(owner)
    assert "1 Meldung" in person.get("/account/entries").text
    assert "eine offene Meldung" in person.get(f"/entries/{entry.id}").text
    page = person.get("/account/reports").text
    assert "Die Linie fährt nicht mehr." in page and "Stadt Essen" in page and "Lesende Person" not in page
    done = person.post(f"/reports/{problem.id}/settle", {"answer": "Ist ergänzt."}, follow_redirects=True).text
    assert "Die Meldung ist erledigt." in done and "Rückgängig machen" in done
    assert "1 Meldung" not in person.get("/account/entries").text
    thanked = sign_in(reader)
    start = thanked.get("/").text
    assert "Danke für Ihre Meldung." in start and "Ist ergänzt." in start
    thanked.post(f"/reports/{problem.id}/seen", {"next": "/"})
    assert "Danke für Ihre Meldung." not in thanked.get("/").text
    assert "Ist ergänzt." in thanked.get("/account/reports").text


def test_others_learn_nothing_of_a_report(make, entry, owner, problem, sign_in):
    stranger = sign_in(make.user(role="coordinator", organisation="Augsburg"))
    for path in ("/account/reports", "/account/entries", f"/entries/{entry.id}", "/"):
        page = stranger.get(path).text
        assert "Die Linie fährt nicht mehr." not in page and "offene Meldung" not in page, path
    for path in ("settle", "reopen", "seen"):
        assert stranger.post(f"/reports/{problem.id}/{path}").status_code == 404, path
    assert stranger.get("/moderation/reports").status_code == 403


def test_t30_reporter_does_not_see_what_the_entry_became(make, editor, entry, reader, problem, sign_in):
    service.settle_report(editor, problem.id, "Erledigt.")
    now = queries.get_entry(editor, entry.id)
    contributing.revise_entry(editor, now, proposals.details_with(now, {"title": "Geheimtitel"}), now.version)
    contributing.withdraw_entry(editor, queries.get_entry(editor, entry.id), "Weg.")
    person = sign_in(reader)
    for path in ("/", "/account/reports"):
        page = person.get(path).text
        assert "Erledigt." in page and "Geheimtitel" not in page, path


def test_menu_counts_entries_and_reports(make, editor, problem):
    make.entry(status="submitted")
    assert db.session.scalar(desk_queries.waiting_count(editor)) == 2
    assert report_queries.count_open(editor) == 1


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 30, "abc"])
def test_odd_numbers_are_not_found(make, office, number):
    for path in (f"/entries/{number}/report", f"/entries/{number}/propose"):
        assert office.get(path).status_code == 404, path
    for path in ("/moderation/reports/%s/accept", "/moderation/reports/%s/settle", "/reports/%s/settle",
                 "/reports/%s/reopen", "/reports/%s/seen"):  # fmt: skip
        assert office.post(path % number, {"answer": "x"}).status_code == 404, path


def test_t37_nothing_but_the_fields_of_the_form_is_read(entry, reader, sign_in):
    person = sign_in(reader)
    smuggled = dict.fromkeys(("state", "reporter_id", "decided_by_id", "version", "replaced", "changes", "id"), "1")
    person.post(f"/entries/{entry.id}/report", {"reason": "broken", "state": "accepted", **smuggled})
    report = db.session.scalar(select(Report))
    assert (report.state, report.reporter_id, report.changes, report.decided_by_id) == ("open", reader.id, None, None)


@pytest.mark.parametrize(
    ("role", "path"),
    [("editor", "/moderation/reports"), ("editor", "/moderation/reports?decided=1"), ("member", "/account/reports"),
     ("member", "/account/entries"), ("member", "/")],
)  # fmt: skip
def test_lists_ask_the_database_as_often_for_many_rows(make, editor, entry, sign_in, role, path, monkeypatch):
    monkeypatch.setattr(service, "MOST_A_DAY", 1000)
    user = make.user(role=role, organisation="Essen")
    actor, person = make.actor(user), sign_in(user)

    def add() -> None:
        own = make.entry(contributor=user, tags=("A", "B"))
        for target in (own, entry):
            values = proposals.values_of(queries.get_entry(actor, target.id))
            for report in (
                service.report_problem(actor, target.id, "wrong", f"{own.id} {target.id}"),
                service.propose_change(actor, target.id, values | {"title": f"Titel {own.id}"}, ""),
            ):
                service.propose_change(actor, target.id, values | {"publisher": f"Amt {own.id}"}, "")
                service.settle_report(editor, report.id)
            service.report_problem(actor, target.id, "other", f"offen {own.id} {target.id}")

    def queries_needed() -> int:
        person.get(path)
        with counted_statements() as seen:
            assert person.get(path).status_code == 200
        return len(seen)

    add()
    few = queries_needed()
    for _ in range(2):
        add()
    assert queries_needed() == few
    assert few <= MOST_QUERIES
