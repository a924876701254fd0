"""Reading a mail (RFC 5322): who sent it, its subject, its first link, its attachments. Nothing else is looked at.

What comes in is written by anybody. The parser of the standard library stumbles over some of it, so every stumbling is
one answer (``Unreadable``), and what is large or deep is refused before it costs anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hub.core.address import NoAddress, parse
from hub.core.text import clean_line

MOST_BYTES, MOST_HEAD_BYTES, MOST_HEADER_LENGTH = 40 * 1024 * 1024, 256 * 1024, 20_000
MOST_MARKS, MOST_PARTS, MOST_DEPTH, MOST_TEXT, MOST_ATTACHMENTS = 2000, 200, 20, 500_000, 20
SUBJECT_LENGTH = 300
_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, ArithmeticError, RecursionError)
_PREFIX = re.compile(r"^\s*((fwd?|wg|wtr|aw|re|tr|sv|antw)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"'\\^`{|}]{4,1990}", re.IGNORECASE)
_ADDRESS = re.compile(r"[!-?A-~]{1,64}@[a-z0-9.-]{1,253}")
_TAIL = ".,;:!?)]*_>"
_WRAPPERS = (("safelinks.protection.outlook.com", "url"), ("padlet.com", "url"), ("www.google.com", "q"))


class Unreadable(Exception):
    """The mail cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What the hub takes from a mail."""

    sender: str
    subject: str
    link: str
    attachments: list[tuple[str, bytes]] = field(default_factory=list)
    is_automatic: bool = False
    checks: tuple[str, ...] = ()


def read(content: bytes) -> Letter:
    """The letter in these bytes; raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("Die Nachricht ist größer als 40 MB.")
    head = re.split(rb"\r?\n\r?\n", content[: MOST_HEAD_BYTES + 1], maxsplit=1)[0]
    if len(head) > MOST_HEAD_BYTES:
        raise Unreadable("Der Kopf der Nachricht ist zu lang.")
    if content.count(b"\n--") > MOST_MARKS:  # the parser takes minutes over tens of thousands of parts
        raise Unreadable("Die Nachricht hat zu viele Teile.")
    try:
        return _letter(BytesParser(policy=policy.default).parsebytes(content))
    except (MessageError, *_STUMBLES) as error:
        raise Unreadable("Die Nachricht ist nicht zu lesen.") from error


def _letter(message: Message) -> Letter:
    parts = list(_parts(message))
    attachments = [found for part in parts if (found := _attachment(part))][:MOST_ATTACHMENTS]
    automatic = _header(message, "Auto-Submitted").lower() not in ("", "no")
    automatic = automatic or _header(message, "Precedence").lower() in ("bulk", "junk", "auto_reply")
    return Letter(
        sender=_sender(message),
        subject=_PREFIX.sub("", clean_line(_header(message, "Subject")))[:SUBJECT_LENGTH],
        link=_first_link(parts),
        attachments=attachments,
        is_automatic=automatic,
        checks=tuple(_headers(message, "Authentication-Results")),
    )


def _header(message: Message, name: str) -> str:
    return next(_headers(message, name), "")


def _headers(message: Message, name: str) -> Iterator[str]:
    """The values of a header in plain text; one that the parser stumbles over counts as absent."""
    raw = [value for key, value in message.raw_items() if key.lower() == name.lower()]
    for value in raw[:20]:
        text = str(value)
        if len(text) > MOST_HEADER_LENGTH:
            continue
        try:
            yield str(policy.default.header_fetch_parse(name, text)).replace("\r", " ").replace("\n", " ")
        except (MessageError, *_STUMBLES):
            continue


def _sender(message: Message) -> str:
    """The one address that wrote the mail; empty when there are several or none, for then nobody vouches for it."""
    lines = list(_headers(message, "From"))
    found = [address for _name, address in getaddresses(lines[:2]) if address]
    address = found[0].strip().lower() if len(found) == 1 else ""
    return address if _ADDRESS.fullmatch(address) else ""


