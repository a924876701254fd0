"""Who sees which page in which menu; the label of a page stands here and on the page itself."""

from flask_babel import lazy_gettext as _l

from hub.accounts.service import requesting, reviewing
from hub.core.permissions import Permission
from hub.desk import queries as desk_queries
from hub.entries.queries import bookmark_count, known_bookmark_count
from hub.federating import queries as federating_queries
from hub.jobs.queries import failed_count
from hub.mailing import queries as mailing_queries
from hub.web.navigation import Item, add

MODERATION = ("moderation.", "reports.queue", "changes.")
PERSON_PAGES = (
    "accounts.person", "accounts.close", "accounts.rights", "accounts.invite_list", "accounts.confirm_list",
)  # fmt: skip
READ, OFFICE, TEND = Permission.ENTRY_READ, Permission.ENTRY_REVIEW, Permission.ACCOUNT_TEND

# One line per page: label, endpoint, permission, icon, order in its menu.
# fmt: off
MAIN = (
    Item(_l("Start"), "browsing.start", READ, "home", 1),
    Item(_l("Sammlungen"), "browsing.collections", READ, "books", 2,
         within=("browsing.collection", "entries.show")),
    Item(_l("Merkliste"), "entries.bookmarks", Permission.BOOKMARK_KEEP, "bookmark", 3, count=bookmark_count,
         known=known_bookmark_count),
    Item(_l("Pult"), "desk.queue", OFFICE, "inbox", 4, count=desk_queries.waiting_count,
         known=desk_queries.known_waiting_count,
         within=("desk.", *MODERATION)),
    Item(_l("Beitragen"), "entries.submit", Permission.ENTRY_SUBMIT, "plus", 1, place="action"),
)
OWN = (
    Item(_l("Mein Konto"), "accounts.own", Permission.ACCOUNT_OWN, "settings", 1, place="account"),
    Item(_l("Meine Daten"), "privacy.own_data", Permission.ACCOUNT_OWN, "clipboard-list", 1, place="account",
         within=("privacy.erase_own",)),
    Item(_l("Meine Einträge"), "entries.own", Permission.ENTRY_SUBMIT, "file-text", 2, place="account"),
    Item(_l("Von überall beitragen"), "entries.from_anywhere", Permission.ENTRY_SUBMIT, "send", 2, place="account"),
    Item(_l("Meine Organisation"), "browsing.own_organisation", Permission.PRACTICE_RECORD, "building", 2,
         place="account"),
    Item(_l("Fragen aus dem Netzwerk"), "asking.listing", Permission.QUESTION_ASK, "messages", 2, place="account",
         within=("asking.",)),
    Item(_l("Frühjahrsputz"), "freshness.spring_clean", Permission.ENTRY_CHECK, "sparkles", 2, place="account"),
    Item(_l("Meldungen"), "reports.own", Permission.REPORT_SEND, "flag", 2, place="account"),
)
TENDING = (
    Item(_l("Sammlungen ordnen"), "collections.manage", Permission.COLLECTION_EDIT, "books", 3, place="account"),
    Item(_l("Organisationen"), "accounts.organisations", Permission.ORGANISATION_EDIT, "building-community", 4,
         place="account"),
    Item(_l("Konten"), "accounts.people", TEND, "users", 5, place="account", within=PERSON_PAGES),
    Item(_l("Anträge auf Zugang"), "accounts.requests", TEND, "user-plus", 5, count=requesting.request_count,
         place="account"),
    Item(_l("Sind das noch Ihre Leute?"), "accounts.review", TEND, "users-group", 5, count=reviewing.due_count,
         place="account"),
    Item(_l("Wartende Anmeldungen"), "federating.waiting", TEND, "user-plus", 5,
         count=federating_queries.waiting_count, place="account"),
    Item(_l("Anmeldedienste"), "federating.providers", Permission.PROVIDER_EDIT, "key", 5, place="account",
         within=("federating.provider", "federating.add_provider")),
    Item(_l("Seitentexte"), "pages.manage", Permission.PAGE_EDIT, "edit", 6, place="account"),
    Item(_l("Hinweise auf der Startseite"), "pages.all_notices", Permission.PAGE_EDIT, "info-circle", 6,
         place="account", within=("pages.new_notice", "pages.notice")),
    Item(_l("Feste Listen"), "entries.vocabularies", Permission.VOCABULARY_EDIT, "list", 6, place="account",
         within=("entries.vocabulary",)),
    Item(_l("Schlagwörter"), "wording.keywords", Permission.VOCABULARY_EDIT, "tag", 6, place="account",
         within=("wording.keyword",)),
    Item(_l("Wortschatz der Suche"), "thesaurus.manage", Permission.SEARCH_INSPECT, "zoom-question", 7,
         place="account", within=("thesaurus.", "inspecting.")),
    Item(_l("Aufgaben im Hintergrund"), "jobs.overview", Permission.JOB_INSPECT, "history", 8, count=failed_count,
         place="account"),
    Item(_l("Postausgang"), "mailing.outbox", Permission.LETTER_MANAGE, "mail", 9,
         count=mailing_queries.failed_count, place="account"),
    Item(_l("Protokoll"), "audit.events", Permission.AUDIT_READ, "clipboard-list", 9, place="account"),
    Item(_l("Papierkorb"), "entries.bin_page", OFFICE, "trash", 10, place="account"),
    Item(_l("Einträge als Tabelle"), "bulk.table", OFFICE, "list", 3, place="account",
         within=("bulk.sheet", "bulk.change")),
    Item(_l("Rückgängig machen"), "undoing.actions", OFFICE, "arrow-back-up", 10, place="account"),
    Item(_l("Hilfe"), "pages.show", READ, "help-circle", 11, place="account", values={"slug": "hilfe"}),
)
# What the desk links to below its queue.
DESK = (
    Item(_l("Freigabe: auch Zurückgegebenes und Abgelehntes"), "moderation.queue", OFFICE, "inbox", 1, place="desk"),
    Item(_l("Was das Netzwerk braucht"), "insights.needs", Permission.INSIGHT_READ, "chart-dots", 1, place="desk"),
    Item(_l("Änderungen im Vergleich"), "changes.queue", OFFICE, "edit", 2, place="desk"),
    Item(_l("Meldungen, auch erledigte"), "reports.queue", OFFICE, "flag", 3, place="desk"),
    Item(_l("Mögliche Dubletten"), "duplicates.pairs", OFFICE, "copy", 4, place="desk"),
    Item(_l("Dateien ohne durchsuchbaren Text"), "moderation.files", OFFICE, "file", 4, place="desk"),
    Item(_l("Suchen ohne Treffer"), "inspecting.misses", Permission.SEARCH_INSPECT, "zoom-question", 5, place="desk"),
    Item(_l("Alle Links und ihre Prüfung"), "linkcare.overview", OFFICE, "link", 6, place="desk"),
    Item(_l("Prüffristen und Frühjahrsputz"), "freshness.overview", OFFICE, "clock", 6, place="desk"),
    Item(_l("Schlagwörter"), "wording.keywords", Permission.VOCABULARY_EDIT, "tag", 7, place="desk"),
    Item(_l("Feste Listen"), "entries.vocabularies", Permission.VOCABULARY_EDIT, "list", 8, place="desk"),
)
TEXTS = (
    ("hilfe", _l("Hilfe")),
    ("barrierefreiheit", _l("Barrierefreiheit")),
    ("datenschutz", _l("Datenschutz")),
    ("impressum", _l("Impressum")),
    ("nutzungsbedingungen", _l("Nutzungsbedingungen")),
)
# fmt: on


def fill_menus() -> None:
    """Put every page into its menu."""
    for item in MAIN + OWN + TENDING + DESK:
        add(item)
    for order, (slug, label) in enumerate(TEXTS, 1):
        add(Item(label, "pages.show", None, "help-circle", order, place="foot", values={"slug": slug}))
