"""Coming in and going out: sign-in page, one-time links, sign-out, and forms that came too late."""

from flask import current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from hub.accounts import browsers, half_open, queries, sessions
from hub.accounts.forms import FirstPasswordForm, SignInForm
from hub.accounts.service import passkeys, signing_in
from hub.accounts.service.opening import HalfWay, Refusal, SignedIn
from hub.accounts.views import joining
from hub.accounts.views.blueprint import bp
from hub.accounts.views.ways import other_ways
from hub.core.errors import Busy, Missing, NotAllowed, Refused
from hub.core.permissions import Permission
from hub.web import parked
from hub.web.dotmap import draw_map
from hub.web.errors import typed_text
from hub.web.guard import before_set_up, is_own_origin, public, requires, safe_next
from hub.web.headers import clear_browser_data
from hub.web.parked import ParkedForm

SECONDS_TO_WAIT = 300
SECONDS_WHEN_BUSY = 3


@bp.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in page; with a parked form the person goes on where the form was lost."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")), 303)
    if request.method == "GET":
        return _sign_in_page(SignInForm(data={"next": request.args.get("next")}), has_ended=_had_session())
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form, 422)
    email = form.email.data or ""
    browser = browsers.from_cookie(request.cookies.get(browsers.COOKIE))
    user = queries.find_user_by_email(email)
    name = browser.name_for(user.id if user else None)
    try:
        done = signing_in.sign_in(email, form.password.data or "", request.remote_addr or "", name, form.keep.data)
    except Busy as error:
        response = make_response(_sign_in_page(form, error.status, message=error.message))
        response.headers["Retry-After"] = str(SECONDS_WHEN_BUSY)
        return response
    if not isinstance(done, Refusal):
        return enter(done, safe_next(form.next.data), parked.from_json(form.parked.data))
    return _refused(form, done)