def _parts(message: Message) -> Iterator[Message]:
    """Every part that holds content, not deeper and not more than a person sends."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS or depth > MOST_DEPTH:
            raise Unreadable("Die Nachricht ist zu verschachtelt.")
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            waiting = [(one, depth + 1) for one in inner if isinstance(one, Message)] + waiting
        else:
            yield part


def _attachment(part: Message) -> tuple[str, bytes] | None:
    """Name and content; pictures that belong to the layout of a mail (logos) are none."""
    disposition, name = _safely(part.get_content_disposition), clean_line(_safely(part.get_filename))
    kind = _safely(part.get_content_type)
    if disposition != "attachment" and (not name or kind.startswith("image/") or kind.startswith("text/")):
        return None
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return None
    return name or ("anhang.pdf" if kind == "application/pdf" else "anhang"), content


def _first_link(parts: list[Message]) -> str:
    """The first link of the plain text, else of the HTML."""
    for kind, find in (("text/plain", _links_in_text), ("text/html", _links_in_html)):
        for part in parts:
            if _safely(part.get_content_type) == kind and _safely(part.get_content_disposition) != "attachment":
                link = next(find(_text(part)), "")
                if link:
                    return link
    return ""


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    content = content[:MOST_TEXT] if isinstance(content, bytes) else b""
    try:
        return content.decode(_safely(part.get_content_charset) or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _links_in_text(text: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        if link := _unwrapped(found[0]):
            yield link


def _links_in_html(text: str) -> Iterator[str]:
    reader = _Links()
    reader.feed(text)
    for address in reader.found:
        if address.lower().startswith(("https://", "http://")) and (link := _unwrapped(address)):
            yield link


def _unwrapped(address: str) -> str:
    """The address as it is meant: without the end of a sentence, out of the wrapping of mail systems; empty if none."""
    is_balanced = address.count("(") >= address.count(")")
    address = address.rstrip(_TAIL.replace(")", "") if is_balanced else _TAIL)
    parts = urlsplit(address)
    for host, name in _WRAPPERS:
        is_wrapper = (parts.hostname or "") == host or (parts.hostname or "").endswith("." + host)
        inner = parse_qs(parts.query).get(name, [""])[0] if is_wrapper else ""
        if inner.startswith(("https://", "http://")):
            address = inner
    try:
        host = parse(address).hostname or ""
    except NoAddress:
        return ""
    return address if "." in host.strip(".") else ""


class _Links(HTMLParser):
    """The addresses that a page of HTML links to, in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and len(self.found) < 50:
            self.found += [value for name, value in attrs if name == "href" and value]


def _safely(ask: Any) -> str:
    """What a part says of itself; empty where the parser stumbles over it."""
    try:
        return str(ask() or "")
    except (MessageError, *_STUMBLES):
        return ""


def is_vouched_for(letter: Letter, server: str) -> bool:
    """Whether the own mail server (its name in Authentication-Results) found the sender to be genuine.

    The topmost header of that name counts: servers put theirs on top. DMARC says it outright; else SPF or DKIM must
    have passed for the very domain of the sender.
    """
    domain = letter.sender.rpartition("@")[2]
    for check in letter.checks:
        name, _sep, results = check.partition(";")
        if name.split()[:1] != [server]:
            continue
        plain = re.sub(r"\([^()]*\)", " ", results.lower())
        if re.search(r"(^|[;\s])dmarc\s*=\s*pass\b", plain):
            return True
        passed = [one for one in plain.split(";") if re.match(r"\s*(dkim|spf)\s*=\s*pass\b", one)]
        return bool(domain) and any(_names_domain(one, domain) for one in passed)
    return False


def _names_domain(result: str, domain: str) -> bool:
    told = re.findall(r"(?:header\.d|header\.i|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]+)", result)
    return any(value.rpartition("@")[2] == domain for value in told)
