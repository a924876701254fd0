"""Pages for asking and answering, and what the office does with questions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.asking import policy, queries
from hub.asking.forms import AnswerForm, QuestionForm, ReasonForm
from hub.asking.models import Audience, State
from hub.asking.queries import Asked
from hub.asking.service import answering, asking, settling, tending
from hub.asking.service.asking import Asking
from hub.collections.queries import find_collections_with_sections
from hub.core.errors import Missing, Refused
from hub.core.paging import PER_PAGE, Page, page_number
from hub.core.permissions import Permission
from hub.core.text import clean_line
from hub.entries.queries import Row
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires
from hub.web.parked import parked_form

bp = Blueprint("asking", __name__)
LISTS = ("open", "settled", "own")


@bp.get("/questions")
@requires(Permission.QUESTION_ASK)
def listing() -> ResponseReturnValue:
    """Open questions; by ?show= those that were answered, or the own ones."""
    show = request.args.get("show", "")
    show = show if show in LISTS else LISTS[0]
    counts = queries.count_asked(current_user)
    state = State.SETTLED if show == "settled" else State.OPEN
    total = counts.get(state, 0)
    page = Page(page_number(request.args.get("page"), Page(1, PER_PAGE, total).last), PER_PAGE, total)
    return render_template(
        "asking/list.html",
        show=show,
        counts=counts,
        questions=queries.find_own(current_user) if show == "own" else queries.find_asked(current_user, state, page),
        page=page,
        page_url=lambda wanted: url_for("asking.listing", show=show, page=wanted),
    )


@bp.route("/questions/new", methods=["GET", "POST"])
@requires(Permission.QUESTION_ASK)
def ask() -> ResponseReturnValue:
    """Ask: filled with the search that found nothing; what may answer already is named before anything is sent."""
    parked = parked_form()
    if request.method == "GET":
        form = QuestionForm(parked, collections=_collections(), **({} if parked else _values_of_search()))
        return _ask_page(form)
    form = QuestionForm(request.form, collections=_collections())
    if not form.validate():
        return _ask_page(form), 422
    hints, similar = _possible_answers(form)
    if form.seen.data != form.text.data and (hints or similar):
        return _ask_page(form, hints, similar)
    try:
        question = asking.ask_question(current_user, _asking_of(form))
    except Refused as error:
        form.form_errors.append(error.message)
        return _ask_page(form, hints, similar), 422
    flash(_thanks(question.audience), "success")
    return redirect(url_for("asking.show", question_id=question.id), 303)


@bp.post("/questions/ask-cities")
@requires(Permission.QUESTION_TEND)
def ask_cities() -> ResponseReturnValue:
    """The office asks all, in its own name, for what was searched in vain (field ``words``)."""
    question = asking.ask_cities(current_user, request.form.get("words", ""))
    undo = url_for("asking.withdraw", question_id=question.id)
    flash_with_undo(_("Die Städte sind gefragt: „%(text)s“", text=question.text), undo)
    return redirect(url_for("asking.show", question_id=question.id), 303)


@bp.get("/questions/<int:question_id>")
@requires(Permission.QUESTION_ASK)
def show(question_id: int) -> ResponseReturnValue:
    """A question with its answers; ``find`` looks for entries that could be given."""
    return _question_page(question_id, AnswerForm(parked_form()), request.args.get("find", ""))


@bp.post("/questions/<int:question_id>/answer")
@requires(Permission.QUESTION_ASK)
def answer(question_id: int) -> ResponseReturnValue:
    """Give an entry by number, address or words of it, or a short text."""
    form = AnswerForm(request.form)
    if not form.validate():
        return _question_page(question_id, form), 422
    number = request.form.get("entry_id", 0, type=int)
    wanted = form.entry.data or ""
    number = number or (queries.find_entry_by_address(current_user, wanted) or 0 if wanted else 0)
    if wanted and not number:
        return _question_page(question_id, form, wanted)
    try:
        if number:
            given = answering.answer_with_entry(current_user, question_id, number)
        else:
            given = answering.answer_with_text(current_user, question_id, form.text.data or "")
    except Refused as error:
        form.form_errors.append(error.message)
        return _question_page(question_id, form), 422
    except Missing:
        form.entry.errors = [_("Diesen Eintrag gibt es nicht. Bitte suchen Sie ihn mit einem Wort aus dem Titel.")]
        return _question_page(question_id, form), 422
    flash_with_undo(_("Vielen Dank für Ihre Antwort."), url_for("asking.remove_answer", answer_id=given.id))
    return redirect(url_for("asking.show", question_id=question_id), 303)


@bp.post("/questions/<int:question_id>/settle")
@requires(Permission.QUESTION_ASK)
def settle(question_id: int) -> ResponseReturnValue:
    """No further answer is needed."""
    settling.settle_question(current_user, question_id)
    return _done(question_id, _("Die Frage ist erledigt."), url_for("asking.reopen", question_id=question_id))


@bp.post("/questions/<int:question_id>/reopen")
@requires(Permission.QUESTION_ASK)
def reopen(question_id: int) -> ResponseReturnValue:
    """Ask again."""
    settling.reopen_question(current_user, question_id)
    return _done(question_id, _("Die Frage ist wieder offen."))


@bp.post("/questions/<int:question_id>/withdraw")
@requires(Permission.QUESTION_ASK)
def withdraw(question_id: int) -> ResponseReturnValue:
    """Take a question back."""
    settling.withdraw_question(current_user, question_id)
    return _done(question_id, _("Die Frage ist zurückgezogen."), url_for("asking.reopen", question_id=question_id))


@bp.route("/questions/<int:question_id>/report", methods=["GET", "POST"])
@requires(Permission.QUESTION_ASK)
def report(question_id: int) -> ResponseReturnValue:
    """Tell the office that something is wrong with a question."""
    question = queries.get_asked(current_user, question_id)
    form = ReasonForm(parked_form() or request.form)
    if request.method == "POST" and form.validate():
        try:
            tending.report_question(current_user, question_id, form.reason.data or "")
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            return _done(question_id, _("Danke. Die Geschäftsstelle schaut es sich an."))
    page = render_template("asking/report.html", question=question, form=form, is_removal=False)
    return page, 422 if form.errors else 200


@bp.route("/questions/<int:question_id>/remove", methods=["GET", "POST"])
@requires(Permission.QUESTION_TEND)
def remove(question_id: int) -> ResponseReturnValue:
    """The office takes a question away and says why."""
    question = queries.get_asked(current_user, question_id)
    form = ReasonForm(parked_form() or request.form)
    if request.method == "POST" and form.validate():
        settling.remove_question(current_user, question_id, form.reason.data or "")
        undo = url_for("asking.restore", question_id=question_id)
        return _done(question_id, _("Die Frage ist entfernt."), undo)
    page = render_template("asking/report.html", question=question, form=form, is_removal=True)
    return page, 422 if form.errors else 200


@bp.post("/questions/<int:question_id>/restore")
@requires(Permission.QUESTION_TEND)
def restore(question_id: int) -> ResponseReturnValue:
    """Undo a removal."""
    settling.restore_question(current_user, question_id)
    return _done(question_id, _("Die Frage ist wieder da."))


@bp.post("/questions/<int:question_id>/keep")
@requires(Permission.QUESTION_TEND)
def keep(question_id: int) -> ResponseReturnValue:
    """A reported question is in order."""
    tending.keep_question(current_user, question_id)
    return _done(question_id, _("Die Meldung ist erledigt."))


@bp.post("/questions/<int:question_id>/forward")
@requires(Permission.QUESTION_TEND)
def forward(question_id: int) -> ResponseReturnValue:
    """Ask all cities what the office was asked; with ``back`` undo it."""
    if request.form.get("back") or request.args.get("back"):
        tending.take_forward_back(current_user, question_id)
        return _done(question_id, _("Die Frage geht wieder nur an die Geschäftsstelle."))
    tending.forward_question(current_user, question_id)
    undo = url_for("asking.forward", question_id=question_id, back=1)
    return _done(question_id, _("Die Städte sind gefragt, im Namen der Geschäftsstelle."), undo)


@bp.post("/questions/answers/<int:answer_id>/draft")
@requires(Permission.QUESTION_TEND)
def draft_answer(answer_id: int) -> ResponseReturnValue:
    """Make an entry of a short answer, and complete it."""
    entry = answering.draft_from_answer(current_user, answer_id)
    flash(_("Der Entwurf ist angelegt. Wenn Sie ihn veröffentlichen, ist die Frage beantwortet."), "success")
    return redirect(url_for("entries.edit", entry_id=entry.id), 303)


@bp.post("/questions/answers/<int:answer_id>/remove")
@requires(Permission.QUESTION_ASK)
def remove_answer(answer_id: int) -> ResponseReturnValue:
    """Take an answer back."""
    question_id = answering.remove_answer(current_user, answer_id)
    undo = url_for("asking.restore_answer", answer_id=answer_id)
    return _done(question_id, _("Die Antwort ist zurückgenommen."), undo)


@bp.post("/questions/answers/<int:answer_id>/restore")
@requires(Permission.QUESTION_ASK)
def restore_answer(answer_id: int) -> ResponseReturnValue:
    """Undo that an answer was taken back."""
    return _done(answering.restore_answer(current_user, answer_id), _("Die Antwort ist wieder da."))


def _ask_page(form: QuestionForm, hints: list[Row] | None = None, similar: list[Asked] | None = None) -> str:
    """The form with what may answer already; it is asked once more only when the text changes."""
    if hints is None or similar is None:
        hints, similar = _possible_answers(form)
    form.seen.data = form.text.data
    return render_template("asking/ask.html", form=form, hints=hints, similar=similar)


def _possible_answers(form: QuestionForm) -> tuple[list[Row], list[Asked]]:
    text = f"{form.text.data or ''} {form.words.data or ''}".strip()
    return queries.find_hints(current_user, text), queries.find_similar(current_user, text)


def _values_of_search() -> dict[str, str]:
    """What the empty search hands over."""
    words = clean_line(request.args.get("q", ""))[:100]
    audience = request.args.get("to", "")
    values = {"words": words, "text": _("Wer kennt gutes Material zu „%(words)s“?", words=words) if words else ""}
    return values | ({"audience": audience} if audience in list(Audience) else {})


def _asking_of(form: QuestionForm) -> Asking:
    return Asking(
        text=form.text.data or "",
        explanation=form.explanation.data or "",
        collection=form.collection.data or "",
        audience=Audience(form.audience.data),
        words=form.words.data or "",
    )


def _question_page(question_id: int, form: AnswerForm, find: str = "") -> str:
    question = queries.get_asked(current_user, question_id)
    row = queries.get_question(current_user, question_id)
    find = clean_line(find)
    wanted = find or (question.text if question.is_open else "")
    return render_template(
        "asking/show.html",
        question=question,
        answers=queries.find_answers(current_user, question_id),
        form=form,
        find=find,
        offered=queries.find_hints(current_user, wanted) if question.is_open else [],
        may_answer=policy.may_answer(current_user, row),
        may_settle=policy.may_settle(current_user, row),
        may_withdraw=policy.may_withdraw(current_user, row),
        may_tend=policy.may_tend(current_user),
    )


def _collections() -> list[tuple[str, str]]:
    return [(collection.slug, collection.title) for collection in find_collections_with_sections()]


def _thanks(audience: str) -> str:
    if audience == Audience.OFFICE:
        return _("Ihre Frage ist bei der Geschäftsstelle. Wir geben Ihnen Bescheid.")
    return _("Ihre Frage steht jetzt bei „Fragen aus dem Netzwerk“. Wir geben Ihnen Bescheid, wenn jemand antwortet.")


def _done(question_id: int, text: str, undo: str = "") -> ResponseReturnValue:
    """Say what was done, on the page of the question."""
    if undo:
        flash_with_undo(text, undo)
    else:
        flash(text, "success")
    return redirect(url_for("asking.show", question_id=question_id), 303)
