"""What the search page shows, worked out before the template: facets, chips, hits and sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import render_template, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from hub.core.actor import Actor
from hub.core.permissions import Permission
from hub.entries.cards import Addresses
from hub.entries.marking import as_markup
from hub.entries.queries import Row, bookmark_ids, page_label
from hub.indexing.generation import cached
from hub.indexing.terms import Terms
from hub.indexing.wanted import OUT_OF_TIME
from hub.search import labels, queries, tables
from hub.search.forms import Pair, SearchForm
from hub.search.labels import CollectionLabel
from hub.search.page_hits import PageHit, PageHits, find_page_hits
from hub.search.snippets import mark_rows
from hub.web.facets import Choice, Facet
from hub.web.filters import number


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    url: str


class ShownPage(NamedTuple):
    """A page of a document with the passage that was found on it."""

    label: str
    passage: Markup
    url: str


class ShownPages(NamedTuple):
    """The pages of a hit, a word about those that are not shown, and the address where all are listed."""

    pages: list[ShownPage]
    more: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry in the list of hits."""

    row: Row
    title: Markup
    passage: Markup
    url: str
    bookmark_url: str
    is_saved: bool
    why_url: str
    image: str
    pages: list[ShownPage]
    more_pages: str
    more_url: str

    @property
    def colour(self) -> str:
        """The colour of the first collection it stands in."""
        return self.row.places[0].colour if self.row.places else ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection to browse when the search leads nowhere."""

    collection: CollectionLabel
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Help:
    """A way out of a page without hits."""

    icon: str
    label: str
    url: str
    note: str


class Shown:
    """One search page for one person; parts are worked out when the template asks."""

    def __init__(self, actor: Actor, form: SearchForm) -> None:
        self._actor = actor
        self._base = url_for("search.results")
        self.form = form
        self.wanted = form.wanted()
        self.result = queries.find(actor, self.wanted)
        self.found = self.result.found
        self.waiting = queries.find_waiting(actor, self.wanted)
        self.pairs = list(form.pairs())

    # Addresses

    def address(self, pairs: list[Pair]) -> str:
        """The search page with these parts."""
        return f"{self._base}?{urlencode(pairs)}" if pairs else self._base

    def page_url(self, page: int) -> str:
        """Another page of the same hits."""
        return self.address([*self.pairs, *([("page", str(page))] if page > 1 else [])])

    def without(self, *names: str) -> str:
        """The same search without these parts."""
        return self.address(self.kept(*names))

    def kept(self, *names: str) -> list[Pair]:
        """The parts of the address but these, for hidden fields."""
        return [pair for pair in self.pairs if pair[0] not in names]

    def unfiltered_url(self) -> str:
        """The same search without any filter."""
        return self.without(*self.form.filters)

    def exact_url(self) -> str:
        """The same search for exactly what was typed."""
        return self.address([*self.kept("exact"), ("exact", "1")])

    def plain_url(self) -> str:
        """The same search without related words."""
        return self.address([*self.kept("synonyms"), ("synonyms", "0")])

    # Parts of the page

    @property
    def searched(self) -> str:
        """The text that was really searched."""
        return self.found.corrected or self.form.q

    @property
    def count_text(self) -> str:
        """How many entries were found, as a phrase."""
        total = self.found.total
        return ngettext("%(n)s Eintrag", "%(n)s Einträge", total, n=number(total))

    @property
    def is_long(self) -> bool:
        """Whether there are more hits than pages, and this is the last page."""
        page = self.result.page
        return self.found.total > page.total and page.number == page.last

    @property
    def may_submit(self) -> bool:
        """Whether the person may add what is missing."""
        return self._actor.may(Permission.ENTRY_SUBMIT)

    @property
    def may_ask(self) -> bool:
        """Whether the person may ask others for what was not found."""
        return bool(self.form.q) and self._actor.may(Permission.QUESTION_ASK)

    def sorts(self) -> list[tuple[str, str]]:
        """The orders to choose from."""
        return labels.sort_titles()

    def hits(self) -> Markup:
        """The list of hits; drawn once for everyone with the same bookmarks among them, the emergency's each time."""
        rows = self.result.rows
        saved = bookmark_ids(self._actor) & {row.id for row in rows}
        words = tuple(tables.split_words(self.searched)[0])
        why = self._why_address()
        if self.found.fallback or not self.result.is_current:
            return _draw_hits(rows, self.found.terms, self.form.q, words, saved, why)
        key = ("search hits", str(get_locale()), self.result.key, saved, why)
        return cached(key, lambda: _draw_hits(rows, self.found.terms, self.form.q, words, saved, why))

    def _why_address(self) -> str:
        """For the office: the page that explains a hit, with %d for its number."""
        if not self.form.q or self.found.fallback or not self._actor.may(Permission.SEARCH_INSPECT):
            return ""
        return url_for("inspecting.explain", q=self.form.q).replace("%", "%%") + "&entry=%d"

    def facets(self) -> Markup:
        """The filter column; an answer of the index is drawn once, the emergency's each time."""
        if self.found.fallback or not self.result.is_current:
            return self._draw_facets()
        return cached(("search facets", str(get_locale()), self.result.key), self._draw_facets)

    def _draw_facets(self) -> Markup:
        hidden, active = self.kept(*self.form.filters), sum(map(len, self.form.filters.values()))
        return _draw("search/_facets.html", facets=self._facets(), hidden=hidden, active=active)

    def _facets(self) -> list[Facet]:
        made = (Facet(name, title, list(self._choices(name))) for name, title in labels.facet_titles().items())
        return [facet for facet in made if facet.choices]

    def _choices(self, facet: str) -> Iterator[Choice]:
        counts = dict(self.found.facets.get(facet, ()))
        chosen = self.form.filters.get(facet, ())
        values = list(dict.fromkeys([*counts, *labels.known_values(facet), *chosen]))
        if facet == "year":
            values.sort(reverse=True)
        for value, label in zip(values, labels.value_labels(facet, values), strict=True):
            yield Choice(value, label, counts.get(value, 0), value in chosen)

    def chips(self) -> list[Chip]:
        """The active filters."""
        return [
            Chip(labels.value_label(facet, value), self._without_value(facet, value))
            for facet, values in self.form.filters.items()
            for value in values
        ]

    def _without_value(self, facet: str, value: str) -> str:
        return self.address([pair for pair in self.pairs if pair != (facet, value)])

    def notices(self) -> list[str]:
        """Sentences about what was left out of the search and why."""
        codes = [*(["too_long"] if self.form.was_cut else []), *self.found.left_out]
        sentences = _left_out_sentences()
        return [sentences[code] for code in dict.fromkeys(codes) if code in sentences]

    def shelves(self) -> list[Shelf]:
        """The collections with the number of their entries."""
        counts = queries.count_by_collection()
        return [
            Shelf(collection, url_for("browsing.collection", slug=collection.slug), counts.get(collection.slug, 0))
            for collection in labels.collections()
        ]

    def ways_out(self) -> list[Help]:
        """What may help when nothing was found, the most promising first."""
        return [*self._fewer_filters(), *self._fewer_words()]

    def _fewer_filters(self) -> Iterator[Help]:
        totals = {facet: count for facet, count in self.found.filter_totals.items() if count}
        if totals and len(self.form.filters) > 1:
            facet = max(totals, key=lambda name: totals[name])
            names = ", ".join(labels.value_label(facet, value) for value in self.form.filters[facet])
            label = _("Filter „%(facet)s: %(names)s“ entfernen", facet=labels.facet_titles()[facet], names=names)
            yield Help("x", label, self.without(facet), _entries(totals[facet]))
        if self.form.filters and self.found.unfiltered_total:
            yield Help("x", _("Alle Filter entfernen"), self.unfiltered_url(), _entries(self.found.unfiltered_total))

    def _fewer_words(self) -> Iterator[Help]:
        if self.found.unfiltered_total:
            return
        for word, count in queries.find_shorter(self.wanted, self.found.fallback):
            url = self.address([("q", word), *self.kept("q", "exact", "synonyms")])
            yield Help("search", _("Nur nach „%(word)s“ suchen", word=word), url, _entries(count))


