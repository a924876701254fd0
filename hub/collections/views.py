"""Arranging collections and their sections; reading them is in ``hub.browsing``."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.collections import queries, service
from hub.collections.forms import (
    COLOUR_LABELS,
    ICON_LABELS,
    ChangedCollectionForm,
    CollectionForm,
    NewCollectionForm,
    SectionForm,
)
from hub.collections.models import Collection
from hub.collections.service import CollectionDetails
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.web.guard import requires

bp = Blueprint("collections", __name__)

STEPS = {"up": -1, "down": 1}
_OWN_ICONS = {icon: icon for icon in ICON_LABELS}


@bp.get("/collections-manage")
@requires(Permission.COLLECTION_EDIT)
def manage() -> ResponseReturnValue:
    """All collections in their order."""
    return render_template("collections/manage.html", collections=queries.find_collections_with_sections())


@bp.route("/collections-manage/new", methods=["GET", "POST"])
@requires(Permission.COLLECTION_EDIT)
def create() -> ResponseReturnValue:
    """A new collection, at the end of the list."""
    form = NewCollectionForm(request.form)
    if request.method == "GET":
        return render_template("collections/create.html", form=form, icons=_OWN_ICONS)
    if _asks_for_preview():
        return render_template("collections/create.html", form=form, icons=_OWN_ICONS, preview=True)
    if form.validate():
        try:
            made = service.create_collection(current_user, _details(form, form.section_titles()))
        except Refused as refused:
            form.title.errors = [refused.message]
        else:
            flash(_("Die Sammlung ist angelegt."), "success")
            return redirect(url_for("collections.edit", slug=made.slug), 303)
    return render_template("collections/create.html", form=form, icons=_OWN_ICONS), 422


@bp.route("/collections-manage/<slug>", methods=["GET", "POST"])
@requires(Permission.COLLECTION_EDIT)
def edit(slug: str) -> ResponseReturnValue:
    """Title, introduction, icon, colour and sections of a collection."""
    collection = queries.get_collection(slug)
    if request.method == "GET":
        return _edit_page(collection, ChangedCollectionForm(obj=collection))
    form = ChangedCollectionForm(request.form)
    if _asks_for_preview():
        return _edit_page(collection, form, with_preview=True)
    if not form.validate():
        return _edit_page(collection, form), 422
    try:
        service.change_collection(current_user, slug, _details(form), form.version.data)
    except Refused as refused:
        form.title.errors = [refused.message]
        return _edit_page(collection, form), 422
    except Conflict:
        return _conflict_page(slug, form), 409
    flash(_("Die Sammlung ist gespeichert."), "success")
    return redirect(url_for("collections.edit", slug=slug), 303)


@bp.post("/collections-manage/<slug>/move")
@requires(Permission.COLLECTION_EDIT)
def move(slug: str) -> ResponseReturnValue:
    """One place up or down."""
    service.move_collection(current_user, slug, _step())
    return redirect(url_for("collections.manage"), 303)


@bp.post("/collections-manage/<slug>/sections")
@requires(Permission.COLLECTION_EDIT)
def add_section(slug: str) -> ResponseReturnValue:
    """A new section at the end."""
    form = SectionForm(request.form)
    if form.validate():
        try:
            service.add_section(current_user, slug, form.title.data)
        except Refused as refused:
            form.title.errors = [refused.message]
        else:
            flash(_("Der Abschnitt ist angelegt."), "success")
            return _to_sections(slug)
    collection = queries.get_collection(slug)
    return _edit_page(collection, ChangedCollectionForm(obj=collection), new_section=form), 422


@bp.post("/collections-manage/<slug>/sections/<int:section_id>")
@requires(Permission.COLLECTION_EDIT)
def rename_section(slug: str, section_id: int) -> ResponseReturnValue:
    """Another title; the entries stay in the section."""
    form = SectionForm(request.form)
    if form.validate():
        try:
            service.rename_section(current_user, slug, section_id, form.title.data)
        except Refused as refused:
            form.title.errors = [refused.message]
        else:
            flash(_("Der Abschnitt ist umbenannt."), "success")
            return _to_sections(slug)
    collection = queries.get_collection(slug)
    return _edit_page(collection, ChangedCollectionForm(obj=collection), renamed=(section_id, form)), 422


@bp.post("/collections-manage/<slug>/sections/<int:section_id>/move")
@requires(Permission.COLLECTION_EDIT)
def move_section(slug: str, section_id: int) -> ResponseReturnValue:
    """One place to the left or right on the board."""
    service.move_section(current_user, slug, section_id, _step())
    return _to_sections(slug)


@bp.post("/collections-manage/<slug>/sections/<int:section_id>/remove")
@requires(Permission.COLLECTION_EDIT)
def remove_section(slug: str, section_id: int) -> ResponseReturnValue:
    """Take a section away; its entries stay in the collection."""
    service.remove_section(current_user, slug, section_id)
    flash(_("Der Abschnitt ist entfernt. Seine Einträge stehen jetzt ohne Abschnitt in der Sammlung."), "success")
    return _to_sections(slug)


def _details(form: CollectionForm, sections: list[str] | None = None) -> CollectionDetails:
    return CollectionDetails(
        title=form.title.data,
        introduction=form.introduction.data or "",
        icon=form.icon.data,
        colour=form.colour.data,
        sections=sections or [],
    )


def _asks_for_preview() -> bool:
    return request.form.get("do") == "preview"


def _step() -> int:
    return STEPS.get(request.form.get("step", ""), 0)


def _to_sections(slug: str) -> ResponseReturnValue:
    return redirect(url_for("collections.edit", slug=slug) + "#abschnitte", 303)


def _edit_page(
    collection: Collection,
    form: CollectionForm,
    new_section: SectionForm | None = None,
    renamed: tuple[int, SectionForm] | None = None,
    differences: list[tuple[str, str, str]] | None = None,
    with_preview: bool = False,
) -> str:
    forms = {
        section.id: renamed[1] if renamed and renamed[0] == section.id else SectionForm(obj=section)
        for section in collection.sections
    }
    for place, (section_id, section_form) in enumerate(forms.items(), 1):
        _name_field(section_form, f"abschnitt-{section_id}", _("Abschnitt %(n)s", n=place))
    adding = new_section or SectionForm()
    _name_field(adding, "neuer-abschnitt", _("Neuer Abschnitt"))
    return render_template(
        "collections/edit.html",
        collection=collection,
        form=form,
        section_forms=forms,
        new_section=adding,
        differences=differences,
        preview=with_preview,
        icons=_OWN_ICONS,
    )


def _name_field(form: SectionForm, field_id: str, label: str) -> None:
    """Several such forms stand on one page: each field needs a name of its own."""
    form.title.id = form.title.label.field_id = field_id
    form.title.label.text = label


def _conflict_page(slug: str, form: ChangedCollectionForm) -> str:
    """What is saved beside what was typed; saving again puts the own version in place."""
    collection = queries.get_collection(slug)
    form.version.data, form.version.raw_data = collection.version, None
    shown = [
        (form.title, collection.title, form.title.data),
        (form.introduction, collection.introduction, form.introduction.data),
        (form.icon, ICON_LABELS[collection.icon], ICON_LABELS[form.icon.data]),
        (form.colour, COLOUR_LABELS[collection.colour], COLOUR_LABELS[form.colour.data]),
    ]
    differences = [(str(field.label.text), str(saved), str(own)) for field, saved, own in shown]
    return _edit_page(collection, form, differences=[row for row in differences if row[1] != row[2]])
