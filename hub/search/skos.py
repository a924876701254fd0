"""The thesaurus as SKOS: Turtle and RDF/XML, in both directions.

The library is loaded when a file is read or written, for nothing else needs it. A file from elsewhere is hostile
until it is read: its size and the number of its statements are bounded, and XML with a document type is refused
before any entity could be resolved.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from flask_babel import gettext as _

from hub.core.errors import Refused
from hub.search.concepts import ConceptDetails, Concepts, free_key, tidied
from hub.search.models import LANGUAGES

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

SCHEME = "urn:hub:thesaurus"
FORMATS = {".ttl": "turtle", ".rdf": "xml"}
MEDIA_TYPES = {".ttl": "text/turtle", ".rdf": "application/rdf+xml"}
LARGEST_FILE = 5 * 1024 * 1024
MOST_STATEMENTS = 60_000
MOST_CONCEPTS = 5_000
_XML_SUFFIXES = (".rdf", ".xml", ".owl")
_OTHERS = ("altLabel", "hiddenLabel")
_NOTES = ("scopeNote", "definition", "note")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: concepts by key, and what was left out of it."""

    concepts: dict[str, ConceptDetails] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    nameless: int = 0


def written(concepts: Concepts, suffix: str) -> bytes:
    """The concepts as a file of this format (.ttl or .rdf)."""
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import RDF, SKOS

    graph = Graph()
    graph.bind("skos", SKOS)
    scheme = URIRef(SCHEME)
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    for key, details in concepts.items():
        concept = URIRef(f"{SCHEME}:{key}")
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.inScheme, scheme))
        graph.add((concept, SKOS.notation, Literal(key)))
        for language, names in details.labels.items():
            for position, name in enumerate(names):
                graph.add((concept, SKOS.altLabel if position else SKOS.prefLabel, Literal(name, lang=language)))
        for target in details.broader:
            graph.add((concept, SKOS.broader, URIRef(f"{SCHEME}:{target}")))
        for target in details.related:
            graph.add((concept, SKOS.related, URIRef(f"{SCHEME}:{target}")))
        if details.note:
            graph.add((concept, SKOS.scopeNote, Literal(details.note, lang="de")))
    return graph.serialize(format="pretty-xml" if FORMATS[suffix] == "xml" else "turtle", encoding="utf-8")


def read(data: bytes, name: str) -> Reading:
    """The concepts of a file; raises Refused in words when it is too large, hostile, or no SKOS."""
    if len(data) > LARGEST_FILE:
        raise Refused(_("Die Datei ist zu groß. Möglich sind 5 MB."))
    if name.lower().endswith(_XML_SUFFIXES):
        _refuse_document_type(data)
        graph = _parsed(data, "xml")
    else:
        graph = _parsed(data, "turtle")
    return _reading(graph)


