"""What this room brings to the desk: questions to the office, reported ones, short answers to make entries of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.asking import policy, queries
from hub.asking.models import Answer, Question
from hub.asking.queries import Asked
from hub.asking.service import answering, settling, tending
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Missing, Refused
from hub.core.findings import Deed, Finding, Settled
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.undoing.service import Row, remember

KIND = "question"
FORWARD = Deed("forward", _l("Bei Städten anfragen"), "send")
ANSWER = Deed("answer", _l("Kurz antworten"), "messages", needs_text=True)
DRAFT = Deed("draft", _l("Eintrag daraus machen"), "plus")
LEAVE = Deed("leave", _l("So lassen"), "check")
KEEP = Deed("keep", _l("Frage ist in Ordnung"), "check")
REMOVE = Deed("remove", _l("Frage entfernen"), "x", needs_text=True)


class Questions:
    """What members ask."""

    name = "question"
    label = _l("Fragen aus dem Netzwerk")

    def count(self, actor: Actor) -> Select[Any]:
        """All that wait for the office."""
        require(policy.may_tend(actor))
        return queries.waiting_count()

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Reported ones first, then those that wait longest."""
        require(policy.may_tend(actor))
        waiting = queries.find_waiting(actor, limit)
        texts = queries.find_unhandled([asked.id for asked in waiting])
        return [_finding(asked, texts.get(asked.id, (0, ""))[1]) for asked in waiting]

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Pass on, answer, make an entry, leave, keep or remove; what has moved on is left."""
        require(policy.may_tend(actor))
        done: list[Row] = []
        conflicts: list[str] = []
        with unit_of_work() as session:
            for number, version in counted(chosen):
                question = _locked(session, number)
                if question is None or question.version != version:
                    conflicts.append(question.text if question else _("Eine Frage, die es nicht mehr gibt"))
                    continue
                try:
                    before = _do(session, actor, deed, question, text)
                except (Conflict, Missing):
                    conflicts.append(question.text)
                    continue
                session.flush()
                done.append(Row(number, {"deed": deed, **before}, question.version))
            label = ngettext("%(num)s Frage erledigt", "%(num)s Fragen erledigt", len(done))
            undo_id = remember(actor, KIND, label, done) if done and deed != DRAFT.key else None
        return Settled(len(done), tuple(conflicts), undo_id)


SOURCE = Questions()


def set_back(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo what the office did to questions, unless they have moved on since."""
    count, conflicts = 0, []
    with unit_of_work() as session:
        for row in counted(rows):
            question = _locked(session, row.thing_id)
            if question is None or question.version != row.after_version:
                conflicts.append(question.text if question else _("Eine Frage, die es nicht mehr gibt"))
                continue
            _undo(session, actor, question, row.before)
            count += 1
    return count, tuple(conflicts)


def _finding(asked: Asked, text: str) -> Finding:
    deeds: tuple[Deed, ...]
    if asked.reported_at is not None:
        what, tone, about, deeds = _("Gemeldete Frage"), "warn", asked.report_text, (KEEP, REMOVE)
    elif text:
        what, tone, about, deeds = _("Kurze Antwort auf eine Frage"), "info", text, (DRAFT, LEAVE)
    else:
        what, tone, about = _("Frage an die Geschäftsstelle"), "info", asked.explanation
        deeds = (FORWARD, ANSWER, REMOVE)
    return Finding(
        source=SOURCE.name,
        thing_id=asked.id,
        version=asked.version,
        title=asked.text,
        finding=f"{what} · {asked.organisation}" if asked.organisation else what,
        deeds=deeds,
        since=asked.reported_at or asked.created_at,
        about=about,
        tone=tone,
        icon="messages",
        address=url_for("asking.show", question_id=asked.id),
    )


def _locked(session: Session, number: int) -> Question | None:
    if not 0 < number <= queries.LARGEST_ID:
        return None
    wanted = select(Question).where(Question.id == number).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def _do(session: Session, actor: Actor, deed: str, question: Question, text: str) -> dict[str, Any]:
    """Do it; returns what it takes to undo it."""
    if deed == FORWARD.key:
        tending.forward_question(actor, question.id)
        return {}
    if deed == REMOVE.key:
        settling.remove_question(actor, question.id, text)
        return {}
    if deed == KEEP.key:
        return _keep(actor, question)
    if deed == ANSWER.key:
        return {"answer_id": answering.answer_with_text(actor, question.id, text).id}
    if deed not in (DRAFT.key, LEAVE.key):
        raise Refused
    number = queries.find_unhandled([question.id]).get(question.id, (0, ""))[0]
    if not number:
        raise Conflict
    (answering.draft_from_answer if deed == DRAFT.key else answering.leave_answer)(actor, number)
    return {"answer_id": number}


def _keep(actor: Actor, question: Question) -> dict[str, Any]:
    if question.reported_at is None:
        raise Conflict
    report = {"at": question.reported_at.isoformat(), "by": question.reporter_id, "text": question.report_text}
    tending.keep_question(actor, question.id)
    return report


def _undo(session: Session, actor: Actor, question: Question, before: dict[str, Any]) -> None:
    deed = before["deed"]
    if deed == FORWARD.key:
        tending.take_forward_back(actor, question.id)
    elif deed == REMOVE.key:
        settling.restore_question(actor, question.id)
    elif deed == KEEP.key:
        question.reported_at = datetime.fromisoformat(before["at"])
        question.reporter_id, question.report_text = before["by"], before["text"]
    elif deed == ANSWER.key:
        answering.remove_answer(actor, before["answer_id"])
    elif deed == LEAVE.key:
        answer = session.get(Answer, before["answer_id"])
        if answer is not None:
            answer.handled_at = None
