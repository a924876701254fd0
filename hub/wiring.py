"""The lists that tie the rooms together: blueprints, commands, index source, after-commit steps.

With ``duties`` and ``menus`` the only files that know all rooms.
"""

import os

from flask import Flask, url_for

from hub import duties, menus, preparing
from hub.accounts import cli as accounts_cli
from hub.accounts import queries as account_queries
from hub.accounts import sessions
from hub.accounts.service import leaving, opening, people
from hub.accounts.views import bp as accounts_bp
from hub.accounts.views import confirming, signing_in, ways
from hub.asking import document as question_words
from hub.asking import following
from hub.asking import queries as question_queries
from hub.asking import source as question_source
from hub.asking.service import answering as question_answering
from hub.asking.service import settling as question_settling
from hub.asking.views import bp as asking_bp
from hub.audit import cli as audit_cli
from hub.audit import service as auditing
from hub.audit import views as audit_views
from hub.browsing.installing import bp as installing_bp
from hub.browsing.views import bp as browsing_bp
from hub.checking import cli as checking_cli
from hub.collections.views import bp as collections_bp
from hub.core.unit_of_work import after_commit, before_commit
from hub.curation import bulk_service
from hub.curation.arranging import service as arranging
from hub.curation.arranging.views import bp as arranging_bp
from hub.curation.bulk_views import bp as bulk_bp
from hub.curation.featuring import service as featuring
from hub.curation.featuring.views import bp as featuring_bp
from hub.curation.relating import service as relating
from hub.curation.relating.views import bp as relating_bp
from hub.curation.wording import rewriting
from hub.curation.wording import tags as keywords
from hub.curation.wording import terms as list_terms
from hub.curation.wording.views import bp as wording_bp
from hub.desk import details as desk_details
from hub.desk import misses as desk_misses
from hub.desk import service as desk_service
from hub.desk import sources as desk_sources
from hub.desk.views import bp as desk_bp
from hub.duplicates import cli as duplicates_cli
from hub.duplicates import source as duplicates_source
from hub.duplicates.service import deciding, merging, parting
from hub.duplicates.views import bp as duplicates_bp
from hub.entries import beside, document, marking, prefill
from hub.entries import cli as entries_cli
from hub.entries.service import (
    contributing,
    dating,
    handing_over,
    naming,
    revisions,
)
from hub.entries.views import bp as entries_bp
from hub.federating import queries as federating_queries
from hub.federating.views import bp as federating_bp
from hub.federating.views import signing_on
from hub.fetching import queries as fetching_queries
from hub.fetching import service as fetching
from hub.freshness import service as freshness
from hub.freshness import source as freshness_source
from hub.freshness.views import bp as freshness_bp
from hub.indexing import changelog
from hub.indexing import service as indexing
from hub.insights.views import bp as insights_bp
from hub.jobs import cli as jobs_cli
from hub.jobs import service as jobs
from hub.jobs.views import bp as jobs_bp
from hub.linkcare import cli as links_cli
from hub.linkcare import many as many_links
from hub.linkcare import queries as link_queries
from hub.linkcare import service as link_service
from hub.linkcare.source import SOURCE as LINK_SOURCE
from hub.linkcare.source import notice as link_notice
from hub.linkcare.views import bp as linkcare_bp
from hub.mailing import service as mailing
from hub.mailing.views import bp as mailing_bp
from hub.moderation import noting, placing, report_queries, report_service, settling
from hub.moderation import service as moderation_service
from hub.moderation import source as moderation_source
from hub.moderation.change_views import bp as changes_bp
from hub.moderation.report_views import bp as reports_bp
from hub.moderation.views import bp as moderation_bp
from hub.pages import announcing
from hub.pages.views import bp as pages_bp
from hub.privacy.views import bp as privacy_bp
from hub.search import cli as search_cli
from hub.search import queries as search_queries
from hub.search import source as search_source
from hub.search import thesaurus_cli
from hub.search.inspecting_views import bp as inspecting_bp
from hub.search.service import misses
from hub.search.thesaurus_views import bp as thesaurus_bp
from hub.search.views import bp as search_bp
from hub.undoing import service as undoing
from hub.undoing import views as undoing_views
from hub.undoing import working
from hub.web import guard, parked, preferences

