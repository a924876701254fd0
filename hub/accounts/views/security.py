"""The page "Anmeldung und Sicherheit": password, second factor, recovery codes, signed-in browsers."""

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from hub.accounts import agents, queries, sessions
from hub.accounts.forms import CodeForm, NewPasswordForm
from hub.accounts.service import factors, passkeys, people, recovery_codes, time_codes
from hub.accounts.service.confirming import WrongPassword
from hub.accounts.views.blueprint import bp
from hub.accounts.views.confirming import ask_again
from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission
from hub.web.guard import before_set_up, fresh_sign_in, requires

LONGEST_LIST = 2000


@bp.get("/account/security")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
def security() -> ResponseReturnValue:
    """How the person signs in, and where they are signed in."""
    return _page(NewPasswordForm(None, _has_password()))


@bp.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """Change the own password; the other sessions end. The present one is the proof of who is there."""
    form = NewPasswordForm(request.form, _has_password())
    if not form.has_password and not current_user.is_fresh:
        return ask_again()
    if form.validate():
        try:
            _change_password(form)
        except WrongPassword as error:
            form.current_password.errors = [error.message]
        except Refused as error:
            form.new_password.errors = [error.message]
        else:
            flash(_("Ihr Passwort ist geändert. Auf anderen Geräten sind Sie abgemeldet."), "success")
            return redirect(url_for("accounts.security"), 303)
    return _page(form)


@bp.post("/account/security/time-code/begin")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
@fresh_sign_in
def begin_time_code() -> ResponseReturnValue:
    """Make a seed for an app; it counts once a code of it was typed."""
    time_codes.begin(current_user)
    return redirect(url_for("accounts.set_up_time_code"), 303)


@bp.route("/account/security/time-code", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
@before_set_up
@fresh_sign_in
def set_up_time_code() -> ResponseReturnValue:
    """Show the seed as picture and text, take the first code."""
    seed = time_codes.find_begun_seed(current_user)
    if seed is None:
        return redirect(url_for("accounts.security"), 303)
    form = CodeForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            codes = factors.set_up_time_code(current_user, form.code.data or "")
        except Refused as error:
            form.code.errors = [error.message]
        else:
            return show_codes(codes, _("Die App ist eingerichtet."))
    address = time_codes.address_of(seed, current_user.email, current_app.config["TITLE"])
    html = render_template("accounts/time_code.html", form=form, seed=seed, address=address, picture=_draw_qr(address))
    return html, 422 if form.errors else 200


@bp.post("/account/security/time-code/remove")
@requires(Permission.ACCOUNT_OWN)
@fresh_sign_in
def remove_time_code() -> ResponseReturnValue:
    """Forget the app; the other sessions end."""
    try:
        factors.remove_time_code(current_user)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(_("Die App ist entfernt. Auf anderen Geräten sind Sie abgemeldet."), "success")
    return redirect(url_for("accounts.security"), 303)


@bp.post("/account/security/recovery-codes")
@requires(Permission.ACCOUNT_OWN)
@fresh_sign_in
def renew_recovery_codes() -> ResponseReturnValue:
    """Ten new codes, shown once; the earlier ones end."""
    try:
        return show_codes(factors.renew_codes(current_user), _("Die früheren Codes gelten nicht mehr."))
    except Refused as error:
        flash(error.message, "error")
        return redirect(url_for("accounts.security"), 303)


@bp.post("/account/security/recovery-codes.txt")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
@fresh_sign_in
def download_recovery_codes() -> ResponseReturnValue:
    """The codes of the page one has just been shown, as a text file; the hub itself knows their hashes only."""
    codes = request.form.get("codes", "")[:LONGEST_LIST].split()
    if not recovery_codes.are_open(factors.own_id(current_user), codes):
        raise Missing
    lines = [_("Wiederherstellungscodes: %(title)s", title=current_app.config["TITLE"]), current_user.email, ""]
    text = "\r\n".join([*lines, *codes, "", _("Jeder Code gilt einmal."), ""])
    headers = {"Content-Disposition": "attachment; filename=wiederherstellungscodes.txt"}
    return Response(text, mimetype="text/plain", headers=headers)


@bp.post("/account/sessions/end")
@requires(Permission.ACCOUNT_OWN)
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    people.end_other_sessions(current_user)
    flash(_("Auf allen anderen Geräten sind Sie abgemeldet."), "success")
    return redirect(url_for("accounts.security"), 303)


@bp.post("/account/sessions/<int:session_id>/end")
@requires(Permission.ACCOUNT_OWN)
def end_one_session(session_id: int) -> ResponseReturnValue:
    """Sign out one other browser."""
    people.end_own_session(current_user, session_id)
    flash(_("Dieser Browser ist abgemeldet."), "success")
    return redirect(url_for("accounts.security"), 303)


def show_codes(codes: list[str], done: str) -> ResponseReturnValue:
    """New recovery codes stand in the answer itself and nowhere else; without new ones it goes on at once."""
    if codes:
        return render_template("accounts/recovery_codes.html", codes=codes, done=done)
    flash(done, "success")
    return redirect(url_for("accounts.security"), 303)


def _has_password() -> bool:
    return queries.get_own_user(current_user).password_hash is not None


def _change_password(form: NewPasswordForm) -> None:
    current, new = form.current_password.data or "", form.new_password.data or ""
    people.change_own_password(current_user, current, new, request.remote_addr or "")


def _page(form: NewPasswordForm) -> ResponseReturnValue:
    html = render_template(
        "accounts/security.html",
        form=form,
        user=queries.get_own_user(current_user),
        factors=factors.find(factors.own_id(current_user)),
        passkeys_possible=passkeys.are_possible(),
        is_needed=sessions.needs_factor(current_user.role),
        must_set_up=current_user.must_set_up,
        browsers=[_described(row) for row in sessions.find_own(current_user)],
    )
    return html, 422 if form.errors else 200


def _described(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": agents.describe(row.agent),
        "used_at": row.used_at,
        "created_at": row.created_at,
        "is_kept": row.is_kept,
        "is_this": row.id == current_user.session_id,
    }


def _draw_qr(address: str) -> Markup:
    """The QR code as SVG with attributes only; our policy allows no styles and no data: pictures."""
    import segno

    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 - drawn here from numbers; the address is only squares
