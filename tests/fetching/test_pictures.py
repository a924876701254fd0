"""The picture of a linked page: fetched by the same door, made small in a process of its own, shown by the hub."""

import re

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.entries.models import Entry, Kind, Preview
from hub.entries.service import contributing
from hub.entries.service.contributing import EntryDetails
from hub.fetching import queries, service
from hub.jobs.worker import do_all_due
from tests.entries.builders import picture
from tests.fetching.pages import DE, body, html
from tests.support.documents import pdf
from tests.support.making import submitted as taken_in


@pytest.fixture
def open_door(app, outside, monkeypatch):
    """The worker of this test may reach the test's own server."""
    monkeypatch.setitem(app.config, "FETCH_ALLOWED", {("127.0.0.1", outside.port)})
    return outside


def page_with(outside, image):
    return outside.page("/a", html(f"<title>Licht</title><meta property='og:image' content='{image}'>", body(DE)))


def submitted(make, actor, url, title=""):
    details = EntryDetails(title=title, kind=Kind.DOKUMENT, collection_ids=[make.collection().id], url=url)
    return taken_in(actor, details)


def pictures():
    """Those of entries; that of a link stays with it for a day."""
    db.session.expire_all()
    return list(db.session.scalars(select(Preview).where(Preview.entry_id.is_not(None)).order_by(Preview.id)))


@pytest.mark.parametrize(("form", "path"), [("PNG", "/b.png"), ("JPEG", "/b"), ("WEBP", "/b.jpg"), ("GIF", "/b.gif")])
def test_picture_of_the_page_is_kept_for_the_entry(make, editor, sign_in, open_door, form, path):
    open_door.page(path, picture(form, (1200, 630)), "application/octet-stream")
    entry = submitted(make, editor, page_with(open_door, path))
    do_all_due()
    [kept] = pictures()
    assert (kept.entry_id, kept.width, kept.height) == (entry.id, 640, 336)
    person = sign_in(make.user())
    with person.get(f"/previews/{kept.id}") as shown:
        assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert f"/previews/{kept.id}" in person.get(f"/entries/{entry.id}").text


def test_page_that_was_read_before_brings_its_picture_with_the_entry(make, member, open_door):
    open_door.page("/b.png", picture("PNG", (800, 400)), "image/png")
    url = page_with(open_door, "/b.png")
    service.request_page(member, url)
    do_all_due()
    assert (pictures(), open_door.asked.count("/b.png")) == ([], 1)
    first, second = submitted(make, member, url, "Titel"), submitted(make, member, url + "#x", "Noch einer")
    do_all_due()
    assert {kept.entry_id for kept in pictures()} == {first.id, second.id}
    assert open_door.asked.count("/b.png") == 1


def shown_in(note):
    """Where the form finds the picture, and whether it is there already."""
    return re.search(r'data-picture="([^"]+)"', note)[1], "<img" in note


def test_form_shows_the_picture_before_anything_is_saved_to_whom_it_belongs(make, sign_in, open_door):
    open_door.page("/b.png", picture("PNG", (800, 400)), "image/png")
    url, person, other = page_with(open_door, "/b.png"), sign_in(make.user()), sign_in(make.user())
    make.collection()
    assert person.post("/entries/link", {"url": url}).status_code == 202
    service.fetch_page({"page_id": queries.find_page(url).id})
    address, is_there = shown_in(person.post("/entries/link", {"url": url}).get_json()["note"])
    assert not is_there and (person.get(address).status_code, person.get(address).data) == (202, b"")
    do_all_due()
    with person.get(address) as shown:
        assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        assert shown.headers["Cache-Control"].startswith("private")
    assert shown_in(person.post("/entries/link", {"url": url}).get_json()["note"])[1]
    assert [who.get(address).status_code for who in (other, sign_in(make.user(role="admin")))] == [404, 404]
    assert [person.get(address[:-length] + "x").status_code for length in (2, 5, 40)] == [404, 404, 404]
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_linked_pdf_shows_its_first_page(make, member, open_door):
    entry = submitted(make, member, open_door.page("/plan.pdf", pdf(["Licht"]), "application/pdf"))
    do_all_due()
    assert [kept.entry_id for kept in pictures()] == [entry.id]


def test_another_link_takes_the_picture_away(make, member, open_door):
    open_door.page("/b.png", picture("PNG", (800, 400)), "image/png")
    entry = submitted(make, member, page_with(open_door, "/b.png"), "Titel")
    service.request_page(member, entry.url)
    do_all_due()
    assert len(pictures()) == 1
    changed = EntryDetails(
        title="Titel", kind=Kind.DOKUMENT, collection_ids=[make.collection().id], url="https://example.org/anders"
    )
    contributing.revise_entry(member, entry, changed, db.session.get(Entry, entry.id).version)
    assert pictures() == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"GIF89a" + b"x" * 50, "image/gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<html>kein Bild</html>", "text/html"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "image/png"),
        (picture("PNG", (32, 32)), "image/png"),
        (b"", "image/png"),
    ],
)
def test_what_is_no_picture_is_left(make, member, open_door, content, kind):
    open_door.page("/b.png", content, kind)
    entry = submitted(make, member, page_with(open_door, "/b.png"))
    do_all_due()
    assert pictures() == []
    assert db.session.get(Entry, entry.id).title == "Licht"


def test_t12_inner_picture_is_never_asked_for(make, member, open_door, inside):
    submitted(make, member, page_with(open_door, f"http://127.0.0.1:{inside.port}/b.png"))
    do_all_due()
    assert pictures() == []


def test_missing_picture_changes_nothing(make, member, open_door):
    submitted(make, member, page_with(open_door, "/fehlt.png"))
    assert do_all_due() >= 2
    assert db.session.scalar(select(func.count()).select_from(Preview)) == 0
    service.fetch_picture({"page_id": 999_999})
