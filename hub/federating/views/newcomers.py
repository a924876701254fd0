"""People whom a provider vouches for and who wait for a yes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.federating import queries
from hub.federating.service import newcomers as service
from hub.federating.views.blueprint import bp
from hub.web.guard import requires

PERSON = "/people/waiting/<int:person_id>"


@bp.get("/people/waiting")
@requires(Permission.ACCOUNT_TEND)
def waiting() -> ResponseReturnValue:
    """Who waits: of the own organisation, or of all for the office."""
    return render_template("federating/newcomers.html", people=queries.find_waiting(current_user))


@bp.post(f"{PERSON}/admit")
@requires(Permission.ACCOUNT_TEND)
def admit(person_id: int) -> ResponseReturnValue:
    """Make the account."""
    person = queries.get_waiting(current_user, person_id)
    name = person.name
    try:
        service.admit(current_user, person)
    except (Refused, Conflict) as error:
        flash(error.message or _("Das ließ sich gerade nicht speichern. Bitte laden Sie die Seite neu."), "error")
    else:
        flash(_("%(name)s hat jetzt ein Konto und kann sich anmelden.", name=name), "success")
    return redirect(url_for("federating.waiting"), 303)


@bp.post(f"{PERSON}/decline")
@requires(Permission.ACCOUNT_TEND)
def decline(person_id: int) -> ResponseReturnValue:
    """Say no."""
    person = queries.get_waiting(current_user, person_id)
    name = person.name
    service.decline(current_user, person)
    flash(_("Die Anfrage von %(name)s ist abgelehnt. Ein Konto gibt es nicht.", name=name), "success")
    return redirect(url_for("federating.waiting"), 303)
