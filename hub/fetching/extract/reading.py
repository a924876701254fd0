"""Which reader a file needs, and the answer made of what it found."""

from datetime import date
from typing import Any

from hub.core.titles import title_in_document
from hub.fetching import languages
from hub.fetching.extract import office, opendocument
from hub.fetching.extract.archive import Archive
from hub.fetching.extract.flow import PORTION, Enough, Flow, tidy
from hub.fetching.extract.result import LINE_LENGTH, MAX_CHARACTERS, WORD, Extracted, Unreadable

ARCHIVES: dict[str, tuple[Any, Any, int]] = {
    "docx": (office.read_word, office.read_facts, PORTION),
    "pptx": (office.read_slides, office.read_facts, 0),
    "xlsx": (office.read_tables, office.read_facts, PORTION),
    "odt": (opendocument.read_text, opendocument.read_facts, PORTION),
    "odp": (opendocument.read_slides, opendocument.read_facts, 0),
    "ods": (opendocument.read_tables, opendocument.read_facts, PORTION),
}
SAMPLE = 20_000


def read(extension: str, content: bytes) -> Extracted:
    """The text of a file; raises Unreadable."""
    pictured: list[int] = []
    if extension in ARCHIVES:
        flow, facts, count, is_cut = _read_archive(extension, content)
    elif extension == "pdf":
        from hub.fetching.extract import pdf

        flow = Flow()
        facts, count, pictured = pdf.read(content, flow)
        is_cut = len(flow.pages) < count
    elif extension == "txt":
        flow, facts, count, is_cut = _read_plain(content)
    else:
        raise Unreadable("kind")
    if not any(WORD.search(page) for page in flow.pages):
        raise Unreadable("scanned")
    scanned = tuple(number for number in pictured if number <= len(flow.pages))
    for number in scanned:
        flow.pages[number - 1] = ""  # a page number at most; what the picture says takes its place
    return Extracted(
        pages=tuple(flow.pages),
        page_count=max(count, len(flow.pages)),
        is_cut=is_cut,
        title=title_in_document(_line(facts.get("title", ""))) or _line(facts.get("headline", "")),
        author=_line(facts.get("author", "")),
        date=_day(facts.get("date", "")),
        language=_language(flow.pages, facts.get("language", "")),
        scanned=scanned,
    )


def _read_archive(extension: str, content: bytes) -> tuple[Flow, dict[str, str], int, bool]:
    read_text, read_facts, portion = ARCHIVES[extension]
    archive, flow, is_cut = Archive(content), Flow(portion), False
    facts = read_facts(archive)
    try:
        read_text(archive, flow)
    except Enough:
        is_cut = True
    flow.close()
    return flow, facts, len(flow.pages), is_cut


def _read_plain(content: bytes) -> tuple[Flow, dict[str, str], int, bool]:
    flow, is_cut = Flow(PORTION), False
    try:
        for line in _decoded(content).splitlines():
            flow.write(line or "\n")
            flow.end_line()
    except Enough:
        is_cut = True
    flow.close()
    return flow, {}, len(flow.pages), is_cut


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, else the Windows code page, which has a sign for nearly every byte."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        raise Unreadable("damaged")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _line(text: str) -> str:
    return " ".join(tidy(text).split())[:LINE_LENGTH]


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError:
        return ""
    return day.isoformat() if 1900 <= day.year <= 2100 else ""


def _language(pages: list[str], declared: str) -> str:
    """By the words of the middle, where there are fewer addresses and lists of names than at the beginning."""
    text = " ".join(pages)[:MAX_CHARACTERS]
    middle = max(0, len(text) // 2 - SAMPLE // 2)
    return languages.guess(text[middle : middle + SAMPLE]) or languages.known(declared) or ""
