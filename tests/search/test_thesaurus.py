"""The office edits the words of the search; the next search uses them, in every process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.search import thesaurus_queries as queries
from hub.search.concepts import ConceptDetails, find_ring, free_key, tidied
from hub.search.service import thesaurus as service
from hub.search.thesaurus import load_default, read_table
from tests.support.counting import counted_statements

ROOT = Path(__file__).parent.parent.parent
LAMP = ConceptDetails({"de": ("Leuchtkörper", "Lampe", "LK"), "en": ("lamp",)})
FIELDS = {"name": "Leuchtkörper", "german": "Lampe\n\nLK\nLampe", "english": "lamp", "french": ""}


@pytest.fixture
def office(make, sign_in):
    """An editor in the browser."""
    return sign_in(make.user(role="editor"))


def text_of(response) -> str:
    """What a reader sees, spaces collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def titles(person, text: str) -> list[str]:
    """Titles of the hits of the search page."""
    page = person.get("/search", query_string={"q": text}).get_data(as_text=True)
    return re.findall(r'<h2[^>]*><a href="/entries/\d+">(.*?)</a>', page)


def test_delivered_concepts_fill_empty_tables_once(app):
    assert service.fill_thesaurus() == len(read_table())
    assert queries.load_concepts().keys() == load_default().concepts.keys()
    service.change_concept(service_actor(), "angstraum", LAMP, 1)
    assert service.fill_thesaurus() == 0
    assert queries.get_concept("angstraum")[0].name == "Leuchtkörper"


def test_tables_say_the_same_as_the_delivered_file(app):
    service.fill_thesaurus()
    for concept in read_table():
        made = ConceptDetails(concept.labels, concept.broader, concept.related)
        assert tidied(concept.id, made).is_same(queries.get_concept(concept.id)[0]), concept.id


def test_thesaurus_emptied_by_the_office_stays_empty(app, editor, member, make, sign_in):
    make.entry(title="Meideorte im Park")
    person = sign_in(make.user())
    assert titles(person, "Angstraum") != []
    key = service.add_concept(editor, LAMP)
    service.delete_concept(editor, key, 1)
    assert titles(person, "Angstraum") == []


def test_next_search_uses_a_new_concept_without_rebuild(app, editor, make, sign_in):
    make.entry(title="Neue Funzeln am Bahnhof")
    person = sign_in(make.user())
    assert titles(person, "Leuchtkörper") == []
    key = service.add_concept(editor, ConceptDetails({"de": ("Leuchtkörper", "Funzel")}))
    assert len(titles(person, "Leuchtkörper")) == 1
    assert "Funzel" in text_of(person.get("/search?q=Leuchtkörper"))
    service.change_concept(editor, key, ConceptDetails({"de": ("Leuchtkörper",)}), 1)
    assert titles(person, "Leuchtkörper") == []
    service.delete_concept(editor, key, 2)
    service.restore_concept(editor, key)
    service.change_concept(editor, key, ConceptDetails({"de": ("Leuchtkörper", "Funzel")}), 4)
    assert len(titles(person, "Leuchtkörper")) == 1


def test_change_of_the_thesaurus_gives_the_index_nothing_to_do(app, editor, make):
    from hub.indexing.changelog import current_number

    make.entry()
    before = current_number()
    service.add_concept(editor, LAMP)
    assert current_number() == before


