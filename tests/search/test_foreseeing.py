"""Before a concept is saved the office sees which recent searches would find something else."""

import re
from dataclasses import replace
from datetime import date

import pytest

from hub.core.errors import NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.search import thesaurus_queries as queries
from hub.search.concepts import ConceptDetails
from hub.search.foreseeing import foresee
from hub.search.models import SearchMiss
from hub.search.service import thesaurus as service
from hub.search.thesaurus import keep_current

LAMP = ConceptDetails({"de": ("Leuchtkörper", "Lampe")})
FIELDS = {"name": "Leuchtkörper", "german": "Lampe\nFunzel", "version": "1", "do": "sample"}


@pytest.fixture
def key(make, editor):
    """A concept, entries that carry its labels, and what was searched for in vain."""
    made = service.add_concept(editor, LAMP)
    make.entry(title="Leuchtkörper am Vorplatz")
    make.entry(title="Funzel im Park")
    with unit_of_work() as session:
        for text, count in (("Funzel Vorplatz", 2), ("Funzel", 3), ("Quarzsand", 5), ("Funzel geheim", 1)):
            day = date(2026, 11, 20)
            hits = int(text == "Funzel")
            miss = SearchMiss(fingerprint=text, text=text, count=count, hits=hits, first_on=day, last_on=day)
            session.add(miss)
    keep_current()
    return made


def test_hits_gained_are_shown_for_searches_without_or_with_few_hits_asked_twice(key, editor):
    present = queries.load_concepts()
    outlook = foresee(editor, key, present, {**present, key: ConceptDetails({"de": ("Leuchtkörper", "Funzel")})})
    changed = {text: search for search in outlook.changed for text in search.texts}
    assert {"Funzel", "Leuchtkörper"} <= changed.keys()
    assert not changed.keys() & {"Quarzsand", "Funzel geheim"}
    shifts = {hit.title: (hit.before, hit.after) for hit in changed["Funzel"].shifts}
    assert shifts == {"Leuchtkörper am Vorplatz": (None, 2)}
    assert (changed["Funzel"].count_before, changed["Funzel"].count_after) == (1, 2)


def test_hits_lost_are_shown_and_nothing_is_in_force_before_saving(key, editor):
    after = ConceptDetails({"de": ("Leuchtkörper", "Funzel")})
    service.change_concept(editor, key, after, 1)
    keep_current()
    present = queries.load_concepts()
    outlook = foresee(editor, key, present, {**present, key: replace(after, labels={"de": ("Leuchtkörper",)})})
    lost = next(search for search in outlook.changed if "Funzel" in search.texts)
    assert [(hit.title, hit.after) for hit in lost.shifts] == [("Leuchtkörper am Vorplatz", None)]
    assert queries.load_concepts()[key] == present[key]


def test_a_change_of_the_note_alone_changes_no_search(key, editor):
    present = queries.load_concepts()
    outlook = foresee(editor, key, present, {**present, key: replace(present[key], note="Nur für uns.")})
    assert outlook.changed == []


def test_members_may_not_look(key, member):
    with pytest.raises(NotAllowed):
        foresee(member, key, {}, {})


def test_the_page_tells_it_in_words(key, make, sign_in):
    office = sign_in(make.user(role="editor"))
    page = office.post(f"/thesaurus/concepts/{key}", FIELDS).get_data(as_text=True)
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Das ändert sich in den Ergebnissen" in words
    assert re.search(r"„Funzel[^“]*“ 1 Treffer jetzt, 2 dann kommt dazu auf Platz 2 Leuchtkörper am Vorplatz", words)
