"""Reading questions and answers; everything starts from what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from hub.accounts.models import Organisation, User
from hub.asking import policy
from hub.asking.models import SHOWN, Answer, Audience, Question, State
from hub.collections.models import Collection
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.paging import Page
from hub.entries import queries as entries
from hub.entries.models import Entry, Status
from hub.entries.queries import Row
from hub.indexing.analysis import is_stop_word, stem, words
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.service import store

LARGEST_ID = 2**31 - 1
MOST_ANSWERS, MOST_OWN, MOST_COMPARED, MOST_SIMILAR, MOST_HINTS = 50, 50, 300, 4, 5
LEAST_ALIKE = 0.34
_SOLUTION = aliased(Answer)
_SOLVING = aliased(Entry)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as lists and its page show it. ``asker`` and ``organisation`` are empty where they are not shown."""

    id: int
    text: str
    explanation: str
    words: str
    audience: str
    state: str
    asker: str
    organisation: str
    is_own: bool
    is_from_office: bool
    collection: str
    collection_slug: str
    note: str
    report_text: str
    reported_at: datetime | None
    created_at: datetime
    answer_count: int
    entry_id: int | None
    entry_title: str
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state == State.OPEN


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer. ``title`` is empty while the reader may not see the entry."""

    id: int
    author: str
    organisation: str
    text: str
    entry_id: int | None
    title: str
    language: str
    is_published: bool
    is_solution: bool
    is_handled: bool
    is_removed: bool
    may_remove: bool
    created_at: datetime


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A condition on ``question`` that holds for what the actor may see."""
    if policy.may_tend(actor):
        return Question.id.is_not(None)
    is_public = and_(Question.audience == Audience.ALL, Question.state.in_(SHOWN))
    return or_(is_public, Question.asker_id == actor.id) if actor.id is not None else is_public


def get_question(actor: Actor, question_id: int) -> Question:
    """A question that the actor may see; raises Missing."""
    question = None
    if 0 < question_id <= LARGEST_ID:
        question = db.session.scalar(select(Question).where(Question.id == question_id, visible_to(actor)))
    if question is None:
        raise Missing
    return question


def open_text(actor: Actor, question_id: int) -> str:
    """What an open question that the actor may see asks; empty when there is none."""
    wanted = select(Question.text).where(Question.id == question_id, Question.state == State.OPEN, visible_to(actor))
    return db.session.scalar(wanted) or ""


def settled_by(actor: Actor, entry_id: int) -> Select[int, str]:
    """The statement for the question that this entry has settled, the first the actor may see: number and words."""
    return (
        select(Question.id, Question.text)
        .join(Answer, Answer.question_id == Question.id)
        .where(Answer.entry_id == entry_id, Answer.is_solution, Question.state == State.SETTLED, visible_to(actor))
        .order_by(Question.id)
        .limit(1)
    )


def get_asked(actor: Actor, question_id: int) -> Asked:
    """The same as its page shows it."""
    found = db.session.execute(_rows(actor).where(Question.id == question_id)).first() if question_id else None
    if found is None:
        raise Missing
    return _asked(actor, found)


def find_asked(actor: Actor, state: State, page: Page) -> list[Asked]:
    """Questions to be answered, the newest first; or those that were, the latest first."""
    order = Question.created_at if state == State.OPEN else Question.closed_at
    statement = _rows(actor).where(Question.state == state, _listed(actor)).order_by(order.desc(), Question.id.desc())
    rows = db.session.execute(statement.offset(page.offset).limit(page.per_page))
    return [_asked(actor, row) for row in rows]


def count_asked(actor: Actor) -> dict[str, int]:
    """How many there are, by state."""
    statement = select(Question.state, func.count()).where(visible_to(actor), _listed(actor)).group_by(Question.state)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def find_own(actor: Actor) -> list[Asked]:
    """What the actor asked, the latest first."""
    statement = _rows(actor).where(Question.asker_id == actor.id).order_by(Question.id.desc()).limit(MOST_OWN)
    return [_asked(actor, row) for row in db.session.execute(statement)]


