"""Whatever is typed gets an answer: odd input finds less, is named, and never fails or takes long."""

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.indexing.document import Document
from hub.indexing.query import LONGEST, MOST_WORDS, parse
from hub.indexing.store import IndexStore
from hub.indexing.thesaurus import Concept, Thesaurus
from hub.indexing.wanted import OUT_OF_TIME, Wanted

LONGEST_SECONDS = 2.0

_SIGNS = st.sampled_from(
    '( ) [ ] { } * ? ~ ^ " „ “ « » \' - + | || && ! : / \\ < > = NOT AND OR ODER NICHT ohne oder und'
    " titel: tag: stadt: jahr: jahr:2019-2022 jahr:-5 art: sammlung: sprache: xyz:".split()
)
_WORDS = st.sampled_from("Licht Angsträume Bürger*innen E-Scooter Plan#B Straßenbeleuchtung a 7 der KOD".split())
_TEXT = st.text(max_size=40)
_MARKS = st.sampled_from(["\x00", "\u202e", "\u200f", "\u200b", "\ufeff", "\t", "\n", "é", "ﬁ", "🙂", "ẞ", "İ"])
QUERIES = st.lists(st.one_of(_SIGNS, _WORDS, _TEXT, _MARKS), max_size=25).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    store = IndexStore(tmp_path_factory.mktemp("odd"))
    store.use_thesaurus(Thesaurus.of([
        Concept("licht", {"de": ("Licht", "Beleuchtung"), "en": ("lighting",)}, related=("angst",)),
        Concept("angst", {"de": ("Angstraum", "Menschen ohne Licht")}),
    ]))
    store.rebuild(
        [
            Document(id=n, title=f"Licht und Angsträume {n}", summary="Bürger*innen und E-Scooter", year=2010 + n)
            for n in range(1, 9)
        ],
        marker=1,
    )
    yield store
    store.close()


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(QUERIES)
@example("(" * 5_000)
@example("NOT " * 200)
@example("a" * 100_000)
@example(" ".join(f"wort{n}" for n in range(200)))
@example('"' * 199)
@example("*a* *b* *c* [a TO z] *")
@example("titel:" * 40)
def test_t41_t42_every_text_gets_an_answer_in_time(shelf, text):
    begin = time.thread_time()
    found = shelf.search(Wanted(text))
    assert time.thread_time() - begin < LONGEST_SECONDS
    assert 0 <= found.total <= 8
    assert len(found.ids) == len(set(found.ids)) == found.total


@settings(max_examples=500, deadline=None)
@given(QUERIES)
def test_t41_work_is_bounded_whatever_is_typed(text):
    parsed = parse(text)
    items = [choice for item in parsed.wanted for choice in getattr(item, "choices", (item,))]
    typed = [word for item in (*items, *parsed.excluded) for word in item.words]
    assert len(typed) <= MOST_WORDS
    assert all(len(word.folded) <= 60 for word in typed)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wort " * 60, "too_long"),
        (" ".join(f"w{n}" for n in range(20)), "too_many_words"),
        ("*ende", "wildcard"),
        ("ab*", "short_prefix"),
        ('"offen gelassen', "unclosed_quote"),
        ("jahr:gestern Licht", "unknown_year"),
        ("farbe:rot Licht", "unknown_field"),
        ("der die das", "only_stop_words"),
    ],
)
def test_says_what_was_left_out(shelf, text, code):
    assert code in shelf.search(Wanted(text)).left_out


def test_long_text_is_cut_at_a_word():
    parsed = parse("Straßenbeleuchtung " * 30)
    words = [word.folded for item in parsed.wanted for word in item.words]
    assert set(words) == {"strassenbeleuchtung"}
    assert len(" ".join(words)) <= LONGEST + 20


def test_t41_search_without_time_finds_what_is_surest_and_says_so(shelf):
    found = shelf.search(Wanted("Licht", seconds=-1))
    assert found.total == 8
    assert found.also_searched == ()
    assert OUT_OF_TIME in found.left_out


def test_t41_phrase_without_time_is_not_looked_for_and_said_so(shelf):
    found = shelf.search(Wanted('"Licht und Angsträume"', seconds=-1))
    assert found.total == 0
    assert OUT_OF_TIME in found.left_out


def test_search_in_time_leaves_nothing_out(shelf):
    assert OUT_OF_TIME not in shelf.search(Wanted('"Licht und Angsträume"')).left_out
