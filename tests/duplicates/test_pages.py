"""The list of pairs, two entries side by side, and what the desk does with them."""

import re

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.duplicates.models import DuplicatePair
from hub.duplicates.service import comparing
from hub.duplicates.source import SOURCE
from hub.entries.models import Entry


@pytest.fixture
def pair(make) -> DuplicatePair:
    make.entry("Laternen am Kanal", url="https://example.org/licht", note="Kurz und gut.")
    make.entry("Helle Wege", url="http://www.example.org/licht/", summary="Mit Zahlen.", note="Viele Fotos.")
    comparing.compare_changed({})
    [found] = db.session.scalars(select(DuplicatePair))
    return found


def _hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))


def test_pair_is_listed_compared_and_merged(pair, make, sign_in):
    person = sign_in(make.user(role="editor"))
    assert "derselbe Link" in person.get("/duplicates").text
    text = person.get(f"/duplicates/{pair.id}").text
    assert re.search(r'name="summary" value="gone" checked', text)
    assert re.search(r'name="note" value="both" checked', text)
    kept_id = pair.one_id
    answer = person.post(f"/duplicates/{pair.id}/merge", _hidden(text) | {"title": "gone"})
    assert answer.location == f"/entries/{kept_id}"
    kept = db.session.get(Entry, kept_id)
    assert (kept.title, kept.summary, kept.note) == ("Helle Wege", "Mit Zahlen.", "Kurz und gut.\n\nViele Fotos.")
    assert "Rückgängig machen" in person.get(f"/entries/{kept_id}").text
    again = person.post(f"/duplicates/{pair.id}/merge", _hidden(text))
    assert again.status_code == 303
    assert "inzwischen entschieden" in person.get("/duplicates").text


def test_other_entry_can_be_kept(pair, make, sign_in):
    text = sign_in(make.user(role="editor")).get(f"/duplicates/{pair.id}?keep={pair.other_id}").text
    assert _hidden(text)["kept"] == str(pair.other_id)


def test_no_duplicate_leaves_the_list(pair, make, sign_in):
    person = sign_in(make.user(role="editor"))
    person.post(f"/duplicates/{pair.id}/apart", {"version": pair.version})
    assert "Laternen" not in person.get("/duplicates").text.partition("<table")[2]
    assert "Laternen am Kanal" in person.get("/duplicates?state=apart").text


def test_desk_merges_the_surest_and_keeps_apart(app, pair, make):
    office = make.actor(make.user(role="editor"))
    with app.test_request_context("/"):
        [finding] = SOURCE.find(office, 5)
    assert [deed.key for deed in finding.deeds] == ["merge", "dismiss", "compare"]
    assert SOURCE.settle(office, "merge", [(finding.thing_id, finding.version)], "").count == 1
    assert SOURCE.settle(office, "dismiss", [(finding.thing_id, finding.version)], "").count == 0
    assert db.session.scalar(SOURCE.count(office)) == 0
