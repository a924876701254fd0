"""From a pasted link to "eingereicht" with at most three inputs, in a real browser against real servers.

The worker of this hub may reach one listener on loopback, the test's own web server; the setting that opens the door
exists in code only, so no variable of a production server can open it.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.entries.builders import picture
from tests.fetching.conftest import Outside
from tests.fetching.pages import CITY, JOURNAL, NEWS
from tests.support.browser import reload_until
from tests.support.documents import pdf
from tests.support.journeys import enter, first_links, look_at
from tests.support.server import ROOT, HubServer

pytestmark = pytest.mark.browser
WSGI = """import sys
sys.path.append({root!r})
from hub import create_app
app = create_app({{"FETCH_ALLOWED": {{("127.0.0.1", {port})}}}})
"""
REPORT = pdf(
    ["Die Unterführung am Bahnhof ist jetzt hell. Weniger Menschen haben dort am Abend Angst, sagt die Befragung."],
    title="Befragung zur Unterführung",
    author="Amt für Prävention",
    date="D:20220901",
)


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    """Pages built like real ones."""
    server = Outside()
    server.page("/news", NEWS)
    # The reader knows the site's name by its host, which is a number here.
    server.page("/city", CITY.replace("Musterstadt - ", ""))
    server.page("/journal", JOURNAL)
    server.page("/report.pdf", REPORT, "application/pdf")
    yield server
    server.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, outside: Outside) -> Iterator[HubServer]:
    """A hub with the example content whose worker may reach that one server."""
    folder: Path = tmp_path_factory.mktemp("paste")
    application = folder / "application"
    application.mkdir()
    (application / "wsgi.py").write_text(WSGI.format(root=str(ROOT), port=outside.port))
    server = HubServer(folder, application=application)
    server.prepare()
    server.flask(
        "users", "create", "--email", "paste@example.org", "--name", "Mitglied", "--organisation", "Essen", "--role",
        "member", "--password-stdin", text="vier Laternen und ein Kiosk\n",
    )  # fmt: skip
    server.start()
    yield server
    server.stop()


@pytest.fixture
def member(hub: HubServer, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the form for a member who has signed in."""

    def open_form(**more: object) -> Page:
        page = new_page(base_url=hub.url, **more)
        page.goto("/login")
        page.get_by_label("E-Mail-Adresse").fill("paste@example.org")
        page.get_by_label("Passwort", exact=True).fill("vier Laternen und ein Kiosk")
        page.get_by_role("button", name="Anmelden", exact=True).click()
        expect(page).to_have_url(re.compile(r"/$"))
        page.goto("/entries/new")
        return page

    return open_form


