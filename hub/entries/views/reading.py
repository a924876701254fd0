"""The page of an entry, and what can be done from there: archive, restore, delete a draft."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.entries import beside, policy, queries
from hub.entries.details import shown_evidence, shown_groups
from hub.entries.faces import Face, face_of
from hub.entries.forms import REASON_LENGTH, ArchiveForm
from hub.entries.models import (
    COVERAGE_LABELS,
    LANGUAGE_LABELS,
    STATUS_LABELS,
    WITHOUT_TEXT,
    Attachment,
    Entry,
    Kind,
    Status,
)
from hub.entries.queries import Twin
from hub.entries.queries.binning import find_binned
from hub.entries.queries.merged import find_survivor_id
from hub.entries.queries.pending import pending_of
from hub.entries.queries.related import Related, find_related
from hub.entries.reasons import reading_text
from hub.entries.service import contributing, holding, openings
from hub.entries.views.blueprint import bp
from hub.entries.views.files import INLINE, moved_to
from hub.entries.views.practice import practice_of
from hub.web.afterwards import afterwards
from hub.web.guard import requires

RELATED = 4
IMAGES = ("jpg", "png", "webp")


@bp.get("/entries/<int:entry_id>")
@requires(Permission.ENTRY_READ)
def show(entry_id: int) -> ResponseReturnValue:
    """An entry; of an archived one members learn that it was there and why it went."""
    try:
        entry = queries.get_entry(current_user, entry_id)
    except Missing:
        if (survivor := find_survivor_id(entry_id)) is not None:
            return moved_to("entries.show", entry_id=survivor)
        tombstone = queries.get_tombstone(current_user, entry_id)
        return render_template("entries/tombstone.html", entry=tombstone), 410
    is_asked_for = "old" in request.args  # people whom its versions and notes concern still find it
    if entry.status == Status.WITHDRAWN and not is_asked_for and (survivor := find_survivor_id(entry_id)) is not None:
        return moved_to("entries.show", entry_id=survivor)
    _count_opening(entry)
    return _entry_page(entry, ArchiveForm())


def _count_opening(entry: Entry) -> None:
    """Counted in memory; now and then written down once the answer has left."""
    if openings.count_opening(current_user._get_current_object(), entry):
        afterwards(openings.write_openings)


@bp.post("/entries/<int:entry_id>/withdraw")
@requires(Permission.ENTRY_SUBMIT)
def withdraw(entry_id: int) -> ResponseReturnValue:
    """Archive an entry; what members have seen needs a reason."""
    entry = queries.get_entry(current_user, entry_id)
    form = ArchiveForm(request.form)
    if entry.status == Status.PUBLISHED and not form.validate():
        return _entry_page(entry, form), 422
    contributing.withdraw_entry(current_user, entry, (form.reason.data or "")[:REASON_LENGTH])
    flash(_("Der Eintrag ist archiviert."), "success")
    return redirect(url_for("entries.show", entry_id=entry_id), 303)


@bp.post("/entries/<int:entry_id>/restore")
@requires(Permission.ENTRY_SUBMIT)
def restore(entry_id: int) -> ResponseReturnValue:
    """Take an archived entry back into the hub."""
    entry = queries.get_entry(current_user, entry_id)
    contributing.restore_entry(current_user, entry)
    flash(_("Der Eintrag ist wiederhergestellt."), "success")
    return redirect(url_for("entries.show", entry_id=entry_id), 303)


@bp.post("/entries/<int:entry_id>/change/drop")
@requires(Permission.ENTRY_SUBMIT)
def drop_change(entry_id: int) -> ResponseReturnValue:
    """The author takes a waiting change back."""
    holding.drop_change(current_user, entry_id)
    flash(_("Ihre Änderung ist zurückgezogen. Der Eintrag bleibt, wie er ist."), "success")
    return redirect(url_for("entries.show", entry_id=entry_id), 303)


def _entry_page(entry: Entry, form: ArchiveForm) -> str:
    is_close = current_user.is_office or policy.is_own(current_user, entry)
    saved_ids = queries.bookmark_ids(current_user)
    # About a published entry the messages stand on a page of their own, one click away: this one asks enough.
    shows_notes = policy.may_see_history(current_user, entry) and not entry.is_published
    report_count, answered = beside.look_at(current_user, entry, is_close)
    return render_template(
        "entries/show.html",
        entry=entry,
        form=form,
        is_own=policy.is_own(current_user, entry),
        report_count=report_count,
        notes=beside.find_notes(current_user, entry) if shows_notes else (),
        may_write_note=is_close and entry.status != Status.DRAFT,
        link_note=beside.link_note(entry),
        answered=answered,
        is_saved=entry.id in saved_ids,
        saved_ids=saved_ids,
        contributor=entry.contributor.name if is_close and entry.contributor else "",
        duplicates=find_duplicates(entry) if is_close and not entry.is_published else [],
        same_files=queries.find_with_same_files(current_user, entry.id) if is_close and not entry.is_published else [],
        related=find_related(entry.id, RELATED) if entry.is_published else Related([], []),
        detail_groups=shown_groups(Kind(entry.kind), entry.details),
        evidence=shown_evidence(Kind(entry.kind), entry.details),
        status_label=STATUS_LABELS[Status(entry.status)],
        language=LANGUAGE_LABELS.get(entry.language, entry.language),
        coverage=COVERAGE_LABELS.get(entry.coverage or "", ""),
        may_check=policy.may_check(current_user, entry),
        successor=next(iter(queries.load_in_order(current_user, [entry.superseded_by_id])), None)
        if entry.superseded_by_id
        else None,
        may_edit=policy.may_edit(current_user, entry),
        may_see_history=policy.may_see_history(current_user, entry),
        may_withdraw=policy.may_withdraw(current_user, entry),
        may_restore=policy.may_restore(current_user, entry),
        may_bin=policy.may_bin(current_user, entry),
        pending=pending_of(current_user, entry) if entry.is_published else None,
        binned=find_binned(entry) if entry.status == Status.DELETED else None,
        **_files_of(entry),
        **practice_of(entry),
    )


def find_duplicates(entry: Entry) -> list[Twin]:
    """Other entries with the same address that the person may see."""
    return queries.find_with_url(current_user, entry.url, entry.id) if entry.url else []


def _files_of(entry: Entry) -> dict[str, Any]:
    """The file that opens in the browser, the one that is downloaded first, the picture that stands for the entry."""
    readable = next((file for file in entry.files if file.extension in INLINE), None)
    picture = next((file for file in entry.files if file.extension in IMAGES), None)
    first = readable or next(iter(entry.files), None)
    return {
        "readable": readable,
        "first_file": first,
        "picture": picture,
        "face": face_of(entry) or _plain_face(picture),
        "ways_on": _ways_on(entry),
    }


def _ways_on(entry: Entry) -> dict[int, str]:
    """For those who can change the entry: what to do about files that the search cannot look into."""
    if not policy.may_edit(current_user, entry):
        return {}
    texts = [file.text for file in entry.files if file.text and file.text.state in WITHOUT_TEXT]
    return {text.attachment_id: reading_text(text.reason) for text in texts}


def _plain_face(picture: Attachment | None) -> Face | None:
    """The picture itself, until its preview is drawn."""
    if picture is None:
        return None
    url = url_for("entries.view_file", attachment_id=picture.id)
    return Face(url, url, _("Bild: %(name)s", name=picture.name))
