"""Asking for a page, and reading it when a worker gets to it."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.address import DOI_RESOLVER, NoAddress, doi_of, normalise, parse
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.core.text import title_from_name
from hub.core.titles import title_in_document
from hub.core.unit_of_work import unit_of_work
from hub.fetching import queries
from hub.fetching.extract import running
from hub.fetching.models import FetchedPage, FetchedText, PageState
from hub.fetching.reasons import LATER, reason_text
from hub.jobs import service as jobs

if TYPE_CHECKING:  # loaded by workers only
    from hub.fetching.extract.picture import Drawn
    from hub.fetching.safe_fetch import Fetched

log = logging.getLogger("hub.fetching")
KIND, PICTURE_KIND = "fetch_page", "fetch_picture"
SIGNS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n": "png", b"GIF8": "gif", b"%PDF-": "pdf"}
SMALLEST_PICTURE = 160
PER_MINUTE = 10
FRESH = timedelta(hours=12)
SHORTEST_ARTICLE = 200
REPEATED = timedelta(minutes=2)
MOST_WAITING = 2
MOST_DOCUMENTS, DOCUMENT_PATIENCE = 2, 15.0
READABLE = ("pdf", "docx", "pptx", "xlsx", "odt", "odp", "ods")
LONGEST_TITLE, LONGEST_TEXT = 300, 1_000_000
_waiting = BoundedSemaphore(MOST_WAITING)
_documents = BoundedSemaphore(MOST_DOCUMENTS)
_when_read: list[Callable[[str, Mapping[str, str]], bool]] = []
_when_pictured: list[Callable[[str, "Drawn"], None]] = []


def when_read(step: Callable[[str, Mapping[str, str]], bool]) -> None:
    """Register what happens in the unit of work in which a page was read: ``step(normalised, values)``.

    It answers whether anybody wants the picture of the page.
    """
    _when_read[:] = [step]


def when_pictured(step: Callable[[str, "Drawn"], None]) -> None:
    """Register who takes the picture of a page: ``step(normalised, drawn)``."""
    _when_pictured[:] = [step]


def request_page(actor: Actor, url: str) -> FetchedPage:
    """Let a worker read a page, unless it was read lately. Raises Refused when it is no link or asked too often."""
    require(actor.may(Permission.ENTRY_SUBMIT))
    try:
        address, normalised = parse(url).geturl(), normalise(url)
    except NoAddress as error:
        raise Refused(reason_text("not_link")) from error
    page = queries.find_page(address)
    if page is not None and _is_fresh(page):
        return page  # without a unit of work: script asks several times a second while a page is being read
    try:
        return _ask_for(actor, address, normalised)
    except Conflict:
        page = queries.find_page(address)  # somebody else asked in the same moment
        if page is None:
            raise
        return page


def _ask_for(actor: Actor, address: str, normalised: str) -> FetchedPage:
    with unit_of_work() as session:
        page = queries.find_page(address)
        if page is not None and _is_fresh(page):
            return page
        _check_rate(actor)
        if page is None:
            page = FetchedPage(normalised=normalised)
            session.add(page)
        page.url, page.state, page.reason, page.facts = address, PageState.WAITING, "", None
        page.requested_by_id, page.requested_at = actor.id, clock.now()
        session.flush()
        jobs.enqueue(KIND, f"{page.id} {normalised}"[:200], {"page_id": page.id})
    return page


class Look(NamedTuple):
    """What is known of a link at this moment: values by field of the form, or why there are none; and what was odd."""

    values: dict[str, str]
    sentence: str
    is_waiting: bool = False
    notes: tuple[str, ...] = ()
    has_picture: bool = False
    is_pictured: bool = False


def propose(actor: Actor, url: str) -> Look:
    """Values for the fields of a form from the page behind a link, and a sentence when there are none.

    Waits a bounded time for the worker, and only a few at once: the server's threads are for everybody.
    """
    try:
        found = look(actor, url)
    except Refused as error:
        return Look({}, error.message)
    if not found.is_waiting or not _waiting.acquire(blocking=False):
        return found
    try:
        return _told(queries.wait_for_page(url))
    finally:
        _waiting.release()


def look(actor: Actor, url: str) -> Look:
    """Ask for a page and say what is known of it, without waiting. Raises Refused as ``request_page`` does."""
    return _told(request_page(actor, url))


def peek(url: str) -> Look:
    """What is known of a page at this moment; nobody is asked."""
    return _told(queries.find_page(url))


def wait(url: str, seconds: float) -> None:
    """Wait so long at most for a page that is being read; not at all while others wait already."""
    if not _waiting.acquire(blocking=False):
        return
    try:
        queries.wait_for_page(url, seconds)
    finally:
        _waiting.release()


def was_asked(url: str) -> bool:
    """Whether anybody ever had the page read."""
    return queries.find_page(url) is not None


def known(url: str) -> dict[str, str]:
    """What a page that was read tells; empty when it was not."""
    page = queries.find_page(url)
    return _values_of(page.facts) if page is not None and page.facts is not None else {}


def _told(page: FetchedPage | None) -> Look:
    if page is None or page.state == PageState.WAITING:
        return Look({}, reason_text("later"), is_waiting=True)
    if page.facts is None or page.reason:
        return Look(_values_of(page.facts or {}), reason_text(page.reason))
    seen = bool(_picture_of(page)), bool(page.facts.get("is_pictured"))
    return Look(_values_of(page.facts), "", False, _notes_on(page.facts), *seen)


def _notes_on(facts: dict[str, Any]) -> tuple[str, ...]:
    """What a person should know of a page that was read."""
    notes = {
        "is_cut": _("Die Seite ist sehr lang; gelesen wurde nur ihr Anfang."),
        "is_file": _("Hinter dem Link liegt keine Seite, sondern eine Datei."),
    }
    return tuple(sentence for name, sentence in notes.items() if facts.get(name))


def _values_of(facts: dict[str, Any]) -> dict[str, str]:
    values = {
        "title": facts.get("title"),
        "summary": facts.get("description"),
        "publisher": facts.get("publisher"),
        "year": str(facts.get("year") or ""),
        "day": facts.get("published_on"),
        "language": facts.get("language"),
        "kind": facts.get("kind"),
        **_details_of(facts),
    }
    return {name: value for name, value in values.items() if value}


def _details_of(facts: dict[str, Any]) -> dict[str, str | None]:
    """What only some kinds of entries have room for."""
    authors = "\n".join(facts.get("authors") or ())
    if facts.get("kind") == "fachartikel":
        return {
            "detail_authors": authors,
            "detail_journal": facts.get("journal") or facts.get("publisher"),
            **{f"detail_{name}": facts.get(name) for name in ("doi", "volume", "issue", "pages", "isbn")},
        }
    if facts.get("kind") == "medienartikel":
        return {"detail_medium": facts.get("publisher"), "detail_author": authors.replace("\n", ", ")}
    return {"detail_doi": facts.get("doi")}


def fetch_page(payload: dict[str, Any]) -> None:
    """Fetch and read a page that was asked for; a page that tells nothing is an answer too, and not tried again."""
    page = db.session.get(FetchedPage, payload["page_id"])
    db.session.rollback()
    if page is None:
        return
    reason, facts, text = look_at(page.url)
    with unit_of_work() as session:
        found = session.get(FetchedPage, payload["page_id"], populate_existing=True)
        if found is None:
            return
        found.state = PageState.FAILED if reason else PageState.READ
        found.reason, found.facts, found.fetched_at = reason, facts, clock.now()
        session.execute(delete(FetchedText).where(FetchedText.page_id == found.id))
        if text:
            session.add(FetchedText(page_id=found.id, text=text))
        session.flush()
        is_wanted = [step(found.normalised, _values_of(facts)) for step in _when_read] if facts else []
        if any(is_wanted) or found.requested_by_id is not None:  # a person looks at a form
            _enqueue_picture(found)


def carry_over(moves: Mapping[str, str]) -> None:
    """Pages have new addresses: what was read at the former ones counts for them, unless they were read themselves.

    Belongs into the open unit of work of the change; nothing is fetched.
    """
    pairs = {normalise(new): normalise(former) for former, new in moves.items()}
    urls = {normalise(new): new for new in moves.values()}
    with unit_of_work() as session:
        wanted = FetchedPage.normalised.in_([*pairs, *pairs.values()])
        pages = {page.normalised: page for page in session.scalars(select(FetchedPage).where(wanted))}
        read = {new: pages[former] for new, former in pairs.items() if former in pages and new not in pages}
        read = {new: page for new, page in read.items() if page.state == PageState.READ}
        rows = session.scalars(select(FetchedText).where(FetchedText.page_id.in_([page.id for page in read.values()])))
        texts = {row.page_id: row.text for row in rows}
        copies = {new: _copy(page, urls[new], new) for new, page in read.items()}
        session.add_all(copies.values())
        session.flush()
        with_text = [(copies[new].id, page.id) for new, page in read.items() if page.id in texts]
        session.add_all(FetchedText(page_id=new_id, text=texts[page_id]) for new_id, page_id in with_text)


def _copy(page: FetchedPage, url: str, normalised: str) -> FetchedPage:
    return FetchedPage(
        url=url,
        normalised=normalised,
        state=page.state,
        reason=page.reason,
        facts=page.facts,
        requested_at=page.requested_at,
        fetched_at=page.fetched_at,
    )


def look_at(url: str) -> tuple[str, dict[str, Any] | None, str]:
    """Reason (empty: it was read), facts as JSON and article text of an address."""
    from hub.fetching import citations, metadata, safe_fetch

    with NamedTemporaryFile(prefix="hub-link-") as file:
        try:
            fetched = _fetch(url, file)
        except safe_fetch.FetchError as error:
            return error.reason, None, ""
        if fetched.status >= 400:
            return _status_reason(fetched.status), None, ""
        if fetched.is_citation:
            told = citations.read(fetched.content)
            return ("" if told else "silent"), told, ""
        if not fetched.is_page:
            file.flush()
            return "", *_read_file(Path(file.name), fetched)
    facts, text = metadata.read(fetched.content, fetched.url, fetched.charset)
    if facts.asks_password and (_looks_like_login(fetched.url) or len(text) < SHORTEST_ARTICLE):
        return "login", None, ""
    return ("" if facts.title else "silent"), facts.as_json() | {"is_cut": fetched.is_cut}, text


def ask_for_picture(url: str) -> None:
    """Have the picture fetched that a page names, if it was read; belongs into the unit that saves its entry."""
    page = queries.find_page(url)
    if page is not None:
        _enqueue_picture(page)


def _enqueue_picture(page: FetchedPage) -> None:
    if _picture_of(page):
        jobs.enqueue(PICTURE_KIND, str(page.id), {"page_id": page.id})


def _picture_of(page: FetchedPage) -> str:
    """Where the picture of a page lies; a PDF is its own."""
    facts = page.facts or {}
    return page.url if facts.get("is_pdf") else str(facts.get("image") or "")


def fetch_picture(payload: dict[str, Any]) -> None:
    """Fetch the picture of a page by the same door, have it made small in a process of its own, hand it on."""
    from hub.fetching import safe_fetch

    page_id = payload["page_id"]
    page = db.session.get(FetchedPage, page_id)
    url, normalised = (_picture_of(page), page.normalised) if page is not None else ("", "")
    db.session.rollback()
    if not url:
        return
    with NamedTemporaryFile(prefix="hub-link-") as file:
        try:
            fetched = safe_fetch.fetch(url, door(), file)
        except safe_fetch.FetchError as error:
            log.info("no picture of a page: %s", error.reason)
            return
        file.flush()
        extension = _kind_of_picture(fetched.content)
        if fetched.status >= 400 or fetched.is_page or not extension:
            return
        with _documents:
            drawn = running.draw(Path(file.name), extension)
    if not drawn.reason and drawn.width >= SMALLEST_PICTURE:
        _hand_on(page_id, normalised, drawn)


def _hand_on(page_id: int, normalised: str, drawn: "Drawn") -> None:
    with unit_of_work() as session:
        for step in _when_pictured:
            step(normalised, drawn)
        page = session.get(FetchedPage, page_id)
        if page is not None and page.facts is not None:
            page.facts = {**page.facts, "is_pictured": True}


def _kind_of_picture(content: bytes) -> str:
    """By its first bytes, whatever the server called it; empty for what is no picture."""
    if content[8:12] == b"WEBP":
        return "webp"
    return next((extension for sign, extension in SIGNS.items() if content.startswith(sign)), "")


def _fetch(url: str, file: IO[bytes]) -> "Fetched":
    """A page, or a file with its content; of a file that is too large only what its head tells."""
    from hub.fetching import safe_fetch

    accept = safe_fetch.CITATION_FIRST if _is_doi(url) else ""
    try:
        return safe_fetch.fetch(url, door(), file, accept)
    except safe_fetch.FetchError as error:
        if error.reason != "too_big":
            raise
    file.seek(0)
    file.truncate()
    return safe_fetch.fetch(url, door())


def _read_file(path: Path, fetched: "Fetched") -> tuple[dict[str, Any], str]:
    """A linked document is read like an upload, in a process of its own, and only a few at once."""
    facts = file_facts(fetched.url, fetched.file_name, fetched.is_pdf)
    name = fetched.file_name or urlsplit(fetched.url).path
    extension = "pdf" if fetched.is_pdf else name.rpartition(".")[2].lower()
    if extension not in READABLE or not path.stat().st_size or not _documents.acquire(timeout=DOCUMENT_PATIENCE):
        return facts, ""
    try:
        found = running.read(path, extension)
    finally:
        _documents.release()
    if found.reason:
        return facts, ""
    told = {
        "title": title_in_document(found.title)[:LONGEST_TITLE],
        "authors": [found.author] if found.author else [],
        "published_on": found.date,
        "year": int(found.date[:4]) if found.date else None,
        "language": found.language,
    }
    return facts | {name: value for name, value in told.items() if value}, "\n\n".join(found.pages)[:LONGEST_TEXT]


def _is_doi(url: str) -> bool:
    """Whether the address names a publication by its DOI."""
    return doi_of(url) is not None or url.startswith(str(current_app.config.get("DOI_RESOLVER", DOI_RESOLVER)))


def door() -> Any:
    """What the settings say may be reached: nothing more than the rules, except in tests."""
    from hub.fetching.safe_fetch import Door

    own = urlsplit(str(current_app.config["BASE_URL"])).hostname if current_app.config["SECURE"] else ""
    return Door(frozenset(current_app.config.get("FETCH_ALLOWED", ())), own or "")


def file_facts(url: str, name: str, is_pdf: bool) -> dict[str, Any]:
    """What the name of a linked file tells; its content is read like that of an upload."""
    name = name or unquote(urlsplit(url).path.rpartition("/")[2])
    title = title_from_name(name)[:LONGEST_TITLE]
    publisher = (urlsplit(url).hostname or "").removeprefix("www.")
    return {"title": title, "publisher": publisher, "kind": "dokument", "is_file": True, "is_pdf": is_pdf}


def _status_reason(status: int) -> str:
    if status in (404, 410):
        return "status_404"
    if status in (401, 403, 407):
        return "status_403"
    return "status_5xx" if status >= 500 else "status_4xx"


def _looks_like_login(url: str) -> bool:
    path = urlsplit(url).path.lower()
    return any(word in path for word in ("login", "signin", "sign-in", "anmeld", "/auth", "sso", "account"))


def _is_fresh(page: FetchedPage) -> bool:
    """Read lately, or being read; what failed for a passing reason may be asked again after a moment."""
    now = clock.now()
    if page.state == PageState.WAITING:
        return now - page.requested_at < REPEATED
    passing = page.state == PageState.FAILED and page.reason in LATER
    return page.fetched_at is not None and now - page.fetched_at < (REPEATED if passing else FRESH)


def _check_rate(actor: Actor) -> None:
    if actor.id is None:
        return
    since = clock.now() - timedelta(minutes=1)
    mine = (FetchedPage.requested_by_id == actor.id) & (FetchedPage.requested_at > since)
    if (db.session.scalar(select(func.count()).select_from(FetchedPage).where(mine)) or 0) >= PER_MINUTE:
        raise Refused(_("Sie haben in der letzten Minute zehn Links eingefügt. Bitte warten Sie einen Augenblick."))