@pytest.mark.parametrize(
    ("path", "title", "publisher", "year", "language", "kind"),
    [
        ("/news", "Heller Tunnel, weniger Angst", "Nordblick", "2024", "de", "medienartikel"),
        ("/city", "Sicherheit im Bahnhofsviertel", "", "2023", "de", "dokument"),
        ("/journal", "Street lighting and crime: a review", "Journal of Urban Safety", "2021", "en", "fachartikel"),
        ("/report.pdf", "Befragung zur Unterführung", "", "2022", "de", "dokument"),
    ],
)
def test_link_is_submitted_with_three_inputs_at_most(member, outside, path, title, publisher, year, language, kind):
    page = member()
    inputs = 1
    page.get_by_label("Link", exact=True).fill(outside.url + path)
    expect(page.get_by_text("Angaben gefunden")).to_be_visible()
    expect(page.get_by_label("Titel")).to_have_value(title)
    if publisher:
        expect(page.get_by_label("Herausgegeben von")).to_have_value(publisher)
    expect(page.get_by_label("Erschienen im Jahr")).to_have_value(year)
    expect(page.locator("select[name=language]")).to_have_value(language)
    expect(page.locator(f"input[name=kind][value={kind}]")).to_be_checked()
    if not page.locator("select[name=collections]").input_value():
        page.locator("select[name=collections]").select_option(index=1)
        inputs += 1
    page.get_by_role("button", name="Zur Freigabe einreichen").last.click()
    inputs += 1
    expect(page.get_by_text("Vielen Dank. Ihr Eintrag ist eingereicht.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert inputs <= 3


def pictured(title: str) -> str:
    """A page of this title that names a picture."""
    return NEWS.replace("Heller Tunnel, weniger Angst", title).replace("/bilder/tunnel.jpg", "/licht.png")


def test_form_shows_the_picture_of_the_page_before_it_is_saved(member, outside):
    outside.page("/licht.png", picture("PNG", (800, 400)), "image/png")
    outside.page("/pictured", pictured("Licht mit Bild"))
    page = member()
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/pictured")
    expect(page.get_by_alt_text("Vorschaubild der Seite")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-picture] img').naturalWidth") == 640


def test_link_is_submitted_without_script(member, outside):
    page = member(javascript=False)
    outside.page("/licht.png", picture("PNG", (800, 400)), "image/png")
    outside.page("/plain", pictured("Licht ohne Skript"))
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/plain")
    page.get_by_role("button", name="Angaben holen").click()
    expect(page.get_by_text("Angaben gefunden")).to_be_visible()
    expect(page.get_by_label("Titel")).to_have_value("Licht ohne Skript")
    expect(page.get_by_alt_text("Vorschaubild der Seite")).to_be_visible()
    if not page.locator("select[name=collections]").input_value():
        page.locator("select[name=collections]").select_option(index=1)
    page.get_by_role("button", name="Zur Freigabe einreichen").last.click()
    expect(page.get_by_text("Vielen Dank. Ihr Eintrag ist eingereicht.")).to_be_visible()


def test_nothing_typed_is_overwritten_and_another_link_replaces_only_proposals(member, outside):
    page = member()
    outside.page("/second", NEWS.replace("Heller Tunnel, weniger Angst", "Der zweite Link"))
    page.get_by_label("Herausgegeben von").evaluate("field => { field.closest('details').open = true; }")
    page.get_by_label("Herausgegeben von").fill("Mein Verlag")
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/news")
    expect(page.get_by_label("Titel")).to_have_value("Heller Tunnel, weniger Angst")
    expect(page.get_by_label("Herausgegeben von")).to_have_value("Mein Verlag")
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/second")
    expect(page.get_by_label("Titel")).to_have_value("Der zweite Link")
    page.get_by_label("Titel").fill("Mein Titel")
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/city")
    expect(page.get_by_label("Erschienen im Jahr")).to_have_value("2023")
    expect(page.get_by_label("Titel")).to_have_value("Mein Titel")


def test_reading_is_announced_and_can_be_cancelled(member, outside):
    page = member()
    outside.pages["/slow"] = lambda connection, path: outside.wait(4)
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/slow")
    status = page.get_by_role("status").filter(has_text="Die Seite wird gelesen")
    expect(status).to_be_visible()
    page.get_by_role("button", name="Abbrechen").click()
    expect(page.get_by_role("status").filter(has_text="Abgebrochen")).to_be_visible()
    expect(page.get_by_label("Link", exact=True)).to_have_value(f"{outside.url}/slow")


def test_who_does_not_wait_is_named_by_the_address_and_later_by_the_page(member, outside):
    page = member(javascript=False)
    outside.page("/later", NEWS.replace("Heller Tunnel, weniger Angst", "Erst später gelesen"))
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/later")
    page.locator("select[name=collections]").select_option(index=1)
    page.get_by_role("button", name="Zur Freigabe einreichen").last.click()
    expect(page.get_by_text("Vielen Dank. Ihr Eintrag ist eingereicht.")).to_be_visible()
    reload_until(page, page.get_by_role("heading", level=1, name="Erst später gelesen"))


def test_known_link_is_named_before_saving_and_placed_by_the_office(hub, new_page, outside):
    page = new_page(base_url=hub.url)
    enter(page, first_links(hub)["redaktion@example.org"])
    outside.page("/known", NEWS.replace("Heller Tunnel, weniger Angst", "Schon bekannt"))
    for collection in (1, 2):
        page.goto("/entries/new")
        page.get_by_label("Link", exact=True).fill(f"{outside.url}/known")
        expect(page.get_by_text("Angaben gefunden")).to_be_visible()
        page.locator("select[name=collections]").select_option(index=collection)
        if collection == 1:
            page.get_by_role("button", name="Veröffentlichen").last.click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Schon bekannt")
    page.get_by_role("button", name="Auch in die gewählte Sammlung aufnehmen").click()
    expect(page.get_by_text("steht jetzt auch in der Sammlung")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_filled_form_is_accessible(member, outside, width):
    page = member(width=width)
    outside.page("/licht.png", picture("PNG", (800, 400)), "image/png")
    outside.page("/looked-at", pictured("Licht, von vielen angesehen"))
    page.get_by_label("Link", exact=True).fill(f"{outside.url}/looked-at")
    expect(page.get_by_text("Angaben gefunden")).to_be_visible()
    expect(page.get_by_alt_text("Vorschaubild der Seite")).to_be_visible()
    look_at(page, f"eintrag-mit-bild-{width}")
