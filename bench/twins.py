"""Entries in pairs for measuring the search for duplicates: 200 that are the same thing, 200 that only look so.

Made by a program, the same for the same seed; all words are ours. The half for tuning and the one held out have
topics, cities and sentences of their own.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

SEED = "2026-11-23"
PER_SORT = 40
HALVES = ("tuning", "held out")
SAME = ("address", "doi", "file", "text", "wording")
OTHER = ("edition", "part", "template", "project", "city")
CITIES = (
    ("Augsburg", "Essen", "Hannover", "Leipzig", "Stuttgart", "Mannheim", "Kiel", "Erfurt"),
    ("Berlin", "Freiburg", "Karlsruhe", "Köln", "München", "Wuppertal", "Rostock", "Bremen"),
)
HOUSES = (
    ("Amt für Ordnung", "Präventionsrat", "Institut für Stadtfragen", "Landeszentrale Vorbeugung", "Hochschule Süd"),
    (
        "Referat Sicherheit",
        "Runder Tisch Prävention",
        "Forschungsstelle Quartier",
        "Fachstelle Schutz",
        "Akademie Nord",
    ),
)
# German and English: what it is about, where, what for.
MEASURES = (
    (
        ("Beratung", "advice"), ("Begleitung", "support"), ("Rundgänge", "walks"), ("Schulung", "training"),
        ("Befragung", "survey"), ("Fahrdienst", "ride service"), ("Anlaufstelle", "contact point"),
        ("Beleuchtung", "lighting"), ("Werkstatt", "workshop"), ("Notruf", "emergency call"),
        ("Ausstellung", "exhibition"),
    ),
    (
        ("Mediation", "mediation"), ("Sprechstunde", "office hour"), ("Streife", "patrol"),
        ("Patenschaft", "mentoring"),
        ("Umfrage", "poll"), ("Nachtcafé", "night café"), ("Wegweiser", "signpost"), ("Umgestaltung", "redesign"),
        ("Theaterstück", "theatre play"), ("Meldestelle", "reporting office"), ("Gartenprojekt", "garden project"),
    ),
)  # fmt: skip
GROUPS = (
    (
        ("für Jugendliche", "for young people"), ("für Mieter", "for tenants"), ("für Pendler", "for commuters"),
        ("für Ladenbesitzer", "for shop owners"), ("für Wohnungslose", "for homeless people"),
        ("gegen Vandalismus", "against vandalism"), ("gegen Lärm", "against noise"), ("gegen Hetze", "against hate"),
    ),
    (
        ("für Senioren", "for older people"), ("für Familien", "for families"), ("für Studierende", "for students"),
        ("für Gastwirte", "for pub owners"), ("für Zugewanderte", "for newcomers"),
        ("gegen Einbruch", "against burglary"), ("gegen Müll", "against litter"), ("gegen Raserei", "against speeding"),
    ),
)  # fmt: skip
WHERE = (
    (
        ("am Bahnhof", "at the station"),
        ("in Unterführungen", "in underpasses"),
        ("an Schulen", "at schools"),
        ("auf Plätzen", "on squares"),
        ("im Nahverkehr", "in public transport"),
        ("bei Festen", "at festivals"),
    ),
    (
        ("in Parks", "in parks"),
        ("im Wohngebiet", "in housing areas"),
        ("in der Innenstadt", "in the city centre"),
        ("an Haltestellen", "at bus stops"),
        ("am Ufer", "along the river"),
        ("in Parkhäusern", "in car parks"),
    ),
)
FORMS = (
    (("Leitfaden", "guide"), ("Bericht", "report"), ("Konzept", "concept"), ("Auswertung", "evaluation")),
    (("Handreichung", "handbook"), ("Studie", "study"), ("Rahmenplan", "framework plan"), ("Bilanz", "review")),
)
FRAMES = (
    (
        "Das Papier beschreibt {thing} {where} und nennt {number} Schritte für die Verwaltung",
        "Grundlage sind {number} Gespräche mit Leuten aus {city}, geführt über {months} Monate",
        "Besonders {adjective} war die Zusammenarbeit von {office} und {partner}",
        "{thing} {where} gelingt, wenn {office} und {partner} dieselben Ziele haben",
        "Nach {months} Monaten gingen die Beschwerden um {number} Prozent zurück",
        "Offen bleibt, wie {thing} nach dem Ende der Förderung bezahlt wird",
        "Ein Anhang listet {number} Fragen auf, die {partner} vor Ort stellen kann",
    ),
    (
        "Es geht um {thing} {where}, erprobt an {number} Stellen der Stadt",
        "Befragt wurden {number} Personen in {city}, die Hälfte davon am Abend",
        "{office} hat dafür {months} Monate lang mit {partner} gearbeitet",
        "Als {adjective} erwies sich, {thing} früh mit den Anliegern zu besprechen",
        "Die Kosten lagen bei {number} Tausend Euro, verteilt auf {months} Monate",
        "Ohne {partner} wäre {thing} {where} kaum umzusetzen gewesen",
        "Am Ende stehen {number} Empfehlungen, geordnet nach Aufwand",
    ),
)
SUMMARIES = (
    "{form} zu {thing} {where} mit {number} Beispielen und dem Ansatz {name}, erarbeitet von {office} und {partner}.",
    "Wie {office} und {partner} {thing} {where} verbessern: {number} Erfahrungen aus dem Vorhaben {name}.",
)
ENGLISH = (
    "{form} on {thing} {where} with {number} examples and the {name} approach, by {office} and {partner}.",
    "How {office} and {partner} improve {thing} {where}: {number} lessons from {name}.",
)
OFFICES = (("das Ordnungsamt", "das Sozialamt", "die Feuerwehr"), ("das Jugendamt", "das Grünflächenamt", "der Kreis"))
PARTNERS = (("die Polizei", "der Verein", "die Schule"), ("die Wohnungsgesellschaft", "die Kirche", "der Betreiber"))
ADJECTIVES = (("hilfreich", "mühsam", "ergiebig", "neu"), ("wirksam", "schwierig", "entscheidend", "einfach"))
SYLLABLES = (("KO", "SI", "PRA", "LU", "WE", "TA"), ("NO", "RE", "MI", "GA", "BE", "DU"))
ENDS = ("MO", "KAS", "RIS", "VIA", "TEK", "NET", "PLUS", "FOR")
DISTRICTS = ("Altstadt", "Westhafen", "Lindenberg", "Neudorf", "Mühlental", "Ostpark", "Steinfeld", "Birkenau")


@dataclass(slots=True)
class Thing:
    """Something that entries are about."""

    rng: Random
    side: int
    thing: tuple[str, str]
    where: tuple[str, str]
    form: tuple[str, str]
    name: str
    city: str
    house: str
    office: str
    partner: str
    number: int
    year: int
    serial: int
    text: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """A sentence with figures of its own."""
        rng = self.rng
        return rng.choice(FRAMES[self.side]).format(
            thing=self.thing[0], where=self.where[0], city=self.city, office=rng.choice(OFFICES[self.side]),
            partner=rng.choice(PARTNERS[self.side]), number=rng.randint(3, 900), months=rng.randint(2, 60),
            adjective=rng.choice(ADJECTIVES[self.side]),
        )  # fmt: skip

    def summary(self, frame: int = 0) -> str:
        """What it is about, in German."""
        return SUMMARIES[frame].format(
            form=self.form[0], thing=self.thing[0], where=self.where[0], number=self.number, name=self.name,
            office=self.office, partner=self.partner,
        )  # fmt: skip

    def summary_in_english(self, frame: int = 0) -> str:
        """What it is about, in English; offices keep their German names."""
        return ENGLISH[frame].format(
            form=self.form[1].capitalize(), thing=self.thing[1], where=self.where[1], number=self.number,
            name=self.name, office=self.office, partner=self.partner,
        )  # fmt: skip

    def titles(self) -> list[str]:
        """The same named in several ways."""
        form, thing, where = self.form[0], self.thing[0], self.where[0]
        return [
            f"{self.name}: {thing} {where}",
            f"{thing} {where} – {form} zum Vorhaben {self.name}",
            f"{form} {self.name} ({thing} {where})",
            f"Mehr {thing} {where}. {form} aus {self.city}",
            f"{form}: {thing} {where}",
        ]

    def title_in_english(self) -> str:
        """The title as another database has it."""
        return f"{self.name}: {self.thing[1].capitalize()} {self.where[1]}"

    def address(self, slug: str = "") -> str:
        """A page of the house."""
        return f"https://www.{ascii_of(self.house)}.example/{slug or 'themen'}/{self.serial}-{ascii_of(self.name)}"

    def entry(self, title: str, **others: Any) -> dict[str, Any]:
        """An entry about it."""
        return {"title": title, "summary": self.summary(), "publisher": self.house, "year": self.year} | others


def pairs(seed: str = SEED, per_sort: int = PER_SORT) -> Iterator[dict[str, Any]]:
    """All pairs, half by half: sort, whether they are the same thing, and both entries."""
    for side, half in enumerate(HALVES):
        rng = Random(f"{seed} {half}")
        for sort in SAME + OTHER:
            for number in range(per_sort // 2):
                one, other = _MAKERS[sort](rng, some_thing(rng, side), number)
                yield {"half": half, "sort": sort, "same": sort in SAME, "entries": [one, other]}


def some_thing(rng: Random, side: int) -> Thing:
    """Something new to write about."""
    made = Thing(
        rng, side, _some_measure(rng, side), rng.choice(WHERE[side]), rng.choice(FORMS[side]),
        "".join((*rng.sample(SYLLABLES[side], 2), rng.choice(ENDS))).capitalize(), rng.choice(CITIES[side]),
        rng.choice(HOUSES[side]), rng.choice(OFFICES[side]), rng.choice(PARTNERS[side]), rng.randint(3, 60),
        rng.randint(2008, 2026), rng.randint(1000, 99999),
    )  # fmt: skip
    made.text = [made.sentence() for _number in range(rng.randint(14, 40))]
    return made


def _some_measure(rng: Random, side: int) -> tuple[str, str]:
    measure, group = rng.choice(MEASURES[side]), rng.choice(GROUPS[side])
    return f"{measure[0]} {group[0]}", f"{measure[1]} {group[1]}"


def _same_address(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    page = it.address()
    spellings = (
        page.replace("https", "http"), page.replace("www.", ""), page + "/",
        page + "?utm_source=rundbrief&utm_medium=m",
        page + "#inhalt", page + "/index.html", page.replace("https", "http").replace("www.", "") + "/?fbclid=ab12",
    )  # fmt: skip
    one, other = rng.sample(it.titles(), 2)
    return it.entry(one, url=page), it.entry(other, url=rng.choice(spellings), summary=it.summary(1), year=None)


def _same_doi(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    doi = f"10.{rng.randint(1000, 9999)}/{ascii_of(it.name)}.{it.serial}"
    one = it.entry(rng.choice(it.titles()), url=f"https://doi.org/{doi.upper()}")
    title = it.title_in_english() if number % 2 else rng.choice(it.titles())
    return one, it.entry(title, url=it.address("artikel"), doi=doi, summary="", publisher=rng.choice(HOUSES[it.side]))


def _same_file(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    checksum = f"{rng.getrandbits(256):064x}"
    one, other = rng.sample(it.titles(), 2)
    title = f"{it.form[0]} {it.year}" if number % 4 == 0 else other
    return it.entry(one, files=[checksum], text=_written(it.text)), it.entry(title, files=[checksum], summary="")


def _same_text(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read from another file of the same: some words lost or misread, another heading, other breaks."""
    one, other = rng.sample(it.titles(), 2)
    spoken = _written(it.text).split()
    share = rng.choice((0.0, 0.01, 0.02))
    changed = [word[:-1] + "e" if rng.random() < share else word for word in spoken if rng.random() >= share]
    heading = f"{it.house} {it.city}" if number % 3 == 0 else ""
    text = f"{heading}\n{' '.join(changed)}"
    return it.entry(one, text=_written(it.text)), it.entry(other, text=text, summary=it.summary(1), year=None)


