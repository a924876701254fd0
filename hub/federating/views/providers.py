"""Providers, for the administration: list, add, change, check, switch, delete."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts.queries import find_organisation_choices
from hub.core.errors import Conflict, Refused
from hub.core.links import absolute
from hub.core.permissions import Permission
from hub.federating import queries
from hub.federating.describing import describe, fault_text
from hub.federating.forms import ProviderForm
from hub.federating.models import IdentityProvider
from hub.federating.service import providers as service
from hub.federating.service.providers import ProviderDetails
from hub.federating.service.signing_on import redirect_uri
from hub.federating.views.blueprint import PROVIDER_ID, bp
from hub.web.guard import fresh_sign_in_to_send, requires
from hub.web.parked import parked_form

PROVIDER = f"/sign-on-providers/{PROVIDER_ID}"
FAULTS = "provider_faults"


@bp.get("/sign-on-providers")
@requires(Permission.PROVIDER_EDIT)
def providers() -> ResponseReturnValue:
    """All providers."""
    return render_template(
        "federating/providers.html", rows=queries.find_providers(current_user), counts=queries.count_identities()
    )


@bp.route("/sign-on-providers/new", methods=["GET", "POST"])
@requires(Permission.PROVIDER_EDIT)
@fresh_sign_in_to_send
def add_provider() -> ResponseReturnValue:
    """Add a provider; it stays switched off until its connection was checked."""
    choices = [("", _("Bitte wählen")), *find_organisation_choices()]
    form = ProviderForm(parked_form() or request.form, choices, newcomers="ask")
    if request.method == "POST" and form.validate():
        try:
            made = service.create_provider(current_user, _details(form))
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            flash(_("Der Zugang ist angelegt. Prüfen Sie jetzt die Verbindung, dann schalten Sie ihn ein."), "success")
            return redirect(url_for("federating.provider", provider_id=made.id), 303)
    return render_template("federating/add_provider.html", form=form), 422 if form.errors else 200


@bp.route(PROVIDER, methods=["GET", "POST"])
@requires(Permission.PROVIDER_EDIT)
@fresh_sign_in_to_send
def provider(provider_id: int) -> ResponseReturnValue:
    """One provider: what it says of itself, what an administrator said of it."""
    found = queries.get_provider(current_user, provider_id)
    form = ProviderForm(parked_form() or request.form, find_organisation_choices(), **_values(found))
    if request.method == "POST" and form.validate():
        try:
            service.change_provider(current_user, found, _details(form), form.known_version())
        except Conflict as error:
            form.form_errors.append(error.message)
            form.accept_version(found.version)
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            flash(_("Der Zugang ist gespeichert."), "success")
            return redirect(url_for("federating.provider", provider_id=provider_id), 303)
    html = render_template(
        "federating/provider.html",
        form=form,
        provider=found,
        linked=queries.count_identities().get(found.id, 0),
        facts=describe(found),
        faults=_take_faults(found),
        redirect_uri=redirect_uri(found.id),
        logout_uri=absolute("federating.end_there", provider_id=found.id),
    )
    return html, 422 if form.errors else 200


@bp.post(f"{PROVIDER}/check")
@requires(Permission.PROVIDER_EDIT)
def check_provider(provider_id: int) -> ResponseReturnValue:
    """Ask the provider what it says of itself."""
    faults = service.check_provider(current_user, queries.get_provider(current_user, provider_id))
    if faults:
        session[FAULTS] = [provider_id, faults]
    else:
        flash(_("Die Verbindung steht. Was der Dienst von sich sagt, lesen Sie unten."), "success")
    return redirect(url_for("federating.provider", provider_id=provider_id), 303)


@bp.post(f"{PROVIDER}/switch")
@requires(Permission.PROVIDER_EDIT)
@fresh_sign_in_to_send
def switch_provider(provider_id: int) -> ResponseReturnValue:
    """Switch it on or off."""
    on = request.form.get("on") == "1"
    try:
        service.switch_provider(current_user, queries.get_provider(current_user, provider_id), on)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(
            _("Der Knopf steht jetzt auf der Anmeldeseite.")
            if on
            else _("Der Knopf ist weg. Wer schon angemeldet ist, bleibt es, bis die Sitzung endet."),
            "success",
        )
    return redirect(url_for("federating.provider", provider_id=provider_id), 303)


@bp.post(f"{PROVIDER}/delete")
@requires(Permission.PROVIDER_EDIT)
@fresh_sign_in_to_send
def delete_provider(provider_id: int) -> ResponseReturnValue:
    """Take it out with its links."""
    try:
        service.delete_provider(current_user, queries.get_provider(current_user, provider_id))
    except Refused as error:
        flash(error.message, "error")
        return redirect(url_for("federating.provider", provider_id=provider_id), 303)
    flash(_("Der Zugang ist gelöscht. Die Konten bleiben."), "success")
    return redirect(url_for("federating.providers"), 303)


def _take_faults(found: IdentityProvider) -> list[str]:
    kept = session.pop(FAULTS, None)
    return [fault_text(code) for code in kept[1]] if kept is not None and kept[0] == found.id else []


def _values(found: IdentityProvider) -> dict[str, Any]:
    names = "name issuer client_id newcomers trusts_email checks_factor factor_acr version".split()
    return {name: getattr(found, name) for name in names} | {"organisation": found.organisation_id}


def _details(form: ProviderForm) -> ProviderDetails:
    return ProviderDetails(
        organisation_id=form.organisation.data,
        name=form.name.data or "",
        issuer=form.issuer.data or "",
        client_id=form.client_id.data or "",
        client_secret=form.client_secret.data or "",
        newcomers=form.newcomers.data,
        trusts_email=form.trusts_email.data,
        checks_factor=form.checks_factor.data,
        factor_acr=form.factor_acr.data or "",
    )
