"""The way to a provider and back.

A click (a form with our token) begins it; the answer is a page that moves on by itself, because browsers hold the
redirect of a form to the policy ``form-action 'self'``. Nobody is signed in without that click.
"""

from collections.abc import Callable

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts.service.opening import HalfWay, SignedIn
from hub.core.actor import Actor
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.core.tokens import new_token
from hub.federating import reasons
from hub.federating.reasons import SignOnFailed, reason_text
from hub.federating.service import leaving, signing_on
from hub.federating.service.signing_on import Answer, Done, Finished, Wish
from hub.federating.views.blueprint import PROVIDER_ID, bp
from hub.web import parked
from hub.web.guard import before_set_up, from_machine, public, requires, safe_next
from hub.web.parked import ParkedForm

BROWSER = "sign_on_browser"
LONGEST_STATE = 200
Entry = Callable[[SignedIn | HalfWay, str, ParkedForm | None], ResponseReturnValue]
_enter: list[Entry] = []


def on_entry(answer: Entry) -> None:
    """Register what puts a fresh session into the answer and goes on to a page; ``hub.wiring`` is the only caller."""
    _enter[:] = [answer]


@bp.post(f"/sign-on/{PROVIDER_ID}")
@public
def start(provider_id: int) -> ResponseReturnValue:
    """Leave for a provider to come in through it."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.form.get("next")), 303)
    kept = request.form.get("parked")
    wish = Wish(target=safe_next(request.form.get("next")), parked=kept if parked.from_json(kept) else None)
    return _leave(None, provider_id, wish)


@bp.post(f"/account/sign-ons/{PROVIDER_ID}/link")
@requires(Permission.ACCOUNT_OWN)
def link(provider_id: int) -> ResponseReturnValue:
    """Leave for a provider to link it with the own account."""
    return _leave(current_user, provider_id, Wish("link", url_for("federating.own")))


@bp.post(f"/account/sign-ons/{PROVIDER_ID}/confirm")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
def confirm(provider_id: int) -> ResponseReturnValue:
    """Leave for a provider to show again who is there, before a sensitive step."""
    return _leave(current_user, provider_id, Wish("confirm", safe_next(request.form.get("next"))))


@bp.get(f"/sign-on/{PROVIDER_ID}/callback")
@public
def come_back(provider_id: int) -> ResponseReturnValue:
    """Back from the provider with a code, or with an error."""
    given = request.args
    state = given.get("state", "")[:LONGEST_STATE]
    answer = Answer(state, given.get("code", ""), given.get("error", ""), given.get("iss"))
    actor = current_user if current_user.is_authenticated else None
    try:
        done = signing_on.finish(actor, provider_id, answer, session.get(BROWSER, ""))
    except SignOnFailed as failure:
        return _failed(failure, provider_id)
    return _arrive(done)


@bp.post(f"/sign-on/{PROVIDER_ID}/backchannel-logout")
@public
@from_machine
def end_there(provider_id: int) -> ResponseReturnValue:
    """A provider says that somebody signed out there; its signed token is the proof, cookies count for nothing."""
    try:
        leaving.end_there(provider_id, request.form.get("logout_token", ""))
    except (SignOnFailed, Missing):
        return {"error": "invalid_request"}, 400
    return "", 200


def _leave(actor: Actor | None, provider_id: int, wish: Wish) -> ResponseReturnValue:
    browser = session.setdefault(BROWSER, new_token())
    try:
        name, url = signing_on.begin(actor, provider_id, wish, browser, request.remote_addr or "")
    except SignOnFailed as failure:
        return _failed(failure, provider_id)
    return render_template("federating/onward.html", name=name, url=url)


def _arrive(done: Finished) -> ResponseReturnValue:
    target = safe_next(done.target)
    if isinstance(done.outcome, SignedIn):
        return _enter[0](done.outcome, target, parked.from_json(done.parked))
    if isinstance(done.outcome, HalfWay):
        return _second_step(_enter[0](done.outcome, target, parked.from_json(done.parked)))
    if done.outcome is Done.WAITING:
        return render_template("federating/waiting.html", name=done.provider_name)
    if done.outcome is Done.LINKED:
        flash(_("%(name)s ist mit Ihrem Konto verbunden.", name=done.provider_name), "success")
    return redirect(target, 303)


def _second_step(answer: ResponseReturnValue) -> ResponseReturnValue:
    """A page of ours that moves on: in a redirect that began at another site browsers keep the strict cookie back."""
    response = make_response(answer)
    page = render_template("federating/second.html", url=response.headers.pop("Location"))
    response.set_data(page)
    response.status_code, response.mimetype = 200, "text/html"
    return response


def _failed(failure: SignOnFailed, provider_id: int) -> ResponseReturnValue:
    html = render_template(
        "federating/failed.html",
        reason=reason_text(failure.code),
        back=url_for("federating.own" if current_user.is_authenticated else "accounts.sign_in"),
        signed_in=current_user.is_authenticated,
    )
    return html, reasons.STATUS.get(failure.code, 403)
