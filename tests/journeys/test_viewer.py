"""A hit inside a PDF, in a real browser: it opens at its page with the words marked, by our own server alone."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support import axe, documents
from tests.support.browser import scrolls_sideways
from tests.support.journeys import open_as, running, state_of

pytestmark = pytest.mark.browser
PLAIN = "Ein Blatt über Wege und Plätze der Stadt, auf dem nichts Besonderes steht."
LONG = "\n".join(
    [
        "Kapitel zwölf: Ruhe in der Stadt",
        "Die Friedhöfe liegen am Rand. Jeder Friedhof braucht Pflege, und am Fried-",
        "hof hilft der Verein. Eine Friedhofsordnung lohnt sich.",
        "Frieden ist nicht gemeint.",
    ]
)
PAGES = [*[PLAIN] * 11, LONG, PLAIN, "Noch einmal: Friedhof"]


def picture_pdf() -> bytes:
    """A PDF whose page holds a JPEG 2000 picture and signs of a font that no file brings along."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(buffer, "JPEG2000")
    packed = buffer.getvalue()
    content = b"q 200 0 0 200 100 400 cm /Im1 Do Q BT /F1 20 Tf 100 700 Td (4444) Tj ET"
    return documents.pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[5 0 R]>>",
            b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>",
            b"<</Title(Bild)>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>/XObject<</Im1 7 0 R>>>>"
            b"/Contents 6 0 R>>",
            b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
            b"<</Type/XObject/Subtype/Image/Width 64/Height 64/Filter/JPXDecode/Length %d>>stream\n%b\nendstream"
            % (len(packed), packed),
        ]
    )


def linked_pdf() -> bytes:
    """Two pages; the first links to the web, to mail, to the second page, and to what nobody should open."""
    stream = b"BT /F1 20 Tf 100 700 Td (Wohin) Tj ET"
    actions = [
        b"/A<</S/URI/URI(https://example.org/weiter)>>",
        b"/A<</S/URI/URI(mailto:amt@example.org)>>",
        b"/A<</S/URI/URI(javascript:alert\\(1\\))>>",
        b"/A<</S/URI/URI(file:///etc/passwd)>>",
        b"/A<</S/Launch/F(rechnen.exe)>>",
        b"/A<</S/JavaScript/JS(app.alert\\(1\\))>>",
        b"/Dest[7 0 R/Fit]",
    ]
    links = [
        b"<</Type/Annot/Subtype/Link/Rect[100 %d 300 %d]%b>>" % (600 - 40 * place, 630 - 40 * place, action)
        for place, action in enumerate(actions)
    ]
    numbers = b" ".join(b"%d 0 R" % number for number in range(8, 8 + len(links)))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents 6 0 R%b>>"
    return documents.pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 2/Kids[5 0 R 7 0 R]>>",
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Title(Wegweiser)>>",
            page % (b"/Annots[%b]" % numbers),
            b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
            page % b"",
            *links,
        ]
    )


