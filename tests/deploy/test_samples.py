"""The samples for the operator: proxy with TLS, service with few rights, firewall; what the server refuses itself."""

import re
import socket
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "deploy" / "samples"
NGINX = (SAMPLES / "nginx.conf").read_text(encoding="utf-8")
FIREWALL = (SAMPLES / "nftables.conf").read_text(encoding="utf-8")
OLD = {"SSLv2", "SSLv3", "TLSv1", "TLSv1.1"}


def setting(name: str) -> str:
    found = re.findall(rf"^\s*{re.escape(name)}\s+(.+);", NGINX, re.M)
    assert len(found) == 1, (name, found)
    return " ".join(found[0].split())


def service() -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(SAMPLES / "hub.service", encoding="utf-8")
    return parser


def test_the_proxy_speaks_new_tls_only():
    assert set(setting("ssl_protocols").split()) == {"TLSv1.2", "TLSv1.3"}
    assert not OLD & set(setting("ssl_protocols").split())


def test_the_proxy_offers_recommended_suites_only():
    suites = setting("ssl_ciphers").split(":")
    assert suites and all(suite.startswith("ECDHE-") and ("GCM" in suite or "POLY1305" in suite) for suite in suites)


def test_the_proxy_serves_nothing_in_the_clear():
    """Port 80 only sends people's pages to https; what a program asks there is refused, not redirected."""
    plain = NGINX.split("server {")[1]
    assert "listen 80" in plain and "proxy_pass" not in plain and "ssl" not in plain
    assert '!~ "text/html") { return 403; }' in plain and "return 308 https://" in plain
    assert "listen 443 ssl" in NGINX.split("server {")[2]


def test_the_certificate_comes_from_a_public_authority():
    assert "ACME" in NGINX and "/etc/letsencrypt/" in setting("ssl_certificate")
    assert "ACME" in (ROOT / "docs" / "betrieb.md").read_text(encoding="utf-8")


def test_the_proxy_sets_where_somebody_is_and_adds_nothing_foreign():
    assert "X-Forwarded-For $remote_addr;" in NGINX and "$proxy_add_x_forwarded_for" not in NGINX
    assert 'X-Forwarded-Host "";' in NGINX and 'Forwarded "";' in NGINX


def test_the_proxy_keeps_no_pages_and_lists_no_folders():
    assert setting("proxy_cache") == "off" and setting("autoindex") == "off" and setting("server_tokens") == "off"
    assert not re.search(r"^\s*(root|alias)\s", NGINX, re.M)  # no file of the install is served, also not .git


def test_the_service_has_few_rights():
    unit = service()["Service"]
    assert unit["User"] == "hub" and unit["NoNewPrivileges"] == "yes" and unit["CapabilityBoundingSet"] == ""
    assert unit["ProtectSystem"] == "strict" and unit["ReadWritePaths"] == "/srv/hub"


def test_what_the_service_writes_is_closed_to_others_and_logs_lie_out_of_its_reach():
    unit = service()["Service"]
    assert unit["UMask"] == "0077"
    assert unit["StandardOutput"] == unit["StandardError"] == "journal"
    assert "/var/log" not in unit["ReadWritePaths"]


def test_the_firewall_lets_out_what_the_list_of_connections_names():
    assert 'meta skuid != "hub" accept' in FIREWALL and FIREWALL.rstrip().splitlines()[-3].strip() == "reject"
    ports = re.search(r"tcp dport \{ ([\d, ]+) \} accept", FIREWALL)[1].replace(" ", "").split(",")
    assert set(ports) == {"53", "80", "443", "465", "587"}
    for network in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"):
        assert network in FIREWALL


def test_samples_hold_no_secret():
    for path in SAMPLES.iterdir():
        assert not re.search(r"(?i)(password|secret|token)\s*=\s*\S+|://\w+:\w+@", path.read_text(encoding="utf-8"))


SMUGGLED = {
    "two lengths": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n",
    "length and chunks": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    "hidden chunks": b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "blank before colon": b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "odd length": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: +6\r\n\r\nabcdef",
    "length as hexadecimal": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x6\r\n\r\nabcdef",
    "folded header": b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n\r\n",
    "null in a header": b"GET /login HTTP/1.1\r\nHost: local\x00host\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_the_server_refuses_messages_of_unclear_length(hub_server, name):
    """No second request hides in the first: the server answers once, with a refusal, and hangs up."""
    hidden = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", hub_server.port), timeout=10) as line:
        line.sendall(SMUGGLED[name] + hidden)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 5"), answer[:80]
    assert answer.count(b"HTTP/1.1 ") == 1, answer
