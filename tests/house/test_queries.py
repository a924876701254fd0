"""No page needs more than twelve statements, and their number does not grow with the rows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from hub.core import clock
from hub.entries.queries import bookmark_count
from hub.entries.service.bookmarks import add_bookmark
from hub.indexing import generation
from hub.web import navigation
from hub.web.navigation import Menus
from tests.house.test_access import rules
from tests.support.counting import counted_statements

MOST = 12


def pages(app: Flask) -> list[str]:
    paths = {path for _endpoint, method, path in rules(app) if method == "GET" and not path.startswith("/static")}
    return sorted(
        paths | {"/collections/bahnhofsviertel?view=list", "/search?q=Eintrag", "/search?q=Eintrag&tag=licht"}
    )


@pytest.mark.slow
@pytest.mark.parametrize("role", ["member", "admin"])
def test_pages_need_few_statements_whatever_the_number_of_rows(app: Flask, make, sign_in, role):
    person = sign_in(make.user(role=role))

    def measure() -> dict[str, int]:
        counts = {}
        for path in pages(app):
            generation.forget()
            with counted_statements() as statements:
                person.get(path)
            counts[path] = len(statements)
        return counts

    def add(number: int) -> None:
        for i in range(number):
            make.entry(title=f"Eintrag {i} {number}", tags=("licht", f"wort{i}"), section="Zum Einstieg")
            make.entry(title=f"Wartend {i} {number}", status="submitted")

    add(2)
    measure()
    few = measure()
    add(12)
    measure()
    many = measure()
    assert {path: count for path, count in few.items() if count > MOST} == {}
    assert {path: (few[path], count) for path, count in many.items() if count > max(few[path], 3)} == {}


@pytest.mark.parametrize("role", ["member", "admin"])
def test_the_numbers_of_all_menus_take_one_statement(app: Flask, make, role):
    actor = make.actor(make.user(role=role))
    make.entry(status="submitted")
    with app.test_request_context("/"), counted_statements() as statements:
        menus = Menus(actor)
        counts = [line["count"] for line in [*menus.main, *menus.account] if line["count"] is not None]
    assert counts == ([0] if role == "member" else [0, 1, 0, 0, 0, 0, 0])
    assert len(statements) == 1


def test_the_question_for_the_numbers_is_kept_for_a_minute_and_asked_each_time(app: Flask, make, monkeypatch):
    moment, built = clock.now().replace(second=10) + timedelta(days=1), []
    count = bookmark_count

    def question(actor):
        built.append(actor.id)
        return count(actor)

    one, other = (make.actor(make.user()) for _person in range(2))
    item = navigation._items["main", "entries.bookmarks"]
    monkeypatch.setitem(navigation._items, item.key, replace(item, count=question))

    def number(actor) -> int:
        with app.test_request_context("/"):
            return next(line["count"] for line in Menus(actor).main if line["count"] is not None)

    monkeypatch.setattr(clock, "_wall_clock", lambda: moment)
    assert (number(one), number(other)) == (0, 0)
    add_bookmark(one, make.entry().id)
    assert (number(one), number(other)) == (1, 0)
    assert built == [one.id, other.id]
    monkeypatch.setattr(clock, "_wall_clock", lambda: moment + timedelta(minutes=1))
    assert number(one) == 1 and built == [one.id, other.id, one.id]


def test_handing_in_an_entry_takes_few_statements(make, sign_in):
    make.collection()
    office = sign_in(make.user(role="editor"))
    fields = {"text": "Text", "kind": "methode", "collections": "bahnhofsviertel", "tags": "licht", "saved": "k" * 32}

    def hand_in(title: str, url: str) -> int:
        with counted_statements() as statements:
            assert office.post("/entries/new", fields | {"title": title, "url": url}).status_code == 303
        return len(statements)

    hand_in("Erst", "https://example.org/1")
    assert hand_in("Dann", "https://example.org/2") <= 36