@pytest.mark.slow
def test_other_process_uses_the_change_with_its_next_search(tmp_path):
    """Two processes on one instance: the second has searched before the first changes the thesaurus."""
    script = """
import sys
from hub import create_app
from hub.core.actor import SYSTEM
from hub.indexing.wanted import Wanted
from hub.search.queries import find
app = create_app({"INDEX_REBUILD_INLINE": True})
for line in sys.stdin:
    with app.app_context():
        print(len(find(SYSTEM, Wanted(text=line.strip())).rows), flush=True)
"""
    environment = {
        "PATH": os.environ["PATH"],
        "HUB_INSTANCE": str(tmp_path / "hub"),
        "HUB_EXAMPLES": "0",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }

    def flask(*arguments: str) -> str:
        command = [sys.executable, "-m", "flask", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    flask("hub", "prepare")
    entries = tmp_path / "entries.jsonl"
    entries.write_text(
        '{"id": "a", "title": "Neue Funzeln", "kind": "dokument", "collection": "Plätze", "organisation": "Essen"}\n'
    )
    flask("entries", "import", str(entries), "--create-missing")
    words = tmp_path / "words.ttl"
    words.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<urn:x:lk> a skos:Concept ; skos:prefLabel "Leuchtkörper"@de ; skos:altLabel "Funzel"@de .\n'
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    ) as other:  # fmt: skip
        assert other.stdin is not None and other.stdout is not None

        def ask() -> int:
            other.stdin.write("Leuchtkörper\n")
            other.stdin.flush()
            return int(other.stdout.readline())

        assert ask() == 0
        assert "1 neu oder geändert" in flask("thesaurus", "import", str(words))
        assert ask() == 1
        other.stdin.close()
        other.wait(30)


def test_ring_of_broader_concepts_is_refused_in_words(app, editor):
    service.add_concept(editor, ConceptDetails({"de": ("Eins",)}))
    service.add_concept(editor, ConceptDetails({"de": ("Zwei",)}, broader=("eins",)))
    service.add_concept(editor, ConceptDetails({"de": ("Drei",)}, broader=("zwei",)))
    with pytest.raises(Refused) as refused:
        service.change_concept(editor, "eins", ConceptDetails({"de": ("Eins",)}, broader=("drei",)), 1)
    assert "Ring" in refused.value.message
    assert "Eins" in refused.value.message
    assert queries.get_concept("eins") == (ConceptDetails({"de": ("Eins",)}), 1)


def test_ring_is_told_in_the_direction_of_the_relations():
    concepts = {key: ConceptDetails(broader=(target,)) for key, target in (("a", "b"), ("b", "c"), ("c", "a"))}
    ring = find_ring(concepts)
    assert all(concepts[key].broader == (ring[(i + 1) % 3],) for i, key in enumerate(ring))
    assert find_ring({"a": ConceptDetails(broader=("b", "c")), "b": ConceptDetails(broader=("c",))}) == []


def test_restoring_may_not_close_a_ring(app, editor):
    service.add_concept(editor, ConceptDetails({"de": ("Eins",)}))
    service.add_concept(editor, ConceptDetails({"de": ("Zwei",)}, broader=("eins",)))
    service.delete_concept(editor, "zwei", 1)
    service.add_concept(editor, ConceptDetails({"de": ("Drei",)}))
    service.change_concept(editor, "eins", ConceptDetails({"de": ("Eins",)}, broader=("drei",)), 1)
    service.restore_concept(editor, "zwei")
    service.delete_concept(editor, "zwei", 3)
    with pytest.raises(Missing):
        queries.get_concept("zwei")


def test_stale_version_is_a_conflict_and_changes_nothing(app, editor):
    key = service.add_concept(editor, LAMP)
    service.change_concept(editor, key, ConceptDetails({"de": ("Lampe",)}), 1)
    with pytest.raises(Conflict):
        service.change_concept(editor, key, LAMP, 1)
    with pytest.raises(Conflict):
        service.delete_concept(editor, key, 1)
    assert queries.get_concept(key) == (ConceptDetails({"de": ("Lampe",)}), 2)


def test_second_editor_sees_both_versions(app, office, editor):
    key = service.add_concept(editor, LAMP)
    service.change_concept(editor, key, ConceptDetails({"de": ("Licht",)}), 1)
    response = office.post(f"/thesaurus/concepts/{key}", {**FIELDS, "version": "1"})
    assert response.status_code == 409
    assert "Licht" in text_of(response) and "Leuchtkörper, Lampe, LK" in text_of(response)
    version = re.search(r'name="version"[^>]*value="(\d+)"', response.get_data(as_text=True))
    assert version is not None and version[1] == "2"
    assert office.post(f"/thesaurus/concepts/{key}", {**FIELDS, "version": "2"}).status_code == 303
    assert queries.get_concept(key)[0].name == "Leuchtkörper"


