"""Pages of this room: the queue, and the words that go with a decision."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.collections.queries import find_collections
from hub.core import clock
from hub.core.actor import Actor
from hub.core.errors import Refused
from hub.core.permissions import Permission
from hub.desk import queries, service, sources, words
from hub.desk.choosing import HANDS, PROPOSED, REFUSE, Row, row_of, rows_of, value_of
from hub.desk.forms import PlaceForm, WordsForm
from hub.desk.service import Choice
from hub.moderation.source import SUBMISSIONS
from hub.undoing.telling import flash_notes
from hub.undoing.working import IN_REQUEST
from hub.web.guard import requires

bp = Blueprint("desk", __name__, url_prefix="/desk")
POSITION = "desk_position"
CARRIED = ("one", "hand", "row", "every", "until", "source", "assigned", "position")
MOST_AT_ONCE = 10_000
NOBODY = "0"


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def queue() -> ResponseReturnValue:
    """All that waits, or one source of it by ?source=; by ?assigned= only what is mine or nobody's."""
    actor = _actor()
    counts = queries.count_by_source(actor)
    only = request.args.get("source", "")
    only = only if only in counts else ""
    assigned = request.args.get("assigned", "")
    assigned = assigned if assigned in (queries.MINE, queries.NOBODYS) else ""
    office = queries.find_office(actor)
    queues = queries.find_queues(actor, counts, only, queries.MOST_LOOKED_AT if assigned else queries.MOST_ROWS)
    if assigned:
        queues = queries.narrow(actor, queues, office, assigned)
    shown = sum(len(queue.findings) for queue in queues)
    position = session.pop(POSITION, None)
    return render_template(
        "desk/queue.html",
        queues=queues,
        only=only,
        assigned=assigned,
        office=office,
        every=[(source, counts[source.name]) for source in sources.every()],
        since={queue.source.name: queue.findings[0].since for queue in queues if queue.findings},
        total=sum(queue.count for queue in queues),
        shown=shown,
        position=min(position, shown - 1) if position is not None else None,
        empty=sources.EMPTY,
        notices=sources.notices(),
        value_of=value_of,
        now=clock.now().isoformat(),
    )


@bp.post("/settle")
@requires(Permission.ENTRY_REVIEW)
def settle() -> ResponseReturnValue:
    """Do what was chosen with the rows; ask for words first where they are needed."""
    rows, choices = _chosen()
    if not choices:
        flash(_("Bitte wählen Sie erst Zeilen aus, zu denen das passt."), "warning")
        return _back()
    needs_words = any(row.needs_words(choice) for row, choice in choices)
    form = WordsForm(request.form)
    if needs_words and "text" not in request.form:
        return _words_page(form, choices)
    if not form.validate():
        return _words_page(form, choices), 422
    if needs_words and len(choices) > IN_REQUEST and not form.text.data:
        form.text.errors = [_("Bitte schreiben Sie etwas.")]
        return _words_page(form, choices), 422
    try:
        number = _settle([choice for _row, choice in choices], form.text.data or "")
    except Refused as error:
        if not needs_words:
            raise
        form.text.errors = [error.message]
        return _words_page(form, choices), 422
    _say_what_stays(len(rows) - len(choices))
    return redirect(url_for("undoing.task", task_id=number), 303) if number else _back()


@bp.post("/assign")
@requires(Permission.ENTRY_REVIEW)
def assign() -> ResponseReturnValue:
    """Let somebody of the office look after the chosen rows, or nobody."""
    rows = _rows()
    assignee = request.form.get("assignee", NOBODY)
    if not rows or not (assignee.isascii() and assignee.isdigit()):
        flash(_("Bitte wählen Sie erst Zeilen aus, zu denen das passt."), "warning")
        return _back()
    things = [(row.source, row.thing_id) for row in rows]
    service.assign(_actor(), things, int(assignee[:9]) if assignee != NOBODY else None)
    flash(ngettext("Eine Zeile ist zugewiesen.", "%(num)s Zeilen sind zugewiesen.", len(rows)), "success")
    return _back()