def _same_in_other_words(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    one, other = rng.sample(it.titles(), 2)
    first = it.entry(one, url=it.address())
    if number % 2:
        summary = it.summary_in_english(number % 4 // 2)
        return first, it.entry(it.title_in_english(), summary=summary, url=it.address("en"))
    return first, it.entry(other, summary=it.summary(1), url=it.address("publikationen"))


def _edition(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same report of two years: title, summary and half of the sentences stay."""
    later = it.year + rng.randint(1, 3)
    title = f"{it.form[0]} {it.thing[0]} {it.where[0]} "
    half = len(it.text) // 2
    new = [it.sentence() for _number in range(len(it.text) - half)]
    with_year = number % 3 != 0
    one = it.entry(title + (str(it.year) if with_year else ""), text=_written(it.text))
    other = it.entry(title + (str(later) if with_year else ""), text=_written(it.text[:half] + new), year=later)
    if number % 4 == 1:
        one["url"] = other["url"] = it.address("reihe")
    return one, other


def _part(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parts of a series."""
    words = (("Teil 1", "Teil 2"), ("Band I", "Band II"), ("Heft 3", "Heft 4"), ("Modul A", "Modul B"))
    one, other = rng.choice(words)
    title = f"{it.form[0]} {it.thing[0]} {it.where[0]}, "
    address = {"url": it.address("reihe")} if number % 3 == 0 else {}
    return it.entry(title + one, **address), it.entry(title + other, **address)


def _template(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A form that a house fills for one district after the other."""
    one, other = rng.sample(DISTRICTS, 2)
    found = []
    for district in (one, other):
        number_there = rng.randint(3, 900)
        text = [sentence.replace(it.city, district) for sentence in it.text]
        text = [it.sentence() if rng.random() < 0.25 else sentence for sentence in text]
        summary = f"{it.form[0]} zu {it.thing[0]} {it.where[0]} im Stadtteil {district} mit {number_there} Befragten."
        title = f"{it.form[0]} {it.thing[0]} {it.where[0]} {district}"
        found.append(it.entry(title, summary=summary, text=_written(text) if number % 2 else ""))
    return found[0], found[1]


def _project(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Another project of the same city and house, in the same year, on the same front page or with the same annex;
    another paper of the same project."""
    second = some_thing(rng, it.side)
    if number % 3 == 2:
        second.house, second.city, second.year, second.name = it.house, it.city, it.year, it.name
        return it.entry(it.titles()[1]), second.entry(second.titles()[1])
    second.house, second.city, second.year, second.thing = it.house, it.city, it.year, it.thing
    common: dict[str, Any] = {}
    if number % 3 == 0:
        common["url"] = f"https://www.{ascii_of(it.house)}.example/"
    one = it.entry(f"{it.name}: {it.thing[0]} {it.where[0]} in {it.city}", **common)
    other = second.entry(f"{second.name}: {second.thing[0]} {second.where[0]} in {it.city}", **common)
    if number % 3 == 1:
        annex = f"{rng.getrandbits(256):064x}"
        for entry in (one, other):
            entry["files"] = [annex, f"{rng.getrandbits(256):064x}", f"{rng.getrandbits(256):064x}"]
    return one, other


def _city(rng: Random, it: Thing, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same approach in another city; a report with the same name of another house."""
    there = rng.choice([city for city in CITIES[it.side] if city != it.city])
    house = rng.choice([house for house in HOUSES[it.side] if house != it.house])
    title = f"{it.form[0]} {it.thing[0]} {it.where[0]}"
    if number % 2:
        other = some_thing(rng, it.side)
        return it.entry(title), it.entry(title, summary=other.summary(1), publisher=house, year=it.year + 1)
    return it.entry(f"{title} in {it.city}"), it.entry(f"{title} in {there}", publisher=house)


_MAKERS = {
    "address": _same_address, "doi": _same_doi, "file": _same_file, "text": _same_text, "wording": _same_in_other_words,
    "edition": _edition, "part": _part, "template": _template, "project": _project, "city": _city,
}  # fmt: skip


def ascii_of(text: str) -> str:
    """A text as it stands in addresses."""
    for sign, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), (" ", "-")):
        text = text.lower().replace(sign, spelled)
    return text


def _written(sentences: list[str]) -> str:
    return ". ".join(sentences) + "."


if __name__ == "__main__":
    for pair in pairs():
        print(json.dumps(pair, ensure_ascii=False))
