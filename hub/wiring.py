"""The lists that tie the rooms together: blueprints, commands, menus, index source, after-commit steps.

The only file that knows all rooms.
"""

import os
from functools import partial
from typing import Any

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from hub import preparing
from hub.accounts import cli as accounts_cli
from hub.accounts import queries as account_queries
from hub.accounts import sessions
from hub.accounts.service import inviting, leaving, mailed_links, people, requesting, reviewing
from hub.accounts.views import bp as accounts_bp
from hub.accounts.views import confirming, signing_in, ways
from hub.audit import cli as audit_cli
from hub.audit import service as auditing
from hub.audit import views as audit_views
from hub.browsing.installing import bp as installing_bp
from hub.browsing.views import bp as browsing_bp
from hub.checking import cli as checking_cli
from hub.collections.views import bp as collections_bp
from hub.core.permissions import Permission
from hub.core.unit_of_work import after_commit, before_commit
from hub.entries import beside, document, marking, prefill
from hub.entries import cli as entries_cli
from hub.entries.queries import bookmark_count
from hub.entries.service import (
    binning,
    contributing,
    handing_over,
    naming,
    practice,
    previews,
    revisions,
    saving,
    texts,
)
from hub.entries.service.files import sweep_held_files
from hub.entries.views import bp as entries_bp
from hub.federating import queries as federating_queries
from hub.federating.service import newcomers, providers
from hub.federating.views import bp as federating_bp
from hub.federating.views import signing_on
from hub.fetching import queries as fetching_queries
from hub.fetching import service as fetching
from hub.fetching.extract import recognising, running
from hub.indexing import changelog
from hub.indexing import service as indexing
from hub.jobs import cli as jobs_cli
from hub.jobs import queue, registry
from hub.jobs import service as jobs
from hub.jobs.queries import failed_count
from hub.jobs.registry import Lane
from hub.jobs.views import bp as jobs_bp
from hub.mailing import queries as mailing_queries
from hub.mailing import sending
from hub.mailing import service as mailing
from hub.mailing.views import bp as mailing_bp
from hub.moderation import report_queries, report_service
from hub.moderation.change_views import bp as changes_bp
from hub.moderation.report_views import bp as reports_bp
from hub.moderation.views import bp as moderation_bp
from hub.pages.views import bp as pages_bp
from hub.privacy import service as privacy
from hub.privacy.views import bp as privacy_bp
from hub.search import cli as search_cli
from hub.search import queries as search_queries
from hub.search import thesaurus_cli
from hub.search.inspecting_views import bp as inspecting_bp
from hub.search.service import misses
from hub.search.service import thesaurus as thesaurus_service
from hub.search.thesaurus_views import bp as thesaurus_bp
from hub.search.views import bp as search_bp
from hub.web import guard, navigation, parked, preferences

BLUEPRINTS = (
    accounts_bp,
    audit_views.bp,
    browsing_bp,
    changes_bp,
    collections_bp,
    entries_bp,
    federating_bp,
    inspecting_bp,
    installing_bp,
    jobs_bp,
    mailing_bp,
    moderation_bp,
    pages_bp,
    privacy_bp,
    reports_bp,
    search_bp,
    thesaurus_bp,
)
ACCOUNT_PAGES = (
    "accounts.person", "accounts.close", "accounts.rights", "accounts.invite_list", "accounts.confirm_list",
)  # fmt: skip
COMMANDS = (
    accounts_cli.users,
    audit_cli.audit,
    entries_cli.entries,
    search_cli.search,
    thesaurus_cli.thesaurus,
    jobs_cli.jobs,
    preparing.hub,
)


