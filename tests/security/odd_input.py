"""What nobody types and everybody may send: numbers, texts, paths, headers and bodies for the fuzz runs."""

import random
from typing import Any

NUMBERS = [
    "0", "-1", "1", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9" * 19, "9" * 20, "9" * 400,
    "9" * 5000, "1e9", "0x10", "NaN", "Infinity", "1.5", "١٢", "²", " 1", "+1", "1_000", "1,5", "", "null", "true",
]  # fmt: skip
TEXTS = [
    "\x00", "a\x00b", "\x1b[31m", "\x7f", "\u202egnp.exe", "\u200b", "\ufeff", "\ufffe", "\U0010ffff", "e\u0301" * 50,
    "\u0130\u1e9e\ufb01", "\U0001f469\u200d\U0001f469\u200d\U0001f466", "\ud800", "\udfff", "a\udc80b", "\u0600" * 30, "Z\u0335" * 200,
    "../../../etc/passwd", "..\\..\\windows", "%00", "%2e%2e%2f", "'", "\"", "' OR 1=1 --", "'; DROP TABLE entry; --",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}", "%s%n%x",
    "{0.__class__}", "a\r\nSet-Cookie: x=1", "\n", "\t", " ", "", "a" * 300, "ä" * 5_000, "[" * 3_000, "(" * 3_000, "\\" * 500,
    "*" * 300, "NOT " * 300, "titel:" * 60, "\"" * 99, "*a* *b* [a TO z]", "jahr:-1-99999999999999999999", "javascript:alert(1)",
    "//evil.example", "https://evil.example/", "http://[::1", "http://a:b@c", "http://\u2100.example", "https://x" * 300,
    "file:///etc/passwd", "mailto:", "urn:x:y", "10.1000/" + "x" * 300, "on", "off", "undefined", "None", "[]", "{}", "[object Object]",
    "2024-02-30", "0000-00-00", "99999-01-01", "de", "xx", "DE-\u0000", "- [ ] x\n" * 200, "#" * 200, "[a](" * 500, "> " * 400, "`" * 999,
    "_*" * 500, "![x](y)" * 100, "&#0;", "&#x110000;", "&" * 200,
]  # fmt: skip
PATHS = [
    "/%ff", "/%00", "/entries/%00", "/entries/1%00", "/entries/1;x=1", "//entries/1", "/entries//1", "/./entries/1",
    "/entries/../people", "/collections/%F0%9F%98%80", "/collections/" + "a" * 3000, "/files/%2e%2e/x", "/static/../config.py",
    "/static/%2e%2e/%2e%2e/config.py", "/static/..%5cconfig.py", "/static//etc/passwd", "/entries/" + "9" * 5000, "/link/",
    "/link/%0d%0a", "/pages/../x", "/vocabularies/__class__", "/vocabularies/%c0%af", "/thesaurus/concepts/%00", "/*", "/?", "/#",
    "/%u0041", "/\\", "/entries/-0", "/entries/+1", "/entries/1.0", "/entries/%31", "/a" * 500,
]  # fmt: skip
HEADERS = [
    ("Accept-Language", "de;q=9999999999999999999"), ("Accept-Language", "x" * 4000), ("Accept-Language", "*, ;;;,=,\xff"),
    ("Accept-Encoding", "br;q=-1, gzip;q=x"), ("Accept-Encoding", "identity;q=0"), ("Accept", "\xff/\xff"), ("Range", "bytes=-0"),
    ("Range", "bytes=99999999999999999999-"), ("Range", "bytes=0-0,1-1,2-2"), ("Range", "bytes=a-b"), ("Range", "items=1-2"),
    ("If-None-Match", "*"), ("If-None-Match", '"' * 500), ("If-Modified-Since", "Thu, 99 Foo 99999 99:99:99 GMT"), ("If-Range", "x"),
    ("If-Unmodified-Since", "0"), ("Referer", "http://[::1"), ("Referer", "javascript:x"), ("Referer", "\xff" * 50),
    ("User-Agent", "\x1b[2J" + "A" * 5000), ("User-Agent", "</script>"), ("X-Requested-With", "fetch"), ("X-Forwarded-For", "1" * 500),
    ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "gopher"), ("Forwarded", "for=;;;"), ("Origin", "null"),
    ("Origin", "http://[::1"), ("Origin", "http://evil.example"), ("Cookie", "hub_session=\xff; hub_page=x.y.z; hub_theme=\x01"),
    ("Cookie", "hub_language=../../x; hub_theme=blink"), ("Cookie", "=;;;=" * 50), ("Cookie", "hub_browser=" + "A" * 4000),
    ("Cookie", "hub_page=.eJw; hub_page=" + "e30." * 100), ("Transfer-Encoding", "chunked"), ("Expect", "100-continue"),
    ("Authorization", "Basic \xff"), ("Authorization", "Bearer " + "x" * 3000), ("X-HTTP-Method-Override", "DELETE"),
    ("Content-Encoding", "gzip"), ("Sec-Fetch-Site", "cross-site"), ("Connection", "upgrade"), ("Upgrade", "websocket"),
]  # fmt: skip
CONTENT_TYPES = [
    "text/plain", "application/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary=", "",
    "multipart/form-data; boundary=" + "x" * 500, "application/x-www-form-urlencoded; charset=utf-16", "\xff/\xff", "a" * 2000,
    "application/x-www-form-urlencoded; charset=klingon", "multipart/mixed; boundary=b",
]  # fmt: skip
BODIES = [
    b"", b"\x00" * 50, b"{" * 5000, b'{"a": NaN}', b"&" * 3000, b"=" * 3000, b"a=%", b"a=%ff%fe&%00=%00", b"%ed%a0%80=%ed%b0%80", b"\xff\xfe" * 300,
    b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n", b"--b\r\nContent-Disposition: form-data; name=\"", b"--b--",
    b"--b\r\nContent-Disposition: form-data; name=\"files\"; filename*=utf-7''x\r\n\r\nx\r\n--b--\r\n", b"a=" + b"x" * 600_000,
    b"--b\r\n" * 300, b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
]  # fmt: skip
FILE_NAMES = [
    "", ".", "..", "../../x.pdf", "a\x00.pdf", "x" * 400 + ".pdf", "CON.pdf", "a\r\nb.pdf", "\u202efdp.exe", "x.pdf.exe", "x.docx", "x.png", "x.svg",
    "x.txt", "\udc80.pdf", ".pdf", "x.ttl", "x.rdf", "x.odt", "\u00e4" * 120 + ".pdf", "x.ris",
]  # fmt: skip
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X" * 40]


