"""Several processes write at once: nothing is lost, nobody sees a locked database, the log has no gaps."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
WRITER = """
import sys
from hub import create_app
from hub.core.actor import SYSTEM
from hub.accounts.service.organisations import find_or_create
from hub.collections.models import Collection
from hub.core.db import db
from hub.entries.models import Kind
from hub.entries.service.contributing import EntryDetails, submit_entry
app = create_app({"INDEX_REBUILD_INLINE": True})
with app.app_context():
    organisation_id = find_or_create(SYSTEM, "Essen").id
    collection_id = db.session.query(Collection.id).first()[0]
    for number in range(int(sys.argv[2])):
        details = EntryDetails(title=f"Wort{sys.argv[1]}x{number}", kind=Kind.METHODE, text="Text",
                               collection_ids=[collection_id], organisation_id=organisation_id)
        entry = submit_entry(SYSTEM, details)
        print(entry.id, flush=True)
"""
CHECKER = """
from hub import create_app
from hub.core.db import db
from hub.entries.models import Entry
from hub.indexing import changelog, service
from hub.indexing.models import LoggedChange
from hub.indexing.wanted import Wanted
from sqlalchemy import func, select
app = create_app({"INDEX_REBUILD_INLINE": True})
with app.app_context():
    assert service.bring_up_to_date()
    assert service.check() == (set(), set())
    numbers = list(db.session.scalars(select(LoggedChange.number).order_by(LoggedChange.number)))
    assert numbers == list(range(1, len(numbers) + 1)), "gaps"
    first = service.search(Wanted(text="Wort2x7")).ids[0]
    assert db.session.get(Entry, first).title == "Wort2x7"
    print(db.session.scalar(select(func.count()).select_from(Entry)))
"""


@pytest.mark.slow
def test_r07_three_processes_lose_nothing(tmp_path):
    environment = {"HUB_INSTANCE": str(tmp_path), "HUB_EXAMPLES": "0", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *words], env=environment, cwd=ROOT, capture_output=True, text=True)

    prepared = run("-m", "flask", "--app", "wsgi", "hub", "prepare")
    assert prepared.returncode == 0, prepared.stderr
    each = 134
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number), str(each)],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    acknowledged = []
    for writer in writers:
        out, err = writer.communicate(timeout=300)
        assert writer.returncode == 0, err
        acknowledged += out.split()
    assert len(set(acknowledged)) == 3 * each
    checked = run("-c", CHECKER)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.strip() == str(3 * each)
