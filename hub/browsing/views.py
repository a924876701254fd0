"""Start page, collections as board and list, member cities, and whether the hub is alive."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from hub.accounts.service import people
from hub.browsing import queries
from hub.browsing.narrowing import Address, FacetCounts, address_of, chips_of, facets_of, kind_chips_of, read_filters
from hub.browsing.queries import Member, Shelf
from hub.core.paging import PER_PAGE, Page, page_number
from hub.core.permissions import Permission
from hub.curation.featuring.models import START
from hub.curation.featuring.queries import find_featured_ids
from hub.entries import policy
from hub.entries import queries as entries
from hub.entries.cards import Card, cards_of
from hub.entries.queries import ARRANGED, NO_SECTION, SORTS, Filters, Row
from hub.freshness.queries import find_own_progress
from hub.indexing.generation import cached
from hub.moderation import report_queries
from hub.pages import announcing
from hub.web.dotmap import draw_map
from hub.web.filters import ago, number
from hub.web.guard import public, requires

bp = Blueprint("browsing", __name__)

NEWEST, SHOWN, SINCE, MARKED = 8, 4, 5, 3
KEPT_PAGES = 5
SHELF_SORTS = (ARRANGED, *SORTS)


@dataclass(frozen=True, slots=True)
class Tile:
    """The shape that ``ui.collection_tile`` takes, and the introduction."""

    url: str
    title: str
    icon: str
    colour: str
    introduction: str
    count_text: str
    freshness: str
    new_count: int


@dataclass(frozen=True, slots=True)
class Column:
    """One section on the board."""

    title: str
    count: int
    cards: list[Card]
    url: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What differs between two people who look at the same list."""

    saved: frozenset[int]
    since: datetime | None

    def traces(self, rows: Iterable[Row]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Which of the rows this person has marked, and which are new to them."""
        rows = list(rows)
        marked = tuple(row.id for row in rows if row.id in self.saved)
        new = tuple(row.id for row in rows if self.since and row.published_at and row.published_at > self.since)
        return marked, new


@bp.get("/")
@requires(Permission.ENTRY_READ)
def start() -> ResponseReturnValue:
    """Search, collections, what is new, what is marked."""
    since = current_user.previous_visit_at
    marked = entries.find_bookmark_ids(current_user)
    newest = queries.find_newest_ids(NEWEST)
    queries.read_front()
    featured = find_featured_ids(START)
    rows = queries.find_rows(tuple(dict.fromkeys((*newest, *marked[:MARKED], *featured))))
    newest_cards = cards_of([rows[i] for i in newest if i in rows], marked, since)
    members = queries.find_members()
    return render_template(
        "browsing/start.html",
        tiles=_tiles(since),
        total=number(queries.count_published()),
        notices=announcing.find_today(),
        featured=cards_of([rows[i] for i in featured if i in rows], marked, since),
        newest=newest_cards[:SHOWN],
        since=since,
        since_count=queries.count_since(since)[0] if since else 0,
        fresh=[card for card in newest_cards if card.is_new][:SINCE],
        marked=cards_of([rows[i] for i in marked[:MARKED] if i in rows], marked),
        thanks=report_queries.find_thanks(current_user),
        own_text=_own_text(members, current_user.organisation_id),
        map=_map(members),
    )


@bp.post("/mark-read")
@requires(Permission.ENTRY_READ)
def mark_read() -> ResponseReturnValue:
    """Count everything published so far as read."""
    people.mark_read(current_user)
    return redirect(url_for("browsing.start"), 303)


@bp.get("/cities")
@requires(Permission.ENTRY_READ)
def cities() -> ResponseReturnValue:
    """All members with the number of their entries; the map in words."""
    members = queries.find_members()
    return render_template(
        "browsing/cities.html",
        cities=[member for member in members if member.kind == "city"],
        others=[member for member in members if member.kind != "city"],
        entry_count=_entry_count,
        map=_map(members, labels=True),
    )


@bp.get("/organisations/<int:organisation_id>")
@requires(Permission.ENTRY_READ)
def organisation(organisation_id: int) -> ResponseReturnValue:
    """A member city or body: what it does, what it has contributed; its own people see what to look at again."""
    found = queries.get_member(organisation_id)
    filters = Filters(organisation=(str(organisation_id),))
    page = Page(page_number(request.args.get("page"), Page(1, PER_PAGE, found.count).last), PER_PAGE, found.count)
    practices = entries.find_practices_of(organisation_id)
    may_speak = policy.may_speak_for(current_user, organisation_id)
    return render_template(
        "browsing/organisation.html",
        organisation=found,
        rows=entries.find_page(filters, SORTS[0], page.offset, PER_PAGE),
        saved_ids=entries.bookmark_ids(current_user),
        count_text=_entry_count(found.count),
        page=page,
        page_url=lambda wanted: url_for("browsing.organisation", organisation_id=organisation_id, page=wanted),
        practices=[row for row in practices if not (may_speak and row.is_overdue)],
        overdue=[row for row in practices if may_speak and row.is_overdue],
        practice_count=len(practices),
        may_speak=may_speak,
        may_edit=current_user.may(Permission.ORGANISATION_EDIT),
        clean=find_own_progress(current_user, organisation_id),
    )


@bp.get("/account/organisation")
@requires(Permission.ENTRY_READ)
def own_organisation() -> ResponseReturnValue:
    """To the page of the reader's own organisation."""
    return redirect(url_for("browsing.organisation", organisation_id=current_user.organisation_id), 303)


@bp.get("/collections")
@requires(Permission.ENTRY_READ)
def collections() -> ResponseReturnValue:
    """All collections with their introductions."""
    return render_template(
        "browsing/collections.html",
        tiles=_tiles(current_user.previous_visit_at),
        total=number(queries.count_published()),
        may_arrange=current_user.may(Permission.COLLECTION_EDIT),
    )


@bp.get("/collections/<slug>")
@requires(Permission.ENTRY_READ)
def collection(slug: str) -> ResponseReturnValue:
    """One collection as a board (sections side by side) or as a list with filters."""
    shelf = queries.get_shelf(slug)
    filters = read_filters(request.args, shelf.id)
    reader = Reader(entries.bookmark_ids(current_user), current_user.previous_visit_at)
    draw = _list if request.args.get("view") == "list" else _board
    _total, facets = entries.count_facets(Filters(collection_id=shelf.id))
    origins = len(facets["organisation"])
    featured = find_featured_ids(shelf.id)
    rows = queries.find_rows(featured) if featured and not filters.is_narrowed else {}
    return render_template(
        "browsing/collection.html",
        shelf=shelf,
        content=draw(shelf, filters, reader),
        featured=cards_of([rows[i] for i in featured if i in rows], reader.saved, reader.since, shelf.slug),
        count_text=_entry_count(shelf.count),
        origin_text=ngettext("aus %(num)s Stadt oder Stelle", "aus %(num)s Städten und Stellen", origins),
        freshness=_("ergänzt %(when)s", when=ago(shelf.newest_at)),
    )


@bp.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Whether this process reaches its database; for the operator's monitoring."""
    try:
        queries.reach_database()
    except SQLAlchemyError:
        return "database not reached", 503, {"Content-Type": "text/plain; charset=utf-8"}
    return "ok", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _board(shelf: Shelf, filters: Filters, reader: Reader) -> Markup:
    board = queries.find_board(filters)

    def draw() -> str:
        _total, facets = entries.count_facets(filters)
        path = url_for("browsing.collection", slug=shelf.slug)
        address = address_of(path, filters)
        as_list = address_of(path, filters, [("view", "list")])
        return render_template(
            "browsing/_board.html",
            title=shelf.title,
            columns=_columns(shelf, filters, board, facets, as_list, reader),
            kinds=kind_chips_of(address, filters, facets),
            chips=chips_of(address, filters, facets, leave_out=("kind",)),
            is_narrowed=filters.is_narrowed,
            board_url=str(address),
            list_url=str(as_list),
            bare_url=path,
            add_url=url_for("entries.submit", collection=shelf.slug),
        )

    key = None if filters.is_narrowed else ("board", filters)
    return _drawn(key, reader.traces(row for column in board.values() for row in column), draw)


def _columns(
    shelf: Shelf,
    filters: Filters,
    board: dict[int | None, list[Row]],
    facets: FacetCounts,
    as_list: Address,
    reader: Reader,
) -> list[Column]:
    """The sections in their order; entries without one stand last, if there are any."""
    counts = {value: count for value, _label, count in facets["section"]}
    wanted: list[tuple[int | None, str, str]] = [(number, title, title) for number, title in shelf.sections]
    if filters.section:
        wanted = [column for column in wanted if column[1] in filters.section]
    if None in board:
        wanted.append((None, NO_SECTION, _("Ohne Abschnitt")))
    return [
        Column(
            title,
            counts.get(value, 0),
            cards_of(board.get(section_id, ()), reader.saved, reader.since, shelf.slug),
            str(as_list.with_value("section", value)),
        )
        for section_id, value, title in wanted
    ]


def _list(shelf: Shelf, filters: Filters, reader: Reader) -> Markup:
    total, facets = entries.count_facets(filters)
    sort = request.args.get("sort", "")
    sort = sort if sort in SHELF_SORTS else ARRANGED
    page = Page(page_number(request.args.get("page"), Page(1, PER_PAGE, total).last), PER_PAGE, total)
    rows = entries.find_page(filters, sort, page.offset, PER_PAGE)

    def draw() -> str:
        path = url_for("browsing.collection", slug=shelf.slug)
        state = [("view", "list"), *([("sort", sort)] if sort != ARRANGED else [])]
        address = address_of(path, filters, state)
        paging = f"{address}&page="
        return render_template(
            "browsing/_list.html",
            shelf=shelf,
            path=path,
            cards=cards_of(rows, reader.saved, reader.since, shelf.slug),
            count_text=_entry_count(total),
            facets=facets_of(shelf, filters, facets),
            chips=chips_of(address, filters, facets),
            is_narrowed=filters.is_narrowed,
            state=state,
            sort=sort,
            sorts=[
                (ARRANGED, _("Empfohlene Reihenfolge")),
                ("newest", _("Zuletzt aufgenommen")),
                ("year", _("Erscheinungsjahr")),
                ("title", _("Titel A–Z")),
            ],
            kept_by_sort=address.without("sort").pairs,
            page=page,
            page_url=lambda wanted: f"{paging}{wanted}",
            bare_url=str(Address(path, tuple(state))),
            board_url=str(address_of(path, filters)),
            list_url=str(address),
            add_url=url_for("entries.submit", collection=shelf.slug),
        )

    is_common = not filters.is_narrowed and page.number <= KEPT_PAGES
    return _drawn(("list", filters, sort, page.number) if is_common else None, reader.traces(rows), draw)


def _drawn(key: Hashable | None, traces: Hashable, draw: Callable[[], str]) -> Markup:
    """A drawn part of a page; under a key it is kept for everyone who leaves the same traces on it."""
    if key is None:
        return Markup(draw())  # noqa: S704 - drawn by a template, which has escaped it
    return cached(("drawn", str(get_locale()), key, traces), lambda: Markup(draw()))  # noqa: S704 - as above


def _tiles(since: datetime | None) -> list[Tile]:
    new_counts = queries.count_since(since)[1] if since else {}
    return [
        Tile(
            url=url_for("browsing.collection", slug=shelf.slug),
            title=shelf.title,
            icon=shelf.icon,
            colour=shelf.colour,
            introduction=shelf.summary,
            count_text=_entry_count(shelf.count),
            freshness=_("Ergänzt %(when)s", when=ago(shelf.newest_at)) if shelf.newest_at else "",
            new_count=new_counts.get(shelf.id, 0),
        )
        for shelf in queries.find_shelves()
    ]


def _entry_count(count: int) -> str:
    return ngettext("%(number)s Eintrag", "%(number)s Einträge", count, number=number(count))


def _own_text(members: Sequence[Member], organisation_id: int | None) -> str:
    """How much the reader's own city or body has shared so far."""
    own = next((member for member in members if member.id == organisation_id), None)
    if own is None:
        return ""
    if not own.count:
        return _("Von „%(who)s“ gibt es noch keinen Eintrag.", who=own.label)
    if own.kind == "city":
        return ngettext(
            "Aus %(city)s kommt %(n)s Eintrag.", "Aus %(city)s kommen %(n)s Einträge.",
            own.count, city=own.name, n=number(own.count),
        )  # fmt: skip
    return ngettext(
        "Von „%(who)s“ kommt %(n)s Eintrag.", "Von „%(who)s“ kommen %(n)s Einträge.",
        own.count, who=own.label, n=number(own.count),
    )  # fmt: skip


def _map(members: Sequence[Member], labels: bool = False) -> Markup:
    places = [
        (member.name, member.longitude, member.latitude)
        for member in members
        if member.kind == "city" and member.longitude is not None and member.latitude is not None
    ]
    return draw_map(places, _("Karte von Deutschland mit %(n)s Mitgliedsstädten", n=len(places)), labels)
