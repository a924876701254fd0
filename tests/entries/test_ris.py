"""References in RIS as libraries and journals hand them out, and what only looks like one."""

import io

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.core.errors import Refused
from hub.entries import ris
from hub.entries.models import Entry

ARTICLE = """TY  - JOUR
AU  - Beispiel, Anna
AU  - Muster, Bernd
TI  - Angsträume am Bahnhof
T2  - Zeitschrift für Stadtforschung
PY  - 2021/05/17/
VL  - 12
IS  - 3
SP  - 45
EP  - 67
DO  - https://doi.org/10.1000/Raum.2021
UR  - https://journal.example.org/raum
SN  - 1234-5678
LA  - ger
AB  - Was Licht bewirkt.
KW  - Licht
KW  - Bahnhof, Umfeld
PB  - Verlag
ER  -
"""


def test_article_is_read_whole():
    values, number = ris.read(ARTICLE)
    assert number == 1
    assert values == {
        "url": "https://journal.example.org/raum",
        "title": "Angsträume am Bahnhof",
        "summary": "Was Licht bewirkt.",
        "publisher": "Verlag",
        "year": "2021",
        "language": "de",
        "kind": "fachartikel",
        "tags": "Licht, Bahnhof Umfeld",
        "detail_authors": "Anna Beispiel\nBernd Muster",
        "detail_author": "Anna Beispiel, Bernd Muster",
        "detail_journal": "Zeitschrift für Stadtforschung",
        "detail_medium": "Zeitschrift für Stadtforschung",
        "detail_volume": "12",
        "detail_issue": "3",
        "detail_pages": "45–67",
        "detail_isbn": "1234-5678",
        "detail_doi": "10.1000/raum.2021",
    }


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("TY - JOUR\nTI - Ein Strich zu nah\nER -", "title", "Ein Strich zu nah"),
        ("TY  - JOUR\r\nT1  - Andere Zeilenenden\r\nER  - \r\n", "title", "Andere Zeilenenden"),
        ("\ufeffTY  - JOUR\nTI  - Mit Marke am Anfang\nER  - ", "title", "Mit Marke am Anfang"),
        ("Kopf der Datei\n\nTY  - RPRT\nTI  - Ohne Ende", "title", "Ohne Ende"),
        ("TY  - JOUR\nTI  - Titel über\nzwei Zeilen\nER  - ", "title", "Titel über zwei Zeilen"),
        ("TY  - NEWS\nTI  - Zeitung\nER  - ", "kind", "medienartikel"),
        ("TY  - ELEC\nTI  - Seite\nER  - ", "kind", "dokument"),
        ("TY  - CHAP\nTI  - Kapitel\nT2  - Sammelband\nER  - ", "detail_journal", "Sammelband"),
        ("TY  - JOUR\nTI  - Ohne Adresse\nDO  - 10.1000/182\nER  - ", "url", "https://doi.org/10.1000/182"),
        ("TY  - JOUR\nTI  - T\nY1  - 1999///\nER  - ", "year", "1999"),
        ("TY  - JOUR\nTI  - T\nSP  - e12\nER  - ", "detail_pages", "e12"),
        ("TY  - JOUR\nTI  - T\nAU  - Amt für Statistik\nER  - ", "detail_authors", "Amt für Statistik"),
        ("TY  - JOUR\nTI  - T\nLA  - en-GB\nER  - ", "language", "en"),
        ("  TY  - JOUR\n  TI  - Eingerückt\n  ER  - ", "title", "Eingerückt"),
    ],
)  # fmt: skip
def test_spellings_in_use_are_read(text, field, value):
    assert ris.read(text).values[field] == value


def test_first_of_several_is_read_and_they_are_counted():
    values, number = ris.read(ARTICLE + ARTICLE.replace("Angsträume", "Lichträume"))
    assert values["title"] == "Angsträume am Bahnhof" and number == 2


def test_address_that_is_none_and_unknown_language_are_left_out():
    values = ris.read("TY  - JOUR\nTI  - T\nUR  - javascript:alert(1)\nLA  - Klingonisch\nER  - ").values
    assert "url" not in values and "language" not in values


