"""The office's keywords: the list, one of them; and terms of a fixed list that also change entries."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.core.actor import Actor
from hub.core.errors import Refused
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.curation.wording import queries, tags, terms
from hub.curation.wording.forms import FilterForm, KeywordForm, PickedForm, number
from hub.entries.views.vocabulary import list_page
from hub.entries.vocabulary_forms import TermForm
from hub.undoing.telling import flash_notes
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires

bp = Blueprint("wording", __name__)


@bp.get("/tags")
@requires(Permission.VOCABULARY_EDIT)
def keywords() -> ResponseReturnValue:
    """All keywords, by groups; on the first page those that are nearly spelled the same."""
    return _list_page(PickedForm())


@bp.post("/tags/merge")
@requires(Permission.VOCABULARY_EDIT)
def merge() -> ResponseReturnValue:
    """Make the picked ones one; the list again when that does not go."""
    form = PickedForm(request.form)
    if form.validate():
        try:
            done = tags.merge_tags(_person(), _picked(), form.into.data or "", _here())
            return _done(done, _here())
        except Refused as refused:
            form.into.errors = [refused.message]
    return _list_page(form), 422


@bp.post("/tags/group")
@requires(Permission.VOCABULARY_EDIT)
def group() -> ResponseReturnValue:
    """Put the picked ones into a group, or without a name into none."""
    form = PickedForm(request.form)
    if form.validate():
        try:
            _say_grouped(*tags.group_tags(_person(), _picked(), form.group_name.data or ""), _here())
            return redirect(_here(), 303)
        except Refused as refused:
            form.group_name.errors = [refused.message]
    return _list_page(form), 422


@bp.get("/tags/<int(max=2147483647):tag_id>")
@requires(Permission.VOCABULARY_EDIT)
def keyword(tag_id: int) -> ResponseReturnValue:
    """One keyword with its other spellings."""
    return _keyword_page(tag_id)


@bp.post("/tags/<int(max=2147483647):tag_id>/rename")
@requires(Permission.VOCABULARY_EDIT)
def rename(tag_id: int) -> ResponseReturnValue:
    """Another name, in all entries."""
    form = KeywordForm(request.form)
    if form.validate():
        try:
            action_id = tags.rename_tag(_person(), tag_id, form.name.data or "")
            if action_id is not None:
                text = _("Das Schlagwort heißt jetzt „%(name)s“, auch in den Einträgen.", name=form.name.data)
                flash_with_undo(text, url_for("undoing.undo", action_id=action_id, next=_page_of(tag_id)))
            return redirect(_page_of(tag_id), 303)
        except Refused as refused:
            form.name.errors = [refused.message]
    return _keyword_page(tag_id, form), 422


@bp.post("/tags/<int(max=2147483647):tag_id>/group")
@requires(Permission.VOCABULARY_EDIT)
def group_one(tag_id: int) -> ResponseReturnValue:
    """Put one into a group."""
    form = KeywordForm(request.form)
    if form.validate():
        try:
            _say_grouped(*tags.group_tags(_person(), [tag_id], form.group_name.data or ""), _page_of(tag_id))
            return redirect(_page_of(tag_id), 303)
        except Refused as refused:
            form.group_name.errors = [refused.message]
    return _keyword_page(tag_id, form), 422


@bp.post("/tags/<int(max=2147483647):tag_id>/merge")
@requires(Permission.VOCABULARY_EDIT)
def merge_one(tag_id: int) -> ResponseReturnValue:
    """Make one a synonym of another."""
    form = KeywordForm(request.form)
    if form.validate():
        try:
            done = tags.merge_tags(_person(), [tag_id], form.into.data or "", url_for("wording.keywords"))
            return _done(done, url_for("wording.keywords"))
        except Refused as refused:
            form.into.errors = [refused.message]
    return _keyword_page(tag_id, form), 422


@bp.post("/tags/<int(max=2147483647):tag_id>/synonyms")
@requires(Permission.VOCABULARY_EDIT)
def add_synonym(tag_id: int) -> ResponseReturnValue:
    """Another spelling."""
    form = KeywordForm(request.form)
    if form.validate():
        try:
            tags.add_synonym(_person(), tag_id, form.synonym.data or "")
            flash(_("Wer das schreibt, bekommt jetzt dieses Schlagwort."), "success")
            return redirect(_page_of(tag_id), 303)
        except Refused as refused:
            form.synonym.errors = [refused.message]
    return _keyword_page(tag_id, form), 422


@bp.post("/tags/<int(max=2147483647):tag_id>/synonyms/<int(max=2147483647):synonym_id>/remove")
@requires(Permission.VOCABULARY_EDIT)
def remove_synonym(tag_id: int, synonym_id: int) -> ResponseReturnValue:
    """Let a spelling stand for nothing any more."""
    name = tags.remove_synonym(_person(), tag_id, synonym_id)
    flash(_("„%(name)s“ steht nicht mehr für dieses Schlagwort.", name=name), "success")
    return redirect(_page_of(tag_id), 303)


@bp.post("/vocabularies/<field>/merge")
@requires(Permission.VOCABULARY_EDIT)
def merge_term(field: str) -> ResponseReturnValue:
    """Put another term of the list in the place of one, also in the entries."""
    back = url_for("entries.vocabulary", field=field)
    term_id, into_id = number(request.form.get("term")), number(request.form.get("into"))
    try:
        return _done(terms.merge_term(_person(), field, term_id, into_id, back), back)
    except Refused as refused:
        flash(refused.message, "error")
        return redirect(back, 303)


@bp.post("/vocabularies/<field>/<int:term_id>")
@requires(Permission.VOCABULARY_EDIT)
def rename_term(field: str, term_id: int) -> ResponseReturnValue:
    """Another word for a term, in the list and in the entries."""
    back, form = url_for("entries.vocabulary", field=field), TermForm(request.form)
    if form.validate():
        try:
            return _done(terms.rename_term(_person(), field, term_id, form.label.data or "", back), back)
        except Refused as refused:
            form.label.errors = [refused.message]
    return list_page(field, changed=(term_id, form)), 422


def _done(begun: tags.Begun, back: str) -> ResponseReturnValue:
    """What was done at once is told with the way back; what a worker does is shown as it goes."""
    task_id, notes = begun
    if task_id is not None:
        return redirect(url_for("undoing.task", task_id=task_id), 303)
    if not notes:
        flash(_("Das war schon so."), "info")
    flash_notes(notes, back)
    return redirect(back, 303)


def _say_grouped(count: int, action_id: int | None, back: str) -> None:
    if action_id is None:
        flash(_("Das war schon so."), "info")
        return
    text = ngettext("%(num)s Schlagwort umgeordnet.", "%(num)s Schlagwörter umgeordnet.", count)
    flash_with_undo(text, url_for("undoing.undo", action_id=action_id, next=back))


def _list_page(form: PickedForm) -> str:
    groups = queries.find_groups()
    wanted = FilterForm(request.args, groups)
    filters = wanted.filters_()
    rows, page = queries.find_keywords(_person(), filters, page_number(request.args.get("page")))
    return render_template(
        "curation/keywords.html",
        filter_form=wanted,
        form=form,
        rows=rows,
        page=page,
        groups=groups,
        synonyms=queries.find_synonyms(row.id for row in rows),
        alike=queries.find_alike() if not wanted.told and page.number == 1 else [],
        chosen=set(_picked()),
        page_url=lambda at: url_for("wording.keywords", **wanted.told | ({"page": at} if at > 1 else {})),
        here=_told(),
    )


def _keyword_page(tag_id: int, form: KeywordForm | None = None) -> str:
    found = queries.get_keyword(_person(), tag_id)
    if form is None:
        form = KeywordForm(data={"name": found.name, "group_name": found.group})
    return render_template(
        "curation/keyword.html",
        keyword=found,
        form=form,
        groups=queries.find_groups(),
        synonyms=queries.find_synonyms([tag_id])[tag_id],
    )


def _picked() -> list[int]:
    return [found for value in request.form.getlist("pick")[: tags.MOST_AT_ONCE + 1] if (found := number(value))]


def _told() -> dict[str, Any]:
    """The filters and the page as they stand in this address."""
    return {name: request.args[name] for name in ("q", "group", "page") if request.args.get(name)}


def _here() -> str:
    return url_for("wording.keywords", **_told())


def _page_of(tag_id: int) -> str:
    return url_for("wording.keyword", tag_id=tag_id)


def _person() -> Actor:
    return current_user._get_current_object()
