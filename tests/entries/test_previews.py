"""Pictures of files and links: drawn by a worker, shown to those who may see the entry, in nobody's way."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import delete, func, select

from hub.core import storage
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, Entry, Preview, Status
from hub.entries.queries import rows_of
from hub.entries.service import previews
from hub.entries.service.files import sweep_held_files
from hub.fetching.extract import running
from hub.fetching.extract.picture import Drawn
from hub.jobs import registry
from hub.jobs.models import Job
from hub.jobs.worker import do_all_due
from tests.entries.builders import picture
from tests.support import documents


def drawn_pages() -> list[tuple[int | None, int, str, bool]]:
    """File, page, reason and whether there is a picture."""
    db.session.expire_all()
    rows = db.session.scalars(select(Preview).order_by(Preview.id))
    return [(row.attachment_id, row.page, row.reason, row.checksum is not None) for row in rows]


def webp(colour: str = "red") -> Drawn:
    """A picture as a drawer answers it."""
    buffer = io.BytesIO()
    Image.new("RGB", (48, 64), colour).save(buffer, "WEBP")
    return Drawn(buffer.getvalue(), 48, 64)


def answering(*answers):
    """A drawer that gives these answers in turn."""
    waiting = list(answers)

    def draw(path: Path, extension: str, page: int):
        answer = waiting.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return draw


def test_the_first_page_of_an_upload_stands_for_it_on_cards_hits_and_its_own_page(upload):
    file = upload("bericht.pdf", documents.pdf(["Deckblatt über Quitten", "Zweite Seite"]))
    assert "/previews/" not in upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)
    do_all_due()
    preview = db.session.scalars(select(Preview)).one()
    assert (preview.attachment_id, preview.page, preview.width) == (file.id, 1, 640)
    address = f"/previews/{preview.id}"
    for path in ("/", "/collections/bahnhofsviertel", "/search?q=Quitten", f"/entries/{file.entry_id}"):
        found = re.findall(rf'<img[^>]* src="{address}"[^>]*>', upload.person.get(path).get_data(as_text=True))
        assert found, path
        for image in found:
            assert 'loading="lazy"' in image, path
            assert "alt=" in image and "width=" in image and "height=" in image, path
    page = upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)
    assert f'alt="Erste Seite: bericht.pdf" width="640" height="{preview.height}"' in page


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_pictures_are_made_small(upload, form, name):
    upload(name, picture(form, (3000, 2000)))
    do_all_due()
    preview = db.session.scalars(select(Preview)).one()
    assert (preview.width, preview.height) == (640, 427)
    with Image.open(storage.path_of(preview.checksum)) as image:
        assert (image.format, image.size) == ("WEBP", (640, 427))


def test_a_preview_is_served_as_a_picture_that_browsers_may_keep(upload):
    upload("bericht.pdf", documents.pdf(["Deckblatt"]))
    do_all_due()
    number = db.session.scalars(select(Preview.id)).one()
    response = upload.person.get(f"/previews/{number}")
    assert response.status_code == 200
    assert response.mimetype == "image/webp"
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "Cookie" in response.headers["Vary"]
    again = upload.person.get(f"/previews/{number}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    again.close()
    response.close()


@pytest.mark.parametrize("path", ["/previews/0", "/previews/-1", "/previews/abc", "/previews/99999999999999999999"])
def test_odd_numbers_of_previews_are_not_found(make, sign_in, path):
    assert sign_in(make.user()).get(path).status_code == 404


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
@pytest.mark.parametrize("role", ["member", "coordinator", "editor", "admin"])
def test_t30_a_preview_is_as_hidden_as_its_entry(make, sign_in, role, status):
    entry = make.entry(status=status, contributor=make.user(), organisation="Essen")
    with unit_of_work() as session:
        file = Attachment(
            entry_id=entry.id, name="a.pdf", media_type="application/pdf", extension="pdf", size=1, checksum="0" * 64
        )
        session.add(file)
        session.flush()
        session.add(Preview(attachment_id=file.id, checksum=storage.keep_bytes(webp().content)))
        session.add(Preview(entry_id=entry.id, checksum=storage.keep_bytes(webp("blue").content)))
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    sees = person.get(f"/entries/{entry.id}").status_code == 200
    for number in db.session.scalars(select(Preview.id)).all():
        response = person.get(f"/previews/{number}")
        assert (response.status_code == 200) == sees
        response.close()


def test_a_held_preview_is_shown_to_nobody_until_its_entry_is_saved(make, sign_in, app):
    address = "https://example.org/a"
    held = previews.hold(address, webp())
    person = sign_in(make.user(role="admin"))
    assert person.get(f"/previews/{held.id}").status_code == 404
    entry, second, other = make.entry(), make.entry(), make.entry()
    with unit_of_work():
        entry.address = second.address = address
    assert (previews.give(entry), previews.give(second), previews.give(other)) == (True, True, False)
    [given] = db.session.scalars(select(Preview).where(Preview.entry_id == entry.id)).all()
    response = person.get(f"/previews/{given.id}")
    assert response.status_code == 200
    response.close()
    assert person.get(f"/previews/{held.id}").status_code == 404
    assert rows_of([entry.id])[0].preview_id == given.id


def test_the_picture_of_a_link_is_replaced_and_lists_show_the_new_one(make, sign_in):
    entry = make.entry(url="https://example.org/a")
    person = sign_in(make.user())
    person.get("/collections/bahnhofsviertel")
    previews.keep_for_entry(entry, webp())
    first = db.session.scalars(select(Preview.id)).one()
    assert f"/previews/{first}" in person.get("/collections/bahnhofsviertel").get_data(as_text=True)
    previews.keep_for_entry(entry, webp("green"))
    second = db.session.scalars(select(Preview.id)).one()
    assert second > first, "browsers keep what they have seen under a number"
    assert f"/previews/{second}" in person.get("/collections/bahnhofsviertel").get_data(as_text=True)
    assert "Vorschaubild der Webseite" in person.get(f"/entries/{entry.id}").get_data(as_text=True)


def test_the_page_of_a_file_comes_before_the_picture_of_a_link(upload):
    file = upload("bericht.pdf", documents.pdf(["Deckblatt"]))
    previews.keep_for_entry(db.session.get_one(Entry, file.entry_id), webp())
    do_all_due()
    of_file = db.session.scalars(select(Preview.id).where(Preview.attachment_id == file.id)).one()
    assert rows_of([file.entry_id])[0].preview_id == of_file


def test_pages_are_drawn_on_demand_once_and_not_without_bound(upload, monkeypatch):
    monkeypatch.setattr(previews, "MOST_PAGES", 6)
    file = upload("lang.pdf", documents.pdf(["Seite"] * 40))
    do_all_due()
    previews.ask_for_pages(file.id, [12, 7, 12])
    assert do_all_due() == 2
    assert [row[1] for row in drawn_pages()] == [1, 12, 7] or [row[1] for row in drawn_pages()] == [1, 7, 12]
    previews.ask_for_pages(file.id, [7, *range(20, 60)])
    assert do_all_due() == previews.MOST_PAGES - 3
    previews.ask_for_pages(file.id, [2])
    assert do_all_due() == 0


@pytest.mark.parametrize("reason", ["crashed", "slow", "memory", "output", "damaged", "encrypted"])
def test_what_cannot_be_drawn_is_marked_and_left_alone(upload, reason):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    previews.draw_preview(answering(Drawn(reason=reason)), {"attachment_id": file.id, "page": 1})
    assert drawn_pages() == [(file.id, 1, reason, False)]
    previews.draw_preview(answering(), {"attachment_id": file.id, "page": 1})
    assert upload.person.get(f"/previews/{db.session.scalars(select(Preview.id)).one()}").status_code == 404
    assert "card__cover" in upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)


def test_r19_a_file_that_takes_its_worker_down_twice_is_left_alone(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            previews.draw_preview(answering(KeyboardInterrupt()), {"attachment_id": file.id, "page": 1})
    previews.draw_preview(answering(), {"attachment_id": file.id, "page": 1})
    assert drawn_pages() == [(file.id, 1, "crashed", False)]


def test_lost_jobs_and_files_from_before_are_found_again(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    do_all_due()
    with unit_of_work() as session:
        session.execute(delete(Job))
        session.execute(delete(Preview))
    previews.ask_for_missing({})
    assert do_all_due() == 1
    assert drawn_pages() == [(file.id, 1, "", True)]
    previews.ask_for_missing({})
    assert do_all_due() == 0


def test_a_lost_content_is_no_failure(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    storage.path_of(file.checksum).unlink()
    do_all_due()
    assert drawn_pages() == [(file.id, 1, "missing", False)]


def test_a_file_that_went_meanwhile_is_no_failure(upload):
    number = upload("bericht.pdf", documents.pdf(["Quitten"])).id

    def draw(path: Path, extension: str, page: int):
        with unit_of_work() as session:
            session.delete(session.get_one(Attachment, number))
        return webp()

    previews.draw_preview(draw, {"attachment_id": number, "page": 1})
    previews.draw_preview(draw, {"attachment_id": number, "page": 1})
    assert drawn_pages() == []


def test_orphans_are_swept_and_pictures_in_use_stay(upload, monkeypatch):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    do_all_due()
    held = previews.hold("https://example.org/a", webp()).checksum
    checksum = db.session.scalars(select(Preview.checksum).where(Preview.attachment_id == file.id)).one()
    monkeypatch.setattr("hub.entries.service.files.INCOMING_FOR", -5)
    sweep_held_files()
    assert storage.path_of(checksum).exists() and storage.path_of(held).exists()
    monkeypatch.setattr("hub.entries.service.files.HELD_FOR", timedelta(seconds=-5))
    with unit_of_work() as session:
        session.delete(session.get_one(Attachment, file.id))
    sweep_held_files()
    assert db.session.scalar(select(func.count()).select_from(Preview)) == 0
    assert not storage.path_of(checksum).exists() and not storage.path_of(held).exists()


def test_the_drawer_is_the_one_in_its_own_process(app):
    assert registry.find_kind(previews.KIND).handler.args == (running.draw,)
    assert registry.find_kind(previews.KIND).lane == registry.Lane.HEAVY
