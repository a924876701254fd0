"""Closed by default: a view names its permission or is marked public; one that does neither answers 403.

Changes come by POST from our own pages only: the CSRF token is bound to the session, and the Origin must be ours.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import SecurityError

from hub.core.errors import NotAllowed
from hub.core.permissions import Permission
from hub.core.tokens import SIGNING, hash_token, new_token
from hub.web.logs import security_event

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ALL_METHODS = SAFE_METHODS | {"POST"}
CSRF_FIELD = "csrf_token"
LARGEST_FORM = 1024 * 1024
login_manager = LoginManager()
_on_stale_proof: list[Callable[[], ResponseReturnValue]] = []
_on_lost_form: list[Callable[[bool], ResponseReturnValue]] = []


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission a signed-in person needs for it."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that strangers may open."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def fresh_sign_in(view: View) -> View:
    """Mark a view that wants to know again who is there when the last proof is older than a quarter of an hour.

    The person proves it on the page "Bitte bestätigen Sie" and comes back; a typed form waits there, filled.
    """
    view.needs_proof_for = ALL_METHODS  # type: ignore[attr-defined]
    return view


def fresh_sign_in_to_send(view: View) -> View:
    """As ``fresh_sign_in``, for a page that may be looked at without; only sending its form needs the proof."""
    view.needs_proof_for = ALL_METHODS - SAFE_METHODS  # type: ignore[attr-defined]
    return view


def before_set_up(view: View) -> View:
    """Mark a view that a person may open who still has to set up a second factor."""
    view.is_before_set_up = True  # type: ignore[attr-defined]
    return view


def background(view: View) -> View:
    """Mark a view that script asks by itself: of a request whose session or token has ended nothing is kept."""
    view.is_background = True  # type: ignore[attr-defined]
    return view


def takes_files(view: View) -> View:
    """Mark a view whose form carries files; all others take a mebibyte at most."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def from_machine(view: View) -> View:
    """Mark a public view that another server posts to: no token of ours, no cookie; what it is sent proves itself."""
    view.is_from_machine = True  # type: ignore[attr-defined]
    return view


def shared_to(view: View) -> View:
    """Mark a view that a phone's own menu posts to, which knows no token. It may only keep things for a form that the
    person then sends. The browser says that no page of anybody was involved (see ``is_from_browser_itself``)."""
    view.is_shared_to = True  # type: ignore[attr-defined]
    return view


def on_lost_form(answer: Callable[[bool], ResponseReturnValue]) -> None:
    """Register what answers a POST whose session or token has ended; gets whether a person is signed in."""
    _on_lost_form[:] = [answer]


def on_stale_proof(answer: Callable[[], ResponseReturnValue]) -> None:
    """Register what answers a request that needs a fresh proof of who is there."""
    _on_stale_proof[:] = [answer]


class PageCookies(SecureCookieSessionInterface):
    """The signed cookie of a page; Flask would sign with SHA-1."""

    digest_method = staticmethod(SIGNING["digest_method"])


def init_guard(app: Flask) -> None:
    """Check every request before its view; offer ``csrf_token`` to the templates."""
    app.session_interface = PageCookies()
    login_manager.init_app(app)
    login_manager.session_protection = None
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.before_request(check_request)


def check_request() -> ResponseReturnValue | None:
    """Refuse strangers, people without the permission, and forged changes."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    if request.endpoint is None:
        return None if current_user.is_authenticated else _to_sign_in()
    view = current_app.view_functions[request.endpoint]
    if not (getattr(view, "takes_files", False) and request.mimetype == "multipart/form-data"):
        request.max_content_length = LARGEST_FORM  # any other body would be read into memory whole
    is_public = getattr(view, "is_public", False)
    permission = getattr(view, "permission", None)
    if not is_public and permission is None:
        raise NotAllowed
    if not is_public and not current_user.is_authenticated:
        return ("", 401) if getattr(view, "is_background", False) else _to_sign_in()
    if request.method not in SAFE_METHODS and not comes_without_token(view) and not is_own_form():
        security_event("form.foreign", is_own_origin=is_own_origin())
        if getattr(view, "is_background", False):
            return "", 401
        return _on_lost_form[0](current_user.is_authenticated)
    if not is_public and not current_user.may(permission):
        raise NotAllowed
    if not is_public and current_user.must_set_up and not getattr(view, "is_before_set_up", False):
        return redirect(url_for("accounts.security"), 303)
    if request.method in getattr(view, "needs_proof_for", ()) and not current_user.is_fresh:
        return _on_stale_proof[0]()
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.method not in SAFE_METHODS and request.endpoint is not None:
        return _on_lost_form[0](False)
    return redirect(url_for("accounts.sign_in", next=here()), 303)


def here() -> str | None:
    """The address of this request, to come back to; None for the start page and what is too long."""
    path = request.full_path.rstrip("?")
    return path if path != "/" and len(path) < 2000 else None


def csrf_token() -> str:
    """The token for forms of this page: signed, bound to the session of the person or to this visitor."""
    return _serializer().dumps(_reference()[:16])


def is_own_form() -> bool:
    """Whether the request carries our token for this very session and comes from our own address."""
    if not is_own_origin():
        return False
    try:
        value = _serializer().loads(request.form.get(CSRF_FIELD, ""))
    except BadData:
        return False
    return value == _reference()[:16]


def is_own_origin() -> bool:
    """Whether the browser says that the request comes from one of our pages; a browser that says nothing may."""
    origin = request.headers.get("Origin")
    return not origin or origin in (request.host_url.rstrip("/"), current_app.config["BASE_URL"])


def browser_mark() -> str:
    """What is bound to this browser: a hash of its session, or of this visitor."""
    return _reference()


def comes_without_token(view: View) -> bool:
    """Whether a change may come without a token of ours: from another server, or from the browser's own menus."""
    is_shared = getattr(view, "is_shared_to", False) and is_from_browser_itself()
    return is_shared or bool(getattr(view, "is_from_machine", False))


def is_from_browser_itself() -> bool:
    """Whether the request came of the browser's own menus, as sharing to an installed app does, and of no page.

    Pages cannot set this header; a form on somebody else's page says "cross-site", and one on a neighbouring host or
    port "same-site". A browser that does not send it is refused.
    """
    return request.headers.get("Sec-Fetch-Site") == "none" and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _reference() -> str:
    if current_user.is_authenticated:
        return hash_token("csrf|" + g.session_mark)
    if "visitor" not in session:
        session["visitor"] = new_token()
    return hash_token("visitor|" + session["visitor"])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="csrf", signer_kwargs=SIGNING)


def safe_next(target: str | None) -> str:
    """A target inside the hub: starts with one slash, no backslash, no control character, and its route exists."""
    start = url_for("browsing.start")
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > 2000:
        return start
    if "\\" in target or any(ord(letter) < 33 or ord(letter) == 127 for letter in target):
        return start
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return start
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not adapter.test(parts.path, "GET"):
        return start
    return target
