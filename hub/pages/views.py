"""Help, accessibility, privacy, imprint; editing them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from hub.core import clock
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.pages import announcing, queries, service
from hub.pages.forms import NoticeForm, PageTextForm
from hub.pages.queries import Page, Terms
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires

bp = Blueprint("pages", __name__)


@bp.get("/pages")
@requires(Permission.PAGE_EDIT)
def manage() -> ResponseReturnValue:
    """All texts that can be changed."""
    return render_template("pages/manage.html", pages=queries.find_pages(), language_names=_language_names())


@bp.get("/pages/<slug>")
@requires(Permission.ENTRY_READ)
def show(slug: str) -> ResponseReturnValue:
    """One page in the language of the reader."""
    page = queries.get_page(slug, _language())
    terms = queries.get_terms(_language()) if slug == queries.TERMS else None
    may_edit = current_user.may(Permission.PAGE_EDIT)
    return render_template("pages/show.html", page=page, terms=terms, may_edit=may_edit)


@bp.get("/pages/<slug>/edit")
@requires(Permission.PAGE_EDIT)
def edit(slug: str) -> ResponseReturnValue:
    """The form with the present text."""
    page = queries.get_page(slug, request.args.get("language", _language()))
    return _edit_page(page, PageTextForm(data={"body": page.body, "mark": page.mark}))


@bp.post("/pages/<slug>/edit")
@requires(Permission.PAGE_EDIT)
def save(slug: str) -> ResponseReturnValue:
    """Show how the text will look, or keep it."""
    page = queries.get_page(slug, request.args.get("language", _language()))
    form = PageTextForm(request.form)
    if not form.validate():
        return _edit_page(page, form), 422
    if request.form.get("do") == "preview":
        return _edit_page(page, form, with_preview=True)
    try:
        service.change_text(current_user, slug, page.language, form.body.data, form.mark.data)
    except Conflict:
        return _conflict_page(page, form), 409
    flash(_("Der Text ist gespeichert."), "success")
    return redirect(_address(page), 303)


@bp.post("/pages/<slug>/restore")
@requires(Permission.PAGE_EDIT)
def restore(slug: str) -> ResponseReturnValue:
    """Go back to the text that came with the hub."""
    page = queries.get_page(slug, request.args.get("language", _language()))
    service.restore_text(current_user, slug, page.language, request.form.get("mark", ""))
    flash(_("Der ursprüngliche Text ist wieder da."), "success")
    return redirect(_address(page), 303)


@bp.post("/pages/nutzungsbedingungen/publish")
@requires(Permission.PAGE_EDIT)
def publish_terms() -> ResponseReturnValue:
    """Put the terms of use in force as they stand in the form's texts; everybody may be asked again."""
    try:
        number = service.publish_terms(current_user, request.form.get("asks_all") == "1")
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(_("Version %(number)s der Nutzungsbedingungen gilt ab jetzt.", number=number), "success")
    return redirect(url_for("pages.edit", slug=queries.TERMS), 303)


@bp.get("/notices")
@requires(Permission.PAGE_EDIT)
def all_notices() -> ResponseReturnValue:
    """What stands on the start page, what will and what did."""
    return render_template("pages/notices.html", notices=announcing.find_notices(current_user), today=clock.today())


@bp.route("/notices/new", methods=["GET", "POST"])
@requires(Permission.PAGE_EDIT)
def new_notice() -> ResponseReturnValue:
    """A new notice: preview or keep it."""
    if request.method == "GET":
        return _notice_page(None, NoticeForm(data={"first_on": clock.today()}))
    return _take_notice(None)


@bp.route("/notices/<int(max=2147483647):notice_id>", methods=["GET", "POST"])
@requires(Permission.PAGE_EDIT)
def notice(notice_id: int) -> ResponseReturnValue:
    """Other words or days for a notice."""
    found = announcing.get_notice(current_user, notice_id)
    if request.method == "GET":
        return _notice_page(notice_id, NoticeForm(obj=found))
    return _take_notice(notice_id)


@bp.post("/notices/<int(max=2147483647):notice_id>/end")
@requires(Permission.PAGE_EDIT)
def end_notice(notice_id: int) -> ResponseReturnValue:
    """It is not shown from now on."""
    undo_id = announcing.end_notice(current_user, notice_id, request.args.get("version", 0, type=int))
    return _told(_("Der Hinweis ist nicht mehr zu sehen."), undo_id)


@bp.post("/notices/<int(max=2147483647):notice_id>/delete")
@requires(Permission.PAGE_EDIT)
def delete_notice(notice_id: int) -> ResponseReturnValue:
    """It goes, with undo."""
    undo_id = announcing.delete_notice(current_user, notice_id, request.args.get("version", 0, type=int))
    return _told(_("Der Hinweis ist gelöscht."), undo_id)


@bp.app_template_global("terms_of_use")
def terms_of_use() -> Terms:
    """The terms in force in the language of the reader, for the pages on which people agree to them."""
    return queries.get_terms(_language())


@bp.app_template_global("legal_pages")
def legal_pages() -> list[Page]:
    """Imprint and privacy for the sign-in page, since the pages themselves need a session."""
    return queries.find_legal_pages(_language())


def _edit_page(page: Page, form: PageTextForm, with_preview: bool = False) -> str:
    return render_template(
        "pages/edit.html",
        page=page,
        form=form,
        preview=queries.rendered(form.body.data) if with_preview else None,
        other=None,
        language_names=_language_names(),
    )


def _conflict_page(page: Page, form: PageTextForm) -> str:
    """Both texts side by side; saving again puts the own one in place of the other."""
    form.mark.data = page.mark
    return render_template(
        "pages/edit.html", page=page, form=form, preview=None, other=page.body, language_names=_language_names()
    )


def _address(page: Page) -> str:
    return url_for("pages.edit", slug=page.slug, language=page.language)


def _language() -> str:
    language = str(get_locale())
    return language if language in queries.LANGUAGES else "de"


def _language_names() -> dict[str, str]:
    return {"de": _("Deutsch"), "en": _("Englisch")}


def _take_notice(notice_id: int | None) -> ResponseReturnValue:
    form = NoticeForm(request.form)
    if request.form.get("do") == "preview":
        return _notice_page(notice_id, form, with_preview=True)
    if not form.validate():
        return _notice_page(notice_id, form), 422
    try:
        undo_id = announcing.write_notice(
            current_user, notice_id, form.body.data, form.first_on.data, form.last_on.data, form.version.data or 0
        )
    except Refused as refused:
        form.last_on.errors = [refused.message]
        return _notice_page(notice_id, form), 422
    return _told(_("Der Hinweis ist gespeichert."), undo_id)


def _notice_page(notice_id: int | None, form: NoticeForm, with_preview: bool = False) -> str:
    return render_template("pages/notice.html", form=form, notice_id=notice_id, preview=with_preview)


def _told(text: str, undo_id: int) -> ResponseReturnValue:
    address = url_for("pages.all_notices")
    flash_with_undo(text, url_for("undoing.undo", action_id=undo_id, next=address))
    return redirect(address, 303)
