"""T33: whoever tries the numbers of others' things gets the answer of a thing that is not there, on every route."""

import re

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from hub.core.db import db
from hub.entries.models import Attachment, Entry, PendingChange, SavedForm
from hub.moderation.models import Report
from tests.house.test_access import VALUES

ABSENT = 999_999
OPEN_TO_ALL = {"browsing.organisation"}


@pytest.fixture
def numbers(app, filled, make, sign_in) -> dict[str, list[int]]:
    """Numbers of hidden things by the name that routes give them: all belong to people of Essen."""
    owner = sign_in(make.user(organisation="Essen"))
    owner.post(
        "/entries/saved", {"saved": "s" * 24, "saved_tab": "t" * 24, "next": "/entries/new", "title": "Nur meins"}
    )
    hidden = list(db.session.scalars(select(Entry.id).where(Entry.status != "published")))
    files = list(db.session.scalars(select(Attachment.id)))
    saved = list(db.session.scalars(select(SavedForm.id)))
    assert hidden and files and saved and db.session.scalar(select(PendingChange.entry_id))
    return {"entry_id": hidden, "attachment_id": files, "saved_id": saved,
            "report_id": list(db.session.scalars(select(Report.id)))}  # fmt: skip


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_t33_a_number_of_others_is_answered_like_one_that_is_not_there(app, make, sign_in, numbers, role):
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    person.lints = False
    adapter, compared = app.url_map.bind("localhost"), 0
    for rule in app.url_map.iter_rules():
        names = rule.arguments & set(numbers)
        if not names or rule.endpoint in OPEN_TO_ALL:
            continue
        [name] = names
        rest = {other: VALUES.get(other, 1) for other in rule.arguments - names}
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answers = {
                number: answer(person, adapter, rule, method, {**rest, name: number})
                for number in [ABSENT, *numbers[name]]
            }
            for number in numbers[name]:
                assert answers[number][0] == answers[ABSENT][0], (rule.endpoint, method, number)
                assert abs(answers[number][1] - answers[ABSENT][1]) < 50, (rule.endpoint, method, number)
                compared += 1
            assert answers[ABSENT][0] in (403, 404), (rule.endpoint, method)
    assert compared > 40


def answer(person, adapter, rule, method, values) -> tuple[int, int]:
    """Status and length of the answer."""
    path = adapter.build(rule.endpoint, values, method=method)
    response = person.get(path) if method == "GET" else person.post(path, {"saved": "1", "version": "1", "note": "x"})
    response.close()
    return response.status_code, len(response.data)


def test_t34_a_search_for_a_hidden_word_looks_like_one_for_a_word_that_is_nowhere(make, sign_in):
    make.entry(title="Zitronenfalter", status="submitted", tags=("Zitronenfalter",), body="Zitronenfalter")
    make.entry(title="Laternen")
    person = sign_in(make.user(organisation="Augsburg"))
    pages = {}
    for word in ("Zitronenfalter", "Zitronenwalter"):
        person.get(f"/search?q={word}")
        page = person.get(f"/search?q={word}").get_data(as_text=True)
        pages[word] = re.sub(r'name="csrf_token" value="[^"]+"', "", page).replace(word, "Wort")
    assert pages["Zitronenfalter"] == pages["Zitronenwalter"]


def test_r25_no_route_takes_a_number_that_no_column_holds(app):
    """Seed 20261126: a term of a list with 200 digits was an error of SQLite."""
    adapter, walked = app.url_map.bind("localhost"), 0
    for rule in app.url_map.iter_rules():
        for name in (name for name, converter in rule._converters.items() if hasattr(converter, "num_convert")):
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            values = {other: VALUES.get(other, 1) for other in rule.arguments}
            walked += 1
            assert adapter.match(adapter.build(rule.endpoint, values | {name: 1}, method=method), method)
            for number in (2**31, 10**200):
                path = adapter.build(rule.endpoint, values | {name: number}, method=method)
                with pytest.raises(NotFound):
                    adapter.match(path, method)
    assert walked > 60
