"""Looking at a PDF page by page, with the words of a search marked in it."""

import logging
from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from hub.core.errors import Conflict
from hub.core.permissions import Permission
from hub.entries import queries
from hub.entries.marking import as_markup, sought_by, written_forms
from hub.entries.models import Preview
from hub.entries.queries.hit_pages import FoundPage, find_hit_pages, get_page_text
from hub.entries.queries.previews import find_page_previews
from hub.entries.service import previews
from hub.entries.views.blueprint import bp
from hub.entries.views.files import INLINE, send
from hub.web.guard import requires

log = logging.getLogger("hub.entries")
MOST_HITS, MOST_DRAWN = 30, 8
MOST_DIGITS = 6


@bp.get("/files/<int:attachment_id>/view")
@requires(Permission.ENTRY_READ)
def view_file(attachment_id: int) -> ResponseReturnValue:
    """Read a PDF from ``page`` on with the words of ``q`` marked, or look at an image; else a download."""
    shown = queries.get_shown_file(current_user, attachment_id)
    if shown.file.extension != "pdf":
        return send(shown.file, as_download=shown.file.extension not in INLINE)
    sought = sought_by(request.args.get("q", ""))
    hits = find_hit_pages(attachment_id, sought, MOST_HITS)
    drawn = find_page_previews(attachment_id)
    page_count = shown.known.page_count if shown.known else 0
    first = hits[0].number if hits else 1
    page = page_of(request.args.get("page", ""), first, page_count)
    answer = render_template(
        "entries/viewer.html",
        shown=shown,
        file=shown.file,
        page=page,
        page_count=page_count,
        sought=sought,
        hits=[(hit.number, as_markup(hit.pieces), drawn.get(hit.number)) for hit in hits],
    )
    _have_drawn(attachment_id, hits, drawn)
    return answer


@bp.get("/files/<int:attachment_id>/words")
@requires(Permission.ENTRY_READ)
def words(attachment_id: int) -> ResponseReturnValue:
    """For the viewer: which words of a page the search ``q`` matches, as they are written there."""
    shown = queries.get_shown_file(current_user, attachment_id)
    sought = sought_by(request.args.get("q", ""))
    page = page_of(request.args.get("page", ""))
    return {"forms": written_forms(get_page_text(shown.file.id, page), sought) if sought.terms else {}}


def page_of(number: str, otherwise: int = 1, last: int = 0) -> int:
    """The number of a page from an address, within the document where its length is known."""
    is_number = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    page = max(1, int(number)) if is_number else otherwise
    return min(page, last) if last else page


def _have_drawn(attachment_id: int, hits: Sequence[FoundPage], drawn: Mapping[int, Preview]) -> None:
    """Let the pages with hits be drawn for the next look; never in the way of the page that shows them."""
    missing = [hit.number for hit in hits[:MOST_DRAWN] if hit.number not in drawn]
    if not missing or len(drawn) >= previews.MOST_PAGES:
        return
    try:
        previews.ask_for_pages(attachment_id, missing)
    except (SQLAlchemyError, Conflict) as reason:
        log.warning("pages with hits were not asked for: %s", type(reason).__name__)