def test_form_keeps_labels_each_once_and_in_their_order(app, office):
    response = office.post("/thesaurus/new", FIELDS)
    assert (response.status_code, response.headers["Location"]) == (303, "/thesaurus/concepts/leuchtkoerper")
    assert queries.get_concept("leuchtkoerper") == (LAMP, 1)
    events = db.session.scalars(select(AuditEvent.action).where(AuditEvent.thing == "concept")).all()
    assert events == ["concept.added"]


def test_form_adds_and_loosens_relations(app, office, editor):
    service.add_concept(editor, ConceptDetails({"de": ("Beleuchtung",)}))
    service.add_concept(editor, ConceptDetails({"de": ("Sichtbarkeit",)}))
    office.post("/thesaurus/new", {**FIELDS, "more_broader": "beleuchtung", "more_related": "Sichtbarkeit; "})
    made, _version = queries.get_concept("leuchtkoerper")
    assert (made.broader, made.related) == (("beleuchtung",), ("sichtbarkeit",))
    page = office.get("/thesaurus/concepts/leuchtkoerper").get_data(as_text=True)
    assert re.search(r'name="broader"[^>]*value="beleuchtung"|value="beleuchtung"[^>]*name="broader"', page)
    office.post("/thesaurus/concepts/leuchtkoerper", {**FIELDS, "version": "1", "related": "sichtbarkeit"})
    made, _version = queries.get_concept("leuchtkoerper")
    assert (made.broader, made.related) == ((), ("sichtbarkeit",))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Bitte geben Sie eine Bezeichnung ein."),
        ({"name": " \u200b "}, "Bitte geben Sie eine Bezeichnung ein."),
        ({"german": "a" * 121}, "Eine Bezeichnung ist zu lang."),
        ({"more_broader": "Gibt es nicht"}, "Diesen Begriff gibt es nicht: Gibt es nicht"),
    ],
)
def test_form_says_what_is_wrong_and_keeps_the_rest(app, office, fields, sentence):
    response = office.post("/thesaurus/new", {**FIELDS, "note": "Bleibt stehen", **fields})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "Bleibt stehen" in text_of(response)
    assert queries.load_concepts() == {}


def test_ring_in_the_form_is_said_and_nothing_is_lost(app, office, editor):
    service.add_concept(editor, ConceptDetails({"de": ("Eins",)}))
    service.add_concept(editor, ConceptDetails({"de": ("Zwei",)}, broader=("eins",)))
    response = office.post("/thesaurus/concepts/eins", {"name": "Eins", "more_broader": "Zwei", "version": "1"})
    assert response.status_code == 422
    assert "Die Oberbegriffe bilden einen Ring" in text_of(response)


def test_label_of_another_concept_is_named_and_allowed(app, office, editor):
    service.add_concept(editor, ConceptDetails({"de": ("Straßenlaterne", "lampe")}))
    office.post("/thesaurus/new", FIELDS)
    page = text_of(office.get("/thesaurus/concepts/leuchtkoerper"))
    assert "Diese Bezeichnungen hat auch ein anderer Begriff: „lampe“ (Straßenlaterne)" in page
    assert queries.get_concept("leuchtkoerper")[0] == LAMP


def test_sample_shows_what_a_change_would_do_and_saves_nothing(app, office, editor):
    key = service.add_concept(editor, LAMP)
    fields = {**FIELDS, "german": "Funzel", "version": "1", "sample": "Leuchtkörper am Bahnhof", "do": "sample"}
    page = text_of(office.post(f"/thesaurus/concepts/{key}", fields))
    assert "Das ändert sich bei „Leuchtkörper am Bahnhof“" in page
    assert re.search(r"Funzel Deutsch 0 % 75 % kommt dazu", page)
    assert re.search(r"Lampe Deutsch 75 % 0 % fällt weg", page)
    assert re.search(r"lamp Englisch 70 % 70 % bleibt", page)
    assert queries.get_concept(key) == (LAMP, 1)


def test_sample_without_a_concept_says_so(app, office):
    page = text_of(office.post("/thesaurus/new", {**FIELDS, "sample": "ganz anderes", "do": "sample"}))
    assert "Die Suche erkennt darin keinen Begriff" in page


