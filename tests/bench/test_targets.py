"""From what was measured to the rows of the table: which figure is held against which floor and which target."""

import pytest

from bench.corpus import Query
from bench.crowd import Crowd
from bench.figures import Times
from bench.report import Row
from bench.targets import rows
from bench.visits import View
from bench.web import Measured, Saving, compare_hits, holds_title


def times(milliseconds: float) -> Times:
    return Times((milliseconds / 1000,) * 10, 0.5, processor=milliseconds / 200)


def measured(size: int, search: float = 12.0, page: float = 4.0) -> Measured:
    """A run in which the floor's page takes 5 ms and everything of the hub what is given."""
    names = ("Startseite", "Sammlung", "Eintrag")
    pages = {("hub", name, clients): times(page) for name in names for clients in (1, 10)}
    pages |= {("hub", "Suche", clients): times(search) for clients in (1, 10)}
    pages |= {("floor", name, clients): times(5.0) for name in ("Sammlung", "Suche") for clients in (1, 10)}
    saving = Saving([0.02], [0.02], [0.03], [0.01], at_first_look=1)
    seen = View(9, {"document": 5.0, "script": 4.0}, 0), View(1, {"document": 5.0}, 0)
    return Measured(
        size, pages, {"hub": saving, "floor": saving}, {"hub": 1.0, "floor": 0.3}, {"hub": 150.0, "floor": 60.0},
        {"hub": (20, 5), "floor": (20, 20)}, 20, 0.0, Crowd(times(page), times(4 * page), (1.0, 3.5), 1), seen,
    )  # fmt: skip


def row_named(found: list[Row], name: str) -> Row:
    return next(row for row in found if row.name == name)


def test_every_page_is_held_against_the_list_of_the_floor() -> None:
    found = list(rows([measured(1000)]))
    assert row_named(found, "Sammlung, 1 Person, p50").ratio == pytest.approx(0.8)
    assert row_named(found, "Suche, 10 Personen, p50").ratio == pytest.approx(2.4)
    assert row_named(found, "Sammlung, 10 Personen, Durchsatz").floor == pytest.approx(20.0)
    assert row_named(found, "Suche, 1 Person, Rechenzeit je Seite").value == pytest.approx(6.0)


def test_a_slow_search_misses_its_target() -> None:
    found = list(rows([measured(1000, search=16.0)]))
    assert row_named(found, "Suche, 1 Person, p50").verdict == "verfehlt"
    assert row_named(found, "Sammlung, 1 Person, p50").verdict == "ok"


def test_pages_of_others_while_many_sign_in_are_held_against_the_same_pages_without_them() -> None:
    found = list(rows([measured(1000)]))
    crowded = row_named(found, "Sammlung, während 2 sich anmelden, p95")
    assert (crowded.ratio, crowded.verdict) == (pytest.approx(4.0), "ok")
    assert row_named(found, "Sammlung, während 2 sich anmelden: längste Wartezeit").value == 3.5


def test_growth_is_the_large_figure_over_the_small_one() -> None:
    found = list(rows([measured(1000), measured(10_000, search=18.0, page=6.0)]))
    assert row_named(found, "Wachstum seit 1000: Suche, p50").ratio == pytest.approx(1.5)
    assert row_named(found, "Wachstum seit 1000: Suche, p50").verdict == "ok"
    assert row_named(found, "Wachstum seit 1000: Sammlung, p50").verdict == "verfehlt"


def test_everything_but_pictures_of_entries_counts_as_first_view() -> None:
    assert View(3, {"document": 5.0, "script": 4.0, "thumbnail": 50.0}, 0).total == 9.0


def test_a_new_entry_counts_as_found_by_the_title_of_a_hit_only() -> None:
    assert holds_title("<a>Leitfaden <mark>Zitafex</mark></a>", "Zitafex")
    assert not holds_title('<input name="q" value="zitafex">', "Zitafex")


def test_hits_are_read_from_the_page() -> None:
    class Page:
        text = "<p><strong>1.234 Einträge</strong> für <strong>Licht</strong></p>"

    class Pages:
        def get(self, _path: str) -> Page:
            return Page()

    assert compare_hits(Pages(), ["/a", "/b"], [Query("Wort", "a", 1234), Query("Wort", "b", 1000)]) == (2, 1)
