"""Measures the running hub as a person meets it, in rounds that alternate with the floor."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from urllib.parse import quote_plus

from bench import corpus, crowd, floor, load, servers, visits
from bench.corpus import Query
from bench.figures import Times, percentile
from bench.servers import Server
from bench.visitor import Visitor

PER_PAGE = 25
CLIENTS = (1, 10)
LONGEST_WAIT = 10.0
PAUSE = 0.01
ENTRIES_SHOWN = 40
POOL = 2_000
AGAIN = "Suche, wiederholt"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often is measured."""

    rounds: int = 3
    seconds: float = 1.5
    additions: int = 20
    cold_starts: int = 3
    with_browser: bool = True


@dataclass(frozen=True, slots=True)
class Saving:
    """Adding entries through the form: until the answer, until the search that finds it is asked, until it answers.

    ``page_after`` is the first view of the collection after the change, for which nothing can be kept in memory.
    """

    saved: list[float] = field(default_factory=list)
    findable: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    page_after: list[float] = field(default_factory=list)
    at_first_look: int = 0

    def p50(self, name: str) -> float:
        return percentile(getattr(self, name), 50)

    def p95(self, name: str) -> float:
        return percentile(getattr(self, name), 95)


@dataclass(slots=True)
class Measured:
    """Everything one size gave. ``pages`` holds times by system, page and number of clients."""

    size: int
    pages: dict[tuple[str, str, int], Times]
    saving: dict[str, Saving]
    cold: dict[str, float]
    memory: dict[str, float]
    hits: dict[str, tuple[int, int]]
    asked: int
    others: float
    crowd: crowd.Crowd
    seen: tuple[visits.View, visits.View] | None = None


def measure(size: int, folder: Path, plan: Plan, say: Say) -> Measured:
    """Prepare hub and floor with so many entries, measure both, stop them."""
    lines = list(corpus.entries(size))
    file = folder / "entries.jsonl"
    corpus.write(file, lines)
    asked, pool = corpus.queries(lines), corpus.pool(lines, POOL)
    say(f"{size} Einträge werden eingelesen …")
    hub = servers.prepare_hub(folder / "hub", file)
    bare = servers.prepare_floor(folder / "floor", file)
    say("Kaltstarts …")
    cold = {"hub": cold_start(hub, plan.cold_starts), "floor": cold_start(bare, plan.cold_starts)}
    with running(hub), running(bare):
        return measure_running(size, hub, bare, asked, pool, cold, plan, say)


def measure_running(
    size: int,
    hub: Server,
    bare: Server,
    asked: Sequence[Query],
    pool: Sequence[str],
    cold: dict[str, float],
    plan: Plan,
    say: Say,
) -> Measured:
    """All that needs both servers up."""
    member, editor, guest = Visitor(hub.url), Visitor(hub.url), Visitor(bare.url)
    member.sign_in(servers.MEMBER, servers.PASSWORD)
    editor.sign_in(servers.EDITOR, servers.PASSWORD)
    guest.sign_in("gast", floor.PASSWORD)
    pages = {("hub", name): (member, paths) for name, paths in hub_pages(member, asked, pool, size).items()}
    pages |= {("floor", name): (guest, paths) for name, paths in floor_pages(asked, pool).items()}
    hits = {
        system: compare_hits(visitor, pages[(system, AGAIN)][1], asked)
        for system, visitor in (("hub", member), ("floor", guest))
    }
    say("Seiten …")
    others = servers.Others([hub, bare])
    times = measure_pages(pages, {"hub": hub, "floor": bare}, plan)
    share = others.share()
    say("Speichern …")
    saving = save_in_turn(editor, guest, plan.additions)
    memory = {"hub": hub.memory(), "floor": bare.memory()}
    seen = None
    if plan.with_browser:
        say("Erster und zweiter Besuch im Browser …")
        seen = visits.first_and_repeat(hub.url, "/", member.cookies)
    say("Zwanzig melden sich zugleich an …")
    many = crowd.measure(hub, member, pages[("hub", "Sammlung")][1])
    return Measured(size, times, saving, cold, memory, hits, len(asked), share, many, seen)


def hub_pages(member: Visitor, asked: Sequence[Query], pool: Sequence[str], size: int) -> dict[str, list[str]]:
    """The addresses of each sort of page; a list that is not full would flatter the hub."""
    lists = [list_path("hub", slug) for slug, _ in corpus.collections()]
    entries: dict[str, None] = {}
    for path in lists:
        answer = member.get(path)
        shown = dict.fromkeys(re.findall(r'href="(/entries/\d+)"', answer.text))
        if answer.status != 200 or (size >= 1000 and len(shown) < PER_PAGE):
            raise RuntimeError(f"{path} antwortet {answer.status} mit {len(shown)} Einträgen.")
        entries.update(shown)
    found = list(entries)[:ENTRIES_SHOWN]
    again = addresses("/search?q=", (query.text for query in asked))
    new = addresses("/search?q=", pool)
    return {"Startseite": ["/"], "Sammlung": lists, "Eintrag": found, "Suche": new, AGAIN: again}


def floor_pages(asked: Sequence[Query], pool: Sequence[str]) -> dict[str, list[str]]:
    """The same for the floor, as far as it has such pages."""
    lists = [list_path("floor", slug) for slug in floor.COL]
    again = addresses("/suche?q=", (query.text for query in asked))
    return {"Sammlung": lists, "Suche": addresses("/suche?q=", pool), AGAIN: again}