def test_deletion_can_be_undone_at_once(app, office, editor):
    service.add_concept(editor, LAMP)
    response = office.post("/thesaurus/concepts/leuchtkoerper/delete", {"version": "1"})
    assert response.status_code == 303
    page = office.get(response.headers["Location"]).get_data(as_text=True)
    assert "„Leuchtkörper“ ist gelöscht." in page
    assert queries.load_concepts() == {}
    undo = re.search(r'formaction="(/thesaurus/concepts/leuchtkoerper/restore)"', page)
    assert undo is not None
    assert office.post(undo[1]).status_code == 303
    assert queries.get_concept("leuchtkoerper")[0] == LAMP
    assert office.post(undo[1]).status_code == 404


def test_others_forget_a_deleted_concept_and_know_it_again(app, editor):
    service.add_concept(editor, LAMP)
    service.add_concept(editor, ConceptDetails({"de": ("Mast",)}, related=("leuchtkoerper",)))
    service.delete_concept(editor, "leuchtkoerper", 1)
    assert queries.get_concept("mast")[0].related == ()
    service.restore_concept(editor, "leuchtkoerper")
    assert queries.get_concept("mast")[0].related == ("leuchtkoerper",)


def test_key_of_a_deleted_concept_is_not_given_again(app, editor):
    service.add_concept(editor, LAMP)
    service.delete_concept(editor, "leuchtkoerper", 1)
    assert service.add_concept(editor, LAMP) == "leuchtkoerper-2"
    assert free_key("…", set()) == "begriff"


def test_list_is_searched_whatever_the_spelling_and_paged(app, office, editor):
    service.fill_thesaurus()
    service.add_concept(editor, ConceptDetails({"de": ("Übungsleuchte",)}))
    page = office.get("/thesaurus?q=UEBUNGS").get_data(as_text=True)
    assert "Übungsleuchte" in page and "1 Begriff mit" in page
    first, second = office.get("/thesaurus").get_data(as_text=True), office.get("/thesaurus?page=2").get_data(True)
    assert 'rel="next"' in first and 'rel="prev"' in second
    assert office.get("/thesaurus?page=999999").status_code == 200
    assert "Dazu gibt es keinen Begriff" in office.get("/thesaurus?q=%22%25_").get_data(as_text=True)


def test_list_needs_few_queries_however_many_concepts(app, office, editor):
    service.add_concept(editor, LAMP)
    office.get("/thesaurus")
    with counted_statements() as few:
        office.get("/thesaurus")
    service.fill_thesaurus()
    for number in range(30):
        service.add_concept(editor, ConceptDetails({"de": (f"Begriff {number}",)}))
    with counted_statements() as many:
        office.get("/thesaurus")
    assert len(few) == len(many) <= 12


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_members_may_neither_see_nor_change_the_thesaurus(app, make, sign_in, role):
    user = make.user(role=role)
    person, actor = sign_in(user), make.actor(user)
    for path in ("/thesaurus", "/thesaurus/new", "/thesaurus/upload", "/thesaurus/draft", "/thesaurus/download"):
        assert person.get(path).status_code == 403, path
    assert "Wortschatz der Suche" not in person.get("/search").get_data(as_text=True)
    for step in (
        lambda: service.add_concept(actor, LAMP),
        lambda: service.change_concept(actor, "x", LAMP, 1),
        lambda: service.delete_concept(actor, "x", 1),
        lambda: service.restore_concept(actor, "x"),
        lambda: service.import_concepts(actor, {"x": LAMP}),
    ):
        with pytest.raises(NotAllowed):
            step()


def test_office_finds_the_thesaurus_in_its_menu(office):
    assert 'href="/thesaurus"' in office.get("/account").get_data(as_text=True) or 'href="/thesaurus"' in office.get(
        "/search"
    ).get_data(as_text=True)


@pytest.mark.parametrize("key", ["-", "unbekannt", "a" * 300, "%00", "../x"])
def test_unknown_concepts_are_not_found(office, key):
    assert office.get(f"/thesaurus/concepts/{key}").status_code == 404


def service_actor():
    """The system, which may do everything."""
    from hub.core.actor import SYSTEM

    return SYSTEM
