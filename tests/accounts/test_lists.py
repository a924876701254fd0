"""A list of people: pasted, CSV or XLSX; a report line by line, nothing half done."""

import io
import re
import zipfile

import pytest
from sqlalchemy import select

from hub.accounts import reading_lists
from hub.accounts.models import User
from hub.accounts.reading_lists import Line
from hub.accounts.service import listing
from hub.core.db import db
from hub.core.errors import Refused

LINES = re.compile(r'<textarea name="lines"[^>]*>\n(.*?)</textarea>', re.S)


def workbook(rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def office(make):
    return make.actor(make.user(role="editor", organisation="Geschäftsstelle"))


@pytest.fixture
def coordination(make):
    user = make.user(role="coordinator", organisation="Essen")
    actor = make.actor(user)
    return type(actor)(
        **{**{name: getattr(actor, name) for name in actor.__slots__}, "organisation_name": "Stadt Essen"}
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@example.org", [("a@example.org", "")]),
        ("a@example.org\n\n  \nb@example.org", [("a@example.org", ""), ("b@example.org", "")]),
        ("a@example.org; b@example.org", [("a@example.org", ""), ("b@example.org", "")]),
        ("Ä Müller <a@example.org>, B <b@example.org>", [("a@example.org", "Ä Müller"), ("b@example.org", "B")]),
        ("Amt für Ordnung;a@example.org", [("a@example.org", "Amt für Ordnung")]),
        ("a@example.org\tAnna\tEssen", [("a@example.org", "Anna")]),
        ("E-Mail;Nachname;Vorname\na@example.org;Muster;Anna", [("a@example.org", "Anna Muster")]),
        ("Name,Telefon,Mail\nAnna,123,a@example.org", [("a@example.org", "Anna")]),
        ("nur ein Name", [("", "nur ein Name")]),
        ('"a@example.org;Anna', [("a@example.org;Anna", "")]),
        ("", []),
    ],
)
def test_pasted_lines_are_understood(text, found):
    assert [(line.email, line.name) for line in reading_lists.read_file(text.encode())] == found or [
        (line.email, line.name) for line in reading_lists.read_text(text)
    ] == found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_files_in_every_usual_encoding(encoding):
    [line] = reading_lists.read_file("E-Mail;Name\r\na@example.org;Jörg Groß\r\n".encode(encoding))
    assert (line.number, line.name) == (2, "Jörg Groß")


def test_a_workbook_is_read_and_formulas_stay_text():
    rows = [["Name", "E-Mail", "Stadt"], ["=1+1", "a@example.org", "Essen"], [None, None, None], ["B", 12, None]]
    lines = reading_lists.read_file(workbook(rows))
    assert lines == [Line(2, "a@example.org", "=1+1", "Essen"), Line(4, "12", "B")]


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (21 * 1024 * 1024))
    return stream.getvalue()


def many_parts():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(201):
            archive.writestr(str(number), "")
    return stream.getvalue()


def with_macro():
    stream = io.BytesIO(workbook([["a@example.org"]]))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04broken",
        b"\x00\x01\x02",
        b"a" * (reading_lists.MOST_BYTES + 1),
        b'"' + b"a" * 200_000 + b'"',
        b"\n".join(b"p%d@example.org" % number for number in range(501)),
        bomb(),
        many_parts(),
        with_macro(),
        workbook([[f"p{number}@example.org"] for number in range(600)]),
    ],
    ids=["cut", "binary", "big", "field", "long", "bomb", "parts", "macro", "long workbook"],
)
def test_t07_what_cannot_be_a_list_is_refused_in_words(app, data):
    with pytest.raises(Refused):
        reading_lists.read_file(data)


def problems(actor, lines, organisation_id=None):
    plan = listing.plan_list(actor, lines, organisation_id)
    return {line.number: line.problem for line in plan.lines if line.problem}


def test_every_line_has_its_report(make, office):
    make.organisation("Essen")
    make.user(email="schon@example.org")
    lines = [
        Line(1, "gut@example.org", "Gut", "Essen"),
        Line(2, " GUT@Example.org", "Doppelt", "Stadt Essen"),
        Line(3, "Schon@example.org", "Da", "Essen"),
        Line(4, "x@example.org", "X", "Atlantis"),
        Line(5, "", "Ohne Adresse", "Essen"),
        Line(6, "kaputt@", "K", "Essen"),
        Line(7, "y@example.org", "Y", "Essen", "Kaiser"),
        Line(8, "z@example.org", "Z", "Essen", "Verwaltung"),
        Line(9, "w@example.org", "W"),
        Line(10, "v@example.org", "=cmd()", "Essen"),
        Line(11, "gut.zwei@example.org", "", "essen", "koordination"),
    ]
    plan = listing.plan_list(office, lines)
    assert {line.number: line.problem for line in plan.lines if line.problem} == {
        2: "Diese Adresse steht schon in Zeile 1.",
        3: "Für diese Adresse gibt es schon ein Konto.",
        4: "Diese Organisation kennen wir nicht.",
        5: "Hier fehlt die E-Mail-Adresse.",
        6: "Das ist keine E-Mail-Adresse.",
        7: "Die Rolle „Kaiser“ gibt es nicht.",
        8: "Diese Rolle können Sie nicht vergeben.",
        9: "Das Mitglied fehlt.",
        10: "Der Name sieht aus wie eine Formel.",
    }
    assert [one.email for one in plan.persons] == ["gut@example.org", "gut.zwei@example.org"]
    assert (plan.persons[1].name, plan.persons[1].role) == ("Gut Zwei", "coordinator")
    assert plan.lines[10].notes == ["Name aus der Adresse übernommen"]


