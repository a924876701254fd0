"""Several files in a real browser: each with its progress, cancel and retry; by keyboard, and without script."""

import re
import socket
import sqlite3
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.entries.builders import PDF, office, picture
from tests.support import axe, documents
from tests.support.browser import scrolls_sideways
from tests.support.journeys import open_as, running, state_of

pytestmark = pytest.mark.browser
REPORT = documents.pdf(["Der Bahnhof ist ein Ort, den Stadt mit Menschen plant. "], "Angsträume", "", "D:20240229")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with the example content."""
    with running(tmp_path_factory.mktemp("dropping")) as server:
        yield server


@pytest.fixture(scope="module")
def state(hub, browser) -> dict:
    """The cookies of a signed-in member."""
    return state_of(browser, hub, "mitglied")


@pytest.fixture
def form(hub, state, new_page) -> Page:
    """The form for a new entry."""
    page = open_as(new_page, hub, state)
    page.goto("/entries/new?collection=klimawandel")
    return page


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files as in the dialogue of the browser."""
    chosen = [{"name": name, "mimeType": "", "buffer": content} for name, content in files]
    page.locator("#files").set_input_files(chosen)


def uploads(page: Page):
    """The list of files on their way."""
    return page.locator(".uploads")


def said(page: Page):
    """What a screen reader is told."""
    return page.locator("[data-said]")


def test_files_go_up_one_by_one_and_the_document_fills_what_is_empty(form):
    form.get_by_label("Titel").fill("Selbst getippt")
    choose(form, ("bericht.pdf", REPORT), ("platz.png", picture("PNG")), ("makro.docx", office("docx", ("a.bin", b""))))
    expect(uploads(form).get_by_text("Hochgeladen.")).to_have_count(2)
    expect(uploads(form).get_by_text("Aus dem Dokument vorgeschlagen")).to_have_count(1)
    form.get_by_text("Mehr Angaben (freiwillig)").click()
    expect(form.get_by_label("Erschienen im Jahr")).to_have_value("2024")
    expect(form.get_by_label("Titel")).to_have_value("Selbst getippt")
    assert form.locator("#files").evaluate("field => field.files.length") == 0
    assert axe.violations(form) == []
    form.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(form)


def test_a_refused_file_says_why_and_is_removed_by_keyboard(form, hub, windows):
    choose(form, ("leer.pdf", b""), ("gut.pdf", PDF))
    expect(form.get_by_text("Die Datei leer.pdf ist leer.", exact=False).first).to_be_visible()
    expect(uploads(form).get_by_text("Hochgeladen.")).to_have_count(1)
    form.get_by_label("Titel").fill("Mit leerer Datei")
    form.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(said(form)).to_contain_text("leer.pdf ist nicht hochgeladen")
    expect(form.locator(":focus")).to_have_accessible_name("Entfernen : leer.pdf")
    form.keyboard.press("Enter")
    expect(said(form)).to_have_text("leer.pdf ist entfernt.")
    expect(form.locator(":focus")).to_have_attribute("type", "file")
    form.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("Mit leerer Datei")
    expect(form.get_by_text("gut.pdf").first).to_be_visible()
    windows.watch.errors.remove(f"422 {hub.url}/entries/files")


def test_what_did_not_arrive_is_sent_once_more(form):
    attempts = []

    def fail_once(route: Route) -> None:
        attempts.append(route)
        route.abort() if len(attempts) == 1 else route.continue_()

    form.route("**/entries/files", fail_once)
    choose(form, ("bericht.pdf", PDF))
    expect(form.get_by_text("bericht.pdf ist nicht angekommen.").first).to_be_visible()
    form.get_by_role("button", name="Noch einmal : bericht.pdf").press("Enter")
    expect(uploads(form).get_by_text("Hochgeladen.")).to_be_visible()
    assert len(attempts) == 2


def test_an_upload_is_cancelled_and_the_others_go_on(form):
    stuck = []
    form.route("**/entries/files", lambda route: route.continue_() if stuck else stuck.append(route))
    choose(form, ("haengt.pdf", PDF), ("wartet.pdf", PDF + b"\n"), ("gut.pdf", PDF))
    expect(uploads(form).get_by_text("Wird hochgeladen …")).to_have_count(1)
    form.get_by_role("button", name="Abbrechen : wartet.pdf").click()
    form.get_by_role("button", name="Abbrechen : haengt.pdf").press("Enter")
    expect(uploads(form).get_by_text("Hochgeladen.")).to_have_count(1)
    assert form.locator(".upload").count() == 1
    assert form.locator("input[name=held]").count() == 1