def wire(app: Flask) -> None:
    """Put the rooms into the application."""
    if os.environ.get("FLASK_RUN_FROM_CLI"):
        preparing.arm_migrations(app)
    guard.login_manager.request_loader(sessions.load_actor)
    guard.on_lost_form(signing_in.answer_lost_form)
    guard.on_stale_proof(confirming.ask_again)
    ways.on_ways(federating_queries.find_ways, federating_queries.find_ways_of)
    signing_on.on_entry(signing_in.enter)
    sessions.init_sessions(app)
    parked.init_parked(app, sessions)
    preferences.on_language(people.choose_language)
    app.jinja_env.globals["letters_leave"] = mailing.is_configured
    document.watch_changes()
    changelog.arm_changelog()
    revisions.watch_revisions()
    before_commit(revisions.write_revisions)
    before_commit(auditing.chain_events)  # the last one: it holds the head until the commit
    after_commit(auditing.tell_journal)
    indexing.init_index(app, app.config["INDEX_FOLDER"], document.SOURCE, jobs.enqueue_here)
    after_commit(indexing.follow_commit)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    fill_duties()
    preparing.hub.add_command(checking_cli.check)
    prefill.on_link(fetching)
    fetching.when_read(naming.take_from_page)
    beside.on_reports(report_queries.count_about)
    marking.on_search(search_queries.sought_by)
    fetching.when_pictured(naming.take_picture)
    contributing.on_wish(report_service.wish_for_collection)
    document.on_link_texts(fetching_queries.texts_behind)
    audit_views.on_people(account_queries.find_user_names, account_queries.find_user_ids)
    fill_audit_pages()
    leaving.on_leaving(handing_over.hand_over, handing_over.give_back)
    fill_menus()


def fill_audit_pages() -> None:
    """Where the audit page leads to."""
    audit_views.on_thing("entry", lambda number: url_for("entries.show", entry_id=number))
    audit_views.on_thing("user", lambda number: url_for("accounts.person", user_id=number))
    audit_views.on_thing("session", lambda number: url_for("accounts.person", user_id=number))
    audit_views.on_thing("organisation", lambda number: url_for("browsing.organisation", organisation_id=number))


def fill_duties() -> None:
    """What workers do, and when what recurs is due (local time)."""
    registry.handle(fetching.KIND, _l("Seite hinter einem Link lesen"), fetching.fetch_page, Lane.NETWORK, most_tries=3)
    picture = _l("Vorschaubild einer verlinkten Seite holen")
    registry.handle(fetching.PICTURE_KIND, picture, fetching.fetch_picture, Lane.NETWORK, most_tries=2)
    read_file = partial(texts.extract_text, running.read)
    # One try more than the texts count: the last one marks a file that took its worker down twice.
    registry.handle(texts.KIND, _l("Text einer Datei lesen"), read_file, Lane.HEAVY, texts.MOST_TRIES + 1)
    draw = partial(previews.draw_preview, running.draw)
    registry.handle(previews.KIND, _l("Vorschaubild einer Datei zeichnen"), draw, Lane.HEAVY, most_tries=3)
    registry.every("find_undrawn", _l("Dateien ohne Vorschaubild finden"), "*/15 * * * *", previews.ask_for_missing)
    registry.handle(mailed_links.KIND, _l("Link per E-Mail schicken"), mailed_links.answer_wish)
    registry.handle(mailing.KIND, _l("E-Mails verschicken"), sending.send_letters, Lane.NETWORK)
    registry.every("find_letters", _l("Liegen gebliebene E-Mails finden"), "3/15 * * * *", sending.find_lost)
    registry.every("sweep_newcomers", _l("Alte wartende Anmeldungen vergessen"), "36 3 * * *", newcomers.sweep)
    renew = _l("Angaben der Anmeldedienste erneuern")
    registry.every("renew_providers", renew, "35 3 * * *", providers.renew_all, Lane.NETWORK)
    # People wait for these: they never queue behind a long document.
    registry.handle(indexing.REBUILD, _l("Suchindex neu aufbauen"), rebuild_index)
    registry.handle(indexing.REPLACE, _l("Fehlerhaften Suchindex ersetzen"), replace_index)
    registry.handle(indexing.TIDY, _l("Kleine Teile des Suchindex zusammenführen"), tidy_index)
    read_letters = partial(texts.recognise_text, recognising)
    registry.handle(
        texts.RECOGNISE, _l("Schrift in einem Scan erkennen"), read_letters, Lane.PATIENT, texts.MOST_TRIES + 1
    )
    find_scans = partial(texts.ask_for_unrecognised, recognising)
    registry.every("find_scans", _l("Scans ohne Text finden"), "25 * * * *", find_scans)
    registry.every("find_unread", _l("Ungelesene Dateien finden"), "*/15 * * * *", texts.ask_for_unread)
    registry.every("find_unread_pages", _l("Ungelesene Links finden"), "7/15 * * * *", naming.ask_for_pages)
    registry.every("sweep_uploads", _l("Nie abgeschickte Uploads entfernen"), "17 * * * *", sweep_uploads)
    registry.every("sweep_practice", _l("Herausgenommene Angaben endgültig löschen"), "20 3 * * *", sweep_practice)
    registry.every("sweep_removed", _l("Entfernte Dateien vergessen"), "5 4 * * *", revisions.sweep_removed_files)
    registry.every("sweep_forms", _l("Liegen gelassene Formulare vergessen"), "10 4 * * *", saving.sweep_saved_forms)
    registry.every("empty_bin", _l("Papierkorb leeren: was 30 Tage darin lag"), "15 4 * * *", binning.empty_old)
    registry.every("merge_index", _l("Suchindex zusammenführen"), "10 3 * * *", merge_index, Lane.HEAVY)
    registry.every("check_index", _l("Suchindex prüfen"), "40 3 * * *", check_index, Lane.HEAVY)
    registry.every("sweep_search", _l("Alte Suchen ohne Treffer vergessen"), "45 3 * * *", sweep_search)
    registry.every("sweep_people", _l("Abgelaufene Sitzungen und Links vergessen"), "35 3 * * *", privacy.sweep)
    registry.every("prune_audit", _l("Alte Zeilen des Protokolls löschen"), "30 3 * * *", auditing.prune_old)
    registry.every("sweep_invitations", _l("Alte Einladungen vergessen"), "35 3 * * *", inviting.sweep_invitations)
    registry.every("sweep_requests", _l("Alte Anträge auf Zugang vergessen"), "36 3 * * *", requesting.sweep_requests)
    registry.every("sweep_handovers", _l("Alte Übergaben vergessen"), "38 3 * * *", handing_over.sweep_handovers)
    review = _l("Koordinationen fragen, wer noch dazugehört")
    registry.every("ask_coordinations", review, "10 7 * * 1", reviewing.ask_coordinations)
    registry.every("sweep_jobs", _l("Erledigte Aufgaben vergessen"), "50 3 * * *", queue.sweep)


