"""What the office decides about links, and how it is undone; what readers and the desk see of it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.desk import queries as desk
from hub.entries.beside import link_note
from hub.entries.models import Entry, EntryRevision
from hub.fetching import queries as fetched
from hub.fetching.models import FetchedPage, FetchedText, PageState
from hub.jobs import worker
from hub.linkcare import checker, choosing, many, proposing, queries, service, store
from hub.linkcare.models import Link, LinkHost, LinkTry, State
from hub.linkcare.outcomes import Outcome
from hub.linkcare.source import SOURCE
from hub.undoing.service import undo_action
from tests.support.counting import counted_statements

NEW = "https://stadt.example/neu"


@pytest.fixture
def found(make):
    """A link of a published entry with a verdict: ``found(outcome)``."""

    def add(outcome: Outcome, title: str = "Bericht", url: str = "https://stadt.example/alt", state=State.OPEN) -> Link:
        entry = make.entry(title=title, url=url)
        db.session.rollback()
        address = db.session.get(Entry, entry.id).address
        moment = clock.now() - timedelta(days=6)
        with unit_of_work() as session:
            host = LinkHost(name=f"{address}.host")
            session.add(host)
            session.flush()
            link = Link(
                address=address, url=url, host_id=host.id, next_at=clock.now(), outcome=outcome, since=moment,
                target=NEW if outcome == Outcome.MOVED else "", state=state, tried_at=moment,
                fine_at=clock.now().replace(year=2026, month=1, day=3, hour=12),
            )  # fmt: skip
            session.add(link)
            session.flush()
            session.add(LinkTry(link_id=link.id, at=moment, outcome=outcome, status=404))
        return link

    return add


def entry_of(link: Link) -> Entry:
    db.session.rollback()
    return db.session.scalars(select(Entry).where(Entry.title == "Bericht").order_by(Entry.id)).first()


def fresh(link: Link) -> Link:
    db.session.rollback()
    return db.session.get(Link, link.id, populate_existing=True)


def test_new_address_is_taken_over_and_undone(found, editor):
    link = found(Outcome.MOVED)
    done = service.settle(editor, "adopt", [(link.id, link.version)])
    assert (done.count, done.conflicts) == (1, ())
    assert entry_of(link).url == NEW
    assert entry_of(link).address == "stadt.example/neu"
    assert fresh(link).state == State.MENDED
    assert db.session.scalars(select(EntryRevision.action)).all()[-1] == "entry.relinked"
    assert queries.find_open(editor, 10) == []
    undo_action(editor, done.undo_id)
    assert entry_of(link).url == "https://stadt.example/alt"
    assert fresh(link).state == State.OPEN


def test_copy_of_the_archive_is_an_address_with_the_day_it_was_last_fine(found, editor):
    link = found(Outcome.GONE)
    service.settle(editor, "archive", [(link.id, link.version)])
    assert entry_of(link).url == "https://web.archive.org/web/20260103/https://stadt.example/alt"


def test_entry_of_the_same_title_lends_its_address(found, make, editor):
    link = found(Outcome.GONE)
    found(Outcome.FINE, url="https://land.example/bericht", state=State.NONE)
    [(line, count)] = queries.find_open(editor, 10)
    assert (line.twin, count, line.deeds[0].key) == ("https://land.example/bericht", 1, "twin")
    service.settle(editor, "twin", [(link.id, link.version)])
    assert entry_of(link).url == "https://land.example/bericht"


def test_identifier_of_a_link_comes_and_goes_with_it(found, editor):
    link = found(Outcome.MOVED)
    with unit_of_work() as session:
        session.get(Link, link.id).target = "https://doi.org/10.1000/xyz123"
    done = service.settle(editor, "adopt", [(link.id, link.version)])
    assert (entry_of(link).doi, entry_of(link).address) == ("10.1000/xyz123", "doi.org/10.1000/xyz123")
    undo_action(editor, done.undo_id)
    assert (entry_of(link).doi, entry_of(link).address) == (None, "stadt.example/alt")


@pytest.mark.parametrize("deed", ["archive", "confirm"])
def test_statements_do_not_grow_with_the_links(found, editor, deed):
    def measure(name: str, count: int) -> tuple[int, int]:
        links = [found(Outcome.GONE, name, f"https://{name}.example/{n}") for n in range(count)]
        chosen = [(one.id, one.version) for one in links]
        with counted_statements() as settling:
            done = service.settle(editor, deed, chosen)
        with counted_statements() as undoing:
            assert undo_action(editor, done.undo_id).count == count
        return len(settling), len(undoing)

    measure("warm", 2)
    assert measure("wenige", 2) == measure("viele", 6)


def test_what_was_read_behind_the_old_address_counts_for_the_new_one(found, editor):
    link = found(Outcome.MOVED)
    with unit_of_work() as session:
        read = FetchedPage(
            url=link.url, normalised=link.address, state=PageState.READ, facts={}, fetched_at=clock.now()
        )
        session.add(read)
        session.flush()
        session.add(FetchedText(page_id=read.id, text="Quarzsandbeet"))
    service.settle(editor, "adopt", [(link.id, link.version)])
    assert fetched.texts_behind([NEW]) == {NEW: "Quarzsandbeet"}


def test_confirmed_and_rejected_findings_leave_the_desk_and_come_back_when_undone(found, editor):
    for number, deed in enumerate(("confirm", "dismiss")):
        link = found(Outcome.GONE, url=f"https://stadt.example/{number}")
        done = service.settle(editor, deed, [(link.id, link.version)])
        assert queries.find_open(editor, 10) == []
        assert fresh(link).decided_by_id == editor.id
        undo_action(editor, done.undo_id)
        assert fresh(link).state == State.OPEN
        service.settle(editor, "dismiss", [(link.id, fresh(link).version)])


def test_what_has_moved_on_is_named_and_the_rest_goes_through(found, editor):
    first, second = (
        found(Outcome.GONE, "Erster", "https://a.example/1"),
        found(Outcome.GONE, "Zweiter", "https://a.example/2"),
    )
    shown = [(first.id, first.version), (second.id, second.version), (999, 1)]
    service.settle(editor, "confirm", shown[:1])
    done = service.settle(editor, "archive", shown)
    assert (done.count, done.conflicts) == (1, ("Erster",))


def test_a_confirmed_finding_can_still_be_mended(found, editor):
    link = found(Outcome.GONE)
    service.settle(editor, "confirm", [(link.id, link.version)])
    assert service.settle(editor, "confirm", [(link.id, fresh(link).version)]).count == 0
    assert service.settle(editor, "archive", [(link.id, fresh(link).version)]).count == 1


def test_undo_leaves_entries_alone_that_were_changed_since(found, editor):
    link = found(Outcome.MOVED)
    done = service.settle(editor, "adopt", [(link.id, link.version)])
    with unit_of_work() as session:
        session.get(Entry, entry_of(link).id).summary = "Geändert."
    with pytest.raises(Conflict):
        undo_action(editor, done.undo_id)
    assert entry_of(link).url == NEW


def test_a_new_verdict_opens_the_matter_again(found, editor):
    link = found(Outcome.GONE)
    service.settle(editor, "dismiss", [(link.id, link.version)])
    with unit_of_work() as session:
        store.take_verdict(session.get(Link, link.id), queries_verdict(Outcome.GONE))
    assert fresh(link).state == State.DISMISSED
    with unit_of_work() as session:
        store.take_verdict(session.get(Link, link.id), queries_verdict(Outcome.NO_HOST))
    assert fresh(link).state == State.OPEN


def queries_verdict(outcome):
    from hub.linkcare.judging import Verdict

    return Verdict(outcome, clock.now())


def test_members_decide_nothing(found, member):
    link = found(Outcome.GONE)
    for attempt in (
        lambda: service.settle(member, "confirm", [(link.id, link.version)]),
        lambda: service.check_now(member, [link.id]),
        lambda: queries.find_open(member, 5),
        lambda: queries.get_line(member, link.id),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_readers_are_told_of_verdicts_only(found, editor):
    link = found(Outcome.SERVER)
    note = link_note(entry_of(link))
    assert (note.is_gone, note.archive[:35]) == (False, "https://web.archive.org/web/2026010")
    service.settle(editor, "confirm", [(link.id, link.version)])
    assert link_note(entry_of(link)) is not None
    service.settle(editor, "dismiss", [(link.id, fresh(link).version)])
    assert link_note(entry_of(link)) is None


@pytest.mark.parametrize("outcome", [Outcome.FINE, Outcome.UNKNOWN, Outcome.REFUSES, Outcome.MOVED, Outcome.CHANGED])
def test_readers_are_told_nothing_of_what_is_not_broken(found, outcome):
    assert link_note(entry_of(found(outcome, state=State.NONE))) is None


def test_entry_page_shows_the_yellow_note(found, make, sign_in):
    link = found(Outcome.SERVER)
    page = sign_in(make.user()).get(f"/entries/{entry_of(link).id}").get_data(as_text=True)
    assert "Die Quelle ist zurzeit nicht erreichbar." in page
    assert "Archivkopie vom 3.1.2026" in page


def test_desk_shows_each_finding_once_whatever_the_number_of_entries(found, make, editor, app):
    found(Outcome.GONE)
    make.entry(title="Noch einer", url="http://www.stadt.example/alt/")
    with app.test_request_context("/"):
        [finding] = SOURCE.find(editor, 10)
        assert desk.waiting_count(editor) is not None
    assert finding.title == "Bericht"
    assert "1 weiterer Eintrag" in finding.about
    assert [deed.key for deed in finding.deeds] == ["archive", "confirm", "dismiss"]
    assert db.session.scalar(SOURCE.count(editor)) == 1


def test_links_of_entries_that_are_not_published_wait_for_nobody(found, editor):
    link = found(Outcome.GONE)
    with unit_of_work() as session:
        session.get(Entry, entry_of(link).id).url = "https://anders.example/"
    assert db.session.scalar(SOURCE.count(editor)) == 0
    assert queries.find_open(editor, 10) == []


def test_page_shows_lists_history_and_settles(found, make, sign_in):
    link = found(Outcome.GONE)
    office = sign_in(make.user(role="editor"))
    page = office.get("/links").get_data(as_text=True)
    assert "nicht mehr da" in page and "https://web.archive.org/web/20260103/" in page
    assert "Antwort 404" in office.get(f"/links/{link.id}").get_data(as_text=True)
    response = office.post("/links/settle", {"deed": f"archive:{link.id}:{link.version}"})
    assert response.status_code == 303
    text = office.get("/links").get_data(as_text=True)
    assert "Rückgängig" in text and "Hier ist nichts zu entscheiden." in text
    assert "ersetzt" in office.get(f"/links/{link.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    "form",
    [{}, {"deed": "confirm"}, {"deed": "unsinn:1:1"}, {"deed": "confirm:x:y"}, {"deed": "confirm:99999999999:1"},
     {"deed": "check"}, {"deed": "confirm", "chosen": "1"}, {"deed": "", "chosen": "1:1"}],
)  # fmt: skip
def test_odd_forms_change_nothing(found, make, sign_in, form):
    link = found(Outcome.GONE)
    assert sign_in(make.user(role="editor")).post("/links/settle", form).status_code == 303
    assert fresh(link).state == State.OPEN


def test_more_links_than_a_page_shows_are_refused_in_words_and_none_is_decided(found, make, sign_in):
    link, office = found(Outcome.GONE), sign_in(make.user(role="editor"))
    form = {"deed": "confirm", "chosen": [f"{link.id + n}:{link.version}" for n in range(choosing.MOST_TICKED + 1)]}
    assert "höchstens 500 Links auf einmal" in office.post("/links/settle", form, follow_redirects=True).text
    assert fresh(link).state == State.OPEN


def test_many_links_are_decided_by_a_worker_and_taken_back(found, make, sign_in, monkeypatch):
    monkeypatch.setattr("hub.linkcare.views.IN_REQUEST", 1)
    links = [found(Outcome.GONE, f"Bericht {n}", f"https://stadt.example/{n}") for n in range(2)]
    office = sign_in(make.user(role="editor"))
    form = {"deed": "confirm", "chosen": [f"{one.id}:{one.version}" for one in links], "next": "/links?show=gone"}
    page = office.post("/links/settle", form).headers["Location"]
    assert {fresh(one).state for one in links} == {State.OPEN}
    worker.do_all_due()
    assert {fresh(one).state for one in links} == {State.CONFIRMED}
    told = office.get(page).text
    assert "Befund bestätigen: 2." in told and 'href="/links?show=gone"' in told
    office.post(re.search(r"/undo/\d+(?=\?next=)", told)[0])
    assert {fresh(one).state for one in links} == {State.OPEN}


def test_replacing_many_tells_how_far_it_has_read_and_leaves_what_changes_meanwhile(found, editor, monkeypatch):
    monkeypatch.setattr("hub.entries.queries.many.AT_ONCE", 2)
    links = [found(Outcome.GONE, f"Bericht {n}", f"https://stadt.example/{n}") for n in range(3)]
    told: list[int] = []
    payload = {"deed": "archive", "pairs": [[one.id, one.version] for one in links]}
    read = many.read_task(payload, told.append)
    assert told == [2, 3]
    service.settle(editor, "dismiss", [(links[0].id, links[0].version)])
    with unit_of_work() as session:
        session.scalars(select(Entry).where(Entry.title == "Bericht 1")).one().summary = "Inzwischen mehr"
    with unit_of_work():
        done, left = many.do_task(editor, payload, read)
    assert "Archivkopie nutzen: 2." in done.text and "Bericht 0" in left.text
    assert [fresh(one).state for one in links] == [State.DISMISSED, State.MENDED, State.MENDED]
    entry = db.session.scalars(select(Entry).where(Entry.title == "Bericht 1")).one()
    assert (entry.url[:28], entry.summary) == ("https://web.archive.org/web/", "Inzwischen mehr")


def test_many_links_are_asked_for_by_a_worker(found, app, make, sign_in, monkeypatch):
    monkeypatch.setattr("hub.linkcare.views.IN_REQUEST", 1)
    monkeypatch.setitem(app.config, "LINK_CHECK", True)
    links = [found(Outcome.GONE, f"Bericht {n}", f"https://stadt.example/{n}") for n in range(2)]
    with unit_of_work() as session:
        for one in links:
            session.get(Link, one.id).next_at = clock.now() + timedelta(days=5)
    office = sign_in(make.user(role="editor"))
    form = {"deed": "check", "chosen": [f"{one.id}:{one.version}" for one in links]}
    page = office.post("/links/settle", form).headers["Location"]
    monkeypatch.setattr(checker, "run_round", lambda *_args: 0)
    worker.do_all_due()
    assert "2 Links werden geprüft." in office.get(page).text
    assert all(fresh(one).next_at <= clock.now() for one in links)


@pytest.fixture
def two_a_page(monkeypatch):
    monkeypatch.setattr(queries, "PER_PAGE", 2)


def every(office, deed, show="gone"):
    """The form of a list with all of it ticked, as its page carries it."""
    until = office.get(f"/links?show={show}").text.partition('name="until" value="')[2].partition('"')[0]
    return {"deed": deed, "every": "1", "show": show, "until": until, "next": f"/links?show={show}"}


def test_all_of_a_list_are_decided_at_once(found, make, sign_in, two_a_page):
    links = [found(Outcome.GONE, f"Bericht {n}", f"https://stadt.example/{n}") for n in range(3)]
    other = found(Outcome.SERVER, "Anderer", "https://land.example/1")
    office = sign_in(make.user(role="editor"))
    assert "Alle 3 auswählen, auch die nicht gezeigten" in office.get("/links?show=gone").text
    assert "auch die nicht gezeigten" not in office.get("/links?show=server").text
    assert "Befund bestätigen: 3." in office.post("/links/settle", every(office, "confirm"), follow_redirects=True).text
    assert {fresh(one).state for one in links} == {State.CONFIRMED}
    assert fresh(other).state == State.OPEN


def test_of_all_those_stay_and_are_told_that_came_or_do_not_offer_it(found, make, sign_in):
    seen, office = found(Outcome.GONE), sign_in(make.user(role="editor"))
    done = found(Outcome.GONE, "Entschieden", "https://stadt.example/2", state=State.DISMISSED)
    form = every(office, "confirm")
    new = found(Outcome.GONE, "Neu", "https://stadt.example/3")
    with unit_of_work() as session:
        session.get(Link, new.id).tried_at = clock.now()
    told = office.post("/links/settle", form, follow_redirects=True).text
    assert [fresh(one).state for one in (seen, done, new)] == [State.CONFIRMED, State.DISMISSED, State.OPEN]
    assert "Eine Zeile bietet das nicht an und bleibt." in told
    assert "Ein Link ist inzwischen neu geprüft oder entschieden und bleibt." in told


def test_more_of_a_list_than_can_be_done_are_refused_in_words(found, make, sign_in, monkeypatch):
    monkeypatch.setattr(choosing, "MOST_AT_ONCE", 1)
    links = [found(Outcome.GONE, f"Bericht {n}", f"https://stadt.example/{n}") for n in range(2)]
    office = sign_in(make.user(role="editor"))
    told = office.post("/links/settle", every(office, "confirm"), follow_redirects=True).text
    assert "höchstens 1 Links auf einmal" in told
    assert {fresh(one).state for one in links} == {State.OPEN}


@pytest.mark.parametrize("wrong", [{"show": "unsinn"}, {"until": "gestern"}, {"until": "2026-01-01"}, {"deed": "x"}])
def test_all_of_nothing_changes_nothing(found, make, sign_in, wrong):
    link, office = found(Outcome.GONE), sign_in(make.user(role="editor"))
    assert office.post("/links/settle", every(office, "confirm") | wrong).status_code in (303, 422)
    assert fresh(link).state == State.OPEN


@pytest.mark.parametrize("address", ["/links?show=unsinn&page=x", "/links?show=gone", "/links?show=all&page=99"])
def test_odd_addresses_are_answered(found, make, sign_in, address):
    found(Outcome.GONE)
    assert sign_in(make.user(role="editor")).get(address).status_code == 200


def test_pages_need_few_statements_whatever_the_number_of_links(found, app, make, sign_in, monkeypatch):
    monkeypatch.setitem(app.config, "LINK_CHECK", True)
    office, first = sign_in(make.user(role="admin")), found(Outcome.GONE)
    paths = ("/links", "/links?show=all", f"/links/{first.id}", "/desk?source=link", f"/entries/{entry_of(first).id}")

    def measure() -> dict[str, int]:
        counts = {}
        for path in paths:
            with counted_statements() as statements:
                office.get(path)
            counts[path] = len(statements)
        return counts

    measure()
    few = measure()
    for number in range(12):
        found(Outcome.GONE, f"Weiterer {number}", f"https://land.example/{number}")
    measure()
    many = measure()
    assert {path: count for path, count in many.items() if count > 12} == {}
    assert {path: (few[path], count) for path, count in many.items() if count > few[path]} == {}


def test_office_has_a_link_tried_now(found, app, make, sign_in, monkeypatch):
    monkeypatch.setitem(app.config, "LINK_CHECK", True)
    link = found(Outcome.GONE)
    office = sign_in(make.user(role="editor"))
    with unit_of_work() as session:
        session.get(Link, link.id).next_at = clock.now() + timedelta(days=5)
    office.post("/links/settle", {"deed": f"check:{link.id}:{link.version}"})
    assert fresh(link).next_at <= clock.now()


def test_it_is_seen_when_the_checker_stands(found, app, make, sign_in, monkeypatch):
    from hub.checking.running import links

    assert links(app) == ""  # switched off on loopback
    monkeypatch.setitem(app.config, "LINK_CHECK", True)
    found(Outcome.FINE, state=State.NONE)
    assert links(app) == ""  # nothing was to be expected yet
    store.note_round(began_at=clock.now() - timedelta(hours=5), ended_at=clock.now() - timedelta(hours=5))
    assert "wurde kein Link mehr geprüft" in links(app)
    office = sign_in(make.user(role="editor"))
    assert "Die Prüfung der Links steht" in office.get("/links").get_data(as_text=True)
    assert "Die Prüfung der Links steht seit" in office.get("/desk").get_data(as_text=True)
    store.note_round(paused_at=clock.now(), paused_until=clock.now() + timedelta(minutes=20))
    assert links(app) == ""
    assert "macht eine Pause" in office.get("/links").get_data(as_text=True)
    store.note_round(began_at=clock.now(), ended_at=clock.now(), paused_at=None, paused_until=None)
    assert links(app) == ""
    assert "Zuletzt geprüft" in office.get("/links").get_data(as_text=True)


def test_commands_tell_and_try(found, app, monkeypatch):
    found(Outcome.GONE)
    monkeypatch.setattr(checker, "run_round", lambda: 1)
    told = app.test_cli_runner().invoke(args=["links", "status"]).output
    assert "1 zu entscheiden" in told and "nicht mehr da" in told
    assert "1 Links geprüft" in app.test_cli_runner().invoke(args=["links", "check-now", "stadt.example/alt"]).output
    assert app.test_cli_runner().invoke(args=["links", "check-now", "kein Link"]).exit_code == 1
    assert app.test_cli_runner().invoke(args=["links", "check-now", "https://anders.example"]).exit_code == 1


def test_every_finding_has_a_proposal():
    from hub.linkcare.outcomes import FINDINGS, LABELS, LOOKS

    assert all(proposing.deeds_for(outcome) for outcome in FINDINGS)
    assert set(LABELS) == set(LOOKS) == set(Outcome)
