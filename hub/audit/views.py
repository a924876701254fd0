"""The audit page of the administration."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.audit import queries, service
from hub.audit.details import detail_in_words
from hub.audit.events import EVENTS, THINGS, label_of
from hub.audit.forms import WantedForm
from hub.audit.models import AuditEvent
from hub.audit.queries import Wanted
from hub.core import clock
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.core.tables import csv_lines
from hub.core.text import clean_line
from hub.web.guard import requires

bp = Blueprint("audit", __name__, url_prefix="/audit")
LONGEST_CODE = 60
_names_of: list[Callable[[Sequence[int]], dict[int, str]]] = []
_find_people: list[Callable[[str], Iterable[int]]] = []
_pages_of: dict[str, Callable[[int], str]] = {}


def on_people(names_of: Callable[[Sequence[int]], dict[int, str]], find: Callable[[str], Iterable[int]]) -> None:
    """Register what knows people: names by number, and the numbers that a name or address stands for."""
    _names_of[:], _find_people[:] = [names_of], [find]


def on_thing(thing: str, page_of: Callable[[int], str]) -> None:
    """Register the address of the page about a thing with a number."""
    _pages_of[thing] = page_of


@bp.get("")
@requires(Permission.AUDIT_READ)
def events() -> ResponseReturnValue:
    """What happened, newest first, by person, event, thing and period."""
    form = _form(request.args)
    is_right = form.validate()
    before = request.args.get("before")
    wanted = _wanted(form) if is_right else Wanted(actor_ids=frozenset())
    found = queries.find_events(current_user._get_current_object(), wanted, page_number(before) if before else None)
    values: dict[str, Any] = {name: request.args.get(name) for name in form.data if request.args.get(name)}
    html = render_template(
        "audit/events.html",
        form=form,
        found=found,
        names=_names(found.events),
        label_of=label_of,
        detail_in_words=detail_in_words,
        things=THINGS,
        page_of=_page_of,
        filters=values,
        older=url_for("audit.events", before=found.next_before, **values) if found.next_before else "",
        newest=url_for("audit.events", **values),
    )
    return html, 200 if is_right else 422


@bp.post("/export")
@requires(Permission.AUDIT_READ)
def export() -> ResponseReturnValue:
    """The same events as a table; that somebody took it is an event itself."""
    form = _form(request.form)
    actor = current_user._get_current_object()
    wanted = _wanted(form) if form.validate() else Wanted(actor_ids=frozenset())
    events = list(queries.each_event(actor, wanted))
    service.record_export(actor, len(events))
    name = f"protokoll-{clock.today().isoformat()}.csv"
    answer = Response("".join(csv_lines(_table(events))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _form(values: Any) -> WantedForm:
    form = WantedForm(values)
    form.action.choices = [("", _("Alles")), *sorted(((code, str(e.label)) for code, e in EVENTS.items()), key=_label)]
    form.thing.choices = [("", _("Alles")), *sorted(((code, str(label)) for code, label in THINGS.items()), key=_label)]
    return form


def _label(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def _wanted(form: WantedForm) -> Wanted:
    who = clean_line(form.who.data)
    return Wanted(
        actor_ids=frozenset(_find_people[0](who)) if who else None,
        action=clean_line(form.action.data)[:LONGEST_CODE],
        thing=clean_line(form.thing.data)[:LONGEST_CODE],
        thing_id=form.number.data,
        first_on=form.first.data,
        last_on=form.last.data,
    )


def _names(events: Sequence[AuditEvent]) -> dict[int, str]:
    """Names of those who acted and of the accounts that were acted on."""
    numbers = {event.actor_id for event in events} | {e.thing_id for e in events if e.thing in ("user", "session")}
    return _names_of[0](sorted(number for number in numbers if number is not None))


def _page_of(event: AuditEvent) -> str:
    page_of = _pages_of.get(event.thing)
    return page_of(event.thing_id) if page_of and event.thing_id is not None else ""


def _table(events: Sequence[AuditEvent]) -> Iterable[Sequence[Any]]:
    names = _names(events)
    yield (
        _("Nummer"), _("Zeit (UTC)"), _("Person"), _("Name"), _("Code"), _("Was"), _("Woran"), _("Nummer davon"),
        _("Einzelheiten"), _("Anfrage"), _("Hash"),
    )  # fmt: skip
    for e in events:
        name = names.get(e.actor_id, "") if e.actor_id is not None else ""
        detail = "; ".join(f"{key}: {value}" for key, value in (e.detail or {}).items())
        yield (
            e.id, e.at.isoformat(), e.actor_id, name, e.action, label_of(e.action), e.thing, e.thing_id, detail,
            e.request, e.hash,
        )  # fmt: skip