def _refuse_document_type(data: bytes) -> None:
    """Entities are declared in the document type; without one there is nothing to expand or to fetch."""

    def refuse(*_declaration: Any) -> None:
        raise Refused(
            _("Die Datei enthält eine DOCTYPE-Angabe; damit nehmen wir sie nicht an. Als Turtle (.ttl) geht es.")
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refused(_("Die Datei ist kein lesbares XML.")) from error


def _parsed(data: bytes, format_name: str) -> "Graph":
    from rdflib import Graph
    from rdflib.plugins.stores.memory import Memory

    class Bounded(Memory):
        """Holds no more statements than a thesaurus has."""

        count = 0

        def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
            self.count += 1
            if self.count > MOST_STATEMENTS:
                raise Refused(_("Die Datei enthält mehr als 60.000 Aussagen. Bitte teilen Sie sie auf."))
            super().add(triple, context, quoted)

    graph = Graph(store=Bounded())
    try:
        graph.parse(data=data, format=format_name, publicID=f"{SCHEME}:")
    except Refused:
        raise
    except Exception as error:  # a broken file fails in this parser with every kind of error there is
        raise Refused(_("Die Datei lässt sich nicht lesen. Möglich sind SKOS als Turtle und als RDF/XML.")) from error
    return graph


def _reading(graph: "Graph") -> Reading:
    from rdflib.namespace import RDF, SKOS

    nodes = sorted(set(graph.subjects(RDF.type, SKOS.Concept)) | set(graph.subjects(SKOS.prefLabel)), key=str)
    if not nodes:
        raise Refused(_("In der Datei steht kein Begriff (skos:Concept)."))
    if len(nodes) > MOST_CONCEPTS:
        raise Refused(_("Die Datei enthält mehr als 5.000 Begriffe. Bitte teilen Sie sie auf."))
    keys = _keys(graph, nodes)
    above = _relations(graph, keys, SKOS.broader, SKOS.narrower)
    beside = _relations(graph, keys, SKOS.related)
    concepts = {
        key: tidied(
            key, ConceptDetails(_labels(graph, node), above.get(key, ()), beside.get(key, ()), _note(graph, node))
        )
        for node, key in keys.items()
    }
    named = {key: details for key, details in concepts.items() if details.name}
    return Reading(named, _other_languages(graph), len(concepts) - len(named))


def _keys(graph: "Graph", nodes: Iterable["Node"]) -> dict["Node", str]:
    """A key for each concept: its notation, else the end of its address."""
    from rdflib.namespace import SKOS

    keys: dict[Node, str] = {}
    taken: set[str] = set()
    for node in nodes:
        notations = sorted(str(notation) for notation in graph.objects(node, SKOS.notation))
        ending = str(node).rstrip("/#").replace("#", "/").replace(":", "/").rpartition("/")[2]
        keys[node] = free_key(notations[0] if notations else ending, taken)
        taken.add(keys[node])
    return keys


def _labels(graph: "Graph", node: "Node") -> dict[str, tuple[str, ...]]:
    from rdflib.namespace import SKOS

    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for names in (("prefLabel",), _OTHERS):
        texts = [pair for name in names for pair in _texts(graph, node, SKOS[name])]
        for language, text in sorted(texts):
            if language in found:
                found[language].append(text)
    return {language: tuple(names) for language, names in found.items()}


def _note(graph: "Graph", node: "Node") -> str:
    from rdflib.namespace import SKOS

    notes = (sorted(_texts(graph, node, SKOS[name])) for name in _NOTES)
    return next((texts[0][1] for texts in notes if texts), "")


def _texts(graph: "Graph", node: "Node", predicate: "Node") -> Iterator[tuple[str, str]]:
    """Language and text of the literals; one without a language counts as German."""
    from rdflib import Literal

    for value in graph.objects(node, predicate):
        if isinstance(value, Literal):
            yield _language(value), str(value)


def _language(value: Any) -> str:
    return (value.language or "de").lower().partition("-")[0]


def _relations(
    graph: "Graph", keys: dict["Node", str], predicate: "Node", inverse: "Node | None" = None
) -> dict[str, tuple[str, ...]]:
    pairs = list(graph.subject_objects(predicate))
    if inverse is not None:
        pairs += [(target, source) for source, target in graph.subject_objects(inverse)]
    found: dict[str, list[str]] = {}
    for source, target in pairs:
        if source in keys and target in keys:
            found.setdefault(keys[source], []).append(keys[target])
    return {key: tuple(sorted(set(targets))) for key, targets in found.items()}


def _other_languages(graph: "Graph") -> tuple[str, ...]:
    """Languages of labels that the search does not know."""
    from rdflib import Literal
    from rdflib.namespace import SKOS

    values = (value for name in ("prefLabel", *_OTHERS) for value in graph.objects(None, SKOS[name]))
    return tuple(sorted({_language(value) for value in values if isinstance(value, Literal)} - set(LANGUAGES)))
