"""What the figures are held against, and the rows of the table."""

from collections.abc import Iterator

from bench.figures import Times, at_least, at_most
from bench.report import Row
from bench.visits import View
from bench.web import CLIENTS, Measured

PAGE_P50, PAGE_P95, PAGE_RATE = at_most(3), at_most(3.5), at_least(1 / 3)
SEARCH_P50, SEARCH_P95, SEARCH_RATE = at_most(3), at_most(6), at_least(60, "je s")
FOUND_P50 = at_most(8)
PAGES_GROW, SEARCH_GROWS = at_most(1.3), at_most(2)
CROWD_P95 = at_most(5)
COLD, MEMORY = at_most(1.5, "s"), at_most(200, "MB")
FIRST_VIEW, FIRST_SCRIPT, REPEAT_VIEW = at_most(100, "KB"), at_most(30, "KB"), at_most(12, "KB")
MS = 1000


def rows(measured: list[Measured]) -> Iterator[Row]:
    """Every figure of every size, then what grew from the smallest to the largest."""
    for one in measured:
        yield from _page_rows(one)
        yield from _saving_rows(one)
        yield from _process_rows(one)
        yield from _crowd_rows(one)
    if measured[-1].seen:
        yield from _visit_rows(measured[-1].size, measured[-1].seen)
    if len(measured) > 1:
        yield from _growth_rows(measured[0], measured[-1])


def _page_rows(one: Measured) -> Iterator[Row]:
    """All pages are held against the floor's page of 25 entries, the search too."""
    for (system, name, clients), times in one.pages.items():
        if system != "hub":
            continue
        base = one.pages[("floor", "Sammlung", clients)]
        is_list, is_search, is_alone = name == "Sammlung", name == "Suche", clients == CLIENTS[0]
        p50 = SEARCH_P50 if is_search else PAGE_P50 if is_list else None
        p95 = SEARCH_P95 if is_search else PAGE_P95 if is_list else None
        label = f"{name}, {clients} {'Person' if is_alone else 'Personen'}"
        yield Row(one.size, f"{label}, p50", times.p50 * MS, "ms", base.p50 * MS, p50)
        yield Row(one.size, f"{label}, p95", times.p95 * MS, "ms", base.p95 * MS, p95)
        each, floor_each = times.processor_each * MS, base.processor_each * MS
        yield Row(one.size, f"{label}, Rechenzeit je Seite", each, "ms", floor_each)
        if not is_alone:
            yield _rate_row(one.size, f"{label}, Durchsatz", times, base, is_list, is_search)
    for clients in CLIENTS:
        found, base = (one.pages[("floor", name, clients)].p50 * MS for name in ("Suche", "Sammlung"))
        yield Row(one.size, f"zum Vergleich: Suche des Bodens (FTS5), {clients} P., p50", found, "ms", base)


def _crowd_rows(one: Measured) -> Iterator[Row]:
    """The pages of others are held against the same pages without a crowd."""
    calm, crowded, waited = one.crowd.calm, one.crowd.crowded, one.crowd.waited
    label = f"Sammlung, während {len(waited)} sich anmelden"
    yield Row(one.size, f"{label}, p95", crowded.p95 * MS, "ms", calm.p95 * MS, CROWD_P95)
    yield Row(one.size, f"{label}: beim ersten Versuch angemeldet", one.crowd.at_first, "", None)
    yield Row(one.size, f"{label}: längste Wartezeit", max(waited), "s", None)


def _rate_row(size: int, label: str, times: Times, base: Times, is_list: bool, is_search: bool) -> Row:
    if is_search:
        return Row(size, label, times.rate, "je s", None, SEARCH_RATE)
    return Row(size, label, times.rate, "je s", base.rate, PAGE_RATE if is_list else None)


def _saving_rows(one: Measured) -> Iterator[Row]:
    hub, page = one.saving["hub"], one.pages[("floor", "Sammlung", 1)]
    yield Row(one.size, "Absenden bis Antwort, p50", hub.p50("saved") * MS, "ms", page.p50 * MS)
    yield Row(one.size, "Absenden bis auffindbar, p50", hub.p50("findable") * MS, "ms", page.p50 * MS, FOUND_P50)
    yield Row(one.size, "Absenden bis auffindbar, p95", hub.p95("findable") * MS, "ms", page.p50 * MS)
    yield Row(one.size, "Absenden bis Suche gefunden hat, p50", hub.p50("found") * MS, "ms", page.p50 * MS, FOUND_P50)
    after = hub.p50("page_after") * MS
    yield Row(one.size, "Sammlung, erste Ansicht nach einer Änderung, p50", after, "ms", page.p50 * MS)
    share = 100 * hub.at_first_look / len(hub.saved)
    yield Row(one.size, "beim ersten Blick gefunden", share, "%", None, at_least(100, "%"))


def _process_rows(one: Measured) -> Iterator[Row]:
    yield Row(one.size, "Kaltstart bis zur ersten Antwort", one.cold["hub"], "s", None, COLD)
    yield Row(one.size, "Kaltstart des Bodens", one.cold["floor"], "s")
    yield Row(one.size, "Speicher aller Prozesse (PSS)", one.memory["hub"], "MB", None, MEMORY)
    yield Row(one.size, "Speicher des Bodens (PSS)", one.memory["floor"], "MB")


def _visit_rows(size: int, visits: tuple[View, View]) -> Iterator[Row]:
    first, repeat = visits
    yield Row(size, "Erster Besuch der Startseite", first.total, "KB", None, FIRST_VIEW)
    yield Row(size, "  davon Skript", first.kilobytes.get("script", 0.0), "KB", None, FIRST_SCRIPT)
    for sort, kilobytes in sorted(first.kilobytes.items()):
        if sort != "script":
            yield Row(size, f"  davon {sort}", kilobytes, "KB")
    yield Row(size, "  Anfragen", first.requests, "")
    yield Row(size, "  Anfragen an andere Rechner", first.other_hosts + repeat.other_hosts, "", None, at_most(0, ""))
    yield Row(size, "Zweiter Besuch der Startseite", repeat.total, "KB", None, REPEAT_VIEW)
    yield Row(size, "  Anfragen", repeat.requests, "")


def _growth_rows(small: Measured, large: Measured) -> Iterator[Row]:
    """The large figure beside the small one: here the column of the floor holds the small size."""
    for name in ("Startseite", "Sammlung", "Eintrag", "Suche"):
        key = ("hub", name, CLIENTS[0])
        bound = SEARCH_GROWS if name == "Suche" else PAGES_GROW
        before, after = small.pages[key].p50 * MS, large.pages[key].p50 * MS
        yield Row(large.size, f"Wachstum seit {small.size}: {name}, p50", after, "ms", before, bound)
    before, after = small.saving["hub"].p50("findable") * MS, large.saving["hub"].p50("findable") * MS
    yield Row(large.size, f"Wachstum seit {small.size}: bis auffindbar, p50", after, "ms", before, PAGES_GROW)
