"""The second factor in a real browser: an app, a passkey of Chromium's own virtual device, the sensitive step."""

import re
import sqlite3
from contextlib import closing

import pyotp
import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.support import axe
from tests.support.browser import scrolls_sideways
from tests.support.journeys import enter, first_links
from tests.support.server import HubServer

pytestmark = pytest.mark.browser
PASSWORD = "sieben graue Tauben am Bahnhof"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def hub(tmp_path):
    """A hub under a name: browsers know no passkeys for a number."""
    server = HubServer(tmp_path)
    server.url = server.url.replace("127.0.0.1", "localhost")
    server.environment["HUB_BASE_URL"] = server.url
    server.prepare()
    server.start()
    yield server
    server.stop()


def give_device(page: Page) -> CDPSession:
    """A virtual device. Keep the session, and look with axe before or in another window: Chromium throws the device
    away as soon as any session of the same window ends."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session


def look(page: Page) -> None:
    """axe, light and dark, wide and narrow; not while the window has a device."""
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), (page.url, width)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe.violations(page) == [], (page.url, width, scheme)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").first.click()
    page.locator(".menu__panel button", has_text="Abmelden").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Willkommen zurück")


def begin(page: Page) -> None:
    """The first step of a person with a password."""
    page.goto("/login")
    page.get_by_label("Dienstliche E-Mail-Adresse").fill("tauben@example.org")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def make_person(hub: HubServer) -> None:
    words = ["users", "create", "--email", "tauben@example.org", "--name", "Tauben", "--organisation", "Essen"]
    hub.flask(*words, "--password-stdin", text=f"{PASSWORD}\n")


def set_up_app(page: Page, *, looking: bool = False) -> str:
    page.goto("/account/security")
    page.get_by_role("button", name="App einrichten").press("Enter")
    seed = page.locator("code.seed").inner_text().replace(" ", "")
    if looking:
        look(page)
    page.get_by_label("Code aus der App").fill(pyotp.TOTP(seed).now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Wiederherstellungscodes")
    return seed


def add_passkey(page: Page, name: str) -> None:
    page.goto("/account/security/passkeys/new")
    page.get_by_label("Name").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Der Passkey ist hinzugefügt.")).to_be_visible()


def forget_proofs(hub: HubServer) -> None:
    """Let the last proof of everybody be long ago."""
    with closing(sqlite3.connect(f"{hub.environment['HUB_INSTANCE']}/hub.sqlite3")) as database, database:
        database.execute("UPDATE login_session SET proven_at = '2020-01-01 00:00:00.000000'")


def test_app_codes_and_passkey_open_the_hub(hub, new_page):
    page = new_page(base_url=hub.url)
    enter(page, first_links(hub)["mitglied@example.org"].replace("127.0.0.1", "localhost"))
    set_up_app(page, looking=True)
    look(page)
    codes = page.locator(".codes code").all_inner_texts()
    expect(page.get_by_role("button", name="Drucken")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Als Textdatei laden").click()
    assert len(codes) == 10
    assert all(code in download.value.path().read_text(encoding="utf-8") for code in codes)
    page.get_by_role("link", name="Ich habe die Codes aufbewahrt").click()
    page.get_by_role("link", name="Passkey hinzufügen").click()
    look(page)
    device = give_device(page)
    add_passkey(page, "Prüfgerät")
    expect(page.get_by_label("Name des Passkeys")).to_have_value("Prüfgerät")
    beside = page.context.new_page()
    beside.goto("/account/security")
    look(beside)
    sign_out(page)
    page.get_by_role("button", name="Mit Passkey anmelden").press("Enter")
    expect(page).to_have_url(re.compile(r"/$"))
    device.detach()


def test_the_second_step_takes_an_app_code_and_a_code_from_paper(hub, new_page):
    page = new_page(base_url=hub.url)
    make_person(hub)
    begin(page)
    expect(page).to_have_url(re.compile(r"/$"))
    set_up_app(page)
    paper = page.locator(".codes code").first.inner_text()
    sign_out(page)
    begin(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Zweiter Schritt")
    expect(page.get_by_label("Code aus der App")).to_be_focused()
    look(page)
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".field__error").first).to_contain_text("passt nicht")
    look(page)
    page.get_by_text("Gerät nicht zur Hand?").press("Enter")
    page.get_by_label("Wiederherstellungscode").fill(paper)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Es bleiben noch 9.")).to_be_visible()
    forget_proofs(hub)
    page.goto("/account/security")
    page.get_by_role("button", name="App entfernen").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bitte bestätigen Sie")
    look(page)


def test_a_passkey_answers_the_second_step_and_the_question_before_a_sensitive_one(hub, new_page):
    page = new_page(base_url=hub.url)
    make_person(hub)
    begin(page)
    expect(page).to_have_url(re.compile(r"/$"))
    set_up_app(page)
    device = give_device(page)
    add_passkey(page, "Prüfgerät")
    sign_out(page)
    begin(page)
    page.get_by_role("button", name="Passkey benutzen").press("Enter")
    expect(page).to_have_url(re.compile(r"/$"))
    forget_proofs(hub)
    page.goto("/account/security")
    page.get_by_role("button", name="App entfernen").press("Enter")
    page.get_by_role("button", name="Mit Passkey bestätigen").press("Enter")
    expect(page.get_by_text("wiederholen Sie jetzt den letzten Schritt")).to_be_visible()
    page.get_by_role("button", name="App entfernen").press("Enter")
    expect(page.get_by_text("Die App ist entfernt.")).to_be_visible()
    device.detach()


def test_without_script_the_app_is_set_up_and_the_sensitive_step_confirmed(hub, new_page):
    page = new_page(base_url=hub.url, javascript=False)
    make_person(hub)
    begin(page)
    expect(page).to_have_url(re.compile(r"/$"))
    page.goto("/account/security")
    page.get_by_role("button", name="App einrichten").click()
    seed = page.locator("code.seed").inner_text().replace(" ", "")
    page.get_by_label("Code aus der App").fill(pyotp.TOTP(seed).now())
    page.get_by_role("button", name="Einrichten").click()
    expect(page.locator(".codes code")).to_have_count(10)
    forget_proofs(hub)
    page.goto("/account/security")
    page.get_by_role("button", name="App entfernen").click()
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Bestätigen").click()
    expect(page.get_by_text("wiederholen Sie jetzt den letzten Schritt")).to_be_visible()
    page.get_by_role("button", name="App entfernen").click()
    expect(page.get_by_text("Die App ist entfernt.")).to_be_visible()
