"""What each letter is rendered with in tests: one line for each template under templates/mail.

``url``, ``page`` and what ends in ``_url`` are made by us; every other text may have been written by somebody.
"""

from typing import Any

URL = "http://127.0.0.1:8000/link/q3Zk8TtY0Qm2LwXc5VbN7hJdRfGsPaEuI1oK4iMy6Bz"
ENTRY = {"entry_title": "Beleuchtung der Unterführung", "url": "http://127.0.0.1:8000/entries/7"}
MANY = {"titles": ["Beleuchtung der Unterführung", "Nachtbus"], "number": 22, "more_count": 20, "url": URL}
LETTERS: dict[str, dict[str, Any]] = {
    "accounts/factor_changed": {"name": "Erna Beispiel", "what": "Ein Passkey ist dazugekommen.", "page": URL},
    "accounts/session_copied": {"name": "Erna Beispiel", "page": URL},
    "change_approved": {"name": "Erna Beispiel", **ENTRY},
    "change_returned": {"name": "Erna Beispiel", "note": "Bitte die Quelle nennen.", **ENTRY},
    "changes_decided": {"name": "Erna Beispiel", "outcome": "returned", "note": "Bitte nennen Sie die Quelle.", **MANY},
    "decision_undone": {"name": "Erna Beispiel", **MANY},
    "email_asked": {"name": "Erna Beispiel", "address": "neu@example.org", "url": URL},
    "email_changed": {"name": "Erna Beispiel", "address": "neu@example.org", "old": "erna@example.org"},
    "email_confirm": {"name": "Erna Beispiel", "address": "neu@example.org", "url": URL},
    "entries_decided": {"name": "Erna Beispiel", "outcome": "rejected", "note": "Das gibt es schon.", **MANY},
    "entry_approved": {"name": "Erna Beispiel", "note": "Schön beschrieben.", **ENTRY},
    "entry_rejected": {"name": "Erna Beispiel", "note": "Das gibt es schon.", **ENTRY},
    "entry_returned": {"name": "Erna Beispiel", "note": "Bitte ergänzen Sie:\n\n- Jahr\n- Quelle", **ENTRY},
    "invitation": {"name": "", "inviter": "Kim Beispiel", "url": URL},
    "password_changed": {"name": "Erna Beispiel", "url": URL},
    "probe": {"name": "Erna Beispiel"},
    "question_answered": {
        "name": "Erna Beispiel", "question": "Wer hat einen Hitzeplan?", "text": "", "page": URL, **ENTRY,
    },
    "question_asked": {
        "name": "Kim Beispiel", "who": "Stadt Essen", "question": "Wer hat einen Hitzeplan?",
        "explanation": "Für Schulen.", "url": URL,
    },
    "question_removed": {
        "name": "Erna Beispiel", "question": "Wer hat einen Hitzeplan?", "note": "Das fragte schon jemand.", "url": URL,
    },
    "report_settled": {"name": "Erna Beispiel", "outcome": "settled", "answer": "Der Link ist berichtigt.", **ENTRY},
    "reports_settled": {"name": "Erna Beispiel", "outcome": "accepted", "answer": "Danke für beides.", **MANY},
    "request_approved": {"name": "Erna Beispiel", "url": URL},
    "request_confirm": {"name": "Erna Beispiel", "url": URL},
    "request_declined": {"name": "Erna Beispiel", "why": "Sie arbeiten nicht mehr dort."},
    "request_known": {"name": "Erna Beispiel", "url": URL},
    "request_waits": {"name": "Kim Beispiel", "who": "Erna Beispiel", "url": URL},
    "reset_link": {"name": "Erna Beispiel", "url": URL},
    "review": {"name": "Erna Beispiel", "number": 2, "url": URL},
    "sent_link": {"name": "Erna Beispiel", "purpose": "sign_in", "url": URL},
    "sign_in_link": {"name": "Erna Beispiel", "url": URL},
    "sign_on_waits": {"name": "Kim Beispiel", "who": "Erna Beispiel", "provider": "Stadt Essen", "url": URL},
    "spring_clean": {"name": "Erna Beispiel", "number": 7, "url": URL},
    "submission_note": {"name": "Erna Beispiel", "note": "Ist das Jahr 2024?", "from_office": True, **ENTRY},
}  # fmt: skip
