"""Entries as a spreadsheet and back: which columns there are, and what a row that comes back asks for.

The workbook is written by hand: every cell is a text, so that none can be a formula, and no library has to be loaded
into the server. Workbooks that come back are read by the confined process of ``hub.fetching.extract``.
"""

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.core.text import clean_line, clean_text
from hub.curation.wishes import BETWEEN, LABELS, Known, NotPossible, fit_tags, new_place, numbered, of_kind
from hub.entries.models import KIND_LABELS, LINE_LENGTH, SUMMARY_LENGTH, TAG_LENGTH, TITLE_LENGTH, YEARS, Kind, tag_key
from hub.entries.queries.many import State

NUMBER, VERSION, LINK = "number", "version", "url"
HEADS: dict[str, Any] = {
    NUMBER: _l("Nr."),
    VERSION: _l("Fassung"),
    **{name: LABELS[name] for name in ("title", "kind", "organisation_id", "places", "tags")},
    **{name: LABELS[name] for name in ("year", "publisher", "summary", "review_on")},
    LINK: _l("Link (nur zur Ansicht)"),
}
WIDTHS = {NUMBER: 8, VERSION: 9, "title": 60, "places": 50, "tags": 40, "summary": 80, "publisher": 30, LINK: 50}
BETWEEN_VALUES = "; "
LARGEST = 2**31 - 1
FORMULA = "f"
_FIRST_DAY = date(1899, 12, 30)  # day 0 of spreadsheets
Cells = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row that came back: which entry, and its cells by column name. ``problems`` name row and column."""

    number: int
    entry_id: int | None
    version: int
    title: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def values_for(self, state: State, known: Known) -> dict[str, Any]:
        """What the entry would say; raises NotPossible with every wrong cell named."""
        values: dict[str, Any] = {}
        wrong = []
        for name, read in _READERS.items():
            if name not in self.texts:
                continue
            try:
                values |= read(self.texts[name], state, known)
            except NotPossible as reason:
                wrong.append(_at(self.number, self.columns[name], str(reason)))
        if wrong:
            raise NotPossible(" ".join(wrong))
        return values


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows that came back, and what is to be said of the sheet as a whole."""

    lines: list[SheetLine]
    remarks: list[str]


# ---- writing ------------------------------------------------------------------------------------------------------


def write_sheet(states: Iterable[State], known: Known) -> bytes:
    """The entries as an XLSX file with a row of heads."""
    rows: list[Sequence[str]] = [[str(head) for head in HEADS.values()]]
    rows += [[_cell_of(name, state, known) for name in HEADS] for state in states]
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _FRAME.items():
            archive.writestr(name, _XML + text)
        archive.writestr("xl/worksheets/sheet1.xml", _XML + "".join(_sheet_xml(rows)))
    return buffer.getvalue()


def _cell_of(name: str, state: State, known: Known) -> str:
    values = state.values
    if name == NUMBER:
        return str(state.id)
    if name == VERSION:
        return str(state.version)
    if name == LINK:
        return state.url or ""
    if name == "kind":
        return str(KIND_LABELS[Kind(values["kind"])])
    if name == "organisation_id":
        return known.organisations.get(values[name], "")
    if name == "places":
        return BETWEEN_VALUES.join(known.place(place) for place in values["places"])
    if name == "tags":
        return BETWEEN_VALUES.join(values["tags"])
    return str(values[name] or "")


