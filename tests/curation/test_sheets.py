"""Entries as a spreadsheet and back: what was typed comes back as it was, what is wrong is named by row and column."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.curation.bulk_queries import find_known
from hub.curation.models import BulkChange, BulkRow
from hub.curation.sheets import write_sheet
from hub.entries.queries.many import find_states
from hub.entries.service.contributing import add_to_collection

COLUMNS = {
    "number": "Nr.",
    "version": "Fassung",
    "title": "Titel",
    "kind": "Art",
    "organisation": "Stadt oder Stelle",
    "places": "Sammlungen",
    "tags": "Schlagwörter",
    "year": "Jahr",
    "summary": "Worum geht es?",
    "review": "Nächste Prüfung",
}


@pytest.fixture
def office(app, make, sign_in):
    make.collection("steuerung", ("Kommunal", "Land"))
    return sign_in(make.user(role="editor"))


def export(office, *entries):
    answer = office.post("/bulk/export", {"pick": [f"{entry.id}:{entry.version}" for entry in entries]})
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.get_data()))


def send(office, book):
    content = io.BytesIO()
    if isinstance(book, bytes):
        content.write(book)
    else:
        book.save(content)
    content.seek(0)
    return office.post("/bulk/sheet", {"file": (content, "eintraege.xlsx")})


def preview(office, book):
    """The change and its rows, as the upload made them."""
    answer = send(office, book)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    number = int(answer.headers["Location"].rpartition("/")[2])
    rows = db.session.scalars(select(BulkRow).where(BulkRow.change_id == number).order_by(BulkRow.place)).all()
    return db.session.get(BulkChange, number), rows


def column(sheet, head):
    return next(cell.column for cell in sheet[1] if cell.value == head)


def write(sheet, row, **values):
    for name, value in values.items():
        sheet.cell(row, column(sheet, COLUMNS[name])).value = value


def values_of(entry):
    db.session.rollback()
    return find_states(db.session(), [entry.id])[entry.id].values


def test_a_sheet_that_comes_back_unchanged_changes_nothing(make, office):
    entries = [
        make.entry("=SUMME(A1)", tags=("Licht", "Über uns"), section="Zum Einstieg", summary="Zeile 1\nZeile 2 & <b>"),
        make.entry("+49 30", collections=("bahnhofsviertel", "steuerung"), year=2020, publisher="@stadt"),
    ]
    change, rows = preview(office, export(office, *entries))
    assert (change.row_count, change.same_count, change.problem_count, rows, change.remarks) == (0, 2, 0, [], [])


def test_no_cell_is_a_formula(make, office):
    """T11: spreadsheets take a text for what it is, whatever it begins with."""
    entries = [make.entry(f"{sign}1+1", publisher=f"{sign}cmd") for sign in ("=", "+", "-", "@", "\t=")]
    sheet = export(office, *entries).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {"s", "inlineStr"}
    assert sheet.cell(2, column(sheet, "Titel")).value == "=1+1"
    states = [find_states(db.session(), [entry.id])[entry.id] for entry in entries]
    with zipfile.ZipFile(io.BytesIO(write_sheet(states, find_known()))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_what_was_typed_is_shown_and_applied(make, office):
    entry, other = make.entry("Alt", tags=("Licht",)), make.entry("Bleibt")
    make.organisation("Köln")
    book = export(office, entry, other)
    sheet = book.worksheets[0]
    write(sheet, 2, title="Neu", places="Sammlung steuerung › Kommunal; sammlung bahnhofsviertel", tags="Licht; Platz",
          year=2021, kind="Methode", organisation="Stadt Köln", summary="Kurz gesagt.")  # fmt: skip
    change, rows = preview(office, book)
    assert (change.row_count, change.same_count, rows[0].line) == (1, 1, 2)
    told = {label: (old, new) for label, old, new in rows[0].changes}
    assert told["Titel"] == ("Alt", "Neu") and told["Schlagwörter"] == ("", "Platz") and told["Jahr"] == ("", "2021")
    assert told["Art"] == ("Dokument", "Methode") and told["Stadt oder Stelle"] == ("Stadt Essen", "Stadt Köln")
    office.post(f"/bulk/{change.id}/apply", {})
    now = values_of(entry)
    assert (now["title"], now["tags"], now["year"], now["kind"]) == ("Neu", ["Licht", "Platz"], 2021, "methode")
    assert [place["position"] for place in now["places"]] == [0, 1] and now["places"][0]["section_id"] is not None


def test_columns_may_move_lack_and_be_foreign(make, office):
    entry = make.entry("Spalten", tags=("Licht",), year=2020)
    book = Workbook()
    for row in (["Bemerkung", "Schlagwörter", "Fassung", "", "Nr.", "schlagwörter"],
                ["meine", "Licht, Platz", 1, "x", entry.id, "Falsch"]):  # fmt: skip
        book.active.append(row)
    change, rows = preview(office, book)
    assert rows[0].changes == [["Schlagwörter", "", "Platz"]]
    assert any("Spalte A „Bemerkung“: Diese Spalte kennen wir nicht" in remark for remark in change.remarks)
    assert any("Spalte F „schlagwörter“: Diese Spalte gibt es zweimal" in remark for remark in change.remarks)
    assert any("Die Spalte „Titel“ fehlt" in remark for remark in change.remarks)


@pytest.mark.parametrize("head", ["Nr.", "Fassung"])
def test_without_number_or_version_nothing_can_be_told(make, office, head):
    book = export(office, make.entry())
    book.worksheets[0].delete_cols(column(book.worksheets[0], head))
    answer = send(office, book)
    assert answer.status_code == 422
    assert f"Die Spalte „{head}“ fehlt" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "typed, told",
    [
        ({"title": "=1+1"}, "Zeile 2, Spalte „Titel“: Hier steht eine Formel"),
        ({"title": ""}, "Zeile 2, Spalte „Titel“: Ein Eintrag braucht einen Titel"),
        ({"title": "x" * 301}, "Spalte „Titel“: Das ist zu lang"),
        ({"kind": "Roman"}, "Spalte „Art“: „Roman“ gibt es nicht. Möglich sind: Dokument"),
        ({"organisation": "Atlantis"}, "Spalte „Stadt oder Stelle“: „Atlantis“ gibt es nicht"),
        ({"organisation": None}, "Spalte „Stadt oder Stelle“: Hier fehlt eine Angabe"),
        ({"places": "Sammlung bahnhofsviertel; Nirgends"}, "Spalte „Sammlungen“: „Nirgends“ gibt es nicht"),
        ({"places": "Sammlung steuerung › Zum Einstieg"}, "Den Abschnitt „Zum Einstieg“ gibt es in dieser Sammlung"),
        ({"places": "Sammlung steuerung; Sammlung steuerung"}, "steht hier zweimal"),
        ({"places": ""}, "Spalte „Sammlungen“: Ein Eintrag braucht mindestens eine Sammlung"),
        ({"year": "neulich"}, "Spalte „Jahr“: Das ist kein Jahr"),
        ({"year": 1492}, "Spalte „Jahr“: Das ist kein Jahr"),
        ({"tags": "; ".join(f"wort {n}" for n in range(21))}, "mehr als 20 Schlagwörter"),
        ({"tags": "x" * 81}, "Ein Schlagwort hat höchstens 80 Zeichen"),
        ({"review": "bald"}, "Spalte „Nächste Prüfung“: Das ist kein Tag"),
        ({"number": ""}, "Spalte „Nr.“: Hier fehlt die Nummer"),
        ({"number": 999999}, "Diesen Eintrag gibt es nicht mehr"),
        ({"version": "neu"}, "Spalte „Fassung“: Hier fehlt die Fassung"),
        ({"version": 7}, "seit dem Herunterladen der Tabelle geändert"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_goes_through(make, office, typed, told):
    wrong, right = make.entry("Falsch"), make.entry("Richtig")
    book = export(office, wrong, right)
    write(book.worksheets[0], 2, **typed)
    write(book.worksheets[0], 3, tags="Gut")
    change, rows = preview(office, book)
    assert told in rows[0].problem and not rows[1].problem
    assert (change.row_count, change.problem_count) == (1, 1)
    page = office.get(f"/bulk/{change.id}?show=left").get_data(as_text=True)
    assert "1 bleibt außen vor." in page
    office.post(f"/bulk/{change.id}/apply", {})
    assert (values_of(right)["tags"], values_of(wrong)["title"]) == (["Gut"], "Falsch")


@pytest.mark.parametrize("typed", ["31.03.2027", "2027-03-31", 46477])
def test_days_may_be_written_as_spreadsheets_do(make, office, typed):
    book = export(office, make.entry("Tag"))
    write(book.worksheets[0], 2, review=typed)
    assert preview(office, book)[1][0].values == {"review_on": "2027-03-31"}


def test_an_entry_twice_counts_once(make, office):
    entry = make.entry("Doppelt")
    book = export(office, entry)
    sheet = book.worksheets[0]
    write(sheet, 2, tags="Erste")
    sheet.append([cell.value for cell in sheet[2]])
    write(sheet, 3, tags="Zweite")
    change, rows = preview(office, book)
    assert (change.row_count, change.problem_count) == (1, 1)
    assert "Dieser Eintrag steht schon in Zeile 2" in rows[1].problem


def test_entries_changed_or_withdrawn_since_the_export_are_listed(make, office, editor):
    changed, gone = make.entry("Geändert"), make.entry("Wartet", status="submitted")
    book = export(office, changed)
    sheet = book.worksheets[0]
    sheet.append([cell.value for cell in sheet[2]])
    write(sheet, 2, tags="Neu")
    write(sheet, 3, number=gone.id, tags="Neu")
    add_to_collection(editor, changed.id, [make.collection("steuerung").id])
    _change, rows = preview(office, book)
    assert "seit dem Herunterladen" in rows[0].problem and "nicht mehr veröffentlicht" in rows[1].problem


def test_empty_cells_empty_what_may_be_empty(make, office):
    entry = make.entry("Leer", tags=("Licht",), year=2020, summary="Weg damit", publisher="Stadt")
    book = export(office, entry)
    write(book.worksheets[0], 2, tags=None, year=None, summary=None)
    change, _rows = preview(office, book)
    office.post(f"/bulk/{change.id}/apply", {})
    now = values_of(entry)
    assert (now["tags"], now["year"], now["summary"], now["publisher"]) == ([], None, "", "Stadt")


@pytest.mark.parametrize(
    "content, told",
    [
        (b"", "Bitte wählen Sie die Datei"),
        (b"Nr.;Titel\r\n1;A", "lässt sich nicht lesen"),
        (b"PK\x03\x04 broken", "lässt sich nicht lesen"),
    ],
)
def test_what_is_no_sheet_is_refused(office, content, told):
    answer = send(office, content)
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


def test_a_bomb_and_macros_are_refused(make, office):
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 220_000_000 + b"</worksheet>")
    assert "zu groß" in send(office, book.getvalue()).get_data(as_text=True)
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    assert "ohne Makros" in send(office, book.getvalue()).get_data(as_text=True)
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>')
    assert send(office, book.getvalue()).status_code == 422


def test_that_a_table_was_taken_along_is_an_event(make, office):
    export(office, make.entry(), make.entry())
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "entry.listed"))
    assert event.detail == {"count": 2}
    assert office.post("/bulk/export", {}).status_code == 422
