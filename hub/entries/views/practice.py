""" "Wer macht das schon?": what organisations do with a method or project, on its page and in a form."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts.queries import find_organisations
from hub.core.actor import require
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.entries import policy, queries
from hub.entries.forms import OrganisationChoice
from hub.entries.models import PRACTICE_LABELS, Entry, Practice, PracticeState
from hub.entries.practice_forms import PracticeForm
from hub.entries.service import practice as service
from hub.entries.service.practice import PracticeDetails
from hub.entries.views.blueprint import bp
from hub.web.guard import requires, safe_next
from hub.web.parked import parked_form

REMOVED = "removed_practice"
STATE_ICONS = {"planned": "calendar", "running": "refresh", "finished": "circle-check", "dropped": "ban"}


def practice_of(entry: Entry) -> dict[str, Any]:
    """What the page of an entry says about who does this; a removal just made can be undone there."""
    takes_practice = policy.takes_practice(entry)
    practices = queries.find_practices(entry) if takes_practice else []
    own = next((row for row in practices if row.organisation_id == current_user.organisation_id), None)
    removed = session.get(REMOVED)
    return {
        "takes_practice": takes_practice,
        "practices": practices,
        "practice_ids": {row.id for row in practices if policy.may_speak_for(current_user, row.organisation_id)},
        "may_add_practice": takes_practice and (current_user.is_office or own is None),
        "removed_practice": session.pop(REMOVED) if removed and removed["entry_id"] == entry.id else None,
    }


def since_text(year: int, month: int | None) -> str:
    """März 2024, or 2024."""
    return format_date(date(year, month, 1), "MMMM y") if month else str(year)


@bp.app_context_processor
def for_templates() -> dict[str, Any]:
    """What the lists of practice on several pages share."""
    return {"since_text": since_text, "practice_icons": STATE_ICONS, "practice_labels": PRACTICE_LABELS}


@bp.route("/entries/<int:entry_id>/practice", methods=["GET", "POST"])
@requires(Permission.PRACTICE_RECORD)
def record_practice(entry_id: int) -> ResponseReturnValue:
    """Say what the own organisation does with this; the office chooses the organisation."""
    entry = queries.get_entry(current_user, entry_id)
    if not policy.takes_practice(entry):
        raise Refused(_("Das geht nur bei veröffentlichten Methoden und Projekten."))
    known = None if current_user.is_office else queries.find_practice_id(entry_id, current_user.organisation_id)
    if known is not None and request.method == "GET":
        return redirect(url_for("entries.change_practice", practice_id=known), 303)
    form = PracticeForm(parked_form() or request.form, organisations=_organisations(), review_on=service.in_a_year())
    if request.method == "GET" or not form.validate():
        return _form_page(entry, form)
    organisation_id = int(form.organisation.data) if form.organisation else current_user.organisation_id
    try:
        service.record_practice(current_user, entry_id, organisation_id, _details(form))
    except Refused as error:
        form.form_errors.append(error.message)
        return _form_page(entry, form)
    except Conflict as error:
        return _beside_known(entry, form, organisation_id, error)
    flash(_("Danke. Die Angabe ist sofort für alle Mitglieder sichtbar."), "success")
    return _to_entry(entry_id)


@bp.route("/practice/<int:practice_id>/edit", methods=["GET", "POST"])
@requires(Permission.PRACTICE_RECORD)
def change_practice(practice_id: int) -> ResponseReturnValue:
    """Change what an organisation says; whoever was slower sees what is saved."""
    practice = queries.get_practice(current_user, practice_id)
    require(policy.may_speak_for(current_user, practice.organisation_id))
    entry = queries.get_entry(current_user, practice.entry_id)
    form = PracticeForm(parked_form() or request.form, **_values(practice))
    if request.method == "GET" or not form.validate():
        return _form_page(entry, form, practice)
    try:
        service.change_practice(current_user, practice_id, _details(form), form.known_version())
    except Refused as error:
        form.form_errors.append(error.message)
        return _form_page(entry, form, practice)
    except Conflict as error:
        practice = queries.get_practice(current_user, practice_id)
        form.form_errors.append(error.message)
        form.accept_version(practice.version)
        return _form_page(entry, form, practice, has_moved_on=True)
    flash(_("Die Änderungen sind gespeichert."), "success")
    return _to_entry(entry.id)


@bp.post("/practice/<int:practice_id>/confirm")
@requires(Permission.PRACTICE_RECORD)
def confirm_practice(practice_id: int) -> ResponseReturnValue:
    """It still holds."""
    service.confirm_practice(current_user, practice_id)
    flash(_("Danke. In zwölf Monaten fragen wir wieder nach."), "success")
    return redirect(safe_next(request.form.get("next")), 303)


@bp.post("/practice/<int:practice_id>/remove")
@requires(Permission.PRACTICE_RECORD)
def remove_practice(practice_id: int) -> ResponseReturnValue:
    """Take it out; the page of the entry offers to undo it."""
    practice = service.remove_practice(current_user, practice_id)
    session[REMOVED] = {"id": practice.id, "entry_id": practice.entry_id, "organisation": practice.organisation.label}
    return _to_entry(practice.entry_id)


@bp.post("/practice/<int:practice_id>/restore")
@requires(Permission.PRACTICE_RECORD)
def restore_practice(practice_id: int) -> ResponseReturnValue:
    """Undo a removal."""
    practice = service.restore_practice(current_user, practice_id)
    flash(_("Die Angabe ist wieder da."), "success")
    return _to_entry(practice.entry_id)


def _organisations() -> list[OrganisationChoice]:
    """The office speaks for any organisation, everybody else for the own one."""
    if not current_user.is_office:
        return []
    return [OrganisationChoice(row.id, row.name, row.label) for row in find_organisations()]


def _details(form: PracticeForm) -> PracticeDetails:
    return PracticeDetails(
        state=PracticeState(form.state.data),
        since_year=int(form.since_year.data or 0),
        since_month=int(form.since_month.data) if form.since_month.data else None,
        experience=form.experience.data or "",
        contact=form.contact.data or "",
        contact_email=form.contact_email.data or "",
        review_on=form.review_on.data,
    )


def _values(practice: Practice) -> dict[str, Any]:
    return {
        "state": practice.state,
        "since_year": str(practice.since_year),
        "since_month": str(practice.since_month or ""),
        "experience": practice.experience,
        "contact": practice.contact,
        "contact_email": practice.contact_email,
        # What is overdue is looked at right now, so the next look is preset.
        "review_on": service.in_a_year() if practice.review_on <= service.in_a_year() else practice.review_on,
        "version": practice.version,
    }


def _beside_known(entry: Entry, form: PracticeForm, organisation_id: int, error: Conflict) -> ResponseReturnValue:
    """Somebody was faster: what is saved stands beside what was typed, and saving again changes it."""
    known_id = queries.find_practice_id(entry.id, organisation_id)
    if known_id is None:
        raise error
    practice = queries.get_practice(current_user, known_id)
    form.form_errors.append(error.message or _("Für diese Organisation steht hier schon etwas."))
    form.accept_version(practice.version)
    return _form_page(entry, form, practice, has_moved_on=True)


def _form_page(
    entry: Entry,
    form: PracticeForm,
    practice: Practice | None = None,
    has_moved_on: bool = False,
) -> ResponseReturnValue:
    page = render_template(
        "entries/practice_form.html",
        entry=entry,
        form=form,
        practice=practice,
        organisation=practice.organisation.label if practice else current_user.organisation_name,
        has_moved_on=has_moved_on,
    )
    return page, 422 if form.errors else 200


def _to_entry(entry_id: int) -> ResponseReturnValue:
    return redirect(url_for("entries.show", entry_id=entry_id, _anchor="wer-macht-das"), 303)
