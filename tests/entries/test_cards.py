"""Entries as lists and cards show them."""

from datetime import timedelta

import pytest

from hub.core import clock
from hub.core.unit_of_work import unit_of_work
from hub.entries.cards import cards_of, shortened
from hub.entries.models import Attachment
from hub.entries.queries import rows_of


def attach(entry_id: int, extension: str, size: int) -> None:
    """A stored file of the entry, as far as lists know it."""
    with unit_of_work() as session:
        session.add(
            Attachment(
                entry_id=entry_id,
                name=f"plan.{extension}",
                media_type="application/pdf",
                extension=extension,
                size=size,
                checksum="0" * 64,
            )
        )


@pytest.fixture
def cards(app):
    """``cards(ids, saved, …)``: what a page of such entries shows; addresses are written inside a request."""

    def shown(ids, saved=(), **more):
        with app.test_request_context():
            return cards_of(rows_of(ids), saved, **more)

    return shown


def test_card_tells_type_and_size_of_the_first_file_and_how_many_more(make, cards):
    entry, other = make.entry(), make.entry(url="https://www.example.org/a")
    attach(entry.id, "pdf", 2_400_000)
    attach(entry.id, "docx", 10_000)
    assert [card.format for card in cards([entry.id, other.id])] == ["PDF, 2,4 MB +1", "example.org"]


def test_card_knows_its_reader(make, cards):
    old, new = make.entry(at=clock.now() - timedelta(days=3)), make.entry()
    shown = cards([new.id, old.id], saved={old.id}, since=clock.now() - timedelta(days=1))
    assert [(card.is_new, card.is_saved) for card in shown] == [(True, False), (False, True)]
    assert [card.url for card in shown] == [f"/entries/{new.id}", f"/entries/{old.id}"]


def test_card_on_a_collection_page_names_the_section_there(make, cards):
    entry = make.entry(collections=("bahnhofsviertel", "klimawandel"), section="Zum Einstieg")
    (card,) = cards([entry.id])
    assert (card.collection, card.section) == ("Sammlung bahnhofsviertel", "Zum Einstieg")
    (card,) = cards([entry.id], collection="klimawandel")
    assert (card.collection, card.section) == ("Sammlung klimawandel", "")


def test_rows_come_in_the_order_asked_for_and_unknown_numbers_are_left_out(make):
    first, second = make.entry(), make.entry()
    assert [row.id for row in rows_of([second.id, 999_999, first.id])] == [second.id, first.id]
    assert rows_of([999_999]) == rows_of([]) == []


def test_long_summaries_are_cut_between_words():
    assert shortened("kurz") == "kurz"
    cut = shortened("Wort " * 100)
    assert cut.endswith("Wort …")
    assert len(cut) <= 242
