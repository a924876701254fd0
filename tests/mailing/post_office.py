"""A mail server for tests, in a process of its own: python post_office.py FOLDER [tls].

Writes each letter it takes to FOLDER/NUMBER.eml and its port to FOLDER/port; with ``tls`` it offers STARTTLS with
FOLDER/cert.pem and demands a login (hub, geheim). What it does wrong stands in FOLDER/faults.json and is read at each
step: {"MAIL": "451 later", "DATA": "552 too big", "RCPT": {"a@b.de": "550 no"}, "sleep": {"RCPT": 3},
"die": "MAIL" | "DATA" (before the answer), "die after": "DATA" (the letter is taken, and no answer comes)}.
"""

import asyncio
import json
import ssl
import sys
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

FOLDER = Path(sys.argv[1])


class Clerk:
    """Takes letters, or does not."""

    def __init__(self) -> None:
        self._numbers = count(1)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = await self._step("MAIL", server)
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = await self._step("RCPT", server, address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await self._step("DATA", server)
        if answer.startswith("250"):
            path = FOLDER / f"{next(self._numbers):03}.eml"
            people = ", ".join(envelope.rcpt_tos).encode()
            path.write_bytes(b"X-Envelope: " + people + b"\r\n" + envelope.original_content)
            if _faults().get("die after") == "DATA":
                server.transport.abort()
        return answer

    async def _step(self, name: str, server: Any, address: str = "") -> str:
        faults = _faults()
        await asyncio.sleep(faults.get("sleep", {}).get(name, 0))
        if faults.get("die") == name:
            server.transport.abort()
            return "421 gone"
        said = faults.get(name, "250 OK")
        return said if isinstance(said, str) else said.get(address, "250 OK")


def _faults() -> dict[str, Any]:
    path = FOLDER / "faults.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _may_enter(_server: Any, _session: Any, _envelope: Any, _way: str, who: Any) -> AuthResult:
    return AuthResult(success=(who.login, who.password) == (b"hub", b"geheim"), handled=False)


def main() -> None:
    options: dict[str, Any] = {}
    if "tls" in sys.argv[2:]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(FOLDER / "cert.pem", FOLDER / "key.pem")
        options = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _may_enter}
    controller = Controller(Clerk(), hostname="127.0.0.1", port=0, **options)
    # The controller of aiosmtpd cannot say which port it was given, so the server is made by hand.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(loop.create_server(controller.factory, "127.0.0.1", 0))
    (FOLDER / "port.part").write_text(str(server.sockets[0].getsockname()[1]))
    (FOLDER / "port.part").rename(FOLDER / "port")
    loop.run_forever()


main()
