"""The page of an entry, the Merkliste and the own entries."""

import re

import pytest

from hub.core.db import db
from hub.entries import queries
from hub.entries.models import Entry, Status
from hub.entries.service import contributing
from tests.support.counting import counted_statements

MOST_QUERIES = 12


def test_page_shows_what_there_is(make, sign_in):
    make.collection("bahnhofsviertel", ("Konzepte",))
    entry = make.entry(
        title="Sauber & sicher", url="https://www.example.org/plan", summary="Kurz <b>gesagt</b>.", section="Konzepte",
        text="## Zwischentitel\n\nEin **Text**.", note="Weil es hilft.", year=2024, publisher="Ordnungsamt",
        coverage="kommunal", tags=("Licht & Weg",), kind="projekt", details={"acronym": "S&S", "partners": ["A", "B"]},
    )  # fmt: skip
    page = sign_in(make.user()).get(f"/entries/{entry.id}").text
    for text in (
        "<title>Sauber &amp; sicher –", "Kurz &lt;b&gt;gesagt&lt;/b&gt;.", "<strong>Text</strong>", "Weil es hilft.",
        "2024", "Ordnungsamt", "Kommune", "S&amp;S", "Projektinformation", "Nur für Mitglieder",
        'href="https://www.example.org/plan" rel="noopener noreferrer"', "Webseite öffnen",
        'href="/search?tag=Licht+%26+Weg"', 'href="/collections/bahnhofsviertel"',
    ):  # fmt: skip
        assert text in page, text
    assert "<h3>Zwischentitel</h3>" in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](https://a.org/b)",
    ],
)
def test_markdown_brings_no_markup_in(make, sign_in, text):
    entry = make.entry(text=text)
    page = sign_in(make.user()).get(f"/entries/{entry.id}").text
    content = page.partition('<div class="prose">')[2].partition("</div>")[0]
    assert content.strip()
    assert re.findall(r'<(?!/|p>|a href="https?:)[^>]*>', content) == []
    assert 'href="javascript' not in content


def test_foreign_language_is_marked(make, sign_in):
    entry = make.entry(title="Safer Streets", language="en", summary="A report.")
    page = sign_in(make.user()).get(f"/entries/{entry.id}").text
    assert '<h1 lang="en">Safer Streets</h1>' in page
    assert "Englisch" in page


def test_own_language_is_not_marked(make, sign_in):
    entry = make.entry(title="Sichere Wege")
    assert "<h1>Sichere Wege</h1>" in sign_in(make.user()).get(f"/entries/{entry.id}").text


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 30, "9" * 5000, "abc", "1.5", "-1", "%00"])
def test_odd_numbers_are_not_found(make, sign_in, number):
    person = sign_in(make.user(role="editor"))
    for path in (f"/entries/{number}", f"/entries/{number}/edit"):
        assert person.get(path).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("member", "published"), ("admin", "published"), ("admin", "submitted")])
def test_entry_page_asks_the_database_twelve_times_at_most(make, sign_in, role, status):
    user = make.user(role=role)
    for number in range(6):
        make.entry(title=f"Beleuchtung {number}", url="https://example.org/a", tags=("Licht",))
    entry = make.entry(
        title="Beleuchtung", url="https://example.org/a", status=status, contributor=user, tags=("Licht",)
    )
    person, path = sign_in(user), f"/entries/{entry.id}"
    person.get(path)
    with counted_statements() as seen:
        assert person.get(path).status_code == 200
    assert len(seen) <= MOST_QUERIES, "\n".join(seen)


@pytest.mark.parametrize("path", ["/bookmarks", "/account/entries", "/entries/new"])
def test_lists_ask_the_database_as_often_for_many_rows(make, sign_in, path):
    user = make.user()
    person = sign_in(user)

    def queries_needed() -> int:
        person.get(path)
        with counted_statements() as seen:
            person.get(path)
        return len(seen)

    person.post(f"/entries/{make.entry(contributor=user).id}/bookmark", {"saved": "1"})
    few = queries_needed()
    for _ in range(8):
        person.post(f"/entries/{make.entry(contributor=user, tags=('A', 'B')).id}/bookmark", {"saved": "1"})
    assert queries_needed() == few
    assert few <= MOST_QUERIES


