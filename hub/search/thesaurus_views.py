"""The office looks after the words of the search."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.core import clock
from hub.core.actor import Actor
from hub.core.errors import Conflict, Missing, Refused
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.core.text import clean_line
from hub.search import skos
from hub.search import thesaurus_queries as queries
from hub.search.concepts import ConceptDetails, tidied
from hub.search.foreseeing import Outlook, foresee
from hub.search.models import LABEL_LENGTH, LANGUAGES
from hub.search.sampling import Sample, sample
from hub.search.service import thesaurus as service
from hub.search.thesaurus_forms import ConceptForm, filled_in
from hub.web.guard import requires, takes_files

bp = Blueprint("thesaurus", __name__, url_prefix="/thesaurus")
NEW = "-"
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking over an upload would do; names with what they are called now and would be."""

    new: list[str]
    changed: list[tuple[str, list[tuple[str, str, str]]]]
    same_count: int
    kept_count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change does to one search, and to the recent ones; None while the index cannot be asked."""

    sample: Sample
    outlook: Outlook | None


@bp.get("")
@requires(Permission.SEARCH_INSPECT)
def manage() -> ResponseReturnValue:
    """All concepts, or those with a text in a label."""
    text = clean_line(request.args.get("q", ""))[:LABEL_LENGTH]
    lines, page = queries.find_lines(text, page_number(request.args.get("page")))
    return render_template(
        "search/thesaurus_list.html",
        lines=lines,
        page=page,
        text=text,
        names=queries.find_names(),
        deleted=_deleted(request.args.get("deleted", "")),
        may_edit=current_user.may(Permission.THESAURUS_EDIT),
        page_url=lambda number: url_for("thesaurus.manage", q=text or None, page=number if number > 1 else None),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.THESAURUS_EDIT)
def add() -> ResponseReturnValue:
    """A new concept; its name may be handed over, by the list of searches without a hit."""
    names = queries.find_names()
    if request.method == "GET":
        given = clean_line(request.args.get("name", ""))[:LABEL_LENGTH]
        return _page(NEW, ConceptForm(names=names, data={"name": given, "sample": given}))
    form = ConceptForm(request.form, names=names)
    if not form.validate():
        return _page(NEW, form), 422
    if request.form.get("do") == "sample":
        return _page(NEW, form, _preview(NEW, form))
    try:
        key = service.add_concept(_person(), form.details())
    except Refused as refused:
        form.more_broader.errors = [refused.message]
        return _page(NEW, form), 422
    return _saved(key, form.details())


@bp.route("/concepts/<key>", methods=["GET", "POST"])
@requires(Permission.THESAURUS_EDIT)
def edit(key: str) -> ResponseReturnValue:
    """Labels, relations and note of a concept."""
    details, version = queries.get_concept(key)
    names = {other: name for other, name in queries.find_names().items() if other != key}
    if request.method == "GET":
        form = ConceptForm(names=names, data={**filled_in(details, version), "sample": details.name})
        return _page(key, form, details=details)
    form = ConceptForm(request.form, names=names)
    if not form.validate() or form.version.data is None:
        return _page(key, form, details=details), 422
    if request.form.get("do") == "sample":
        return _page(key, form, _preview(key, form), details=details)
    try:
        service.change_concept(_person(), key, form.details(), form.version.data)
    except Refused as refused:
        form.more_broader.errors = [refused.message]
        return _page(key, form, details=details), 422
    except Conflict:
        form.version.data, form.version.raw_data = version, None
        differences = _differences(details, tidied(key, form.details()), names)
        return _page(key, form, details=details, differences=differences), 409
    return _saved(key, form.details())


@bp.post("/concepts/<key>/delete")
@requires(Permission.THESAURUS_EDIT)
def delete(key: str) -> ResponseReturnValue:
    """Take a concept out; the page that follows offers to undo it."""
    version = request.form.get("version", type=int)
    if version is None:
        abort(400)
    service.delete_concept(_person(), key, version)
    return redirect(url_for("thesaurus.manage", deleted=key), 303)


@bp.post("/concepts/<key>/restore")
@requires(Permission.THESAURUS_EDIT)
def restore(key: str) -> ResponseReturnValue:
    """Undo a deletion."""
    service.restore_concept(_person(), key)
    flash(_("Der Begriff ist wieder da."), "success")
    return redirect(url_for("thesaurus.edit", key=key), 303)


@bp.get("/download")
@requires(Permission.SEARCH_INSPECT)
def download() -> ResponseReturnValue:
    """All concepts as SKOS: Turtle, or RDF/XML with ``?format=rdf``."""
    suffix = ".rdf" if request.args.get("format") == "rdf" else ".ttl"
    data = skos.written(queries.load_concepts(), suffix)
    name = f"wortschatz-{clock.today():%Y-%m-%d}{suffix}"
    return send_file(BytesIO(data), mimetype=skos.MEDIA_TYPES[suffix], as_attachment=True, download_name=name)


@bp.get("/upload")
@requires(Permission.THESAURUS_EDIT)
def files() -> ResponseReturnValue:
    """Taking concepts over from a file, and where to get all of them as a file."""
    return render_template("search/thesaurus_files.html", error="")


@bp.post("/upload")
@requires(Permission.THESAURUS_EDIT)
@takes_files
def upload() -> ResponseReturnValue:
    """Read a file and remember what it says; nothing is changed before the person has seen it."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused(_("Bitte wählen Sie eine Datei aus."))
        with closing(file):
            reading = skos.read(file.stream.read(skos.LARGEST_FILE + 1), file.filename)
    except Refused as refused:
        return render_template("search/thesaurus_files.html", error=refused.message), 422
    service.keep_draft(_person(), reading.concepts)
    for sentence in _left_out(reading):
        flash(sentence, "warning")
    return redirect(url_for("thesaurus.draft"), 303)


