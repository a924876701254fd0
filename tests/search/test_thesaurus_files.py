"""The thesaurus as SKOS: nothing is lost on the way out and back, nothing hostile comes in, nothing half done."""

import re
from io import BytesIO

import pytest

from hub.core.errors import Refused
from hub.search import skos
from hub.search import thesaurus_queries as queries
from hub.search.concepts import ConceptDetails, tidied
from hub.search.service import thesaurus as service
from hub.search.thesaurus import read_table

PREFIX = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
SMALL = PREFIX + '<urn:x:lampe> a skos:Concept ; skos:prefLabel "Lampe"@de ; skos:altLabel "Leuchte"@de .\n'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


@pytest.fixture
def office(make, sign_in):
    """An editor in the browser."""
    return sign_in(make.user(role="editor"))


def upload(person, data: bytes | str, name: str = "worte.ttl"):
    """Send a file and give the answer."""
    content = data.encode() if isinstance(data, str) else data
    return person.post("/thesaurus/upload", {"file": (BytesIO(content), name)})


def confirm(person):
    """Take over what was uploaded, as the page offers it."""
    page = person.get("/thesaurus/draft").get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    return person.post("/thesaurus/draft", {"version": version[1]})


def read(text: str, name: str = "a.ttl") -> dict[str, ConceptDetails]:
    """The concepts of a text."""
    return skos.read(text.encode(), name).concepts


@pytest.mark.parametrize("suffix", [".ttl", ".rdf"])
def test_round_trip_loses_and_invents_nothing(app, suffix):
    concepts = {row.id: tidied(row.id, ConceptDetails(row.labels, row.broader, row.related)) for row in read_table()}
    concepts["knifflig"] = ConceptDetails(
        {"de": ('"A" & <B>', "\\n 'x'", "C#"), "fr": ("l'été",)}, note='Zwei\nZeilen """ mit </skos:note> & ]]>'
    )
    reading = skos.read(skos.written(concepts, suffix), f"w{suffix}")
    assert reading.concepts.keys() == concepts.keys()
    assert [key for key in concepts if not concepts[key].is_same(reading.concepts[key])] == []
    assert (reading.languages, reading.nameless) == ((), 0)


@pytest.mark.parametrize("suffix", [".ttl", ".rdf"])
def test_downloaded_file_uploaded_again_changes_nothing(app, office, suffix):
    service.fill_thesaurus()
    file = office.get(f"/thesaurus/download?format={suffix[1:]}")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert upload(office, file.data, f"w{suffix}").status_code == 303
    page = office.get("/thesaurus/draft").get_data(as_text=True)
    assert "Die Datei sagt dasselbe wie der Wortschatz." in page
    assert queries.current_version() == 1


def test_upload_is_shown_first_and_taken_over_when_confirmed(app, office, editor):
    service.add_concept(editor, ConceptDetails({"de": ("Mast",)}))
    service.add_concept(editor, ConceptDetails({"de": ("Lampe", "Funzel")}))
    assert upload(office, SMALL + '<urn:x:licht> a skos:Concept ; skos:prefLabel "Licht"@de .').status_code == 303
    page = " ".join(re.sub(r"<[^>]+>", " ", office.get("/thesaurus/draft").get_data(as_text=True)).split())
    assert "Neu 1 Geändert 1 Unverändert 0 Nicht in der Datei, bleiben 1" in page
    assert "Lampe Deutsch Lampe, Funzel Lampe, Leuchte" in page
    assert queries.get_concept("lampe")[0].labels["de"] == ("Lampe", "Funzel")
    assert confirm(office).status_code == 303
    assert queries.load_concepts().keys() == {"mast", "lampe", "licht"}
    assert queries.get_concept("lampe")[0].labels["de"] == ("Lampe", "Leuchte")
    assert office.get("/thesaurus/draft").status_code == 404


def test_upload_seen_before_another_change_must_be_seen_again(app, office, editor):
    upload(office, SMALL)
    before = queries.current_version()
    service.add_concept(editor, ConceptDetails({"de": ("Lampe",)}))
    response = office.post("/thesaurus/draft", {"version": str(before)})
    assert response.headers["Location"] == "/thesaurus/draft"
    assert queries.get_concept("lampe")[0].labels["de"] == ("Lampe",)


def test_upload_of_one_person_is_not_seen_by_another(app, office, make, sign_in):
    upload(office, SMALL)
    assert sign_in(make.user(role="editor")).get("/thesaurus/draft").status_code == 404