def _draw_hits(
    rows: list[Row], terms: Terms, text: str, words: tuple[str, ...], saved: frozenset[int], why: str
) -> Markup:
    marked = mark_rows(rows, terms, words)
    pages = find_page_hits([row.id for row in rows if row.file_type], terms, words)
    address = Addresses()
    return _draw(
        "search/_hits.html",
        hits=[
            Hit(
                row,
                *marked[row.id],
                address.show % row.id,
                address.keep % row.id,
                row.id in saved,
                why and why % row.id,
                address.picture % row.preview_id if row.preview_id else "",
                shown.pages,
                shown.more,
                shown.url,
            )
            for row in rows
            for shown in [_shown_pages(pages.get(row.id), text)]
        ],
    )


def _shown_pages(found: PageHits | None, text: str) -> ShownPages:
    if found is None:
        return ShownPages([])
    shown = [
        ShownPage(page_label(hit.extension, hit.number), as_markup(hit.pieces), page_address(hit, text))
        for hit in found.hits
    ]
    more = ngettext("%(n)s weitere Fundstelle", "%(n)s weitere Fundstellen", found.more, n=number(found.more))
    first = found.hits[0]
    is_pdf = first.extension == "pdf"
    listed = url_for("entries.view_file", attachment_id=first.file_id, q=text) if is_pdf else ""
    return ShownPages(shown, more if found.more else "", listed)


