"""Whether two entries are the same thing: by hand, without tables."""

from dataclasses import replace

import pytest

from hub.duplicates import matching
from hub.duplicates.judging import Rarity, judge
from hub.duplicates.matching import find_pairs
from hub.duplicates.prints import Print, Told, make_print, share_alike, sketch_of

TEXT = " ".join(f"Satz {number} über Laternen und Wege im Viertel {number * 7}." for number in range(40))


def _print(number: int = 1, title: str = "Licht am Kanal", **more: object) -> Print:
    return make_print(Told(number, title, **{"publisher": "Amt", "year": 2020, **more}), {"kiel", "bremen"})


def _pairs(*prints: Print) -> set[tuple[int, int]]:
    return set(find_pairs(list(prints)))


@pytest.mark.parametrize(
    "more",
    [
        {"address": "example.org/licht"},
        {"doi": "10.1000/licht"},
        {"files": ("a" * 64,)},
        {"text": TEXT},
    ],
)
def test_same_thing_under_another_title_is_found(more):
    assert _pairs(_print(1, **more), _print(2, "Handreichung für helle Wege", year=None, **more)) == {(1, 2)}


def test_spelling_and_order_of_a_title_do_not_matter():
    one = _print(1, "Licht am Kanal: Leitfaden für Städte")
    assert _pairs(one, _print(2, "Leitfaden für Städte – Licht am Kanal")) == {(1, 2)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bericht Licht am Kanal 2019", "Bericht Licht am Kanal 2020"),
        ("Licht am Kanal, Teil 1", "Licht am Kanal, Teil 2"),
        ("Licht am Kanal, Band I", "Licht am Kanal, Band II"),
        ("Licht am Kanal in Kiel", "Licht am Kanal in Bremen"),
        ("Konzept Licht im Stadtteil Neudorf", "Konzept Licht im Stadtteil Altstadt"),
        ("Konzept Kanal Nord", "Konzept Kanal Süd"),
    ],
)
def test_siblings_are_not_the_same_thing(one, other):
    assert _pairs(_print(1, one), _print(2, other)) == set()


def test_front_page_of_a_house_says_little():
    one, other = _print(1, address="example.org"), _print(2, "Sommerfest der Nachbarn", address="example.org")
    assert _pairs(one, other) == set()


def test_enclosure_among_other_files_says_little():
    one = _print(1, files=("a" * 64, "b" * 64, "c" * 64))
    assert _pairs(one, _print(2, "Sommerfest der Nachbarn", files=("a" * 64, "d" * 64, "e" * 64))) == set()


def test_same_text_with_other_figures_is_another_edition():
    other = TEXT.replace("0", "9").replace("1", "8").replace("2", "5")
    assert _pairs(_print(1, text=TEXT, year=2019), _print(2, text=other, year=2021)) == set()


def test_entry_in_english_is_found_by_its_name():
    one = _print(1, "Lumira: Licht auf den Wegen am Kanal", summary="Das Vorhaben Lumira mit 12 Orten für die Stadt.")
    other = _print(2, "Lumira: light on the paths", summary="The project Lumira with 12 places for the city.")
    assert judge(one, other, Rarity(lumira=9.0)).is_pair


def test_sketch_tells_how_much_of_two_texts_is_the_same():
    assert share_alike(sketch_of(TEXT), sketch_of(TEXT)) == 1.0
    assert share_alike(sketch_of(TEXT), sketch_of(TEXT + " Noch ein Satz zum Schluss.")) > 0.8
    assert share_alike(sketch_of(TEXT), sketch_of("Ganz etwas anderes steht hier. " * 40)) < 0.2
    assert sketch_of("Zu kurz.") == ()


def test_work_grows_with_the_number_even_when_all_share_a_link_and_a_title(monkeypatch):
    calls: list[int] = []
    monkeypatch.setattr(matching, "judge", lambda one, other, rarity: calls.append(1) or judge(one, other, rarity))
    first = _print(1, address="example.org")

    def work(number: int) -> int:
        calls.clear()
        assert find_pairs([replace(first, id=place) for place in range(number)])
        return len(calls)

    assert work(400) < 2.2 * work(200)
