"""The text of Word, PowerPoint and Excel files."""

import posixpath

from hub.fetching.extract.archive import Archive
from hub.fetching.extract.flow import Flow

Facts = dict[str, str]
_LINKS = "/relationships/slide", "/relationships/worksheet"


def read_word(archive: Archive, flow: Flow) -> None:
    """The body and its notes; what was deleted under revision is not text any more."""
    for part in ("document", "footnotes", "endnotes"):
        archive.parse_if_there(f"word/{part}.xml", Paragraphs(flow))


def read_slides(archive: Archive, flow: Flow) -> None:
    """Slide by slide in the order of the show; notes of the speaker are left out."""
    for name in _parts(archive, "ppt/presentation.xml", "sldId"):
        archive.parse(name, Paragraphs(flow))
        flow.end_page()


def read_tables(archive: Archive, flow: Flow) -> None:
    """Sheet by sheet with its name; only texts, numbers alone say nothing."""
    shared = _SharedTexts()
    archive.parse_if_there("xl/sharedStrings.xml", shared)
    names: dict[str, str] = {}
    for name in _parts(archive, "xl/workbook.xml", "sheet", names):
        flow.write(names.get(name, ""))
        flow.end_line()
        archive.parse(name, _Cells(flow, shared.texts))
        flow.end_page()


def read_facts(archive: Archive) -> Facts:
    """Title, author, day and language as the program noted them."""
    told = Values({"title": "title", "creator": "author", "created": "date", "language": "language"})
    archive.parse_if_there("docProps/core.xml", told)
    return told.found


class Paragraphs:
    """Runs of text become lines; tabs and breaks inside them are kept, alternatives for old programs are skipped."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._is_text = False
        self._skipped = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """A paragraph, a run of text, a break."""
        if name in ("Fallback", "pPr") or self._skipped:
            self._skipped += 1
        elif name == "t":
            self._is_text = True
        elif name == "p":
            self._flow.end_line()
        elif name == "tab":
            self._flow.write("\t")
        elif name in ("br", "cr"):
            self._flow.write("\n")
        elif name == "noBreakHyphen":
            self._flow.write("-")

    def end(self, name: str) -> None:
        """The same from the other side."""
        if self._skipped:
            self._skipped -= 1
        elif name == "t":
            self._is_text = False
        elif name == "p":
            self._flow.end_line()

    def data(self, text: str) -> None:
        """Only what stands in runs of text is text."""
        if self._is_text and not self._skipped:
            self._flow.write(text)


class Values:
    """The text of certain elements, under names of ours; the first of a kind counts."""

    def __init__(self, wanted: dict[str, str]) -> None:
        self.found: Facts = {}
        self._wanted = wanted
        self._open = ""

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """An element we look for, unless it was found already."""
        key = self._wanted.get(name, "")
        self._open = key if key not in self.found else ""

    def end(self, _name: str) -> None:
        """Whatever it was is over."""
        self._open = ""

    def data(self, text: str) -> None:
        """A value never needs more than a line."""
        if self._open:
            self.found[self._open] = (self.found.get(self._open, "") + text)[:1000]


class _SharedTexts:
    """Texts that cells of all sheets refer to by number; readings for East Asian signs are skipped."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = False
        self._is_reading = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._is_text = name == "t"
        self._is_reading = self._is_reading or name == "rPh"

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._is_reading = False
        if name == "si":
            self.texts.append("".join(self._pieces))
            self._pieces.clear()

    def data(self, text: str) -> None:
        if self._is_text and not self._is_reading:
            self._pieces.append(text)


class _Cells:
    """A row becomes a line of its texts."""

    def __init__(self, flow: Flow, shared: list[str]) -> None:
        self._flow = flow
        self._shared = shared
        self._kind = ""
        self._is_value = False
        self._value: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._kind = attributes.get("t", "")
        self._is_value = name in ("v", "t")

    def end(self, name: str) -> None:
        self._is_value = False
        if name == "c":
            text = self._text()
            self._flow.write(f"{text}\t" if text else "")
            self._value.clear()
        elif name == "row":
            self._flow.end_line()

    def data(self, text: str) -> None:
        if self._is_value:
            self._value.append(text)

    def _text(self) -> str:
        value = "".join(self._value)
        if self._kind == "s":
            return self._shared[int(value)] if value.isdecimal() and int(value) < len(self._shared) else ""
        return value if self._kind in ("inlineStr", "str") else ""


class _Listed:
    """The parts a document lists in their order, by the number of the link to them."""

    def __init__(self, element: str) -> None:
        self.links: list[tuple[str, str]] = []
        self._element = element

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._element:
            # A slide has a number "id" of its own beside the link, which is read last.
            self.links.append((attributes.get("id", ""), attributes.get("name", "")))

    def end(self, _name: str) -> None:
        return

    def data(self, _text: str) -> None:
        return


class _Links:
    """Where the links of a document lead, by number."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith(_LINKS):
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, _name: str) -> None:
        return

    def data(self, _text: str) -> None:
        return


def _parts(archive: Archive, home: str, element: str, names: dict[str, str] | None = None) -> list[str]:
    """Members in the order in which the document lists them; ``names`` takes their titles."""
    folder, file = posixpath.split(home)
    listed, links = _Listed(element), _Links()
    archive.parse(home, listed)
    archive.parse_if_there(f"{folder}/_rels/{file}.rels", links)
    found = []
    for link, title in listed.links:
        name = posixpath.normpath(posixpath.join("/", folder, links.targets.get(link, ""))).lstrip("/")
        if name in archive.names:
            found.append(name)
            if names is not None:
                names[name] = title
    return found
