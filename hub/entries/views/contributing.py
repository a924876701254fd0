"""Adding and editing an entry. A form that fails keeps everything that was typed and every file that was good."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from hub.accounts.queries import find_organisations
from hub.collections.queries import find_collections_with_sections
from hub.core.actor import require
from hub.core.errors import Conflict, Refused
from hub.core.filetypes import ACCEPT
from hub.core.permissions import Permission
from hub.core.storage import MAX_FILE_BYTES
from hub.entries import beside, policy, prefill, queries
from hub.entries.details import GROUPS, Shape, every_detail
from hub.entries.forms import DETAIL, Choices, CollectionChoice, EntryForm, OrganisationChoice
from hub.entries.models import KIND_ICONS, Entry, Kind, PendingChange, Status
from hub.entries.prefill import Filled, Told
from hub.entries.queries import HeldFile, Twin, vocabulary
from hub.entries.queries.pending import find_pending, pending_of
from hub.entries.queries.saving import Unfinished
from hub.entries.reasons import notes_on
from hub.entries.service import contributing, dropping, files
from hub.entries.service.contributing import Care, EntryDetails
from hub.entries.service.holding import must_wait
from hub.entries.views import arriving, references
from hub.entries.views.blueprint import bp
from hub.entries.views.detours import wait_a_turn, wait_elsewhere
from hub.entries.views.pictures import picture_of
from hub.entries.views.saving import (
    Saving,
    finish_saved_form,
    form_key,
    resumed_form,
    saving_of,
    unfinished_forms,
)
from hub.entries.views.uploads import MOST_FILES, held_numbers, too_many
from hub.web.filters import day, file_size
from hub.web.guard import background, requires, takes_files
from hub.web.parked import parked_form

MOMENT = 0.7
LINE_FIELDS = {DETAIL + detail.name for _kind, detail in every_detail() if detail.shape == Shape.LINES}
TERM_FIELDS = {DETAIL + detail.name for _kind, detail in every_detail() if detail.has_terms}
SPLIT = "each"


@dataclass(frozen=True, slots=True)
class Uploads:
    """What came with a form: files that are kept for it, and why others are not."""

    held: list[HeldFile]
    refused: list[str]

    @property
    def ids(self) -> list[int]:
        """Numbers of the kept files."""
        return [file.id for file in self.held]


@bp.route("/entries/new", methods=["GET", "POST"])
@requires(Permission.ENTRY_SUBMIT)
@takes_files
def submit() -> ResponseReturnValue:
    """Add an entry: a link, files or a text."""
    if request.method == "GET":
        return _new_form_page()
    uploads = take_uploads(held_numbers())
    if references.is_wanted():
        return _submit_page(_filled_form(organisation=_own_organisation()), uploads)
    if request.form.get("fetch"):
        return _filled_page(uploads)
    if request.form.get("also"):
        return _place_existing(uploads)
    form = EntryForm(_titled(uploads), choices=accepted_choices(), organisation=_own_organisation())
    if not is_complete(form, uploads, has_files=bool(uploads.held)):
        return _submit_page(form, uploads), 422
    is_draft = bool(request.form.get("draft"))
    try:
        if is_split(request.form) and len(uploads.held) > 1:
            return _submitted_each(form, uploads, is_draft)
        entry = contributing.submit_entry(
            current_user, details_of(form), uploads.ids, is_draft, form.question.data or "", form_key()
        )
    except Refused as error:
        form.form_errors.append(error.message)
        return _submit_page(form, uploads), 422
    flash(_thanks(entry.status), "success")
    _name_duplicates(entry, uploads)
    return redirect(url_for("entries.show", entry_id=entry.id), 303)


@bp.get("/entries/added")
@requires(Permission.ENTRY_SUBMIT)
def added() -> ResponseReturnValue:
    """The entries that several files have become, each with the way to complete it."""
    ids = [number for number in request.args.getlist("id", type=int) if 0 < number <= queries.LARGEST_ID][:MOST_FILES]
    rows = [row for row in queries.load_in_order(current_user, ids) if row.contributor_id == current_user.id]
    if not rows:
        return redirect(url_for("entries.own"), 303)
    return render_template("entries/added.html", rows=rows)


@bp.route("/entries/<int:entry_id>/edit", methods=["GET", "POST"])
@requires(Permission.ENTRY_SUBMIT)
@takes_files
def edit(entry_id: int) -> ResponseReturnValue:
    """Change an entry; whoever was slower sees both versions."""
    entry = queries.get_entry(current_user, entry_id)
    require(policy.may_edit(current_user, entry))
    if request.method == "GET":
        return _edit_form_page(entry)
    version = request.form.get("version", -1, type=int)
    removed = request.form.getlist("remove", type=int)
    uploads = take_uploads(held_numbers())
    if references.is_wanted():
        return _edit_page(entry, _filled_form(**_lasting(entry)), uploads, version, removed)
    form = EntryForm(request.form, choices=accepted_choices(), **_lasting(entry))
    kept = [file for file in entry.files if file.id not in removed]
    if not is_complete(form, uploads, has_files=bool(uploads.held or kept)):
        return _edit_page(entry, form, uploads, version, removed), 422
    is_draft = bool(request.form.get("draft"))
    try:
        entry = contributing.revise_entry(
            current_user, entry, details_of(form), version, uploads.ids, removed, is_draft
        )
    except Refused as error:
        form.form_errors.append(error.message)
        return _edit_page(entry, form, uploads, version, removed), 422
    except Conflict:
        return _conflict_page(entry_id, form, uploads, version, removed)
    finish_saved_form()
    flash(_saved_text(entry), "success")
    _name_duplicates(entry, uploads)
    return redirect(url_for("entries.show", entry_id=entry_id), 303)


def is_split(typed: MultiDict[str, str]) -> bool:
    """Whether each file becomes an entry of its own."""
    return typed.get("split") == SPLIT


def take_uploads(held_ids: list[int]) -> Uploads:
    """Keep the good files of this request beside those already kept; say why the others are refused."""
    refused: list[str] = []
    for upload in request.files.getlist("files"):
        if not upload.filename:
            continue
        if len(held_ids) >= MOST_FILES:
            refused.append(too_many())
            break
        try:
            held_ids.append(files.hold_upload(current_user, upload.stream, upload.filename).id)
        except Refused as error:
            refused.append(error.message)
        finally:
            upload.close()
    return Uploads(queries.find_held(current_user, held_ids), refused)


def offered_choices() -> Choices:
    """What a form that is shown offers: what is accepted, and what others entered, in one question."""
    terms, used = vocabulary.find_offers()
    return _choices(terms, lambda: used)


def accepted_choices() -> Choices:
    """What a form that was sent may hold; what others entered is looked up only if it must be shown again."""
    return _choices(vocabulary.find_offered_terms(), lambda: vocabulary.find_offers()[1])


def _choices(terms: dict[str, list[str]], find_used: Callable[[], dict[str, list[str]]]) -> Choices:
    """Collections with their sections; organisations only for those who may file for others."""
    collections = [
        CollectionChoice(row.id, row.slug, row.title, tuple(section.title for section in row.sections))
        for row in find_collections_with_sections()
    ]
    rows = find_organisations() if current_user.is_office else []
    return Choices(
        collections,
        [OrganisationChoice(row.id, row.name, row.label) for row in rows],
        terms,
        find_used,
    )


def is_complete(form: EntryForm, uploads: Uploads, has_files: bool) -> bool:
    """Check the form, its files, and that there is a link, a file or a text."""
    is_valid = form.validate()
    for message in uploads.refused:
        form.add_error("files", message)
    if not (form.url.data or has_files or form.text.data or uploads.refused):
        form.add_error("url", _("Bitte geben Sie einen Link, eine Datei oder einen Text an."))
        return False
    return is_valid and not uploads.refused


def details_of(form: EntryForm) -> EntryDetails:
    """What the form says, field by field."""
    return EntryDetails(
        title=form.title.data,
        kind=Kind(form.kind.data),
        collection_ids=form.collection_ids,
        url=form.url.data or None,
        summary=form.summary.data or "",
        text=form.text.data or "",
        note=form.note.data or "",
        section=form.section.data or "",
        tags=form.tag_names(),
        publisher=form.publisher.data or "",
        organisation_id=int(form.organisation.data) if form.organisation else None,
        year=int(form.year.data) if form.year.data else None,
        language=form.language.data,
        coverage=form.coverage.data or None,
        details=form.details(),
        care=_care_of(form),
    )


def _care_of(form: EntryForm) -> Care | None:
    if not form.responsible:
        return None
    return Care(form.review_on.data, int(form.responsible.data) if form.responsible.data else None)


def values_of(entry: Entry) -> dict[str, Any]:
    """What the form shows of an entry."""
    section = entry.places[0].section if entry.places else None
    values = {
        "url": entry.url or "",
        "title": entry.title,
        "text": entry.text,
        "summary": entry.summary,
        "note": entry.note,
        "kind": entry.kind,
        "collections": [place.collection.slug for place in entry.places],
        "section": section.title if section else "",
        "tags": ", ".join(entry.tags),
        "organisation": str(entry.organisation_id),
        "year": str(entry.year or ""),
        "language": entry.language,
        "publisher": entry.publisher,
        "coverage": entry.coverage or "",
        "review_on": entry.review_on,
        "responsible": str(entry.responsible_id or ""),
    }
    for name, value in (entry.details or {}).items():
        values[DETAIL + name] = "\n".join(value) if isinstance(value, list) else value
    return values


def _new_form_page() -> ResponseReturnValue:
    parked = parked_form()
    if parked is not None:
        return _typed_page(parked, saving_of(parked))
    saved = resumed_form()
    if saved is not None:
        return wait_a_turn(saved.fields) or _typed_page(saved.fields, saved.saving)
    choices = offered_choices()
    values = arriving.values_of(request.args, [choice.slug for choice in choices.collections])
    values["question"] = request.args.get("question", "")
    form = EntryForm(choices=choices, organisation=_own_organisation(), **values)
    shared = queries.find_held(current_user, request.args.getlist("held", type=int)[:MOST_FILES])
    return _submit_page(form, Uploads(shared, []), unfinished=unfinished_forms(None))


def _typed_page(typed: MultiDict[str, str], saving: Saving) -> str:
    """The form as it was typed; filled when it comes back from where it waited."""
    uploads = Uploads(queries.find_held(current_user, _numbers(typed, "held")), [])
    if "told" in request.args:
        filled = _filled(typed, uploads.held, prefill.peek(typed.get("url", "")))
        form = EntryForm(filled.form, choices=offered_choices(), organisation=_own_organisation())
        return _submit_page(form, uploads, filled, saving)
    form = EntryForm(typed, choices=offered_choices(), organisation=_own_organisation())
    return _submit_page(form, uploads, saving=saving, typed=typed)


def _filled_page(uploads: Uploads) -> ResponseReturnValue:
    """The form once more, with what link and files tell, maybe after a while; nothing is saved yet."""
    is_reading = any(file.is_waiting for file in uploads.held)
    told = prefill.look(current_user._get_current_object(), request.form.get("url", ""))
    if (told.is_waiting or is_reading) and not uploads.refused:
        detour = wait_elsewhere(uploads.ids)
        if detour is not None:
            return detour
    filled = _filled(request.form, uploads.held, told)
    form = EntryForm(filled.form, choices=offered_choices(), organisation=_own_organisation())
    return _submit_page(form, uploads, filled)


def _filled(typed: MultiDict[str, str], held: Sequence[HeldFile], told: Told) -> Filled:
    """The typed form with what the link tells, else what the files do; files that are to be apart tell nothing."""
    actor = current_user._get_current_object()
    if typed.get("url", "").strip() or not held:
        return prefill.fill(actor, typed if is_split(typed) else prefill.with_files(typed, held), told)
    if is_split(typed):
        return Filled(typed, is_told=True)
    return prefill.fill_from_files(actor, typed, held)


def _place_existing(uploads: Uploads) -> ResponseReturnValue:
    """Instead of adding the same thing again, its entry is taken into the chosen collection too, or proposed for it."""
    number = request.form.get("also", 0, type=int)
    form = EntryForm(request.form, choices=offered_choices(), organisation=_own_organisation())
    try:
        title, is_placed = contributing.add_to_collection(current_user, number, form.collection_ids[:1])
    except Refused as error:
        form.add_error("collections", error.message)
        return _submit_page(form, uploads), 422
    finish_saved_form()
    if is_placed:
        flash(_("Der Eintrag steht jetzt auch in der Sammlung „%(title)s“.", title=title), "success")
    else:
        flash(_("Vielen Dank. Die Geschäftsstelle liest Ihren Vorschlag für „%(title)s“.", title=title), "success")
    return redirect(url_for("entries.show", entry_id=number), 303)


@bp.post("/entries/link")
@requires(Permission.ENTRY_SUBMIT)
@background
def read_link() -> ResponseReturnValue:
    """For script: what a pasted link tells at this moment, as values for fields and a note to show."""
    actor = current_user._get_current_object()
    told = prefill.look(actor, request.form.get("url", ""))
    if told.is_waiting:
        return {"waits": True}, 202
    filled = prefill.fill(actor, request.form, told)
    return {
        "values": filled.changes(request.form),
        "proposed": filled.proposed,
        "note": render_template("entries/_told.html", told=filled, picture=picture_of(filled)),
    }


def _filled_form(**lasting: Any) -> EntryForm:
    """The form with what DOI or RIS tell, or with the reason why they tell nothing."""
    found = references.fill_form()
    form = EntryForm(found.form, choices=offered_choices(), **lasting)
    if found.message:
        form.add_error(found.field, found.message)
    return form


def _edit_form_page(entry: Entry) -> ResponseReturnValue:
    parked = parked_form()
    choices = offered_choices()
    if parked is None:
        return _resumed_edit_page(entry, choices)
    uploads = Uploads(queries.find_held(current_user, _numbers(parked, "held")), [])
    version = (_numbers(parked, "version") or [entry.version])[0]
    form = EntryForm(parked, choices=choices, **_lasting(entry))
    return _edit_page(entry, form, uploads, version, _numbers(parked, "remove"), saving=saving_of(parked))


def _resumed_edit_page(entry: Entry, choices: Choices) -> ResponseReturnValue:
    """The form as saved while typing; both versions when the entry has changed since, or else the entry as it is."""
    saved = resumed_form()
    if saved is None:
        pending = own_pending(entry)
        form = EntryForm(choices=choices, **values_of(entry) | pending_values(pending, choices))
        uploads = Uploads(queries.find_held(current_user, pending.held) if pending else [], [])
        removed = list(pending.removed) if pending else []
        return _edit_page(entry, form, uploads, entry.version, removed, unfinished=unfinished_forms(entry.id))
    uploads = Uploads(queries.find_held(current_user, _numbers(saved.fields, "held")), [])
    form = EntryForm(saved.fields, choices=choices, **_lasting(entry))
    removed = _numbers(saved.fields, "remove")
    if saved.entry_version != entry.version:
        return _conflict_page(entry.id, form, uploads, saved.entry_version, removed, saved.saving)
    return _edit_page(entry, form, uploads, entry.version, removed, saving=saved.saving)


def _titled(uploads: Uploads) -> MultiDict[str, str]:
    """The form as typed; a missing title comes from the link, later, or from the first file after a moment."""
    if not uploads.held or request.form.get("title", "").strip() or request.form.get("url", "").strip():
        return request.form
    typed = request.form.copy()
    typed["title"] = queries.wait_for_held(current_user, uploads.ids[:1], MOMENT)[0].told_title
    return typed


def _submitted_each(form: EntryForm, uploads: Uploads, is_draft: bool) -> ResponseReturnValue:
    held = queries.wait_for_held(current_user, uploads.ids)
    entries = dropping.submit_each(current_user, details_of(form), held, is_draft)
    finish_saved_form()
    return redirect(url_for("entries.added", id=[entry.id for entry in entries]), 303)


def _own_organisation() -> str:
    return str(current_user.organisation_id or "")


def _lasting(entry: Entry) -> dict[str, Any]:
    """What stays as it is when a form does not mention it, and the terms that may stay though no list has them."""
    names = {"organisation", "language", "coverage", "review_on", "responsible"} | TERM_FIELDS
    return {name: value for name, value in values_of(entry).items() if name in names}


def _numbers(values: MultiDict[str, str], name: str) -> list[int]:
    return values.getlist(name, type=int)


def _submit_page(
    form: EntryForm,
    uploads: Uploads,
    told: Filled | None = None,
    saving: Saving | None = None,
    unfinished: Sequence[Unfinished] = (),
    typed: MultiDict[str, str] | None = None,
) -> str:
    return render_template(
        "entries/submit.html",
        may_publish=policy.may_publish(current_user),
        told=told,
        picture=picture_of(told),
        is_split=is_split(told.form if told else request.form if typed is None else typed),
        unfinished=unfinished,
        asked=beside.find_question(current_user, form.question.data or ""),
        **_form_parts(form, uploads, saving),
    )


def _edit_page(
    entry: Entry,
    form: EntryForm,
    uploads: Uploads,
    version: int,
    removed: list[int],
    saving: Saving | None = None,
    unfinished: Sequence[Unfinished] = (),
) -> str:
    return render_template(
        "entries/edit.html",
        entry=entry,
        version=version,
        removed=removed,
        button=_save_label(entry),
        goes_back=entry.status == Status.PUBLISHED and must_wait(current_user),
        pending=own_pending(entry),
        unfinished=unfinished,
        **_form_parts(form, uploads, saving),
    )


def _form_parts(form: EntryForm, uploads: Uploads, saving: Saving | None) -> dict[str, Any]:
    return {
        "saving": saving or saving_of(request.form),
        "form": form,
        "held": _kept(uploads.held),
        "most_files": MOST_FILES,
        "largest": MAX_FILE_BYTES,
        "accept": ACCEPT,
        "kind_icons": {kind.value: symbol for kind, symbol in KIND_ICONS.items()},
        "line_fields": LINE_FIELDS,
        "detail_groups": [
            (kind.value, [(group, [form[DETAIL + detail.name] for detail in group.details]) for group in groups])
            for kind, groups in GROUPS.items()
        ],
    }


def _kept(held: list[HeldFile]) -> list[dict[str, Any]]:
    """The files that are there already, as the form shows them."""
    twins = queries.find_same_content(current_user, [file.checksum for file in held])
    return [
        {
            "value": file.id,
            "name": file.name,
            "size_text": file_size(file.size),
            "notes": notes_on(file, held, twins.get(file.checksum)),
            "address": url_for("entries.held_file", attachment_id=file.id),
        }
        for file in held
    ]


def _conflict_page(
    entry_id: int,
    form: EntryForm,
    uploads: Uploads,
    version: int,
    removed: list[int],
    saving: Saving | None = None,
) -> ResponseReturnValue:
    """Both versions, complete; saving again from here replaces the newer one on purpose."""
    entry = queries.get_entry(current_user, entry_id)
    if entry.version == version:
        raise Conflict
    saved = EntryForm(choices=offered_choices(), **values_of(entry))
    page = render_template(
        "entries/conflict.html",
        entry=entry,
        version=entry.version,
        removed=removed,
        button=_("Meine Fassung speichern"),
        pairs=_pairs(form, saved),
        saved_by=queries.find_last_editor(entry),
        **_form_parts(form, uploads, saving),
    )
    return page, 409


def _pairs(mine: EntryForm, saved: EntryForm) -> list[tuple[str, str, str]]:
    """Label, my text and the saved text of every field that either version fills."""
    fields = [field for field in mine if field.name not in ("files", "ris", "question")]
    pairs = [(str(field.label.text), _shown(field), _shown(saved[field.name])) for field in fields]
    return [pair for pair in pairs if pair[1] or pair[2]]


def _shown(field: Any) -> str:
    """What a field says, in words where it holds codes."""
    values = field.data if isinstance(field.data, list) else [field.data]
    labels = {str(offered.value): str(offered.label) for offered in getattr(field, "choices", None) or ()}
    values = [day(value) if isinstance(value, date) else value for value in values if value]
    return ", ".join(labels.get(str(value), str(value)) for value in values)


def _name_duplicates(entry: Entry | contributing.Submitted, uploads: Uploads) -> None:
    """The page of a waiting entry names them itself; for a published one they are said once, here."""
    if not entry.is_published:
        return
    same_url = queries.find_with_url(current_user, entry.url, entry.id) if entry.url else []
    if titles := _listed(same_url):
        text = _("Diese Adresse gibt es schon bei %(titles)s. Beide Einträge dürfen bleiben.", titles=titles)
        flash(text, "warning")
    if uploads.held and (titles := _listed(queries.find_with_same_files(current_user, entry.id))):
        flash(_("Diese Datei gibt es schon bei %(titles)s. Beide Einträge dürfen bleiben.", titles=titles), "warning")


def _listed(twins: list[Twin]) -> str:
    return ", ".join(_("„%(title)s“", title=row.title) for row in twins)


def own_pending(entry: Entry) -> PendingChange | None:
    """The change of this person that waits beside a published entry, or came back."""
    return pending_of(current_user, entry) if entry.is_published and not current_user.is_office else None


def pending_values(pending: PendingChange | None, choices: Choices) -> dict[str, Any]:
    """What the form shows of a waiting change, for the fields that it changes."""
    if pending is None:
        return {}
    values: dict[str, Any] = dict(pending.changes)
    slugs = {choice.id: choice.slug for choice in choices.collections}
    if "collection_ids" in values:
        values["collections"] = [slugs[number] for number in values.pop("collection_ids") if number in slugs]
    if "tags" in values:
        values["tags"] = ", ".join(values["tags"])
    if "organisation_id" in values:
        values["organisation"] = str(values.pop("organisation_id"))
    values |= {name: str(values[name] or "") for name in ("year", "url", "coverage") if name in values}
    for name, value in values.pop("details", {}).items():
        values[DETAIL + name] = "\n".join(value) if isinstance(value, list) else value
    return values


def _saved_text(entry: Entry) -> str:
    if current_user.is_office or not entry.is_published or find_pending(current_user, entry) is None:
        return _("Die Änderungen sind gespeichert.")
    return _("Ihre Änderung ist eingereicht. Bis zur Freigabe sehen alle die bisherige Fassung.")


def _save_label(entry: Entry) -> str:
    if entry.status == Status.DRAFT:
        return _("Veröffentlichen") if policy.may_publish(current_user) else _("Zur Freigabe einreichen")
    if current_user.is_office or entry.status == Status.SUBMITTED:
        return _("Änderungen speichern")
    if entry.status == Status.PUBLISHED:
        return _("Änderung einreichen") if must_wait(current_user) else _("Änderungen speichern")
    return _("Erneut einreichen")


def _thanks(status: Status) -> str:
    if status == Status.DRAFT:
        return _("Der Entwurf ist gespeichert. Nur Sie sehen ihn.")
    if status == Status.PUBLISHED:
        return _("Der Eintrag ist veröffentlicht.")
    return _("Vielen Dank. Ihr Eintrag ist eingereicht.")
