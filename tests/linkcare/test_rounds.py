"""Rounds: polite whatever happens, no verdict from the hub's own trouble, one holder for each website."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.core import clock as core_clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry
from hub.fetching import safe_fetch
from hub.linkcare import checker, rounds, store
from hub.linkcare.asking import agent
from hub.linkcare.models import Link, LinkHost, LinkTry
from hub.linkcare.outcomes import Outcome
from hub.linkcare.rounds import PACE, Adrift, Round
from hub.linkcare.talking import Reply
from tests.linkcare.behaviours import fixed, page
from tests.linkcare.town import Town, answer


def link_of(host: str) -> Link:
    db.session.rollback()
    return db.session.scalars(select(Link).where(Link.url.contains(f"//{host}"))).one()


def add(make, town: Town, host: str, count: int = 1, **pages) -> None:
    town.pages.setdefault(host, pages.get("page") or fixed())
    for number in range(count):
        make.entry(title=f"{host} {number}", url=f"http://{host}:{town.port}/{number}")


def make_due(clock) -> None:
    with unit_of_work() as session:
        session.execute(update(Link).values(next_at=clock.now()))


def tend(clock) -> None:
    make_due(clock)
    checker.tend_links({})


def test_an_address_is_tried_once_for_all_its_entries(make, town, clock):
    for spelling in ("", "/", "?utm_source=x", "#abschnitt"):
        make.entry(url=f"http://stadt.example:{town.port}{spelling}")
    make.entry(url=f"http://stadt.example:{town.port}/entwurf", status="draft")
    town.pages["stadt.example"] = fixed()
    checker.tend_links({})
    assert [(method, path) for _host, _at, method, path in town.log] == [
        ("GET", "/robots.txt"),
        ("HEAD", "/"),
        ("GET", "/"),
    ]


def test_a_link_without_entries_is_not_tried_and_forgotten_in_the_end(make, town, clock):
    entry = make.entry(url=f"http://stadt.example:{town.port}/")
    store.follow_entries()
    with unit_of_work() as session:
        session.get(Entry, entry.id).url = None
    tend(clock)
    assert town.log == []
    clock.skip(store.UNUSED_AFTER + timedelta(days=1))
    store.follow_entries()
    assert db.session.scalars(select(Link)).all() == []


def test_rules_are_read_once_a_day_and_the_pace_outlives_the_round(make, town, clock):
    add(make, town, "stadt.example", 3)
    checker.tend_links({})
    for _ in range(3):
        tend(clock)
    asked = [path for _host, _at, _method, path in town.log]
    assert asked.count("/robots.txt") == 1
    assert town.shortest_gap() >= PACE
    clock.skip(timedelta(days=1))
    tend(clock)
    assert [path for _host, _at, _method, path in town.log].count("/robots.txt") == 2


def test_www_is_the_same_website(make, town, clock):
    add(make, town, "stadt.example")
    add(make, town, "www.stadt.example", 2)
    checker.tend_links({})
    tend(clock)
    assert len({host for host, *_rest in town.log}) == 2
    assert town.shortest_gap() >= PACE


def test_a_website_that_asks_for_patience_gets_it(make, town, clock):
    add(make, town, "stadt.example", 3, page=fixed(429, "langsam", Retry_After="86400"))
    checker.tend_links({})
    tend(clock)
    clock.skip(timedelta(hours=20))
    tend(clock)
    assert [method for _host, _at, method, _path in town.log] == ["GET", "HEAD"]
    clock.skip(timedelta(hours=5))
    tend(clock)
    assert len(town.log) > 2


def test_what_the_server_says_to_recognise_a_page_is_sent_back(make, town, clock):
    headers: list[dict[str, str]] = []

    def told(asked):
        headers.append(asked.headers)
        if asked.headers.get("if-none-match") == '"a"':
            return answer(304)
        return answer(200, page(), ETag='"a"')

    add(make, town, "stadt.example", page=told)
    checker.tend_links({})
    tend(clock)
    assert [one.get("if-none-match") for one in headers] == [None, None, '"a"']
    assert link_of("stadt.example").outcome == Outcome.FINE


def test_requests_say_honestly_who_asks(app, make, town, clock, monkeypatch):
    monkeypatch.setitem(app.config, "LINK_CONTACT", "wissen@example.org")
    names = []
    add(
        make, town, "stadt.example", page=lambda asked: names.append(asked.headers["user-agent"]) or answer(200, page())
    )
    checker.tend_links({})
    assert set(names) == {agent()}
    assert app.config["BASE_URL"] in agent() and "wissen@example.org" in agent()


def test_lost_network_gives_no_findings_and_is_seen(make, town, clock, monkeypatch):
    for number in range(30):
        add(make, town, f"stadt{number}.example")
    checker.tend_links({})
    before = len(db.session.scalars(select(LinkTry)).all())
    reached = safe_fetch.resolve
    clock.skip(timedelta(days=2))

    def nothing(host, _seconds):
        raise safe_fetch.Unknown(host)

    monkeypatch.setattr(safe_fetch, "resolve", nothing)
    for _ in range(5):
        tend(clock)
        clock.skip(timedelta(hours=20))
    assert len(db.session.scalars(select(LinkTry)).all()) == before
    state = store.get_round()
    assert state.paused_at is not None
    monkeypatch.setattr(safe_fetch, "resolve", reached)
    tend(clock)
    assert store.get_round().paused_at is None
    assert {link.outcome for link in db.session.scalars(select(Link))} == {Outcome.FINE}


def test_lost_network_is_known_by_few_links_too(make, town, clock, monkeypatch):
    """Three due websites do not answer; others that were fine are asked, and do not either."""
    for number in range(6):
        add(make, town, f"stadt{number}.example")
    store.follow_entries()
    tend(clock)
    monkeypatch.setattr(safe_fetch, "resolve", lambda host, _seconds: (_ for _ in ()).throw(safe_fetch.Unknown(host)))
    clock.skip(timedelta(days=1))
    few = select(Link.id).order_by(Link.id).limit(3)
    with unit_of_work() as session:
        session.execute(update(Link).where(Link.id.in_(few)).values(next_at=clock.now()))
    checker.tend_links({})
    assert {row.outcome for row in db.session.scalars(select(LinkTry))} == {Outcome.FINE}


def test_lost_website_counts_when_others_answer(make, town, clock):
    add(make, town, "stadt.example")
    add(make, town, "nowhere.example")
    store.follow_entries()
    tend(clock)
    assert link_of("nowhere.example").tried_at is not None


def test_a_website_held_by_another_worker_is_left_alone(make, town, clock):
    add(make, town, "stadt.example")
    store.follow_entries()
    make_due(clock)
    [held] = store.take_hosts("another", 5)
    checker.tend_links({})
    assert town.log == []
    store.release("another", [{"id": held.id, "free_at": clock.now()}])
    checker.tend_links({})
    assert town.log != []


def test_a_lease_of_a_dead_worker_runs_out(make, town, clock):
    add(make, town, "stadt.example")
    store.follow_entries()
    make_due(clock)
    store.take_hosts("dead", 5)
    clock.skip(store.LEASE + timedelta(seconds=1))
    assert [held.name for held in store.take_hosts("living", 5)] == ["stadt.example"]


def test_a_worker_that_slept_gives_up(make, town, clock):
    """Its leases have run out: others may be asking these websites by now."""
    add(make, town, "stadt.example")
    store.follow_entries()
    make_due(clock)

    def sleep(_ask):
        clock.skip(timedelta(hours=1))
        return Reply(200)

    with pytest.raises(Adrift):
        Round(sleep, clock.wait).run()


def test_redirect_waits_for_the_turn_of_its_website(make, town, clock):
    for number in range(4):
        add(
            make, town, f"alt{number}.example", page=fixed(301, "", Location=f"http://neu.example:{town.port}/{number}")
        )
    add(make, town, "neu.example", 3)
    store.follow_entries()
    tend(clock)
    assert town.shortest_gap() >= PACE
    assert {link_of(f"alt{number}.example").tried_at is None for number in range(4)} == {False}


def test_many_links_of_one_website_are_all_tried(make, town, clock, monkeypatch):
    monkeypatch.setattr(store, "LINKS_AT_ONCE", 4)
    add(make, town, "stadt.example", 11, page=fixed(200, b"%PDF", kind="application/pdf"))
    store.follow_entries()
    tend(clock)
    asked = [path for _host, _at, method, path in town.log if method == "HEAD"]
    assert sorted(asked) == sorted(f"/{number}" for number in range(11))


def test_time_over_ends_the_round_and_the_rest_stays_due(make, town, clock, monkeypatch):
    monkeypatch.setattr(rounds.Round.__init__, "__defaults__", (clock.wait, 20))
    add(make, town, "stadt.example", 11)
    store.follow_entries()
    tend(clock)
    tried = [link for link in db.session.scalars(select(Link)) if link.tried_at]
    assert 0 < len(tried) < 11
    assert db.session.scalars(select(LinkHost.holder)).all() == [""]


def test_looking_again_and_again_does_not_push_out_the_history(make, town, clock):
    add(make, town, "stadt.example", page=fixed(404, "weg"))
    checker.tend_links({})
    first = db.session.scalars(select(LinkTry.at)).one()
    for _ in range(30):
        clock.skip(timedelta(minutes=5))
        tend(clock)
    kept = db.session.scalars(select(LinkTry.at).order_by(LinkTry.id)).all()
    assert kept[0] == first and len(kept) < 5


def test_new_links_come_one_after_the_other(make, town, clock):
    for number in range(40):
        make.entry(url=f"http://stadt{number}.example:{town.port}/")
    store.follow_entries()
    moments = sorted(db.session.scalars(select(Link.next_at)))
    assert moments[0] <= core_clock.now()
    assert timedelta(minutes=15) < moments[-1] - moments[0] < timedelta(minutes=30)


def test_nothing_leaves_while_checking_is_off(app, make, town, clock, monkeypatch):
    monkeypatch.setitem(app.config, "LINK_CHECK", None)
    assert app.config["IS_LOOPBACK"]
    add(make, town, "stadt.example")
    checker.tend_links({})
    assert town.log == []
    monkeypatch.setitem(app.config, "IS_LOOPBACK", False)
    checker.tend_links({})
    assert town.log != []
    monkeypatch.setitem(app.config, "LINK_CHECK", False)
    town.log.clear()
    tend(clock)
    assert town.log == []


def test_addresses_of_the_archive_are_never_asked(make, town, clock):
    make.entry(url="https://web.archive.org/web/20240101/https://stadt.example/")
    checker.tend_links({})
    assert town.log == []
    assert db.session.scalars(select(Link.outcome)).one() == Outcome.UNTRIED
