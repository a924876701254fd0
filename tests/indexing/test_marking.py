"""A quick look decides which words of a text are looked at closely; it must never miss a hit."""

import gzip

from hub.indexing.analysis import english_stem, part_stems, stem
from hub.indexing.compounds import LEXICON
from hub.indexing.snippets import hit_places
from hub.indexing.terms import Terms

EVERY = 37


def lexicon_words() -> list[str]:
    with gzip.open(LEXICON, "rt", encoding="ascii") as lines:
        return [line.split()[0] for line in lines][::EVERY]


def test_every_word_is_marked_when_its_stem_was_searched_for() -> None:
    for word in lexicon_words():
        terms = Terms(frozenset({stem(word)}))
        if terms.holds(word):
            assert hit_places(word, terms) == [(0, len(word))]


def test_every_compound_is_marked_when_a_part_was_searched_for() -> None:
    for word in lexicon_words():
        for part in part_stems(word):
            assert hit_places(word, Terms(frozenset({part}))), (word, part)


def test_foreign_words_are_marked_by_their_own_stem() -> None:
    for word in ("cities", "policies", "flies", "shooting", "violence"):
        assert hit_places(word, Terms(foreign=frozenset({english_stem(word)}))) == [(0, len(word))]


def test_umlauts_and_double_s_are_marked_in_any_spelling() -> None:
    for word, typed in (("Häuser", "haus"), ("Haeuser", "haus"), ("Straße", "strasse"), ("Wälder", "wald")):
        assert hit_places(word, Terms(frozenset({stem(typed)}))) == [(0, len(word))]


def test_a_text_of_any_script_is_looked_through() -> None:
    text = "".join(map(chr, range(0x20, 0xD800, 7))) + " Häuser"
    assert hit_places(text, Terms(frozenset({stem("haus")})))[-1] == (len(text) - 6, len(text))
