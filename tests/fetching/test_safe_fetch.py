"""T12 to T15, R18: nothing inner is reached in any spelling, and nothing a server does holds a worker."""

import gzip
import io
import resource
import socket
import threading
import time
import zlib

import pytest

from hub.fetching import safe_fetch
from hub.fetching.inner import is_public
from hub.fetching.safe_fetch import Door, FetchError, fetch
from tests.fetching.conftest import head

PUBLIC = "93.184.215.14"
V4 = [
    *("127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0x7f.0x0.0x0.0x1 0177.0.0.1 0177.1").split(),
    *("017700000001 00000177.0.0.1 127.000.000.001 127.0.0.1. 127.0.0.2 127.255.255.254 0.0.0.0 0 0.0 0x0").split(),
    *("10.0.0.1 10.255.255.255 100.64.0.1 169.254.169.254 169.254.1.1 172.16.0.1 172.31.255.255 192.168.0.1").split(),
    *("192.0.0.8 192.0.0.170 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1").split(),
    *("255.255.255.255 3232235521 0xc0a80001 0xa9fea9fe 2852039166 167772161 192.88.99.1 1.0x7f").split(),
    *("１２７.０.０.１ １２７。０。０。１ ①②⑦.⓪.⓪.①").split(),
]
V6 = [
    *("[::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::127.0.0.1]").split(),
    *("[::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b:1::1]").split(),
    *("[2002:7f00:1::] [2002:a00:1::1] [2002:c0a8:101::] [2001:0:7f00:1::] [2001::8efe:fffe]").split(),
    *("[fe80::1] [fe80::1%25eth0] [fc00::1] [fd00:ec2::254] [ff02::1] [2001:db8::1] [100::1] [fec0::1]").split(),
    *("[2a00:1450:4001:1::5efe:7f00:1] [::FFFF:127.0.0.1] [3fff::1] [5f00::1]").split(),
]
NAMES = [
    *("localhost LOCALHOST localhost. localhost.localdomain ip6-localhost intranet metadata").split(),
    *("metadata.google.internal db.internal 127.0.0.1.nip.example inner.example mixed.example v6.example").split(),
]
INNER_ANSWERS = {
    "localhost.localdomain": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "db.internal": ["10.1.2.3"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "inner.example": ["192.168.1.1"],
    "mixed.example": [PUBLIC, "127.0.0.1"],
    "v6.example": ["::ffff:127.0.0.1"],
}


@pytest.fixture
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """Whoever opens a connection to another machine is noted and refused; loopback stays open."""
    tried: list[tuple] = []
    connect = socket.socket.connect

    def refuse(self: socket.socket, place: tuple) -> None:
        if place[0] in ("127.0.0.1", "::1"):
            return connect(self, place)
        tried.append(place)
        raise OSError("no way out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def reason(url: str, door: Door | None = None) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(url, door, io.BytesIO())
    return caught.value.reason


@pytest.mark.parametrize("host", [*V4, *V6, *NAMES])
def test_t12_inner_address_is_not_reached_in_any_spelling(host, inside, names, no_way_out, monkeypatch):
    names.update({name: [answer] for name, answer in INNER_ANSWERS.items()})
    monkeypatch.setitem(safe_fetch.address.PORTS, "http", inside.port)
    assert reason(f"http://{host}/") in {"inner", "not_link"}
    assert reason(f"https://{host}/secret") in {"inner", "not_link"}
    assert no_way_out == []


def test_t12_there_are_eighty_spellings():
    assert len({*V4, *V6, *NAMES}) >= 80


@pytest.mark.parametrize("text", ["93.184.215.14", "8.8.8.8", "2a00:1450:4001:82b::200e", "::ffff:8.8.8.8"])
def test_t12_public_addresses_are_public(text):
    assert is_public(text)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/ file:///etc/passwd gopher://example.org/ javascript:alert(1) data:text/html,x").split(),
        *(
            "http:///path http://user@example.org/ http://user:pw@example.org/ //example.org http://a%00b.example/"
        ).split(),
        *("http://exa\\mple.org/ http://example.org\\@127.0.0.1/ http://[::1/ http://example.org:99999/").split(),
        "http://exa mple.org/",
        "http://example.org/\r\nHost: inner",
        "kein Link",
        "",
    ],
)
def test_t12_other_schemes_and_odd_addresses_are_refused(url, no_way_out):
    assert reason(url) == "not_link"
    assert no_way_out == []


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 8000, 8080, 8443])
def test_t12_other_ports_are_refused(port, names, no_way_out):
    names["example.org"] = [[PUBLIC]]
    assert reason(f"http://example.org:{port}/") == "port"
    assert reason("https://example.org:80/") == "port"
    assert no_way_out == []


