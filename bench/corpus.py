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
from itertools import accumulate, product
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

MIX = (("häufig", 4), ("mittel", 5), ("selten", 4), ("zwei Wörter", 4), ("drei Wörter", 2), ("ohne Treffer", 1))
SHARES_OF_ENTRIES = {"häufig": (0.15, 1.0), "mittel": (0.01, 0.06), "selten": (0.001, 0.002)}
COUNTS = {"zwei Wörter": 2, "drei Wörter": 3}

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


def additions(count: int, start: int = 0) -> Iterator[tuple[str, Entry]]:
    """Entries to be added while measuring, each with a word in its title that stands nowhere else."""
    for number in range(start, start + count):
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
    chooser = Chooser(lines[:1000], "queries")
    asked = [chooser.query(sort) for sort, number in MIX for _ in range(number)]
    held = [folded(words_of(line)) for line in lines]
    return [Query(sort, text, sum(folded(text.split()) <= words for words in held)) for sort, text in asked]


def pool(lines: Sequence[Entry], count: int) -> list[str]:
    """So many different searches of the same mix: what is kept in memory for a repeated search helps none of them.

    A text that was drawn before gets other punctuation, which means nothing to a search but makes another text.
    """
    chooser = Chooser(lines[:1000], "pool")
    sorts = [sort for sort, number in MIX for _ in range(number)]
    endings = ["".join(signs) for length in range(1, 7) for signs in product(".,;", repeat=length)]
    times: Counter[str] = Counter()
    texts = []
    for place in range(count):
        _, text = chooser.query(sorts[place % len(sorts)])
        texts.append(text + endings[times[text] - 1] if times[text] else text)
        times[text] += 1
    return texts


class Chooser:
    """Draws searches from the words that entries truly hold."""

    def __init__(self, lines: Sequence[Entry], purpose: str) -> None:
        self._held = [sorted(word for word in words_of(line) if len(word) > 6) for line in lines]
        self._lines = lines
        self._frequency = Counter(word for words in self._held for word in words)
        self._chance = Random(f"{SEED} {purpose}")
        self._fitting = {sort: self._between(low, high) for sort, (low, high) in SHARES_OF_ENTRIES.items()}

    def query(self, sort: str) -> tuple[str, str]:
        """A search of this sort, as (sort, text)."""
        if sort == "ohne Treffer":
            return sort, NEVER_WRITTEN
        if sort in COUNTS:
            return sort, " ".join(self.together(COUNTS[sort]))
        return sort, self.word(sort)

    def word(self, sort: str) -> str:
        """A word that is common, less common or rare."""
        return self._chance.choice(self._fitting[sort])

    def together(self, count: int) -> list[str]:
        """Words that stand in one entry, none of them very rare."""
        while True:
            words = self._chance.choice(self._held)
            held = [word for word in words if self._frequency[word] > 0.005 * len(self._lines)]
            if len(held) >= count:
                return self._chance.sample(held, count)

    def phrase(self, count: int) -> str:
        """Words that follow each other in a summary."""
        words = re.findall(r"\w+", self._chance.choice(self._lines)["summary"])
        start = self._chance.randrange(len(words) - count)
        return " ".join(words[start : start + count])

    def misspelt(self) -> str:
        """A word of middling frequency with two neighbouring letters swapped."""
        word = self.word("mittel")
        place = self._chance.randrange(2, len(word) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    def _between(self, low: float, high: float) -> list[str]:
        least, most = max(low * len(self._lines), 1), max(high * len(self._lines), 2)
        return sorted(word for word, held_by in self._frequency.items() if least <= held_by <= most)


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
