"""A form that came too late: its session or token had ended. It is kept and shown again, filled, not saved.

A room with a store keeps it (``init_parked``). A view that can show its form filled asks ``parked_form()``; for all
others the page "Ihre Eingaben" shows what was typed, so nothing is lost.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Flask, Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from hub.web.errors import SECRET_FIELDS
from hub.web.guard import safe_next

LONGEST = 200_000
BUTTON_FIELD = "next"
LONGEST_BUTTON_VALUE = 12
_stores: list[ParkedStore] = []


class ParkedStore(Protocol):
    """Where parked forms wait, one for each session."""

    def find_parked(self, session_id: int) -> dict[str, Any] | None:
        """The waiting form."""

    def take_parked(self, session_id: int, path: str | None = None) -> dict[str, Any] | None:
        """The waiting form, once; with ``path`` only when it belongs to this page."""


@dataclass(frozen=True, slots=True)
class ParkedForm:
    """What a person had typed: the page it was sent to, the page it came from, names and values in their order.

    ``is_asked_again``: the session had not ended, the person was only asked again who they are.
    """

    path: str
    address: str
    back: str
    fields: list[tuple[str, str]]
    had_files: bool = False
    is_asked_again: bool = False

    @property
    def is_button(self) -> bool:
        """A button of the page's own action form: nothing was typed, only a short value sent."""
        values = [value for name, value in self.fields if name != BUTTON_FIELD]
        is_short = all(len(value) <= LONGEST_BUTTON_VALUE and " " not in value for value in values)
        return is_short and (not values or any(name == BUTTON_FIELD for name, _value in self.fields))

    @property
    def has_page(self) -> bool:
        """Whether the form can be shown where it was sent to."""
        return safe_next(self.address) == self.address

    def next_page(self) -> str:
        """Where the person goes on."""
        if self.has_page:
            return self.address
        return safe_next(self.back) if self.is_button else url_for("accounts.kept")

    def to_dict(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)

    def to_json(self) -> str | None:
        """As text for a hidden field; None when it is too long for that."""
        text = json.dumps(self.to_dict(), ensure_ascii=False)
        return text if len(text.encode("utf-8")) <= LONGEST else None


def form_of_request(is_asked_again: bool = False) -> ParkedForm:
    """What the present POST carries, without secrets and files."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET_FIELDS]
    had_files = any(file.filename for file in request.files.values())
    address = request.full_path.rstrip("?")
    return ParkedForm(request.path, address, _page_before(), fields, had_files, is_asked_again)


def from_json(text: str | None) -> ParkedForm | None:
    """A parked form that came back in a hidden field; None when it is none. Its addresses are checked when used."""
    if not text or len(text) > LONGEST:
        return None
    try:
        return from_dict(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def from_dict(data: dict[str, Any]) -> ParkedForm:
    """A parked form as the store or a hidden field holds it."""
    fields = [(_well_formed(name), _well_formed(value)) for name, value in data["fields"]]
    address = _well_formed(data["address"])
    path = urlsplit(address).path
    is_asked_again = data.get("is_asked_again") is True
    return ParkedForm(path, address, _well_formed(data["back"]), fields, bool(data["had_files"]), is_asked_again)


def parked_form() -> MultiDict[str, str] | None:
    """The fields of the form that was lost on its way to this page, once; says that they are not saved yet.

    For views, on GET: ``form = EntryForm(parked_form() or request.form)``. None when nothing waits for this page.
    """
    if request.method != "GET" or not g.get("has_parked"):
        return None
    data = _stores[0].take_parked(current_user.session_id, request.path)
    if data is None:
        return None
    g.has_parked = False
    form = from_dict(data)
    flash(_back_again(form), "warning")
    if form.had_files:
        flash(_("Dateien wählen Sie bitte noch einmal aus."), "warning")
    return MultiDict(form.fields)


def _back_again(form: ParkedForm) -> str:
    if form.is_asked_again:
        return _("Ihre Angaben sind wieder da, gespeichert sind sie noch nicht. Bitte senden Sie sie noch einmal ab.")
    return _("Ihre Sitzung war abgelaufen. Ihre Angaben sind wieder da, gespeichert sind sie noch nicht.")


def init_parked(app: Flask, store: ParkedStore) -> None:
    """Use this store; a page that does not take its parked form itself is followed by the page that shows it."""
    _stores[:] = [store]

    @app.after_request
    def _show_what_was_typed(response: Response) -> Response:
        if request.method != "GET" or not g.get("has_parked"):
            return response
        waiting = store.find_parked(current_user.session_id)
        if waiting is None or waiting["path"] != request.path:
            return response
        return app.make_response(redirect(url_for("accounts.kept"), 303))


def _page_before() -> str:
    """The page of the hub that the form stood on."""
    named = request.form.get(BUTTON_FIELD)
    if named:
        return safe_next(named)
    before = request.referrer or ""
    if not before.startswith(request.host_url):
        return safe_next(None)
    return safe_next("/" + before.removeprefix(request.host_url).partition("#")[0])


def _well_formed(value: object) -> str:
    """Text that can be shown; half characters cannot."""
    if not isinstance(value, str):
        raise TypeError
    return value.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
