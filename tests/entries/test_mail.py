"""Contributions by mail: known senders only, link or attachments become a draft, hostile mails become an exit code."""

import io
import os

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries import mail, queries
from hub.entries.models import Entry, MailToken, Status
from hub.entries.service import mailing
from hub.entries.taking_mail import DATAERR, NOPERM, NOUSER, TEMPFAIL, take
from tests.entries.letters import HOSTILE, SENDER, SENDERS, letter, with_files
from tests.support import documents

OK = os.EX_OK
SERVER = "mx.wissen.example.org"


@pytest.fixture
def anna(make):
    """The person whose address the mails carry."""
    return make.user(email=SENDER)


@pytest.fixture
def mail_in(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_IN", "beitrag@wissen.example.org")
    monkeypatch.setitem(app.config, "MAIL_AUTHSERV", None)


def send(content: bytes, recipient: str = "") -> tuple[int, str]:
    return take(io.BytesIO(content), recipient)


def drafts() -> list[Entry]:
    return list(db.session.scalars(select(Entry).order_by(Entry.id)))


def test_link_becomes_a_draft_of_its_sender(anna, make, mail_in):
    code, words = send(letter("Schau mal:\nhttps://www.example.org/licht?a=1.\nVertraulicher Text").as_bytes())
    (entry,) = drafts()
    assert (code, entry.status, entry.contributor_id) == (OK, Status.DRAFT, anna.id)
    assert (entry.url, entry.title) == ("https://www.example.org/licht?a=1", "Lichtkonzept")
    assert str(entry.id) in words
    stored = f"{entry.summary}{entry.text}{entry.note}{entry.details}"
    assert "Vertraulich" not in stored and "Schau" not in stored


def test_draft_is_completed_and_handed_in(anna, make, mail_in, sign_in):
    make.collection()
    send(letter("https://www.example.org/licht").as_bytes())
    (entry,) = drafts()
    person = sign_in(anna)
    for path in ("/account/entries", f"/entries/{entry.id}", f"/entries/{entry.id}/edit"):
        assert "Lichtkonzept" in person.get(path).get_data(as_text=True)
    values = {"title": "Lichtkonzept", "url": entry.url, "kind": "dokument", "version": entry.version}
    assert person.post(f"/entries/{entry.id}/edit", values).status_code == 422
    values["collections"] = ["bahnhofsviertel"]
    assert person.post(f"/entries/{entry.id}/edit", values).status_code == 303
    assert queries.get_entry(make.actor(anna), entry.id).status == Status.SUBMITTED


def test_attachments_become_files_through_the_same_checks(anna, make, mail_in):
    content = with_files(
        "Anbei", konzept_pdf=documents.pdf(["Licht"]), notiz_docx=documents.docx(["x"]), virus_exe=b"MZ"
    )
    code, words = send(content)
    entry = queries.get_entry(make.actor(anna), drafts()[0].id)
    assert code == OK and [file.name for file in entry.files] == ["konzept.pdf", "notiz.docx"]
    assert "virus.exe" in words and entry.url is None


def test_link_of_html_is_found_out_of_the_wrapping_of_mail_systems(anna, mail_in):
    message = letter()
    message.clear_content()
    wrapped = "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fecht&amp;data=05"
    message.set_content(f'<p><a href="mailto:x@y.z">Mail</a> <a href="{wrapped}">hier</a>', subtype="html")
    assert send(message.as_bytes())[0] == OK
    assert drafts()[0].url == "https://example.org/echt"


def test_pictures_of_a_signature_are_no_attachments(anna, mail_in):
    message = letter("https://example.org/seite")
    message.add_related(b"\x89PNG", "image", "png", filename="logo.png", disposition="inline")
    assert mail.read(message.as_bytes()).attachments == []


@pytest.mark.parametrize(
    ("subject", "title"),
    [("Fwd: AW: WG: Titel", "Titel"), ("Re[2]: Titel", "Titel"), ("=?utf-8?b?R3LDvMOfZQ==?=", "Grüße"),
     ("Regen und Retention", "Regen und Retention"), ("x" * 400, "x" * 300)],
)  # fmt: skip
def test_subject_is_the_title(subject, title):
    raw = letter("https://example.org").as_bytes().replace(b"WG: Lichtkonzept", subject.encode())
    assert mail.read(raw).subject == title


def test_mail_without_subject_is_named_by_its_link(anna, mail_in):
    assert send(letter("https://www.example.org/licht", subject="").as_bytes())[0] == OK
    assert drafts()[0].title == "example.org/licht"


def test_strangers_and_blocked_people_are_unknown(make, anna, mail_in):
    assert send(letter("https://example.org", sender="fremd@example.com").as_bytes())[0] == NOUSER
    with unit_of_work():
        anna.blocked_at = clock.now()
        db.session.add(anna)
    assert send(letter("https://example.org").as_bytes())[0] == NOUSER
    assert drafts() == []


@pytest.mark.parametrize("sender", SENDERS)
def test_sender_that_is_not_one_clear_address_is_unknown(anna, mail_in, sender):
    raw = b"From: " + sender.encode("utf-8", "surrogateescape") + b"\r\nSubject: x\r\n\r\nhttps://example.org/x"
    assert send(raw)[0] in (NOUSER, DATAERR)
    assert drafts() == []


def test_two_senders_are_none(anna, mail_in):
    raw = f"From: {SENDER}\r\nFrom: fremd@example.com\r\n\r\nhttps://example.org/x".encode()
    assert send(raw)[0] == NOUSER


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_an_answer_and_never_a_fault(anna, mail_in, name):
    content, is_found = HOSTILE[name]
    code, words = send(content)
    assert words and "\n" not in words
    if is_found is None:
        assert code in (OK, DATAERR, NOUSER)
    else:
        assert code == OK if is_found else code in (DATAERR, NOUSER), (name, code, words)
    assert len(drafts()) == (code == OK)
    assert all(".." not in file.name and "/" not in file.name for entry in drafts() for file in entry_files(entry))


def entry_files(entry: Entry) -> list:
    from hub.entries.models import Attachment

    return list(db.session.scalars(select(Attachment).where(Attachment.entry_id == entry.id)))


def test_too_large_mails_are_refused(anna, mail_in, monkeypatch):
    monkeypatch.setattr(mail, "MOST_BYTES", 1000)
    assert send(letter("https://example.org " + "x" * 2000).as_bytes())[0] == DATAERR


@pytest.mark.parametrize("header", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_automatic_mails_are_dropped_without_an_answer(anna, mail_in, header):
    assert send(letter("https://example.org", **header).as_bytes())[0] == OK
    assert drafts() == []


def test_busy_or_broken_storage_asks_to_come_again(anna, mail_in, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mailing, "hold_upload", full)
    assert send(with_files(konzept_pdf=documents.pdf(["Licht"])))[0] == TEMPFAIL


def test_flood_of_one_person_waits(anna, mail_in, monkeypatch):
    monkeypatch.setattr(mailing, "MOST_A_DAY", 2)
    codes = [send(letter(f"https://example.org/{n}").as_bytes())[0] for n in range(3)]
    assert codes == [OK, OK, TEMPFAIL]


def test_own_address_speaks_for_its_owner_whoever_sends(make, anna, mail_in):
    address = mailing.renew_address(make.actor(anna))
    foreign = letter("https://example.org/x", sender="privat@example.com").as_bytes()
    assert send(foreign, address.upper())[0] == OK
    assert drafts()[0].contributor_id == anna.id
    token = address.partition("+")[2].partition("@")[0]
    kept = db.session.scalars(select(MailToken)).one()
    assert token not in (kept.token_hash,) and len(kept.token_hash) == 64


def test_renewed_address_ends_the_old_one(make, anna, mail_in):
    old = mailing.renew_address(make.actor(anna))
    new = mailing.renew_address(make.actor(anna))
    content = letter("https://example.org/x").as_bytes()
    assert send(content, old)[0] == NOUSER and send(content, new)[0] == OK
    mailing.end_address(make.actor(anna))
    assert send(content, new)[0] == NOUSER


@pytest.mark.parametrize("recipient", ["beitrag+@wissen.example.org", "beitrag+falsch@wissen.example.org", "+", "+@"])
def test_wrong_secret_is_unknown_even_from_a_known_sender(anna, mail_in, recipient):
    assert send(letter("https://example.org").as_bytes(), recipient)[0] == NOUSER


VOUCHED = [
    f"{SERVER}; dmarc=pass header.from=stadt.example.org",
    f"{SERVER}; spf=pass smtp.mailfrom={SENDER}; dkim=none",
    f"{SERVER}; dkim=pass (2048 bit) header.d=stadt.example.org",
]
NOT_VOUCHED = [
    "",
    "anderswo.example.org; dmarc=pass",
    f"{SERVER}; dmarc=fail; dkim=pass header.d=fremd.example.com",
    f"{SERVER}; spf=pass smtp.mailfrom=stadt.example.org.boese.example",
    f"{SERVER}; dkim=fail (dmarc=pass) header.d=stadt.example.org",
    f"{SERVER}; none",
    f'{SERVER}; spf=softfail reason="dkim=pass header.d=stadt.example.org"',
]


@pytest.mark.parametrize(("check", "code"), [*((one, OK) for one in VOUCHED), *((one, NOPERM) for one in NOT_VOUCHED)])
def test_sender_is_proven_where_the_mail_server_says_so(app, anna, mail_in, monkeypatch, check, code):
    monkeypatch.setitem(app.config, "MAIL_AUTHSERV", SERVER)
    headers = {"Authentication_Results": check} if check else {}
    assert send(letter("https://example.org/x", **headers).as_bytes())[0] == code


def test_forged_proof_below_that_of_the_own_server_does_not_count(app, anna, mail_in, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_AUTHSERV", SERVER)
    forged = (
        f"Authentication-Results: {SERVER}; dmarc=fail\r\nAuthentication-Results: {SERVER}; dmarc=pass\r\n".encode()
    )
    assert send(forged + letter("https://example.org/x").as_bytes())[0] == NOPERM


def test_who_has_no_account_cannot_be_told_from_who_has_without_proof(app, anna, mail_in, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_AUTHSERV", SERVER)
    known, unknown = letter("https://example.org"), letter("https://example.org", sender="fremd@example.com")
    assert send(known.as_bytes()) == send(unknown.as_bytes())


def test_command_answers_with_its_code(app, anna, mail_in):
    run = app.test_cli_runner().invoke
    done = run(args=["entries", "take-in-mail"], input=letter("https://example.org/x").as_bytes())
    assert done.exit_code == OK and "angelegt" in done.output
    done = run(args=["entries", "take-in-mail"], input=letter("https://x.example", sender="a@b.example").as_bytes())
    assert done.exit_code == NOUSER and "kein Konto" in done.output


def test_page_shows_the_own_address_once(app, anna, sign_in, mail_in):
    person = sign_in(anna)
    assert "beitrag@wissen.example.org" in person.get("/entries/from-anywhere").get_data(as_text=True)
    shown = person.post("/entries/mail-address").get_data(as_text=True)
    assert "beitrag+" in shown and "nur dieses eine Mal" in shown
    again = person.get("/entries/from-anywhere").get_data(as_text=True)
    assert "beitrag+" not in again and "Adresse erneuern" in again
    assert person.post("/entries/mail-address", {"end": "1"}).status_code == 303
    assert db.session.scalar(select(MailToken)) is None


def test_there_is_no_own_address_where_the_hub_takes_no_mail(anna, sign_in):
    assert sign_in(anna).post("/entries/mail-address").status_code == 422
