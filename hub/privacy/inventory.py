"""The one list of tables that concern a person: what is shown of them, and what becomes of them when somebody goes.

A test fails when a table refers to an account (or holds an address) and does not stand here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, true

from hub.accounts.factor_models import HalfOpenSignIn, Passkey, RecoveryCode, TimeCode
from hub.accounts.joining_models import AccessRequest, InvitationSent, TermsAcceptance
from hub.accounts.models import LoginSession, OneTimeToken, User
from hub.asking.models import Answer, Question
from hub.audit.models import AuditEvent
from hub.curation.models import BulkChange
from hub.desk.models import DeskAssignment, Waiver
from hub.entries.models import (
    Attachment,
    BinnedEntry,
    Bookmark,
    Entry,
    EntryRevision,
    Handover,
    MailToken,
    PendingChange,
    Practice,
    SavedForm,
    Status,
)
from hub.federating.models import LinkedIdentity, WaitingPerson
from hub.fetching.models import FetchedPage
from hub.freshness.models import ReviewAnswer
from hub.linkcare.models import Link
from hub.mailing.models import Letter
from hub.moderation.models import ApprovedChange, Report, SubmissionNote
from hub.search.models import ThesaurusDraft
from hub.undoing.models import OfficeTask, UndoableAction


class Fate(StrEnum):
    """What happens to the rows when the person is erased."""

    DELETED = "deleted"  # they go
    EMPTIED = "emptied"  # they stay, the number or address in them goes
    NUMBERED = "numbered"  # they stay with the number, which then belongs to "Ehemaliges Mitglied"


FATES = {
    Fate.DELETED: _l("Wird gelöscht."),
    Fate.EMPTIED: _l("Bleibt ohne Hinweis auf Sie."),
    Fate.NUMBERED: _l("Bleibt unter „Ehemaliges Mitglied“."),
}


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of one table. ``persons`` are the columns that name the person, by number or by address."""

    name: str
    label: Any
    model: Any
    persons: tuple[str, ...]
    columns: tuple[str, ...]
    fate: Fate
    only: Callable[[], ColumnElement[bool]] = true
    by_address: bool = False

    def of(self, user_id: int, address: str) -> ColumnElement[bool]:
        """The condition for the rows of this person."""
        wanted = address if self.by_address else user_id
        columns = [getattr(self.model, name) for name in self.persons]
        mine = columns[0] == wanted
        for column in columns[1:]:
            mine = mine | (column == wanted)
        return and_(mine, self.only())


