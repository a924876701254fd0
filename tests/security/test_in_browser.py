"""T1, T29, T38 and T3 in a real browser: what people send never becomes script, a target never leads elsewhere."""

import json
import re
import urllib.parse

import pytest
from playwright.sync_api import Page, expect

from tests.security.payloads import SCRIPTS, TARGETS
from tests.security.walking import TYPED, forms_of
from tests.support.documents import pdf_of_objects
from tests.support.journeys import enter, first_links, open_as, state_of
from tests.support.server import HubServer

pytestmark = pytest.mark.browser
FOREIGN = """() => [...document.querySelectorAll('*')].filter(node =>
    [...node.attributes].some(one =>
        one.name.startsWith('on') || (/href|src|action|data$/.test(one.name)
            && /^[\\s\\x00-\\x1f]*(javascript|vbscript|data:text)/i.test(one.value)))
    || (node.matches('script') && !(node.src || '').startsWith(location.origin + '/static/')
        && !/json/.test(node.type))
    || node.matches('iframe, object, embed, base, marquee, math, style, img[src="x"]'))
    .map(node => node.outerHTML.slice(0, 200))"""
OFFICE_PAGES = """/ /account /people /organisations /collections-manage /vocabularies/setting /pages/hilfe /thesaurus
    /moderation/reports /moderation/changes /entries/79 /entries/79/history /account/entries /search/misses /cities
    /collections-manage/bahnhofsviertel /account/reports /entries/1/edit""".split()
FORM_PAGES = """/account /people /organisations /collections-manage/new
    /collections-manage/bahnhofsviertel /thesaurus/new
    /vocabularies/setting /pages/hilfe/edit /entries/79/practice /entries/79/report /entries/79/propose /entries/new
    /entries/1/edit /organisations/1/edit /people/1""".split()
EACH_TEXT = 25
LEFT_ALONE = ("logout", "account/password", "sessions/end", "block", "/delete", "link")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub full of script: every text of three hundred entries is hostile."""
    folder = tmp_path_factory.mktemp("scripts")
    server = HubServer(folder)
    server.prepare()
    lines = [json.dumps(entry(number, script)) for number, script in enumerate(SCRIPTS)]
    file = folder / "hostile.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    server.flask("entries", "import", str(file), "--create-missing")
    server.start()
    yield server
    server.stop()


def entry(number: int, script: str) -> dict:
    """An entry with this text wherever one may stand; the long text holds many of them."""
    line = " ".join(script.split())[:190] or "x"
    many = [SCRIPTS[(number + step) % len(SCRIPTS)] for step in range(EACH_TEXT)]
    return {
        "id": f"x{number}",
        "title": line,
        "summary": line,
        "note": script,
        "publisher": line[:100],
        "tags": [line[:40]],
        "text": "\n\n".join(many),
        "body": script,
        "kind": "dokument",
        "collection": "bahnhofsviertel",
        "organisation": "Essen",
        "url": f"https://example.org/{number}?{urllib.parse.quote(line[:80])}",
    }


@pytest.fixture(scope="module")
def state(hub, browser):
    """Signed-in cookies of the first administrator."""
    return state_of(browser, hub, "verwaltung")


@pytest.fixture
def office(hub, new_page, state) -> Page:
    """An administrator's window in which no dialog may open."""
    page = open_as(new_page, hub, state)
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    return page


def assert_plain(page: Page) -> None:
    assert page.evaluate(FOREIGN) == [], page.url


def test_t01_there_are_three_hundred_scripts_and_two_hundred_targets():
    assert len(SCRIPTS) >= 300
    assert len(TARGETS) >= 200