BLUEPRINTS = (
    accounts_bp,
    arranging_bp,
    asking_bp,
    audit_views.bp,
    browsing_bp,
    bulk_bp,
    changes_bp,
    collections_bp,
    duplicates_bp,
    desk_bp,
    entries_bp,
    featuring_bp,
    federating_bp,
    insights_bp,
    freshness_bp,
    inspecting_bp,
    installing_bp,
    jobs_bp,
    linkcare_bp,
    mailing_bp,
    moderation_bp,
    pages_bp,
    privacy_bp,
    relating_bp,
    reports_bp,
    search_bp,
    thesaurus_bp,
    undoing_views.bp,
    wording_bp,
)
DESK_SOURCES = (
    freshness_source.SOURCE,
    moderation_source.SUBMISSIONS,
    moderation_source.CHANGES,
    moderation_source.REPORTS,
    question_source.SOURCE,
    desk_misses.SOURCE,
    desk_details.SOURCE,
    LINK_SOURCE,
    duplicates_source.SOURCE,
)
COMMANDS = (
    accounts_cli.users,
    audit_cli.audit,
    duplicates_cli.duplicates,
    entries_cli.entries,
    search_cli.search,
    thesaurus_cli.thesaurus,
    jobs_cli.jobs,
    links_cli.links,
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
    question_words.watch_changes()
    changelog.arm_changelog()
    dating.watch_publishing()
    revisions.watch_revisions()
    before_commit(revisions.write_revisions)
    following.watch_entries()
    before_commit(following.follow_entries)
    before_commit(auditing.chain_events)  # the last one: it holds the head until the commit
    after_commit(auditing.tell_journal)
    indexing.init_index(app, app.config["INDEX_FOLDER"], document.SOURCE, jobs.enqueue_here)
    after_commit(indexing.follow_commit)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    duties.fill_duties()
    preparing.hub.add_command(checking_cli.check)
    prefill.on_link(fetching)
    fetching.when_read(naming.take_from_page)
    beside.on_reports(report_queries.count_about)
    beside.on_notes(noting.find_notes)
    beside.on_links(link_queries.note_about)
    marking.on_search(search_queries.sought_by)
    fetching.when_pictured(naming.take_picture)
    contributing.on_wish(report_service.wish_for_collection)
    document.on_words_asked(question_words.words_asked)
    beside.on_answered(question_queries.settled_by)
    beside.on_questions(question_queries.open_text, question_answering.answer_with_entry)
    question_settling.on_settled(misses.forget_miss)
    document.on_link_texts(fetching_queries.texts_behind)
    audit_views.on_people(account_queries.find_user_names, account_queries.find_user_ids)
    undoing.on_undo(bulk_service.ACTION, bulk_service.set_back, bulk_service.read_back)
    undoing.on_undo(keywords.CHANGED, keywords.set_back_changes, rewriting.read_back)
    undoing.on_undo(keywords.RENAMED, keywords.set_back_name)
    for rewriting_of in (keywords.MERGING, list_terms.MERGING, list_terms.RENAMING):
        working.on_work(rewriting_of.kind, rewriting_of.write, rewriting_of.read)
    undoing.on_undo(list_terms.MERGED, list_terms.set_back_terms, rewriting.read_back)
    undoing.on_undo(list_terms.RENAMED, list_terms.set_back_names, rewriting.read_back)
    undoing_views.on_people(account_queries.find_user_names)
    working.on_actors(opening.find_actor)
    working.on_work(undoing_views.UNDO, undoing_views.do_undo, undoing_views.read_undo)
    working.on_work(desk_service.SETTLE, desk_service.do_settle)
    working.on_work(desk_service.PLACE, desk_service.do_place, desk_service.read_place)
    working.on_work(many_links.WORK, many_links.do_task, many_links.read_task)
    undoing.on_undo(link_service.DECIDED, link_service.set_back_decisions)
    undoing.on_undo(link_service.REPLACED, link_service.set_back_replacements, link_service.read_replacements)
    fill_audit_pages()
    leaving.on_leaving(handing_over.hand_over, handing_over.give_back)
    undoing.on_undo(moderation_service.UNDO, moderation_service.set_back_decisions)
    undoing.on_undo(search_source.UNDO, search_source.set_back_misses)
    undoing.on_undo(desk_misses.UNDO, desk_misses.set_back_asked)
    undoing.on_undo(desk_details.UNDO, desk_details.set_back_waivers)
    undoing.on_undo(arranging.UNDO, arranging.set_back_order)
    undoing.on_undo(featuring.UNDO, featuring.set_back_featured)
    undoing.on_undo(announcing.UNDO, announcing.set_back_notices)
    undoing.on_undo(relating.UNDO, relating.set_back_relations)
    undoing.on_undo(placing.UNDO, placing.set_back_places, placing.read_places)
    undoing.on_undo(deciding.APART, deciding.open_again)
    undoing.on_undo(merging.MERGED, parting.part_again)
    undoing.on_undo(settling.CHANGES, settling.set_back_changes)
    undoing.on_undo(settling.REPORTS, settling.set_back_reports)
    undoing.on_undo(question_source.KIND, question_source.set_back)
    undoing.on_undo(freshness.UNDO, freshness.set_back_answers)
    for source in DESK_SOURCES:
        desk_sources.add(source)
    desk_sources.on_notices(link_notice)
    menus.fill_menus()


def fill_audit_pages() -> None:
    """Where the audit page leads to."""
    audit_views.on_thing("duplicate", lambda number: url_for("entries.show", entry_id=number))
    audit_views.on_thing("entry", lambda number: url_for("entries.show", entry_id=number))
    audit_views.on_thing("user", lambda number: url_for("accounts.person", user_id=number))
    audit_views.on_thing("session", lambda number: url_for("accounts.person", user_id=number))
    audit_views.on_thing("question", lambda number: url_for("asking.show", question_id=number))
    audit_views.on_thing("tag", lambda number: url_for("wording.keyword", tag_id=number))
    audit_views.on_thing("organisation", lambda number: url_for("browsing.organisation", organisation_id=number))
