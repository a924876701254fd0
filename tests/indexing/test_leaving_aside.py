"""Documents that cannot cover enough are left aside early, and what is shown is the same as without that."""

import random
from itertools import pairwise

import pytest

from hub.indexing.document import Document, Removal
from hub.indexing.matching import Matched, weigh
from hub.indexing.plan import Need, Plan, Way
from hub.indexing.planning import make_plan
from hub.indexing.ranking import STEPS, importance_of
from hub.indexing.thesaurus import Thesaurus
from hub.indexing.view import View
from hub.indexing.wanted import Wanted

COMMON = ["licht", "platz", "bahnhof", "beleuchtung"]
LESS = ["angstraum", "spielplatz", "jugendliche", "bahnhofsplatz", "konzept", "parkhaus"]
RARE = ["laterne", "drogenkonsum", "lichtkonzept", "nachtbürgermeister", "gullydeckel", "wegweiser"]
SEARCHES = [
    "Licht Laterne",
    "Platz Beleuchtung Drogenkonsum",
    "Licht Platz Bahnhof",
    "Gullydeckel Licht Konzept Spielplatz",
    "Bahnhofsplatz Licht -Parkhaus",
    "Platz Licht jahr:2015-2019",
    '"licht platz" Nachtbürgermeister Bahnhof',
    "titel:Licht Platz Konzept Angstraum",
    "Laternen Jugend Parkplatz Wegweisern",
]


@pytest.fixture
def filled(store):
    chance = random.Random(20261123)

    def some_text(length: int) -> str:
        return " ".join(chance.choice(chance.choices((COMMON, LESS, RARE), (12, 4, 1))[0]) for _ in range(length))

    documents = [
        Document(number, some_text(3), summary=some_text(chance.randint(3, 25)), year=chance.randint(2010, 2022))
        for number in range(1, 601)
    ]
    store.rebuild(documents[:500], marker=1)
    store.apply([*documents[500:], Removal(7), Removal(501)], marker=2)
    return store


def check_that_all_is_shown(plan: Plan, view: View) -> None:
    for need in plan.needs:
        weigh(need, view)
    for segment in view.segments:
        former = None
        for step in STEPS:
            least = step * importance_of(plan)
            former, whole = Matched(plan, segment, least, former), Matched(plan, segment)
            places = former.places(least)
            assert sorted(places) == sorted(whole.places(least))
            assert former.values(places) == pytest.approx(whole.values(places))
            assert former.count(least) == len(places)
            if len(plan.needs) > 1:
                covered = [whole.covered[place] for place in places]
                assert [former.covered[place] for place in places] == pytest.approx(covered)


@pytest.mark.parametrize("text", SEARCHES)
def test_nothing_that_is_shown_is_left_aside(filled, text):
    with filled._reading() as view:
        check_that_all_is_shown(make_plan(Wanted(text), view, Thesaurus()), view)


def widened(word: str) -> Need:
    """A word with other words for it, less and less sure, as the thesaurus gives them."""
    ways = [Way(1.0, ((word,),)), Way(0.75, (("licht",), ("konzept",)), window=4), Way(0.5, (("bahnhof",),))]
    return Need([*ways, Way(0.3, (("platz", "+platz"),)), Way(0.25, (("konzept",), ("platz",)), window=4)])


@pytest.mark.parametrize("words", [["latern"], ["latern", "spielplatz"], ["latern", "spielplatz", "konzept"]])
def test_nothing_that_is_met_unsurely_is_left_aside_when_it_is_shown(filled, words):
    with filled._reading() as view:
        check_that_all_is_shown(Plan([widened(words[0]), *(Need([Way(1.0, ((word,),))]) for word in words[1:])]), view)


def test_what_is_met_too_unsurely_is_left_aside(filled):
    with filled._reading() as view:
        plan = Plan([widened("latern"), Need([Way(1.0, (("spielplatz",),))])])
        for need in plan.needs:
            weigh(need, view)
        segment = view.segments[0]
        least, whole = STEPS[0] * importance_of(plan), Matched(plan, segment).mets[0]
        sure = Matched(plan, segment, least).mets[0]
    assert [weight for weight, _places in whole.layers] == [1.0, 0.75, 0.5, 0.3]
    assert [weight for weight, _places in sure.layers] == [1.0, 0.75, 0.5]
    assert set(sure.places()) < set(whole.places())


def test_something_is_left_aside(filled):
    with filled._reading() as view:
        plan = make_plan(Wanted("Platz Beleuchtung Drogenkonsum"), view, Thesaurus())
        for need in plan.needs:
            weigh(need, view)
        looked_at = [
            len(Matched(plan, view.segments[0], step * importance_of(plan)).candidates) for step in (*STEPS, 0.0)
        ]
    assert looked_at[0] < looked_at[-1] / 4
    assert all(fewer <= more for fewer, more in pairwise(looked_at))
