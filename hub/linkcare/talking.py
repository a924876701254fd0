"""The conversation with a website about one link: a generator that says what to ask next and is told the answer.

It opens no connection and knows no clock, so whoever runs it decides when each request leaves. Everything that decides
how an answer is understood is here.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from hub.core.address import NoAddress, normalise, parse
from hub.linkcare import robots
from hub.linkcare.outcomes import Outcome
from hub.linkcare.proposing import ARCHIVE_HOST
from hub.linkcare.sketching import is_another

if TYPE_CHECKING:  # lxml, for workers only
    from hub.linkcare.reading import Reading

MOST_HOPS, MOST_BYTES = 5, 256 * 1024
LANGUAGES = {"", "de", "en", "de-de", "en-gb", "de_de"}
START_NAMES = {"home", "start", "startseite", "homepage", "index", "welcome", "willkommen"}
_INDEX_PAGE = re.compile(r"(index|default)\.(html?|php|aspx?|jsp)")
_LOGIN = ("login", "signin", "sign-in", "anmeldung", "anmelden", "/auth", "/sso", "shibboleth", "/idp/")
_ERROR_PAGE = (
    "404",
    "not-found",
    "notfound",
    "not_found",
    "nicht-gefunden",
    "nichtgefunden",
    "seite-nicht",
    "fehlerseite",
    "page-not",
)
_PERMANENT = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT}
# What a GET would meet in the same way.
_FINAL = {"unknown_host", "tls", "inner", "port", "own", "not_link"}
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_REASON_OUTCOMES = {
    "unknown_host": Outcome.NO_HOST,
    "timeout": Outcome.SLOW,
    "no_answer": Outcome.SLOW,
    "tls": Outcome.CERTIFICATE,
    "broken": Outcome.SERVER,
    "redirects": Outcome.SERVER,
    **dict.fromkeys(("port", "inner", "own", "not_link", "downgrade"), Outcome.UNTRIED),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to be made."""

    url: str
    method: str
    headers: dict[str, str]
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it; ``error`` is the reason of a FetchError when nothing did."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    target: str = ""
    content: bytes = b""
    is_cut: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a link from earlier: what the server said to recognise its state, how the page first read."""

    url: str
    etag: str = ""
    modified: str = ""
    first_title: str = ""
    first_sketch: str = ""


@dataclass(slots=True)
class Found:
    """The end of a conversation. What is to be remembered of the page is None where this try says nothing of it."""

    outcome: Outcome
    reason: str = ""
    status: int = 0
    target: str = ""
    marks: tuple[str, str] | None = None
    reading: "Reading | None" = None


class Rules:
    """The rules of the websites met, by scheme and host; filled by conversations."""

    def __init__(self) -> None:
        self.by_origin: dict[str, str] = {}
        self.unreadable: set[str] = set()
        self.lost: dict[str, str] = {}


Talk = Generator[Ask, Reply, Found]


def talk(known: Known, rules: Rules) -> Talk:
    """Find out what has become of a link."""
    try:
        url = parse(known.url).geturl()
    except NoAddress:
        return Found(Outcome.UNTRIED, "not_link")
    if urlsplit(url).hostname == ARCHIVE_HOST:
        return Found(Outcome.UNTRIED, "archive")
    is_permanent = True
    start = url
    for _hop in range(MOST_HOPS + 1):
        refused = yield from _refusal(url, rules)
        if refused is not None:
            return refused
        reply, is_whole = yield from _look(url, known, is_same=url == start)
        if reply.target:
            is_permanent = is_permanent and reply.status in _PERMANENT
            if reply.target == url:
                return Found(Outcome.SERVER, "loop", reply.status)
            url = reply.target
            continue
        return _understand(start, url, is_permanent, known, reply, is_whole)
    return Found(Outcome.SERVER, "loop")


def origin_of(url: str) -> str:
    """Scheme, host and port: what rules for programs hold for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _refusal(url: str, rules: Rules) -> Generator[Ask, Reply, Found | None]:
    """Whether the website wants to be left alone; its rules are asked for when they are not known."""
    origin = origin_of(url)
    if origin not in rules.by_origin and origin not in rules.unreadable and origin not in rules.lost:
        yield from _learn(origin, rules)
    if origin in rules.lost:
        reason = rules.lost[origin]
        return Found(_REASON_OUTCOMES.get(reason, Outcome.SERVER), reason)
    if origin in rules.unreadable:
        return Found(Outcome.REFUSES, "robots_unclear")
    if not robots.may_ask(rules.by_origin[origin], url):
        return Found(Outcome.REFUSES, "robots")
    return None


def _learn(origin: str, rules: Rules) -> Generator[Ask, Reply, None]:
    """Read robots.txt: none there allows everything, a server in trouble nothing (RFC 9309, 2.3.1)."""
    url = f"{origin}/robots.txt"
    for _hop in range(MOST_HOPS):
        reply = yield Ask(url, "GET", {"Accept": "text/plain,*/*;q=0.1"}, robots.MOST_BYTES)
        if reply.target and reply.target != url:
            if origin_of(reply.target) != origin and not _is_same_site(origin, reply.target):
                break  # rules of another website are not the rules of this one
            url = reply.target
            continue
        if reply.error in ("downgrade", "inner", "port", "own", "redirects"):
            break
        if reply.error:
            rules.lost[origin] = reply.error
        elif reply.status >= 500 or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            rules.unreadable.add(origin)
        else:
            rules.by_origin[origin] = _rules_in(reply)
        return
    rules.by_origin[origin] = robots.ALLOW_ALL


