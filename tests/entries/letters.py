"""Mails as people and programs send them, and mails that nobody should send."""

import base64
from email import policy
from email.message import EmailMessage

from tests.support import documents

SENDER = "anna@stadt.example.org"
HEAD = f"From: {SENDER}\r\nTo: beitrag@wissen.example.org\r\nSubject: Test\r\n".encode()


def letter(text: str = "", subject: str = "WG: Lichtkonzept", sender: str = SENDER, **headers: str) -> EmailMessage:
    """A plain mail."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, "beitrag@wissen.example.org", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def with_files(text: str = "", **files: bytes) -> bytes:
    """A mail with attachments, named with an underscore for the dot."""
    message = letter(text)
    for name, content in files.items():
        message.add_attachment(content, "application", "octet-stream", filename=name.replace("_", "."))
    return message.as_bytes()


def nested(depth: int) -> bytes:
    """Parts within parts within parts."""
    content = b"Content-Type: text/plain\r\n\r\nhttps://example.org/tief\r\n"
    for number in range(depth):
        mark = b"m%d" % number
        content = (
            b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + content
            + b"\r\n--" + mark + b"--\r\n"
        )  # fmt: skip
    return HEAD + b"MIME-Version: 1.0\r\n" + content


def wide(number: int) -> bytes:
    """Very many parts side by side."""
    part = b"--m\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return _typed("multipart/mixed; boundary=m", part * number + b"--m--\r\n")


def _typed(kind: str, body: bytes, more: str = "") -> bytes:
    return HEAD + f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


LINK = b"https://example.org/seite"
# By name: bytes, and whether the link or attachment in them is found all the same.
HOSTILE: dict[str, tuple[bytes, bool]] = {
    "empty": (b"", False),
    "one newline": (b"\n", False),
    "no headers": (b"\r\n\r\n" + LINK, False),
    "only a body": (LINK, False),
    "noise": (bytes(range(256)) * 40, False),
    "zeros": (b"\x00" * 5000, False),
    "head without end": (b"X: " + b"a" * 400_000, False),
    "very many headers": (b"".join(b"X-%d: y\r\n" % n for n in range(40_000)) + HEAD + b"\r\n" + LINK, False),
    "deep nesting": (nested(60), False),
    "deeper than the parser goes": (nested(3000), False),
    "hundreds of parts": (wide(1500), False),
    "tens of thousands of parts": (wide(60_000), False),
    "nesting of a person": (nested(5), True),
    "charset that does not exist": (_typed("text/plain; charset=klingon", LINK), True),
    "charset with rubbish": (_typed('text/plain; charset="\xff\x00\'\'%"', LINK), True),
    "charset that is no text": (_typed("text/plain; charset=zip", LINK), True),
    "wrong charset": (_typed("text/plain; charset=utf-16", "Grüße ".encode("cp1252") + LINK), False),
    "broken base64": (_typed("text/plain", b"=!!!=aHR0c", "Content-Transfer-Encoding: base64\r\n"), False),
    "unknown encoding": (_typed("text/plain", LINK, "Content-Transfer-Encoding: x-uuencode\r\n"), None),
    "encoding that does not exist": (_typed("text/plain", LINK, "Content-Transfer-Encoding: quantum\r\n"), True),
    "boundary missing": (_typed("multipart/mixed", LINK), False),
    "boundary never ends": (_typed("multipart/mixed; boundary=m", b"--m\r\n\r\n" + LINK), True),
    "empty boundary": (_typed('multipart/mixed; boundary=""', b"--\r\n\r\n" + LINK), None),
    "calendar": (_typed("text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nURL:https://example.org/x\r\n"), False),
    "encrypted": (_typed('multipart/encrypted; boundary=m; protocol="application/pgp-encrypted"',
                         b"--m\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--m\r\n"
                         b"Content-Type: application/octet-stream; name=\"e.asc\"\r\n\r\n-----BEGIN PGP\r\n--m--\r\n"),
                  False),
    "s/mime": (_typed('application/pkcs7-mime; name="smime.p7m"', b"MIAGCSq", "Content-Disposition: attachment\r\n"),
               False),
    "winmail": (_typed('application/ms-tnef; name="winmail.dat"', b"\x78\x9f\x3e\x22" * 100), False),
    "program as attachment": (with_files(bericht_exe=b"MZ" + b"\x00" * 500), False),
    "program called a document": (with_files(bericht_pdf=b"MZ" + b"\x00" * 500), False),
    "empty attachment": (with_files(bericht_pdf=b""), False),
    "zip": (with_files(alles_zip=documents.archive(("a.txt", "x"))), False),
    "no link": (letter("Guten Tag").as_bytes(), False),
    "script as link": (letter("javascript:alert(1) file:///etc/passwd ftp://example.org").as_bytes(), False),
    "link without a host": (letter("https:///pfad http://localhost/ https://user:pw@example.org/x").as_bytes(), False),
    "link of five thousand letters": (letter("https://example.org/" + "x" * 5000).as_bytes(), True),
    "html that never ends": (_typed("text/html", b"<a href='" + b"x" * 200_000), False),
    "html of many tags": (_typed("text/html", b"<b><i>" * 40_000 + b'<a href="https://example.org/x">'), True),
    "subject in odd words": (HEAD.replace(b"Test", b"=?utf-8?q?=ff=fe?= =?x?b?!!?= =?utf-8?b?w?=") + b"\r\n" + LINK,
                             True),
    "subject that folds for ever": (HEAD.replace(b"Test", b"\r\n x" * 9000) + b"\r\n" + LINK, True),
    "name with a path": (with_files(**{"../../etc/passwd_pdf": documents.pdf(["Text"])}), True),
    "odd file name": (HEAD + b"Content-Type: application/pdf; name*=utf-16''%ff%fe%00; name*0*=x\r\n"
                      b"Content-Disposition: attachment; filename*=klingon'x'%zz\r\n"
                      b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(documents.pdf(["Text"])), None),
    "message in a message": (_typed("message/rfc822", letter("https://example.org/innen").as_bytes()), True),
    "message that is none": (_typed("message/rfc822", b""), False),
    "partial": (_typed("message/partial; id=x; number=1; total=3", LINK), None),
    "delivery report": (_typed("multipart/report; report-type=delivery-status; boundary=m",
                               b"--m\r\nContent-Type: message/delivery-status\r\n\r\nX: y\r\n\r\nZ\r\n--m--\r\n"),
                        False),
    "lone surrogates": (HEAD + b"\r\n\xed\xa0\x80 " + LINK, True),
    "carriage returns only": (HEAD.replace(b"\r\n", b"\r") + b"\r\r" + LINK, None),
}  # fmt: skip
SENDERS = [
    "", "<>", "@", "anna", "undisclosed-recipients:;", f"{SENDER}, fremd@example.com", "a@b@c", "=?x?b?!?=",
    f"({'(' * 500}{')' * 500}) x", f'"{SENDER}" <fremd@example.com>', f"fremd@example.com ({SENDER})", "x" * 30_000,
    "Gruppe: a@example.org, b@example.org;", f"{SENDER}\x00", "\udcff@example.org",
]  # fmt: skip