HOLDINGS = (
    Holding(
        "account", _l("Ihr Konto"), User, ("id",),
        (
            "name", "email", "role", "language", "created_at", "last_seen_at", "read_until", "blocked_at",
            "wants_letters", "wants_questions", "wants_keys", "invited_at", "staying_at", "left_at",
        ),
        Fate.EMPTIED,
    ),
    Holding(
        "terms", _l("Nutzungsbedingungen, denen Sie zugestimmt haben"), TermsAcceptance, ("user_id",),
        ("version", "accepted_at"), Fate.DELETED,
    ),
    Holding("invitations", _l("Einladungen, die Sie gesendet haben"), InvitationSent, ("inviter_id",), ("sent_at",),
            Fate.DELETED),
    Holding(
        "request", _l("Ihr Antrag auf Zugang"), AccessRequest, ("email",), ("name", "email", "created_at"),
        Fate.DELETED, by_address=True,
    ),
    Holding(
        "handovers", _l("Einträge, die beim Ausscheiden übergeben wurden"), Handover, ("from_id", "to_id"),
        ("entry_id", "at"), Fate.DELETED,
    ),
    Holding(
        "sessions", _l("Ihre Sitzungen"), LoginSession, ("user_id",),
        ("created_at", "used_at", "is_kept", "proofs", "agent", "parked"), Fate.DELETED,
    ),
    Holding(
        "links", _l("Ihre Einmal-Links"), OneTimeToken, ("user_id",),
        ("purpose", "email", "created_at", "expires_at", "used_at"),
        Fate.DELETED,
    ),
    Holding(
        "time_codes", _l("Ihre App für Zeitcodes"), TimeCode, ("user_id",), ("created_at", "confirmed_at"), Fate.DELETED
    ),
    Holding(
        "recovery_codes", _l("Ihre Wiederherstellungscodes"), RecoveryCode, ("user_id",), ("created_at", "used_at"),
        Fate.DELETED,
    ),
    Holding(
        "passkeys", _l("Ihre Passkeys"), Passkey, ("user_id",), ("name", "transports", "created_at", "used_at"),
        Fate.DELETED,
    ),
    Holding(
        "half_open", _l("Anmeldungen, bei denen der zweite Schritt noch fehlt"), HalfOpenSignIn, ("user_id",),
        ("proof", "created_at", "parked"), Fate.DELETED,
    ),
    Holding(
        "identities", _l("Ihre Verbindungen mit Anmeldediensten"), LinkedIdentity, ("user_id",),
        ("subject", "email", "created_at", "used_at"), Fate.DELETED,
    ),
    Holding(
        "sign_ons", _l("Anmeldungen, die auf eine Zusage warten"), WaitingPerson, ("email",),
        ("subject", "name", "email", "asked_at"), Fate.DELETED, by_address=True,
    ),
    Holding(
        "drafts", _l("Ihre Entwürfe"), Entry, ("contributor_id",), ("id", "title", "url", "created_at", "updated_at"),
        Fate.DELETED, lambda: Entry.status == Status.DRAFT,
    ),
    Holding(
        "entries", _l("Ihre Einträge"), Entry, ("contributor_id",),
        ("id", "title", "url", "status", "created_at", "updated_at", "published_at"), Fate.NUMBERED,
        lambda: Entry.status != Status.DRAFT,
    ),
    Holding(
        "held_files", _l("Hochgeladene Dateien, die noch zu keinem Eintrag gehören"), Attachment, ("uploader_id",),
        ("name", "size", "created_at"), Fate.DELETED, lambda: Attachment.entry_id.is_(None),
    ),
    Holding(
        "files", _l("Ihre Dateien"), Attachment, ("uploader_id",), ("name", "size", "entry_id", "created_at"),
        Fate.NUMBERED, lambda: Attachment.entry_id.is_not(None),
    ),
    Holding(
        "changes", _l("Ihre Änderungen, die auf die Geschäftsstelle warten"), PendingChange, ("author_id",),
        ("entry_id", "changes", "note", "sent_at"), Fate.NUMBERED,
    ),
    Holding(
        "approved_changes", _l("Ihre Änderungen, die zuletzt freigegeben wurden"), ApprovedChange, ("author_id",),
        ("entry_id", "changes", "sent_at"), Fate.NUMBERED,
    ),
    Holding(
        "versions", _l("Fassungen von Einträgen, die von Ihnen stammen"), EntryRevision, ("actor_id",),
        ("entry_id", "number", "action", "at"), Fate.NUMBERED,
    ),
    Holding(
        "checked", _l("Einträge, die Sie zuletzt geprüft haben"), Entry, ("checked_by_id",),
        ("id", "title", "checked_at"), Fate.NUMBERED,
    ),
    Holding(
        "review_answers", _l("Was Sie beim Prüfen von Einträgen geantwortet haben"), ReviewAnswer, ("actor_id",),
        ("entry_id", "answer", "at", "undone_at"), Fate.NUMBERED,
    ),
    Holding(
        "binned", _l("Was Sie in den Papierkorb gelegt haben"), BinnedEntry, ("deleted_by_id",),
        ("entry_id", "deleted_at"), Fate.NUMBERED,
    ),
    Holding(
        "contacts", _l("Angaben, in denen Ihre Adresse als Kontakt steht"), Practice, ("contact_email",),
        ("entry_id", "contact", "contact_email", "stated_at"), Fate.EMPTIED, by_address=True,
    ),
    Holding(
        "reports", _l("Ihre Meldungen"), Report, ("reporter_id",),
        ("entry_id", "kind", "reason", "text", "changes", "state", "answer", "created_at"), Fate.NUMBERED,
    ),
    Holding(
        "decisions", _l("Meldungen, über die Sie entschieden haben"), Report, ("decided_by_id",),
        ("entry_id", "state", "answer", "decided_at"), Fate.NUMBERED,
    ),
    Holding(
        "notes", _l("Ihre Nachrichten zu Einträgen"), SubmissionNote, ("author_id",),
        ("entry_id", "kind", "text", "at"), Fate.NUMBERED,
    ),
    Holding(
        "assignments", _l("Was am Pult Ihnen zugewiesen ist und was Sie zugewiesen haben"), DeskAssignment,
        ("assignee_id", "assigned_by_id"), ("source", "thing_id", "at"), Fate.DELETED,
    ),
    Holding(
        "waivers", _l("Einträge, denen nach Ihrer Entscheidung etwas fehlen darf"), Waiver, ("by_id",),
        ("entry_id", "missing", "at"), Fate.NUMBERED,
    ),
    Holding(
        "actions", _l("Was Sie für die Geschäftsstelle getan oder rückgängig gemacht haben"), UndoableAction,
        ("actor_id", "undone_by_id"), ("label", "at", "undone_at"), Fate.NUMBERED,
    ),
    Holding(
        "questions", _l("Ihre Fragen an das Netzwerk"), Question, ("asker_id",),
        ("id", "text", "explanation", "words", "audience", "state", "created_at"), Fate.NUMBERED,
    ),
    Holding(
        "answers", _l("Ihre Antworten auf Fragen"), Answer, ("author_id",), ("id", "text", "entry_id", "created_at"),
        Fate.NUMBERED,
    ),
    Holding(
        "reported_questions", _l("Fragen, die Sie gemeldet haben"), Question, ("reporter_id",),
        ("id", "report_text", "reported_at"), Fate.EMPTIED,
    ),
    Holding(
        "closed_questions", _l("Fragen, die Sie erledigt oder entfernt haben"), Question, ("closed_by_id",),
        ("id", "state", "closed_at"), Fate.NUMBERED,
    ),
    Holding(
        "decided_links", _l("Links, über die Sie entschieden haben"), Link, ("decided_by_id",),
        ("address", "state", "decided_at"), Fate.NUMBERED,
    ),
    Holding(
        "bulk", _l("Ihre Vorschauen für Änderungen an vielen Einträgen"), BulkChange, ("actor_id",),
        ("created_at", "finished_at", "state"), Fate.DELETED,
    ),
    Holding(
        "tasks", _l("Was Sie für viele Einträge auf einmal veranlasst haben"), OfficeTask, ("actor_id",),
        ("label", "created_at", "finished_at", "state"), Fate.DELETED,
    ),
    Holding("bookmarks", _l("Ihre Merkliste"), Bookmark, ("user_id",), ("entry_id", "created_at"), Fate.DELETED),
    Holding(
        "forms", _l("Ihre angefangenen Formulare"), SavedForm, ("user_id",),
        ("title", "entry_id", "fields", "saved_at"), Fate.DELETED,
    ),
    Holding(
        "mail_address", _l("Ihre eigene Adresse für Beiträge"), MailToken, ("user_id",), ("created_at",), Fate.DELETED
    ),
    Holding(
        "pages", _l("Verlinkte Seiten, die Sie zuletzt lesen ließen"), FetchedPage, ("requested_by_id",),
        ("url", "requested_at"), Fate.EMPTIED,
    ),
    Holding(
        "thesaurus", _l("Ihr hochgeladener Wortschatz"), ThesaurusDraft, ("user_id",), ("at", "concepts"), Fate.DELETED
    ),
    Holding(
        "letters", _l("E-Mails an Sie"), Letter, ("recipient",),
        # Not the text: it may hold a link that only the mailbox is to know.
        ("template", "subject", "state", "created_at", "finished_at"), Fate.DELETED, by_address=True,
    ),
    Holding(
        "events", _l("Was das Protokoll von Ihnen festhält"), AuditEvent, ("actor_id",),
        ("id", "at", "action", "thing", "thing_id", "detail"), Fate.NUMBERED,
    ),
    Holding(
        "events_about", _l("Was das Protokoll über Ihr Konto festhält"), AuditEvent, ("thing_id",),
        ("id", "at", "action", "detail"), Fate.NUMBERED, lambda: AuditEvent.thing.in_(("user", "session")),
    ),
)  # fmt: skip
COLUMNS = {
    "address": _l("Adresse"),
    "confirmed_at": _l("Bestätigt"),
    "proof": _l("Womit ausgewiesen"),
    "transports": _l("Verbindung"),
    "accepted_at": _l("Zugestimmt"),
    "action": _l("Was"),
    "agent": _l("Browser"),
    "answer": _l("Antwort"),
    "audience": _l("Gefragt sind"),
    "asked_at": _l("Gefragt"),
    "at": _l("Wann"),
    "blocked_at": _l("Gesperrt"),
    "changes": _l("Änderungen"),
    "checked_at": _l("Geprüft"),
    "concepts": _l("Begriffe"),
    "contact": _l("Ansprechstelle"),
    "contact_email": _l("E-Mail-Adresse"),
    "created_at": _l("Angelegt"),
    "decided_at": _l("Entschieden"),
    "deleted_at": _l("Gelöscht"),
    "detail": _l("Einzelheiten"),
    "email": _l("E-Mail-Adresse"),
    "entry_id": _l("Eintrag Nr."),
    "explanation": _l("Erläuterung"),
    "expires_at": _l("Gilt bis"),
    "fields": _l("Felder"),
    "finished_at": _l("Erledigt"),
    "id": _l("Nummer"),
    "invited_at": _l("Eingeladen"),
    "is_kept": _l("Angemeldet bleiben"),
    "kind": _l("Art"),
    "label": _l("Was"),
    "language": _l("Sprache"),
    "last_seen_at": _l("Zuletzt da"),
    "left_at": _l("Gegangen"),
    "name": _l("Name"),
    "note": _l("Anmerkung"),
    "missing": _l("Was fehlen darf"),
    "number": _l("Fassung"),
    "parked": _l("Aufgehobenes Formular"),
    "proofs": _l("Womit ausgewiesen"),
    "published_at": _l("Veröffentlicht"),
    "purpose": _l("Zweck"),
    "read_until": _l("Gelesen bis"),
    "reason": _l("Grund"),
    "closed_at": _l("Erledigt"),
    "report_text": _l("Meldung"),
    "reported_at": _l("Gemeldet"),
    "requested_at": _l("Wann"),
    "role": _l("Rolle"),
    "saved_at": _l("Gespeichert"),
    "sent_at": _l("Eingereicht"),
    "size": _l("Größe in Byte"),
    "state": _l("Stand"),
    "staying_at": _l("Zuletzt bestätigt"),
    "source": _l("Woher"),
    "stated_at": _l("Angegeben"),
    "status": _l("Stand"),
    "subject": _l("Betreff oder Kennung"),
    "template": _l("Anlass"),
    "text": _l("Text"),
    "thing": _l("Woran"),
    "thing_id": _l("Nummer davon"),
    "title": _l("Titel"),
    "undone_at": _l("Rückgängig gemacht"),
    "updated_at": _l("Geändert"),
    "url": _l("Link"),
    "used_at": _l("Zuletzt benutzt"),
    "version": _l("Version"),
    "wants_keys": _l("Tasten statt Maus"),
    "wants_letters": _l("E-Mails zu Beiträgen"),
    "wants_questions": _l("E-Mails zu Fragen"),
    "words": _l("Gesucht"),
}
# Columns that name a person and need no line of their own, with the reason.
ELSEWHERE: dict[str, str] = {
    "linked_identity.email": "goes with its row, which names the account",
    "one_time_token.email": "a new address of the account in the same row; goes with it",
}