class Odd:
    """Draws odd things by a seeded chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def value(self) -> str:
        """A number or a text; now and then one of random signs, seldom a million signs."""
        kind = self.chance.random()
        if kind < 0.35:
            return self.chance.choice(NUMBERS)
        if kind < 0.9:
            return self.chance.choice(TEXTS)
        if kind < 0.998:
            return "".join(
                chr(self.chance.choice((self.chance.randrange(256), self.chance.randrange(0x3000)))) for _ in range(20)
            )
        return self.chance.choice(("a", "ß", "\x00")) * 1_000_000

    def segment(self) -> str:
        """A value that stands in a path."""
        return self.value()[:3000]

    def header(self) -> tuple[str, str]:
        """One odd header; a repeated one is not sent."""
        return self.chance.choice(HEADERS)

    def file(self) -> tuple[bytes, str]:
        """Content and name of an upload."""
        content = self.chance.choice(
            (b"", b"%PDF-1.7\n%%EOF\n", b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"Text", b"TY  - JOUR\nTI  - x\nER  - \n",
             b"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<a:b> a skos:Concept .", self.chance.randbytes(200))
        )  # fmt: skip
        return content, self.chance.choice(FILE_NAMES)

    def some(self, values: list[Any], most: int = 3) -> list[Any]:
        """One to ``most`` of these."""
        return self.chance.sample(values, min(len(values), self.chance.randint(1, most)))
