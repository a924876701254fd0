"""The text of a file as a page: for reading aloud, for small screens, and for what a search has found in it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.entries import queries
from hub.entries.marking import marked, sought_by
from hub.entries.queries import PAGES_AT_ONCE
from hub.entries.views.blueprint import bp
from hub.web.guard import requires


@bp.get("/files/<int:attachment_id>/text")
@requires(Permission.ENTRY_READ)
def text(attachment_id: int) -> ResponseReturnValue:
    """The text of a file by pages; ``seite`` chooses the part in which a page stands, the words of ``q`` are marked."""
    document = queries.get_document(current_user, attachment_id)
    last = max(1, -(-document.text.page_count // PAGES_AT_ONCE))
    part = part_of(request.args.get("seite", ""))
    if part > last:
        raise Missing
    sought = sought_by(request.args.get("q", ""))
    return render_template(
        "entries/text.html",
        document=document,
        pages=[(number, marked(text, sought)) for number, text in queries.find_document_pages(document, part)],
        q=sought.text,
        page_label=queries.page_label,
        part=part,
        last=last,
        pages_at_once=PAGES_AT_ONCE,
    )


def part_of(number: str) -> int:
    """The part in which a page stands; the first one when it is no number."""
    is_number = number.isascii() and number.isdecimal() and len(number) < 9
    return (max(1, int(number)) - 1) // PAGES_AT_ONCE + 1 if is_number else 1
