"""Names are asked once, within a time limit, from the name server of the system."""

import socket
import threading
import time
from collections.abc import Iterator

import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from hub.fetching import resolving
from hub.fetching.resolving import Unknown, resolve

ADDRESSES = {"A": ["93.184.215.14", "10.0.0.1"], "AAAA": ["2001:db8::1"]}


class NameServer:
    """Answers on loopback for one name; says nothing about ``silent.example``."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.02)
        self.port = self._socket.getsockname()[1]
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ending.is_set():
            try:
                data, caller = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            query = dns.message.from_wire(data)
            name, kind = query.question[0].name, dns.rdatatype.to_text(query.question[0].rdtype)
            self.asked.append((str(name), kind))
            if str(name).startswith("silent."):
                continue
            answer = dns.message.make_response(query)
            if str(name) == "stadt.example.":
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *ADDRESSES[kind]))
            else:
                answer.set_rcode(3)
            self._socket.sendto(answer.to_wire(), caller)

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    server = NameServer()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
    monkeypatch.setattr(resolving, "_resolver", lambda: resolver)
    yield server
    server.close()


def test_every_address_is_told_ipv4_first(server):
    assert resolve("stadt.example", 3) == ["10.0.0.1", "93.184.215.14", "2001:db8::1"]
    assert sorted(server.asked) == [("stadt.example.", "A"), ("stadt.example.", "AAAA")]


def test_unknown_name_is_unknown(server):
    with pytest.raises(Unknown):
        resolve("nirgends.example", 3)


def test_silent_name_server_costs_the_given_time_only(server):
    began = time.monotonic()
    with pytest.raises(Unknown):
        resolve("silent.example", 0.5)
    assert time.monotonic() - began < 1.5