def _sheet_xml(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    yield f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>'
    for place, name in enumerate(HEADS, 1):
        yield f'<col min="{place}" max="{place}" width="{WIDTHS.get(name, 22)}" style="1" customWidth="1"/>'
    yield "</cols><sheetData>"
    for number, row in enumerate(rows, 1):
        yield f'<row r="{number}">'
        style = 2 if number == 1 else 1
        for place, text in enumerate(row):
            shown = escape(_storable(text))
            at = f"{column_letters(place)}{number}"
            yield f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
        yield "</row>"
    yield f'</sheetData><autoFilter ref="A1:{column_letters(len(HEADS) - 1)}{len(rows)}"/></worksheet>'


def _storable(text: str) -> str:
    """Without signs that XML cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")


def column_letters(place: int) -> str:
    """A, B … Z, AA as spreadsheets name columns; counts from 0."""
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ---- reading ------------------------------------------------------------------------------------------------------


def read_sheet(rows: Sequence[tuple[int, Cells]]) -> Sheet:
    """Rows of cells as they came out of a workbook; the first one names the columns, in any order.

    Raises NotPossible when nothing can be made of the whole sheet.
    """
    if not rows:
        raise NotPossible(_("Die Tabelle ist leer."))
    columns, remarks = _columns(rows[0][1])
    for name in (NUMBER, VERSION):
        if name not in columns:
            raise NotPossible(
                _("Die Spalte „%(name)s“ fehlt. Ohne sie ist nicht zu erkennen, welcher Eintrag gemeint ist und "
                  "welcher Stand.", name=HEADS[name])
            )  # fmt: skip
    lines: list[SheetLine] = []
    seen: dict[int, int] = {}
    for number, cells in rows[1:]:
        line = _line(number, cells, columns, seen)
        if line.entry_id is not None:
            seen.setdefault(line.entry_id, number)
        lines.append(line)
    return Sheet(lines, remarks)


def _columns(heads: Cells) -> tuple[dict[str, int], list[str]]:
    """Which column holds what; remarks on those that are foreign, twice there or missing."""
    names = {name: name for name in HEADS} | {str(head).casefold(): name for name, head in HEADS.items()}
    columns: dict[str, int] = {}
    remarks = []
    for place, (_kind, text) in sorted(heads.items()):
        head = clean_line(text)
        name = names.get(head.casefold())
        if name is None and head:
            remarks.append(_("Spalte %(at)s „%(head)s“: Diese Spalte kennen wir nicht. Sie wird nicht gelesen.",
                             at=column_letters(place), head=head[:80]))  # fmt: skip
        elif name in columns:
            remarks.append(_("Spalte %(at)s „%(head)s“: Diese Spalte gibt es zweimal. Gelesen wird die erste.",
                             at=column_letters(place), head=head[:80]))  # fmt: skip
        elif name is not None:
            columns[name] = place
    remarks += [
        _("Die Spalte „%(head)s“ fehlt. Was dort stand, bleibt, wie es ist.", head=HEADS[name])
        for name in _READERS
        if name not in columns
    ]
    return columns, remarks


def _line(number: int, cells: Cells, columns: Mapping[str, int], seen: Mapping[int, int]) -> SheetLine:
    read = {name: cells.get(place, ("t", "")) for name, place in columns.items() if name != LINK}
    problems = [
        _at(number, str(HEADS[name]), _("Hier steht eine Formel. Bitte tragen Sie den Wert selbst ein."))
        for name, (kind, _text) in read.items()
        if kind == FORMULA
    ]
    texts = {name: text for name, (_kind, text) in read.items()}
    entry_id, version = _whole(texts[NUMBER]), _whole(texts[VERSION])
    if not problems:
        if entry_id is None:
            problems.append(_at(number, str(HEADS[NUMBER]), _("Hier fehlt die Nummer des Eintrags.")))
        elif entry_id in seen:
            text = _("Dieser Eintrag steht schon in Zeile %(first)s; es gilt die erste.", first=seen[entry_id])
            problems.append(_at(number, str(HEADS[NUMBER]), text))
        if version is None:
            text = _("Hier fehlt die Fassung. Bitte lassen Sie diese Spalte, wie sie ist.")
            problems.append(_at(number, str(HEADS[VERSION]), text))
    title = clean_line(texts.get("title", ""))[:TITLE_LENGTH] or f"#{entry_id or ''}"
    labels = {name: str(HEADS[name]) for name in columns}
    return SheetLine(number, entry_id, version or 0, title, texts, labels, tuple(problems))


def _whole(text: str) -> int | None:
    """A whole number as spreadsheets write it."""
    digits = text.strip().removeprefix("#").removesuffix(".0")
    return (
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 and int(digits) <= LARGEST else None
    )


def _at(number: int, column: str, text: str) -> str:
    return _("Zeile %(number)s, Spalte „%(column)s“: %(text)s", number=number, column=column, text=text)


def _title(text: str, state: State, _known: Known) -> dict[str, Any]:
    title = clean_line(text)
    if not title:
        raise NotPossible(_("Ein Eintrag braucht einen Titel."))
    if title == state.values["title"]:
        return {}
    return {"title": _fit(title, TITLE_LENGTH), "has_stopgap_title": False}


def _kind(text: str, state: State, _known: Known) -> dict[str, Any]:
    wanted = clean_line(text).casefold()
    for kind, label in KIND_LABELS.items():
        if wanted in (kind.value, str(label).casefold()):
            return of_kind(state, kind.value)
    raise NotPossible(
        _not_there(text) + " " + _("Möglich sind: %(names)s.", names=", ".join(map(str, KIND_LABELS.values())))
    )


def _organisation(text: str, state: State, known: Known) -> dict[str, Any]:
    wanted = clean_line(text).casefold()
    if wanted == known.organisations.get(state.values["organisation_id"], "").casefold():
        return {}
    found = [number for number, label in known.organisations.items() if label.casefold() == wanted]
    if not found:
        raise NotPossible(_not_there(text))
    return {"organisation_id": found[0]}


def _places(text: str, state: State, known: Known) -> dict[str, Any]:
    wanted = [part for part in map(clean_line, text.replace("\n", ";").split(";")) if part]
    if not wanted:
        raise NotPossible(_("Ein Eintrag braucht mindestens eine Sammlung."))
    if wanted == [known.place(place) for place in state.values["places"]]:
        return {}
    present = {place["collection_id"]: place for place in state.values["places"]}
    places: dict[int, dict[str, Any]] = {}
    for part in wanted:
        collection, section = _place(part, known)
        if collection in places:
            raise NotPossible(_("„%(name)s“ steht hier zweimal.", name=known.collections[collection]))
        places[collection] = present.get(collection, new_place(collection)) | {"section_id": section}
    return {"places": numbered(list(places.values()))}


def _place(part: str, known: Known) -> tuple[int, int | None]:
    title, _mark, section = (piece.strip() for piece in part.partition(BETWEEN.strip()))
    collection = next((n for n, name in known.collections.items() if name.casefold() == title.casefold()), None)
    if collection is None:
        raise NotPossible(_not_there(title))
    if not section:
        return collection, None
    for number, (home, name) in known.sections.items():
        if home == collection and name.casefold() == section.casefold():
            return collection, number
    raise NotPossible(_("Den Abschnitt „%(name)s“ gibt es in dieser Sammlung nicht.", name=section[:80]))


def _tags(text: str, state: State, known: Known) -> dict[str, Any]:
    told = [name for name in map(clean_line, text.replace("\n", ";").replace(",", ";").split(";")) if name]
    names = {tag_key(name): name for name in known.preferred(told)}
    if any(len(name) > TAG_LENGTH for name in names.values()):
        raise NotPossible(_("Ein Schlagwort hat höchstens %(n)s Zeichen.", n=TAG_LENGTH))
    if names.keys() == set(map(tag_key, state.values["tags"])):
        return {}
    return {"tags": fit_tags(list(names.values()))}


def _year(text: str, _state: State, _known: Known) -> dict[str, Any]:
    if not text.strip():
        return {"year": None}
    year = _whole(text)
    if year not in YEARS:
        raise NotPossible(_("Das ist kein Jahr zwischen %(first)s und %(last)s.", first=YEARS[0], last=YEARS[-1]))
    return {"year": year}


def _publisher(text: str, _state: State, _known: Known) -> dict[str, Any]:
    return {"publisher": _fit(clean_line(text), LINE_LENGTH)}


def _summary(text: str, state: State, _known: Known) -> dict[str, Any]:
    summary = clean_text(text)
    if summary == clean_text(state.values["summary"]):
        return {}
    return {"summary": _fit(summary, SUMMARY_LENGTH)}


def _review_on(text: str, _state: State, _known: Known) -> dict[str, Any]:
    """A day as 2027-03-31 or 31.03.2027, or as the number of days that spreadsheets keep."""
    told = clean_line(text)
    if not told:
        return {"review_on": None}
    days = _whole(told)
    if days is not None and days < 100_000:
        return {"review_on": (_FIRST_DAY + timedelta(days=days)).isoformat()}
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return {"review_on": datetime.strptime(told, pattern).replace(tzinfo=UTC).date().isoformat()}
    raise NotPossible(_("Das ist kein Tag. Schreiben Sie ihn wie 31.03.2027."))


def _fit(text: str, most: int) -> str:
    if len(text) > most:
        raise NotPossible(_("Das ist zu lang. Möglich sind %(n)s Zeichen.", n=most))
    return text


def _not_there(text: str) -> str:
    return _("„%(name)s“ gibt es nicht.", name=clean_line(text)[:80]) if text.strip() else _("Hier fehlt eine Angabe.")


_READERS: dict[str, Callable[[str, State, Known], dict[str, Any]]] = {
    "title": _title,
    "kind": _kind,
    "organisation_id": _organisation,
    "places": _places,
    "tags": _tags,
    "year": _year,
    "publisher": _publisher,
    "summary": _summary,
    "review_on": _review_on,
}

# ---- the frame of a workbook (ECMA-376, Office Open XML) ------------------------------------------------------------

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FRAME = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Einträge" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Style 1: text (number format 49), so that what is typed stays as typed; style 2: the same in bold.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
        '<alignment vertical="top"/></xf>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Standard" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip
