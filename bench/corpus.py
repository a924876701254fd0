"""German-like entries in any number, the same for the same seed, and queries with their true number of hits.

Nouns and how common they are come from the lexicon of the search; common words of other kinds stand here. Compounds
are put together from two nouns, so that the vocabulary keeps growing with the text, as it does in German.
"""

import gzip
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEXICON = ROOT / "hub" / "indexing" / "data" / "lexicon.txt.gz"
COLLECTIONS_FILE = ROOT / "hub" / "collections" / "data" / "collections.toml"
SEED = "2026-11-22"
SUMMARY_WORDS = (70, 90)
BODY_WORDS = (2_000, 10_000)
BODY_SHARE = 0.2
KINDS = ("dokument", "methode", "projekt", "fachartikel", "medienartikel")
ORGANISATIONS = (
    "Augsburg", "Berlin", "Düsseldorf", "Essen", "Freiburg", "Hannover", "Heidelberg", "Karlsruhe", "Köln",
    "Leipzig", "Mannheim", "München", "Osnabrück", "Stuttgart", "Wuppertal", "Oldenburg",
)  # fmt: skip
YEARS = range(2006, 2027)
NEVER_WRITTEN = "quastenflosser"

FUNCTION_WORDS = """der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden
aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum haben nur oder aber vor zur bis
mehr durch man sein wurde sei wenn können alle diese zwischen gegen unter während sowie dabei damit außerdem jedoch soll
schon wo dieser ihre seine ohne seit dort hier dann doch viele einige jeder beim vom ins""".split()
ADJECTIVES = """neue wichtige kommunale städtische öffentliche gemeinsame soziale lokale europäische regionale sichere
offene digitale rechtliche praktische langfristige kurzfristige mögliche notwendige einfache schnelle geprüfte
überarbeitete wissenschaftliche betroffene junge ältere nächtliche tägliche jährliche geeignete erforderliche größere
kleinere frühere spätere zusätzliche übliche häufige seltene besondere allgemeine urbane vorbeugende polizeiliche
gesellschaftliche zuständige belebte beleuchtete verlässliche""".split()
VERBS = """zeigt beschreibt erklärt enthält behandelt vergleicht bewertet ergänzt unterstützt ermöglicht erleichtert
verbessert regelt fordert empfiehlt prüft veröffentlicht erweitert sammelt ordnet begründet erläutert berücksichtigt
verknüpft misst senkt erhöht stärkt fördert schützt begleitet beteiligt plant gestaltet verhindert untersucht befragt
entwickelt erprobt übernimmt beginnt endet""".split()
OPENERS = ("Handreichung", "Leitfaden", "Bericht", "Studie", "Konzept", "Praxisbeispiel", "Befragung", "Auswertung")
LINKED_WITH_S = ("ung", "heit", "keit", "tion", "schaft", "tät", "ling")
SHARES = ((0.42, FUNCTION_WORDS), (0.12, ADJECTIVES), (0.12, VERBS))
NOUN_SHARE = 0.22
COMPOUND_SHARE = 0.12
COMPOUNDS = 60_000
COMMON, VERY_COMMON = 33, 60

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A search with its sort and the number of entries that hold all its words."""

    sort: str
    text: str
    hits: int


@dataclass(frozen=True, slots=True)
class Words:
    """A stock of words with running weights, ready for ``random.choices``."""

    words: list[str]
    weights: list[float]

    def draw(self, chance: Random, count: int = 1) -> list[str]:
        return chance.choices(self.words, cum_weights=self.weights, k=count)


def entries(count: int, *, with_bodies: bool = False, start: int = 0) -> Iterator[Entry]:
    """Entries number ``start`` to ``start + count``; a smaller set is always the beginning of a larger one."""
    for number in range(start, start + count):
        yield _entry(number, with_bodies)


def additions(count: int) -> Iterator[tuple[str, Entry]]:
    """Entries to be added while measuring, each with a word in its title that stands nowhere else."""
    for number in range(count):
        chance = Random(f"{SEED} addition {number}")
        token = "Z" + "".join(chance.choice("aeiou") + chance.choice("bdfgklmnprst") for _ in range(6)) + "x"
        entry = _entry(10_000_000 + number, with_bodies=False)
        entry["title"] = f"{entry['title']} {token}"
        yield token, entry


def write(path: Path, lines: Iterable[Entry]) -> None:
    """One entry a line, as ``flask entries import`` and the floor read them."""
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file that ``write`` made."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def queries(lines: Sequence[Entry]) -> list[Query]:
    """Twenty mixed searches, chosen from the first thousand entries so that every size is asked the same."""
    held = [folded(words_of(line)) for line in lines]
    first = [words_of(line) for line in lines[:1000]]
    frequency = Counter(word for words in first for word in words)
    chance = Random(f"{SEED} queries")

    def some(low: float, high: float, count: int) -> list[str]:
        """Words held by that share of the first entries."""
        least, most = max(low * len(first), 1), max(high * len(first), 2)
        fitting = sorted(word for word, held_by in frequency.items() if len(word) > 6 and least <= held_by <= most)
        return chance.sample(fitting, min(count, len(fitting)))

    def together(count: int) -> str:
        """Words that stand in one entry, none of them very rare."""
        words = sorted(w for w in chance.choice(first) if len(w) > 6 and frequency[w] > 0.005 * len(first))
        return " ".join(chance.sample(words, min(count, len(words))))

    texts = [("häufig", word) for word in some(0.15, 1, 4)]
    texts += [("mittel", word) for word in some(0.01, 0.06, 5)]
    texts += [("selten", word) for word in some(0.001, 0.002, 4)]
    texts += [("zwei Wörter", together(2)) for _ in range(4)] + [("drei Wörter", together(3)) for _ in range(2)]
    texts.append(("ohne Treffer", NEVER_WRITTEN))
    return [Query(sort, text, sum(folded(text.split()) <= words for words in held)) for sort, text in texts if text]


def words_of(line: Entry) -> set[str]:
    """The words of title, summary and tags in small letters."""
    return set(re.findall(r"\w+", " ".join((line["title"], line["summary"], *line["tags"])).lower()))


def folded(words: Iterable[str]) -> set[str]:
    """Words without accents, as the floor's index sees them."""
    return {
        "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
        for word in words
    }


