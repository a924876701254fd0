"""Good files of each type give their words, their pages and what they say of themselves."""

from pathlib import Path

import pytest

from hub.fetching.extract import running
from hub.fetching.extract.flow import tidy
from hub.fetching.extract.result import Extracted
from tests.support import documents

GERMAN = (
    "Der Bahnhof ist für viele Menschen ein Ort, den sie meiden, und das liegt nicht nur an der Beleuchtung. Die Stadt "
    "hat mit den Anwohnenden gesprochen, und sie werden bei der Planung auch im Weiteren gehört."
)


@pytest.fixture
def read(tmp_path: Path):
    """``read(extension, content)`` has a file read in its own process."""

    def _read(extension: str, content: bytes) -> Extracted:
        path = tmp_path / "datei"
        path.write_bytes(content)
        return running.read(path, extension)

    return _read


def test_a_pdf_gives_its_pages_in_order_with_title_author_day_and_language(read):
    lines = GERMAN.replace(", ", ",\n")
    found = read(
        "pdf", documents.pdf([lines, "Zweite Seite", ""], "Microsoft Word - Angsträume.docx", "Amt 32", "D:20240229")
    )
    assert found.reason == ""
    assert found.pages[0].split() == GERMAN.split()
    assert found.pages[1:] == ("Zweite Seite", "")
    assert (found.page_count, found.is_cut) == (3, False)
    assert (found.title, found.author, found.date, found.language) == ("Angsträume", "Amt 32", "2024-02-29", "de")


def test_a_word_file_gives_paragraphs_and_no_deleted_text(read):
    more = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Links</w:t><w:tab/><w:t>rechts</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>Gestrichenes</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Zelle eins</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    found = read("docx", documents.docx(["Erster Absatz & mehr", "Zweiter"], "Konzept", "Amt 61", more))
    assert found.pages == ("Erster Absatz & mehr\nZweiter\nLinks\trechts\nZelle eins",)
    assert (found.title, found.author, found.date) == ("Konzept", "Amt 61", "2023-05-17")


def test_a_long_word_file_comes_in_portions(read):
    found = read("docx", documents.docx([f"Absatz {number} " + "Wort " * 100 for number in range(30)]))
    assert len(found.pages) == 5
    assert found.pages[1].startswith("Absatz 6 ")


def test_slides_come_in_the_order_of_the_show(read):
    found = read("pptx", documents.pptx([["Anfang", "Ziele"], ["Ende"], ["Mitte"]], order=[0, 2, 1]))
    assert found.pages == ("Anfang\nZiele", "Mitte", "Ende")


def test_tables_give_texts_and_names_of_sheets_but_no_bare_numbers(read):
    found = read("xlsx", documents.xlsx({"Maßnahmen": [["Licht", "Wege"], ["Grün"]], "Kosten": [["Förderung"]]}))
    assert found.pages == ("Maßnahmen\nLicht\tWege\nGrün", "Kosten\nFörderung")


def test_open_documents_give_their_words(read):
    text = (
        "<office:text><text:tracked-changes><text:p>Altes</text:p></text:tracked-changes><text:h>Überschrift</text:h>"
        "<text:p>Ein<text:s/>Satz<office:annotation><text:p>Bemerkung</text:p></office:annotation>.</text:p></office:text>"
    )
    assert read("odt", documents.opendocument("odt", text, "Leitfaden")).pages == ("Überschrift\nEin Satz.",)
    assert read("odt", documents.opendocument("odt", text, "Leitfaden")).title == "Leitfaden"
    slides = "<draw:page><text:p>Erste Folie</text:p></draw:page><draw:page><text:p>Zweite</text:p></draw:page>"
    assert read("odp", documents.opendocument("odp", slides)).pages == ("Erste Folie", "Zweite")
    sheet = '<table:table table:name="Blatt"><table:table-cell><text:p>Zelle</text:p></table:table-cell></table:table>'
    assert read("ods", documents.opendocument("ods", sheet)).pages == ("Blatt\nZelle",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_plain_text_is_read_in_the_usual_encodings(read, encoding):
    assert read("txt", "Größe und Höhe – geprüft\n\n\nNeue Zeile".encode(encoding)).pages == (
        "Größe und Höhe – geprüft\n\nNeue Zeile",
    )


def test_pages_beyond_the_limit_are_left_out_and_that_is_said(read):
    found = read("pdf", documents.pdf(["Kurze Seite"] * 2003))
    assert (len(found.pages), found.page_count, found.is_cut) == (2000, 2003, True)


def test_letters_beyond_the_limit_are_left_out_and_that_is_said(read):
    found = read("txt", b"Wort und Wort\n" * 400_000)
    assert found.is_cut
    assert 4_900_000 < sum(map(len, found.pages)) <= 5_000_000


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Sicher-\nheit", "Sicherheit"),
        ("Sicher\ufffe\nheit", "Sicherheit"),
        ("Sicher\x02heit", "Sicherheit"),
        ("Groß- \n und Klein-\nstädte", "Groß-\nund Kleinstädte"),
        ("Nord-\nSüd", "Nord-\nSüd"),
        ("Kopfzeile 3\nText", "Kopfzeile 3\nText"),
        ("oﬃziell  oﬀen\x00\u202e", "offiziell offen"),
        ("10-\nmal", "10-\nmal"),
    ],
)
def test_words_parted_at_the_end_of_a_line_are_mended(raw, wanted):
    assert tidy(raw) == wanted


BODY = "Td (Kleiner Text, der die Seite fuellt und von vielem handelt.) Tj 0 -14 " * 8


def titled(large: str, title: str = "") -> bytes:
    """A PDF whose first page begins with these lines in large letters."""
    lines = " 0 -30 Td ".join(f"({line}) Tj" for line in large.split("\n"))
    stream = f"BT /F1 12 Tf 50 800 Td (Stadt Essen, Amt 32) Tj /F1 26 Tf 0 -60 Td {lines} /F1 11 Tf 0 -60 {BODY} Td ET"
    return documents.pdf_of_streams([stream.encode("cp1252")], title)


@pytest.mark.parametrize(
    ("large", "told", "title"),
    [
        ("Sichere Wege zum Bahnhof", "", "Sichere Wege zum Bahnhof"),
        ("Sichere Wege\nzum Bahnhof", "", "Sichere Wege zum Bahnhof"),
        ("Sichere Wege zum Bahnhof", "Microsoft Word - Dokument1.docx", "Sichere Wege zum Bahnhof"),
        ("Sichere Wege zum Bahnhof", "Angsträume", "Angsträume"),
        ("2024", "", ""),
        ("Bericht", "", ""),
    ],
)
def test_a_pdf_without_a_title_is_called_by_what_stands_largest_on_its_first_page(read, large, told, title):
    assert read("pdf", titled(large, told)).title == title


def test_a_page_in_letters_of_one_size_gives_no_title(read):
    assert read("pdf", documents.pdf([GERMAN.replace(", ", ",\n")])).title == ""
