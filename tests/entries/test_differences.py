"""Differences: the pieces always give both texts, words are the unit, the work is bounded."""

import random
import time

from hub.entries.differences import (
    GAP,
    IN,
    OUT,
    SAME,
    Piece,
    changed_fields,
    compare_lists,
    compare_words,
    shorten,
)


def sides(pieces):
    old = "".join(piece.text for piece in pieces if piece.how != IN)
    new = "".join(piece.text for piece in pieces if piece.how != OUT)
    return old, new


def test_one_changed_word_is_one_change():
    pieces = compare_words("Licht in der Unterführung.", "Licht in einer Unterführung.")
    assert pieces == [
        Piece(SAME, "Licht in "),
        Piece(OUT, "der"),
        Piece(IN, "einer"),
        Piece(SAME, " Unterführung."),
    ]


def test_neighbouring_changed_words_read_as_one_change():
    pieces = compare_words("Ein altes Haus", "Ein ganz neues Haus")
    assert [piece.how for piece in pieces].count(OUT) == 1


def test_equal_texts_differ_nowhere():
    assert [piece.how for piece in compare_words("Gleich viel", "Gleich viel")] == [SAME]
    assert compare_words("", "") == []


def test_pieces_give_both_texts_whatever_was_typed():
    chance = random.Random(4)
    words = ["Licht", "Platz", " ", "\n", ",", "ä", "😀", "  ", "<b>", "-"]
    for _ in range(300):
        old = "".join(chance.choices(words, k=chance.randrange(40)))
        new = "".join(chance.choices(words, k=chance.randrange(40)))
        assert sides(compare_words(old, new)) == (old, new)


def test_long_texts_are_compared_within_bounds():
    chance = random.Random(4)
    for size, unit in ((100, " "), (1000, " "), (100, "\n"), (3, " "), (3, "\n")):
        alphabet = [f"w{i}" for i in range(size)]
        old = unit.join(chance.choices(alphabet, k=12_000))
        new = unit.join(chance.choices(alphabet, k=12_000))
        begun = time.perf_counter()
        assert sides(compare_words(old, new)) == (old, new)
        assert time.perf_counter() - begun < 2


def test_one_word_in_a_long_text_of_many_lines_is_found():
    lines = [f"Zeile {i} mit einigen Wörtern, die bleiben." for i in range(900)]
    changed = [*lines[:400], lines[400].replace("einigen", "vielen"), *lines[401:]]
    pieces = compare_words("\n".join(lines), "\n".join(changed))
    assert [piece for piece in pieces if piece.how != SAME] == [Piece(OUT, "einigen"), Piece(IN, "vielen")]


def test_long_unchanged_stretches_become_gaps():
    text = " ".join(f"wort{i}" for i in range(200))
    short = shorten(compare_words(text + " alt", text + " neu"))
    assert [piece.how for piece in short] == [GAP, SAME, OUT, IN]
    assert short[1].text.strip().endswith("wort199")


def test_lists_tell_what_left_and_what_came():
    assert compare_lists(["a", "b"], ["b", "c"]) == [Piece(OUT, "a"), Piece(IN, "c"), Piece(SAME, "b")]


def test_only_fields_that_differ_are_named():
    labels = {"title": "Titel", "tags": "Schlagwörter", "note": "Notiz"}
    changes = changed_fields({"title": "A", "tags": ["x"], "note": None}, {"title": "A", "tags": ["x", "y"]}, labels)
    assert [(change.name, change.is_list) for change in changes] == [("tags", True)]