@pytest.mark.slow
def test_t01_no_text_becomes_script_on_any_page(hub, office, windows):
    numbers = [*range(80, 80 + len(SCRIPTS), EACH_TEXT)]
    lists = [f"/collections/bahnhofsviertel?view=list&page={page}" for page in range(1, 2 + len(SCRIPTS) // 25)]
    searches = [
        f"/search?q={urllib.parse.quote(''.join(SCRIPTS[at : at + 8])[:200])}" for at in range(0, len(SCRIPTS), 12)
    ]
    others = [
        "/",
        "/collections/bahnhofsviertel",
        "/search?q=script",
        "/search?q=onerror",
        "/search?q=alert&page=2",
        "/moderation",
    ]
    for path in [*others, *lists, *searches, *(f"/entries/{number}" for number in numbers)]:
        office.goto(path)
        assert_plain(office)
    send_scripts_through_forms(office)
    for path in OFFICE_PAGES:
        office.goto(path)
        assert_plain(office)
    assert windows.watch.csp == []
    windows.watch.errors.clear()  # pages that were asked for in vain


def send_scripts_through_forms(page: Page) -> None:
    """Every form of these pages, a hostile text in each of its text fields."""
    forms = {}
    for path in FORM_PAGES:
        html = page.request.get(path).text()
        token = re.search(r'name="csrf_token" value="([^"]+)"', html)
        for form in forms_of(path, html, lambda address, _method: address):
            if form.method == "POST" and not any(word in form.action for word in LEFT_ALONE):
                forms[form.key] = (form, token[1])
    assert len(forms) > 15
    taken = 0
    for number, (form, token) in enumerate(forms.values()):
        script = SCRIPTS[number * 7 % 40].replace("\n", " ")
        typed = {field.name: script[:60] for field in form.fields if field.kind in TYPED and not field.value}
        fields = {**form.values(), "csrf_token": token, **typed}
        answer = page.request.post(form.action, multipart={name: value or "" for name, value in fields.items()})
        assert answer.status < 500, form.action
        taken += answer.status == 200
    assert taken > 5


@pytest.mark.slow
def test_t29_no_target_leads_to_another_host(hub, office):
    host = urllib.parse.urlsplit(hub.url).netloc
    for target in TARGETS:
        path = f"/login?next={urllib.parse.quote(target, safe='')}"
        answer = office.request.get(path, max_redirects=0)
        assert answer.status == 303, target
        led = office.evaluate("([to, from]) => new URL(to, from).host", [answer.headers["location"], hub.url])
        assert led == host, target
    for target in TARGETS[::10]:
        office.goto(f"/login?next={urllib.parse.quote(target, safe='')}")
        assert urllib.parse.urlsplit(office.url).netloc == host, target


def test_t38_going_back_after_signing_out_shows_the_sign_in_page(hub, new_page):
    page = new_page(base_url=hub.url)
    enter(page, first_links(hub)["mitglied@example.org"])
    page.goto("/account")
    expect(page.get_by_text("mitglied@example.org").first).to_be_visible()
    token = page.locator("[name=csrf_token]").first.input_value()
    page.evaluate(
        """token => { const form = document.createElement('form'); form.method = 'post'; form.action = '/logout';
        const field = document.createElement('input'); field.name = 'csrf_token'; field.value = token;
        form.append(field); document.body.append(form); form.submit(); }""",
        token,
    )
    expect(page).to_have_url(re.compile("/login"))
    page.go_back()
    expect(page).to_have_url(re.compile("/login"))
    expect(page.get_by_text("mitglied@example.org")).to_have_count(0)


def test_t03_a_file_with_script_does_nothing_when_opened(hub, office):
    action = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
    script = pdf_of_objects(
        [action, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"]
    )
    token = office.request.get("/entries/new").text().partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = office.request.post("/entries/new", multipart={
        "csrf_token": token, "title": "Mit Skript", "collections": "bahnhofsviertel",
        "files": {"name": "skript.pdf", "mimeType": "application/pdf", "buffer": script},
    })  # fmt: skip
    number = re.search(r"/files/(\d+)", answer.text())
    assert answer.ok and number is not None
    for page in ("view", "text"):
        office.goto(f"/files/{number[1]}/{page}")
        assert_plain(office)
    for page in ("", "/inline"):
        headers = office.request.get(f"/files/{number[1]}{page}").headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