def addresses(page: str, texts: Iterable[str]) -> list[str]:
    """Where these searches are answered."""
    return [page + quote_plus(text) for text in texts]


def compare_hits(visitor: Visitor, paths: Sequence[str], asked: Sequence[Query]) -> tuple[int, int]:
    """Of how many searches the page names at least as many hits as there truly are, and of how many exactly."""
    least = exact = 0
    for path, query in zip(paths, asked, strict=True):
        text = visitor.get(path).text
        said = re.search(r"([\d.]+)\s*(?:</[a-z]+>\s*)?(?:Treffer|Ergebnis|Eintr)", text)
        count = int(said[1].replace(".", "")) if said else 0
        least += count >= query.hits
        exact += count == query.hits
    return least, exact


def measure_pages(
    pages: dict[tuple[str, str], tuple[Visitor, list[str]]], running_servers: dict[str, Server], plan: Plan
) -> dict[tuple[str, str, int], Times]:
    """Rounds over all pages, so that whatever else the machine does meets hub and floor alike."""
    turns = {key: (visitor, cycle(paths)) for key, (visitor, paths) in pages.items()}
    for visitor, turn in turns.values():
        load.run(visitor.base, turn, visitor.cookie, clients=4, seconds=plan.seconds / 3)
    taken: dict[tuple[str, str, int], Times] = {}
    for _ in range(plan.rounds):
        for clients in CLIENTS:
            for (system, name), (visitor, turn) in turns.items():
                before = running_servers[system].processor()
                times = load.run(visitor.base, turn, visitor.cookie, clients=clients, seconds=plan.seconds)
                times = replace(times, processor=running_servers[system].processor() - before)
                key = (system, name, clients)
                taken[key] = taken[key] + times if key in taken else times
    return taken


def save_in_turn(editor: Visitor, guest: Visitor, count: int) -> dict[str, Saving]:
    """Add entries through the forms of hub and floor in turn, and look for each until it is found."""
    saving = {"hub": Saving(), "floor": Saving()}
    ways = (("hub", editor, add_to_hub, "/search?q="), ("floor", guest, add_to_floor, "/suche?q="))
    for token, entry in corpus.additions(count):
        for system, visitor, add, search in ways:
            saved = add(visitor, entry)
            saving[system] = look_until_found(saving[system], visitor, saved, search + token.lower(), token)
            saving[system].page_after.append(visitor.get(list_path(system, entry["collection"])).seconds)
    return saving


def list_path(system: str, collection: str) -> str:
    """The list of a collection."""
    return f"/collections/{collection}?view=list" if system == "hub" else f"/c/{floor.COL.index(collection)}"


def look_until_found(so_far: Saving, visitor: Visitor, saved: float, path: str, token: str) -> Saving:
    """Search until the new entry is among the hits."""
    begin = time.perf_counter()
    looks = 0
    while True:
        asked_at = time.perf_counter() - begin
        answer = visitor.get(path)
        looks += 1
        if holds_title(answer.text, token):
            break
        if time.perf_counter() - begin > LONGEST_WAIT:
            raise RuntimeError(f"{path}: der neue Eintrag wird nicht gefunden ({answer.status}).")
        time.sleep(PAUSE)
    return Saving(
        [*so_far.saved, saved],
        [*so_far.findable, saved + asked_at],
        [*so_far.found, saved + asked_at + answer.seconds],
        so_far.page_after,
        so_far.at_first_look + (looks == 1),
    )


def holds_title(page: str, token: str) -> bool:
    """Whether a hit's title holds the word; the search field does too, but in small letters."""
    return token in re.sub(r"</?mark[^>]*>", "", page)


def add_to_hub(editor: Visitor, entry: corpus.Entry) -> float:
    """Open the form, fill it as an editor does, send it; seconds from sending to the answer."""
    fields = [
        *editor.hidden("/entries/new", "title"),
        ("url", entry["url"]),
        ("title", entry["title"]),
        ("summary", entry["summary"]),
        ("kind", entry["kind"]),
        ("collections", entry["collection"]),
        ("organisation", entry["organisation"]),
        ("tags", ", ".join(entry["tags"])),
        ("year", str(entry["year"])),
        ("language", "de"),
    ]
    answer = editor.post("/entries/new", fields)
    if answer.status != 303:
        raise RuntimeError(f"Das Hinzufügen antwortet {answer.status}: {answer.text[:500]}")
    return answer.seconds


def add_to_floor(guest: Visitor, entry: corpus.Entry) -> float:
    """The same for the floor."""
    fields = [(name, entry[name]) for name in ("title", "summary", "url", "collection")]
    answer = guest.post("/neu", [*fields, ("tags", ",".join(entry["tags"]))])
    if answer.status != 302:
        raise RuntimeError(f"Das Hinzufügen zum Boden antwortet {answer.status}.")
    return answer.seconds


def cold_start(server: Server, times: int) -> float:
    """Seconds from starting the program to its first answer, the median of several."""
    taken = []
    for _ in range(times):
        taken.append(server.start())
        server.stop()
    return percentile(taken, 50)


@contextmanager
def running(server: Server) -> Iterator[None]:
    """The server, stopped whatever happens."""
    server.start()
    try:
        yield
    finally:
        server.stop()
