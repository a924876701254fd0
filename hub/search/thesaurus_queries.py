"""Reading the thesaurus."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.core.errors import Missing
from hub.core.paging import Page
from hub.core.text import clean_line
from hub.indexing.models import ChangeCounter
from hub.indexing.words import fold
from hub.search.concepts import ConceptDetails
from hub.search.models import LANGUAGES, Concept, ConceptLabel, ConceptRelation, ThesaurusDraft, ThesaurusState

PER_PAGE = 50
_IS_KEPT = Concept.deleted_at.is_(None)
_Target = aliased(Concept)


@dataclass(frozen=True, slots=True)
class Line:
    """A concept in the office's list."""

    key: str
    details: ConceptDetails

    @property
    def others(self) -> list[str]:
        """All labels but the name, German first."""
        names = (name for language in LANGUAGES for name in self.details.labels.get(language, ()))
        return [name for name in dict.fromkeys(names) if name != self.details.name]


def current_version() -> int:
    """How often the thesaurus was changed; 0 while it was never filled."""
    return db.session.scalar(select(ThesaurusState.version)) or 0


def current_versions() -> tuple[int, int]:
    """The number of the newest searchable change and the version of the thesaurus, in one query."""
    number, version_now = db.session.execute(_VERSIONS).one()
    return number, version_now or 0


_VERSIONS = select(ChangeCounter.value, select(ThesaurusState.version).scalar_subquery())


def load_concepts(keys: Iterable[str] | None = None) -> dict[str, ConceptDetails]:
    """All concepts by key, or some of them, in the order of their keys; three queries."""
    among = () if keys is None else (Concept.id.in_(list(keys)),)
    return _loaded(*among, _IS_KEPT)


def get_concept(key: str, is_deleted: bool = False) -> tuple[ConceptDetails, int]:
    """A concept with its version; raises Missing."""
    key, state = clean_line(key), Concept.deleted_at.is_not(None) if is_deleted else _IS_KEPT
    version = db.session.scalar(select(Concept.version).where(Concept.id == key, state))
    if version is None:
        raise Missing
    return _loaded(Concept.id == key)[key], version


def find_lines(text: str, number: int) -> tuple[list[Line], Page]:
    """A page of the concepts that have this text in a label or the note, by name."""
    wanted = fold(clean_line(text))
    lines = [Line(key, details) for key, details in load_concepts().items() if _holds(details, wanted)]
    lines.sort(key=lambda line: (fold(line.details.name), line.key))
    page = Page(min(number, max(1, -(-len(lines) // PER_PAGE))), PER_PAGE, len(lines))
    return lines[page.offset : page.offset + PER_PAGE], page


def find_names() -> dict[str, str]:
    """The name of every concept by key, for choosing relations."""
    rows = db.session.execute(
        select(Concept.id, ConceptLabel.language, ConceptLabel.label)
        .join(ConceptLabel, ConceptLabel.concept_id == Concept.id)
        .where(ConceptLabel.is_preferred, _IS_KEPT)
        .order_by(Concept.id)
    )
    names: dict[str, dict[str, str]] = {}
    for key, language, label in rows:
        names.setdefault(key, {})[language] = label
    return {key: next(found[language] for language in LANGUAGES if language in found) for key, found in names.items()}


def find_sharing(key: str, details: ConceptDetails) -> list[tuple[str, str]]:
    """Labels of the details that another concept has too, each with that concept's key."""
    own = {(language, fold(label)) for language, names in details.labels.items() for label in names}
    rows = db.session.execute(
        select(ConceptLabel.language, ConceptLabel.label, ConceptLabel.concept_id)
        .join(Concept, Concept.id == ConceptLabel.concept_id)
        .where(ConceptLabel.concept_id != key, _IS_KEPT)
        .order_by(ConceptLabel.label, ConceptLabel.concept_id)
    )
    return [(label, other) for language, label, other in rows if (language, fold(label)) in own]


def get_draft(user_id: int | None) -> dict[str, ConceptDetails]:
    """What the person uploaded and has not confirmed; raises Missing."""
    draft = db.session.get(ThesaurusDraft, user_id) if user_id is not None else None
    if draft is None:
        raise Missing
    return {
        row["id"]: ConceptDetails(
            {language: tuple(names) for language, names in row["labels"].items()},
            tuple(row["broader"]),
            tuple(row["related"]),
            row["note"],
        )
        for row in draft.concepts
    }


def _holds(details: ConceptDetails, wanted: str) -> bool:
    texts = [details.note, *(name for names in details.labels.values() for name in names)]
    return any(wanted in fold(text) for text in texts)


def _loaded(*chosen: ColumnElement[bool]) -> dict[str, ConceptDetails]:
    notes = dict(db.session.execute(select(Concept.id, Concept.note).where(*chosen)).all())
    labels: dict[str, dict[str, list[str]]] = {key: {} for key in notes}
    relations: dict[str, dict[str, list[str]]] = {key: {"broader": [], "related": []} for key in notes}
    for key, language, label in db.session.execute(
        select(ConceptLabel.concept_id, ConceptLabel.language, ConceptLabel.label)
        .join(Concept, Concept.id == ConceptLabel.concept_id)
        .where(*chosen)
        .order_by(ConceptLabel.position)
    ):
        labels[key].setdefault(language, []).append(label)
    for key, kind, target in db.session.execute(
        select(ConceptRelation.concept_id, ConceptRelation.kind, ConceptRelation.target_id)
        .join(Concept, Concept.id == ConceptRelation.concept_id)
        .join(_Target, _Target.id == ConceptRelation.target_id)
        .where(*chosen, _Target.deleted_at.is_(None))
        .order_by(ConceptRelation.position)
    ):
        relations[key][kind].append(target)
    return {
        key: ConceptDetails(
            labels={language: tuple(labels[key][language]) for language in LANGUAGES if language in labels[key]},
            broader=tuple(relations[key]["broader"]),
            related=tuple(relations[key]["related"]),
            note=notes[key],
        )
        for key in sorted(notes)
    }
