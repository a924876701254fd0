"""Language and brightness: two cookies, set by forms in the footer, read for every page."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from flask_login import current_user

from hub.web.guard import public, safe_next

bp = Blueprint("web", __name__)
babel = Babel()
LANGUAGES = ("de", "en")
THEMES = ("auto", "light", "dark")
A_YEAR = 365 * 24 * 3600
_on_language: list[Callable[[Any, str], object]] = []


def on_language(keep: Callable[[Any, str], object]) -> None:
    """Register what keeps the language a signed-in person has chosen; gets the actor and "de" or "en"."""
    _on_language[:] = [keep]


def init_preferences(app: Flask) -> None:
    """Choose the language per request and tell the templates about it."""
    babel.init_app(app, locale_selector=language)
    app.register_blueprint(bp)

    @app.context_processor
    def _tell() -> dict[str, object]:
        return {"lang": str(get_locale()), "theme": theme()}


def language() -> str:
    """The chosen language, else German: the hub's texts are German first."""
    chosen = request.cookies.get("hub_language") if request else None
    return chosen if chosen in LANGUAGES else "de"


def theme() -> str:
    """The chosen brightness, else what the system says."""
    chosen = request.cookies.get("hub_theme")
    return chosen if chosen in THEMES else "auto"


@bp.post("/preferences/theme")
@public
def set_theme() -> ResponseReturnValue:
    """Keep the chosen brightness and go back."""
    return _keep("hub_theme", request.form.get("theme", ""), THEMES)


@bp.post("/preferences/language")
@public
def set_language() -> ResponseReturnValue:
    """Keep the chosen language and go back."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES and current_user.is_authenticated:
        for keep in _on_language:
            keep(current_user._get_current_object(), chosen)
    return _keep("hub_language", chosen, LANGUAGES)


def _keep(name: str, value: str, allowed: tuple[str, ...]) -> ResponseReturnValue:
    response = redirect(safe_next(request.form.get("next")), 303)
    if value in allowed:
        response.set_cookie(
            name, value, max_age=A_YEAR, secure=current_app.config["SECURE"], httponly=True, samesite="Lax"
        )
    return response