def page_address(hit: PageHit, text: str) -> str:
    """Where the page opens with the words marked: a PDF in the viewer, anything else as text."""
    if hit.extension == "pdf":
        return url_for("entries.view_file", attachment_id=hit.file_id, page=hit.number, q=text)
    anchor = f"seite-{hit.number}"
    return url_for("entries.text", attachment_id=hit.file_id, seite=hit.number, q=text, _anchor=anchor)


def _draw(template: str, **values: Any) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704 - drawn by a template, which has escaped it


def _entries(count: int) -> str:
    return ngettext("%(n)s Eintrag", "%(n)s Einträge", count, n=number(count))


def _left_out_sentences() -> dict[str, str]:
    return {
        "too_long": _("Ihre Suche war länger als 200 Zeichen. Gesucht wurde nach dem Anfang."),
        "too_many_words": _("Ihre Suche hatte sehr viele Wörter. Gesucht wurde nach den ersten zwölf."),
        "short_prefix": _("Ein Wortanfang braucht mindestens drei Buchstaben; kürzere wurden weggelassen."),
        "wildcard": _("Platzhalter wie * und ? wurden weggelassen. Wortanfänge findet die Suche auch ohne sie."),
        "unclosed_quote": _("Ein Anführungszeichen ohne Gegenstück wurde weggelassen."),
        "unknown_field": _("Eine Angabe vor einem Doppelpunkt kennt die Suche nicht; sie gilt als gewöhnliches Wort."),
        "unknown_year": _("Eine Jahresangabe war nicht zu verstehen. Möglich sind jahr:2021 oder jahr:2019-2022."),
        "common_phrase": _(
            "Die Wörter Ihrer genauen Wortfolge kommen sehr oft vor. Durchsucht wurden die Einträge, in denen sie am"
            " meisten zählen; weitere können fehlen. Ein zusätzliches Wort hilft."
        ),
        OUT_OF_TIME: _(
            "Diese Suche dauerte zu lange; verwandte Wörter und genaue Wortfolgen wurden nur zum Teil gesucht."
            " Bitte versuchen Sie es mit weniger Wörtern."
        ),
        "only_stop_words": _("Ihre Suche besteht nur aus Wörtern, die überall vorkommen. Bitte nennen Sie ein Thema."),
    }