@bp.route("/link/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> ResponseReturnValue:
    """A one-time link: looking at it changes nothing, the button or the new password uses it."""
    found = queries.find_link(token)
    if found is None or not found.is_open or found.purpose not in signing_in.LINK_PURPOSES:
        return _dead_link(found)
    try:
        if found.purpose in signing_in.PASSWORD_PURPOSES:
            if found.is_invitation:
                return joining.accept(token, found, enter, draw_member_map())
            return _set_password(token, found)
        if request.method == "POST":
            return enter(signing_in.use_link(token), safe_next(None))
    except Missing:  # used in another window a moment ago
        return _dead_link(queries.find_link(token))
    return render_template("accounts/link.html", user=found.user, map_big=draw_member_map())


@bp.post("/logout")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
def sign_out() -> ResponseReturnValue:
    """End the session; the browser forgets what it kept of the hub."""
    signing_in.sign_out(current_user)
    sessions.forget_in_answer()
    session.clear()
    flash(_("Sie sind abgemeldet."), "success")
    return clear_browser_data(make_response(redirect(url_for("accounts.sign_in"), 303)))


@bp.route("/account/kept", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def kept() -> ResponseReturnValue:
    """What was typed into a form that came too late and has no page that could show it filled."""
    if request.method == "POST":
        sessions.take_parked(current_user.session_id)
        return redirect(safe_next(request.form.get("back")), 303)
    data = sessions.find_parked(current_user.session_id)
    form = parked.from_dict(data) if data else None
    back = safe_next(form.address if form and form.has_page else form.back if form else None)
    return render_template("accounts/kept.html", fields=_shown(form), back=back)


def answer_lost_form(is_signed_in: bool) -> ResponseReturnValue:
    """A POST whose session or token has ended: nothing is done, nothing typed is lost."""
    if not is_own_origin():
        raise NotAllowed(_("Diese Anfrage kam von einer anderen Website. Sie wurde nicht ausgeführt."))
    form = parked.form_of_request()
    if request.endpoint == "accounts.sign_in":
        return _lost_sign_in(is_signed_in)
    if getattr(current_app.view_functions[request.endpoint or ""], "is_public", False):
        flash(_("Die Seite war zu lange offen. Bitte versuchen Sie es noch einmal."), "warning")
        return redirect(form.address if form.has_page else safe_next(form.back), 303)
    if is_signed_in:
        return redirect(_keep(form, current_user.session_id), 303)
    text = form.to_json()
    page = SignInForm(data={"next": form.next_page() if form.is_button else None, "parked": text})
    return _sign_in_page(page, 401, has_ended=True, typed=typed_text() if text is None else [])


def _lost_sign_in(is_signed_in: bool) -> ResponseReturnValue:
    """The sign-in page itself was open too long, or the person has signed in elsewhere meanwhile."""
    form = SignInForm(request.form)
    waiting = parked.from_json(form.parked.data)
    if not is_signed_in:
        message = _("Die Seite war zu lange offen. Bitte geben Sie Ihr Passwort noch einmal ein.")
        return _sign_in_page(form, 401, message=message)
    if waiting:
        return redirect(safe_next(_keep(waiting, current_user.session_id)), 303)
    return redirect(safe_next(form.next.data), 303)


def _sign_in_page(
    form: SignInForm, status: int = 200, message: str = "", has_ended: bool = False, typed: list | None = None
) -> ResponseReturnValue:
    waits = parked.from_json(form.parked.data)
    form.next.data = safe_next(form.next.data) if form.next.data else ""
    html = render_template(
        "accounts/sign_in.html",
        form=form,
        message=message,
        has_ended=has_ended,
        waits=waits is not None and not waits.is_button,
        typed=typed or [],
        passkeys_possible=passkeys.are_possible(),
        map_big=draw_member_map(),
        city_count=len(queries.find_member_cities()),
        ways=other_ways(),
    )
    return html, status


def _refused(form: SignInForm, refusal: Refusal) -> ResponseReturnValue:
    """One answer for a wrong password, an unknown address and a blocked account."""
    if refusal is Refusal.TOO_OFTEN:
        message = _(
            "Es gab zu viele Versuche, die nicht gelungen sind. Bitte warten Sie fünf Minuten. "
            "Die Geschäftsstelle schickt Ihnen gern einen Anmelde-Link."
        )
        response = make_response(_sign_in_page(form, 429, message=message))
        response.headers["Retry-After"] = str(SECONDS_TO_WAIT)
        return response
    message = _(
        "E-Mail-Adresse und Passwort passen nicht zusammen. Bitte prüfen Sie beides. "
        "Die Geschäftsstelle schickt Ihnen gern einen Anmelde-Link."
    )
    return _sign_in_page(form, 422, message=message)


def refuse_passkey(form: SignInForm, refusal: Refusal) -> ResponseReturnValue:
    """The sign-in page again, after a passkey that did not fit."""
    if refusal is Refusal.TOO_OFTEN:
        return _refused(form, refusal)
    message = _("Mit diesem Passkey geht es nicht. Bitte melden Sie sich mit E-Mail-Adresse und Passwort an.")
    return _sign_in_page(form, 422, message=message)


def _set_password(token: str, found: queries.Link) -> ResponseReturnValue:
    form = FirstPasswordForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            return enter(signing_in.set_first_password(token, form.new_password.data or ""), safe_next(None))
        except Refused as error:
            form.new_password.errors = [error.message]
    html = render_template("accounts/set_password.html", form=form, user=found.user, map_big=draw_member_map())
    return html, 422 if form.errors else 200


def _dead_link(found: queries.Link | None) -> ResponseReturnValue:
    html = render_template("accounts/link_over.html", link=found, map_big=draw_member_map())
    return html, 404 if found is None else 410


def enter(done: SignedIn | HalfWay, target: str, waiting: ParkedForm | None = None) -> ResponseReturnValue:
    """Let somebody in, or on to the second step who has a second factor; ``target`` is where it goes on then."""
    if isinstance(done, HalfWay):
        _leave_old_session()
        half_open.go_on_with(done.reference, target, waiting.to_dict() if waiting else None)
        return half_open.remember_in(make_response(redirect(url_for("accounts.second"), 303)), done.reference)
    return _let_in(done, target, waiting)


def _let_in(done: SignedIn, target: str, waiting: ParkedForm | None) -> ResponseReturnValue:
    """Put the new session into the answer; the old one of this browser, if there was one, ends."""
    _leave_old_session()
    session.clear()
    sessions.remember_in_answer(done.reference, done.is_kept)
    session_id = sessions.find_id(done.reference)
    if waiting is not None and session_id is not None:
        target = _keep(waiting, session_id)
    response = make_response(redirect(target, 303))
    browser = browsers.from_cookie(request.cookies.get(browsers.COOKIE)).with_account(done.user_id)
    response.set_cookie(
        browsers.COOKIE,
        browser.to_cookie(),
        max_age=browsers.A_YEAR,
        secure=current_app.config["SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _leave_old_session() -> None:
    if current_user.is_authenticated:
        sessions.end(current_user.session_id)
        sessions.forget_in_answer()


def _keep(form: ParkedForm, session_id: int) -> str:
    """Keep a lost form with the session and return where it goes on."""
    if form.is_button and not form.has_page:
        flash(_("Ihre Sitzung war abgelaufen. Bitte wiederholen Sie den letzten Schritt."), "warning")
    else:
        sessions.park(session_id, form.to_dict())
    return form.next_page()


def _shown(form: ParkedForm | None) -> list[tuple[str, str]]:
    hidden = {parked.BUTTON_FIELD, "version"}
    return [(name, value) for name, value in form.fields if value.strip() and name not in hidden] if form else []


def _had_session() -> bool:
    return sessions.cookie_name() in request.cookies


def draw_member_map() -> Markup:
    """The map beside the forms for strangers."""
    return draw_map(queries.find_member_cities(), _("Karte mit den Mitgliedsstädten"), labels=True)
