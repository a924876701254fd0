"""Votes of neighbours, and titles that are nearly the same."""

import pytest

from hub.entries.queries import proposing
from hub.indexing import service as indexing
from hub.indexing.errors import IndexUnusable


@pytest.mark.parametrize(
    ("one", "other", "is_nearly"),
    [
        ("Bilanz der Nachtbeauftragten", "Bilanz der Nacht-Beauftragten", True),
        ("Sichere Plätze – Leitfaden", "Sichere Plaetze: Leitfaden", True),
        ("Jahresbericht 2021 Prävention", "Klimawandel und Sicherheit", False),
        ("Licht", "Licht", True),
        ("Licht", "Lichte", False),
        ("", "", False),
    ],
)
def test_titles_are_compared_without_signs(one, other, is_nearly):
    assert proposing.is_nearly(one, other) is is_nearly


def test_nearest_comes_first_with_full_weight(make):
    near, far = make.entry(title="Hitze auf dem Marktplatz"), make.entry(title="Marktplatz umgebaut")
    found = proposing.find_near("Hitze am Marktplatz", "", "")
    assert [number for number, _weight in found] == [near.id, far.id]
    assert found[0][1] == 1.0 and 0 < found[1][1] < 1.0
    assert [number for number, _weight in proposing.find_near("Hitze am Marktplatz", "", "", near.id)] == [far.id]


def test_keyword_that_the_title_names_is_proposed(make):
    make.entry(title="Etwas anderes", tags=("Quarzlicht", "Runder Tisch"))
    found = proposing.propose(
        proposing.find_near("Runder Tisch zum Quarzlicht", "", ""), "Runder Tisch zum Quarzlicht", ""
    )
    assert set(found.tags) == {"Quarzlicht", "Runder Tisch"}


def test_without_an_index_nothing_is_proposed(make, monkeypatch):
    def fail(*_given):
        raise IndexUnusable("gone")

    make.entry(title="Licht am Bahnhof")
    monkeypatch.setattr(indexing.store(), "alike", fail)
    assert proposing.find_near("Licht am Bahnhof", "", "") == []
    assert proposing.propose([], "Licht", "") == proposing.Proposals()
