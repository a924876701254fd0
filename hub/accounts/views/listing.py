"""Many people at once: a list is pasted or sent, looked through line by line, and then invited as a whole."""

import csv
from io import StringIO
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.accounts import queries, reading_lists
from hub.accounts.forms import ListForm
from hub.accounts.reading_lists import MOST_BYTES, Line
from hub.accounts.service import inviting, listing
from hub.accounts.service.inviting import Invited
from hub.accounts.service.listing import FORMULA_SIGNS, Plan
from hub.accounts.views.blueprint import bp
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.mailing import service as mailing
from hub.web.guard import fresh_sign_in_to_send, requires, takes_files


@bp.route("/people/list", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
@takes_files
def invite_list() -> ResponseReturnValue:
    """Preview a list; nothing is done before the whole of it has been seen."""
    organisations = queries.find_tended_choices(current_user)
    choices = organisations if len(organisations) == 1 else [("", _("Keines")), *organisations]
    form = ListForm(request.form, choices)
    if request.method == "POST" and form.validate():
        try:
            lines = _lines_of(form)
            organisation_id = form.organisation.data if form.organisation else None
            return _page(form, listing.plan_list(current_user, lines, organisation_id))
        except Refused as error:
            form.people.errors = [error.message]
    return _page(form)


@bp.post("/people/list/invite")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def confirm_list() -> ResponseReturnValue:
    """Invite everybody of the preview, or nobody; without a mail server the links are shown or handed out once."""
    lines = reading_lists.read_file(request.form.get("lines", "").encode())
    form = ListForm(None, [])
    try:
        invited = listing.invite_list(current_user, lines)
    except Conflict as error:
        flash(error.message or _("Seit der Vorschau hat sich etwas geändert."), "error")
        return _page(form, listing.plan_list(current_user, lines)), 409
    except Refused as error:
        flash(error.message, "error")
        return _page(form, listing.plan_list(current_user, lines)), 422
    if mailing.is_configured():
        number = len(invited)
        flash(ngettext("%(num)s Einladung ist unterwegs.", "%(num)s Einladungen sind unterwegs.", number), "success")
        return redirect(url_for("accounts.people"), 303)
    links = [(one.user.name, one.user.email, _address(one)) for one in invited]
    return _as_file(links) if request.form.get("do") == "file" else render_template("accounts/links.html", links=links)


def _lines_of(form: ListForm) -> list[Line]:
    file = request.files.get("file")
    if file is not None and file.filename:
        lines = reading_lists.read_file(file.stream.read(MOST_BYTES + 1))
    else:
        lines = reading_lists.read_text(form.people.data or "")
    if not lines:
        raise Refused(_("Die Liste ist leer. Bitte fügen Sie Zeilen ein oder wählen Sie eine Datei."))
    return lines


def _page(form: ListForm, plan: Plan | None = None) -> Any:
    html = render_template(
        "accounts/list.html",
        form=form,
        plan=plan,
        good_lines=_as_text(plan) if plan else "",
        left=inviting.places_left(current_user),
        has_mail=mailing.is_configured(),
    )
    return (html, 422) if form.errors else html


def _as_text(plan: Plan) -> str:
    """The good lines as they come back with the second form, where every one of them is looked at again."""
    text = StringIO()
    writer = csv.writer(text, delimiter="\t")
    writer.writerow(reading_lists.FIELDS)
    for line in plan.lines:
        if line.person is not None:
            writer.writerow([line.email, line.name, line.organisation, line.person.role.value])
    return text.getvalue()


def _address(invited: Invited) -> str:
    return current_app.config["BASE_URL"] + url_for("accounts.link", token=invited.token)


def _as_file(links: list[tuple[str, str, str]]) -> Response:
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_("Name"), _("E-Mail-Adresse"), _("Link")])
    writer.writerows([f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell for cell in row] for row in links)
    headers = {"Content-Disposition": "attachment; filename=einladungen.csv"}
    return Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