def test_an_address_in_other_case_or_with_blanks_is_put_right_and_said(make, office):
    place = make.organisation("Essen").id
    [line] = listing.plan_list(office, [Line(1, "Anna.Muster@Essen.DE ", "A")], place).lines
    assert line.person.email == "anna.muster@essen.de" and line.notes == ["Adresse in Kleinbuchstaben geschrieben"]


def test_coordination_gets_the_same_answer_for_any_other_organisation(make, coordination):
    make.organisation("Köln")
    lines = [Line(1, "a@example.org", "A", "Köln"), Line(2, "b@example.org", "B", "Atlantis"), Line(3, "c@example.org")]
    found = problems(coordination, lines)
    assert found == dict.fromkeys((1, 2), "Einladen können Sie nur für Stadt Essen.")


@pytest.fixture
def browser(make, sign_in):
    return sign_in(make.user(role="coordinator", organisation="Essen"))


def preview(browser, text):
    return browser.post("/people/list", {"people": text})


def lines_of(answer):
    import html

    return html.unescape(LINES.search(answer.get_data(as_text=True))[1])


def emails():
    db.session.expire_all()
    return set(db.session.scalars(select(User.email)))


def test_preview_does_nothing_and_confirming_invites_all_good_lines(browser):
    before = emails()
    answer = preview(browser, "a@example.org\tAnna\nkaputt\nb@example.org\tBerta\n")
    text = answer.get_data(as_text=True)
    assert "2 Personen können eingeladen werden" in text and "1 Zeile bleibt außen vor" in text
    assert emails() == before
    done = browser.post("/people/list/invite", {"lines": lines_of(answer), "do": "invite"})
    assert emails() - before == {"a@example.org", "b@example.org"}
    assert done.get_data(as_text=True).count("/link/") == 2


def test_links_come_as_a_file_too(browser):
    answer = browser.post(
        "/people/list/invite", {"lines": lines_of(preview(browser, "a@example.org\tAnna")), "do": "file"}
    )
    assert answer.headers["Content-Disposition"] == "attachment; filename=einladungen.csv"
    assert "Anna;a@example.org;http://127.0.0.1" in answer.get_data(as_text=True)


def test_when_something_changed_since_the_preview_nobody_is_invited(browser, make):
    lines = lines_of(preview(browser, "a@example.org\nb@example.org"))
    make.user(email="b@example.org", organisation="Köln")
    before = emails()
    answer = browser.post("/people/list/invite", {"lines": lines})
    assert answer.status_code == 409 and "noch niemand eingeladen" in answer.get_data(as_text=True)
    assert emails() == before


def test_forged_lines_are_looked_at_again(browser, make):
    make.organisation("Köln")
    before = emails()
    for line in ("a@example.org\tA\tStadt Köln\tmember", "a@example.org\tA\tStadt Essen\tadmin", "kaputt\tA\t\tmember"):
        forged = f"email\tname\torganisation\trole\n{line}\n"
        assert browser.post("/people/list/invite", {"lines": forged}).status_code == 409
    assert emails() == before


def test_more_than_a_day_allows_is_refused_whole(browser):
    answer = preview(browser, "\n".join(f"p{number}@example.org" for number in range(51)))
    assert "heute noch 50" in answer.get_data(as_text=True) and not LINES.search(answer.get_data(as_text=True))
    header = "email\tname\torganisation\trole\n"
    forged = header + "\n".join(f"p{number}@example.org\tP\t\tmember" for number in range(51))
    before = emails()
    assert browser.post("/people/list/invite", {"lines": forged}).status_code == 422
    assert emails() == before


def test_a_file_is_taken_and_an_empty_list_explained(browser):
    data = workbook([["Name", "E-Mail"], ["Anna", "a@example.org"]])
    answer = browser.post("/people/list", {"file": (io.BytesIO(data), "liste.xlsx"), "people": ""})
    assert "1 Person kann eingeladen werden" in answer.get_data(as_text=True)
    assert "Die Liste ist leer" in preview(browser, " \n").get_data(as_text=True)


def test_members_have_no_lists(make, sign_in):
    member = sign_in(make.user())
    assert member.get("/people/list").status_code == 403
    assert member.post("/people/list/invite", {"lines": ""}).status_code == 403
