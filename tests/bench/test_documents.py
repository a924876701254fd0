"""The measuring of documents: its material is the same in each run, and both ways of reading read the same."""

from bench import documents as measuring
from bench.visitor import Visitor
from hub.fetching.extract import running
from tests.support import documents


def test_the_pages_are_the_same_in_each_run_and_end_with_the_word():
    assert measuring.pages("Zwiebelturm") == measuring.pages("Zwiebelturm")
    assert len(measuring.pages("Zwiebelturm")) == measuring.PAGES
    assert [page for page in measuring.pages("Zwiebelturm") if "Zwiebelturm" in page] == measuring.pages("Zwiebelturm")[
        -1:
    ]


def test_the_plain_library_reads_what_the_confined_process_reads(tmp_path):
    for kind, content, plainly in (
        ("pdf", documents.pdf(["Erste Seite", "Zweite Seite"]), measuring.read_pdf_plainly),
        ("docx", documents.docx(["Erster Absatz", "Zweiter"]), measuring.read_word_plainly),
    ):
        file = tmp_path / f"datei.{kind}"
        file.write_bytes(content)
        confined = sum(map(len, running.read(file, kind).pages))
        assert abs(confined - plainly(content)) <= 2


def test_a_form_with_files_is_sent_in_parts(monkeypatch):
    sent = {}
    visitor = Visitor("http://127.0.0.1:1")
    monkeypatch.setattr(
        visitor, "_ask", lambda *parts: sent.update(zip(("how", "path", "body", "kind"), parts, strict=True))
    )
    visitor.send("/entries/files", [("a", "ä")], ("file", "x.pdf", b"%PDF"))
    assert sent["kind"].startswith("multipart/form-data; boundary=")
    assert 'name="a"\r\n\r\nä\r\n'.encode() in sent["body"]
    assert b'name="file"; filename="x.pdf"\r\n\r\n%PDF\r\n' in sent["body"]
    assert sent["body"].endswith(b"--\r\n")
