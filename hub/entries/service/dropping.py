"""Several files at once, each an entry of its own: what was said of all, and a title from each document."""

from collections.abc import Sequence
from dataclasses import replace

from hub.core.actor import Actor
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import LANGUAGE_LABELS
from hub.entries.queries import HeldFile
from hub.entries.service.contributing import EntryDetails, Submitted, submit_entry


def submit_each(
    actor: Actor, details: EntryDetails, held: Sequence[HeldFile], is_draft: bool = False
) -> list[Submitted]:
    """Take in one entry per file, all or none; raises what ``submit_entry`` raises."""
    with unit_of_work():
        return [submit_entry(actor, _of_file(details, file), [file.id], is_draft) for file in held]


def _of_file(details: EntryDetails, file: HeldFile) -> EntryDetails:
    """German is what the form is preset to, a document may know better; one yet to be read is named later."""
    told = file.language if details.language == "de" and file.language in LANGUAGE_LABELS else details.language
    title = "" if file.is_waiting and not details.url else file.title
    return replace(details, title=title, year=details.year or file.year, language=told)
