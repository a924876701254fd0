"""Forty and more ways in which websites behave, and what the checker must hold of each in the end."""

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass

from hub.linkcare.outcomes import Outcome
from tests.linkcare.town import Asked, Page, answer

# ruff: noqa: E501
WORDS = (
    "Die Stadt hat die Unterführung am Bahnhof neu beleuchtet und den Platz davor umgebaut. Seitdem gehen abends wieder "
    "mehr Menschen hindurch, und die Beschwerden sind zurückgegangen. Das Ordnungsamt wertet die Zahlen mit der Polizei "
    "aus und stellt sie jedes Jahr dem Präventionsrat vor. Anwohnerinnen und Händler sind an der Planung beteiligt. "
)
OTHER = (
    "Hier finden Sie günstige Kredite und Versicherungen im Vergleich. Unsere Partner bieten schnelle Auszahlung ohne "
    "lästige Prüfung an. Klicken Sie auf eines der Angebote und sichern Sie sich noch heute einen Gutschein. Diese Domain "
    "kann erworben werden; füllen Sie dafür einfach das Formular aus, wir melden uns in den nächsten Tagen bei Ihnen. "
)
NAV = "<nav>" + "<a href='/'>Rathaus und Verwaltung</a> " * 40 + "</nav>"


@dataclass(frozen=True)
class Behaviour:
    """``page`` answers for the website; ``right`` are the verdicts that are."""

    page: Page
    right: tuple[Outcome, ...]
    robots: Page | None = None
    path: str = "/bericht/2024"
    scheme: str = "http"


