"""Files: checked by content, kept when good, nothing left behind when not, handed out to those who may read."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.core import storage
from hub.core.db import db
from hub.core.filetypes import MAX_MEMBERS
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, Entry
from hub.entries.service.files import hold_upload, sweep_held_files
from tests.entries.builders import PDF, SECRET_IN_EXIF, archive, archive_with_double, bomb, cut, odt, office, picture

MIB = 1024 * 1024
OPENDOCUMENT = "application/vnd.oasis.opendocument"
GOOD = {
    "bericht.pdf": lambda: PDF,
    "BERICHT.PDF": lambda: PDF,
    "konzept.docx": lambda: office("docx"),
    "folien.pptx": lambda: office("pptx"),
    "tabelle.xlsx": lambda: office("xlsx", ("xl/embeddings/tabelle.xlsx", b"PK")),
    "text.odt": odt,
    "folien.odp": lambda: odt(f"{OPENDOCUMENT}.presentation"),
    "tabelle.ods": lambda: odt(f"{OPENDOCUMENT}.spreadsheet"),
    "notiz.txt": lambda: "Größe und Höhe – geprüft\r\n\tEingerückt\f".encode(),
    "notiz-mit-marke.txt": lambda: "Größe".encode("utf-8-sig"),
    "notiz-windows.txt": lambda: "Größe – „geprüft“ für 5 €".encode("cp1252"),
    "notiz-breit.txt": lambda: "Größe".encode("utf-16"),
    "winkel.txt": lambda: b"<Anmerkung> 3 < 5, und das Dokument ist Text",
    "platz.jpg": lambda: picture("JPEG"),
    "platz.jpeg": lambda: picture("JPEG"),
    "platz.png": lambda: picture("PNG"),
    "platz.webp": lambda: picture("WEBP"),
    "voll.pdf": lambda: PDF[:-6] + b" " * (25 * MIB - len(PDF)) + PDF[-6:],
}
BAD = {
    "abgeschnitten.pdf": (lambda: cut(PDF), "unvollständig"),
    "leer.pdf": (lambda: b"", "ist leer"),
    "groß.pdf": (lambda: PDF[:-6] + b" " * (25 * MIB + 1 - len(PDF)) + PDF[-6:], "größer als 25 MB"),
    "seite.html": (lambda: b"<script>alert(1)</script>", "können wir nicht annehmen"),
    "zeichnung.svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "können wir nicht annehmen"),
    "programm.exe": (lambda: b"MZ", "können wir nicht annehmen"),
    "ohne_endung": (lambda: PDF, "können wir nicht annehmen"),
    "vorlage.ott": (lambda: odt(f"{OPENDOCUMENT}.text-template"), "können wir nicht annehmen"),
    "tabelle.ods": (lambda: odt(f"{OPENDOCUMENT}.text"), "passt nicht zur Endung"),
    "folien.odp": (lambda: odt(f"{OPENDOCUMENT}.spreadsheet"), "passt nicht zur Endung"),
    "ohne_art.ods": (lambda: archive(("content.xml", b"<a/>")), "passt nicht zur Endung"),
    "makro.ods": (lambda: archive(("mimetype", f"{OPENDOCUMENT}.spreadsheet".encode()), ("Basic/script.xml", b"x")),
                  "Makros"),
    "abgeschnitten.odp": (lambda: cut(odt(f"{OPENDOCUMENT}.presentation")), "unvollständig"),
    "seite.txt": (lambda: b"  <!DOCTYPE html><script>alert(1)</script>", "passt nicht zur Endung"),
    "zeichnung.txt": (lambda: b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>", "passt nicht zur Endung"),
    "bericht.txt": (lambda: PDF, "passt nicht zur Endung"),
    "programm.txt": (lambda: b"MZ\x90\0", "passt nicht zur Endung"),
    "binär.txt": (lambda: b"Anfang" * 300_000 + b"\0\1", "passt nicht zur Endung"),
    "halb.txt": (lambda: "Größe".encode("utf-16")[:-1], "unvollständig"),
    "leer.txt": (lambda: b"", "ist leer"),
    "paket.zip": (lambda: archive(("a.txt", b"a")), "können wir nicht annehmen"),
    "seite.pdf": (lambda: b"<html>%PDF-</html>", "passt nicht zur Endung"),
    "zeichnung.png": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "passt nicht zur Endung"),
    "bewegt.jpg": (lambda: picture("GIF"), "passt nicht zur Endung"),
    "falsch.jpg": (lambda: picture("PNG"), "passt nicht zur Endung"),
    "abgeschnitten.png": (lambda: cut(picture("PNG", (400, 400))), "unvollständig"),
    "abgeschnitten.jpg": (lambda: cut(picture("JPEG", (400, 400))), "unvollständig"),
    "riesig.png": (lambda: picture("PNG", (8000, 5001)), "40 Millionen"),
    "paket.docx": (lambda: archive(("a.txt", b"a")), "passt nicht zur Endung"),
    "tabelle.docx": (lambda: office("xlsx"), "passt nicht zur Endung"),
    "altes.docx": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "passt nicht zur Endung"),
    "abgeschnitten.docx": (lambda: cut(office("docx")), "unvollständig"),
    "makro.docx": (lambda: office("docx", ("word/vbaProject.bin", b"x")), "Makros"),
    "makro.xlsx": (lambda: office("xlsx", content_types=b"<Types macroEnabled='1'/>"), "Makros"),
    "blatt.xlsx": (lambda: office("xlsx", ("xl/macrosheets/sheet1.xml", b"x")), "Makros"),
    "knopf.pptx": (lambda: office("pptx", ("ppt/activeX/activeX1.xml", b"x")), "Makros"),
    "verschachtelt.docx": (lambda: office("docx", ("word/innen.zip", b"PK")), "ungewöhnlich gepackt"),
    "aufwärts.docx": (lambda: office("docx", ("../../etc/passwd", b"x")), "ungewöhnlich gepackt"),
    "doppelt.docx": (archive_with_double, "ungewöhnlich gepackt"),
    "bombe.docx": (bomb, "ungewöhnlich gepackt"),
    "viele.docx": (
        lambda: office("docx", *((f"word/{i}.xml", b"") for i in range(MAX_MEMBERS))), "ungewöhnlich gepackt"
    ),
    "fremd.odt": (lambda: odt("application/vnd.oasis.opendocument.presentation"), "passt nicht zur Endung"),
}  # fmt: skip


@pytest.fixture
def person(make, sign_in):
    """A signed-in member of Essen; a collection is there."""
    make.collection()
    return sign_in(make.user())


def send(person, *files, **fields):
    """Post the form with these (name, content) files."""
    data = {"title": "Mit Datei", "collections": "bahnhofsviertel", **fields}
    data["files"] = [(io.BytesIO(content), name) for name, content in files]
    response = person.post("/entries/new", data, content_type="multipart/form-data")
    response.request.environ["wsgi.input"].close()
    return response


def attach(entry, held):
    """Tie a kept file to an entry."""
    with unit_of_work() as session:
        session.get(Attachment, held.id).entry_id = entry.id
    return held


def stored_files(app) -> list[str]:
    """Everything that lies in the folder of files."""
    return sorted(path.name for path in app.config["FILES_FOLDER"].rglob("*") if path.is_file())


@pytest.mark.parametrize("name", GOOD)
def test_good_file_is_taken(app, person, name):
    assert send(person, (name, GOOD[name]())).status_code == 303
    attachment = db.session.scalars(select(Attachment)).one()
    assert attachment.name == name
    assert attachment.entry_id is not None
    assert stored_files(app) == [attachment.checksum]
    assert storage.path_of(attachment.checksum).stat().st_size == attachment.size


@pytest.mark.parametrize("name", BAD)
def test_t02_t04_t07_bad_file_is_refused_in_words_and_leaves_nothing(app, person, name):
    content, words = BAD[name]
    response = send(person, (name, content()))
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert words in page
    assert name in page
    assert 'value="Mit Datei"' in page
    assert "Link, eine Datei oder einen Text" not in page
    assert stored_files(app) == []
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_t02_image_is_written_anew_without_its_metadata(person, form, name):
    before = picture(form, with_exif=True)
    assert SECRET_IN_EXIF.encode() in before
    send(person, (name, before))
    attachment = db.session.scalars(select(Attachment)).one()
    assert SECRET_IN_EXIF.encode() not in storage.path_of(attachment.checksum).read_bytes()


def test_good_files_are_kept_when_the_form_fails(person):
    response = send(person, ("gut.pdf", PDF), ("schlecht.exe", b"MZ"), collections="")
    held = db.session.scalars(select(Attachment)).one()
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert held.entry_id is None
    assert f'name="held" value="{held.id}" checked' in page
    assert "gut.pdf" in page

    again = person.post("/entries/new", {"title": "Jetzt", "collections": "bahnhofsviertel", "held": str(held.id)})
    assert again.status_code == 303
    assert db.session.scalars(select(Attachment)).one().entry_id is not None


def test_held_file_can_be_taken_out_again(person):
    send(person, ("gut.pdf", PDF), collections="")
    response = person.post("/entries/new", {"title": "Ohne", "collections": "bahnhofsviertel", "text": "Nur Text"})
    assert response.status_code == 303
    assert db.session.scalars(select(Attachment)).one().entry_id is None


def test_t33_held_files_of_others_are_out_of_reach(make, sign_in, person):
    send(person, ("geheim.pdf", PDF), collections="")
    held = db.session.scalars(select(Attachment)).one()
    other = sign_in(make.user())
    response = other.post("/entries/new", {"title": "Fremd", "collections": "bahnhofsviertel", "held": str(held.id)})
    assert response.status_code == 422
    assert "geheim.pdf" not in response.get_data(as_text=True)
    assert other.get(f"/files/{held.id}").status_code == 404


@pytest.mark.parametrize("held", ["abc", "-1", "0", "99999999999999999999", "1e3", ""])
def test_odd_numbers_of_held_files_are_passed_over(person, held):
    data = {"title": "Ohne", "collections": "bahnhofsviertel", "text": "Text", "held": held}
    assert person.post("/entries/new", data).status_code == 303


def test_t08_path_in_a_file_name_is_dropped(person):
    send(person, ("..\\..\\böse/../../bericht.pdf", PDF))
    assert db.session.scalars(select(Attachment)).one().name == "bericht.pdf"


def test_too_many_files_are_refused_in_words(person):
    response = send(person, *((f"{i}.pdf", PDF) for i in range(21)))
    assert response.status_code == 422
    assert "höchstens 20 Dateien" in response.get_data(as_text=True)


def test_t43_request_beyond_all_bounds_answers_413(app, person):
    too_long = {"CONTENT_LENGTH": str(app.config["MAX_CONTENT_LENGTH"] + 1)}
    response = person.post("/entries/new", {"title": "Zu groß"}, environ_overrides=too_long)
    assert response.status_code == 413
    assert "höchstens 25 MB" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "content", "as_download", "is_inline"),
    [
        ("Plan für Übermorgen.pdf", PDF, "application/pdf", True),
        ("platz.png", picture("PNG"), "image/png", True),
        ("konzept.docx", office("docx"), "wordprocessingml.document", False),
    ],
)
def test_t03_downloads_carry_safe_headers(person, name, content, as_download, is_inline):
    send(person, (name, content))
    attachment = db.session.scalars(select(Attachment)).one()
    response = person.get(f"/files/{attachment.id}")
    assert response.status_code == 200
    assert as_download in response.headers["Content-Type"]
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.data == storage.path_of(attachment.checksum).read_bytes()
    response.close()
    seen = person.get(f"/files/{attachment.id}/inline")
    assert seen.headers["Content-Disposition"].startswith("inline" if is_inline else "attachment")
    assert "default-src 'none'" in seen.headers["Content-Security-Policy"]
    seen.close()


def test_t40_file_name_is_written_as_the_standard_asks(make, sign_in, member):
    attachment = attach(make.entry(), hold_upload(member, io.BytesIO(PDF), 'Pl"an; für\tÜber\r\nmorgen.pdf'))
    response = sign_in(make.user()).get(f"/files/{attachment.id}")
    header = response.headers["Content-Disposition"]
    response.close()
    assert "filename*=UTF-8''Pl%22an%3B%20f%C3%BCr%20%C3%9Cber%20morgen.pdf" in header
    assert not set(header) & set("\t\r\n")


def test_part_of_a_file_can_be_fetched(person):
    send(person, ("bericht.pdf", PDF))
    attachment = db.session.scalars(select(Attachment)).one()
    response = person.get(f"/files/{attachment.id}", headers={"Range": "bytes=0-4"})
    assert response.status_code == 206
    assert response.data == b"%PDF-"
    response.close()


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "rejected", "withdrawn", "deleted"])
def test_t33_file_of_an_entry_one_may_not_see_is_not_found(make, sign_in, member, status):
    held = attach(make.entry(status=status, contributor=member), hold_upload(member, io.BytesIO(PDF), "intern.pdf"))
    assert sign_in(make.user()).get(f"/files/{held.id}").status_code == 404
    for page in ("view", "inline", "words", "words?page=1&q=Text"):
        assert sign_in(make.user()).get(f"/files/{held.id}/{page}").status_code == 404, page


@pytest.mark.parametrize(
    "path", ["/files/0", "/files/99999999999999999999", "/files/abc", "/files/7/view", "/files/7/inline", "/files/-1"]
)
def test_odd_file_numbers_are_not_found(person, path):
    assert person.get(path).status_code == 404


def test_missing_content_is_said_in_words(person):
    send(person, ("bericht.pdf", PDF))
    attachment = db.session.scalars(select(Attachment)).one()
    storage.path_of(attachment.checksum).unlink()
    response = person.get(f"/files/{attachment.id}")
    assert response.status_code == 404
    assert "lässt sich zurzeit nicht lesen" in response.get_data(as_text=True)


def test_same_content_is_stored_once(app, person):
    send(person, ("eins.pdf", PDF), ("zwei.pdf", PDF))
    assert len(stored_files(app)) == 1
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 2


def test_sweep_takes_only_forgotten_uploads(app, make, member, monkeypatch):
    hold_upload(member, io.BytesIO(PDF), "frisch.pdf")
    assert sweep_held_files() == 0
    assert len(stored_files(app)) == 1
    monkeypatch.setattr("hub.entries.service.files.HELD_FOR", timedelta(seconds=-5))
    monkeypatch.setattr("hub.entries.service.files.INCOMING_FOR", -5)
    assert sweep_held_files() == 1
    assert stored_files(app) == []
