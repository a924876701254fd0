"""The text of OpenDocument files: texts, slides and tables."""

from hub.fetching.extract.archive import Archive
from hub.fetching.extract.flow import Flow
from hub.fetching.extract.office import Facts, Values
from hub.fetching.extract.result import Unreadable

_SKIPPED = ("tracked-changes", "notes", "annotation")


def read_text(archive: Archive, flow: Flow) -> None:
    """Headings, paragraphs and cells, one line each."""
    _read(archive, flow, "")


def read_slides(archive: Archive, flow: Flow) -> None:
    """Slide by slide."""
    _read(archive, flow, "page")


def read_tables(archive: Archive, flow: Flow) -> None:
    """Sheet by sheet."""
    _read(archive, flow, "table")


def read_facts(archive: Archive) -> Facts:
    """Title, author, day and language as the program noted them."""
    wanted = {"title": "title", "initial-creator": "author", "creation-date": "date", "language": "language"}
    told = Values(wanted)
    archive.parse_if_there("meta.xml", told)
    return told.found


def _read(archive: Archive, flow: Flow, page: str) -> None:
    if archive.holds("META-INF/manifest.xml", b"encryption-data"):
        raise Unreadable("encrypted")
    archive.parse("content.xml", _Content(flow, page))


class _Content:
    """Text counts inside paragraphs and headings only; deleted text and remarks are left out."""

    def __init__(self, flow: Flow, page: str) -> None:
        self._flow = flow
        self._page = page
        self._paragraphs = 0
        self._skipped = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A paragraph begins, or a sign that ODF writes as an element."""
        if name in _SKIPPED or self._skipped:
            self._skipped += 1
        elif name in ("p", "h"):
            self._paragraphs += 1
        elif name == self._page == "table":
            self._flow.write(attributes.get("name", ""))
            self._flow.end_line()
        elif self._paragraphs and name in ("s", "tab", "line-break"):
            self._flow.write("\n" if name == "line-break" else " ")

    def end(self, name: str) -> None:
        """A paragraph, slide or sheet ends."""
        if self._skipped:
            self._skipped -= 1
        elif name in ("p", "h"):
            self._paragraphs -= 1
            self._flow.end_line()
        elif name == self._page:
            self._flow.end_page()

    def data(self, text: str) -> None:
        """Line ends in the source are blanks."""
        if self._paragraphs and not self._skipped:
            self._flow.write(text.replace("\n", " "))