@pytest.mark.parametrize("text", ["", "x", "127.0.0.1x", "1.2.3.4.5", "::g"])
def test_t12_what_is_no_address_is_not_public(text):
    assert not is_public(text)


def test_name_that_leads_nowhere_is_told_apart(no_way_out):
    assert reason("https://nirgends.example/") == "unknown_host"


def test_t12_name_without_any_address_is_not_reached(names, no_way_out):
    names["leer.example"] = [[]]
    names["leer.example"].append([])
    assert reason("https://leer.example/") == "inner"


def test_t12_connection_goes_to_the_checked_address(names, no_way_out):
    names["example.org"] = [[PUBLIC]]
    assert reason("http://example.org/") == "no_answer"
    assert no_way_out == [(PUBLIC, 80)]


def test_t12_host_stays_as_given(outside, names):
    names["stadt.example"] = [["127.0.0.1"]]
    outside.page("/a", "<title>Eins</title>")
    fetched = fetch(f"http://stadt.example:{outside.port}/a", outside.door)
    assert fetched.status == 200
    assert f"Host: stadt.example:{outside.port}\r\n" in outside.requests[0]


def test_t13_second_answer_of_the_name_service_is_never_used(inside, names, no_way_out, monkeypatch):
    monkeypatch.setitem(safe_fetch.address.PORTS, "http", inside.port)
    names["rebind.example"] = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]
    assert reason("http://rebind.example/") == "no_answer"
    assert no_way_out == [(PUBLIC, inside.port)]
    assert reason("http://rebind.example/") == "inner"


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/", "http://[::1]:{port}/", "http://localhost:{port}/"])
def test_t14_redirect_to_an_inner_address_is_not_followed(target, outside, inside):
    url = outside.redirect("/away", target.format(port=inside.port))
    assert reason(url, outside.door) in {"inner", "port"}


def test_t14_redirect_to_an_inner_name_at_the_usual_port_is_not_followed(outside, names, no_way_out):
    names["inner.example"] = [["10.0.0.1"]]
    assert reason(outside.redirect("/away", "http://inner.example/"), outside.door) == "inner"
    assert no_way_out == []


def test_t14_three_redirects_are_followed_and_a_fourth_is_not(outside):
    outside.page("/0", "<title>Ziel</title>")
    for number in range(1, 5):
        outside.redirect(f"/{number}", f"/{number - 1}", (301, 302, 303, 307, 308)[number])
    assert fetch(f"{outside.url}/3", outside.door).url == f"{outside.url}/0"
    assert reason(f"{outside.url}/4", outside.door) == "redirects"


def test_t14_redirects_in_a_circle_end(outside):
    outside.redirect("/a", "/b")
    outside.redirect("/b", "/a")
    assert reason(f"{outside.url}/a", outside.door) == "redirects"
    assert len(outside.asked) == 4