def page(text: str = WORDS, title: str = "Licht am Bahnhof", more: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{NAV}<h1>{title}</h1><p>{text}</p>{more}</body></html>"


def fixed(status: int = 200, body: str | bytes = "", **more: str) -> Page:
    content = answer(status, body or page(), **more)
    return lambda _asked: content


def moves(to: str, status: int = 301, then: bytes | None = None) -> Page:
    """Redirects from the usual path; ``then`` is what stands at the target."""
    end = then or answer(200, page())
    return lambda asked: answer(status, Location=to) if asked.path == "/bericht/2024" else end


def by_method(head: bytes, get: bytes) -> Page:
    return lambda asked: head if asked.method == "HEAD" else get


def by_day(is_there: Callable[[float], bool], status: int = 404) -> Page:
    return lambda asked: answer(200, page()) if is_there(asked.day) else answer(status, "weg")


def steps(*targets: tuple[int, str]) -> Page:
    """A chain: each path redirects to the next one."""

    def step(asked: Asked) -> bytes:
        place = 0 if asked.path == "/bericht/2024" else int(asked.path.rpartition("/")[2])
        if place < len(targets):
            return answer(targets[place][0], Location=targets[place][1])
        return answer(200, page())

    return step


def sends(*parts: bytes, pause: float = 0.0, for_ever: bool = False) -> Page:
    async def send(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        while for_ever:
            writer.write(parts[-1])
            await writer.drain()
            await asyncio.sleep(pause)

    return lambda _asked: send


async def silence(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(1)


def etagged(asked: Asked) -> bytes:
    if asked.headers.get("if-none-match") == '"eins"':
        return answer(304, ETag='"eins"')
    return answer(200, page(), ETag='"eins"')


def edited(asked: Asked) -> bytes:
    """The same report with a few other words each time."""
    return answer(200, page(WORDS * 3 + f"Stand vom Tag {asked.day}. " * 4, f"Licht am Bahnhof ({asked.turn})"))


def replaced(asked: Asked) -> bytes:
    return answer(200, page(WORDS * 2)) if asked.day < 20 else answer(200, page(OTHER * 2, "Kredite im Vergleich"))


def soon_again(asked: Asked) -> bytes:
    return answer(503, "gleich", Retry_After="3600") if asked.day < 1 else answer(200, page())


HEAD_200 = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
NOT_GONE = (Outcome.FINE, Outcome.UNKNOWN)
GONE, MOVED, FINE, REFUSES, SOFT = (
    (Outcome.GONE,),
    (Outcome.MOVED,),
    (Outcome.FINE,),
    (Outcome.REFUSES,),
    (Outcome.SOFT_GONE,),
)
SERVER, SLOW = (Outcome.SERVER,), (Outcome.SLOW,)
LONG_ARTICLE = page(WORDS * 12, "Seite nicht gefunden: Wie Städte ihre Links pflegen")
LOOP = lambda asked: answer(301, Location="/b" if asked.path == "/bericht/2024" else "/bericht/2024")  # noqa: E731
ENDLESS_CHAIN = lambda asked: answer(302, Location=f"/weiter/{len(asked.path)}/{asked.turn}{asked.path}")  # noqa: E731
SICK = answer(500, "Fehler")
BEHAVIOURS: dict[str, Behaviour] = {
    "page": Behaviour(fixed(), FINE),
    "file": Behaviour(fixed(200, b"%PDF-1.7" + b"x" * 5000, kind="application/pdf"), FINE, path="/plan.pdf"),
    "unchanged": Behaviour(etagged, FINE),
    "edited": Behaviour(edited, FINE),
    "replaced": Behaviour(replaced, (Outcome.CHANGED,)),
    "gone404": Behaviour(fixed(404, "weg"), GONE),
    "gone410": Behaviour(fixed(410, "weg"), GONE),
    "gone-after-weeks": Behaviour(by_day(lambda day: day < 25), GONE),
    "head404": Behaviour(by_method(answer(404), answer(200, page())), FINE),
    "head405": Behaviour(by_method(answer(405), answer(200, page())), FINE),
    "head501": Behaviour(by_method(answer(501), answer(200, page())), FINE),
    "head-silent": Behaviour(lambda asked: silence if asked.method == "HEAD" else answer(200, page()), FINE),
    "error500": Behaviour(fixed(500, "Fehler"), SERVER),
    "error502": Behaviour(fixed(502, "Fehler"), SERVER),
    "maintenance": Behaviour(fixed(503, "Wartung"), SERVER),
    "back-soon": Behaviour(soon_again, FINE),
    "flapping-daily": Behaviour(by_day(lambda day: int(day) % 2 == 0), NOT_GONE),
    "flapping-mostly-down": Behaviour(by_day(lambda day: int(day) % 3 == 0), NOT_GONE),
    "flapping-each-look": Behaviour(
        lambda asked: answer(200, page()) if asked.turn % 2 else answer(404, "weg"), NOT_GONE
    ),
    "flapping-5-days": Behaviour(by_day(lambda day: int(day / 5) % 2 == 1), NOT_GONE),
    "flapping-500": Behaviour(by_day(lambda day: int(day) % 4 == 0, 500), (*NOT_GONE, Outcome.SERVER)),
    "long-weekend": Behaviour(by_day(lambda day: day < 1 or day > 5), FINE),
    "moved-here": Behaviour(moves("/neu/bericht"), MOVED),
    "moved-308": Behaviour(moves("http://moved-target.example:{port}/bericht", 308), MOVED),
    "moved-chain": Behaviour(steps((301, "/x/1"), (308, "/x/2"), (301, "/x/3")), MOVED),
    "lent": Behaviour(moves("/heute/bericht", 302), FINE),
    "lent-in-chain": Behaviour(steps((301, "/x/1"), (302, "/x/2")), FINE),
    "www": Behaviour(moves("http://www.www.example:{port}/bericht/2024"), FINE),
    "loop": Behaviour(LOOP, SERVER),
    "loop-self": Behaviour(lambda asked: answer(301, Location=asked.path), SERVER),
    "endless-chain": Behaviour(ENDLESS_CHAIN, SERVER),
    "redirect-nowhere": Behaviour(fixed(301, "wohin?"), SERVER),
    "to-start-page": Behaviour(moves("/"), SOFT),
    "to-error-page": Behaviour(moves("/fehler/404.html", 302), SOFT),
    "to-inner": Behaviour(moves("http://10.0.0.1/geheim"), (Outcome.UNTRIED,)),
    "to-login": Behaviour(moves("/login?next=/bericht/2024", 302), REFUSES),
    "soft-german": Behaviour(fixed(200, page("Schauen Sie bitte auf der Startseite nach.", "Seite nicht gefunden")), SOFT),
    "soft-german-text": Behaviour(
        fixed(200, page("Die von Ihnen aufgerufene Seite existiert leider nicht mehr.", "Stadt Musterstadt")), SOFT
    ),
    "soft-german-removed": Behaviour(
        fixed(200, page("Dieser Artikel wurde entfernt.", "Zeitung", "<h2>Meistgelesen</h2>")), SOFT
    ),
    "soft-english": Behaviour(fixed(200, page("Try our search.", "Page not found | City Council")), SOFT),
    "soft-english-text": Behaviour(
        fixed(200, page("Sorry, the page you requested could not be found.", "City Council")), SOFT
    ),
    "soft-404": Behaviour(fixed(200, page("Oops.", "404 | Example")), SOFT),
    "article-about-404": Behaviour(fixed(200, LONG_ARTICLE), FINE),
    "forbidden": Behaviour(fixed(403, "nein"), REFUSES),
    "password": Behaviour(fixed(401, "nein", WWW_Authenticate="Basic"), REFUSES),
    "too-many": Behaviour(fixed(429, "langsam", Retry_After="7200"), REFUSES),
    "law": Behaviour(fixed(451, "nein"), REFUSES),
    "robots-no": Behaviour(fixed(), REFUSES, fixed(200, "User-agent: *\nDisallow: /bericht", kind="text/plain")),
    "robots-ill": Behaviour(fixed(), REFUSES, lambda _asked: SICK),
    "robots-slowly": Behaviour(fixed(), FINE, fixed(200, "User-agent: *\nCrawl-delay: 30", kind="text/plain")),
    "endless": Behaviour(sends(HEAD_200 + page().encode(), b"<p>" + WORDS.encode() * 50, for_ever=True), FINE),
    "drip": Behaviour(
        lambda asked: sends(HEAD_200, b"x", pause=0.05, for_ever=True)(asked) if asked.method == "GET" else HEAD_200, SLOW
    ),
    "silent": Behaviour(lambda _asked: silence, SLOW),
    "hangs-up": Behaviour(sends(b""), (*SLOW, *SERVER)),
    "garbage": Behaviour(sends(b"\x00\x01\x02 kein HTTP \xff\r\n\r\n"), SERVER),
    "too-short": Behaviour(fixed(200, page(), Content_Length="99999"), FINE),
    "bomb": Behaviour(
        fixed(200, gzip.compress(page().encode() + b" " * 40_000_000), Content_Encoding="gzip"), FINE
    ),
    "self-signed": Behaviour(fixed(), (Outcome.CERTIFICATE,), scheme="https"),
    "no-tls": Behaviour(fixed(), (Outcome.CERTIFICATE, Outcome.SLOW), scheme="https+plain"),
    "nowhere": Behaviour(fixed(), (Outcome.NO_HOST,)),
    "refused": Behaviour(fixed(), SLOW, scheme="http+closed"),
}  # fmt: skip
