"""Twenty people sign in at once: what that does to the pages of everybody else, and how long they wait themselves."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle

from bench import load, servers
from bench.figures import Times
from bench.servers import Server
from bench.visitor import Visitor

PEOPLE, OTHERS, SECONDS = 20, 2, 4.0
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """Pages of others without and with the crowd; seconds until each person was in; how many were in at first try."""

    calm: Times
    crowded: Times
    waited: tuple[float, ...]
    at_first: int


def measure(hub: Server, reader: Visitor, paths: Sequence[str]) -> Crowd:
    """Others read these pages, first alone, then while so many sign in as often as they are told to try again."""
    turn = cycle(paths)
    calm = load.run(hub.url, turn, reader.cookie, clients=OTHERS, seconds=SECONDS)
    with ThreadPoolExecutor(PEOPLE) as crowd:
        coming = [crowd.submit(_come_in, hub.url, address(number)) for number in everybody()]
        crowded = load.run(hub.url, turn, reader.cookie, clients=OTHERS, seconds=SECONDS)
        came = [one.result() for one in coming]
    return Crowd(calm, crowded, tuple(seconds for seconds, _tries in came), sum(tries == 1 for _, tries in came))


def everybody() -> range:
    """The numbers of those who come."""
    return range(PEOPLE)


def address(number: int) -> str:
    """Everybody has an account: twenty tries at one alone would meet the limit of guesses."""
    return f"person{number}@example.org"


def _come_in(base: str, email: str) -> tuple[float, int]:
    """Seconds and tries until this person is signed in; whoever finds too many waiting comes back when told."""
    visitor = Visitor(base)
    fields = [*visitor.hidden("/login", "password"), ("email", email), ("password", servers.PASSWORD)]
    begin, tries = time.perf_counter(), 0
    try:
        while time.perf_counter() - begin < PATIENCE:
            tries += 1
            answer = visitor.post("/login", fields)
            if answer.status in (302, 303):
                return time.perf_counter() - begin, tries
            if answer.status != 503:
                raise RuntimeError(f"Das Anmelden antwortet {answer.status}.")
            time.sleep(3)
        raise RuntimeError("Das Anmelden ist in einer Minute nicht gelungen.")
    finally:
        visitor.close()
