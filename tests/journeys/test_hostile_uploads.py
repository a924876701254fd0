"""The corpus of hostile and broken files, sent as people send them: the entry is saved and the reason stands there."""

import gc
import io
import itertools
import re

import psutil
import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.entries.models import Attachment, DocumentText
from hub.jobs.models import Job, State
from hub.jobs.worker import do_all_due
from tests.fetching.extract.hostile import corpus

CASES = sorted(corpus(), key=lambda case: case[1])
GROUPS = [list(group) for _kind, group in itertools.groupby(CASES, key=lambda case: case[1])]
CHUNKS = [group[start : start + 20] for group in GROUPS for start in range(0, len(group), 20)]
MOST_LEFT = 60 * 1024 * 1024
REFUSED = ("ist leer", "passt nicht", "unvollständig", "Makros", "ungewöhnlich gepackt", "können wir nicht annehmen")
WORDS = (
    "Kennwort",
    "nur Bilder",
    "keine Schrift",
    "beschädigt",
    "ungewöhnlich gepackt",
    "zu aufwendig",
    "nicht lesbar",
)


@pytest.mark.parametrize("chunk", CHUNKS, ids=[f"{chunk[0][1]}-{number}" for number, chunk in enumerate(CHUNKS)])
def test_t05_a_hostile_file_is_refused_in_words_or_its_entry_says_why_it_has_no_text(make, sign_in, chunk):
    make.collection()
    person = sign_in(make.user(role="editor", organisation="Geschäftsstelle"))
    numbers = []
    for name, kind, build, _answers in chunk:
        data = {"file": (io.BytesIO(build()), f"{name.rpartition('.')[0]}.{kind}")}
        response = person.post("/entries/files", data, content_type="multipart/form-data")
        response.request.environ["wsgi.input"].close()
        answer = response.get_json()
        if response.status_code == 201:
            numbers.append(answer["id"])
        else:
            assert any(words in answer["error"] for words in REFUSED), (name, answer)
    if not numbers:
        return
    fields = {"title": "Feindliche Dateien", "collections": "bahnhofsviertel", "kind": "dokument"}
    saved = person.post("/entries/new", {**fields, "held": [str(number) for number in numbers]})
    assert saved.status_code == 303
    gc.collect()
    process = psutil.Process()
    memory = process.memory_info().rss
    do_all_due()
    gc.collect()
    assert process.memory_info().rss - memory < MOST_LEFT
    assert_reasons_are_visible(person, saved.headers["Location"])
    assert_reasons_are_visible(sign_in(make.user(organisation="Köln")), saved.headers["Location"])


def assert_reasons_are_visible(person, address: str) -> None:
    """Every file is read or says why it is not; whoever may see the entry can fetch each of them."""
    db.session.expire_all()
    page = person.get(address).get_data(as_text=True)
    shown = dict(re.findall(r'<li>.*?href="/files/(\d+)">.*?</span>(.*?)</li>', page))
    for file, text in db.session.execute(select(Attachment, DocumentText).join(DocumentText)):
        if text.state == "waiting":
            job = db.session.scalars(select(Job).where(Job.key == str(file.id), Job.kind == "extract_text")).one()
            assert job.state == State.OPEN, "what failed in passing is tried once more"
            continue
        words = shown[str(file.id)]
        assert "Als Text lesen" in words if text.state == "done" else any(why in words for why in WORDS), file.name
        response = person.get(f"/files/{file.id}")
        assert response.status_code == 200
        response.close()
