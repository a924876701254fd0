"""The fixed lists of the form, kept by the office: add, order, retire."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission
from hub.entries.details import DETAILS, find_vocabulary
from hub.entries.models import KIND_LABELS
from hub.entries.queries import vocabulary as queries
from hub.entries.service import vocabulary as service
from hub.entries.views.blueprint import bp
from hub.entries.vocabulary_forms import TermForm
from hub.web.guard import requires

STEPS = {"up": -1, "down": 1}


@bp.get("/vocabularies")
@requires(Permission.VOCABULARY_EDIT)
def vocabularies() -> ResponseReturnValue:
    """All lists by kind, with what they offer."""
    groups = [
        (kind, label, [detail for detail in DETAILS[kind] if detail.has_terms]) for kind, label in KIND_LABELS.items()
    ]
    return render_template("entries/vocabularies.html", groups=groups, offered=queries.find_offered_terms())


@bp.route("/vocabularies/<field>", methods=["GET", "POST"])
@requires(Permission.VOCABULARY_EDIT)
def vocabulary(field: str) -> ResponseReturnValue:
    """One list; a POST adds a term to it."""
    form = TermForm(request.form)
    if request.method == "GET":
        return list_page(field)
    if form.validate():
        try:
            service.add_term(current_user, field, form.label.data)
        except Refused as refused:
            form.label.errors = [refused.message]
        else:
            flash(_("Der Begriff steht in der Liste."), "success")
            return _back(field)
    return list_page(field, new=form), 422


@bp.post("/vocabularies/<field>/<int:term_id>/move")
@requires(Permission.VOCABULARY_EDIT)
def move_term(field: str, term_id: int) -> ResponseReturnValue:
    """One place up or down."""
    service.move_term(current_user, field, term_id, STEPS.get(request.form.get("step", ""), 0))
    return _back(field)


@bp.post("/vocabularies/<field>/<int:term_id>/retire")
@requires(Permission.VOCABULARY_EDIT)
def retire_term(field: str, term_id: int) -> ResponseReturnValue:
    """Offer a term no more."""
    service.retire_term(current_user, field, term_id)
    flash(_("Der Begriff wird nicht mehr angeboten. Einträge, die ihn tragen, behalten ihn."), "success")
    return _back(field)


@bp.post("/vocabularies/<field>/<int:term_id>/revive")
@requires(Permission.VOCABULARY_EDIT)
def revive_term(field: str, term_id: int) -> ResponseReturnValue:
    """Offer a term again."""
    service.revive_term(current_user, field, term_id)
    flash(_("Der Begriff wird wieder angeboten."), "success")
    return _back(field)


def _back(field: str) -> ResponseReturnValue:
    return redirect(url_for("entries.vocabulary", field=field), 303)


def list_page(field: str, new: TermForm | None = None, changed: tuple[int, TermForm] | None = None) -> str:
    """The page of a list; with a form that was sent and did not go, it stands there filled."""
    found = find_vocabulary(field)
    if found is None:
        raise Missing
    kind, detail = found
    terms = queries.find_terms(field)[field]
    offered = [term for term in terms if term.retired_at is None]
    rows = []
    for place, term in enumerate(offered, 1):
        form = changed[1] if changed and changed[0] == term.id else TermForm(label=term.label)
        rows.append((term, _named(form, f"begriff-{term.id}", _("Begriff %(n)s", n=place))))
    return render_template(
        "entries/vocabulary.html",
        field=field,
        label=detail.label,
        kind_label=KIND_LABELS[kind],
        rows=rows,
        retired=[term for term in terms if term.retired_at is not None],
        uses=queries.count_term_uses(field),
        new_form=_named(new or TermForm(), "neuer-begriff", _("Neuer Begriff")),
    )


def _named(form: TermForm, field_id: str, label: str) -> TermForm:
    """Several such forms stand on one page: each field needs a name of its own."""
    form.label.id = form.label.label.field_id = field_id
    form.label.label.text = label
    return form