@cache
def collections() -> list[tuple[str, list[str]]]:
    """The slug of each collection that a new hub has, with the titles of its sections."""
    found = tomllib.loads(COLLECTIONS_FILE.read_text(encoding="utf-8"))["collections"]
    return [(collection["slug"], collection["sections"]) for collection in found]


def _entry(number: int, with_bodies: bool) -> Entry:
    chance = Random(f"{SEED} {number}")
    slug, sections = chance.choice(collections())
    entry = {
        "id": f"bench-{number}",
        "title": _title(chance),
        "summary": prose(chance, chance.randint(*SUMMARY_WORDS)),
        "tags": list(dict.fromkeys(tags().draw(chance, chance.randint(2, 5)))),
        "kind": chance.choice(KINDS),
        "collection": slug,
        "section": chance.choice(sections),
        "organisation": chance.choice(ORGANISATIONS),
        "year": chance.choice(YEARS),
        "url": f"https://quelle{number % 97}.example/beitrag/{number}",
    }
    if with_bodies and chance.random() < BODY_SHARE:
        low, high = BODY_WORDS
        entry["body"] = prose(chance, int(low * (high / low) ** chance.random()))
    return entry


def _title(chance: Random) -> str:
    first, second = (word.capitalize() for word in nouns().draw(chance, 2))
    compound = compounds().draw(chance)[0].capitalize()
    adjective = chance.choice(ADJECTIVES)
    return f"{chance.choice(OPENERS)}: {adjective} {first} und {compound} in der {second}"


def prose(chance: Random, count: int) -> str:
    """Running text of so many words, cut into sentences."""
    drawn = vocabulary().draw(chance, count)
    sentences = []
    start = 0
    while start < count:
        end = min(start + chance.randint(7, 17), count)
        sentence = " ".join(drawn[start:end])
        sentences.append(sentence[0].upper() + sentence[1:])
        start = end
    return ". ".join(sentences) + "."


@cache
def nouns() -> Words:
    """The lexicon without its most common forms, most of which are no nouns."""
    found = [(_with_umlauts(word), 10 ** (size / 10)) for word, size in _lexicon() if size < VERY_COMMON]
    return Words([word for word, _ in found], list(accumulate(weight for _, weight in found)))


@cache
def compounds() -> Words:
    """Compounds of common nouns; the first of them are common, the last appear once in a large corpus."""
    chance = Random(f"{SEED} compounds")
    common = [_with_umlauts(word) for word, size in _lexicon() if COMMON < size < VERY_COMMON and 4 < len(word) < 11]
    made: dict[str, None] = {}
    while len(made) < COMPOUNDS:
        first, second = chance.choice(common), chance.choice(common)
        made[f"{first}{'s' if first.endswith(LINKED_WITH_S) else ''}{second}"] = None
    return Words(list(made), _falling(len(made)))


@cache
def tags() -> Words:
    """Some 150 keywords, a few of them very common."""
    chosen = Random(f"{SEED} tags").sample(compounds().words[:3000], 150)
    return Words([word.capitalize() for word in chosen], _falling(len(chosen)))


@cache
def vocabulary() -> Words:
    """All words of running text, each sort with its share of the text."""
    words: list[str] = []
    weights: list[float] = []
    common = [(share, Words(list(stock), _falling(len(stock)))) for share, stock in SHARES]
    for share, stock in (*common, (NOUN_SHARE, nouns()), (COMPOUND_SHARE, compounds())):
        before = weights[-1] if weights else 0.0
        total = stock.weights[-1]
        is_noun = stock.words is nouns().words or stock.words is compounds().words
        words += [word.capitalize() for word in stock.words] if is_noun else stock.words
        weights += [before + share * weight / total for weight in stock.weights]
    return Words(words, weights)


def _falling(count: int) -> list[float]:
    """Running weights after Zipf: the word at place n is about n times as rare as the first."""
    return list(accumulate(1 / (place + 2) ** 0.9 for place in range(count)))


@cache
def _lexicon() -> list[tuple[str, int]]:
    with gzip.open(LEXICON, "rt", encoding="utf-8") as lines:
        pairs = (line.split() for line in lines)
        return [(word, int(size)) for word, size in pairs if len(word) > 3]


def _with_umlauts(word: str) -> str:
    """The lexicon writes ae, oe, ue; running text does not."""
    return re.sub(r"(?<![aeoq])(ae|oe|ue)(?!u)", lambda found: {"ae": "ä", "oe": "ö", "ue": "ü"}[found[1]], word)