def find_answers(actor: Actor, question_id: int) -> list[Answered]:
    """The answers to a question the actor may see, in their order; of entries only what the actor may see."""
    is_seen = and_(Entry.id == Answer.entry_id, entries.visible_to(actor))
    statement = (
        select(Answer, User.name, Organisation.label, Entry.title, Entry.language, Entry.status)
        .outerjoin(User, User.id == Answer.author_id)
        .outerjoin(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(Entry, is_seen)
        .where(Answer.question_id == question_id)
        .order_by(Answer.is_solution.desc(), Answer.id)
        .limit(MOST_ANSWERS)
    )
    found = [_answered(actor, row) for row in db.session.execute(statement)]
    return [one for one in found if (one.text or one.title) and (not one.is_removed or one.may_remove)]


def find_similar(actor: Actor, text: str) -> list[Asked]:
    """Open and settled questions that ask much the same, the most alike first."""
    wanted = _stems(text)
    if not wanted:
        return []
    statement = (
        select(Question.id, Question.text, Question.words)
        .where(visible_to(actor), Question.state.in_(SHOWN))
        .order_by(Question.id.desc())
        .limit(MOST_COMPARED)
    )
    scored = [(_likeness(wanted, _stems(f"{row.text} {row.words}")), row.id) for row in db.session.execute(statement)]
    ids = [number for score, number in sorted(scored, reverse=True) if score >= LEAST_ALIKE][:MOST_SIMILAR]
    rows = {row.Question.id: row for row in db.session.execute(_rows(actor).where(Question.id.in_(ids)))} if ids else {}
    return [_asked(actor, rows[number]) for number in ids if number in rows]


def find_hints(actor: Actor, text: str) -> list[Row]:
    """Entries that may answer a question, the nearest first; none while the index cannot be asked."""
    if not text.strip():
        return []
    try:
        near = store().alike([(text, 1.0)], MOST_HINTS)
    except (IndexUnusable, IndexBusy, OSError):
        return []
    rows = entries.load_in_order(actor, [number for number, _score in near])
    return [row for row in rows if row.status == Status.PUBLISHED]


def waiting_count() -> Select[Any]:
    """How many questions wait for the office, as a question to the database."""
    return select(func.count()).select_from(Question).where(needs_office())


def needs_office() -> ColumnElement[bool]:
    """Asked of the office and not answered yet, or reported, or answered by a text that may become an entry."""
    stands = and_(Answer.question_id == Question.id, Answer.removed_at.is_(None))
    is_answered = exists().where(stands)
    has_text = exists().where(stands, Answer.entry_id.is_(None), Answer.handled_at.is_(None))
    is_for_office = and_(Question.state == State.OPEN, Question.audience == Audience.OFFICE, ~is_answered)
    is_reported = and_(Question.reported_at.is_not(None), Question.state.in_(SHOWN))
    return or_(is_for_office, is_reported, and_(has_text, Question.state.in_(SHOWN)))


def find_waiting(actor: Actor, limit: int) -> list[Asked]:
    """What waits for the office: reported first, then the oldest."""
    order = (Question.reported_at.is_(None), Question.created_at, Question.id)
    rows = db.session.execute(_rows(actor).where(needs_office()).order_by(*order).limit(limit))
    return [_asked(actor, row) for row in rows]


def find_unhandled(question_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """By question, the first text that may become an entry: number and words."""
    statement = (
        select(Answer.question_id, Answer.id, Answer.text)
        .where(Answer.question_id.in_(question_ids), Answer.entry_id.is_(None))
        .where(Answer.handled_at.is_(None), Answer.removed_at.is_(None))
        .order_by(Answer.id.desc())
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(statement)} if question_ids else {}


def find_entry_by_address(actor: Actor, text: str) -> int | None:
    """The entry meant by an address inside the hub, a number, or the link that it holds."""
    tail = text.rstrip("/").partition("?")[0].partition("#")[0]
    head, _slash, number = tail.rpartition("/entries/")
    plain = number if head or tail.startswith("/entries/") else tail
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        found = select(Entry.id).where(Entry.id == int(plain), entries.visible_to(actor))
        return db.session.scalar(found)
    twins = entries.find_with_url(actor, text) if "://" in text else []
    return twins[0].id if twins else None


def _listed(actor: Actor) -> ColumnElement[bool]:
    """Lists show what is asked of all, and to the office what it alone is asked."""
    return Question.id.is_not(None) if policy.may_tend(actor) else Question.audience == Audience.ALL


def _rows(actor: Actor) -> Any:
    answers = (
        select(func.count())
        .where(Answer.question_id == Question.id, Answer.removed_at.is_(None))
        .correlate(Question)
        .scalar_subquery()
    )
    solves = and_(_SOLUTION.question_id == Question.id, _SOLUTION.is_solution)
    first = select(func.min(_SOLUTION.id)).where(solves).correlate(Question).scalar_subquery()
    solution = aliased(Answer)
    return (
        select(
            Question, User.name, Organisation.label, Collection.title, Collection.slug, answers.label("answers"),
            _SOLVING.id.label("entry_id"), _SOLVING.title.label("entry_title"),
        )
        .join(Organisation, Organisation.id == Question.organisation_id)
        .outerjoin(User, User.id == Question.asker_id)
        .outerjoin(Collection, Collection.id == Question.collection_id)
        .outerjoin(solution, solution.id == first)
        .outerjoin(_SOLVING, and_(_SOLVING.id == solution.entry_id, _SOLVING.status == Status.PUBLISHED))
        .where(visible_to(actor))
    )  # fmt: skip


def _asked(actor: Actor, row: Any) -> Asked:
    question: Question = row.Question
    is_named, tends = policy.knows_asker(actor, question), policy.may_tend(actor)
    is_own = policy.is_own(actor, question)
    return Asked(
        id=question.id,
        text=question.text,
        explanation=question.explanation,
        words=question.words if tends or is_own else "",
        audience=question.audience,
        state=question.state,
        asker=(row.name or "") if is_named else "",
        organisation=row.label if is_named else "",
        is_own=is_own,
        is_from_office=question.is_from_office,
        collection=row.title or "",
        collection_slug=row.slug or "",
        note=question.note if tends or is_own else "",
        report_text=question.report_text if tends else "",
        reported_at=question.reported_at if tends else None,
        created_at=question.created_at,
        answer_count=row.answers,
        entry_id=row.entry_id,
        entry_title=row.entry_title or "",
        version=question.version,
    )


def _answered(actor: Actor, row: Any) -> Answered:
    answer: Answer = row.Answer
    return Answered(
        id=answer.id,
        author=row.name or "",
        organisation=row.label or "",
        text=answer.text,
        entry_id=answer.entry_id,
        title=row.title or "",
        language=row.language or "de",
        is_published=row.status == Status.PUBLISHED,
        is_solution=answer.is_solution,
        is_handled=answer.handled_at is not None or answer.entry_id is not None,
        is_removed=answer.removed_at is not None,
        may_remove=policy.may_remove_answer(actor, answer),
        created_at=answer.created_at,
    )


def _stems(text: str) -> set[str]:
    return {stem(word.folded) for word in words(text) if not is_stop_word(word.folded)}


def _likeness(wanted: set[str], other: set[str]) -> float:
    """How much of the shorter one the two share; one word in common is not enough unless there is no more."""
    shared = len(wanted & other)
    least = min(len(wanted), len(other))
    if not shared or (shared == 1 and least > 1):
        return 0.0
    return shared / max(least, 1)