FILES = {
    "ruhe.pdf": documents.pdf(PAGES, title="Ruhe in der Stadt"),
    "bild.pdf": picture_pdf(),
    "wege.pdf": linked_pdf(),
    "geheim.pdf": documents.encrypted_pdf(),
    "konzept.docx": documents.docx(["Zuerst etwas anderes. " * 200, "Der Mispelstrauch wächst hier."]),
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with its worker."""
    with running(tmp_path_factory.mktemp("viewer")) as server:
        yield server


@pytest.fixture(scope="module")
def state(hub, browser) -> dict:
    """The session of somebody whose entries are published at once, with the files uploaded and read."""
    state = state_of(browser, hub, "verwaltung")
    context = browser.new_context(base_url=hub.url, storage_state=state)
    page = context.new_page()
    for name, content in FILES.items():
        page.goto("/entries/new?collection=klimawandel")
        page.get_by_label("Titel").fill(f"Eintrag mit {name}")
        page.locator("#files").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        page.locator("form#eintrag button.btn:visible").first.wait_for()
        page.get_by_role("button", name=re.compile("Veröffentlichen|einreichen")).last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Eintrag mit {name}", timeout=20_000)
        wait_until_read(page)
    context.close()
    return state


def wait_until_read(page: Page) -> None:
    for _ in range(120):
        if "Text wird gelesen" not in page.content() and "Warte" not in page.title():
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError("the worker has not read the file")


def open_hit(page: Page) -> None:
    page.goto("/search?q=Friedhof")
    page.get_by_role("link", name="Seite 12").first.click()
    expect(page.locator(".viewer__text mark").first).to_be_visible()


def test_a_hit_opens_at_its_page_with_the_words_marked(hub, state, new_page):
    page = open_as(new_page, hub, state)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_hit(page)
    expect(page).to_have_url(re.compile(r"/files/\d+/view\?page=12&q=Friedhof$"))
    marks = page.locator(".viewer__text mark").all_inner_texts()
    assert marks == ["Friedhöfe", "Friedhof", "Fried", "hof", "Friedhof"], "parted at a line's end, in a compound"
    expect(page.get_by_role("status").first).to_have_text("Seite 12 von 14, 4 markierte Stellen")
    expect(page.get_by_label("Seite", exact=True)).to_have_value("12")
    expect(page.locator(".found-pages a")).to_have_count(2)
    assert all(re.match(r"(?:https?://127\.0\.0\.1|blob:|data:)", url) for url in asked)
    drawn = page.evaluate(
        "() => { const c = document.querySelector('.viewer__page canvas'), d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; let n = 0;"
        "for (let i = 0; i < d.length; i += 4) if (d[i] < 100) n++; return n }"
    )
    assert drawn > 500, "letters are drawn"


def test_pages_are_turned_by_buttons_field_keys_and_links(hub, state, new_page):
    page = open_as(new_page, hub, state)
    open_hit(page)
    said = page.get_by_role("status").first
    page.get_by_role("button", name="Nächste Seite").click()
    expect(said).to_have_text("Seite 13 von 14")
    expect(page).to_have_url(re.compile("page=13"))
    page.get_by_role("button", name="Vorige Seite").press("Enter")
    expect(said).to_have_text("Seite 12 von 14, 4 markierte Stellen")
    page.get_by_label("Seite", exact=True).fill("99")
    page.get_by_label("Seite", exact=True).press("Enter")
    expect(said).to_have_text("Seite 14 von 14, eine markierte Stelle")
    expect(page.get_by_role("button", name="Nächste Seite")).to_be_disabled()
    page.locator(".viewer__stage").focus()
    page.keyboard.press("ArrowLeft")
    expect(said).to_have_text("Seite 13 von 14")
    page.locator(".found-pages a").first.click()
    expect(said).to_have_text("Seite 12 von 14, 4 markierte Stellen")
    page.go_back()
    expect(said).to_have_text("Seite 13 von 14")
    expect(page.get_by_role("link", name="Als Text lesen")).to_have_attribute("href", re.compile("seite=13.*#seite-13"))


def test_pages_can_be_made_larger_and_smaller(hub, state, new_page):
    page = open_as(new_page, hub, state)
    open_hit(page)
    width = page.locator(".viewer__page").bounding_box()["width"]
    page.get_by_role("button", name="Vergrößern").click()
    expect(page.locator(".viewer__page canvas")).to_have_css("width", re.compile(str(int(width * 1.25))[:2]))
    assert page.locator(".viewer__page").bounding_box()["width"] > width * 1.2
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="An die Breite anpassen").click()
    expect(page.locator(".viewer__page canvas")).to_have_css("width", f"{int(width)}px")


def test_pictures_and_signs_without_a_font_are_drawn_without_webassembly(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/search?q=bild.pdf")
    page.get_by_role("link", name="Eintrag mit bild.pdf").first.click()
    page.get_by_role("link", name="Dokument öffnen").first.click()
    expect(page.locator(".viewer__page canvas")).to_be_visible()
    reds = page.evaluate(
        "() => { const c = document.querySelector('.viewer__page canvas'), d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; let n = 0;"
        "for (let i = 0; i < d.length; i += 4) if (d[i] > 150 && d[i + 1] < 80) n++; return n }"
    )
    assert reds > 5000


def test_words_that_stand_in_a_picture_are_said_to_do_so(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.route(re.compile("/words"), lambda route: route.fulfill(json={"forms": {"Blatt": [[0, 5]], "Bild": [[0, 4]]}}))
    page.goto("/search?q=bild.pdf")
    page.get_by_role("link", name="Eintrag mit bild.pdf").first.click()
    page.get_by_role("link", name="Dokument öffnen").first.click()
    expect(page.locator(".viewer__page canvas")).to_be_visible()
    page.get_by_label("Im Dokument suchen").last.fill("Bild")
    page.get_by_label("Im Dokument suchen").last.press("Enter")
    expect(page.get_by_text("Diese Seite ist ein Bild")).to_be_visible()
    assert axe.violations(page) == []


def test_a_file_that_cannot_be_shown_says_so_and_offers_a_way_on(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/search?q=geheim.pdf")
    page.get_by_role("link", name="Eintrag mit geheim.pdf").first.click()
    page.get_by_role("link", name="Dokument öffnen").first.click()
    expect(page.get_by_text("Hier lässt sich das Dokument nicht zeigen")).to_be_visible()
    expect(page.get_by_role("link", name="Im Browser öffnen")).to_be_visible()
    assert axe.violations(page) == []


def test_without_script_the_browser_s_own_reader_opens_at_the_page(hub, state, new_page):
    page = open_as(new_page, hub, state, javascript=False)
    page.goto("/search?q=Friedhof")
    page.get_by_role("link", name="Seite 12").first.click()
    link = page.get_by_role("link", name="Seite 12 öffnen")
    expect(link).to_have_attribute("href", re.compile(r"^/files/\d+/inline#page=12$"))
    expect(page.locator(".found-pages mark").first).to_have_text(re.compile("Fried"))
    page.get_by_role("link", name="Als Text lesen").click()
    expect(page.locator("#seite-12 + p mark").first).to_have_text("Friedhöfe")


def test_an_office_file_opens_as_text_at_the_place_with_the_words_marked(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/search?q=Mispelstrauch")
    page.get_by_role("link", name="Abschnitt 2").first.click()
    expect(page).to_have_url(re.compile(r"/files/\d+/text\?seite=2&q=Mispelstrauch#seite-2$"))
    expect(page.locator("#seite-2 + p mark")).to_have_text("Mispelstrauch")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_axe_finds_nothing_in_the_viewer(hub, state, new_page, width, dark):
    page = open_as(new_page, hub, state, width=width, dark=dark)
    open_hit(page)
    assert axe.violations(page) == []
    assert not scrolls_sideways(page)


def test_the_viewer_fits_on_320_points(hub, state, new_page):
    page = open_as(new_page, hub, state, width=320)
    open_hit(page)
    assert not scrolls_sideways(page)


def test_hit_pages_have_their_picture_at_the_next_look(hub, state, new_page):
    page = open_as(new_page, hub, state)
    open_hit(page)
    for _ in range(40):
        if page.locator(".found-pages img").count() == 2:
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator(".found-pages img")).to_have_count(2)


def test_links_inside_a_document_lead_to_the_web_to_mail_and_to_its_pages_only(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/search?q=wege.pdf")
    page.get_by_role("link", name="Eintrag mit wege.pdf").first.click()
    page.get_by_role("link", name="Dokument öffnen").first.click()
    links = page.locator(".viewer__links a")
    expect(links).to_have_count(3)
    assert [link.get_attribute("href") for link in links.all()][:2] == [
        "https://example.org/weiter",
        "mailto:amt@example.org",
    ]
    assert links.first.get_attribute("rel") == "noopener noreferrer" and links.first.get_attribute("target") is None
    box = links.first.bounding_box()
    assert box is not None and box["width"] > 150 and 20 < box["height"] < 60
    assert axe.violations(page) == []
    page.get_by_role("link", name="Seite 2 in diesem Dokument").click()
    expect(page.get_by_label("Seite", exact=True)).to_have_value("2")
    expect(page.locator(".viewer__links a")).to_have_count(0)