@pytest.mark.parametrize(
    "text",
    ["", "kein RIS", "TY  - JOUR\nER  - ", "@article{a, title={B}}", "TI  - ohne Anfang", "TY  - JOUR\nAU  - x\nER  - ",
     "ER  - \n" * 100, "\x00\x01TY", "TY  - " * 100, "TY  - JOUR\n" + "AU  - x\n" * 4000 + "TI  - zu viele Zeilen"],
)  # fmt: skip
def test_what_is_no_reference_is_refused_in_words(app, text):
    with app.test_request_context(), pytest.raises(Refused, match="kein Nachweis in RIS"):
        ris.read(text)


def test_too_long_texts_and_files_are_refused(app):
    with app.test_request_context():
        with pytest.raises(Refused, match="zu lang"):
            ris.read("x" * 100_001)
        with pytest.raises(Refused, match="zu groß"):
            ris.decode(b"x" * 100_001)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_files_of_common_encodings_are_read(encoding):
    assert ris.read(ris.decode(ARTICLE.encode(encoding))).values["title"] == "Angsträume am Bahnhof"


@pytest.fixture
def person(make, sign_in):
    make.collection()
    return sign_in(make.user())


def test_form_fills_itself_from_ris_and_saves_nothing(person):
    sent = {"fill": "ris", "ris": ARTICLE, "kind": "fachartikel", "collections": ["bahnhofsviertel"], "note": "Meins"}
    response = person.post("/entries/new", sent)
    page = response.get_data(as_text=True)
    assert response.status_code == 200 and "gespeichert ist noch nichts" in page
    assert 'value="Angsträume am Bahnhof"' in page and 'value="10.1000/raum.2021"' in page and 'value="12"' in page
    assert "Anna Beispiel\r\nBernd Muster" in page or "Anna Beispiel\nBernd Muster" in page
    assert "Meins" in page and "TY  - JOUR" not in page
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_what_was_typed_wins_over_the_reference(person):
    sent = {"fill": "ris", "ris": ARTICLE, "kind": "fachartikel", "title": "Mein Titel", "detail_volume": "13"}
    page = person.post("/entries/new", sent).get_data(as_text=True)
    assert 'value="Mein Titel"' in page and 'value="13"' in page


def test_file_is_read_like_a_text(person):
    sent = {"fill": "ris", "kind": "fachartikel", "ris_file": (io.BytesIO(ARTICLE.encode()), "nachweis.ris")}
    page = person.post("/entries/new", sent).get_data(as_text=True)
    assert 'value="Angsträume am Bahnhof"' in page


@pytest.mark.parametrize("text", ["", "Das ist nichts", "TY  - JOUR\nER  -"])
def test_bad_reference_gets_a_sentence_and_everything_stays(person, text):
    sent = {"fill": "ris", "ris": text, "kind": "fachartikel", "title": "Bleibt stehen", "detail_pages": "7"}
    page = person.post("/entries/new", sent).get_data(as_text=True)
    assert "Bitte prüfen Sie diese Angaben" in page and ("kein Nachweis" in page or "Bitte fügen Sie" in page)
    assert 'value="Bleibt stehen"' in page and 'value="7"' in page and text in page


def test_saved_form_holds_the_reference(person):
    values = ris.read(ARTICLE).values
    response = person.post("/entries/new", {**values, "collections": ["bahnhofsviertel"]})
    assert response.status_code == 303
    details = db.session.scalars(select(Entry)).one().details
    assert details == {
        "authors": ["Anna Beispiel", "Bernd Muster"], "journal": "Zeitschrift für Stadtforschung", "volume": "12",
        "issue": "3", "pages": "45–67", "isbn": "1234-5678", "doi": "10.1000/raum.2021",
    }  # fmt: skip


def test_edited_entry_can_be_filled_too(make, sign_in):
    editor = make.user(role="editor")
    entry = make.entry(kind="fachartikel", title="Alt", url="https://example.org", details={"journal": "Steht schon"})
    sent = {"fill": "ris", "ris": ARTICLE, "kind": "fachartikel", "title": "Alt", "version": entry.version,
            "detail_journal": "Steht schon"}  # fmt: skip
    page = sign_in(editor).post(f"/entries/{entry.id}/edit", sent).get_data(as_text=True)
    assert 'value="Steht schon"' in page and 'value="12"' in page and 'value="Alt"' in page
