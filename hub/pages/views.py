"""Help, accessibility, privacy, imprint; editing them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.pages import queries, service
from hub.pages.forms import PageTextForm
from hub.pages.queries import Page, Terms
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