def test_bookmark_is_kept_and_let_go(make, sign_in):
    user = make.user()
    entry = make.entry(title="Gemerktes")
    person = sign_in(user)
    assert "Noch nichts gemerkt." in person.get("/bookmarks").text
    response = person.post(f"/entries/{entry.id}/bookmark", {"saved": "1", "next": f"/entries/{entry.id}"})
    assert (response.status_code, response.headers["Location"]) == (303, f"/entries/{entry.id}")
    person.post(f"/entries/{entry.id}/bookmark", {"saved": "1"})
    assert "Gemerktes" in person.get("/bookmarks").text
    assert 'aria-pressed="true"' in person.get(f"/entries/{entry.id}").text
    person.post(f"/entries/{entry.id}/bookmark", {"saved": ""})
    assert "Gemerktes" not in person.get("/bookmarks").text


def test_script_gets_an_empty_answer(make, sign_in):
    entry = make.entry()
    response = sign_in(make.user()).post(
        f"/entries/{entry.id}/bookmark", {"saved": "1"}, headers={"X-Requested-With": "fetch"}
    )
    assert (response.status_code, response.data) == (204, b"")


def test_bookmark_leads_nowhere_else(make, sign_in):
    entry = make.entry()
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        response = sign_in(make.user()).post(f"/entries/{entry.id}/bookmark", {"saved": "1", "next": target})
        assert response.headers["Location"] == "/"


def test_bookmark_of_an_archived_entry_is_not_listed_for_members(make, sign_in, editor):
    entry = make.entry(title="Bald archiviert")
    person = sign_in(make.user())
    person.post(f"/entries/{entry.id}/bookmark", {"saved": "1"})
    contributing.withdraw_entry(editor, entry, "Veraltet.")
    assert "Bald archiviert" not in person.get("/bookmarks").text


def test_own_entries_say_where_they_stand_and_why(make, sign_in):
    user = make.user()
    for status in ("draft", "submitted", "returned", "rejected", "published", "withdrawn", "deleted"):
        make.entry(title=f"Eintrag {status}", status=status, contributor=user, status_note=f"Notiz {status}")
    make.entry(title="Fremder Eintrag")
    page = sign_in(user).get("/account/entries").text
    for text in ("Entwurf", "Wartet auf Freigabe", "Zurückgegeben", "Abgelehnt", "Veröffentlicht", "Archiviert"):
        assert text in page, text
    for status in ("returned", "rejected", "withdrawn"):
        assert f"Notiz {status}" in page
    assert "Eintrag deleted" not in page
    assert "Fremder Eintrag" not in page


def test_archiving_what_members_see_needs_a_reason(make, sign_in, editor):
    entry = make.entry(title="Leitfaden")
    person = sign_in(make.user(role="editor"))
    response = person.post(f"/entries/{entry.id}/withdraw", {"reason": "  "})
    assert response.status_code == 422
    assert "Bitte nennen Sie den Grund." in response.text
    assert queries.get_entry(editor, entry.id).status == Status.PUBLISHED
    done = person.post(f"/entries/{entry.id}/withdraw", {"reason": "Es gibt Neues."}, follow_redirects=True)
    assert "Archivierung rückgängig machen" in done.text
    assert "Es gibt Neues." in done.text
    person.post(f"/entries/{entry.id}/restore")
    assert queries.get_entry(editor, entry.id).status == Status.PUBLISHED


def test_waiting_entry_is_taken_back_without_a_reason(make, sign_in):
    user = make.user()
    entry = make.entry(status="submitted", contributor=user)
    assert sign_in(user).post(f"/entries/{entry.id}/withdraw").status_code == 303
    assert db.session.get(Entry, entry.id).status == Status.WITHDRAWN


def test_draft_is_deleted_by_its_contributor(make, sign_in):
    user = make.user()
    entry = make.entry(title="Halbfertig", status="draft", contributor=user)
    response = sign_in(user).post(f"/entries/{entry.id}/delete", follow_redirects=True)
    assert "liegt im Papierkorb" in response.text
    assert sign_in(user).get(f"/entries/{entry.id}").status_code == 404