def test_file_with_a_ring_changes_nothing_at_all(app, editor):
    ring = (
        '<urn:x:a> a skos:Concept ; skos:prefLabel "A"@de ; skos:broader <urn:x:b> .\n'
        '<urn:x:b> a skos:Concept ; skos:prefLabel "B"@de ; skos:broader <urn:x:a> .\n'
    )
    with pytest.raises(Refused):
        service.import_concepts(editor, read(SMALL + ring))
    assert queries.load_concepts() == {}


def test_file_from_elsewhere_is_understood(app):
    text = PREFIX + (
        '<http://example.org/v#Oben> skos:prefLabel "Oben"@de-CH ; skos:narrower <http://example.org/v/unten> .\n'
        '<http://example.org/v/unten> a skos:Concept ; skos:prefLabel "below"@en , "abajo"@es ;'
        ' skos:hiddenLabel "blow"@en ; skos:definition "Was unten ist."@de ; skos:related <urn:x:fremd> .\n'
        '<urn:x:leer> a skos:Concept .\n'
    )
    reading = skos.read(text.encode(), "a.ttl")
    assert reading.concepts == {
        "oben": ConceptDetails({"de": ("Oben",)}),
        "unten": ConceptDetails({"en": ("below", "blow")}, broader=("oben",), note="Was unten ist."),
    }
    assert (reading.languages, reading.nameless) == (("es",), 1)


HOSTILE = {
    "entities": (f'<!DOCTYPE a [<!ENTITY b "c">]><rdf:RDF {RDF}/>', "a.rdf", "DOCTYPE"),
    "external": ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "a.xml", "DOCTYPE"),
    "laughs": ('<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>', "a.RDF", "DOCTYPE"),
    "cut off": (f"<rdf:RDF {RDF}><a", "a.rdf", "kein lesbares XML"),
    "unknown encoding": ('<?xml version="1.0" encoding="bogus"?><a/>', "a.rdf", "kein lesbares XML"),
    "deep xml": ("<a>" * 50_000, "a.rdf", "kein lesbares XML"),
    "deep turtle": ("[" * 100_000, "a.ttl", "lässt sich nicht lesen"),
    "bad language": (PREFIX + '<urn:a> skos:prefLabel "x"@1- .', "a.ttl", "lässt sich nicht lesen"),
    "empty": ("", "a.ttl", "kein Begriff"),
    "another subject": ('<urn:a> <urn:b> "c" .', "a.ttl", "kein Begriff"),
    "a picture": ("\x89PNG\r\n\x1a\n", "a.png", "lässt sich nicht lesen"),
    "too many concepts": (
        PREFIX + "".join(f"<urn:x:{n}> a skos:Concept .\n" for n in range(5_001)), "a.ttl", "5.000 Begriffe",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_odd_and_hostile_files_are_refused_in_words(app, office, case):
    content, name, words = HOSTILE[case]
    response = upload(office, content, name)
    assert response.status_code == 422
    assert words in response.get_data(as_text=True)
    assert queries.load_concepts() == {}
    assert office.get("/thesaurus/draft").status_code == 404


def test_too_large_files_are_refused_before_they_are_read(app):
    with pytest.raises(Refused, match="5 MB"):
        skos.read(b" " * (skos.LARGEST_FILE + 1), "a.ttl")


def test_too_many_statements_are_refused(app, monkeypatch):
    monkeypatch.setattr(skos, "MOST_STATEMENTS", 10)
    with pytest.raises(Refused, match="Aussagen"):
        skos.read((PREFIX + "".join(f"<urn:x> <urn:y> {n} .\n" for n in range(11))).encode(), "a.ttl")


def test_missing_file_is_said(app, office):
    response = office.post("/thesaurus/upload", {})
    assert response.status_code == 422
    assert "Bitte wählen Sie eine Datei aus." in response.get_data(as_text=True)


def test_commands_write_and_read_the_same(app, tmp_path):
    service.fill_thesaurus()
    runner = app.test_cli_runner()
    for name in ("w.ttl", "w.rdf"):
        assert "Begriffe geschrieben" in runner.invoke(args=["thesaurus", "export", str(tmp_path / name)]).output
        done = runner.invoke(args=["thesaurus", "import", str(tmp_path / name)])
        assert (done.exit_code, "0 neu oder geändert" in done.output) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["export", "w.txt"], "endet auf .ttl"), (["import", "missing.ttl"], "lässt sich nicht lesen")],
)
def test_commands_say_what_is_wrong(app, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    done = app.test_cli_runner().invoke(args=["thesaurus", *arguments])
    assert done.exit_code == 1
    assert words in done.output