@pytest.mark.parametrize("target", ["ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "http://[bad/"])
def test_t14_redirects_lead_to_pages_only(target, outside):
    assert reason(outside.redirect("/away", target), outside.door) in {"downgrade", "redirects"}


def test_t14_secure_address_does_not_lead_to_an_insecure_one():
    with pytest.raises(FetchError, match="downgrade"):
        safe_fetch._follow(safe_fetch._parse("https://example.org/"), "http://example.org/")


def test_t15_own_host_is_refused(names, no_way_out):
    names["wissen.example.org"] = [[PUBLIC]]
    assert reason("https://wissen.example.org/login", Door(own_host="wissen.example.org")) == "own"


def test_no_cookies_and_an_honest_name(outside):
    outside.page("/a", "x", Set_Cookie="session=1; Path=/")
    outside.redirect("/b", "/a")
    fetch(f"{outside.url}/a", outside.door)
    fetch(f"{outside.url}/b", outside.door)
    sent = "".join(outside.requests).lower()
    assert "cookie:" not in sent
    assert "user-agent: defus-wissensspeicher/" in sent
    assert "authorization" not in sent


def test_proxies_of_the_environment_are_not_used(outside, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    outside.page("/a", "x")
    assert fetch(f"{outside.url}/a", outside.door).status == 200


def test_t14_page_is_read_up_to_two_mebibytes(outside):
    outside.page("/big", b"<title>Lang</title>" + b"x" * 10_000_000)
    fetched = fetch(f"{outside.url}/big", outside.door)
    assert (len(fetched.content), fetched.is_cut) == (safe_fetch.PAGE_BYTES, True)


def test_t14_file_beyond_the_limit_is_refused(outside, monkeypatch):
    monkeypatch.setattr(safe_fetch, "FILE_BYTES", 300_000)
    outside.page("/big.pdf", b"%PDF-1.7" + b"x" * 400_000, "application/pdf")
    assert reason(f"{outside.url}/big.pdf", outside.door) == "too_big"


def test_pdf_behind_a_wrong_type_is_read_as_a_file(outside):
    file = b"%PDF-1.7" + b"x" * 3_000_000
    outside.page("/report", file, "text/html")
    into = io.BytesIO()
    fetched = fetch(f"{outside.url}/report", outside.door, into)
    assert (fetched.is_pdf, fetched.is_page) == (True, False)
    assert into.getvalue() == file


def test_of_a_file_that_nobody_wants_only_the_beginning_is_read(outside):
    outside.pages["/endless"] = endless
    fetched = fetch(f"{outside.url}/endless", outside.door)
    assert fetched.is_pdf
    assert len(fetched.content) <= safe_fetch.CHUNK


def endless(connection: socket.socket, _path: str) -> None:
    connection.sendall(head(200, "application/pdf") + b"%PDF-1.7")
    while True:
        connection.sendall(b"x" * 65_536)


def test_r18_endless_content_is_cut(outside):
    outside.pages["/endless"] = endless
    assert reason(f"{outside.url}/endless", outside.door) == "too_big"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> float:
    """All of a fetch must be over in this many seconds."""
    monkeypatch.setattr(safe_fetch, "TOTAL_SECONDS", 1.0)
    return 1.0


LEEWAY = 2.5  # other tests run beside; a request that is not cut off never ends


def drip(*parts: bytes):
    """Sends the first part at once, then one byte of the rest each twentieth of a second."""

    def page(connection: socket.socket, _path: str) -> None:
        connection.sendall(parts[0])
        while True:
            connection.sendall(parts[1])
            time.sleep(0.05)

    return page


@pytest.mark.parametrize(
    "page",
    [
        drip(b"H", b"H"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        drip(head(200, "text/html"), b"x"),
        drip(head(200, "text/html", "1000000"), b"x"),
        drip(head(200, "text/html", Transfer_Encoding="chunked"), b"1\r\nx\r\n"),
        drip(head(200, "text/html", Transfer_Encoding="chunked"), b"0"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status", "headers", "one header", "body", "body of known length", "chunks", "chunk size", "continue"],
)
def test_t14_slow_drip_is_cut(page, outside, short):
    outside.pages["/drip"] = page
    began = time.monotonic()
    assert reason(f"{outside.url}/drip", outside.door) in {"timeout", "broken"}
    assert time.monotonic() - began < short + LEEWAY


def test_r18_silent_server_is_left(outside, short):
    outside.pages["/hang"] = lambda connection, path: outside.wait(10)
    began = time.monotonic()
    assert reason(f"{outside.url}/hang", outside.door) == "timeout"
    assert time.monotonic() - began < short + LEEWAY


def test_r18_redirects_share_one_clock(outside, short):
    def slow(connection: socket.socket, path: str) -> None:
        time.sleep(0.45)
        connection.sendall(f"HTTP/1.1 302 X\r\nLocation: {path}x\r\nContent-Length: 0\r\n\r\n".encode())

    outside.pages.update({"/" + "x" * count: slow for count in range(6)})
    began = time.monotonic()
    assert reason(f"{outside.url}/", outside.door) == "timeout"
    assert time.monotonic() - began < short + LEEWAY


def test_r18_tls_that_never_shakes_hands_is_left(outside, short):
    began = time.monotonic()
    url = f"https://127.0.0.1:{outside.port}/"
    assert reason(url, outside.door) in {"timeout", "no_answer", "tls"}
    assert time.monotonic() - began < short + LEEWAY


def test_r18_server_that_hangs_up_is_told_apart(outside):
    outside.pages["/gone"] = lambda connection, path: None
    assert reason(f"{outside.url}/gone", outside.door) in {"no_answer", "broken"}


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_t14_compressed_bomb_counts_unpacked(encoding, outside):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if "gzip" in encoding else 15)
    block = bytes(1_000_000)
    bomb = b"".join(packer.compress(block) for _ in range(150)) + packer.flush()
    if encoding == "gzip, gzip":
        bomb = gzip.compress(bomb)
    assert len(bomb) < 600_000
    outside.page("/bomb", bomb, "application/pdf", Content_Encoding=encoding)
    before = peak()
    assert reason(f"{outside.url}/bomb", outside.door) in {"too_big", "broken"}
    assert peak() - before < 60_000


def test_packed_page_is_unpacked(outside):
    outside.page("/packed", gzip.compress(b"<title>Gepackt</title>"), Content_Encoding="gzip")
    assert fetch(f"{outside.url}/packed", outside.door).content == b"<title>Gepackt</title>"


def test_thousand_headers_are_refused(outside):
    outside.pages["/headers"] = b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 1000 + b"\r\n"
    assert reason(f"{outside.url}/headers", outside.door) in {"broken", "no_answer"}


def test_nothing_is_left_behind(outside, short):
    outside.pages["/hang"] = drip(head(200, "text/html"), b"x")
    outside.page("/good", "x")
    threads = threading.active_count()
    for _ in range(3):
        fetch(f"{outside.url}/good", outside.door)
    reason(f"{outside.url}/hang", outside.door)
    time.sleep(0.3)
    assert threading.active_count() <= threads + 1  # the server's own thread of the drip may still be ending


def probed(outside, path: str, method: str = "GET", most: int = 100_000, **headers: str) -> safe_fetch.Probed:
    return safe_fetch.probe(outside.url + path, outside.door, method, headers, most)


def test_probe_asks_once_and_follows_nothing(outside):
    outside.redirect("/a", "/b", 301)
    found = probed(outside, "/a")
    assert (found.status, found.target, found.content) == (301, f"{outside.url}/b", b"")
    assert outside.asked == ["/a"]


def test_probe_by_head_reads_nothing_and_sends_conditions(outside):
    outside.pages["/a"] = head(200, "text/html", "5000", ETag='"eins"')
    found = probed(outside, "/a", "HEAD", **{"If-None-Match": '"eins"', "User-Agent": "Prüfung"})
    assert (found.status, found.headers["etag"], found.content) == (200, '"eins"', b"")
    assert outside.requests[0].startswith("HEAD /a ") and 'If-None-Match: "eins"' in outside.requests[0]


def test_probe_reads_the_beginning_only(outside):
    outside.pages["/endless"] = endless
    found = probed(outside, "/endless", most=50_000)
    assert (len(found.content), found.is_cut) == (50_000, True)


def test_probe_keeps_what_came_before_a_server_broke_off(outside):
    outside.pages["/short"] = head(200, "text/html", "5000") + b"<title>Anfang"
    found = probed(outside, "/short")
    assert (found.content, found.is_cut) == (b"<title>Anfang", True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://10.0.0.1/", "http://localhost/", "http://169.254.169.254/"]
)
def test_t12_probe_reaches_nothing_inner(url, no_way_out):
    for method in ("HEAD", "GET"):
        with pytest.raises(FetchError) as caught:
            safe_fetch.probe(url, Door(), method, {}, 1000)
        assert caught.value.reason == "inner"
    assert no_way_out == []


def test_t14_probe_is_cut_when_a_page_drips(outside, short):
    outside.pages["/drip"] = drip(head(200, "text/html"), b"x")
    begin = time.monotonic()
    with pytest.raises(FetchError, match="timeout"):
        probed(outside, "/drip")
    assert time.monotonic() - begin < 3 * short
