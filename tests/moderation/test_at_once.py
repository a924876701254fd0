"""Several processes at once, on a database of their own: one decision, one report, one word of an organisation."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROCESSES, SENT = 4, 7
PROGRAM = """
import multiprocessing
from sqlalchemy import func, select
from hub import create_app, preparing
from hub.accounts.service.organisations import find_or_create
from hub.accounts.service.people import Person, create_user
from hub.collections.service import load_starting_collections
from hub.collections.models import Collection
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Role
from hub.entries import queries
from hub.entries.models import Entry, Kind, Practice, PracticeState
from hub.entries.service.contributing import EntryDetails, submit_entry
from hub.entries.service.practice import PracticeDetails, record_practice
from hub.moderation import proposals, report_service as service
from hub.moderation.models import Report

app = create_app({"BCRYPT_COST": 4, "INDEX_REBUILD_INLINE": True})


def outcome(deed):
    try:
        deed()
    except (Conflict, Refused) as error:
        return type(error).__name__
    return "done"


def accept():
    return [outcome(lambda: service.accept_report(SYSTEM, report_id, version))]


def send():
    return [outcome(lambda: service.report_problem(actor, entry_id, "broken", "")).replace("done", "sent")]


def flood():
    name = multiprocessing.current_process().name
    return [outcome(lambda: service.report_problem(actor, entry_id, "wrong", f"{name} {n}")) for n in range(SENT)]


def practise():
    details = PracticeDetails(PracticeState.RUNNING, 2024, "Es hilft.", "Ordnungsamt")
    return [outcome(lambda: record_practice(actor, entry_id, place_id, details))]


def work(action, start, answers):
    with app.app_context():
        start.wait()
        answers.put(action())


def run_at_once(action):
    fork = multiprocessing.get_context("fork")
    start, answers = fork.Barrier(PROCESSES), fork.Queue()
    children = [fork.Process(target=work, args=(action, start, answers)) for _ in range(PROCESSES)]
    for child in children:
        child.start()
    print(action.__name__, *(word for _ in children for word in answers.get(timeout=60)))
    for child in children:
        child.join()


with app.app_context():
    preparing.migrate()
    load_starting_collections()
    place_id = find_or_create(SYSTEM, "Essen").id
    user = create_user(SYSTEM, Person("tauben@example.org", "Tauben", place_id, Role.MEMBER))
    actor = Actor(id=user.id, name="Tauben", role=Role.MEMBER, organisation_id=place_id)
    collection_id = db.session.scalar(select(Collection.id).limit(1))
    entry_id = submit_entry(SYSTEM, EntryDetails(title="Nachtbus", kind=Kind.METHODE, text="Text",
                                                 collection_ids=[collection_id], organisation_id=place_id)).id
    entry = queries.get_entry(SYSTEM, entry_id)
    version, values = entry.version, proposals.values_of(entry) | {"title": "Nachtbus neu"}
    report_id = service.propose_change(actor, entry_id, values, "").id
    db.session.remove()
    db.engine.dispose()
for action in (accept, send, flood, practise):
    run_at_once(action)
with app.app_context():
    print("version", db.session.get(Entry, entry_id).version - version)
    print("reports", db.session.scalar(select(func.count()).select_from(Report)))
    print("practices", db.session.scalar(select(func.count()).select_from(Practice)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_r09_what_several_do_at_once_is_done_once(request, tmp_path, kind):
    url = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    if kind == "postgres":
        url = request.getfixturevalue("postgres_server").new_database()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "FLASK_"))}
    settings = {"HUB_INSTANCE": str(tmp_path), "HUB_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    program = f"PROCESSES, SENT = {PROCESSES}, {SENT}\n{PROGRAM}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=inherited | settings, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = {name: Counter(words) for name, *words in (line.split() for line in done.stdout.splitlines())}
    assert said["accept"] == Counter(done=1, Conflict=PROCESSES - 1)
    assert said["version"] == Counter(["1"])
    assert said["send"] == Counter(sent=PROCESSES)
    assert said["flood"] == Counter(done=18, Refused=PROCESSES * SENT - 18)
    assert said["reports"] == Counter(["20"])
    assert said["practise"] == Counter(done=1, Conflict=PROCESSES - 1)
    assert said["practices"] == Counter(["1"])