def sweep_uploads(_payload: dict[str, Any]) -> None:
    """Files whose form was never sent."""
    sweep_held_files()


def sweep_practice(_payload: dict[str, Any]) -> None:
    """What organisations took out a month ago."""
    practice.sweep_removed()


def sweep_search(_payload: dict[str, Any]) -> None:
    """Deleted concepts, uploads that nobody confirmed, and searches that nobody asked again."""
    thesaurus_service.sweep()
    misses.sweep()


def rebuild_index(_payload: dict[str, Any]) -> None:
    """The index of this machine was missing or damaged."""
    indexing.rebuild_alone()


def replace_index(_payload: dict[str, Any]) -> None:
    """The index of this machine looked usable and failed in a search."""
    indexing.rebuild_alone(even_if_usable=True)


def tidy_index(_payload: dict[str, Any]) -> None:
    """Many changes have left many small parts behind."""
    indexing.tidy_alone()


def merge_index(_payload: dict[str, Any]) -> None:
    """One segment answers faster than many."""
    indexing.store().merge(timeout=60)


def check_index(_payload: dict[str, Any]) -> None:
    """An index that does not hold what the tables say is built anew; other machines check theirs by themselves."""
    indexing.check_and_mend()


def fill_menus() -> None:
    """Who sees which page in which menu; the label of a page stands here and on the page itself."""
    read, office = Permission.ENTRY_READ, Permission.ENTRY_REVIEW
    add = navigation.add
    add(_l("Start"), "browsing.start", read, "home", 1)
    add(
        _l("Sammlungen"),
        "browsing.collections",
        read,
        "books",
        2,
        within=("browsing.collection", "entries.show"),
    )
    add(_l("Merkliste"), "entries.bookmarks", Permission.BOOKMARK_KEEP, "bookmark", 3, count=bookmark_count)
    within = ("moderation.", "reports.queue", "changes.")
    add(_l("Freigabe"), "moderation.queue", office, "inbox", 4, count=report_queries.waiting_count, within=within)
    add(_l("Beitragen"), "entries.submit", Permission.ENTRY_SUBMIT, "plus", 1, place="action")
    add(_l("Mein Konto"), "accounts.own", Permission.ACCOUNT_OWN, "settings", 1, place="account")
    add(
        _l("Meine Daten"),
        "privacy.own_data",
        Permission.ACCOUNT_OWN,
        "clipboard-list",
        1,
        place="account",
        within=("privacy.erase_own",),
    )
    add(_l("Meine Einträge"), "entries.own", Permission.ENTRY_SUBMIT, "file-text", 2, place="account")
    add(_l("Von überall beitragen"), "entries.from_anywhere", Permission.ENTRY_SUBMIT, "send", 2, place="account")
    add(
        _l("Meine Organisation"),
        "browsing.own_organisation",
        Permission.PRACTICE_RECORD,
        "building",
        2,
        place="account",
    )
    add(_l("Meldungen"), "reports.own", Permission.REPORT_SEND, "flag", 2, place="account")
    add(_l("Sammlungen ordnen"), "collections.manage", Permission.COLLECTION_EDIT, "books", 3, place="account")
    add(
        _l("Organisationen"),
        "accounts.organisations",
        Permission.ORGANISATION_EDIT,
        "building-community",
        4,
        place="account",
    )
    add(_l("Konten"), "accounts.people", Permission.ACCOUNT_TEND, "users", 5, place="account", within=ACCOUNT_PAGES)
    review = _l("Sind das noch Ihre Leute?")
    tend = Permission.ACCOUNT_TEND
    count = requesting.request_count
    add(_l("Anträge auf Zugang"), "accounts.requests", tend, "user-plus", 5, count=count, place="account")
    add(review, "accounts.review", tend, "users-group", 5, count=reviewing.due_count, place="account")
    add(
        _l("Wartende Anmeldungen"),
        "federating.waiting",
        Permission.ACCOUNT_TEND,
        "user-plus",
        5,
        count=federating_queries.waiting_count,
        place="account",
    )
    add(
        _l("Anmeldedienste"),
        "federating.providers",
        Permission.PROVIDER_EDIT,
        "key",
        5,
        place="account",
        within=("federating.provider", "federating.add_provider"),
    )
    add(_l("Seitentexte"), "pages.manage", Permission.PAGE_EDIT, "edit", 6, place="account")
    add(
        _l("Feste Listen"),
        "entries.vocabularies",
        Permission.VOCABULARY_EDIT,
        "list",
        6,
        place="account",
        within=("entries.vocabulary",),
    )
    add(
        _l("Wortschatz der Suche"),
        "thesaurus.manage",
        Permission.SEARCH_INSPECT,
        "zoom-question",
        7,
        place="account",
        within=("thesaurus.", "inspecting."),
    )
    add(
        _l("Aufgaben im Hintergrund"),
        "jobs.overview",
        Permission.JOB_INSPECT,
        "history",
        8,
        count=failed_count,
        place="account",
    )
    add(
        _l("Postausgang"),
        "mailing.outbox",
        Permission.LETTER_MANAGE,
        "mail",
        9,
        count=mailing_queries.failed_count,
        place="account",
    )
    add(_l("Protokoll"), "audit.events", Permission.AUDIT_READ, "clipboard-list", 9, place="account")
    add(_l("Papierkorb"), "entries.bin_page", office, "trash", 10, place="account")
    add(_l("Hilfe"), "pages.show", read, "help-circle", 11, place="account", values={"slug": "hilfe"})
    for order, (slug, label) in enumerate(
        (
            ("hilfe", _l("Hilfe")),
            ("barrierefreiheit", _l("Barrierefreiheit")),
            ("datenschutz", _l("Datenschutz")),
            ("impressum", _l("Impressum")),
            ("nutzungsbedingungen", _l("Nutzungsbedingungen")),
        ),
        1,
    ):
        add(label, "pages.show", None, "help-circle", order, place="foot", values={"slug": slug})
