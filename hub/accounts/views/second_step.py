"""The second step of signing in: a code or a passkey, after the password or the link."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.accounts import browsers, half_open
from hub.accounts.forms import CodeForm, PasskeyForm, RecoveryForm
from hub.accounts.half_open import Waiting
from hub.accounts.service import factors, passkeys, second_step
from hub.accounts.service.factors import Factors
from hub.accounts.service.opening import Refusal, SignedIn
from hub.accounts.views.blueprint import bp
from hub.accounts.views.signing_in import SECONDS_TO_WAIT, draw_member_map, enter
from hub.core.actor import Proof
from hub.core.tokens import hash_token
from hub.web import parked
from hub.web.guard import background, public, safe_next


@bp.route("/login/second", methods=["GET", "POST"])
@public
def second() -> ResponseReturnValue:
    """Ask for the second factor of whom the first proof was right; only in the browser that began."""
    waiting = _find_waiting()
    if current_user.is_authenticated:
        return redirect(safe_next(waiting.target if waiting else None), 303)
    if waiting is None:
        flash(_("Die Anmeldung hat zu lange gedauert. Bitte beginnen Sie noch einmal."), "warning")
        return half_open.remember_in(make_response(redirect(url_for("accounts.sign_in"), 303)), "")
    if request.method == "GET":
        return _page(waiting, CodeForm())
    is_recovery = "recovery" in request.form
    form = RecoveryForm(request.form) if is_recovery else CodeForm(request.form)
    if not form.validate():
        return _page(waiting, form, 422)
    done = second_step.finish_by_code(waiting, form.code.data or "", _known_name(waiting.user_id))
    return _answer(waiting, form, done)


@bp.post("/login/second/passkey")
@public
def second_by_passkey() -> ResponseReturnValue:
    """The second step with a passkey."""
    waiting = _find_waiting()
    if waiting is None:
        return redirect(url_for("accounts.second"), 303)
    answer = PasskeyForm(request.form).credential.data or ""
    done = passkeys.finish_sign_in(waiting, _mark(), answer, _known_name(waiting.user_id))
    return _answer(waiting, CodeForm(), done, by_passkey=True)


@bp.post("/login/second/options")
@public
@background
def second_options() -> ResponseReturnValue:
    """What the browser needs to show a passkey of this person."""
    waiting = _find_waiting()
    if waiting is None:
        return "", 401
    return Response(passkeys.begin(_mark(), passkeys.SECOND, waiting.user_id), mimetype="application/json")


def _answer(waiting: Waiting, form: Any, done: SignedIn | Refusal, by_passkey: bool = False) -> ResponseReturnValue:
    if isinstance(done, SignedIn):
        stored = parked.from_dict(waiting.parked) if waiting.parked else None
        response = half_open.remember_in(make_response(enter(done, safe_next(waiting.target), stored)), "")
        _say_codes_left(done)
        return response
    if done is Refusal.TOO_OFTEN:
        form.form_errors.append(
            _("Es gab zu viele Versuche, die nicht gelungen sind. Bitte warten Sie fünf Minuten oder länger.")
        )
        response = make_response(_page(waiting, form, 429))
        response.headers["Retry-After"] = str(SECONDS_TO_WAIT)
        return response
    if by_passkey:
        form.form_errors.append(_("Der Passkey ließ sich nicht prüfen. Bitte versuchen Sie es noch einmal."))
    elif isinstance(form, RecoveryForm):
        form.code.errors = [_("Dieser Code passt nicht oder wurde schon benutzt. Jeder gilt einmal.")]
    else:
        form.code.errors = [
            _("Der Code passt nicht oder wurde schon benutzt. Bitte nehmen Sie den nächsten und prüfen Sie die Uhr.")
        ]
    return _page(waiting, form, 422)


def _page(waiting: Waiting, form: Any, status: int = 200) -> ResponseReturnValue:
    known: Factors = factors.find(waiting.user_id)
    is_recovery = isinstance(form, RecoveryForm)
    html = render_template(
        "accounts/second.html",
        form=form,
        code_form=CodeForm() if is_recovery else form,
        recovery_form=form if is_recovery else RecoveryForm(),
        is_recovery=is_recovery,
        has_app=known.time_code_since is not None,
        has_passkey=bool(known.passkeys) and passkeys.are_possible(),
        has_codes=known.codes_left > 0,
        waits=waiting.parked is not None,
        map_big=draw_member_map(),
    )
    return html, status


def _say_codes_left(done: SignedIn) -> None:
    if Proof.RECOVERY_CODE not in done.proofs:
        return
    left = second_step.codes_left(done.user_id)
    text = ngettext(
        "Sie haben einen Wiederherstellungscode benutzt. Es bleibt noch %(num)s.",
        "Sie haben einen Wiederherstellungscode benutzt. Es bleiben noch %(num)s.",
        left,
    )
    flash(text, "warning")


def _find_waiting() -> Waiting | None:
    return half_open.find(request.cookies.get(half_open.cookie_name()))


def _mark() -> str:
    """What a challenge of this step is bound to: the browser that has begun."""
    return hash_token("second|" + request.cookies.get(half_open.cookie_name(), ""))


def _known_name(user_id: int) -> str | None:
    return browsers.from_cookie(request.cookies.get(browsers.COOKIE)).name_for(user_id)
