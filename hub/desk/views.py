"""Pages of this room: the queue, and the words that go with a decision."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.core.errors import Refused
from hub.core.findings import Settled
from hub.core.permissions import Permission
from hub.desk import queries, service, sources, words
from hub.desk.choosing import HANDS, PROPOSED, REFUSE, Row, row_of, rows_of, value_of
from hub.desk.forms import WordsForm
from hub.desk.service import Choice
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires

bp = Blueprint("desk", __name__, url_prefix="/desk")
POSITION = "desk_position"


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def queue() -> ResponseReturnValue:
    """All that waits, or one source of it by ?source=."""
    actor = current_user._get_current_object()
    counts = queries.count_by_source(actor)
    only = request.args.get("source", "")
    only = only if only in counts else ""
    queues = queries.find_queues(actor, counts, only)
    position = session.pop(POSITION, None)
    shown = sum(len(queue.findings) for queue in queues)
    return render_template(
        "desk/queue.html",
        queues=queues,
        only=only,
        every=[(source, counts[source.name]) for source in sources.every()],
        total=counts[only] if only else sum(counts.values()),
        shown=shown,
        position=min(position, shown - 1) if position is not None else None,
        empty=sources.EMPTY,
        value_of=value_of,
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
    try:
        _settle([choice for _row, choice in choices], form.text.data or "")
    except Refused as error:
        form.text.errors = [error.message]
        return _words_page(form, choices), 422
    if len(rows) > len(choices):
        left = len(rows) - len(choices)
        flash(
            ngettext(
                "Eine Zeile bietet das nicht an und bleibt.", "%(num)s Zeilen bieten das nicht an und bleiben.", left
            ),
            "info",
        )
    return _back()


def _chosen() -> tuple[list[Row], list[tuple[Row, Choice]]]:
    """The rows of the form, and what shall be done with those that offer it."""
    if one := request.form.get("one"):
        row = row_of(one)
        [deed] = row.deeds[:1]
        return [row], [(row, Choice(row.source, row.thing_id, row.version, deed.rstrip("!")))]
    rows = rows_of(request.form.getlist("row"))
    hand = request.form.get("hand", "")
    if hand not in (PROPOSED, *HANDS):
        raise Refused
    return rows, [(row, choice) for row in rows if (choice := row.choice(hand)) is not None]


def _settle(choices: list[Choice], text: str) -> None:
    """Pass it on and say what became of it."""
    for (name, deed), settled in service.settle(current_user._get_current_object(), choices, text).items():
        _tell(words.told(name, deed, settled), settled)
        if settled.conflicts:
            flash(words.conflicts(settled), "warning")
    session[POSITION] = request.form.get("position", 0, type=int)


def _tell(text: str, settled: Settled) -> None:
    if settled.count and settled.undo_id is not None:
        flash_with_undo(text, url_for("undoing.undo", action_id=settled.undo_id, next=url_for("desk.queue")))
    elif settled.count:
        flash(text, "success")


def _words_page(form: WordsForm, choices: list[tuple[Row, Choice]]) -> str:
    actor = current_user._get_current_object()
    wanted = {(choice.source, choice.thing_id) for _row, choice in choices}
    names = sorted({name for name, _number in wanted})
    findings = [f for name in names for f in sources.get(name).find(actor, queries.MOST_ROWS)]
    return render_template(
        "desk/words.html",
        form=form,
        titles=[f.title for f in findings if (f.source, f.thing_id) in wanted],
        number=len(choices),
        is_refusal=request.form.get("hand") == REFUSE or any(c.deed in HANDS[REFUSE] for _r, c in choices),
        fields=_fields(),
    )


def _fields() -> list[tuple[str, Any]]:
    """What the form carried, to be carried on."""
    names = ("one", "hand", "row", "source", "position")
    return [(name, value) for name in names for value in request.form.getlist(name)]


def _back() -> ResponseReturnValue:
    return redirect(url_for("desk.queue", source=request.form.get("source") or None), 303)
