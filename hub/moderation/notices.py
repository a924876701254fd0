"""Letters to those who contributed: what became of their entries, changes and reports, unless they want none."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hub.accounts.models import User
from hub.accounts.service.opening import as_actor
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.links import absolute
from hub.core.tokens import new_token
from hub.entries import policy
from hub.entries.models import Entry, Status
from hub.mailing.service import post
from hub.moderation.models import Report

MOST_TITLES = 20
DECIDED = {
    Status.PUBLISHED: "entry_approved",
    Status.RETURNED: "entry_returned",
    Status.REJECTED: "entry_rejected",
}


def tell_entries_decided(actor: Actor, entries: Sequence[Entry]) -> dict[int, str]:
    """Entries are published, go back with a note, or are refused with a reason; one letter to each contributor.

    Returns the key of the letter by entry, for those of which somebody is told.
    """
    if not entries:
        return {}
    status, note = Status(entries[0].status), entries[0].status_note
    told = _by_contributor(entries)
    return _by_entry(_tell_together(actor, told, DECIDED[status], "entries_decided", str(status), note=note))


def tell_undone(actor: Actor, entries: Sequence[Entry]) -> None:
    """Decisions of which a letter had left already are taken back."""
    for person, theirs in _by_reader(actor, _by_contributor(entries)):
        _post_list("decision_undone", person, theirs)


def tell_note(actor: Actor, entry: Entry, text: str, readers: Iterable[int], key: str) -> None:
    """Somebody wrote a note about an entry."""
    url = absolute("moderation.notes", entry_id=entry.id)
    for number in readers:
        person = _reader(actor, number)
        if person is not None and policy.may_see_history(as_actor(person), entry):
            post(
                "submission_note", person.email, person.language, once=f"{key}-{number}", name=person.name,
                entry_title=entry.title, url=url, note=text, from_office=actor.is_office,
            )  # fmt: skip


def tell_change_approved(actor: Actor, entry: Entry, author_id: int, once: str | None = None) -> None:
    """The change stands in the entry."""
    _tell(actor, author_id, "change_approved", entry, once)


def tell_change_returned(actor: Actor, entry: Entry, author_id: int, note: str, once: str | None = None) -> None:
    """The change goes back with a note."""
    _tell(actor, author_id, "change_returned", entry, once, note=note)


def tell_changes_approved(actor: Actor, changes: Sequence[tuple[int, Entry]]) -> dict[int, str]:
    """Changes, given by author and entry, stand in their entries; one letter to each author.

    Returns the key of the letter by entry, for those of which somebody is told.
    """
    return _by_entry(_tell_together(actor, changes, "change_approved", "changes_decided", "approved"))


def tell_changes_returned(actor: Actor, changes: Sequence[tuple[int, Entry]], note: str) -> dict[int, str]:
    """Changes go back with a note; as ``tell_changes_approved``."""
    return _by_entry(_tell_together(actor, changes, "change_returned", "changes_decided", "returned", note=note))


def tell_reports_decided(actor: Actor, decided: Sequence[tuple[Report, Entry]]) -> dict[int, str]:
    """Thanks, and what came of it, one letter to each person; all were decided alike.

    Returns the key of the letter by report, for those of which somebody is told.
    """
    if not decided:
        return {}
    first, told = decided[0][0], [(report.reporter_id, entry) for report, entry in decided]
    outcome, answer = str(first.state), first.answer
    letters = _tell_together(actor, told, "report_settled", "reports_settled", outcome, "reports.own", answer=answer)
    keys = {report.id: letters.get((report.reporter_id or 0, entry.id)) for report, entry in decided}
    return {report_id: key for report_id, key in keys.items() if key}


def _tell_together(
    actor: Actor,
    decided: Iterable[tuple[int | None, Entry]],
    one: str,
    many: str,
    outcome: str,
    page: str = "entries.own",
    **more: Any,
) -> dict[tuple[int, int], str]:
    """One letter to each person about what was decided at once: ``one`` or ``many`` is its template, all of it is seen
    on the ``page``.

    Returns the key of the letter by person and entry.
    """
    told: dict[tuple[int, int], str] = {}
    for person, theirs in _by_reader(actor, decided):
        key = f"{many}-{outcome}-{theirs[0].id}-{new_token()}"
        if len(theirs) == 1:
            _post_about(one, person, theirs[0], key, outcome=outcome, **more)
        else:
            _post_list(many, person, theirs, page, once=key, outcome=outcome, **more)
        told |= {(person.id, entry.id): key for entry in theirs}
    return told


def _by_entry(letters: Mapping[tuple[int, int], str]) -> dict[int, str]:
    return {entry_id: key for (_person, entry_id), key in letters.items()}


def _tell(
    actor: Actor, person_id: int | None, template: str, entry: Entry, once: str | None = None, **more: Any
) -> None:
    """Nobody is told what they did themselves or may no longer see, and nobody who has gone or wants no letters."""
    person = _reader(actor, person_id)
    if person is None or not _may_know(person, entry):
        return
    _post_about(template, person, entry, once, **more)


def _post_about(template: str, person: User, entry: Entry, once: str | None, **more: Any) -> None:
    url = absolute("entries.show", entry_id=entry.id)
    post(template, person.email, person.language, once=once, name=person.name, entry_title=entry.title, url=url, **more)


def _reader(actor: Actor, person_id: int | None) -> User | None:
    person = db.session.get(User, person_id) if person_id is not None and person_id != actor.id else None
    return None if person is None or person.blocked_at is not None or not person.wants_letters else person


def _may_know(person: User, entry: Entry) -> bool:
    reader = as_actor(person)
    return policy.may_see(reader, entry) or policy.sees_tombstone(reader, entry)


def _by_reader(actor: Actor, told: Iterable[tuple[int | None, Entry]]) -> Iterator[tuple[User, list[Entry]]]:
    """People who want to know, each with the entries they are told of."""
    by_person: dict[int | None, list[Entry]] = defaultdict(list)
    for number, entry in told:
        by_person[number].append(entry)
    for number, theirs in by_person.items():
        person = _reader(actor, number)
        known = [entry for entry in theirs if person is not None and _may_know(person, entry)]
        if person is not None and known:
            yield person, known


def _by_contributor(entries: Sequence[Entry]) -> list[tuple[int | None, Entry]]:
    return [(entry.contributor_id, entry) for entry in entries]


def _post_list(
    template: str,
    person: User,
    entries: Sequence[Entry],
    page: str = "entries.own",
    once: str | None = None,
    **more: Any,
) -> None:
    titles = [entry.title for entry in entries[:MOST_TITLES]]
    post(
        template, person.email, person.language, once=once, name=person.name, titles=titles,
        more_count=len(entries) - len(titles), number=len(entries), url=absolute(page), **more,
    )  # fmt: skip
