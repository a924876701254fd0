"""What the network needs: counts by topic and month, for the office, without persons and without cities."""

import csv
import io
import re
from datetime import timedelta

import pytest

from hub.collections.models import Section
from hub.core import clock
from hub.core.errors import NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import EntryOpening
from hub.insights import queries
from hub.insights.views import TABLES
from hub.search.models import SearchMiss
from hub.web.charts import draw_bars, draw_columns
from tests.support.counting import counted_statements

MONTH_AGO = clock.now() - timedelta(days=60)


def miss(text: str, count: int = 2, hits: int = 0) -> None:
    with unit_of_work() as session:
        today = clock.today()
        mark = text.encode().hex().rjust(64, "0")[-64:]
        session.add(SearchMiss(fingerprint=mark, text=text, count=count, hits=hits, first_on=today, last_on=today))


def opened(entry, count: int, month=None) -> None:
    with unit_of_work() as session:
        first = (month or clock.today()).replace(day=1)
        session.add(EntryOpening(entry_id=entry.id, month=first, count=count))


@pytest.fixture
def office(make, sign_in):
    """A signed-in editor."""
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


def rows_of(office, part: str) -> list[list[str]]:
    text = office.get(f"/insights/{part}.csv").get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_searches_are_shown_from_two_on_with_and_without_hits(editor):
    miss("quarzflausch", 5), miss("nebelkarte", 3, hits=2), miss("", 1)
    assert [(one.text, one.count, one.hits) for one in queries.find_missing(editor)] == [
        ("quarzflausch", 5, 0), ("nebelkarte", 3, 2),
    ]  # fmt: skip


def test_concepts_gather_their_searches(editor):
    for text in ("angstraum", "angsträume unterführung", "quarzflausch"):
        miss(text)
    found = {one.label: one.count for one in queries.find_sought(editor, queries.find_missing(editor))}
    assert found.get("Angstraum") == 4


def test_thin_and_old_topics_are_found(make, editor):
    make.collection("bahnhofsviertel", sections=("Voll", "Leer", "Alt"))
    year = clock.today().year
    for _ in range(5):
        make.entry(section="Voll", year=year)
        make.entry(section="Alt", year=year - 9)
    make.entry(section="Leer", status="submitted")
    thin = queries.thin_topics(queries.find_topics(editor))
    assert [(topic.section, topic.count, topic.is_old) for topic in thin] == [("Leer", 0, False), ("Alt", 5, True)]


def test_used_and_never_opened_entries(make, editor):
    often, seldom = make.entry(title="Oft", at=MONTH_AGO), make.entry(title="Selten", at=MONTH_AGO)
    make.entry(title="Nie", at=MONTH_AGO)
    make.entry(title="Ganz neu")
    gone = make.entry(title="Archiviert", status="withdrawn", at=MONTH_AGO)
    opened(often, 3), opened(often, 2, clock.today() - timedelta(days=40)), opened(seldom, 1), opened(gone, 9)
    opened(seldom, 50, clock.today() - timedelta(days=800))
    assert [(row.title, row.count) for row in queries.find_used(editor)] == [("Oft", 5), ("Selten", 1)]
    unopened = queries.find_unopened(editor)
    assert ([row.title for row in unopened.rows], unopened.total) == (["Nie"], 1)


def test_months_add_up(make, editor):
    opened(make.entry(at=MONTH_AGO), 4)
    make.entry()
    months = queries.find_months(editor)
    assert len(months) == 12 and months[-1].first == clock.today().replace(day=1)
    assert (months[-1].opened, sum(month.published for month in months)) == (4, 2)
    assert months[-1].published == 1


def test_only_the_office_sees_it(member, make, sign_in):
    with pytest.raises(NotAllowed):
        queries.find_missing(member)
    assert sign_in(make.user()).get("/insights").status_code == 403


def test_nothing_ranks_cities(make, office):
    """No page and no table of the room names an organisation, but for the reader's own in the menu."""
    names = ("Augsburg", "Hannover", "Mannheim")
    for number, name in enumerate(names):
        entry = make.entry(title=f"Titel {number}", organisation=name, at=MONTH_AGO, section="Zum Einstieg")
        opened(entry, number + 1)
    make.entry(title="Nie", organisation="Luckenwalde", at=MONTH_AGO)
    miss("quarzflausch")
    pages = ["/insights", *(f"/insights/{part}.csv" for part in TABLES)]
    for page in pages:
        answer = office.get(page)
        assert answer.status_code == 200
        named = [name for name in (*names, "Luckenwalde") if name in answer.get_data(as_text=True)]
        assert named == [], page


def test_tables_are_whole_and_no_formulas(make, office):
    miss("=cmd|quarz"), miss("quarzflausch", 4)
    opened(make.entry(title="@Titel"), 2)
    assert rows_of(office, "suchen")[1:] == [
        ["quarzflausch", "4", "0", clock.today().isoformat()], ["'=cmd|quarz", "2", "0", clock.today().isoformat()],
    ]  # fmt: skip
    assert rows_of(office, "genutzt")[1][1] == "'@Titel"
    assert len(rows_of(office, "monate")) == 13
    assert office.get("/insights/anderes.csv").status_code == 404


def test_page_leads_on_and_needs_few_statements(make, office):
    make.collection()
    miss("quarzflausch")
    text = office.get("/insights").get_data(as_text=True)
    assert 'formaction="/questions/ask-cities" name="words" value="quarzflausch"' in text
    assert "/thesaurus/new?name=quarzflausch" in text
    assert "Noch ist nichts gezählt." in text and 'id="geoeffnet-titel"' not in text, "an empty chart says nothing"
    with counted_statements() as sent:
        office.get("/insights")
    for number in range(30):
        opened(make.entry(at=MONTH_AGO), number + 1)
        miss(f"wort{chr(97 + number % 26)}{number}")
    with unit_of_work() as session:
        session.add_all(Section(collection_id=1, title=f"Abschnitt {number}", position=number) for number in range(9))
    office.get("/insights")
    with counted_statements() as many:
        office.get("/insights")
    assert len(many) <= len(sent) <= 12


def test_charts_say_what_they_show_and_carry_no_style():
    for draw in (draw_columns, draw_bars):
        svg = str(draw("k", "Titel & mehr", "Ein Satz.", [("<b>", 3), ("Ein sehr langer Name eines Eintrags hier", 0)]))
        assert '<title id="k-titel">Titel &amp; mehr</title>' in svg and '<desc id="k-text">Ein Satz.</desc>' in svg
        assert 'role="img"' in svg and 'aria-labelledby="k-titel k-text"' in svg
        assert "style" not in svg and "fill=" not in svg and "<b>" not in svg
        assert not re.search(r'(width|height|x|y)="-', svg)
    name = "Handreichung zur Beleuchtung von Unterführungen und Bahnhofsvorplätzen bei Nacht"
    assert f">{name}</text>" in draw_bars("k", "t", "s", [(name, 1)])
    assert draw_columns("k", "t", "s", []) and draw_bars("k", "t", "s", [])
