"""The office's page about letters."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from hub.core.permissions import Permission
from hub.mailing import queries, service
from hub.mailing.composing import sender
from hub.mailing.models import Reason
from hub.web.filters import minute
from hub.web.guard import requires

bp = Blueprint("mailing", __name__, url_prefix="/letters")
LETTER = "/<int:letter_id>"
REASONS = {
    Reason.SERVER: _l("Der Mailserver war nicht erreichbar."),
    Reason.LATER: _l("Der Mailserver hat die E-Mail vorerst nicht angenommen."),
    Reason.DECLINED: _l("Der Mailserver hat die E-Mail abgelehnt."),
    Reason.UNCLEAR: _l("Der Mailserver hat die Annahme nicht bestätigt. Vielleicht ist die E-Mail angekommen."),
    Reason.ADDRESS: _l("An diese Adresse lässt sich nichts schicken."),
    Reason.UNSET: _l("Es war kein Mailserver eingerichtet."),
    Reason.DISCARDED: _l("Die Geschäftsstelle hat die E-Mail verworfen."),
}


@bp.get("")
@requires(Permission.LETTER_MANAGE)
def outbox() -> ResponseReturnValue:
    """Letters that wait, have failed, were given up or sent; their text is never shown."""
    return render_template(
        "mailing/outbox.html",
        outbox=queries.get_outbox(current_user._get_current_object()),
        is_configured=service.is_configured(),
        sender=sender(),
        reasons=REASONS,
        when=minute,
    )


@bp.post("/probe")
@requires(Permission.LETTER_MANAGE)
def send_probe() -> ResponseReturnValue:
    """Send a letter to oneself, to see whether letters arrive."""
    service.post("probe", current_user.email, str(get_locale()), name=current_user.name)
    flash(_("Die Probe-E-Mail an %(email)s liegt im Postausgang.", email=current_user.email), "success")
    return redirect(url_for("mailing.outbox"), 303)


@bp.post(f"{LETTER}/retry")
@requires(Permission.LETTER_MANAGE)
def retry(letter_id: int) -> ResponseReturnValue:
    """Try a letter at once that waits or has failed."""
    service.try_again(current_user._get_current_object(), letter_id)
    flash(_("Die E-Mail wird noch einmal versucht."), "success")
    return redirect(url_for("mailing.outbox"), 303)


@bp.post(f"{LETTER}/discard")
@requires(Permission.LETTER_MANAGE)
def discard(letter_id: int) -> ResponseReturnValue:
    """Give a letter up."""
    service.discard(current_user._get_current_object(), letter_id)
    flash(_("Die E-Mail ist verworfen."), "success")
    return redirect(url_for("mailing.outbox"), 303)
