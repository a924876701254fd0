"""docs/pruefung.md, felder.md, sicherheit.md and single-sign-on.md say what the code does."""

import ast
import re
from pathlib import Path

import pytest
from wtforms import PasswordField, StringField, TextAreaField, URLField

from hub.accounts import passwords, sessions
from hub.accounts.service import inviting, mailed_links, passkeys, people
from hub.accounts.service.signing_in import LIFETIMES
from hub.asking.service import answering as question_answering
from hub.asking.service import asking as question_asking
from hub.asking.service import tending as question_tending
from hub.audit import queries as audit_queries
from hub.core.actor import Proof
from hub.core.paging import MAX_SEARCH_PAGE
from hub.core.permissions import GRANTS, RIGHTS, Permission, Role
from hub.entries.service import files, mailing
from hub.entries.views import uploads
from hub.fetching import service as fetching
from hub.indexing import query
from hub.moderation import report_service
from tests.house.test_documents import ROOT, table
from tests.support import asvs, field_rules

DOCS = ROOT / "docs"
COMBINATIONS = {
    "Link, Datei, Text": "tests/entries/test_contributing.py::test_entry_without_link_file_or_text_is_refused",
    "Endung und Inhalt einer Datei": "tests/entries/test_uploads.py"
    "::test_t02_t04_t07_bad_file_is_refused_in_words_and_leaves_nothing",
    "Person und Organisation": "tests/entries/test_contributing.py::test_members_cannot_file_for_other_organisations",
    "Länge und Breite": "tests/accounts/test_organisation_pages.py::test_what_cannot_be_is_explained_and_stays_typed",
    "Bewertung und Quelle": "tests/entries/test_details.py::test_form_says_what_a_rating_lacks",
    "Abschnitt und Sammlung": "tests/collections/test_arranging.py::test_section_of_another_collection_is_not_found",
    "neues Passwort und Wiederholung": "tests/accounts/test_own_account_pages.py"
    "::test_a_refused_password_is_explained_and_never_repeated",
    "Fassung": "tests/entries/test_form.py::test_r08_slower_person_sees_both_versions_and_saves_on_purpose",
}
CRYPTOGRAPHY = {"hmac", "secrets", "ssl", "bcrypt", "cryptography", "itsdangerous", "authlib", "webauthn", "pyotp"}


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def part(name: str, heading: str) -> str:
    return re.split(r"^## ", text_of(name).split(f"## {heading}\n", 1)[1], flags=re.M)[0]


def test_every_way_in_is_listed_with_its_strength():
    told = table("pruefung.md", "Wege hinein")
    assert set(told) == {proof.value for proof in Proof}
    assert all("Faktor" in strength for strength in told.values())


def test_every_field_of_every_form_is_documented_as_it_is():
    assert text_of("felder.md") == field_rules.document()
    assert len(field_rules.forms()) > 30


def test_combinations_are_written_down():
    """Each rule of the list has a test that tries the wrong combination."""
    assert set(table("pruefung.md", "Angaben, die zusammenpassen müssen")) == set(COMBINATIONS)
    assert [test for test in COMBINATIONS.values() if not asvs.exists(test)] == []


def test_limits_for_each_person_are_those_of_the_code():
    told = table("pruefung.md", "Höchstens so viel")
    assert {name: int(re.match(r"\d+", value)[0]) for name, value in told.items()} == {
        "Sitzungen einer Person": sessions.MOST_SESSIONS,
        "Einladungen einer Person am Tag": inviting.MOST_A_DAY,
        "Links zum Anmelden am Tag": mailed_links.PER_DAY["sign_in"],
        "Links für ein neues Passwort am Tag": mailed_links.PER_DAY["reset"],
        "Passkeys einer Person": passkeys.MOST,
        "Hochgeladene Dateien ohne Eintrag": files.MOST_HELD,
        "Dateien in einem Formular": uploads.MOST_FILES,
        "Beiträge per E-Mail am Tag": mailing.MOST_A_DAY,
        "Meldungen einer Person am Tag": report_service.MOST_A_DAY,
        "Fragen einer Person am Tag": question_asking.MOST_QUESTIONS_A_DAY,
        "Antworten einer Person am Tag": question_answering.MOST_ANSWERS_A_DAY,
        "Gemeldete Fragen einer Person am Tag": question_tending.MOST_REPORTS_A_DAY,
        "Gelesene Links je Minute": fetching.PER_MINUTE,
        "Zeilen einer Tabelle des Protokolls": audit_queries.MOST_EXPORTED,
        "Wörter einer Suche": query.MOST_WORDS,
        "Zeichen einer Suche": query.LONGEST,
        "Seiten einer Suche": MAX_SEARCH_PAGE,
    }


def test_costly_functions_have_their_brakes_in_writing():
    told = table("pruefung.md", "Was viel Rechenzeit kostet, und was es bremst")
    assert len(told) >= 8 and all(len(brake) > 10 for brake in told.values())
    assert f"{query.LONGEST} Zeichen, {query.MOST_WORDS} Wörter" in told["Suche"]


def test_every_file_that_does_cryptography_is_in_the_inventory():
    told = table("pruefung.md", "Schlüssel und Verfahren")
    using = set()
    for path in (ROOT / "hub").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {name.split(".")[0] for name in names} & CRYPTOGRAPHY:
                using.add(str(path.relative_to(ROOT)))
    assert set(told) == using


