"""Entries that have just come are compared before the night."""

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.duplicates.models import DuplicatePair
from hub.duplicates.service import arriving, comparing
from hub.entries.models import Attachment, DocumentPage, DocumentText, TextState

TEXT = " ".join(f"Satz {number} über Laternen und Wege im Viertel {number * 7}." for number in range(40))
AGAIN = TEXT.replace("Satz 3 ", "Abschnitt 3 ")


def _pairs() -> list[DuplicatePair]:
    arriving.compare_arrived({})
    return list(db.session.scalars(select(DuplicatePair).order_by(DuplicatePair.id)))


@pytest.fixture
def known(make) -> int:
    """An entry that the last night has seen."""
    number: int = make.entry("Laternenplan", text=TEXT).id
    comparing.compare_changed({})
    return number


def test_nearly_the_same_text_is_found_once_and_stays_after_the_night(make, known):
    fresh = make.entry("Helle Wege", text=AGAIN, status="submitted").id
    [pair] = _pairs()
    assert (pair.one_id, pair.other_id, pair.reasons) == (known, fresh, ["text"])
    assert [one.id for one in _pairs()] == [pair.id]
    comparing.compare_changed({})
    assert [one.id for one in _pairs()] == [pair.id]


def test_two_that_come_together_are_compared_with_each_other(make, known):
    for title in ("Ein Rundbrief", "Noch ein Brief"):
        make.entry(title, url="https://www.example.org/brief")
    assert [pair.reasons for pair in _pairs()] == [["address"]]


def test_what_titles_say_is_left_to_the_night(make, known):
    summary = "Wie die Stadt Laternen an der Unterführung erneuert und was Anwohnende davon halten."
    make.entry("Laternen an der Unterführung", summary=summary, year=2020, status="submitted")
    make.entry("An der Unterführung: Laternen", summary=summary, year=2020, status="submitted")
    assert _pairs() == []
    comparing.compare_changed({})
    assert [pair.reasons for pair in _pairs()] == [["title"]]


def test_a_file_is_compared_once_it_is_read(make, known):
    entry = make.entry("Helle Wege", status="submitted")
    file = Attachment(
        entry_id=entry.id, name="plan.pdf", media_type="application/pdf", extension="pdf", size=9, checksum="a" * 64
    )
    db.session.add(file)
    db.session.flush()
    text = DocumentText(attachment_id=file.id, state=TextState.WAITING)
    db.session.add(text)
    db.session.commit()
    assert _pairs() == []
    db.session.add(DocumentPage(attachment_id=file.id, number=1, text=AGAIN))
    text.state = TextState.DONE
    db.session.commit()
    assert [pair.reasons for pair in _pairs()] == [["text"]]


def test_before_the_first_night_nothing_is_compared(make):
    make.entry("Laternenplan", text=TEXT)
    make.entry("Helle Wege", text=AGAIN)
    assert _pairs() == []