@bp.get("/draft")
@requires(Permission.THESAURUS_EDIT)
def draft() -> ResponseReturnValue:
    """What taking over the upload would do."""
    wanted, present = queries.get_draft(_person().id), queries.load_concepts()
    plan = _plan(wanted, present)
    return render_template("search/thesaurus_draft.html", plan=plan, version=queries.current_version(), most=MOST_SHOWN)


@bp.post("/draft")
@requires(Permission.THESAURUS_EDIT)
def take_over() -> ResponseReturnValue:
    """Take over the upload, unless the thesaurus has changed since the person saw what it would do."""
    try:
        count = service.take_over_draft(_person(), request.form.get("version", default=-1, type=int))
    except Conflict:
        flash(_("Der Wortschatz hat sich inzwischen geändert. Bitte sehen Sie noch einmal durch."), "warning")
        return redirect(url_for("thesaurus.draft"), 303)
    except Refused as refused:
        flash(refused.message, "error")
        return redirect(url_for("thesaurus.draft"), 303)
    flash(ngettext("%(num)s Begriff ist übernommen.", "%(num)s Begriffe sind übernommen.", count), "success")
    return redirect(url_for("thesaurus.manage"), 303)


def _person() -> Actor:
    return current_user._get_current_object()


def _page(
    key: str,
    form: ConceptForm,
    preview: Preview | None = None,
    details: ConceptDetails | None = None,
    differences: list[tuple[str, str, str]] | None = None,
) -> str:
    return render_template(
        "search/thesaurus_concept.html",
        key=key,
        is_new=key == NEW,
        name=details.name if details else "",
        form=form,
        sample=preview.sample if preview else None,
        outlook=preview.outlook if preview else None,
        names=form.names,
        language_names=_language_names(),
        differences=differences,
    )


def _preview(key: str, form: ConceptForm) -> Preview:
    present = queries.load_concepts()
    details = tidied(key, form.details())
    after = {**present, key: details}
    shown = sample(clean_line(form.sample.data) or details.name, present, after)
    return Preview(shown, foresee(_person(), key, present, after))


def _saved(key: str, details: ConceptDetails) -> ResponseReturnValue:
    flash(_("Der Begriff ist gespeichert. Er gilt ab der nächsten Suche."), "success")
    shared = queries.find_sharing(key, details)
    if shared:
        names = queries.find_names()
        pairs = "; ".join(
            _("„%(title)s“ (%(concept)s)", title=label, concept=names.get(other, other)) for label, other in shared
        )
        flash(_("Diese Bezeichnungen hat auch ein anderer Begriff: %(pairs)s. Das ist erlaubt.", pairs=pairs), "info")
    return redirect(url_for("thesaurus.edit", key=key), 303)


def _deleted(key: str) -> tuple[str, str] | None:
    """Key and name of the concept that was deleted just now, for undoing it."""
    if not key:
        return None
    try:
        return key, queries.get_concept(key, is_deleted=True)[0].name
    except Missing:
        return None


def _plan(wanted: Mapping[str, ConceptDetails], present: Mapping[str, ConceptDetails]) -> Plan:
    names = {key: details.name for key, details in {**wanted, **present}.items()}
    new = [details.name for key, details in wanted.items() if key not in present]
    changed = [
        (present[key].name, _differences(present[key], details, names))
        for key, details in wanted.items()
        if key in present and not details.is_same(present[key])
    ]
    same = len(wanted) - len(new) - len(changed)
    return Plan(sorted(new), sorted(changed), same, len(present.keys() - wanted.keys()))


def _differences(saved: ConceptDetails, own: ConceptDetails, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What differs, as label, saved and own value."""
    labels = _language_names()
    pairs = [(labels[code], saved.labels.get(code, ()), own.labels.get(code, ())) for code in LANGUAGES]
    for label, before, after in (
        (_("Oberbegriffe"), saved.broader, own.broader),
        (_("Verwandte Begriffe"), saved.related, own.related),
    ):
        pairs.append((label, _named(before, names), _named(after, names)))
    pairs.append((_("Anmerkung"), (saved.note,), (own.note,)))
    return [(label, ", ".join(before), ", ".join(after)) for label, before, after in pairs if _differ(before, after)]


def _differ(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    return before[:1] != after[:1] or set(before) != set(after)


def _named(keys: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(names.get(key, key) for key in keys))


def _left_out(reading: skos.Reading) -> list[str]:
    sentences = []
    if reading.languages:
        codes = ", ".join(reading.languages)
        sentences.append(_("Bezeichnungen in diesen Sprachen kennt die Suche nicht: %(codes)s.", codes=codes))
    if reading.nameless:
        sentences.append(
            ngettext(
                "%(num)s Begriff ohne deutsche, englische oder französische Bezeichnung bleibt weg.",
                "%(num)s Begriffe ohne deutsche, englische oder französische Bezeichnung bleiben weg.",
                reading.nameless,
            )
        )
    return sentences


def _language_names() -> dict[str, str]:
    return {"de": _("Deutsch"), "en": _("Englisch"), "fr": _("Französisch")}