@bp.post("/place")
@requires(Permission.ENTRY_REVIEW)
def place() -> ResponseReturnValue:
    """Put chosen submissions into another collection: first the choice, then the deed."""
    rows = _rows()
    chosen = {row.thing_id: row.version for row in rows if row.source == SUBMISSIONS.name}
    if not chosen:
        flash(_("Bitte wählen Sie erst Einträge aus dem Eingang aus."), "warning")
        return _back()
    form = PlaceForm(request.form, collections=[(str(c.id), c.title) for c in find_collections()])
    if "collection" not in request.form or not form.validate():
        page = render_template("desk/place.html", form=form, titles=_titles(rows), number=len(chosen), fields=_fields())
        return page, 422 if form.errors else 200
    _say_what_stays(len(rows) - len(chosen))
    collection_id = int(form.collection.data)
    if len(chosen) > IN_REQUEST:
        number = service.place_later(_actor(), collection_id, chosen, _address())
        return redirect(url_for("undoing.task", task_id=number), 303)
    flash_notes(service.place(_actor(), collection_id, chosen), url_for("desk.queue"))
    return _back()


def _actor() -> Actor:
    actor: Actor = current_user._get_current_object()
    return actor


def _chosen() -> tuple[Sequence[Row], list[tuple[Row, Choice]]]:
    """The rows of the form, and what shall be done with those that offer it."""
    if one := request.form.get("one"):
        row = row_of(one)
        return [row], [(row, Choice(row.source, row.thing_id, row.version, row.deeds[0].rstrip("!")))]
    rows = _rows()
    hand = request.form.get("hand", "")
    if hand not in (PROPOSED, *HANDS):
        raise Refused
    return rows, [(row, choice) for row in rows if (choice := row.choice(hand)) is not None]


def _rows() -> list[Row]:
    """What was ticked; with "every" all that waited in this source when the page was shown."""
    source = request.form.get("source", "")
    if not (source and request.form.get("every")):
        return rows_of(request.form.getlist("row"))
    until = clock.moment_of(request.form.get("until", ""))
    findings = sources.get(source).find(_actor(), MOST_AT_ONCE)
    return [row_of(value_of(finding)) for finding in findings if finding.since <= until]


def _settle(choices: list[Choice], text: str) -> int:
    """Pass it on and say what became of it; of many the number of the task that a worker does."""
    if len(choices) > IN_REQUEST:
        return service.settle_later(_actor(), choices, text, _address())
    flash_notes(words.notes(service.settle(_actor(), choices, text)), url_for("desk.queue"))
    session[POSITION] = request.form.get("position", 0, type=int)
    return 0


def _say_what_stays(number: int) -> None:
    if number:
        text = ngettext(
            "Eine Zeile bietet das nicht an und bleibt.", "%(num)s Zeilen bieten das nicht an und bleiben.", number
        )
        flash(text, "info")


def _words_page(form: WordsForm, choices: list[tuple[Row, Choice]]) -> str:
    return render_template(
        "desk/words.html",
        form=form,
        titles=_titles([row for row, _choice in choices]),
        number=len(choices),
        is_refusal=any(choice.deed in HANDS[REFUSE] for _row, choice in choices),
        fields=_fields(),
    )


def _titles(rows: Sequence[Row]) -> list[str]:
    """The titles of these rows, as far as they stand on a first page."""
    wanted = {(row.source, row.thing_id) for row in rows}
    names = sorted({name for name, _number in wanted})
    findings = [f for name in names for f in sources.get(name).find(_actor(), queries.MOST_ROWS)]
    return [f.title for f in findings if (f.source, f.thing_id) in wanted]


def _fields() -> list[tuple[str, Any]]:
    """What the form carried, to be carried on."""
    return [(name, value) for name in CARRIED for value in request.form.getlist(name)]


def _back() -> ResponseReturnValue:
    return redirect(_address(), 303)


def _address() -> str:
    """The queue as it was shown."""
    source, assigned = (request.form.get(name) or None for name in ("source", "assigned"))
    return url_for("desk.queue", source=source, assigned=assigned)
