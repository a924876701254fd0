"""The page that shows how to contribute from a browser, a phone and by mail, and the own mail address."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.permissions import Permission
from hub.entries.queries import mailing as queries
from hub.entries.service import mailing
from hub.entries.views.blueprint import bp
from hub.web.guard import requires

# Runs on the page that somebody looks at: opens the form with address, title and what is marked there.
CODE = (
    "javascript:(()=>{const s=String(getSelection()).trim().slice(0,200),p=new URLSearchParams({url:location.href."
    "slice(0,1200),title:document.title.slice(0,150)});if(s)p.set('text',s);const u='%s?'+p;"
    "open(u)||(location.href=u)})()"
)


@bp.get("/entries/from-anywhere")
@requires(Permission.ENTRY_SUBMIT)
def from_anywhere() -> ResponseReturnValue:
    """Bookmarklet, app, mail."""
    return _page()


@bp.post("/entries/mail-address")
@requires(Permission.ENTRY_SUBMIT)
def renew_mail_address() -> ResponseReturnValue:
    """A new own address, shown this once; with ``end`` the old one ends without another."""
    if request.form.get("end"):
        mailing.end_address(current_user)
        flash(_("Die eigene Adresse gilt nicht mehr."), "success")
        return redirect(url_for("entries.from_anywhere") + "#mail", 303)
    return _page(mailing.renew_address(current_user))


def _page(address: str = "") -> str:
    base = current_app.config["BASE_URL"] + url_for("entries.submit")
    return render_template(
        "entries/from_anywhere.html",
        code=CODE % base,
        mail_in=current_app.config["MAIL_IN"],
        new_address=address,
        made_at=queries.find_address_date(current_user),
    )
