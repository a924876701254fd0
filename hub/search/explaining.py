"""Why an entry stands where it stands, in the words of the office."""

from dataclasses import dataclass

from flask_babel import gettext as _

from hub.core.actor import Actor
from hub.core.errors import Missing
from hub.entries import document
from hub.entries.queries import Row, load_in_order
from hub.indexing.analysis import ENGLISH, FRENCH, PART, words
from hub.indexing.document import Document
from hub.indexing.explaining import Explanation, Reason
from hub.indexing.filing import COLLECTION, ZONES, Zone
from hub.indexing.service import bring_up_to_date, store
from hub.indexing.terms import Terms
from hub.indexing.wanted import PER_PAGE_LIMIT, Found, Wanted
from hub.search.thesaurus import keep_current

MOST_WORDS = 8
_SIGNS = (COLLECTION, PART, ENGLISH, FRENCH)


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the entry meets a wish: how, by which word stems, and how well (0 to 1)."""

    source: str
    terms: str
    degree: float


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that was searched for: how much it counts, how well the entry meets it, and in which ways."""

    label: str
    importance: float
    degree: float
    ways: list[Way]

    @property
    def points(self) -> float:
        """What the wish adds to the score before the factors."""
        return self.importance * self.degree


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the entry in which words were found; the weight says how much a word counts there."""

    label: str
    weight: float
    words: list[str]


@dataclass(frozen=True, slots=True)
class Account:
    """All that explains one hit. ``rank`` is 0 when the entry is not among the hits."""

    text: str
    row: Row
    rank: int
    found: Found
    explanation: Explanation
    wishes: list[Wish]
    places: list[Place]


def explain_hit(actor: Actor, text: str, entry_id: int) -> Account:
    """Why the search for the text puts the entry where it is; raises Missing for what is not in the search.

    Raises IndexUnusable like any use of the index.
    """
    rows = load_in_order(actor, [entry_id])
    keep_current()
    bring_up_to_date()
    wanted = Wanted(text=text, per_page=PER_PAGE_LIMIT)
    explanation = store().explain(wanted, entry_id) if rows else None
    if explanation is None:
        raise Missing
    found = store().search(wanted)
    documents = document.documents([entry_id])
    return Account(
        text=text,
        row=rows[0],
        rank=found.ids.index(entry_id) + 1 if entry_id in found.ids else 0,
        found=found,
        explanation=explanation,
        wishes=[_wish(reason) for reason in explanation.reasons],
        places=[place for made in documents for zone in ZONES if (place := _place(made, zone, found.terms)).words],
    )


def zone_weights() -> list[tuple[str, float]]:
    """The fields of an entry with how much a word counts there, the weightiest first."""
    labels = _zone_labels()
    return sorted(((labels.get(zone.name, zone.name), zone.weight) for zone in ZONES), key=lambda pair: -pair[1])


def _wish(reason: Reason) -> Wish:
    ways = [Way(_source(source), _readable(terms), degree) for source, terms, degree in reason.ways]
    return Wish(reason.label, reason.importance, reason.degree, ways)


def _readable(terms: str) -> str:
    """The stems without the signs by which the index tells their sorts apart."""
    shown = []
    for term in terms.split(" + "):
        for sign in _SIGNS:
            term = term.removeprefix(sign)
        shown.append(term)
    return " + ".join(shown)


def _place(made: Document, zone: Zone, terms: Terms) -> Place:
    value = getattr(made, zone.name)
    text = value if isinstance(value, str) else " · ".join(value)
    hits: dict[str, None] = {}
    for word in words(text):
        raw = text[word.start : word.end]
        if terms.holds(word.folded) or terms.parts(raw, word.folded):
            hits[raw] = None
            if len(hits) == MOST_WORDS:
                break
    return Place(_zone_labels().get(zone.name, zone.name), zone.weight, list(hits))


def _source(source: str) -> str:
    kind, _sign, label = source.partition(": ")
    if kind == "thesaurus":
        return _("Wortschatz: „%(label)s“", label=label)
    return {
        "word": _("das Wort selbst"),
        "in compound": _("Teil eines zusammengesetzten Wortes"),
        "parts": _("die Teile des Wortes, nahe beieinander"),
        "split": _("das Wort in zwei geteilt"),
        "joined": _("zwei Wörter als eines geschrieben"),
        "foreign": _("englische oder französische Wortform"),
        "related form": _("verwandte Wortform"),
        "collection": _("Name der Sammlung"),
        "year": _("Erscheinungsjahr"),
        "name": _("der ganze Name"),
        "word of name": _("ein Wort des Namens"),
        "continued": _("Anfang eines längeren Wortes"),
        "phrase": _("genaue Wortfolge"),
        "title": _("Titel"),
    }.get(source, source)


def _zone_labels() -> dict[str, str]:
    return {
        "title": _("Titel"),
        "tags": _("Schlagwörter"),
        "summary": _("Beschreibung"),
        "note": _("Warum es sich lohnt"),
        "section": _("Abschnitt"),
        "collection_titles": _("Sammlung"),
        "organisation": _("Stadt oder Stelle"),
        "publisher": _("Herausgeber*in"),
        "details": _("Weitere Angaben"),
        "practice": _("Wer macht das schon?"),
        "text": _("Text"),
        "body": _("Inhalt der Dateien"),
    }
