"""Accessibility faults of a page, as axe-core sees them in the browser."""

import json
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that another colour scheme of the same page can break


@cache
def source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    """Each fault as `rule: what is wrong: <element>`; WCAG 2.0 to 2.2 A and AA and good practice.

    Through the debugging port, because the page's own policy rightly refuses to evaluate strings.
    """
    wanted = {"type": "rule", "values": COLOURS} if only_colours else {"type": "tag", "values": RULES}
    options = {"runOnly": wanted, "resultTypes": ["violations"]}
    session = page.context.new_cdp_session(page)
    try:
        if session.send("Runtime.evaluate", {"expression": "typeof axe"})["result"]["value"] == "undefined":
            session.send("Runtime.evaluate", {"expression": f"{source()};0"})
        answer = session.send(
            "Runtime.evaluate",
            {
                "expression": f"axe.run(document, {json.dumps(options)}).then(result => result.violations)",
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
    finally:
        session.detach()
    if "exceptionDetails" in answer:
        raise RuntimeError(f"axe did not run: {answer['exceptionDetails']}")
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
        for fault in answer["result"]["value"]
        for node in fault["nodes"]
    ]
