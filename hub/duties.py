"""What workers do, and what recurs: the jobs of all rooms."""

from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.accounts.service import inviting, mailed_links, requesting, reviewing
from hub.asking import notices as question_notices
from hub.asking.service import settling as question_settling
from hub.audit import service as auditing
from hub.curation import bulk_service
from hub.desk.service import sweep_assignments
from hub.duplicates.service import arriving, comparing
from hub.entries.service import (
    binning,
    handing_over,
    naming,
    openings,
    practice,
    previews,
    revisions,
    saving,
    texts,
)
from hub.entries.service.files import sweep_held_files
from hub.federating.service import newcomers, providers
from hub.fetching import service as fetching
from hub.fetching.extract import recognising, running
from hub.freshness import cleaning
from hub.indexing import service as indexing
from hub.jobs import queue, registry
from hub.jobs.registry import Lane
from hub.linkcare import checker
from hub.mailing import sending
from hub.mailing import service as mailing
from hub.privacy import service as privacy
from hub.search.service import misses
from hub.search.service import thesaurus as thesaurus_service
from hub.undoing import service as undoing
from hub.undoing import working


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
    registry.handle(question_notices.KIND, _l("Fragen per E-Mail weitergeben"), question_notices.tell_those_asked)
    registry.every("sweep_questions", _l("Alte zurückgezogene Fragen vergessen"), "39 3 * * *", question_settling.sweep)
    registry.every("sweep_newcomers", _l("Alte wartende Anmeldungen vergessen"), "36 3 * * *", newcomers.sweep)
    renew = _l("Angaben der Anmeldedienste erneuern")
    registry.every("renew_providers", renew, "35 3 * * *", providers.renew_all, Lane.NETWORK)
    registry.every(checker.KIND, _l("Links prüfen"), checker.CRON, checker.tend_links, Lane.NETWORK)
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
    compare = _l("Einträge suchen, die doppelt sind")
    registry.every("compare_entries", compare, "50 2 * * *", comparing.compare_changed, Lane.HEAVY)
    arrived = _l("Neue Einträge mit vorhandenen vergleichen")
    registry.every("compare_arrived", arrived, "2/5 * * * *", arriving.compare_arrived, Lane.HEAVY)
    registry.every("merge_index", _l("Suchindex zusammenführen"), "10 3 * * *", merge_index, Lane.HEAVY)
    registry.every("check_index", _l("Suchindex prüfen"), "40 3 * * *", check_index, Lane.HEAVY)
    registry.every("sweep_search", _l("Alte Suchen ohne Treffer vergessen"), "45 3 * * *", sweep_search)
    registry.every("sweep_people", _l("Abgelaufene Sitzungen und Links vergessen"), "35 3 * * *", privacy.sweep)
    registry.every("prune_audit", _l("Alte Zeilen des Protokolls löschen"), "30 3 * * *", auditing.prune_old)
    registry.every("sweep_invitations", _l("Alte Einladungen vergessen"), "35 3 * * *", inviting.sweep_invitations)
    registry.every("sweep_requests", _l("Alte Anträge auf Zugang vergessen"), "36 3 * * *", requesting.sweep_requests)
    registry.handle(indexing.FOLLOW, _l("Suchindex nachführen"), follow_index)
    registry.handle(working.JOB, _l("Vieles zusammen erledigen"), working.do_task)
    registry.every("sweep_tasks", _l("Alte Vorgänge der Geschäftsstelle vergessen"), "41 3 * * *", working.sweep)
    registry.handle(bulk_service.JOB, _l("Viele Einträge ändern"), bulk_service.do_change)
    registry.every("sweep_bulk", _l("Alte Vorschauen der Tabelle vergessen"), "39 3 * * *", bulk_service.sweep)
    registry.every("sweep_actions", _l("Alte Aktionen der Geschäftsstelle vergessen"), "39 3 * * *", undoing.sweep)
    registry.every("sweep_desk", _l("Alte Zuweisungen am Pult vergessen"), "41 3 * * *", sweep_assignments)
    registry.every("sweep_handovers", _l("Alte Übergaben vergessen"), "38 3 * * *", handing_over.sweep_handovers)
    review = _l("Koordinationen fragen, wer noch dazugehört")
    registry.every("ask_coordinations", review, "10 7 * * 1", reviewing.ask_coordinations)
    registry.every("sweep_openings", _l("Alte Zahlen über geöffnete Einträge vergessen"), "37 3 * * *", openings.sweep)
    clean = _l("Frühjahrsputz: Listen machen und verschicken")
    registry.every("spring_clean", clean, "20 7 * * 1", cleaning.make_lists)
    registry.handle(queue.PLAN, _l("Wiederkehrende Aufgaben planen"), queue.plan_duties)
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


def follow_index(_payload: dict[str, Any]) -> None:
    """A unit of work has changed many things: apply the change log to the index of this machine, or build it anew."""
    with indexing.postponed():
        pass


def merge_index(_payload: dict[str, Any]) -> None:
    """One segment answers faster than many."""
    indexing.store().merge(timeout=60)


def check_index(_payload: dict[str, Any]) -> None:
    """An index that does not hold what the tables say is built anew; other machines check theirs by themselves."""
    indexing.check_and_mend()
