"""The start page: search, collections, what is new, what is marked."""

import re
from datetime import timedelta

from hub.accounts.models import User
from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Bookmark
from hub.indexing import generation
from tests.support.counting import counted_statements


def words(response) -> str:
    """What a reader sees, spaces collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def visited(user: User, days: int) -> User:
    """The person was here so many days ago."""
    with unit_of_work():
        user.read_until = clock.now() - timedelta(days=days)
        user.last_seen_at = clock.now()
    return user


def test_stranger_is_sent_to_sign_in(visitor):
    response = visitor.get("/")
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/login")


def test_first_visit_offers_three_ways_in(make, sign_in):
    make.entry()
    page = words(sign_in(make.user()).get("/"))
    assert "Schön, dass Sie da sind. Drei gute Einstiege:" in page
    assert "Seit Ihrem letzten Besuch" not in page
    assert "Noch nichts gemerkt." in page


def test_tiles_tell_count_and_freshness(make, sign_in):
    make.entry(collections=("bahnhofsviertel", "klimawandel"), at=clock.now() - timedelta(days=3))
    make.entry(collections=("bahnhofsviertel",), at=clock.now() - timedelta(days=1))
    make.entry(status="submitted")
    page = words(sign_in(make.user()).get("/"))
    assert "Sammlung bahnhofsviertel 2 Einträge Ergänzt gestern" in page
    assert "Sammlung klimawandel 1 Eintrag Ergänzt vor 3 Tagen" in page
    assert "Alle 2 Einträge ansehen" in page


def test_news_since_the_last_visit_are_listed_and_counted(make, sign_in):
    make.entry(title="Schon bekannt", at=clock.now() - timedelta(days=9))
    make.entry(title="Ganz frisch", at=clock.now() - timedelta(days=2))
    page = words(sign_in(visited(make.user(), days=5)).get("/"))
    news = page.split("Seit Ihrem letzten Besuch am")[1].split("Ihre Merkliste")[0]
    assert "Ganz frisch" in news
    assert "Schon bekannt" not in news
    assert "1 neu" in page.split("Informationssammlungen")[1]


def test_many_news_are_cut_and_told_with_their_number(make, sign_in):
    for number in range(7):
        make.entry(title=f"Neues {number}")
    page = words(sign_in(visited(make.user(), days=5)).get("/"))
    assert "Alle 7 neuen Einträge ansehen" in page


def test_nothing_new_is_said_in_words(make, sign_in):
    make.entry(at=clock.now() - timedelta(days=9))
    assert "Seit Ihrem letzten Besuch gibt es nichts Neues." in words(sign_in(visited(make.user(), days=5)).get("/"))


def test_marking_as_read_moves_the_date(make, sign_in):
    make.entry(title="Ganz frisch")
    person = sign_in(visited(make.user(), days=5))
    response = person.post("/mark-read")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert "Seit Ihrem letzten Besuch gibt es nichts Neues." in words(person.get("/"))


def test_merkliste_shows_only_what_the_person_may_see(make, sign_in):
    user = make.user()
    seen = make.entry(title="Gemerkt und offen")
    gone = make.entry(title="Gemerkt und weg", status="withdrawn")
    with unit_of_work() as session:
        session.add_all([Bookmark(user_id=user.id, entry_id=entry.id) for entry in (seen, gone)])
    page = words(sign_in(user).get("/")).split("Ihre Merkliste")[1]
    assert "Gemerkt und offen" in page
    assert "Gemerkt und weg" not in page


def test_waiting_entries_of_others_do_not_appear(make, sign_in):
    make.entry(title="Noch geheim", status="submitted")
    assert "Noch geheim" not in words(sign_in(make.user()).get("/"))


def test_own_city_is_told_how_much_it_has_shared(make, sign_in):
    make.entry(organisation="Augsburg")
    assert "Aus Augsburg kommt 1 Eintrag." in words(sign_in(make.user(organisation="Augsburg")).get("/"))
    assert "Von „Stadt Köln“ gibt es noch keinen Eintrag." in words(sign_in(make.user(organisation="Köln")).get("/"))


def test_new_entry_appears_at_once(make, sign_in):
    person = sign_in(make.user())
    make.collection()
    person.get("/")
    make.entry(title="Eben freigegeben")
    assert "Eben freigegeben" in words(person.get("/"))


def test_titles_are_escaped(make, sign_in):
    make.entry(title="<b>Fett</b> & mehr")
    assert "&lt;b&gt;Fett&lt;/b&gt; &amp; mehr" in sign_in(make.user()).get("/").get_data(as_text=True)


def test_cities_lead_to_their_entries(make, sign_in):
    entry = make.entry(organisation="Augsburg")
    make.organisation("Köln")
    make.organisation("Präventionsrat", kind="body")
    response = sign_in(make.user()).get("/cities")
    page = words(response)
    assert f"/organisations/{entry.organisation_id}" in response.get_data(as_text=True)
    assert "Stadt Augsburg 1 Eintrag" in page
    assert "Stadt Köln noch kein Eintrag" in page
    assert "Präventionsrat" in page.split("Weitere Stellen")[1]


def test_all_collections_are_listed_with_their_introduction(make, sign_in):
    make.entry(collections=("bahnhofsviertel",))
    page = words(sign_in(make.user()).get("/collections"))
    assert "Sammlung bahnhofsviertel 1 Eintrag Zwei Sätze. Zur Einführung." in page


def test_only_editors_see_the_way_to_arranging(make, sign_in):
    make.collection()
    link = 'href="/collections-manage"'
    assert link not in sign_in(make.user()).get("/collections").get_data(as_text=True)
    assert link in sign_in(make.user(role="editor")).get("/collections").get_data(as_text=True)


def test_start_page_needs_few_queries_however_much_there_is(make, sign_in):
    user = visited(make.user(role="editor"), days=5)
    person = sign_in(user)
    counts = []
    for _round in range(2):
        for _number in range(6):
            entry = make.entry(collections=("bahnhofsviertel", "klimawandel"), tags=("Licht", "Platz"))
            with unit_of_work() as session:
                session.add(Bookmark(user_id=user.id, entry_id=entry.id))
        person.get("/login")
        generation.forget()
        with counted_statements() as sent:
            assert person.get("/").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert counts[0] <= 12, "\n".join(sent)


def test_health_is_open_to_monitoring_and_sets_no_cookie(visitor):
    response = visitor.get("/healthz")
    assert (response.status_code, response.get_data(as_text=True), response.mimetype) == (200, "ok", "text/plain")
    assert "Set-Cookie" not in response.headers


def test_health_says_when_the_database_is_away(visitor, monkeypatch):
    def fail() -> None:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("hub.browsing.queries.reach_database", fail)
    assert visitor.get("/healthz").status_code == 503


def test_language_of_the_page_follows_the_reader(make, sign_in):
    make.entry()
    person = sign_in(make.user())
    person.client.set_cookie("hub_language", "en")
    assert '<html lang="en"' in person.get("/").get_data(as_text=True)
    assert db.session.is_active
