"""No page needs more than twelve statements, and their number does not grow with the rows."""

import pytest
from flask import Flask

from hub.indexing import generation
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
