"""What each letter is rendered with in tests: one line for each template under templates/mail.

``url`` and what ends in ``_url`` are made by us; every other text may have been written by somebody.
"""

from typing import Any

LETTERS: dict[str, dict[str, Any]] = {
    "probe": {"name": "Erna Beispiel"},
}
