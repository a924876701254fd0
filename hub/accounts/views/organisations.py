"""Member cities and bodies, for the office."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import queries
from hub.accounts.forms import DomainsForm, OrganisationForm
from hub.accounts.models import ORGANISATION_KINDS, Organisation
from hub.accounts.service import organisations as service
from hub.accounts.service import requesting, reviewing
from hub.accounts.service.organisations import OrganisationDetails
from hub.accounts.views.blueprint import bp
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.web.guard import requires
from hub.web.parked import parked_form

KIND_CHOICES = list(ORGANISATION_KINDS.items())


@bp.route("/organisations", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def organisations() -> ResponseReturnValue:
    """All organisations; sending the form adds one."""
    form = OrganisationForm(parked_form() or request.form, KIND_CHOICES, kind="city")
    if request.method == "POST" and form.validate():
        try:
            made = service.create_organisation(current_user, _details(form))
        except Refused as error:
            form.name.errors = [error.message]
        else:
            flash(_("%(name)s ist angelegt.", name=made.label), "success")
            return redirect(url_for("accounts.organisations"), 303)
    html = render_template(
        "accounts/organisations.html",
        form=form,
        rows=queries.find_organisations(),
        people_counts=queries.count_users_by_organisation(),
        kinds=ORGANISATION_KINDS,
        confirmed=reviewing.find_last_confirmations(),
    )
    return html, 422 if form.errors else 200


@bp.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def organisation(organisation_id: int) -> ResponseReturnValue:
    """Change one organisation; when somebody else was faster, both versions are shown."""
    found = queries.get_organisation(organisation_id)
    form = OrganisationForm(parked_form() or request.form, KIND_CHOICES, **_values(found))
    has_moved_on = False
    if request.method == "POST" and form.validate():
        try:
            service.change_organisation(current_user, found, _details(form), form.known_version())
        except Conflict as error:
            form.form_errors.append(error.message)
            form.accept_version(found.version)
            has_moved_on = True
        except Refused as error:
            form.name.errors = [error.message]
        else:
            flash(_("%(name)s ist gespeichert.", name=found.label), "success")
            return redirect(url_for("accounts.organisations"), 303)
    html = _organisation_page(form, found, has_moved_on=has_moved_on)
    return html, 422 if form.errors else 200


@bp.post("/organisations/<int:organisation_id>/domains")
@requires(Permission.ORGANISATION_EDIT)
def set_domains(organisation_id: int) -> ResponseReturnValue:
    """Whose addresses may ask for access with this organisation."""
    found = queries.get_organisation(organisation_id)
    form = DomainsForm(request.form)
    if form.validate():
        try:
            requesting.set_domains(current_user, found, form.domains.data or "")
        except Refused as error:
            form.domains.errors = [error.message]
        else:
            flash(_("Die Mail-Domains von %(name)s sind gespeichert.", name=found.label), "success")
            return redirect(url_for("accounts.organisation", organisation_id=organisation_id), 303)
    return _organisation_page(OrganisationForm(None, KIND_CHOICES, **_values(found)), found, form), 422


def _organisation_page(
    form: OrganisationForm, found: Organisation, domains_form: DomainsForm | None = None, has_moved_on: bool = False
) -> str:
    lines = "\n".join(requesting.find_domains(found.id))
    return render_template(
        "accounts/organisation.html",
        form=form,
        domains_form=domains_form or DomainsForm(None, data={"domains": lines}),
        organisation=found,
        kind=ORGANISATION_KINDS[found.kind],
        has_moved_on=has_moved_on,
    )


def _values(found: Organisation) -> dict[str, object]:
    names = ("name", "kind", "longitude", "latitude", "version")
    return {name: getattr(found, name) for name in names}


def _details(form: OrganisationForm) -> OrganisationDetails:
    return OrganisationDetails(form.name.data or "", form.kind.data, form.longitude.data, form.latitude.data)
