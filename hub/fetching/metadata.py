"""What a page says about itself: Open Graph, schema.org JSON-LD, citation_* and Dublin Core tags, plain HTML, text.

Every statement has several places; the first that says something wins, the most deliberate place first. All that comes
back is plain, cleaned text from a stranger. Imported by workers only: lxml and trafilatura take memory.
"""

import ctypes
import json
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from hub.core.address import NoAddress, find_doi, parse
from hub.core.text import clean_line, clean_text
from hub.fetching import dates, languages
from hub.fetching.linked_data import address_of, listed, name_of, nodes, types_of, words_of

TITLE_LENGTH, DESCRIPTION_LENGTH, LINE_LENGTH, TEXT_LENGTH = 300, 1000, 300, 200_000
MOST_AUTHORS, MOST_BLOCKS, MOST_NODES = 20, 20, 300
ARTICLE_BYTES, LARGE = 1_000_000, 200_000
_one_at_a_time = threading.Lock()
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_SEPARATORS = re.compile(r"(?<!\s)\s+(?:[|·•»–—:-]|::)\s+")
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_DAY_NAMES = (
    *("citation_publication_date citation_online_date article:published_time og:published_time dc.date.issued").split(),
    *("dc.issued dc.date dc.created date datepublished pubdate publish-date publication_date last-modified").split(),
    *("article:modified_time dc.modified").split(),
)
_NEWS_TYPES = {"newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "liveblogposting"}
_ARTICLE_TYPES = {"article", "blogposting", "techarticle", "webpage", "itempage", "creativework"}
_SCHOLARLY_TYPES = {"scholarlyarticle", "medicalscholarlyarticle"}
_DOCUMENT_TYPES = {"report", "digitaldocument", "book", "legislation", "governmentpublication"}
_PROJECT_TYPES = {"project", "researchproject", "fundingscheme"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page tells; empty where it says nothing. ``published_on`` is an ISO day, ``image`` an absolute address."""

    title: str = ""
    description: str = ""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    published_on: str = ""
    year: int | None = None
    language: str = ""
    kind: str = ""
    doi: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    isbn: str = ""
    image: str = ""
    asks_password: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is stored beside the page."""
        return asdict(self) | {"authors": list(self.authors)}


def read(content: bytes, url: str, charset: str = "") -> tuple[Facts, str]:
    """The facts of a page and the text of its article. One page at a time: a large one takes memory."""
    with _one_at_a_time:
        try:
            return _read(content, url, charset)
        finally:
            if len(content) > LARGE:
                _give_memory_back()


def _read(content: bytes, url: str, charset: str) -> tuple[Facts, str]:
    page = _Page(content, url, charset)
    text = page.article()
    return page.facts(text), text


def _give_memory_back() -> None:
    """The C library keeps what a large page took (60 MB) unless it is asked; others than glibc cannot be asked."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def charset_of(content: bytes, named: str) -> str:
    """The encoding of a page: byte order mark, what server or page say, UTF-8 if it fits, else Windows-1252."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    told = _CHARSET.search(content[:4096])
    for name in (named, told[1].decode("ascii", "replace") if told else ""):
        with_superset = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
        name = with_superset.get(name.lower(), name)
        if name and _fits(content, name):
            return name
    return "utf-8" if _fits(content, "utf-8") else "cp1252"


def _fits(content: bytes, name: str) -> bool:
    try:
        decoded = content[:200_000].decode(name, "replace")
    except (LookupError, ValueError):
        return False
    return decoded.count("\ufffd") <= len(decoded) // 1000 + 1


class _Page:
    """One page with its statements, looked up when asked for."""

    def __init__(self, content: bytes, url: str, charset: str) -> None:
        self._url = url
        self._source = content.decode(charset_of(content, charset), "replace").replace("\x00", "")
        parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
        try:
            self._tree = html.document_fromstring(self._source.encode("utf-8", "replace"), parser=parser)
        except (etree.LxmlError, ValueError, AssertionError):
            self._tree = html.document_fromstring("<html><body></body></html>")

    def facts(self, text: str) -> Facts:
        """Everything the page says about itself."""
        publisher = self._publisher()
        day = self._day(text)
        facts = Facts(
            title=clean_line(self._title(publisher))[:TITLE_LENGTH],
            description=clean_line(self._description())[:DESCRIPTION_LENGTH],
            publisher=clean_line(publisher)[:LINE_LENGTH],
            authors=tuple(islice(self._authors(), MOST_AUTHORS)),
            published_on=day.isoformat() if day else "",
            year=day.year if day else self._year(),
            language=self._language(text),
            doi=self._doi(),
            volume=self._first("citation_volume", "prism.volume")[:LINE_LENGTH],
            issue=self._first("citation_issue", "prism.number")[:LINE_LENGTH],
            pages=self._pages(),
            isbn=self._first("citation_isbn", "citation_issn", "prism.issn")[:LINE_LENGTH],
            image=self._image(),
            asks_password=bool(self._tree.xpath("//input[@type='password']")),
        )
        return replace(facts, kind=self._kind(facts))

    def article(self) -> str:
        """The running text without menus, footers and notices, for the index."""
        import trafilatura

        found = trafilatura.extract(
            self._source[:ARTICLE_BYTES], include_comments=False, include_tables=True, favor_recall=True
        )
        return clean_text(found or "")[:TEXT_LENGTH]

    @cached_property
    def _meta(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for tag in self._tree.iterfind(".//meta"):
            name = (
                tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv") or ""
            ).lower()
            value = clean_line(tag.get("content"))
            if name and value:
                found.setdefault(name.replace("dcterms.", "dc.").replace("dc:", "dc."), []).append(value)
        return found

    @cached_property
    def _things(self) -> list[dict[str, Any]]:
        """The things of all JSON-LD blocks, the article before others."""
        things: list[dict[str, Any]] = []
        for block in islice(self._tree.iterfind(".//script[@type='application/ld+json']"), MOST_BLOCKS):
            try:
                things += islice(nodes(json.loads(block.text or "")), MOST_NODES)
            except (ValueError, RecursionError):
                continue
        return sorted(
            things, key=lambda thing: not (types_of(thing) & (_NEWS_TYPES | _ARTICLE_TYPES | _SCHOLARLY_TYPES))
        )

    @cached_property
    def _main(self) -> dict[str, Any]:
        """The thing that the page is about."""
        wanted = _NEWS_TYPES | _ARTICLE_TYPES | _SCHOLARLY_TYPES | _DOCUMENT_TYPES | _PROJECT_TYPES
        about = [thing for thing in self._things if types_of(thing) & wanted]
        plain = {"webpage", "itempage", "creativework"}
        return min(about, key=lambda thing: types_of(thing) <= plain, default={})

    def _first(self, *names: str) -> str:
        return next((self._meta[name][0] for name in names if name in self._meta), "")

    def _text_of(self, path: str) -> str:
        return next((text for node in self._tree.iterfind(path) if (text := clean_line(node.text_content()))), "")

    def _title(self, publisher: str) -> str:
        told = (
            self._first("citation_title") or words_of(self._main.get("headline")) or self._first("og:title", "dc.title")
        )
        told = told or self._first("twitter:title") or words_of(self._main.get("name"))
        shown, heading = self._text_of(".//title"), self._text_of(".//h1")
        return _without_site(told or shown or heading, publisher, heading)

    def _description(self) -> str:
        told = self._first(
            "citation_abstract", "og:description", "dc.description", "description", "twitter:description"
        )
        return told or words_of(self._main.get("description")) or words_of(self._main.get("abstract"))

    def _publisher(self) -> str:
        told = self._first("citation_journal_title", "citation_conference_title", "citation_publisher")
        told = told or name_of(self._main.get("publisher")) or self._first("og:site_name", "dc.publisher")
        told = told or name_of(self._main.get("isPartOf")) or self._site_name() or self._first("application-name")
        return told or self._from_title() or self._first("copyright", "author.organisation") or self._host()

    def _site_name(self) -> str:
        wanted = ({"website"}, {"organization", "governmentorganization", "newsmediaorganization", "cityhall"})
        names = (name_of(thing) for types in wanted for thing in self._things if types_of(thing) & types)
        return next(filter(None, names), "")

    def _from_title(self) -> str:
        """The site's name where titles carry it: at either end, like the host, or at the end beside the heading."""
        shown, heading = self._text_of(".//title"), self._text_of(".//h1")
        parts = _SEPARATORS.split(shown)
        if len(parts) < 2:
            return ""
        named = next((part for part in (parts[-1], parts[0]) if _alike(part, self._host())), "")
        fits_heading = heading and heading.lower() in shown.lower() and parts[-1].lower() not in heading.lower()
        return named or (parts[-1] if fits_heading and len(parts[-1]) <= 60 else "")

    def _host(self) -> str:
        return (urlsplit(self._url).hostname or "").removeprefix("www.")

    def _authors(self) -> Iterator[str]:
        told = self._meta.get("citation_author") or [name_of(one) for one in listed(self._main.get("author"))]
        told = [name for name in told if name] or self._meta.get("dc.creator") or self._meta.get("author") or []
        for name in told or self._meta.get("article:author", []):
            name = clean_line(name)[:LINE_LENGTH]
            if name and not name.startswith(("http://", "https://", "@")):
                yield name

    def _day(self, text: str) -> date | None:
        told = [*self._things_dates(), *(self._first(name) for name in _DAY_NAMES)]
        shown = [time.get("datetime") or time.text_content() for time in islice(self._tree.iterfind(".//time"), 5)]
        found = (dates.find_day(value) for value in (*told, *shown) if value)
        return next(filter(None, found), None) or dates.day_in_address(self._url) or self._written_day(text)

    def _things_dates(self) -> list[str]:
        names = ("datePublished", "dateCreated", "uploadDate", "dateModified")
        return [value for name in names if (value := words_of(self._main.get(name)))]

    def _written_day(self, text: str) -> date | None:
        """A day that stands where pages put theirs: a block named so, "Stand: …", else the first lines of the text."""
        named = "//*[contains(@class,'date') or contains(@class,'datum') or contains(@class,'byline')]"
        for node in islice(self._tree.xpath(named), 10):
            day = dates.find_day(clean_line(node.text_content())[:200])
            if day is not None:
                return day
        body = clean_line(self._tree.text_content())[:100_000]
        noted = re.search(
            r"(?:Stand|Veröffentlicht|Erstellt|Datum|Aktualisiert|Published|Publié)\w*\s?(?:am|on|le)?:?\s(.{6,30})",
            body,
        )
        return (dates.find_day(noted[1]) if noted else None) or dates.find_day(text[:400])

    def _year(self) -> int | None:
        names = ("citation_publication_date", "citation_year", "citation_date", "dc.date", "dc.issued", "date")
        told = [self._first(name) for name in names] + self._things_dates()
        return next((year for value in told if (year := dates.find_year(value))), None)

    def _language(self, text: str) -> str:
        """What the text is in, as declarations are often left from a template; they decide when it is too short."""
        guessed = languages.guess(text or clean_line(self._tree.text_content()))
        declared = (
            self._first("citation_language"),
            words_of(self._main.get("inLanguage")),
            self._tree.get("lang") or self._tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
            self._first("og:locale", "dc.language", "content-language", "language"),
        )
        return guessed or next((code for value in declared if value and (code := languages.known(value))), "")

    def _doi(self) -> str:
        named = [self._first("citation_doi", "dc.identifier.doi", "prism.doi"), *self._meta.get("dc.identifier", [])]
        same = [words_of(self._main.get("sameAs")), words_of(self._main.get("@id")), self._url]
        found = (find_doi(value) for value in (*named, *same) if value)
        return next(filter(None, found), "") or ""

    def _pages(self) -> str:
        first = self._first("citation_firstpage", "prism.startingpage")
        ends = (first, self._first("citation_lastpage", "prism.endingpage"))
        return "–".join(dict.fromkeys(filter(None, ends)))[:LINE_LENGTH]

    def _image(self) -> str:
        told = self._first("og:image:secure_url", "og:image", "twitter:image") or address_of(self._main.get("image"))
        try:
            return parse(urljoin(self._url, told)).geturl() if told else ""
        except (NoAddress, ValueError):
            return ""

    def _kind(self, facts: Facts) -> str:
        """A proposal for the hub's kind, where the page gives one away."""
        types = set().union(*(types_of(thing) for thing in self._things)) if self._things else set()
        if "citation_title" in self._meta or types & _SCHOLARLY_TYPES or facts.doi:
            return "fachartikel"
        if types & _PROJECT_TYPES or re.search(r"\bprojekt", facts.title, re.I) or "/projekte/" in self._url:
            return "projekt"
        if types & _DOCUMENT_TYPES:
            return "dokument"
        is_article = self._first("og:type") == "article" or bool(types & {"article", "blogposting"})
        return "medienartikel" if types & _NEWS_TYPES or is_article else ""


def _without_site(title: str, publisher: str, heading: str) -> str:
    """The title without the site's name that many pages hang on to it."""
    parts = _SEPARATORS.split(title)
    if len(parts) < 2:
        return title
    if heading and len(heading) > 8 and heading in title:
        return heading
    if publisher and (_alike(parts[-1], publisher) or _alike(parts[0], publisher)):
        ends = parts[1:] if _alike(parts[0], publisher) and not _alike(parts[-1], publisher) else parts[:-1]
        start = title.index(ends[0])
        return title[start : title.rindex(ends[-1]) + len(ends[-1])]
    return title


def _alike(one: str, other: str) -> bool:
    """Whether two names mean the same site: one holds the letters of the other."""
    first, second = (re.sub(r"[\W_]+", "", _plain(text)) for text in (one, other))
    return len(first) > 2 and len(second) > 2 and (first in second or second in first)


def _plain(text: str) -> str:
    return text.lower().translate(_TRANSCRIBED)
