"""Write the tables of docs/ anew that follow from the code: ``.venv/bin/python -m tests.support.renew_docs``."""

import re
from pathlib import Path

from hub import create_app
from hub.web.logs import JOURNAL_EVENTS

DOCS = Path(__file__).parent.parent.parent / "docs"


def write(document: str, heading: str, rows: dict[str, str], is_code: bool = False) -> None:
    """Put the rows under the head of the table that stands below this heading."""
    path = DOCS / document
    text = path.read_text(encoding="utf-8")
    mark = "`" if is_code else ""
    body = "".join(f"| {mark}{name}{mark} | {value} |\n" for name, value in rows.items())
    pattern = rf"(^#+ {re.escape(heading)}$.*?^\|[ -]+\|[ |-]*\n)(?:^\|[^\n]*\n)*"
    new, count = re.subn(pattern, lambda found: found[1] + body, text, count=1, flags=re.MULTILINE | re.DOTALL)
    if count != 1:
        raise SystemExit(f"{document} has no table under {heading!r}")
    path.write_text(new, encoding="utf-8")


def main() -> None:
    """All tables that follow from the code alone."""
    app = create_app()
    from tests.house import test_documents as told

    with app.test_request_context("/"):
        write("grenzen.md", "Grenzen", told.expected_limits())
        write("grenzen.md", "Fristen der Anmeldung", told.expected_lifetimes())
        write("grenzen.md", "Dateitypen", told.expected_types(), is_code=True)
        write("datenschutz.md", "Aufbewahrung", told.expected_periods())
        write("datenschutz.md", "Welche Daten einer Person wo liegen", told.expected_data())
        write("protokolle.md", "Ereignisse nur im Journal", JOURNAL_EVENTS, is_code=True)
        write("protokolle.md", "Sicherheitsereignisse im Protokoll", told.expected_events(), is_code=True)


if __name__ == "__main__":
    main()