def _rules_in(reply: Reply) -> str:
    """The text of a robots.txt; a page sent in its place says nothing."""
    is_page = reply.content[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))
    if reply.status != HTTPStatus.OK or is_page:
        return robots.ALLOW_ALL
    return reply.content.decode("utf-8", "replace").replace("\x00", "")


def _is_same_site(origin: str, url: str) -> bool:
    return _site(origin) == _site(url)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _look(url: str, known: Known, is_same: bool) -> Generator[Ask, Reply, tuple[Reply, bool]]:
    """HEAD, and GET when HEAD is refused, suspicious, or cannot tell; the second value says whether it was a GET."""
    marks = _conditions(known) if is_same else {}
    reply = yield Ask(url, "HEAD", marks)
    if reply.target or reply.status == HTTPStatus.NOT_MODIFIED:
        return reply, False
    if not reply.error and reply.status == HTTPStatus.OK and _tells_enough(reply, known, is_same):
        return reply, False
    asks_for_patience = reply.status == HTTPStatus.TOO_MANY_REQUESTS or "retry-after" in reply.headers
    if reply.error in _FINAL or asks_for_patience:
        return reply, False
    reply = yield Ask(url, "GET", {}, MOST_BYTES)
    return reply, True


def _tells_enough(reply: Reply, known: Known, is_same: bool) -> bool:
    """Whether HEAD alone says that all is well: a file, or a page in the state in which it was read."""
    return not _may_be_page(reply) or (is_same and _is_as_before(reply, known))


def _conditions(known: Known) -> dict[str, str]:
    found = {"If-None-Match": known.etag} if known.etag else {}
    return found | ({"If-Modified-Since": known.modified} if known.modified else {})


def _may_be_page(reply: Reply) -> bool:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("", "text/html", "application/xhtml+xml")


def _is_as_before(reply: Reply, known: Known) -> bool:
    """The server gives the page the same mark as when it was read; without any mark nothing is known."""
    etag, modified = marks_of(reply)
    return bool(etag and etag == known.etag) or bool(not etag and modified and modified == known.modified)


def marks_of(reply: Reply) -> tuple[str, str]:
    """By what a server lets the state of a page be recognised: ETag, Last-Modified."""
    return reply.headers.get("etag", "")[:200], reply.headers.get("last-modified", "")[:40]


def _understand(start: str, url: str, is_permanent: bool, known: Known, reply: Reply, is_whole: bool) -> Found:
    if reply.error:
        return Found(
            _REASON_OUTCOMES.get(reply.error, Outcome.SERVER), "loop" if reply.error == "redirects" else reply.error
        )
    status = reply.status
    if status in _GONE:
        return Found(Outcome.GONE, "", status)
    if status >= 500:
        return Found(Outcome.SERVER, "", status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Found(Outcome.REFUSES, "too_many", status)
    if status >= 400:
        return Found(Outcome.REFUSES, "", status)
    if status >= 300 and status != HTTPStatus.NOT_MODIFIED:
        return Found(Outcome.SERVER, "loop", status)
    led_astray = _astray(start, url)
    if led_astray is not None:
        return led_astray
    found = _read_page(known, reply) if is_whole and _may_be_page(reply) else Found(Outcome.FINE)
    found.status = status
    if status == HTTPStatus.OK and url == start:
        found.marks = marks_of(reply)
    if found.outcome == Outcome.FINE and url != start and is_permanent and normalise(url) != normalise(start):
        found.outcome, found.target = Outcome.MOVED, url
    return found


def _astray(start: str, url: str) -> Found | None:
    """A redirect to where the page cannot be: the start page, a page of errors, a form to sign in."""
    if url == start:
        return None
    before, after = urlsplit(start), urlsplit(url)
    if _is_start(after) and not _is_start(before):
        return Found(Outcome.SOFT_GONE, "start_page", HTTPStatus.OK)
    path = after.path.lower()
    if any(word in path and word not in before.path.lower() for word in _ERROR_PAGE):
        return Found(Outcome.SOFT_GONE, "error_page", HTTPStatus.OK)
    if any(word in path and word not in before.path.lower() for word in _LOGIN):
        return Found(Outcome.REFUSES, "login", HTTPStatus.OK)
    return None


def _is_start(parts: SplitResult) -> bool:
    steps = [step for step in parts.path.lower().split("/") if step]
    if parts.query or len(steps) > 2:
        return False
    return all(
        step in LANGUAGES or _INDEX_PAGE.fullmatch(step) or step.partition(".")[0] in START_NAMES for step in steps
    )


def _read_page(known: Known, reply: Reply) -> Found:
    from hub.linkcare.reading import read

    kind = reply.headers.get("content-type", "")
    charset = (
        kind.lower().partition("charset=")[2].partition(";")[0].strip(" \"'") if "charset=" in kind.lower() else ""
    )
    reading = read(reply.content, charset)
    if reading.is_not_found and not (known.first_title and reading.title == known.first_title):
        return Found(Outcome.SOFT_GONE, "words", reading=reading)
    is_start = _is_start(urlsplit(known.url))
    has_new_title = not (known.first_title and reading.title == known.first_title)
    if not is_start and has_new_title and is_another(known.first_sketch, reading.sketch):
        return Found(Outcome.CHANGED, "text", reading=reading)
    return Found(Outcome.FINE, reading=reading)
