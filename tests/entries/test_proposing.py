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
    assert list(found.weights) == [near.id, far.id]
    assert found.weights[near.id] == 1.0 and 0 < found.weights[far.id] < 1.0
    assert list(proposing.find_near("Hitze am Marktplatz", "", "", near.id).weights) == [far.id]


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
    assert proposing.find_near("Licht am Bahnhof", "", "") == proposing.NOBODY
    assert proposing.propose(proposing.NOBODY, "Licht", "") == proposing.Proposals()


def test_words_about_something_else_propose_nothing(make):
    make.entry(title="Licht am Bahnhof", tags=("Licht",))
    assert proposing.find_near("Dampfnudeln mit Soße", "Ein Rezept mit Hefeteig und Licht", "") == proposing.NOBODY


def test_keyword_in_another_form_is_proposed_too(make):
    make.entry(title="Unterführung", tags=("Angstraum",))
    found = proposing.find_near("Angsträume in der Unterführung", "", "")
    assert proposing.propose(found, "Angsträume in der Unterführung", "").tags == ("Angstraum",)


def test_all_words_speak_for_a_collection_not_only_those_of_the_nearest(make):
    for number in range(6):
        make.entry(title=f"Hitzeschutz im Sommer {number}", collections=("klimawandel",))
    make.entry(title="Fest im Sommer mit Musik", collections=("nachtleben",))
    found = proposing.find_near("Hitzeschutz beim Fest", "", "")
    assert found.shares["klimawandel"] + found.shares["nachtleben"] == pytest.approx(1.0)
    assert proposing.propose(found, "Hitzeschutz beim Fest", "").collection in {"klimawandel", "nachtleben"}
