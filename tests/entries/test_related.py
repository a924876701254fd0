"""What may fit as well stands under an entry: published, not the entry itself, four at most, and current."""

import re

import pytest

from hub.asking.service.answering import answer_with_entry
from hub.asking.service.asking import Asking, ask_question
from hub.entries.models import Status
from hub.entries.service import contributing
from hub.indexing.errors import IndexUnusable
from tests.support.counting import counted_statements

MOST_STATEMENTS = 12
HEADING = "Das könnte auch passen"


def related(person, entry) -> list[str]:
    """The titles under the heading, in order."""
    page = person.get(f"/entries/{entry.id}").text
    section = page.partition(HEADING)[2]
    return re.findall(r'<h3[^>]*><a href="/entries/\d+"[^>]*>(.*?)</a>', section)


@pytest.fixture
def lamp(make):
    """An entry about a subject of its own, amid others."""
    for number in range(8):
        make.entry(title=f"Hitzeplan Nummer {number}", tags=("Hitze",))
    return make.entry(title="Straßenlaternen am Kanal", tags=("Beleuchtung",))


def test_what_shares_telling_words_stands_below(make, sign_in, lamp):
    make.entry(title="Beleuchtung im Park", tags=("Beleuchtung",))
    make.entry(title="Alte Straßenlaternen")
    assert set(related(sign_in(make.user()), lamp)) == {"Beleuchtung im Park", "Alte Straßenlaternen"}


def test_no_heading_where_nothing_fits(make, sign_in, lamp):
    assert HEADING not in sign_in(make.user()).get(f"/entries/{lamp.id}").text


def test_four_at_most(make, sign_in, lamp):
    for number in range(6):
        make.entry(title=f"Straßenlaternen {number}", tags=("Beleuchtung",))
    assert len(related(sign_in(make.user()), lamp)) == 4


def test_changes_show_at_once(make, sign_in, lamp, admin):
    person = sign_in(make.user())
    other = make.entry(title="Beleuchtung im Park", tags=("Beleuchtung",))
    assert related(person, lamp) == ["Beleuchtung im Park"]
    contributing.withdraw_entry(admin, other, "Überholt")
    assert related(person, lamp) == []
    make.entry(title="Beleuchtung am Kanal", tags=("Beleuchtung",))
    assert related(person, lamp) == ["Beleuchtung am Kanal"]


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_hidden_entries_never_stand_below(make, sign_in, lamp, status):
    make.entry(title="Straßenlaternen am Kanal", status=status, tags=("Beleuchtung",))
    assert related(sign_in(make.user(role="admin")), lamp) == []


def test_page_stands_without_an_index(make, sign_in, lamp, monkeypatch):
    make.entry(title="Beleuchtung im Park", tags=("Beleuchtung",))

    def fail(*_) -> None:
        raise IndexUnusable("broken on purpose")

    monkeypatch.setattr("hub.indexing.store.IndexStore.similar", fail)
    assert related(sign_in(make.user()), lamp) == []


@pytest.mark.parametrize("role", ["member", "coordinator", "editor", "admin"])
def test_few_statements_with_related_entries(make, sign_in, lamp, role):
    make.entry(title="Straßenlaternen", tags=("Beleuchtung",))
    asker = make.actor(make.user())
    question = ask_question(asker, Asking("Wer hat Laternen?"))
    answer_with_entry(asker, question.id, lamp.id)
    person = sign_in(make.user(role=role))
    path = f"/entries/{lamp.id}"
    person.get(path)
    with counted_statements() as statements:
        page = person.get(path).text
    assert HEADING in page and "Wer hat Laternen?" in page
    assert len(statements) <= MOST_STATEMENTS