def test_who_sends_the_form_too_early_waits_for_the_files(form):
    def slowly(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    form.route("**/entries/files", slowly)
    form.get_by_label("Titel").fill("Zu früh abgeschickt")
    choose(form, ("eins.pdf", PDF), ("zwei.png", picture("PNG")))
    form.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("Zu früh abgeschickt")
    expect(form.get_by_text("eins.pdf").first).to_be_visible()
    expect(form.get_by_text("zwei.png").first).to_be_visible()


def test_the_same_content_twice_is_named(form):
    choose(form, ("eins.png", picture("PNG", (41, 31))), ("zwei.png", picture("PNG", (41, 31))))
    expect(uploads(form).get_by_text("Hat denselben Inhalt wie eins.png")).to_be_visible()


def test_too_large_and_too_many_files_are_told_without_sending_them(form):
    sent = []
    form.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    choose(form, ("gross.pdf", bytes(25 * 1024 * 1024 + 1)))
    expect(form.get_by_text("Die Datei gross.pdf ist größer als 25 MB.").first).to_be_visible()
    assert sent == []


def test_each_file_becomes_an_entry_of_its_own(form):
    expect(form.get_by_label("Je Datei ein eigener Eintrag")).to_be_hidden()
    choose(form, ("bericht.pdf", REPORT), ("Sichere_Wege.pdf", documents.pdf(["Wege"])))
    expect(form.get_by_label("Titel")).to_have_value("Angsträume")
    form.get_by_label("Je Datei ein eigener Eintrag").check()
    expect(form.get_by_label("Titel")).to_have_value("")
    form.get_by_label("Ein Eintrag mit allen Dateien").check()
    expect(form.get_by_label("Titel")).to_have_value("Angsträume")
    form.get_by_label("Je Datei ein eigener Eintrag").check()
    expect(uploads(form).get_by_text("Hochgeladen.")).to_have_count(1)
    expect(uploads(form).get_by_text("Text wird gelesen")).to_have_count(0)
    form.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("2 Einträge hinzugefügt")
    expect(form.get_by_role("link", name="Angsträume", exact=True)).to_be_visible()
    assert axe.violations(form) == []
    form.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(form)
    form.get_by_role("link", name=re.compile("Ergänzen.*Sichere Wege")).click()
    expect(form.get_by_label("Titel")).to_have_value("Sichere Wege")


def test_without_script_the_plain_field_takes_several_files_and_proposes_too(hub, state, new_page):
    page = open_as(new_page, hub, state, javascript=False)
    page.goto("/entries/new?collection=klimawandel")
    choose(page, ("bericht.pdf", REPORT), ("platz.png", picture("PNG")))
    page.get_by_role("button", name="Angaben holen").click()
    expect(page.get_by_label("Titel")).to_have_value("Angsträume")
    expect(page.get_by_label(re.compile("platz.png"))).to_be_checked()
    page.get_by_label("Je Datei ein eigener Eintrag").check()
    page.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 Einträge hinzugefügt")


def test_r06_an_upload_that_breaks_off_leaves_no_trace(hub, state):
    instance = Path(hub.environment["HUB_INSTANCE"])
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in state["cookies"])
    asked = urllib.request.Request(f"{hub.url}/entries/new", headers={"Cookie": cookie})
    with urllib.request.urlopen(asked) as response:
        token = re.search(r'name="csrf_token" value="([^"]+)"', response.read().decode())[1]
    before = kept_files(instance)
    for size in (5_000, 3_000_000):
        head = (
            f"POST /entries/files HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\nOrigin: {hub.url}\r\nCookie: {cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary=grenze\r\nContent-Length: {size + 2_000_000}\r\n\r\n"
        )
        part = f'--grenze\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        part += '--grenze\r\nContent-Disposition: form-data; name="file"; filename="bericht.pdf"\r\n\r\n%PDF-1.7\n'
        with socket.create_connection(("127.0.0.1", hub.port)) as connection:
            connection.sendall((head + part).encode() + b"x" * size)
    deadline = time.monotonic() + 5
    while kept_files(instance) != before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kept_files(instance) == before
    assert hub.answers()


def kept_files(instance: Path) -> tuple[set[Path], int]:
    """What lies in the folder of files, and how many rows point to it."""
    with sqlite3.connect(instance / "hub.sqlite3") as connection:
        [rows] = connection.execute("SELECT count(*) FROM attachment").fetchone()
    return {path for path in (instance / "files").rglob("*") if path.is_file()}, rows