def test_the_life_of_keys_is_written_down():
    told = table("betrieb.md", "Schlüssel")
    assert set(told) == {"secret_key", "pepper", "sealing_key"}
    words = part("betrieb.md", "Schlüssel")
    assert "entstehen beim ersten Start" in words and "sealing_key.old" in words and "Vernichten heißt" in words


def test_guessing_and_lock_out_are_written_down():
    assert "aussperren" in part("pruefung.md", "Erraten und Aussperren")
    assert "docs/grenzen.md" in part("pruefung.md", "Erraten und Aussperren")
    assert len([name for name in table("grenzen.md", "Grenzen") if name.startswith("Fehlversuche")]) == 4


def test_forbidden_words_are_written_down_and_kept(app):
    words = part("pruefung.md", "Wörter, aus denen kein Passwort bestehen darf")
    assert "HUB_TITLE" in words and "HUB_OPERATOR" in words and "Organisationen" in words
    assert {"DEFUS", "Wissensspeicher"} <= set(people.context_words())


def test_passwords_have_no_end():
    assert "laufen nicht ab" in text_of("pruefung.md")
    source = Path(passwords.__file__).read_text(encoding="utf-8")
    assert not re.search(r"expir|timedelta|max_age", source)


def test_periods_of_sessions_have_reasons():
    told = table("sicherheit.md", "Sitzungen")
    assert "60 Minuten" in told["Ende ohne Benutzung"] and "12 Stunden" in told["spätestes Ende"]
    assert told["gleichzeitig"].startswith(str(sessions.MOST_SESSIONS)) and "unbenutzte endet" in told["gleichzeitig"]
    rows = [line.split("|") for line in part("sicherheit.md", "Sitzungen").splitlines() if line.startswith("| ")]
    assert len([row for row in rows if len(row) > 4 and row[3].strip()]) >= 5
    limits = table("grenzen.md", "Fristen der Anmeldung")
    assert limits["Sitzung ohne Aktivität"] == "1 Stunde" and limits["Sitzung, längstens"] == "12 Stunden"


def test_the_weaker_default_of_members_has_its_reason():
    words = part("sicherheit.md", "Zweiter Faktor")
    assert "Warum Mitglieder ohne zweiten Faktor auskommen" in words and "HUB_SECOND_FACTOR=required" in words


def test_periods_across_systems_are_written_down():
    words = part("single-sign-on.md", "Wie lange eine Sitzung dauert")
    assert "60 Minuten" in words and "12 Stunden" in words and "Back-Channel Logout" in words
    assert "auth_time" in words and "spätestens nach 12 Stunden draußen" in " ".join(words.split())


def test_repair_deadlines_are_written_down():
    for words in (part("pruefung.md", "Fristen für Reparaturen"), text_of("grundschutz.md")):
        assert "kritisch in 3" in words and re.search(r"hoch\s+in\s+14", words) and re.search(r"sonst\s+in\s+60", words)
    assert "vierteljährlich" in text_of("betrieb.md")


def test_a_name_of_its_own_is_asked_for():
    assert "eigenen Rechnernamen" in part("pruefung.md", "Eigener Name")


def test_rights_over_each_field_are_in_the_one_table():
    """State, owner, organisation and role: who reads and who sets them; test_rights.py tries it on every page."""
    told = table("pruefung.md", "Felder, die nicht jede Person setzt")
    assert [name.split()[0] for name in told] == ["Zustand", "wer", "Organisation", "Rolle"]
    assert GRANTS[Role.ADMIN] >= {Permission.ACCOUNT_MANAGE, Permission.ENTRY_PUBLISH}
    for role in (Role.MEMBER, Role.COORDINATOR):
        assert not GRANTS[role] & {Permission.ENTRY_PUBLISH, Permission.ACCOUNT_MANAGE}
    named = " ".join(str(one) for one in RIGHTS)
    for word in ("entry:publish", "entry:edit", "account:manage", "account:tend", "organisation:edit"):
        assert word in named, word


def test_classes_of_data_have_their_protection_and_their_ground():
    rows = [line.strip("|").split("|") for line in part("datenschutz.md", "Schutzklassen").splitlines()]
    told = {row[0].strip(): row for row in rows if len(row) == 4 and not row[0].startswith((" Klasse", " ---"))}
    assert set(told) == {"Geheimnisse", "Persönliches", "Internes", "Gemeinsames"}
    assert all(cell.strip() for row in told.values() for cell in row)
    assert (
        "Artikel 6 Absatz 1" in table("datenschutz.md", "Verzeichnis der Verarbeitungstätigkeiten")["Rechtsgrundlage"]
    )


@pytest.mark.parametrize("purpose", ["sign_in", "reset", "invitation", "email", "first_admin"])
def test_links_live_as_long_as_the_rules_say(purpose):
    minutes = {"sign_in": 20, "reset": 30, "invitation": 7 * 24 * 60, "email": 24 * 60, "first_admin": 24 * 60}
    assert LIFETIMES[purpose].total_seconds() == minutes[purpose] * 60


def test_typed_fields_are_bounded():
    """A line or text of a form has a maximum, its own or that of the service behind it, named here."""
    elsewhere = {"tags", "year", "since_year", "sections"} | {"section", "parked", "next"}
    open_ended = [
        f"{form.__name__}.{name}"
        for form in field_rules.forms()
        for name, field in field_rules.fields(form)
        if field.field_class in (StringField, TextAreaField, URLField)
        and "Zeichen" not in field_rules.rules(field)
        and name not in elsewhere
    ]
    assert open_ended == []
    assert PasswordField  # their length is judged by passwords.weakness, which says so in words
